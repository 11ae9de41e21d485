package io.github.pekkosupervisor.runit;

/** What was commanded by a {@link ServiceControl} is not so, or not yet. */
public final class NotObeyedException extends IllegalStateException {

    private final Why why;

    /** What kind of reason. */
    public enum Why {
        /** There is no such service directory, or nobody who could obey now; nothing has been done. */
        NO_SUCH_SERVICE,
        /** It is not so yet; it has been commanded. */
        NOT_IN_TIME
    }

    /** For this reason. */
    NotObeyedException(Why why, String what) {
        super(what);
        this.why = why;
    }

    /** There is nobody who could obey. */
    static NotObeyedException nobody(String what) {
        return new NotObeyedException(Why.NO_SUCH_SERVICE, what);
    }

    /** What kind of reason. */
    public Why why() {
        return why;
    }
}
