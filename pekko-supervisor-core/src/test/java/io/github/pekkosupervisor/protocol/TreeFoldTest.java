package io.github.pekkosupervisor.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.OneshotAgain;
import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StartCause;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Supervision;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;

/** What becomes of a tree by each event. */
final class TreeFoldTest {

    private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");
    private static final ExitReason BROKEN = ExitReason.failed("broken");
    private static final Duration RAN = Duration.ofSeconds(3);

    private final TreeFold fold = new TreeFold(InstantSource.fixed(NOW));

    private record Handle(String id, long incarnation) implements ChildHandle {
        @Override
        public <T> ActorRef<T> ref() {
            throw new AssertionError("a fold sends nothing");
        }

        @Override
        public Optional<SupervisorRef> supervisor() {
            throw new AssertionError("a fold asks nobody");
        }

        @Override
        public Optional<ProcessIdentity> process() {
            return Optional.of(new ProcessIdentity((int) (100 + incarnation), 0, ""));
        }

        @Override
        public Instant startedAt() {
            return NOW.plusSeconds(10 * incarnation);
        }

        @Override
        public boolean hasEnded() {
            throw new AssertionError("a fold is told of ends");
        }
    }

    private static ChildSpec spec(String id) {
        return id.startsWith("s")
                ? ChildSpec.supervisor(id, SupervisorSpec.oneForOne())
                : ChildSpec.actor(id, Behaviors.empty());
    }

    private static Offender child(ChildSpec spec, long incarnation) {
        return new Offender(spec, Optional.of(new Handle(spec.id(), incarnation)), false, 1);
    }

    private static Offender child(String id, long incarnation) {
        return child(spec(id), incarnation);
    }

    private TreeFoldTest up(String path, Strategy strategy) {
        fold.event(new SupervisorEvent.SupervisorStarted(
                path, new Supervision(strategy, 0, OptionalInt.of(3), Duration.ofSeconds(5))));
        return this;
    }

    private TreeFoldTest started(String path, Offender child, StartCause cause) {
        return started(path, child, cause, OptionalLong.empty());
    }

    private TreeFoldTest started(String path, Offender child, StartCause cause, OptionalLong succeeds) {
        fold.event(new SupervisorEvent.ChildStarted(path, child, cause, succeeds));
        return this;
    }

    private TreeFoldTest died(String path, Offender child) {
        fold.event(new SupervisorEvent.ChildTerminated(
                path, child, BROKEN, RAN, Optional.of(restart(path, child, Duration.ZERO))));
        return this;
    }

    private static SupervisorEvent.RestartScheduled restart(String path, Offender child, Duration delay) {
        return new SupervisorEvent.RestartScheduled(
                path, child, delay, 1, OptionalInt.of(3), Duration.ofSeconds(5), false);
    }

    private TreeFoldTest starting(String path, Offender child) {
        fold.event(new SupervisorEvent.ChildStarting(path, child));
        return this;
    }

    private TreeFoldTest stopping(String path, Offender child, StopCause cause) {
        fold.event(new SupervisorEvent.ChildStopping(path, child, Optional.empty(), cause));
        return this;
    }

    private TreeFoldTest gone(String path, Offender child, boolean again) {
        fold.event(new SupervisorEvent.ChildGone(path, child, BROKEN, RAN, again));
        return this;
    }

    private TreeFoldTest finished(String path, Offender child) {
        fold.event(new SupervisorEvent.ChildFinished(path, child, ExitReason.normal(), RAN));
        return this;
    }

    private TreeFoldTest stopped(String path, Offender child, StopCause cause) {
        fold.event(new SupervisorEvent.ChildStopped(path, child, ExitReason.shutdown(), RAN, cause));
        return this;
    }

    private TreeFoldTest scheduled(String path, Offender child, Duration delay) {
        fold.event(restart(path, child, delay));
        return this;
    }

    private int recent() {
        return fold.present().top().supervision().orElseThrow().recent();
    }

    private Node node(String path) {
        return fold.present().find(path).orElseThrow();
    }

    /** Each place below the top, its incarnation and state. */
    private String seen() {
        return seen(fold.present().top());
    }

    private static String seen(Node top) {
        return top.children().stream()
                .map(node -> node.path()
                        + (node.incarnation().isPresent()
                                ? "#" + node.incarnation().getAsLong()
                                : "")
                        + " " + node.state().name().toLowerCase(Locale.ROOT)
                        + (node.children().isEmpty() ? "" : " (" + seen(node) + ")"))
                .collect(Collectors.joining(", "));
    }

