package io.github.pekkosupervisor.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.spec.ExitReason.FailedToStartChild;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Reasons in words. */
final class ExitReasonTest {

    private static ExitReason notStarted(String id, ExitReason why) {
        return ExitReason.shutdown(new FailedToStartChild(id, why));
    }

    static Stream<Arguments> reasons() {
        return Stream.of(
                arguments(new ExitReason.ExitCode(3), "exit code 3"),
                arguments(ExitReason.failed("no such table"), "no such table"),
                arguments(
                        ExitReason.crash(new IllegalStateException("broken")),
                        "java.lang.IllegalStateException: broken"),
                arguments(
                        ExitReason.crash(new PosixException("spawn", "x", "ENOENT", "it is not there")),
                        String.valueOf(new PosixException("spawn", "x", "ENOENT", "it is not there").getMessage())),
                arguments(new ExitReason.StartTimeoutWith("a port"), "timeout: a port"),
                arguments(ExitReason.StartTimeout.INSTANCE, "timeout"),
                arguments(ExitReason.shutdown("enough"), "shutdown(enough)"),
                arguments(notStarted("x", new ExitReason.ExitCode(3)), "[/x] exit code 3"),
                arguments(notStarted("a", notStarted("x", ExitReason.failed("why"))), "[/a/x] why"));
    }

    @ParameterizedTest
    @MethodSource("reasons")
    void say_what_happened_and_where(ExitReason reason, String words) {
        assertThat(reason.inWords()).isEqualTo(words);
    }

    @Test
    void many_levels_are_told_in_a_few_words() {
        ExitReason reason = ExitReason.failed("at the bottom");
        for (int i = 0; i < 300_000; i++) {
            reason = notStarted("s" + i, reason);
        }

        assertThat(reason.inWords())
                .startsWith("[/s299999/s299998/")
                .endsWith("/s299980/[299980 more levels]] at the bottom");
    }
}
