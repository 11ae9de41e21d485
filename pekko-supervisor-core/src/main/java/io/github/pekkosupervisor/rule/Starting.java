package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StartCause;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ExitReason;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A child has been started; its acknowledgement is waited for, or its end. As OTP {@code supervisor},
 * {@code start_children}: nobody else is started meanwhile.
 *
 * <p>A oneshot has started when it has ended normally, and is down then. A start that takes longer than the child's
 * start timeout is asked to stop as the child would be at other times, then killed, then abandoned; it has failed with
 * {@code timeout} in any case.
 */
final class Starting implements Doing {

    /** For a child that may take for ever to stop: it has not been able to start either. */
    private static final Duration LIMIT_AFTER_OVERDUE_START = Duration.ofSeconds(5);

    private final SupervisorRule rule;
    private final RuleState state;
    private final Plan plan;
    private final Child child;
    private final Incarnation incarnation;
    private static final long NOT_HELD = -1;

    private boolean overdue;
    private long deadline;

    /** How much it has still of its time to start, which does not pass; none if it does. */
    private long left = NOT_HELD;

    /** Whether it has been looked at whether that is so since the beginning, as of a process that was taken over. */
    private boolean isHoldKnown;

    Starting(SupervisorRule rule, Plan plan, Incarnation incarnation) {
        this.rule = rule;
        this.state = rule.state;
        this.plan = plan;
        this.child = incarnation.child();
        this.incarnation = incarnation;
        this.deadline = child.spec
                .startTimeout()
                .map(limit -> Time.after(state.now, limit))
                .orElse(Time.NEVER);
        state.wakeUpAt(deadline);
    }

    @Override
    public boolean awaits(RuleEvent event) {
        return (event instanceof RuleEvent.Acknowledged said && said.incarnation() == incarnation)
                || (event instanceof RuleEvent.Terminated ended && ended.incarnation() == incarnation);
    }

    @Override
    public void proceed(RuleEvent event) {
        if (event instanceof RuleEvent.Terminated) {
            ended();
        } else if (event instanceof RuleEvent.Acknowledged said && !overdue) {
            acknowledged(said.info());
        }
    }

    @Override
    public Plan plan() {
        return plan;
    }

    @Override
    public Incarnation starting() {
        return incarnation;
    }

    private void acknowledged(@Nullable Object info) {
        OptionalLong succeeds = child.succeeded();
        child.runsAs(incarnation, state.now);
        StartCause cause = countedCause();
        state.tell(new SupervisorEvent.ChildStarted(state.path, state.offender(child, incarnation), cause, succeeds));
        if (incarnation.isOnce() && cause != StartCause.ONCE) {
            state.tell(new SupervisorEvent.ChildRunsOnce(state.path, state.offender(child, incarnation)));
        }
        succeeded(info);
    }

    /** A oneshot has ended normally: that is its start, and it is down. */
    private void done() {
        OptionalLong succeeds = child.succeeded();
        ExitReason reason = incarnation.reason();
        incarnation.started();
        child.delays = 0;
        state.tell(new SupervisorEvent.ChildDone(
                state.path,
                state.offender(child, incarnation, false),
                reason,
                state.lasted(incarnation),
                countedCause(),
                succeeds));
        if (!state.forgets(child)) {
            child.ended(reason, incarnation, state.now);
        }
        state.staysDown(child, History.Down.DONE, () -> "it is a oneshot, and done");
        succeeded(null);
    }

    private void succeeded(@Nullable Object info) {
        Asker asker = plan.asker();
        if (plan.purpose instanceof Plan.CallToStart call) {
            state.reply(call.replyTo(), new SupervisorResult.Started(incarnation.handle(), Optional.ofNullable(info)));
        } else if (asker != null) {
            asker.started(incarnation, info);
        }
        rule.carryOut(plan);
    }

    private StartCause countedCause() {
        StartCause cause = cause();
        if (cause == StartCause.RESTART) {
            child.history().restarted();
        } else if (cause == StartCause.CALL || cause == StartCause.ONCE) {
            incarnation.startedByCall();
        }
        return cause;
    }

    private StartCause cause() {
        if (incarnation.handle().isAdopted()) {
            return StartCause.ADOPTED;
        }
        if (plan.purpose == Plan.StartUp.INSTANCE) {
            return StartCause.START_UP;
        }
        if (plan.purpose instanceof Plan.CallToStart call) {
            return call.once() ? StartCause.ONCE : StartCause.CALL;
        }
        return plan.purpose instanceof Plan.Renew ? StartCause.RENEWAL : StartCause.RESTART;
    }

    private void ended() {
        if (overdue) {
            failed(timeout());
        } else if (incarnation.isIgnored()) {
            ignored(rule, plan, child, incarnation);
        } else if (RestartRule.isDone(incarnation.kind(), incarnation.reason())) {
            done();
        } else {
            failed(incarnation.reason());
        }
    }

    /**
     * It stays down, and that is no failure.
     *
     * @param incarnation that said so; null if a start gate did
     */
    static void ignored(SupervisorRule rule, Plan plan, Child child, @Nullable Incarnation incarnation) {
        RuleState state = rule.state;
        state.tell(new SupervisorEvent.ChildIgnored(
                state.path, state.offender(child, incarnation, false), child.succeeded()));
        state.staysDown(
                child,
                History.Down.IGNORED,
                () -> incarnation == null ? "a start gate is closed for it" : "it need not run");
        Asker asker = plan.asker();
        if (plan.purpose instanceof Plan.CallToStart call) {
            state.reply(call.replyTo(), SupervisorResult.Ignored.INSTANCE);
        } else if (asker != null) {
            asker.ignored(child);
        }
        rule.carryOut(plan);
    }

