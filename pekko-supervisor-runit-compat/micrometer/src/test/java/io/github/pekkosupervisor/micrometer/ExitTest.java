package io.github.pekkosupervisor.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.spec.ExitReason;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Few words for any end. */
class ExitTest {

    static Stream<Arguments> reasons() {
        return Stream.of(
                Arguments.of(new ExitReason.ExitCode(3), new Exit("exit", "3", "none")),
                Arguments.of(new ExitReason.Signalled("SEGV"), new Exit("signal", "none", "SEGV")),
                Arguments.of(ExitReason.normal(), word("normal")),
                Arguments.of(ExitReason.shutdown(), word("shutdown")),
                Arguments.of(ExitReason.shutdown("who asked"), word("shutdown")),
                Arguments.of(ExitReason.killed(), new Exit("killed", "none", "KILL")),
                Arguments.of(ExitReason.crash(new IllegalStateException("one of many")), word("crash")),
                Arguments.of(ExitReason.failed("with one of many words"), word("failed")),
                Arguments.of(new ExitReason.Hung("no answer from 10.0.0.1"), word("hung")),
                Arguments.of(ExitReason.StartTimeout.INSTANCE, word("start_timeout")),
                Arguments.of(new ExitReason.StartTimeoutWith("a line"), word("start_timeout")),
                Arguments.of(ExitReason.Abandoned.INSTANCE, word("abandoned")),
                Arguments.of(ExitReason.ReachedMaxRestartIntensity.INSTANCE, word("reached_max_restart_intensity")));
    }

    private static Exit word(String word) {
        return new Exit(word, "none", "none");
    }

    @ParameterizedTest
    @MethodSource("reasons")
    void of_a_reason(ExitReason reason, Exit exit) {
        assertThat(Exit.of(reason)).isEqualTo(exit);
    }

    @Test
    void each_reason_is_in_the_table() {
        assertThat(reasons().<Object>map(row -> row.get()[0].getClass()))
                .contains((Object[]) ExitReason.class.getPermittedSubclasses());
    }

    @Test
    void of_a_status() {
        assertThat(Exit.of(ExitStatus.ofCode(0), false)).isEqualTo(new Exit("exit", "0", "none"));
        assertThat(Exit.of(ExitStatus.ofSignal(9), false)).isEqualTo(new Exit("killed", "none", "KILL"));
        assertThat(Exit.of(ExitStatus.ofSignal(11), false)).isEqualTo(new Exit("signal", "none", "SEGV"));
        assertThat(Exit.of(ExitStatus.ofSignal(15), true)).isEqualTo(new Exit("hung", "none", "TERM"));
        assertThat(Exit.of(ExitStatus.UNKNOWN, false)).isEqualTo(new Exit("unknown", "none", "none"));
    }
}
