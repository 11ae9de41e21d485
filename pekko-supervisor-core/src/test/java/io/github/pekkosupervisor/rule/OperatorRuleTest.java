package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.rule.RuleBed.BROKEN;
import static io.github.pekkosupervisor.rule.RuleBed.child;
import static io.github.pekkosupervisor.rule.RuleBed.spec;
import static io.github.pekkosupervisor.rule.RuleBed.up;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ChildSpec.OnAbandon;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The calls of an operator in each state of a child: those that wait their turn, and those that do not. */
final class OperatorRuleTest {

    private static final RestartDelay A_MINUTE = RestartDelay.fixed(Duration.ofMinutes(1));

    private static Duration seconds(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    private static SupervisorSpec oneForOne(ChildSpec... children) {
        return spec(SupervisorSpec.oneForOne(), children);
    }

    /** The child "a" in a state, with another beside it. */
    private static RuleBed with(String state) {
        ChildSpec a = child("a").withRestart(RestartType.TRANSIENT);
        RuleBed bed = up(oneForOne(child("first"), state.equals("waiting") ? a.withRestartDelay(A_MINUTE) : a));
        switch (state) {
            case "running" -> {}
            case "stopped" -> bed.ends("a", ExitReason.normal());
            case "restarting" -> bed.ends("a", BROKEN).ends("a", BROKEN);
            case "waiting" -> bed.ends("a", BROKEN);
            default -> throw new IllegalArgumentException(state);
        }
        bed.took();
        return bed;
    }

    private static Request<?> request(String call, String id) {
        return switch (call) {
            case "renew" -> new Request.RenewChild(id);
            case "renew all" -> new Request.RenewAll();
            case "kill" -> new Request.KillChild(id);
            case "once" -> new Request.StartOnce(id);
            case "now" -> new Request.StartNow(id);
            case "signal" -> new Request.SignalChild(id, Signal.HUP);
            default -> throw new IllegalArgumentException(call);
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "renew  | running    | stop a#2 PT5S; wake at PT5S",
                "renew  | stopped    | answer not_running",
                "renew  | restarting | answer restarting",
                "renew  | waiting    | answer restarting",
                "kill   | running    | kill a#2; wake at PT1S; answer ok",
                "kill   | stopped    | answer not_running",
                "kill   | restarting | answer not_running",
                "kill   | waiting    | answer not_running",
                "once   | running    | ChildRunsOnce a#2; answer ok",
                "once   | stopped    | start a#3",
                "once   | restarting | Restart a#2 after PT0S, 1 of 3; start a#4",
                "once   | waiting    | wait no longer for a; RestartBegun a#2; start a#3",
                "now    | running    | answer running",
                "now    | stopped    | answer not_running",
                "now    | restarting | Restart a#2 after PT0S, 1 of 3; start a#4",
                "now    | waiting    | wait no longer for a; RestartBegun a#2; start a#3",
                "signal | running    | signal a#2 HUP; answer ok",
                "signal | stopped    | answer not_running",
                "signal | restarting | answer not_running",
                "signal | waiting    | answer not_running",
            })
    void what_a_call_leads_to(String call, String state, String lines) {
        RuleBed bed = with(state);
        bed.call(request(call, "a")).took(lines.split("; ", -1));
    }

    @ParameterizedTest
    @CsvSource({"renew", "kill", "once", "now", "signal"})
    void of_a_child_that_there_is_not(String call) {
        assertThat(with("running").answerTo(request(call, "x"))).hasToString("not_found");
        assertThat(up(spec(SupervisorSpec.dynamic())).answerTo(request(call, "x")))
                .hasToString("simple_one_for_one");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "renew  | stop a#1 PT5S",
                "kill   | kill a#1",
                "once   | ChildRunsOnce a#1",
                "now    | answer running",
                "signal | signal a#1 HUP"
            })
    void by_handle_in_any_supervisor(String call, String line) {
        for (SupervisorSpec flags : List.of(SupervisorSpec.oneForOne(), SupervisorSpec.dynamic())) {
            RuleBed bed = up(spec(flags)).obedient();
            bed.call(new Request.StartChild(child("a"), List.of()));
            bed.obedient = false;
            bed.took();

            FakeHandle handle = (FakeHandle) bed.of("a").handle();
            bed.call(byHandle(call, handle), bed.of("a"), false);

            assertThat(bed.lines).contains(line);
        }
    }

