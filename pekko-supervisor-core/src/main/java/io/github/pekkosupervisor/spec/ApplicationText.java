package io.github.pekkosupervisor.spec;

/** What objects of the application say of themselves. */
final class ApplicationText {

    private ApplicationText() {}

    /** Their {@code toString} may fail too, which must harm nobody who only wants to tell about them. */
    static String of(Object said) {
        try {
            return String.valueOf(said);
        } catch (Throwable failure) {
            return "a " + said.getClass().getName() + " that cannot be shown, for "
                    + failure.getClass().getName();
        }
    }
}
