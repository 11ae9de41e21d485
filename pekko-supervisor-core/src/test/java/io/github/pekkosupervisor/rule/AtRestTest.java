package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.rule.RuleBed.BROKEN;
import static io.github.pekkosupervisor.rule.RuleBed.child;
import static io.github.pekkosupervisor.rule.RuleBed.spec;
import static io.github.pekkosupervisor.rule.RuleBed.up;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a supervisor leaves to one that goes on with its children. */
final class AtRestTest {

    private static RuleBed running(ChildSpec... children) {
        return up(new RuleBed(spec(SupervisorSpec.oneForOne(), children))).obedient();
    }

    private static AtRest atRest(RuleBed bed) {
        return bed.rule.atRest(bed.now);
    }

    private static Optional<String> busy(RuleBed bed) {
        return atRest(bed).busy();
    }

    @Test
    void all_that_run_are_left_as_they_are() {
        AtRest left = atRest(running(child("a"), child("b")));

        assertThat(left.busy()).isEmpty();
        assertThat(left.down()).isEmpty();
        assertThat(left.done()).isEmpty();
    }

    @Test
    void who_is_down_stays_down() {
        RuleBed bed = running(
                child("a"),
                child("stopped"),
                child("transient").withRestart(RestartType.TRANSIENT),
                child("temporary").withRestart(RestartType.TEMPORARY));
        bed.call(new Request.TerminateChild("stopped"));
        bed.ends("transient", ExitReason.normal()).ends("temporary", BROKEN);

        assertThat(busy(bed)).isEmpty();
        assertThat(atRest(bed).down()).containsExactly("stopped", "transient", "temporary");
    }

    @Test
    void oneshot_that_is_done_is_done() {
        RuleBed bed = new RuleBed(spec(
                SupervisorSpec.oneForOne(),
                ChildSpec.process("o", ProcessSpec.of("true").withOneshot()),
                child("a")));
        bed.begin().ends("o", ExitReason.normal()).starts("a");

        assertThat(busy(bed)).isEmpty();
        assertThat(atRest(bed).done()).containsExactly("o");
        assertThat(atRest(bed).down()).isEmpty();
    }

    @Test
    void who_is_starting_something_is_busy() {
        RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), child("a"))).begin();

        assertThat(busy(bed)).contains("supervisor / is starting or stopping something");
        bed.starts("a");
        assertThat(busy(bed)).isEmpty();
    }

    @Test
    void child_that_waits_for_its_restart_is_named() {
        RuleBed bed = running(child("a").withRestartDelay(RestartDelay.fixed(Duration.ofMinutes(1))));
        bed.ends("a", BROKEN);

        assertThat(busy(bed)).contains("child /a waits for its restart");
        bed.due();
        assertThat(busy(bed)).isEmpty();
    }

    @Test
    void child_that_runs_once_is_named() {
        RuleBed bed = running(child("a"));
        bed.call(new Request.StartOnce("a"));

        assertThat(busy(bed).orElseThrow()).startsWith("child /a runs once");
    }

    // ---- restarts

    private static final ChildSpec PATIENT = child("a")
            .withRestartDelay(
                    new RestartDelay(Duration.ofSeconds(1), Duration.ofSeconds(60), 2, 0, Duration.ofSeconds(60)));

    /** In the place of one that has left this, and has another clock. */
    private static RuleBed goesOn(AtRest left, ChildSpec... children) {
        RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), children))
                .at(Duration.ofHours(1))
                .obedient();
        bed.begin(left.restarts()).took();
        return bed;
    }

    @Test
    void who_has_restarted_nobody_leaves_nothing_of_that() {
        assertThat(atRest(running(child("a"), PATIENT.withId("b"))).restarts()).isEqualTo(AtRest.PastRestarts.NONE);
    }

    @Test
    void restarts_that_count_still_are_left() {
        RuleBed bed = running(child("a"));
        bed.at(Duration.ofSeconds(20)).ends("a", BROKEN);
        bed.at(Duration.ofSeconds(31)).ends("a", BROKEN);
        bed.at(Duration.ofSeconds(33)).ends("a", BROKEN);
        bed.at(Duration.ofSeconds(34));

        assertThat(atRest(bed).restarts().counted()).containsExactly(Duration.ofSeconds(3), Duration.ofSeconds(1));
    }

    @Test
    void they_count_for_who_goes_on() {
        RuleBed bed = running(child("a"));
        bed.at(Duration.ofSeconds(31)).ends("a", BROKEN);
        bed.at(Duration.ofSeconds(33)).ends("a", BROKEN);
        bed.at(Duration.ofSeconds(34));

        RuleBed next = goesOn(atRest(bed), child("a"));

        next.ends("a", BROKEN);
        assertThat(next.end).as("the third of three").isNull();
        next.ends("a", BROKEN);
        assertThat(next.end).as("one too many").isNotNull();
    }

    @Test
    void and_are_forgotten_in_their_time() {
        RuleBed bed = running(child("a"));
        bed.at(Duration.ofSeconds(31)).ends("a", BROKEN).ends("a", BROKEN).ends("a", BROKEN);
        bed.at(Duration.ofSeconds(39));

        RuleBed next = goesOn(atRest(bed), child("a"));

        next.at(Duration.ofHours(1).plusSeconds(3)).ends("a", BROKEN);
        assertThat(next.end).isNull();
        assertThat(atRest(next).restarts().counted()).containsExactly(Duration.ZERO);
    }

    @Test
    void waits_grow_on() {
        RuleBed bed = running(PATIENT);
        bed.ends("a", BROKEN).due().ends("a", BROKEN).due();

        assertThat(atRest(bed).restarts().delays()).containsExactly(Map.entry("a", 2));
        RuleBed next = goesOn(atRest(bed), PATIENT, child("b"));
        next.ends("a", BROKEN);

        assertThat(next.took()).contains("wait for a PT4S");
    }

    @Test
    void of_a_child_that_is_not_there_any_more_nothing_counts() {
        AtRest left = new AtRest(
                Optional.empty(), List.of(), List.of(), new AtRest.PastRestarts(List.of(), Map.of("gone", 7)));

        assertThat(atRest(goesOn(left, child("a"))).restarts()).isEqualTo(AtRest.PastRestarts.NONE);
    }
}
