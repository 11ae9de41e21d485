package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.spec.ExitReason;
import java.time.Duration;

/**
 * What follows when a child runs and does not work. Told, or told and stopped in its own way, killed when its shutdown
 * time is over, and given up on when its kill grace is: its supervisor goes on with whatever it does meanwhile, and its
 * end is one by itself, which the restart type and the strategy decide upon as after a crash.
 */
final class HangRule {

    /** For a child that may take for ever to stop: it does not work either. */
    private static final Duration LIMIT_INSTEAD_OF_INFINITE = Duration.ofSeconds(30);

    private final SupervisorRule rule;
    private final RuleState state;
    private final UrgentRule urgent;

    HangRule(SupervisorRule rule, UrgentRule urgent) {
        this.rule = rule;
        this.state = rule.state;
        this.urgent = urgent;
    }

    /** Does what follows; false if it is something else. */
    boolean takes(RuleEvent event) {
        if (event instanceof RuleEvent.Hung hung) {
            hung(hung);
        } else if (event instanceof RuleEvent.Recovered recovered) {
            recovered(recovered.incarnation());
        } else {
            return false;
        }
        return true;
    }

    /** One that is stopped already, for whatever reason, is not stopped for this. */
    private void hung(RuleEvent.Hung event) {
        Incarnation incarnation = event.incarnation();
        Child child = incarnation.child();
        if (!child.isRunningAs(incarnation) || incarnation.hasEnded() || incarnation.isBeingStopped()) {
            return;
        }
        boolean stops = event.isToBeStopped();
        child.isHanging(
                new Hanging(incarnation.handle().incarnation(), new ExitReason.Hung(event.why()), state.now, stops));
        state.tell(new SupervisorEvent.ChildHung(state.path, state.offender(child, incarnation), event.why(), stops));
        if (stops) {
            rule.tellStopping(incarnation, StopCause.Hung.INSTANCE);
            child.deadline = state.askToStop(incarnation, LIMIT_INSTEAD_OF_INFINITE);
            urgent.ends(incarnation);
        }
    }

    private void recovered(Incarnation incarnation) {
        Child child = incarnation.child();
        Hanging hanging = child.hanging(incarnation);
        if (hanging == null || hanging.ends() || !child.isRunningAs(incarnation) || incarnation.hasEnded()) {
            return;
        }
        child.isHanging(null);
        state.tell(new SupervisorEvent.ChildRecovered(
                state.path, state.offender(child, incarnation), Duration.ofNanos(state.now - hanging.since())));
    }

    /**
     * It is stopped for something else now, and what it ends with is for that.
     *
     * @return whether it has been asked to stop already
     */
    boolean leaves(Incarnation incarnation) {
        Child child = incarnation.child();
        Hanging hanging = child.hanging(incarnation);
        if (hanging == null || !hanging.ends()) {
            return false;
        }
        child.isHanging(hanging.withoutEnd());
        urgent.leaves(incarnation);
        return true;
    }
}
