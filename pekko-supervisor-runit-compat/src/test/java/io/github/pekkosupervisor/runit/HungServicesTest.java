package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.adoption.OurPrograms;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.spec.ExitReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Service directories with {@code live} in {@code service.conf}: their {@code run} works as long as a file {@code well}
 * is there, which each run makes before it says that it is ready, so that nobody looks at one that is not well yet.
 */
@Execution(ExecutionMode.CONCURRENT)
class HungServicesTest extends InTree {

    private static final String WEB = "/web";
    private static final String WELL = "touch well; echo >&3; exec 3>&-; ";
    private static final String SLEEP = WELL + "exec sleep 1000";
    private static final String READY = "ready { notification-fd = 3 }\n";

    private final Told told = new Told();
    private Service web;

    @BeforeEach
    void plant_the_service() throws IOException {
        web = tree.service("web").script("run", SLEEP);
    }

    private static void live(Service service, String more) throws IOException {
        live(service, more, "");
    }

    private static void live(Service service, String more, String end) throws IOException {
        Files.writeString(
                service.path().resolve("service.conf"),
                READY + "live { command = [test, -e, well], every = 100ms, timeout = 60s, failures = 2" + more + " }\n"
                        + end + "\n");
    }

    private void start() {
        tree.start(settings -> settings.withListener(told));
    }

    /** The number of one that is ready, and is looked at. */
    private int awaitReady() {
        int pid = web.awaitRun();
        patiently().until(() -> unit().ready());
        return pid;
    }

    private boolean isShownReady() throws IOException, InterruptedException {
        return new ProcessBuilder(web.path().resolve("supervise/check").toString())
                        .start()
                        .waitFor()
                == 0;
    }

    private ServiceEvent.Hung awaitHung() {
        patiently().until(() -> told.of(WEB).stream().anyMatch(ServiceEvent.Hung.class::isInstance));
        return (ServiceEvent.Hung) told.of(WEB).stream()
                .filter(ServiceEvent.Hung.class::isInstance)
                .findFirst()
                .orElseThrow();
    }

    private static <E extends SupervisorEvent> E awaitTold(Grove grove, Class<E> type) {
        patiently().until(() -> grove.told().stream().anyMatch(type::isInstance));
        return grove.told().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }

    private ServiceSnapshot.Unit unit() {
        return tree.snapshot().services().stream()
                .filter(service -> service.path().equals(WEB))
                .findFirst()
                .flatMap(ServiceSnapshot::service)
                .orElseThrow();
    }

    private int awaitOther(int pid) {
        return patiently().ignoreExceptions().until(web::awaitRun, now -> now != pid);
    }

    private static boolean runs(int pid) {
        return ProcessHandle.of(pid).isPresent();
    }

    @Test
    void one_that_hangs_is_stopped_and_started_again() throws IOException {
        live(web, "");
        start();
        int pid = awaitReady();

        Files.delete(web.path().resolve("well"));
        ServiceEvent.Hung hung = awaitHung();
        awaitOther(pid);

        String why = "2 tries of 1 min without exit code 0 of [test, -e, well], the last: exit code 1";
        assertThat(hung).isEqualTo(new ServiceEvent.Hung(WEB, pid, why, true));
        tree.awaitMessage("runsv web: warning: run is hung: " + why + "; it is stopped\n");
        assertThat(told.words(WEB))
                .containsSubsequence(
                        "Hung",
                        "service sent TERM",
                        "service run p1, got TERM",
                        "service sent CONT",
                        "run ended p1, signal TERM",
                        "run started p2");
        assertThat(unit().lastEnd().orElseThrow().hung()).contains(why);
        assertThat(told.of(WEB).stream()
                        .filter(ServiceEvent.Ended.class::isInstance)
                        .map(event -> ((ServiceEvent.Ended) event).asked()))
                .containsExactly(false);
    }

    @Test
    void one_that_is_deaf_to_TERM_is_killed_in_the_end() throws IOException {
        // the one after it ends when the tree does
        web.script("run", "test -e starts || trap '' TERM; echo $$ >>starts; " + SLEEP);
        live(web, "");
        start();
        int pid = awaitReady();

        Files.delete(web.path().resolve("well"));
        awaitOther(pid);

        assertThat(told.words(WEB)).contains("service sent KILL", "run ended p1, signal KILL");
        assertThat(runs(pid)).isFalse();
    }

