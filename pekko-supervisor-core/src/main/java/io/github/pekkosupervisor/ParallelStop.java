package io.github.pekkosupervisor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A stop of all children of a dynamic supervisor at once: how many are left, and what was wrong with the others. */
final class ParallelStop {

    int left;

    /** When the next of them is overdue. */
    long deadline = Long.MAX_VALUE;

    /** Whether the supervisor itself was killed: then nobody asks how its children ended. */
    final boolean byKill;

    private final Map<Object, Errors> errors = new LinkedHashMap<>();

    /** How many children of one id, which those of a template share, ended badly with the same reason. */
    record Errors(ChildSpec spec, ExitReason reason, int count) {
        Errors oneMore() {
            return new Errors(spec, reason, count + 1);
        }
    }

    ParallelStop(boolean byKill) {
        this.byKill = byKill;
    }

    void add(ChildSpec spec, ExitReason reason) {
        errors.merge(List.of(spec.id(), sameFor(reason)), new Errors(spec, reason, 1), (known, one) -> known.oneMore());
    }

    /** Equal for reasons that are the same to a reader: two crashes never share an exception. */
    private static Object sameFor(ExitReason reason) {
        return reason instanceof ExitReason.Crash ? reason.toString() : reason;
    }

    List<Errors> errors() {
        return new ArrayList<>(errors.values());
    }
}
