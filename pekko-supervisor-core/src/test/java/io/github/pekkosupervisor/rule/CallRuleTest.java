package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.rule.RuleBed.BROKEN;
import static io.github.pekkosupervisor.rule.RuleBed.child;
import static io.github.pekkosupervisor.rule.RuleBed.spec;
import static io.github.pekkosupervisor.rule.RuleBed.up;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.process.ProcessConnection;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each call of OTP's dynamic API in each state of a child, and who is told that he waits in vain. */
final class CallRuleTest {

    /** The child "a" in a state, with another beside it. */
    private static RuleBed with(String state) {
        ChildSpec a = child("a").withRestart(RestartType.TRANSIENT);
        RuleBed bed = up(spec(SupervisorSpec.oneForOne(), child("first"), a));
        switch (state) {
            case "running" -> {}
            case "stopped" -> bed.ends("a", ExitReason.normal());
            case "restarting" -> bed.ends("a", BROKEN).ends("a", BROKEN);
            default -> throw new IllegalArgumentException(state);
        }
        bed.took();
        return bed;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "start     | running    | answer already started a#2",
                "start     | stopped    | answer already_present",
                "start     | restarting | answer already_present",
                "terminate | running    | stop a#2 PT5S; wake at PT5S",
                "terminate | stopped    | answer ok",
                "terminate | restarting | RestartCancelled a#2; answer ok",
                "restart   | running    | answer running",
                "restart   | stopped    | start a#3",
                "restart   | restarting | answer restarting",
                "delete    | running    | answer running",
                "delete    | stopped    | ChildDeleted a; answer ok",
                "delete    | restarting | answer restarting",
            })
    void what_a_call_leads_to(String call, String state, String lines) {
        RuleBed bed = with(state);
        bed.call(request(call, "a")).took(lines.split("; ", -1));
    }

    private static Request<?> request(String call, String id) {
        return switch (call) {
            case "start" -> new Request.StartChild(child(id), List.of());
            case "terminate" -> new Request.TerminateChild(id);
            case "restart" -> new Request.RestartChild(id);
            case "delete" -> new Request.DeleteChild(id);
            case "which" -> new Request.WhichChild(id);
            case "spec" -> new Request.GetChildSpec(id);
            case "template" -> new Request.StartFromTemplate(List.of());
            default -> throw new IllegalArgumentException(call);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "terminate, not_found, simple_one_for_one",
        "restart, not_found, simple_one_for_one",
        "delete, not_found, simple_one_for_one",
        "which, not_found, simple_one_for_one",
        "spec, not_found, not_found",
        "template, no_template, no_template"
    })
    void of_a_child_that_there_is_not(String call, String ordered, String dynamic) {
        assertThat(with("running").answerTo(request(call, "x"))).hasToString(ordered);
        assertThat(up(spec(SupervisorSpec.dynamic())).answerTo(request(call, "x")))
                .hasToString(dynamic);
    }

    /** Who has asked may have heard of the attempt, and not that it has failed. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DYNAMIC            | terminate | RestartCancelled a#1; answer ok",
                "SIMPLE_ONE_FOR_ONE | terminate | RestartCancelled a#1; answer ok",
                "DYNAMIC            | now       | Restart a#1 after PT0S, 1 of 3; start a#3",
                "SIMPLE_ONE_FOR_ONE | now       | Restart a#1 after PT0S, 1 of 3; start a#3"
            })
    void a_child_that_is_restarting_is_named_by_its_last_attempt_too(Strategy strategy, String call, String lines) {
        boolean isSimple = strategy == Strategy.SIMPLE_ONE_FOR_ONE;
        SupervisorSpec flags = SupervisorSpec.of(strategy);
        RuleBed bed = up(isSimple ? spec(flags, child("a")) : spec(flags)).obedient();
        bed.call(isSimple ? new Request.StartFromTemplate(List.of()) : request("start", "a"));
        bed.obedient = false;
        bed.ends("a", BROKEN).ends("a", BROKEN).took();
        Incarnation attempt = bed.of("a");

        bed.call(
                call.equals("now")
                        ? new Request.StartNowHandle(attempt.handle())
                        : new Request.TerminateHandle(attempt.handle()),
                attempt,
                true);

        bed.took(lines.split("; ", -1));
    }

    @Test
    void an_attempt_names_nobody_any_more_when_another_has_been_made() {
        RuleBed bed = up(spec(SupervisorSpec.dynamic())).obedient();
        bed.call(request("start", "a"));
        bed.obedient = false;
        bed.ends("a", BROKEN).ends("a", BROKEN);
        Incarnation attempt = bed.of("a");
        bed.due().starts("a").took();

        bed.call(new Request.TerminateHandle(attempt.handle()), attempt, true).took("answer not_found");
    }

    @Test
    void a_start_is_answered_when_it_is_acknowledged() {
        RuleBed bed = with("running");
        bed.call(request("start", "b")).took("start b#3");
        bed.tell(new RuleEvent.Acknowledged(bed.of("b"), "info"));
        assertThat(bed.answer)
                .isEqualTo(new SupervisorResult.Started(bed.of("b").handle(), Optional.of("info")));
        bed.took("ChildStarted b#3 CALL", "answer started b#3");
        assertThat(((SupervisorResult.Children) bed.answerTo(new Request.WhichChildren())).list())
                .extracting(ChildInfo::id)
                .containsExactly("first", "a", "b");
    }

    @Test
    void a_start_that_fails_leaves_nothing_of_a_new_child_and_keeps_a_known_one() {
        RuleBed bed = with("stopped");
        bed.call(request("start", "b")).took();
        bed.ends("b", BROKEN).took("ChildNotStarted b#3", "answer start failed failed(broken)");
        assertThat(bed.answerTo(request("which", "b"))).hasToString("not_found");
        bed.call(request("restart", "a")).took();
        bed.ends("a", BROKEN).took("ChildNotStarted a#4", "answer start failed failed(broken)");
        assertThat(((ChildInfo) bed.answerTo(request("which", "a"))).state()).isEqualTo(ChildState.STOPPED);
    }

    @Test
    void a_name_that_is_taken_elsewhere_is_already_started_for_a_new_child_only() {
        ExitReason taken = ExitReason.failed(new SupervisorResult.AlreadyStarted("elsewhere"));
        RuleBed bed = with("stopped");
        bed.call(request("start", "b")).took();
        bed.ends("b", taken).took("ChildNotStarted b#3", "answer already started elsewhere");
        bed.call(request("restart", "a")).took();
        bed.ends("a", taken);
        assertThat(bed.answer).isInstanceOf(SupervisorResult.StartFailed.class);
    }

    @Test
    void one_that_need_not_run() {
        RuleBed bed = with("running");
        bed.call(request("start", "b")).took();
        bed.ignores("b").took("ChildIgnored b#3", "answer ignored");
        assertThat(((ChildInfo) bed.answerTo(request("which", "b"))).state()).isEqualTo(ChildState.STOPPED);
    }

    @Test
    void what_is_wrong_with_a_new_child_is_the_answer() {
        RuleBed bed = with("running");
        bed.problems = List.of(new Problem("/", "x", "y", "z"));
        assertThat(bed.answerTo(request("start", "b"))).isEqualTo(new SupervisorResult.InvalidSpec(bed.problems));
        assertThat(bed.answerTo(request("which", "b"))).hasToString("not_found");
    }

    @Test
    void arguments_are_for_dynamic_supervisors() {
        Request<?> start = new Request.StartChild(child("b"), List.of("x"));
        assertThat(with("running").answerTo(start)).hasToString("not_dynamic");
        RuleBed dynamic = up(spec(SupervisorSpec.dynamic()).withExtraArguments("always"));
        dynamic.call(start).took("start b#1 [always, x]", "wake at PT30S");
        RuleBed template = up(SupervisorSpec.simpleOneForOne(child("t")));
        assertThat(template.answerTo(request("start", "b"))).hasToString("not_dynamic");
        template.took();
        template.call(new Request.StartFromTemplate(List.of("x"))).took("start t#1 [x]", "wake at PT30S");
    }

    @Test
    void a_deleted_child_is_known_no_more() {
        RuleBed bed = with("stopped");
        bed.call(request("delete", "a")).took("ChildDeleted a", "answer ok");
        assertThat(bed.answerTo(request("which", "a"))).hasToString("not_found");
        assertThat(bed.answerTo(new Request.CountChildren()))
                .isEqualTo(new SupervisorResult.ChildCounts(1, 1, 0, 1, 0));
    }

    @Test
    void a_known_one_whose_start_failed_has_no_incarnation() {
        RuleBed bed = with("restarting");
        bed.call(request("terminate", "a")).call(request("restart", "a")).ends("a", BROKEN);
        assertThat(((ChildInfo) bed.answerTo(request("which", "a"))).handle()).isEmpty();
        bed.call(request("restart", "a")).starts("a");
        assertThat(bed.answer).isInstanceOf(SupervisorResult.Started.class);
    }

    /** Who is forgotten when it has ended or was stopped: temporary ones, and all of a dynamic supervisor. */
    @ParameterizedTest
    @CsvSource({
        "PERMANENT, ordered, terminate, kept",
        "TRANSIENT, ordered, end, kept",
        "TRANSIENT, ordered, ignore, kept",
        "TEMPORARY, ordered, terminate, forgotten",
        "TEMPORARY, ordered, end, forgotten",
        "TEMPORARY, ordered, ignore, forgotten",
        "PERMANENT, dynamic, terminate, forgotten",
        "TRANSIENT, dynamic, end, forgotten",
        "TRANSIENT, dynamic, ignore, forgotten",
        "TEMPORARY, dynamic, terminate, forgotten"
    })
    void who_is_forgotten(RestartType type, String supervisor, String how, String expected) {
        RuleBed bed =
                up(supervisor.equals("dynamic") ? spec(SupervisorSpec.dynamic()) : spec(SupervisorSpec.oneForOne()));
        bed.call(new Request.StartChild(child("a").withRestart(type), List.of()));
        switch (how) {
            case "terminate" -> {
                bed.starts("a").obedient();
                if (supervisor.equals("dynamic")) {
                    bed.callAbout("a", Request.TerminateHandle::new);
                } else {
                    bed.call(request("terminate", "a"));
                }
            }
            case "end" -> bed.starts("a").ends("a", ExitReason.normal());
            case "ignore" -> bed.ignores("a");
            default -> throw new IllegalArgumentException(how);
        }

        List<ChildInfo> left = ((SupervisorResult.Children) bed.answerTo(new Request.WhichChildren())).list();
        assertThat(left).hasSize(expected.equals("kept") ? 1 : 0);
        assertThat(left).allSatisfy(info -> assertThat(info.state()).isEqualTo(ChildState.STOPPED));
    }

    /** Its siblings are stopped with it, and a temporary one does not come back. */
    @Test
    void a_temporary_sibling_is_forgotten_when_it_is_stopped() {
        ChildSpec temporary = child("t").withRestart(RestartType.TEMPORARY);
        RuleBed bed = up(spec(SupervisorSpec.oneForAll(), child("a"), temporary, child("b")))
                .obedient();
        bed.ends("a", BROKEN);
        assertThat(((SupervisorResult.Children) bed.answerTo(new Request.WhichChildren())).list())
                .extracting(info -> info.id() + " " + info.state())
                .containsExactly("a RUNNING", "b RUNNING");
    }

    @Test
    void a_child_of_a_dynamic_supervisor_whose_restart_is_given_up_is_forgotten() {
        RuleBed bed = up(spec(SupervisorSpec.dynamic()));
        bed.obedient().call(request("start", "a"));
        bed.obedient = false;
        Incarnation a = bed.of("a");
        bed.ends("a", BROKEN).ends("a", BROKEN).took();
        bed.call(new Request.TerminateHandle(a.handle()), a, true).took("RestartCancelled a#1", "answer ok");
        assertThat(bed.answerTo(new Request.CountChildren()))
                .isEqualTo(new SupervisorResult.ChildCounts(0, 0, 0, 0, 0));
    }

    @Test
    void there_may_be_a_most() {
        RuleBed bed = up(spec(SupervisorSpec.dynamic()).withMaxChildren(1)).obedient();
        bed.call(request("start", "a"));
        assertThat(bed.answerTo(request("start", "b"))).hasToString("max_children");
        RuleBed two = up(spec(SupervisorSpec.dynamic()).withMaxChildren(2)).obedient();
        two.call(request("start", "a"));
        assertThat(two.answerTo(request("start", "b"))).isInstanceOf(SupervisorResult.Started.class);
    }

    @Test
    void a_child_of_a_dynamic_supervisor_is_named_by_its_handle() {
        RuleBed bed = up(spec(SupervisorSpec.dynamic())).obedient();
        bed.call(request("start", "a"));
        assertThat(bed.callAbout("a", Request.WhichHandle::new))
                .isEqualTo(new ChildInfo(
                        "a", ChildState.RUNNING, Optional.of(bed.of("a").handle()), false));
        assertThat(bed.callAbout("a", Request.GetHandleSpec::new)).isInstanceOf(SupervisorResult.FoundSpec.class);
        assertThat(bed.callAbout("a", Request.TerminateHandle::new)).hasToString("ok");
        assertThat(bed.callAbout("a", Request.TerminateHandle::new)).hasToString("not_found");
        assertThat(bed.callAbout("a", Request.WhichHandle::new)).hasToString("not_found");
        assertThat(bed.callAbout("a", Request.GetHandleSpec::new)).hasToString("not_found");
    }

    @Test
    void of_a_template_one_that_has_ended_is_stopped_already() {
        RuleBed bed = up(SupervisorSpec.simpleOneForOne(child("t"))).obedient();
        bed.call(request("template", ""));
        assertThat(bed.callAbout("t", Request.TerminateHandle::new)).hasToString("ok");
        assertThat(bed.callAbout("t", Request.TerminateHandle::new)).hasToString("ok");
        FakeHandle foreign = new FakeHandle("x", 1);
        bed.call(new Request.TerminateHandle(foreign), null, true).took();
        assertThat(bed.answer).hasToString("ok");
        bed.call(new Request.TerminateHandle(foreign), null, false);
        assertThat(bed.answer).hasToString("not_found");
        assertThat(bed.answerTo(request("spec", "t"))).isInstanceOf(SupervisorResult.FoundSpec.class);
        assertThat(bed.answerTo(request("spec", "x"))).hasToString("not_found");
    }

    @Test
    void handles_of_others_and_of_ordered_supervisors_name_nobody() {
        RuleBed other = up(spec(SupervisorSpec.dynamic())).obedient();
        other.call(request("start", "a"));
        RuleBed bed = up(spec(SupervisorSpec.dynamic()));
        bed.call(new Request.WhichHandle(other.of("a").handle()), other.of("a"), false);
        assertThat(bed.answer).hasToString("not_found");
        RuleBed template = up(SupervisorSpec.simpleOneForOne(child("t")));
        other.ends("a", ExitReason.normal());
        template.call(new Request.TerminateHandle(other.of("a").handle()), other.of("a"), false);
        assertThat(template.answer).hasToString("not_found");
        assertThat(with("running").callAbout("a", Request.WhichHandle::new)).hasToString("not_found");
    }

    @Test
    void the_last_incarnation_names_a_child_while_it_is_restarting() {
        RuleBed bed = up(spec(SupervisorSpec.dynamic())).obedient();
        bed.call(request("start", "a"));
        bed.obedient = false;
        Incarnation first = bed.of("a");
        bed.ends("a", BROKEN).ends("a", BROKEN);
        bed.call(new Request.WhichHandle(first.handle()), first, true);
        assertThat(((ChildInfo) Objects.requireNonNull(bed.answer)).state()).isEqualTo(ChildState.RESTARTING);
    }

    @Test
    void children_are_counted() {
        RuleBed bed = with("restarting");
        bed.obedient().call(new Request.StartChild(ChildSpec.supervisor("s", SupervisorSpec.oneForOne()), List.of()));
        assertThat(bed.answerTo(new Request.CountChildren()))
                .isEqualTo(new SupervisorResult.ChildCounts(3, 2, 1, 2, 0));
        RuleBed template = up(SupervisorSpec.simpleOneForOne(child("t"))).obedient();
        template.call(request("template", "")).call(request("template", ""));
        assertThat(template.answerTo(new Request.CountChildren()))
                .isEqualTo(new SupervisorResult.ChildCounts(1, 2, 0, 2, 0));
    }

    /** An end that waits its turn is seen already by who counts; in OTP that asks whether the pid is alive. */
    @Test
    void what_has_ended_and_waits_its_turn_is_not_active() {
        RuleBed bed = with("running");
        bed.call(request("start", "b")).took();
        bed.call(new Request.CountChildren());
        bed.ends("first", BROKEN);
        bed.starts("b");
        assertThat(bed.took()).contains("answer ChildCounts[specs=3, active=2, supervisors=0, workers=3, abandoned=0]");
    }

    @Nested
    class Reconfigured {

        @Test
        void specifications_count_from_now_on_in_their_new_order() {
            RuleBed bed = with("running");
            SupervisorSpec changed =
                    spec(SupervisorSpec.oneForAll(), child("new"), child("a")).withIntensity(0, Duration.ofSeconds(5));
            assertThat(bed.answerTo(new Request.Reconfigure(() -> changed))).hasToString("ok");
            assertThat(((SupervisorResult.Children) bed.answerTo(new Request.WhichChildren())).list())
                    .extracting(info -> info.id() + " " + info.state())
                    .containsExactly("new STOPPED", "a RUNNING", "first RUNNING");
            bed.took();
            bed.ends("a", ExitReason.normal());
            assertThat(bed.lines).contains("GaveUp a#2 reached_max_restart_intensity", "stop first#1 PT5S");
        }

        @Test
        void nothing_changes_where_it_says_ignore_or_is_wrong_or_throws() {
            RuleBed bed = with("running");
            assertThat(bed.answerTo(new Request.Reconfigure(SupervisorSpec::ignore)))
                    .hasToString("ok");
            RuntimeException thrown = new IllegalStateException("no");
            assertThat(bed.answerTo(new Request.Reconfigure(() -> {
                        throw thrown;
                    })))
                    .isEqualTo(new SupervisorResult.BadInit(ExitReason.crash(thrown)));
            bed.problems = List.of(new Problem("/", "x", "y", "z"));
            assertThat(bed.answerTo(new Request.Reconfigure(SupervisorSpec::oneForOne)))
                    .isEqualTo(new SupervisorResult.InvalidSpec(bed.problems));
            assertThat(((SupervisorResult.Children) bed.answerTo(new Request.WhichChildren())).list())
                    .extracting(ChildInfo::id)
                    .containsExactly("first", "a");
        }

        @Test
        void a_template_is_that_of_all_and_the_limit_may_go() {
            RuleBed bed = up(SupervisorSpec.simpleOneForOne(child("t"))).obedient();
            bed.call(request("template", ""));
            ChildSpec changed = child("t").withRestartDelay(RestartDelay.fixed(Duration.ofSeconds(1)));
            bed.call(new Request.Reconfigure(
                    () -> SupervisorSpec.simpleOneForOne(changed).withUnlimitedRestarts()));
            bed.took();
            bed.ends("t", BROKEN);
            assertThat(bed.lines).contains("Restart t#1 after PT1S, 0 of any", "wait for t PT1S");
        }

        @Test
        void of_a_template_only_temporary_ones_keep_nothing_of_what_they_were_made_from() {
            for (RestartType type : List.of(RestartType.PERMANENT, RestartType.TEMPORARY)) {
                ChildSpec template = child("t").withRestart(type);
                RuleBed bed = up(SupervisorSpec.simpleOneForOne(template)).obedient();
                bed.call(request("template", ""));
                bed.call(new Request.Reconfigure(() -> SupervisorSpec.simpleOneForOne(template)));
                ChildSpec now = ((SupervisorResult.FoundSpec) bed.callAbout("t", Request.GetHandleSpec::new)).spec();
                assertThat(now.kind().equals(template.kind())).isEqualTo(type == RestartType.PERMANENT);
            }
        }

        @Test
        void the_period_of_unlimited_restarts_counts_too() {
            ChildSpec waits = child("a").withRestartDelay(RestartDelay.fixed(Duration.ofMillis(1)));
            SupervisorSpec unlimited = spec(SupervisorSpec.oneForOne(), waits).withUnlimitedRestarts();
            RuleBed bed = up(unlimited).obedient();
            bed.call(new Request.Reconfigure(
                    () -> unlimited.withIntensity(1, Duration.ofSeconds(1)).withUnlimitedRestarts()));
            bed.ends("a", BROKEN).due().took();
            bed.at(Duration.ofSeconds(2)).ends("a", BROKEN);
            assertThat(bed.lines).contains("Restart a#2 after PT0.001S, 0 of any");
        }

        @Test
        void a_temporary_one_that_runs_keeps_nothing_of_what_it_was_made_from() {
            RuleBed bed = with("running");
            ChildSpec temporary = child("a").withRestart(RestartType.TEMPORARY);
            bed.call(new Request.Reconfigure(() -> spec(SupervisorSpec.oneForOne(), temporary)));
            assertThat(((SupervisorResult.FoundSpec) bed.answerTo(request("spec", "a")))
                            .spec()
                            .restart())
                    .isEqualTo(RestartType.TEMPORARY);
            bed.took();
            bed.ends("a", BROKEN);
            assertThat(bed.lines).contains("ChildTerminated a#2 failed(broken)");
            assertThat(bed.answerTo(request("spec", "a"))).hasToString("not_found");
        }
    }

    /** Requests may wait at a connection for the next incarnation of a process. */
    @Nested
    class WaitingInVain {

        private ChildSpec waited(String id) {
            return ChildSpec.process(id, ProcessSpec.of("cat").withConnection(ProcessConnection.create()));
        }

        private List<String> inVain(RuleBed bed) {
            return bed.took().stream()
                    .filter(line -> line.startsWith("in vain"))
                    .toList();
        }

        @Test
        void told_once_when_it_stays_down() {
            RuleBed bed = up(spec(SupervisorSpec.oneForOne(), waited("a").withRestart(RestartType.TRANSIENT)));
            bed.ends("a", ExitReason.normal());
            assertThat(inVain(bed)).containsExactly("in vain a: it has ended with normal");
            bed.call(request("delete", "a"));
            assertThat(inVain(bed)).isEmpty();
        }

        @Test
        void told_again_after_another_start() {
            RuleBed bed = up(spec(SupervisorSpec.oneForOne(), waited("a")));
            bed.obedient().call(request("terminate", "a"));
            assertThat(inVain(bed)).containsExactly("in vain a: it was stopped");
            bed.obedient = false;
            bed.call(request("restart", "a")).ends("a", BROKEN);
            assertThat(inVain(bed)).containsExactly("in vain a: it could not be started: failed(broken)");
        }

        @Test
        void told_of_all_when_the_supervisor_goes_down() {
            RuleBed bed = up(spec(SupervisorSpec.oneForOne(), waited("a"), waited("b")));
            bed.tell(new RuleEvent.Stop(ExitReason.normal()));
            assertThat(inVain(bed)).isEmpty();
            bed.ends("b");
            assertThat(inVain(bed)).containsExactly("in vain b: supervisor / ends: closed");
            bed.ends("a");
            assertThat(inVain(bed)).containsExactly("in vain a: supervisor / ends: closed");
        }

        @Test
        void told_at_once_of_who_is_restarting_when_it_goes_down() {
            ChildSpec waits = waited("a").withRestartDelay(RestartDelay.fixed(Duration.ofSeconds(1)));
            RuleBed bed = up(spec(SupervisorSpec.oneForOne(), waits, child("b")));
            bed.ends("a", BROKEN).took();
            bed.tell(new RuleEvent.Stop(ExitReason.normal()));
            assertThat(inVain(bed)).containsExactly("in vain a: supervisor / ends: closed");
        }

        /** Stopped with a sibling it comes back with that; not if that is stopped for good. */
        @ParameterizedTest
        @CsvSource({"ONE_FOR_ALL", "REST_FOR_ONE"})
        void told_when_the_sibling_that_it_would_come_back_with_is_stopped(SupervisorSpec.Strategy strategy) {
            RestartDelay second = RestartDelay.fixed(Duration.ofSeconds(1));
            RuleBed bed = up(spec(
                            SupervisorSpec.of(strategy),
                            waited("a").withRestartDelay(second),
                            waited("b").withRestartDelay(second),
                            waited("c")))
                    .obedient();
            bed.ends("b", BROKEN);
            assertThat(inVain(bed)).isEmpty();
            if (strategy == SupervisorSpec.Strategy.REST_FOR_ONE) {
                // the restart of b is given up, but it comes back with a
                bed.ends("a", BROKEN);
                assertThat(inVain(bed)).isEmpty();
                bed.call(request("terminate", "a"));
            } else {
                bed.call(request("terminate", "b"));
            }
            String why = ": it was stopped, and so was the restart that it waited for";
            assertThat(inVain(bed)).containsExactly("in vain a" + why, "in vain b" + why, "in vain c" + why);
        }

        @ParameterizedTest
        @CsvSource({"ONE_FOR_ALL, 0", "REST_FOR_ONE, 1", "ONE_FOR_ONE, 1"})
        void who_comes_back_with_a_sibling_is_not_told(SupervisorSpec.Strategy strategy, int told) {
            SupervisorSpec spec = spec(
                    SupervisorSpec.of(strategy),
                    waited("a").withRestart(RestartType.TRANSIENT),
                    waited("b").withRestartDelay(RestartDelay.fixed(Duration.ofSeconds(1))),
                    waited("c"));
            RuleBed bed = up(spec).obedient();
            bed.ends("a", ExitReason.normal()).took();
            bed.ends("b", BROKEN).took();
            // whoever is down is told anew, unless it comes back by itself
            bed.call(new Request.Reconfigure(() -> spec));
            assertThat(inVain(bed)).hasSize(told);
        }

        @Test
        void told_when_it_is_forgotten() {
            RuleBed bed = up(spec(SupervisorSpec.dynamic()));
            ChildSpec waits = waited("a").withRestartDelay(RestartDelay.fixed(Duration.ofSeconds(1)));
            bed.obedient().call(new Request.StartChild(waits, List.of()));
            Incarnation a = bed.of("a");
            bed.ends("a", BROKEN).took();
            bed.call(new Request.TerminateHandle(a.handle()), a, true);
            assertThat(inVain(bed)).containsExactly("in vain a: its restart was given up");
        }

        @Test
        void told_of_a_supervisor_below_that_never_ran_and_else_it_has_told_itself() {
            ChildSpec below = ChildSpec.supervisor("s", spec(SupervisorSpec.oneForOne(), waited("x")))
                    .withRestart(RestartType.TRANSIENT);
            RuleBed never = new RuleBed(spec(SupervisorSpec.oneForOne(), below)).begin();
            never.took();
            never.ends("s", BROKEN);
            assertThat(inVain(never)).hasSize(1).first().asString().startsWith("in vain s: supervisor / ends: failed");

            RuleBed ran = up(spec(SupervisorSpec.oneForOne(), below));
            ran.ends("s", ExitReason.normal());
            assertThat(inVain(ran)).isEmpty();
        }

        @Test
        void told_all_at_once_when_a_dynamic_supervisor_goes_down() {
            RuleBed bed = up(spec(SupervisorSpec.dynamic())).obedient();
            bed.call(new Request.StartChild(waited("a"), List.of()));
            bed.call(new Request.StartChild(waited("b"), List.of()));
            bed.obedient = false;
            bed.tell(new RuleEvent.Stop(ExitReason.normal())).took();
            bed.ends("b");
            assertThat(inVain(bed)).containsExactly("in vain b: supervisor / ends: closed");
        }

        @Test
        void told_in_the_end_of_who_was_lost() {
            RuleBed bed = up(spec(SupervisorSpec.oneForOne(), waited("a")));
            bed.tell(new RuleEvent.Stop(ExitReason.normal())).took();
            bed.tell(new RuleEvent.Hurry(Map.of(bed.of("a").handle(), "exit()")));
            assertThat(inVain(bed)).containsExactly("in vain a: supervisor / ends: closed");
        }

        @Test
        void told_when_what_it_was_has_become_something_else() {
            RuleBed bed = up(spec(SupervisorSpec.oneForOne(), waited("a")));
            bed.call(new Request.Reconfigure(() -> spec(SupervisorSpec.oneForOne(), child("a"))));
            assertThat(inVain(bed)).isEmpty();
            bed.ends("a", BROKEN);
            assertThat(inVain(bed)).containsExactly("in vain a: its specification has been replaced");

            RuleBed down = up(spec(SupervisorSpec.oneForOne(), waited("a"))).obedient();
            down.call(request("terminate", "a")).took();
            down.call(new Request.Reconfigure(() -> spec(SupervisorSpec.oneForOne(), child("a"))));
            assertThat(inVain(down)).containsExactly("in vain a: its specification has been replaced");
        }

        @Test
        void told_when_the_actor_has_failed() {
            RuleBed bed = up(spec(SupervisorSpec.oneForOne(), waited("a")));
            assertThat(bed.rule.lost())
                    .extracting(SupervisorAction.StaysDown::why)
                    .containsExactly("supervisor / has failed");
            bed.obedient().tell(new RuleEvent.Stop(ExitReason.normal()));
            assertThat(bed.rule.lost()).isEmpty();
        }
    }
}