    /** As a snapshot has it at each moment: who hangs is seen. */
    @Test
    void who_starts_and_stops_is_seen_where_that_is_told() {
        two(Strategy.ONE_FOR_ALL).died("/", child("b", 2));
        stopping("/", child("a", 1), new StopCause.Sibling(child("b", 2)));

        assertThat(seen()).isEqualTo("/a#1 stopping, /b restarting");
        assertThat(node("/a").ready()).isFalse();

        stopped("/", child("a", 1), new StopCause.Sibling(child("b", 2)));
        starting("/", child("a", 3));

        assertThat(seen()).isEqualTo("/a#3 starting, /b restarting");
        assertThat(node("/a").ready()).isFalse();
        assertThat(node("/a").process().map(ProcessIdentity::pid)).hasValue(103);
        assertThat(node("/a").since()).hasValue(NOW.plusSeconds(30));

        started("/", child("a", 3), StartCause.RESTART, OptionalLong.of(1)).starting("/", child("b", 4));

        assertThat(seen()).isEqualTo("/a#3 running, /b#4 starting");

        fold.event(new SupervisorEvent.StartError(
                "/", child("b", 2), BROKEN, child("b", 4).handle().orElseThrow(), RAN, Optional.empty()));

        assertThat(seen()).isEqualTo("/a#3 running, /b restarting");
        assertThat(node("/b").former()).hasValue(2);

        starting("/", child("b", 5)).started("/", child("b", 5), StartCause.RESTART, OptionalLong.of(2));

        assertThat(seen()).isEqualTo("/a#3 running, /b#5 running");
        assertThat(node("/b").restarts()).isEqualTo(1);
        assertThat(node("/b").ready()).isTrue();
    }

    @Test
    void who_hangs_is_not_ready_and_it_is_seen_why_until_he_works_again_or_ends() {
        two(Strategy.ONE_FOR_ONE);
        fold.event(new SupervisorEvent.ChildHung("/", child("a", 9), "silent", false));

        assertThat(node("/a").ready()).isTrue();

        fold.event(new SupervisorEvent.ChildHung("/", child("a", 1), "silent", false));

        assertThat(seen()).isEqualTo("/a#1 running, /b#2 running");
        assertThat(node("/a").ready()).isFalse();
        assertThat(node("/a").details()).isEqualTo(Map.of("hung", "silent"));

        fold.event(new SupervisorEvent.ChildRecovered("/", child("a", 9), RAN));

        assertThat(node("/a").ready()).isFalse();

        fold.event(new SupervisorEvent.ChildRecovered("/", child("a", 1), RAN));

        assertThat(node("/a").ready()).isTrue();
        assertThat(node("/a").details()).isEmpty();

        fold.event(new SupervisorEvent.ChildHung("/", child("a", 1), "silent", true));
        stopping("/", child("a", 1), StopCause.Hung.INSTANCE);

        assertThat(seen()).isEqualTo("/a#1 stopping, /b#2 running");
        assertThat(node("/a").details()).isEqualTo(Map.of("hung", "silent"));

        died("/", child("a", 1)).started("/", child("a", 3), StartCause.RESTART, OptionalLong.of(1));

        assertThat(node("/a").ready()).isTrue();
        assertThat(node("/a").details()).isEmpty();
    }

    @Test
    void who_waits_for_one_that_starts_again_is_seen_waiting() {
        two(Strategy.REST_FOR_ONE).died("/", child("a", 1));
        stopped("/", child("b", 2), new StopCause.Sibling(child("a", 1)));
        starting("/", child("a", 3));

        assertThat(seen()).isEqualTo("/a#3 starting, /b waiting");
    }

    @Test
    void a_stop_of_another_incarnation_changes_nothing() {
        two(Strategy.ONE_FOR_ONE).stopping("/", child("a", 9), StopCause.Call.INSTANCE);

        assertThat(seen()).isEqualTo("/a#1 running, /b#2 running");
    }

