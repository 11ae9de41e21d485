package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The children of a supervisor in start order. Linked, so that adding, removing and going on to a neighbour take
 * constant time with any number of them; indexed by id unless ids may repeat.
 */
final class Children {

    private final @Nullable Map<String, Child> byId;
    private @Nullable Child first;
    private @Nullable Child last;
    private int size;

    /** Without any. */
    Children(boolean idsAreUnique) {
        byId = idsAreUnique ? new HashMap<>() : null;
    }

    @Nullable
    Child first() {
        return first;
    }

    @Nullable
    Child last() {
        return last;
    }

    int size() {
        return size;
    }

    /** The child with this id; null if there is none, or ids do not matter here. */
    @Nullable
    Child find(String id) {
        return byId == null ? null : byId.get(id);
    }

    void addLast(Child child) {
        child.previous = last;
        child.next = null;
        child.isGone = false;
        if (last == null) {
            first = child;
        } else {
            last.next = child;
        }
        last = child;
        size++;
        if (byId != null) {
            byId.put(child.id(), child);
        }
    }

    void remove(Child child) {
        if (child.previous == null) {
            first = child.next;
        } else {
            child.previous.next = child.next;
        }
        if (child.next == null) {
            last = child.previous;
        } else {
            child.next.previous = child.previous;
        }
        child.previous = null;
        child.next = null;
        child.isGone = true;
        size--;
        if (byId != null) {
            byId.remove(child.id());
        }
    }

    /** In start order; a copy. */
    List<Child> list() {
        List<Child> all = new ArrayList<>(size);
        for (Child child = first; child != null; child = child.next) {
            all.add(child);
        }
        return all;
    }

    /** What they are made from, in start order. */
    List<ChildSpec> specs() {
        return list().stream().map(child -> child.spec).toList();
    }

    /** The wanted ones in their order, new ones stopped, then those that are not among them. */
    void reorder(List<ChildSpec> wanted, BiFunction<ChildSpec, List<Object>, Child> newChild) {
        Map<String, Child> known = new LinkedHashMap<>();
        for (Child child : list()) {
            known.put(child.id(), child);
            remove(child);
        }
        for (ChildSpec spec : wanted) {
            Child child = known.remove(spec.id());
            if (child == null) {
                child = newChild.apply(spec, List.of());
            } else {
                child.spec = child.isRunning() && spec.restart() == RestartType.TEMPORARY ? spec.spent() : spec;
            }
            addLast(child);
        }
        known.values().forEach(this::addLast);
    }
}
