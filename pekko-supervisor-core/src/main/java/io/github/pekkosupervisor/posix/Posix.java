package io.github.pekkosupervisor.posix;

import java.util.List;

/**
 * The door to the operating system: starts processes and owns the {@link EventLoop} that notices their end.
 *
 * <p>All methods may be called from any thread. A spawn blocks its caller until the new program has been loaded (well
 * under a millisecond), so call it from a dispatcher that may block.
 */
public interface Posix extends AutoCloseable {

    /**
     * Opens the operating system in the way that the settings ask for.
     *
     * @throws PosixException if the event loop gets no descriptors
     * @throws IllegalStateException if {@code NATIVE} is demanded where its calls do not exist
     */
    static Posix open(PosixSettings settings) throws PosixException {
        boolean useNative = switch (settings.backend()) {
            case AUTO -> SpawnCall.isAvailable();
            case NATIVE -> {
                if (!SpawnCall.isAvailable()) {
                    throw new IllegalStateException("the native process backend needs Linux with glibc 2.34 or"
                            + " later, which is not here; set the backend to auto or portable");
                }
                yield true;
            }
            case PORTABLE -> false;
        };
        return new NativePosix(settings, !useNative);
    }

    /**
     * Starts a process.
     *
     * @return the process, loaded and running
     * @throws PosixException with call {@code spawn} and the error of the step that failed: {@code EAGAIN} or
     *     {@code ENOMEM} if no process could be made, else why the program could not be run ({@code ENOENT},
     *     {@code EACCES}, {@code ENOEXEC}…)
     */
    ChildProcess spawn(SpawnRequest request) throws PosixException;

    /**
     * Takes over a process that another JVM started, which is dead. It is watched and signalled as one of ours from now
     * on; nothing is sent to it by this.
     *
     * @param who it is, as was written down when it was started
     * @param pidfdInode {@link ChildProcess#pidfdInode()} of then; 0 if that was not known
     * @param leadsGroup whether it was started as the leader of a process group
     * @throws PosixException if it cannot be told now whether it is there, for instance {@code EMFILE}
     */
    Found adopt(ProcessIdentity who, long pidfdInode, boolean leadsGroup) throws PosixException;

    /**
     * Waits for ended children of this JVM that this {@code Posix} did not start. For process 1 alone, which inherits
     * the orphans of others: it would take the exit codes of {@link Process} objects away.
     */
    void reapStrangers();

    /** The one thread that watches descriptors, directories and processes. */
    EventLoop loop();

    /** What this backend cannot do, a sentence each; empty for the native one. */
    List<String> limitations();

    /** A new pipe. */
    default Pipe pipe() throws PosixException {
        return Pipe.open();
    }

    /** Stops the loop; running processes go on and are no longer watched. */
    @Override
    void close();
}
