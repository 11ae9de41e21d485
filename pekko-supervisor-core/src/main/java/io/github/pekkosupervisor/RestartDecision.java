package io.github.pekkosupervisor;

/** What follows from the end of a child. As OTP {@code supervisor}, {@code do_restart}. */
enum RestartDecision {
    /** Reported and started again by the strategy of its supervisor. */
    RESTART(true),
    /** Reported; it stays down. */
    REPORT(true),
    /** It stays down, and that is as it should be. */
    ACCEPT(false);

    private final boolean reported;

    RestartDecision(boolean reported) {
        this.reported = reported;
    }

    boolean isReported() {
        return reported;
    }

    static RestartDecision of(RestartType type, ExitReason reason) {
        return switch (type) {
            case PERMANENT -> RESTART;
            case TRANSIENT -> reason.isExpected() ? ACCEPT : RESTART;
            case TEMPORARY -> reason.isExpected() ? ACCEPT : REPORT;
        };
    }
}
