package io.github.pekkosupervisor.examples;

/** The command line cannot be obeyed; the message says what to write instead. */
final class UsageException extends Exception {
    UsageException(String message) {
        super(message);
    }
}
