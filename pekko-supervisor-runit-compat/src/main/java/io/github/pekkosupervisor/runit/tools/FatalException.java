package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.ErrorText;

/** A tool cannot go on; the text is what it says after {@code fatal: }. */
final class FatalException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient OsString text;

    FatalException(OsString text) {
        super(text.toString(), null, false, false);
        this.text = text;
    }

    FatalException(String what, PosixException cause) {
        this(OsString.of(what), cause);
    }

    FatalException(OsString what, PosixException cause) {
        this(what.plus(": " + ErrorText.of(cause)));
    }

    OsString text() {
        return text;
    }
}
