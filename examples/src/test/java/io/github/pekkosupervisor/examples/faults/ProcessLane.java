package io.github.pekkosupervisor.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.process.ProcessConnection;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A tree with a process that is in no scenario: it answers requests. */
final class ProcessLane extends Lane {

    private final SupervisionTree tree;
    private final Path bystander;
    private final ProcessConnection connection = ProcessConnection.create();
    private final AtomicInteger asked = new AtomicInteger();

    ProcessLane(Path directory, String name) throws IOException {
        super(directory, name);
        bystander = Files.createDirectories(directory.resolve("bystander"));
        tree = faults().within(() -> SupervisionTree.start(
                root().withChild(ChildSpec.process(
                        "bystander",
                        script(bystander, "while read -r x; do echo \"got $x\"; done")
                                .withConnection(connection))),
                // the log counts what is repeated, and tells it later
                Options.defaults()
                        .withSystem(system())
                        .withLogging(false)
                        .withListener(event -> heard(event.toString()))));
    }

    /** Who is refused a start is told why, and asks again. */
    static SupervisionTree started(SupervisorSpec spec, Options options) {
        try {
            return SupervisionTree.start(spec, options);
        } catch (RuntimeException refused) {
            assertThat(refused.toString()).matches("(?s).*\\(E[A-Z]+\\).*");
            return SupervisionTree.start(spec, options);
        }
    }

    /** The same, where nobody is told but who starts it. */
    SupervisionTree startedAndHeard(SupervisorSpec spec, Options options) {
        try {
            return SupervisionTree.start(spec, options);
        } catch (RuntimeException refused) {
            heard(refused.toString());
            return SupervisionTree.start(spec, options);
        }
    }

    static SupervisorSpec root() {
        return SupervisorSpec.oneForOne().withIntensity(1000, Duration.ofDays(1));
    }

    /** A shell that writes its process id, and then does this. */
    static ProcessSpec script(Path home, String text) {
        return ProcessSpec.of("/bin/sh", "-c", "echo $$ >>pids; " + text)
                .withName(home.getFileName().toString())
                .withDirectory(home);
    }

    Path home(String id) throws IOException {
        return Files.createDirectories(directory().resolve(id));
    }

    /** Starts a child, and waits for that. */
    void start(String id, ProcessSpec process) {
        ChildSpec child = ChildSpec.process(id, process)
                .withShutdown(Shutdown.timeout(Duration.ofMillis(500)))
                .withRestartDelay(RestartDelay.fixed(Duration.ofMillis(20)));
        assertThat(done(tree.root().startChild(child))).isInstanceOf(SupervisorResult.Started.class);
    }

    /** Starts what cannot be started, and returns what is said. */
    String refused(String id, ProcessSpec process) {
        String said =
                done(tree.root().startChild(ChildSpec.process(id, process))).toString();
        // who asked is told; the log may come a moment later
        heard(said);
        return said;
    }

    /** Stops a child and forgets it. */
    void end(String id) {
        assertThat(done(tree.root().terminateChild(id))).isEqualTo(SupervisorResult.Ok.INSTANCE);
        assertThat(done(tree.root().deleteChild(id))).isEqualTo(SupervisorResult.Ok.INSTANCE);
    }

    static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    static List<Long> pids(Path home) {
        try {
            return Files.readAllLines(home.resolve("pids")).stream()
                    .map(Long::valueOf)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }

    /** Kills the process that runs, and waits for the next. */
    static void crash(Path home) {
        long before = last(home);
        ProcessHandle.of(before).ifPresent(ProcessHandle::destroyForcibly);
        await_("another process in " + home.getFileName(), () -> last(home) != before && isAlive(last(home)));
    }

    static long last(Path home) {
        List<Long> pids = pids(home);
        return pids.isEmpty() ? 0 : pids.get(pids.size() - 1);
    }

    @Override
    boolean plays(Scenario scenario) {
        return scenario instanceof ProcessScenarios;
    }

    @Override
    void checkBystanders() {
        String question = Integer.toString(asked.incrementAndGet());
        assertThat(done(connection.request(question)))
                .as("the bystander's answer")
                .isEqualTo("got " + question);
        assertThat(pids(bystander)).as("the bystander's processes").hasSize(1);
    }

    @Override
    public void close() {
        try {
            tree.close();
        } finally {
            super.close();
        }
    }
}
