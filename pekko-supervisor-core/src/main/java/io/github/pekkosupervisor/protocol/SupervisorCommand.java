package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.spec.ExitReason;
import java.util.Objects;
import org.apache.pekko.actor.typed.ActorRef;

/** What the actor of a supervisor can be told. */
public sealed interface SupervisorCommand {

    /**
     * A request. Requests are answered in the order of their arrival; one that a supervisor does not get to before it
     * ends is answered with {@link Request#whenGone()} where there is such an answer, and else not at all: watch the
     * supervisor, or use {@link SupervisorRef}.
     *
     * @param request what is asked for
     * @param replyTo who is answered
     * @param <R> the type of the answer
     */
    record Call<R extends SupervisorResult>(Request<R> request, ActorRef<? super R> replyTo)
            implements SupervisorCommand {
        /** Refuses null. */
        public Call {
            Objects.requireNonNull(request, "there is no request");
            Objects.requireNonNull(replyTo, "there is nobody to answer");
        }
    }

    /**
     * Stops all children in reverse order, then ends. A supervisor that is nobody's child is the top of its tree, which
     * ends with it: so it gives up what is being started, at any depth, before it stops the rest. One inside a tree
     * finishes the start first.
     *
     * @param reason what the supervisor ends with; its children are told to shut down in any case
     */
    record Stop(ExitReason reason) implements SupervisorCommand {
        /** Refuses null. */
        public Stop {
            Objects.requireNonNull(reason, "the reason to stop is null; use ExitReason.normal()");
        }
    }

    /** What the library's own actors tell it; an application has nothing to say of this kind. */
    non-sealed interface Internal extends SupervisorCommand {}
}
