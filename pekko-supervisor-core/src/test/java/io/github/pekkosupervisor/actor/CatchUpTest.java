package io.github.pekkosupervisor.actor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.TreeEvent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Of what was held while a snapshot was taken, what it does not show: in each row items in order, {@code *} is a look.
 */
final class CatchUpTest {

    private record Told(String path, String what) implements TreeEvent {
        @Override
        public String toString() {
            return path + "=" + what;
        }
    }

    private static Object item(String text) {
        if (text.startsWith("*")) {
            return new CatchUp.Seen(text.substring(1));
        }
        String[] parts = text.split("=", -1);
        return new Told(parts[0], parts[1]);
    }

    private static String after(String held) {
        List<Object> items = Arrays.stream(held.trim().split(" +", -1))
                .map(CatchUpTest::item)
                .toList();
        return CatchUp.after(items).stream().map(Object::toString).collect(Collectors.joining(" "));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            what the top told before its look      | /=1 */ /=2                       | /=2
            each place has its own                 | /=1 /a=1 */ /a=2 */a /=2 /a=3    | /=2 /a=3
            gone when asked: what came before      | /a=1 */ /=2                      | /=2
            gone when asked: what came later       | */ /a=1 /=2                      | /a=1 /=2
            made later, and what is below it       | */ /=1 /a/b=1 /a=1               | /=1 /a/b=1 /a=1
            over before its parent was seen        | /a/b=1 /a=1 /=1 */               | ''
            its parent is another one now          | /a/b=1 /a=1 */ */a /a/b=2        | /a/b=2
            the nearest above counts               | */ /a/b=1 */a /a/b=2             | /a/b=2
            only a whole id is above               | */ */a /ab=1                     | /ab=1
            nobody was seen                        | /=1 /a=1                         | /=1 /a=1
            """)
    void what_is_shown_is_not_told(String what, String held, String left) {
        assertThat(after(held)).isEqualTo(left);
    }

    @Test
    void what_is_no_event_stays() {
        Object mark = new Object();

        assertThat(CatchUp.after(List.of(mark, item("/=1"), item("*/")))).containsExactly(mark);
    }
}
