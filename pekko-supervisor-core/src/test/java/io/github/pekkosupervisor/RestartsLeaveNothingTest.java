package io.github.pekkosupervisor;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static io.github.pekkosupervisor.testing.Programs.sh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Pipe;
import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.PosixSettings;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessActor;
import io.github.pekkosupervisor.process.ProcessConnection;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessStreams;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildContext;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.testing.Gauges;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Nothing of an incarnation outlives the next start, a stop, or the end of the tree: descriptors, entries of the event
 * loop, threads, memory, timers among that. For each kind of child, and each way in which the streams of a process can
 * be laid. With {@code -Dpekko-supervisor.test.restarts=10000} each is restarted so many times, which takes longer than
 * a test may: {@code -Djunit.jupiter.execution.timeout.mode=disabled}.
 */
final class RestartsLeaveNothingTest {

    private static final int RESTARTS = Integer.getInteger("pekko-supervisor.test.restarts", 40);
    private static final int FIRST_RESTARTS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(40 + RESTARTS / 10);

    /** Pools grow to what is busy at once, which is chance. */
    private static final int THREADS = 6;

    /** Classes and compiled code's own data, and what the last incarnation needs. */
    private static final long HEAP = 2L * 1024 * 1024;

    private static final long HEAP_FOR_EACH = 100;

    /** How often is leaked on purpose, and how much heap each time: little more than what is allowed in all. */
    private static final int LEAKS = 40;

    private static final int HEAP_FOR_LEAK = (int) (HEAP + RESTARTS * HEAP_FOR_EACH) / LEAKS * 5 / 4;

    private static final PrintStream OUT = System.out;
    private static final PrintStream ERR = System.err;

    @TempDir
    static Path scratch;

    private final AtomicInteger starts = new AtomicInteger();

    /** What is to be done to an incarnation that runs. */
    private volatile Consumer<ChildHandle> stimulus = child -> {};

    /** So that what is copied does not fill the report. */
    private static void silence() {
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        System.setErr(new PrintStream(OutputStream.nullOutputStream()));
    }

    @AfterEach
    void speak_again() {
        System.setOut(OUT);
        System.setErr(ERR);
    }

    private void told(TreeEvent event) {
        if (event instanceof SupervisorEvent.ChildStarted started) {
            starts.incrementAndGet();
            started.child().handle().ifPresent(stimulus);
        } else if (event instanceof SupervisorEvent.StartError) {
            starts.incrementAndGet();
        }
    }

    // ---- the judge

    private SupervisionTree start(ChildSpec child) {
        SupervisorSpec often = SupervisorSpec.oneForOne().withIntensity(1_000_000, Duration.ofDays(1));
        return SupervisionTree.start(
                often.withChild(child), Options.defaults().withLogging(false).withListener(this::told));
    }

    private void awaitMore(int number) {
        int until = starts.get() + number;
        await().atMost(PATIENCE).until(() -> starts.get() >= until);
    }

    private static void terminate(SupervisionTree tree) {
        assertThat(done(tree.root().terminateChild("child"))).isEqualTo(SupervisorResult.Ok.INSTANCE);
    }

    private static void assertFlat(Gauges before, Gauges after) {
        assertThat(after.descriptors()).as("descriptors").isLessThanOrEqualTo(before.descriptors());
        assertThat(after.watches()).as("watches").isLessThanOrEqualTo(before.watches());
        assertThat(after.threads()).as("threads").isLessThanOrEqualTo(before.threads() + THREADS);
        assertThat(after.heap()).as("heap").isLessThanOrEqualTo(before.heap() + HEAP + RESTARTS * HEAP_FOR_EACH);
    }

    /** When what was before has gone: the threads of an actor system that has ended hold on to it for a moment. */
    private static Gauges settled() {
        AtomicReference<Gauges> last = new AtomicReference<>(Gauges.read());
        await().atMost(PATIENCE).until(() -> {
            Gauges now = Gauges.read();
            Gauges before = Objects.requireNonNull(last.getAndSet(now));
            return now.descriptors() == before.descriptors()
                    && now.watches() == before.watches()
                    && now.threads() == before.threads()
                    && Math.abs(now.heap() - before.heap()) < HEAP / 20;
        });
        return Objects.requireNonNull(last.get());
    }

