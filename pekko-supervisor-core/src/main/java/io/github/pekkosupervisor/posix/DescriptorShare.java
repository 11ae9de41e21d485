package io.github.pekkosupervisor.posix;

import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many of this process's descriptors a tree of another user may have open at a time. Those that its threads open
 * are counted; one more is refused with {@code EMFILE}, as if the tree had a limit of open files of its own. All such
 * trees together have no more than half of what the process may have, so there is always room for what is not theirs.
 */
final class DescriptorShare {

    /** One tree has an eighth where nothing else is said; but so many as it needs to supervise anything. */
    private static final int EIGHTH = 8;

    private static final int LEAST = 32;

    /** Of all trees of this JVM. */
    private static final AtomicInteger OPEN_OF_ALL = new AtomicInteger();

    private final int most;
    private final int mostOfAll;
    private final AtomicInteger open = new AtomicInteger();

    /**
     * @param most that one may have
     * @param mostOfAll that all of them together may have
     */
    private DescriptorShare(int most, int mostOfAll) {
        this.most = most;
        this.mostOfAll = mostOfAll;
    }

    /**
     * A share of what this process may have.
     *
     * @param said how many have been asked for; else an eighth
     * @param limit how many the process may have; negative if that is not known, and then it is not bounded
     */
    static DescriptorShare of(OptionalInt said, long limit) {
        long known = limit < 0 ? Integer.MAX_VALUE : limit;
        int half = bounded(known / 2);
        return new DescriptorShare(Math.min(said.orElse(Math.max(LEAST, bounded(known / EIGHTH))), half), half);
    }

    private static int bounded(long number) {
        return (int) Math.min(number, Integer.MAX_VALUE);
    }

    /** How many this one may have. */
    int most() {
        return most;
    }

    /** How many it may still open now. */
    int left() {
        return Math.max(0, Math.min(most - open.get(), mostOfAll - OPEN_OF_ALL.get()));
    }

    /** How many it has open. */
    int open() {
        return open.get();
    }

    /** One more is open. */
    void opened() {
        open.incrementAndGet();
        OPEN_OF_ALL.incrementAndGet();
    }

    /** One has been closed, by whatever thread. */
    void closed() {
        open.decrementAndGet();
        OPEN_OF_ALL.decrementAndGet();
    }
}
