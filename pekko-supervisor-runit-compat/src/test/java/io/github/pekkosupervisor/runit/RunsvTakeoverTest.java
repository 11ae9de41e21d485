package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.conformance.Needs;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A runsv actor that fails through a defect of ours is made anew and goes on with what the failed one has left. */
@Execution(ExecutionMode.CONCURRENT)
class RunsvTakeoverTest extends InTree {

    private static final String SLEEP = "exec sleep 1000";

    /** Ends with its input, as a logger must. */
    private static final String LOGGER = "exec cat >/dev/null";

    /** A byte that means nothing, and yet has to be decided upon. */
    private static final String ANY_BYTE = ".";

    @Test
    void service_keeps_its_process() throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        tree.start();
        int pid = web.awaitRun();

        crashOn(web);
        awaitObedience(web);

        assertThat(web.status().pid()).isEqualTo(pid);
        tree.awaitPids((long) pid);
        assertThat(tree.messages())
                .containsExactly("runsvdir " + temp + ": warning: the supervision of web failed and is taken up again,"
                        + " please report this: java.lang.IllegalStateException: provoked by a test\n");
    }

    /** Whatever makes it fail, nothing of it runs. */
    @Test
    void one_that_fails_before_it_has_begun_keeps_nobody_from_the_end() throws IOException {
        Service web = tree.service("web").script("run", "echo ran >>ran; " + SLEEP);
        AtomicInteger failures = new AtomicInteger();
        tree.clock().crash(Integer.MAX_VALUE);
        tree.start(settings -> settings.withListener(
                event -> failures.addAndGet(event instanceof ServiceEvent.SupervisionFailed ? 1 : 0)));
        patiently().until(() -> failures.get() >= 4);

        tree.close();

        assertThat(tree.messages())
                .as("not again and again")
                .hasSize(3)
                .containsOnly("runsvdir " + temp + ": warning: the supervision of web failed and is taken up again,"
                        + " please report this: java.lang.IllegalStateException: provoked by a test\n");

        assertThat(web.path().resolve("ran")).doesNotExist();
    }

    /** It has begun, and from then on each attempt to end it fails. */
    @Test
    void one_that_fails_each_time_is_not_waited_for_at_the_end() throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        Service db = tree.service("db").script("run", SLEEP);
        tree.start();
        List<Integer> pids = List.of(web.awaitRun(), db.awaitRun());
        tree.clock().crash(Integer.MAX_VALUE);
        pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        patiently().until(() -> tree.pids().isEmpty());

        tree.close();

        assertThat(tree.messages())
                .filteredOn(message -> message.contains("of web fails each time"))
                .containsExactly("runsvdir " + temp + ": warning: the supervision of web fails each time,"
                        + " and is not waited for; what runs there goes on\n");
    }

    @Test
    void one_that_has_failed_before_it_had_begun_begins_anew() throws IOException {
        Service web = tree.service("web").script("run", SLEEP).script("log/run", LOGGER);
        tree.clock().crash(1);
        tree.start();

        tree.awaitCrash();

        assertThat(web.awaitRun()).isPositive();
        assertThat(tree.messages()).hasSize(1);
    }

    @Test
    void neighbours_notice_nothing() throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        Service db = tree.service("db").script("run", SLEEP);
        tree.start();
        web.awaitRun();
        ServiceStatus before = awaitedStatus(db);

        crashOn(web);
        awaitObedience(web);

        assertThat(db.status()).isEqualTo(before);
    }

    @Test
    void start_time_and_sv_status_stay_as_they_were() throws IOException {
        Needs.that(Files.isExecutable(Path.of("/usr/bin/sv")), "the program sv is not installed; apt install runit");
        Service web = tree.service("web").script("run", SLEEP);
        tree.start();
        ServiceStatus before = awaitedStatus(web);
        List<String> answers = new ArrayList<>();

        crashOn(web);
        web.control("p");
        patiently().until(() -> {
            answers.add(svStatus(web));
            return web.status().paused();
        });

        assertThat(answers)
                .allMatch(answer -> answer.startsWith("run: " + web.path() + ": (pid " + before.pid() + ")"));
        assertThat(web.status().stamp()).isEqualTo(before.stamp());
    }

    @Test
    void end_during_the_gap_reaches_finish_with_its_status() throws IOException {
        Service web = tree.service("web").script("run", SLEEP).script("finish", "echo \"$@\" >>args");
        tree.start();
        int pid = web.awaitRun();

        crashOn(web);
        kill(pid);

        assertThat(web.awaitLines("args", 1)).containsExactly("-1 9");
        patiently().until(() -> web.awaitRun() != pid);
        assertThat(tree.messages()).hasSize(1);
    }

    @Test
    void end_that_was_told_but_not_acted_on_reaches_finish_once() throws IOException {
        Service web = tree.service("web").script("run", SLEEP).script("finish", "echo \"$@\" >>args");
        tree.start();
        int pid = web.awaitRun();
        web.control("o");
        patiently().until(() -> web.status().want() == ServiceStatus.Want.DOWN);

        tree.clock().crashIn("ofProcess", 0);
        kill(pid);
        tree.awaitCrash();
        patiently().until(() -> web.status().state() == State.DOWN);

        assertThat(web.lines("args")).containsExactly("-1 9");
    }

    @Test
    void restarts_are_counted_on_and_no_end_is_counted_twice() throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        tree.start();
        int first = web.awaitRun();
        kill(first);
        patiently().until(() -> web.awaitRun() != first);
        int second = web.awaitRun();

        tree.clock().crashIn("ofProcess", 0);
        kill(second);
        tree.awaitCrash();
        patiently().until(() -> web.awaitRun() != second);
        awaitObedience(web);

        UnitRecord.Past past = web.record().orElseThrow().past();
        assertThat(past.restarts()).isEqualTo(2);
        assertThat(past.lastEnd().map(UnitRecord.End::status)).contains(ExitStatus.ofSignal(9));
    }

    @Test
    void process_that_was_started_but_not_told_of_is_the_only_one() throws IOException {
        Service web = tree.service("web").script("run", "echo started >>starts; " + SLEEP);
        tree.clock().crashIn("ofProcess", 0);

        tree.start();
        tree.awaitCrash();
        int pid = web.awaitRun();
        awaitObedience(web);

        tree.awaitPids((long) pid);
        assertThat(web.awaitLines("starts", 1)).hasSize(1);
    }

    @Test
    void process_whose_identity_cannot_be_written_is_taken_over_too() throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        Files.createDirectories(web.path().resolve("supervise/.state"));
        tree.start();
        int pid = web.awaitRun();

        crashOn(web);
        awaitObedience(web);

        tree.awaitPids((long) pid);
    }

    @Test
    void unread_commands_are_obeyed() throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        tree.start();
        int pid = web.awaitRun();

        tree.clock().crash(1);
        web.control(ANY_BYTE + "p");
        tree.awaitCrash();
        patiently().until(() -> web.status().paused());

        assertThat(web.status().pid()).isEqualTo(pid);
    }

    @Test
    void no_line_for_the_logger_is_lost() throws IOException {
        Service web = tree.service("web")
                .script(
                        "run",
                        "i=0; until [ -e over ]; do echo $i; i=$((i+1)); sleep 0.005; done; echo $i >count; " + SLEEP)
                .script("log/run", "exec cat >>../lines");
        tree.start();
        int pid = web.awaitRun();
        int logPid = web.awaitLogRun();
        web.awaitLines("lines", 10);

        crashOn(web);
        web.awaitLines("lines", web.lines("lines").size() + 10);
        web.file("over");
        int count = Integer.parseInt(web.awaitLines("count", 1).get(0));

        assertThat(web.awaitLines("lines", count))
                .isEqualTo(IntStream.range(0, count).mapToObj(Integer::toString).toList());
        assertThat(web.status().pid()).isEqualTo(pid);
        assertThat(web.logStatus().pid()).isEqualTo(logPid);
    }

    @Test
    void logger_is_taken_over_with_the_service() throws IOException {
        Service web = tree.service("web").script("run", SLEEP).script("log/run", LOGGER);
        tree.start();
        int pid = web.awaitRun();
        int logPid = web.awaitLogRun();

        tree.clock().crash(1);
        web.logControl(ANY_BYTE + "o");
        tree.awaitCrash();
        patiently().until(() -> web.logStatus().want() == ServiceStatus.Want.DOWN);

        tree.awaitPids((long) pid, (long) logPid);
    }

    @Test
    void logger_that_ends_during_the_gap_is_replaced() throws IOException {
        Service web = tree.service("web").script("run", SLEEP).script("log/run", LOGGER);
        tree.start();
        int pid = web.awaitRun();
        int logPid = web.awaitLogRun();

        crashOn(web);
        kill(logPid);
        patiently().until(() -> web.awaitLogRun() != logPid);

        assertThat(web.status().pid()).isEqualTo(pid);
        patiently().until(() -> tree.pids().size() == 2);
    }

    @Test
    void finish_that_runs_is_not_run_again() throws IOException {
        Service web = tree.service("web")
                .script("run", "exit 3")
                .script("finish", "echo \"$@\" >>args; exec sleep 1000")
                .file("down");
        tree.start();
        patiently().ignoreExceptions().until(() -> web.status().state() == State.DOWN);
        web.control("o");
        patiently()
                .until(() ->
                        web.status().state() == State.FINISH && web.status().pid() != 0);
        int finish = web.status().pid();
        web.awaitLines("args", 1);

        crashOn(web);
        awaitObedience(web);

        assertThat(web.status().state()).isEqualTo(State.FINISH);
        assertThat(web.status().pid()).isEqualTo(finish);
        kill(finish);
        patiently().until(() -> web.status().state() == State.DOWN);
        assertThat(web.lines("args")).containsExactly("3 0");
    }

    @Test
    void paused_service_stays_paused() throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        tree.start();
        int pid = web.awaitRun();
        web.control("p");
        patiently().until(() -> web.status().paused());

        crashOn(web);
        web.control("o");
        patiently().until(() -> web.status().want() == ServiceStatus.Want.DOWN);

        assertThat(web.status().paused()).isTrue();
        assertThat(web.status().pid()).isEqualTo(pid);
    }

    @Test
    void service_that_is_down_stays_down() throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        tree.start();
        web.awaitRun();
        web.control("d");
        patiently().until(() -> web.status().state() == State.DOWN);
        ServiceStatus down = web.status();

        crashOn(web);
        awaitObedience(web);

        assertThat(web.status().stamp()).isEqualTo(down.stamp());
        assertThat(tree.pids()).isEmpty();
        web.control("u");
        web.awaitRun();
    }

    @Test
    void stop_goes_on_where_its_control_script_is() throws IOException {
        Service web = tree.service("web")
                .script("run", SLEEP)
                .script("log/run", LOGGER)
                .script("control/t", "echo $1 >>asked; until [ -e go ]; do sleep 0.05; done; exit 1");
        tree.start();
        web.awaitRun();
        web.awaitLogRun();
        web.control("d");
        web.awaitLines("asked", 1);

        tree.clock().crash(1);
        web.logControl(ANY_BYTE + "o");
        tree.awaitCrash();
        patiently().until(() -> web.logStatus().want() == ServiceStatus.Want.DOWN);
        assertThat(web.status().state()).isEqualTo(State.RUN);
        web.file("go");
        patiently().until(() -> web.status().state() == State.DOWN);

        assertThat(web.lines("asked")).hasSize(1);
    }

    @Test
    void stop_whose_control_script_ended_in_the_gap_goes_on() throws IOException {
        Service web = tree.service("web")
                .script("run", SLEEP)
                .script("log/run", LOGGER)
                .script("control/t", "echo $1 >>asked; until [ -e go ]; do sleep 0.05; done; exit 1");
        tree.start();
        web.awaitRun();
        web.awaitLogRun();
        web.control("d");
        web.awaitLines("asked", 1);

        tree.clock().crash(1);
        web.logControl(ANY_BYTE);
        tree.awaitCrash();
        web.file("go");
        patiently().until(() -> web.status().state() == State.DOWN);

        assertThat(web.lines("asked")).hasSize(1);
    }

    @Test
    void crash_before_anything_runs_leaves_the_control_fifos_usable() throws IOException {
        Service web = tree.service("web")
                .script("run", SLEEP)
                .script("log/run", LOGGER)
                .file("log/down");
        // asked for the beginning, for the first decision, and then for the one that follows a missing control/u
        tree.clock().crashIn("supervising", 2);

        tree.start();
        tree.awaitCrash();
        web.awaitRun();
        web.logControl("u");

        web.awaitLogRun();
        assertThat(tree.messages()).hasSize(1);
    }

    @Test
    void several_crashes_in_a_row_leave_the_process_alone() throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        tree.start();
        int pid = web.awaitRun();

        tree.clock().crash(2);
        web.control(ANY_BYTE + ANY_BYTE + "p");
        patiently().until(() -> web.status().paused());

        assertThat(tree.messages()).hasSize(2);
        tree.awaitPids((long) pid);
    }

    @Test
    void service_whose_entry_is_removed_is_ended_all_the_same() throws IOException {
        Path elsewhere = Files.createDirectory(temp.resolve(".elsewhere"));
        Service web = tree.service(".elsewhere").script("run", SLEEP);
        Path link = Files.createSymbolicLink(temp.resolve("web"), elsewhere);
        tree.start();
        web.awaitRun();

        tree.clock().crash(1);
        Files.delete(link);
        tree.awaitCrash();

        patiently().until(() -> tree.pids().isEmpty());
        patiently().until(() -> web.status().state() == State.DOWN);
    }

    private void crashOn(Service service) throws IOException {
        tree.clock().crash(1);
        service.control(ANY_BYTE);
        tree.awaitCrash();
    }

    /** Commands are read in order, so one that shows has been obeyed by the successor. */
    private static void awaitObedience(Service service) throws IOException {
        service.control("p");
        patiently().until(() -> service.status().paused());
        service.control("c");
        patiently().until(() -> !service.status().paused());
    }

    private static ServiceStatus awaitedStatus(Service service) {
        service.awaitRun();
        return service.status();
    }

    private static void kill(int pid) {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }

    private static String svStatus(Service service) throws IOException {
        Process sv = new ProcessBuilder("/usr/bin/sv", "status", service.path().toString())
                .redirectErrorStream(true)
                .start();
        return new String(sv.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
