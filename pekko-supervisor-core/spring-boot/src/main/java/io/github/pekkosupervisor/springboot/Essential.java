package io.github.pekkosupervisor.springboot;

import io.github.pekkosupervisor.protocol.TreeHealth;
import io.github.pekkosupervisor.protocol.TreeHealth.NotReady;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.List;

/**
 * The places of a tree that must be ready for the application to be.
 *
 * @param paths where; all of the tree if there are none
 */
record Essential(List<String> paths) {

    /** Copies. */
    Essential {
        paths = List.copyOf(paths);
    }

    /** Whether the application is ready, as far as its tree is concerned. */
    boolean isReady(TreeHealth health) {
        return health.live() && (health.ready() || health.notReady().stream().noneMatch(this::counts));
    }

    /** A place counts with all below it, and with those above it: what is below these is not there without them. */
    boolean counts(NotReady place) {
        return paths.isEmpty()
                || paths.stream().anyMatch(path -> isAtOrBelow(place.path(), path) || isAtOrBelow(path, place.path()));
    }

    private static boolean isAtOrBelow(String path, String other) {
        return path.equals(other) || path.startsWith(TreePath.prefix(other));
    }

    /** Those that a tree does not have. */
    List<String> missingIn(TreeSnapshot tree) {
        return paths.stream().filter(path -> tree.find(path).isEmpty()).toList();
    }
}
