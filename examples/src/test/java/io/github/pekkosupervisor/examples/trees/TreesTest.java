package io.github.pekkosupervisor.examples.trees;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.protocol.TreeEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Plays every example, and what goes wrong in it. */
@Isolated("what this JVM holds is counted")
final class TreesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @AfterAll
    static void nothing_is_left() throws Exception {
        eventually(() -> ProcessHandle.current().descendants().findAny().isEmpty());
    }

    @Test
    void side_cars_heal_together() throws Exception {
        int webPort = FreePort.next();
        try (SupervisionTree tree = SupervisionTree.start(SideCars.tree(webPort, FreePort.next()))) {
            String before = ping(webPort);
            ChildHandle web = handle(tree, "web");

            kill(handle(tree, "cache"));

            eventually(() -> state(tree, "web") == ChildState.RUNNING && handle(tree, "web") != web);
            assertThat(before).isEqualTo("+PONG\r\n");
            assertThat(ping(webPort)).isEqualTo("+PONG\r\n");
        }
    }

    @Test
    void a_worker_that_dies_is_there_again() throws Exception {
        try (SupervisionTree tree = SupervisionTree.start(WorkerPool.tree())) {
            ChildHandle before = handle(tree, "worker-0");
            ChildHandle other = handle(tree, "worker-1");

            assertThat(WorkerPool.divide(tree, 0, 1, 0)).failsWithin(PATIENCE);

            eventually(() -> handle(tree, "worker-0") != before);
            assertThat(WorkerPool.divide(tree, 0, 6, 3))
                    .succeedsWithin(PATIENCE)
                    .isEqualTo(2);
            assertThat(handle(tree, "worker-1")).isSameAs(other);
        }
    }

    @Test
    void a_process_that_is_talked_to_is_followed_over_its_death() {
        JsonLines example = new JsonLines();
        SupervisionTree tree = SupervisionTree.start(example.tree());
        try (tree) {
            assertThat(example.ask("{\"q\": 1}")).isEqualTo("{\"answer\": 1, \"to\": {\"q\": 1}}");
            assertThat(example.ask("{\"q\": 2}")).isEqualTo("{\"answer\": 2, \"to\": {\"q\": 2}}");
            assertThat(example.ask("die")).contains("exit code 3", "cannot do die");
            assertThat(example.ask("{\"q\": 3}")).isEqualTo("{\"answer\": 1, \"to\": {\"q\": 3}}");
        }
    }

    @Test
    void a_tree_comes_from_a_configuration() throws Exception {
        try (SupervisionTree tree = SupervisionTree.start(MixedTree.tree())) {
            ChildHandle reports = handle(tree, "reports");

            assertThat(get(tree.root().children()).stream().map(ChildInfo::id))
                    .containsExactly("clock", "orders", "reports");
            assertThat(MixedTree.order(tree)).isEqualTo("taken");
            kill(handle(tree, "clock"));

            eventually(() -> state(tree, "reports") == ChildState.RUNNING && handle(tree, "reports") != reports);
            assertThat(MixedTree.order(tree)).isEqualTo("taken");
        }
    }

    @Test
    void an_actor_system_stops_the_tree_before_it_terminates() throws Exception {
        List<TreeEvent> events = new CopyOnWriteArrayList<>();
        ActorSystem<Void> yours = ActorSystem.create(Behaviors.empty(), "yours");
        SupervisionTree tree = InYourActorSystem.start(yours, events::add);
        long pid = handle(tree, "sidecar").process().orElseThrow().pid();

        yours.terminate();

        assertThat(yours.getWhenTerminated().toCompletableFuture()).succeedsWithin(PATIENCE);
        // who listens may hear of it a moment later
        eventually(() -> events.stream()
                .filter(SupervisorEvent.ChildStopped.class::isInstance)
                .map(event -> ((SupervisorEvent.ChildStopped) event).child().id())
                .toList()
                .equals(List.of("cache", "sidecar")));
        assertThat(Path.of("/proc", String.valueOf(pid))).doesNotExist();
    }

    @Test
    void service_directories_and_an_actor_are_one_tree(@TempDir Path directory) throws Exception {
        WithServiceDirectories.prepare(directory);
        try (SupervisionTree tree = SupervisionTree.start(WithServiceDirectories.tree(directory))) {
            ChildHandle services = handle(tree, "services");

            assertThat(get(tree.snapshot())
                            .find("/services/clock")
                            .orElseThrow()
                            .ready())
                    .isTrue();
            tree.ref(String.class, "reader").tell("fail");

            // a crash of the reader, which comes after them, is not theirs
            eventually(() -> get(tree.snapshot()).find("/reader").orElseThrow().restarts() == 1);
            assertThat(handle(tree, "services")).isSameAs(services);
            eventually(() -> get(tree.health()).ready());
        }
    }

    @Test
    void all_kinds_are_one_tree_for_sv(@TempDir Path directory) throws Exception {
        needs("redis-server");
        needs("sv");
        WithServiceDirectories.prepare(directory);
        String jvm = "\\(pid " + ProcessHandle.current().pid() + "\\) \\d+s\n";
        try (SupervisionTree tree = SupervisionTree.start(OneTree.tree(directory), OneTree.shownIn(directory))) {
            String all = "run: clock: .*\nrun: redis: \\(pid " + pid(tree, "redis") + "\\) \\d+s\n" + "run: pages: "
                    + jvm + "run: prices: " + jvm;
            eventually(() ->
                    sv(directory, "status", "clock", "redis", "pages", "prices").matches(all));
            ChildHandle pages = handle(tree, "pages");
            ChildHandle prices = handle(tree, "prices");

            assertThat(sv(directory, "restart", "prices")).matches("ok: run: prices: " + jvm);
            // sv compares whole seconds, and may take the start before for the one that it waits for
            eventually(() -> !handle(tree, "prices").equals(prices));
            assertThat(handle(tree, "pages")).isEqualTo(pages);

            ChildHandle clock = handle(tree, "clock");
            kill(handle(tree, "redis"));

            eventually(() -> state(tree, "prices") == ChildState.RUNNING && handle(tree, "pages") != pages);
            assertThat(handle(tree, "clock")).isEqualTo(clock);
        }
    }

    private static void needs(String program) {
        boolean isThere = Files.isExecutable(Path.of("/usr/bin", program));
        assertThat(isThere || !"true".equals(System.getenv("CI")))
                .as(program + " is there in CI")
                .isTrue();
        assumeTrue(isThere, program + " is not installed; .ci/run installs it");
    }

    private static long pid(SupervisionTree tree, String id) {
        return handle(tree, id).process().orElseThrow().pid();
    }

    private static String sv(Path directory, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("env", "SVDIR=" + directory.resolve("sv"), "SVWAIT=60", "sv"));
        command.addAll(List.of(words));
        Process sv = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(sv.getInputStream().readAllBytes(), UTF_8);
    }

    @Test
    void each_example_has_less_than_sixty_lines() throws IOException {
        try (Stream<Path> sources = Files.list(Path.of("src/main/java/io/github/pekkosupervisor/examples/trees"))) {
            assertThat(sources)
                    .hasSizeGreaterThan(5)
                    .allSatisfy(source -> assertThat(Files.readAllLines(source)).hasSizeLessThan(60));
        }
        Path test = Path.of("src/test/java/io/github/pekkosupervisor/examples/PostgresTest.java");
        // but for the marks of what the guide shows
        assertThat(Files.readAllLines(test))
                .filteredOn(line -> !line.strip().startsWith("// guide: "))
                .hasSizeLessThanOrEqualTo(60);
    }

    @Test
    void tools_are_greeted_at_each_start_and_what_was_asked_of_a_dead_one_fails() throws Exception {
        McpTools tools = new McpTools();
        try (SupervisionTree tree = SupervisionTree.start(tools.tree())) {
            String first = get(tools.call(1, "count"));
            CompletionStage<String> lost = tools.call(2, "sleep");
            long pid = handle(tree, "tools").process().orElseThrow().pid();

            kill(handle(tree, "tools"));

            assertThat(lost.toCompletableFuture())
                    .failsWithin(PATIENCE)
                    .withThrowableThat()
                    .withMessageContaining("ended without an answer: signal KILL");
            assertThat(first).contains("done by " + pid);
            assertThat(get(tools.call(2, "count")))
                    .contains("\"id\":2", "done by ")
                    .doesNotContain("by " + pid);
        }
    }

    // ---- looking at a tree

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .copy()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private static ChildInfo info(SupervisionTree tree, String id) {
        return get(tree.root().children()).stream()
                .filter(child -> child.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static ChildHandle handle(SupervisionTree tree, String id) {
        return info(tree, id).handle().orElseThrow();
    }

    private static ChildState state(SupervisionTree tree, String id) {
        return info(tree, id).state();
    }

    private static void kill(ChildHandle child) {
        ProcessHandle.of(child.process().orElseThrow().pid()).orElseThrow().destroyForcibly();
    }

    private static String ping(int port) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/ping"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private static void eventually(Callable<Boolean> fact) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!fact.call()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
    }
}