    private static Request<?> byHandle(String call, FakeHandle handle) {
        return switch (call) {
            case "renew" -> new Request.RenewHandle(handle);
            case "kill" -> new Request.KillHandle(handle);
            case "once" -> new Request.StartOnceHandle(handle);
            case "now" -> new Request.StartNowHandle(handle);
            case "signal" -> new Request.SignalHandle(handle, Signal.HUP);
            default -> throw new IllegalArgumentException(call);
        };
    }

    @ParameterizedTest
    @CsvSource({"renew, not_running", "kill, not_running", "once, not_found", "now, not_running", "signal, not_running"
    })
    void by_the_handle_of_an_incarnation_that_is_no_more(String call, String answer) {
        RuleBed bed = up(oneForOne(child("a"))).obedient();
        Incarnation before = bed.of("a");
        bed.ends("a", BROKEN);

        bed.call(byHandle(call, (FakeHandle) before.handle()), before, true);

        assertThat(bed.answer).hasToString(answer);
    }

    @ParameterizedTest
    @CsvSource({"renew", "kill", "once", "now", "signal"})
    void by_the_handle_of_a_stranger(String call) {
        RuleBed other = up(oneForOne(child("a")));
        RuleBed bed = up(oneForOne(child("a")));

        bed.call(byHandle(call, (FakeHandle) other.of("a").handle()), other.of("a"), false);

        bed.took("answer not_found");
    }

    @Nested
    class Renewals {

