package io.github.pekkosupervisor.actor;

/** One tree that was started: equal to itself and nothing else. */
public final class TreeIdentity {

    private final TreeClock clock;

    TreeIdentity(TreeClock clock) {
        this.clock = clock;
    }

    /** The time of the tree. */
    TreeClock clock() {
        return clock;
    }
}
