package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.rule.PlayedSupervisor.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** OTP's cases on significant children, decided without actors. */
final class SignificantCasesTest {

    private static SupervisorSpec spec(AutoShutdown auto, ChildSpec... children) {
        return SupervisorSpec.oneForOne()
                .withIntensity(5, Duration.ofHours(1))
                .withAutoShutdown(auto)
                .withChildren(List.of(children));
    }

    private static ChildSpec child(PlayedSupervisor bed, String id, RestartType restart, boolean significant) {
        return bed.worker(id).withRestart(restart).withSignificant(significant);
    }

    private static SupervisorSpec three(PlayedSupervisor bed, AutoShutdown auto, RestartType restart) {
        return spec(
                auto,
                child(bed, "s1", restart, true),
                child(bed, "s2", restart, true),
                child(bed, "plain", restart, false));
    }

    static Stream<Arguments> nonSignificant() {
        return Stream.of(AutoShutdown.values())
                .flatMap(auto -> Stream.of(RestartType.TEMPORARY, RestartType.TRANSIENT)
                        .map(restart -> Arguments.of(auto, restart)));
    }

    @ParameterizedTest
    @MethodSource("nonSignificant")
    void case_093_non_significant_never_triggers(AutoShutdown auto, RestartType restart) {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(spec(
                    auto,
                    child(bed, "called", restart, false),
                    child(bed, "killed", restart, false),
                    child(bed, "crashed", restart, false),
                    child(bed, "finished", restart, false)));

            answer(bed.sup().terminateChild("called"));
            bed.exit("killed", ExitReason.killed());
            bed.exit("crashed", PlayedSupervisor.boom());
            bed.exit("finished", ExitReason.normal());

            int running = restart == RestartType.TRANSIENT ? 2 : 0;
            assertThat(bed.counts().get(1)).isEqualTo(running);
            bed.ignoreReports();
        }
    }

    static Stream<ExitReason> ends() {
        return Stream.of(ExitReason.killed(), PlayedSupervisor.boom(), ExitReason.normal());
    }

    @ParameterizedTest
    @MethodSource("ends")
    void case_094_any_temporary(ExitReason end) {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(three(bed, AutoShutdown.ANY_SIGNIFICANT, RestartType.TEMPORARY));
            answer(bed.sup().terminateChild("s2"));
            assertThat(bed.states()).containsExactly("s1 running", "plain running");

            bed.exit("s1", end);

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.log("stop")).containsExactly("stop s2", "stop plain");
            bed.ignoreReports();
        }
    }

    @Test
    void case_095_any_transient() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(three(bed, AutoShutdown.ANY_SIGNIFICANT, RestartType.TRANSIENT));
            answer(bed.sup().terminateChild("s2"));
            ChildHandle before = bed.handle("s1");
            bed.exit("s1", ExitReason.killed());
            bed.awaitRestart("s1", before);
            bed.crashAndAwaitRestart("s1");
            assertThat(bed.states()).containsExactly("s1 running", "s2 stopped", "plain running");

            bed.exit("s1", ExitReason.normal());

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            bed.ignoreReports();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TEMPORARY", "TRANSIENT"})
    void case_096_all(RestartType restart) {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(three(bed, AutoShutdown.ALL_SIGNIFICANT, restart));
            ChildHandle second = bed.handle("s2");
            ChildHandle plain = bed.handle("plain");

            bed.exit("s1", ExitReason.normal());
            assertThat(bed.handle("s2")).isEqualTo(second);
            assertThat(bed.handle("plain")).isEqualTo(plain);
            bed.exit("s2", ExitReason.normal());

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.log("stop")).containsExactly("stop plain");
        }
    }

    static Stream<Arguments> bystanders() {
        return Stream.of(Strategy.ONE_FOR_ONE, Strategy.ONE_FOR_ALL, Strategy.REST_FOR_ONE)
                .flatMap(strategy -> Stream.of(AutoShutdown.ANY_SIGNIFICANT, AutoShutdown.ALL_SIGNIFICANT)
                        .map(auto -> Arguments.of(strategy, auto)));
    }

    @ParameterizedTest
    @MethodSource("bystanders")
    void case_097_bystanders(Strategy strategy, AutoShutdown auto) {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(SupervisorSpec.of(strategy)
                    .withIntensity(5, Duration.ofHours(1))
                    .withAutoShutdown(auto)
                    .withChild(child(bed, "s1", RestartType.TRANSIENT, true))
                    .withChild(child(bed, "plain", RestartType.TRANSIENT, false))
                    .withChild(child(bed, "s2", RestartType.TRANSIENT, true)));
            ChildHandle before = bed.handle("plain");

            bed.exit("plain", ExitReason.killed());
            bed.awaitRestart("plain", before);

            assertThat(bed.states()).containsExactly("s1 running", "plain running", "s2 running");
            int stops = switch (strategy) {
                case ONE_FOR_ALL -> 2;
                case REST_FOR_ONE -> 1;
                default -> 0;
            };
            assertThat(bed.log("stop")).hasSize(stops);
            bed.ignoreReports();
        }
    }
}
