package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How often it is asked who has ended. */
class PaceTest {

    private static final int TIMES = 200;
    private static final long SHORTEST = 1_000;
    private static final long LONGEST = 50_000;

    @Test
    void at_first_it_is_time_to_ask_whatever_the_clock_says() {
        assertThat(new Pace(TIMES, SHORTEST, LONGEST).isDue(Long.MIN_VALUE)).isTrue();
        assertThat(new Pace(TIMES, SHORTEST, LONGEST).isDue(Long.MAX_VALUE)).isTrue();
    }

    /** Also where the clock goes round. */
    @ParameterizedTest
    @CsvSource({"0, 1000", "5, 1000", "6, 1200", "100, 20000", "250, 50000", "251, 50000", "9000000, 50000"})
    void pause_is_two_hundred_times_what_it_took_within_its_bounds(long took, long pause) {
        for (long from : new long[] {0, 7_000, Long.MAX_VALUE - 600}) {
            Pace pace = new Pace(TIMES, SHORTEST, LONGEST);

            pace.asked(from, from + took, false);

            assertThat(pace.isDue(from + took + pause - 1)).isFalse();
            assertThat(pace.isDue(from + took + pause)).isTrue();
            assertThat(pace.isDue(from + took + 10 * pause)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 100, 9_000_000})
    void after_news_it_is_asked_again_soon(long took) {
        Pace pace = new Pace(TIMES, SHORTEST, LONGEST);

        pace.asked(7, 7 + took, true);

        assertThat(pace.isDue(7 + took + SHORTEST - 1)).isFalse();
        assertThat(pace.isDue(7 + took + SHORTEST)).isTrue();
    }
}
