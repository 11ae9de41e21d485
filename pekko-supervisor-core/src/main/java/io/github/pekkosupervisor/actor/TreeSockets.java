package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.process.HeldSockets;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sockets that are kept open for the processes of a tree, by the paths of their children: over restarts of whatever
 * is above them, until nobody knows the child any more. It may be used from any thread.
 */
final class TreeSockets {

    private final Map<String, HeldSockets> byPath = new ConcurrentHashMap<>();

    /** Those of a child, none yet if it has none. */
    HeldSockets of(String path) {
        return byPath.computeIfAbsent(path, HeldSockets::new);
    }

    boolean has(String path) {
        return !byPath.isEmpty() && byPath.containsKey(path);
    }

    boolean areNone() {
        return byPath.isEmpty();
    }

    /** Closes those of a child and of all below it. */
    void close(String path) {
        String below = TreePath.prefix(path);
        byPath.entrySet().removeIf(entry -> {
            boolean goes = entry.getKey().equals(path) || entry.getKey().startsWith(below);
            if (goes) {
                entry.getValue().close();
            }
            return goes;
        });
    }
}
