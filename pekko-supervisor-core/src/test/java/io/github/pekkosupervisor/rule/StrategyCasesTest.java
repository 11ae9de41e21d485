package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.rule.PlayedSupervisor.answer;
import static io.github.pekkosupervisor.testing.Specs.simple;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** OTP's cases on strategies and intensity, decided without actors. */
final class StrategyCasesTest {

    private static final ExitReason NO = ExitReason.failed("no");
    private static final String BOOM = PlayedSupervisor.boom().toString();

    private static SupervisorSpec of(Strategy strategy, int intensity, PlayedSupervisor bed, String... ids) {
        return SupervisorSpec.of(strategy)
                .withIntensity(intensity, Duration.ofHours(1))
                .withChildren(IntStream.range(0, ids.length)
                        .mapToObj(i -> bed.worker(ids[i]))
                        .toList());
    }

    @Test
    void case_076_one_for_one_failing_restart_escalates() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(of(Strategy.ONE_FOR_ONE, 4, bed, "a", "b"));
            bed.script("a").failsWith = NO;

            bed.crash("a");

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.script("a").starts.get()).isEqualTo(1 + 4);
            assertThat(bed.log("stop")).containsExactly("stop b");
            assertThat(bed.reports())
                    .containsExactly(
                            "child_terminated a " + lastCrash(bed),
                            "start_error a failed(no)",
                            "start_error a failed(no)",
                            "start_error a failed(no)",
                            "start_error a failed(no)",
                            "shutdown a reached_max_restart_intensity");
        }
    }

    private static String lastCrash(PlayedSupervisor bed) {
        return bed.events.stream()
                .filter(SupervisorEvent.ChildTerminated.class::isInstance)
                .map(event -> ((SupervisorEvent.ChildTerminated) event).reason().toString())
                .reduce("", (before, last) -> last);
    }

    @Test
    void case_077_one_for_all() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(of(Strategy.ONE_FOR_ALL, 2, bed, "a", "b"));
            ChildHandle a = bed.handle("a");
            ChildHandle b = bed.handle("b");

            bed.crash("a");
            bed.awaitRestart("b", b);

            assertThat(bed.handle("a")).isNotEqualTo(a);
            assertThat(bed.handle("b")).isNotEqualTo(b);
            assertThat(b.hasEnded()).isTrue();
            assertThat(bed.counts()).containsExactly(2, 2, 0, 2);
            ChildHandle again = bed.handle("b");
            bed.crash("a");
            bed.awaitRestart("b", again);
            bed.crash("b");
            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.reports()).hasSize(4);
        }
    }

    @Test
    void case_078_one_for_all_escalation() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(of(Strategy.ONE_FOR_ALL, 4, bed, "a", "b"));
            bed.script("b").failsWith = NO;

            bed.crash("a");

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.script("b").starts.get()).isEqualTo(1 + 4);
            assertThat(bed.script("a").starts.get()).isEqualTo(1 + 4);
            bed.ignoreReports();
        }
    }

    @Test
    void case_079_one_for_all_other_child_fails_once() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.failsOnce("b", 2, NO);
            bed.start(SupervisorSpec.oneForAll()
                    .withIntensity(2, Duration.ofHours(1))
                    .withChild(bed.worker("a"))
                    .withChild(bed.worker("b")));

            bed.crash("a");

            bed.until(() -> bed.script("b").starts.get() == 3);
            assertThat(bed.states()).containsExactly("a running", "b running");
            assertThat(bed.log("init", "stop"))
                    .containsExactly("init a", "init b", "stop b", "init a", "stop a", "init a", "init b");
            assertThat(bed.reports()).hasSize(2).last().isEqualTo("start_error b failed(no)");
        }
    }

    @Test
    void case_080_rest_for_one() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(of(Strategy.REST_FOR_ONE, 2, bed, "a", "b", "c"));
            ChildHandle a = bed.handle("a");
            ChildHandle b = bed.handle("b");
            ChildHandle c = bed.handle("c");

            bed.crash("b");
            bed.awaitRestart("c", c);

            assertThat(bed.handle("a")).isEqualTo(a);
            assertThat(bed.handle("b")).isNotEqualTo(b);
            assertThat(bed.handle("c")).isNotEqualTo(c);
            assertThat(bed.counts()).containsExactly(3, 3, 0, 3);
            bed.crashAndAwaitRestart("c");
            bed.crash("a");
            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            bed.ignoreReports();
        }
    }

    @Test
    void case_081_rest_for_one_escalation() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(of(Strategy.REST_FOR_ONE, 4, bed, "a", "b", "c"));
            bed.script("b").failsWith = NO;

            bed.crash("a");

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.script("b").starts.get()).isEqualTo(1 + 4);
            assertThat(bed.script("c").starts.get()).isEqualTo(1);
            bed.ignoreReports();
        }
    }

    @Test
    void case_082_rest_for_one_other_child_fails_once() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.failsOnce("b", 2, NO);
            bed.start(SupervisorSpec.restForOne()
                    .withIntensity(2, Duration.ofHours(1))
                    .withChild(bed.worker("a"))
                    .withChild(bed.worker("b")));

            bed.crash("a");

            bed.until(() -> bed.script("b").starts.get() == 3);
            assertThat(bed.states()).containsExactly("a running", "b running");
            assertThat(bed.log("init", "stop")).containsExactly("init a", "init b", "stop b", "init a", "init b");
            bed.ignoreReports();
        }
    }

    @Test
    void case_083_simple_one_for_one() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(simple(bed.template()));
            ChildHandle a = bed.startFromTemplate("a");
            bed.startFromTemplate("b");

            assertThat(bed.crashAndAwaitRestart("a")).isNotEqualTo(a);
            assertThat(bed.counts()).containsExactly(1, 2, 0, 2);
            bed.crashAndAwaitRestart("b");
            bed.crash("a");

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            bed.ignoreReports();
        }
    }

    @Test
    void case_084_dynamic_with_info() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(simple(bed.template()));
            bed.script("a").info = "info";

            Object result = answer(bed.sup().startFromTemplate("a"));
            bed.crashAndAwaitRestart("a");

            assertThat(result).extracting("info").isEqualTo(java.util.Optional.of("info"));
            assertThat(bed.counts()).containsExactly(1, 1, 0, 1);
            bed.ignoreReports();
        }
    }

    @Test
    void case_085_dynamic_escalation() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(simple(bed.template()).withIntensity(4, Duration.ofHours(1)));
            bed.startFromTemplate("a");
            bed.startFromTemplate("b");
            bed.script("a").failsWith = NO;

            bed.crash("a");

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.log("stop")).containsExactly("stop b");
            assertThat(bed.script("a").starts.get()).isEqualTo(1 + 4);
            bed.ignoreReports();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = RestartType.class,
            names = {"PERMANENT", "TRANSIENT"})
    void case_086_dynamic_restart_ignored(RestartType restart) {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(simple(bed.template().withRestart(restart)).withIntensity(5, Duration.ofHours(1)));
            bed.startFromTemplate("a");
            bed.crashAndAwaitRestart("a");
            bed.crashAndAwaitRestart("a");
            bed.script("a").ignores = true;

            bed.crash("a");

            bed.until(() -> bed.states().isEmpty());
            assertThat(bed.stop()).isEqualTo(ExitReason.shutdown());
            bed.ignoreReports();
        }
    }

    @Test
    void case_087_own_arguments() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(simple(bed.template()));
            bed.startFromTemplate("a");
            bed.startFromTemplate("b");

            bed.crashAndAwaitRestart("a");
            bed.crashAndAwaitRestart("b");

            assertThat(bed.log("init")).containsExactly("init a", "init b", "init a", "init b");
            bed.ignoreReports();
        }
    }

    @Test
    void case_088_spread_out_restarts() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(spec(bed.worker("a")).withIntensity(1, Duration.ofSeconds(1)));
            for (int i = 0; i < 4; i++) {
                bed.crashAndAwaitRestart("a");
                bed.advance(Duration.ofMillis(2100));
            }
            assertThat(bed.states()).containsExactly("a running");
            bed.ignoreReports();
        }
    }

    @Test
    void case_089_intensity_0() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(of(Strategy.ONE_FOR_ONE, 0, bed, "a"));

            bed.crash("a");

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.reports())
                    .containsExactly("child_terminated a " + BOOM, "shutdown a reached_max_restart_intensity");
        }
    }

    @Test
    void case_090_group_restart_counts_once() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(of(Strategy.ONE_FOR_ALL, 1, bed, "a", "b", "c", "d", "e", "f", "g", "h", "i", "j"));
            ChildHandle last = bed.handle("j");

            bed.crash("e");
            bed.awaitRestart("j", last);

            assertThat(bed.counts()).containsExactly(10, 10, 0, 10);
            assertThat(bed.log("init")).hasSize(20);
            assertThat(bed.reports()).containsExactly("child_terminated e " + BOOM);
        }
    }

    @Test
    void case_091_expected_exits_do_not_count() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(spec().withIntensity(0, Duration.ofHours(1)));
            List<ExitReason> expected = List.of(ExitReason.normal(), ExitReason.shutdown(), ExitReason.shutdown("T"));
            for (ExitReason reason : expected) {
                bed.start(bed.worker("transient" + reason).withRestart(RestartType.TRANSIENT));
                bed.exit("transient" + reason, reason);
                bed.start(bed.worker("temporary").withRestart(RestartType.TEMPORARY));
                bed.exit("temporary", reason);
            }
            bed.start(bed.worker("temporary").withRestart(RestartType.TEMPORARY));
            bed.exit("temporary", PlayedSupervisor.boom());

            assertThat(bed.isAlive()).isTrue();
            assertThat(bed.reports()).containsExactly("child_terminated temporary " + BOOM);
        }
    }
}
