package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.spec.TreePath;
import java.util.function.Consumer;

/**
 * Where a runsvdir or runsv stands in the tree that it is part of, and who hears in that tree.
 *
 * @param path its own, see {@link ServiceEvent#path()}
 * @param listener told in the actor that it happens to, or by the log of one, so it must not wait longer than others
 *     may
 */
public record StreamPlace(String path, Consumer<? super ServiceEvent> listener) {

    /** In no tree: the top. */
    public static final StreamPlace ALONE = new StreamPlace(TreePath.TOP, event -> {});

    /** Whether it is in one, where nothing of a child goes on when its actor has ended. */
    boolean isInTree() {
        return !equals(ALONE);
    }

    /** The path of a service directory in it. */
    String below(String name) {
        return TreePath.below(path, name);
    }
}