    private void failed(ExitReason reason) {
        rule.isIdle();
        if (plan.purpose instanceof Plan.Restart || plan.purpose instanceof Plan.Renew) {
            restartFailed(reason);
            return;
        }
        tellFailed(reason);
        if (plan.purpose == Plan.StartUp.INSTANCE) {
            child.isDown();
            rule.ends.goDown(
                    new TreeEnd.Failed(ExitReason.shutdown(new ExitReason.FailedToStartChild(child.id(), reason))));
        }
    }

    /** What comes after it in a group waits for its next attempt; others that are renewed do not. */
    private void restartFailed(ExitReason reason) {
        Asker asker = plan.asker();
        if (asker != null) {
            asker.failed(reason, child.spec);
        }
        boolean goesOn = plan.purpose instanceof Plan.Renew && RestartRule.isAlone(state.spec.strategy());
        if (asker != null && !goesOn) {
            state.reply(asker.replyTo, asker.answer());
        }
        rule.restartFailed(child, incarnation, reason, offender());
        if (goesOn) {
            rule.carryOut(plan);
        }
    }

    private void tellFailed(ExitReason reason) {
        rule.isIdle();
        Asker asker = plan.asker();
        if (plan.purpose instanceof Plan.CallToStart call) {
            CallRule.startFailed(state, call, incarnation, reason);
        } else {
            if (asker != null) {
                asker.failed(reason, child.spec);
                state.reply(asker.replyTo, asker.answer());
            }
            state.tellStartError(offender(), incarnation, reason, null);
        }
    }

    /** In a group the last one was forgotten when its siblings were stopped, as in OTP. */
    private Offender offender() {
        boolean again = plan.purpose instanceof Plan.Restart restart && restart.again() && child.current != null;
        return state.offender(child, child.current, again);
    }

    // ---- too late, or in vain

    @Override
    public void wake() {
        holdOneThatWasPaused();
        if (deadline > state.now) {
            state.wakeUpAt(deadline);
        } else if (incarnation.isKilled()) {
            abandoned();
        } else {
            if (incarnation.isBeingStopped()) {
                deadline = state.kill(incarnation);
            } else {
                deadline = state.askToStop(incarnation, LIMIT_AFTER_OVERDUE_START);
                overdue = true;
            }
            state.wakeUpAt(deadline);
        }
    }

    /**
     * What has to wait until this is over is not to wait for a oneshot that it wants stopped, since that may take very
     * long: it is asked to stop at once, and what has come is taken up when it has ended. Its start has failed then.
     */
    @Override
    public void holdsUp(RuleEvent event) {
        if (incarnation.kind().oneshot().isEmpty()) {
            return;
        }
        if (event instanceof RuleEvent.Stop) {
            hurry();
        } else if (event instanceof RuleEvent.Call call && stopsIt(call) && !incarnation.isBeingStopped()) {
            rule.tellStopping(incarnation, StopCause.Call.INSTANCE);
            deadline = state.askToStop(incarnation);
            state.wakeUpAt(deadline);
        }
    }

    private boolean stopsIt(RuleEvent.Call call) {
        return call.request() instanceof Request.TerminateChild named
                ? !state.isDynamic() && named.id().equals(child.id())
                : call.request() instanceof Request.TerminateHandle && call.about() == incarnation;
    }

    private ExitReason timeout() {
        return incarnation
                .handle()
                .waitsFor()
                .<ExitReason>map(ExitReason.StartTimeoutWith::new)
                .orElse(ExitReason.StartTimeout.INSTANCE);
    }

    private void abandoned() {
        state.abandon(incarnation, null);
        ExitReason reason = overdue ? timeout() : ExitReason.Abandoned.INSTANCE;
        if (plan.purpose != Plan.StartUp.INSTANCE && child.escalates()) {
            tellFailed(reason);
            rule.ends.escalate(child, null);
        } else {
            failed(reason);
        }
    }

    /** What is held cannot get ready. */
    @Override
    public void pauses(Incarnation named, boolean isPaused) {
        if (named != incarnation || incarnation.isBeingStopped()) {
            return;
        }
        holdOneThatWasPaused();
        if (isPaused && left == NOT_HELD && deadline != Time.NEVER) {
            left = Math.max(0, deadline - state.now);
            deadline = Time.NEVER;
        } else if (!isPaused && left != NOT_HELD) {
            deadline = Time.after(state.now, Duration.ofNanos(left));
            left = NOT_HELD;
            state.wakeUpAt(deadline);
        }
    }

    /** It has all of its time when it goes on. Only when it has been taken over it is known that it was. */
    private void holdOneThatWasPaused() {
        if (isHoldKnown || !incarnation.handle().wasPaused()) {
            return;
        }
        isHoldKnown = true;
        if (deadline != Time.NEVER && !incarnation.isBeingStopped()) {
            left = Time.nanos(child.spec.startTimeout().orElseThrow());
            deadline = Time.NEVER;
        }
    }

    @Override
    public boolean kills(Incarnation named) {
        if (named == incarnation) {
            deadline = state.kill(incarnation);
            state.wakeUpAt(deadline);
        }
        return named == incarnation;
    }

    @Override
    public void hurry() {
        child.runsAs(incarnation, state.now);
        child.deadline = deadline;
        rule.ends.giveUp(plan, incarnation);
    }

    @Override
    public void interrupted() {
        child.runsAs(incarnation, state.now);
        state.replyGone(plan.caller());
    }
}
