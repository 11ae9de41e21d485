package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.spec.TreePath;
import java.util.function.Consumer;

/**
 * Where a runsvdir or runsv stands in the tree that it is part of, and who hears in that tree.
 *
 * @param path its own, see {@link ServiceEvent#path()}
 * @param listener told in the actor that it happens to, or by the log of one, so it must not wait longer than others
 *     may
 * @param isInTree whether it is in one, where nothing of a child goes on when its actor has ended
 */
public record StreamPlace(String path, Consumer<? super ServiceEvent> listener, boolean isInTree) {

    /** In no tree: the top. */
    public static final StreamPlace ALONE = new StreamPlace(TreePath.TOP, event -> {}, false);

    /** In a tree. */
    StreamPlace(String path, Consumer<? super ServiceEvent> listener) {
        this(path, listener, true);
    }

    /** In no tree, for one service directory: the path that it has in what is told. */
    public static StreamPlace alone(String name, Consumer<? super ServiceEvent> listener) {
        return new StreamPlace(TreePath.below(TreePath.TOP, name), listener, false);
    }

    /** The path of a service directory in it. */
    String below(String name) {
        return TreePath.below(path, name);
    }
}
