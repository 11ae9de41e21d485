package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.rule.RuleBed.BROKEN;
import static io.github.pekkosupervisor.rule.RuleBed.child;
import static io.github.pekkosupervisor.rule.RuleBed.spec;
import static io.github.pekkosupervisor.rule.RuleBed.up;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.GroupMember;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ChildSpec.OnAbandon;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a supervisor decides, without any actor: events in, a line for each action out. */
final class SupervisorRuleTest {

    private static final Duration FIVE = Duration.ofSeconds(5);

    private static SupervisorSpec oneForOne(ChildSpec... children) {
        return spec(SupervisorSpec.oneForOne(), children);
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    @Nested
    class StartUp {

        @Test
        void one_after_another_each_when_the_one_before_has_acknowledged() {
            RuleBed bed = new RuleBed(oneForOne(child("a"), child("b"))).begin();
            bed.took("start a#1", "wake at PT30S");
            bed.starts("a").took("ChildStarted a#1 START_UP", "start b#2");
            bed.starts("b").took("ChildStarted b#2 START_UP", "SupervisorStarted", "up");
            bed.starts("b").tookNothing();
        }

        @Test
        void one_that_fails_ends_the_supervisor_and_those_before_it_are_stopped() {
            RuleBed bed = new RuleBed(oneForOne(child("a"), child("b"), child("c"))).begin();
            bed.starts("a").took();
            bed.ends("b", BROKEN).took("StartError b failed(broken)", "stop a#1 PT5S", "wake at PT5S");
            bed.ends("a");
            assertThat(bed.end)
                    .isEqualTo(new TreeEnd.Failed(ExitReason.shutdown(new ExitReason.FailedToStartChild("b", BROKEN))));
            bed.took();
            bed.ends("a", BROKEN).starts("a").tookNothing();
        }

        @Test
        void one_that_need_not_run_is_known_and_stopped() {
            RuleBed bed = new RuleBed(oneForOne(child("a"), child("b"))).begin();
            bed.ignores("a").took();
            bed.starts("b");
            assertThat(bed.answerTo(new Request.WhichChildren()).toString()).contains("a, state=STOPPED");
        }

        /** Of four children: whose start fails, and who is stopped for it, in this order. */
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {"a | ", "b | a", "c | b a", "d | c b a"})
        void the_nth_start_fails(String fails, String stopped) {
            RuleBed bed = new RuleBed(oneForOne(child("a"), child("b"), child("c"), child("d"))).begin();
            for (String id : List.of("a", "b", "c", "d").subList(0, fails.charAt(0) - 'a')) {
                bed.starts(id);
            }
            bed.took();

            bed.obedient().ends(fails, BROKEN);

            assertThat(bed.lines.stream()
                            .filter(line -> line.startsWith("stop "))
                            .map(line -> line.substring(5, 6)))
                    .containsExactly(stopped == null ? new String[0] : stopped.split(" ", -1));
            assertThat(bed.end).isInstanceOf(TreeEnd.Failed.class);
        }

        @Test
        void a_dynamic_one_is_up_at_once() {
            new RuleBed(SupervisorSpec.dynamic()).begin().took("SupervisorStarted", "up");
            new RuleBed(SupervisorSpec.simpleOneForOne(child("a"))).begin().took("SupervisorStarted", "up");
        }

        @Test
        void an_overdue_one_is_asked_to_stop_then_killed_then_abandoned() {
            ChildSpec late = child("a").withStartTimeout(seconds(1)).withShutdown(Shutdown.infinity());
            RuleBed bed = new RuleBed(oneForOne(late)).begin();
            bed.took("start a#1", "wake at PT1S");
            bed.wakeAt(seconds(0.5)).took("wake at PT1S");
            bed.wakeAt(seconds(1)).took("stop a#1 PT5S", "wake at PT6S");
            bed.starts("a").tookNothing();
            bed.wakeAt(seconds(6)).took("kill a#1", "wake at PT7S");
            bed.wakeAt(seconds(7))
                    .took(
                            "abandon a#1",
                            "StartError a timeout",
                            "end failed: shutdown(failed_to_start_child(a, timeout))");
        }

        @Test
        void an_overdue_one_that_ends_has_failed_with_timeout_whatever_it_says() {
            RuleBed bed = new RuleBed(oneForOne(child("a").withStartTimeout(seconds(1)))).begin();
            bed.wakeAt(seconds(1)).took();
            bed.ends("a", ExitReason.normal());
            assertThat(bed.took()).contains("StartError a timeout");
        }
    }

