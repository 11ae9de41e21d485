package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.rule.PlayedSupervisor.answer;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** OTP's cases on restart types, decided without actors. */
final class RestartTypeCasesTest {

    private static final List<ExitReason> SHUTDOWNS = List.of(ExitReason.shutdown(), ExitReason.shutdown("T"));

    private static PlayedSupervisor bed(RestartType restart) {
        PlayedSupervisor bed = new PlayedSupervisor();
        return bed.start(spec(bed.worker("a").withRestart(restart)));
    }

    private static void restarts(PlayedSupervisor bed, ExitReason reason) {
        ChildHandle before = bed.handle("a");
        bed.exit("a", reason);
        bed.awaitRestart("a", before);
        assertThat(bed.handle("a")).isNotEqualTo(before);
        assertThat(bed.counts()).containsExactly(1, 1, 0, 1);
        assertThat(bed.reports()).last().asString().startsWith("child_terminated a ");
    }

    @Test
    void case_063_permanent_shutdown() {
        try (PlayedSupervisor bed = bed(RestartType.PERMANENT)) {
            SHUTDOWNS.forEach(reason -> restarts(bed, reason));
        }
    }

    private static void staysDown(PlayedSupervisor bed, ExitReason reason) {
        bed.exit("a", reason);
        assertThat(bed.states()).containsExactly("a stopped");
        assertThat(bed.counts()).containsExactly(1, 0, 0, 1);
    }

    @Test
    void case_066_transient_shutdown() {
        try (PlayedSupervisor bed = bed(RestartType.TRANSIENT)) {
            staysDown(bed, SHUTDOWNS.get(0));
            answer(bed.sup().restartChild("a"));
            staysDown(bed, SHUTDOWNS.get(1));
        }
    }

    private static void isGone(PlayedSupervisor bed, ExitReason reason) {
        bed.exit("a", reason);
        assertThat(bed.counts()).containsExactly(0, 0, 0, 0);
    }

    @Test
    void case_068_temporary_normal() {
        try (PlayedSupervisor bed = bed(RestartType.TEMPORARY)) {
            isGone(bed, ExitReason.normal());
        }
    }

    @Test
    void case_069_temporary_shutdown() {
        try (PlayedSupervisor bed = bed(RestartType.TEMPORARY)) {
            isGone(bed, SHUTDOWNS.get(0));
            bed.start(bed.worker("a").withRestart(RestartType.TEMPORARY));
            isGone(bed, SHUTDOWNS.get(1));
        }
    }

    @Test
    void case_070_temporary_crash() {
        PlayedSupervisor bed = new PlayedSupervisor();
        try (bed) {
            bed.start(spec(bed.worker("a").withRestart(RestartType.TEMPORARY)).withIntensity(0, Duration.ofHours(1)));
            isGone(bed, PlayedSupervisor.boom());
            assertThat(bed.reports()).hasSize(1).first().asString().startsWith("child_terminated a crash");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ONE_FOR_ALL", "REST_FOR_ONE"})
    void case_072_temporary_bystander(Strategy strategy) {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(SupervisorSpec.of(strategy)
                    .withIntensity(2, Duration.ofHours(1))
                    .withChild(bed.worker("a"))
                    .withChild(bed.worker("t").withRestart(RestartType.TEMPORARY)));

            ChildHandle before = bed.handle("a");
            bed.exit("a", ExitReason.normal());
            bed.awaitRestart("a", before);

            assertThat(bed.states()).containsExactly("a running");
            assertThat(bed.log("init")).containsExactly("init a", "init t", "init a");
            bed.ignoreReports();
        }
    }

    static Stream<Arguments> endings() {
        return Stream.of(Strategy.ONE_FOR_ONE, Strategy.ONE_FOR_ALL, Strategy.REST_FOR_ONE)
                .flatMap(strategy -> Stream.of(RestartType.values()).map(restart -> Arguments.of(strategy, restart)));
    }

    @ParameterizedTest
    @MethodSource("endings")
    void case_074_specs_of_temporaries_vanish(Strategy strategy, RestartType restart) {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            ChildSpec spec = bed.worker("a").withRestart(restart);
            bed.start(SupervisorSpec.of(strategy)
                    .withIntensity(10, Duration.ofHours(1))
                    .withChild(spec));

            for (ExitReason reason : List.of(ExitReason.killed(), ExitReason.normal(), PlayedSupervisor.boom())) {
                bed.exit("a", reason);
                boolean restarted =
                        restart == RestartType.PERMANENT || (restart == RestartType.TRANSIENT && !reason.isExpected());
                Object again = answer(bed.sup().startChild(spec));
                if (restart == RestartType.TEMPORARY) {
                    assertThat(again).isInstanceOf(SupervisorResult.Started.class);
                } else if (restarted) {
                    assertThat(again).isInstanceOf(SupervisorResult.AlreadyStarted.class);
                } else {
                    assertThat(again).isEqualTo(SupervisorResult.AlreadyPresent.INSTANCE);
                    assertThat(answer(bed.sup().restartChild("a"))).isInstanceOf(SupervisorResult.Started.class);
                }
            }
            answer(bed.sup().terminateChild("a"));
            Object afterCall = answer(bed.sup().startChild(spec));
            if (restart == RestartType.TEMPORARY) {
                assertThat(afterCall).isInstanceOf(SupervisorResult.Started.class);
            } else {
                assertThat(afterCall).isEqualTo(SupervisorResult.AlreadyPresent.INSTANCE);
                assertThat(answer(bed.sup().restartChild("a"))).isInstanceOf(SupervisorResult.Started.class);
            }
            assertThat(bed.states()).containsExactly("a running");
            bed.ignoreReports();
        }
    }
}
