package io.github.pekkosupervisor.spec;

import io.github.pekkosupervisor.posix.Excerpt;

/** What objects of the application say of themselves. */
final class ApplicationText {

    /** Twenty lines of a process's output have room. */
    private static final int LONGEST = 10_000;

    private ApplicationText() {}

    /**
     * For a reader: bounded, and as {@link Excerpt#shown}. Their {@code toString} may fail too, which must harm nobody
     * who only wants to tell about them.
     */
    static String of(Object said) {
        try {
            return Excerpt.shown(Excerpt.of(String.valueOf(said), LONGEST));
        } catch (Throwable failure) {
            return "a " + said.getClass().getName() + " that cannot be shown, for "
                    + failure.getClass().getName();
        }
    }
}
