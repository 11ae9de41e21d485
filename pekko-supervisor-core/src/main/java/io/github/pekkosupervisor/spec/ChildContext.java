package io.github.pekkosupervisor.spec;

import java.util.List;
import org.apache.pekko.actor.typed.Behavior;
import org.jspecify.annotations.Nullable;

/**
 * What one incarnation of a child can tell its supervisor: that it is ready, that it need not run, why it ends. May be
 * used from any thread. Made by supervisors; an application implements it for its tests only.
 */
public interface ChildContext {

    /** The child's id. */
    String id();

    /** Which incarnation this is. */
    long incarnation();

    /** What was given when this child was started: the supervisor's extra arguments, then the child's own. */
    List<Object> arguments();

    /**
     * One of {@link #arguments()}.
     *
     * @param index from 0
     * @throws IndexOutOfBoundsException if there are not so many
     * @throws ClassCastException if it is something else; thrown out of a start, the start fails with it
     */
    default <A> A argument(int index, Class<A> type) {
        return type.cast(arguments().get(index));
    }

    /** The child has started. Needed only with {@link ChildSpec#withExplicitReady()}; without effect if said before. */
    default void ready() {
        ready(null);
    }

    /**
     * The child has started, with something for whoever asked for it.
     *
     * @param info handed through in the answer to the call for the start; null for none
     */
    void ready(@Nullable Object info);

    /**
     * The child need not run; said instead of {@link #ready()}. As OTP's {@code ignore}: its specification is kept,
     * unless it is temporary.
     *
     * @return for an actor: what to return as its behavior
     */
    <T> Behavior<T> ignore();

    /**
     * The child ends, and this is why; before {@link #ready()} its start has failed for that reason.
     *
     * @param reason not null
     * @return for an actor: what to return as its next behavior
     */
    <T> Behavior<T> exit(ExitReason reason);
}
