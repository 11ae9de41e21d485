package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.rule.RuleBed.BROKEN;
import static io.github.pekkosupervisor.rule.RuleBed.child;
import static io.github.pekkosupervisor.rule.RuleBed.spec;
import static io.github.pekkosupervisor.rule.RuleBed.up;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ChildSpec.OnAbandon;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A child that runs and does not work: what is done about it, and what its end is then. */
final class HangRuleTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private static SupervisorSpec oneForOne(ChildSpec... children) {
        return spec(SupervisorSpec.oneForOne(), children);
    }

    private static RuleBed tellingTransitions(SupervisorSpec spec) {
        return up(new RuleBed(spec, new SupervisorRule.Extras(false, true)));
    }

    private static RuleEvent.Hung reported(RuleBed bed, String id) {
        return new RuleEvent.Hung(bed.of(id), "silent", false);
    }

    private static Node seen(RuleBed bed, int place) {
        return bed.rule
                .look(Scope.ALL, time -> Instant.EPOCH.plusNanos(time), bed.now)
                .children()
                .get(place)
                .node();
    }

    @Nested
    class ToBeStopped {

        @Test
        void it_is_asked_to_stop_and_restarted_by_its_type() {
            RuleBed bed = up(oneForOne(child("a")));

            bed.hangs("a").took("ChildHung a#1 silent, stopped", "stop a#1 PT5S", "wake at PT5S");
            bed.ends("a").took("ChildTerminated a#1 hung: silent", "Restart a#1 after PT0S, 0 of 3", "start a#2");
        }

        @Test
        void what_it_says_of_its_end_is_no_reason() {
            RuleBed bed = up(oneForOne(child("a").withRestart(RestartType.TRANSIENT)));

            bed.hangs("a").ends("a", ExitReason.normal());

            assertThat(bed.took()).contains("ChildTerminated a#1 hung: silent", "start a#2");
        }

        @Test
        void it_counts_as_a_restart() {
            RuleBed bed = up(SupervisorSpec.oneForOne()
                    .withIntensity(1, Duration.ofSeconds(10))
                    .withChildren(List.of(child("a"))));

            bed.hangs("a").ends("a").starts("a").hangs("a").ends("a");

            assertThat(bed.took())
                    .contains("GaveUp a#2 reached_max_restart_intensity")
                    .endsWith(
                            "end gave up: supervisor / allows 1 restart in 10 s, and child a ended with hung: silent");
        }

        @Test
        void a_temporary_one_is_reported_and_forgotten() {
            RuleBed bed = up(oneForOne(child("a").withRestart(RestartType.TEMPORARY)));

            bed.hangs("a").took("ChildHung a#1 silent, stopped", "stop a#1 PT5S", "wake at PT5S");
            bed.ends("a").took("ChildTerminated a#1 hung: silent");
            assertThat(bed.answerTo(new Request.WhichChildren())).hasToString("Children[list=[]]");
        }

        @Test
        void one_that_does_not_stop_is_killed_when_its_time_is_over() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.hangs("a").took();

            bed.wakeAt(SECOND.multipliedBy(4)).took("wake at PT5S");
            bed.wakeAt(SECOND.multipliedBy(5)).took("kill a#1", "wake at PT6S");
            bed.ends("a").took("ChildTerminated a#1 hung: silent", "Restart a#1 after PT0S, 0 of 3", "start a#2");
        }

        @Test
        void one_that_cannot_be_killed_is_abandoned_and_restarted() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.hangs("a").wakeAt(SECOND.multipliedBy(5)).took();

            bed.wakeAt(SECOND.multipliedBy(6))
                    .took(
                            "abandon a#1",
                            "ChildTerminated a#1 hung: silent",
                            "Restart a#1 after PT0S, 0 of 3",
                            "start a#2",
                            "wake at PT36S");
        }

        @Test
        void one_of_which_there_must_not_be_two_ends_its_supervisor_then() {
            RuleBed bed = up(oneForOne(child("a").withOnAbandon(OnAbandon.ESCALATE), child("b")));
            bed.hangs("a").wakeAt(SECOND.multipliedBy(5)).took();

            bed.wakeAt(SECOND.multipliedBy(6));

            assertThat(bed.took()).contains("abandon a#1", "stop b#2 PT5S").noneMatch(line -> line.startsWith("start"));
        }

        @Test
        void one_that_is_to_be_killed_at_once_is() {
            RuleBed bed = up(oneForOne(child("a").withShutdown(Shutdown.brutalKill())));

            bed.hangs("a").took("ChildHung a#1 silent, stopped", "kill a#1", "wake at PT1S");
        }

        @Test
        void one_that_may_take_for_ever_has_half_a_minute() {
            RuleBed bed = up(oneForOne(child("a").withShutdown(Shutdown.infinity())));

            bed.hangs("a").took("ChildHung a#1 silent, stopped", "stop a#1 PT30S");
            bed.wakeAt(SECOND.multipliedBy(30)).took("kill a#1", "wake at PT31S");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "ONE_FOR_ONE  | b | start b",
                    "ONE_FOR_ALL  | b | stop c, stop a, start a, start b, start c",
                    "REST_FOR_ONE | b | stop c, start b, start c",
                })
        void the_strategy_takes_others_along(Strategy strategy, String id, String expected) {
            RuleBed bed = up(spec(SupervisorSpec.of(strategy), child("a"), child("b"), child("c")));
            bed.hangs(id).took();
            bed.obedient().ends(id);

            assertThat(bed.took().stream()
                            .filter(line -> line.startsWith("stop ") || line.startsWith("start "))
                            .map(line -> line.replaceAll("#.*", "")))
                    .containsExactly(expected.split(", ", -1));
        }

        @Test
        void its_supervisor_does_other_things_meanwhile() {
            RuleBed bed = up(oneForOne(child("a"), child("b")));
            bed.hangs("a").took();

            bed.ends("b", BROKEN).starts("b");

            assertThat(bed.took()).contains("start b#3", "ChildStarted b#3 RESTART");
            bed.ends("a");
            assertThat(bed.took()).contains("ChildTerminated a#1 hung: silent");
        }

        @Test
        void it_is_told_once() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.hangs("a").took();

            bed.hangs("a").tookNothing();
            bed.tell(new RuleEvent.Recovered(bed.of("a"))).tookNothing();
        }

        @Test
        void of_transitions_it_is_told_that_it_stops_for_that() {
            RuleBed bed = tellingTransitions(oneForOne(child("a")));

            bed.hangs("a")
                    .took(
                            "ChildHung a#1 silent, stopped",
                            "ChildStopping a#1 PT5S Hung",
                            "stop a#1 PT5S",
                            "wake at PT5S");
        }

        @Test
        void it_is_seen_as_stopping_and_why() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.hangs("a");

            Node node = seen(bed, 0);

            assertThat(node.state()).hasToString("STOPPING");
            assertThat(node.details()).isEqualTo(Map.of("hung", "silent"));
            bed.ends("a").starts("a");
            assertThat(seen(bed, 0).details()).isEmpty();
            assertThat(seen(bed, 0).ready()).isTrue();
            assertThat(seen(bed, 0).lastExit().orElseThrow().reason()).isEqualTo("hung: silent");
        }
    }

    @Nested
    class StoppedForSomethingElse {

        @Test
        void a_call_to_stop_it_waits_for_the_same_end_and_that_is_no_failure() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.hangs("a").took();

            bed.at(SECOND).call(new Request.TerminateChild("a")).tookNothing();
            bed.ends("a").took("ChildStopped a#1 shutdown", "answer ok");
        }

        @Test
        void it_is_killed_when_its_first_time_is_over() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.hangs("a").at(SECOND).call(new Request.TerminateChild("a")).took();

            bed.wakeAt(SECOND.multipliedBy(5)).took("kill a#1", "wake at PT6S");
            bed.wakeAt(SECOND.multipliedBy(6)).took("abandon a#1", "ShutdownError a#1 abandoned", "answer ok");
            bed.wakeAt(SECOND.multipliedBy(7)).tookNothing();
        }

        @Test
        void a_sibling_that_ends_takes_it_along() {
            RuleBed bed = up(spec(SupervisorSpec.oneForAll(), child("a"), child("b")));
            bed.hangs("a").took();

            bed.ends("b", BROKEN).took("ChildTerminated b#2 failed(broken)", "Restart b#2 after PT0S, 0 of 3");
            bed.ends("a").took("ChildStopped a#1 shutdown", "start a#3");
        }

        @Test
        void a_kill_by_a_call_leaves_it_hung() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.hangs("a").took();

            bed.at(SECOND).call(new Request.KillChild("a")).took("kill a#1", "wake at PT2S", "answer ok");
            bed.ends("a");
            assertThat(bed.took()).contains("ChildTerminated a#1 hung: silent");
        }

        @ParameterizedTest
        @EnumSource(
                value = Strategy.class,
                names = {"ONE_FOR_ONE", "ONE_FOR_ALL", "REST_FOR_ONE"})
        void the_end_of_its_supervisor_is_no_failure_either(Strategy strategy) {
            RuleBed bed = up(spec(SupervisorSpec.of(strategy), child("a")));
            bed.hangs("a").took();

            bed.tell(new RuleEvent.Stop(ExitReason.shutdown())).tookNothing();
            bed.ends("a");

            assertThat(bed.took()).contains("ChildStopped a#1 shutdown");
        }

        @Test
        void nor_that_of_a_dynamic_one() {
            RuleBed bed = up(spec(SupervisorSpec.dynamic())).obedient();
            bed.call(new Request.StartChild(child("a"), List.of()));
            bed.obedient = false;
            bed.hangs("a").took();

            bed.tell(new RuleEvent.Stop(ExitReason.shutdown())).tookNothing();
            bed.ends("a");

            assertThat(bed.took()).contains("ChildStopped a#1 shutdown");
        }
    }

    @Nested
    class Reported {

        @Test
        void it_is_told_and_left_as_it_is() {
            RuleBed bed = up(oneForOne(child("a")));

            bed.tell(reported(bed, "a")).took("ChildHung a#1 silent");
            Node node = seen(bed, 0);
            assertThat(node.state()).hasToString("RUNNING");
            assertThat(node.ready()).isFalse();
            assertThat(node.details()).isEqualTo(Map.of("hung", "silent"));
        }

        @Test
        void it_is_told_that_it_works_again() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.at(SECOND).tell(reported(bed, "a")).took();

            bed.at(SECOND.multipliedBy(4))
                    .tell(new RuleEvent.Recovered(bed.of("a")))
                    .took("ChildRecovered a#1 after PT3S");
            assertThat(seen(bed, 0).ready()).isTrue();
            assertThat(seen(bed, 0).details()).isEmpty();
        }

        @Test
        void one_that_was_not_hung_has_not_recovered() {
            RuleBed bed = up(oneForOne(child("a")));

            bed.tell(new RuleEvent.Recovered(bed.of("a"))).tookNothing();
        }

        @Test
        void its_end_is_for_its_own_reason() {
            RuleBed bed = up(oneForOne(child("a")));

            bed.tell(reported(bed, "a")).ends("a", BROKEN);

            assertThat(bed.took()).contains("ChildTerminated a#1 failed(broken)");
        }

        @Test
        void its_stop_by_a_call_is_as_ever() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.tell(reported(bed, "a")).took();

            bed.call(new Request.TerminateChild("a")).took("stop a#1 PT5S", "wake at PT5S");
            assertThat(seen(bed, 0).details()).containsKey("hung");
            bed.ends("a").took("ChildStopped a#1 shutdown", "answer ok");
            assertThat(seen(bed, 0).details()).isEmpty();
        }

        @Test
        void its_successor_is_not_hung() {
            RuleBed bed = up(oneForOne(child("a")));
            Incarnation first = bed.of("a");
            bed.tell(reported(bed, "a")).ends("a", BROKEN).starts("a").took();

            bed.tell(new RuleEvent.Recovered(first)).tookNothing();
            assertThat(seen(bed, 0).ready()).isTrue();
        }
    }

    @Nested
    class ThatIsNotUp {

        @Test
        void one_that_is_being_stopped_is_not_hung() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.call(new Request.TerminateChild("a")).took();

            bed.hangs("a").tookNothing();
        }

        @Test
        void one_that_was_killed_is_not_hung() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.call(new Request.KillChild("a")).took();

            bed.hangs("a").tookNothing();
        }

        @Test
        void one_that_has_ended_is_not_hung() {
            RuleBed bed = up(oneForOne(child("a"), child("b")));
            Incarnation first = bed.of("a");
            bed.ends("a", BROKEN).took();

            bed.tell(new RuleEvent.Hung(first, "silent", true)).tookNothing();
            bed.starts("a").took();
            bed.tell(new RuleEvent.Hung(first, "silent", true)).tookNothing();
        }

        @Test
        void one_whose_end_waits_its_turn_is_not_hung() {
            RuleBed bed = up(oneForOne(child("a"), child("b")));
            bed.ends("b", BROKEN).ends("a", BROKEN).took();

            bed.hangs("a").tookNothing();
            bed.starts("b");
            assertThat(bed.took()).contains("ChildTerminated a#1 failed(broken)");
        }

        @Test
        void one_that_is_hung_while_its_end_waits_has_not_recovered() {
            RuleBed bed = up(oneForOne(child("a"), child("b")));
            bed.tell(reported(bed, "a")).ends("b", BROKEN).ends("a", BROKEN).took();

            bed.tell(new RuleEvent.Recovered(bed.of("a"))).tookNothing();
        }
    }
}
