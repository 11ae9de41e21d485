package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the calls lead to that do not wait until the supervisor is idle: a kill, and a signal. As runit's {@code sv} has
 * them, for children of any kind; to Erlang the kill is {@code exit(Pid, kill)}.
 */
final class UrgentRule {

    private final RuleState state;
    private final boolean tellsTransitions;

    /** Who was killed by a call, or is stopped since it was hung, when nobody waited for his end. */
    private List<Incarnation> ending = List.of();

    UrgentRule(RuleState state, boolean tellsTransitions) {
        this.state = state;
        this.tellsTransitions = tellsTransitions;
    }

    /** Does what is asked for; false if that has to wait its turn. */
    boolean takes(RuleEvent.Call call, Doing doing) {
        Request<?> request = call.request();
        if (request instanceof Request.KillChild kill) {
            kill(call, named(kill.id(), doing), doing);
        } else if (request instanceof Request.KillHandle) {
            kill(call, addressed(call, doing), doing);
        } else if (request instanceof Request.SignalChild to) {
            signal(call, named(to.id(), doing), to.signal());
        } else if (request instanceof Request.SignalHandle to) {
            signal(call, addressed(call, doing), to.signal());
        } else {
            return false;
        }
        return true;
    }

    // ---- whom it is about: an incarnation, or the answer why there is none

    private Object named(String id, Doing doing) {
        Object named = Addressee.named(state, id);
        if (!(named instanceof Child child)) {
            return named;
        }
        Incarnation present = present(child, doing);
        return present == null ? SupervisorResult.NotRunning.INSTANCE : present;
    }

    private Object addressed(RuleEvent.Call call, Doing doing) {
        Object addressed = Addressee.addressed(state, call);
        if (!(addressed instanceof Incarnation named)) {
            return addressed;
        }
        return present(named.child(), doing) == named ? named : SupervisorResult.NotRunning.INSTANCE;
    }

    /** The incarnation of a child that starts, runs or is being stopped; null if there is none. */
    private static @Nullable Incarnation present(Child child, Doing doing) {
        Incarnation starting = doing.starting();
        if (starting != null && starting.child() == child) {
            return starting;
        }
        Incarnation current = child.current;
        return child.isRunning() && current != null && !current.hasEnded() ? current : null;
    }

    // ---- a kill

    private void kill(RuleEvent.Call call, Object target, Doing doing) {
        if (!(target instanceof Incarnation incarnation)) {
            state.reply(call.reply(), target);
            return;
        }
        if (!incarnation.isKilled() && !doing.kills(incarnation)) {
            incarnation.child().deadline = state.kill(incarnation);
            ends(incarnation);
        }
        state.reply(call.reply(), SupervisorResult.Ok.INSTANCE);
    }

    /** It has been killed, or asked to stop, and is to have ended at its deadline. */
    void ends(Incarnation incarnation) {
        state.wakeUpAt(incarnation.child().deadline);
        List<Incarnation> all = new ArrayList<>(ending);
        all.remove(incarnation);
        all.add(incarnation);
        ending = all;
    }

    /** Somebody else sees to its end. */
    void leaves(Incarnation incarnation) {
        List<Incarnation> left = new ArrayList<>(ending);
        left.remove(incarnation);
        ending = left.isEmpty() ? List.of() : left;
    }

    /**
     * Kills who was asked to stop and has not ended in time. Who was killed and has not: they are to be given up on
     * when nothing else is going on.
     */
    List<Incarnation> overdue() {
        if (ending.isEmpty()) {
            return List.of();
        }
        List<Incarnation> overdue = new ArrayList<>();
        List<Incarnation> left = new ArrayList<>();
        for (Incarnation incarnation : ending) {
            Child child = incarnation.child();
            boolean counts = child.isRunningAs(incarnation) && !incarnation.hasEnded();
            boolean isLate = counts && child.deadline <= state.now;
            if (isLate && incarnation.isKilled()) {
                overdue.add(incarnation);
            } else if (counts) {
                if (isLate) {
                    child.deadline = state.kill(incarnation);
                }
                left.add(incarnation);
                state.wakeUpAt(child.deadline);
            }
        }
        ending = left.isEmpty() ? List.of() : left;
        return overdue;
    }

    // ---- a signal

    /** It is answered when it is known whether there is a reaction. */
    private void signal(RuleEvent.Call call, Object target, Signal signal) {
        if (target instanceof Incarnation incarnation) {
            state.act(new SupervisorAction.SendSignal(incarnation, signal, call.reply()));
        } else {
            state.reply(call.reply(), target);
        }
    }

    /** It has been sent, or there is nobody who would listen to it. */
    void sent(RuleEvent.SignalSent sent, Doing doing) {
        Incarnation incarnation = sent.incarnation();
        Child child = incarnation.child();
        if (!sent.isHeard() && child.history().isFirstInVain(sent.signal())) {
            state.tell(
                    new SupervisorEvent.SignalIgnored(state.path, state.offender(child, incarnation), sent.signal()));
        }
        boolean isPause = sent.signal() == Signal.STOP;
        boolean isHeld = sent.isHeard() && (isPause || sent.signal() == Signal.CONT);
        if (isHeld && incarnation.kind().isHeldByStop()) {
            doing.pauses(incarnation, isPause);
        }
        if (tellsTransitions && isHeld) {
            state.tell(new SupervisorEvent.ChildPaused(state.path, state.offender(child, incarnation), isPause));
        }
        state.reply(sent.reply(), sent.isHeard() ? SupervisorResult.Ok.INSTANCE : SupervisorResult.NoReaction.INSTANCE);
    }
}
