package io.github.pekkosupervisor.runit.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.launcher.PageProgram.Options;
import io.github.pekkosupervisor.runit.page.PageSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words behind {@code pekko-supervisor page}. */
final class PageOptionsTest {

    private static Options parse(String line) {
        List<OsString> words = Arrays.stream(line.split(" "))
                .filter(word -> !word.isEmpty())
                .map(OsString::of)
                .toList();
        return Options.parse(words);
    }

    private static Options of(PageSettings settings, String services) {
        return new Options(settings, Optional.of(OsString.of(services)));
    }

    @Test
    void all_can_be_left_out() {
        assertThat(parse("")).isEqualTo(new Options(PageSettings.loopback(), Optional.empty()));
    }

    @Test
    void what_is_said_counts_and_the_rest_is_the_directory() {
        PageSettings all = PageSettings.loopback().withPort(8080).withCommands(true);

        assertThat(parse("--commands --listen tcp:127.0.0.1:8080 s")).isEqualTo(of(all, "s"));
        assertThat(parse("--listen=tcp:127.0.0.1:8080 --commands -- s")).isEqualTo(of(all, "s"));
        assertThat(parse("-- --commands")).isEqualTo(of(PageSettings.loopback(), "--commands"));
        assertThat(parse("--listen=unix:/run/a=b s")).isEqualTo(of(PageSettings.socket(Path.of("/run/a=b")), "s"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --comands s            | unknown option --comands; did you mean --commands?
            --commands=yes s       | unknown option --commands=yes
            --listen               | --listen needs an address, such as tcp:127.0.0.1:8080
            --listen 0.0.0.0:80 s  | --listen must be an address of this machine
            -x s                   | unknown option -x
            a b                    | there is more than one directory; a page is of one
            """)
    void what_is_wrong_is_said(String line, String problem) {
        assertThatThrownBy(() -> parse(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(problem);
    }
}
