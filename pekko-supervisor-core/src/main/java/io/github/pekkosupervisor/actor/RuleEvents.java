package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.rule.Incarnation;
import io.github.pekkosupervisor.rule.RuleEvent;
import java.util.function.Consumer;

/** What a supervisor's actor is told, as its rule knows it. */
final class RuleEvents {

    private RuleEvents() {}

    /** The event that a command is. */
    static RuleEvent of(SupervisorCommand command) {
        if (command instanceof SupervisorMessage.Acknowledged said) {
            return new RuleEvent.Acknowledged(said.child().known(), said.info());
        } else if (command instanceof SupervisorMessage.Terminated terminated) {
            LiveChild child = terminated.child();
            return new RuleEvent.Terminated(child.known(), child.end());
        } else if (command instanceof SupervisorMessage.Asked asked) {
            // who has asked so hears of the end by himself
            return call(asked.request(), asked.reply(), () -> {});
        } else if (command instanceof SupervisorCommand.Call<?> call) {
            return call(call);
        } else if (command instanceof SupervisorMessage.Due due) {
            return due.event();
        } else if (command instanceof SupervisorCommand.Stop stop) {
            return new RuleEvent.Stop(stop.reason());
        } else if (command instanceof SupervisorMessage.Refused refused) {
            LiveChild child = refused.child();
            return new RuleEvent.Refused(refused.id(), child == null ? null : child.known(), refused.type());
        } else if (command instanceof SupervisorMessage.Hurry hurry) {
            return new RuleEvent.Hurry(hurry.lost());
        } else if (command == SupervisorMessage.Kill.INSTANCE) {
            return RuleEvent.Kill.INSTANCE;
        } else if (command instanceof SupervisorMessage.HasBegun begun) {
            return new RuleEvent.HasBegun(begun.child().known());
        } else if (command instanceof SupervisorMessage.Hung hung) {
            return new RuleEvent.Hung(hung.child().known(), hung.why(), hung.isToBeStopped());
        } else if (command instanceof SupervisorMessage.Recovered recovered) {
            return new RuleEvent.Recovered(recovered.child().known());
        } else if (command instanceof SupervisorMessage.GatesSaid said) {
            return new RuleEvent.GateAnswered(said.question(), said.isOpen());
        } else if (command instanceof SupervisorMessage.Beats
                || command instanceof SupervisorMessage.LookAt
                || command instanceof SupervisorMessage.KeeperEnded
                || command instanceof SupervisorMessage.Rest
                || command == SupervisorMessage.GoOn.INSTANCE
                || command == SupervisorMessage.KeepersAreLate.INSTANCE) {
            throw new IllegalStateException("nothing follows from " + command + ", which the actor deals with itself");
        }
        throw new IllegalStateException("a supervisor was told " + command);
    }

    private static <R extends SupervisorResult> RuleEvent call(SupervisorCommand.Call<R> call) {
        Request<R> request = call.request();
        return call(
                request,
                answer -> call.replyTo().tell(request.answers().cast(answer)),
                () -> request.whenGone().ifPresent(call.replyTo()::tell));
    }

    private static RuleEvent call(Request<?> request, Consumer<Object> reply, Runnable gone) {
        ChildHandle named = request.named().orElse(null);
        Incarnation about = named instanceof LiveChild ours ? ours.known() : null;
        return new RuleEvent.Call(request, about, named != null && named.hasEnded(), reply, gone);
    }
}
