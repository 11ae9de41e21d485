package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.RestartScheduled;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ExitReason;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** The way of a child from its end to its next start: with or without a wait, again and again, or once too often. */
final class Restarts {

    private final SupervisorRule rule;
    private final RuleState state;
    private final DoubleSupplier random;

    /**
     * Of a supervisor.
     *
     * @param random 0 inclusive to 1 exclusive
     */
    Restarts(SupervisorRule rule, DoubleSupplier random) {
        this.rule = rule;
        this.state = rule.state;
        this.random = random;
    }

    /** It has ended, and is started again. */
    void died(Child child, Incarnation dead) {
        Duration delay = RestartRule.delay(child, state.now, random);
        RestartScheduled next = state.nextRestart(child, dead, delay, false);
        state.tellEnd(child, dead, RestartRule.Verdict.RESTART, next);
        long attempt = child.restarts(dead, new Child.LastEnd(dead.reason(), dead), state.now);
        if (delay == null) {
            attempt(child, Plan.Restart.AT_ONCE, next, null);
        } else {
            waitBeforeRestart(child, delay, attempt, next);
        }
    }

    /**
     * A restart has failed: tells of it, and tries again when all that has arrived has been taken, or after a delay.
     */
    void failed(Child child, Incarnation failed, ExitReason reason, Offender offender) {
        Incarnation dead = child.current;
        Duration delay = RestartRule.delay(child, state.now, random);
        RestartScheduled next = delay == null ? null : state.nextRestart(child, dead, delay, true);
        state.tellStartError(offender, failed, reason, next);
        long attempt = child.restarts(dead, new Child.LastEnd(reason, failed), state.now);
        if (delay == null) {
            state.act(new SupervisorAction.TryAgain(new RuleEvent.Retry(child, attempt)));
        } else {
            waitBeforeRestart(child, delay, attempt, next);
        }
    }

    /** Its siblings in a group are stopped at once, and wait with it. */
    private void waitBeforeRestart(Child child, Duration wait, long attempt, @Nullable RestartScheduled told) {
        if (told != null) {
            state.tell(told);
        }
        child.history().waitsUntil(Time.after(state.now, wait));
        state.act(new SupervisorAction.WaitBefore(new RuleEvent.DelayOver(child, attempt), wait));
        Plan siblings = RestartRule.stopSiblings(state.spec.strategy(), child, state.children);
        if (siblings != null) {
            rule.carryOut(siblings.becauseOf(child, child.current));
        }
    }

    /** A retry that was ordered, or the end of a wait, if it still counts. */
    void tryAgain(Child child, long attempt, boolean hasWaited) {
        if (child.awaits(attempt)) {
            Plan.Restart why = hasWaited ? Plan.Restart.DELAYED : Plan.Restart.AGAIN;
            attempt(child, why, hasWaited ? null : nextRestart(child), null);
        }
    }

    private @Nullable RestartScheduled nextRestart(Child child) {
        return state.nextRestart(child, child.current, null, true);
    }

    /** A call ends the wait of a child for its restart. */
    void attemptNow(Child child, Asker asker) {
        boolean waits = child.spec.restartDelay().isPresent();
        if (waits) {
            state.act(new SupervisorAction.StopWaiting(child));
        }
        attempt(child, Plan.Restart.ASKED_FOR, waits ? null : nextRestart(child), asker);
    }

    /**
     * Counts a restart and carries it out, unless it is one too many.
     *
     * @param untold what is to be told of it; null if it has been told, as it is before a wait, or is one too many
     * @param asker whose call it is; null if nobody's
     */
    private void attempt(Child child, Plan.Restart why, @Nullable RestartScheduled untold, @Nullable Asker asker) {
        if (!state.allowsRestart(child)) {
            state.tellGaveUp(
                    state.offender(child, child.current, why.again()), ExitReason.ReachedMaxRestartIntensity.INSTANCE);
            TreeEnd end = state.gaveUp(child);
            child.isDown();
            rule.ends.goDown(end, asker == null ? null : asker.replyTo);
            return;
        }
        state.tell(untold == null ? state.restartBegun(child) : untold);
        Plan plan = RestartRule.restart(state.spec.strategy(), child, state.children, why)
                .becauseOf(child, child.current);
        rule.carryOut(asker == null ? plan : plan.askedForBy(asker));
    }
}
