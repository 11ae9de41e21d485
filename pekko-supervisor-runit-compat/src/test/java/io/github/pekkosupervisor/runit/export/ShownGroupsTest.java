package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ToldEvents.NOON;
import static io.github.pekkosupervisor.runit.export.ToldEvents.cancelled;
import static io.github.pekkosupervisor.runit.export.ToldEvents.changed;
import static io.github.pekkosupervisor.runit.export.ToldEvents.crashed;
import static io.github.pekkosupervisor.runit.export.ToldEvents.offender;
import static io.github.pekkosupervisor.runit.export.ToldEvents.over;
import static io.github.pekkosupervisor.runit.export.ToldEvents.sibling;
import static io.github.pekkosupervisor.runit.export.ToldEvents.spec;
import static io.github.pekkosupervisor.runit.export.ToldEvents.startFailed;
import static io.github.pekkosupervisor.runit.export.ToldEvents.started;
import static io.github.pekkosupervisor.runit.export.ToldEvents.stopped;
import static io.github.pekkosupervisor.runit.export.ToldEvents.supervisorEnds;
import static io.github.pekkosupervisor.runit.export.ToldEvents.up;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is shown of a tree after what its supervisors have told. */
final class ShownGroupsTest {

    private static final int JVM = 4711;
    private static final String W = "/workers";

    private final List<ShownPlace> marked = new ArrayList<>();
    private ShownGroups groups = groups(0);

    private ShownGroups groups(int dynamicChildren) {
        return new ShownGroups(
                new ShownGroups.Terms(Optional.empty(), dynamicChildren, false),
                SupervisorSpec.oneForOne(),
                JVM,
                NOON,
                marked::add);
    }

    private void told(SupervisorEvent... events) {
        for (SupervisorEvent event : events) {
            groups.happened(event, NOON.plusSeconds(1));
        }
    }

