package io.github.pekkosupervisor.runit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ExitReason;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The one table of exit codes, as far as it is about trees. */
class RunEndTest {

    private static final TreeEnd CLOSED = new TreeEnd.Closed(ExitReason.shutdown());

    private static TreeEnd significant(ExitReason last) {
        return new TreeEnd.AutoShutdown("/", "main", last, Optional.empty());
    }

    private static TreeEnd gaveUp(Optional<TreeEnd> below) {
        return new TreeEnd.GaveUp("/", "web", new ExitReason.ExitCode(3), 1, Duration.ofSeconds(5), below);
    }

    static Stream<Arguments> ends() {
        return Stream.of(
                Arguments.of(CLOSED, 0),
                Arguments.of(gaveUp(Optional.empty()), 1),
                Arguments.of(new TreeEnd.Failed(ExitReason.killed()), 1),
                Arguments.of(TreeEnd.Killed.INSTANCE, 1),
                Arguments.of(significant(ExitReason.normal()), 0),
                Arguments.of(significant(new ExitReason.ExitCode(7)), 7),
                Arguments.of(significant(new ExitReason.Signalled("SEGV")), 139),
                Arguments.of(
                        significant(new ExitReason.Signalled("RTMIN+3")),
                        128 + Signal.parse("RTMIN+3").number()),
                Arguments.of(significant(new ExitReason.Signalled("33")), 161),
                Arguments.of(significant(ExitReason.killed()), 1),
                Arguments.of(
                        new TreeEnd.AutoShutdown(
                                "/", "s", ExitReason.shutdown(), Optional.of(significant(new ExitReason.ExitCode(5)))),
                        5),
                Arguments.of(
                        new TreeEnd.AutoShutdown(
                                "/", "s", ExitReason.shutdown(), Optional.of(gaveUp(Optional.empty()))),
                        1));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void end_by_itself_has_the_code_of_what_was_decisive(TreeEnd end, int code) {
        assertThat(RunEnd.code(end, Optional.empty(), false)).isEqualTo(code);
    }

    @Test
    void end_by_a_signal_is_as_asked() {
        assertThat(RunEnd.code(CLOSED, Optional.of(Signal.TERM), false)).isZero();
        assertThat(RunEnd.code(CLOSED, Optional.of(Signal.TERM), true)).isZero();
        assertThat(RunEnd.code(CLOSED, Optional.of(Signal.INT), false)).isEqualTo(130);
        assertThat(RunEnd.code(CLOSED, Optional.of(Signal.INT), true)).isZero();
    }
}
