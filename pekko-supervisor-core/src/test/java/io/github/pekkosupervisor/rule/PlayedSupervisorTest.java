package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.spec.Shutdown;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The play has checks of its own, which must be able to fail. */
final class PlayedSupervisorTest {

    @Test
    void a_report_that_was_overlooked_fails_the_test() {
        PlayedSupervisor bed = new PlayedSupervisor();
        bed.start(spec(bed.worker("a")));
        bed.crashAndAwaitRestart("a");

        assertThatThrownBy(bed::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("reports nobody expected")
                .hasMessageContaining("child_terminated a");
    }

    @Test
    void time_passes_only_where_somebody_waits_for_it() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.script("a").stopTakes = Duration.ofMinutes(3);
            bed.start(spec(bed.worker("a").withShutdown(Shutdown.infinity())));
            bed.states();
            assertThat(bed.time()).isZero();

            bed.stop();

            assertThat(bed.time()).isEqualTo(Duration.ofMinutes(3));
        }
    }

    @Test
    void what_never_happens_is_not_waited_for() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(spec());

            assertThatThrownBy(() -> bed.until(() -> false))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("something happens");
        }
    }
}
