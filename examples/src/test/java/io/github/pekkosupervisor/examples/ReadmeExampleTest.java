package io.github.pekkosupervisor.examples;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.ProcessRun;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.config.ConfiguredTree;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.FramedConnection;
import io.github.pekkosupervisor.process.Framing;
import io.github.pekkosupervisor.process.Liveness;
import io.github.pekkosupervisor.process.ProcessConnection;
import io.github.pekkosupervisor.process.ProcessResult;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeFold;
import io.github.pekkosupervisor.protocol.TreeHealth;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Supervision;
import io.github.pekkosupervisor.protocol.TreeSubscriber;
import io.github.pekkosupervisor.protocol.TreeSubscription;
import io.github.pekkosupervisor.runit.Runsvdir;
import io.github.pekkosupervisor.runit.RunsvdirSettings;
import io.github.pekkosupervisor.runit.ServiceDirectories;
import io.github.pekkosupervisor.spec.ChildContext;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows of Java, run. */
class ReadmeExampleTest {

    private static final Path README = Path.of("../README.md");
    private static final Path OPERATING = Path.of("../docs/operating.md");
    private static final Path THIS = Path.of("src/test/java/io/github/pekkosupervisor/examples/ReadmeExampleTest.java");
    private static final Path MODULE_INFO = Path.of("packaging/app/src/main/java/module-info.java");
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
    private static final String WEB = """
            import com.sun.net.httpserver.HttpServer;
            import java.net.InetSocketAddress;

            class Web {
                public static void main(String[] words) throws Exception {
                    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(words[0])), 0);
                    server.createContext("/health", exchange -> {
                        exchange.sendResponseHeaders(200, -1);
                        exchange.close();
                    });
                    server.start();
                }
            }
            """;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "readme");

    @AfterEach
    void terminate() throws Exception {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(PATIENCE.toSeconds(), SECONDS);
    }

    @Test
    void a_process_a_java_service_and_an_actor_are_one_tree() {
        SupervisorSpec spec = SupervisorSpec.restForOne()
                .withIntensity(3, Duration.ofSeconds(5))
                .withChild(ChildSpec.process("sidecar", "sleep", "100000"))
                .withChild(ChildSpec.service("cache", Cache::open, Cache::close))
                .withChild(ChildSpec.actor("worker", Worker.create()));

        try (SupervisionTree tree = SupervisionTree.start(spec)) { // all up, or the exact failure
            ActorRef<String> worker = tree.ref(String.class, "worker"); // stays good over restarts
            worker.tell("a job");
            assertThat(Worker.DONE.join()).isEqualTo("a job");
            assertThat(Cache.open).isTrue();
        } // stopped in reverse order; no process is left

        assertThat(Cache.open).isFalse();
        assertThat(ProcessHandle.current()
                        .children()
                        .filter(child -> child.info()
                                .arguments()
                                .filter(words -> List.of(words).contains("100000"))
                                .isPresent()))
                .isEmpty();
    }

    @Test
    void a_main_reads_from_the_end_what_became_of_the_tree() {
        SupervisionTree tree = SupervisionTree.start(SupervisorSpec.oneForOne());
        tree.close();

        TreeEnd end = tree.whenEnded().toCompletableFuture().join(); // Closed, GaveUp, AutoShutdown, Failed or Killed

        assertThat(end.isFailure()).isFalse();
    }

    /** Compiled only: it would end the tests too. */
    static void exit(TreeEnd end) {
        System.exit(end.isFailure() ? 1 : 0); // end.origin(): which supervisor, which child, its last reason
    }

    @Test
    void something_is_done_first_and_then_a_server_answers(@TempDir Path app) throws IOException {
        int port = FreePort.next();
        Path done = app.resolve("done");
        Path web = Files.writeString(app.resolve("Web.java"), WEB);
        program(app, "migrate", ": >" + done);
        program(app, "web", "exec " + System.getProperty("java.home") + "/bin/java " + web + " $1");

        String health = "http://127.0.0.1:" + port + "/health";
        SupervisorSpec spec = SupervisorSpec.restForOne()
                .withChild(ChildSpec.process(
                        "migrate", ProcessSpec.of(app + "/bin/migrate").withOneshot()))
                .withChild(ChildSpec.process(
                        "web",
                        ProcessSpec.of(app + "/bin/web", "" + port)
                                .withReady(Readiness.http(health))
                                .withLive(Liveness.by(Readiness.http(health)).withEvery(Duration.ofSeconds(5)))));

        try (SupervisionTree tree = SupervisionTree.start(spec)) {
            assertThat(done).exists();
            assertThat(tree.snapshot().toCompletableFuture().join().toString())
                    .containsPattern("migrate +process +done")
                    .containsPattern("web#\\d+ +process +running");
        }
    }

    @Test
    void a_tree_is_read_from_a_file(@TempDir Path app) throws IOException {
        File file = Files.writeString(app.resolve("tree.conf"), """
                grace = 2s
                tree.children = [ { id = sidecar, shutdown = ${grace}, process { command = [sleep, "100000"] } } ]
                """).toFile();

        Config config = ConfigFactory.parseFile(file).resolve(); // before a part of it is taken, for it may use ${ }
        SupervisorSpec spec = ConfiguredTree.read(config.getConfig("tree")); // or all mistakes, each with its line
        try (SupervisionTree tree = SupervisionTree.start(spec)) {
            assertThat(tree.process("sidecar").toCompletableFuture().join()).isPresent();
        }
    }

    @Test
    void a_service_says_that_it_works() {
        SupervisorSpec spec = SupervisorSpec.oneForOne().withChild(ChildSpec.service("importer", Importer::new));
        try (SupervisionTree tree = SupervisionTree.start(spec)) {
            IMPORTED.join();
            assertThat(tree.root().path()).isEqualTo("/");
        }
    }

    private static final CompletableFuture<Boolean> IMPORTED = new CompletableFuture<>();

    private static void importNext() {
        IMPORTED.complete(true);
        LockSupport.parkNanos(1_000_000);
    }

    static final class Importer implements ChildSpec.Service {
        private final ExecutorService worker = Executors.newSingleThreadExecutor();

        @Override
        public void start(ChildContext child) {
            worker.execute(() -> {
                while (!worker.isShutdown()) {
                    child.heartbeat(Duration.ofSeconds(30)); // silent for longer: it is hung, stopped and restarted
                    importNext();
                }
            });
        }

        @Override
        public void stop() {
            worker.shutdownNow(); // interrupts it; its supervisor knows of no threads but those it has made
        }
    }

    @Test
    void a_process_is_ready_when_the_application_says_so() {
        CompletableFuture<Void> warm = new CompletableFuture<>();
        ChildSpec web = ChildSpec.process(
                "web",
                ProcessSpec.of("sleep", "100000")
                        .withReady(Readiness.future(process -> warm)) // asked once for each process that is started
                        .withStartTimeout(Duration.ofSeconds(30))); // for a future that never completes

        SupervisionTree tree = SupervisionTree.begin(SupervisorSpec.oneForOne().withChild(web), Options.defaults());
        warm.complete(null); // completeExceptionally: its start has failed, and that is why
        tree.whenUp().toCompletableFuture().join();
        tree.close();
    }

    @Test
    void a_command_is_run_once() throws Exception {
        ProcessResult result = ProcessRun.of("uname", "-r")
                .withTimeout(Duration.ofSeconds(10))
                .run(); // a PosixException, if it cannot be started, says why
        if (result.isNormal()) {
            System.out.println(result.stdout().text()); // or lines(), bytes(); isCut() if there was more
        } else {
            System.err.println(result.description()); // how it ended, and its last words
        }

        assertThat(result.isNormal()).isTrue();
    }

    @Test
    void a_process_is_asked_in_messages() {
        Tools tools = new Tools();
        try (SupervisionTree tree =
                SupervisionTree.start(SupervisorSpec.oneForOne().withChild(tools.child()))) {
            CompletionStage<String> answer = tools.server.request("1", "#1 list"); // fails if the process ends first
            assertThat(answer.toCompletableFuture().join()).isEqualTo("#1 list");
            assertThat(tree.root().path()).isEqualTo("/");
        }
    }

    static final class Tools implements FramedConnection.Peer {
        final FramedConnection server = ProcessConnection.framed(Framing.lines(), this);

        ChildSpec child() { // a server that answers by the same line
            return ChildSpec.process("tools", ProcessSpec.of("cat").withConnection(server.connection()));
        }

        @Override
        public CompletionStage<?> opened(FramedConnection.Session with) {
            return with.send("hello"); // to each new process, before anybody else asks it
        }

        @Override
        public @Nullable Object idOf(String message) {
            return message.startsWith("#") ? message.substring(1, message.indexOf(' ')) : null; // of no answer: null
        }

        @Override
        public void received(FramedConnection.Session from, String message) {
            System.out.println("unasked: " + message); // what is no answer
        }
    }

    @Test
    void an_operator_sees_what_runs() {
        SupervisorSpec spec = SupervisorSpec.oneForOne().withChild(ChildSpec.process("sidecar", "sleep", "100000"));
        try (SupervisionTree tree = SupervisionTree.start(spec)) {
            seen(tree);
        }
    }

    private static void seen(SupervisionTree tree) {
        TreeSnapshot snapshot = tree.snapshot().toCompletableFuture().join(); // state, pid, past of each place
        System.out.println(snapshot); // a tree to read; toJson() for programs
        Optional<ProcessIdentity> sidecar =
                tree.process("sidecar").toCompletableFuture().join();
        TreeHealth health = tree.health().toCompletableFuture().join(); // live, ready, and why not: for probes

        TreeFold page = new TreeFold(); // the present state, and then what happens: nothing missed, nothing twice
        TreeSubscription subscription = tree.subscribe(page);

        assertThat(snapshot.toString())
                .contains("sidecar#1  process  running  pid "
                        + sidecar.orElseThrow().pid());
        assertThat(health.ready()).isTrue();
        await().atMost(PATIENCE).until(() -> page.present().top().equals(snapshot.top()));
        subscription.close();
    }

    @Test
    void a_probe_does_not_wait_longer_than_it_may() {
        SupervisorSpec spec = SupervisorSpec.oneForOne().withChild(ChildSpec.process("sidecar", "sleep", "100000"));
        SupervisionTree tree = SupervisionTree.start(spec);
        // within 800 ms, unless the machine has other work
        await().atMost(PATIENCE).until(() -> isReady(tree));

        tree.close();

        assertThat(isReady(tree)).isFalse();
    }

    static boolean isReady(SupervisionTree tree) {
        TreeHealth health = tree.health()
                .toCompletableFuture()
                .completeOnTimeout(TreeHealth.silent("/"), 800, MILLISECONDS) // does not answer: neither live nor ready
                .join();
        health.notReady().forEach(System.err::println); // /db: restarting, last exit: exit code 1
        return health.ready();
    }

    @Test
    void a_page_is_told_how_the_tree_is_and_then_what_happens() {
        List<Object> told = new CopyOnWriteArrayList<>();
        SupervisorSpec spec = SupervisorSpec.oneForOne().withChild(ChildSpec.process("sidecar", "sleep", "100000"));
        try (SupervisionTree tree = SupervisionTree.start(spec)) {
            TreeSubscription subscription = tree.subscribe(new TreeSubscriber() {
                @Override
                public void snapshot(TreeSnapshot present) { // first; again after a gap
                    System.out.println(present);
                    told.add(present);
                }

                @Override
                public void event(TreeEvent event) { // then what happens, each once and in order
                    System.out.println(event);
                }

                @Override
                public void ended(TreeEnd end) { // the last call
                    System.out.println(end);
                    told.add(end);
                }
            });
            assertThat(subscription).isNotNull();
        }

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(told)
                        .satisfiesExactly(
                                first -> assertThat(first).isInstanceOf(TreeSnapshot.class),
                                last -> assertThat(last).isInstanceOf(TreeEnd.class)));
    }

    /** Each member that a snapshot has in JSON has a row in the manual, and there is no row of another. */
    @Test
    void the_manual_has_each_member_of_the_json() throws IOException {
        String manual = Files.readString(OPERATING);
        int from = manual.indexOf("### The JSON of a snapshot");
        assertThat(from).isPositive();
        Set<String> rows = Pattern.compile("(?m)^\\| (`[a-zA-Z`; ]+`) \\|")
                .matcher(manual.substring(from, manual.indexOf("\n##", from)))
                .results()
                .flatMap(row -> Stream.of(row.group(1).split("; ", -1)))
                .map(name -> name.replace("`", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        Instant then = Instant.EPOCH;
        Node top = new Node(
                "/",
                "supervisor",
                State.RUNNING,
                true,
                OptionalLong.of(1),
                OptionalLong.of(1),
                ProcessIdentity.ofRunning((int) ProcessHandle.current().pid()),
                Optional.of(then),
                1,
                Optional.of(LastExit.of("exit code 1", then)),
                Optional.of(then),
                Optional.of(new Supervision(
                        SupervisorSpec.Strategy.ONE_FOR_ONE, 0, OptionalInt.of(1), Duration.ofSeconds(5))),
                Map.of(),
                List.of());

        Config json = ConfigFactory.parseString(new TreeSnapshot(then, top.withDetail("want", "up")).toJson());

        assertThat(json.root().keySet()).containsExactlyInAnyOrder("at", "top");
        assertThat(json.getObject("top").keySet()).containsExactlyInAnyOrderElementsOf(rows);
        assertThat(json.getObject("top.lastExit").keySet()).containsExactlyInAnyOrder("reason", "at");
        assertThat(json.getObject("top.supervision").render(ConfigRenderOptions.concise()))
                .isEqualTo("{\"limit\":1,\"period\":\"PT5S\",\"recent\":0,\"strategy\":\"one for one\"}");
    }

    private static final class Cache {
        private static volatile boolean open;

        static Cache open() {
            open = true;
            return new Cache();
        }

        void close() {
            open = false;
        }
    }

    private static final class Worker {
        private static final CompletableFuture<String> DONE = new CompletableFuture<>();

        static Behavior<String> create() {
            return Behaviors.receiveMessage(job -> {
                DONE.complete(job);
                return Behaviors.same();
            });
        }
    }

    @Test
    void services_run_in_an_existing_actor_system_until_they_are_stopped(@TempDir Path directory) throws Exception {
        Path web = service(directory.resolve("web"));

        ActorRef<Runsvdir.Command> services = start(directory);
        boolean up = Await.reached(() -> stat(web).equals("run\n"), PATIENCE);
        stop(services).toCompletableFuture().get(PATIENCE.toSeconds(), SECONDS);

        assertThat(up).as("web runs").isTrue();
        assertThat(stat(web)).isEqualTo("down\n");
    }

    private ActorRef<Runsvdir.Command> start(Path directory) {
        ActorRef<Runsvdir.Command> services = system.systemActorOf(
                Runsvdir.create(RunsvdirSettings.of(directory)), "services", Runsvdir.dispatcher());
        return services;
    }

    private CompletionStage<Done> stop(ActorRef<Runsvdir.Command> services) {
        CompletionStage<Done> stopped =
                AskPattern.ask(services, Runsvdir.Stop::new, Duration.ofSeconds(10), system.scheduler());
        return stopped;
    }

    @Test
    void service_directories_run_in_an_application_until_it_closes_them(@TempDir Path directory) throws Exception {
        Path web = service(directory.resolve("web"));

        try (SupervisionTree services = ServiceDirectories.start(directory)) { // each run has been started, or tried
            // a status may come a moment after what is told of it
            await().atMost(PATIENCE).until(() -> stat(web).equals("run\n"));
            assertThat(services.whenEnded().toCompletableFuture()).isNotDone();
        }

        assertThat(stat(web)).isEqualTo("down\n");
    }

    /** Compiled only: somebody has to send a signal. */
    static void untilASignalComes(SupervisionTree services) {
        services.whenEnded().toCompletableFuture().join(); // TERM, Ctrl-C or close() stops them all in order
    }

    @Test
    void service_directories_are_beside_actors(@TempDir Path directory) throws Exception {
        Path database = service(directory.resolve("database"));

        SupervisorSpec spec = SupervisorSpec.restForOne()
                .withChild(ServiceDirectories.one("database", directory.resolve("database")))
                .withChild(ChildSpec.actor("worker", Worker.create()));

        try (SupervisionTree tree = SupervisionTree.start(spec)) {
            // a moment after it was told
            await().atMost(PATIENCE).until(() -> stat(database).equals("run\n"));
            assertThat(tree.root().path()).isEqualTo("/");
        }
        assertThat(stat(database)).isEqualTo("down\n");
    }

    @Test
    void the_readme_and_the_manual_show_what_is_compiled_here() throws IOException {
        // and what try.sh builds
        List<String> compiled = code(Files.readString(THIS) + Files.readString(MODULE_INFO));

        List<String> shown = JAVA_BLOCK
                .matcher(Files.readString(README) + Files.readString(OPERATING))
                .results()
                .flatMap(block -> code(block.group(1)).stream())
                .toList();

        assertThat(shown).isNotEmpty().allSatisfy(line -> assertThat(compiled).contains(line));
    }

    /** Lines of code without indentation, comments and empty lines. */
    private static List<String> code(String source) {
        return source.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("//"))
                .toList();
    }

    private static void program(Path app, String name, String script) throws IOException {
        Files.createDirectories(app.resolve("bin"));
        Path program = Files.writeString(app.resolve("bin").resolve(name), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path service(Path directory) throws IOException {
        Files.createDirectory(directory);
        Path run = Files.writeString(directory.resolve("run"), "#!/bin/sh\nexec sleep 1000\n");
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
        return directory;
    }

    private static String stat(Path service) {
        try {
            return Files.readString(service.resolve("supervise/stat"));
        } catch (IOException e) {
            return "(not supervised yet)";
        }
    }
}
