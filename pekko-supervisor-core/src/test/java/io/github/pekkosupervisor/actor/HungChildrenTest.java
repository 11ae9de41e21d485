package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static io.github.pekkosupervisor.testing.Programs.sh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.Liveness;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.ChildHung;
import io.github.pekkosupervisor.protocol.SupervisorEvent.ChildRecovered;
import io.github.pekkosupervisor.protocol.SupervisorEvent.ChildTerminated;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeHealth;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.spec.ChildContext;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.testing.ProcessView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trees whose children hang: real servers that are stopped by STOP, and code that does not come back. */
final class HungChildrenTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Duration TENTH = Duration.ofMillis(100);

    private final Path scratch;
    private final List<TreeEvent> told = new CopyOnWriteArrayList<>();
    private @Nullable SupervisionTree tree;

    HungChildrenTest(@TempDir Path scratch) {
        this.scratch = scratch;
    }

    @AfterEach
    void close() {
        if (tree != null) {
            tree.close();
        }
    }

    private static ConditionFactory patiently() {
        return await().atMost(PATIENCE);
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private SupervisionTree start(ChildSpec... children) {
        tree = SupervisionTree.start(
                SupervisorSpec.oneForOne()
                        .withIntensity(5, Duration.ofMinutes(1))
                        .withChildren(List.of(children)),
                Options.defaults().withLogging(false).withListener(told::add));
        return tree;
    }

    private Node node(SupervisionTree of, String path) {
        return get(of.snapshot()).find(path).orElseThrow();
    }

    private static long pid(Node node) {
        return node.process().orElseThrow().pid();
    }

    private <E extends SupervisorEvent> List<E> told(Class<E> type) {
        return told.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private <E extends SupervisorEvent> E awaitTold(Class<E> type) {
        patiently().until(() -> !told(type).isEmpty());
        return told(type).get(0);
    }

    private static void signal(String signal, long pid) throws IOException {
        Process kill = new ProcessBuilder("kill", "-" + signal, String.valueOf(pid)).start();
        patiently().until(() -> !kill.isAlive());
        assertThat(kill.exitValue()).isZero();
    }

    private static void assumeThere(String program) {
        assumeThat(List.of("/usr/bin/" + program, "/usr/sbin/" + program, "/usr/local/bin/" + program))
                .as(program)
                .anyMatch(path -> Files.isExecutable(Path.of(path)));
    }

    private ProcessSpec redis(int port) {
        return ProcessSpec.of(
                        "redis-server",
                        "--port",
                        String.valueOf(port),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--dir",
                        scratch.toString())
                .withOutput(Stdio.discard())
                .withReady(Readiness.tcp(port));
    }

    private static Liveness ping(int port) {
        return Liveness.by(Readiness.command("redis-cli", "-p", String.valueOf(port), "ping"))
                .withEvery(TENTH.multipliedBy(2))
                .withTimeout(TENTH.multipliedBy(30))
                .withFailures(2);
    }

    @Test
    void a_redis_that_hangs_is_stopped_and_started_again() throws IOException {
        assumeThere("redis-server");
        int port = FreePort.next();
        SupervisionTree redis = start(ChildSpec.process("redis", redis(port).withLive(ping(port))));
        long first = pid(node(redis, "/redis"));

        signal("STOP", first);

        String why = "2 tries of 3 s without exit code 0 of [redis-cli, -p, " + port
                + ", ping], the last: no answer in time";
        ChildHung hung = awaitTold(ChildHung.class);
        assertThat(hung.why()).isEqualTo(why);
        assertThat(hung.isStopped()).isTrue();
        assertThat(awaitTold(ChildTerminated.class).reason()).isEqualTo(new ExitReason.Hung(why));
        patiently().until(() -> node(redis, "/redis").ready());
        Node now = node(redis, "/redis");
        assertThat(pid(now)).isNotEqualTo(first);
        assertThat(new ProcessView(first).exists()).isFalse();
        assertThat(now.restarts()).isPositive();
        assertThat(now.lastExit().orElseThrow().reason()).startsWith("hung: 2 tries of 3 s without");
        assertThat(now.details()).isEmpty();
    }

    @Test
    void a_redis_that_is_only_reported_goes_on_when_it_works_again() throws IOException {
        assumeThere("redis-server");
        int port = FreePort.next();
        SupervisionTree redis =
                start(ChildSpec.process("redis", redis(port).withLive(ping(port).withThen(Liveness.Then.REPORT))));
        long pid = pid(node(redis, "/redis"));

        signal("STOP", pid);
        assertThat(awaitTold(ChildHung.class).isStopped()).isFalse();
        TreeHealth ill = get(redis.health());
        signal("CONT", pid);
        ChildRecovered recovered = awaitTold(ChildRecovered.class);

        assertThat(ill.live()).isTrue();
        assertThat(ill.ready()).isFalse();
        assertThat(ill.notReady())
                .singleElement()
                .asString()
                .startsWith("/redis: running, not ready, hung 2 tries of 3 s without");
        assertThat(recovered.hung()).isPositive();
        assertThat(get(redis.health()).ready()).isTrue();
        assertThat(pid(node(redis, "/redis"))).isEqualTo(pid);
        assertThat(told(ChildHung.class)).hasSize(1);
        assertThat(told(ChildTerminated.class)).isEmpty();
    }

    @Test
    void an_nginx_that_hangs_is_stopped_and_started_again() throws IOException {
        assumeThere("nginx");
        int port = FreePort.next();
        String health = "http://127.0.0.1:" + port + "/health";
        Files.writeString(scratch.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid nginx.pid;
                events {}
                http {
                    access_log off;
                    client_body_temp_path body;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                    server {
                        listen 127.0.0.1:%d;
                        location = /health { return 200 "fine\\n"; }
                    }
                }
                """.formatted(port));
        SupervisionTree web = start(ChildSpec.process(
                "web",
                ProcessSpec.of("nginx", "-e", "stderr", "-p", scratch + "/", "-c", "nginx.conf")
                        .withOutput(Stdio.discard())
                        .withReady(Readiness.http(health))
                        .withLive(Liveness.by(Readiness.http(health))
                                .withEvery(TENTH)
                                .withTimeout(TENTH.multipliedBy(30))
                                .withFailures(2))));
        long first = pid(node(web, "/web"));

        signal("STOP", first);

        assertThat(awaitTold(ChildHung.class).why())
                .startsWith("2 tries of 3 s without ")
                .contains("/health");
        assertThat(awaitTold(ChildTerminated.class).reason()).isInstanceOf(ExitReason.Hung.class);
        patiently().until(() -> node(web, "/web").ready());
        assertThat(pid(node(web, "/web"))).isNotEqualTo(first);
    }

    /** The kernel accepts for it: who looks no further sees nothing. */
    @Test
    void of_a_stopped_redis_connections_tell_nothing() throws IOException {
        assumeThere("redis-server");
        int port = FreePort.next();
        Path looks = scratch.resolve("looks");
        SupervisionTree both = start(
                ChildSpec.process(
                        "redis",
                        redis(port)
                                .withLive(Liveness.by(Readiness.tcp(port))
                                        .withEvery(TENTH)
                                        .withTimeout(TENTH)
                                        .withFailures(1))),
                // a clock for as many looks
                ChildSpec.process(
                        "clock",
                        ProcessSpec.of("sleep", A_DAY)
                                .withLive(Liveness.by(Readiness.command("sh", "-c", "echo >>" + looks))
                                        .withEvery(TENTH))));
        long pid = pid(node(both, "/redis"));
        try {
            signal("STOP", pid);
            long before = Files.exists(looks) ? Files.size(looks) : 0;
            patiently().until(() -> Files.exists(looks) && Files.size(looks) > before + 10);

            assertThat(told(ChildHung.class)).isEmpty();
        } finally {
            signal("CONT", pid);
        }
    }

    @Test
    void one_that_is_deaf_to_TERM_is_killed_when_its_shutdown_time_is_over() {
        SupervisionTree deaf = start(ChildSpec.process(
                        "deaf",
                        ProcessSpec.of(sh("trap '' TERM; echo ready; exec sleep " + A_DAY))
                                .withOutput(Stdio.logged())
                                .withReady(Readiness.line("ready"))
                                .withLive(Liveness.by(Readiness.command("false"))
                                        .withEvery(TENTH)
                                        .withFailures(1)))
                .withShutdown(Shutdown.timeout(TENTH.multipliedBy(5))));

        ChildTerminated ended = awaitTold(ChildTerminated.class);

        assertThat(ended.reason())
                .isEqualTo(new ExitReason.Hung("a try of 2 s without exit code 0 of [false]: exit code 1"));
        assertThat(ended.child().handle().orElseThrow().process().map(known -> new ProcessView(known.pid()).exists()))
                .contains(false);
        get(deaf.snapshot());
    }

    @Test
    void one_that_was_paused_by_a_call_is_not_hung_and_is_looked_at_again_when_it_goes_on() throws IOException {
        Path well = Files.createFile(scratch.resolve("well"));
        SupervisionTree paused = start(ChildSpec.process(
                "a",
                ProcessSpec.of("sleep", A_DAY)
                        .withLive(Liveness.by(Readiness.command("test", "-e", well.toString()))
                                .withEvery(TENTH)
                                .withFailures(1)
                                .withThen(Liveness.Then.REPORT))));
        get(paused.root().signalChild("a", Signal.STOP));
        Files.delete(well);
        get(CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS)));

        assertThat(told(ChildHung.class)).isEmpty();
        get(paused.root().signalChild("a", Signal.CONT));
        awaitTold(ChildHung.class);
        Files.createFile(well);
        awaitTold(ChildRecovered.class);
    }

    /** For the next JVM. */
    @Test
    void that_one_of_those_that_are_kept_was_paused_is_written_down() throws IOException {
        Path state = scratch.resolve("state");
        tree = SupervisionTree.start(
                SupervisorSpec.oneForOne()
                        .withChildren(List.of(ChildSpec.process(
                                "a",
                                ProcessSpec.of("sleep", A_DAY)
                                        .withOutput(Stdio.discard())
                                        .withStdin(Stdio.discard())
                                        .withWhenSupervisorDies(ProcessSpec.WhenSupervisorDies.KEEP)
                                        .withLive(Liveness.by(Readiness.command("true")))))),
                Options.defaults().withLogging(false).withStateDirectory(state));
        SupervisionTree kept = tree;

        get(kept.root().signalChild("a", Signal.STOP));
        patiently().until(() -> written(state).contains("\npaused yes\n"));
        get(kept.root().signalChild("a", Signal.CONT));
        patiently().until(() -> !written(state).contains("\npaused "));
    }

    private static String written(Path state) throws IOException {
        try (Stream<Path> files = Files.list(state)) {
            Path file = files.filter(name -> name.toString().endsWith(".process"))
                    .findFirst()
                    .orElseThrow();
            return Files.readString(file);
        }
    }

    // ---- code of the application

    /** Works until it is told to hang, and then does not even listen to interrupts until it is let go. */
    private static final class Worker implements ChildSpec.Action<ChildContext> {
        private final AtomicBoolean hangs = new AtomicBoolean();
        private final CountDownLatch letGo = new CountDownLatch(1);
        private final AtomicInteger begun = new AtomicInteger();
        private final boolean isDeaf;

        Worker(boolean isDeaf) {
            this.isDeaf = isDeaf;
        }

        @Override
        public void perform(ChildContext child) throws Exception {
            int number = begun.incrementAndGet();
            while (!(hangs.get() && number == 1)) {
                child.heartbeat(TENTH.multipliedBy(10));
                new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
            }
            if (!isDeaf) {
                letGo.await();
            }
            boolean waits = true;
            while (waits) {
                try {
                    letGo.await();
                    waits = false;
                } catch (InterruptedException e) {
                    // which is what it is a test of
                }
            }
        }
    }

    @Test
    void a_runnable_without_a_heartbeat_is_interrupted_and_started_again() {
        Worker worker = new Worker(false);
        start(ChildSpec.runnable("worker", worker));

        worker.hangs.set(true);

        assertThat(awaitTold(ChildTerminated.class).reason()).isEqualTo(new ExitReason.Hung("no heartbeat for 1 s"));
        patiently().until(() -> worker.begun.get() == 2);
        assertThat(told(SupervisorEvent.ChildAbandoned.class)).isEmpty();
    }

    @Test
    void one_that_does_not_even_end_when_killed_is_abandoned_and_started_again() {
        Worker worker = new Worker(true);
        try {
            start(ChildSpec.runnable("worker", worker).withShutdown(Shutdown.timeout(TENTH)));

            worker.hangs.set(true);

            assertThat(awaitTold(ChildTerminated.class).reason())
                    .isEqualTo(new ExitReason.Hung("no heartbeat for 1 s"));
            assertThat(told(SupervisorEvent.ChildAbandoned.class)).hasSize(1);
            patiently().until(() -> worker.begun.get() == 2);
        } finally {
            worker.letGo.countDown();
        }
    }

    private static Behavior<String> beating(ChildContext child) {
        return Behaviors.receiveMessage(message -> {
            if (message.equals("end")) {
                child.endHeartbeat();
            } else {
                child.heartbeat(Duration.parse(message));
            }
            return Behaviors.same();
        });
    }

    @Test
    void an_actor_that_has_promised_a_heartbeat_is_held_to_it_and_to_no_more() {
        SupervisionTree beaten = start(ChildSpec.actor("a", HungChildrenTest::beating));
        long first = node(beaten, "/a").incarnation().orElseThrow();

        beaten.ref(String.class, "a").tell("PT1H");
        beaten.ref(String.class, "a").tell("PT30S");
        beaten.ref(String.class, "a").tell("end");
        beaten.ref(String.class, "a").tell("PT0.1S");

        assertThat(awaitTold(ChildTerminated.class).reason()).isEqualTo(new ExitReason.Hung("no heartbeat for 100 ms"));
        patiently().until(() -> node(beaten, "/a").incarnation().orElse(first) > first);
        assertThat(get(beaten.health()).ready()).isTrue();
    }

    @Test
    void a_heartbeat_is_for_a_time() {
        AtomicInteger refused = new AtomicInteger();
        start(ChildSpec.actor("a", child -> {
            assertThatIllegalArgumentException().isThrownBy(() -> child.heartbeat(Duration.ZERO));
            assertThatIllegalArgumentException().isThrownBy(() -> child.heartbeat(Duration.ofDays(101)));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> child.heartbeat(Duration.ofSeconds(-1)))
                    .withMessage("child \"a\": the time to the next heartbeat must be more than zero and at most 100"
                            + " days, was -1 s");
            refused.incrementAndGet();
            return Behaviors.empty();
        }));

        assertThat(refused).hasValue(1);
    }
}
