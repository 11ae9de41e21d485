package io.github.pekkosupervisor.runit.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.runit.conformance.Needs;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import io.github.pekkosupervisor.spec.ChildContext;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.awaitility.core.ConditionFactory;

/** A tree in this JVM that is shown in a directory, and the real {@code sv} on it. */
final class ShownTree implements AutoCloseable {

    /** Tells a hang from an answer; measures nothing. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    static final long JVM = ProcessHandle.current().pid();

    private final Path directory;
    private final SupervisionTree tree;
    private final ServiceExport export;
    private final List<TreeEvent> events;

    private ShownTree(Path directory, SupervisionTree tree, ServiceExport export, List<TreeEvent> events) {
        this.directory = directory;
        this.tree = tree;
        this.export = export;
        this.events = events;
    }

    static ShownTree start(Path directory, SupervisorSpec spec) {
        return start(directory, spec, export -> export);
    }

    static ShownTree start(Path directory, SupervisorSpec spec, UnaryOperator<ServiceExport> with) {
        ServiceExport export = with.apply(ServiceExport.to(directory));
        List<TreeEvent> events = new CopyOnWriteArrayList<>();
        SupervisionTree tree = SupervisionTree.start(
                spec,
                Options.defaults()
                        .withJvmShutdownHook(false)
                        .withTransitions(true)
                        .withListener(events::add)
                        .withExport(export));
        ShownTree shown = new ShownTree(directory, tree, export, events);
        shown.awaitWritten();
        return shown;
    }

    // ---- children

    static SupervisorSpec oneForOne(ChildSpec... children) {
        return SupervisorSpec.oneForOne()
                .withIntensity(100, Duration.ofSeconds(5))
                .withChildren(List.of(children));
    }

    static SupervisorSpec oneForAll(ChildSpec... children) {
        return SupervisorSpec.oneForAll()
                .withIntensity(100, Duration.ofSeconds(5))
                .withChildren(List.of(children));
    }

    static SupervisorSpec restForOne(ChildSpec... children) {
        return SupervisorSpec.restForOne()
                .withIntensity(100, Duration.ofSeconds(5))
                .withChildren(List.of(children));
    }

    /** Junk in a FIFO has hundreds of letters that end a process, and no tree is to give up for that. */
    static SupervisorSpec tireless(SupervisorSpec strategy, ChildSpec... children) {
        return strategy.withIntensity(100_000, Duration.ofSeconds(5)).withChildren(List.of(children));
    }

    /** An actor that does what it is told: {@code crash}, {@code end}, {@code hang}. */
    static ChildSpec actor(String id) {
        return ChildSpec.actor(id, ShownTree::puppet);
    }

    private static Behavior<String> puppet(ChildContext child) {
        return Behaviors.receiveMessage(message -> switch (message) {
            case "crash" -> throw new IllegalStateException("as it was told");
            case "end" -> Behaviors.stopped();
            case "hang" -> {
                // the last that is heard of it
                child.heartbeat(Duration.ofMillis(5));
                yield Behaviors.same();
            }
            default -> Behaviors.same();
        });
    }

    static ChildSpec sleeper() {
        return ChildSpec.process("sleeper", "sleep", "100000");
    }

    /** The tree of the specification's cases, but for {@code store}, which takes its time. */
    static SupervisorSpec quickTree() {
        return oneForOne(
                actor("cache"), sleeper(), ChildSpec.supervisor("workers", oneForAll(actor("w1"), actor("w2"))));
    }

    /** What lets a start, or a stop, take as long as a test wants. */
    static final class Gate {
        private volatile boolean isOpen = true;

        void close() {
            isOpen = false;
        }

        void open() {
            isOpen = true;
        }

        void pass() {
            patiently().until(() -> isOpen);
        }
    }

    /** A service that passes one gate in its start, and another one in its stop. */
    static ChildSpec gated(String id, Gate start, Gate stop) {
        return ChildSpec.service(id, () -> new ChildSpec.Service() {
            @Override
            public void start(ChildContext child) {
                start.pass();
            }

            @Override
            public void stop() {
                stop.pass();
            }
        });
    }

