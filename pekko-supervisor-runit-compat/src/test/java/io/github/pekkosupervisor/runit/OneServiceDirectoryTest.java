package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A service directory by OTP's rules: its supervisor says whether it is started again, and the real sv works on it. */
@Execution(ExecutionMode.CONCURRENT)
class OneServiceDirectoryTest extends InGrove {

    private ChildSpec one(Service service) {
        return grove.one(service).withId(service.path().getFileName().toString());
    }

    private SupervisorSpec rare(SupervisorSpec spec) {
        return spec.withIntensity(0, Duration.ofMinutes(5));
    }

    private static String sv(String... command) throws IOException, InterruptedException {
        String[] all = new String[command.length + 1];
        all[0] = "/usr/bin/sv";
        System.arraycopy(command, 0, all, 1, command.length);
        ProcessBuilder builder = new ProcessBuilder(all).redirectErrorStream(true);
        // seven seconds if nothing is said
        builder.environment().put("SVWAIT", String.valueOf(Tree.PATIENCE.toSeconds()));
        Process sv = builder.start();
        String said = new String(sv.getInputStream().readAllBytes(), UTF_8);
        return said.strip() + " rc " + sv.waitFor();
    }

    private static String sv(String command, Service service) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(command.split(" ")));
        all.add(service.path().toString());
        return sv(all.toArray(String[]::new)).replace(service.path().toString(), "S");
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }

    private static long pid(Service service) {
        return service.status().pid();
    }

    @Nested
    class Its_end {

        @Test
        void is_the_childs_when_finish_has_been_run_and_is_followed_by_a_restart_that_counts() throws IOException {
            Service web = grove.service("web")
                    .script("run", "echo $$ >>starts; exec sleep 1000")
                    .script("finish", "echo over $1 $2 >>ends");
            grove.start(SupervisorSpec.oneForOne()
                    .withIntensity(5, Duration.ofMinutes(5))
                    .withChild(one(web)));

            kill(grove.awaitStarts(web, 1));

            grove.awaitStarts(web, 2);
            grove.awaitRestarts("web", 1);
            grove.awaitEnds("web", "killed");
            assertThat(web.lines("ends")).containsExactly("over -1 9");
            assertThat(grove.handle("web").incarnation()).isEqualTo(2);
            patiently()
                    .untilAsserted(() -> assertThat(
                                    grove.handle("web").process().orElseThrow().pid())
                            .isEqualTo((int) pid(web)));
            assertThat(grove.told()).noneMatch(ServiceEvent.Throttled.class::isInstance);
        }

        /** What service.conf says of a oneshot is not used, since a supervisor says when it is started. */
        @Test
        void does_not_come_when_the_time_of_a_oneshot_would_be_over() throws IOException {
            Service web =
                    grove.service("web").script("run", "echo $$ >>starts; while :; do echo >>beats; sleep 0.1; done");
            Files.writeString(web.path().resolve("service.conf"), "oneshot = true, start-timeout = 1s\n");
            grove.start(rare(SupervisorSpec.oneForOne()).withChild(one(web)));

            // longer than that
            web.awaitLines("beats", 30);

            assertThat(web.lines("starts")).hasSize(1);
            assertThat(grove.told()).noneMatch(SupervisorEvent.ChildHung.class::isInstance);
        }

        @Test
        void with_0_is_normal_so_that_a_transient_one_stays_down_until_sv_starts_it() throws Exception {
            Service web = grove.service("web").script("run", "echo $$ >>starts; [ -e go ] && exec sleep 1000; exit 0");
            grove.start(rare(SupervisorSpec.oneForOne()).withChild(one(web).withRestart(RestartType.TRANSIENT)));
            patiently().until(() -> grove.node("/web").state() == State.FINISHED);
            patiently().until(() -> web.status().want() == ServiceStatus.Want.DOWN);

            assertThat(sv("status", web)).matches("down: S: \\d+s, normally up rc 0");
            web.file("go");
            assertThat(sv("start", web)).matches("ok: run: S: \\(pid \\d+\\) \\d+s rc 0");

            assertThat(grove.handle("web").incarnation()).isEqualTo(2);
        }

        @Test
        void too_often_is_too_much_for_its_supervisor() throws IOException {
            Service web = grove.service("web").script("run", "echo $$ >>starts; exit 3");
            SupervisionTree tree = grove.start(SupervisorSpec.oneForOne()
                    .withIntensity(2, Duration.ofMinutes(5))
                    .withChild(one(web)));

            TreeEnd end = Grove.get(tree.whenEnded());

            assertThat(end).isInstanceOf(TreeEnd.GaveUp.class);
            assertThat(web.lines("starts")).hasSize(3);
            grove.awaitEnds("web", "exit code 3", "exit code 3", "exit code 3");
        }

        @Test
        void ends_the_supervisor_if_it_is_significant() throws IOException {
            Service web = grove.sleeper("web");
            SupervisionTree tree = grove.start(SupervisorSpec.oneForOne()
                    .withAutoShutdown(AutoShutdown.ANY_SIGNIFICANT)
                    .withChild(one(web).withRestart(RestartType.TRANSIENT).withSignificant(true)));
            long pid = grove.awaitStarts(web, 1);

            web.script("run", "exit 0");
            kill(pid);

            assertThat(Grove.get(tree.whenEnded())).isInstanceOf(TreeEnd.AutoShutdown.class);
        }

        @Test
        void is_followed_after_the_restart_delay_which_sv_shows_and_ends() throws Exception {
            Service web = grove.sleeper("web");
            grove.start(SupervisorSpec.oneForOne()
                    .withUnlimitedRestarts()
                    .withChild(one(web).withRestartDelay(RestartDelay.fixed(Duration.ofHours(1)))));

            kill(grove.awaitStarts(web, 1));
            patiently().until(() -> grove.node("/web").nextRestart().isPresent());

            patiently()
                    .untilAsserted(
                            () -> assertThat(sv("status", web)).matches("down: S: \\d+s, normally up, want up rc 0"));
            web.control("u");
            grove.awaitStarts(web, 2);
            grove.awaitRestarts("web", 1);
        }

        @Test
        void takes_those_after_it_along_in_rest_for_one_and_a_logger_stays() throws IOException {
            Service a = grove.sleeper("a");
            Service b = grove.sleeper("b").script("log/run", "exec cat >/dev/null");
            Service c = grove.sleeper("c").script("log/run", "exec cat >/dev/null");
            grove.start(SupervisorSpec.restForOne()
                    .withChild(one(a))
                    .withChild(one(b))
                    .withChild(one(c)));
            long before = grove.awaitStarts(a, 1);
            long third = grove.awaitStarts(c, 1);
            int loggerOfB = b.awaitLogRun();
            int loggerOfC = c.awaitLogRun();

            kill(grove.awaitStarts(b, 1));

            grove.awaitStarts(b, 2);
            assertThat(grove.awaitStarts(c, 2)).isNotEqualTo(third);
            grove.awaitRestarts("b", 1);
            assertThat(pid(a)).isEqualTo(before);
            assertThat(b.awaitLogRun()).isEqualTo(loggerOfB);
            assertThat(c.awaitLogRun()).isEqualTo(loggerOfC);
        }
    }

    @Nested
    class Sv {

        @Test
        void stop_is_terminateChild_which_holds_in_restarts_of_the_group_and_start_restartChild() throws Exception {
            Service web = grove.sleeper("web").script("finish", "echo over $1 $2 >>ends");
            Service other = grove.sleeper("other");
            grove.start(SupervisorSpec.oneForAll().withChild(one(web)).withChild(one(other)));
            grove.awaitStarts(web, 1);
            long pid = grove.awaitStarts(other, 1);

            assertThat(sv("stop", web)).matches("ok: down: S: \\d+s, normally up rc 0");
            assertThat(pid(other)).isEqualTo(pid);
            patiently().until(() -> grove.node("/web").state() == State.STOPPED);
            assertThat(sv("stop", web)).matches("ok: down: S: \\d+s, normally up rc 0");
            kill(pid);
            grove.awaitStarts(other, 2);
            grove.awaitRestarts("other", 1);
            assertThat(web.lines("starts")).hasSize(1);
            assertThat(sv("start", web)).matches("ok: run: S: \\(pid \\d+\\) \\d+s rc 0");

            assertThat(web.lines("ends")).containsExactly("over -1 15");
            assertThat(grove.awaitStarts(web, 2)).isEqualTo(pid(web));
        }

        @Test
        void a_call_of_the_tree_ends_what_sv_holds() throws Exception {
            Service web = grove.sleeper("web");
            SupervisionTree tree = grove.start(one(web));
            grove.awaitStarts(web, 1);
            sv("stop", web);

            SupervisorResult started = Grove.get(tree.root().restartChild("web"));

            assertThat(started).isInstanceOf(SupervisorResult.Started.class);
            grove.awaitStarts(web, 2);
        }

        @Test
        void restart_renews_the_group_in_order_is_not_counted_and_runs_control_t_once() throws Exception {
            Service a = grove.sleeper("a").script("finish", "echo a >>../ends");
            Service b = grove.sleeper("b")
                    .script("finish", "echo b >>../ends")
                    .script("control/t", "echo t >>../ends; exit 1");
            Service c = grove.sleeper("c").script("finish", "echo c >>../ends");
            grove.start(rare(SupervisorSpec.restForOne())
                    .withChild(one(a))
                    .withChild(one(b))
                    .withChild(one(c)));
            grove.awaitStarts(a, 1);
            grove.awaitStarts(b, 1);
            grove.awaitStarts(c, 1);

            b.control("t");

            grove.awaitStarts(b, 2);
            grove.awaitStarts(c, 2);
            patiently().until(() -> grove.node("/c").ready());
            assertThat(a.lines("starts")).hasSize(1);
            assertThat(Files.readAllLines(temp.resolve("ends"))).containsExactly("t", "c", "b");
            assertThat(grove.told()).noneMatch(SupervisorEvent.ChildTerminated.class::isInstance);
            assertThat(sv("restart", b)).matches("ok: run: S: \\(pid \\d+\\) \\d+s rc 0");
        }

        @Test
        void u_starts_one_that_waits_for_the_restart_of_another() throws Exception {
            Service a = grove.sleeper("a");
            Service b = grove.sleeper("b");
            RestartDelay late = RestartDelay.fixed(Duration.ofHours(1));
            grove.start(SupervisorSpec.restForOne()
                    .withUnlimitedRestarts()
                    .withChild(one(a).withRestartDelay(late))
                    .withChild(one(b).withRestartDelay(late)));
            grove.awaitStarts(b, 1);

            kill(grove.awaitStarts(a, 1));
            patiently().until(() -> grove.node("/a").nextRestart().isPresent());
            patiently().until(() -> b.status().state() == ServiceStatus.State.DOWN);

            b.control("u");
            grove.awaitStarts(b, 2);
            assertThat(a.lines("starts")).hasSize(1);
        }

        @Test
        void restart_does_nothing_where_control_t_vetoes() throws Exception {
            Service web = grove.sleeper("web").script("control/t", "echo t >>heard");
            grove.start(one(web));
            long pid = grove.awaitStarts(web, 1);

            web.control("t");
            web.awaitLines("heard", 1);
            web.control("h");

            patiently().until(() -> web.lines("starts").size() == 2);
            grove.awaitEnds("web", "signal HUP");
            patiently().until(() -> Grove.process(pid).isEmpty());
        }

        @Test
        void restart_is_not_counted_where_control_t_vetoes_and_ends_it_itself() throws Exception {
            Service web = grove.sleeper("web").script("control/t", "kill -9 $(cat supervise/pid)");
            grove.start(rare(SupervisorSpec.oneForOne()).withChild(one(web)));
            grove.awaitStarts(web, 1);

            assertThat(sv("restart", web)).matches("ok: run: S: \\(pid \\d+\\) \\d+s rc 0");

            grove.awaitStarts(web, 2);
            assertThat(grove.told()).noneMatch(SupervisorEvent.ChildTerminated.class::isInstance);
        }

        @Test
        void once_is_startOnce() throws Exception {
            Service web = grove.sleeper("web");
            grove.start(one(web));
            long pid = grove.awaitStarts(web, 1);

            assertThat(sv("-v once", web)).matches("ok: run: S: \\(pid \\d+\\) \\d+s, want down rc 0");
            kill(pid);
            patiently().until(() -> grove.node("/web").state() == State.FINISHED);
            web.control("o");
            long second = grove.awaitStarts(web, 2);
            patiently().untilAsserted(() -> assertThat(sv("status", web)).contains(", want down"));
            kill(second);

            patiently().until(() -> grove.node("/web").state() == State.FINISHED);
            assertThat(web.lines("starts")).hasSize(2);
        }

        @Test
        void kill_is_an_end_of_its_own() throws Exception {
            Service web = grove.sleeper("web");
            grove.start(one(web));
            grove.awaitStarts(web, 1);

            sv("kill", web);

            grove.awaitStarts(web, 2);
            grove.awaitEnds("web", "killed");
        }

        @Test
        void exit_ends_it_with_its_logger_and_five_seconds_later_it_can_be_started() throws Exception {
            Service web = grove.sleeper("web").script("log/run", "exec cat >/dev/null");
            grove.start(one(web));
            grove.awaitStarts(web, 1);
            web.awaitLogRun();

            assertThat(sv("-v exit", web)).isEqualTo("ok: S: runsv not running rc 0");
            assertThat(grove.pids()).isEmpty();
            patiently().until(() -> grove.node("/web").state() == State.STOPPED);
            patiently().until(() -> sv("status", web).startsWith("down: S: "));
            assertThat(sv("start", web)).startsWith("ok: run: S: ");

            grove.awaitStarts(web, 2);
        }

        @Test
        void another_letter_is_runsvs_own_matter() throws Exception {
            Service web = grove.sleeper("web").script("control/h", "echo h >>heard");
            grove.start(one(web));
            grove.awaitStarts(web, 1);

            sv("hup", web);

            web.awaitLines("heard", 1);
            assertThat(grove.handle("web").incarnation()).isEqualTo(1);
        }
    }

    @Nested
    class A_file_down {

        @Test
        void has_it_ignored_until_sv_starts_it_and_in_restarts_of_its_group() throws Exception {
            Service web = grove.sleeper("web").file("down");
            Service other = grove.sleeper("other");
            grove.start(SupervisorSpec.oneForAll()
                    .withIntensity(5, Duration.ofMinutes(5))
                    .withChild(one(web))
                    .withChild(one(other)));

            assertThat(grove.node("/web").state()).isEqualTo(State.IGNORED);
            patiently().until(() -> sv("status", web).matches("down: S: \\d+s rc 0"));
            assertThat(sv("start", web)).matches("ok: run: S: \\(pid \\d+\\) \\d+s, normally down rc 0");
            kill(grove.awaitStarts(web, 1));
            grove.awaitStarts(web, 2);
            long pidOfOther = grove.awaitStarts(other, 2);
            grove.awaitRestarts("web", 1);
            kill(pidOfOther);

            grove.awaitStarts(other, 3);
            patiently().until(() -> grove.node("/web").state() == State.IGNORED);
            assertThat(web.lines("starts")).hasSize(2);
        }
    }

    @Nested
    class What_stays {

        @Test
        void of_one_that_is_deleted_is_nothing() throws Exception {
            Service web = grove.sleeper("web").script("log/run", "exec cat >/dev/null");
            SupervisionTree tree = grove.start(one(web));
            grove.awaitStarts(web, 1);
            web.awaitLogRun();
            Grove.get(tree.root().terminateChild("web"));
            patiently().untilAsserted(() -> assertThat(grove.pids()).hasSize(1));
            patiently().untilAsserted(() -> assertThat(sv("status", web)).startsWith("down: S: "));

            Grove.get(tree.root().deleteChild("web"));

            patiently().until(() -> grove.pids().isEmpty());
            patiently().until(() -> sv("status", web).equals("fail: S: runsv not running rc 1"));
        }

        /** Neither two loggers nor two runs: what is deleted reads to the end, and what comes next waits for that. */
        @Test
        void of_one_that_was_deleted_keeps_the_next_waiting_until_its_logger_has_ended() throws Exception {
            Service web = grove.sleeper("web").script("log/run", "cat >/dev/null; sleep 0.7; echo read >>ends");
            SupervisionTree tree = grove.start(one(web));
            grove.awaitStarts(web, 1);
            web.awaitLogRun();
            Grove.get(tree.root().terminateChild("web"));
            Grove.get(tree.root().deleteChild("web"));

            SupervisorResult started = Grove.get(tree.root().startChild(one(web).withId("again")));

            assertThat(started).isInstanceOf(SupervisorResult.Started.class);
            assertThat(Files.readAllLines(web.path().resolve("log/ends"))).hasSize(1);
            grove.awaitStarts(web, 2);
            web.awaitLogRun();
            patiently().until(() -> grove.pids().size() == 2);
        }

        @Test
        void of_one_that_was_deleted_does_not_keep_the_next_from_being_stopped() throws Exception {
            Service web = grove.sleeper("web").script("log/run", "cat >/dev/null; exec sleep 1000");
            SupervisionTree tree = grove.start(one(web).withShutdown(Shutdown.timeout(Duration.ofSeconds(5))));
            grove.awaitStarts(web, 1);
            web.awaitLogRun();
            Grove.get(tree.root().terminateChild("web"));
            Grove.get(tree.root().deleteChild("web"));
            var started = tree.root().startChild(one(web).withId("again"));

            patiently().until(() -> grove.node("/again").state() == State.STARTING);
            Grove.get(tree.root().killChild("again"));

            assertThat(Grove.get(started)).isInstanceOf(SupervisorResult.StartFailed.class);
            assertThat(web.lines("starts")).hasSize(1);
        }

        @Test
        void of_a_temporary_one_that_has_ended_is_nothing() throws IOException {
            Service web = grove.sleeper("web").script("log/run", "exec cat >/dev/null");
            grove.start(one(web).withRestart(RestartType.TEMPORARY));
            web.awaitLogRun();

            kill(grove.awaitStarts(web, 1));

            patiently().until(() -> grove.pids().isEmpty());
        }

        @Test
        void of_a_dynamic_supervisors_that_is_stopped_by_sv_is_nothing() throws Exception {
            Service web = grove.sleeper("web").script("log/run", "exec cat >/dev/null");
            SupervisionTree tree = grove.start(SupervisorSpec.dynamic());
            Grove.get(tree.root().startChild(one(web)));
            grove.awaitStarts(web, 1);
            web.control("t");
            grove.awaitStarts(web, 2);

            web.control("d");

            patiently().until(() -> grove.pids().isEmpty());
        }

        @Test
        void when_the_tree_has_ended_is_nothing_though_it_was_down_before() throws Exception {
            Service web = grove.sleeper("web").script("log/run", "cat >/dev/null; echo read >>../../ends");
            Service other = grove.sleeper("other").script("log/run", "cat >/dev/null; echo read >>../../ends");
            SupervisionTree tree = grove.start(one(web), one(other));
            web.awaitLogRun();
            other.awaitLogRun();
            sv("stop", web);

            tree.close();

            assertThat(grove.pids()).isEmpty();
            assertThat(Files.readAllLines(temp.resolve("ends"))).containsExactly("read", "read");
            patiently()
                    .untilAsserted(
                            () -> assertThat(grove.told().get(grove.told().size() - 1))
                                    .isInstanceOf(SupervisorEvent.SupervisorStopped.class));
        }
    }

    @Test
    void a_runsv_that_fails_is_followed_by_another_of_which_the_supervisor_hears_nothing() throws IOException {
        CrashingClock clock = new CrashingClock();
        Service web = grove.sleeper("web");
        grove.start(ServiceDirectories.one("web", grove.settings(web.path()).withClock(clock)));
        long pid = grove.awaitStarts(web, 1);

        clock.crash(1);
        web.control("c");
        patiently().until(clock::hasCrashed);
        patiently().until(() -> grove.told().stream().anyMatch(ServiceEvent.SupervisionResumed.class::isInstance));

        assertThat(pid(web)).isEqualTo(pid);
        assertThat(grove.handle("web").incarnation()).isEqualTo(1);
        kill(pid);
        grove.awaitStarts(web, 2);
        grove.awaitEnds("web", "killed");
    }

    @Test
    void a_runsv_that_fails_while_all_is_down_does_not_end_what_is_started_then() throws IOException {
        CrashingClock clock = new CrashingClock();
        Service web = grove.sleeper("web");
        SupervisionTree tree = grove.start(
                ServiceDirectories.one("web", grove.settings(web.path()).withClock(clock)));
        grove.awaitStarts(web, 1);
        Grove.get(tree.root().terminateChild("web"));
        patiently().until(() -> web.status().want() == ServiceStatus.Want.DOWN);

        clock.crash(1);
        web.control("c");
        patiently().until(() -> grove.told().stream().anyMatch(ServiceEvent.SupervisionDelayed.class::isInstance));

        assertThat(Grove.get(tree.root().restartChild("web"))).isInstanceOf(SupervisorResult.Started.class);
        long pid = grove.awaitStarts(web, 2);
        assertThat(grove.handle("web").process().orElseThrow().pid()).isEqualTo((int) pid);
    }

    @Test
    void what_runs_when_its_jvm_is_killed_is_adopted_with_its_logger() throws Exception {
        Service web = grove.sleeper("web").script("log/run", "exec cat >/dev/null");
        ApplicationAdoptsTest.firstLife(temp, () -> {
            web.awaitRun();
            web.awaitLogRun();
            grove.awaitStarts(web, 1);
        });
        long pid = pid(web);
        int logger = web.logStatus().pid();

        grove.start(one(web));

        assertThat(pid(web)).isEqualTo(pid);
        assertThat(grove.handle("web").process().orElseThrow().pid()).isEqualTo((int) pid);
        assertThat(web.logStatus().pid()).isEqualTo(logger);
        assertThat(web.lines("starts")).hasSize(1);
        kill(pid);
        grove.awaitStarts(web, 2);
        patiently().untilAsserted(() -> assertThat(grove.ends("web")).hasSize(1));
    }

    @Test
    void what_an_operator_had_started_is_adopted_though_a_file_keeps_it_from_being_started() throws Exception {
        Service web = grove.sleeper("web").file("down");
        ApplicationAdoptsTest.firstLife(temp, () -> {
            patiently().until(() -> web.status().state() == ServiceStatus.State.DOWN);
            web.control("u");
            grove.awaitStarts(web, 1);
            web.awaitRun();
        });
        long pid = pid(web);

        grove.start(one(web));

        assertThat(grove.handle("web").process().orElseThrow().pid()).isEqualTo((int) pid);
        assertThat(sv("stop", web)).startsWith("ok: down: ");
        patiently().until(() -> Grove.process(pid).isEmpty());
    }

    /** It says what was being started, and who comes next is to read that too. */
    @Test
    void who_is_killed_while_it_is_in_doubt_what_was_left_leaves_the_record_as_it_was() throws Exception {
        Service web = grove.sleeper("web");
        Path state = Files.createDirectories(web.path().resolve("supervise")).resolve(".state");
        byte[] garbage = "nobody can read this".getBytes(US_ASCII);
        Files.write(state, garbage);
        long perhaps = orphanIn(web);
        try (SupervisionTree tree = SupervisionTree.begin(
                SupervisorSpec.oneForOne().withChild(one(web).withShutdown(Shutdown.brutalKill())),
                SupervisionTree.Options.defaults().withLogging(false))) {
            patiently().until(() -> Files.exists(web.path().resolve("supervise/lock")));
            Grove.get(tree.root().stop(ExitReason.killed()));
        } finally {
            kill(perhaps);
        }

        assertThat(state).hasBinaryContent(garbage);
        assertThat(web.lines("starts")).isEmpty();
    }

    private static long orphanIn(Service service) throws IOException {
        Process shell = new ProcessBuilder("sh", "-c", "sleep 1000 >/dev/null 2>&1 & echo $!")
                .directory(service.path().toFile())
                .start();
        try (BufferedReader said = shell.inputReader()) {
            return Long.parseLong(said.readLine());
        }
    }
}
