package io.github.pekkosupervisor.runit.launcher;

import static io.github.pekkosupervisor.runit.launcher.RunningFile.command;
import static io.github.pekkosupervisor.runit.launcher.RunningFile.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.Scripts;
import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code pekko-supervisor run} as an operator has it: real processes, real sv, real kill -9. */
@Tag("dist")
@Execution(ExecutionMode.CONCURRENT)
class RunTest {

    /** Writes down when it begins and when it has been asked to end. */
    private static final String NOTES =
            "trap 'echo $0 ended >>notes; exit 0' TERM; echo $0 began >>notes; while :; do sleep 0.1; done";

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

    private static String notes(String id) {
        return "{ id = " + id + ", process.command = [sh, -c, \"" + NOTES + "\", " + id + "] }";
    }

    private static String sleeper(String id) {
        return "{ id = " + id + ", process.command = [sleep, 1000] }";
    }

    private void awaitNotes(String... lines) {
        patiently().untilAsserted(() -> assertThat(run.read("notes").lines()).containsExactly(lines));
    }

    // ---- start and end

    @ParameterizedTest
    @CsvSource({"TERM,0", "INT,130"})
    void a_signal_stops_all_in_reverse_order(String signal, int code) throws IOException {
        run.tree("children = [ " + notes("a") + ", { id = s, supervisor.children = [ " + notes("b") + " ] }, "
                + notes("c") + " ]");
        run.start();
        // the first line of a shell may come later than that of one that was started after it
        patiently()
                .untilAsserted(() -> assertThat(run.read("notes").lines())
                        .containsExactlyInAnyOrder("a began", "b began", "c began"));

        run.signal(signal);

        assertThat(run.exitCode()).isEqualTo(code);
        assertThat(run.read("notes").lines().skip(3)).containsExactly("c ended", "b ended", "a ended");
    }

    @Test
    void second_signal_kills_what_does_not_want_to_end() throws IOException {
        run.tree("children = [ { id = deaf, shutdown = infinite, process.command ="
                + " [sh, -c, \"trap 'echo asked >>notes' TERM; echo up >>notes; while :; do sleep 0.1; done\"] } ]");
        run.start();
        awaitNotes("up");
        run.signal("TERM");
        // two of them at once are one, whether for the system or for us
        awaitNotes("up", "asked");
        patiently().until(() -> {
            run.signalIfAlive("TERM");
            return run.said().contains("killed, since");
        });

        assertThat(run.exitCode()).isZero();
        assertThat(run.said()).contains("shop.conf: warning: killed, since the stop is to be over: /deaf");
    }

    @Test
    void stop_has_as_long_as_it_is_given() throws IOException {
        run.tree("children = [ { id = deaf, shutdown = infinite, process.command ="
                + " [sh, -c, \"trap '' TERM; echo up >>notes; while :; do sleep 0.1; done\"] } ]");
        run.start("--stop-within", "300ms");
        awaitNotes("up");

        run.signal("TERM");

        assertThat(run.exitCode()).isZero();
        assertThat(run.said()).contains("killed, since the stop is to be over: /deaf");
    }

    /** A tree, and a page of it. */
    private void treeAndPage(String children, String page) throws IOException {
        run.tree("children = [ " + children + " ]\n}\npekko-supervisor.page {\n" + page);
    }

