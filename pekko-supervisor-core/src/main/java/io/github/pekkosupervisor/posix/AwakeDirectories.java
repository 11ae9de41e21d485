package io.github.pekkosupervisor.posix;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;

/**
 * Those directories that may rest and have a descriptor, the one that has got it first at the head. When another one
 * gets a descriptor, that one gives up its own. It may be used from any thread.
 */
final class AwakeDirectories {

    /** Who is at work uses its directory several times within a few milliseconds. */
    static final int MOST = 32;

    private final Deque<BooleanSupplier> awake = new ArrayDeque<>();

    /**
     * This one has a descriptor; another one perhaps has none any more, and where they are scarce no other has one.
     *
     * @param directory lets it rest; false if somebody uses it now, so that it is to be asked again
     */
    void add(BooleanSupplier directory) {
        int others;
        synchronized (awake) {
            others = awake.size();
            awake.addLast(directory);
        }
        int kept = OpenFiles.areScarce() ? 0 : MOST - 1;
        for (int i = kept; i < others; i++) {
            letFirstRest();
        }
    }

    /** Closes the descriptor of one that nobody uses now; false if there is none. */
    boolean letOneRest() {
        int all;
        synchronized (awake) {
            all = awake.size();
        }
        for (int i = 0; i < all; i++) {
            if (letFirstRest()) {
                return true;
            }
        }
        return false;
    }

    /** Closes the descriptors of all that nobody uses now. */
    void letAllRest() {
        int all;
        synchronized (awake) {
            all = awake.size();
        }
        for (int i = 0; i < all; i++) {
            letFirstRest();
        }
    }

    private boolean letFirstRest() {
        BooleanSupplier first;
        synchronized (awake) {
            first = awake.pollFirst();
        }
        if (first == null) {
            return false;
        }
        if (first.getAsBoolean()) {
            return true;
        }
        synchronized (awake) {
            awake.addLast(first);
        }
        return false;
    }
}
