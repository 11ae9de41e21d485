package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.runit.ServiceSnapshot.Supervision;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A service directory in the snapshot of a tree. */
class ServiceNodesTest {

    private static final String WEB = "/services/web";
    private static final Instant NOW = Instant.ofEpochSecond(1_000_000_000);
    /** Another one than this, and there as long. */
    private static final int PID =
            (int) ProcessHandle.current().parent().orElseThrow().pid();

    private static ServiceSnapshot.Unit unit(State state, Want want, boolean gotTerm, boolean hasEnded) {
        ServiceStatus status = new ServiceStatus(NOW, state == State.RUN ? PID : 0, false, gotTerm, want, state);
        return new ServiceSnapshot.Unit(
                status,
                state == State.RUN,
                Optional.empty(),
                4,
                hasEnded
                        ? Optional.of(new ServiceSnapshot.End(ExitStatus.ofCode(3), Duration.ofSeconds(2), NOW))
                        : Optional.empty(),
                hasEnded ? Optional.of(NOW.plusSeconds(1)) : Optional.empty(),
                true,
                Optional.empty());
    }

    private static ServiceSnapshot supervised(ServiceSnapshot.Unit service, Optional<ServiceSnapshot.Unit> log) {
        return new ServiceSnapshot(
                WEB, Supervision.ACTIVE, Optional.empty(), Optional.of(service), log, Optional.of("the last warning"));
    }

    @ParameterizedTest
    @CsvSource({
        "RUN, UP, false, false, RUNNING",
        "RUN, DOWN, false, false, RUNNING",
        "RUN, UP, true, true, STOPPING",
        "RUN, DOWN, true, true, STOPPING",
        "FINISH, UP, false, true, RESTARTING",
        "FINISH, EXIT, false, true, STOPPING",
        "DOWN, UP, false, false, STARTING",
        "DOWN, UP, false, true, RESTARTING",
        "DOWN, DOWN, false, false, STOPPED",
        "DOWN, DOWN, false, true, STOPPED"
    })
    void state_of_one_that_is_supervised(
            State state, Want want, boolean gotTerm, boolean hasEnded, TreeSnapshot.State expected) {
        Node node = ServiceNodes.of(supervised(unit(state, want, gotTerm, hasEnded), Optional.empty()));

        assertThat(node.state()).isEqualTo(expected);
        assertThat(node.ready()).isEqualTo(state == State.RUN);
    }

    @ParameterizedTest
    @CsvSource({
        "BEGINNING, false, STARTING",
        "ENDED, true, RESTARTING",
        "ENDED, false, STOPPED",
        "FAILED, true, RESTARTING"
    })
    void state_of_one_that_has_not_been_supervised_yet(
            Supervision supervision, boolean again, TreeSnapshot.State expected) {
        Optional<Instant> next = again ? Optional.of(NOW.plusSeconds(2)) : Optional.empty();

        Node node = ServiceNodes.of(new ServiceSnapshot(
                WEB, supervision, next, Optional.empty(), Optional.empty(), Optional.of("no directory")));

        assertThat(node.state()).isEqualTo(expected);
        assertThat(node.ready()).isFalse();
        assertThat(node.nextRestart()).isEqualTo(next);
    }

    @Test
    void a_log_that_we_write_ourselves_has_no_process_to_be_signalled() {
        ServiceStatus ours =
                new ServiceStatus(NOW, (int) ProcessHandle.current().pid(), false, false, Want.UP, State.RUN);
        ServiceSnapshot.Unit log = ServiceSnapshot.Unit.beginning(ours, true);

        Node node = ServiceNodes.of(supervised(unit(State.RUN, Want.UP, false, false), Optional.of(log)));
        Node logger = node.children().get(0);
        assertThat(logger.state()).isEqualTo(TreeSnapshot.State.RUNNING);
        assertThat(logger.process()).isEmpty();
        assertThat(logger.details()).containsEntry("in-process", "yes");
        assertThat(node.process()).isPresent();

        ServiceStatus down = new ServiceStatus(NOW, 0, false, false, Want.UP, State.DOWN);
        assertThat(ServiceNodes.as(logger, down).details()).doesNotContainKey("in-process");
    }

    @Test
    void one_whose_supervision_has_failed_is_as_its_process_is() {
        Node node = ServiceNodes.of(new ServiceSnapshot(
                WEB,
                Supervision.FAILED,
                Optional.of(NOW),
                Optional.of(unit(State.RUN, Want.UP, false, false)),
                Optional.empty(),
                Optional.empty()));

        assertThat(node.state()).isEqualTo(TreeSnapshot.State.RUNNING);
    }