    @Test
    void one_that_has_ended_is_seen_so_before_its_supervisor_takes_that_up() {
        two(Strategy.ONE_FOR_ONE).gone("/", child("a", 1), true).gone("/", child("b", 2), false);

        assertThat(seen()).isEqualTo("/a restarting, /b finished");
        assertThat(node("/a").former()).hasValue(1);
        assertThat(node("/a").ready()).isFalse();
        assertThat(node("/a").process()).isEmpty();

        died("/", child("a", 1)).started("/", child("a", 3), StartCause.RESTART, OptionalLong.of(1));
        finished("/", child("b", 2));

        assertThat(seen()).isEqualTo("/a#3 running, /b finished");
        assertThat(node("/a").restarts()).isEqualTo(1);
        assertThat(node("/b").lastExit()).isPresent();
    }

    @Test
    void with_a_supervisor_that_has_ended_goes_what_is_below_it() {
        two(Strategy.ONE_FOR_ONE)
                .started("/s", child("c", 1), StartCause.START_UP)
                .up("/s", Strategy.ONE_FOR_ONE)
                .started("/", child("s", 3), StartCause.START_UP);

        gone("/", child("s", 3), true);

        assertThat(fold.present().find("/s/c")).isEmpty();
    }

    @Test
    void the_end_of_another_incarnation_changes_nothing() {
        two(Strategy.ONE_FOR_ONE).gone("/", child("a", 9), true);

        assertThat(seen()).isEqualTo("/a#1 running, /b#2 running");
    }

    /** The top and two children, a and b, up. */
    private TreeFoldTest two(Strategy strategy) {
        return started("/", child("a", 1), StartCause.START_UP)
                .started("/", child("b", 2), StartCause.START_UP)
                .up("/", strategy);
    }

    @Test
    void one_that_ran_once_has_finished() {
        two(Strategy.ONE_FOR_ONE);

        fold.event(new SupervisorEvent.ChildTerminated("/", child("a", 1), BROKEN, RAN, Optional.empty()));

        assertThat(seen()).isEqualTo("/a finished, /b#2 running");
    }

    @Test
    void what_is_renewed_keeps_its_place_even_where_it_would_be_forgotten_and_that_is_no_restart() {
        ChildSpec temporary = spec("t").withRestart(RestartType.TEMPORARY);
        started("/", child(temporary, 1), StartCause.CALL)
                .started("/", child("w", 2), StartCause.CALL)
                .up("/", Strategy.DYNAMIC);

        stopped("/", child(temporary, 1), StopCause.Renewal.INSTANCE);
        assertThat(seen()).isEqualTo("/t stopped, /w#2 running");
        started("/", child(temporary, 3), StartCause.RENEWAL, OptionalLong.of(1));

        assertThat(seen()).isEqualTo("/t#3 running, /w#2 running");
        assertThat(node("/t").restarts()).isZero();
    }

    @Test
    void what_was_stopped_to_be_renewed_waits_for_another_and_is_after_nobody_when_that_comes_first() {
        two(Strategy.ONE_FOR_ALL);

        stopped("/", child("a", 1), StopCause.Renewal.INSTANCE);
        assertThat(node("/a").former()).hasValue(1);
        died("/", child("b", 2));

        assertThat(node("/a").state()).isEqualTo(State.WAITING);
        assertThat(node("/a").former()).isEmpty();
    }

    @Test
    void one_that_a_start_gate_keeps_down_is_ignored() {
        two(Strategy.ONE_FOR_ONE).died("/", child("a", 1));

        fold.event(new SupervisorEvent.ChildIgnored(
                "/", new Offender(spec("a"), Optional.empty(), false, 1), OptionalLong.of(1)));

        assertThat(seen()).isEqualTo("/a ignored, /b#2 running");
    }

    @Test
    void a_tree_comes_up() {
        two(Strategy.ONE_FOR_ONE);

        assertThat(seen()).isEqualTo("/a#1 running, /b#2 running");
        assertThat(fold.present().top().ready()).isTrue();
        assertThat(node("/a").since()).contains(NOW.plusSeconds(10));
        assertThat(node("/a").process()).map(ProcessIdentity::pid).contains(101);
    }

    @Test
    void one_that_dies_is_down_until_it_is_started_again_in_its_place() {
        two(Strategy.ONE_FOR_ONE).died("/", child("a", 1));
        assertThat(seen()).isEqualTo("/a restarting, /b#2 running");
        assertThat(node("/a").lastExit()).contains(new LastExit("failed(broken)", NOW.plusSeconds(13)));
        assertThat(node("/a").since()).contains(NOW.plusSeconds(13));

        started("/", child("a", 3), StartCause.RESTART);
        assertThat(seen()).isEqualTo("/a#3 running, /b#2 running");
        assertThat(node("/a").restarts()).isEqualTo(1);
    }

