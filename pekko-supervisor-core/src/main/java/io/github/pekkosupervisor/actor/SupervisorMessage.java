package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.rule.RuleEvent;
import io.github.pekkosupervisor.rule.Scope;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** What our own actors tell a supervisor's. */
sealed interface SupervisorMessage extends SupervisorCommand.Internal {

    /** A request whose answer some function takes; that it is answered in any case is the sender's care. */
    record Asked(Request<?> request, Consumer<Object> reply) implements SupervisorMessage {}

    /**
     * An incarnation says that it has started.
     *
     * @param info for who asked for it
     */
    record Acknowledged(LiveChild child, @Nullable Object info) implements SupervisorMessage {}

    /** An incarnation's actor has terminated, or its end is all that anybody will hear of it. */
    record Terminated(LiveChild child) implements SupervisorMessage {}

    /**
     * A message for a child was not of a type that it takes. Does not wait its turn.
     *
     * @param child its incarnation; null if the message did not get as far
     */
    record Refused(String id, @Nullable LiveChild child, Class<?> type) implements SupervisorMessage {}

    /** The supervisor above kills it: it kills all below, and has ended when they have. Does not wait its turn. */
    enum Kill implements SupervisorMessage {
        /** The only one. */
        INSTANCE
    }

    /**
     * The whole tree ends, and a {@link SupervisorCommand.Stop} has been sent before: whatever is being started is
     * given up, here and below. Does not wait its turn.
     *
     * @param lost children that have called {@link System#exit}, which waits for the tree, and where they stand: nobody
     *     can wait for them
     */
    record Hurry(Map<ChildHandle, String> lost) implements SupervisorMessage {}

    /**
     * Say how you and your children are. Does not wait its turn.
     *
     * @param look that gathers the answers
     * @param place whose answer it is
     */
    record LookAt(Look look, Object place, Scope scope) implements SupervisorMessage {}

    /** An incarnation has begun to be, before it runs; said where somebody wants to know that. */
    record HasBegun(LiveChild child) implements SupervisorMessage {}

    /** It has to be looked earlier than before whether an incarnation has said again that it works. */
    record Beats(LiveChild child) implements SupervisorMessage {}

    /** An incarnation that has started does not work any more. Does not wait its turn. */
    record Hung(LiveChild child, String why, boolean isToBeStopped) implements SupervisorMessage {}

    /** It works again. Does not wait its turn. */
    record Recovered(LiveChild child) implements SupervisorMessage {}

    /** What start gates have said that did not know it at once. */
    record GatesSaid(long question, boolean isOpen) implements SupervisorMessage {}

    /** The keeper of a child has ended. */
    record KeeperEnded(ActorRef<Object> keeper) implements SupervisorMessage {}

    /** Keepers have had their time to end. */
    enum KeepersAreLate implements SupervisorMessage {
        /** The only one. */
        INSTANCE
    }

    /**
     * Do nothing any more until {@link GoOn}, since this process becomes another program.
     *
     * @param answer why that cannot be now, in words; empty if it does nothing
     */
    record Rest(CompletableFuture<Optional<String>> answer) implements SupervisorMessage {}

    /** Go on as before {@link Rest}. */
    enum GoOn implements SupervisorMessage {
        /** The only one. */
        INSTANCE
    }

    /** What it has told itself to think of, at its time. */
    record Due(RuleEvent event) implements SupervisorMessage {
        /** A time that the rule asked for has come. */
        static final Due WAKE = new Due(RuleEvent.Wake.INSTANCE);
    }
}
