package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.spec.ExitReason;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/** What waits, in the order of its arrival, until the supervisor is idle. */
final class WaitingEvents {

    private final Deque<RuleEvent> events = new ArrayDeque<>();

    void add(RuleEvent event) {
        events.add(event);
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    /** The first of them, which waits no longer. */
    RuleEvent next() {
        return events.remove();
    }

    /** The calls among them. */
    List<RuleEvent.Call> calls() {
        return events.stream()
                .filter(RuleEvent.Call.class::isInstance)
                .map(RuleEvent.Call.class::cast)
                .toList();
    }

    /** Whether there is a request to stop among them. */
    boolean hasStop() {
        return events.stream().anyMatch(RuleEvent.Stop.class::isInstance);
    }

    /** The reason of the first request to stop, which waits no longer; {@code shutdown} if there is none. */
    ExitReason takeStop() {
        for (Iterator<RuleEvent> all = events.iterator(); all.hasNext(); ) {
            if (all.next() instanceof RuleEvent.Stop stop) {
                all.remove();
                return stop.reason();
            }
        }
        return ExitReason.shutdown();
    }
}