    @Test
    void a_wait_is_seen_and_those_wait_that_come_back_with_it() {
        two(Strategy.ONE_FOR_ALL)
                .died("/", child("a", 1))
                .scheduled("/", child("a", 1), Duration.ofSeconds(7))
                .stopped("/", child("b", 2), new StopCause.Sibling(child("a", 1)));

        assertThat(seen()).isEqualTo("/a restarting, /b waiting");
        assertThat(node("/a").nextRestart()).contains(NOW.plusSeconds(7));
        assertThat(recent()).isEqualTo(1);

        fold.event(new SupervisorEvent.RestartBegun("/", child("a", 1), 2));
        assertThat(node("/a").nextRestart()).isEmpty();
        assertThat(recent()).isEqualTo(2);
    }

    @Test
    void only_those_after_it_wait_in_rest_for_one() {
        two(Strategy.REST_FOR_ONE)
                .stopped("/", child("a", 1), StopCause.Call.INSTANCE)
                .died("/", child("b", 2));

        assertThat(seen()).isEqualTo("/a stopped, /b restarting");
    }

    @Test
    void one_that_has_finished_or_need_not_run_stays_and_a_temporary_one_goes() {
        ChildSpec temporary = spec("t").withRestart(RestartType.TEMPORARY);
        two(Strategy.ONE_FOR_ONE)
                .started("/", child(temporary, 3), StartCause.CALL)
                .finished("/", child("a", 1))
                .finished("/", child(temporary, 3))
                .died("/", child("b", 2));
        fold.event(new SupervisorEvent.ChildIgnored("/", child("b", 4), OptionalLong.of(2)));

        assertThat(seen()).isEqualTo("/a finished, /b ignored");
    }

    private static ChildSpec oneshot(OneshotAgain again) {
        return ChildSpec.process("o", ProcessSpec.of("true").withOneshot(again));
    }

    private void done(Offender child, StartCause cause, OptionalLong succeeds) {
        fold.event(new SupervisorEvent.ChildDone("/", child, ExitReason.normal(), RAN, cause, succeeds));
    }

    @Test
    void one_that_is_done_is_down_and_comes_with_its_group() {
        ChildSpec oneshot = oneshot(OneshotAgain.GROUP);
        two(Strategy.ONE_FOR_ALL).starting("/", child(oneshot, 3));
        assertThat(seen()).isEqualTo("/a#1 running, /b#2 running, /o#3 starting");

        done(child(oneshot, 3), StartCause.START_UP, OptionalLong.empty());

        assertThat(seen()).isEqualTo("/a#1 running, /b#2 running, /o done");
        assertThat(node("/o").process()).isEmpty();
        assertThat(node("/o").lastExit()).contains(LastExit.of("normal", NOW.plusSeconds(33)));
        assertThat(node("/o").since()).contains(NOW.plusSeconds(33));
        assertThat(node("/o").restarts()).isZero();
        died("/", child("a", 1));
        assertThat(seen()).isEqualTo("/a restarting, /b#2 running, /o waiting");
        done(child(oneshot, 6), StartCause.RESTART, OptionalLong.of(3));
        assertThat(node("/o").restarts()).isEqualTo(1);
    }

    @Test
    void one_that_is_done_for_good_does_not_wait_for_its_group() {
        two(Strategy.ONE_FOR_ALL);
        done(child(oneshot(OneshotAgain.ONCE), 3), StartCause.START_UP, OptionalLong.empty());

        died("/", child("a", 1));

        assertThat(seen()).isEqualTo("/a restarting, /b#2 running, /o done");
        assertThat(node("/o").details()).isEqualTo(Node.DONE_FOR_GOOD);
        starting("/", child(oneshot(OneshotAgain.ONCE), 7));
        assertThat(node("/o").details()).isEmpty();
    }

    @Test
    void children_of_one_path_are_told_apart_by_their_incarnation() {
        up("/", Strategy.SIMPLE_ONE_FOR_ONE)
                .started("/", child("w", 1), StartCause.CALL)
                .started("/", child("w", 2), StartCause.CALL)
                .started("/", child("w", 3), StartCause.CALL)
                .died("/", child("w", 2))
                .started("/", child("w", 4), StartCause.RESTART, OptionalLong.of(2))
                .finished("/", child("w", 1));

        assertThat(seen()).isEqualTo("/w#4 running, /w#3 running");
    }

