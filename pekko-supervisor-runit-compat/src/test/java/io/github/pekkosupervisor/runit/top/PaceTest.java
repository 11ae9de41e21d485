package io.github.pekkosupervisor.runit.top;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When top looks next, whatever happens to the clock. */
final class PaceTest {

    private static final long NOW = 1_000_000;
    private static final long HOUR = 3_600_000;

    @Test
    void it_is_at_once_for_the_first_time_and_then_after_each_pause() {
        Pace pace = new Pace(250);
        assertThat(pace.left(NOW)).isZero();

        pace.looked(NOW, 250);

        assertThat(pace.left(NOW)).isEqualTo(250);
        assertThat(pace.left(NOW + 100)).isEqualTo(150);
        assertThat(pace.left(NOW + 250)).isZero();
        pace.soon(NOW + 10);
        assertThat(pace.left(NOW + 10)).isZero();
    }

    @Test
    void a_clock_that_is_set_does_not_hold_it_up() {
        Pace pace = new Pace(250);
        pace.looked(NOW, 250);

        assertThat(pace.left(NOW - HOUR)).isZero();
        assertThat(pace.left(NOW + HOUR)).isZero();
        pace.looked(NOW - HOUR, 250);
        assertThat(pace.left(NOW - HOUR)).isEqualTo(250);
    }
}
