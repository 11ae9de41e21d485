package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.kill;
import static io.github.pekkosupervisor.runit.adoption.Estate.lines;
import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.script;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static io.github.pekkosupervisor.runit.adoption.Estate.sv;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.runit.SocketServer;
import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The acceptance cases of adoption, by their numbers: the launcher becomes another one. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@Order(1)
class UpgradeCasesTest extends InEstate {

    private static final int NO_END = 1_000_000_000;

    private static final Executor THREADS = task -> {
        Thread thread = new Thread(task, "upgrade-case");
        thread.setDaemon(true);
        thread.start();
    };

    /** A distribution with our class path. */
    private Path dist(String name) throws IOException {
        return dist(name, "", "exit 0");
    }

    /** One whose JVM does this when another launcher has become it. */
    private Path hooked(String hook) throws IOException {
        return dist("next", "", hook);
    }

    /** One whose script does this before it becomes the JVM. */
    private Path dist(String name, String first, String hook) throws IOException {
        Path dist = estate.root().resolve(name);
        Path tests = Path.of(HookedMain.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        List<String> command = Estate.program();
        command.remove(command.size() - 1);
        command.set(0, "${JAVA_HOME:-" + BuiltDist.javaHome() + "}/bin/java");
        command.set(command.size() - 1, command.get(command.size() - 1) + ":" + tests);
        // as the manifest of the launcher's jar has it
        command.add(1, "--enable-native-access=ALL-UNNAMED");
        Files.createDirectories(dist);
        Files.writeString(dist.resolve("hook.sh"), hook);
        command.addAll(HookedMain.words(". " + dist.resolve("hook.sh")).stream()
                .map(word -> "'" + word + "'")
                .toList());
        script(
                dist.resolve("bin/pekko-supervisor"),
                "[ \"$1\" != archive ] || exit 0\n" + first + "\nexec " + String.join(" ", command) + " \"$@\"");
        return dist;
    }

    private String upgrade(Path dist, String... options) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("upgrade", "--dist", dist.toString()));
        words.addAll(List.of(options));
        words.add(estate.services().toString());
        patiently().until(() -> Files.exists(estate.services().resolve(".pekko-supervisor/upgrade")));
        return new OurPrograms().run(words.toArray(String[]::new));
    }

    private String done() {
        return "0 process " + estate.launcher().pid() + " is the new launcher now: done";
    }

    private static void write(Path directory, String letters) throws IOException {
        Files.writeString(directory.resolve("supervise/control"), letters, StandardOpenOption.WRITE);
    }

    /** Counts what it gets. */
    private Path counter(String name) throws Exception {
        return estate.service(name, "trap 'echo 1 >>seen' USR1\necho up >>seen\nwhile :; do sleep 0.05; done");
    }

    // ---- case 27

    /** Asks for one signal after another, each when the one before has come; how many those were. */
    private static CompletableFuture<Integer> ask(Path counter, AtomicBoolean over) {
        return CompletableFuture.supplyAsync(
                () -> {
                    int asked = 0;
                    while (!over.get()) {
                        asked++;
                        int due = asked + 1;
                        try {
                            write(counter, "1");
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                        patiently().until(() -> lines(counter.resolve("seen")).size() >= due);
                    }
                    return asked;
                },
                THREADS);
    }

    static Stream<Arguments> ways() {
        String other = System.getProperty("pekko-supervisor.test.other-jdk", "/usr/lib/jvm/temurin-25-jdk-amd64");
        return Stream.of(
                Arguments.of("the same JDK", List.of("")),
                Arguments.of("another JDK and back", List.of(other, BuiltDist.javaHome())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void case_27_services_do_not_notice(String way, List<String> jdks) throws Exception {
        org.junit.jupiter.api.Assumptions.assumeTrue(
                jdks.stream().allMatch(jdk -> jdk.isEmpty() || Files.exists(Path.of(jdk, "bin/java"))),
                "no second JDK is installed: " + jdks + "; name one by -Dpekko-supervisor.test.other-jdk");
        int sleepers = LONG ? 220 : 18;
        int writers = LONG ? 70 : 8;
        int times = LONG ? 20 : Math.max(3, jdks.size());
        List<Path> counters = new ArrayList<>();
        for (int i = 0; i < sleepers; i++) {
            estate.sleeper("sleeper" + i);
        }
        for (int i = 0; i < writers; i++) {
            estate.writer("writer" + i, 0.01, NO_END);
        }
        for (int i = 0; i < 4; i++) {
            counters.add(counter("counter" + i));
        }
        Path dist = dist("next");
        estate.start();
        estate.awaitAllUp();
        for (Path counter : counters) {
            patiently().until(() -> lines(counter.resolve("seen")).size() == 1);
        }
        Map<Path, Integer> before = estate.pids();
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Integer>> asked =
                counters.stream().map(counter -> ask(counter, over)).toList();

        for (int i = 0; i < times; i++) {
            String jdk = jdks.get(i % jdks.size());
            Instant began = Instant.now();
            String answer = jdk.isEmpty() ? upgrade(dist) : upgrade(dist, "--java-home", jdk);
            System.out.println(way + ": " + Duration.between(began, Instant.now()));
            assertThat(answer).as(estate.complaints()).startsWith(done() + ", with Java ");
            assertThat(estate.pids()).isEqualTo(before);
            if (!jdk.isEmpty()) {
                assertThat(Path.of("/proc/" + estate.launcher().pid() + "/exe").toRealPath())
                        .startsWith(Path.of(jdk).toRealPath());
            }
        }

        over.set(true);
        for (int i = 0; i < counters.size(); i++) {
            int all = 1 + asked.get(i).get(1, TimeUnit.MINUTES);
            assertThat(lines(counters.get(i).resolve("seen"))).hasSize(all);
        }
        assertThat(Copies.problems(estate.all())).isEmpty();
        assertThat(estate.complaints()).isEmpty();
        estate.stop();
        for (int i = 0; i < writers; i++) {
            Path writer = estate.directory("writer" + i);
            assertThat(lines(writer.resolve("notes")))
                    .as("runs of writer %s", i)
                    .hasSize(1);
            assertThat(WrittenLines.problems(writer.resolve("log/lines"), writer.resolve("notes")))
                    .as("log of writer %s", i)
                    .isEmpty();
        }
        assertThat(estate.marked()).isEmpty();
    }

    @Test
    void case_27_sockets_stay_open_also_of_a_service_that_is_down() throws Exception {
        int port = FreePort.next();
        int other = FreePort.next();
        Path web = estate.service("web", SocketServer.run());
        SocketServer.configure(web, port);
        Path down = estate.service("down", SocketServer.run());
        SocketServer.configure(down, other);
        Path dist = dist("next");
        estate.start();
        estate.awaitAllUp();
        patiently().ignoreExceptions().until(() -> {
            try (Socket socket = SocketServer.connect(other)) {
                return SocketServer.answer(socket) > 0;
            }
        });
        write(down, "d");
        patiently().until(() -> status(down).pid() == 0);
        try (SocketServer load = SocketServer.askedAt(port);
                Socket waiting = SocketServer.connect(other)) {
            patiently().until(() -> load.answered() > 10);

            assertThat(upgrade(dist)).as(estate.complaints()).startsWith(done());

            int answered = load.answered();
            write(web, "t");
            patiently().until(() -> load.answered() > answered + 10);
            assertThat(load.refused()).isZero();
            write(down, "u");
            assertThat(SocketServer.answer(waiting)).isPositive();
        }
    }

    @Test
    void case_27_after_a_kill_the_next_launcher_has_the_socket_too() throws Exception {
        int port = FreePort.next();
        Path web = estate.service("web", SocketServer.run());
        SocketServer.configure(web, port);
        estate.start();
        estate.awaitAllUp();
        int pid = status(web).pid();
        patiently().ignoreExceptions().until(() -> {
            try (Socket socket = SocketServer.connect(port)) {
                return SocketServer.answer(socket) > 0;
            }
        });
        try (SocketServer load = SocketServer.askedAt(port)) {
            patiently().until(() -> load.answered() > 10);

            estate.killLauncher();
            estate.start();
            estate.awaitAllUp();

            assertThat(status(web).pid()).isEqualTo(pid);
            write(web, "t");
            patiently().until(() -> status(web).pid() != pid && status(web).pid() > 0);
            int answered = load.answered();
            patiently().until(() -> load.answered() > answered + 10);
            assertThat(load.refused()).isZero();
        }
    }

    @Test
    void case_27_what_happens_between_the_two_is_not_lost() throws Exception {
        Path counter = counter("counter");
        Path dying = estate.service("dying", "trap 'exit 7' USR2\necho $$ >>starts\nwhile :; do sleep 0.05; done");
        script(dying.resolve("finish"), "echo \"$1 $2\" >>ends");
        Path killed = estate.sleeper("killed");
        script(killed.resolve("finish"), "echo \"$1 $2\" >>ends");
        Path logged = estate.writer("logged", 0.01, NO_END);
        // nobody waits for them before the next launcher does
        Path dist = hooked("cd " + estate.root() + "/sv\n"
                + "read -r dying <dying/supervise/pid; read -r killed <killed/supervise/pid\n"
                + "kill -USR2 $dying; kill -KILL $killed\n"
                + "for one in $dying $killed; do\n"
                + "until grep -q '^State:.Z' /proc/$one/status; do sleep 0.05; done; done\n"
                + "printf 1 >counter/supervise/control\n"
                + "/usr/bin/sv status ./counter >shown\n"
                + "flock -n counter/supervise/lock true; echo $? >lock\n"
                + "flock -n " + estate.services() + " true; echo $? >>lock; true");
        estate.start();
        estate.awaitAllUp();
        patiently()
                .until(() -> lines(counter.resolve("seen")).size() == 1
                        && lines(dying.resolve("starts")).size() == 1);
        Map<Path, Integer> before = estate.pids();

        assertThat(upgrade(dist)).startsWith(done());

        patiently().until(() -> lines(counter.resolve("seen")).size() == 2);
        patiently().untilAsserted(() -> assertThat(lines(dying.resolve("ends"))).containsExactly("7 0"));
        patiently()
                .untilAsserted(() -> assertThat(lines(killed.resolve("ends"))).containsExactly("-1 9"));
        estate.awaitAllUp();
        assertThat(status(dying).pid()).isNotEqualTo(before.get(dying));
        assertThat(status(counter).pid()).isEqualTo(before.get(counter));
        assertThat(status(logged).pid()).isEqualTo(before.get(logged));
        assertThat(lines(estate.root().resolve("sv/shown")).get(0)).startsWith("run: ");
        assertThat(lines(estate.root().resolve("sv/lock"))).containsExactly("1", "1");
        patiently().untilAsserted(() -> assertThat(zombies()).isEmpty());
        assertThat(estate.complaints()).isEmpty();
    }

    private List<Long> zombies() {
        return estate.launcher()
                .toHandle()
                .children()
                .filter(child -> Estate.run("ps", "-o", "stat=", "-p", Long.toString(child.pid()))
                        .startsWith("Z"))
                .map(ProcessHandle::pid)
                .toList();
    }

    /** What would end a JVM that has not put its handlers yet. */
    @ParameterizedTest
    @CsvSource({"HUP, 111", "INT, 130"})
    void case_27_signal_to_the_launcher_between_the_two_is_obeyed(String signal, int code) throws Exception {
        Path sleeper = estate.sleeper("sleeper");
        Path dist = hooked("kill -" + signal + " $PPID");
        estate.start();
        estate.awaitAllUp();

        upgrade(dist);

        assertThat(estate.launcher().waitFor(Estate.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(estate.launcher().exitValue()).isEqualTo(code);
        assertThat(status(sleeper).state()).isEqualTo(State.DOWN);
        assertThat(estate.marked()).isEmpty();
    }

    @Test
    void case_27_what_was_wanted_stays_so_and_a_script_that_runs_is_waited_for() throws Exception {
        Path down = estate.sleeper("down");
        Path paused = estate.sleeper("paused");
        Path asked = estate.service(
                "asked", "trap 'echo TERM >>seen; exit' TERM\necho up >>seen\nwhile :; do sleep 0.05; done");
        script(asked.resolve("control/t"), "echo t >>scripts; until [ -e go ]; do sleep 0.05; done; exit 1");
        Path dist = dist("next");
        estate.start();
        estate.awaitAllUp();
        sv("stop", down);
        sv("pause", paused);
        patiently()
                .until(() ->
                        status(down).state() == State.DOWN && status(paused).paused());
        patiently().until(() -> lines(asked.resolve("seen")).size() == 1);
        write(asked, "d");
        patiently().until(() -> lines(asked.resolve("scripts")).size() == 1);
        Map<Path, Integer> before = estate.pids();

        assertThat(upgrade(dist)).startsWith(done());

        assertThat(estate.pids()).isEqualTo(before);
        assertThat(status(paused).paused()).isTrue();
        assertThat(lines(asked.resolve("seen"))).containsExactly("up");
        Files.createFile(asked.resolve("go"));
        patiently().until(() -> lines(asked.resolve("seen")).equals(List.of("up", "TERM")));
        patiently().until(() -> status(asked).state() == State.DOWN);
        assertThat(lines(asked.resolve("scripts"))).containsExactly("t");
        sv("cont", paused);
        assertThat(sv("start", down)).singleElement().asString().startsWith("ok: run: ");
        assertThat(estate.complaints()).isEmpty();
    }

    @Test
    void case_27_service_gets_what_it_got_from_the_first_launcher() throws Exception {
        Path shows = estate.service(
                "shows",
                "{ env; ulimit -n; grep ^Sig[BI] /proc/self/status; pwd; ls /proc/$$/fd; } >now; sort now >half; mv half shown.$$\n"
                        + "exec sleep 100000");
        Path dist = dist("next", "export OTHER=1", "exit 0");
        estate.startedBy("sh", "-c", "ulimit -S -n 777; trap '' USR1; exec 7</dev/null; exec \"$@\"", "sh");
        estate.start();
        estate.awaitAllUp();
        patiently().until(() -> shown(shows, status(shows).pid()).size() > 1);
        List<String> first = shown(shows, status(shows).pid());

        assertThat(upgrade(dist)).startsWith(done());
        assertThat(upgrade(dist)).startsWith(done());
        int before = status(shows).pid();
        kill("KILL", before);
        patiently()
                .until(() -> status(shows).state() == State.RUN && status(shows).pid() != before);
        patiently().until(() -> shown(shows, status(shows).pid()).size() > 1);

        assertThat(shown(shows, status(shows).pid()))
                .isEqualTo(first)
                .contains("7")
                .doesNotContain("OTHER=1");
    }

    /** Their guard takes nothing for the end of the launcher, and the next one sees to them as well. */
    @Test
    void case_27_those_that_die_with_the_launcher_go_on_and_die_with_the_next_one() throws Exception {
        conf(estate.service("group", "sleep 100000 &\nexec sleep 100000"), KILL);
        conf(estate.sleeper("alone"), KILL + "\nprocess-group = none");
        Path kept = estate.sleeper("kept");
        Path dist = dist("next");
        estate.start();
        estate.awaitAllUp();
        patiently().until(() -> estate.marked().size() == 4);
        Map<Path, Integer> before = estate.pids();
        OneProcess guard = awaitGuard();

        for (int i = 0; i < 2; i++) {
            assertThat(upgrade(dist)).startsWith(done());
            assertThat(estate.pids()).isEqualTo(before);
            assertThat(estate.marked()).hasSize(4);
            guard = awaitOtherGuard(guard);
        }
        Path late = conf(estate.make("late", "exec sleep 100000"), KILL);
        estate.link("late");
        estate.awaitUp(late);
        // nothing of a guard is handed on
        patiently()
                .until(() -> new OneProcess(status(late).pid()).read("cmdline").startsWith("sleep"));
        assertThat(new OneProcess(status(late).pid()).openFiles()).noneMatch(file -> file.startsWith("pipe:"));
        assertThat(estate.complaints()).isEmpty();

        long survivor = status(kept).pid();

        estate.killLauncher();

        patiently().untilAsserted(() -> assertThat(estate.marked()).containsExactly(survivor));
    }

    /** Its socket stays open. */
    @Test
    void case_27_what_a_service_says_between_the_two_is_heard() throws Exception {
        Path web = conf(
                estate.service(
                        "web",
                        "until [ -e go ]; do sleep 0.05; done\n"
                                + "systemd-notify --no-block --ready --status=warm && : >said\nexec sleep 100000"),
                "ready { sd-notify = true }");
        Path dist = hooked("cd " + web + "\n: >go; until [ -e said ]; do sleep 0.05; done; true");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        assertThat(isReady(web)).isFalse();

        assertThat(upgrade(dist)).startsWith(done());

        patiently().until(() -> isReady(web));
        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(upgrade(dist("third"))).startsWith(done());
        assertThat(isReady(web)).isTrue();
        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(estate.complaints()).isEmpty();
    }

    private static boolean isReady(Path service) throws IOException, InterruptedException {
        return new ProcessBuilder(service.resolve("supervise/check").toString())
                        .start()
                        .waitFor()
                == 0;
    }

    private static List<String> shown(Path service, int pid) {
        return lines(service.resolve("shown." + pid));
    }

    /** Each becomes a program of its own at that moment. */
    @Test
    void case_40_loggers_go_on_when_the_launcher_becomes_another_one() throws Exception {
        Path bin = OurDist.make(estate.root().resolve("ours"), "svlogd");
        estate.startedBy("env", "PATH=" + bin + ":" + System.getenv("PATH"), "JAVA_HOME=" + BuiltDist.javaHome());
        Path web = estate.service("web", WrittenLines.command(estate.writer(), 0.01, NO_END, estate.directory("web")));
        Files.createDirectories(web.resolve("log/main"));
        script(web.resolve("log/run"), "exec svlogd -tt ./main");
        Path dist = dist("next");
        estate.start();
        estate.awaitAllUp();
        patiently().until(() -> StampedLog.bytes(web) > 0);
        int logger = status(web.resolve("log")).pid();
        assertThat(new OneProcess(logger).isJvm()).isFalse();

        assertThat(upgrade(dist)).startsWith(done());

        patiently().until(() -> new OneProcess(logger).isJvm());
        long due = StampedLog.bytes(web) + 2000;
        patiently().until(() -> StampedLog.bytes(web) >= due);
        assertThat(status(web.resolve("log")).pid()).isEqualTo(logger);
        assertThat(upgrade(dist)).startsWith(done());
        kill("TERM", logger);
        patiently().until(() -> {
            int now = status(web.resolve("log")).pid();
            return now != 0 && now != logger && !new OneProcess(now).isJvm();
        });
        long more = StampedLog.bytes(web) + 2000;
        patiently().until(() -> StampedLog.bytes(web) >= more);
        assertThat(new OneProcess(status(web.resolve("log")).pid()).isJvm()).isFalse();
        estate.stop();
        assertThat(StampedLog.problems(web, estate.root())).isEmpty();
        assertThat(estate.complaints()).isEmpty();
    }

    // ---- case 28

    private void goesOnAsBefore(Map<Path, Integer> before, Path counter) throws Exception {
        assertThat(estate.pids()).isEqualTo(before);
        int seen = lines(counter.resolve("seen")).size();
        write(counter, "1");
        patiently().until(() -> lines(counter.resolve("seen")).size() == seen + 1);
        assertThat(estate.launcher().isAlive()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "--dst x y,    unknown option --dst",
        "a b,          'one services directory, and not also b'",
        "--dist,       --dist needs a value",
        "--state s,    of which services directory?",
        "--java-home,  --java-home needs a value"
    })
    void upgrade_that_is_asked_for_wrongly_is_told_what_is_wrong(String words, String expected) throws Exception {
        String said = new OurPrograms()
                .run(Stream.concat(Stream.of("upgrade"), Stream.of(words.split(" ")))
                        .toArray(String[]::new));

        assertThat(said).startsWith("100 pekko-supervisor: upgrade: " + expected + "\nusage: ");
    }

    @Test
    void upgrade_says_who_can_be_asked() throws Exception {
        OurPrograms programs = new OurPrograms();

        assertThat(programs.run("upgrade", "--help")).startsWith("0 usage: ").contains("--java-home jdk");
        assertThat(programs.run("upgrade", estate.root().resolve("gone").toString()))
                .startsWith("111 pekko-supervisor: fatal: nobody can be asked: " + estate.root())
                .contains("file does not exist");
        assertThat(programs.run("upgrade", estate.services().toString()))
                .startsWith("111 ")
                .contains("no launcher of this version is at work in " + estate.services());
    }

    /** Who was ended while he waited leaves what he would have been answered by. */
    @Test
    void what_others_have_left_who_asked_is_removed() throws Exception {
        estate.start();
        Path beside = estate.services().resolve(".pekko-supervisor");
        patiently().until(() -> Files.exists(beside.resolve("upgrade")));
        Path left = Files.createFile(beside.resolve("upgrade.answers-99999999"));
        Path lives = Files.createFile(
                beside.resolve("upgrade.answers-" + ProcessHandle.current().pid()));

        assertThat(upgrade(dist("broken", "exit 1", ""))).startsWith("1 ");

        assertThat(left).doesNotExist();
        assertThat(lives).exists();
    }

    @Test
    void case_28_what_does_not_work_is_not_become_and_the_reason_is_said() throws Exception {
        Path counter = counter("counter");
        Path killed = estate.sleeper("killed");
        estate.start();
        estate.awaitAllUp();
        patiently().until(() -> lines(counter.resolve("seen")).size() == 1);
        Map<Path, Integer> before = estate.pids();
        String refused = "1 pekko-supervisor: upgrade refused, all goes on as before: ";

        assertThat(upgrade(estate.root().resolve("nowhere")))
                .startsWith(refused)
                .contains("nowhere is no distribution, there is no program bin/pekko-supervisor in it");
        assertThat(upgrade(dist("broken", "echo 'no such class: Main' >&2; exit 1", "")))
                .startsWith(refused)
                .contains("its check of itself has failed")
                .containsOnlyOnce("no such class: Main");
        assertThat(upgrade(dist(
                        "old", "echo 'pekko-supervisor: fatal: needs Java 17, found 11 at /jdk' >&2; exit 111", "")))
                .startsWith(refused)
                .contains("needs Java 17, found 11 at /jdk");
        assertThat(upgrade(dist("crashing", "kill -SEGV $$", "")))
                .startsWith(refused)
                .contains("signal SEGV");
        for (String jdk : List.of("/nowhere", "/usr/lib/jvm", "/usr/bin", "")) {
            assertThat(upgrade(dist("next"), "--java-home", jdk))
                    .startsWith(refused)
                    .contains("is no JDK, there is no program bin/java in it");
        }
        // it can be tried, and not be become
        assertThat(upgrade(dist(
                        "vanishing",
                        "echo command " + HexFormat.of().formatHex("/nowhere/java".getBytes(UTF_8)) + "; exit 0",
                        "")))
                .startsWith(refused)
                .contains("could not become the other one", "ENOENT");
        goesOnAsBefore(before, counter);

        int first = status(killed).pid();
        kill("KILL", first);
        patiently().until(() -> status(killed).pid() != first && status(killed).state() == State.RUN);
        assertThat(upgrade(dist("next"))).startsWith(done());
        assertThat(estate.complaints()).isEmpty();
    }

    @Test
    void case_28_one_that_dies_at_its_start_is_followed_by_another_that_adopts() throws Exception {
        Path counter = counter("counter");
        estate.writer("writer", 0.01, NO_END);
        estate.start();
        estate.awaitAllUp();
        patiently().until(() -> lines(counter.resolve("seen")).size() == 1);
        Map<Path, Integer> before = estate.pids();

        assertThat(upgrade(hooked("exit 3")))
                .startsWith("111 pekko-supervisor: fatal: the launcher, process "
                        + estate.launcher().pid() + ", has ended on the way");
        assertThat(estate.launcher().waitFor(Estate.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        estate.start();
        estate.awaitAllUp();

        goesOnAsBefore(before, counter);
        assertThat(Copies.problems(estate.all())).isEmpty();
        estate.stop();
        Path writer = estate.directory("writer");
        assertThat(WrittenLines.problems(writer.resolve("log/lines"), writer.resolve("notes")))
                .isEmpty();
    }

    /** As with any other death of the launcher. */
    @Test
    void case_28_one_that_dies_at_its_start_takes_along_those_that_die_with_the_launcher() throws Exception {
        conf(estate.service("group", "sleep 100000 &\nexec sleep 100000"), KILL);
        Path kept = estate.sleeper("kept");
        estate.start();
        estate.awaitAllUp();
        patiently().until(() -> estate.marked().size() == 3);
        long survivor = status(kept).pid();

        assertThat(upgrade(hooked("exit 3"))).startsWith("111 ");

        patiently().untilAsserted(() -> assertThat(estate.marked()).containsExactly(survivor));
    }

    @Test
    void case_28_where_a_record_cannot_be_written_nothing_is_become() throws Exception {
        Path counter = counter("counter");
        estate.sleeper("lost");
        Path dist = dist("next");
        estate.start();
        estate.awaitAllUp();
        patiently().until(() -> lines(counter.resolve("seen")).size() == 1);
        Map<Path, Integer> before = estate.pids();
        Path supervise = estate.directory("lost").resolve("supervise");
        Path away = estate.root().resolve("away");
        Files.move(supervise, away);
        Files.createFile(supervise);
        assertThat(upgrade(dist)).startsWith("1 ").contains("lost: its record cannot be written");

        Files.delete(supervise);
        Files.move(away, supervise);
        goesOnAsBefore(before, counter);
        patiently().untilAsserted(() -> assertThat(upgrade(dist)).startsWith(done()));
        assertThat(estate.pids()).isEqualTo(before);
    }
}
