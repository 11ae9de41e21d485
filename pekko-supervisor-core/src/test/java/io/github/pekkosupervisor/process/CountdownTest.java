package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ten seconds. An event is a letter and a time in seconds: it goes on, or is held. */
final class CountdownTest {

    private static long at(String event) {
        return Duration.ofSeconds(Long.parseLong(event.substring(1))).toNanos();
    }

    @ParameterizedTest
    @CsvSource({
        "h1,                5,  10",
        "g1,                1,  10",
        "g1,                5,  6",
        "g1,                11, 0",
        "g1,                12, 0",
        "g1 g5,             6,  5",
        "g1 h5,             99, 6",
        "g1 h5 h9,          99, 6",
        "g1 h5 g20,         22, 4",
        "g1 h5 g20 h21 g30, 30, 5",
        "g1 h20 g30,        30, 0",
    })
    void what_is_left(String events, long now, long rest) {
        Countdown time = Countdown.of(Duration.ofSeconds(10));
        for (String event : List.of(events.split(" ", -1))) {
            time = event.charAt(0) == 'g' ? time.goOn(at(event)) : time.hold(at(event));
        }

        assertThat(time.restAt(Duration.ofSeconds(now).toNanos())).isEqualTo(Duration.ofSeconds(rest));
    }

    @Test
    void what_goes_on_already_or_is_held_already_is_as_it_was() {
        Countdown held = Countdown.of(Duration.ofSeconds(1));
        Countdown going = held.goOn(5);

        assertThat(held.hold(7)).isSameAs(held);
        assertThat(going.goOn(7)).isSameAs(going);
    }

    @Test
    void a_time_without_end_stays_one() {
        Duration endless = Duration.ofSeconds(Long.MAX_VALUE);

        assertThat(Countdown.of(endless).goOn(0).restAt(1_000_000_000)).isEqualTo(endless.minusSeconds(1));
    }
}
