package io.github.pekkosupervisor.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ShortTextTest {

    @ParameterizedTest
    @CsvSource({
        "abc, abc",
        "abcd, abcd",
        "abcde, abc\u2026",
        "ab\ud83d\ude00e, ab\u2026",
        "a\ud83d\ude00de, a\ud83d\ude00\u2026"
    })
    void text_is_cut_between_characters(String text, String cut) {
        assertThat(ShortText.of(text, 4)).isEqualTo(cut);
    }
}