        /** Of four children: who is stopped, in this order, and who is started. */
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "ONE_FOR_ONE  | a | a       | a",
                    "ONE_FOR_ONE  | b | b       | b",
                    "ONE_FOR_ONE  | d | d       | d",
                    "ONE_FOR_ALL  | a | d c b a | a b c d",
                    "ONE_FOR_ALL  | b | d c b a | a b c d",
                    "ONE_FOR_ALL  | d | d c b a | a b c d",
                    "REST_FOR_ONE | a | d c b a | a b c d",
                    "REST_FOR_ONE | b | d c b   | b c d",
                    "REST_FOR_ONE | d | d       | d",
                })
        void the_group_goes_down_backwards_and_comes_up_in_order(
                Strategy strategy, String named, String stopped, String started) {
            RuleBed bed = four(strategy).obedient();
            bed.call(request("renew", named));

            assertThat(ids(bed, "stop ")).containsExactly(stopped.split(" ", -1));
            assertThat(ids(bed, "start ")).containsExactly(started.split(" ", -1));
            assertThat(bed.lines)
                    .last()
                    .asString()
                    .startsWith("answer started " + named + "#")
                    .isNotEqualTo("answer started " + named + "#" + (named.charAt(0) - 'a' + 1));
            assertThat(bed.lines).noneMatch(line -> line.startsWith("Restart ") || line.startsWith("ChildTerminated"));
            assertThat(bed.lines)
                    .filteredOn(line -> line.startsWith("ChildStarted"))
                    .allMatch(line -> line.endsWith("RENEWAL"));
        }

        private RuleBed four(Strategy strategy) {
            return up(spec(SupervisorSpec.of(strategy), child("a"), child("b"), child("c"), child("d")));
        }

        private static List<String> ids(RuleBed bed, String word) {
            return bed.lines.stream()
                    .filter(line -> line.startsWith(word))
                    .map(line -> line.substring(word.length(), word.length() + 1))
                    .toList();
        }

        @Test
        void none_is_counted() {
            RuleBed bed = up(SupervisorSpec.oneForAll()
                            .withIntensity(0, Duration.ofSeconds(10))
                            .withChildren(List.of(child("a"), child("b"))))
                    .obedient();
            for (int i = 0; i < 5; i++) {
                assertThat(bed.answerTo(request("renew", "a"))).isInstanceOf(started());
            }
            assertThat(bed.end).isNull();
        }

        private static Class<?> started() {
            return io.github.pekkosupervisor.protocol.SupervisorResult.Started.class;
        }

        @ParameterizedTest
        @EnumSource(RestartType.class)
        void whatever_the_restart_type(RestartType type) {
            RuleBed bed = up(oneForOne(child("a").withRestart(type))).obedient();
            for (int i = 2; i < 5; i++) {
                assertThat(bed.answerTo(request("renew", "a"))).isInstanceOf(started());
                assertThat(bed.of("a").handle().incarnation()).isEqualTo(i);
                assertThat(bed.of("a").first()).isEqualTo(1);
            }
        }

        @Test
        void a_temporary_child_that_a_call_has_added_cannot_be_made_anew_and_runs_on() {
            ChildSpec temporary = child("t").withRestart(RestartType.TEMPORARY);
            RuleBed bed = up(oneForOne(temporary)).obedient();
            bed.ends("t", ExitReason.normal());
            bed.call(new Request.StartChild(child("t").withRestart(RestartType.TEMPORARY), List.of()));
            bed.took();

            bed.call(request("renew", "t")).took("answer not_kept");
            bed.call(request("renew all", "")).took("answer ok");
        }

        @Test
        void a_temporary_sibling_goes_as_in_a_restart() {
            ChildSpec temporary = child("t").withRestart(RestartType.TEMPORARY);
            RuleBed bed =
                    up(spec(SupervisorSpec.oneForAll(), child("a"), temporary)).obedient();
            bed.call(request("renew", "a"));

            assertThat(bed.answerTo(new Request.WhichChild("t"))).hasToString("not_found");
        }

        @Test
        void a_sibling_that_is_down_or_waits_is_started_with_its_group() {
            RuleBed bed = up(spec(
                            SupervisorSpec.restForOne(),
                            child("a"),
                            child("b").withRestart(RestartType.TRANSIENT),
                            child("c").withRestartDelay(A_MINUTE)))
                    .obedient();
            bed.ends("b", ExitReason.normal()).ends("c", BROKEN).took();

            bed.call(request("renew", "a"));

            assertThat(bed.lines).contains("wait no longer for c");
            assertThat(ids(bed, "start ")).containsExactly("a", "b", "c");
        }

        @Test
        void a_start_that_fails_is_a_failed_restart_and_counts_from_then_on() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.call(request("renew", "a")).ends("a").took();
            bed.ends("a", BROKEN)
                    .took("StartError a#1 failed(broken)", "try again a", "answer start failed failed(broken)");
            bed.due().took("Restart a#1 after PT0S, 0 of 3", "start a#3");
            bed.ends("a", BROKEN).due().took();
            bed.ends("a", BROKEN).due().took();
            bed.ends("a", BROKEN).due();
            assertThat(bed.end).isInstanceOf(TreeEnd.GaveUp.class);
        }

        @Test
        void a_temporary_one_that_fails_is_tried_again_in_its_group_too() {
            for (SupervisorSpec flags :
                    List.of(SupervisorSpec.oneForOne(), SupervisorSpec.oneForAll(), SupervisorSpec.restForOne())) {
                RuleBed bed = up(spec(flags, child("t").withRestart(RestartType.TEMPORARY), child("z")));
                bed.call(request("renew", "t"));
                if (bed.lines.contains("stop z#2 PT5S")) {
                    bed.ends("z");
                }
                bed.ends("t").ends("t", BROKEN).due();
                bed.obedient = true;
                bed.starts("t");

                assertThat(bed.answerTo(new Request.WhichChild("t")).toString()).contains("RUNNING");
                assertThat(bed.answerTo(new Request.WhichChild("z")).toString()).contains("RUNNING");
            }
        }

        @Test
        void of_a_group_what_comes_after_the_failure_waits_for_the_next_attempt() {
            RuleBed bed = four(Strategy.REST_FOR_ONE).obedient();
            bed.obedient = false;
            bed.call(request("renew", "b"))
                    .ends("d")
                    .ends("c")
                    .ends("b")
                    .starts("b")
                    .took();
            bed.ends("c", BROKEN)
                    .took("answer start failed failed(broken)", "StartError c failed(broken)", "try again c");
            bed.obedient = true;
            bed.due();
            assertThat(ids(bed, "start ")).containsExactly("c", "d");
        }

        @Test
        void one_that_has_just_died_is_renewed_and_not_restarted_as_well() {
            RuleBed bed = up(oneForOne(child("a"), child("b")));
            bed.call(new Request.TerminateChild("b")).call(request("renew", "a"));
            bed.ends("a", BROKEN).took();
            bed.ends("b");
            assertThat(bed.took()).contains("ShutdownError a#1 failed(broken)", "start a#3");
            bed.starts("a").took("ChildStarted a#3 RENEWAL", "answer started a#3");
        }

        @Test
        void it_is_over_sooner_when_the_supervisor_goes_down() {
            RuleBed bed = up(oneForOne(child("a"))).obedient();
            bed.obedient = false;
            bed.call(request("renew", "a")).took();
            bed.tell(new RuleEvent.Stop(ExitReason.shutdown())).tell(new RuleEvent.Hurry(Map.of()));
            bed.ends("a");
            assertThat(bed.took())
                    .contains("answer supervisor_gone")
                    .last()
                    .asString()
                    .startsWith("end ");
        }

        @Test
        void an_abandoned_one_that_must_not_be_there_twice_ends_the_supervisor() {
            RuleBed bed = up(oneForOne(child("a").withOnAbandon(OnAbandon.ESCALATE)));
            bed.call(request("renew", "a")).wakeAt(seconds(5)).took();
            bed.wakeAt(seconds(6));
            assertThat(bed.took())
                    .contains("abandon a#1", "answer supervisor_gone")
                    .doesNotContain("start a#2");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "ONE_FOR_ONE  | d b a | a b d",
                    "ONE_FOR_ALL  | d b a | a b c d",
                    "REST_FOR_ONE | d b a | a b c d"
                })
        void of_all_that_run(Strategy strategy, String stopped, String started) {
            RuleBed bed = four(strategy).obedient();
            bed.call(new Request.TerminateChild("c")).took();
            bed.call(request("renew all", ""));

            assertThat(ids(bed, "stop ")).containsExactly(stopped.split(" ", -1));
            assertThat(ids(bed, "start ")).containsExactly(started.split(" ", -1));
            assertThat(bed.lines).last().isEqualTo("answer ok");
        }

        @Test
        void of_all_leaves_those_alone_that_wait_if_they_are_nobodys_group() {
            RuleBed bed = up(oneForOne(
                            child("a"),
                            child("w").withRestartDelay(A_MINUTE),
                            child("t").withRestart(RestartType.TEMPORARY)))
                    .obedient();
            bed.ends("w", BROKEN).took();
            bed.call(request("renew all", ""));

            assertThat(ids(bed, "stop ")).containsExactly("t", "a");
            assertThat(ids(bed, "start ")).containsExactly("a", "t");
            assertThat(bed.answerTo(new Request.WhichChild("w")).toString()).contains("RESTARTING");
        }

        @Test
        void of_all_goes_on_after_a_failure_that_concerns_one_alone() {
            RuleBed bed = up(oneForOne(child("a"), child("b")));
            bed.call(request("renew all", "")).ends("b").ends("a").took();
            bed.ends("a", BROKEN).took("StartError a#1 failed(broken)", "try again a", "start b#4");
            bed.starts("b").took("ChildStarted b#4 RENEWAL", "answer start failed failed(broken)");
        }

        @Test
        void in_a_dynamic_supervisor_the_old_incarnation_still_leads_to_it_while_it_restarts() {
            RuleBed bed = up(spec(SupervisorSpec.dynamic())).obedient();
            bed.call(new Request.StartChild(child("a"), List.of()));
            bed.obedient = false;
            Incarnation first = bed.of("a");
            bed.call(new Request.RenewHandle(first.handle()), first, false).ends("a");
            bed.ends("a", BROKEN).took();

            bed.call(new Request.TerminateHandle(first.handle()), first, true)
                    .took("RestartCancelled a#1", "answer ok");
            assertThat(bed.answerTo(new Request.CountChildren()).toString()).contains("specs=0");
        }
    }

    @Nested
    class Kills {

        @Test
        void what_follows_is_as_after_an_end_by_itself() {
            RuleBed bed = with("running");
            bed.call(request("kill", "a")).took();
            bed.ends("a").took("ChildTerminated a#2 killed", "Restart a#2 after PT0S, 0 of 3", "start a#3");
        }

        @Test
        void again_is_no_more() {
            RuleBed bed = with("running");
            bed.call(request("kill", "a")).took();
            bed.call(request("kill", "a")).took("answer ok");
        }

        @Test
        void one_that_is_being_stopped_is_stopped_sooner() {
            RuleBed bed = up(oneForOne(child("a").withShutdown(Shutdown.infinity())));
            bed.call(new Request.TerminateChild("a")).took("stop a#1 for ever");
            bed.call(request("kill", "a")).took("kill a#1", "wake at PT1S", "answer ok");
            bed.ends("a").took("ShutdownError a#1 killed", "answer ok");
        }

        @Test
        void one_that_is_being_stopped_and_does_not_end_is_abandoned() {
            RuleBed bed = up(oneForOne(child("a").withShutdown(Shutdown.infinity())));
            bed.call(new Request.TerminateChild("a")).call(request("kill", "a")).took();
            bed.wakeAt(seconds(1)).took("abandon a#1", "ShutdownError a#1 abandoned", "answer ok");
        }

        @Test
        void one_that_is_starting_has_failed_to_start() {
            RuleBed bed = with("running");
            bed.call(new Request.StartChild(child("b"), List.of())).took();
            bed.call(request("kill", "b")).took("kill b#3", "wake at PT1S", "answer ok");
            bed.ends("b").took("ChildNotStarted b#3", "answer start failed killed");
        }

        @Test
        void one_that_is_starting_and_does_not_end_is_abandoned() {
            RuleBed bed = with("running");
            bed.call(new Request.StartChild(child("b"), List.of()))
                    .call(request("kill", "b"))
                    .took();
            bed.wakeAt(seconds(1)).took("abandon b#3", "ChildNotStarted b#3", "answer start failed abandoned");
        }

        @Test
        void while_the_supervisor_waits_for_another() {
            RuleBed bed = with("running");
            bed.call(new Request.TerminateChild("first")).took();
            bed.call(request("kill", "a"));
            assertThat(bed.took()).contains("kill a#2", "answer ok");
            bed.ends("a").tookNothing();
            bed.ends("first");
            assertThat(bed.took()).contains("ChildTerminated a#2 killed", "start a#3");
        }

        @Test
        void one_that_does_not_end_is_abandoned_and_restarted() {
            RuleBed bed = with("running");
            bed.call(request("kill", "a")).wakeAt(seconds(0.5)).took();
            bed.wakeAt(seconds(1))
                    .took(
                            "abandon a#2",
                            "ChildTerminated a#2 abandoned",
                            "Restart a#2 after PT0S, 0 of 3",
                            "start a#3",
                            "wake at PT31S");
        }

        @Test
        void it_is_given_up_on_only_when_the_supervisor_has_time_for_it() {
            RuleBed bed = with("running");
            bed.call(new Request.TerminateChild("first"))
                    .call(request("kill", "a"))
                    .took();
            bed.wakeAt(seconds(1)).took("wake at PT5S");
            bed.ends("first");
            assertThat(bed.took()).contains("abandon a#2", "start a#3");
        }

        @Test
        void one_that_ends_in_time_is_not_abandoned() {
            RuleBed bed = with("running").obedient();
            bed.call(request("kill", "a")).took();
            bed.wakeAt(seconds(1)).tookNothing();
        }

        @Test
        void one_that_is_stopped_while_it_is_dying_has_no_more_time_for_it() {
            RuleBed bed = with("running");
            bed.call(request("kill", "a")).took();
            bed.call(new Request.TerminateChild("a")).tookNothing();
            bed.wakeAt(seconds(1)).took("abandon a#2", "ShutdownError a#2 abandoned", "answer ok");
        }

        @Test
        void one_of_which_there_must_not_be_two_ends_its_supervisor() {
            RuleBed bed = up(oneForOne(child("a").withOnAbandon(OnAbandon.ESCALATE)));
            bed.call(request("kill", "a")).wakeAt(seconds(1));
            assertThat(bed.took()).contains("abandon a#1").last().asString().startsWith("end failed");
        }

        @Test
        void in_the_end_of_a_dynamic_supervisor() {
            RuleBed bed = up(spec(SupervisorSpec.dynamic())).obedient();
            bed.call(new Request.StartChild(child("a").withShutdown(Shutdown.infinity()), List.of()));
            bed.obedient = false;
            bed.tell(new RuleEvent.Stop(ExitReason.shutdown())).took();
            bed.call(new Request.KillHandle(bed.of("a").handle()), bed.of("a"), false)
                    .took("kill a#1", "wake at PT1S", "answer ok");
            bed.wakeAt(seconds(1));
            assertThat(bed.took()).contains("abandon a#1");
        }
    }

    @Nested
    class Once {

        @ParameterizedTest
        @CsvSource({
            "PERMANENT, normal, ChildFinished", "PERMANENT, failed, ChildTerminated",
            "TRANSIENT, normal, ChildFinished", "TRANSIENT, failed, ChildTerminated"
        })
        void its_end_is_followed_by_no_restart(RestartType type, String reason, String event) {
            RuleBed bed = up(oneForOne(child("a").withRestart(type)));
            bed.call(request("once", "a")).took();
            bed.ends("a", RestartRuleTest.reason(reason));

            assertThat(bed.lines).hasSize(1).first().asString().startsWith(event);
            assertThat(bed.answerTo(new Request.WhichChild("a")).toString()).contains("STOPPED");
        }

        @Test
        void one_that_is_started_so_too() {
            RuleBed bed = with("stopped");
            bed.call(request("once", "a")).took();
            bed.starts("a").took("ChildStarted a#3 ONCE", "answer started a#3");
            bed.ends("a", BROKEN).took("ChildTerminated a#3 failed(broken)");
        }

        @Test
        void one_that_waits_for_its_restart_is_started_now_and_not_again() {
            RuleBed bed = with("waiting");
            bed.call(request("once", "a")).took();
            bed.starts("a").took("ChildStarted a#3 RESTART", "ChildRunsOnce a#3", "answer started a#3");
            bed.ends("a", BROKEN).took("ChildTerminated a#3 failed(broken)");
            assertThat(bed.answerTo(new Request.WhichChild("a")).toString()).contains("STOPPED");
        }

        @Test
        void its_siblings_are_as_their_types_say() {
            RuleBed bed = up(spec(SupervisorSpec.oneForAll(), child("a"), child("b")));
            bed.ends("a", BROKEN).ends("b").ends("a", BROKEN).took();
            bed.call(request("once", "a")).starts("a").starts("b").took();
            assertThat(bed.of("a").isOnce()).isTrue();
            assertThat(bed.of("b").isOnce()).isFalse();
        }

        @Test
        void one_that_cannot_be_started_goes_on_restarting_as_before() {
            RuleBed bed = with("waiting");
            bed.call(request("once", "a")).ends("a", BROKEN);
            assertThat(bed.answer).isInstanceOf(SupervisorResult.StartFailed.class);
            bed.call(request("now", "a")).starts("a").took();
            assertThat(bed.of("a").isOnce()).isFalse();
        }

        @Test
        void the_next_incarnation_is_as_its_type_says() {
            RuleBed bed =
                    up(spec(SupervisorSpec.oneForAll(), child("a"), child("b"))).obedient();
            bed.call(request("once", "a")).ends("b", BROKEN).took();
            bed.ends("a", BROKEN);
            assertThat(bed.took()).contains("ChildTerminated a#3 failed(broken)", "start a#5");
        }

        @Test
        void a_start_that_fails_is_the_callers_matter() {
            RuleBed bed = with("stopped");
            bed.call(request("once", "a")).took();
            bed.ends("a", BROKEN).took("ChildNotStarted a#3", "answer start failed failed(broken)");
        }
    }

    @Nested
    class Now {

        @Test
        void the_attempt_counts() {
            RuleBed bed = with("waiting");
            for (int i = 0; i < 3; i++) {
                bed.call(request("now", "a")).took();
                bed.ends("a", BROKEN);
                assertThat(bed.took()).contains("answer start failed failed(broken)", "wait for a PT1M");
            }
            bed.call(request("now", "a")).ends("first");
            assertThat(bed.end).isInstanceOf(TreeEnd.GaveUp.class);
            assertThat(bed.took()).contains("answer supervisor_gone");
        }

        @Test
        void it_is_answered_when_it_runs_and_the_wait_is_over() {
            RuleBed bed = with("waiting");
            bed.call(request("now", "a")).starts("a").took();
            assertThat(bed.answer).isInstanceOf(io.github.pekkosupervisor.protocol.SupervisorResult.Started.class);
            bed.due().tookNothing();
        }

        @Test
        void its_group_comes_with_it() {
            RuleBed bed = up(spec(
                            SupervisorSpec.oneForAll(), child("a"), child("b").withRestartDelay(A_MINUTE), child("c")))
                    .obedient();
            bed.ends("b", BROKEN).took();
            bed.call(request("now", "b"));
            assertThat(bed.took())
                    .contains("start a#4", "start b#5", "start c#6")
                    .last()
                    .isEqualTo("answer started b#5");
        }

        @Test
        void a_retry_that_is_on_its_way_is_void() {
            RuleBed bed = with("restarting");
            bed.call(request("now", "a")).starts("a").took();
            bed.due().tookNothing();
        }
    }

    @Nested
    class Signals {

        @Test
        void without_a_reaction_it_is_ignored_and_told_once_for_each() {
            RuleBed bed = with("running");
            bed.listens = false;
            bed.call(request("signal", "a")).took("signal a#2 HUP", "SignalIgnored a#2 HUP", "answer no_reaction");
            bed.call(request("signal", "a")).took("signal a#2 HUP", "answer no_reaction");
            bed.call(new Request.SignalChild("a", Signal.USR1))
                    .took("signal a#2 USR1", "SignalIgnored a#2 USR1", "answer no_reaction");
            bed.call(new Request.SignalChild("first", Signal.USR1))
                    .took("signal first#1 USR1", "SignalIgnored first#1 USR1", "answer no_reaction");
        }

        @Test
        void it_does_not_wait() {
            RuleBed bed = with("running");
            bed.call(new Request.TerminateChild("first")).took();
            bed.call(request("signal", "a")).took("signal a#2 HUP", "answer ok");
            bed.call(request("signal", "first")).took("signal first#1 HUP", "answer ok");
        }

        @Test
        void to_one_that_is_starting() {
            RuleBed bed = with("running");
            bed.call(new Request.StartChild(child("b"), List.of())).took();
            bed.call(request("signal", "b")).took("signal b#3 HUP", "answer ok");
        }
    }
}
