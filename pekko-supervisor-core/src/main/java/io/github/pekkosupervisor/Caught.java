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
     * What an object of the application says of itself. Its {@code toString} may fail too, which must harm nobody who
     * only wants to tell about it.
     */
    static String text(Object said) {
        try {
            return String.valueOf(said);
        } catch (Throwable failure) {
            return "a " + said.getClass().getName() + " that cannot be shown, for "
                    + failure.getClass().getName();
        }
    }
}
