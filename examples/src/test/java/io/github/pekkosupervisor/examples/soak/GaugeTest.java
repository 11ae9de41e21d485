package io.github.pekkosupervisor.examples.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What grows of what a launcher holds. */
final class GaugeTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            90 20 70; 90 20 70                           | -
            90 20 70; 300 90 700; 300 90 700             | -
            90 20 70; 90 20 70; 300 90 700; 90 20 70     | -
            90 20 70; 90 20 70; 106 32 134; 106 32 134   | -
            90 20 70; 90 20 70; 107 20 70; 107 20 70     | the launcher had 90 descriptors, and has 107 now
            90 20 70; 95 20 70; 107 20 70; 107 20 70     | -
            90 20 70; 90 20 70; 90 33 70; 90 40 70       | the launcher had 20 threads, and has 33 now
            90 20 70; 90 20 70; 90 20 200; 90 20 135     | the launcher had 70 megabytes, and has 135 now
            """)
    void growth_is_that_of_the_last_two_above_the_first_two(String gauges, String expected) {
        List<Gauge> all =
                Arrays.stream(gauges.split("; *", -1)).map(GaugeTest::gauge).toList();

        assertThat(Gauge.growing(all)).isEqualTo(expected == null ? List.of() : List.of(expected));
    }

    private static Gauge gauge(String numbers) {
        String[] each = numbers.strip().split(" +", -1);
        return new Gauge(Long.parseLong(each[0]), Long.parseLong(each[1]), Long.parseLong(each[2]));
    }
}