    @Test
    void one_whose_supervision_has_ended_waits_for_the_next() {
        Node node = ServiceNodes.of(new ServiceSnapshot(
                WEB,
                Supervision.ENDED,
                Optional.of(NOW.plusSeconds(5)),
                Optional.of(unit(State.DOWN, Want.EXIT, false, true)),
                Optional.empty(),
                Optional.empty()));

        assertThat(node.state()).isEqualTo(TreeSnapshot.State.RESTARTING);
        assertThat(node.nextRestart()).contains(NOW.plusSeconds(5));
        assertThat(node.restarts()).isEqualTo(4);
    }

    @Test
    void everything_else_that_is_known() {
        Node node = ServiceNodes.of(supervised(
                unit(State.DOWN, Want.UP, false, true), Optional.of(unit(State.RUN, Want.UP, false, false))));

        assertThat(node.path()).isEqualTo(WEB);
        assertThat(node.kind()).isEqualTo(ServiceNodes.SERVICE_DIRECTORY);
        assertThat(node.process()).isEmpty();
        assertThat(node.since()).contains(NOW);
        assertThat(node.restarts()).isEqualTo(4);
        assertThat(node.lastExit()).contains(new LastExit("exit code 3", NOW));
        assertThat(node.nextRestart()).contains(NOW.plusSeconds(1));
        assertThat(node.details())
                .isEqualTo(Map.of("runit", "down", "want", "up", "normally", "up", "trouble", "the last warning"));
        Node log = node.children().get(0);
        assertThat(log.path()).isEqualTo(WEB + "/log");
        assertThat(log.kind()).isEqualTo(ServiceNodes.LOGGER);
        assertThat(log.ready()).isTrue();
        assertThat(log.process()).isEqualTo(ProcessIdentity.ofRunning(PID)).isPresent();
    }

    @Test
    void one_that_is_paused_is_not_ready() {
        ServiceStatus paused = new ServiceStatus(NOW, PID, true, false, Want.UP, State.RUN);
        ServiceSnapshot.Unit unit = new ServiceSnapshot.Unit(
                paused, true, Optional.empty(), 0, Optional.empty(), Optional.empty(), true, Optional.empty());

        Node node = ServiceNodes.of(supervised(unit, Optional.empty()));

        assertThat(node.state()).isEqualTo(TreeSnapshot.State.RUNNING);
        assertThat(node.ready()).isFalse();
        assertThat(node.details()).containsEntry("paused", "yes");
    }

    /** Told by events, and by what they add up to. */
    @Test
    void one_that_hangs_is_not_ready_until_it_works_again_or_another_runs() {
        ServiceStatus runs = new ServiceStatus(NOW, PID, false, false, Want.UP, State.RUN);
        ServiceStatus down = new ServiceStatus(NOW, 0, false, false, Want.UP, State.DOWN);
        List<ServiceEvent> events = List.of(
                new ServiceEvent.SupervisionBegan(WEB, down, Optional.empty(), Set.of()),
                new ServiceEvent.Started(WEB, ServiceEvent.Program.RUN, PID, NOW),
                new ServiceEvent.Ready(WEB, PID),
                new ServiceEvent.StateChanged(WEB, ServiceEvent.Unit.SERVICE, runs),
                new ServiceEvent.Hung(WEB, PID, "silent", false),
                new ServiceEvent.StateChanged(WEB, ServiceEvent.Unit.SERVICE, runs),
                new ServiceEvent.Recovered(WEB, PID),
                new ServiceEvent.Hung(WEB, PID, "silent again", true),
                new ServiceEvent.SupervisionResumed(WEB),
                new ServiceEvent.Hung(WEB, PID, "silent again", true),
                new ServiceEvent.Ended(
                        WEB,
                        ServiceEvent.Program.RUN,
                        PID,
                        ExitStatus.ofSignal(15),
                        Duration.ofSeconds(2),
                        NOW,
                        false,
                        Optional.of("silent again")),
                new ServiceEvent.StateChanged(WEB, ServiceEvent.Unit.SERVICE, down),
                new ServiceEvent.Started(WEB, ServiceEvent.Program.RUN, PID, NOW),
                new ServiceEvent.Ready(WEB, PID),
                new ServiceEvent.StateChanged(WEB, ServiceEvent.Unit.SERVICE, runs));
        ServiceSnapshot seen = ServiceSnapshot.beginning(WEB);
        Node followed = ServiceNodes.of(seen);
        List<String> shown = new ArrayList<>();
        for (ServiceEvent event : events) {
            seen = seen.after(event);
            followed = ServiceNodeChanges.after(followed, event);
            assertThat(followed).as(event.toString()).isEqualTo(ServiceNodes.of(seen));
            shown.add(followed.ready() + " " + followed.details().getOrDefault("hung", "well"));
        }

        assertThat(shown)
                .containsExactly(
                        "false well",
                        "false well",
                        "false well",
                        "true well",
                        "false silent",
                        "false silent",
                        "true well",
                        "false silent again",
                        "true well",
                        "false silent again",
                        "false well",
                        "false well",
                        "false well",
                        "false well",
                        "true well");
        assertThat(followed.lastExit().orElseThrow().reason()).isEqualTo("hung: silent again");
    }

