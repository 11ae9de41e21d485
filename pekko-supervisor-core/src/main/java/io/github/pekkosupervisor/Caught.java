package io.github.pekkosupervisor;

import java.nio.channels.ClosedByInterruptException;

/** What becomes of something that application code threw. */
final class Caught {

    private Caught() {}

    /** Whether it says no more than that its thread was interrupted. */
    static boolean isInterruption(Throwable thrown) {
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (at instanceof InterruptedException || at instanceof ClosedByInterruptException) {
                return true;
            }
        }
        return false;
    }

    /**
     * The reason that it is: whatever it is, an error too, it is no more than a crash of whoever threw it.
     *
     * @throws OutOfMemoryError if it is one, and {@link InternalError}: after those nothing can be relied on, so they
     *     are left to Pekko
     */
    static ExitReason crash(Throwable thrown) {
        if (thrown instanceof OutOfMemoryError || thrown instanceof InternalError) {
            throw (Error) thrown;
        }
        return ExitReason.crash(thrown);
    }
}
