package io.github.pekkosupervisor.rule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A supervisor that never gives up remembers no more of its restarts for that. */
final class UnlimitedRestartsTest {

    @Test
    void what_is_remembered_of_restarts_is_bounded() {
        RestartIntensity intensity = new RestartIntensity(1, Long.MAX_VALUE);
        intensity.unlimited(Long.MAX_VALUE);

        for (int i = 0; i < 10_000; i++) {
            assertThat(intensity.allows(i)).isTrue();
        }

        assertThat(intensity.recent(10_000)).isEqualTo(RestartIntensity.MOST_REMEMBERED);
    }
}
