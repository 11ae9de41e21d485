package io.github.pekkosupervisor.runit.tools;

/** The words make no sense to the tool; the text is what it says of its usage after its name. */
final class UsageException extends Exception {

    private static final long serialVersionUID = 1;

    UsageException(String text) {
        super(text, null, false, false);
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
