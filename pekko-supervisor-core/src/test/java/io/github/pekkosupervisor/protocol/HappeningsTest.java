package io.github.pekkosupervisor.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.Happening.Exit;
import io.github.pekkosupervisor.spec.ExitReason;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Few words for any end. */
class HappeningsTest {

    static Stream<Arguments> reasons() {
        return Stream.of(
                Arguments.of(new ExitReason.ExitCode(3), new Exit("exit", "3", "none")),
                Arguments.of(new ExitReason.Signalled("SEGV"), new Exit("signal", "none", "SEGV")),
                Arguments.of(new ExitReason.Signalled("KILL"), new Exit("killed", "none", "KILL")),
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
        assertThat(Happenings.exit(reason)).isEqualTo(exit);
    }

    @Test
    void each_reason_is_in_the_table() {
        assertThat(reasons().<Object>map(row -> row.get()[0].getClass()))
                .contains((Object[]) ExitReason.class.getPermittedSubclasses());
    }
}
