package io.github.pekkosupervisor.runit.launcher;

import static io.github.pekkosupervisor.runit.launcher.RunningFile.command;
import static io.github.pekkosupervisor.runit.launcher.RunningFile.patiently;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.runit.Scripts;
import io.github.pekkosupervisor.runit.SocketServer;
import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code pekko-supervisor run} becomes another version of itself: real processes, real sv, real execve. */
@Tag("dist")
@Execution(ExecutionMode.CONCURRENT)
class RunUpgradeTest {

    /** Counts its starts, and each USR1 that it gets. */
    private static final String COUNTS = "{ id = counts, process.command = [sh, -c, \"trap 'echo 1 >>seen' USR1;"
            + " echo up >>seen; while :; do sleep 0.05; done\"] }";

    private static final String KEPT =
            "{ id = kept, process { command = [sleep, 1000], when-supervisor-dies = keep } }";

    @TempDir
    Path temp;

    private RunningFile run;

    @BeforeEach
    void open() throws IOException {
        run = new RunningFile(temp);
    }

    @AfterEach
    void close() {
        run.close();
    }

    private static String sleeper(String id) {
        return "{ id = " + id + ", process.command = [sleep, 1000] }";
    }

    private String service(String name) throws IOException {
        Files.createDirectories(run.path("sv/" + name));
        Scripts.write(run.path("sv/" + name + "/run"), "#!/bin/sh\necho began >>began\nexec sleep 1000\n");
        return run.path("sv/" + name).toString();
    }

    /** To the distribution that it has come from, or to another. */
    private String upgrade(String... options) {
        patiently().until(() -> Files.exists(run.path("service/.pekko-supervisor/upgrade")));
        Stream<String> words = Stream.of(
                        Stream.of(
                                "env",
                                "JAVA_HOME=" + BuiltDist.javaHome(),
                                BuiltDist.bin() + "/pekko-supervisor",
                                "upgrade"),
                        Stream.of(options),
                        Stream.of(run.path("service").toString()))
                .flatMap(some -> some);
        return command(words.toArray(String[]::new));
    }

    /** One that says of itself that it will do, and is this command when it comes to that. */
    private Path dist(String... command) throws IOException {
        Path dist = Files.createDirectories(run.path("next"));
        Files.createDirectories(dist.resolve("bin"));
        String told = Stream.of(command)
                .map(word -> HexFormat.of().formatHex(word.getBytes(UTF_8)))
                .collect(Collectors.joining(" "));
        Scripts.write(
                dist.resolve("bin/pekko-supervisor"),
                "#!/bin/sh\n[ \"$1\" != --self-check ] || echo '" + SelfCheck.COMMAND + told + "'\n");
        return dist;
    }

    private List<String> seen() {
        return run.read("seen").lines().toList();
    }

    @Test
    void nobody_notices() throws IOException {
        String clock = service("clock");
        service("many/one");
        run.tree(
                "strategy = rest-for-one, children = [ { id = once, process { command = [sh, -c, \"echo done >>done\"],"
                        + " oneshot = true } }, { id = clock, service-directory = \"" + clock + "\" }, { id = many,"
                        + " services-directory = \"" + run.path("sv/many") + "\" }, " + KEPT + ", " + sleeper("a")
                        + ", "
                        + sleeper("off") + ", { id = s, supervisor.children = [ " + sleeper("b") + " ] }, " + COUNTS
                        + " ]");
        run.start();
        run.awaitPid("counts");
        String one = "many.one";
        run.awaitPid(one);
        assertThat(run.sv("stop", "off")).startsWith("ok: down: off: ");
        List<String> names = List.of("clock", one, "kept", "a", "s.b", "counts");
        List<String> pids = names.stream().map(run::awaitPid).toList();

        for (int i = 0; i < 2; i++) {
            assertThat(upgrade()).contains(" is the new launcher now: done, with Java ");
            assertThat(names.stream().map(run::pid)).containsExactlyElementsOf(pids);
        }

        assertThat(run.sv("status", "off")).startsWith("down: off: ");
        assertThat(run.sv("start", "off")).startsWith("ok: run: off: ");
        assertThat(run.read("done")).isEqualTo("done\n");
        assertThat(run.read("sv/clock/began")).isEqualTo("began\n");
        assertThat(run.read("sv/many/one/began")).isEqualTo("began\n");
        assertThat(seen()).containsExactly("up");
        assertThat(run.sv("1", "counts")).isEmpty();
        patiently().until(() -> seen().equals(List.of("up", "1")));

        // each is supervised as before
        command("kill", "-KILL", pids.get(3));
        patiently().until(() -> !run.pid("a").isEmpty() && !run.pid("a").equals(pids.get(3)));
        run.signal("TERM");
        assertThat(run.exitCode()).isZero();
        assertThat(run.alive("sleep")).isEmpty();
    }

