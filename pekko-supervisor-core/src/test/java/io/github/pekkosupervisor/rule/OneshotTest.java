package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.rule.RuleBed.BROKEN;
import static io.github.pekkosupervisor.rule.RuleBed.child;
import static io.github.pekkosupervisor.rule.RuleBed.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.OneshotAgain;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StartCause;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.rule.SupervisorRule.Extras;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A child that has started when it has ended normally: what its ends lead to, and what it is when it is down. */
final class OneshotTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private static ChildSpec oneshot(String id, OneshotAgain again) {
        return ChildSpec.process(id, ProcessSpec.of("true").withOneshot(again));
    }

    private static ChildSpec oneshot(String id) {
        return oneshot(id, OneshotAgain.GROUP);
    }

    /** A oneshot, then one that stays. */
    private static RuleBed restForOne(OneshotAgain again) {
        return done(new RuleBed(spec(SupervisorSpec.restForOne(), child("a"), oneshot("o", again), child("b"))));
    }

    private static RuleBed done(RuleBed bed) {
        bed.begin().starts("a").ends("o", ExitReason.normal()).starts("b").took();
        return bed;
    }

    private static String states(RuleBed bed) {
        return bed.rule.look(Scope.ALL, at -> Instant.EPOCH, bed.now).children().stream()
                .map(seen -> seen.node().path().substring(1) + " " + seen.node().state())
                .collect(Collectors.joining(", "));
    }

    private static Node node(RuleBed bed, String id) {
        return bed.rule.look(Scope.ALL, at -> Instant.ofEpochSecond(at / 1_000_000_000), bed.now).children().stream()
                .map(Sight.Seen::node)
                .filter(node -> node.path().equals("/" + id))
                .findFirst()
                .orElseThrow();
    }

    @Nested
    class WhenItIsStartedWithItsSupervisor {

        @Test
        void those_after_it_wait_until_it_has_ended_normally_and_it_has_no_limit() {
            RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), oneshot("o"), child("b"))).begin();
            bed.took("start o#1");
            assertThat(states(bed)).isEqualTo("o STARTING, b WAITING");

            bed.at(Duration.ofDays(2));
            bed.ends("o", ExitReason.normal()).took("ChildDone o#1", "start b#2", "wake at PT48H30S");
            bed.starts("b").took("ChildStarted b#2 START_UP", "SupervisorStarted", "up");

            assertThat(states(bed)).isEqualTo("o DONE, b RUNNING");
            assertThat(bed.events.get(0)).isInstanceOfSatisfying(SupervisorEvent.ChildDone.class, done -> {
                assertThat(done.reason()).isEqualTo(ExitReason.normal());
                assertThat(done.ran()).isEqualTo(Duration.ofDays(2));
                assertThat(done.cause()).isEqualTo(StartCause.START_UP);
                assertThat(done.succeeds()).isEmpty();
            });
        }

        @Test
        void it_is_seen_done_without_an_incarnation_and_with_its_end() {
            RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), oneshot("o"))).begin();
            bed.at(SECOND).ends("o", ExitReason.normal());
            bed.at(SECOND.multipliedBy(9));

            Node node = node(bed, "o");

            assertThat(node.incarnation()).isEmpty();
            assertThat(node.former()).isEmpty();
            assertThat(node.ready()).isFalse();
            assertThat(node.lastExit().orElseThrow().reason()).isEqualTo("normal");
            assertThat(node.since()).contains(Instant.ofEpochSecond(1));
            assertThat(bed.answerTo(new Request.CountChildren()).toString()).contains("active=0");
        }

        @ParameterizedTest
        @CsvSource({"broken", "shutdown", "killed"})
        void any_other_end_is_a_start_that_has_failed(String how) {
            ExitReason reason = switch (how) {
                case "shutdown" -> ExitReason.shutdown();
                case "killed" -> ExitReason.killed();
                default -> BROKEN;
            };
            RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), child("a"), oneshot("o"), child("b"))).begin();
            bed.starts("a").obedient().ends("o", reason);

            assertThat(bed.end)
                    .isEqualTo(new TreeEnd.Failed(ExitReason.shutdown(new ExitReason.FailedToStartChild("o", reason))));
        }

        @Test
        void one_that_is_none_has_failed_too_if_it_ends_normally_before_it_has_started() {
            RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), child("a"))).begin();
            bed.ends("a", ExitReason.normal());
            assertThat(bed.end).isInstanceOf(TreeEnd.Failed.class);
        }

        @Test
        void a_limit_that_was_set_is_kept_and_nothing_that_it_says_then_counts() {
            ProcessSpec limited = ProcessSpec.of("true").withOneshot().withStartTimeout(SECOND);
            RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), ChildSpec.process("o", limited))).begin();
            bed.took("start o#1", "wake at PT1S");
            bed.wakeAt(SECOND).took("stop o#1 PT5S", "wake at PT6S");
            bed.ends("o", ExitReason.normal());
            assertThat(bed.end).hasToString("failed: shutdown(failed_to_start_child(o, timeout))");
        }
    }

    @Nested
    class WhenAGroupIsRestarted {

        @Test
        void it_is_run_again_with_its_group() {
            RuleBed bed = restForOne(OneshotAgain.GROUP);
            bed.ends("a", BROKEN);
            assertThat(bed.took()).contains("stop b#3 PT5S").doesNotContain("stop o#2 PT5S");
            assertThat(states(bed)).isEqualTo("a RESTARTING, o WAITING, b STOPPING");

            bed.ends("b").starts("a").took();
            bed.ends("o", ExitReason.normal());

            assertThat(bed.took()).contains("ChildDone o#5", "start b#6");
            assertThat(node(bed, "o").restarts()).isEqualTo(1);
            assertThat(((SupervisorEvent.ChildDone) bed.events.get(bed.events.size() - 1)).succeeds())
                    .hasValue(2);
        }

        @Test
        void it_is_not_if_once_is_enough() {
            RuleBed bed = restForOne(OneshotAgain.ONCE);
            bed.ends("a", BROKEN);
            assertThat(states(bed)).isEqualTo("a RESTARTING, o DONE, b STOPPING");
            bed.ends("b").took();

            bed.starts("a");

            assertThat(bed.took()).contains("start b#5");
            assertThat(states(bed)).isEqualTo("a RUNNING, o DONE, b STARTING");
            assertThat(node(bed, "o").details()).isEqualTo(Node.DONE_FOR_GOOD);
        }

        @Test
        void it_is_not_when_all_are_renewed_either() {
            RuleBed again = restForOne(OneshotAgain.GROUP).obedient();
            again.call(new Request.RenewAll());
            assertThat(again.took()).contains("start o#5");

            RuleBed once = restForOne(OneshotAgain.ONCE).obedient();
            once.call(new Request.RenewAll());
            assertThat(once.took()).contains("start a#4", "start b#5").doesNotContain("ChildStarted o#5");
        }

        @Test
        void it_is_tried_again_within_what_its_supervisor_allows() {
            RuleBed bed = restForOne(OneshotAgain.ONCE);
            bed.call(new Request.RestartChild("o"))
                    .ends("o", ExitReason.normal())
                    .took();
            bed = done(new RuleBed(spec(SupervisorSpec.oneForAll(), child("a"), oneshot("o"), child("b"))));
            bed.ends("a", BROKEN).ends("b").starts("a").took();

            bed.ends("o", BROKEN);

            assertThat(bed.took()).contains("StartError o BROKEN".replace("BROKEN", BROKEN.toString()), "try again o");
            assertThat(states(bed)).isEqualTo("a RUNNING, o RESTARTING, b WAITING");
            bed.due().ends("a").starts("a").ends("o", ExitReason.normal()).starts("b");
            assertThat(states(bed)).isEqualTo("a RUNNING, o DONE, b RUNNING");
        }

        @Test
        void its_delays_begin_anew_when_it_is_done() {
            ChildSpec delayed = oneshot("o")
                    .withRestartDelay(new RestartDelay(SECOND, Duration.ofMinutes(1), 2, 0, Duration.ofHours(1)));
            RuleBed bed = done(new RuleBed(spec(SupervisorSpec.restForOne(), child("a"), delayed, child("b"))));
            bed.ends("a", BROKEN).ends("b").starts("a").took();
            bed.ends("o", BROKEN);
            assertThat(bed.took()).contains("wait for o PT1S");
            bed.due().ends("o", BROKEN);
            assertThat(bed.took()).contains("wait for o PT2S");
            bed.due().ends("o", ExitReason.normal()).starts("b");
            bed.at(Duration.ofSeconds(20))
                    .ends("a", BROKEN)
                    .ends("b")
                    .starts("a")
                    .took();
            bed.ends("o", BROKEN);
            assertThat(bed.took()).contains("wait for o PT1S");
        }
    }

    @Nested
    class WhenItIsCalledFor {

        @ParameterizedTest
        @EnumSource(OneshotAgain.class)
        void a_call_always_runs_it_again_and_is_answered_when_it_is_done(OneshotAgain again) {
            RuleBed bed = restForOne(again);
            bed.call(new Request.RestartChild("o")).took("start o#4");
            bed.ends("o", ExitReason.normal()).took("ChildDone o#4", "answer started o#4");
            assertThat(bed.of("o").isStartedByCall()).isTrue();
            assertThat(states(bed)).isEqualTo("a RUNNING, o DONE, b RUNNING");
        }

        @Test
        void one_that_fails_then_is_done_as_before_and_the_caller_knows() {
            RuleBed bed = restForOne(OneshotAgain.ONCE);
            bed.call(new Request.RestartChild("o")).ends("o", BROKEN);
            assertThat(bed.took()).contains("answer start failed " + BROKEN);
            assertThat(states(bed)).isEqualTo("a RUNNING, o DONE, b RUNNING");
        }

        @Test
        void one_that_is_added_is_kept_when_it_is_done_and_forgotten_by_a_dynamic_supervisor() {
            RuleBed bed = RuleBed.up(spec(SupervisorSpec.oneForOne()));
            bed.call(new Request.StartChild(oneshot("o"), List.of())).ends("o", ExitReason.normal());
            assertThat(states(bed)).isEqualTo("o DONE");
            RuleBed dynamic = RuleBed.up(spec(SupervisorSpec.dynamic()));
            dynamic.call(new Request.StartChild(oneshot("o"), List.of())).ends("o", ExitReason.normal());
            assertThat(dynamic.took()).contains("answer started o#1");
            assertThat(states(dynamic)).isEmpty();
        }

        /** Nobody waits for the end of what he wants stopped: it may come after hours. */
        @Test
        void a_call_to_stop_it_asks_it_at_once_and_is_answered_when_it_has_ended() {
            RuleBed bed = restForOne(OneshotAgain.GROUP);
            bed.call(new Request.RestartChild("o")).took();

            bed.call(new Request.TerminateChild("o")).took("stop o#4 PT5S", "wake at PT5S");
            bed.call(new Request.TerminateChild("o")).tookNothing();
            bed.ends("o", ExitReason.shutdown());

            assertThat(bed.took()).containsSubsequence("answer start failed shutdown", "answer ok", "answer ok");
            assertThat(states(bed)).isEqualTo("a RUNNING, o DONE, b RUNNING");
        }

        @Test
        void one_that_does_not_stop_when_it_is_asked_to_is_killed() {
            RuleBed bed = restForOne(OneshotAgain.GROUP);
            bed.call(new Request.RestartChild("o"))
                    .call(new Request.TerminateChild("o"))
                    .took();
            bed.wakeAt(SECOND.multipliedBy(5)).took("kill o#4", "wake at PT15S");
            bed.ends("o");
            assertThat(bed.took()).contains("answer start failed killed", "answer ok");
        }

        @Test
        void one_that_is_to_be_killed_at_once_is() {
            ChildSpec brutal = oneshot("o").withShutdown(Shutdown.brutalKill());
            RuleBed bed = done(new RuleBed(spec(SupervisorSpec.oneForOne(), child("a"), brutal, child("b"))));
            bed.call(new Request.RestartChild("o")).took();
            bed.call(new Request.TerminateChild("o")).took("kill o#4", "wake at PT10S");
        }

        @Test
        void in_a_restart_it_is_not_tried_again_then() {
            RuleBed bed = restForOne(OneshotAgain.GROUP);
            bed.ends("a", BROKEN).ends("b").starts("a").took();

            bed.call(new Request.TerminateChild("o")).took("stop o#5 PT5S");
            bed.ends("o", ExitReason.shutdown());

            assertThat(bed.took()).contains("StartError o shutdown", "RestartCancelled o", "answer ok");
            assertThat(states(bed)).isEqualTo("a RUNNING, o STOPPED, b STOPPED");
            bed.due().tookNothing();
        }

        @Test
        void at_start_up_the_supervisor_fails() {
            RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), oneshot("o"), child("b"))).begin();
            bed.call(new Request.TerminateChild("o")).obedient().ends("o", ExitReason.shutdown());
            assertThat(bed.end).hasToString("failed: shutdown(failed_to_start_child(o, shutdown))");
        }

        @Test
        void a_call_for_another_child_waits() {
            RuleBed bed = restForOne(OneshotAgain.GROUP);
            bed.call(new Request.RestartChild("o")).took();
            bed.call(new Request.TerminateChild("b"))
                    .call(new Request.RestartChild("o"))
                    .tookNothing();
        }

        @Test
        void a_call_that_came_before_its_start_is_not_overlooked() {
            RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), child("a"), oneshot("o"))).begin();
            bed.call(new Request.TerminateChild("o")).took();
            bed.starts("a").took("ChildStarted a#1 START_UP", "start o#2", "stop o#2 PT5S", "wake at PT5S");
        }

        @Test
        void of_one_that_goes_on_the_start_is_waited_for() {
            RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), child("a"))).begin();
            bed.took();
            bed.call(new Request.TerminateChild("a")).tookNothing();
        }

        @Test
        void a_dynamic_supervisors_is_named_by_its_handle() {
            RuleBed bed = RuleBed.up(spec(SupervisorSpec.dynamic()));
            bed.call(new Request.StartChild(oneshot("o"), List.of())).took();
            Incarnation it = bed.of("o");
            bed.call(new Request.TerminateChild("o")).tookNothing();
            bed.call(new Request.TerminateHandle(it.handle()), it, false).took("stop o#1 PT5S", "wake at PT5S");
        }

        @Test
        void who_wants_to_know_is_told_that_it_is_being_stopped() {
            SupervisorSpec spec = spec(SupervisorSpec.oneForOne(), oneshot("o"));
            RuleBed bed = new RuleBed(spec, new Extras(false, true)).begin();
            bed.took();
            bed.call(new Request.TerminateChild("o"))
                    .took("ChildStopping o#1 PT5S Call", "stop o#1 PT5S", "wake at PT5S");
            assertThat(states(bed)).isEqualTo("o STOPPING");
        }
    }

    @Nested
    class WhenTheSupervisorIsStopped {

        @Test
        void it_is_asked_to_stop_at_once() {
            RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), child("a"), oneshot("o"), child("b"))).begin();
            bed.starts("a").took();

            bed.tell(new RuleEvent.Stop(ExitReason.shutdown())).took("stop o#2 PT5S", "wake at PT5S");
            bed.ends("o", ExitReason.shutdown());

            assertThat(bed.took()).contains("ChildStopped o#2 shutdown", "stop a#1 PT5S");
            bed.ends("a");
            assertThat(bed.end).isInstanceOf(TreeEnd.Closed.class);
        }

        @Test
        void one_that_is_done_by_then_has_stopped_well() {
            RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), oneshot("o"))).begin();
            bed.tell(new RuleEvent.Stop(ExitReason.shutdown())).took();
            bed.ends("o", ExitReason.normal());
            assertThat(bed.took()).contains("ChildStopped o#1 normal");
        }

        @Test
        void it_is_not_begun_any_more() {
            RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), child("a"), oneshot("o"))).begin();
            bed.tell(new RuleEvent.Stop(ExitReason.shutdown())).took();
            bed.starts("a").took("ChildStarted a#1 START_UP", "stop a#1 PT5S", "wake at PT5S");
        }

        @Test
        void one_that_goes_on_is_started_first() {
            RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), child("a"), child("b"))).begin();
            bed.tell(new RuleEvent.Stop(ExitReason.shutdown())).took();
            bed.starts("a").took("ChildStarted a#1 START_UP", "start b#2");
        }

        @Test
        void one_that_was_asked_to_stop_by_a_call_is_not_asked_twice() {
            RuleBed bed = restForOne(OneshotAgain.GROUP);
            bed.call(new Request.RestartChild("o"))
                    .call(new Request.TerminateChild("o"))
                    .took();
            bed.tell(new RuleEvent.Stop(ExitReason.shutdown())).tookNothing();
            bed.wakeAt(SECOND.multipliedBy(5)).took("kill o#4", "wake at PT15S");
        }
    }
}
