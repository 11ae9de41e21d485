package io.github.pekkosupervisor.runit.svlogd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogPatternTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '/',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "foo/foobar/false",
                "*foo/fofoo/false",
                "*foo*/a foo b/true",
                "foo*/foobar/true",
                "*/''/true",
                "x+y*/xyyz/true",
                "*ab/aab/false",
                "+ab/aaa/true",
                "+a/b/false",
                "**x/a*bx/true",
                "**x/abx/false",
                "foo?/foox/false",
                "foo/foo/true",
                "''/''/true",
                "''/a/false",
                "+/a/false",
                "a+/a/false",
                "+a/''/false",
                "a+b/a/false",
                "+a+b+c/aabbcc/true",
                "*+a/x+a/false",
            })
    void pattern_fits(String pattern, String line, boolean fits) {
        byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);

        assertThat(LogPattern.matches(pattern.getBytes(StandardCharsets.US_ASCII), 0, bytes, 0, bytes.length))
                .isEqualTo(fits);
    }
}
