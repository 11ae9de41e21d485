package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class OsStringTest {

    private static final byte[] NOT_UTF_8 = {'a', (byte) 0xff, (byte) 0x80};

    @Test
    void bytes_are_kept_whatever_they_are() {
        assertThat(OsString.of(NOT_UTF_8).bytes()).isEqualTo(NOT_UTF_8);
        assertThat(OsString.of(NOT_UTF_8).length()).isEqualTo(3);
    }

    @Test
    void text_is_kept_as_utf_8() {
        assertThat(OsString.of("ü€").bytes()).containsExactly(0xc3, 0xbc, 0xe2, 0x82, 0xac);
        assertThat(OsString.of("ü€")).hasToString("ü€");
    }

    @Test
    void bytes_that_are_no_text_are_shown_as_replacement_characters() {
        assertThat(OsString.of(NOT_UTF_8)).hasToString("a\ufffd\ufffd");
    }

    @Test
    void neither_the_bytes_given_nor_those_returned_are_shared() {
        byte[] given = NOT_UTF_8.clone();
        OsString string = OsString.of(given);

        given[0] = 'x';
        string.bytes()[0] = 'y';

        assertThat(string).isEqualTo(OsString.of(NOT_UTF_8));
    }

    @Test
    void equal_bytes_are_equal() {
        assertThat(OsString.of("a")).isEqualTo(OsString.of(new byte[] {'a'})).hasSameHashCodeAs(OsString.of("a"));
        assertThat(OsString.of("a")).isNotEqualTo(OsString.of("b")).isNotEqualTo("a");
    }

    @Test
    void order_is_that_of_unsigned_bytes() {
        assertThat(Stream.of(OsString.of(NOT_UTF_8), OsString.of("b"), OsString.of("aa"), OsString.of("a"))
                        .sorted())
                .containsExactly(OsString.of("a"), OsString.of("aa"), OsString.of(NOT_UTF_8), OsString.of("b"));
    }

    @Test
    void strings_are_joined_byte_by_byte() {
        assertThat(OsString.of("a=").plus(OsString.of(NOT_UTF_8)).plus("z").bytes())
                .containsExactly('a', '=', 'a', 0xff, 0x80, 'z');
    }

    @Test
    void a_beginning_is_recognised() {
        assertThat(OsString.of("PATH=/bin").startsWith("PATH=")).isTrue();
        assertThat(OsString.of("PATH").startsWith("PATH=")).isFalse();
        assertThat(OsString.of("XPATH=").startsWith("PATH=")).isFalse();
        assertThat(OsString.of("").startsWith("")).isTrue();
    }

    @Test
    void a_nul_character_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OsString.of("a\0b"))
                .withMessageContaining("NUL");
    }

    @Test
    void a_c_function_gets_a_final_nul() {
        assertThat(OsString.of("a").cString()).containsExactly('a', 0);
    }
}
