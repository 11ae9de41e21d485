package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.rule.RuleBed.BROKEN;
import static io.github.pekkosupervisor.rule.RuleBed.child;
import static io.github.pekkosupervisor.rule.RuleBed.spec;
import static io.github.pekkosupervisor.rule.RuleBed.up;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Before each start it is asked whether it may be; and what is told of a child on its way up and down. */
final class AtGateTest {

    private static final SupervisorRule.Extras GATED = new SupervisorRule.Extras(true, false);
    private static final SupervisorRule.Extras TELLS = new SupervisorRule.Extras(false, true);

    private final List<String> asked = new ArrayList<>();

    /** All run; the gate is open, and notes who asks. */
    private RuleBed open(SupervisorSpec spec) {
        RuleBed bed = new RuleBed(spec, GATED);
        bed.gate = start -> {
            asked.add(start.path() + " " + start.cause());
            return true;
        };
        return up(bed).obedient();
    }

    private static void close(RuleBed bed) {
        bed.gate = start -> false;
    }

    @Test
    void each_start_has_its_cause() {
        RestartDelay minute = RestartDelay.fixed(Duration.ofMinutes(1));
        RuleBed bed =
                open(spec(SupervisorSpec.restForOne(), child("a"), child("b").withRestartDelay(minute), child("c")));
        assertAsked(bed, "/a START_UP", "/b START_UP", "/c START_UP");

        assertAsked(bed.ends("a", BROKEN), "/a RESTART", "/b GROUP", "/c GROUP");
        assertAsked(bed.ends("b", BROKEN).due(), "/b DELAY_OVER", "/c GROUP");
        assertAsked(bed.ends("b", BROKEN).call(new Request.StartNow("b")), "/b CALL", "/c GROUP");
        assertAsked(bed.call(new Request.RenewChild("b")), "/b CALL", "/c GROUP");
        assertAsked(bed.call(new Request.TerminateChild("c")).call(new Request.RestartChild("c")), "/c CALL");
        assertAsked(bed.call(new Request.StartChild(child("d"), List.of())), "/d CALL");
        assertAsked(bed.call(new Request.TerminateChild("c")).call(new Request.StartOnce("c")), "/c CALL");
        bed.call(new Request.TerminateChild("c"));
        assertAsked(bed.call(new Request.RenewAll()), "/a CALL", "/b CALL", "/c GROUP", "/d CALL");
    }

    @Test
    void a_failed_restart_asks_again() {
        RuleBed bed = open(spec(SupervisorSpec.oneForOne(), child("a")));
        asked.clear();
        bed.obedient = false;
        bed.ends("a", BROKEN).ends("a", BROKEN);
        assertAsked(bed.due(), "/a RESTART", "/a RESTART");
    }

    /** Since the last look. */
    private void assertAsked(RuleBed bed, String... causes) {
        assertThat(asked).containsExactly(causes);
        asked.clear();
        assertThat(bed.end).isNull();
    }

