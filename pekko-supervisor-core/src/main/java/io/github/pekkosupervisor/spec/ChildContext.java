package io.github.pekkosupervisor.spec;

import io.github.pekkosupervisor.posix.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
     * Which child it is, for the MDC of what is logged: {@code supervisor}, the path of its supervisor, and
     * {@code child}, its id, as in the log of the tree. Code of services and runnables finds them in the MDC; an actor
     * that wants them too asks Pekko to put them there: {@code Behaviors.withMdc(Command.class, child.logContext(),
     * behavior)}.
     */
    default Map<String, String> logContext() {
        return Map.of("child", id());
    }

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

    /** What is done for a signal. */
    interface Reaction {
        /**
         * Does it.
         *
         * @throws Exception the child has crashed with that
         */
        void react() throws Exception;
    }

    /** The signals that a child can react to which is not a process, or be sent a message for. */
    Set<Signal> SIGNALS = Set.of(Signal.HUP, Signal.ALRM, Signal.INT, Signal.QUIT, Signal.USR1, Signal.USR2);

    /**
     * Services only: what is done when the child is sent a signal, by
     * {@link io.github.pekkosupervisor.protocol.SupervisorRef#signalChild} for one, once it runs. It is called on the
     * child's own service thread, one reaction at a time, and neither while the service starts nor while it stops; a
     * signal that comes again before its turn is one. A {@link ChildSpec#runnable}, whose own thread is busy, has
     * another one for it, and is interrupted if a reaction throws. The stop waits for a reaction that is going on, and
     * interrupts it when the shutdown time is over. All of it ends with the incarnation.
     *
     * @param signal one of {@link #SIGNALS}
     * @param reaction takes the place of one that was set before for the same signal
     * @throws IllegalArgumentException for another signal
     * @throws IllegalStateException if the child is no service; an actor has {@link ChildSpec#withSignalMessage}
     */
    default void onSignal(Signal signal, Reaction reaction) {
        throw new UnsupportedOperationException("this context has no signals");
    }

    /**
     * The child works, and will say so again within a time; one that does not is hung: it is stopped in its own way,
     * killed if that does not help, abandoned if that does not either, and restarted by its type as after a crash. It
     * ends with {@link ExitReason.Hung}. Said once, it has to be said again and again: from the loop that does the
     * work, not from a timer beside it. Costs little, so it may be said often.
     *
     * <p>For code of the application, of any kind; a process has
     * {@link io.github.pekkosupervisor.process.ProcessSpec#withLive}. Before {@link #ready()} it means nothing yet: the
     * start timeout is what counts.
     *
     * @param within more than zero, at most 100 days; from now on, in place of what was said before
     * @throws IllegalArgumentException for another time
     */
    default void heartbeat(Duration within) {
        throw new UnsupportedOperationException("this context has no heartbeat");
    }

    /** The child promises no further {@link #heartbeat}, as before something that takes its time. */
    default void endHeartbeat() {
        throw new UnsupportedOperationException("this context has no heartbeat");
    }

    /**
     * The child ends, and this is why; before {@link #ready()} its start has failed for that reason.
     *
     * @param reason not null
     * @return for an actor: what to return as its next behavior
     */
    <T> Behavior<T> exit(ExitReason reason);
}
