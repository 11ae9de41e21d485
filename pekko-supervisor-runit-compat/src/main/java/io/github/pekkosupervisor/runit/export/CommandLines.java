package io.github.pekkosupervisor.runit.export;

import java.util.HashMap;
import java.util.Map;

/**
 * How much is said of what comes in by control FIFOs: all of it for each child, unless it comes in a flood; then how
 * much there was. Who may write to a FIFO is not to fill a disk. A rule: it has no clock.
 */
final class CommandLines {

    /** So many lines are said of a child within a window. */
    static final int LINES = 20;

    private final Map<ShownPlace, Count> counts = new HashMap<>();

    private static final class Count {
        int said;
        int unsaid;
    }

    /** Something is to be said of a child: whether it is, and not only counted. */
    boolean says(ShownPlace place) {
        Count count = counts.computeIfAbsent(place, first -> new Count());
        if (count.said < LINES) {
            count.said++;
            return true;
        }
        count.unsaid++;
        return false;
    }

    /** Whether a window is open for a child, so that it must be closed some time. */
    boolean isCounting(ShownPlace place) {
        return counts.containsKey(place);
    }

    /** A window is over: how much of it has not been said. */
    int close(ShownPlace place) {
        Count count = counts.remove(place);
        return count == null ? 0 : count.unsaid;
    }
}
