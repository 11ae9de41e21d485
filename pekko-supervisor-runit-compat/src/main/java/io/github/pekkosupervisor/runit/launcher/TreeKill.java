package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Kills whoever is left of a tree that is being stopped. */
final class TreeKill {

    private TreeKill() {}

    /** Tells of each path once, however often it is looked at; on any thread. */
    static Consumer<String> once(Consumer<String> told) {
        Set<String> known = ConcurrentHashMap.newKeySet();
        return path -> {
            if (known.add(path)) {
                told.accept(path);
            }
        };
    }

    /**
     * Kills each child that is there, but no supervisor: these end when nobody is left below them. Does not wait.
     *
     * @param told the path of each that was killed, on any thread
     */
    static void all(SupervisionTree tree, Consumer<String> told) {
        CompletionStage<Void> seen =
                tree.snapshot().thenAccept(snapshot -> below(tree, snapshot.top(), List.of(), told));
        // of a tree that has ended meanwhile there is nothing left
        var over = seen.exceptionally(ended -> null);
        assert over != null;
    }

    private static void below(
            SupervisionTree tree, TreeSnapshot.Node supervisor, List<String> ids, Consumer<String> told) {
        for (TreeSnapshot.Node child : supervisor.children()) {
            String id = TreePath.lastId(child.path());
            if (child.supervision().isPresent()) {
                List<String> further = new ArrayList<>(ids);
                further.add(id);
                below(tree, child, further, told);
            } else if (child.incarnation().isPresent()) {
                kill(tree, ids, id, () -> told.accept(child.path()));
            }
        }
    }

    private static void kill(SupervisionTree tree, List<String> ids, String id, Runnable told) {
        CompletionStage<Optional<SupervisorRef>> above = ids.isEmpty()
                ? CompletableFuture.completedFuture(Optional.of(tree.root()))
                : tree.supervisor(ids.toArray(String[]::new));
        var over = above.thenAccept(found -> found.ifPresent(supervisor -> kill(supervisor, id, told)))
                .exceptionally(ended -> null);
        assert over != null;
    }

    private static void kill(SupervisorRef supervisor, String id, Runnable told) {
        var over = supervisor
                .killChild(id)
                .thenAccept(result -> {
                    if (result == SupervisorResult.Ok.INSTANCE) {
                        told.run();
                    }
                })
                .exceptionally(ended -> null);
        assert over != null;
    }
}