    @Nested
    class Ends {

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "PERMANENT | normal | ChildTerminated, Restart",
                    "PERMANENT | failed | ChildTerminated, Restart",
                    "TRANSIENT | normal | ChildFinished",
                    "TRANSIENT | failed | ChildTerminated, Restart",
                    "TEMPORARY | normal | ChildFinished",
                    "TEMPORARY | failed | ChildTerminated"
                })
        void by_type_and_reason(RestartType type, String reason, String events) {
            RuleBed bed = up(oneForOne(child("a").withRestart(type)));
            bed.ends("a", RestartRuleTest.reason(reason));

            assertThat(bed.lines.stream()
                            .map(line -> line.split(" ", -1)[0])
                            .filter(word -> Character.isUpperCase(word.charAt(0))))
                    .containsExactly(events.split(", ", -1));
            assertThat(bed.lines.contains("start a#2")).isEqualTo(events.contains("Restart"));
            if (type != RestartType.PERMANENT && !bed.lines.contains("start a#2")) {
                boolean known =
                        !bed.answerTo(new Request.WhichChildren()).toString().contains("[]");
                assertThat(known).isEqualTo(type == RestartType.TRANSIENT);
            }
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "ONE_FOR_ONE  |                     | b#4",
                    "ONE_FOR_ALL  | c#3, a#1            | a#4, b#5, c#6",
                    "REST_FOR_ONE | c#3                 | b#4, c#5"
                })
        void by_strategy(Strategy strategy, String stopped, String started) {
            RuleBed bed = up(spec(SupervisorSpec.of(strategy), child("a"), child("b"), child("c")))
                    .obedient();
            bed.ends("b", BROKEN);

            assertThat(bed.lines.stream()
                            .filter(line -> line.startsWith("stop "))
                            .map(line -> line.split(" ", -1)[1]))
                    .containsExactly(stopped == null ? new String[0] : stopped.split(", ", -1));
            assertThat(bed.lines.stream()
                            .filter(line -> line.startsWith("start "))
                            .map(line -> line.split(" ", -1)[1]))
                    .containsExactly(started.split(", ", -1));
        }

        /** Of three children: who ends, and who is an incarnation later another one. */
        @ParameterizedTest
        @CsvSource({
            "ONE_FOR_ONE, a, a", "ONE_FOR_ONE, b, b", "ONE_FOR_ONE, c, c",
            "ONE_FOR_ALL, a, a b c", "ONE_FOR_ALL, b, a b c", "ONE_FOR_ALL, c, a b c",
            "REST_FOR_ONE, a, a b c", "REST_FOR_ONE, b, b c", "REST_FOR_ONE, c, c"
        })
        void by_strategy_and_place(Strategy strategy, String ends, String renewed) {
            RuleBed bed = up(spec(SupervisorSpec.of(strategy), child("a"), child("b"), child("c")))
                    .obedient();
            Map<String, Incarnation> before = Map.copyOf(bed.incarnations);

            bed.ends(ends, BROKEN);

            assertThat(before.keySet().stream().filter(id -> bed.of(id) != before.get(id)))
                    .containsExactlyInAnyOrder(renewed.split(" ", -1));
        }

        @Test
        void what_is_said_of_a_restart() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.ends("a", BROKEN)
                    .took("ChildTerminated a#1 failed(broken)", "Restart a#1 after PT0S, 0 of 3", "start a#2");
            bed.starts("a").took("ChildStarted a#2 RESTART");
        }

        @Test
        void silent_ends_are_kills_unless_they_were_asked_for() {
            up(oneForOne(child("a").withRestart(RestartType.TEMPORARY)))
                    .ends("a")
                    .took("ChildTerminated a#1 killed");
        }

        @Test
        void one_that_ends_while_a_sibling_is_restarted_is_dealt_with_after_it() {
            RuleBed bed = up(oneForOne(child("a"), child("b")));
            bed.ends("a", BROKEN).took();
            bed.ends("b", BROKEN).tookNothing();
            bed.starts("a")
                    .took(
                            "ChildStarted a#3 RESTART",
                            "ChildTerminated b#2 failed(broken)",
                            "Restart b#2 after PT0S, 1 of 3",
                            "start b#4");
        }

        @Test
        void one_that_has_ended_already_need_not_be_stopped() {
            RuleBed bed = up(spec(SupervisorSpec.oneForAll(), child("a"), child("b"), child("c")));
            bed.ends("a", BROKEN).took();
            bed.ends("b", BROKEN).took();
            bed.ends("c").took("ChildStopped c#3 shutdown", "ShutdownError b#2 failed(broken)", "start a#4");
        }

        @Test
        void who_of_its_group_was_left_is_told_first() {
            RuleBed bed = up(oneForOne(child("a").withRestart(RestartType.TEMPORARY)));
            bed.tell(new RuleEvent.Terminated(
                    bed.of("a"),
                    new Incarnation.End(
                            ExitReason.normal(), false, Optional.empty(), List.of(new GroupMember(7, "x")))));
            bed.took("Overrun a#1 1", "ChildFinished a#1 normal");
        }

        @Test
        void a_message_that_was_refused_is_told_of_at_once() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.tell(new RuleEvent.Refused("a", bed.of("a"), String.class)).took("Refused a#1 String");
            bed.tell(new RuleEvent.Refused("a", null, String.class)).took("Refused a#1 String");
            bed.tell(new RuleEvent.Refused("other", null, String.class)).tookNothing();
        }
    }

    @Nested
    class Intensity {

        @Test
        void one_too_many_within_the_period_ends_it() {
            RuleBed bed = up(oneForOne(child("a")).withIntensity(1, Duration.ofSeconds(10)))
                    .obedient();
            bed.ends("a", BROKEN).took();
            bed.at(seconds(10)).ends("a", BROKEN);
            bed.took(
                    "ChildTerminated a#2 failed(broken)",
                    "GaveUp a#2 reached_max_restart_intensity",
                    "end gave up: supervisor / allows 1 restart in 10 s, and child a ended with failed(broken)");
        }

        /** It is down, so there is no wait to be given up. */
        @Test
        void the_last_straw_waits_for_nothing() {
            ChildSpec waits = child("a").withRestartDelay(RestartDelay.fixed(seconds(1)));
            RuleBed bed = up(oneForOne(waits).withIntensity(0, FIVE));
            bed.ends("a", BROKEN).took();
            bed.due()
                    .took(
                            "GaveUp a#1 again reached_max_restart_intensity",
                            "end gave up: supervisor / allows 0 restarts in 5 s, and child a ended with failed(broken)");
            assertThat(bed.toldEnd).isEqualTo(bed.end);
        }

        @Test
        void after_the_period_it_counts_anew() {
            RuleBed bed = up(oneForOne(child("a")).withIntensity(1, Duration.ofSeconds(10)))
                    .obedient();
            bed.ends("a", BROKEN);
            bed.at(seconds(10).plusNanos(1)).ends("a", BROKEN);
            assertThat(bed.end).isNull();
        }

        @Test
        void without_a_limit_it_never_gives_up() {
            ChildSpec waits = child("a").withRestartDelay(RestartDelay.fixed(Duration.ofMillis(1)));
            RuleBed bed = up(oneForOne(waits).withUnlimitedRestarts()).obedient();
            for (int i = 0; i < 50; i++) {
                bed.ends("a", BROKEN).due();
            }
            assertThat(bed.end).isNull();
            assertThat(bed.lines).contains("Restart a#50 after PT0.001S, 49 of any");
        }

        /** What is counted for reports is bounded too, from the start. */
        @Test
        void without_a_limit_no_more_than_a_thousand_are_remembered() {
            ChildSpec waits = child("a").withRestartDelay(RestartDelay.fixed(Duration.ofMillis(1)));
            RuleBed bed = up(oneForOne(waits).withUnlimitedRestarts()).obedient();
            for (int i = 0; i < 1_005; i++) {
                bed.ends("a", BROKEN).due();
            }
            assertThat(bed.lines)
                    .contains("Restart a#1001 after PT0.001S, 1000 of any")
                    .contains("Restart a#1005 after PT0.001S, 1000 of any");
        }

        @Test
        void it_tells_how_the_tree_below_has_ended() {
            RuleBed bed = up(oneForOne(child("a")).withIntensity(0, FIVE));
            TreeEnd below = new TreeEnd.Failed(BROKEN);
            bed.tell(new RuleEvent.Terminated(
                    bed.of("a"), new Incarnation.End(ExitReason.killed(), false, Optional.of(below), List.of())));
            assertThat(bed.end)
                    .isEqualTo(new TreeEnd.GaveUp("/", "a", ExitReason.killed(), 0, FIVE, Optional.of(below)));
        }
    }

    @Nested
    class Retries {

        @Test
        void a_failed_restart_is_tried_again_behind_all_that_has_come() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.ends("a", BROKEN).took();
            bed.ends("a", BROKEN).took("StartError a#1 failed(broken)", "try again a");
            bed.due().took("Restart a#1 after PT0S, 1 of 3", "start a#3");
            bed.ends("a", BROKEN).took("StartError a#1 again failed(broken)", "try again a");
        }

        @Test
        void a_retry_that_has_been_overtaken_is_void() {
            RuleBed bed =
                    up(spec(SupervisorSpec.oneForAll(), child("a"), child("b"))).obedient();
            bed.obedient = false;
            bed.ends("b", BROKEN).ends("a").ends("a", BROKEN);
            bed.took();
            bed.obedient = true;
            bed.call(new Request.TerminateChild("a"));
            bed.due();
            assertThat(bed.lines).noneMatch(line -> line.startsWith("start"));
        }

        @Test
        void a_wait_comes_before_the_restart_and_siblings_wait_too() {
            ChildSpec waits = child("a").withRestartDelay(RestartDelay.fixed(seconds(1)));
            RuleBed bed =
                    up(spec(SupervisorSpec.oneForAll(), waits, child("b"))).obedient();
            bed.ends("a", BROKEN)
                    .took(
                            "ChildTerminated a#1 failed(broken)",
                            "Restart a#1 after PT1S, 0 of 3",
                            "wait for a PT1S",
                            "stop b#2 PT5S",
                            "wake at PT5S",
                            "ChildStopped b#2 shutdown");
            bed.due()
                    .took(
                            "RestartBegun a#1",
                            "wait no longer for a",
                            "start a#3",
                            "ChildStarted a#3 RESTART",
                            "start b#4",
                            "ChildStarted b#4 RESTART");
        }

        @Test
        void who_is_stopped_waits_no_longer() {
            ChildSpec waits = child("a").withRestartDelay(RestartDelay.fixed(seconds(1)));
            RuleBed bed = up(oneForOne(waits));
            bed.ends("a", BROKEN).took();
            bed.call(new Request.TerminateChild("a")).took("RestartCancelled a#1", "wait no longer for a", "answer ok");
            bed.due().tookNothing();
        }

        @Test
        void what_waits_when_it_is_to_be_stopped_in_the_end_is_given_up() {
            ChildSpec waits = child("a").withRestartDelay(RestartDelay.fixed(seconds(1)));
            RuleBed bed = up(spec(SupervisorSpec.dynamic()));
            bed.obedient().call(new Request.StartChild(waits, List.of()));
            bed.ends("a", BROKEN).took();
            bed.tell(new RuleEvent.Stop(ExitReason.shutdown()))
                    .took("RestartCancelled a#1", "wait no longer for a", "end closed");
        }
    }

    @Nested
    class Significance {

        @Test
        void the_first_of_any_and_the_last_of_all() {
            ChildSpec first = child("a").withRestart(RestartType.TRANSIENT).withSignificant(true);
            ChildSpec second = first.withId("b");
            RuleBed any = up(oneForOne(first, second).withAutoShutdown(AutoShutdown.ANY_SIGNIFICANT))
                    .obedient();
            any.ends("b", ExitReason.normal());
            assertThat(any.lines).contains("AutoShutdown b#2", "stop a#1 PT5S");
            assertThat(any.end).isEqualTo(new TreeEnd.AutoShutdown("/", "b", ExitReason.normal(), Optional.empty()));

            RuleBed all = up(oneForOne(first, second).withAutoShutdown(AutoShutdown.ALL_SIGNIFICANT))
                    .obedient();
            all.ends("b", ExitReason.normal());
            assertThat(all.end).isNull();
            all.ends("a", ExitReason.normal());
            assertThat(all.end).isNotNull();
        }
    }

    @Nested
    class Stops {

        @Test
        void in_reverse_order_one_after_another() {
            RuleBed bed = up(oneForOne(child("a"), child("b").withShutdown(Shutdown.infinity())));
            bed.tell(new RuleEvent.Stop(ExitReason.normal())).took("stop b#2 for ever");
            bed.ends("b").took("ChildStopped b#2 shutdown", "stop a#1 PT5S", "wake at PT5S");
            bed.ends("a", ExitReason.normal()).took("ShutdownError a#1 normal", "end closed");
        }

        @Test
        void who_is_late_is_killed_and_then_abandoned() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.tell(new RuleEvent.Stop(ExitReason.normal())).took("stop a#1 PT5S", "wake at PT5S");
            bed.wakeAt(seconds(4)).took("wake at PT5S");
            bed.wakeAt(seconds(5)).took("kill a#1", "wake at PT6S");
            bed.wakeAt(seconds(6)).took("abandon a#1", "ShutdownError a#1 abandoned", "end closed");
        }

        /** What is done at once, after six seconds, and after one more. */
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "brutal   | kill a#1 | abandon a#1 | ",
                    "six      | stop a#1 | kill a#1    | abandon a#1",
                    "infinity | stop a#1 |             | "
                })
        void by_its_shutdown(String shutdown, String first, String second, String third) {
            Shutdown how = switch (shutdown) {
                case "brutal" -> Shutdown.brutalKill();
                case "six" -> Shutdown.timeout(seconds(6));
                default -> Shutdown.infinity();
            };
            RuleBed bed = up(oneForOne(child("a").withShutdown(how)));

            bed.tell(new RuleEvent.Stop(ExitReason.normal()));
            assertThat(deeds(bed)).isEqualTo(first);
            bed.wakeAt(seconds(6));
            assertThat(deeds(bed)).isEqualTo(second == null ? "" : second);
            if (third != null) {
                bed.wakeAt(seconds(7));
                assertThat(deeds(bed)).isEqualTo(third);
            }
        }

        private String deeds(RuleBed bed) {
            return bed.took().stream()
                    .filter(line -> line.matches("(stop|kill|abandon) .*"))
                    .map(line -> line.replaceAll(" (PT.*|for ever)$", ""))
                    .reduce("", String::concat);
        }

        @Test
        void a_brutal_kill_is_no_question() {
            RuleBed bed = up(oneForOne(child("a").withShutdown(Shutdown.brutalKill())));
            bed.tell(new RuleEvent.Stop(ExitReason.normal())).took("kill a#1", "wake at PT1S");
            bed.ends("a").took("ChildStopped a#1 killed", "end closed");
        }

        @Test
        void who_was_abandoned_and_ends_after_all_is_counted_no_more() {
            RuleBed bed = up(oneForOne(child("a").withShutdown(Shutdown.brutalKill())));
            bed.call(new Request.TerminateChild("a")).wakeAt(seconds(1)).took();
            assertThat(bed.answerTo(new Request.CountChildren()).toString()).contains("abandoned=1");
            bed.took();
            bed.ends("a").took("AbandonedChildEnded a#1");
            assertThat(bed.answerTo(new Request.CountChildren()).toString()).contains("abandoned=0");
        }

        @Test
        void after_a_kill_it_has_as_long_as_its_specification_says() {
            ChildSpec hasty = child("a").withShutdown(Shutdown.brutalKill()).withKillGrace(Duration.ofMillis(50));
            RuleBed bed = up(oneForOne(hasty));

            bed.call(new Request.TerminateChild("a")).took("kill a#1", "wake at PT0.05S");
            bed.wakeAt(Duration.ofMillis(50)).took("abandon a#1", "ShutdownError a#1 abandoned", "answer ok");
        }

        @Test
        void where_there_must_not_be_two_an_abandoned_one_ends_the_supervisor() {
            ChildSpec single = child("a").withShutdown(Shutdown.brutalKill()).withOnAbandon(OnAbandon.ESCALATE);
            RuleBed bed = up(oneForOne(single, child("b")));
            bed.call(new Request.TerminateChild("a")).took("kill a#1", "wake at PT1S");
            bed.wakeAt(seconds(1))
                    .took(
                            "abandon a#1",
                            "ShutdownError a#1 abandoned",
                            "answer ok",
                            "GaveUp a abandoned",
                            "stop b#2 PT5S",
                            "wake at PT6S");
        }

        @Test
        void the_same_in_a_restart_and_in_a_call_for_a_start() {
            ChildSpec single = child("a")
                    .withShutdown(Shutdown.brutalKill())
                    .withStartTimeout(seconds(1))
                    .withOnAbandon(OnAbandon.ESCALATE);
            RuleBed bed = up(oneForOne(single));
            bed.ends("a", BROKEN).took();
            bed.wakeAt(seconds(1)).took("kill a#2", "wake at PT2S");
            bed.wakeAt(seconds(2))
                    .took(
                            "abandon a#2",
                            "StartError a#1 timeout",
                            "GaveUp a again abandoned",
                            "RestartCancelled a#1",
                            "end failed: failed(child \"a\" was abandoned)");

            RuleBed called = up(oneForOne(child("b"))).at(seconds(0));
            called.call(new Request.StartChild(single, List.of())).took();
            called.wakeAt(seconds(1)).wakeAt(seconds(2));
            assertThat(called.lines).contains("answer start failed timeout", "GaveUp a abandoned", "stop b#1 PT5S");
        }

        @Test
        void a_dynamic_one_stops_all_at_once_and_tells_errors_of_one_kind_together() {
            RuleBed bed = up(SupervisorSpec.simpleOneForOne(child("a"))).obedient();
            Incarnation[] three = new Incarnation[3];
            for (int i = 0; i < 3; i++) {
                bed.call(new Request.StartFromTemplate(List.of(i)));
                three[i] = bed.of("a");
            }
            bed.obedient = false;
            bed.took();
            bed.tell(new RuleEvent.Stop(ExitReason.normal()))
                    .took("stop a#1 PT5S", "stop a#2 PT5S", "stop a#3 PT5S", "wake at PT5S");
            bed.tell(new RuleEvent.Terminated(three[1], Incarnation.End.SILENT)).took("ChildStopped a#2 shutdown");
            bed.wakeAt(seconds(3)).took("wake at PT5S");
            bed.wakeAt(seconds(5)).took("kill a#1", "kill a#3", "wake at PT6S");
            bed.tell(new RuleEvent.Terminated(three[0], Incarnation.End.of(BROKEN)))
                    .tookNothing();
            bed.tell(new RuleEvent.Terminated(three[2], Incarnation.End.of(BROKEN)))
                    .took("ShutdownError a (2 children) failed(broken)", "end closed");
        }

        @Test
        void all_at_once_who_does_not_end_when_killed_is_abandoned() {
            RuleBed bed = up(spec(SupervisorSpec.dynamic())).obedient();
            bed.call(new Request.StartChild(child("a").withShutdown(Shutdown.brutalKill()), List.of()));
            bed.call(new Request.StartChild(child("b"), List.of()));
            bed.obedient = false;
            bed.took();
            bed.tell(new RuleEvent.Stop(ExitReason.normal())).took("kill a#1", "stop b#2 PT5S", "wake at PT1S");
            bed.wakeAt(seconds(1)).took("abandon a#1", "wake at PT5S");
            bed.ends("b").took("ChildStopped b#2 shutdown", "ShutdownError a abandoned", "end closed");
        }

        /** A deliberate end of a permanent child, asked to stop; Elixir is content with it, OTP is not. */
        @Test
        void a_dynamic_one_takes_a_deliberate_end() {
            RuleBed ordered = up(oneForOne(child("a")));
            ordered.tell(new RuleEvent.Stop(ExitReason.normal())).took();
            ordered.ends("a", ExitReason.shutdown("x")).took("ShutdownError a#1 shutdown(x)", "end closed");

            RuleBed dynamic = up(spec(SupervisorSpec.dynamic())).obedient();
            dynamic.call(new Request.StartChild(child("a"), List.of()));
            dynamic.obedient = false;
            dynamic.tell(new RuleEvent.Stop(ExitReason.normal())).took();
            dynamic.ends("a", ExitReason.shutdown("x")).took("ChildStopped a#1 shutdown(x)", "end closed");
        }

        @Test
        void crashes_of_one_text_are_told_together() {
            RuleBed bed = up(SupervisorSpec.simpleOneForOne(child("a"))).obedient();
            bed.call(new Request.StartFromTemplate(List.of()));
            Incarnation first = bed.of("a");
            bed.call(new Request.StartFromTemplate(List.of()));
            Incarnation second = bed.of("a");
            bed.obedient = false;
            bed.tell(new RuleEvent.Stop(ExitReason.normal())).took();
            ExitReason one = ExitReason.crash(new IllegalStateException("x"));
            ExitReason other = ExitReason.crash(new IllegalStateException("x"));
            bed.tell(new RuleEvent.Terminated(first, Incarnation.End.of(one))).tookNothing();
            bed.tell(new RuleEvent.Terminated(second, Incarnation.End.of(other)));
            assertThat(bed.took()).first().asString().startsWith("ShutdownError a (2 children) ");
        }

        @Test
        void what_was_abandoned_is_not_awaited_among_all() {
            RuleBed bed = up(spec(SupervisorSpec.dynamic())).obedient();
            bed.call(new Request.StartChild(child("a").withShutdown(Shutdown.brutalKill()), List.of()));
            bed.call(new Request.StartChild(child("b"), List.of()));
            bed.obedient = false;
            bed.tell(new RuleEvent.Stop(ExitReason.normal())).wakeAt(seconds(1)).took();
            bed.ends("a").tookNothing();
            bed.ends("b");
            assertThat(bed.end).isEqualTo(new TreeEnd.Closed(ExitReason.normal()));
        }

        @Test
        void who_had_ended_before_is_not_asked() {
            RuleBed bed = up(spec(SupervisorSpec.dynamic())).obedient();
            bed.call(new Request.StartChild(child("a").withRestart(RestartType.TEMPORARY), List.of()));
            bed.obedient = false;
            bed.call(new Request.StartChild(child("b"), List.of()));
            bed.tell(new RuleEvent.Stop(ExitReason.normal())).ends("a", BROKEN).took();
            bed.starts("b");
            bed.took("ChildStarted b#2 CALL", "answer started b#2", "stop b#2 PT5S", "wake at PT5S");
            bed.ends("b").took("ChildStopped b#2 shutdown", "ShutdownError a failed(broken)", "end closed");
        }
    }

    @Nested
    class OfTheWholeTree {

        private final RuleEvent.Hurry hurry = new RuleEvent.Hurry(Map.of());

        @Test
        void what_is_being_started_is_given_up_first() {
            RuleBed bed = new RuleBed(oneForOne(child("a"), child("b"))).begin();
            bed.starts("a").took();
            bed.tell(new RuleEvent.Stop(ExitReason.normal())).tookNothing();
            bed.tell(hurry).took("stop b#2 PT5S", "hurry b#2", "wake at PT5S");
            bed.ends("b").took("ChildStopped b#2 shutdown", "stop a#1 PT5S", "hurry a#1");
        }

        @Test
        void a_call_that_is_given_up_is_answered_in_the_end() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.call(new Request.StartChild(child("b"), List.of())).took();
            bed.tell(new RuleEvent.Stop(ExitReason.normal())).tell(hurry);
            bed.obedient().ends("b");
            assertThat(bed.lines).contains("answer supervisor_gone", "end closed");
        }

        @Test
        void one_that_is_being_stopped_goes_on_with_that() {
            RuleBed bed = up(oneForOne(child("a"), child("b")));
            bed.call(new Request.TerminateChild("a")).took("stop a#1 PT5S", "wake at PT5S");
            bed.tell(new RuleEvent.Stop(ExitReason.normal())).tell(hurry).took("hurry a#1");
            bed.wakeAt(seconds(5)).took("kill a#1", "wake at PT6S");
            bed.ends("a").took("ShutdownError a#1 killed", "stop b#2 PT5S", "hurry b#2");
        }

        @Test
        void one_that_is_going_down_already_hurries_up() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.tell(new RuleEvent.Stop(ExitReason.normal())).took();
            bed.tell(hurry).took("hurry a#1");
            RuleBed idle = up(oneForOne(child("a")));
            idle.tell(hurry).tookNothing();
            idle.tell(new RuleEvent.Stop(ExitReason.normal())).took("stop a#1 PT5S", "hurry a#1", "wake at PT5S");
        }

        @Test
        void who_is_lost_is_waited_for_by_nobody() {
            RuleBed bed = up(oneForOne(child("a"), child("b")));
            bed.tell(new RuleEvent.Stop(ExitReason.normal())).took("stop b#2 PT5S", "wake at PT5S");
            bed.tell(new RuleEvent.Hurry(
                            Map.of(bed.of("a").handle(), "exit()", bed.of("b").handle(), "exit()")))
                    .took("abandon b#2 at exit()", "abandon a#1 at exit()", "end closed");
        }

        @Test
        void the_same_all_at_once() {
            RuleBed bed = up(spec(SupervisorSpec.dynamic())).obedient();
            bed.call(new Request.StartChild(child("a"), List.of()));
            bed.call(new Request.StartChild(child("b"), List.of()));
            bed.obedient = false;
            bed.tell(new RuleEvent.Stop(ExitReason.normal())).took();
            bed.tell(new RuleEvent.Hurry(Map.of(bed.of("a").handle(), "exit()")))
                    .took("abandon a#1 at exit()", "hurry b#2");
            bed.ends("b").took("ChildStopped b#2 shutdown", "end closed");

            RuleBed starting = up(spec(SupervisorSpec.dynamic()));
            starting.call(new Request.StartChild(child("a"), List.of())).took();
            starting.tell(new RuleEvent.Hurry(Map.of(starting.of("a").handle(), "exit()")));
            assertThat(starting.lines).contains("abandon a#1 at exit()", "answer supervisor_gone");
        }

        @Test
        void a_dynamic_one_gives_up_what_it_starts_too() {
            RuleBed bed = up(spec(SupervisorSpec.dynamic()));
            bed.call(new Request.StartChild(child("a"), List.of())).took();
            bed.tell(new RuleEvent.Stop(ExitReason.normal()))
                    .tell(hurry)
                    .took("stop a#1 PT5S", "hurry a#1", "wake at PT5S");
            bed.ends("a").took("ChildStopped a#1 shutdown", "answer supervisor_gone", "end closed");

            RuleBed stopping = up(spec(SupervisorSpec.dynamic())).obedient();
            stopping.call(new Request.StartChild(child("a"), List.of()));
            stopping.obedient = false;
            stopping.took();
            Incarnation a = stopping.of("a");
            stopping.call(new Request.TerminateHandle(a.handle()), a, false).took("stop a#1 PT5S", "wake at PT5S");
            stopping.tell(hurry).took("hurry a#1");
            stopping.wakeAt(FIVE).took("kill a#1", "wake at PT6S");
        }

        /** What ended just before it was to be given up. */
        @Test
        void one_that_has_ended_need_not_be_stopped_first() {
            RuleBed bed = up(oneForOne(child("a"), child("b")));
            bed.call(new Request.StartChild(child("c"), List.of())).took();
            bed.tell(new RuleEvent.Stop(ExitReason.failed("why")));
            bed.tell(new RuleEvent.Hurry(Map.of(bed.of("c").handle(), "exit()")))
                    .took("abandon c#3 at exit()", "stop b#2 PT5S", "hurry b#2", "wake at PT5S");
            bed.obedient().ends("b");
            assertThat(bed.end).isEqualTo(new TreeEnd.Closed(ExitReason.failed("why")));
        }

        @Test
        void all_that_are_lost_leave_nobody_to_wait_for() {
            RuleBed bed = up(spec(SupervisorSpec.dynamic())).obedient();
            bed.call(new Request.StartChild(child("a"), List.of()));
            bed.obedient = false;
            bed.tell(new RuleEvent.Stop(ExitReason.normal())).took();
            bed.tell(new RuleEvent.Hurry(Map.of(bed.of("a").handle(), "exit()")))
                    .took("abandon a#1 at exit()", "end closed");
        }

        @Test
        void a_kill_kills_all_whatever_was_going_on() {
            RuleBed bed = up(oneForOne(child("a"), child("b")));
            bed.call(new Request.StartChild(child("c"), List.of())).took();
            bed.tell(RuleEvent.Kill.INSTANCE)
                    .took("answer supervisor_gone", "kill a#1", "kill b#2", "kill c#3", "wake at PT1S");
            bed.ends("a").ends("c").tookNothing();
            bed.ends("b").took("end killed");
        }

        @Test
        void a_kill_while_it_stops_one() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.call(new Request.TerminateChild("a")).took();
            bed.tell(RuleEvent.Kill.INSTANCE).took("answer supervisor_gone", "kill a#1", "wake at PT1S");
            bed.wakeAt(seconds(1)).took("abandon a#1", "end killed");
        }

        @Test
        void a_kill_while_it_goes_down_answers_whose_call_was_given_up() {
            RuleBed bed = up(spec(SupervisorSpec.dynamic()));
            bed.call(new Request.StartChild(child("a"), List.of())).took();
            bed.tell(new RuleEvent.Stop(ExitReason.normal())).tell(hurry).took();
            bed.tell(RuleEvent.Kill.INSTANCE).took("answer supervisor_gone", "kill a#1", "wake at PT1S");
        }

        @Test
        void calls_that_it_did_not_get_to_are_left() {
            RuleBed bed = up(oneForOne(child("a")));
            bed.tell(new RuleEvent.Stop(ExitReason.normal()));
            bed.call(new Request.CountChildren());
            bed.tell(RuleEvent.Kill.INSTANCE);
            bed.ends("a");
            assertThat(bed.rule.unanswered()).hasSize(1);
            bed.took();
            bed.rule.unanswered().get(0).gone().run();
            bed.took("gone");
        }
    }
}
