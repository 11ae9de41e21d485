package io.github.pekkosupervisor.springboot;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * The tree for operators. It may be read; to command its children Actuator has to be told so, by
 * {@code management.endpoint.supervisor.access=unrestricted}.
 */
@Endpoint(id = "supervisor", defaultAccess = Access.READ_ONLY)
final class SupervisorEndpoint {

    private static final String JSON = "application/json";
    private static final int ACCEPTED = 202;
    private static final int CONFLICT = 409;

    /** A snapshot is there by then, or fails. */
    private static final long SECONDS = 10;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ApplicationTree tree;

    SupervisorEndpoint(ApplicationTree tree) {
        this.tree = tree;
    }

    /** All of it as JSON; nothing if it is not there. */
    @ReadOperation(produces = JSON)
    @Nullable
    String tree() {
        return snapshot().map(TreeSnapshot::toJson).orElse(null);
    }

    /** One place, and all below it; nothing if there is none. */
    @ReadOperation(produces = JSON)
    @Nullable
    String place(@Selector(match = Selector.Match.ALL_REMAINING) String... path) {
        return snapshot()
                .flatMap(snapshot -> snapshot.find(path(path)))
                .map(Node::toJson)
                .orElse(null);
    }

    /** Has a child started again, stopped, or started. */
    @WriteOperation
    WebEndpointResponse<Map<String, String>> command(
            @Selector(match = Selector.Match.ALL_REMAINING) String[] path, Command command) {
        return obeyed(path(path), command);
    }

    /** Stops a child; it stays down until it is started. */
    @DeleteOperation
    WebEndpointResponse<Map<String, String>> stop(@Selector(match = Selector.Match.ALL_REMAINING) String... path) {
        return obeyed(path(path), Command.STOP);
    }

    /** The parts are those of a path of the tree. */
    private static String path(String... parts) {
        return TreePath.TOP + String.join("/", parts);
    }

    private Optional<TreeSnapshot> snapshot() {
        return tree.present().map(present -> awaited(present.snapshot()));
    }

    private WebEndpointResponse<Map<String, String>> obeyed(String path, Command command) {
        Optional<SupervisionTree> present = tree.present();
        TreeCommands.Answer answer = present.isEmpty()
                ? new TreeCommands.Answer(TreeCommands.Outcome.NOBODY, "there is no tree now")
                : awaited(new TreeCommands(present.get(), PATIENCE).ask(path, command));
        Map<String, String> body = new LinkedHashMap<>();
        body.put("path", path);
        body.put("outcome", answer.words());
        return new WebEndpointResponse<>(
                body,
                switch (answer.outcome()) {
                    case DONE -> WebEndpointResponse.STATUS_OK;
                    case GOES_ON -> ACCEPTED;
                    case NOBODY -> WebEndpointResponse.STATUS_NOT_FOUND;
                    case NOT_NOW -> CONFLICT;
                });
    }

    /** Actuator calls this on threads that may wait. */
    private static <T> T awaited(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(SECONDS + PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the tree was asked", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the tree does not answer", e);
        }
    }
}
