package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.OsString;

/** The modes of a child's files that let in whom {@link ServiceExport.Access} names. */
record Access(int supervise, int ok, int control) {

    private static final int OWNER_ONLY = 0600;

    static Access of(ServiceExport.Access who) {
        return switch (who) {
            case OWNER -> new Access(0700, OWNER_ONLY, OWNER_ONLY);
            case STATUS_FOR_GROUP -> new Access(0750, 0620, OWNER_ONLY);
            case CONTROL_FOR_GROUP -> new Access(0750, 0620, 0620);
            case STATUS_FOR_ALL -> new Access(0755, 0622, OWNER_ONLY);
            case STATUS_FOR_ALL_CONTROL_FOR_GROUP -> new Access(0755, 0622, 0620);
        };
    }

    /** The name of the FIFO that all with such an {@code ok} share. */
    OsString sharedOk() {
        return OsString.of(ok == OWNER_ONLY ? "ok" : "ok-" + Integer.toOctalString(ok));
    }

    /** The same where there is no group that could be let in. */
    Access withoutGroup() {
        return ok == 0622 ? new Access(supervise, ok, OWNER_ONLY) : new Access(0700, OWNER_ONLY, OWNER_ONLY);
    }

    /** Whether a group is let in somewhere, so that the files are to be given to it. */
    boolean concernsGroup() {
        return supervise == 0750 || control == 0620;
    }
}
