package io.github.pekkosupervisor.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.rule.RestartRule.Verdict;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The page of OTP's {@code do_restart}, {@code restart}, {@code shutdown} and {@code do_auto_shutdown}, by table. */
final class RestartRuleTest {

    private static final Plan.Restart AGAIN = new Plan.Restart(true, StartGate.Cause.RESTART);

    private static final Map<String, ExitReason> REASONS = Map.of(
            "normal", ExitReason.normal(),
            "shutdown", ExitReason.shutdown(),
            "shutdown(x)", ExitReason.shutdown("x"),
            "killed", ExitReason.killed(),
            "failed", ExitReason.failed("x"),
            "crash", ExitReason.crash(new IllegalStateException()),
            "code 1", new ExitReason.ExitCode(1),
            "signal", new ExitReason.Signalled("SEGV"),
            "timeout", ExitReason.StartTimeout.INSTANCE);

    static ExitReason reason(String name) {
        return Objects.requireNonNull(REASONS.get(name), name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "normal      | RESTART | ACCEPT  | ACCEPT",
                "shutdown    | RESTART | ACCEPT  | ACCEPT",
                "shutdown(x) | RESTART | ACCEPT  | ACCEPT",
                "killed      | RESTART | RESTART | REPORT",
                "failed      | RESTART | RESTART | REPORT",
                "crash       | RESTART | RESTART | REPORT",
                "code 1      | RESTART | RESTART | REPORT",
                "signal      | RESTART | RESTART | REPORT",
                "timeout     | RESTART | RESTART | REPORT"
            })
    void what_follows_from_an_end(String reason, Verdict permanent, Verdict isTransient, Verdict temporary) {
        ExitReason why = reason(reason);

        assertThat(RestartRule.afterEnd(RestartType.PERMANENT, why)).isEqualTo(permanent);
        assertThat(RestartRule.afterEnd(RestartType.TRANSIENT, why)).isEqualTo(isTransient);
        assertThat(RestartRule.afterEnd(RestartType.TEMPORARY, why)).isEqualTo(temporary);
        assertThat(List.of(permanent, isTransient, temporary).stream().map(Verdict::isReported))
                .containsExactly(
                        permanent != Verdict.ACCEPT, isTransient != Verdict.ACCEPT, temporary != Verdict.ACCEPT);
    }

