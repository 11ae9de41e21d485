package io.github.pekkosupervisor.runit.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.OsString;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SvCommandTest {

    @ParameterizedTest
    @CsvSource({
        "check, C, true, false",
        "start, u, true, false",
        "stop, d, true, false",
        "reload, h, true, false",
        "shutdown, x, true, false",
        "restart, tcu, true, false",
        "try-restart, tc, true, false",
        "force-stop, d, true, true",
        "force-reload, tc, true, true",
        "force-restart, tcu, true, true",
        "force-shutdown, x, true, true",
        "Down, d, true, true",
        "Term, tc, true, true",
        "Exit, x, true, true",
        "up, u, false, false",
        "down, d, false, false",
        "once, o, false, false",
        "pause, p, false, false",
        "cont, c, false, false",
        "chk, c, false, false",
        "hup, h, false, false",
        "alarm, a, false, false",
        "interrupt, i, false, false",
        "quit, q, false, false",
        "1abc, 1, false, false",
        "2, 2, false, false",
        "term, t, false, false",
        "kill, k, false, false",
        "exit, x, false, false",
        "x, x, false, false",
        "statue, s, false, false",
    })
    void word_means(String word, String bytes, boolean waits, boolean kills) {
        SvCommand command = Objects.requireNonNull(SvCommand.parse(OsString.of(word), false, false));

        assertThat(command.bytes()).isEqualTo(bytes);
        assertThat(command.waits()).isEqualTo(waits);
        assertThat(command.kills()).isEqualTo(kills);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "restarts", "force", "Up", "3", "foo"})
    void word_means_nothing(String word) {
        assertThat(SvCommand.parse(OsString.of(word), false, false)).isNull();
    }

    @Test
    void init_script_takes_the_status_only_by_its_full_name() {
        assertThat(SvCommand.parse(OsString.of("status"), true, false)).isNotNull();
        assertThat(SvCommand.parse(OsString.of("stat"), true, false)).isNull();
    }

    @Test
    void verbose_command_waits() {
        SvCommand command = Objects.requireNonNull(SvCommand.parse(OsString.of("hup"), false, true));

        assertThat(command.waits()).isTrue();
    }
}
