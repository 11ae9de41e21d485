package io.github.pekkosupervisor.posix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SuccessionTest {

    private static final Succession LEFT = new Succession(
            List.of(OsString.of("A=b c"), OsString.of(new byte[] {'X', '=', (byte) 0xff, '\n'})),
            0x8000_0000_0000_0001L,
            0x6,
            1024,
            List.of(7, 9),
            List.of(20, 21),
            Map.of("pekko-supervisor/1 2", 30),
            Map.of("signals", 31),
            Map.of("java-home", OsString.of("/opt/a jdk")));

    @Test
    void what_is_left_is_read_as_it_was() {
        assertThat(Succession.parse(LEFT.toBytes())).isEqualTo(LEFT);
    }

    @Test
    void line_of_a_later_version_is_nothing() {
        String text = new String(LEFT.toBytes(), US_ASCII).replace("end \n", "cgroup 17\nend \n");

        assertThat(Succession.parse(text.getBytes(US_ASCII))).isEqualTo(LEFT);
    }

    @Test
    void what_is_not_whole_is_refused() {
        byte[] bytes = LEFT.toBytes();

        assertThatThrownBy(() -> Succession.parse(java.util.Arrays.copyOf(bytes, bytes.length - 5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("it is not whole");
    }

    @Test
    void what_is_of_another_version_is_refused() {
        assertThatThrownBy(() -> Succession.parse("pekko-supervisor-succession 2\nend \n".getBytes(US_ASCII)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("it is of another version");
    }

    @Test
    void secrets_are_not_shown() {
        assertThat(LEFT).hasToString("Succession[2 descriptors]");
    }
}
