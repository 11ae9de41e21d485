package io.github.pekkosupervisor.posix;

/**
 * How a process ended, as {@code waitpid(2)} tells it.
 *
 * @param waitStatus the raw 16-bit wait status: exit code × 256, or signal number, +128 if a core was dumped
 */
public record ExitStatus(int waitStatus) {

    /** Refuses anything that is not 16 bits wide. */
    public ExitStatus {
        if (waitStatus < 0 || waitStatus > 0xffff) {
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

    /** Whether the process ended by itself, with an exit code. */
    public boolean exited() {
        return (waitStatus & 0x7f) == 0;
    }

    /** The exit code, 0 to 255; -1 if a signal ended the process. */
    public int code() {
        return exited() ? waitStatus >> 8 : -1;
    }

    /** The number of the signal that ended the process; 0 if it ended by itself. */
    public int signal() {
        return waitStatus & 0x7f;
    }

    /** Whether a core was dumped. */
    public boolean coreDumped() {
        return (waitStatus & 0x80) != 0;
    }

    @Override
    public String toString() {
        return exited()
                ? "exit code " + code()
                : "signal " + Signal.nameOf(signal()) + (coreDumped() ? " (core dumped)" : "");
    }
}
