package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.kill;
import static io.github.pekkosupervisor.runit.adoption.Estate.lines;
import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.script;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The acceptance cases of adoption, by their numbers: process 1 and containers. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ContainerCasesTest extends InContainer {

    /** Nobody is in a hurry: a quarter of it is longer than anything takes. */
    private static final String LONG_TIME = "--stop-within=1000s";

    private static final String SLEEP = "exec sleep 100000";

    private Way way = Way.PROCESS_1;

    /** How a launcher comes to do what process 1 does. */
    enum Way {
        PROCESS_1,
        INIT
    }

    private void start(Way chosen, String... options) throws IOException {
        way = chosen;
        if (chosen == Way.PROCESS_1) {
            estate.startedBy(namespaces("--mount-proc").toArray(String[]::new));
        } else {
            estate.with("--init");
        }
        estate.with(options);
        estate.start();
    }

    private void startAll(Way chosen, String... options) throws IOException {
        start(chosen, options);
        estate.awaitAllUp();
    }

    /** What a shell that was killed had started ends a moment later. */
    private void nothingIsLeft() {
        patiently().untilAsserted(() -> assertThat(estate.marked()).isEmpty());
    }

    private long launcher() {
        return way == Way.PROCESS_1 ? first() : estate.launcher().pid();
    }

    private void tell(String signal) {
        kill(signal, launcher());
    }

    /** A second one at once would be the same one. */
    private void tellUntilItEnds(String signal) {
        long told = launcher();
        patiently().until(() -> {
            Estate.run("kill", "-" + signal, Long.toString(told));
            return !estate.launcher().isAlive();
        });
    }

    // ---- orphans

    @ParameterizedTest
    @EnumSource(Way.class)
    void case_32_orphans_come_to_it_and_are_waited_for(Way chosen) throws Exception {
        service("a", "sh -c 'sleep 100001 & exit 0'\n" + SLEEP);
        startAll(chosen);
        patiently()
                .untilAsserted(() -> assertThat(children(launcher()))
                        .anyMatch(pid -> lines(Path.of("/proc/" + pid + "/cmdline")).stream()
                                .anyMatch(words -> words.contains("100001"))));
        long orphan = children(launcher()).stream()
                .filter(pid -> lines(Path.of("/proc/" + pid + "/cmdline")).stream()
                        .anyMatch(words -> words.contains("100001")))
                .findFirst()
                .orElseThrow();

        kill("KILL", orphan);

        patiently().until(() -> !children(launcher()).contains(orphan));
        assertThat(estate.complaints()).isEmpty();
        tell("TERM");
        assertThat(exitCode()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void case_32_nobodys_exit_code_is_taken_by_waiting_for_orphans(Way chosen) throws Exception {
        service("orphans", "while :; do sh -c 'sleep 0.01 & exit 0'; sleep 0.02; done");
        service("seven", "exec sh -c 'exit 7'");
        service("nine", "sleep 0.1\nkill -9 $$");
        start(chosen);

        patiently()
                .until(() -> ends().stream().filter("seven 7 0"::equals).count() >= 5
                        && ends().stream().filter("nine -1 9"::equals).count() >= 3);

        assertThat(ends()).containsOnly("seven 7 0", "nine -1 9");
        patiently().until(() -> zombies(launcher()).isEmpty());
        tell("TERM");
        assertThat(exitCode()).isZero();
    }

    // ---- the stop

    @ParameterizedTest
    @CsvSource({"PROCESS_1,TERM", "PROCESS_1,INT", "INIT,TERM", "INIT,INT"})
    void case_32_all_are_stopped_in_reverse_order_and_each_logger_after_its_service(Way chosen, String signal)
            throws Exception {
        for (String name : List.of("c", "a", "b", "d")) {
            service(name, SLEEP);
        }
        script(
                estate.directory("b").resolve("log/run"),
                "while read -r line; do :; done\necho log of b >>../../../ends");
        startAll(chosen, LONG_TIME);

        tell(signal);

        assertThat(exitCode()).isZero();
        assertThat(ends()).containsExactly("d -1 15", "c -1 15", "b -1 15", "log of b", "a -1 15");
        nothingIsLeft();
        assertThat(estate.complaints()).isEmpty();
    }

    @Test
    void case_32_each_is_stopped_in_its_own_way() throws Exception {
        Path conf = ending("a", "INT", "exit 3");
        Files.writeString(conf.resolve("service.conf"), "stop = [\"INT 100s\", KILL]\n");
        Path control = service("b", "until [ -e go ]; do sleep 0.05; done\nexit 4");
        script(control.resolve("control/t"), ": >go");
        startAll(Way.INIT, LONG_TIME);
        awaitReady("a");

        tell("TERM");

        assertThat(exitCode()).isZero();
        assertThat(ends()).containsExactly("b 4 0", "a 3 0");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void case_32_one_that_ignores_term_is_killed_in_time_and_named(Way chosen) throws Exception {
        deaf("a");
        service("b", SLEEP);
        startAll(chosen, "--stop-within", "3s");
        awaitReady("a");

        tell("TERM");

        assertThat(exitCode()).isZero();
        // finish of one that is killed has a second
        assertThat(estate.complaints())
                .hasLineCount(1)
                .containsPattern(
                        "^runsvdir .*: warning: not over 3.* after all was told to stop, and killed: a(, b)?\n$");
        nothingIsLeft();
    }

    @ParameterizedTest
    @CsvSource({"PROCESS_1,TERM,TERM", "PROCESS_1,TERM,INT", "INIT,INT,TERM"})
    void case_32_second_signal_hurries(Way chosen, String signal, String again) throws Exception {
        service("a", SLEEP);
        deaf("b");
        service("c", SLEEP);
        startAll(chosen, LONG_TIME);
        awaitReady("b");
        tell(signal);
        patiently().until(() -> ends().contains("c -1 15"));
        assertThat(ends()).containsExactly("c -1 15");

        tellUntilItEnds(again);

        assertThat(exitCode()).isZero();
        assertThat(estate.complaints()).containsPattern("killed: (a, )?b\n$");
        nothingIsLeft();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void case_32_exit_code_is_that_of_the_essential_one(Way chosen) throws Exception {
        service("a", SLEEP);
        Path main = essential("m", 3);
        service("z", SLEEP);
        startAll(chosen, LONG_TIME);

        Files.createFile(main.resolve("go"));

        assertThat(exitCode()).isEqualTo(3);
        assertThat(ends()).hasSize(3).containsSubsequence("z -1 15", "a -1 15").contains("m 3 0");
        nothingIsLeft();
    }

    @Test
    void case_32_essential_one_that_ends_by_itself_while_others_are_stopped_has_its_say_too() throws Exception {
        Path main = essential("a", 5);
        deaf("z");
        startAll(Way.INIT, LONG_TIME);
        awaitReady("z");
        tell("TERM");
        patiently().until(() -> status(estate.directory("z")).gotTerm());

        Files.createFile(main.resolve("go"));
        patiently().until(() -> ends().contains("a 5 0"));
        tellUntilItEnds("TERM");

        assertThat(exitCode()).isEqualTo(5);
    }

    @Test
    void case_32_essential_one_that_is_stopped_with_the_rest_has_none() throws Exception {
        essential("a", 5);
        startAll(Way.PROCESS_1, LONG_TIME);

        tell("TERM");

        assertThat(exitCode()).isZero();
    }

    private Path essential(String name, int code) throws IOException {
        Path directory = service(name, "until [ -e go ]; do sleep 0.05; done\nexit " + code);
        Files.writeString(directory.resolve("service.conf"), "essential = true\n");
        return directory;
    }

    @Test
    void case_32_hup_stops_all_at_once() throws Exception {
        deaf("z");
        service("a", SLEEP);
        startAll(Way.PROCESS_1, LONG_TIME);
        awaitReady("z");

        tell("HUP");

        patiently().until(() -> ends().contains("a -1 15"));
        // nothing is to be seen of the first, and two that come at the same time are one
        long launcher = launcher();
        patiently().pollInterval(Duration.ofSeconds(1)).until(() -> {
            kill("TERM", launcher);
            return estate.launcher().waitFor(1, TimeUnit.SECONDS);
        });
        assertThat(exitCode()).isEqualTo(111);
    }

    // ---- elsewhere

    @ParameterizedTest
    @CsvSource({"TERM,0", "INT,130"})
    void elsewhere_all_are_stopped_at_once_and_killed_if_a_time_is_set(String signal, int code) throws Exception {
        service("a", SLEEP);
        deaf("z");
        estate.with("--stop-on-term", "--stop-within=4s").start();
        estate.awaitAllUp();
        awaitReady("z");
        Instant told = Instant.now();

        kill(signal, estate.launcher().pid());

        assertThat(exitCode()).isEqualTo(code);
        assertThat(Duration.between(told, Instant.now())).isGreaterThan(Duration.ofSeconds(4));
        assertThat(estate.complaints()).containsPattern("and killed: (a, )?z\n$");
    }

    @Test
    void elsewhere_no_time_is_set_and_nobody_is_hurried() throws Exception {
        deaf("z");
        estate.with("--stop-on-term").start();
        estate.awaitAllUp();
        awaitReady("z");

        kill("TERM", estate.launcher().pid());
        patiently().until(() -> status(estate.directory("z")).gotTerm());
        kill("TERM", estate.launcher().pid());

        // a hurry would have killed it after a second, long before that
        patiently().until(() -> estate.complaints().contains("not over 10 seconds after"));
        assertThat(ends()).isEmpty();
        kill("KILL", status(estate.directory("z")).pid());
        assertThat(exitCode()).isZero();
    }

    // ---- the way of an engine

    /** TERM, and KILL for all after ten seconds: the time that a launcher sets itself is shorter. */
    @ParameterizedTest
    @EnumSource(Way.class)
    void case_34_nothing_of_what_stops_in_time_is_killed(Way chosen) throws Exception {
        for (String name : List.of("a", "b", "c")) {
            ending(name, "TERM", "sleep 0.3; echo " + name + " in order >>../../said; exit 0");
        }
        deaf("d");
        // not so long that one that is held up for some seconds has no time left
        startAll(chosen, LONG ? "--stop-within=8s" : "--stop-within=16s");
        awaitReady("a", "b", "c", "d");
        Instant told = Instant.now();

        tell("TERM");
        int code = exitCode();
        Duration took = Duration.between(told, Instant.now());
        System.out.println("stopped in " + took + " with one that is deaf");

        assertThat(code).isZero();
        assertThat(lines(estate.root().resolve("said")))
                .containsExactlyInAnyOrder("a in order", "b in order", "c in order");
        assertThat(ends()).contains("a 0 0", "b 0 0", "c 0 0");
        assertThat(estate.complaints()).endsWith("killed: d\n");
        assertThat(took).isLessThan(LONG ? Duration.ofSeconds(10) : Estate.PATIENCE);
        nothingIsLeft();
    }
}
