package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;

/**
 * A program cannot go on, or a service directory not be supervised as it is; the text is what is said after "fatal: ".
 */
public final class FatalException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient OsString text;
    private final boolean isForWantOfDescriptors;

    /** With no refused call behind it. */
    public FatalException(OsString text) {
        this(text, false);
    }

    private FatalException(OsString text, boolean isForWantOfDescriptors) {
        super(text.toString(), null, false, false);
        this.text = text;
        this.isForWantOfDescriptors = isForWantOfDescriptors;
    }

    /** With no refused call behind it. */
    public FatalException(String text) {
        this(OsString.of(text));
    }

    /** Because of a refused call. */
    public FatalException(String what, PosixException cause) {
        this(OsString.of(what), cause);
    }

    /** Because of a refused call. */
    public FatalException(OsString what, PosixException cause) {
        this(what.plus(": " + ErrorText.of(cause)), cause.is("EMFILE"));
    }

    /** Whether this process may not have more descriptors: the same may succeed when others have gone. */
    public boolean isForWantOfDescriptors() {
        return isForWantOfDescriptors;
    }

    /** What is said after "fatal: ". */
    public OsString text() {
        return text;
    }
}