    private ShownPlace place(String name) {
        return groups.all().stream()
                .filter(place -> place.name.toString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private List<String> names() {
        return groups.all().stream().map(ShownPlace::toString).sorted().toList();
    }

    /** As {@code sv} says it: {@code run}, {@code down}, {@code down, want up}, {@code not running}. */
    private String shown(String name) {
        Shown shown = groups.view(place(name)).shown();
        String state = shown.status().state().name().toLowerCase(java.util.Locale.ROOT);
        if (!shown.isOpen()) {
            return "not running";
        }
        return state.equals("down") && shown.status().want().name().equals("UP") ? "down, want up" : state;
    }

    private List<Call> letter(String name, char letter) {
        return groups.decide(place(name), new ExportEvent.Letter(letter)).calls();
    }

    private boolean mayStart(String id, StartGate.Cause cause) {
        return groups.mayStart(new StartGate.Start(W, spec(id), cause), false);
    }

    /** The tree of these tests: supervisor {@code workers} with {@code w1} to {@code w3}. */
    private void workers(Strategy strategy) {
        told(
                started(W, offender("w1", 1)),
                started(W, offender("w2", 2)),
                started(W, offender("w3", 3)),
                up(W, strategy),
                started("/", offender("workers supervisor", 1)),
                up("/", Strategy.ONE_FOR_ONE));
    }

    /** One crashes, and waits for its restart; the others that it takes along are stopped. */
    private void crashes(String id, long incarnation, String... others) {
        told(crashed(W, offender(id, incarnation), true));
        for (String other : others) {
            told(stopped(W, offender(other, Long.parseLong(other.substring(1))), sibling(offender(id, incarnation))));
        }
    }

    @Nested
    class WhoWaitsWithASibling {

        @Test
        void is_shown_so_while_it_will_be_started() {
            workers(Strategy.ONE_FOR_ALL);

            crashes("w1", 1, "w3", "w2");

            assertThat(shown("workers.w1")).isEqualTo("down, want up");
            assertThat(shown("workers.w2")).isEqualTo("down, want up");
        }

        @ParameterizedTest
        @EnumSource(
                value = Strategy.class,
                names = {"ONE_FOR_ALL", "REST_FOR_ONE"})
        void stays_down_if_that_restart_is_called_off(Strategy strategy) {
            workers(strategy);
            crashes("w1", 1, "w3", "w2");

            told(cancelled(W, offender("w1", 1), StopCause.Call.INSTANCE));

            assertThat(shown("workers.w1")).isEqualTo("down");
            assertThat(shown("workers.w2")).isEqualTo("down");
            assertThat(shown("workers.w3")).isEqualTo("down");
            assertThat(letter("workers.w2", 'u')).containsExactly(Call.RESTART);
        }

        @Test
        void stays_down_too_if_it_was_renewed_and_the_start_before_its_own_failed() {
            workers(Strategy.ONE_FOR_ALL);
            told(
                    stopped(W, offender("w2", 2), StopCause.Renewal.INSTANCE),
                    stopped(W, offender("w1", 1), StopCause.Renewal.INSTANCE),
                    startFailed(W, offender("w1", 4)));
            assertThat(shown("workers.w2")).isEqualTo("down, want up");

            told(cancelled(W, offender("w1", 4), StopCause.Call.INSTANCE));

            assertThat(shown("workers.w2")).isEqualTo("down");
        }

        @Test
        void goes_on_to_wait_if_that_sibling_waits_with_another() {
            workers(Strategy.REST_FOR_ONE);
            crashes("w2", 2, "w3");

            told(crashed(W, offender("w1", 1), true), cancelled(W, offender("w2", 2), sibling(offender("w1", 1))));

            assertThat(shown("workers.w2")).isEqualTo("down, want up");
            assertThat(shown("workers.w3")).isEqualTo("down, want up");
        }

        @Test
        void goes_on_to_wait_if_another_before_it_is_restarting() {
            workers(Strategy.REST_FOR_ONE);
            crashes("w1", 1, "w3", "w2");
            told(started(W, offender("w2", 4)), crashed(W, offender("w2", 4), true));

            told(cancelled(W, offender("w1", 1), StopCause.Call.INSTANCE));
            assertThat(shown("workers.w3")).isEqualTo("down, want up");

            told(cancelled(W, offender("w2", 4), StopCause.Call.INSTANCE));
            assertThat(shown("workers.w3")).isEqualTo("down");
        }

        @Test
        void stays_down_if_the_supervisor_goes_by_another_strategy_now() {
            workers(Strategy.ONE_FOR_ALL);
            crashes("w1", 1, "w3", "w2");

            told(changed(W, Strategy.ONE_FOR_ONE, "w1", "w2", "w3"));

            assertThat(shown("workers.w1")).isEqualTo("down, want up");
            assertThat(shown("workers.w2")).isEqualTo("down");
        }

        @Test
        void is_down_when_the_supervisor_has_ended_and_begun_anew() {
            workers(Strategy.ONE_FOR_ALL);
            crashes("w1", 1, "w3", "w2");
            told(over(W), crashed("/", offender("workers supervisor", 1), true), started(W, offender("w1", 1)));

            assertThat(shown("workers.w2")).isEqualTo("down");
        }
    }

    @Nested
    class WhileTheSupervisorIsRestarted {

        private void ends() {
            workers(Strategy.ONE_FOR_ONE);
            told(over(W), crashed("/", offender("workers supervisor", 1), true));
        }

        @Test
        void its_children_are_to_come_up() {
            ends();

            assertThat(shown("workers")).isEqualTo("down, want up");
            assertThat(shown("workers.w1")).isEqualTo("down, want up");
        }

        @Test
        void one_that_is_put_down_meanwhile_is_shown_so_and_not_started() {
            ends();

            assertThat(letter("workers.w1", 'd')).isEmpty();

            assertThat(shown("workers.w1")).isEqualTo("down");
            assertThat(shown("workers.w2")).isEqualTo("down, want up");
            assertThat(mayStart("w1", StartGate.Cause.START_UP)).isFalse();
            assertThat(mayStart("w2", StartGate.Cause.START_UP)).isTrue();
        }

        @Test
        void one_that_was_put_down_before_is_started() {
            workers(Strategy.ONE_FOR_ONE);
            letter("workers.w1", 'd');
            told(stopped(W, offender("w1", 1), StopCause.Call.INSTANCE));
            groups.decide(place("workers.w1"), new ExportEvent.Answered(Call.TERMINATE, true));

            told(over(W), crashed("/", offender("workers supervisor", 1), true));

            assertThat(shown("workers.w1")).isEqualTo("down, want up");
            assertThat(mayStart("w1", StartGate.Cause.START_UP)).isTrue();
        }

        @Test
        void when_it_is_stopped_for_good_nobody_is_to_be_seen_behind_them() {
            workers(Strategy.ONE_FOR_ONE);

            told(over(W), stopped("/", offender("workers supervisor", 1), StopCause.Call.INSTANCE));

            assertThat(shown("workers")).isEqualTo("down");
            assertThat(shown("workers.w1")).isEqualTo("not running");
        }
    }

    /** One whose actor has failed, or which was abandoned, tells nothing any more. */
    @Test
    void what_a_supervisor_has_not_told_at_its_end_follows_from_what_is_told_of_it() {
        workers(Strategy.ONE_FOR_ONE);
        told(
                started(W, offender("deep supervisor", 4)),
                started(W + "/deep", offender("d1", 1)),
                up(W + "/deep", Strategy.ONE_FOR_ONE));

        told(crashed("/", offender("workers supervisor", 1), true));

        assertThat(shown("workers.w1")).isEqualTo("down, want up");
        assertThat(shown("workers.deep.d1")).isEqualTo("down, want up");
        told(started(W, offender("w1", 1)));
        assertThat(shown("workers.w1")).isEqualTo("run");
    }

    @Nested
    class DynamicChildren {

        private void pool(int most) {
            groups = groups(most);
            told(up("/pool", Strategy.DYNAMIC), started("/", offender("pool supervisor", 1)));
        }

        private void job(long number) {
            told(started("/pool", offender("job", number)));
        }

        private void jobEnds(long number) {
            jobEnds(number, number);
        }

        private void jobEnds(long number, long first) {
            told(crashed("/pool", offender("job", number, first), false));
        }

        @Test
        void are_shown_up_to_so_many() {
            pool(2);

            job(1);
            job(2);
            job(3);

            assertThat(names()).containsExactly("@tree", "pool", "pool.job@1", "pool.job@2");
        }

        @Test
        void those_that_are_over_and_shown_for_a_while_count() {
            pool(2);
            job(1);
            job(2);
            jobEnds(1);

            job(3);
            assertThat(names()).doesNotContain("pool.job@3");

            assertThat(groups.vanishes(place("pool.job@1"))).isTrue();
            job(4);
            assertThat(names()).containsExactly("@tree", "pool", "pool.job@2", "pool.job@4");
        }

        /** A supervisor that begins anew counts its incarnations from 1. */
        @Test
        void of_a_supervisor_that_has_been_restarted_have_names_that_none_has_had() {
            pool(10);
            told(started("/pool", offender("mail", 1)), started("/pool", offender("job", 2)));
            told(crashed("/pool", offender("mail", 1), true), started("/pool", offender("mail", 3, 1)));

            told(over("/pool"), crashed("/", offender("pool supervisor", 1), true));
            told(up("/pool", Strategy.DYNAMIC), started("/", offender("pool supervisor", 2)));
            told(started("/pool", offender("job", 1)), started("/pool", offender("mail", 2)));

            assertThat(names())
                    .containsExactly("@tree", "pool", "pool.job@2", "pool.job@4", "pool.mail@1", "pool.mail@5");
            assertThat(place("pool.job@4").id).isEqualTo("job");
            assertThat(groups.view(place("pool.mail@1")).isForgotten()).isTrue();
            assertThat(shown("pool.mail@1")).isEqualTo("down");
            assertThat(shown("pool.job@4")).isEqualTo("run");
        }

        @Test
        void have_the_name_of_their_first_incarnation_after_a_restart_of_their_supervisor_too() {
            pool(10);
            job(1);
            told(over("/pool"), crashed("/", offender("pool supervisor", 1), true));
            told(up("/pool", Strategy.DYNAMIC), started("/", offender("pool supervisor", 2)));
            job(1);

            told(crashed("/pool", offender("job", 1), true), started("/pool", offender("job", 2, 1)));
            jobEnds(2, 1);

            assertThat(names()).containsExactly("@tree", "pool", "pool.job@1", "pool.job@2");
            assertThat(groups.view(place("pool.job@2")).isForgotten()).isTrue();
        }

        /** Those of all that are not shown count as well. */
        @Test
        void numbers_go_on_after_the_highest_that_there_was() {
            pool(1);
            job(1);
            job(2);
            job(3);
            told(over("/pool"), crashed("/", offender("pool supervisor", 1), true));
            assertThat(groups.vanishes(place("pool.job@1"))).isTrue();
            told(up("/pool", Strategy.DYNAMIC), started("/", offender("pool supervisor", 2)));

            job(1);

            assertThat(names()).containsExactly("@tree", "pool", "pool.job@4");
        }

        @Test
        void errors_of_several_at_the_end_of_their_supervisor_concern_none() {
            pool(2);
            job(1);

            told(
                    new SupervisorEvent.ShutdownError(
                            "/pool", ToldEvents.without("job"), ToldEvents.WHY, ToldEvents.RAN, supervisorEnds()),
                    over("/pool"));

            assertThat(groups.view(place("pool.job@1")).isForgotten()).isTrue();
        }
    }

    @Nested
    class WhoGoes {

        @Test
        void one_that_is_forgotten_vanishes_once_with_all_below_it() {
            workers(Strategy.ONE_FOR_ONE);
            ShownPlace workers = place("workers");
            ShownPlace w1 = place("workers.w1");

            told(over(W), new SupervisorEvent.ChildDeleted("/", ToldEvents.without("workers supervisor")));

            assertThat(groups.view(w1).isForgotten()).isTrue();
            assertThat(groups.vanishes(w1)).isTrue();
            assertThat(groups.vanishes(w1)).isFalse();
            assertThat(groups.vanishes(workers)).isTrue();
            assertThat(names()).doesNotContain("workers", "workers.w1");
        }

        @Test
        void one_that_has_come_back_does_not() {
            told(started("/", offender("a temporary", 1)), crashed("/", offender("a temporary", 1), false));
            ShownPlace a = place("a");

            told(started("/", offender("a temporary", 2)));

            assertThat(groups.vanishes(a)).isFalse();
            assertThat(shown("a")).isEqualTo("run");
        }

        @Test
        void who_is_not_there_any_more_when_its_supervisor_is_up_again() {
            workers(Strategy.ONE_FOR_ONE);
            told(over(W), crashed("/", offender("workers supervisor", 1), true));

            told(started(W, offender("w1", 1)), started(W, offender("w2", 2)), up(W, Strategy.ONE_FOR_ONE));

            assertThat(groups.view(place("workers.w2")).isForgotten()).isFalse();
            assertThat(groups.view(place("workers.w3")).isForgotten()).isTrue();
        }

        @Test
        void who_is_not_in_the_specification_any_more_and_does_not_run() {
            told(
                    started("/", offender("a", 1)),
                    started("/", offender("b", 2)),
                    stopped("/", offender("b", 2), StopCause.Call.INSTANCE));

            told(changed("/", Strategy.ONE_FOR_ONE, "new"));

            assertThat(groups.view(place("a")).isForgotten()).isFalse();
            assertThat(groups.view(place("b")).isForgotten()).isTrue();
            assertThat(shown("new")).isEqualTo("down");
        }
    }

    @Test
    void a_start_gate_that_leaves_one_down_does_not_move_its_label() {
        workers(Strategy.ONE_FOR_ALL);
        told(stopped(W, offender("w2", 2), StopCause.Call.INSTANCE));
        Instant since = place("workers.w2").child.since();
        marked.clear();

        told(new SupervisorEvent.ChildIgnored(W, ToldEvents.without("w2"), java.util.OptionalLong.of(2)));

        assertThat(place("workers.w2").child.since()).isEqualTo(since);
        assertThat(marked).isEmpty();
    }

    /** It has one incarnation, and so no events of its own for that. */
    @Nested
    class TheTopWhileItsChildrenAreRenewed {

        private final ShownPlace top = place("@tree");
        private final Instant begun = NOON.plusSeconds(9);

        private void letter(char letter) {
            groups.decided(top, new ExportEvent.Letter(letter), begun);
        }

        private void answered(boolean done) {
            groups.decided(top, new ExportEvent.Answered(Call.RENEW, done), begun.plusSeconds(3));
        }

        private String shown() {
            Shown shown = groups.view(top).shown();
            return (shown.isReady() ? "ready" : "not ready") + " since "
                    + shown.status().stamp();
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void starts_then_and_is_up_when_that_is_answered(boolean done) {
            told(up("/", Strategy.ONE_FOR_ONE));
            assertThat(shown()).isEqualTo("ready since " + NOON);

            letter('t');
            assertThat(shown()).isEqualTo("not ready since " + begun);

            answered(done);
            assertThat(shown()).isEqualTo("ready since " + begun);
        }

        @Test
        void is_not_up_before_it_has_been_started() {
            letter('t');
            told(up("/", Strategy.ONE_FOR_ONE));
            assertThat(shown()).isEqualTo("not ready since " + begun);

            answered(true);
            assertThat(shown()).isEqualTo("ready since " + begun);
        }

        @Test
        void is_not_up_again_when_it_has_ended_meanwhile() {
            told(up("/", Strategy.ONE_FOR_ONE));
            letter('t');
            told(over("/"));

            answered(false);

            assertThat(shown()).startsWith("not ready");
        }
    }

    @Test
    void when_the_tree_is_over_all_are_down_and_nobody_is_to_be_seen() {
        workers(Strategy.ONE_FOR_ONE);

        groups.over(NOON);
        told(started(W, offender("w1", 9)));

        assertThat(groups.all()).allMatch(place -> place.child.phase() == ShownChild.Phase.DOWN);
        assertThat(shown("@tree")).isEqualTo("not running");
        assertThat(shown("workers.w1")).isEqualTo("not running");
    }
}
