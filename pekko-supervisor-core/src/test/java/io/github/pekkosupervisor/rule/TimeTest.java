package io.github.pekkosupervisor.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class TimeTest {

    @Test
    void lengths_are_nanoseconds_and_too_long_ones_for_ever() {
        assertThat(Time.nanos(Duration.ofSeconds(2))).isEqualTo(2_000_000_000L);
        assertThat(Time.nanos(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Time.NEVER);
    }

    @Test
    void a_time_after_another_is_never_where_that_is_for_ever() {
        assertThat(Time.after(5, Duration.ofNanos(7))).isEqualTo(12);
        assertThat(Time.after(0, Duration.ofNanos(Time.NEVER))).isEqualTo(Time.NEVER);
        assertThat(Time.after(5, Duration.ofNanos(Time.NEVER - 5))).isEqualTo(Time.NEVER);
        assertThat(Time.after(5, Duration.ofNanos(Time.NEVER - 6))).isEqualTo(Time.NEVER - 1);
        assertThat(Time.after(5, Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Time.NEVER);
    }
}
