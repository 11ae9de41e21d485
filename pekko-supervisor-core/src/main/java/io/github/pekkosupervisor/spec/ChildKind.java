package io.github.pekkosupervisor.spec;

import io.github.pekkosupervisor.process.ProcessSpec.OneshotAgain;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A kind of child, as a value: what it is made from, what may be wrong with that, and what a supervisor's rule has to
 * know of it. It starts nothing; how its incarnations are run is said above, in one place.
 */
public interface ChildKind {

    /** Shown in reports: {@code actor}, {@code process}, {@code service}, {@code supervisor}. */
    String name();

    /** Whether it counts as a supervisor and not as a worker. */
    default boolean isSupervisor() {
        return false;
    }

    /** Whether its incarnations say themselves when they have begun to be, as a process does that has its pid. */
    default boolean tellsOfItsBeginning() {
        return false;
    }

    /** Whether the signal STOP holds it whatever it is at, until CONT: then its time to start does not pass. */
    default boolean isHeldByStop() {
        return false;
    }

    /**
     * Whether its incarnations are to be asked how they are, since they know more of themselves than their supervisor
     * does: others below them, for example.
     */
    default boolean isSeenByItself() {
        return isSupervisor();
    }

    /** How it is stopped unless its specification says otherwise. */
    default Shutdown defaultShutdown() {
        return isSupervisor() ? Shutdown.infinity() : Shutdown.timeout(Duration.ofSeconds(5));
    }

    /** How long a start may take until it is acknowledged; empty for no limit. */
    Optional<Duration> defaultStartTimeout();

    /**
     * Whether its incarnations are over when they have done what they are for, so that a normal end is what their start
     * is acknowledged by; and then whether a restart of its group runs it again. Empty if they are to go on.
     */
    default Optional<OneshotAgain> oneshot() {
        return Optional.empty();
    }

    /** Whether one that is done is not run again with its group. */
    default boolean staysDone() {
        return oneshot().filter(again -> again == OneshotAgain.ONCE).isPresent();
    }

    /** What is wrong with what this kind was made from; asked before anything is started. */
    default List<Problem> problems(String path) {
        return List.of();
    }

    /** The same, in these words. */
    default List<Problem> problems(String path, Wording words) {
        return problems(path);
    }

    /** This kind without what it was made from, for a child that will not be started again. */
    default ChildKind spent() {
        return this;
    }

    /** Whether somebody may be waiting for its next incarnation, and is to be told when none will come. */
    default boolean isAwaited() {
        return false;
    }

    /** Whether who waits for this one is served by an incarnation of another kind that has taken its place. */
    default boolean isAwaitedAs(ChildKind other) {
        return true;
    }

    /** How long the end may take after the kill, until the child is abandoned; a supervisor waits for all below it. */
    default Duration defaultKillGrace() {
        return Duration.ofSeconds(1);
    }
}