    /** What it waits for is the end of what hangs. */
    @Test
    void a_control_t_that_waits_in_vain_is_killed_before() throws IOException {
        web.script("run", "test -e starts || trap '' TERM USR1; echo $$ >>starts; " + SLEEP)
                .script(
                        "control/t",
                        "pid=$(cat supervise/pid); kill -USR1 $pid; while kill -0 $pid; do sleep 0.05; done; exit 0");
        live(web, "");
        start();
        int pid = awaitReady();

        Files.delete(web.path().resolve("well"));
        awaitOther(pid);

        assertThat(told.words(WEB)).contains("service sent KILL", "run ended p1, signal KILL");
        assertThat(runs(pid)).isFalse();
    }

    /** What stands in for TERM is the same for whoever asks it to end, and so is who else gets it. */
    @Test
    void one_with_a_stop_of_its_own_is_stopped_by_that_with_its_group() throws IOException {
        web.script(
                "run",
                "(trap '' HUP; trap 'echo member >>said; exit' USR1; echo >>starts; while :; do sleep 0.05; done) &\n"
                        + "trap 'echo HUP >>said' HUP; trap 'echo USR1 >>said; exit 3' USR1\n"
                        + "while [ ! -e starts ]; do sleep 0.05; done\n"
                        + WELL + "while :; do sleep 0.05; done");
        live(web, "", "stop = [\"HUP 300ms\", USR1], process-group = whole");
        start();
        int pid = awaitReady();

        Files.delete(web.path().resolve("well"));
        awaitOther(pid);

        assertThat(told.words(WEB))
                .contains("Hung", "run ended p1, exit code 3")
                .doesNotContain("service sent KILL");
        assertThat(Files.readAllLines(web.path().resolve("said"))).containsExactlyInAnyOrder("HUP", "USR1", "member");
    }

    @Test
    void control_t_has_its_say() throws IOException {
        web.script("control/t", "echo t >>said; kill -HUP $(cat supervise/pid)");
        live(web, "");
        start();
        int pid = awaitReady();

        Files.delete(web.path().resolve("well"));
        awaitOther(pid);

        assertThat(told.words(WEB)).contains("run ended p1, signal HUP").doesNotContain("service sent TERM");
    }

    @Test
    void one_that_is_only_reported_is_left_as_it_is_and_told_to_be_well_again() throws Exception {
        live(web, ", then = report");
        start();
        int pid = awaitReady();
        patiently().until(this::isShownReady);

        Files.delete(web.path().resolve("well"));
        assertThat(awaitHung().isStopped()).isFalse();
        patiently().until(() -> unit().hung().isPresent());
        assertThat(unit().ready()).isFalse();
        patiently().until(() -> !isShownReady());
        Files.createFile(web.path().resolve("well"));
        told.await(WEB, "Recovered");

        patiently().until(this::isShownReady);
        patiently().until(() -> unit().hung().isEmpty());
        assertThat(unit().ready()).isTrue();
        assertThat(web.status().pid()).isEqualTo(pid);
        tree.awaitMessage("run works again");
    }

    /** Nobody waits for a sign of it, so it is ready from its start; and it is not while it hangs. */
    @Test
    void one_that_is_only_looked_at_is_shown_as_not_ready_while_it_hangs() throws Exception {
        web.file("well").script("run", "exec sleep 1000");
        Files.writeString(
                web.path().resolve("service.conf"),
                "live { command = [test, -e, well], every = 100ms, timeout = 60s, failures = 2, then = report }\n");
        start();
        int pid = web.awaitRun();
        OurPrograms ours = new OurPrograms();
        String services = String.valueOf(web.path().getParent());
        assertThat(isShownReady()).isTrue();
        assertThat(ours.run("status", services)).startsWith("0 ").doesNotContain("hung");

        Files.delete(web.path().resolve("well"));
        awaitHung();
        patiently().until(() -> !isShownReady());
        patiently()
                .untilAsserted(() ->
                        assertThat(web.record().orElseThrow().pending().hung()).isTrue());
        assertThat(ours.run("sv", "-w", "1", "check", web.path().toString())).startsWith("1 timeout: run: ");
        assertThat(ours.run("status", services)).startsWith("1 ").containsPattern("web +run .* hung\n");
        assertThat(ours.run("status", "--json", services)).startsWith("1 ").contains("\"ready\":false,\"hung\":true");
        assertThat(ours.run("tree", services)).startsWith("1 ").contains(", hung");

        Files.createFile(web.path().resolve("well"));
        told.await(WEB, "Recovered");
        patiently().until(this::isShownReady);
        assertThat(ours.run("sv", "-w", "1", "check", web.path().toString())).startsWith("0 ok: run: ");
        assertThat(ours.run("status", services)).startsWith("0 ");
        assertThat(web.status().pid()).isEqualTo(pid);
    }

