package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DurationTextTest {

    @ParameterizedTest
    @CsvSource({
        "PT-1S,            0 s",
        "PT0S,             0 s",
        "PT0.000001S,      0 ms",
        "PT0.000449S,      0.4 ms",
        "PT0.001S,         1 ms",
        "PT0.0099S,        9.9 ms",
        "PT0.35S,          350 ms",
        "PT0.9999S,        999 ms",
        "PT1S,             1 s",
        "PT2.39S,          2.3 s",
        "PT9.99S,          9.9 s",
        "PT10S,            10 s",
        "PT59.9S,          59 s",
        "PT60S,            1 min",
        "PT200S,           3 min 20 s",
        "PT3599S,          59 min 59 s",
        "PT1H,             1 h",
        "PT5H12M9S,        5 h 12 min",
        "PT24H,            1 d",
        "PT51H30M,         2 d 3 h",
        "PT2562047788015H, 106751991167 d 7 h"
    })
    void a_length_has_two_figures_or_two_units(Duration length, String text) {
        assertThat(DurationText.of(length)).isEqualTo(text);
    }
}
