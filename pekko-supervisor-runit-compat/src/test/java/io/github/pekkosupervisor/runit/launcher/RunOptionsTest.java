package io.github.pekkosupervisor.runit.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.posix.OsString;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunOptionsTest {

    private static List<OsString> words(String line) {
        return Arrays.stream(line.split(" "))
                .filter(word -> !word.isEmpty())
                .map(OsString::of)
                .toList();
    }

    private static RunOptions parse(String line) {
        return RunOptions.parse(words(line), false);
    }

    @Test
    void a_file_alone_is_enough() {
        assertThat(parse("shop.conf")).isEqualTo(new RunOptions(false, Optional.empty(), OsString.of("shop.conf")));
    }

    @Test
    void options_stand_before_it() {
        RunOptions all = new RunOptions(true, Optional.of(Duration.ofSeconds(30)), OsString.of("shop.conf"));

        assertThat(parse("--check --stop-within 30s shop.conf")).isEqualTo(all);
        assertThat(parse("--stop-within=30s --check -- shop.conf")).isEqualTo(all);
        assertThat(parse("-- --check").file()).isEqualTo(OsString.of("--check"));
    }

    @Test
    void process_1_has_8_seconds_unless_it_is_told_otherwise() {
        assertThat(RunOptions.parse(words("f"), true).stopWithin()).contains(Duration.ofSeconds(8));
        assertThat(RunOptions.parse(words("--stop-within infinite f"), true).stopWithin())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                  | there is no file; name the one that says what is to be run
            --check             | there is no file; name the one that says what is to be run
            a.conf b.conf       | there is more than one file; one may include others
            --chekc a.conf      | unknown option --chekc; did you mean --check?
            -v a.conf           | unknown option -v
            --stop-within       | --stop-within needs a time, such as 30s
            --stop-within 5 a   | --stop-within must be a time with its unit, such as 5s or 200ms, was "5"
            --stop-within=0s a  | --stop-within must be more than zero, was "0s"
            --stop-within 101d a | --stop-within must be at most 100d, or infinite, was 101d
            """)
    void wrong_usage_is_told(String line, String what) {
        assertThatThrownBy(() -> parse(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(what);
    }
}
