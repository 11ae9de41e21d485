package io.github.pekkosupervisor.posix;

import java.util.List;

/** What a new process does before it becomes its program, in the order in which it is said here; then its start. */
interface SpawnSteps extends AutoCloseable {

    /** How processes are made here. */
    interface Way {
        /**
         * Begins.
         *
         * @param program its file or name
         * @param arguments the program's name for itself and its arguments, as C strings
         * @param environment entries {@code NAME=value}, as C strings
         * @throws PosixException if one of them cannot be passed on
         */
        SpawnSteps begin(OsString program, List<byte[]> arguments, List<byte[]> environment) throws PosixException;
    }

    /** In the child {@code target} becomes what {@code source} is here; onto itself it stays open on exec. */
    void duplicate(int source, int target) throws PosixException;

    /** The child begins in this directory. */
    void begin(int directory) throws PosixException;

    /** The child has not this descriptor. */
    void withhold(int descriptor) throws PosixException;

    /** The child has no descriptor from this number on. */
    void withholdFrom(int first) throws PosixException;

    /**
     * Session, group and signals of the child.
     *
     * @param flags which of what is said here counts, and whether it leads a session or group
     * @param blocked signals, signal n in bit n-1
     * @param defaults those that get the kernel's default; signal n in bit n-1
     */
    void attributes(int flags, long blocked, long defaults);

    /** Makes the child; a program without a slash is looked up in {@code PATH}. */
    int spawnByName() throws PosixException;

    @Override
    void close();
}
