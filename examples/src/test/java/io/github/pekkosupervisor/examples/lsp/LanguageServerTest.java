package io.github.pekkosupervisor.examples.lsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.FramedConnection;
import io.github.pekkosupervisor.process.Framing;
import io.github.pekkosupervisor.process.ProcessConnection;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.lsp4j.ExecuteCommandParams;
import org.eclipse.lsp4j.HoverParams;
import org.eclipse.lsp4j.MessageActionItem;
import org.eclipse.lsp4j.MessageParams;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.ShowMessageRequestParams;
import org.eclipse.lsp4j.TextDocumentIdentifier;
import org.eclipse.lsp4j.jsonrpc.ResponseErrorException;
import org.eclipse.lsp4j.services.LanguageClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The recipe at work, with a server that is LSP4J's too. */
final class LanguageServerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<String> said = new CopyOnWriteArrayList<>();

    private final class Editor implements LanguageClient {
        @Override
        public void logMessage(MessageParams message) {
            said.add(message.getMessage());
        }

        @Override
        public void telemetryEvent(Object object) {}

        @Override
        public void publishDiagnostics(PublishDiagnosticsParams diagnostics) {}

        @Override
        public void showMessage(MessageParams params) {}

        @Override
        public CompletableFuture<MessageActionItem> showMessageRequest(ShowMessageRequestParams params) {
            return CompletableFuture.completedFuture(new MessageActionItem("ok"));
        }
    }

    private final Lsp4jClient client = new Lsp4jClient(new Editor());

    private SupervisorSpec tree() {
        ProcessSpec server = ProcessSpec.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WordServer.class.getName())
                .withConnection(client.connection());
        return SupervisorSpec.oneForOne().withChild(ChildSpec.process("words", server));
    }

    private String hover(String uri) {
        HoverParams params = new HoverParams(new TextDocumentIdentifier(uri), new Position(0, 0));
        return get(client.server()
                        .thenCompose(server -> server.getTextDocumentService().hover(params)))
                .getContents()
                .getRight()
                .getValue();
    }

    private CompletableFuture<Object> command(String name) {
        return client.server()
                .thenCompose(server ->
                        server.getWorkspaceService().executeCommand(new ExecuteCommandParams(name, List.of())))
                .toCompletableFuture();
    }

    @Test
    void what_was_asked_of_a_server_that_is_killed_fails_and_the_next_one_answers() {
        try (SupervisionTree tree = SupervisionTree.start(tree())) {
            String first = hover("file:///a");
            CompletableFuture<Object> pending = command("never");
            await().atMost(PATIENCE).until(() -> said.contains("never has begun"));

            get(tree.root().signalChild("words", Signal.KILL));

            assertThat(pending)
                    .failsWithin(PATIENCE)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(ResponseErrorException.class)
                    .withMessageContaining("ended without an answer: signal KILL");
            assertThat(first).isEqualTo("file:///a has 9 characters");
            assertThat(hover("file:///other")).isEqualTo("file:///other has 13 characters");
            assertThat(get(command("pid"))).isNotNull();
        }
    }

    @Test
    void an_error_that_answers_nothing_ends_nothing() {
        SupervisionTree tree = SupervisionTree.start(tree());
        try (tree) {
            Object before = get(command("pid"));

            assertThat(get(command("stumble"))).isEqualTo(before);

            assertThat(get(command("pid"))).isEqualTo(before);
        }
    }

    @Test
    void what_comes_of_a_server_that_has_ended_is_no_mistake() {
        CompletableFuture<FramedConnection.Session> session = new CompletableFuture<>();
        FramedConnection other = ProcessConnection.framed(Framing.lines(), new FramedConnection.Peer() {
            @Override
            public @Nullable Object idOf(String message) {
                return null;
            }

            @Override
            public void received(FramedConnection.Session from, String message) {
                session.complete(from);
            }
        });
        ProcessSpec echo = ProcessSpec.of("sh", "-c", "echo hello; read -r end").withConnection(other.connection());
        SupervisionTree tree =
                SupervisionTree.start(SupervisorSpec.oneForOne().withChild(ChildSpec.process("echo", echo)));
        try (tree) {
            FramedConnection.Session unknown = get(session);

            assertThatCode(() -> client.received(unknown, "{\"jsonrpc\":\"2.0\",\"method\":\"late\"}"))
                    .doesNotThrowAnyException();
        }
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
