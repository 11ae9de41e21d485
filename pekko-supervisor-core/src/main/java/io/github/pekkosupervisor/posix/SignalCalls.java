package io.github.pekkosupervisor.posix;

/** What this process does with signals that arrive: ignores them, or has the kernel's default. */
final class SignalCalls {

    static final long SIG_IGN = 1;

    /** Handler, flags, restorer and mask, as the kernel has them. */
    static final int ACTION_SIZE = 4 * Long.BYTES;

    private static final long SIG_DFL = 0;
    private static final long SYS_RT_SIGACTION =
            System.getProperty("os.arch", "").equals("amd64") ? 13 : 134;

    private static final CFunction SIGNAL = CFunction.of("signal");
    private static final CFunction SYSCALL = CFunction.of("syscall");

    private SignalCalls() {}

    static void ignore(int signalNumber) {
        SIGNAL.word(signalNumber, SIG_IGN);
    }

    /**
     * The same by the system call, since the C library refuses to change the two that it has for itself.
     *
     * @param action address of {@link #ACTION_SIZE} zeroed bytes, the first eight of which are {@link #SIG_IGN}
     */
    static void ignore(int signalNumber, long action) {
        SYSCALL.call(SYS_RT_SIGACTION, signalNumber, action, 0, Long.BYTES);
    }

    static void restoreDefault(int signalNumber) {
        SIGNAL.word(signalNumber, SIG_DFL);
    }

    /** Restores the default if a signal is ignored; leaves a handler alone. */
    static void stopIgnoring(Signal signal) {
        if (isIgnored(signal)) {
            restoreDefault(signal.number());
        }
    }

    static boolean isIgnored(Signal signal) {
        String hex = ProcFs.ownStatus("SigIgn");
        return !hex.isEmpty() && (Long.parseUnsignedLong(hex, 16) >> (signal.number() - 1) & 1) != 0;
    }
}
