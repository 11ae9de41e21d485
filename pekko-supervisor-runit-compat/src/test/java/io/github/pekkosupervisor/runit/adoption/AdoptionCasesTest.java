package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.kill;
import static io.github.pekkosupervisor.runit.adoption.Estate.lines;
import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.script;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static io.github.pekkosupervisor.runit.adoption.Estate.sv;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.StateFiles;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The acceptance cases of adoption, by their numbers: what goes on as it was. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class AdoptionCasesTest extends InEstate {

    /** A hundred a second; another one where what the writers need of the machine is to be told from what we need. */
    private static final double PAUSE = Double.parseDouble(System.getProperty("pekko-supervisor.test.pause", "0.01"));

    private static final int NO_END = 1_000_000_000;

    /** For a thousand services on a machine that has nothing else to do. */
    private static final Duration BOUND = Duration.ofSeconds(3);

    /** Of few services on a machine that may be busy: a launch is nearly all of it, and we know how long that took. */
    private static Duration bound(Duration launch) {
        return LONG ? BOUND : BOUND.plus(launch.multipliedBy(2));
    }

    /** On a machine that may be busy one that was held up says nothing; that it never goes within the bound does. */
    private static final int TRIES = LONG ? 1 : 4;

    /** Longer ago than the throttle looks. */
    private static final Duration OLD = Duration.ofMillis(1200);

    // ---- many at once

    private void lose(int sleepers, int writers, int times) throws Exception {
        for (int i = 0; i < sleepers; i++) {
            estate.sleeper("sleeper" + i);
        }
        for (int i = 0; i < writers; i++) {
            estate.writer("writer" + i, PAUSE, NO_END);
        }
        Instant launched = Instant.now();
        estate.start();
        estate.awaitAllUp();
        Duration launch = Duration.between(launched, Instant.now());
        for (int i = 0; i < writers; i++) {
            estate.awaitUp(estate.directory("writer" + i).resolve("log"));
        }
        Map<Path, Integer> before = estate.pids();

        for (int i = 0; i < times; i++) {
            Duration took = relaunch();
            for (int again = 1; again < TRIES && took.compareTo(bound(launch)) >= 0; again++) {
                took = relaunch();
            }
            System.out.println(before.size() + " services adopted in " + took);
            assertThat(took).as("from exec to all adopted").isLessThan(bound(launch));
            assertThat(estate.pids()).isEqualTo(before);
            assertThat(Copies.problems(estate.all())).isEmpty();
        }

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

    private Duration relaunch() throws Exception {
        estate.killLauncher();
        Instant started = Instant.now();
        estate.start();
        estate.awaitAllUp();
        return Duration.between(started, Instant.now());
    }

    @Test
    void case_01_all_are_adopted_none_is_restarted_or_doubled_and_no_line_is_lost() throws Exception {
        lose(LONG ? 700 : 20, LONG ? 300 : 8, 1);
    }

    @Test
    void case_02_the_same_again_and_again() throws Exception {
        lose(LONG ? 700 : 6, LONG ? 300 : 3, LONG ? 20 : 3);
    }

    // ---- what is shown and obeyed

    @Test
    void case_06_status_says_the_same_before_and_after() throws Exception {
        Path plain = estate.sleeper("plain");
        Path paused = estate.sleeper("paused");
        Path down = estate.service("down", "trap '' TERM; echo deaf >seen; while :; do sleep 0.1; done");
        Path stopped = estate.sleeper("stopped");
        estate.start();
        estate.awaitAllUp();
        patiently().until(() -> lines(down.resolve("seen")).size() == 1);
        sv("pause", paused);
        patiently().until(() -> status(paused).paused());
        run("sv", "-w", "1", "down", down.toString());
        sv("stop", stopped);
        patiently()
                .until(() ->
                        status(stopped).state() == State.DOWN && status(down).gotTerm());
        Map<Path, Integer> pids = estate.pids();
        List<Path> all = List.of(plain, paused, down, stopped);
        List<ServiceStatus> before = all.stream().map(Estate::status).toList();
        List<String> shown = withoutSeconds(sv("status", plain, paused, down, stopped));

        estate.lose();
        estate.awaitSupervised(plain, paused, down, stopped);

        assertThat(all.stream().map(Estate::status).toList()).isEqualTo(before);
        assertThat(withoutSeconds(sv("status", plain, paused, down, stopped))).isEqualTo(shown);
        assertThat(shown.get(1)).contains("paused");
        assertThat(shown.get(2)).contains("want down", "got TERM");
        assertThat(shown.get(3)).startsWith("down: ").contains("normally up");
        assertThat(estate.pids()).isEqualTo(pids);
        assertThat(Copies.of(stopped)).isEmpty();
        kill("KILL", status(down).pid());
        patiently().until(() -> status(down).state() == State.DOWN);
    }

    private static List<String> withoutSeconds(List<String> lines) {
        return lines.stream().map(line -> line.replaceAll("[0-9]+s", "Ns")).toList();
    }

    private static String run(String... words) {
        return Estate.run(words);
    }

    @Test
    void case_07_adopted_ones_obey() throws Exception {
        Path web = estate.service(
                "web",
                "for s in HUP ALRM INT QUIT USR1 USR2; do trap \"echo $s >>seen\" $s; done\n"
                        + "trap 'echo TERM >>seen; exit' TERM\necho up >>seen\nwhile :; do sleep 0.05; done");
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> lines(web.resolve("seen")).size() == 1);
        estate.lose();
        estate.awaitUp(web);
        int first = status(web).pid();
        List<String> expected = new ArrayList<>(List.of("up"));
        for (String command : List.of("hup HUP", "alarm ALRM", "interrupt INT", "quit QUIT", "1 USR1", "2 USR2")) {
            List<String> answer = sv(command.split(" ", -1)[0], web);
            expected.add(command.split(" ", -1)[1]);
            patiently()
                    .untilAsserted(() -> assertThat(lines(web.resolve("seen")))
                            .as("after %s, answered %s, %s", command, answer, estate.complaints())
                            .isEqualTo(expected));
        }

        assertThat(status(web).pid()).isEqualTo(first);
        assertThat(sv("stop", web)).singleElement().asString().startsWith("ok: down: ");
        assertThat(Copies.of(web)).isEmpty();
        assertThat(sv("start", web)).singleElement().asString().startsWith("ok: run: ");
        estate.lose();
        estate.awaitUp(web);
        int second = status(web).pid();
        assertThat(second).isNotEqualTo(first);
        // sv compares whole seconds
        awaitOld(List.of(web));
        assertThat(sv("restart", web)).singleElement().asString().startsWith("ok: run: ");
        int third = status(web).pid();
        assertThat(third).isNotEqualTo(second);
        estate.lose();
        estate.awaitUp(web);
        sv("kill", web);
        patiently().until(() -> status(web).pid() != third && status(web).state() == State.RUN);
        // what the killed one had started itself ends in a moment
        patiently()
                .untilAsserted(() -> assertThat(Copies.problems(List.of(web))).isEmpty());
    }

    /** One that ends in this way when it gets USR1. */
    private Path dying(String how) throws Exception {
        Path web = estate.service("web", "trap '" + how + "' USR1\necho up >>seen\nwhile :; do read line <>fifo; done");
        run("mkfifo", web.resolve("fifo").toString());
        script(web.resolve("finish"), "echo \"$1 $2\" >>ends");
        return web;
    }

    @ParameterizedTest
    @CsvSource({"exit 0,0 0", "exit 3,3 0", "exit 255,255 0", "kill -9 $$,-1 9", "kill -USR2 $$,-1 12"})
    void case_08_the_exit_code_is_known_or_said_to_be_unknown(String how, String arguments) throws Exception {
        Path web = dying(how);
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> lines(web.resolve("seen")).size() == 1);
        int first = status(web).pid();
        estate.lose();
        estate.awaitUp(web);

        sv("1", web);
        patiently().until(() -> status(web).pid() != first && status(web).state() == State.RUN);

        assertThat(lines(web.resolve("ends"))).hasSize(1).isSubsetOf(toldOf(arguments));
        assertThat(Copies.problems(List.of(web))).isEmpty();
    }

    /**
     * Whoever takes orphans here waits for them late, or never: a program between us and process 1 takes its place.
     *
     * @param waits what it does instead
     */
    @ParameterizedTest
    @CsvSource({
        "sleep 3600 while 1, exit 3, 3 0",
        "sleep 3600 while 1, exit 0, 0 0",
        "sleep 3600 while 1, kill -9 $$, -1 9",
        "'while (1) { sleep 1; 1 while waitpid(-1, 1) > 0 }', exit 3, 3 0",
        "'while (1) { sleep 1; 1 while waitpid(-1, 1) > 0 }', kill -9 $$, -1 9"
    })
    void case_08_nor_is_it_ever_wrong_where_nobody_waits_for_orphans_in_time(String waits, String how, String arguments)
            throws Exception {
        Path web = dying(how);
        Process foster = estate.startBelow(waits);
        estate.awaitUp(web);
        patiently().until(() -> lines(web.resolve("seen")).size() == 1);
        int first = status(web).pid();
        estate.loseBelow();
        assertThat(parentOf(first)).isEqualTo(foster.pid());
        estate.awaitUp(web);
        assertThat(status(web).pid()).isEqualTo(first);

        sv("1", web);
        // who waits for a parent that never comes waits for ever
        patiently().until(() -> lines(web.resolve("seen")).size() == 2);

        // as long as nobody waits it can be read
        boolean isWaitedFor = waits.contains("waitpid");
        assertThat(lines(web.resolve("ends")))
                .hasSize(1)
                .isSubsetOf(isWaitedFor ? toldOf(arguments) : List.of(arguments));
        assertThat(Copies.problems(List.of(web))).isEmpty();
    }

    private static long parentOf(int pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[1]);
    }

    /** In turn one that was adopted and one that this launcher has started. */
    @Test
    void case_08_restart_of_an_adopted_one_takes_at_most_twice_as_long() throws Exception {
        int each = LONG ? 60 : 12;
        List<Path> own = new ArrayList<>();
        List<Path> adopted = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            own.add(estate.service("own" + i, "echo $$ >>starts; exec sleep 100000"));
            adopted.add(estate.service("adopted" + i, "echo $$ >>starts; exec sleep 100000"));
        }
        estate.start();
        estate.awaitAllUp();
        awaitOld(estate.all());
        estate.lose();
        estate.awaitAllUp();
        // these are started by this launcher, which is warm after that
        own.forEach(AdoptionCasesTest::restart);
        estate.awaitAllUp();
        awaitOld(own);

        List<Duration> ofOwn = new ArrayList<>();
        List<Duration> ofAdopted = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            ofOwn.add(restart(own.get(i)));
            ofAdopted.add(restart(adopted.get(i)));
        }

        System.out.println("restart of one that was started: " + quarter(ofOwn) + ", adopted: " + quarter(ofAdopted));
        // who else wants the processors makes it longer and never shorter: the quickest quarter tells most of it
        assertThat(quarter(ofAdopted)).isLessThan(quarter(ofOwn).multipliedBy(2).plusMillis(LONG ? 0 : 10));
        assertThat(Copies.problems(estate.all())).isEmpty();
    }

    private static void awaitOld(List<Path> services) {
        patiently()
                .until(() -> services.stream()
                        .allMatch(service -> status(service).stamp().plus(OLD).isBefore(Instant.now())));
    }

    private static Duration restart(Path service) {
        int starts = lines(service.resolve("starts")).size();
        Instant killed = Instant.now();
        ProcessHandle.of(status(service).pid()).ifPresent(ProcessHandle::destroyForcibly);
        patiently()
                .pollInterval(Duration.ofNanos(200_000))
                .until(() -> lines(service.resolve("starts")).size() > starts);
        return Duration.between(killed, Instant.now());
    }

    private static Duration quarter(List<Duration> durations) {
        return durations.stream().sorted().toList().get(durations.size() / 4);
    }

    // ---- what happens while nobody is there

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void case_09_an_end_is_acted_upon_when_somebody_comes(boolean finish) throws Exception {
        Path web = estate.sleeper("web");
        Path other = estate.sleeper("other");
        if (finish) {
            script(web.resolve("finish"), "echo \"$1 $2\" >>ends");
        }
        estate.start();
        estate.awaitAllUp();
        int first = status(web).pid();
        int beside = status(other).pid();
        patiently().until(() -> status(web).stamp().plus(OLD).isBefore(Instant.now()));
        estate.killLauncher();
        kill("KILL", first);
        patiently().until(() -> Copies.of(web).isEmpty());

        estate.start();
        estate.awaitAllUp();

        assertThat(status(web).pid()).isNotEqualTo(first);
        assertThat(status(other).pid()).isEqualTo(beside);
        assertThat(lines(web.resolve("ends"))).hasSize(finish ? 1 : 0).isSubsetOf("-1 0", "-1 9");
        assertThat(Copies.problems(estate.all())).isEmpty();
        assertThat(estate.complaints()).isEmpty();
    }

    @Test
    void case_10_finish_that_runs_is_waited_for() throws Exception {
        Path web = estate.sleeper("web");
        script(
                web.resolve("finish"),
                "echo \"$1 $2\" >>ends; while ! [ -e go ]; do sleep 0.05; done; echo over >>ends");
        estate.start();
        estate.awaitUp(web);
        int first = status(web).pid();
        kill("KILL", first);
        patiently()
                .until(() -> status(web).state() == State.FINISH && status(web).pid() != 0);
        int finishing = status(web).pid();

        estate.lose();
        estate.awaitSupervised(web);

        assertThat(status(web).state()).isEqualTo(State.FINISH);
        assertThat(status(web).pid()).isEqualTo(finishing);
        Files.createFile(web.resolve("go"));
        patiently().until(() -> status(web).state() == State.RUN);
        assertThat(lines(web.resolve("ends"))).containsExactly("-1 9", "over");
        assertThat(Copies.problems(List.of(web))).isEmpty();
    }

    @Test
    void case_10_finish_that_ended_meanwhile_is_not_run_again() throws Exception {
        Path web = estate.sleeper("web");
        script(
                web.resolve("finish"),
                "echo \"$1 $2\" >>ends; while ! [ -e go ]; do sleep 0.05; done; echo over >>ends");
        estate.start();
        estate.awaitUp(web);
        kill("KILL", status(web).pid());
        patiently()
                .until(() -> lines(web.resolve("ends")).size() == 1
                        && status(web).state() == State.FINISH
                        && status(web).pid() != 0);
        estate.killLauncher();
        Files.createFile(web.resolve("go"));
        patiently().until(() -> Copies.of(web).isEmpty());

        estate.start();
        estate.awaitUp(web);

        assertThat(lines(web.resolve("ends"))).containsExactly("-1 9", "over");
        assertThat(Copies.problems(List.of(web))).isEmpty();
    }

    private Path vetoing() throws Exception {
        Path web = estate.sleeper("web");
        script(
                web.resolve("control/t"),
                "echo begun >>script; while ! [ -e go ]; do sleep 0.05; done; echo over >>script; exit 0");
        estate.start();
        estate.awaitUp(web);
        run("sv", "-w", "0", "term", web.toString());
        // before it is recorded, one that has ended meanwhile could not be told from one that was not started
        patiently().until(() -> scriptIn(web).isPresent());
        patiently().until(() -> lines(web.resolve("script")).size() == 1);
        return web;
    }

    @Test
    void case_10_control_script_that_runs_still_vetoes() throws Exception {
        Path web = vetoing();
        int first = status(web).pid();

        estate.lose();
        estate.awaitSupervised(web);
        Files.createFile(web.resolve("go"));

        patiently().until(() -> lines(web.resolve("script")).size() == 2);
        // a further command is obeyed, so the script is over: it has kept TERM back
        sv("pause", web);
        patiently().until(() -> status(web).paused());
        assertThat(status(web).pid()).isEqualTo(first);
        assertThat(status(web).gotTerm()).isFalse();
        estate.awaitUp(web);
        assertThat(lines(web.resolve("script"))).containsExactly("begun", "over");
        patiently()
                .untilAsserted(() -> assertThat(Copies.problems(List.of(web))).isEmpty());
        // else it could not be stopped
        Files.delete(web.resolve("control/t"));
    }

    /** Nobody can say whether it has vetoed: what the operator has asked for is done. */
    @Test
    void case_10_control_script_whose_end_nobody_has_seen_does_not_veto() throws Exception {
        Path web = vetoing();
        int first = status(web).pid();
        int script = scriptIn(web).orElseThrow().identity().pid();

        estate.killLauncher();
        Files.createFile(web.resolve("go"));
        // and has been waited for
        patiently().until(() -> !Files.exists(Path.of("/proc/" + script)));
        Files.delete(web.resolve("control/t"));
        estate.start();

        patiently().until(() -> status(web).pid() != first && status(web).state() == State.RUN);
        assertThat(lines(web.resolve("script"))).containsExactly("begun", "over");
        assertThat(Copies.problems(List.of(web))).isEmpty();
    }

    private static Optional<UnitRecord.Known> scriptIn(Path directory) throws IOException {
        return StateFiles.read(directory.resolve("supervise/.state"))
                .flatMap(UnitRecord::script)
                .flatMap(UnitRecord.Script::process);
    }

    @Test
    void case_10_throttle_goes_on_and_no_longer() throws Exception {
        Path web = estate.service("web", "exit 1");
        // as the records say: when its process is made, and when that gets to do something, is up to the machine
        NavigableMap<Integer, Instant> starts = new TreeMap<>();
        estate.start();
        awaitEnds(web, starts, 2);
        estate.killLauncher();
        estate.start();
        awaitEnds(web, starts, 5);

        Instant before = Instant.MIN;
        for (Instant start : starts.values()) {
            assertThat(before)
                    .as("start before that of %s, of %s", start, starts)
                    .isBeforeOrEqualTo(start.minusMillis(990));
            before = start;
        }
    }

    /** Notes when each was started that has ended, by its number; who is held up for a second misses one. */
    private static void awaitEnds(Path directory, NavigableMap<Integer, Instant> starts, int number) {
        patiently().until(() -> {
            Optional<UnitRecord.Past> past = StateFiles.read(directory.resolve("supervise/.state"))
                    .map(UnitRecord::past)
                    .filter(now -> now.started().isEmpty());
            past.flatMap(UnitRecord.Past::lastEnd)
                    .ifPresent(end ->
                            starts.putIfAbsent(past.get().restarts(), end.at().minus(end.ran())));
            return starts.size() >= number;
        });
    }

    @Test
    void case_10_between_term_and_end() throws Exception {
        Path web = estate.service(
                "web",
                "trap 'echo TERM >>seen; while ! [ -e go ]; do sleep 0.05; done; exit 0' TERM\n"
                        + "echo up >>seen; while :; do sleep 0.05; done");
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> lines(web.resolve("seen")).size() == 1);
        run("sv", "-w", "0", "down", web.toString());
        // the launcher has noted that it is sent, else the next one sends it once more
        patiently()
                .until(() ->
                        lines(web.resolve("seen")).size() == 2 && status(web).gotTerm());
        int pid = status(web).pid();

        estate.lose();
        estate.awaitSupervised(web);

        assertThat(status(web))
                .satisfies(now -> assertThat(now.gotTerm()).isTrue())
                .satisfies(now -> assertThat(now.want()).isEqualTo(Want.DOWN))
                .satisfies(now -> assertThat(now.pid()).isEqualTo(pid));
        Files.createFile(web.resolve("go"));
        patiently().until(() -> status(web).state() == State.DOWN);
        assertThat(lines(web.resolve("seen"))).containsExactly("up", "TERM");
        assertThat(Copies.of(web)).isEmpty();
    }

    @Test
    void case_10_once_is_done_once() throws Exception {
        Path web = estate.service("web", "echo up >>seen; exec sleep 100000");
        script(web.resolve("control/u"), "while ! [ -e go ]; do sleep 0.05; done");
        Files.createFile(web.resolve("down"));
        estate.start();
        estate.awaitSupervised(web);
        // the start waits for the script when the launcher dies
        run("sv", "-w", "0", "once", web.toString());
        patiently().until(() -> scriptIn(web).isPresent());

        estate.lose();
        estate.awaitSupervised(web);
        Files.createFile(web.resolve("go"));
        patiently().until(() -> status(web).state() == State.RUN);
        estate.lose();
        estate.awaitUp(web);
        patiently().until(() -> lines(web.resolve("seen")).size() == 1);
        kill("KILL", status(web).pid());
        patiently().until(() -> status(web).state() == State.DOWN);

        assertThat(status(web).want()).isEqualTo(Want.DOWN);
        assertThat(lines(web.resolve("seen"))).containsExactly("up");
    }

    @Test
    void case_10_exit_is_pending_and_the_logger_drains() throws Exception {
        Path web = estate.service("web", "echo line; exec sleep 100000");
        script(web.resolve("log/run"), "cat >>lines; while ! [ -e go ]; do sleep 0.05; done; echo over >>lines");
        Path logger = web.resolve("log");
        estate.start();
        estate.awaitUp(web, logger);
        patiently().until(() -> lines(logger.resolve("lines")).size() == 1);
        int first = status(logger).pid();
        run("sv", "-w", "0", "exit", web.toString());
        patiently().until(() -> status(web).state() == State.DOWN);

        estate.lose();
        estate.awaitSupervised(web);

        assertThat(status(web).want()).isNotEqualTo(Want.UP);
        assertThat(status(logger).pid()).isEqualTo(first);
        assertThat(Copies.of(web)).isEmpty();
        // and is supervised anew a while later
        Files.createFile(logger.resolve("go"));
        patiently().until(() -> lines(logger.resolve("lines")).contains("over"));
        patiently().until(() -> status(web).state() == State.RUN);
        patiently().until(() -> lines(logger.resolve("lines")).size() >= 3);
        assertThat(Copies.problems(List.of(web))).isEmpty();
    }

    // ---- ways of running

    @Test
    void case_12_run_that_changes_its_directory_and_session_at_once() throws Exception {
        for (int i = 0; i < 8; i++) {
            String name = "far" + i;
            Path far = estate.serviceThatGoesElsewhere(name);
            script(far.resolve("log/run"), "exec cat");
        }
        for (int round = 0; round < (LONG ? 40 : 5); round++) {
            Process launcher = estate.start();
            // with their loggers they are sixteen
            int running = 4 * round;
            await(launcher, () -> estate.marked().size() >= Math.min(running, 16));
            estate.killLauncher();
        }
        estate.start();
        estate.awaitAllUp();

        assertThat(Copies.problems(estate.all())).isEmpty();
        assertThat(estate.complaints()).isEmpty();
    }

    /** Without a logger it is known by its record alone. */
    @Test
    void case_12_and_without_a_logger() throws Exception {
        Path far = estate.serviceThatGoesElsewhere("far");
        estate.start();
        estate.awaitUp(far);
        int pid = status(far).pid();

        estate.lose();
        estate.awaitUp(far);

        assertThat(status(far).pid()).isEqualTo(pid);
        assertThat(Copies.problems(List.of(far))).isEmpty();
        sv("stop", far);
        assertThat(Copies.of(far)).isEmpty();
    }

    /**
     * The launcher dies before it knows the pid, at any moment: the shell of run has left in the environment where it
     * was.
     */
    @Test
    void case_12_and_without_a_logger_in_the_moment_of_its_start() throws Exception {
        int many = 12;
        for (int i = 0; i < many; i++) {
            String name = "far" + i;
            estate.serviceThatGoesElsewhere(name);
        }
        for (int round = 0; round < (LONG ? 60 : 6); round++) {
            Process launcher = estate.start();
            int running = 2 * round;
            await(launcher, () -> estate.marked().size() >= Math.min(running, many));
            estate.killLauncher();
            assertThat(Copies.of(estate.all()).values()).allMatch(pids -> pids.size() <= 1);
        }
        estate.start();
        estate.awaitAllUp();

        assertThat(Copies.problems(estate.all())).isEmpty();
        assertThat(estate.complaints()).isEmpty();
    }

    private static void await(Process launcher, java.util.concurrent.Callable<Boolean> until) {
        patiently().pollInterval(Duration.ofMillis(1)).until(() -> !launcher.isAlive() || until.call());
    }

    // ---- loggers

    @Test
    void case_19_logger_killed_while_nobody_looks() throws Exception {
        Path web = estate.writer("web", 0, 2000);
        Path logger = web.resolve("log");
        estate.start();
        estate.awaitUp(web, logger);
        awaitLines(logger, 2000);
        int writer = status(web).pid();
        estate.killLauncher();
        kill("KILL", status(logger).pid());
        patiently().until(() -> Copies.of(logger).isEmpty());

        estate.start();
        estate.awaitUp(web, logger);

        assertThat(status(web).pid()).isEqualTo(writer);
        estate.stop();
        assertThat(WrittenLines.problems(logger.resolve("lines"), web.resolve("notes")))
                .isEmpty();
    }

    /** Some 160 KiB are to be written, 64 of them go into the pipe, where the service then waits. */
    @Test
    void case_19_what_is_in_the_pipe_arrives() throws Exception {
        Path web = estate.service(
                "web",
                "while ! [ -e go ]; do sleep 0.02; done\n"
                        + WrittenLines.command(estate.writer(), 0, 3000, estate.directory("web")));
        Path logger = web.resolve("log");
        script(logger.resolve("run"), "exec cat >>lines");
        estate.start();
        estate.awaitUp(web, logger);
        int writer = status(web).pid();
        estate.killLauncher();
        kill("KILL", status(logger).pid());
        patiently().until(() -> Copies.of(logger).isEmpty());
        Files.createFile(web.resolve("go"));
        // it waits in a write
        patiently().until(() -> waitsInPipe(writer));

        estate.start();
        awaitLines(logger, 3000);

        assertThat(status(web).pid()).isEqualTo(writer);
        estate.stop();
        assertThat(WrittenLines.problems(logger.resolve("lines"), web.resolve("notes")))
                .isEmpty();
    }

    private static boolean waitsInPipe(int pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/wchan")).contains("pipe_w");
    }

    /** It has written all that it has read, and nothing is left. */
    private static boolean waitsForMore(int pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/wchan")).contains("pipe_r");
    }

    /** Not only has it been sent the signal. */
    private static boolean isStopped(int pid) {
        return lines(Path.of("/proc/" + pid + "/status")).contains("State:\tT (stopped)");
    }

    private static void awaitLines(Path logger, int count) {
        patiently().until(() -> lines(logger.resolve("lines")).size() >= count);
    }

    /**
     * As by a checkout of the configuration: the logger that goes on is in a directory that has another name by now.
     */
    @Test
    void case_19_directory_of_the_logger_is_made_anew_while_nobody_looks() throws Exception {
        Path web = estate.writer("web", PAUSE, NO_END);
        Path logger = web.resolve("log");
        estate.start();
        estate.awaitUp(web, logger);
        awaitLines(logger, 20);
        Map<Path, Integer> before =
                Map.of(web, status(web).pid(), logger, status(logger).pid());
        estate.killLauncher();
        Path old = Files.move(logger, web.resolve("log.old"));
        script(logger.resolve("run"), "exec cat >>lines");

        estate.start();
        estate.awaitUp(web, logger);

        assertThat(Map.of(web, status(web).pid(), logger, status(logger).pid())).isEqualTo(before);
        assertThat(Copies.of(logger)).isEmpty();
        assertThat(estate.complaints())
                .isEqualTo("runsv web: warning: log/supervise/.state does not name it: log/run is adopted, pid "
                        + before.get(logger) + ", which reads what run writes\n");
        int many = lines(old.resolve("lines")).size();
        patiently().until(() -> lines(old.resolve("lines")).size() > many + 20);
        // and the new one from its next start on; who is killed in the middle of a line has lost it
        sv("pause", web);
        patiently().until(() -> status(web).paused() && isStopped(status(web).pid()));
        patiently().until(() -> waitsForMore(status(logger).pid()));
        sv("down", logger);
        patiently().until(() -> status(logger).state() == State.DOWN);
        sv("up", logger);
        sv("cont", web);
        awaitLines(logger, 20);
        estate.stop();
        Path all = Files.createFile(estate.root().resolve("all"));
        Files.write(all, Files.readAllBytes(old.resolve("lines")));
        Files.write(all, Files.readAllBytes(logger.resolve("lines")), StandardOpenOption.APPEND);
        assertThat(WrittenLines.problems(all, web.resolve("notes"))).isEmpty();
    }

    @Test
    void case_19_service_killed_while_nobody_looks() throws Exception {
        Path web = estate.writer("web", PAUSE, 50);
        Path logger = web.resolve("log");
        estate.start();
        estate.awaitUp(web, logger);
        awaitLines(logger, 50);
        int writer = status(web).pid();
        estate.killLauncher();
        kill("KILL", writer);
        // the logger sees the end of its input
        patiently().until(() -> Copies.of(web).isEmpty() && Copies.of(logger).isEmpty());

        estate.start();
        estate.awaitUp(web, logger);
        awaitLines(logger, 100);

        assertThat(Copies.problems(List.of(web, logger))).isEmpty();
    }

    @Test
    void case_19_both_killed_while_nobody_looks() throws Exception {
        Path web = estate.writer("web", PAUSE, 50);
        Path logger = web.resolve("log");
        estate.start();
        estate.awaitUp(web, logger);
        awaitLines(logger, 50);
        estate.killLauncher();
        kill("KILL", status(web).pid());
        kill("KILL", status(logger).pid());
        patiently().until(() -> Copies.of(web).isEmpty() && Copies.of(logger).isEmpty());

        estate.start();
        estate.awaitUp(web, logger);
        awaitLines(logger, 100);

        assertThat(Copies.problems(List.of(web, logger))).isEmpty();
    }

    @Test
    void case_19_up_again_while_the_old_logger_drains_under_the_next_launcher() throws Exception {
        Path web = estate.service("web", "echo line; exec sleep 100000");
        Path logger = web.resolve("log");
        script(
                logger.resolve("run"),
                "cat >>lines; : >ended; while ! [ -e go ]; do sleep 0.05; done; echo over >>lines");
        estate.start();
        estate.awaitUp(web, logger);
        awaitLines(logger, 1);
        int first = status(logger).pid();
        run("sv", "-w", "0", "exit", web.toString());
        patiently().until(() -> status(web).state() == State.DOWN);
        // else it would go on with what the service writes next
        patiently().until(() -> Files.exists(logger.resolve("ended")));
        estate.lose();
        estate.awaitSupervised(web);

        run("sv", "-w", "0", "up", web.toString());
        patiently().until(() -> status(web).state() == State.RUN);
        Files.createFile(logger.resolve("go"));
        patiently()
                .until(() ->
                        status(logger).state() == State.RUN && status(logger).pid() != first);

        awaitLines(logger, 3);
        assertThat(lines(logger.resolve("lines"))).containsExactlyInAnyOrder("line", "over", "line");
        assertThat(Copies.problems(List.of(web))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {">&-", ">/dev/null", ">own"})
    void case_21_service_that_has_closed_or_redirected_its_output(String redirection) throws Exception {
        Path web = estate.service("web", "echo before; exec sleep 100000 " + redirection);
        Path logger = web.resolve("log");
        script(logger.resolve("run"), "exec cat >>lines");
        estate.start();
        estate.awaitUp(web, logger);
        awaitLines(logger, 1);
        int pid = status(web).pid();

        estate.lose();
        estate.awaitUp(web, logger);
        assertThat(status(web).pid()).isEqualTo(pid);
        kill("KILL", pid);
        awaitLines(logger, 2);

        assertThat(lines(logger.resolve("lines"))).containsExactly("before", "before");
        assertThat(estate.complaints()).isEmpty();
        patiently()
                .untilAsserted(
                        () -> assertThat(Copies.problems(List.of(web, logger))).isEmpty());
    }

    // ---- launchers that go in another way

    @Test
    void case_23_term_leaves_the_services_to_the_next_one() throws Exception {
        Path web = estate.writer("web", PAUSE, NO_END);
        estate.sleeper("other");
        estate.start();
        estate.awaitAllUp();
        Map<Path, Integer> before = estate.pids();
        kill("TERM", estate.launcher().pid());
        assertThat(estate.launcher().waitFor()).isZero();

        estate.start();
        estate.awaitAllUp();

        assertThat(estate.pids()).isEqualTo(before);
        assertThat(Copies.problems(estate.all())).isEmpty();
        estate.stop();
        assertThat(WrittenLines.problems(web.resolve("log/lines"), web.resolve("notes")))
                .isEmpty();
    }

    @Test
    void case_24_runsv_alone() throws Exception {
        Path web = estate.make("web", WrittenLines.command(estate.writer(), PAUSE, NO_END, estate.directory("web")));
        script(web.resolve("log/run"), "exec cat >>lines");
        List<String> runsv = Estate.program("runsv", web.toString());
        estate.start(runsv);
        estate.awaitUp(web, web.resolve("log"));
        Estate.awaitNoting(web);
        int pid = status(web).pid();
        int logger = status(web.resolve("log")).pid();

        estate.killLauncher();
        estate.start(runsv);
        estate.awaitUp(web);

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(status(web.resolve("log")).pid()).isEqualTo(logger);
        assertThat(Copies.problems(List.of(web))).isEmpty();
        kill("TERM", estate.launcher().pid());
        assertThat(estate.launcher().waitFor()).isZero();
        assertThat(WrittenLines.problems(web.resolve("log/lines"), web.resolve("notes")))
                .isEmpty();
        assertThat(estate.marked()).isEmpty();
    }
}
