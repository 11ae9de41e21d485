package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.testing.Specs.simple;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.ExitReason.FailedToStartChild;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.testing.Script;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** OTP's cases on starting, decided without actors. */
final class StartUpCasesTest {

    private static final ExitReason WHY = ExitReason.failed("why");

    @Test
    void case_004_ignored_temporary_in_the_initial_list() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.script("a").ignores = true;

            bed.start(spec(temporary(bed, "a"), temporary(bed, "b")));

            assertThat(bed.states()).containsExactly("b running");
            assertThat(bed.counts()).containsExactly(1, 1, 0, 1);
        }
    }

    private static ChildSpec temporary(PlayedSupervisor bed, String id) {
        return bed.worker(id).withRestart(RestartType.TEMPORARY);
    }

    @Test
    void case_005_ignored_temporary_by_start_child() {
        try (PlayedSupervisor bed = new PlayedSupervisor().start(spec())) {
            bed.script("a").ignores = true;

            Object result = PlayedSupervisor.answer(bed.sup().startChild(temporary(bed, "a")));

            assertThat(result).isEqualTo(SupervisorResult.Ignored.INSTANCE);
            assertThat(bed.states()).isEmpty();
        }
    }

    @Test
    void case_006_ignored_dynamic_temporary() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.script("a").ignores = true;
            bed.start(simple(bed.template().withRestart(RestartType.TEMPORARY)));

            Object result = PlayedSupervisor.answer(bed.sup().startFromTemplate("a"));
            bed.startFromTemplate("b");

            assertThat(result).isEqualTo(SupervisorResult.Ignored.INSTANCE);
            assertThat(bed.states()).hasSize(1);
            assertThat(bed.counts()).containsExactly(1, 1, 0, 1);
        }
    }

    @Test
    void case_007_ignored_dynamic_permanent() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.script("a").ignores = true;
            bed.start(simple(bed.template()));

            PlayedSupervisor.get(bed.sup().startFromTemplate("a"));

            assertThat(bed.states()).isEmpty();
            assertThat(bed.stop()).isEqualTo(ExitReason.shutdown());
        }
    }

    @Test
    void case_011_restart_child_start_error() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(spec(bed.worker("a")));
            PlayedSupervisor.get(bed.sup().terminateChild("a"));
            bed.script("a").failsToStart("now");

            Object result = PlayedSupervisor.answer(bed.sup().restartChild("a"));

            assertThat(result)
                    .isInstanceOfSatisfying(
                            SupervisorResult.StartFailed.class,
                            failed -> assertThat(failed.reason())
                                    .isEqualTo(bed.script("a").thrown()));
            assertThat(bed.states()).containsExactly("a stopped");
        }
    }

    @Test
    void case_012_dynamic_start_error() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.script("a").failsWith = WHY;
            bed.start(simple(bed.template()));

            Object result = PlayedSupervisor.answer(bed.sup().startFromTemplate("a"));

            assertThat(result)
                    .isInstanceOfSatisfying(
                            SupervisorResult.StartFailed.class,
                            failed -> assertThat(failed.reason()).isEqualTo(WHY));
            assertThat(bed.states()).isEmpty();
        }
    }

    @Test
    void case_016_start_function_throws_in_the_initial_list() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.script("b").failsToStart("thrown");

            ExitReason reason = bed.startFails(spec(bed.worker("a"), bed.worker("b")));

            ExitReason thrown = bed.script("b").thrown();
            assertThat(reason).isEqualTo(ExitReason.shutdown(new FailedToStartChild("b", thrown)));
            assertThat(bed.log("stop")).containsExactly("stop a");
            assertThat(bed.reports()).containsExactly("start_error b " + thrown);
        }
    }

    @Test
    void case_018_childs_name_is_taken_elsewhere() {
        try (PlayedSupervisor bed = new PlayedSupervisor().start(spec())) {
            bed.script("a").failsWith = ExitReason.failed(new SupervisorResult.AlreadyStarted("the foreign one"));

            Object result = PlayedSupervisor.answer(bed.sup().startChild(bed.worker("a")));

            assertThat(result).isEqualTo(new SupervisorResult.AlreadyStarted("the foreign one"));
            assertThat(bed.states()).isEmpty();
        }
    }

    @Test
    void case_020_extra_info() {
        try (PlayedSupervisor bed = new PlayedSupervisor().start(spec())) {
            Script script = bed.script("a");
            script.info = "first";
            Object first = PlayedSupervisor.answer(bed.sup().startChild(bed.worker("a")));
            PlayedSupervisor.get(bed.sup().terminateChild("a"));
            script.info = List.of("second");
            Object second = PlayedSupervisor.answer(bed.sup().restartChild("a"));

            bed.crashAndAwaitRestart("a");

            assertThat(first).extracting("info").isEqualTo(Optional.of("first"));
            assertThat(second).extracting("info").isEqualTo(Optional.of(List.of("second")));
            assertThat(bed.states()).containsExactly("a running");
            bed.ignoreReports();
        }
    }

    @Test
    void case_001_empty_supervisor() {
        try (PlayedSupervisor bed = new PlayedSupervisor().start(spec())) {
            assertThat(bed.stop()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.reports()).isEmpty();
        }
    }

    @Test
    void case_014_start_waits_for_readiness() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.script("slow").startTakes = Duration.ofMillis(300);

            bed.start(spec(bed.worker("slow"), bed.worker("next")));

            assertThat(bed.time()).isEqualTo(Duration.ofMillis(300));
            assertThat(bed.log("init", "ack")).startsWith("init slow", "ack slow", "init next");
        }
    }
}
