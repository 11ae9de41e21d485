package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.AdoptionOfHiddenProcessesTest.isNobodys;
import static io.github.pekkosupervisor.runit.adoption.AdoptionOfRecordsTest.change;
import static io.github.pekkosupervisor.runit.adoption.AdoptionOfRecordsTest.starting;
import static io.github.pekkosupervisor.runit.adoption.Estate.kill;
import static io.github.pekkosupervisor.runit.adoption.Estate.lines;
import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.script;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static io.github.pekkosupervisor.runit.adoption.Estate.sv;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.posix.Orphans;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Intent;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts of which nobody knows what came of them, and processes that look as if they had come of them. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AdoptionOfCutStartsTest extends InEstate {

    private static final int MINUTE = 6000;

    private final List<ProcessIdentity> strangers = new ArrayList<>();

    @AfterEach
    void endStrangers() {
        strangers.stream().filter(ProcessIdentity::exists).forEach(who -> kill("KILL", who.pid()));
    }

    /** A start of {@code run} that was about to take place so many ticks ago, and of which there is nobody. */
    private Path cutStart(String name, int ago) throws Exception {
        Path web = estate.sleeper(name);
        estate.start();
        estate.awaitUp(web);
        estate.killLauncher();
        kill("KILL", status(web).pid());
        patiently().until(() -> Copies.of(web).isEmpty());
        change(web, record -> starting(record, run(Orphans.currentTick() - ago)));
        return web;
    }

    private static Intent run(long tick) {
        return new Intent(Program.RUN, tick, OwnProcess.group(), OwnProcess.session());
    }

    /**
     * A process without a parent, in a session of its own.
     *
     * @param cwd where it is
     * @param words before it: what sets its environment and its output
     */
    private int stranger(Path cwd, String words) {
        Path number = estate.root().resolve("stranger");
        Estate.run(
                "sh",
                "-c",
                "cd " + cwd + "; exec env " + words + " setsid -f perl -e"
                        + " 'open(my $f, \">>\", \"" + number + "\"); print $f \"$$\\n\"; close $f; sleep 300000'"
                        + " >/dev/null 2>&1");
        patiently().until(() -> lines(number).size() == 1);
        int pid = Integer.parseInt(lines(number).get(0));
        // another process may have got its number before it is ended
        strangers.add(ProcessIdentity.ofRunning(pid).orElseThrow());
        return pid;
    }

    private static String unsure(String name, String program, int pid) {
        return "runsv " + name + ": warning: " + program + " was being started when its supervisor died, and process "
                + pid + " may be it, or is another's; nothing is started while it runs: end it, or make an empty"
                + " supervise/status if it is not";
    }

    /**
     * As {@code sv} is for a moment in each service directory: one after the other of them, each of whom has the parent
     * of the launcher for its own.
     */
    @Test
    void case_12_who_comes_by_is_not_what_was_being_started() throws Exception {
        Path far = estate.serviceThatGoesElsewhere("far");
        estate.start();
        estate.awaitUp(far);
        int pid = status(far).pid();
        patiently()
                .until(() -> Files.isSameFile(Path.of("/"), Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd"))));
        long start = startOf(pid);
        estate.killLauncher();
        change(far, record -> starting(record, run(start - 1)));
        estate.start();

        patiently().until(() -> {
            new ProcessBuilder("sleep", "0.2").directory(far.toFile()).start().waitFor();
            return sv("status", far).get(0).startsWith("run: ");
        });

        assertThat(status(far).pid()).isEqualTo(pid);
        assertThat(Copies.problems(List.of(far))).isEmpty();
        assertThat(estate.complaints()).isEmpty();
    }

    /** Both are in the session of the launcher, and no more can be seen of either. */
    @Test
    void case_13_of_two_starts_and_one_process_that_cannot_be_seen_neither_is_taken_up() throws Exception {
        needsRoot();
        String asNobody = "exec setpriv --reuid=" + NOBODY + " --regid=" + NOBODY + " --clear-groups -- sleep 100000";
        Path one = estate.service("one", asNobody);
        Path two = estate.service("two", asNobody);
        launchWith(Rights.ROOTS_WITHOUT_TRACING);
        estate.start();
        estate.awaitAllUp();
        patiently()
                .until(() ->
                        isNobodys(status(one).pid()) && isNobodys(status(two).pid()));
        int pid = status(one).pid();
        long tick = Math.min(startOf(pid), startOf(status(two).pid()));
        int session = (int) estate.launcher().pid();
        estate.killLauncher();
        kill("KILL", status(two).pid());
        for (Path service : List.of(one, two)) {
            change(service, record -> starting(record, new Intent(Program.RUN, tick - 1, session, session)));
        }

        estate.start();
        patiently().until(() -> estate.complaints().lines().count() == 2);

        assertThat(estate.complaints().lines())
                .containsExactlyInAnyOrder(unsure("one", "run", pid), unsure("two", "run", pid));
        Estate.run("sv", "-w", "1", "down", one.toString(), two.toString());
        assertThat(Copies.of(estate.all())).isEqualTo(Map.of(one, List.of((long) pid), two, List.of()));
        kill("KILL", pid);
        estate.awaitAllUp();
        assertThat(Copies.problems(estate.all())).isEmpty();
    }

    /**
     * The one is known by its record, though that does not say when it was started, as of one that {@code /proc} hid:
     * it is not what came of the start of the other.
     */
    @Test
    void case_13_who_was_recorded_without_the_time_of_his_start_is_nobody_elses() throws Exception {
        needsRoot();
        String asNobody = "exec setpriv --reuid=" + NOBODY + " --regid=" + NOBODY + " --clear-groups -- sleep 100000";
        Path one = estate.service("one", asNobody);
        Path two = estate.service("two", asNobody);
        launchWith(Rights.ROOTS_WITHOUT_TRACING);
        estate.start();
        estate.awaitAllUp();
        patiently()
                .until(() ->
                        isNobodys(status(one).pid()) && isNobodys(status(two).pid()));
        int pid = status(one).pid();
        int other = status(two).pid();
        long tick = Math.min(startOf(pid), startOf(other));
        int session = (int) estate.launcher().pid();
        estate.killLauncher();
        kill("KILL", other);
        change(one, AdoptionOfCutStartsTest::withoutStart);
        change(two, record -> starting(record, new Intent(Program.RUN, tick - 1, session, session)));

        estate.start();
        estate.awaitAllUp();

        assertThat(status(one).pid()).isEqualTo(pid);
        assertThat(Copies.problems(estate.all())).isEmpty();
        assertThat(estate.complaints()).isEmpty();
    }

    private static UnitRecord withoutStart(UnitRecord record) {
        Known run = record.process().orElseThrow();
        assumeTrue(run.pidfdInode() != 0, "this kernel does not number pidfds");
        ProcessIdentity who =
                new ProcessIdentity(run.identity().pid(), 0, run.identity().bootId());
        return new UnitRecord(
                record.supervisor(),
                record.status(),
                record.pending(),
                Optional.of(new Known(who, run.pidfdInode(), run.leadsGroup())),
                record.start(),
                record.script(),
                record.past(),
                record.pipe());
    }

    private static long startOf(int pid) {
        return ProcessIdentity.ofRunning(pid).orElseThrow().startTicks();
    }

    /**
     * The manager of a user's services takes what the launcher leaves behind, and the next one is started elsewhere.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void case_13_who_was_taken_over_by_somebody_else_is_named_and_nothing_is_started(boolean isLogged)
            throws Exception {
        Path web = estate.sleeper("web");
        if (isLogged) {
            script(web.resolve("log/run"), "exec cat");
        }
        estate.startBelow(PROMPTLY);
        estate.awaitUp(web);
        int pid = status(web).pid();
        long launcher = estate.launcherBelow();
        kill("KILL", launcher);
        patiently().until(() -> !Files.exists(Path.of("/proc/" + launcher)));
        change(web, record -> starting(record, run(startOf(pid) - 1)));

        estate.start();
        patiently().untilAsserted(() -> assertThat(estate.complaints()).contains("may be it"));

        assertThat(estate.complaints()).startsWith(unsure("web", "run", pid));
        assertThat(Copies.of(web)).containsExactly((long) pid);
        kill("KILL", pid);
        estate.awaitUp(web);
        assertThat(Copies.problems(List.of(web))).isEmpty();
    }

    /** An operator's terminal. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void case_13_who_came_to_the_directory_a_minute_later_is_named_and_nothing_is_started(boolean isDenied)
            throws Exception {
        Path web = cutStart("web", MINUTE + 100);
        int pid = stranger(web, "");

        estate.start();
        patiently().untilAsserted(() -> assertThat(estate.complaints()).contains("may be it"));

        assertThat(estate.complaints().lines()).containsExactly(unsure("web", "run", pid));
        assertThat(status(web).pid()).isNotEqualTo(pid);
        if (isDenied) {
            // as it says
            Files.write(web.resolve("supervise/status"), new byte[0]);
        } else {
            kill("KILL", pid);
        }
        estate.awaitUp(web);
        assertThat(status(web).pid()).isNotEqualTo(pid);
        sv("restart", web);
        sv("stop", web);
        assertThat(Files.exists(Path.of("/proc/" + pid)) || !isDenied)
                .as("it has been left alone")
                .isTrue();
    }

    /** A daemon that an operator has started who had been there before. */
    @Test
    void case_13_who_was_there_by_its_environment_a_minute_later_is_nobody() throws Exception {
        Path web = cutStart("web", MINUTE + 100);
        int pid = stranger(Path.of("/"), "PWD=/ OLDPWD=" + web);

        estate.start();
        estate.awaitUp(web);

        assertThat(status(web).pid()).isNotEqualTo(pid);
        assertThat(estate.complaints()).isEmpty();
        sv("stop", web);
        assertThat(Files.exists(Path.of("/proc/" + pid)))
                .as("it has been left alone")
                .isTrue();
    }

    @Test
    void case_13_who_came_a_minute_later_is_not_taken_for_it_beside_the_right_one() throws Exception {
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        estate.killLauncher();
        long intended = startOf(pid) - MINUTE + 1;
        patiently().until(() -> Orphans.currentTick() > intended + MINUTE);
        change(web, record -> starting(record, run(intended)));
        int later = stranger(web, "");

        estate.start();
        estate.awaitUp(web);

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(estate.complaints()).isEmpty();
        sv("stop", web);
        assertThat(Copies.of(web)).containsExactly((long) later);
    }

    /** What its environment says it may have from its launcher, or from the shell of who has started that. */
    @ParameterizedTest
    @CsvSource({
        "no launcher has the same, /,   /,   adopted",
        "the launcher has it too,  /,   /,   named",
        "no launcher has the same, /,   db,  started",
        "no launcher has the same, db,  /,   started",
        "the launcher has it too,  db,  db,  started"
    })
    void case_13_who_was_there_by_its_environment_is_not_taken_for_it_where_another_may_be_meant(
            String launcher, String cwd, String pwd, String expected) throws Exception {
        Path db = estate.make("db", "exec sleep 100000");
        Files.createDirectories(db.resolve("supervise"));
        Files.createFile(db.resolve("supervise/lock"));
        Path web = cutStart("web", 0);
        int pid =
                stranger(cwd.equals("/") ? Path.of("/") : db, "OLDPWD=" + web + " PWD=" + (pwd.equals("/") ? "/" : db));
        if (launcher.equals("the launcher has it too")) {
            estate.startedBy("env", "OLDPWD=" + web);
        }

        estate.start();
        if (expected.equals("named")) {
            patiently().untilAsserted(() -> assertThat(estate.complaints()).contains("may be it"));
            assertThat(estate.complaints().lines()).containsExactly(unsure("web", "run", pid));
            kill("KILL", pid);
        }
        estate.awaitUp(web);

        assertThat(status(web).pid() == pid).isEqualTo(expected.equals("adopted"));
        assertThat(estate.complaints().isEmpty()).isEqualTo(!expected.equals("named"));
    }

    /**
     * With a container all that is in it ends, and the id of the boot stays the same. What the next one starts before
     * the launcher happens to be where the service is.
     */
    @Test
    void case_15_start_that_was_cut_with_its_container_is_nobodys() throws Exception {
        needsRoot();
        List<String> container = List.of("unshare", "--pid", "--fork", "--kill-child", "--mount-proc");
        assumeTrue(
                Estate.run(Stream.concat(container.stream(), Stream.of("true")).toArray(String[]::new))
                        .isEmpty(),
                "namespaces cannot be made here");
        Path web = estate.sleeper("web");
        Path helper = estate.root().resolve("helper");
        startedIn(container, "exec \"$@\"");
        estate.start();
        estate.awaitUp(web);
        estate.killLauncher();
        patiently().until(() -> estate.marked().isEmpty());
        change(web, record -> starting(record, run(Orphans.currentTick())));

        startedIn(container, "cd " + web + "; sleep 300000 & echo $! >" + helper + "; cd /; exec \"$@\"");
        estate.start();
        estate.awaitUp(web);

        assertThat(lines(helper)).doesNotContain(String.valueOf(status(web).pid()));
        assertThat(estate.complaints()).isEmpty();
        estate.killLauncher();
        patiently().until(() -> estate.marked().isEmpty());
    }

    private void startedIn(List<String> container, String commands) {
        estate.startedBy(Stream.concat(container.stream(), Stream.of("sh", "-c", commands, "sh"))
                .toArray(String[]::new));
    }

    /** It is known by what it reads. */
    @Test
    void case_12_logger_that_has_left_its_directory_and_its_outputs_is_not_started_twice() throws Exception {
        Path web = estate.writer("web", 0.01, 1_000_000);
        Path logger = web.resolve("log");
        script(logger.resolve("run"), "exec >>lines 2>/dev/null; cd /; exec cat");
        estate.start();
        estate.awaitUp(web, logger);
        patiently().until(() -> lines(logger.resolve("lines")).size() > 20);
        int pid = status(logger).pid();
        estate.killLauncher();
        change(web, "log/", record -> starting(record, run(startOf(pid) - 1)));

        estate.start();
        estate.awaitUp(web, logger);

        assertThat(status(logger).pid()).isEqualTo(pid);
        assertThat(estate.complaints()).isEmpty();
        estate.stop();
        assertThat(WrittenLines.problems(logger.resolve("lines"), web.resolve("notes")))
                .isEmpty();
    }

    /** A start of {@code control/t} that was about to take place so many ticks ago, of a service that runs. */
    private Path cutScript(String script, int ago) throws Exception {
        Path web = estate.sleeper("web");
        script(web.resolve("log/run"), "exec cat");
        script(web.resolve("control/t"), script);
        estate.start();
        estate.awaitUp(web, web.resolve("log"));
        estate.killLauncher();
        Intent intent =
                new Intent(Program.SCRIPT, Orphans.currentTick() - ago, OwnProcess.group(), OwnProcess.session());
        change(
                web,
                record -> new UnitRecord(
                        record.supervisor(),
                        record.status(),
                        record.pending(),
                        record.process(),
                        record.start(),
                        Optional.of(new UnitRecord.Script('t', Optional.empty(), Optional.of(intent))),
                        record.past(),
                        record.pipe()));
        return web;
    }

    /**
     * A daemon that the service has started writes to the logger too, and is where the service is. That it is not the
     * script loses nothing of the service.
     */
    @ParameterizedTest
    @CsvSource({"6100, end", "6100, deny", "0, end", "0, deny", "0, stop"})
    void case_10_who_has_the_output_of_a_control_script_and_not_its_name_is_named(int ago, String wayOut)
            throws Exception {
        Path web = cutScript("echo ran >>script; exit 0", ago);
        Path log = web.resolve("log");
        int pid = status(web).pid();
        int its = status(log).pid();
        Files.delete(estate.runs());
        int daemon = stranger(Path.of("/"), "sh -c 'exec \"$@\" >" + web.resolve("supervise/.log") + "' sh");

        estate.start();
        patiently().untilAsserted(() -> assertThat(estate.complaints()).contains("may be it"));

        String goesOn = "run (pid " + pid + ") and log/run (pid " + its + ") go on and are not supervised";
        assertThat(estate.complaints().lines())
                .containsExactly(unsure("web", "control/t", daemon) + "; meanwhile " + goesOn);
        assertThat(Copies.of(web)).containsExactly((long) pid);
        if (wayOut.equals("stop")) {
            estate.stop();
            assertThat(estate.complaints().lines())
                    .last()
                    .isEqualTo(
                            "runsv web: warning: it was asked to end while nothing could be taken up here, so nothing"
                                    + " is ended: " + goesOn);
            assertThat(Copies.of(web)).containsExactly((long) pid);
            kill("KILL", pid);
            kill("KILL", its);
            return;
        }
        if (wayOut.equals("deny")) {
            // as it says
            Files.write(web.resolve("supervise/status"), new byte[0]);
        } else {
            kill("KILL", daemon);
        }
        patiently().until(() -> lines(web.resolve("script")).size() == 1);
        estate.awaitUp(web);
        assertThat(status(web).pid()).isEqualTo(pid);
        // else it could not be stopped
        Files.delete(web.resolve("control/t"));
    }

    @Test
    void case_10_who_has_the_name_of_a_control_script_is_taken_for_it_beside_a_daemon() throws Exception {
        Path web = cutScript("echo ran >>script; while ! [ -e go ]; do sleep 0.05; done; exit 0", 0);
        int daemon = stranger(Path.of("/"), "sh -c 'exec \"$@\" >" + web.resolve("supervise/.log") + "' sh");
        Estate.run("sh", "-c", "cd " + web + "; " + estate.mark() + " setsid -f control/t >supervise/.log 2>/dev/null");
        patiently().until(() -> lines(web.resolve("script")).size() == 1);

        estate.start();
        estate.awaitUp(web);
        Files.delete(web.resolve("control/t"));
        Files.createFile(web.resolve("go"));

        sv("restart", web);
        assertThat(lines(web.resolve("script"))).as("it is run once").hasSize(1);
        assertThat(estate.complaints()).isEmpty();
        assertThat(Files.exists(Path.of("/proc/" + daemon))).isTrue();
    }
}
