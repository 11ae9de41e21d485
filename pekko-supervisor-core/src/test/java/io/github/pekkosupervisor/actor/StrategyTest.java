package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.actor.Bed.answer;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.actor.Bed.Kind;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The acceptance cases on strategies and intensity. */
final class StrategyTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final ExitReason NO = ExitReason.failed("no");

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private static SupervisorSpec of(Strategy strategy, int intensity, Bed bed, String... ids) {
        return SupervisorSpec.of(strategy)
                .withIntensity(intensity, Duration.ofHours(1))
                .withChildren(IntStream.range(0, ids.length)
                        .mapToObj(i -> bed.worker(ids[i]))
                        .toList());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void case_075_one_for_one(Kind kind) {
        try (Bed bed = new Bed(KIT, kind)) {
            bed.start(of(Strategy.ONE_FOR_ONE, 2, bed, "a", "b"));
            ChildHandle a = bed.handle("a");
            ChildHandle b = bed.handle("b");

            bed.crashAndAwaitRestart("a");
            assertThat(bed.handle("a")).isNotEqualTo(a);
            assertThat(bed.handle("b")).isEqualTo(b);
            bed.crashAndAwaitRestart("b");
            assertThat(bed.handle("b")).isNotEqualTo(b);
            bed.crash("a");

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.reports()).last().isEqualTo("shutdown a reached_max_restart_intensity");
        }
    }

    @Test
    void case_092_tree() {
        try (Bed bed = new Bed(KIT)) {
            bed.start(SupervisorSpec.oneForAll()
                    .withIntensity(4, Duration.ofHours(1))
                    .withChild(ChildSpec.supervisor("s1", spec(bed.worker("w1"))))
                    .withChild(ChildSpec.supervisor("s2", spec(bed.worker("w2"))))
                    .withChild(
                            ChildSpec.supervisor("s3", spec(bed.worker("w3"))).withRestart(RestartType.TRANSIENT)));
            answer(bed.sup().terminateChild("s3"));
            ChildHandle s1 = bed.handle("s1");
            ChildHandle s2 = bed.handle("s2");
            SupervisorRef second = s2.supervisor().orElseThrow();
            assertThat(answer(second.startChild(bed.worker("added")))).isInstanceOf(SupervisorResult.Started.class);

            bed.crashAndAwaitRestart("w2");
            assertThat(bed.handle("s1")).isEqualTo(s1);
            assertThat(bed.handle("s2")).isEqualTo(s2);
            bed.script("added").failsWith = NO;
            bed.crash("added");

            await().untilAsserted(
                            () -> assertThat(bed.states()).containsExactly("s1 running", "s2 running", "s3 running"));
            assertThat(bed.handle("s1")).isNotEqualTo(s1);
            assertThat(bed.handle("s2")).isNotEqualTo(s2);
            SupervisorRef renewed = bed.handle("s2").supervisor().orElseThrow();
            assertThat(Bed.get(renewed.children()))
                    .extracting(SupervisorResult.ChildInfo::id)
                    .containsExactly("w2");
            bed.ignoreReports();
        }
    }
}
