package io.github.pekkosupervisor.actor;

/** One tree that was started: equal to itself and nothing else. */
public final class TreeIdentity {

    private final TreeClock clock;
    private final TreeSockets sockets = new TreeSockets();

    TreeIdentity(TreeClock clock) {
        this.clock = clock;
    }

    /** What is kept open for its processes. */
    TreeSockets sockets() {
        return sockets;
    }

    /** The time of the tree. */
    TreeClock clock() {
        return clock;
    }
}
