package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.posix.RefusedCalls;
import io.github.pekkosupervisor.process.Liveness.Then;
import io.github.pekkosupervisor.process.ProcessActor.Command;
import io.github.pekkosupervisor.process.ProcessActor.Left;
import io.github.pekkosupervisor.process.ProcessActor.Paused;
import io.github.pekkosupervisor.process.ProcessActor.Stop;
import io.github.pekkosupervisor.process.ProcessEvent.Hung;
import io.github.pekkosupervisor.process.ProcessEvent.Notified;
import io.github.pekkosupervisor.process.ProcessEvent.Ready;
import io.github.pekkosupervisor.process.ProcessEvent.Recovered;
import io.github.pekkosupervisor.process.ProcessEvent.Said;
import io.github.pekkosupervisor.process.ProcessEvent.Warned;
import io.github.pekkosupervisor.process.ProcessSpec.OwnerLost;
import io.github.pekkosupervisor.testing.ProcessView;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the actor of a process tells of looks whether that works. */
final class LiveProcessTest {

    @RegisterExtension
    static final LoneProcesses PROCESSES = new LoneProcesses();

    private static final ProcessSpec SLEEPER = ProcessSpec.of("sleep", A_DAY);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final Path scratch;

    LiveProcessTest(@TempDir Path scratch) {
        this.scratch = scratch;
    }

    private Liveness script(String script) {
        return Liveness.by(Readiness.command("sh", "-c", "cd " + scratch + "; " + script))
                .withEvery(SHORT)
                .withTimeout(Duration.ofSeconds(20));
    }

    private long lines(String file) throws IOException {
        Path path = scratch.resolve(file);
        return Files.exists(path) ? Files.readAllLines(path).size() : 0;
    }

    private void awaitLines(String file, int count) {
        await().atMost(LoneProcesses.PATIENCE).until(() -> lines(file) >= count);
    }

    @Test
    void who_answers_is_not_told_of() {
        PROCESSES.spawn(SLEEPER.withLive(script("echo >>looks")));

        PROCESSES.started();
        awaitLines("looks", 3);
        PROCESSES.nothingMore();
    }

    @Test
    void as_many_failures_in_a_row_as_it_takes_are_told_once_and_nobody_looks_any_more() throws IOException {
        PROCESSES.spawn(SLEEPER.withLive(script("echo >>looks; exit 3").withFailures(3)));

        PROCESSES.started();
        Hung hung = PROCESSES.next(Hung.class);

        assertThat(hung.then()).isEqualTo(Then.RESTART);
        assertThat(hung.why())
                .startsWith("3 tries of 20 s without exit code 0 of [sh, -c, ")
                .endsWith("the last: exit code 3");
        PROCESSES.nothingMore();
        assertThat(lines("looks")).isEqualTo(3);
    }

    /** A command would outlive this JVM if it became another program now. */
    @Test
    void while_it_rests_no_command_looks_and_then_one_does_again() throws Exception {
        ActorRef<ProcessActor.Command> actor =
                PROCESSES.spawn(SLEEPER.withLive(script("echo $$ >>looks; exec sleep " + A_DAY)));
        PROCESSES.started();
        awaitLines("looks", 1);
        long looks = Long.parseLong(
                Files.readAllLines(scratch.resolve("looks")).get(0).trim());

        LoneProcesses.settle(actor);

        await().atMost(LoneProcesses.PATIENCE)
                .until(() -> ProcessHandle.of(looks).isEmpty());
        PROCESSES.nothingMore();
        assertThat(lines("looks")).isEqualTo(1);
        actor.tell(ProcessActor.GoOn.INSTANCE);
        awaitLines("looks", 2);
    }

    @Test
    void one_that_is_reported_is_told_to_be_well_again() throws IOException {
        PROCESSES.spawn(SLEEPER.withLive(script("test -e well").withFailures(2).withThen(Then.REPORT)));

        PROCESSES.started();
        assertThat(PROCESSES.next(Hung.class).then()).isEqualTo(Then.REPORT);
        Files.createFile(scratch.resolve("well"));
        PROCESSES.next(Recovered.class);
        Files.delete(scratch.resolve("well"));
        PROCESSES.next(Hung.class);
    }

