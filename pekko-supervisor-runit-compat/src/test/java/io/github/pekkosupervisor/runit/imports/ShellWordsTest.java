package io.github.pekkosupervisor.runit.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '#',
            value = {
                "a b ! a|b",
                "a 'b c' ! a|b c",
                "a \"b 'c' d\" ! a|b 'c' d",
                "a\"b\"'c' ! abc",
                "a\\ b ! a b",
                "\"a\\\"b\\n\" ! a\"b\\n",
                "'a\\b' ! a\\b",
            })
    void line_is_split_by_quotes_and_blanks(String line, String words) {
        assertThat(String.join("|", ShellWords.split(line))).isEqualTo(words);
    }

    @Test
    void empty_word_in_quotes_is_one() {
        assertThat(ShellWords.split("  '' \"\"\n")).containsExactly("", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a 'b", "a \"b", "\"a\\\""})
    void quote_that_is_not_closed_is_refused(String line) {
        assertThatThrownBy(() -> ShellWords.split(line)).hasMessageContaining("is not closed");
    }
}
