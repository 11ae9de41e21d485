package io.github.pekkosupervisor.junit;

/** A program that a server needs is not installed. */
public final class MissingProgramException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * With the words that the user reads.
     *
     * @param message what is missing, where it was looked for, and what to do
     */
    public MissingProgramException(String message) {
        super(message);
    }
}
