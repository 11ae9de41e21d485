package io.github.pekkosupervisor.posix;

import java.io.IOException;

/** A system call that was refused: which call, on what, and the error number's name. */
public final class PosixException extends IOException {

    private final String call;
    private final String argument;
    private final String errno;

    /**
     * @param call the system call, for instance {@code openat}
     * @param argument what it was applied to, for a reader
     * @param errno the symbolic name of the error number, for instance {@code ENOENT}
     * @param description what the error number means, for a reader
     */
    public PosixException(String call, String argument, String errno, String description) {
        super(call + (argument.isEmpty() ? "" : " " + argument) + ": " + description + " (" + errno + ")");
        this.call = call;
        this.argument = argument;
        this.errno = errno;
    }

    /** The system call that was refused. */
    public String call() {
        return call;
    }

    /** What the call was applied to. */
    public String argument() {
        return argument;
    }

    /** The symbolic name of the error number, for instance {@code ENOENT}. */
    public String errno() {
        return errno;
    }

    /** Whether the error number has this symbolic name. */
    public boolean is(String name) {
        return errno.equals(name);
    }
}
