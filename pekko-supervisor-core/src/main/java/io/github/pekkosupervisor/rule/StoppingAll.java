package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The end of a supervisor whose children are stopped all at once: of a dynamic one, or of any that is killed. As OTP
 * {@code supervisor}, {@code terminate_dynamic_children}: errors are reported once for all children with the same one.
 */
final class StoppingAll implements Doing {

    private final SupervisorRule rule;
    private final RuleState state;
    private final Plan.Down down;
    private final StopCause cause;

    /** Whether the supervisor itself was killed: then nobody asks how its children ended. */
    private final boolean byKill;

    private final Map<Object, Errors> errors = new LinkedHashMap<>();
    private int left;
    private long deadline = Time.NEVER;

    /** How many children of one id, which those of a template share, ended badly with the same reason. */
    private record Errors(ChildSpec spec, ExitReason reason, int count, Duration ran) {
        Errors and(Errors one) {
            return new Errors(spec, reason, count + 1, one.ran);
        }
    }

    /** Not yet begun. */
    StoppingAll(SupervisorRule rule, Plan.Down down, boolean byKill) {
        this.rule = rule;
        this.state = rule.state;
        this.down = down;
        this.cause = new StopCause.SupervisorEnds(down.end());
        this.byKill = byKill;
    }

    /** Asks or kills all that run. */
    void begin() {
        for (Child child : state.children.list()) {
            Incarnation incarnation = child.current;
            if (!child.isRunning() || incarnation == null) {
                state.cancelRestart(child, byKill ? null : cause);
            } else if (incarnation.hasEnded()) {
                left++;
                ended(child, incarnation, incarnation.reason());
            } else if (!state.isLost(incarnation)) {
                left++;
                end(child, incarnation);
            }
        }
        setDeadline();
        endIfOver();
    }

    private void end(Child child, Incarnation incarnation) {
        rule.leavesHanging(incarnation);
        if (byKill) {
            child.deadline = state.kill(incarnation);
        } else if (incarnation.isBeingStopped()) {
            // its deadline stays
            state.hurryUp(incarnation);
        } else {
            rule.tellStopping(incarnation, cause);
            child.deadline = state.askToStop(incarnation);
        }
    }

    @Override
    public boolean kills(Incarnation named) {
        boolean isOurs = named.child().isRunningAs(named);
        if (isOurs) {
            named.child().deadline = state.kill(named);
            setDeadline();
        }
        return isOurs;
    }

    @Override
    public Plan.Down goingDown() {
        return down;
    }

    @Override
    public boolean awaits(RuleEvent event) {
        return event instanceof RuleEvent.Terminated terminated
                && terminated.incarnation().child().isRunningAs(terminated.incarnation());
    }

    @Override
    public void proceed(RuleEvent event) {
        if (event instanceof RuleEvent.Terminated terminated) {
            Incarnation incarnation = terminated.incarnation();
            ended(incarnation.child(), incarnation, incarnation.reason());
            endIfOver();
        }
    }

    private void ended(Child child, Incarnation incarnation, ExitReason why) {
        left--;
        if (!byKill) {
            Duration ran = state.lasted(incarnation);
            if (state.hasStoppedWell(child, why)) {
                Offender offender = state.offender(child, incarnation);
                state.tell(new SupervisorEvent.ChildStopped(state.path, offender, why, ran, cause));
            } else {
                errors.merge(List.of(child.id(), sameFor(why)), new Errors(child.spec, why, 1, ran), Errors::and);
            }
        }
        child.isDown();
        state.tellWhoWaits(child, () -> state.whyDown(down));
    }

    /** Equal for reasons that are the same to a reader: two crashes never share an exception. */
    private static Object sameFor(ExitReason reason) {
        return reason instanceof ExitReason.Crash ? reason.toString() : reason;
    }

    private void endIfOver() {
        if (left == 0) {
            errors.values()
                    .forEach(error -> state.tell(new SupervisorEvent.ShutdownError(
                            state.path,
                            new Offender(error.spec(), Optional.empty(), false, error.count()),
                            error.reason(),
                            error.ran(),
                            cause)));
            rule.ends.end(down);
        }
    }

    @Override
    public void hurry() {
        for (Child child = state.children.first(); child != null; child = child.next) {
            Incarnation incarnation = child.current;
            if (child.isRunning() && incarnation != null && state.isLost(incarnation)) {
                left--;
            } else if (child.isRunning() && incarnation != null) {
                state.hurryUp(incarnation);
            }
        }
        endIfOver();
    }

    /** Kills who is late, and lets go of who was killed and has not ended. */
    @Override
    public void wake() {
        if (deadline > state.now) {
            state.wakeUpAt(deadline);
            return;
        }
        for (Child child = state.children.first(); child != null; child = child.next) {
            Incarnation incarnation = child.current;
            if (child.isRunning() && incarnation != null && child.deadline <= state.now) {
                if (incarnation.isKilled()) {
                    state.abandon(incarnation, null);
                    ended(child, incarnation, ExitReason.Abandoned.INSTANCE);
                } else {
                    child.deadline = state.kill(incarnation);
                }
            }
        }
        setDeadline();
        endIfOver();
    }

    @Override
    public void interrupted() {
        state.replyGone(down.unanswered());
    }

    private void setDeadline() {
        deadline = Time.NEVER;
        for (Child child = state.children.first(); child != null; child = child.next) {
            if (child.isRunning()) {
                deadline = Math.min(deadline, child.deadline);
            }
        }
        state.wakeUpAt(deadline);
    }
}