    /** Two of a template wait, and come back in the other order. */
    @Test
    void each_comes_back_in_its_own_place() {
        up("/", Strategy.SIMPLE_ONE_FOR_ONE)
                .started("/", child("w", 1), StartCause.CALL)
                .started("/", child("w", 2), StartCause.CALL)
                .died("/", child("w", 1))
                .died("/", child("w", 2))
                .scheduled("/", child("w", 2), Duration.ofSeconds(7));
        assertThat(fold.present().top().children())
                .extracting(Node::former, node -> node.nextRestart().isPresent())
                .containsExactly(tuple(OptionalLong.of(1), false), tuple(OptionalLong.of(2), true));

        started("/", child("w", 3), StartCause.RESTART, OptionalLong.of(2))
                .died("/", child("w", 3))
                .started("/", child("w", 4), StartCause.RESTART, OptionalLong.of(3));
        started("/", child("w", 5), StartCause.RESTART, OptionalLong.of(1));

        assertThat(seen()).isEqualTo("/w#5 running, /w#4 running");
        assertThat(fold.present().top().children()).extracting(Node::restarts).containsExactly(1L, 2L);
    }

    @Test
    void a_new_one_of_a_template_that_need_not_run_is_not_one_that_waits() {
        up("/", Strategy.SIMPLE_ONE_FOR_ONE)
                .started("/", child("w", 1), StartCause.CALL)
                .died("/", child("w", 1));

        fold.event(new SupervisorEvent.ChildIgnored("/", child("w", 2), OptionalLong.empty()));

        assertThat(seen()).isEqualTo("/w restarting");
    }

    @Test
    void a_restart_that_was_cancelled_leaves_it_stopped_and_forgets_it_in_a_dynamic_one() {
        two(Strategy.ONE_FOR_ONE)
                .died("/", child("a", 1))
                .scheduled("/", child("a", 1), Duration.ofSeconds(7))
                .cancelled(child("a", 1), StopCause.Call.INSTANCE);

        assertThat(seen()).isEqualTo("/a stopped, /b#2 running");
        assertThat(node("/a").nextRestart()).isEmpty();

        up("/", Strategy.DYNAMIC).died("/", child("b", 2)).cancelled(child("b", 2), StopCause.Call.INSTANCE);
        assertThat(seen()).isEqualTo("/a stopped");
    }

    private void cancelled(Offender child, StopCause cause) {
        fold.event(new SupervisorEvent.RestartCancelled("/", child, cause));
    }

    @Test
    void one_that_is_deleted_is_not_there_and_has_no_past_when_it_comes_again() {
        two(Strategy.ONE_FOR_ONE)
                .died("/", child("a", 1))
                .started("/", child("a", 3), StartCause.RESTART, OptionalLong.of(1))
                .stopped("/", child("a", 3), StopCause.Call.INSTANCE);

        fold.event(new SupervisorEvent.ChildDeleted("/", new Offender(spec("a"), Optional.empty(), false, 1)));
        assertThat(seen()).isEqualTo("/b#2 running");

        started("/", child("a", 4), StartCause.CALL);
        assertThat(seen()).isEqualTo("/b#2 running, /a#4 running");
        assertThat(node("/a").restarts()).isZero();
        assertThat(node("/a").lastExit()).isEmpty();
    }

    @Test
    void a_changed_supervisor_has_other_flags_other_kinds_and_another_order() {
        two(Strategy.ONE_FOR_ONE);
        Supervision by = new Supervision(Strategy.REST_FOR_ONE, 0, OptionalInt.of(9), Duration.ofMinutes(1));

        fold.event(new SupervisorEvent.SupervisorChanged(
                "/", by, List.of(spec("new"), ChildSpec.supervisor("b", SupervisorSpec.oneForOne()), spec("a"))));

        assertThat(seen()).isEqualTo("/new stopped, /b#2 running, /a#1 running");
        assertThat(node("/b").kind()).isEqualTo("supervisor");
        assertThat(fold.present().top().supervision()).contains(by);
    }

