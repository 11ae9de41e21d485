package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ShownTree.JVM;
import static io.github.pekkosupervisor.runit.export.ShownTree.actor;
import static io.github.pekkosupervisor.runit.export.ShownTree.incarnation;
import static io.github.pekkosupervisor.runit.export.ShownTree.oneForAll;
import static io.github.pekkosupervisor.runit.export.ShownTree.oneForOne;
import static io.github.pekkosupervisor.runit.export.ShownTree.patiently;
import static io.github.pekkosupervisor.runit.export.ShownTree.restForOne;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.runit.export.ShownTree.Gate;
import io.github.pekkosupervisor.runit.realinput.Requirement;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.spec.ChildContext;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What the real {@code sv} asks of children of any kind: cases 4 to 30 of the specification of exports. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class ExportCommandCasesTest {

    @TempDir
    Path temp;

    private @Nullable ShownTree started;

    private ShownTree show(SupervisorSpec spec) {
        ShownTree shown = ShownTree.start(temp.resolve("service"), spec);
        started = shown;
        return shown;
    }

    @AfterEach
    void close() {
        if (started != null) {
            started.close();
        }
    }

    /** A service whose start takes as long as that is closed. */
    private static ChildSpec slowToStart(String id, Gate start) {
        return ShownTree.gated(id, start, new Gate());
    }

    /** For children that wait before their restarts. */
    private static SupervisorSpec patient(ChildSpec child) {
        return SupervisorSpec.oneForOne().withUnlimitedRestarts().withChildren(List.of(child));
    }

    /** A second later than the last start, since sv compares whole seconds. */
    private static void awaitNextSecond(ShownTree shown, String name) {
        Instant next = shown.status(name).stamp().plusMillis(1100);
        patiently().until(() -> Instant.now().isAfter(next));
    }

    // ---- restart

    @Test
    void case_04_a_restart_is_a_renewal_and_not_counted() {
        ShownTree shown = show(oneForOne(actor("cache")));
        awaitNextSecond(shown, "cache");
        shown.forgetEvents();
        long before = incarnation(shown.root(), "cache");

        ShownTree.Said said = shown.sv("restart", "cache");

        assertThat(said.line()).matches("ok: run: cache: \\(pid " + JVM + "\\) \\d+s");
        assertThat(said.exit()).isZero();
        assertThat(incarnation(shown.root(), "cache")).isEqualTo(before + 1);
        patiently()
                .untilAsserted(() -> assertThat(shown.story())
                        .containsExactly(
                                "ChildStopping cache",
                                "ChildStopped cache",
                                "ChildStarting cache",
                                "ChildStarted cache"));
        // a step of sv's own, and little more; another time if the machine has other things to do
        patiently().until(() -> {
            awaitNextSecond(shown, "cache");
            long began = System.nanoTime();
            boolean isOk = shown.sv("restart", "cache").exit() == 0;
            return isOk && System.nanoTime() - began < Duration.ofSeconds(1).toNanos();
        });
    }

    @Test
    void case_05_a_restart_is_ok_when_the_child_is_ready() {
        Gate gate = new Gate();
        ShownTree shown = show(oneForOne(slowToStart("store", gate)));
        awaitNextSecond(shown, "store");
        gate.close();

        CompletableFuture<ShownTree.Said> restart = CompletableFuture.supplyAsync(() -> shown.sv("restart", "store"));
        patiently().until(() -> shown.story().contains("ChildStopped store"));
        patiently()
                .untilAsserted(() -> assertThat(shown.sv("status", "store").line())
                        .matches("run: store: \\(pid " + JVM + "\\) \\d+s"));

        // so long that sv, which looks twice a second, would have ended
        awaitNextSecond(shown, "store");
        assertThat(restart).isNotDone();
        gate.open();
        ShownTree.Said said = restart.join();
        assertThat(said.line()).matches("ok: run: store: \\(pid " + JVM + "\\) \\d+s");
        long before = incarnation(shown.root(), "store");
        awaitNextSecond(shown, "store");
        gate.close();
        ShownTree.Said late = shown.sv("-w1", "restart", "store");
        assertThat(late.line()).startsWith("timeout: run: store: ");
        assertThat(late.exit()).isEqualTo(1);
        gate.open();
        patiently()
                .until(() -> ShownTree.run(shown.directory() + "/store/check").exit() == 0);
        assertThat(incarnation(shown.root(), "store")).isEqualTo(before + 1);
    }

    /** What it waits for is a start that is later than it; that of the renewal which it meets is not. */
    @Test
    void restart_that_comes_when_a_renewal_has_begun_its_start_is_obeyed_after_it() {
        Gate gate = new Gate();
        ShownTree shown = show(oneForOne(slowToStart("store", gate)));
        awaitNextSecond(shown, "store");
        shown.forgetEvents();
        long before = incarnation(shown.root(), "store");
        gate.close();
        shown.write("store", "t");
        patiently().until(() -> shown.story().containsAll(List.of("ChildStopped store", "ChildStarting store")));
        shown.awaitWritten();
        awaitNextSecond(shown, "store");

        CompletableFuture<ShownTree.Said> restart =
                CompletableFuture.supplyAsync(() -> shown.sv("-w50", "restart", "store"));
        // a second, in which its letter is read; if it is not, that is a renewal as any
        assertThat(shown.sv("-w1", "check", "store").line()).startsWith("timeout: run: store: ");
        assertThat(restart).isNotDone();
        gate.open();

        assertThat(ShownTree.get(restart).line()).startsWith("ok: run: store: ");
        assertThat(incarnation(shown.root(), "store")).isEqualTo(before + 2);
    }

    @Test
    void case_06_check_waits_for_readiness() {
        Gate gate = new Gate();
        ShownTree shown = show(oneForOne(slowToStart("store", gate)));
        gate.close();
        shown.write("store", "t");
        patiently().until(() -> !Files.exists(shown.supervise("store").resolve(".ready")));

        ShownTree.Said early = shown.sv("-w1", "check", "store");
        assertThat(early.line()).startsWith("timeout: run: store: ");
        assertThat(early.exit()).isEqualTo(1);

        CompletableFuture<ShownTree.Said> check = CompletableFuture.supplyAsync(() -> shown.sv("check", "store"));
        gate.open();
        ShownTree.Said ready = ShownTree.get(check);
        assertThat(ready.line()).startsWith("ok: run: store: ");
        assertThat(ready.exit()).isZero();
    }

    @Test
    void case_07_a_slow_stop_shows_that_it_got_term() {
        Gate gate = new Gate();
        ChildSpec slow = ShownTree.gated("s", new Gate(), gate).withShutdown(Shutdown.timeout(Duration.ofMinutes(1)));
        ShownTree shown = show(oneForOne(slow));
        awaitNextSecond(shown, "s");
        gate.close();

        ShownTree.Said said = shown.sv("-w5", "restart", "s");

        assertThat(said.line()).matches("timeout: run: s: \\(pid " + JVM + "\\) \\d+s, got TERM");
        Instant stopping = shown.status("s").stamp();
        gate.open();
        // between the two it is seen to be down
        patiently().until(() -> {
            ServiceStatus now = shown.status("s");
            return now.state() == ServiceStatus.State.RUN && now.stamp().isAfter(stopping);
        });
        // which is written after stat
        assertThat(shown.stat("s")).isEqualTo("run\n");
    }

    // ---- groups, and what a command has put down

    @Test
    void case_12_what_a_command_has_put_down_stays_down_when_its_group_restarts() {
        ShownTree shown = show(ShownTree.quickTree());
        SupervisorRef workers = shown.supervisor("workers");
        long w2 = incarnation(workers, "w2");

        assertThat(shown.sv("stop", "workers.w1").line()).startsWith("ok: down: workers.w1: ");
        assertThat(incarnation(workers, "w2")).isEqualTo(w2);
        shown.crash(workers, "workers", "w2");
        assertThat(ShownTree.info(workers, "w1").state()).isEqualTo(ChildState.STOPPED);
        assertThat(shown.sv("start", "workers.w1").line()).startsWith("ok: run: workers.w1: ");

        ShownTree.get(workers.terminateChild("w1"));
        shown.crash(workers, "workers", "w2");
        patiently().until(() -> ShownTree.info(workers, "w1").state() == ChildState.RUNNING);
    }

    @Test
    void case_13_a_down_file_keeps_a_child_down_when_its_group_restarts() throws IOException {
        ShownTree shown = show(ShownTree.quickTree());
        SupervisorRef workers = shown.supervisor("workers");
        Files.createFile(shown.directory().resolve("workers.w1/down"));

        shown.crash(workers, "workers", "w2");

        patiently()
                .untilAsserted(() ->
                        assertThat(shown.sv("status", "workers.w1").line()).matches("down: workers.w1: \\d+s"));
        assertThat(shown.sv("start", "workers.w1").line())
                .matches("ok: run: workers.w1: \\(pid " + JVM + "\\) \\d+s, normally down");
    }

    @Test
    void case_13_a_line_names_the_file_that_keeps_a_child_down() throws Exception {
        Path directory = temp.resolve("service");
        try (ExportHost host =
                ExportHost.start(directory, "one-for-all", "w1", "sleeper").awaitUp()) {
            patiently().until(() -> ShownTree.sv(directory, "status", "sleeper").exit() == 0);
            Files.createFile(directory.resolve("w1/down"));

            ShownTree.sv(directory, "kill", "sleeper");

            patiently()
                    .untilAsserted(() -> assertThat(
                                    ShownTree.sv(directory, "status", "w1").line())
                            .matches("down: w1: \\d+s"));
            patiently()
                    .untilAsserted(() -> assertThat(host.log().lines())
                            .filteredOn(line -> line.contains("it is not started"))
                            .containsExactly("log WARN [/ w1] it is not started, since there is a file [" + directory
                                    + "/w1/down]"));
        }
    }

    private static List<String> said(ExportHost host, String where) throws IOException {
        return host.log()
                .lines()
                .filter(line -> line.contains(where) && (line.contains("control FIFO") || line.contains("ignored")))
                .toList();
    }

    @Test
    void cases_22_23_and_30_what_is_ignored_is_in_the_log() throws Exception {
        Path directory = temp.resolve("service");
        try (ExportHost host = ExportHost.start(directory, "cache").awaitUp()) {
            patiently().until(() -> ShownTree.sv(directory, "status", "cache").exit() == 0);

            assertThat(ShownTree.sv(directory, "pause", "cache").exit()).isZero();
            assertThat(ShownTree.sv(directory, "hup", "cache").exit()).isZero();
            assertThat(ShownTree.sv(directory, "hup", "cache").exit()).isZero();
            ShownTree.Said refused = ShownTree.sv(directory, "-w1", "stop", "@tree");
            assertThat(refused.line()).startsWith("timeout: run: @tree: ");
            assertThat(refused.exit()).isEqualTo(1);
            ShownTree.sv(directory, "kill", "@tree");

            patiently().until(() -> said(host, "[/] ").size() == 4);
            String notTheTop =
                    "[@tree] control FIFO: it is ignored: commands do not stop, kill or signal a whole tree, unless"
                            + " withStopByCommand() lets them stop it";
            patiently()
                    .untilAsserted(() -> assertThat(said(host, "[/ cache] "))
                            .filteredOn(line -> !line.contains("HUP"))
                            .containsExactly(
                                    "log INFO [/ cache] [cache] control FIFO: p",
                                    "log INFO [/ cache] [cache] control FIFO: it is ignored: only a process can be paused",
                                    "log INFO [/ cache] [cache] control FIFO: h",
                                    "log INFO [/ cache] [cache] control FIFO: h"));
            assertThat(said(host, "[/] "))
                    .containsExactly(
                            "log INFO [/] [@tree] control FIFO: d",
                            "log INFO [/] " + notTheTop,
                            "log INFO [/] [@tree] control FIFO: k",
                            "log INFO [/] " + notTheTop);
            patiently()
                    .untilAsserted(() -> assertThat(host.log().lines().filter(line -> line.contains("HUP")))
                            .hasSize(1));
            assertThat(ShownTree.sv(directory, "status", "cache").line()).startsWith("run: cache: ");
        }
    }

    @Test
    void case_14_a_down_file_keeps_a_child_down_from_the_beginning_but_not_after_its_own_end() throws IOException {
        Files.createDirectories(temp.resolve("service/cache"));
        Files.createFile(temp.resolve("service/cache/down"));

        ShownTree shown = show(ShownTree.quickTree());

        assertThat(shown.story()).contains("ChildIgnored cache");
        assertThat(shown.sv("status", "cache").line()).matches("down: cache: \\d+s");
        shown.sv("start", "cache");
        shown.crash(shown.root(), "cache");
        assertThat(shown.supervise("cache").resolveSibling("down")).exists();
    }

    @Test
    void case_15_one_for_all_renews_the_group_in_order_and_counts_nothing() {
        ShownTree shown = show(SupervisorSpec.oneForAll()
                .withIntensity(0, Duration.ofSeconds(5))
                .withChildren(List.of(actor("w1"), actor("w2"))));
        awaitNextSecond(shown, "w1");
        shown.forgetEvents();

        assertThat(shown.sv("restart", "w1").line()).startsWith("ok: run: w1: ");

        // sv waits for w1 alone
        patiently()
                .untilAsserted(() -> assertThat(
                                shown.story().stream().filter(event -> event.matches("Child(Stopped|Started) .*")))
                        .containsExactly("ChildStopped w2", "ChildStopped w1", "ChildStarted w1", "ChildStarted w2"));
    }

    @Test
    void case_16_rest_for_one_renews_those_after_it_and_one_for_one_it_alone() {
        ShownTree shown = show(oneForOne(
                ChildSpec.supervisor("rest", restForOne(actor("a"), actor("b"), actor("c"))),
                ChildSpec.supervisor("one", oneForOne(actor("a"), actor("b"), actor("c")))));
        awaitNextSecond(shown, "one.c");
        shown.forgetEvents();

        assertThat(shown.sv("restart", "rest.b", "one.b").exit()).isZero();

        // sv waits for the two alone
        patiently()
                .untilAsserted(() -> assertThat(shown.events(SupervisorEvent.ChildStarted.class).stream()
                                .map(event ->
                                        event.supervisor() + "/" + event.child().id()))
                        .containsExactlyInAnyOrder("/rest/b", "/rest/c", "/one/b"));
    }

    @Test
    void case_17_transient_and_temporary_children_are_renewed_too() {
        ShownTree shown = show(oneForOne(
                actor("transient").withRestart(RestartType.TRANSIENT),
                actor("temporary").withRestart(RestartType.TEMPORARY)));
        awaitNextSecond(shown, "temporary");

        assertThat(shown.sv("restart", "transient", "temporary").said().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("ok: run: "));
    }

    @Test
    void case_18_a_renewal_whose_start_fails_becomes_a_restart_that_is_counted() {
        AtomicInteger starts = new AtomicInteger();
        AtomicBoolean isSeen = new AtomicBoolean();
        ChildSpec flaky = ChildSpec.actor("x", child -> {
                    // twice at least, and until it has been seen
                    int start = starts.incrementAndGet();
                    if (start == 2 || (start > 2 && !(isSeen.get() && start > 3))) {
                        throw new IllegalStateException("not this time");
                    }
                    return Behaviors.empty();
                })
                .withRestartDelay(RestartDelay.fixed(Duration.ofMillis(700)));
        ShownTree shown = show(patient(flaky));
        awaitNextSecond(shown, "x");

        CompletableFuture<ShownTree.Said> restart = CompletableFuture.supplyAsync(() -> shown.sv("restart", "x"));

        patiently()
                .untilAsserted(() ->
                        assertThat(shown.sv("status", "x").line()).matches("down: x: \\d+s, normally up, want up"));
        isSeen.set(true);
        assertThat(restart.join().line()).startsWith("ok: run: x: ");
        int failed = starts.get() - 2;
        assertThat(failed).isGreaterThanOrEqualTo(2);
        patiently().untilAsserted(() -> {
            assertThat(shown.events(SupervisorEvent.StartError.class)).hasSize(failed);
            assertThat(shown.events(SupervisorEvent.RestartBegun.class)).hasSize(failed);
        });
    }

    // ---- kill and signals

    @Test
    void case_19_a_kill_is_an_end_that_is_counted() {
        ShownTree shown = show(oneForOne(
                actor("cache"),
                ChildSpec.supervisor(
                        "strict",
                        SupervisorSpec.oneForOne()
                                .withIntensity(0, Duration.ofSeconds(5))
                                .withChildren(List.of(actor("a"))))));
        long before = incarnation(shown.root(), "cache");

        assertThat(shown.sv("kill", "cache").exit()).isZero();

        patiently().until(() -> incarnation(shown.root(), "cache") > before);
        patiently()
                .untilAsserted(() -> assertThat(shown.events(SupervisorEvent.RestartScheduled.class))
                        .hasSize(1));
        shown.sv("kill", "strict.a");
        patiently().until(() -> !shown.events(SupervisorEvent.GaveUp.class).isEmpty());
    }

    @Test
    void case_20_force_stop_kills_what_does_not_stop() {
        ChildSpec stubborn =
                ChildSpec.actor("x", Behaviors.ignore()).withStopMessage("stop").withShutdown(Shutdown.infinity());
        ShownTree shown = show(oneForOne(stubborn));

        ShownTree.Said said = shown.sv("-w5", "force-stop", "x");

        assertThat(said.line()).matches("kill: run: x: \\(pid " + JVM + "\\) \\d+s, want down, got TERM");
        assertThat(said.exit()).isEqualTo(1);
        patiently().until(() -> shown.stat("x").equals("down\n"));
    }

    private static ChildSpec printing(Path file) {
        String traps = "for s in HUP USR1 USR2 INT; do trap \"echo $s >>" + file + "\" $s; done; echo up >>" + file
                + "; while :; do sleep 0.05; done";
        return ChildSpec.process("printer", ProcessSpec.of("sh", "-c", traps));
    }

    @Test
    void case_21_processes_are_killed_and_signalled() throws IOException {
        Path file = temp.resolve("signals");
        ShownTree shown = show(oneForOne(ShownTree.sleeper(), printing(file)));
        long before =
                ShownTree.get(shown.tree().process("sleeper")).orElseThrow().pid();

        shown.sv("kill", "sleeper");
        patiently()
                .until(() -> ShownTree.get(shown.tree().process("sleeper"))
                        .filter(process -> process.pid() != before)
                        .isPresent());
        assertThat(ProcessHandle.of(before)).isEmpty();

        patiently().until(() -> Files.exists(file) && Files.readAllLines(file).contains("up"));
        for (String signal : List.of("hup", "1", "2", "int")) {
            int lines = Files.readAllLines(file).size();
            assertThat(shown.sv(signal, "printer").exit()).isZero();
            patiently().until(() -> Files.readAllLines(file).size() > lines);
        }
        assertThat(Files.readAllLines(file)).containsExactly("up", "HUP", "USR1", "USR2", "INT");
    }

    @Test
    void case_21_a_process_is_killed_with_its_group() throws IOException {
        Path file = temp.resolve("pids");
        ShownTree shown = show(oneForOne(
                ChildSpec.process("group", ProcessSpec.of("sh", "-c", "sleep 1000 & echo $! >>" + file + "; wait"))));
        patiently().until(() -> Files.exists(file) && !Files.readAllLines(file).isEmpty());
        long member = Long.parseLong(Files.readAllLines(file).get(0));

        shown.sv("kill", "group");

        patiently().until(() -> Files.readAllLines(file).size() == 2);
        patiently().until(() -> !isAtWork(member));
    }

    /** Who is dead and has nobody yet who would see to it is not. */
    private static boolean isAtWork(long pid) {
        try {
            return !Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void case_22_processes_are_paused_and_nobody_else() throws IOException {
        ShownTree shown = show(oneForOne(ShownTree.sleeper(), actor("cache")));
        long pid = ShownTree.get(shown.tree().process("sleeper")).orElseThrow().pid();
        Path stat = Path.of("/proc/" + pid + "/stat");

        shown.sv("pause", "sleeper");
        patiently().until(() -> Files.readString(stat).contains(") T "));
        patiently()
                .untilAsserted(() -> assertThat(shown.sv("status", "sleeper").line())
                        .matches("run: sleeper: \\(pid " + pid + "\\) \\d+s, paused"));
        shown.sv("cont", "sleeper");
        patiently().until(() -> Files.readString(stat).contains(") S "));
        patiently().until(() -> shown.stat("sleeper").equals("run\n"));

        assertThat(shown.sv("pause", "cache").exit()).isZero();
        // what comes after it has been obeyed
        shown.write("cache", "1");
        patiently()
                .until(() -> !shown.events(SupervisorEvent.SignalIgnored.class).isEmpty());
        shown.awaitWritten();
        assertThat(shown.sv("status", "cache").line()).matches("run: cache: \\(pid " + JVM + "\\) \\d+s");
    }

    @Test
    void who_waits_for_a_siblings_restart_that_is_cancelled_is_down_and_can_be_started() {
        RestartDelay minute = RestartDelay.fixed(Duration.ofMinutes(1));
        ShownTree shown = show(ShownTree.oneForAll(
                        actor("a").withRestartDelay(minute), actor("b").withRestartDelay(minute))
                .withIntensity(1, Duration.ofDays(1)));
        shown.tell("crash", "a");
        // status is written after stat
        patiently()
                .untilAsserted(() ->
                        assertThat(shown.sv("status", "b").line()).matches("down: b: \\d+s, normally up, want up"));

        shown.sv("down", "a");

        patiently()
                .untilAsserted(() -> assertThat(shown.sv("status", "a", "b").said())
                        .matches("down: a: \\d+s, normally up\ndown: b: \\d+s, normally up\n"));
        assertThat(shown.sv("start", "b").line()).startsWith("ok: run: b: ");
        assertThat(incarnation(shown.root(), "a")).isZero();
    }

    @Test
    void case_23_services_react_to_signals_and_actors_are_sent_messages() {
        List<String> heard = new CopyOnWriteArrayList<>();
        Set<String> threads = ConcurrentHashMap.newKeySet();
        AtomicInteger atOnce = new AtomicInteger();
        ChildSpec service = ChildSpec.service("service", () -> new ChildSpec.Service() {
            @Override
            public void start(ChildContext child) {
                threads.add(Thread.currentThread().getName());
                child.onSignal(Signal.HUP, () -> hear("HUP"));
                child.onSignal(Signal.USR1, () -> hear("USR1"));
                child.onSignal(Signal.USR2, () -> hear("USR2"));
            }

            private void hear(String signal) {
                threads.add(Thread.currentThread().getName());
                heard.add("service " + signal + (atOnce.incrementAndGet() > 1 ? " beside another" : ""));
                ShownTree.pause(Duration.ofMillis(20));
                atOnce.decrementAndGet();
            }

            @Override
            public void stop() {
                // nothing is held
            }
        });
        ChildSpec actor = ChildSpec.actor(
                        "actor",
                        child -> Behaviors.<String>receiveMessage(message -> {
                            heard.add("actor " + message);
                            return Behaviors.same();
                        }))
                .withSignalMessage(Signal.USR1, "USR1")
                .withSignalMessage(Signal.USR2, "USR2");
        ShownTree shown = show(oneForOne(service, actor, actor("deaf")));

        shown.sv("hup", "service");
        patiently().until(() -> heard.contains("service HUP"));
        shown.sv("1", "actor");
        patiently().until(() -> heard.contains("actor USR1"));
        shown.sv("hup", "deaf");
        shown.sv("hup", "deaf");
        patiently()
                .until(() -> !shown.events(SupervisorEvent.SignalIgnored.class).isEmpty());
        shown.sv("restart", "deaf");

        assertThat(heard).containsExactly("service HUP", "actor USR1");
        assertThat(shown.events(SupervisorEvent.SignalIgnored.class)).hasSize(1);
        heard.clear();
        shown.write("service", "2h1");
        patiently().until(() -> heard.size() == 3);
        shown.write("actor", "21");
        patiently().until(() -> heard.size() == 5);
        assertThat(heard).containsExactly("service USR2", "service HUP", "service USR1", "actor USR2", "actor USR1");
        // made for services, which may block
        assertThat(threads).isNotEmpty().noneMatch(name -> name.contains("dispatcher"));
    }

    @Test
    void case_24_a_reload_that_throws_is_a_crash() {
        ChildSpec service = ChildSpec.service("service", () -> new ChildSpec.Service() {
            @Override
            public void start(ChildContext child) {
                child.onSignal(Signal.HUP, () -> {
                    throw new IllegalStateException("bad configuration");
                });
            }

            @Override
            public void stop() {
                // nothing is held
            }
        });
        ShownTree shown = show(oneForOne(service));
        long before = incarnation(shown.root(), "service");

        shown.sv("reload", "service");

        patiently().until(() -> incarnation(shown.root(), "service") > before);
        patiently()
                .untilAsserted(() -> assertThat(shown.events(SupervisorEvent.ChildTerminated.class))
                        .singleElement()
                        .asString()
                        .contains("bad configuration"));
    }

    // ---- once, now, exit

    @Test
    void case_25_once_is_followed_by_no_restart() {
        ShownTree shown = show(oneForAll(actor("cache"), actor("other")));
        shown.sv("stop", "cache");

        shown.sv("once", "cache");
        patiently()
                .untilAsserted(() -> assertThat(shown.sv("status", "cache").line())
                        .matches("run: cache: \\(pid " + JVM + "\\) \\d+s, want down"));
        shown.tell("crash", "cache");
        patiently()
                .untilAsserted(() ->
                        assertThat(shown.sv("status", "cache").line()).matches("down: cache: \\d+s, normally up"));

        shown.sv("start", "cache");
        shown.sv("once", "cache");
        patiently().until(() -> shown.stat("cache").equals("run, want down\n"));
        shown.crash(shown.root(), "other");
        patiently().until(() -> shown.stat("cache").equals("run\n"));
        shown.crash(shown.root(), "cache");
    }

    @Test
    void case_25_one_that_runs_already_is_not_restarted_after_once_either() {
        ShownTree shown = show(oneForOne(actor("cache")));

        shown.sv("once", "cache");
        patiently().until(() -> shown.stat("cache").equals("run, want down\n"));
        shown.tell("crash", "cache");

        patiently()
                .untilAsserted(() ->
                        assertThat(shown.sv("status", "cache").line()).matches("down: cache: \\d+s, normally up"));
        assertThat(ShownTree.info(shown.root(), "cache").state()).isEqualTo(ChildState.STOPPED);
        assertThat(shown.events(SupervisorEvent.RestartScheduled.class)).isEmpty();
    }

    @Test
    void case_25_once_ends_the_wait_for_a_restart_and_no_other_follows() {
        ChildSpec waits = actor("x").withRestartDelay(RestartDelay.fixed(Duration.ofSeconds(60)));
        ShownTree shown = show(patient(waits));
        shown.tell("crash", "x");
        patiently().until(() -> shown.sv("status", "x").line().endsWith(", want up"));

        shown.write("x", "o");
        patiently().until(() -> shown.stat("x").equals("run, want down\n"));
        shown.tell("crash", "x");

        patiently().until(() -> ShownTree.info(shown.root(), "x").state() == ChildState.STOPPED);
        patiently()
                .untilAsserted(() -> assertThat(shown.sv("status", "x").line()).matches("down: x: \\d+s, normally up"));
    }

    @Test
    void case_26_the_wait_for_a_restart_can_be_ended_or_called_off() {
        ChildSpec waits = actor("x").withRestartDelay(RestartDelay.fixed(Duration.ofSeconds(60)));
        ShownTree shown = show(patient(waits));
        shown.tell("crash", "x");
        patiently()
                .untilAsserted(() ->
                        assertThat(shown.sv("status", "x").line()).matches("down: x: \\d+s, normally up, want up"));

        // want up is what it says already, so sv writes nothing
        assertThat(shown.sv("up", "x").exit()).isZero();
        assertThat(ShownTree.info(shown.root(), "x").state()).isEqualTo(ChildState.RESTARTING);
        Instant written = Instant.now();
        String x = shown.directory().resolve("x").toString();
        assertThat(ShownTree.run(Requirement.program("svc").toString(), "-u", x).exit())
                .isZero();
        patiently().until(() -> ShownTree.info(shown.root(), "x").state() == ChildState.RUNNING);
        // a tenth of one on an idle machine
        assertThat(shown.status("x").stamp()).isBefore(written.plusSeconds(30));

        shown.tell("crash", "x");
        patiently().until(() -> shown.stat("x").equals("down\n"));
        shown.sv("down", "x");
        patiently()
                .untilAsserted(() -> assertThat(shown.sv("status", "x").line()).matches("down: x: \\d+s, normally up"));
        assertThat(ShownTree.info(shown.root(), "x").state()).isEqualTo(ChildState.STOPPED);
    }

    @Test
    void case_27_exit_closes_it_for_a_while() {
        ShownTree shown = show(oneForOne(actor("cache"), actor("other")));

        ShownTree.whileClosed(shown.directory(), "cache", () -> {});
        assertThat(ShownTree.info(shown.root(), "cache").state()).isEqualTo(ChildState.STOPPED);
        patiently()
                .untilAsserted(() -> assertThat(shown.sv("-w9", "shutdown", "other"))
                        .isEqualTo(new ShownTree.Said(0, "ok: other: runsv not running\n")));

        patiently().until(() -> shown.sv("status", "cache").line().startsWith("down: cache: "));
        assertThat(shown.sv("start", "cache").line()).startsWith("ok: run: cache: ");
    }

    // ---- supervisors

    @Test
    void case_28_a_supervisor_is_stopped_with_those_below_it() {
        ShownTree shown = show(ShownTree.quickTree());

        assertThat(shown.sv("stop", "workers").line()).startsWith("ok: down: workers: ");
        patiently()
                .untilAsserted(() -> assertThat(shown.sv("status", "workers.w1").line())
                        .isEqualTo("fail: workers.w1: runsv not running"));
        shown.awaitWritten();
        assertThat(shown.status("workers.w2").pid()).isZero();
        ShownTree.Said refused = shown.sv("start", "workers.w1");
        assertThat(refused).isEqualTo(new ShownTree.Said(1, "fail: workers.w1: runsv not running\n"));

        assertThat(shown.sv("start", "workers").line()).startsWith("ok: run: workers: ");
        shown.awaitWritten();
        assertThat(shown.sv("status", "workers.w1", "workers.w2").said().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("run: "));
    }

    @Test
    void case_29_while_a_supervisor_is_restarted_its_children_are_to_come_up() {
        SupervisorSpec weak = SupervisorSpec.oneForOne()
                .withIntensity(0, Duration.ofSeconds(5))
                .withChildren(List.of(actor("w1"), actor("w2")));
        ChildSpec workers =
                ChildSpec.supervisor("workers", weak).withRestartDelay(RestartDelay.fixed(Duration.ofSeconds(8)));
        ShownTree shown = show(patient(workers));
        Instant top = shown.status("@tree").stamp();

        shown.tell("crash", "workers", "w1");
        patiently()
                .untilAsserted(() -> assertThat(shown.sv("status", "workers", "workers.w2")
                                .said()
                                .lines())
                        .satisfiesExactly(
                                line -> assertThat(line).matches("down: workers: \\d+s, normally up, want up"),
                                line -> assertThat(line).matches("down: workers.w2: \\d+s, normally up, want up")));
        patiently()
                .until(() -> shown.sv("status", "workers", "workers.w1", "workers.w2")
                        .said()
                        .lines()
                        .allMatch(line -> line.startsWith("run: ")));
        assertThat(shown.status("@tree").stamp()).isEqualTo(top);
    }

    @Test
    void what_is_put_down_while_its_supervisor_is_restarted_is_not_started_with_it() {
        ChildSpec workers = ChildSpec.supervisor(
                        "workers",
                        SupervisorSpec.oneForOne()
                                .withIntensity(0, Duration.ofSeconds(5))
                                .withChildren(List.of(actor("w1"), actor("w2"))))
                .withRestartDelay(RestartDelay.fixed(Duration.ofSeconds(10)));
        ShownTree shown = show(patient(workers));
        shown.tell("crash", "workers", "w1");
        patiently()
                .untilAsserted(() -> assertThat(shown.sv("status", "workers.w2").line())
                        .matches("down: workers.w2: \\d+s, normally up, want up"));

        assertThat(shown.sv("down", "workers.w2").exit()).isZero();
        patiently().until(() -> shown.sv("status", "workers.w1").line().startsWith("run: "));

        shown.awaitWritten();
        assertThat(shown.sv("status", "workers.w2").line()).matches("down: workers.w2: \\d+s, normally up");
        assertThat(shown.sv("start", "workers.w2").line()).startsWith("ok: run: workers.w2: ");
    }

    @Test
    void a_command_that_comes_during_another_holds_too() {
        ShownTree shown = show(oneForAll(actor("w1"), actor("w2")));

        shown.write("w1", "td");
        patiently().until(() -> ShownTree.info(shown.root(), "w1").state() == ChildState.STOPPED);
        patiently().until(() -> shown.stat("w1").equals("down\n"));
        shown.crash(shown.root(), "w2");

        assertThat(ShownTree.info(shown.root(), "w1").state()).isEqualTo(ChildState.STOPPED);
    }

    @Test
    void case_29_when_the_top_gives_up_nobody_is_to_be_seen() {
        ShownTree shown = show(SupervisorSpec.oneForOne()
                .withIntensity(0, Duration.ofSeconds(5))
                .withChildren(List.of(actor("a"), actor("b"))));

        shown.tell("crash", "a");
        ShownTree.get(shown.tree().whenEnded());

        assertThat(shown.sv("status", "a", "b", "@tree").said().lines())
                .containsExactly(
                        "fail: a: runsv not running", "fail: b: runsv not running", "fail: @tree: runsv not running");
    }

    @Test
    void case_30_the_top_renews_all_and_is_not_stopped() {
        Gate gate = new Gate();
        ShownTree shown = show(oneForOne(actor("a"), slowToStart("b", gate)));
        awaitNextSecond(shown, "b");
        shown.forgetEvents();
        gate.close();

        CompletableFuture<ShownTree.Said> restart = CompletableFuture.supplyAsync(() -> shown.sv("restart", "@tree"));
        patiently().until(() -> shown.story().contains("ChildStopped a"));
        assertThat(shown.sv("-w1", "check", "@tree").line()).startsWith("timeout: run: @tree: ");

        assertThat(restart).isNotDone();
        gate.open();
        assertThat(restart.join().line()).matches("ok: run: @tree: \\(pid " + JVM + "\\) \\d+s");
        patiently()
                .untilAsserted(() -> assertThat(
                                shown.story().stream().filter(event -> event.matches("Child(Stopped|Started) .*")))
                        .containsExactly("ChildStopped b", "ChildStopped a", "ChildStarted a", "ChildStarted b"));

        ShownTree.Said said = shown.sv("-w1", "stop", "@tree");
        assertThat(said.line()).startsWith("timeout: run: @tree: ");
        assertThat(incarnation(shown.root(), "a")).isPositive();
    }

    @Test
    void case_30_with_stop_by_command_it_ends_in_order() {
        ShownTree shown = ShownTree.start(
                temp.resolve("service"), oneForOne(actor("a"), actor("b")), ServiceExport::withStopByCommand);
        started = shown;
        shown.forgetEvents();

        // what sv waits for after down, or stop, is gone with the tree
        assertThat(shown.sv("shutdown", "@tree")).isEqualTo(new ShownTree.Said(0, "ok: @tree: runsv not running\n"));

        ShownTree.get(shown.tree().whenEnded());
        patiently()
                .untilAsserted(
                        () -> assertThat(shown.story().stream().filter(event -> event.startsWith("ChildStopped")))
                                .containsExactly("ChildStopped b", "ChildStopped a"));
        assertThat(shown.sv("status", "a").line()).isEqualTo("fail: a: runsv not running");
    }
}
