package io.github.pekkosupervisor.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.ProcessRun;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.StartFailedException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessConnection;
import io.github.pekkosupervisor.process.ProcessResult;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.process.StopSequence;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page on processes shows. */
class ProcessesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static SupervisionTree start(ChildSpec child) {
        return SupervisionTree.start(SupervisorSpec.oneForOne().withChild(child));
    }

    @Test
    void a_process_has_surroundings(@TempDir Path app) throws Exception {
        Files.writeString(app.resolve("input"), "one line\n");
        // guide: surroundings
        ProcessSpec importer = ProcessSpec.of(
                        "sh", "-c", "read -r line; echo \"$GREETING $line in $PWD\"; exec sleep 1d")
                .withDirectory(app)
                .withEnvironment("GREETING", "hello")
                .withoutEnvironment("JAVA_TOOL_OPTIONS")
                .withStdin(Stdio.file(app.resolve("input"))) // else it reads nothing
                .withStdout(Stdio.file(app.resolve("output"))) // appended to
                .withStderr(Stdio.logged()); // each line to the logger process.importer
        // guide: end

        try (SupervisionTree tree = start(ChildSpec.process("importer", importer))) {
            Path output = app.resolve("output");
            await().atMost(PATIENCE)
                    .until(() ->
                            Files.exists(output) && !Files.readString(output).isEmpty());
            assertThat(output).hasContent("hello one line in " + app.toRealPath());
            assertThat(tree.root().path()).isEqualTo("/");
        }
    }

    @Test
    void a_process_is_stopped_in_its_own_way(@TempDir Path app) throws Exception {
        Path heard = app.resolve("heard");
        ProcessSpec stubborn = ProcessSpec.of(
                "sh",
                "-c",
                "trap 'echo INT >>heard' INT; trap 'echo TERM >>heard; exit 0' TERM; : >heard;"
                        + " while :; do sleep 0.05; done");
        // guide: stop
        ChildSpec database = ChildSpec.process(
                        "database",
                        stubborn.withDirectory(app)
                                .withStop(StopSequence.of(Signal.INT).then(Duration.ofMillis(200), Signal.TERM)))
                .withShutdown(Shutdown.timeout(Duration.ofSeconds(30))); // then KILL, to all of its group
        // guide: end

        try (SupervisionTree tree = start(database)) {
            await().atMost(PATIENCE).until(() -> Files.exists(heard));
            assertThat(tree.root().path()).isEqualTo("/");
        }

        assertThat(heard).hasContent("INT\nTERM");
    }

    @Test
    void some_ends_are_no_failure() {
        // guide: normal
        ChildSpec worker = ChildSpec.process(
                        "worker", ProcessSpec.of("sh", "-c", "exit 3").withNormalExitCodes(0, 3)) // 3: nothing to do
                .withRestart(RestartType.TRANSIENT);
        // guide: end

        try (SupervisionTree tree = start(worker)) {
            await().atMost(PATIENCE)
                    .until(() -> get(tree.snapshot())
                            .find("/worker")
                            .orElseThrow()
                            .state()
                            .toString()
                            .equals("FINISHED"));
        }
    }

    // guide: migration-failed
    private static final String MIGRATION_FAILED = """
            the tree could not be started: [/migrate] ended before it was done: exit code 3; its last words:
              no such table: users
            """;
    // guide: end

    @Test
    void what_comes_first_is_done_first(@TempDir Path app) {
        // guide: oneshot
        SupervisorSpec spec = SupervisorSpec.restForOne()
                .withChild(ChildSpec.process(
                        "migrate",
                        ProcessSpec.of("sh", "-c", "echo 1 >version")
                                .withDirectory(app)
                                .withOneshot()))
                .withChild(ChildSpec.process("web", "sleep", "1d")); // started when migrate has ended well
        // guide: end

        try (SupervisionTree tree = SupervisionTree.start(spec)) {
            assertThat(app.resolve("version")).hasContent("1");
            assertThat(tree.root().path()).isEqualTo("/");
        }
    }

    @Test
    void what_fails_first_is_told_with_its_last_words() {
        ChildSpec migrate = ChildSpec.process(
                "migrate",
                ProcessSpec.of("sh", "-c", "echo 'no such table: users' >&2; exit 3")
                        .withOneshot()
                        .withOutput(Stdio.logged()));

        assertThatThrownBy(() -> start(migrate))
                .isInstanceOf(StartFailedException.class)
                .hasMessage(MIGRATION_FAILED.strip());
    }

    @Test
    void a_command_is_run_once() throws Exception {
        // guide: once
        ProcessResult result = ProcessRun.of("sort", "-u")
                .withInput("b\na\nb\n")
                .withTimeout(Duration.ofSeconds(10))
                .run();
        String sorted = result.orThrow().stdout().text(); // or an exception with its exit code and last words
        // guide: end

        assertThat(sorted).isEqualTo("a\nb\n");
    }

    @Test
    void a_process_is_talked_to() {
        // guide: talk
        ProcessConnection calculator = ProcessConnection.create(); // lives longer than each process
        ChildSpec child = ChildSpec.process(
                "calculator",
                ProcessSpec.of("sh", "-c", "while read -r a b; do echo $((a * b)); done")
                        .withConnection(calculator));
        try (SupervisionTree tree =
                SupervisionTree.start(SupervisorSpec.oneForOne().withChild(child))) {
            String answer = calculator.request("6 7").toCompletableFuture().join();
            // guide: end
            assertThat(answer).isEqualTo("42");
            assertThat(tree.root().path()).isEqualTo("/");
        }
    }
}
