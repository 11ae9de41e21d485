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
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a supervisor leaves to one that goes on with its children. */
final class AtRestTest {

    private static RuleBed running(ChildSpec... children) {
        return up(new RuleBed(spec(SupervisorSpec.oneForOne(), children))).obedient();
    }

    private static AtRest atRest(RuleBed bed) {
        return bed.rule.atRest();
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
}