    @Test
    void no_at_start_up_is_as_if_the_child_had_said_that_it_need_not_run() {
        RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), child("a"), child("b")), GATED).obedient();
        bed.gate = start -> !start.child().id().equals("a");
        bed.begin();

        assertThat(bed.lines)
                .contains("ChildIgnored a", "ChildStarted b#1 START_UP", "SupervisorStarted", "up")
                .doesNotContain("start a#1");
        assertThat(bed.answerTo(new Request.WhichChild("a")).toString()).contains("STOPPED");
    }

    @Test
    void no_to_its_own_restart_leaves_it_down_and_is_no_failure() {
        RuleBed bed = open(spec(SupervisorSpec.oneForOne(), child("a"), child("b")));
        close(bed);
        bed.took();
        bed.ends("a", BROKEN)
                .took(
                        "ChildTerminated a#1 failed(broken)",
                        "Restart a#1 after PT0S, 0 of 3",
                        "may /a start, RESTART",
                        "ChildIgnored a");
        assertThat(bed.end).isNull();
    }

    @Test
    void no_to_a_sibling_leaves_that_down_and_the_others_come_up() {
        RuleBed bed = open(spec(SupervisorSpec.oneForAll(), child("a"), child("b"), child("c")));
        bed.gate = start -> !start.child().id().equals("b");
        bed.ends("a", BROKEN);
        assertThat(bed.answerTo(new Request.WhichChildren()).toString())
                .contains("id=a, state=RUNNING", "id=b, state=STOPPED", "id=c, state=RUNNING");
    }

    @Test
    void no_to_a_call_is_ignored_and_what_is_new_and_temporary_is_not_kept() {
        RuleBed bed = open(spec(SupervisorSpec.oneForOne(), child("a")));
        bed.call(new Request.TerminateChild("a"));
        close(bed);
        for (Request<?> request : List.of(
                new Request.RestartChild("a"),
                new Request.StartOnce("a"),
                new Request.StartChild(child("n"), List.of()),
                new Request.StartChild(child("t").withRestart(RestartType.TEMPORARY), List.of()))) {
            assertThat(bed.answerTo(request)).isEqualTo(SupervisorResult.Ignored.INSTANCE);
        }
        assertThat(bed.answerTo(new Request.WhichChild("n")).toString()).contains("STOPPED");
        assertThat(bed.answerTo(new Request.WhichChild("t"))).hasToString("not_found");
    }

    @Test
    void no_to_a_renewal_and_to_an_attempt() {
        RuleBed bed = open(spec(
                SupervisorSpec.oneForOne(),
                child("a"),
                child("b").withRestartDelay(RestartDelay.fixed(Duration.ofMinutes(1)))));
        bed.ends("b", BROKEN);
        close(bed);
        assertThat(bed.answerTo(new Request.RenewChild("a"))).hasToString("ignored");
        assertThat(bed.answerTo(new Request.StartNow("b"))).hasToString("ignored");
    }

    @Test
    void no_in_a_dynamic_supervisor_leaves_nothing() {
        RuleBed bed = open(spec(SupervisorSpec.dynamic()));
        close(bed);
        assertThat(bed.answerTo(new Request.StartChild(child("a"), List.of()))).hasToString("ignored");
        assertThat(bed.answerTo(new Request.CountChildren()).toString()).contains("specs=0");
    }

    // ---- one that takes its time

    private static RuleBed slow(ChildSpec... children) {
        RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), children), GATED);
        bed.begin();
        return bed;
    }

    @Test
    void all_else_waits_for_the_answer() {
        RuleBed bed = slow(child("a"));
        bed.took("may /a start, START_UP", "wake at PT30S");
        bed.call(new Request.CountChildren()).tookNothing();
        bed.tell(new RuleEvent.GateAnswered(bed.question + 1, true)).tookNothing();
        bed.tell(new RuleEvent.GateAnswered(bed.question, true)).took("start a#1");
        bed.tell(new RuleEvent.GateAnswered(bed.question, false)).tookNothing();
        bed.starts("a");
        assertThat(bed.took())
                .contains("ChildStarted a#1 START_UP", "up")
                .last()
                .asString()
                .startsWith("answer");
    }

    @Test
    void who_says_nothing_for_thirty_seconds_has_said_no() {
        RuleBed bed = slow(child("a"));
        bed.took();
        bed.wakeAt(Duration.ofSeconds(29)).took("wake at PT30S");
        bed.wakeAt(Duration.ofSeconds(30)).took("ChildIgnored a", "SupervisorStarted", "up");
        bed.tell(new RuleEvent.GateAnswered(bed.question, true)).tookNothing();
    }

    @Test
    void the_end_of_the_tree_does_not_wait_for_it_nor_does_a_kill() {
        RuleBed bed = slow(child("a"));
        bed.took();
        bed.tell(new RuleEvent.Stop(ExitReason.shutdown())).tookNothing();
        bed.tell(new RuleEvent.Hurry(Map.of()));
        assertThat(bed.end).isNotNull();

        RuleBed killed = slow(child("a"));
        killed.tell(RuleEvent.Kill.INSTANCE);
        assertThat(killed.end).isNotNull();
    }

    @Test
    void a_call_that_is_given_up_for_the_end_is_answered() {
        RuleBed bed = open(spec(SupervisorSpec.oneForOne(), child("a")));
        bed.gate = null;
        bed.call(new Request.RenewChild("a"));
        bed.tell(new RuleEvent.Stop(ExitReason.shutdown())).tell(new RuleEvent.Hurry(Map.of()));
        assertThat(bed.answer).hasToString("supervisor_gone");
    }

    @Test
    void nobody_is_asked_where_there_is_no_gate() {
        RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), child("a")))
                .obedient()
                .begin();
        bed.ends("a", BROKEN);
        assertThat(bed.lines).noneMatch(line -> line.startsWith("may "));
    }

    // ---- transitions

    @Test
    void a_start_and_a_stop_are_told_before_they_are_over() {
        RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForAll(), child("a"), child("b")), TELLS).begin();
        bed.took("start a#1", "wake at PT30S", "ChildStarting a#1");
        bed.starts("a").starts("b").took();
        bed.ends("a", BROKEN);
        assertThat(bed.took()).contains("ChildStopping b#2 PT5S Sibling");
        bed.obedient = true;
        bed.ends("b").took();
        bed.call(new Request.RenewChild("b"));
        assertThat(bed.took()).contains("ChildStopping b#4 PT5S Renewal", "ChildStarting b#6");
        bed.call(new Request.TerminateChild("b"));
        assertThat(bed.took()).contains("ChildStopping b#6 PT5S Call");
        bed.tell(new RuleEvent.Stop(ExitReason.shutdown()));
        assertThat(bed.took()).contains("ChildStopping a#5 PT5S SupervisorEnds");
    }

    /** While another is started, which takes its time: of which type it is, and whether it is started again then. */
    @ParameterizedTest
    @CsvSource({
        "PERMANENT, normal, true",
        "PERMANENT, broken, true",
        "TRANSIENT, normal, false",
        "TRANSIENT, broken, true",
        "TEMPORARY, normal, false",
        "TEMPORARY, broken, false"
    })
    void an_end_is_told_at_once_also_while_the_supervisor_is_at_something_else(
            RestartType type, String reason, boolean again) {
        RuleBed bed = new RuleBed(
                        spec(
                                SupervisorSpec.oneForOne(),
                                child("slow"),
                                child("a").withRestart(type)),
                        TELLS)
                .obedient()
                .begin();
        bed.obedient = false;
        bed.ends("slow", BROKEN).took();

        bed.ends("a", reason.equals("normal") ? ExitReason.normal() : BROKEN).took("ChildGone a#2");
        SupervisorEvent.ChildGone gone = (SupervisorEvent.ChildGone) bed.events.get(bed.events.size() - 1);
        assertThat(gone.again()).isEqualTo(again);

        bed.starts("slow");
        assertThat(bed.took())
                .anyMatch(line -> line.startsWith("ChildTerminated a#2") || line.startsWith("ChildFinished a#2"))
                .noneMatch(line -> line.startsWith("ChildGone"));
    }

    @Test
    void the_end_of_one_that_is_waited_for_or_taken_up_at_once_is_told_once() {
        RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForAll(), child("a"), child("b")), TELLS)
                .obedient()
                .begin();
        bed.ends("a", BROKEN);
        bed.call(new Request.RenewAll());
        bed.tell(new RuleEvent.Stop(ExitReason.shutdown()));

        assertThat(bed.lines).noneMatch(line -> line.startsWith("ChildGone"));
    }

    @Test
    void one_that_ends_while_its_supervisor_goes_down_is_not_started_again() {
        RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), child("a"), child("b")), TELLS)
                .obedient()
                .begin();
        bed.obedient = false;
        bed.tell(new RuleEvent.Stop(ExitReason.shutdown())).took();

        bed.ends("a", BROKEN).took("ChildGone a#1");

        SupervisorEvent.ChildGone gone = (SupervisorEvent.ChildGone) bed.events.get(bed.events.size() - 1);
        assertThat(gone.again()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"STOP, true, ChildPaused a#1", "CONT, true, ChildPaused a#1", "HUP, true, ''", "STOP, false, ''"})
    void a_pause_is_told_if_it_was_sent(Signal signal, boolean isHeard, String told) {
        RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), child("a")), TELLS)
                .obedient()
                .begin();
        bed.took();
        bed.listens = isHeard;

        bed.call(new Request.SignalChild("a", signal));

        assertThat(bed.took().stream().filter(line -> line.startsWith("ChildPaused")))
                .containsExactlyElementsOf(told.isEmpty() ? List.of() : List.of(told));
    }

    @Test
    void nothing_of_it_where_nobody_asks_for_it() {
        RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForAll(), child("a"), child("b")))
                .obedient()
                .begin();
        bed.ends("a", BROKEN);
        bed.obedient = false;
        bed.call(new Request.TerminateChild("a")).ends("b", BROKEN);
        bed.call(new Request.SignalChild("a", Signal.STOP));
        assertThat(bed.lines).noneMatch(line -> line.matches("Child(Starting|Stopping|Gone|Paused).*"));
    }
}
