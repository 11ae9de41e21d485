package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.kill;
import static io.github.pekkosupervisor.runit.adoption.Estate.lines;
import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.script;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static io.github.pekkosupervisor.runit.adoption.Estate.sv;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The acceptance cases of adoption, by their numbers: who dies with the launcher, and how a service is stopped. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class DeathPolicyCasesTest extends InEstate {

    private static final int MANY = 1000;

    /** Less than this has no room for three processes each of 10,000 services. */
    private static final int ROOM_FOR_ALL = 100_000;

    // ---- who dies with the launcher

    private void die(int services, int members, Duration bound) throws Exception {
        for (int i = 0; i < services; i++) {
            conf(estate.service("s" + i, "sleep 100000 & ".repeat(members - 1) + "exec sleep 100000"), KILL);
        }
        Path kept = estate.sleeper("kept");
        estate.start();
        estate.awaitAllUp();
        patiently().atMost(Duration.ofMinutes(5)).until(() -> estate.marked().size() == services * members + 1);
        int keptPid = status(kept).pid();
        List<OneProcess> doomed = estate.marked().stream()
                .filter(pid -> pid != keptPid)
                .map(OneProcess::new)
                .toList();
        assertThat(guards()).hasSize(1);
        assertThat(doomed.get(0).read("environ")).doesNotContain("PEKKO_SUPERVISOR_START");

        estate.killLauncher();
        Instant killed = Instant.now();
        patiently().until(() -> doomed.stream().noneMatch(OneProcess::runs));
        Duration took = Duration.between(killed, Instant.now());
        System.out.println(doomed.size() + " processes of " + services + " services gone in " + took);

        assertThat(took).isLessThan(LONG ? bound : Estate.PATIENCE);
        assertThat(estate.marked()).containsExactly((long) keptPid);
        estate.start();
        patiently().untilAsserted(() -> assertThat(estate.marked()).hasSize(services * members + 1));
        estate.awaitAllUp();
        assertThat(status(kept).pid()).isEqualTo(keptPid);
        // and that is the end of those who would not be stopped with them
        estate.killLauncher();
    }

    @Test
    void case_29_group_of_three_is_gone_within_a_second_of_the_launcher() throws Exception {
        die(1, 3, Duration.ofSeconds(1));
    }

    @Test
    void case_29_groups_of_very_many() throws Exception {
        die(LONG ? MANY : 30, 3, Duration.ofSeconds(1));
    }

    @Test
    void case_29_ten_thousand() throws Exception {
        int pids = Integer.parseInt(
                Files.readString(Path.of("/proc/sys/kernel/pid_max")).trim());
        die(LONG ? 10 * MANY : 40, LONG && pids < ROOM_FOR_ALL ? 1 : 3, Duration.ofSeconds(2));
    }

    /** Whatever it does at once, and however far its start is. */
    @Test
    void case_29_whenever_the_launcher_is_killed() throws Exception {
        int each = 4;
        for (int i = 0; i < each; i++) {
            conf(estate.sleeper("here" + i), KILL);
            conf(estate.service("there" + i, "cd /\nexec sleep 100000"), KILL);
            String token = Copies.token(estate.directory("logged" + i));
            Path logged = conf(estate.service("logged" + i, "cd /\nexec env -i perl -e sleep " + token), KILL);
            script(logged.resolve("log/run"), "exec cat");
            conf(estate.service("alone" + i, "exec sleep 100000"), KILL + "\nprocess-group = none");
        }
        for (int round = 0; round < (LONG ? 60 : 6); round++) {
            Process launcher = estate.start();
            int running = 3 * round % (4 * each);
            patiently()
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> !launcher.isAlive() || estate.marked().size() >= running);

            estate.killLauncher();

            // those without a mark have a directory, and the loggers end by themselves
            patiently()
                    .untilAsserted(
                            () -> assertThat(Copies.of(estate.all()).values()).allMatch(List::isEmpty));
            patiently().untilAsserted(() -> assertThat(estate.marked()).isEmpty());
        }
    }

    @Test
    void case_29_finish_and_control_scripts_too() throws Exception {
        Path finishing = conf(estate.service("finishing", "exit 0"), KILL);
        script(finishing.resolve("finish"), "sleep 100000 & exec sleep 100000");
        Path asked = conf(estate.sleeper("asked"), KILL);
        script(asked.resolve("control/h"), "sleep 100000 & exec sleep 100000");
        estate.start();
        estate.awaitUp(asked);
        Estate.run("sv", "-w", "0", "hup", asked.toString());
        patiently().until(() -> estate.marked().size() == 5);

        estate.killLauncher();

        patiently().until(() -> estate.marked().isEmpty());
    }

    // ---- the guard

    @Test
    void case_30_guard_is_killed_and_replaced() throws Exception {
        conf(estate.service("web", "sleep 100000 & exec sleep 100000"), KILL);
        estate.start();
        estate.awaitAllUp();
        OneProcess first = awaitGuard();
        Map<Path, Integer> before = estate.pids();

        kill("KILL", first.pid());
        awaitOtherGuard(first);
        assertThat(estate.pids()).isEqualTo(before);
        patiently()
                .untilAsserted(() -> assertThat(estate.complaints())
                        .isEqualTo("runsvdir " + estate.services()
                                + ": warning: the guard of the processes was killed; it is started again\n"));
        // what starts from now on is known to the new one, as what was there
        conf(estate.make("late", "exec sleep 100000"), KILL);
        estate.link("late");
        patiently().until(() -> estate.marked().size() == 3);
        estate.killLauncher();

        patiently().until(() -> estate.marked().isEmpty());
    }

    /** The launcher dies and the guard before it: what is left is adopted, and dies with the next one. */
    @Test
    void case_30_next_launcher_has_a_guard_of_those_that_it_adopts() throws Exception {
        Path web = conf(
                estate.service(
                        "web",
                        "trap 'echo HUP >>seen' HUP\nsleep 100000 &\necho up >>seen\nwhile :; do sleep 0.05; done"),
                KILL);
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> lines(web.resolve("seen")).size() == 1);
        int pid = status(web).pid();
        OneProcess guard = awaitGuard();
        kill("STOP", estate.launcher().pid());
        patiently().until(() -> new OneProcess(estate.launcher().pid()).isStopped());
        kill("KILL", guard.pid());
        patiently().until(() -> !guard.runs());
        estate.killLauncher();
        assertThat(ProcessHandle.of(pid)).isPresent();

        // and what is said now is for the next run
        conf(web, "when-supervisor-dies = keep");
        estate.start();
        estate.awaitUp(web);
        sv("hup", web);
        patiently().until(() -> lines(web.resolve("seen")).contains("HUP"));
        assertThat(status(web).pid()).isEqualTo(pid);
        awaitGuard();
        estate.killLauncher();

        patiently().until(() -> estate.marked().isEmpty());
        estate.start();
        patiently().until(() -> estate.marked().size() >= 2);
        estate.awaitUp(web);
        int kept = status(web).pid();
        estate.lose();
        estate.awaitUp(web);
        assertThat(status(web).pid()).isEqualTo(kept);
        estate.killLauncher();
    }

    // ---- how it is stopped

    private Path ending(String run, String conf) throws IOException {
        Path web = conf(estate.service("web", run), conf);
        script(web.resolve("finish"), "echo \"$1 $2\" >>ends");
        return web;
    }

    private static void letGo(String command, Path web) {
        Estate.run("sv", "-w", "0", command, web.toString());
    }

    private static void awaitDown(Path web) {
        patiently().until(() -> status(web).state() == State.DOWN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "trap '' TERM | [\"TERM 200ms\", \"INT 50s\", KILL] | -1 2",
                "trap '' TERM INT | [\"TERM 100ms\", \"INT 100ms\", KILL] | -1 9",
                "true | [INT] | -1 2",
                "true | [\"TERM 50s\", KILL] | -1 15",
                "trap '' TERM | [\"TERM 100ms\", HUP] | -1 1"
            })
    void case_31_signals_are_sent_one_after_another(String deaf, String stop, String end) throws Exception {
        Path web = ending(deaf + "\necho up >>seen\nexec sleep 100000", "stop = " + stop);
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> lines(web.resolve("seen")).size() == 1);
        letGo("pause", web);
        patiently().until(() -> status(web).paused());

        letGo("down", web);
        awaitDown(web);

        assertThat(lines(web.resolve("ends"))).containsExactly(end);
        assertThat(Copies.of(web)).isEmpty();
    }

    private static final String DEAF = "trap '' TERM\necho up >>seen\nexec sleep 100000";

    private Path deaf(String conf) throws Exception {
        Path web = ending(DEAF, conf);
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> lines(web.resolve("seen")).size() == 1);
        return web;
    }

    @ParameterizedTest
    @ValueSource(strings = {"term", "restart", "exit"})
    void case_31_whoever_asks_it_to_end(String command) throws Exception {
        Path web = deaf("stop = [\"TERM 100ms\", KILL]");
        int pid = status(web).pid();

        letGo(command, web);

        patiently().until(() -> lines(web.resolve("ends")).equals(List.of("-1 9")));
        patiently().until(() -> status(web).state() == State.RUN && status(web).pid() != pid);
        // and when the launcher ends, which waits for it
        estate.stop();
        assertThat(estate.marked()).isEmpty();
    }

    /** Whoever is asked again and again would never come to its KILL. */
    @Test
    void case_31_stop_under_way_is_not_begun_anew() throws Exception {
        Path web = deaf("stop = [\"TERM 2s\", KILL]");

        patiently().pollInterval(Duration.ofMillis(200)).until(() -> {
            letGo("down", web);
            return status(web).state() == State.DOWN;
        });

        assertThat(lines(web.resolve("ends"))).containsExactly("-1 9");
    }

    @Test
    void case_31_next_launcher_goes_on_stopping() throws Exception {
        Path web = deaf("stop = [\"TERM 8s\", KILL]");
        letGo("down", web);
        patiently().until(() -> status(web).gotTerm());

        estate.lose();
        awaitDown(web);

        assertThat(lines(web.resolve("ends"))).isSubsetOf(toldOf("-1 9")).hasSize(1);
        assertThat(Copies.of(web)).isEmpty();
    }

    @Test
    void case_31_control_script_may_see_to_it_itself() throws Exception {
        Path web = ending("echo up >>seen\nexec sleep 100000", "stop = [KILL]");
        Path asked = script(web.resolve("control/t"), "echo asked >>seen");
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> lines(web.resolve("seen")).size() == 1);
        int pid = status(web).pid();

        letGo("term", web);
        patiently().until(() -> lines(web.resolve("seen")).size() == 2);
        letGo("interrupt", web);
        patiently().until(() -> status(web).state() == State.RUN && status(web).pid() != pid);

        assertThat(lines(web.resolve("ends"))).containsExactly("-1 2");
        // who is asked now is to end
        Files.delete(asked);
    }

    // ---- and who with it

    /** With a member of its group that hears nothing but KILL and HUP, and one that hears TERM. */
    private Path grouped(String conf) throws Exception {
        Path web = ending(
                "(trap '' TERM INT; exec sleep 100001) &\n(exec sleep 100002) &\n"
                        + "echo up >>seen\nexec sleep 100000",
                conf);
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> lines(web.resolve("seen")).size() == 1);
        patiently().until(() -> sleepers().size() == 3);
        return web;
    }

    private List<String> sleepers() {
        return estate.marked().stream()
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .flatMap(process -> process.info().arguments().stream().flatMap(Stream::of))
                .filter(word -> word.startsWith("10000"))
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "process-group = none | 100001, 100002",
                "stop = [TERM] | 100001, 100002",
                "process-group = leader | 100001",
                "process-group = leader, stop = [HUP] | ''",
                "process-group = whole, stop = [HUP] | ''"
            })
    void case_31_each_scope_is_asked_to_end(String conf, String left) throws Exception {
        Path web = grouped(conf);

        letGo("down", web);
        awaitDown(web);

        patiently()
                .untilAsserted(() -> assertThat(String.join(", ", sleepers())).isEqualTo(left));
        assertThat(estate.complaints()).isEmpty();
        killSleepers();
    }

    private void killSleepers() {
        estate.marked().forEach(pid -> kill("KILL", pid));
        patiently().until(() -> estate.marked().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"down", "kill"})
    void case_31_those_left_over_are_named_and_gone_before_it_is_over(String command) throws Exception {
        Path web = grouped("process-group = whole");
        letGo(command, web);
        if (command.equals("kill")) {
            letGo("down", web);
        }
        awaitDown(web);

        assertThat(estate.marked()).isEmpty();
        patiently()
                .untilAsserted(() -> assertThat(estate.complaints())
                        .containsPattern("runsv web: warning: run has ended, and others of its group had to be killed:"
                                + " [0-9]+ sleep 100001\n"));
    }

    private void endsWithoutLauncher(Path web) throws Exception {
        estate.awaitUp(web);
        // run, the other one, and the launcher
        patiently().until(() -> estate.marked().size() == 3);
        OneProcess run = new OneProcess(status(web).pid());
        OneProcess launcher = new OneProcess(estate.launcherBelow());
        kill("KILL", launcher.pid());
        patiently().until(() -> !launcher.runs());
        kill("KILL", run.pid());
        patiently().until(() -> !Files.exists(Path.of("/proc/" + run.pid())));
    }

    /** What has outlived run while nobody was there has to be gone before it is over. */
    @Test
    void case_31_next_launcher_ends_those_left_of_a_group() throws Exception {
        Path web = ending(
                "test ! -e again || exec sleep 100000\n: >again\ntrap '' TERM\nsleep 100001 & exec sleep 100000",
                "process-group = whole");
        estate.startBelow(PROMPTLY);
        endsWithoutLauncher(web);
        List<Long> left = estate.marked();
        assertThat(left).hasSize(1);

        estate.start();

        patiently().until(() -> !new OneProcess(left.get(0)).runs());
        patiently().until(() -> lines(web.resolve("ends")).size() == 1);
        estate.awaitUp(web);
        patiently()
                .untilAsserted(() -> assertThat(estate.complaints())
                        .containsPattern("others of its group had to be killed: " + left.get(0) + " sleep 100001\n"));
    }

    /** Its number may be that of another one by now. */
    @Test
    void case_31_next_launcher_names_those_who_may_be_left_of_a_group() throws Exception {
        Path web = ending(
                "test ! -e again || exec sleep 100000\n: >again\n"
                        + "(cd /; exec sleep 100001 >/dev/null 2>&1) &\nexec sleep 100000",
                "process-group = whole");
        estate.startBelow(PROMPTLY);
        endsWithoutLauncher(web);
        List<Long> left = estate.marked();
        assertThat(left).hasSize(1);

        estate.start();

        estate.awaitUp(web);
        assertThat(new OneProcess(left.get(0)).runs()).isTrue();
        assertThat(estate.complaints())
                .containsPattern("runsv web: warning: run, process [0-9]+, has ended while no supervisor was there, and"
                        + " others may have been left of its group: " + left.get(0) + " sleep 100001; they are left"
                        + " alone");
        kill("KILL", left.get(0));
    }

    // ---- the launcher ends with it

    @ParameterizedTest
    @CsvSource({"exit 0,0", "exit 3,3", "kill -9 $$,137", "kill -TERM $$,143"})
    void end_of_an_essential_one_is_the_launchers(String end, int code) throws Exception {
        Path web = ending("until [ -e go ]; do sleep 0.05; done\n" + end, "essential = true");
        Path other = estate.sleeper("other");
        estate.start();
        estate.awaitUp(web, other);

        Files.createFile(web.resolve("go"));

        assertThat(estate.launcher().waitFor()).isEqualTo(code);
        assertThat(lines(web.resolve("ends"))).hasSize(1);
        assertThat(estate.marked()).isEmpty();
        assertThat(estate.complaints())
                .contains("runsv web: warning: run is essential and has ended")
                .contains("the exit code will be " + code);
    }

    @Test
    void essential_one_may_be_stopped_and_started_by_command() throws Exception {
        Path web = ending("exec sleep 100000", "essential = true");
        estate.start();
        estate.awaitUp(web);
        for (String command : List.of("term", "interrupt", "kill")) {
            int pid = status(web).pid();
            letGo(command, web);
            patiently()
                    .until(() -> status(web).state() == State.RUN && status(web).pid() != pid);
        }
        letGo("down", web);
        awaitDown(web);

        assertThat(estate.launcher().isAlive()).isTrue();
        assertThat(estate.complaints()).isEmpty();
    }

    /** Whoever was asked before is gone, and the next launcher knows of it all the same. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"term | exit 3", "interrupt | trap - INT; kill -INT $$"})
    void essential_one_was_asked_to_end_before_another_launcher_came(String command, String end) throws Exception {
        assumeTrue(command.equals("term") || knowsEnds(), "an end by the signal would not be known as that");
        Path web = conf(
                estate.service(
                        "web",
                        "test ! -e ran || exec sleep 100000\n"
                                + "trap 'echo 1 >interrupted' INT; trap 'echo 1 >hung-up' HUP; echo 1 >ran\n"
                                + "until [ -e go ]; do sleep 0.05; done\n" + end),
                "essential = true");
        script(web.resolve("control/t"), "test ! -e go");
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> !lines(web.resolve("ran")).isEmpty());
        letGo(command, web);
        if (command.equals("term")) {
            // which is obeyed when control/t has ended
            letGo("hup", web);
        }
        patiently().until(() -> Files.exists(web.resolve("interrupted")) || Files.exists(web.resolve("hung-up")));
        int pid = status(web).pid();
        estate.lose();
        estate.awaitUp(web);
        assertThat(status(web).pid()).isEqualTo(pid);

        Files.createFile(web.resolve("go"));

        patiently().until(() -> status(web).state() == State.RUN && status(web).pid() != pid);
        assertThat(estate.launcher().isAlive()).isTrue();
    }

    @Test
    void essential_one_by_itself() throws Exception {
        Path web = conf(estate.make("web", "until [ -e go ]; do sleep 0.05; done; exit 7"), "essential = true");
        estate.start(Estate.program("runsv", web.toString()));
        estate.awaitUp(web);

        Files.createFile(web.resolve("go"));

        assertThat(estate.launcher().waitFor()).isEqualTo(7);
    }

    // ---- who may say so

    @Test
    void what_somebody_else_may_have_said_is_not_used() throws Exception {
        Path web = conf(estate.sleeper("web"), KILL + "\nstop = [KILL]");
        Estate.run("chmod", "o+w", web.resolve("service.conf").toString());
        estate.start();
        estate.awaitUp(web);

        assertThat(estate.complaints())
                .contains("service.conf: stop is not used: ")
                .contains("service.conf: when-supervisor-dies is not used: ");
        int pid = status(web).pid();
        estate.lose();
        estate.awaitUp(web);
        assertThat(status(web).pid()).isEqualTo(pid);
    }
}