    /** What a child does that takes its time. */
    static void pause(Duration length) {
        try {
            new CompletableFuture<Void>().get(length.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // that was it
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- the tree

    Path directory() {
        return directory;
    }

    SupervisionTree tree() {
        return tree;
    }

    ServiceExport export() {
        return export;
    }

    SupervisorRef root() {
        return tree.root();
    }

    SupervisorRef supervisor(String... path) {
        return get(tree.supervisor(path)).orElseThrow();
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .copy()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    void awaitWritten() {
        get(export.written().thenApply(done -> true));
    }

    void tell(String message, String... path) {
        tree.ref(String.class, path).tell(message);
    }

    /** The number of a child's incarnation; 0 if it has none. */
    static long incarnation(SupervisorRef supervisor, String id) {
        return get(supervisor.children()).stream()
                .filter(child -> child.id().equals(id))
                .flatMap(child -> child.handle().stream())
                .mapToLong(handle -> handle.hasEnded() ? 0 : handle.incarnation())
                .findFirst()
                .orElse(0);
    }

    static ChildInfo info(SupervisorRef supervisor, String id) {
        return get(supervisor.children()).stream()
                .filter(child -> child.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Crashes a child and waits until it runs again. */
    void crash(SupervisorRef supervisor, String... path) {
        String id = path[path.length - 1];
        long before = incarnation(supervisor, id);
        tell("crash", path);
        patiently().until(() -> incarnation(supervisor, id) > before);
    }

    static ConditionFactory patiently() {
        return await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10));
    }

    // ---- events

    List<TreeEvent> events() {
        return List.copyOf(events);
    }

    void forgetEvents() {
        events.clear();
    }

    <E extends SupervisorEvent> List<E> events(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** What has happened to children so far, each by its kind of event and its id. */
    List<String> story() {
        return events(SupervisorEvent.OfChild.class).stream()
                .map(event ->
                        event.getClass().getSimpleName() + " " + event.child().id())
                .toList();
    }

    // ---- the files

    Path supervise(String name) {
        return directory.resolve(name).resolve("supervise");
    }

    ServiceStatus status(String name) {
        try {
            return StatusBytes.parse(Files.readAllBytes(supervise(name).resolve("status")))
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String stat(String name) {
        try {
            return Files.readString(supervise(name).resolve("stat"), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes to a control FIFO. */
    void write(String name, byte[] letters) {
        try {
            Files.write(supervise(name).resolve("control"), letters, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(String name, String letters) {
        write(name, letters.getBytes(UTF_8));
    }

    // ---- sv

    /**
     * What a program has said.
     *
     * @param exit its exit code
     * @param said on standard output and standard error
     */
    record Said(int exit, String said) {
        /** Its only line. */
        String line() {
            return said.strip();
        }
    }

    Said sv(String... words) {
        return sv(directory, words);
    }

    /** Has a child closed, which is so for five seconds only, and does this while it is. */
    static void whileClosed(Path directory, String name, Runnable does) {
        patiently().untilAsserted(() -> {
            // again if it has opened in between
            assertThat(sv(directory, "exit", name).exit()).isZero();
            assertThat(sv(directory, "status", name).line()).isEqualTo("fail: " + name + ": runsv not running");
            does.run();
        });
    }

    static Said sv(Path directory, String... words) {
        Path sv = Path.of("/usr/bin/sv");
        Needs.that(Files.isExecutable(sv), "the program sv is not installed; apt install runit");
        List<String> command = new ArrayList<>(List.of("env", "SVDIR=" + directory, sv.toString()));
        command.addAll(List.of(words));
        return run(command.toArray(String[]::new));
    }

    /** Runs a program to its end. */
    static Said run(String... words) {
        try {
            ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
            // seven seconds if nothing is said; on a busy machine it may take longer
            builder.environment().put("SVWAIT", String.valueOf(PATIENCE.toSeconds()));
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            return new Said(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    void end(ExitReason reason) {
        get(tree.root().stop(reason));
    }

    @Override
    public void close() {
        tree.close();
    }
}
