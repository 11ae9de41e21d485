package io.github.pekkosupervisor.posix;

import java.util.Collection;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How this JVM deals with the operating system.
 *
 * @param backend how processes are started
 * @param openFilesLimit the soft limit of open files that children get, clipped to the hard one; empty for the JVM's
 *     own, which HotSpot raises to the hard limit unless started with {@code -XX:-MaxFDLimit}
 * @param ownSpawnThread whether children are made by a thread that sees only the descriptors that are open now, and
 *     keeps those open: starts do not take longer with the number of descriptors, but a socket that is open now will
 *     not be closed by closing it; without effect where the kernel has not the calls for it
 * @param passedOn numbers of descriptors, above 2, that every child gets as they are
 */
public record PosixSettings(
        Backend backend, OptionalLong openFilesLimit, boolean ownSpawnThread, Set<Integer> passedOn) {

    /** Copies. */
    public PosixSettings {
        passedOn = Set.copyOf(passedOn);
    }

    /** Children get no descriptors but the standard ones. */
    public PosixSettings(Backend backend, OptionalLong openFilesLimit, boolean ownSpawnThread) {
        this(backend, openFilesLimit, ownSpawnThread, Set.of());
    }

    /** How processes are started and their end is noticed. */
    public enum Backend {
        /** {@link #NATIVE} where its calls exist, else {@link #PORTABLE}. */
        AUTO,
        /** {@code posix_spawn} and pidfds: Linux with glibc 2.34 or later. */
        NATIVE,
        /**
         * {@code posix_spawnp} by jnr-posix, with what any C library has; see {@link Posix#limitations()} for what it
         * cannot do. Linux, as all of this.
         */
        PORTABLE
    }

    /** Children get the limits of this JVM; the backend is chosen by what the platform has. */
    public static PosixSettings defaults() {
        return new PosixSettings(Backend.AUTO, OptionalLong.empty(), false);
    }

    /** The same with descriptors that every child gets. */
    public PosixSettings withPassedOn(Collection<Integer> numbers) {
        return new PosixSettings(backend, openFilesLimit, ownSpawnThread, Set.copyOf(numbers));
    }
}