    @Test
    void a_directory_of_them_has_them_below_it() {
        Node node = ServiceNodes.of(
                "/services", List.of(supervised(unit(State.RUN, Want.UP, false, false), Optional.empty())));

        assertThat(node.kind()).isEqualTo("service directories");
        assertThat(node.ready()).isTrue();
        assertThat(node.children()).extracting(Node::path).containsExactly(WEB);
    }

    @Test
    void one_that_is_a_child_itself_has_the_figures_of_its_run() {
        Node known = Node.of(WEB, ServiceNodes.SERVICE_DIRECTORY, TreeSnapshot.State.RUNNING)
                .withSince(Optional.of(NOW.minusSeconds(9)))
                .withRestarts(2, Optional.empty(), Optional.empty());

        Node node = known.saying(ServiceNodes.of(supervised(unit(State.RUN, Want.UP, false, true), Optional.empty())));

        assertThat(node.restarts()).isEqualTo(4);
        assertThat(node.since()).contains(NOW);
        assertThat(node.details())
                .containsEntry("supervised-restarts", "2")
                .containsEntry("supervised-since", NOW.minusSeconds(9).toString());
    }

    @ParameterizedTest
    @CsvSource({
        "RUN, UP, false",
        "RUN, UP, true",
        "RUN, DOWN, false",
        "FINISH, UP, false",
        "DOWN, UP, true",
        "DOWN, DOWN, false",
        "DOWN, DOWN, true"
    })
    void what_is_adopted_is_the_same_to_who_follows_and_to_who_looks(State state, Want want, boolean downFile) {
        ServiceStatus status = new ServiceStatus(NOW, state == State.DOWN ? 0 : PID, false, false, want, state);
        ServiceEvent.Program program = state == State.FINISH ? ServiceEvent.Program.FINISH : ServiceEvent.Program.RUN;
        ServiceSnapshot.End end = new ServiceSnapshot.End(ExitStatus.ofCode(3), Duration.ofSeconds(2), NOW);
        List<ServiceEvent> events = new ArrayList<>(List.of(
                new ServiceEvent.SupervisionBegan(
                        WEB,
                        status,
                        Optional.of(status),
                        downFile ? Set.of(ServiceEvent.Unit.SERVICE) : Set.of(ServiceEvent.Unit.LOG)),
                new ServiceEvent.Adopted(
                        WEB,
                        program,
                        status.pid(),
                        status.pid() != 0,
                        status.pid() == 0 ? Optional.empty() : Optional.of(NOW),
                        4,
                        Optional.of(end),
                        Optional.of(NOW.plusSeconds(1)))));
        if (state == State.RUN) {
            events.add(new ServiceEvent.Ready(WEB, PID));
        }
        ServiceSnapshot seen = ServiceSnapshot.beginning(WEB);
        Node followed = ServiceNodes.of(seen);
        for (ServiceEvent event : events) {
            seen = seen.after(event);
            followed = ServiceNodeChanges.after(followed, event);
        }

        assertThat(followed).isEqualTo(ServiceNodes.of(seen));
        assertThat(followed.restarts()).isEqualTo(4);
        assertThat(followed.lastExit()).isPresent();
        assertThat(followed.details()).containsEntry("normally", downFile ? "down" : "up");
        assertThat(followed.children().get(0).details()).containsEntry("normally", downFile ? "up" : "down");
    }
}
