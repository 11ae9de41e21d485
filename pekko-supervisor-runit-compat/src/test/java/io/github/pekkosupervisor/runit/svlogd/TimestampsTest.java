package io.github.pekkosupervisor.runit.svlogd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimestampsTest {

    private static String at(Timestamps.Stamp stamp, Instant time) {
        return new String(stamp.at(time), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "NONE,2026-01-31T13:59:59.123456789Z,''",
                "TAI64N,1970-01-01T00:00:00.000001Z,@400000000000000a000005dc ",
                "TAI64N,2026-01-31T13:59:59.123456Z,@40000000697e0ae9075bcbf4 ",
                "UTC,2026-01-31T13:59:59.123459Z,2026-01-31_13:59:59.12345 ",
                "ISO,2000-02-29T00:00:00Z,2000-02-29T00:00:00.00000 ",
                "UTC,1969-12-31T23:59:59.999999Z,1969-12-31_23:59:59.99999 ",
            })
    void stamp(Timestamps kind, Instant time, String text) {
        assertThat(at(new Timestamps.Stamp(kind), time)).isEqualTo(text).hasSize(kind.length());
    }

    @Test
    void stamp_follows_the_clock_in_either_direction() {
        Timestamps.Stamp stamp = new Timestamps.Stamp(Timestamps.UTC);

        assertThat(at(stamp, Instant.parse("2026-01-01T00:00:00.5Z"))).isEqualTo("2026-01-01_00:00:00.50000 ");
        assertThat(at(stamp, Instant.parse("2026-01-01T00:00:00.6Z"))).isEqualTo("2026-01-01_00:00:00.60000 ");
        assertThat(at(stamp, Instant.parse("2025-12-31T23:59:59.9Z"))).isEqualTo("2025-12-31_23:59:59.90000 ");
    }
}
