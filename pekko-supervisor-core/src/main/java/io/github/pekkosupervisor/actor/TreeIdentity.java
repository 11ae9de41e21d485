package io.github.pekkosupervisor.actor;

import java.util.concurrent.atomic.AtomicLong;

/** One tree that was started: equal to itself and nothing else. */
public final class TreeIdentity {

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final long number = NUMBERS.incrementAndGet();
    private final TreeClock clock;
    private final TreeSockets sockets = new TreeSockets();

    TreeIdentity(TreeClock clock) {
        this.clock = clock;
    }

    /** Which of those of this JVM it is. */
    long number() {
        return number;
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
