package io.github.pekkosupervisor;

import io.github.pekkosupervisor.actor.TreeContext;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.TreeEvent;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Whether a stop of a tree gets on: each child that ends, or is given up on, is an event. */
final class Progress implements Consumer<TreeEvent> {

    /** The longest grace after a kill, and a time for everything that is no waiting. */
    private static final Duration BEYOND = Duration.ofSeconds(15);

    private final Duration most;
    private final LongSupplier clock;
    private final AtomicInteger abandoned = new AtomicInteger();
    private volatile Duration longest;
    private volatile long since;
    private volatile boolean stopping;

    /**
     * Before the start.
     *
     * @param longest the longest shutdown time of a child that is known beforehand
     * @param most when it is overdue in any case
     * @param clock as in {@link TreeContext}
     */
    Progress(Duration longest, Duration most, LongSupplier clock) {
        this.clock = clock;
        this.longest = longest;
        this.most = most;
    }

    @Override
    public void accept(TreeEvent event) {
        if (event instanceof SupervisorEvent.ChildStarted started) {
            Duration one = StopTime.ofOne(started.child().spec());
            if (one.compareTo(longest) > 0) {
                atLeast(one);
            }
        } else if (event instanceof SupervisorEvent.ChildAbandoned) {
            abandoned.incrementAndGet();
        } else if (event instanceof SupervisorEvent.AbandonedChildEnded) {
            abandoned.decrementAndGet();
        }
        if (stopping) {
            since = clock.getAsLong();
        }
    }

    private synchronized void atLeast(Duration one) {
        longest = one.compareTo(longest) > 0 ? one : longest;
    }

    /** The tree has been asked to stop. */
    void stops() {
        since = clock.getAsLong();
        stopping = true;
    }

    /** How long it may take until something happens. */
    Duration limit() {
        Duration one = longest.plus(BEYOND);
        return one.compareTo(most) < 0 ? one : most;
    }

    /** Whether nothing has happened for too long. */
    boolean isOverdue() {
        return stopping && clock.getAsLong() - since > limit().toNanos();
    }

    /** Whether a child that has been abandoned keeps a thread. */
    boolean isHeld() {
        return abandoned.get() > 0;
    }
}
