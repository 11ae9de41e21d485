package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatienceTest {

    private static final Duration LONGEST = Duration.ofNanos(10);

    private final AtomicLong nanos = new AtomicLong();
    private final Patience patience = new Patience(LONGEST, nanos::get);

    /** The clock may begin anywhere, and go on from its highest number to its lowest. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0 | 0 | true
            0 | 9 | true
            0 | 10 | false
            0 | 11 | false
            -5 | 9 | true
            -5 | 10 | false
            9223372036854775807 | 9 | true
            9223372036854775807 | 10 | false
            """)
    void lasts_as_long_as_it_is_said_to(long begin, long later, boolean lasts) {
        nanos.set(begin);
        patience.begin();
        nanos.set(begin + later);

        assertThat(patience.lasts()).isEqualTo(lasts);
    }

    @Test
    void has_to_begin() {
        assertThat(patience.lasts()).isFalse();
    }

    @Test
    void goes_on_when_it_is_begun_again() {
        patience.begin();
        nanos.set(9);
        patience.begin();
        nanos.set(10);

        assertThat(patience.lasts()).isFalse();
    }

    @Test
    void begins_anew_when_it_was_ended() {
        patience.begin();
        nanos.set(9);
        patience.end();
        assertThat(patience.lasts()).isFalse();

        patience.begin();
        nanos.set(18);

        assertThat(patience.lasts()).isTrue();
    }
}