    @Test
    void a_look_that_takes_too_long_is_killed_and_has_failed() {
        PROCESSES.spawn(SLEEPER.withLive(script("echo $$ >>looks; exec sleep " + A_DAY)
                .withTimeout(Duration.ofSeconds(2))
                .withFailures(2)
                // so that it is looked at until two have come to write something
                .withThen(Then.REPORT)));

        PROCESSES.started();

        assertThat(PROCESSES.next(Hung.class).why()).endsWith("the last: no answer in time");
        awaitLines("looks", 2);
        await().atMost(LoneProcesses.PATIENCE)
                .untilAsserted(() -> assertThat(
                                Files.readAllLines(scratch.resolve("looks")).subList(0, 1))
                        .noneMatch(pid -> new ProcessView(Long.parseLong(pid)).runs()));
    }

    @Test
    void there_are_never_two_looks_at_once() throws IOException {
        PROCESSES.spawn(SLEEPER.withLive(script("echo >>looks; mkdir lock || echo >>twice; sleep 0.2; rmdir lock")
                .withEvery(Duration.ofMillis(1))));

        PROCESSES.started();
        awaitLines("looks", 5);

        assertThat(lines("twice")).isZero();
    }

    /** As while a package is replaced that has the tool. */
    @Test
    void a_look_that_cannot_be_made_is_no_failure_and_told_once_until_one_has_been_made() throws IOException {
        Path tool = scratch.resolve("tool");
        PROCESSES.spawn(SLEEPER.withLive(
                Liveness.by(Readiness.command(tool.toString(), "-c", "cd " + scratch + "; echo >>looks; test ! -e ill"))
                        .withEvery(SHORT)
                        .withTimeout(Duration.ofSeconds(60))
                        .withFailures(1)));

        PROCESSES.started();
        assertThat(PROCESSES.next(Warned.class).what())
                .startsWith("could not be looked at, which is no failure of it, and is said once until it can be: ")
                .contains(tool.toString());
        // ten looks
        PROCESSES.nothingMore(SHORT.multipliedBy(10));
        Files.createSymbolicLink(tool, Path.of("/bin/sh"));
        awaitLines("looks", 1);
        Files.delete(tool);
        assertThat(PROCESSES.next(Warned.class).what()).contains(tool.toString());
        Files.createFile(scratch.resolve("ill"));
        Files.createSymbolicLink(tool, Path.of("/bin/sh"));

        assertThat(PROCESSES.next(Hung.class).why()).endsWith(": exit code 1");
    }

    @Test
    void a_program_that_may_not_be_executed_looks_at_nobody() throws IOException {
        Path tool = Files.createFile(scratch.resolve("tool"));
        PROCESSES.spawn(SLEEPER.withLive(
                Liveness.by(Readiness.command(tool.toString())).withEvery(SHORT).withFailures(1)));

        PROCESSES.started();

        assertThat(PROCESSES.next(Warned.class).what()).contains("EACCES");
        PROCESSES.nothingMore(SHORT.multipliedBy(10));
    }

    /** Somebody else in this JVM may have all descriptors. */
    @ParameterizedTest
    @ValueSource(strings = {"tcp", "http", "unix"})
    void without_a_socket_to_ask_with_nobody_is_looked_at(String sign) {
        int port = FreePort.next();
        Readiness by = switch (sign) {
            case "tcp" -> Readiness.tcp(port);
            case "http" -> Readiness.http("http://127.0.0.1:" + port + "/");
            default -> Readiness.unixSocket(scratch.resolve("s"));
        };
        try (RefusedCalls refused = RefusedCalls.everywhereAfter(0, Integer.MAX_VALUE, "socket", "EMFILE")) {
            PROCESSES.spawn(SLEEPER.withLive(Liveness.by(by).withEvery(SHORT).withFailures(1)));

            PROCESSES.started();

            assertThat(PROCESSES.next(Warned.class).what())
                    .contains("no socket can be opened: ")
                    .contains("EMFILE");
            int left = refused.left();
            await().atMost(LoneProcesses.PATIENCE).until(() -> refused.left() < left - 3);
            PROCESSES.nothingMore();
        }

        // and as soon as there is one
        PROCESSES.next(Hung.class);
    }

