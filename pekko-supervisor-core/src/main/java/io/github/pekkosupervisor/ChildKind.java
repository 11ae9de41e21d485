package io.github.pekkosupervisor;

import io.github.pekkosupervisor.InvalidSpecException.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;

/**
 * A kind of child: makes the actor that is one incarnation of it.
 *
 * <p>The contract of that actor. It is spawned by the supervisor, once for each incarnation, and its termination is the
 * incarnation's end, so nothing of it may be left when it terminates. It says {@link ChildContext#ready(Object)} once
 * when started. It says {@link ChildContext#exit} with its reason before it ends, or {@link ChildContext#ignore}; if it
 * says nothing it has ended with {@code shutdown} if it was asked to, and with {@code normal} else. Whatever it throws
 * is caught by {@link ChildActor}. It is told {@link #stopRequest} to stop, and {@link #killRequest} if that took too
 * long; where there is none, the supervisor stops the actor.
 */
interface ChildKind {

    /** Shown in reports: {@code actor}, {@code process}, {@code service}, {@code supervisor}. */
    String name();

    /** Whether it counts as a supervisor and not as a worker. */
    default boolean isSupervisor() {
        return false;
    }

    default Shutdown defaultShutdown() {
        return isSupervisor() ? Shutdown.infinity() : Shutdown.timeout(Duration.ofSeconds(5));
    }

    /** How long a start may take until it is acknowledged; empty for no limit. */
    Optional<Duration> defaultStartTimeout();

    /** What is wrong with what this kind was made from; asked before anything is started. */
    default List<Problem> problems(String path) {
        return List.of();
    }

    /** Dispatcher and the like of the incarnation's actor. */
    default Props props() {
        return Props.empty();
    }

    /** The behavior of a new incarnation. Called in the incarnation's actor, so it may throw. */
    Behavior<?> incarnation(ChildContext child);

    /** The type of all that the incarnation's actor takes; everything else is refused before it gets there. */
    default Class<?> messages() {
        return Object.class;
    }

    /** Whether the incarnation acknowledges itself, or {@link ChildActor} does when its behavior has been set up. */
    boolean acknowledgesItself();

    /** This kind without what it was made from, for a child that will not be started again. */
    default ChildKind spent() {
        return this;
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
     * What the incarnation is told after its {@link #stopRequest} when the whole tree ends: to give up what it is
     * starting, itself included. Empty where the request to stop does that.
     */
    default Optional<Object> hurryRequest(Supervisor.Hurry hurry) {
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

    /** Whether somebody may be waiting for its next incarnation, and is to be told when none will come. */
    default boolean isAwaited() {
        return false;
    }

    /** Whether who waits for this one is served by an incarnation of another kind that has taken its place. */
    default boolean isAwaitedAs(ChildKind other) {
        return true;
    }

    /**
     * No incarnation will come, until somebody asks for one.
     *
     * @param why what has become of the last one, or of the supervisor
     */
    default void staysDown(String id, String why) {
        // nobody waits
    }

    /** How long the end may take after the kill, until the child is abandoned; a supervisor waits for all below it. */
    default Duration killGrace() {
        return Duration.ofSeconds(1);
    }
}
