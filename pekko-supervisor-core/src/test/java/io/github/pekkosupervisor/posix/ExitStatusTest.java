package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExitStatusTest {

    @ParameterizedTest
    @CsvSource({
        "0x0000, true, 0, 0, false, exit code 0",
        "0x0100, true, 1, 0, false, exit code 1",
        "0xff00, true, 255, 0, false, exit code 255",
        "0x0009, false, -1, 9, false, signal KILL",
        "0x000f, false, -1, 15, false, signal TERM",
        "0x0086, false, -1, 6, true, signal ABRT (core dumped)",
        "0x0040, false, -1, 64, false, signal RTMAX",
        "0x00a5, false, -1, 37, true, signal RTMIN+3 (core dumped)",
        "0x0021, false, -1, 33, false, signal 33"
    })
    void a_wait_status_is_taken_apart_as_by_the_macros_of_waitpid(
            String waitStatus, boolean exited, int code, int signal, boolean coreDumped, String text) {
        ExitStatus status = new ExitStatus(Integer.decode(waitStatus));

        assertThat(status.exited()).isEqualTo(exited);
        assertThat(status.code()).isEqualTo(code);
        assertThat(status.signal()).isEqualTo(signal);
        assertThat(status.coreDumped()).isEqualTo(coreDumped);
        assertThat(status).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 255})
    void a_status_made_of_an_exit_code_has_it(int code) {
        ExitStatus status = ExitStatus.ofCode(code);

        assertThat(status.exited()).isTrue();
        assertThat(status.code()).isEqualTo(code);
        assertThat(status.signal()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9, 15, 64})
    void a_status_made_of_a_signal_has_it(int number) {
        ExitStatus status = ExitStatus.ofSignal(number);

        assertThat(status.exited()).isFalse();
        assertThat(status.code()).isEqualTo(-1);
        assertThat(status.signal()).isEqualTo(number);
    }

    @Test
    void what_nobody_can_tell_is_neither_an_exit_nor_a_signal() {
        ExitStatus unknown = ExitStatus.UNKNOWN;

        assertThat(unknown.isKnown()).isFalse();
        assertThat(unknown.exited()).isFalse();
        assertThat(unknown.code()).isEqualTo(-1);
        assertThat(unknown.signal()).isZero();
        assertThat(unknown.coreDumped()).isFalse();
        assertThat(unknown).hasToString("exit code unknown").isNotEqualTo(ExitStatus.ofCode(-1));
        // what a finish script gets, and whether a control script has vetoed
        assertThat(unknown.waitStatus() & 0xff).isZero();
        assertThat(unknown.waitStatus() >> 8).isNotZero();
        assertThat(ExitStatus.ofCode(0).isKnown()).isTrue();
    }

    @Test
    void only_eight_bits_of_an_exit_code_reach_the_parent() {
        assertThat(ExitStatus.ofCode(256 + 3)).isEqualTo(ExitStatus.ofCode(3));
        assertThat(ExitStatus.ofCode(-1)).isEqualTo(ExitStatus.ofCode(255));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0x10000})
    void anything_wider_than_sixteen_bits_is_refused(int waitStatus) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ExitStatus(waitStatus))
                .withMessageContaining("was " + waitStatus);
    }
}