    private static String server(String id, int port) {
        return "{ id = " + id + ", process { command = [sh, -c, \"" + SocketServer.run() + "\"], sockets = [ { listen ="
                + " \"tcp:127.0.0.1:" + port + "\" } ] } }";
    }

    /** Who connects while nobody is there waits, before the step and after it. */
    private void answersAfter(String start, int port, Socket before) throws IOException {
        try (Socket after = SocketServer.connect(port)) {
            assertThat(run.sv("start", start)).startsWith("ok: run: " + start + ": ");
            assertThat(SocketServer.answer(before)).isPositive();
            assertThat(SocketServer.answer(after)).isPositive();
        }
    }

    @Test
    void sockets_of_what_is_down_stay_open() throws IOException {
        int[] ports = {FreePort.next(), FreePort.next(), FreePort.next()};
        SocketServer.writeProgram(run.path("."));
        String service = service("clock");
        Scripts.write(run.path("sv/clock/run"), "#!/bin/sh\n" + SocketServer.run() + "\n");
        SocketServer.configure(run.path("sv/clock"), ports[2]);
        run.tree("children = [ " + server("web", ports[0]) + ", { id = s, supervisor.children = [ "
                + server("inner", ports[1]) + " ] }, { id = clock, service-directory = \"" + service + "\" } ]");
        run.start();
        List<String> names = List.of("web", "s.inner", "clock");
        names.forEach(run::awaitPid);
        List.of("web", "s", "clock")
                .forEach(name -> assertThat(run.sv("stop", name)).startsWith("ok: down: " + name + ": "));
        try (Socket web = SocketServer.connect(ports[0]);
                Socket inner = SocketServer.connect(ports[1]);
                Socket clock = SocketServer.connect(ports[2])) {
            for (int i = 0; i < 2; i++) {
                assertThat(upgrade()).contains("done, with Java ");
            }

            answersAfter("web", ports[0], web);
            answersAfter("s", ports[1], inner);
            answersAfter("clock", ports[2], clock);
        }
    }

    @Test
    void restarts_before_it_count_after_it() throws IOException {
        run.tree("intensity = 2, period = 1h, children = [ " + sleeper("a") + " ]");
        run.start();
        for (int i = 0; i < 2; i++) {
            String pid = run.awaitPid("a");
            command("kill", "-KILL", pid);
            patiently().until(() -> !run.pid("a").isEmpty() && !run.pid("a").equals(pid));
            assertThat(upgrade()).contains("done, with Java ");
        }

        command("kill", "-KILL", run.awaitPid("a"));

        assertThat(run.exitCode()).as("one too many: the tree has given up").isEqualTo(1);
    }

    @Test
    void what_sv_asks_meanwhile_is_done() throws IOException {
        run.tree("children = [ " + COUNTS + " ]");
        run.start();
        run.awaitPid("counts");
        String pid = run.pid("counts");
        List<Integer> asked = new CopyOnWriteArrayList<>();
        AtomicBoolean over = new AtomicBoolean();
        Thread asks = new Thread(() -> {
            while (!over.get()) {
                assertThat(run.sv("1", "counts")).isEmpty();
                asked.add(1);
                // the next one when this one has come, since two signals at once are one
                patiently().until(() -> seen().size() == 1 + asked.size());
            }
        });
        asks.start();
        try {
            for (int i = 0; i < 2; i++) {
                assertThat(upgrade()).contains("done, with Java ");
            }
        } finally {
            over.set(true);
            patiently().until(() -> !asks.isAlive());
        }

        assertThat(asked).isNotEmpty();
        assertThat(seen()).hasSize(1 + asked.size());
        assertThat(run.pid("counts")).isEqualTo(pid);
    }

    @Test
    void who_is_to_die_with_it_does_so_after_an_upgrade_too() throws IOException {
        run.tree("children = [ " + KEPT + ", " + sleeper("a") + " ]");
        run.start();
        String kept = run.awaitPid("kept");
        String a = run.awaitPid("a");
        assertThat(upgrade()).contains("done, with Java ");

        run.signal("KILL");
        run.exitCode();
        patiently().until(() -> !run.runs(a));
        assertThat(run.runs(kept)).isTrue();
        run.start();

        patiently().until(() -> !run.pid("a").isEmpty() && !run.pid("a").equals(a));
        assertThat(run.pid("kept")).isEqualTo(kept);
    }

    /** A kill -9 in the very first moment of the new one. */
    @Test
    void death_right_after_the_step_is_a_death_as_any_other() throws IOException {
        run.tree("children = [ " + KEPT + ", " + sleeper("a") + " ]");
        run.start();
        String kept = run.awaitPid("kept");
        String a = run.awaitPid("a");

        String said = upgrade("--dist", dist("/bin/sh", "-c", "kill -KILL $$").toString());

        assertThat(said).contains("has ended on the way").endsWith("exit code 111");
        run.exitCode();
        patiently().until(() -> !run.runs(a));
        assertThat(run.runs(kept)).isTrue();
        run.start();
        patiently().until(() -> !run.pid("a").isEmpty() && !run.pid("a").equals(a));
        assertThat(run.pid("kept")).isEqualTo(kept);
        assertThat(run.said()).doesNotContain("WARN", "ERROR");
    }

