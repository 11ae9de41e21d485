package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalTest {

    @ParameterizedTest
    @CsvSource({
        "4, ILL",
        "5, TRAP",
        "7, BUS",
        "8, FPE",
        "11, SEGV",
        "16, STKFLT",
        "24, XCPU",
        "25, XFSZ",
        "26, VTALRM",
        "27, PROF",
        "29, IO",
        "31, SYS",
        "34, RTMIN",
        "37, RTMIN+3",
        "49, RTMIN+15",
        "50, RTMAX-14",
        "63, RTMAX-1",
        "64, RTMAX",
        "0, 0",
        "32, 32",
        "33, 33",
        "65, 65",
        "-1, -1"
    })
    void number_is_shown_by_its_name_where_it_has_one(int number, String name) {
        assertThat(Signal.nameOf(number)).isEqualTo(name);
    }

    /** As the shell of this machine has it, from its own C library. */
    @ParameterizedTest
    @EnumSource(Signal.class)
    void name_is_that_of_the_shell(Signal signal) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no bash to ask");
        Process bash = new ProcessBuilder("/bin/bash", "-c", "kill -l " + signal.number()).start();

        assertThat(new String(bash.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo(signal + "\n");
        assertThat(bash.waitFor()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "TERM, 15",
        "SIGTERM, 15",
        "sigusr1, 10",
        "rtmin+3, 37",
        "SIGRTMIN+20, 54",
        "RTMAX-30, 34",
        "RTMIN, 34",
        "RTMAX, 64",
        "IOT, 6",
        "POLL, 29",
        "CLD, 17"
    })
    void name_is_read_in_every_way_that_it_is_written(String name, int number) {
        assertThat(Signal.parse(name).number()).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "SIG", "NEVER", "RTMIN+31", "RTMAX-31", "RTMIN_PLUS_3", "SIGSIGTERM", "9"})
    void what_is_no_name_is_refused_with_names_that_are(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Signal.parse(name))
                .withMessage("there is no signal \"" + name + "\"; use a name such as TERM, SIGHUP or RTMIN+3");
    }
}
