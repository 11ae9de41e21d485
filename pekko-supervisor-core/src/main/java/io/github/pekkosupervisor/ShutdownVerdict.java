package io.github.pekkosupervisor;

/** Whether a child that was stopped has ended well. As OTP {@code supervisor}, {@code shutdown/1}. */
final class ShutdownVerdict {

    private ShutdownVerdict() {}

    /**
     * Whether there is nothing to report.
     *
     * @param lenient Elixir's judgement in a dynamic supervisor: a deliberate end is fine for a permanent child too
     */
    static boolean isFine(ChildSpec spec, ExitReason reason, boolean lenient) {
        boolean brutal = spec.shutdown() == Shutdown.BrutalKill.INSTANCE;
        if (reason == ExitReason.Killed.INSTANCE) {
            return brutal;
        }
        if (reason == ExitReason.Shutdown.INSTANCE && !brutal) {
            return true;
        }
        boolean deliberate = reason == ExitReason.Shutdown.INSTANCE || reason instanceof ExitReason.ShutdownWith;
        if (lenient && deliberate) {
            return true;
        }
        return reason.isExpected() && spec.restart() != RestartType.PERMANENT;
    }
}
