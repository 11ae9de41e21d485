package io.github.pekkosupervisor.actor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a supervisor finds when it looks whether a child has said again that it works. */
final class HeartbeatTest {

    private static final Duration TWO = Duration.ofSeconds(2);

    private final Heartbeat heartbeat = new Heartbeat();

    private static long at(double seconds) {
        return Math.round(seconds * 1e9);
    }

    @Test
    void who_has_promised_nothing_need_not_be_looked_at() {
        assertThat(heartbeat.looked(true, at(9))).isEqualTo(Heartbeat.NEVER);
    }

    @Test
    void the_first_has_the_supervisor_look_and_later_ones_have_not() {
        assertThat(heartbeat.beats(TWO, at(1))).isTrue();
        assertThat(heartbeat.beats(TWO, at(2))).isFalse();
    }

    @Test
    void a_shorter_promise_has_it_look_earlier() {
        heartbeat.beats(TWO.multipliedBy(9), at(1));

        assertThat(heartbeat.beats(TWO, at(2))).isTrue();
        assertThat(heartbeat.looked(true, at(2))).isEqualTo(at(4));
    }

    @Test
    void one_in_time_is_looked_for_again_when_the_next_is_due() {
        heartbeat.beats(TWO, at(1));
        heartbeat.beats(TWO, at(2));

        assertThat(heartbeat.looked(true, at(3))).isEqualTo(at(4));
    }

    @Test
    void one_that_has_not_come_is_missed_once() {
        heartbeat.beats(TWO, at(1));

        assertThat(heartbeat.looked(true, at(3))).isEqualTo(Heartbeat.MISSED);
        assertThat(heartbeat.words()).isEqualTo("no heartbeat for 2 s");
        assertThat(heartbeat.looked(true, at(9))).isEqualTo(Heartbeat.NEVER);
    }

    @Test
    void who_looks_far_too_late_has_stood_still_himself() {
        heartbeat.beats(TWO, at(1));

        assertThat(heartbeat.looked(true, at(4.1))).isEqualTo(at(6.1));
        assertThat(heartbeat.looked(true, at(6.1))).isEqualTo(Heartbeat.MISSED);
    }

    @Test
    void a_little_late_is_not_too_late() {
        heartbeat.beats(TWO, at(1));

        assertThat(heartbeat.looked(true, at(4))).isEqualTo(Heartbeat.MISSED);
    }

    @Test
    void before_it_is_ready_it_has_all_its_time_again() {
        heartbeat.beats(TWO, at(1));

        assertThat(heartbeat.looked(false, at(3))).isEqualTo(at(5));
        assertThat(heartbeat.looked(true, at(5))).isEqualTo(Heartbeat.MISSED);
    }

    @Test
    void a_promise_that_was_taken_back_is_not_missed() {
        heartbeat.beats(TWO, at(1));
        heartbeat.ends();

        assertThat(heartbeat.looked(true, at(3))).isEqualTo(Heartbeat.NEVER);
        assertThat(heartbeat.beats(TWO, at(4))).isTrue();
    }

    @Test
    void one_that_is_given_again_before_it_was_looked_for_counts() {
        heartbeat.beats(TWO, at(1));
        heartbeat.ends();

        assertThat(heartbeat.beats(TWO, at(2))).isFalse();
        assertThat(heartbeat.looked(true, at(3))).isEqualTo(at(4));
    }
}
