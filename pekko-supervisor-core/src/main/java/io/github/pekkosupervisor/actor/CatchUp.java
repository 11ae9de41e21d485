package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a subscriber is told after its snapshot: of the events that came while that was taken, those that it does not
 * show already.
 *
 * <p>Each place says in its own turn that it has been seen, so what it told before that is shown, and what it told
 * later is not. A place that has not been seen is shown as the nearest one above it that was knows it: if it told
 * something before that one was seen, it belonged to what that one knew of; else it came later. For whatever leads a
 * supervisor to know of an end or a start below it, has been told before.
 */
final class CatchUp {

    private CatchUp() {}

    /** This place has been seen. */
    record Seen(String path) {}

    /**
     * What is left to be told.
     *
     * @param held in the order in which it came: events, {@link Seen}, and what is neither, which stays
     */
    static List<Object> after(List<Object> held) {
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < held.size(); i++) {
            if (held.get(i) instanceof Seen place) {
                seen.putIfAbsent(place.path(), i);
            }
        }
        List<Object> left = new ArrayList<>();
        for (int i = 0; i < held.size(); i++) {
            Object item = held.get(i);
            boolean isShown = item instanceof TreeEvent event && i < seenAt(event.path(), seen);
            if (!isShown && !(item instanceof Seen)) {
                left.add(item);
            }
        }
        return left;
    }

    /** When the place, or the nearest above it, was seen; before everything if none was. */
    private static int seenAt(String path, Map<String, Integer> seen) {
        String at = path;
        while (!seen.containsKey(at)) {
            if (at.equals(TreePath.TOP)) {
                return -1;
            }
            at = TreePath.above(at);
        }
        return seen.get(at);
    }
}
