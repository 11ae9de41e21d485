package io.github.pekkosupervisor.examples;

/** The command line cannot be obeyed; the message says what to write instead. */
public final class UsageException extends Exception {
    public UsageException(String message) {
        super(message);
    }
}
