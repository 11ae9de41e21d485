package io.github.pekkosupervisor.runit.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.OsString;
import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {

    @ParameterizedTest
    @ValueSource(strings = {"web", "my service", "größe", "你好", "a-b_c.d@e", "naïve", "עברית", "🚀"})
    void what_can_be_read_is_shown_as_it_is(String name) {
        assertThat(Printable.onTerminal(OsString.of(name))).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "61 0a 62, a\\nb",
        "61 09 0d, a\\t\\r",
        "1b 5b 33 31 6d, \\x1b[31m",
        "7f, \\x7f",
        "c2 9b, \\u{9b}",
        "5c 6e, \\\\n",
        "ff 61 c3, \\xffa\\xc3",
        "e4 bd, \\xe4\\xbd",
        "61 e2 80 ae 62, a\\u{202e}b",
        "e2 80 a8, \\u{2028}",
        "e2 80 8b, \\u{200b}",
        "c2 a0, \\u{a0}",
        "ed a0 80, \\xed\\xa0\\x80",
    })
    void what_would_harm_a_line_is_escaped(String hex, String shown) {
        assertThat(Printable.onTerminal(OsString.of(bytes(hex)))).isEqualTo(shown);
    }

    @Test
    void message_is_one_line() {
        assertThat(Printable.oneLine("web: no\\such\nfile\u001b[0m: größe"))
                .isEqualTo("web: no\\such\\nfile\\x1b[0m: größe");
    }

    private static byte[] bytes(String hex) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String pair : hex.split(" ", -1)) {
            bytes.write(Integer.parseInt(pair, 16));
        }
        return bytes.toByteArray();
    }

    @Test
    void bytes_that_are_no_text_can_be_had_back() {
        assertThat(Printable.exact(OsString.of(bytes("61 ff e4 bd a0 80")))).isEqualTo("a\udcff你\udc80");
    }

    @ParameterizedTest
    @CsvSource({"web, 3", "größe, 5", "你好, 4", "한글, 4", "🚀, 2", "e\u0301, 1", "עברית, 5"})
    void wide_characters_take_two_columns_and_marks_none(String text, int columns) {
        assertThat(Printable.columns(text)).isEqualTo(columns);
    }
}