    private void restarts_leave_nothing(ChildSpec child) {
        Gauges beforeTree = Gauges.read();
        try (SupervisionTree tree = start(child)) {
            awaitMore(FIRST_RESTARTS);
            terminate(tree);
            Gauges before = Gauges.read();

            assertThat(done(tree.root().restartChild("child"))).isInstanceOf(SupervisorResult.Started.class);
            awaitMore(RESTARTS);
            terminate(tree);

            await().atMost(PATIENCE).untilAsserted(() -> assertFlat(before, Gauges.read()));
        }
        await().atMost(PATIENCE).untilAsserted(() -> {
            Gauges now = Gauges.read();
            assertThat(now.descriptors()).isLessThanOrEqualTo(beforeTree.descriptors());
            assertThat(now.watches()).isLessThanOrEqualTo(beforeTree.watches());
            assertThat(now.threads()).isLessThanOrEqualTo(beforeTree.threads() + THREADS);
        });
    }

    /** The first tree of a JVM leaves what is kept for all, in the class loader and the guard of processes. */
    @BeforeAll
    static void get_all_that_stays() {
        SupervisionTree.start(SupervisorSpec.oneForOne()
                        .withChild(ChildSpec.process("child", ProcessSpec.of("sleep", A_DAY)))
                        .withChild(ChildSpec.runnable(
                                "other", context -> Thread.currentThread().join())))
                .close();
    }