    @Test
    void the_last_end_of_one_that_was_hung_says_so() throws Exception {
        live(web, "");
        start();
        int pid = awaitReady();

        Files.delete(web.path().resolve("well"));
        awaitOther(pid);
        awaitReady();

        patiently()
                .untilAsserted(() -> assertThat(web.record()
                                .orElseThrow()
                                .past()
                                .lastEnd()
                                .orElseThrow()
                                .hung())
                        .isTrue());
        OurPrograms ours = new OurPrograms();
        String services = String.valueOf(web.path().getParent());
        assertThat(ours.run("status", services)).contains("signal TERM, hung");
        assertThat(ours.run("status", "--json", services))
                .contains("\"lastExit\":{\"signal\":\"TERM\",\"core\":false,\"hung\":true}");
    }

    /** Shows that as many looks have come to their end as would take another one for hung. */
    private Service clock() throws IOException {
        Service clock = tree.service("clock").script("run", "exec sleep 1000");
        Files.writeString(
                clock.path().resolve("service.conf"),
                "live { command = [sh, -c, \"echo >>looks\"], every = 100ms, timeout = 60s }\n");
        return clock;
    }

    private static void awaitLooks(Service clock) {
        long before = Files.exists(clock.path().resolve("looks"))
                ? clock.awaitLines("looks", 0).size()
                : 0;
        clock.awaitLines("looks", (int) before + 10);
    }

    @Test
    void one_that_is_paused_by_a_command_is_not_hung_until_it_goes_on() throws Exception {
        Service clock = clock();
        live(web, ", then = report");
        start();
        awaitReady();
        web.control("p");
        told.await(WEB, "service paused");
        Files.delete(web.path().resolve("well"));
        awaitLooks(clock);

        assertThat(told.words(WEB)).doesNotContain("Hung");
        web.control("c");
        awaitHung();
    }

    /** Whoever takes it up knows it from its status. */
    @Test
    void one_that_is_paused_is_not_hung_after_a_failure_of_ours_either() throws Exception {
        Service clock = clock();
        live(web, ", then = report");
        start();
        awaitReady();
        web.control("p");
        told.await(WEB, "service paused");
        tree.clock().crash(1);
        web.control("1");
        tree.awaitCrash();
        told.await(WEB, "SupervisionResumed");
        Files.delete(web.path().resolve("well"));
        awaitLooks(clock);

        assertThat(told.words(WEB)).doesNotContain("Hung");
        web.control("c");
        awaitHung();
    }

