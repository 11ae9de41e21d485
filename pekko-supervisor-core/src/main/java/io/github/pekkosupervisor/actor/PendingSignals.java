package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.posix.Signal;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Signals that a child has still to react to, each once, in the order in which they came. */
final class PendingSignals {

    /** Made when there is the first: most children never get one. */
    private Set<Signal> signals = Set.of();

    void add(Signal signal) {
        if (signals.isEmpty()) {
            signals = new LinkedHashSet<>();
        }
        signals.add(signal);
    }

    /** Takes out the one that comes next; null if there is none. */
    @Nullable
    Signal poll() {
        Iterator<Signal> all = signals.iterator();
        if (!all.hasNext()) {
            return null;
        }
        Signal next = all.next();
        all.remove();
        return next;
    }

    void clear() {
        signals = Set.of();
    }
}
