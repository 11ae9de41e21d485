package io.github.pekkosupervisor;

/** What becomes of something that application code threw. */
final class Caught {

    private Caught() {}

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
