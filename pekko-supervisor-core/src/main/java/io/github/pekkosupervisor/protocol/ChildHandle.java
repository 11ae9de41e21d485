package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.ProcessNotice;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * One incarnation of a child; OTP's pid. It stays the same while the child runs, and a restart makes a new one. May be
 * used from any thread. Made by supervisors; an application implements it for its tests only.
 */
public interface ChildHandle {

    /** The child's id. */
    String id();

    /**
     * Which incarnation: unique within its supervisor, growing. Shown as {@code #3} behind the id, wherever it is
     * shown, and a handle as text is {@code db#3}. One supervisor counts all its children's incarnations, so this need
     * not be the third of {@code db}.
     */
    long incarnation();

    /**
     * The number of the child's first incarnation: the same for all that follow it in restarts and renewals, and for no
     * other child of the supervisor. It tells children apart that have the same id, as those of a dynamic supervisor
     * may.
     */
    default long first() {
        return incarnation();
    }

    /**
     * The actor of this incarnation. For a child of the kind {@code actor} it takes that behavior's messages.
     *
     * @param <T> the type of its messages, which is not checked here; what it does not take is refused when it arrives
     */
    <T> ActorRef<T> ref();

    /** This child's own dynamic API, if it is a supervisor that runs. */
    Optional<SupervisorRef> supervisor();

    /** The process of this incarnation, if it is a process and has been started; stays known when that has ended. */
    Optional<ProcessIdentity> process();

    /** Whether it is a process that an earlier JVM had started, and this one has taken over. */
    default boolean isAdopted() {
        return false;
    }

    /** How long its process had run when it was taken over; zero for all others. */
    default Duration ranBefore() {
        return Duration.ZERO;
    }

    /** Whether its process had been stopped on purpose when it was taken over, and had not been continued. */
    default boolean wasPaused() {
        return false;
    }

    /**
     * What it has said of itself by {@code sd_notify(3)}, if it is a process that is asked to, and has said anything.
     */
    default Optional<ProcessNotice> notice() {
        return Optional.empty();
    }

    /**
     * What its process has written last, as far as that passes through this JVM (see
     * {@link io.github.pekkosupervisor.process.Stdio}): at most 20 lines, the oldest first, each cut after 400 bytes.
     * Stays known when it has ended. None of what it had written before it was taken over from another JVM.
     */
    default List<String> lastLines() {
        return List.of();
    }

    /**
     * When this incarnation was started, before it said that it is ready; of a process that was taken over, when that
     * was started. By the calendar, to the millisecond: if that has been set since, by the calendar as it is now. The
     * same each time it is asked, unless it has.
     */
    Instant startedAt();

    /**
     * Whether a call had it started, and not its supervisor by itself; known when it has started. One that is there in
     * place of another that a call had renewed is not: it is told of in logs as a restart is.
     */
    default boolean isStartedByCall() {
        return false;
    }

    /** What it waits for before it says that it is ready, in words; empty if it has not said that, or does not wait. */
    default Optional<String> waitsFor() {
        return Optional.empty();
    }

    /** Whether this incarnation is over, abandoned ones excepted: they may still run. */
    boolean hasEnded();
}
