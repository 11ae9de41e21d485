package io.github.pekkosupervisor;

import java.util.List;
import java.util.Objects;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * What one incarnation of a child can tell its supervisor: that it is ready, that it need not run, why it ends. May be
 * used from any thread.
 */
public final class ChildContext {

    private final ChildHandle handle;
    private final List<Object> arguments;
    private final ActorRef<Supervisor.Command> supervisor;
    private final Surroundings surroundings;
    private volatile Runnable whenOver = () -> {};

    ChildContext(
            ChildHandle handle,
            List<Object> arguments,
            ActorRef<Supervisor.Command> supervisor,
            Surroundings surroundings) {
        this.handle = handle;
        this.arguments = arguments;
        this.supervisor = supervisor;
        this.surroundings = surroundings;
    }

    /** The child's id. */
    public String id() {
        return handle.id();
    }

    /** Which incarnation this is. */
    public long incarnation() {
        return handle.incarnation();
    }

    /** What was given when this child was started: the supervisor's extra arguments, then the child's own. */
    public List<Object> arguments() {
        return arguments;
    }

    /**
     * One of {@link #arguments()}.
     *
     * @param index from 0
     * @throws IndexOutOfBoundsException if there are not so many
     * @throws ClassCastException if it is something else; thrown out of a start, the start fails with it
     */
    public <A> A argument(int index, Class<A> type) {
        return type.cast(arguments.get(index));
    }

    /** The child has started. Needed only with {@link ChildSpec#withExplicitReady()}; without effect if said before. */
    public void ready() {
        handle.ready();
        supervisor.tell(new Supervisor.Acknowledged(handle, Supervisor.NO_INFO));
    }

    /**
     * The child has started, with something for whoever asked for it.
     *
     * @param info handed through in {@link Supervisor.Started}; null for none
     */
    public void ready(@Nullable Object info) {
        handle.ready();
        supervisor.tell(new Supervisor.Acknowledged(handle, info == null ? Supervisor.NO_INFO : info));
    }

    /**
     * The child need not run; said instead of {@link #ready()}. As OTP's {@code ignore}: its specification is kept,
     * unless it is temporary.
     *
     * @return for an actor: what to return as its behavior
     */
    public <T> Behavior<T> ignore() {
        handle.ignored();
        whenOver.run();
        return Behaviors.stopped();
    }

    /**
     * The child ends, and this is why; before {@link #ready()} its start has failed for that reason.
     *
     * @param reason not null
     * @return for an actor: what to return as its next behavior
     */
    public <T> Behavior<T> exit(ExitReason reason) {
        handle.endsWith(Objects.requireNonNull(reason, "the reason of an exit is null; use ExitReason.normal()"));
        whenOver.run();
        return Behaviors.stopped();
    }

    // ---- for kinds of children

    ChildHandle handle() {
        return handle;
    }

    ActorRef<Supervisor.Command> supervisor() {
        return supervisor;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    /** What to do, beside noting it, when the child says that it is over: an incarnation that is not an actor stops. */
    void whenOver(Runnable action) {
        whenOver = action;
    }
}
