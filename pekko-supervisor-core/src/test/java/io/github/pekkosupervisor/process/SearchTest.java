package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.process.Search.Result;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SearchTest {

    @ParameterizedTest(name = "{0} in {2} times {1}")
    @CsvSource({
        "b,           aab, 1,      FOUND",
        "b$,          ab,  30000,  FOUND",
        "^(?s).{4}$,  ab,  2,      FOUND",
        "c,           ab,  30000,  NOT_FOUND",
        // needs a frame for each character
        "(a|b)*c,     ab,  500000, TOO_MUCH",
        // tries each way of dividing them up
        "(a+a+)+c,    a,   1000,   TOO_MUCH",
    })
    void what_takes_too_much_is_not_found(String expression, String text, int times, Result result) {
        assertThat(Search.of(Pattern.compile(expression), text.repeat(times))).isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource({"1, TOO_MUCH", "2, TOO_MUCH", "3, FOUND", "4, FOUND"})
    void each_character_that_is_looked_at_counts(int steps, Result result) {
        assertThat(Search.of(Pattern.compile("c"), "abc", steps)).isEqualTo(result);
    }
}
