package io.github.pekkosupervisor.springboot;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * What an operator asks of a place in a tree, asked of the supervisor above it.
 *
 * @param patience how long an answer is waited for; what was asked goes on
 */
record TreeCommands(SupervisionTree tree, Duration patience) {

    /** What came of it. */
    enum Outcome {
        /** It is so. */
        DONE,
        /** It has been asked for, and goes on. */
        GOES_ON,
        /** There is no such place. */
        NOBODY,
        /** It cannot be, as things are. */
        NOT_NOW
    }

    /**
     * An answer.
     *
     * @param words of what came of it
     */
    record Answer(Outcome outcome, String words) {}

    /** An answer in any case. */
    CompletionStage<Answer> ask(String path, Command command) {
        return tree.snapshot()
                .thenCompose(snapshot -> ask(snapshot, path, command))
                .toCompletableFuture()
                .copy()
                .completeOnTimeout(
                        new Answer(Outcome.GOES_ON, "it has been asked for and is not so yet; it goes on"),
                        patience.toNanos(),
                        TimeUnit.NANOSECONDS)
                .exceptionally(failure -> new Answer(Outcome.NOT_NOW, "its supervisor could not be asked: " + failure));
    }

    private CompletionStage<Answer> ask(TreeSnapshot snapshot, String path, Command command) {
        if (path.equals(TreePath.TOP)) {
            return refused(Outcome.NOT_NOW, "the top starts and stops with the application");
        }
        Optional<Node> above = snapshot.find(TreePath.above(path));
        List<Node> places = above.map(Node::children).orElse(List.of()).stream()
                .filter(node -> node.path().equals(path))
                .toList();
        if (above.isEmpty() || places.isEmpty()) {
            return refused(Outcome.NOBODY, "there is no such place");
        } else if (above.get().supervision().isEmpty()) {
            return refused(Outcome.NOT_NOW, "it is no child of a supervisor; it obeys sv");
        } else if (places.size() > 1) {
            return refused(Outcome.NOT_NOW, places.size() + " children have this id, so none of them is meant");
        }
        return tree.supervisor(ids(above.get().path()))
                .thenCompose(found -> found.isEmpty()
                        ? refused(Outcome.NOT_NOW, "its supervisor does not run")
                        : ask(found.get(), above.get(), places.get(0), command));
    }

    private static CompletionStage<Answer> refused(Outcome outcome, String words) {
        return CompletableFuture.completedFuture(new Answer(outcome, words));
    }

    /** Those that lead to a place. */
    static String[] ids(String path) {
        Deque<String> ids = new ArrayDeque<>();
        for (String at = path; !at.equals(TreePath.TOP); at = TreePath.above(at)) {
            ids.addFirst(TreePath.lastId(at));
        }
        return ids.toArray(String[]::new);
    }

    private static CompletionStage<Answer> ask(SupervisorRef supervisor, Node above, Node node, Command command) {
        boolean isDynamic =
                above.supervision().map(by -> by.strategy().isDynamic()).orElse(false);
        if (!isDynamic) {
            return byId(supervisor, TreePath.lastId(node.path()), command);
        }
        OptionalLong number = node.incarnation().isPresent() ? node.incarnation() : node.former();
        return supervisor
                .children()
                .thenCompose(all -> all.stream()
                        .map(ChildInfo::handle)
                        .flatMap(Optional::stream)
                        .filter(handle -> number.isPresent() && handle.incarnation() == number.getAsLong())
                        .findFirst()
                        .map(handle -> byHandle(supervisor, handle, command))
                        .orElseGet(() -> refused(Outcome.NOT_NOW, "it is gone, or another one by now")));
    }

    private static CompletionStage<Answer> byId(SupervisorRef supervisor, String id, Command command) {
        return switch (command) {
            case RESTART ->
                supervisor
                        .renewChild(id)
                        .thenCompose(result -> result == SupervisorResult.Restarting.INSTANCE
                                ? supervisor.startNow(id).thenApply(started -> answer(started, command))
                                : CompletableFuture.completedFuture(answer(result, command)));
            case START ->
                supervisor
                        .restartChild(id)
                        .thenCompose(result -> result == SupervisorResult.Restarting.INSTANCE
                                ? supervisor.startNow(id).thenApply(started -> answer(started, command))
                                : CompletableFuture.completedFuture(answer(result, command)));
            case STOP -> supervisor.terminateChild(id).thenApply(result -> answer(result, command));
        };
    }

    /** One that is down is no child of a dynamic supervisor any more, so what can be started is one that waits. */
    private static CompletionStage<Answer> byHandle(SupervisorRef supervisor, ChildHandle child, Command command) {
        return switch (command) {
            case RESTART -> supervisor.renewChild(child).thenApply(result -> answer(result, command));
            case START -> supervisor.startNow(child).thenApply(result -> answer(result, command));
            case STOP -> supervisor.terminateChild(child).thenApply(result -> answer(result, command));
        };
    }

    private static Answer answer(SupervisorResult result, Command command) {
        if (result instanceof SupervisorResult.Started || result == SupervisorResult.Ok.INSTANCE) {
            return new Answer(Outcome.DONE, command.done());
        } else if (result instanceof SupervisorResult.StartFailed failed) {
            return new Answer(
                    Outcome.NOT_NOW,
                    "it could not be started: " + failed.reason().inWords());
        } else if (result == SupervisorResult.Ignored.INSTANCE) {
            return new Answer(Outcome.DONE, "it has said that it need not run");
        } else if (result == SupervisorResult.NotFound.INSTANCE) {
            return new Answer(Outcome.NOBODY, "there is no such place any more");
        } else if (result == SupervisorResult.NotRunning.INSTANCE) {
            return new Answer(Outcome.NOT_NOW, "it does not run");
        } else if (result == SupervisorResult.Running.INSTANCE) {
            return new Answer(Outcome.NOT_NOW, "it runs already");
        } else if (result == SupervisorResult.NotKept.INSTANCE) {
            return new Answer(Outcome.NOT_NOW, "it is temporary, and could not be started again");
        } else if (result == SupervisorResult.SupervisorGone.INSTANCE) {
            return new Answer(Outcome.NOT_NOW, "its supervisor has ended");
        }
        return new Answer(Outcome.NOT_NOW, "its supervisor has answered " + result);
    }
}
