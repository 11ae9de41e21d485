package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LivenessTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Liveness PORT = Liveness.by(Readiness.tcp(80));

    static Stream<Readiness> signsGivenOnce() {
        return Stream.of(Readiness.immediately(), Readiness.line("ready"), Readiness.notification(3));
    }

    @ParameterizedTest
    @MethodSource("signsGivenOnce")
    void a_sign_that_is_given_once_is_refused(Readiness sign) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Liveness.by(sign))
                .withMessageContaining("cannot show again and again that it works by " + sign);
    }

    static Stream<Readiness> signsToLookFor() {
        return Stream.of(
                Readiness.tcp(80),
                Readiness.unixSocket(Path.of("/run/a")),
                Readiness.command("redis-cli", "ping"),
                Readiness.http("http://127.0.0.1:80/health"));
    }

    @ParameterizedTest
    @MethodSource("signsToLookFor")
    void a_sign_that_can_be_looked_for_is_taken(Readiness sign) {
        assertThat(Liveness.by(sign).sign()).contains(sign);
    }

    @Test
    void all_that_is_wrong_is_told_at_once() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Liveness(
                        Optional.of(Readiness.tcp(80)),
                        Duration.ZERO,
                        SECOND.negated(),
                        0,
                        SECOND.negated(),
                        Liveness.Then.REPORT))
                .withMessage(
                        "liveness: every must be more than zero, was 0 s; timeout must be more than zero, was -1 s;"
                                + " failures must be at least 1, was 0; grace must not be negative, was -1 s");
    }

    @Test
    void a_time_of_at_most_a_hundred_days_is_taken() {
        Duration most = Duration.ofDays(100);
        Duration more = most.plusNanos(1);

        assertThat(PORT.withEvery(most).withTimeout(most).withGrace(most).grace())
                .isEqualTo(most);
        assertThatIllegalArgumentException().isThrownBy(() -> PORT.withEvery(more));
        assertThatIllegalArgumentException().isThrownBy(() -> PORT.withTimeout(more));
        assertThatIllegalArgumentException().isThrownBy(() -> PORT.withGrace(more));
    }

    @Test
    void a_watchdog_is_hung_when_it_is_silent_once() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new Liveness(Optional.empty(), SECOND, SECOND, 2, Duration.ZERO, Liveness.Then.RESTART))
                .withMessageContaining("so failures must be 1, was 2");
    }

    /** As in a file. */
    @Test
    void a_watchdog_is_asked_by_nobody() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Liveness.watchdog(SECOND).withEvery(SECOND))
                .withMessage("liveness: every is not for a watchdog, which nobody asks, was 1 s; use timeout");
    }

    @Test
    void copies_differ_in_what_was_said() {
        Liveness all = PORT.withEvery(SECOND)
                .withTimeout(SECOND.multipliedBy(2))
                .withFailures(4)
                .withGrace(SECOND.multipliedBy(3))
                .withThen(Liveness.Then.REPORT);

        assertThat(all)
                .isEqualTo(new Liveness(
                        PORT.sign(), SECOND, SECOND.multipliedBy(2), 4, SECOND.multipliedBy(3), Liveness.Then.REPORT));
        assertThat(PORT)
                .isEqualTo(new Liveness(
                        PORT.sign(),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(2),
                        3,
                        Duration.ZERO,
                        Liveness.Then.RESTART));
    }

    @Test
    void a_watchdog_waits_for_no_more_than_one_silence() {
        assertThat(Liveness.watchdog(SECOND))
                .isEqualTo(new Liveness(
                        Optional.empty(), Duration.ofSeconds(10), SECOND, 1, Duration.ZERO, Liveness.Then.RESTART));
    }

    @Test
    void words_say_what_was_tried_and_what_came_last() {
        assertThat(PORT.words("no answer in time"))
                .isEqualTo("3 tries of 2 s without a connection to 127.0.0.1:80, the last: no answer in time");
        assertThat(PORT.withFailures(1).words("exit code 1"))
                .isEqualTo("a try of 2 s without a connection to 127.0.0.1:80: exit code 1");
        assertThat(PORT.words("")).isEqualTo("3 tries of 2 s without a connection to 127.0.0.1:80");
        assertThat(new Liveness(Optional.empty(), SECOND, SECOND, 1, Duration.ZERO, Liveness.Then.RESTART)
                        .words("silent for 1 s"))
                .isEqualTo("silent for 1 s");
    }
}
