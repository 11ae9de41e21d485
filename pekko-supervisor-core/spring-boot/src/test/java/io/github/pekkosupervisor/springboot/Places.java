package io.github.pekkosupervisor.springboot;

import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** What tests ask a tree, and wait for. */
final class Places {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private Places() {}

    static TreeSnapshot snapshot(ApplicationTree tree) {
        return tree.tree().snapshot().toCompletableFuture().join();
    }

    static Node place(ApplicationTree tree, String path) {
        return snapshot(tree).find(path).orElseThrow();
    }

    static long pid(ApplicationTree tree, String path) {
        return place(tree, path).process().orElseThrow().pid();
    }

    /** KILL, to a process of a tree of this JVM. */
    static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /** The process of a child when it is another one. */
    static long awaitOther(ApplicationTree tree, String path, long former) {
        return await().atMost(PATIENCE)
                .until(
                        () -> snapshot(tree)
                                .find(path)
                                .flatMap(Node::process)
                                .map(process -> OptionalLong.of(process.pid()))
                                .orElse(OptionalLong.empty()),
                        pid -> pid.isPresent() && pid.getAsLong() != former)
                .getAsLong();
    }

    static void awaitNoChildren() {
        await().atMost(PATIENCE)
                .until(() -> ProcessHandle.current().descendants().findAny().isEmpty());
    }

    static List<String> ids(ApplicationTree tree) {
        return snapshot(tree).top().children().stream().map(Node::path).toList();
    }
}
