package io.github.pekkosupervisor.spec;

import java.time.Duration;

/**
 * How a child is stopped. As OTP {@code supervisor}, child specification, {@code shutdown}: the default is five
 * seconds, and for a supervisor no limit.
 */
public sealed interface Shutdown {

    /** Killed at once, without a chance to clean up. */
    enum BrutalKill implements Shutdown {
        /** The only one. */
        INSTANCE
    }

    /** Asked, and waited for without a limit. */
    enum Infinity implements Shutdown {
        /** The only one. */
        INSTANCE
    }

    /**
     * Asked, and killed when the time is over.
     *
     * @param within how long it may take; more than zero
     */
    record Timeout(Duration within) implements Shutdown {}

    /** Killed at once, without a chance to clean up. */
    static Shutdown brutalKill() {
        return BrutalKill.INSTANCE;
    }

    /** Asked, and waited for without a limit: meant for supervisors. */
    static Shutdown infinity() {
        return Infinity.INSTANCE;
    }

    /**
     * Asked, and killed when the time is over.
     *
     * @param within how long it may take; more than zero, which is checked when the tree is
     */
    static Shutdown timeout(Duration within) {
        return new Timeout(within);
    }
}
