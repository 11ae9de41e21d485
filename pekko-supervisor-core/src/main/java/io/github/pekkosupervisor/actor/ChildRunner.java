package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.HeldSockets;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.spec.ChildContext;
import io.github.pekkosupervisor.spec.ChildKind;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;

/**
 * How incarnations of a {@link ChildKind} are run: makes the actor that is one of them. A kind that another module
 * defines is its own runner: a value that implements both.
 *
 * <p>The contract of that actor. It is spawned by the supervisor, once for each incarnation, and its termination is the
 * incarnation's end, so nothing of it may be left when it terminates. It says {@link ChildContext#ready(Object)} once
 * when started. It says {@link ChildContext#exit} with its reason before it ends, or {@link ChildContext#ignore}; if it
 * says nothing it has ended with {@code shutdown} if it was asked to, and with {@code normal} else. Whatever it throws
 * is caught by {@link ChildActor}. It is told {@link #stopRequest} to stop, and {@link #killRequest} if that took too
 * long; where there is none, the supervisor stops the actor.
 */
public interface ChildRunner {

    /** Who knows the runners of all kinds. */
    interface Registry {
        /** The one for this kind; made anew each time, so nobody keeps it. */
        ChildRunner of(ChildKind kind);
    }

    /** Dispatcher and the like of the incarnation's actor. */
    default Props props() {
        return Props.empty();
    }

    /** The behavior of a new incarnation. Called in the incarnation's actor, so it may throw. */
    Behavior<?> incarnation(IncarnationContext child);

    /** The type of all that the incarnation's actor takes; everything else is refused before it gets there. */
    default Class<?> messages() {
        return Object.class;
    }

    /** Whether the incarnation acknowledges itself, or {@link ChildActor} does when its behavior has been set up. */
    default boolean acknowledgesItself() {
        return true;
    }

    /** What the incarnation is told to stop, empty to stop the actor. */
    default Optional<Object> stopRequest(Duration within) {
        return Optional.empty();
    }

    /** What the incarnation is told when it must end at once, empty to stop the actor. */
    default Optional<Object> killRequest() {
        return Optional.empty();
    }

    /**
     * What the incarnation is told when it is sent a signal; empty if it has no reaction to that.
     *
     * @param incarnation which
     */
    default Optional<Object> signalRequest(Signal signal, ChildHandle incarnation) {
        return Optional.empty();
    }

    /**
     * What the incarnation is told after its {@link #stopRequest} when the whole tree ends: to give up what it is
     * starting, itself included. Empty where the request to stop does that.
     *
     * @param lost incarnations that nobody can wait for, and where they stand
     */
    default Optional<Object> hurryRequest(Map<ChildHandle, String> lost) {
        return Optional.empty();
    }

    /**
     * What the incarnation is told to say how it is, for who looks at the tree; asked of kinds that are
     * {@link ChildKind#isSeenByItself()}. One that does not answer within a second is seen as its supervisor knows it.
     *
     * @param place takes the answer
     */
    default Optional<Object> snapshotRequest(SnapshotPlace place) {
        return Optional.empty();
    }

    /**
     * Whether the incarnation's actor still gets its {@code PostStop} after a kill, to let go of what is not an actor.
     */
    default boolean cleansUpWhenKilled() {
        return true;
    }

    /**
     * Whether the incarnation can tell how it ended after a kill too; else that is {@code killed}, whatever it says.
     */
    default boolean knowsItsEnd() {
        return false;
    }

    /**
     * Whether there is something of the child beside its incarnations, see {@link #keeper}; then its kind is to be
     * {@link ChildKind#isAwaited}.
     */
    default boolean hasKeeper() {
        return false;
    }

    /**
     * The behavior of a child's keeper: an actor that is there from the first incarnation on, or, of a child that is
     * not started with its supervisor, from when that knows it; whether an incarnation is there or not, until the
     * supervisor ends or knows the child no longer. It is told {@link KeeperNotice}s, and what the incarnations tell
     * it. The supervisor waits for its end before it ends itself.
     */
    default Behavior<?> keeper(KeeperContext child) {
        throw new IllegalStateException("child \"" + child.id() + "\" has no keeper");
    }

    /**
     * No incarnation will come, until somebody asks for one.
     *
     * @param why what has become of the last one, or of the supervisor
     */
    default void staysDown(String id, String why) {
        // nobody waits
    }

    /**
     * This JVM has become what it is while the child was down, and stays so: what was kept open for it meanwhile is to
     * stay open.
     *
     * @param path of the child
     * @param sockets those of a child of its tree, by the child's path
     */
    default void leftDown(String path, Function<String, HeldSockets> sockets) {
        // there is nothing
    }
}