    @Test
    void step_that_the_kernel_refuses_changes_nothing() throws IOException {
        run.tree("children = [ " + KEPT + ", " + COUNTS + " ]");
        run.start();
        run.awaitPid("counts");
        String pid = run.pid("counts");

        String said = upgrade("--dist", dist("/no/such/program").toString());

        assertThat(said)
                .contains("refused, all goes on as before: the launcher could not become the other one: execve ")
                .endsWith("exit code 1");
        assertThat(run.sv("1", "counts")).isEmpty();
        patiently().until(() -> seen().equals(List.of("up", "1")));
        assertThat(run.pid("counts")).isEqualTo(pid);
        assertThat(run.path("state/succession")).doesNotExist();
        // and it can be done later
        assertThat(upgrade()).contains("done, with Java ");
        assertThat(run.pid("counts")).isEqualTo(pid);
    }

    @Test
    void file_that_does_not_say_what_runs_is_refused() throws IOException {
        run.tree("children = [ " + sleeper("a") + " ]");
        run.start();
        String a = run.awaitPid("a");

        run.tree("children = [ " + sleeper("a") + ", " + sleeper("b") + " ]");
        assertThat(upgrade()).contains("shop.conf does not say what runs now; have it read by HUP first");
        run.tree("children = [ " + sleeper("a") + ", { id = b } ]");
        assertThat(upgrade()).contains("what is to run from then on cannot be used: ", "a child is one of");
        run.tree("children = [ " + sleeper("a") + " ]");

        assertThat(upgrade()).contains("done, with Java ");
        assertThat(run.pid("a")).isEqualTo(a);
    }

    @Test
    void new_program_that_does_not_take_the_file_is_refused() throws IOException {
        run.tree("children = [ " + sleeper("a") + " ]");
        run.start();
        String a = run.awaitPid("a");
        Path next = dist("/bin/false");
        Scripts.write(
                next.resolve("bin/pekko-supervisor"),
                Files.readString(next.resolve("bin/pekko-supervisor"))
                        + "[ \"$1\" != run ] || { echo 'key \"tree\" is not known here' >&2; exit 111; }\n");

        assertThat(upgrade("--dist", next.toString()))
                .contains("refused, all goes on as before: it cannot do this, ")
                .contains("run --check shop.conf ended with exit code 111: key \"tree\" is not known here");
        assertThat(run.pid("a")).isEqualTo(a);
    }

    @Test
    void child_that_waits_for_its_restart_is_waited_for() throws IOException {
        run.tree("children = [ " + sleeper("a")
                + ", { id = crashes, restart-delay { min = 3s, max = 3s }, process.command ="
                + " [sh, -c, \"echo began >>began; [ -e enough ] || exit 3; exec sleep 1000\"] } ]");
        run.start();
        String a = run.awaitPid("a");
        patiently().until(() -> !run.read("began").isEmpty());
        Files.createFile(run.path("enough"));

        assertThat(upgrade()).contains("done, with Java ");

        assertThat(run.pid("a")).isEqualTo(a);
        run.awaitPid("crashes");
        assertThat(run.read("began").lines()).hasSize(2);
    }

    /** Each line is written in two halves, so that one is cut in the middle. */
    @Test
    void no_line_of_an_output_that_it_reads_is_lost() throws IOException {
        run.tree("children = [ { id = talks, process { command = [sh, -c, \"i=0; while [ ! -e over ]; do i=$((i+1));"
                + " printf 'n%s ' $i; sleep 0.02; echo end; done; echo last; exec sleep 1000\"], output = log } } ]");
        run.start();
        String pid = run.awaitPid("talks");
        run.awaitSaid("INFO talks - n3 end");

        for (int i = 0; i < 2; i++) {
            assertThat(upgrade()).contains("done, with Java ");
        }

        Files.createFile(run.path("over"));
        run.awaitSaid("INFO talks - last");
        assertThat(run.pid("talks")).isEqualTo(pid);
        List<String> talked = run.said()
                .lines()
                .filter(line -> line.startsWith("INFO talks - n"))
                .toList();
        assertThat(talked)
                .hasSizeGreaterThan(50)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, talked.size())
                        .mapToObj(i -> "INFO talks - n" + i + " end")
                        .toList());
    }

    @Test
    void without_a_state_directory_it_is_refused() throws IOException {
        Files.writeString(
                run.path("shop.conf"),
                "pekko-supervisor { export.directory = \"" + run.path("service") + "\", state-directory = none }\n"
                        + "tree.children = [ " + sleeper("a") + " ]\n");
        run.start();
        String a = run.awaitPid("a");

        assertThat(upgrade()).contains("it has no state directory");
        assertThat(run.pid("a")).isEqualTo(a);
    }
}