    static Stream<Arguments> plantedLeaks() {
        Queue<Object> kept = new ConcurrentLinkedQueue<>();
        return Stream.of(
                Arguments.of("descriptors", (Runnable) () -> kept.add(pipe())),
                Arguments.of("threads", (Runnable) () -> {
                    CountDownLatch end = new CountDownLatch(1);
                    Thread thread = new Thread(() -> {
                        try {
                            end.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
                    thread.setDaemon(true);
                    thread.start();
                    PLANTED.add(thread::interrupt);
                }),
                Arguments.of("heap", (Runnable) () -> kept.add(new byte[HEAP_FOR_LEAK])));
    }

    private static final Queue<Runnable> PLANTED = new ConcurrentLinkedQueue<>();

    private static Pipe pipe() {
        try {
            Pipe pipe = Pipe.open();
            PLANTED.add(pipe::close);
            return pipe;
        } catch (PosixException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("plantedLeaks")
    void a_planted_leak_is_seen(String what, Runnable leak) {
        Gauges before = settled();

        Stream.generate(() -> leak).limit(LEAKS).forEach(Runnable::run);

        Gauges after = Gauges.read();
        PLANTED.forEach(Runnable::run);
        PLANTED.clear();
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> assertFlat(before, after))
                .withMessageContaining(what);
    }

    @Test
    void a_planted_leak_of_a_watch_is_seen() throws PosixException {
        try (Posix posix = Posix.open(new PosixSettings(PosixSettings.Backend.AUTO, OptionalLong.empty(), false));
                Pipe pipe = posix.pipe()) {
            Gauges before = settled();

            pipe.readEnd().makeNonBlocking();
            try (var watch = posix.loop().read(pipe.readEnd(), 1, (chunk, itself) -> {})) {
                assertThat(watch).isNotNull();
                assertThat(Gauges.read().watches()).isEqualTo(before.watches() + 1);
            }

            assertThat(Gauges.read().watches()).isEqualTo(before.watches());
        }
    }

    // ---- processes

    private static ProcessSpec ending(String script) {
        return ProcessSpec.of(sh(script)).withStdin(Stdio.discard()).withOutput(Stdio.discard());
    }

    private static ProcessSpec readyByNotification(ProcessSpec spec) {
        return spec.withReady(Readiness.notification(5));
    }

    static Stream<Arguments> wirings() throws IOException {
        Path file = Files.writeString(scratch.resolve("file"), "content\n");
        String talk = "echo out; echo err >&2; exit 1";
        return Stream.of(
                Arguments.of("inherited", ProcessSpec.of(sh("exit 1"))),
                Arguments.of("discard", ending(talk)),
                Arguments.of(
                        "file",
                        ending("read x; " + talk)
                                .withStdin(Stdio.file(file))
                                .withOutput(Stdio.file(scratch.resolve("out")))),
                Arguments.of("given", ending(talk).withOutput(Stdio.given(GIVEN))),
                Arguments.of("logged", ending(talk).withOutput(Stdio.logged())),
                Arguments.of("prefixed", ending(talk).withOutput(Stdio.prefixed())),
                Arguments.of(
                        "a daemon keeps the output",
                        ending("setsid sleep 2 & exit 1").withOutput(Stdio.logged())),
                Arguments.of(
                        "ready by a line, logged",
                        ending("echo ready; exec sleep " + A_DAY)
                                .withOutput(Stdio.logged())
                                .withReady(Readiness.line("ready"))),
                Arguments.of(
                        "ready by a line, inherited",
                        ending("echo ready; exec sleep " + A_DAY)
                                .withStdout(Stdio.inherited())
                                .withReady(Readiness.line("ready"))),
                Arguments.of("ready by notification", readyByNotification(ending("echo >&5; exec sleep " + A_DAY))),
                Arguments.of(
                        "ready by notification, which stays open",
                        readyByNotification(ending("echo >&5; setsid sleep 2 & exec sleep " + A_DAY))),
                Arguments.of("ready by a command", ending("exec sleep " + A_DAY).withReady(Readiness.command("true"))),
                Arguments.of(
                        "connection, nothing read",
                        ending("echo one; echo two; exit 1").withConnection(ProcessConnection.create())),
                Arguments.of(
                        "connection, ready by a line",
                        ending("echo one; echo ready; exec sleep " + A_DAY)
                                .withConnection(ProcessConnection.create())
                                .withReady(Readiness.line("ready"))),
                Arguments.of(
                        "connection, ready by notification",
                        readyByNotification(
                                ending("echo >&5; exec sleep " + A_DAY).withConnection(ProcessConnection.create()))),
                Arguments.of(
                        "connection, written to and not read",
                        ending("exec <&-; exit 1")
                                .withConnection(ProcessConnection.create(streams -> streams.write(new byte[200_000])))),
                Arguments.of(
                        "connection, read from",
                        ending("echo one; exit 1").withConnection(ProcessConnection.create(ProcessStreams::readLine))),
                Arguments.of(
                        "connection that a daemon keeps open",
                        ending("echo one; setsid sleep 2 & exit 1").withConnection(ProcessConnection.create())));
    }

    private static final Descriptor GIVEN = nowhere();

    private static Descriptor nowhere() {
        try {
            return Descriptor.openWrite(OsString.of("/dev/null"), true);
        } catch (PosixException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wirings")
    void processes_that_end_or_are_killed(String wiring, ProcessSpec process) {
        silence();
        stimulus = child -> child.ref().tell(new ProcessActor.SendSignal(Signal.KILL));

        restarts_leave_nothing(ChildSpec.process("child", process));
    }

    @Test
    void a_process_that_is_killed_while_it_is_connected_and_idle() {
        ProcessConnection connection = ProcessConnection.create();
        ProcessSpec echo =
                ProcessSpec.of(sh("while read x; do echo got $x; done")).withConnection(connection);
        stimulus = child ->
                connection.request("this").thenRun(() -> child.ref().tell(new ProcessActor.SendSignal(Signal.KILL)));

        restarts_leave_nothing(ChildSpec.process("child", echo));
    }

    /** Who listens there does so only while the process runs. */
    @Test
    void a_process_that_is_ready_by_a_port() throws IOException {
        int port = FreePort.next();
        ProcessConnection connection = ProcessConnection.create(streams -> listen(port, streams));
        ProcessSpec process =
                ending("read x; exit 1").withConnection(connection).withReady(Readiness.tcp(port));
        stimulus = child -> connection.writeLine("end");

        restarts_leave_nothing(ChildSpec.process("child", process));
    }

    private static void listen(int port, ProcessStreams streams) {
        try {
            ServerSocket server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
            streams.exit().thenRun(() -> {
                try {
                    server.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Arguments> failures() {
        ProcessSpec missing = ending("").withConnection(ProcessConnection.create());
        return Stream.of(
                Arguments.of("ended before its notification", readyByNotification(ending("printf not >&5; exit 1"))),
                Arguments.of("in vain by a port", ending("sleep 0.02; exit 1").withReady(Readiness.tcp(1))),
                Arguments.of(
                        "in vain by a socket",
                        ending("sleep 0.02; exit 1").withReady(Readiness.unixSocket(scratch.resolve("socket")))),
                Arguments.of(
                        "in vain by a command", ending("sleep 0.02; exit 1").withReady(Readiness.command("false"))),
                Arguments.of(
                        "not ready in time",
                        ending("sleep " + A_DAY)
                                .withConnection(ProcessConnection.create())
                                .withReady(Readiness.line("never"))
                                .withStartTimeout(Duration.ofMillis(10))),
                Arguments.of(
                        "a file in no directory",
                        readyByNotification(missing.withStderr(Stdio.file(Path.of("/nowhere/at/all"))))),
                Arguments.of("a connection in use", ending("").withConnection(IN_USE)));
    }

    private static final ProcessConnection IN_USE = ProcessConnection.create();

    @ParameterizedTest(name = "{0}")
    @MethodSource("failures")
    void processes_that_cannot_start(String how, ProcessSpec process) {
        ChildSpec user =
                ChildSpec.process("user", ProcessSpec.of("sleep", A_DAY).withConnection(IN_USE));
        ChildSpec child = ChildSpec.process("child", process);
        try (SupervisionTree tree = start(user)) {
            failToStart(tree, child, FIRST_RESTARTS);
            Gauges before = Gauges.read();

            failToStart(tree, child, RESTARTS);

            await().atMost(PATIENCE).untilAsserted(() -> assertFlat(before, Gauges.read()));
        }
    }

    private static void failToStart(SupervisionTree tree, ChildSpec child, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(done(tree.root().startChild(child))).isInstanceOf(SupervisorResult.StartFailed.class);
        }
    }

    // ---- the other kinds

    static Stream<Arguments> others() {
        return Stream.of(
                Arguments.of(
                        "actor that throws when it starts",
                        ChildSpec.actor(
                                "child",
                                context -> Behaviors.setup(actor -> {
                                    actor.getSelf().unsafeUpcast().tell("end");
                                    return Behaviors.receiveMessage(message -> {
                                        throw new IllegalStateException("the test says so");
                                    });
                                }))),
                Arguments.of(
                        "actor with a timer",
                        ChildSpec.actor(
                                "child",
                                context -> Behaviors.withTimers(timers -> {
                                    timers.startSingleTimer("much later", Duration.ofDays(1));
                                    timers.startSingleTimer("now", Duration.ZERO);
                                    return Behaviors.receiveMessage(message -> Behaviors.stopped());
                                }))),
                Arguments.of("runnable", ChildSpec.runnable("child", context -> {})),
                Arguments.of("runnable that throws", ChildSpec.runnable("child", context -> {
                    throw new IOException("the test says so");
                })),
                Arguments.of("closeable", ending(() -> {})),
                Arguments.of("closeable that throws when it is closed", ending(() -> {
                    throw new IOException("the test says so");
                })),
                Arguments.of(
                        "completion", ChildSpec.completion("child", () -> CompletableFuture.supplyAsync(() -> "over"))),
                Arguments.of(
                        "supervisor",
                        ChildSpec.supervisor(
                                "child",
                                SupervisorSpec.oneForOne()
                                        .withIntensity(0, Duration.ofSeconds(1))
                                        .withChild(ChildSpec.runnable("below", context -> {}))
                                        .withChild(ChildSpec.process(
                                                "beside",
                                                ProcessSpec.of("sleep", A_DAY).withOutput(Stdio.logged()))))));
    }

    /** A service that says at once that it is over. */
    private static ChildSpec ending(AutoCloseable close) {
        return ChildSpec.service("child", () -> new ChildSpec.Service() {
            @Override
            public void start(ChildContext child) {
                child.ready();
                child.exit(ExitReason.failed("over"));
            }

            @Override
            public void stop() throws Exception {
                close.close();
            }
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void other_children(String what, ChildSpec child) {
        restarts_leave_nothing(child);
    }

    private static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }
}
