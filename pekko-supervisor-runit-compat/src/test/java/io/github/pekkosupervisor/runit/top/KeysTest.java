package io.github.pekkosupervisor.runit.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is typed as a terminal sends it. */
class KeysTest {

    private static String shown(List<Key> keys) {
        return keys.stream()
                .map(key -> key.name() == Key.Name.CHARACTER
                        ? Character.toString(key.character())
                        : key.name().toString())
                .collect(Collectors.joining(" "));
    }

    private static byte[] bytes(String text) {
        return text.replace('^', '\033').getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({
        "abc, a b c",
        "^[A^[B, UP DOWN",
        "^OA^OD^OC, UP LEFT RIGHT",
        "^[1;5A, UP",
        "^[H^[F^[1~^[4~^[7~^[8~, HOME END HOME END HOME END",
        "^[5~^[6~x, PAGE_UP PAGE_DOWN x",
        "^OM, ENTER",
        "^[2~^[200~a, a",
        "^[?1;2ca, a",
        "ä€𝄞, ä € 𝄞",
        "^^[A, ESCAPE UP",
        "^q, ESCAPE q",
    })
    void keys_are_known_by_their_bytes(String typed, String expected) {
        Keys keys = new Keys();

        assertThat(shown(keys.read(bytes(typed)))).isEqualTo(expected);
        assertThat(keys.isWaiting()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "3, LEAVE",
        "4, LEAVE",
        "8, BACKSPACE",
        "127, BACKSPACE",
        "13, ENTER",
        "10, ENTER",
        "12, REDRAW",
        "21, ERASE",
        "26, SUSPEND",
        "0, ''",
        "7, ''",
    })
    void control_keys_are_known(int code, String expected) {
        assertThat(shown(new Keys().read(new byte[] {(byte) code}))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"^[1;5A", "^OA", "^[A", "€", "𝄞", "a^[5~ä"})
    void pieces_are_put_together_however_they_come(String typed) {
        String whole = shown(new Keys().read(bytes(typed)));

        Keys keys = new Keys();
        List<Key> found = new ArrayList<>();
        for (byte one : bytes(typed)) {
            found.addAll(keys.read(new byte[] {one}));
        }

        assertThat(shown(found)).isEqualTo(whole).isNotEmpty();
        assertThat(keys.isWaiting()).isFalse();
    }

    @Test
    void an_escape_that_nothing_follows_is_that_key() {
        Keys keys = new Keys();

        assertThat(keys.read(bytes("^"))).isEmpty();
        assertThat(keys.isWaiting()).isTrue();
        assertThat(shown(keys.nothingFollows())).isEqualTo("ESCAPE");
        assertThat(keys.isWaiting()).isFalse();
    }

    @Test
    void whatever_comes_is_taken_and_nothing_is_kept_for_ever() {
        Random random = new Random(7);
        Keys keys = new Keys();
        for (int i = 0; i < 20_000; i++) {
            byte[] some = new byte[random.nextInt(40)];
            random.nextBytes(some);
            keys.read(some);
        }

        keys.nothingFollows();

        assertThat(keys.isWaiting()).isFalse();
        assertThat(shown(keys.read(bytes("q")))).isEqualTo("q");
    }
}
