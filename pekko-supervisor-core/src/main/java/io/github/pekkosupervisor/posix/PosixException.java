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

    /** Of the call that this thread made last, by its error number. */
    static PosixException ofLastCall(String call, String argument) {
        return of(call, argument, CFunction.errno());
    }

    /** To be called after a call has failed: comes back if only a signal came in between, so that it is made again. */
    static void throwUnlessInterrupted(String call, String argument) throws PosixException {
        if (!Errno.EINTR.isLast()) {
            throw ofLastCall(call, argument);
        }
    }

    static PosixException of(String call, String argument, Errno errno) {
        return of(call, argument, errno.number());
    }

    static PosixException of(String call, String argument, int errno) {
        return new PosixException(call, argument, Errno.name(errno), Errno.description(errno));
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

    /** Whether the system was short of something, or failed, so that the same call may succeed a while later. */
    public boolean mayPass() {
        return switch (errno) {
            case "EAGAIN", "EDQUOT", "EIO", "EMFILE", "ENFILE", "ENOMEM", "ENOSPC" -> true;
            default -> false;
        };
    }

    /** Whether the error number has this symbolic name. */
    public boolean is(String name) {
        return errno.equals(name);
    }
}
