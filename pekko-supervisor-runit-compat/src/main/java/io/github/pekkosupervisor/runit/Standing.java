package io.github.pekkosupervisor.runit;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * How one service directory stands by what was told of it, from the first supervision of its entry to the last. What
 * happens is noted and told in one step, so that who looks from elsewhere can tell what it has seen from what it will
 * hear. May be used from any thread.
 */
final class Standing {

    private final ReentrantLock step = new ReentrantLock();
    private volatile ServiceSnapshot known;

    /** Belongs to who holds the lock. */
    private boolean forgotten;

    /** @param known before the next event */
    Standing(ServiceSnapshot known) {
        this.known = known;
    }

    /**
     * What somebody has seen.
     *
     * @param isForgotten whether nothing more will be told of it
     */
    record Seen(ServiceSnapshot known, boolean isForgotten) {}

    /** The right to say how it stands to somebody who asks, which one of two has. */
    static final class Turn {
        private final AtomicBoolean taken = new AtomicBoolean();
        private final Consumer<String> seen;

        /** @param seen told of the path by who has it */
        Turn(Consumer<String> seen) {
            this.seen = seen;
        }

        /** True for the first who asks. */
        boolean take() {
            return taken.compareAndSet(false, true);
        }

        /** To be told of the path by who has it, when it has seen how it stands. */
        Consumer<String> seen() {
            return seen;
        }
    }

    /** What the events add up to, those that were told. */
    ServiceSnapshot known() {
        return known;
    }

    /** This is told now. */
    void tell(ServiceEvent event, Consumer<? super ServiceEvent> listener) {
        step.lock();
        try {
            known = known.after(event);
            forgotten |= event instanceof ServiceEvent.Forgotten;
            listener.accept(event);
        } finally {
            step.unlock();
        }
    }

    /**
     * How it stands, seen now.
     *
     * @param mark told of its path in the same step: what was told before is shown, what is told later is not; for one
     *     that is forgotten it is not
     */
    Seen see(Consumer<String> mark) {
        step.lock();
        try {
            if (!forgotten) {
                mark.accept(known.path());
            }
            return new Seen(known, forgotten);
        } finally {
            step.unlock();
        }
    }

    /** The same for who must not wait; empty while something is being told. */
    Optional<Seen> seeIfQuiet(Consumer<String> mark) {
        if (!step.tryLock()) {
            return Optional.empty();
        }
        try {
            return Optional.of(see(mark));
        } finally {
            step.unlock();
        }
    }
}
