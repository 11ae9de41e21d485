package io.github.pekkosupervisor.posix;

/**
 * How a process ended, as {@code waitpid(2)} tells it.
 *
 * @param waitStatus the raw 16-bit wait status: exit code × 256, or signal number, +128 if a core was dumped; a
 *     negative number if it is not known
 */
public record ExitStatus(int waitStatus) {

    private static final int NOT_TOLD = Integer.MIN_VALUE;

    /**
     * Nobody can say how: the process was started by an earlier JVM, and somebody else has waited for it. Neither an
     * exit nor a signal, and never a normal end.
     */
    public static final ExitStatus UNKNOWN = new ExitStatus(NOT_TOLD);

    /** Refuses anything that is not 16 bits wide, but the number that stands for {@link #UNKNOWN}. */
    public ExitStatus {
        if ((waitStatus < 0 || waitStatus > 0xffff) && waitStatus != NOT_TOLD) {
            throw new IllegalArgumentException("wait status must be 0 to 65535, was " + waitStatus);
        }
    }

    /** The end by {@code exit(code)}, 0 to 255. */
    public static ExitStatus ofCode(int code) {
        return new ExitStatus((code & 0xff) << 8);
    }

    /** The end by a signal, without a core. */
    public static ExitStatus ofSignal(int number) {
        return new ExitStatus(number & 0x7f);
    }

    /** Whether it is known how the process ended. */
    public boolean isKnown() {
        return waitStatus != NOT_TOLD;
    }

    /** Whether the process ended by itself, with an exit code. */
    public boolean exited() {
        return isKnown() && (waitStatus & 0x7f) == 0;
    }

    /** The exit code, 0 to 255; -1 if a signal ended the process, or if it is not known. */
    public int code() {
        return exited() ? waitStatus >> 8 : -1;
    }

    /** The number of the signal that ended the process; 0 if it ended by itself, or if it is not known. */
    public int signal() {
        return waitStatus & 0x7f;
    }

    /** Whether a core was dumped. */
    public boolean coreDumped() {
        return (waitStatus & 0x80) != 0;
    }

    @Override
    public String toString() {
        if (!isKnown()) {
            return "exit code unknown";
        }
        return exited()
                ? "exit code " + code()
                : "signal " + Signal.nameOf(signal()) + (coreDumped() ? " (core dumped)" : "");
    }
}
