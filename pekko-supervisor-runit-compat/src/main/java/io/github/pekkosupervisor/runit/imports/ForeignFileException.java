package io.github.pekkosupervisor.runit.imports;

/** A file of another supervisor is not what it should be: which line, and why. */
public final class ForeignFileException extends Exception {

    private static final long serialVersionUID = 1L;

    ForeignFileException(String message) {
        super(message);
    }
}