    @Test
    void page_is_opened_and_its_address_told() throws IOException {
        treeAndPage(sleeper("web"), "commands = true");
        run.start();
        patiently().until(() -> run.said().contains("#token="));
        URI page = URI.create(run.said()
                .replaceFirst("(?s).*info: the page is at (http://127\\.0\\.0\\.1:\\d+/#token=\\S+)\n.*", "$1"));
        HttpRequest asked = HttpRequest.newBuilder(page.resolve("/tree"))
                .header("Authorization", "Bearer " + page.getFragment().substring("token=".length()))
                .build();

        patiently()
                .until(() -> HttpClient.newHttpClient()
                        .send(asked, HttpResponse.BodyHandlers.ofString())
                        .body()
                        .contains("\"path\":\"/web\""));

        run.signal("TERM");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void page_answers_prometheus_who_finds_the_token_where_it_was_said_to_be() throws IOException {
        Path token = Files.writeString(temp.resolve("page.token"), "a-token-of-this-test-0123456789\n");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r-----"));
        treeAndPage(sleeper("web"), "metrics = true, token-file = \"" + token + "\"");
        run.start();
        String told = ", with the token in " + token + "\n";
        patiently().until(() -> run.said().contains(told));
        URI page = URI.create(
                run.said().replaceFirst("(?s).*info: the page is at (http://127\\.0\\.0\\.1:\\d+/), with .*", "$1"));
        HttpRequest asked = HttpRequest.newBuilder(page.resolve("/metrics"))
                .header("Authorization", "Bearer a-token-of-this-test-0123456789")
                .build();

        patiently()
                .until(() -> HttpClient.newHttpClient()
                        .send(asked, HttpResponse.BodyHandlers.ofString())
                        .body()
                        .contains("pekko_supervisor_up{path=\"/web\"} 1.0\n"));

        run.signal("TERM");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void page_that_cannot_be_opened_is_told_and_the_tree_goes_on() throws IOException {
        treeAndPage(notes("a"), "listen = \"unix:/nowhere/page\"");
        run.start();

        awaitNotes("a began");
        patiently().until(() -> run.said().contains("warning: the page cannot be at /nowhere/page: "));
        run.signal("TERM");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void tree_that_gives_up_ends_it_with_1() throws IOException {
        run.tree("children = [ { id = broken, process.command = [sh, -c, \"exit 3\"] } ]");
        run.start();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.said()).contains("exit code 3");
    }

    @Test
    void significant_child_ends_it_with_its_code() throws IOException {
        run.tree("auto-shutdown = any-significant, children = [ " + sleeper("a")
                + ", { id = main, restart = temporary, significant = true, process.command = [sh, -c, \"exit 7\"] } ]");
        run.start();

        assertThat(run.exitCode()).isEqualTo(7);
    }

    @Test
    void start_that_fails_is_111_and_nothing_is_left() throws IOException {
        run.tree("children = [ " + sleeper("a") + ", { id = none, process.command = [/no/such/program] } ]");
        run.start();

        assertThat(run.exitCode()).isEqualTo(111);
        assertThat(run.said())
                .contains("pekko-supervisor run shop.conf: fatal: the tree could not be started: [/none]")
                .contains("/no/such/program");
        assertThat(run.alive("sleep")).isEmpty();
    }

    @Test
    void second_one_of_the_same_state_is_refused_and_the_first_goes_on() throws IOException {
        run.tree("children = [ " + sleeper("a") + " ]");
        run.start();
        String pid = run.awaitPid("a");

        String second = command(
                "env",
                "JAVA_HOME=" + BuiltDist.javaHome(),
                "sh",
                "-c",
                "cd " + temp + " && " + BuiltDist.bin() + "/pekko-supervisor run shop.conf");

        assertThat(second).contains("fatal").contains("state").endsWith("exit code 111");
        assertThat(run.pid("a")).isEqualTo(pid);
    }

    @Test
    void what_children_write_is_on_standard_error_as_they_are_asked_to() throws IOException {
        run.tree("children = [ { id = talks, process { command = [sh, -c, \"echo hello; exec sleep 1000\"],"
                + " output = log } } ]");
        run.start();

        run.awaitSaid("INFO talks - hello");
        patiently().until(() -> run.said().contains("started"));
        assertThat(run.said()).doesNotContain("SLF4J").doesNotContain("Slf4jLogger");
    }

    // ---- the file

    @Test
    void check_tells_all_mistakes_and_starts_nothing() throws IOException {
        run.tree("children = [ { id = a, process.command = [touch, made], shutdwon = 5s }, { id = a } ]");
        run.start("--check");

        assertThat(run.exitCode()).isEqualTo(111);
        assertThat(run.said())
                .startsWith("pekko-supervisor run shop.conf: fatal: ")
                .contains("shop.conf: 5: key \"shutdwon\" is not known here; did you mean \"shutdown\"?")
                .contains("a child is one of");
        assertThat(run.path("made")).doesNotExist();
        assertThat(run.path("service")).doesNotExist();
    }

    @Test
    void check_of_a_good_file_says_so() throws IOException {
        run.tree("children = [ { id = a, process.command = [touch, made] } ]");
        run.start("--check");

        assertThat(run.exitCode()).isZero();
        assertThat(run.read("stdout")).isEqualTo("shop.conf: no mistakes\n");
        assertThat(run.said()).isEmpty();
        assertThat(run.path("made")).doesNotExist();
    }

    @Test
    void include_is_from_the_file_also_when_that_is_named_without_its_directory() throws IOException {
        Files.writeString(run.path("more.conf"), "program = [sleep, 1000]\n");
        run.tree("children = [ { id = a, process.command = ${program} } ]");
        Files.writeString(run.path("shop.conf"), "include \"more.conf\"\n" + run.read("shop.conf"));
        run.start("--check");

        assertThat(run.exitCode()).as(run.said()).isZero();
    }

    @Test
    void check_tells_what_is_not_there_now_which_is_no_mistake() throws IOException {
        run.tree("children = [ { id = u, process { command = [sleep, 1000], user = no-such-user } }, { id = s,"
                + " supervisor.children = [ { id = p, process.command = [/no/such/program] } ] },"
                + " { id = d, service-directory = /no/such/web }, { id = all, services-directory = /no/such/all }, "
                + sleeper("fine") + " ]");
        run.start("--check");

        assertThat(run.exitCode()).isZero();
        assertThat(run.read("stdout")).isEqualTo("shop.conf: no mistakes\n");
        assertThat(run.said().lines().map(line -> line.replaceFirst(";.*", "")))
                .containsExactly(
                        "pekko-supervisor run shop.conf: warning: would be refused now: /u: user no-such-user: there is"
                                + " no user of this name",
                        "pekko-supervisor run shop.conf: warning: would be refused now: /s/p: the program"
                                + " /no/such/program is not there",
                        "pekko-supervisor run shop.conf: warning: would be refused now: /d: the service directory"
                                + " /no/such/web is not there",
                        "pekko-supervisor run shop.conf: warning: would be refused now: /all: the services directory"
                                + " /no/such/all is not there");
    }

    @Test
    void check_tells_of_a_file_in_the_place_of_a_directory() throws IOException {
        run.tree("children = [ { id = d, service-directory = shop.conf }, { id = all, services-directory = shop.conf },"
                + " { id = fine, service-directory = . } ]");
        run.start("--check");

        assertThat(run.exitCode()).isZero();
        assertThat(run.said().lines().map(line -> line.replaceFirst("[^ ]*/shop.conf", "FILE")))
                .containsExactly(
                        "pekko-supervisor run shop.conf: warning: would be refused now: /d: the service directory FILE"
                                + " is a file, and no directory; correct its path",
                        "pekko-supervisor run shop.conf: warning: would be refused now: /all: the services directory"
                                + " FILE is a file, and no directory; correct its path");
    }

    @Test
    void template_runs_as_it_is() throws IOException {
        String template = command(
                "env",
                "JAVA_HOME=" + BuiltDist.javaHome(),
                BuiltDist.bin().resolve("pekko-supervisor").toString(),
                "template");
        Files.writeString(
                run.path("shop.conf"),
                template + "pekko-supervisor { export.directory = \"" + run.path("service")
                        + "\", state-directory = none }\n");
        run.start();

        run.awaitPid("server");
        run.awaitPid("workers.first");
        assertThat(run.said()).contains("INFO prepare - prepared");
        run.signal("INT");
        assertThat(run.exitCode()).isEqualTo(130);
    }

    // ---- sv

    @Test
    void sv_works_on_all_that_is_in_the_file() throws IOException {
        Files.createDirectories(run.path("sv/clock"));
        Scripts.write(run.path("sv/clock/run"), "#!/bin/sh\nexec sleep 1000\n");
        run.tree("strategy = rest-for-one, children = [ { id = clock, service-directory = \"" + run.path("sv/clock")
                + "\" }, " + sleeper("a") + ", { id = s, supervisor.children = [ " + sleeper("b") + " ] } ]");
        run.start();
        String a = run.awaitPid("a");
        String b = run.awaitPid("s.b");
        run.awaitPid("clock");

        assertThat(run.sv("status", "clock", "a", "s.b"))
                .contains("run: clock: (pid ", "run: a: (pid " + a + ")", "run: s.b: (pid " + b + ")");
        assertThat(run.sv("restart", "s.b")).startsWith("ok: run: s.b: (pid ");
        assertThat(run.pid("a")).isEqualTo(a);
        patiently().until(() -> !run.pid("s.b").equals(b));
        assertThat(run.sv("stop", "a")).startsWith("ok: down: a: ");
        assertThat(run.sv("start", "a")).startsWith("ok: run: a: (pid ");
    }

    // ---- a death

    @Test
    void those_that_are_kept_live_on_and_are_adopted() throws IOException {
        Files.createDirectories(run.path("sv/clock"));
        Scripts.write(run.path("sv/clock/run"), "#!/bin/sh\nexec sleep 1000\n");
        run.tree("children = [ { id = clock, service-directory = \"" + run.path("sv/clock") + "\" }, "
                + "{ id = kept, process { command = [sleep, 1000], when-supervisor-dies = keep } }, " + sleeper("gone")
                + " ]");
        run.start();
        String clock = run.awaitPid("clock");
        String kept = run.awaitPid("kept");
        String gone = run.awaitPid("gone");

        run.signal("KILL");
        run.exitCode();
        patiently().until(() -> !run.runs(gone));
        run.start();

        patiently().until(() -> !run.pid("gone").isEmpty() && !run.pid("gone").equals(gone));
        patiently()
                .untilAsserted(() -> assertThat(run.sv("status", "clock", "kept"))
                        .contains("run: clock: (pid " + clock + ")", "run: kept: (pid " + kept + ")"));
        run.signal("TERM");
        assertThat(run.exitCode()).isZero();
        // it was nobody's child, so somebody else has to wait for it
        patiently().until(() -> !run.runs(kept));
    }

    // ---- a change

    @Test
    void hup_applies_what_has_changed_and_nothing_else() throws IOException {
        run.tree("children = [ " + sleeper("same") + ", " + sleeper("gone") + ", " + notes("other")
                + ", { id = s, supervisor.children = [ " + sleeper("x") + " ] } ]");
        run.start();
        String same = run.awaitPid("same");
        String gone = run.awaitPid("gone");
        String x = run.awaitPid("s.x");
        awaitNotes("other began");

        run.tree("children = [ " + sleeper("new") + ", " + sleeper("same") + ", "
                + notes("other").replace(", other]", ", another]")
                + ", { id = s, supervisor.children = [ " + sleeper("x") + ", " + sleeper("y") + " ] } ]");
        run.signal("HUP");

        run.awaitSaid("shop.conf: info: reloaded: stopped /gone, started /new, renewed /other, started /s/y");
        awaitNotes("other began", "other ended", "another began");
        assertThat(run.runs(gone)).isFalse();
        assertThat(run.pid("same")).isEqualTo(same);
        assertThat(run.pid("s.x")).isEqualTo(x);
        run.awaitPid("new");
        run.awaitPid("s.y");

        run.signal("HUP");
        run.awaitSaid("reloaded, nothing has changed in the tree");
    }

    @Test
    void rules_of_a_supervisor_change_without_a_restart() throws IOException {
        String crashes = "{ id = crashes, process.command = [sh, -c,"
                + " \"echo began >>notes; while [ ! -e crash ]; do sleep 0.1; done; rm crash; exit 3\"] }";
        run.tree("children = [ " + sleeper("a") + ", " + crashes + " ]");
        run.start();
        String a = run.awaitPid("a");
        awaitNotes("began");
        Files.createFile(run.path("crash"));
        awaitNotes("began", "began");

        run.tree("intensity = 0, children = [ " + sleeper("a") + ", " + crashes + " ]");
        run.signal("HUP");
        run.awaitSaid("info: reloaded: changed the rules of /");
        assertThat(run.pid("a")).isEqualTo(a);
        Files.createFile(run.path("crash"));

        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void file_that_is_wrong_changes_nothing() throws IOException {
        run.tree("children = [ " + sleeper("a") + " ]");
        run.start();
        String a = run.awaitPid("a");

        run.tree("children = [ " + sleeper("b") + ", { id = a, process.command = sleep } ]");
        run.signal("HUP");
        run.awaitSaid("shop.conf: warning: not reloaded, all goes on as before: ");
        assertThat(run.said()).contains("\"command\" must be a list");

        run.tree("children = [ " + sleeper("a") + ", " + sleeper("b") + " ]");
        run.signal("HUP");
        run.awaitPid("b");
        assertThat(run.pid("a")).isEqualTo(a);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            command = [/no/such/program]                         | the program /no/such/program is not there
            command = [sleep, 1000], user = no-such-user         | user no-such-user: there is no user of this name
            command = [sleep, 1000], directory = /no/such        | the directory to start sleep in is not there
            command = [sleep, 1000], environment-files = [/no/e] | environment-files /no/e: is not there
            """)
    void who_runs_is_not_ended_for_what_could_not_be_started(String process, String why) throws IOException {
        run.tree("children = [ " + sleeper("a") + ", { id = s, supervisor.children = [ " + sleeper("x") + " ] } ]");
        run.start();
        String a = run.awaitPid("a");
        String x = run.awaitPid("s.x");

        run.tree("children = [ " + sleeper("b") + ", " + sleeper("a")
                + ", { id = s, supervisor.children = [ { id = x, process { " + process + " } } ] } ]");
        run.signal("HUP");
        run.awaitSaid("shop.conf: warning: not reloaded, all goes on as before: what runs would not start as it is to"
                + " be: /s/x: ");
        assertThat(run.said()).contains(why);
        assertThat(run.pid("a")).isEqualTo(a);
        assertThat(run.pid("s.x")).isEqualTo(x);

        run.tree("children = [ " + sleeper("b") + ", " + sleeper("a") + ", { id = s, supervisor.children = [ "
                + sleeper("x").replace("1000", "1001") + " ] } ]");
        run.signal("HUP");
        run.awaitSaid("reloaded: started /b, renewed /s/x");
    }

    @Test
    void one_that_could_not_be_started_is_tried_again_by_the_next_hup() throws IOException {
        String late = "{ id = late, process.command = [\"" + run.path("late") + "\"] }";
        run.tree("children = [ " + sleeper("a") + " ]");
        run.start();
        run.awaitPid("a");
        run.tree("children = [ " + sleeper("a") + ", " + late + " ]");
        run.signal("HUP");
        run.awaitSaid("warning: /late could not be started: ");
        Scripts.write(run.path("late"), "#!/bin/sh\nexec sleep 1000\n");

        run.signal("HUP");

        run.awaitSaid("reloaded: started /late");
        run.awaitPid("late");
    }
}
