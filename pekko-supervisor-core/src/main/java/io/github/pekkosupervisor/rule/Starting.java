package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StartCause;
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
 * <p>A start that takes longer than the child's start timeout is asked to stop as the child would be at other times,
 * then killed, then abandoned; it has failed with {@code timeout} in any case.
 */
final class Starting implements Doing {

    /** For a child that may take for ever to stop: it has not been able to start either. */
    private static final Duration LIMIT_AFTER_OVERDUE_START = Duration.ofSeconds(5);

    private final SupervisorRule rule;
    private final RuleState state;
    private final Plan plan;
    private final Child child;
    private final Incarnation incarnation;
    private boolean overdue;
    private long deadline;

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
        StartCause cause = cause();
        if (cause == StartCause.RESTART) {
            child.history().restarted();
        }
        state.tell(new SupervisorEvent.ChildStarted(state.path, state.offender(child, incarnation), cause, succeeds));
        if (plan.purpose instanceof Plan.CallToStart call) {
            state.reply(call.replyTo(), new SupervisorResult.Started(incarnation.handle(), Optional.ofNullable(info)));
        }
        rule.carryOut(plan);
    }

    private StartCause cause() {
        if (incarnation.handle().isAdopted()) {
            return StartCause.ADOPTED;
        }
        if (plan.purpose == Plan.StartUp.INSTANCE) {
            return StartCause.START_UP;
        }
        return plan.purpose instanceof Plan.Restart ? StartCause.RESTART : StartCause.CALL;
    }

    private void ended() {
        if (overdue) {
            failed(timeout());
        } else if (incarnation.isIgnored()) {
            ignored();
        } else {
            failed(incarnation.reason());
        }
    }

    private void ignored() {
        state.tell(new SupervisorEvent.ChildIgnored(
                state.path, state.offender(child, incarnation, false), child.succeeded()));
        state.staysDown(child, History.Down.IGNORED, () -> "it need not run");
        if (plan.purpose instanceof Plan.CallToStart call) {
            state.reply(call.replyTo(), SupervisorResult.Ignored.INSTANCE);
        }
        rule.carryOut(plan);
    }

    private void failed(ExitReason reason) {
        rule.isIdle();
        if (plan.purpose instanceof Plan.Restart) {
            rule.restartFailed(child, incarnation, reason, offender());
            return;
        }
        tellFailed(reason);
        if (plan.purpose == Plan.StartUp.INSTANCE) {
            child.isDown();
            rule.goDown(new TreeEnd.Failed(ExitReason.shutdown(new ExitReason.FailedToStartChild(child.id(), reason))));
        }
    }

    private void tellFailed(ExitReason reason) {
        rule.isIdle();
        if (plan.purpose instanceof Plan.CallToStart call) {
            CallRule.startFailed(state, call, incarnation, reason);
        } else {
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
        if (deadline > state.now) {
            state.wakeUpAt(deadline);
        } else if (incarnation.isKilled()) {
            abandoned();
        } else {
            deadline = overdue ? state.kill(incarnation) : state.askToStop(incarnation, LIMIT_AFTER_OVERDUE_START);
            overdue = true;
            state.wakeUpAt(deadline);
        }
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
        if (plan.purpose != Plan.StartUp.INSTANCE && child.escalates()) {
            tellFailed(timeout());
            rule.escalate(child);
        } else {
            failed(timeout());
        }
    }

    @Override
    public void hurry() {
        child.runsAs(incarnation, state.now);
        child.deadline = deadline;
        rule.giveUp(plan, incarnation);
    }

    @Override
    public void interrupted() {
        child.runsAs(incarnation, state.now);
        state.replyGone(plan.caller());
    }
}
