package io.github.pekkosupervisor.actor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** As far as those set it who keep it right: a program that compares seconds with its own would wait in vain. */
    @ParameterizedTest
    @ValueSource(longs = {900, 400, 128, 20, -20, -900})
    void a_calendar_that_is_set_by_less_than_a_second_is_followed_too(long set) {
        pass(Duration.ofSeconds(5));
        assertThat(clock.instant(clock.now())).isEqualTo(NOON.plusSeconds(5));

        millis.addAndGet(set);

        assertThat(clock.instant(clock.now())).isEqualTo(Instant.ofEpochMilli(millis.get()));
    }

    /** Between the one clock and the other the thread may stand still for a while, and nobody has set anything. */
    @Test
    void who_is_held_up_while_it_reads_the_clocks_does_not_take_the_calendar_for_set() {
        AtomicLong heldUp = new AtomicLong();
        TreeClock slow = new TreeClock(nanos::get, () -> seenAfter(heldUp.getAndSet(0)));
        long then = slow.now();
        assertThat(slow.instant(then)).isEqualTo(NOON);

        heldUp.set(Duration.ofMillis(700).toNanos());

        assertThat(slow.instant(then)).isEqualTo(NOON);
        assertThat(slow.instant(slow.now())).isEqualTo(NOON.plusMillis(700));
    }

    /** What the calendar said before that time passed. */
    private Instant seenAfter(long nanosHeldUp) {
        Instant seen = Instant.ofEpochMilli(millis.get());
        pass(Duration.ofNanos(nanosHeldUp));
        return seen;
    }

    @Test
    void who_is_always_held_up_keeps_to_what_it_knows() {
        TreeClock slow = new TreeClock(nanos::get, () -> {
            pass(Duration.ofMillis(10));
            return Instant.ofEpochMilli(millis.get());
        });
        Instant began = slow.instant(0);

        assertThat(slow.instant(0)).isEqualTo(began);
    }

    /** Of a calendar that is finer than the milliseconds it is told in. */
    @Test
    void what_starts_after_a_look_at_the_calendar_is_not_told_to_have_started_before() {
        Instant fine = NOON.plusNanos(300_000);
        TreeClock exact = new TreeClock(nanos::get, () -> fine.plusNanos(nanos.get() + 77));
        nanos.addAndGet(999_700_000);
        Instant seen = fine.plusNanos(nanos.get() + 77);

        assertThat(seen).isEqualTo(NOON.plusSeconds(1));
        assertThat(exact.instant(exact.now())).isEqualTo(seen);
    }
}
