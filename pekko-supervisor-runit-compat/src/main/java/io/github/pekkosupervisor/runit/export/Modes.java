package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.OsString;

/** The modes of a child's {@code supervise}, {@code ok} and {@code control}, which say who may use it. */
record Modes(int supervise, int ok, int control) {

    private static final int OWNER_ONLY = 0600;

    /** Nobody else is let in. */
    static final Modes OF_OWNER = new Modes(0700, OWNER_ONLY, OWNER_ONLY);

    /** The name of the FIFO that all with such an {@code ok} share. */
    OsString sharedOk() {
        return OsString.of(ok == OWNER_ONLY ? "ok" : "ok-" + Integer.toOctalString(ok));
    }

    /** The same where there is no group that could be let in. */
    Modes withoutGroup() {
        return ok == 0622 ? new Modes(supervise, ok, OWNER_ONLY) : OF_OWNER;
    }

    /** Whether a group is let in somewhere, so that the files are to be given to it. */
    boolean concernsGroup() {
        return supervise == 0750 || control == 0620;
    }
}
