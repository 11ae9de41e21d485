package io.github.pekkosupervisor.examples.guide;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.WhenSupervisorDies;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeHealth;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The recipes of the cook book that have no test of their own elsewhere. */
class CookbookTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    @Test
    void retries_for_ever(@TempDir Path place) {
        String program = "echo x >>tries; exit 1";
        // guide: forever
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withUnlimitedRestarts()
                .withChild(ChildSpec.process(
                                "tunnel", ProcessSpec.of("sh", "-c", program).withDirectory(place))
                        .withRestartDelay(RestartDelay.exponential(Duration.ofMillis(50), Duration.ofMinutes(1))));
        // guide: end

        try (SupervisionTree tree = SupervisionTree.start(spec)) {
            await().atMost(PATIENCE)
                    .until(() -> Files.exists(place.resolve("tries"))
                            && Files.readString(place.resolve("tries")).length() >= 6);
            assertThat(tree.root().path()).isEqualTo("/");
        }
    }

    @Test
    void ends_with_the_exit_code_of_its_main_process() {
        // guide: main
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withAutoShutdown(AutoShutdown.ANY_SIGNIFICANT)
                .withChild(ChildSpec.process("helper", "sleep", "1d"))
                .withChild(ChildSpec.process("main", "sh", "-c", "exit 7")
                        .withRestart(RestartType.TEMPORARY)
                        .withSignificant(true));
        TreeEnd end =
                SupervisionTree.start(spec).whenEnded().toCompletableFuture().join();
        // guide: end

        assertThat(exitCode(end)).isEqualTo(7);
        assertThat(end).hasToString("automatic shutdown of supervisor /: child main ended with exit code 7");
        assertThat(end.isFailure()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"exit 0, 0", "kill -SEGV $$, 139", "kill -TERM $$, 143"})
    void ends_with_what_a_shell_would_say_of_its_main_process(String command, int code) {
        TreeEnd end = get(SupervisionTree.start(SupervisorSpec.oneForOne()
                        .withAutoShutdown(AutoShutdown.ANY_SIGNIFICANT)
                        .withChild(program("main", "sh", "-c", command)))
                .whenEnded());

        assertThat(exitCode(end)).isEqualTo(code);
    }

    // guide: exit-code
    /** For System.exit: the code of the child that was decisive, or 128 more than its signal. */
    static int exitCode(TreeEnd end) {
        if (end.origin() instanceof TreeEnd.AutoShutdown over) {
            if (over.last() instanceof ExitReason.ExitCode exit) {
                return exit.code();
            } else if (over.last() instanceof ExitReason.Signalled signalled) {
                return 128 + Signal.parse(signalled.name()).number();
            }
        }
        return end.isFailure() ? 1 : 0;
    }
    // guide: end

    @Test
    void a_probe_is_answered() throws Exception {
        SupervisorSpec spec = SupervisorSpec.oneForOne().withChild(ChildSpec.process("sidecar", "sleep", "1d"));
        try (SupervisionTree tree = SupervisionTree.start(spec)) {
            // guide: probe
            HttpServer probe = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            probe.createContext("/ready", exchange -> {
                TreeHealth health = tree.health()
                        .toCompletableFuture()
                        .completeOnTimeout(TreeHealth.silent("/"), 800, MILLISECONDS)
                        .join();
                exchange.sendResponseHeaders(health.ready() ? 200 : 503, -1);
                exchange.close();
            });
            probe.start();
            // guide: end
            assertThat(asked(probe.getAddress().getPort())).isEqualTo(200);
            probe.stop(0);
        }
    }

    private static int asked(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/ready"))
                .timeout(PATIENCE)
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void reloads_on_a_signal() {
        AtomicInteger reloaded = new AtomicInteger();
        // guide: reload
        ChildSpec rules = ChildSpec.runnable("rules", child -> {
            child.onSignal(Signal.HUP, reloaded::incrementAndGet);
            new CountDownLatch(1).await(); // your work, until it is interrupted
        });
        try (SupervisionTree tree =
                SupervisionTree.start(SupervisorSpec.oneForOne().withChild(rules))) {
            tree.root().signalChild("rules", Signal.HUP);
            // guide: end
            await().atMost(PATIENCE).until(() -> {
                get(tree.root().signalChild("rules", Signal.HUP));
                return reloaded.get() > 0;
            });
        }
    }

    // guide: foreman-program
    private static ChildSpec program(String name, String program, String... arguments) {
        return ChildSpec.process(name, ProcessSpec.of(program, arguments).withOutput(Stdio.prefixed()))
                .withRestart(RestartType.TEMPORARY)
                .withSignificant(true);
    }
    // guide: end

    @ParameterizedTest
    @ValueSource(strings = {"api", "ui"})
    void all_end_when_one_of_the_programs_in_a_terminal_does(String first) {
        // guide: foreman
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withAutoShutdown(AutoShutdown.ANY_SIGNIFICANT)
                .withChild(program("api", "sleep", "1d"))
                .withChild(program("ui", "sleep", "1d"));
        // guide: end

        try (SupervisionTree tree = SupervisionTree.start(spec)) {
            List<ProcessHandle> both = Stream.of("api", "ui")
                    .map(id -> get(tree.process(id)).orElseThrow().pid())
                    .map(pid -> ProcessHandle.of(pid).orElseThrow())
                    .toList();

            both.get(first.equals("api") ? 0 : 1).destroy();

            assertThat(get(tree.whenEnded()).toString()).contains(first);
            assertThat(both).noneMatch(ProcessHandle::isAlive);
        }
    }

    @Test
    void a_database_outlives_the_application_under_development(@TempDir Path state) {
        // guide: keep
        ChildSpec database = ChildSpec.process(
                "database",
                ProcessSpec.of("sleep", "1d")
                        .withWhenSupervisorDies(WhenSupervisorDies.KEEP)
                        .withOutput(Stdio.file(state.resolve("database.log"))));
        Options options = Options.defaults().withStateDirectory(state.resolve("tree"));
        // guide: end

        try (SupervisionTree tree =
                SupervisionTree.start(SupervisorSpec.oneForOne().withChild(database), options)) {
            assertThat(get(tree.process("database"))).isPresent();
        }
    }

    @Test
    void a_tree_lives_in_an_actor_system_of_yours() {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "yours");
        SupervisorSpec spec = SupervisorSpec.oneForOne().withChild(ChildSpec.process("sidecar", "sleep", "1d"));
        // guide: system
        SupervisionTree tree = SupervisionTree.start(spec, Options.defaults().withSystem(system));
        // guide: end
        assertThat(tree.system()).isSameAs(system);

        system.terminate(); // stops the tree first

        get(system.getWhenTerminated());
        assertThat(get(tree.whenEnded()).isFailure()).isFalse();
    }
}