    @Test
    void its_finish_and_its_logger_are_not_looked_at() throws IOException {
        Service clock = clock();
        web.script("run", WELL + "rm well; exit 0")
                .script("finish", "echo finish >>ends; until [ -e go ]; do sleep 0.05; done")
                .script("log/run", "exec cat >/dev/null");
        live(web, ", then = report");
        start();
        web.awaitLines("ends", 1);
        patiently().until(() -> web.status().state() == ServiceStatus.State.FINISH);
        awaitLooks(clock);

        try {
            assertThat(told.words(WEB)).doesNotContain("Hung");
        } finally {
            web.control("d");
            // a letter that is read after the stop of all would take that back, as with runsv
            patiently().until(() -> web.status().want() == ServiceStatus.Want.DOWN);
            web.file("go");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ready { sd-notify = true }", ""})
    void one_whose_watchdog_hears_nothing_is_stopped_and_started_again(String ready) throws IOException {
        assumeThat(Path.of("/usr/bin/systemd-notify")).exists();
        web.file("well");
        web.script(
                "run",
                "systemd-notify --ready; while [ -e well ]; do systemd-notify WATCHDOG=1; sleep 0.1; done\n"
                        + "echo >>asleep; exec sleep 100000");
        Files.writeString(web.path().resolve("service.conf"), ready + "\nlive { watchdog = true, timeout = 2s }\n");
        start();
        int pid = web.awaitRun();
        patiently().until(() -> unit().ready());

        Files.delete(web.path().resolve("well"));
        assertThat(awaitHung()).isEqualTo(new ServiceEvent.Hung(WEB, pid, "silent for 2 s", true));
        awaitOther(pid);
        web.awaitLines("asleep", 2);
    }

    @Test
    void what_is_not_for_a_watchdog_is_told() throws IOException {
        Files.writeString(web.path().resolve("service.conf"), "live { watchdog = true, failures = 2, every = 1s }\n");
        start();
        web.awaitRun();

        tree.awaitMessage("\"live.every\" is not for a watchdog, which nobody asks; use \"live.timeout\"");
        tree.awaitMessage("\"live.failures\" is not for a watchdog");
    }

    @Test
    void a_block_that_is_wrong_is_told_and_not_used() throws IOException {
        Files.writeString(web.path().resolve("service.conf"), "live { every = 1s, failures = 0 }\n");
        start();
        web.awaitRun();

        tree.awaitMessage("service.conf: 1: \"live.failures\" must be at least 1, was 0");
        tree.awaitMessage("needs one of tcp, unix-socket, command, http and watchdog, has 0");
    }

    @Test
    void after_a_failure_of_ours_it_is_looked_at_again() throws IOException {
        live(web, "");
        start();
        int pid = awaitReady();
        tree.clock().crash(1);
        // which does nothing to it
        web.control("c");
        tree.awaitCrash();
        told.await(WEB, "SupervisionResumed");
        assertThat(runs(pid)).isTrue();
        Files.delete(web.path().resolve("well"));
        awaitHung();

        awaitOther(pid);
    }

    /** By OTP's rules its supervisor stops and restarts it, as a process. */
    @Test
    void as_a_child_by_itself_it_is_restarted_by_its_supervisor() throws IOException {
        Path place = Files.createDirectory(temp.resolve("grove"));
        try (Grove grove = new Grove(place)) {
            Service own = grove.sleeper("web").script("run", "echo $$ >>starts; " + SLEEP);
            live(own, "");
            grove.start(grove.one(own));
            long first = grove.awaitStarts(own, 1);
            patiently().until(() -> grove.node(WEB).ready());

            Files.delete(own.path().resolve("well"));
            SupervisorEvent.ChildHung hung = awaitTold(grove, SupervisorEvent.ChildHung.class);
            SupervisorEvent.ChildTerminated ended = awaitTold(grove, SupervisorEvent.ChildTerminated.class);
            grove.awaitStarts(own, 2);

            assertThat(hung.why()).startsWith("2 tries of 1 min without exit code 0 of [test, -e, well]");
            assertThat(hung.isStopped()).isTrue();
            assertThat(ended.reason()).isEqualTo(new ExitReason.Hung(hung.why()));
            assertThat(runs((int) first)).isFalse();
            patiently().until(() -> grove.node(WEB).ready());
            Node node = grove.node(WEB);
            assertThat(node.lastExit().orElseThrow().reason()).startsWith("hung: ");
            assertThat(node.details()).doesNotContainKey("hung");
        }
    }

    @Test
    void as_a_child_by_itself_that_is_only_reported_it_keeps_its_tree_from_being_ready() throws IOException {
        Path place = Files.createDirectory(temp.resolve("grove"));
        try (Grove grove = new Grove(place)) {
            Service own = grove.sleeper("web").script("run", "echo $$ >>starts; " + SLEEP);
            live(own, ", then = report");
            grove.start(grove.one(own));
            grove.awaitStarts(own, 1);
            patiently().until(() -> grove.node(WEB).ready());

            Files.delete(own.path().resolve("well"));
            awaitTold(grove, SupervisorEvent.ChildHung.class);
            patiently().until(() -> !Grove.get(grove.tree().health()).ready());
            assertThat(Grove.get(grove.tree().health()).notReady())
                    .singleElement()
                    .asString()
                    .contains("hung 2 tries of 1 min");
            Files.createFile(own.path().resolve("well"));
            awaitTold(grove, SupervisorEvent.ChildRecovered.class);

            patiently().until(() -> Grove.get(grove.tree().health()).ready());
        }
    }
}
