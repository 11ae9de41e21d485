package io.github.pekkosupervisor.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The sum that says whether a supervisor could ever give up. */
final class UnlimitedRestartsTest {

    @ParameterizedTest
    @MethodSource("delays")
    void the_shortest_sum_is_that_of_the_single_waits(RestartDelay delay) {
        double sum = 0;
        for (int wait = 1; wait <= 200; wait++) {
            sum += delay.before(wait, 0).toNanos();
        }

        assertThat(delay.shortestSum(200)).isCloseTo(sum, org.assertj.core.data.Percentage.withPercentage(0.0001));
    }

    static Stream<RestartDelay> delays() {
        Duration second = Duration.ofSeconds(1);
        return Stream.of(
                RestartDelay.fixed(second),
                RestartDelay.exponential(second, Duration.ofSeconds(64)),
                RestartDelay.exponential(second, Duration.ofSeconds(100)),
                new RestartDelay(second, Duration.ofDays(10), 1.1, 0.5, second),
                new RestartDelay(second, Duration.ofSeconds(2), 50, 0, second),
                new RestartDelay(second, Duration.ofSeconds(2), 1, 0.1, second));
    }
}
