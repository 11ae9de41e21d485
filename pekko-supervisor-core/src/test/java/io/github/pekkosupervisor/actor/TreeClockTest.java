package io.github.pekkosupervisor.actor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class TreeClockTest {

    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    private final AtomicLong nanos = new AtomicLong(-77);
    private final AtomicLong millis = new AtomicLong(NOON.toEpochMilli());
    private final TreeClock clock = new TreeClock(nanos::get, () -> Instant.ofEpochMilli(millis.get()));

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        millis.addAndGet(time.toMillis());
    }

    @Test
    void it_counts_from_when_it_was_made() {
        pass(Duration.ofSeconds(5));

        assertThat(clock.now()).isEqualTo(Duration.ofSeconds(5).toNanos());
    }

    @Test
    void a_time_is_the_same_by_the_calendar_whenever_it_is_asked_for() {
        pass(Duration.ofSeconds(5));
        long then = clock.now();
        pass(Duration.ofHours(1));
        millis.addAndGet(3);

        assertThat(clock.instant(then)).isEqualTo(NOON.plusSeconds(5));
    }

    @Test
    void when_the_calendar_is_set_a_time_is_as_long_ago_as_before() {
        pass(Duration.ofSeconds(5));
        long then = clock.now();
        pass(Duration.ofSeconds(2));
        millis.addAndGet(Duration.ofDays(1).toMillis());

        assertThat(clock.instant(then)).isEqualTo(NOON.plusSeconds(5).plus(Duration.ofDays(1)));
        assertThat(clock.instant(clock.now())).isEqualTo(Instant.ofEpochMilli(millis.get()));
    }
}
