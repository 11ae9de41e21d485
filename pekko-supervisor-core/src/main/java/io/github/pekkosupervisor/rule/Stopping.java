package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A child has been asked to stop; its end is waited for. As OTP {@code supervisor}, {@code shutdown/1}: it is killed
 * when its shutdown time is over. It is abandoned when it has not ended within its kill grace.
 */
final class Stopping implements Doing {

    private final SupervisorRule rule;
    private final RuleState state;
    private final Plan plan;
    private final Child child;
    private final Incarnation incarnation;
    private long deadline;

    /** It has been asked, and must have ended at this time. */
    Stopping(SupervisorRule rule, Plan plan, Incarnation incarnation, long deadline) {
        this.rule = rule;
        this.state = rule.state;
        this.plan = plan;
        this.child = incarnation.child();
        this.incarnation = incarnation;
        this.deadline = deadline;
        state.wakeUpAt(deadline);
    }

    @Override
    public boolean awaits(RuleEvent event) {
        return event instanceof RuleEvent.Terminated ended && ended.incarnation() == incarnation;
    }

    @Override
    public Plan plan() {
        return plan;
    }

    @Override
    public void proceed(RuleEvent event) {
        stopped(state, plan, incarnation, incarnation.reason());
        rule.carryOut(plan);
    }

    /** A child has ended that was to be stopped. */
    static void stopped(RuleState state, Plan plan, Incarnation incarnation, ExitReason reason) {
        Child child = incarnation.child();
        Offender offender = state.offender(child, incarnation);
        Duration ran = state.lasted(incarnation);
        StopCause cause = plan.causeOfStop(child);
        state.tell(
                state.hasStoppedWell(child, reason)
                        ? new SupervisorEvent.ChildStopped(state.path, offender, reason, ran, cause)
                        : new SupervisorEvent.ShutdownError(state.path, offender, reason, ran, cause));
        child.isDown();
        if (plan.purpose instanceof Plan.Renew && RestartRule.isAlone(state.spec.strategy())) {
            // it is known by that one until it has another, as in a restart
            child.current = incarnation;
        }
        boolean asked = plan.purpose instanceof Plan.CallToStop;
        ChildSpec kept = plan.keptOf(child);
        boolean forgotten = kept == null && (child.isTemporary() || (state.isDynamic() && asked));
        if (kept != null) {
            child.spec = kept;
            child.isRenewed = true;
        }
        if (forgotten) {
            state.children.remove(child);
        } else if (!(plan.purpose instanceof Plan.Down)) {
            child.ended(reason, incarnation, state.now);
        }
        if (plan.purpose instanceof Plan.Down down) {
            state.tellWhoWaits(child, () -> state.whyDown(down));
        } else if (forgotten || asked) {
            state.tellWhoWaits(child, () -> "it was stopped");
        }
    }

    @Override
    public void wake() {
        if (deadline > state.now) {
            state.wakeUpAt(deadline);
        } else if (incarnation.isKilled()) {
            abandoned();
        } else {
            deadline = state.kill(incarnation);
            state.wakeUpAt(deadline);
        }
    }

    private void abandoned() {
        state.abandon(incarnation, null);
        stopped(state, plan, incarnation, ExitReason.Abandoned.INSTANCE);
        if (plan.purpose instanceof Plan.Down || !child.escalates()) {
            rule.carryOut(plan);
            return;
        }
        if (plan.purpose instanceof Plan.CallToStop call) {
            state.reply(call.replyTo(), SupervisorResult.Ok.INSTANCE);
            rule.ends.escalate(child, null);
        } else {
            rule.ends.escalate(child, plan.caller());
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
        if (plan.purpose instanceof Plan.Down) {
            if (state.isLost(incarnation)) {
                rule.carryOut(plan);
            } else {
                state.hurryUp(incarnation);
            }
        } else {
            child.deadline = deadline;
            rule.ends.giveUp(plan, incarnation);
        }
    }

    @Override
    public Plan.@Nullable Down goingDown() {
        return plan.purpose instanceof Plan.Down down ? down : null;
    }

    @Override
    public void interrupted() {
        state.replyGone(plan.caller());
    }
}
