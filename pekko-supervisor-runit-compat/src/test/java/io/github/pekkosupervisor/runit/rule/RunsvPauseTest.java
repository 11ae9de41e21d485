package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunsvPauseTest {

    private static final Instant START = Instant.parse("2031-05-17T06:00:00Z");

    @Test
    void first_end_is_followed_by_a_second() {
        assertThat(RunsvPause.first(START).ended(START).length()).isEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({"1,2", "2,4", "3,5", "4,5", "5,5", "6,5", "100,5", "100000,5"})
    void each_end_soon_after_a_start_is_followed_by_twice_as_long_up_to_five_seconds(int ends, long seconds) {
        RunsvPause pause = new RunsvPause(START, ends);

        assertThat(pause.ended(START.plusSeconds(1)).length()).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({"4999,5", "5000,1", "5001,1"})
    void one_that_held_out_for_five_seconds_begins_anew(long millis, long seconds) {
        RunsvPause pause = new RunsvPause(START.minusSeconds(9), 3).made(START);

        assertThat(pause.ended(START.plusMillis(millis)).length()).isEqualTo(Duration.ofSeconds(seconds));
    }
}
