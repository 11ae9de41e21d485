package io.github.pekkosupervisor.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The acceptance cases on significant children. */
final class SignificantTest {

    private static final ActorTestKit KIT = ActorTestKit.create();

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private static SupervisorSpec spec(AutoShutdown auto, ChildSpec... children) {
        return SupervisorSpec.oneForOne()
                .withIntensity(5, Duration.ofHours(1))
                .withAutoShutdown(auto)
                .withChildren(List.of(children));
    }

    private static ChildSpec child(Bed bed, String id, RestartType restart, boolean significant) {
        return bed.worker(id).withRestart(restart).withSignificant(significant);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void case_098_climbing(boolean significant) {
        try (Bed bed = new Bed(KIT)) {
            SupervisorSpec inner =
                    spec(AutoShutdown.ANY_SIGNIFICANT, child(bed, "worker", RestartType.TRANSIENT, true));
            bed.start(spec(
                    AutoShutdown.ANY_SIGNIFICANT,
                    ChildSpec.supervisor("b", inner)
                            .withRestart(RestartType.TRANSIENT)
                            .withSignificant(significant)));

            bed.exit("worker", ExitReason.normal());

            if (significant) {
                assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            } else {
                await().untilAsserted(() -> assertThat(bed.states()).containsExactly("b stopped"));
            }
        }
    }
}