    /** The columns: asked in time, and killed at once; each for permanent and transient. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "normal      | no  | yes | no  | yes",
                "shutdown    | yes | yes | no  | yes",
                "shutdown(x) | no  | yes | no  | yes",
                "killed      | no  | no  | yes | yes",
                "failed      | no  | no  | no  | no",
                "crash       | no  | no  | no  | no"
            })
    void whether_a_stopped_child_has_ended_well(
            String reason, String permanent, String isTransient, String killedPermanent, String killedTransient) {
        ExitReason why = reason(reason);
        ChildSpec asked = RuleBed.child("a");
        ChildSpec killed = asked.withShutdown(Shutdown.brutalKill());

        assertThat(yes(RestartRule.hasStoppedWell(asked, why, false))).isEqualTo(permanent);
        assertThat(yes(RestartRule.hasStoppedWell(asked.withRestart(RestartType.TRANSIENT), why, false)))
                .isEqualTo(isTransient);
        assertThat(yes(RestartRule.hasStoppedWell(asked.withRestart(RestartType.TEMPORARY), why, false)))
                .isEqualTo(isTransient);
        assertThat(yes(RestartRule.hasStoppedWell(killed, why, false))).isEqualTo(killedPermanent);
        assertThat(yes(RestartRule.hasStoppedWell(killed.withRestart(RestartType.TRANSIENT), why, false)))
                .isEqualTo(killedTransient);
    }

    @ParameterizedTest
    @CsvSource({"normal, no, no", "shutdown, yes, yes", "shutdown(x), yes, yes", "killed, no, yes", "failed, no, no"})
    void a_dynamic_supervisor_takes_a_deliberate_end_of_a_permanent_child(String reason, String asked, String killed) {
        ExitReason why = reason(reason);
        ChildSpec child = RuleBed.child("a");

        assertThat(yes(RestartRule.hasStoppedWell(child, why, true))).isEqualTo(asked);
        assertThat(yes(RestartRule.hasStoppedWell(child.withShutdown(Shutdown.brutalKill()), why, true)))
                .isEqualTo(killed);
    }

    private static String yes(boolean value) {
        return value ? "yes" : "no";
    }

    @ParameterizedTest
    @CsvSource({
        "NEVER, true, STOPPED, no",
        "ANY_SIGNIFICANT, true, RUNNING, yes",
        "ANY_SIGNIFICANT, false, STOPPED, no",
        "ALL_SIGNIFICANT, true, STOPPED, yes",
        "ALL_SIGNIFICANT, true, RUNNING, no",
        "ALL_SIGNIFICANT, true, RESTARTING, no",
        "ALL_SIGNIFICANT, false, STOPPED, no",
    })
    void whether_an_end_ends_the_supervisor(AutoShutdown auto, boolean significant, ChildState other, String ends) {
        Children children = children("plain", "s1", "s2");
        Child ended = child(children, "s1");
        ended.spec = ended.spec.withSignificant(significant);
        Child second = child(children, "s2");
        second.spec = second.spec.withSignificant(true);
        second.state = other;
        child(children, "plain").state = ChildState.RUNNING;
        ended.state = ChildState.RUNNING;

        assertThat(yes(RestartRule.endsSupervisor(auto, ended, children))).isEqualTo(ends);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ONE_FOR_ONE        |       | b",
                "SIMPLE_ONE_FOR_ONE |       | b",
                "DYNAMIC            |       | b",
                "ONE_FOR_ALL        | c b a | a b c",
                "REST_FOR_ONE       | c b   | b c"
            })
    void who_is_stopped_and_started_with_it(Strategy strategy, String stopped, String started) {
        Children children = children("a", "b", "c");

        Plan plan = RestartRule.restart(strategy, child(children, "b"), children, AGAIN);

        assertThat(plan.purpose).isEqualTo(AGAIN);
        assertThat(toStop(plan)).isEqualTo(stopped == null ? "" : stopped);
        assertThat(toStart(plan, children)).isEqualTo(started);
    }

    @ParameterizedTest
    @EnumSource
    void who_is_stopped_at_once_while_it_waits(Strategy strategy) {
        Children children = children("a", "b", "c");

        Plan plan = RestartRule.stopSiblings(strategy, child(children, "b"), children);

        String stopped = plan == null ? "nobody" : toStop(plan);
        assertThat(stopped)
                .isEqualTo(
                        switch (strategy) {
                            case ONE_FOR_ONE, SIMPLE_ONE_FOR_ONE, DYNAMIC -> "nobody";
                            case ONE_FOR_ALL -> "c b a";
                            case REST_FOR_ONE -> "c b";
                        });
        assertThat(plan == null ? "" : toStart(plan, children)).isEmpty();
    }

    @Test
    void how_long_it_waits() {
        RestartDelay delay =
                new RestartDelay(Duration.ofSeconds(1), Duration.ofSeconds(60), 2, 0, Duration.ofSeconds(5));
        Child child = new Child(this, RuleBed.child("a").withRestartDelay(delay), List.of());
        child.state = ChildState.RUNNING;
        child.since = Duration.ofSeconds(10).toNanos();
        long early = Duration.ofSeconds(15).toNanos() - 1;

        assertThat(RestartRule.delay(child, early, () -> 0.5)).isEqualTo(Duration.ofSeconds(1));
        assertThat(RestartRule.delay(child, early, () -> 0.5)).isEqualTo(Duration.ofSeconds(2));
        assertThat(RestartRule.delay(child, early + 1, () -> 0.5)).isEqualTo(Duration.ofSeconds(1));
        child.state = ChildState.RESTARTING;
        assertThat(RestartRule.delay(child, early + 1, () -> 0.5)).isEqualTo(Duration.ofSeconds(2));
        child.spec = RuleBed.child("a");
        assertThat(RestartRule.delay(child, early, () -> 0.5)).isNull();
    }

    /** A process that was taken over begins to count before its supervisor has begun. */
    @ParameterizedTest
    @CsvSource({"0, 4, 2", "0, 5, 1", "1, 3, 2", "1, 4, 1", "100000, 0, 1"})
    void how_long_it_waits_after_a_process_that_had_run_before(long before, long ran, long waits) {
        RestartDelay delay =
                new RestartDelay(Duration.ofSeconds(1), Duration.ofSeconds(60), 2, 0, Duration.ofSeconds(5));
        Child child = new Child(this, RuleBed.child("a").withRestartDelay(delay), List.of());
        child.delays = 1;
        long adopted = Duration.ofSeconds(10).toNanos();
        child.runsAs(new Incarnation(child, new FakeHandle("a", 1, Duration.ofSeconds(before)), adopted), adopted);

        assertThat(RestartRule.delay(child, adopted + Duration.ofSeconds(ran).toNanos(), () -> 0.5))
                .isEqualTo(Duration.ofSeconds(waits));
    }

    // ---- children

    private Children children(String... ids) {
        Children children = new Children(true);
        for (String id : ids) {
            children.addLast(new Child(this, RuleBed.child(id), List.of()));
        }
        return children;
    }

    private static Child child(Children children, String id) {
        return Objects.requireNonNull(children.find(id));
    }

    private static String toStop(Plan plan) {
        List<String> ids = new ArrayList<>();
        for (Child child = plan.takeToStop(); child != null; child = plan.takeToStop()) {
            ids.add(child.id());
        }
        return String.join(" ", ids);
    }

    private static String toStart(Plan plan, Children children) {
        List<String> ids = new ArrayList<>();
        for (Child child = plan.takeToStart(children); child != null; child = plan.takeToStart(children)) {
            ids.add(child.id());
        }
        return String.join(" ", ids);
    }
}
