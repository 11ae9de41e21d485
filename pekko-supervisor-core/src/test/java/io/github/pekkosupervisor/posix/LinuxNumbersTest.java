package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import jnr.constants.platform.OpenFlags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Our tables of numbers against those of jnr-constants for the machine at hand. */
class LinuxNumbersTest {

    /** All but those that jnr has for other systems, and the second names of the same number. */
    static Stream<jnr.constants.platform.Errno> errnosOfThisMachine() {
        return Stream.of(jnr.constants.platform.Errno.values())
                .filter(jnr.constants.platform.Errno::defined)
                .filter(errno ->
                        Stream.of("EWOULDBLOCK", "EDEADLOCK", "ENOTSUP").noneMatch(errno.name()::equals));
    }

    @ParameterizedTest
    @MethodSource("errnosOfThisMachine")
    void error_number_is_that_of_this_machine(jnr.constants.platform.Errno theirs) {
        assertThat(Errno.name(theirs.intValue())).isEqualTo(theirs.name());
        assertThat(Errno.valueOf(theirs.name()).number()).isEqualTo(theirs.intValue());
    }

    @ParameterizedTest
    @EnumSource(value = Signal.class, mode = EnumSource.Mode.MATCH_NONE, names = "RT.*")
    void signal_number_is_that_of_this_machine(Signal ours) {
        assertThat(ours.number())
                .isEqualTo(jnr.constants.platform.Signal.valueOf("SIG" + ours.name())
                        .intValue());
    }

    static Stream<Arguments> flags() {
        return Stream.of(
                Arguments.of(FileCalls.O_RDONLY, OpenFlags.O_RDONLY),
                Arguments.of(FileCalls.O_WRONLY, OpenFlags.O_WRONLY),
                Arguments.of(FileCalls.O_RDWR, OpenFlags.O_RDWR),
                Arguments.of(FileCalls.O_CREAT, OpenFlags.O_CREAT),
                Arguments.of(FileCalls.O_TRUNC, OpenFlags.O_TRUNC),
                Arguments.of(FileCalls.O_APPEND, OpenFlags.O_APPEND),
                Arguments.of(FileCalls.O_NONBLOCK, OpenFlags.O_NONBLOCK),
                Arguments.of(FileCalls.O_DIRECTORY, OpenFlags.O_DIRECTORY),
                Arguments.of(FileCalls.O_CLOEXEC, OpenFlags.O_CLOEXEC));
    }

    @ParameterizedTest
    @MethodSource("flags")
    void open_flag_is_that_of_this_machine(int ours, OpenFlags theirs) {
        assertThat(ours).isEqualTo(theirs.intValue());
    }

    @Test
    void unknown_error_number_is_named_by_it() {
        assertThat(Errno.name(4711)).isEqualTo("E4711");
        assertThat(Errno.description(4711)).isEqualTo("error 4711");
    }

    @Test
    void refusal_tells_call_argument_and_error() {
        OsString path = OsString.of("/nowhere/at/all");

        assertThatThrownBy(() -> FileCalls.open(FileCalls.AT_FDCWD, path, FileCalls.O_RDONLY, 0))
                .hasMessage("openat /nowhere/at/all: No such file or directory (ENOENT)");
    }
}