    /** Which would be told as another body, again and again. */
    @Test
    void a_body_that_cannot_be_searched_is_no_failure() throws IOException {
        AtomicReference<String> body = new AtomicReference<>("ab".repeat(30_000));
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            answering(server, () -> "200 OK", body::get);
            PROCESSES.spawn(
                    SLEEPER.withLive(Liveness.by(Readiness.http("http://127.0.0.1:" + server.getLocalPort() + "/")
                                    .withBody("(a|b)*c"))
                            .withEvery(SHORT)
                            .withTimeout(Duration.ofSeconds(20))
                            .withFailures(1)));

            PROCESSES.started();
            assertThat(PROCESSES.next(Warned.class).what())
                    .contains("it takes too many steps to search a body of 60000 bytes for /(a|b)*c/");
            body.set("ab");

            assertThat(PROCESSES.next(Hung.class).why()).contains("has another body");
        }
    }

    @Test
    void a_port_that_nobody_listens_on_is_a_failure_and_one_that_somebody_does_is_none() throws IOException {
        int port = FreePort.next();
        Liveness live = Liveness.by(Readiness.tcp("localhost", port))
                .withEvery(SHORT)
                .withFailures(2)
                .withThen(Then.REPORT);
        PROCESSES.spawn(SLEEPER.withLive(live));

        PROCESSES.started();
        assertThat(PROCESSES.next(Hung.class).why())
                .isEqualTo(
                        "2 tries of 2 s without a connection to localhost:" + port + ", the last: nobody accepts it");
        try (ServerSocket server = new ServerSocket(port, 5, InetAddress.getLoopbackAddress())) {
            assertThat(server.isBound()).isTrue();
            PROCESSES.next(Recovered.class);
        }
        PROCESSES.next(Hung.class);
    }

    @Test
    void an_answer_by_http_is_looked_at_each_time() throws IOException {
        AtomicReference<String> status = new AtomicReference<>("503 Busy");
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            answering(server, status::get, () -> "");
            PROCESSES.spawn(SLEEPER.withLive(
                    Liveness.by(Readiness.http("http://localhost:" + server.getLocalPort() + "/health"))
                            .withEvery(SHORT)
                            .withTimeout(Duration.ofSeconds(20))
                            .withFailures(2)
                            .withThen(Then.REPORT)));

            PROCESSES.started();
            assertThat(PROCESSES.next(Hung.class).why())
                    .startsWith("2 tries of 20 s without ")
                    .contains("503");
            status.set("200 OK");
            PROCESSES.next(Recovered.class);
        }
        assertThat(PROCESSES.next(Hung.class).why()).contains("no answer from ");
    }

    private static void answering(ServerSocket server, Supplier<String> status, Supplier<String> body) {
        Thread answers = new Thread(() -> {
            while (!server.isClosed()) {
                try (Socket one = server.accept()) {
                    answer(one, status.get(), body.get());
                } catch (IOException e) {
                    // who has asked waits no more, or it is the end of the test
                }
            }
        });
        answers.setDaemon(true);
        answers.start();
    }

    private static void answer(Socket one, String status, String body) throws IOException {
        one.getInputStream().read(new byte[2000]);
        String answer =
                "HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body;
        one.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void who_does_not_answer_by_http_in_time_has_failed() throws IOException {
        try (ServerSocket deaf = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            PROCESSES.spawn(
                    SLEEPER.withLive(Liveness.by(Readiness.http("http://127.0.0.1:" + deaf.getLocalPort() + "/health"))
                            .withEvery(SHORT)
                            .withTimeout(Duration.ofMillis(200))
                            .withFailures(2)));

            PROCESSES.started();

            assertThat(PROCESSES.next(Hung.class).why())
                    .startsWith("2 tries of 200 ms without ")
                    .contains(", the last: no answer ");
        }
    }

    private ProcessSpec watched(String script) {
        assumeThat(Path.of("/usr/bin/systemd-notify")).exists();
        return ProcessSpec.of(LoneProcesses.sh("cd " + scratch + "; " + script))
                .withEnvironment("WATCHDOG_PID", "1")
                .withReady(Readiness.sdNotify())
                .withLive(Liveness.watchdog(Duration.ofSeconds(2)).withThen(Then.REPORT));
    }

    @Test
    void who_says_that_it_works_is_not_told_of_until_it_is_silent_and_again_when_it_speaks() throws IOException {
        PROCESSES.spawn(
                watched("echo $WATCHDOG_USEC,$WATCHDOG_PID >told; touch well; systemd-notify --ready; while :; do"
                        + " [ -e well ] && systemd-notify WATCHDOG=1; echo >>rounds; sleep 0.1; done"));

        PROCESSES.started();
        PROCESSES.next(Notified.class);
        PROCESSES.next(Ready.class);
        // longer than it may be silent
        awaitLines("rounds", 30);
        Files.delete(scratch.resolve("well"));
        assertThat(PROCESSES.next(Hung.class).why()).isEqualTo("silent for 2 s");
        Files.createFile(scratch.resolve("well"));
        PROCESSES.next(Recovered.class);
        assertThat(scratch.resolve("told")).content().isEqualTo("2000000,\n");
    }

    @Test
    void who_says_himself_that_he_does_not_work_is_hung() throws IOException {
        PROCESSES.spawn(
                watched("systemd-notify --ready; while [ ! -e go ]; do systemd-notify WATCHDOG=1; sleep 0.1; done;"
                        + " systemd-notify WATCHDOG=trigger; exec sleep " + A_DAY));

        PROCESSES.started();
        PROCESSES.next(Notified.class);
        PROCESSES.next(Ready.class);
        Files.createFile(scratch.resolve("go"));
        assertThat(PROCESSES.next(Hung.class).why()).isEqualTo("it says so itself");
    }

    @Test
    void a_watchdog_hears_one_that_is_ready_by_something_else_too() {
        PROCESSES.spawn(watched("systemd-notify WATCHDOG=trigger; exec sleep " + A_DAY)
                .withReady(Readiness.immediately())
                .withLive(Liveness.watchdog(Duration.ofDays(1))));

        PROCESSES.started();

        assertThat(PROCESSES.next(Hung.class).why()).isEqualTo("it says so itself");
    }

    /** Nor is one whose name server does not answer for a while, which nobody could tell from that. */
    @Test
    void a_host_that_is_not_known_is_no_failure() {
        PROCESSES.spawn(SLEEPER.withLive(Liveness.by(Readiness.tcp("no.such.host.invalid", 80))
                .withEvery(SHORT)
                .withTimeout(Duration.ofSeconds(60))
                .withFailures(1)));

        PROCESSES.started();

        assertThat(PROCESSES.next(Warned.class).what())
                .contains("no.such.host.invalid")
                .contains("the host is not known");
        PROCESSES.nothingMore(Duration.ofSeconds(1));
    }

    @Test
    void before_it_is_ready_nobody_looks() throws IOException {
        PROCESSES.spawn(ProcessSpec.of(
                        LoneProcesses.sh("until [ -e go ]; do sleep 0.02; done; echo ready; exec sleep " + A_DAY))
                .withDirectory(scratch)
                .withOutput(Stdio.logged())
                .withReady(Readiness.line("ready"))
                .withLive(script("echo >>looks; exit 1").withFailures(1)));

        PROCESSES.started();
        PROCESSES.nothingMore();
        assertThat(lines("looks")).isZero();
        Files.createFile(scratch.resolve("go"));
        PROCESSES.next(Ready.class);
        PROCESSES.next(Hung.class);
    }

    @Test
    void within_its_grace_nobody_looks() throws IOException {
        PROCESSES.spawn(SLEEPER.withLive(script("echo >>looks; exit 1").withGrace(Duration.ofDays(1))));

        PROCESSES.started();
        PROCESSES.nothingMore();
        assertThat(lines("looks")).isZero();
    }

    @Test
    void when_it_is_asked_to_stop_nobody_looks_any_more() {
        // it needs a second for its end, and would fail each look until then
        String slow = "cd " + scratch
                + "; trap 'touch asked; sleep 1; exit 0' TERM; touch there; while :; do sleep 0.05; done";
        ActorRef<Command> actor = PROCESSES.spawn(ProcessSpec.of("sh", "-c", slow)
                .withLive(script("echo >>looks; test ! -e asked").withFailures(1)));
        PROCESSES.started();
        await().atMost(LoneProcesses.PATIENCE).until(() -> Files.exists(scratch.resolve("there")));
        awaitLines("looks", 1);
        actor.tell(new Stop(Duration.ofSeconds(20)));

        PROCESSES.exited();
        assertThat(scratch.resolve("asked")).exists();
    }

    /** Shows that as many looks have come to their end as would take another one for hung. */
    private void awaitLooksAtAnother() throws IOException {
        awaitLines("ticks", (int) lines("ticks") + 10);
    }

    private void anotherIsLookedAt() {
        PROCESSES.spawn(SLEEPER.withLive(script("echo >>ticks")));
        PROCESSES.started();
    }

    @Test
    void one_that_is_paused_is_not_looked_at_and_told_to_be_well_when_it_goes_on() throws IOException {
        anotherIsLookedAt();
        Path well = Files.createFile(scratch.resolve("well"));
        ActorRef<Command> actor = PROCESSES.spawn(
                SLEEPER.withLive(script("test -e well").withFailures(1).withThen(Then.REPORT)));
        PROCESSES.started();
        actor.tell(new Paused(true));
        assertThat(PROCESSES.next(ProcessEvent.Paused.class).isPaused()).isTrue();
        Files.delete(well);
        awaitLooksAtAnother();
        PROCESSES.nothingMore();
        actor.tell(new Paused(false));
        assertThat(PROCESSES.next(ProcessEvent.Paused.class).isPaused()).isFalse();
        PROCESSES.next(Hung.class);
        actor.tell(new Paused(true));
        PROCESSES.next(ProcessEvent.Paused.class);
        Files.createFile(well);
        awaitLooksAtAnother();
        PROCESSES.nothingMore();
        actor.tell(new Paused(false));
        PROCESSES.next(ProcessEvent.Paused.class);

        PROCESSES.next(Recovered.class);
    }

    @Test
    void one_that_was_paused_when_it_was_taken_up_is_not_looked_at_until_it_goes_on() throws IOException {
        anotherIsLookedAt();
        ProcessSpec ill = SLEEPER.withOwnerLost(OwnerLost.KEEP);
        ActorRef<Command> first = PROCESSES.spawn(ill);
        ProcessView process = PROCESSES.started();

        ActorRef<Command> second = PROCESSES.handOn(
                first,
                process,
                ill.withLive(script("exit 1").withFailures(1)),
                new Left(true, true, ProcessSaid.NOTHING));
        awaitLooksAtAnother();
        PROCESSES.nothingMore();
        second.tell(new Paused(false));

        PROCESSES.next(ProcessEvent.Paused.class);
        PROCESSES.next(Hung.class);
    }

    // ---- what is our own fault

    /** A path of which no socket can be made, in ways that nobody expects of one. */
    private static Path odd(Runnable asked) {
        return (Path) Proxy.newProxyInstance(
                LiveProcessTest.class.getClassLoader(), new Class<?>[] {Path.class}, (path, method, arguments) -> {
                    if (method.getName().equals("getFileSystem")) {
                        asked.run();
                        throw new StackOverflowError("on purpose");
                    }
                    return method.getReturnType() == String.class ? "odd" : null;
                });
    }

    @Test
    void who_fails_to_look_begins_anew_which_is_said_once_and_harms_nobody() {
        AtomicInteger looks = new AtomicInteger();
        ProcessSpec looked = SLEEPER.withLive(Liveness.by(Readiness.unixSocket(odd(looks::incrementAndGet)))
                .withEvery(SHORT)
                .withFailures(1));
        PROCESSES.spawn(looked);
        PROCESSES.started();

        assertThat(PROCESSES.next(Warned.class).what()).startsWith("is not looked at for a moment");
        await().atMost(LoneProcesses.PATIENCE).until(() -> looks.get() >= 3);
        PROCESSES.nothingMore();
    }

    /** What the threads are for that these hold up does not get one. */
    private static CountDownLatch hold(String dispatcher) {
        CountDownLatch letGo = new CountDownLatch(1);
        Executor threads = PROCESSES.kit().system().dispatchers().lookup(DispatcherSelector.fromConfig(dispatcher));
        CountDownLatch held = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            threads.execute(() -> {
                held.countDown();
                try {
                    letGo.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        await().atMost(LoneProcesses.PATIENCE).until(() -> held.getCount() == 0);
        return letGo;
    }

    @Test
    void who_holds_up_what_others_write_holds_up_no_look() throws IOException {
        CountDownLatch letGo = hold("pekko-supervisor.output-dispatcher");
        int port = FreePort.next();
        try {
            PROCESSES.spawn(SLEEPER.withLive(Liveness.by(Readiness.tcp("no.such.host.invalid", port))
                    .withEvery(SHORT)
                    .withTimeout(Duration.ofSeconds(30))
                    .withFailures(1)));
            PROCESSES.started();

            assertThat(PROCESSES.next(Warned.class).what()).contains("the host is not known");
        } finally {
            letGo.countDown();
        }
    }

    @Test
    void a_name_that_is_not_looked_up_in_time_is_no_failure() {
        CountDownLatch letGo = hold("pekko-supervisor.lookup-dispatcher");
        try {
            PROCESSES.spawn(SLEEPER.withLive(Liveness.by(Readiness.tcp("no.such.host.invalid", 80))
                    .withEvery(SHORT)
                    .withTimeout(SHORT)
                    .withFailures(2)));
            PROCESSES.started();

            assertThat(PROCESSES.next(Warned.class).what())
                    .contains("the name of its host has not been looked up within 50 ms; give an address");
            PROCESSES.nothingMore(Duration.ofSeconds(1));
        } finally {
            letGo.countDown();
        }
    }

    /** By a clock of the test: of two seconds for an answer the look-up takes nearly all. */
    @Test
    void who_has_to_look_up_a_name_first_waits_for_an_answer_as_long_as_ever() throws Exception {
        String name = nameOfThisMachine();
        assumeThat(name).isNotEqualTo("localhost");
        ActorTestKit kit = ActorTestKit.create(ConfigFactory.parseString(
                        "pekko-supervisor.lookup-dispatcher.executor = \"" + ByHand.class.getName() + "\"")
                .withFallback(ConfigFactory.load()));
        AtomicLong clock = new AtomicLong();
        try (ServerSocket deaf = new ServerSocket(0)) {
            TestProbe<ProcessEvent> owner = kit.createTestProbe();
            Liveness by = Liveness.by(Readiness.http("http://" + name + ":" + deaf.getLocalPort() + "/"))
                    .withEvery(Duration.ofNanos(1_000))
                    .withTimeout(Duration.ofSeconds(2))
                    .withFailures(1)
                    .withThen(Then.REPORT);
            kit.spawn(LiveActor.create(
                    SLEEPER,
                    by,
                    false,
                    (below, command, told) -> {
                        throw new IllegalStateException("it is no command");
                    },
                    owner.getRef()::tell,
                    clock::get));
            await().atMost(LoneProcesses.PATIENCE).until(() -> {
                clock.addAndGet(1_000);
                return !ByHand.ASKED.isEmpty();
            });
            Runnable lookUp = ByHand.ASKED.remove();
            clock.addAndGet(Duration.ofMillis(1_900).toNanos());

            lookUp.run();
            try (Socket asked = deaf.accept()) {
                clock.addAndGet(Duration.ofMillis(200).toNanos());
                owner.expectNoMessage(Duration.ofSeconds(3));
                clock.addAndGet(Duration.ofMillis(1_800).toNanos());

                assertThat(owner.expectMessageClass(Hung.class, LoneProcesses.PATIENCE)
                                .why())
                        .endsWith(": no answer in time");
                assertThat(asked.isConnected()).isTrue();
            }
        } finally {
            kit.shutdownTestKit();
        }
    }

    /** As others know it; where it has none that can be looked up, that it needs none. */
    private static String nameOfThisMachine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** Threads that come to what they are asked when a test does it. */
    static final class ByHand extends ExecutorServiceConfigurator {
        static final Queue<Runnable> ASKED = new ConcurrentLinkedQueue<>();

        ByHand(Config config, DispatcherPrerequisites prerequisites) {
            super(config, prerequisites);
        }

        @Override
        public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory factory) {
            return () -> new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory) {
                @Override
                public void execute(Runnable task) {
                    ASKED.add(task);
                }
            };
        }
    }

    @Test
    void a_name_is_not_looked_up_twice_at_once() {
        ActorTestKit kit = ActorTestKit.create(ConfigFactory.parseString(
                        "pekko-supervisor.lookup-dispatcher.executor = \"" + Unheeded.class.getName() + "\"")
                .withFallback(ConfigFactory.load()));
        try {
            int before = Unheeded.ASKED.get();
            TestProbe<ProcessEvent> owner = kit.createTestProbe();
            ActorRef<Command> actor = kit.spawn(
                    ProcessActor.create(
                            SLEEPER.withLive(Liveness.by(Readiness.tcp("no.such.host.invalid", 80))
                                    .withEvery(SHORT)
                                    .withTimeout(SHORT)
                                    .withFailures(1)),
                            owner.getRef()),
                    Processes.dispatcher());
            owner.expectMessageClass(ProcessEvent.Started.class, LoneProcesses.PATIENCE);
            await().atMost(LoneProcesses.PATIENCE).until(() -> Unheeded.ASKED.get() > before);
            owner.expectMessageClass(Warned.class, LoneProcesses.PATIENCE);
            owner.expectNoMessage(Duration.ofSeconds(1));

            assertThat(Unheeded.ASKED.get()).isEqualTo(before + 1);
            actor.tell(new Stop(Duration.ZERO));
            owner.expectMessageClass(ProcessEvent.Exited.class, LoneProcesses.PATIENCE);
        } finally {
            kit.shutdownTestKit();
        }
    }

    /** Threads that never come to what they are asked. */
    static final class Unheeded extends ExecutorServiceConfigurator {
        static final AtomicInteger ASKED = new AtomicInteger();

        Unheeded(Config config, DispatcherPrerequisites prerequisites) {
            super(config, prerequisites);
        }

        @Override
        public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory factory) {
            return () -> new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory) {
                @Override
                public void execute(Runnable task) {
                    ASKED.incrementAndGet();
                }
            };
        }
    }

    @Test
    void the_name_of_this_machine_need_not_be_looked_up() throws IOException {
        CountDownLatch letGo = hold("pekko-supervisor.lookup-dispatcher");
        try {
            try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
                PROCESSES.spawn(SLEEPER.withLive(Liveness.by(Readiness.tcp("localhost", server.getLocalPort()))
                        .withEvery(SHORT)
                        .withFailures(1)));
                PROCESSES.started();
                PROCESSES.nothingMore();
            }

            assertThat(PROCESSES.next(Hung.class).why()).contains("nobody accepts it");
        } finally {
            letGo.countDown();
        }
    }

    @Test
    void who_says_that_he_will_be_silent_for_longer_may_be() throws IOException {
        PROCESSES.spawn(watched("systemd-notify --ready WATCHDOG_USEC=90000000000; while [ ! -e go ]; do sleep 0.05;"
                + " done; systemd-notify WATCHDOG_USEC=500000; exec sleep " + A_DAY));

        PROCESSES.started();
        assertThat(PROCESSES.next(Notified.class).said().silence()).contains(Duration.ofHours(25));
        PROCESSES.next(Ready.class);
        // longer than it was to be silent at first
        PROCESSES.nothingMore(Duration.ofSeconds(3));
        Files.createFile(scratch.resolve("go"));
        // nothing that it says of itself has changed
        assertThat(PROCESSES.next(Said.class).said().silence()).contains(Duration.ofMillis(500));

        assertThat(PROCESSES.next(Hung.class).why()).isEqualTo("silent for 500 ms");
    }
}