    /** A call adds one, which is seen starting; that fails. */
    @Test
    void one_that_was_seen_starting_and_could_not_be_started_is_as_it_was_before() {
        Supervision by = new Supervision(Strategy.ONE_FOR_ONE, 0, OptionalInt.of(3), Duration.ofSeconds(5));
        Node starting =
                Node.of("/a", "actor", State.STARTING).withIncarnation(OptionalLong.of(7), OptionalLong.empty());
        fold.snapshot(new TreeSnapshot(
                NOW,
                Node.of("/", "supervisor", State.RUNNING)
                        .withSupervision(Optional.of(by))
                        .withChildren(List.of(
                                starting,
                                starting.withKind("/b", "actor")
                                        .withIncarnation(OptionalLong.of(8), OptionalLong.empty())))));

        fold.event(new SupervisorEvent.ChildNotStarted("/", child("a", 7), BROKEN, Optional.empty()));
        fold.event(new SupervisorEvent.ChildNotStarted("/", child("b", 8), BROKEN, Optional.of(State.FINISHED)));

        assertThat(seen()).isEqualTo("/b finished");
    }

    /** B had to restart, with all; A, which is first, could not be started. */
    @Test
    void in_one_for_all_another_waits_with_the_one_that_could_not_be_started() {
        two(Strategy.ONE_FOR_ALL)
                .died("/", child("b", 2))
                .scheduled("/", child("b", 2), Duration.ZERO)
                .stopped("/", child("a", 1), new StopCause.Sibling(child("b", 2)));
        fold.event(new SupervisorEvent.StartError(
                "/",
                new Offender(spec("a"), Optional.empty(), false, 1),
                BROKEN,
                new Handle("a", 3),
                RAN,
                Optional.empty()));

        assertThat(seen()).isEqualTo("/a restarting, /b waiting");
    }

    @Test
    void what_is_below_a_supervisor_goes_with_it_and_comes_anew() {
        started("/s", child("sub", 1), StartCause.START_UP)
                .started("/s/sub", child("x", 1), StartCause.START_UP)
                .up("/s", Strategy.ONE_FOR_ONE)
                .started("/", child("s", 1), StartCause.START_UP)
                .up("/", Strategy.ONE_FOR_ONE);
        assertThat(seen()).isEqualTo("/s#1 running (/s/sub#1 running (/s/sub/x#1 running))");

        died("/", child("s", 1));
        assertThat(seen()).isEqualTo("/s restarting");

        started("/s", child("sub", 1), StartCause.START_UP).started("/", child("s", 2), StartCause.RESTART);
        assertThat(seen()).isEqualTo("/s#2 running (/s/sub#1 running)");
    }

    @Test
    void one_seen_while_it_was_starting_or_had_just_ended_stays_in_its_place() {
        Node starting =
                Node.of("/a", "actor", State.STARTING).withIncarnation(OptionalLong.of(7), OptionalLong.empty());
        Node ended = Node.of("/b", "actor", State.RESTARTING);
        Supervision by = new Supervision(Strategy.ONE_FOR_ONE, 0, OptionalInt.of(3), Duration.ofSeconds(5));
        fold.snapshot(new TreeSnapshot(
                NOW,
                Node.of("/", "supervisor", State.RUNNING)
                        .withSupervision(Optional.of(by))
                        .withChildren(List.of(starting, ended))));

        started("/", child("a", 7), StartCause.RESTART).died("/", child("b", 6));

        assertThat(seen()).isEqualTo("/a#7 running, /b restarting");
        assertThat(node("/b").lastExit()).map(LastExit::reason).contains("failed(broken)");
    }

    @Test
    void a_start_that_fails_tells_why() {
        two(Strategy.ONE_FOR_ONE).died("/", child("a", 1));
        fold.event(new SupervisorEvent.StartError(
                "/", child("a", 1), ExitReason.failed("again"), new Handle("a", 3), RAN, Optional.empty()));

        assertThat(seen()).isEqualTo("/a restarting, /b#2 running");
        assertThat(node("/a").lastExit()).contains(new LastExit("failed(again)", NOW.plusSeconds(33)));
    }

    @Test
    void the_end_leaves_nothing_but_how_it_was() {
        two(Strategy.ONE_FOR_ONE);

        fold.ended(new TreeEnd.Closed(ExitReason.shutdown()));

        assertThat(seen()).isEmpty();
        assertThat(fold.present().top().state()).isEqualTo(State.STOPPED);
        assertThat(fold.present().top().lastExit()).contains(new LastExit("closed", NOW));
    }
}
