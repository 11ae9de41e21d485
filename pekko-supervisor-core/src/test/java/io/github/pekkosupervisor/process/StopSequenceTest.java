package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.StopSequence.Step;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StopSequenceTest {

    private static final StopSequence STANDARD = StopSequence.standard();
    private static final StopSequence POLITE = StopSequence.of(Signal.TERM).then(Duration.ofSeconds(2), Signal.INT);
    private static final StopSequence IMPATIENT = POLITE.then(Duration.ofSeconds(1), Signal.KILL);

    @ParameterizedTest
    @CsvSource({
        "5, TERM@0 KILL@5",
        "0, KILL@0",
    })
    void by_default_term_is_followed_by_kill(int seconds, String shots) {
        assertThat(shots(STANDARD, seconds)).isEqualTo(shots);
    }

    @ParameterizedTest
    @CsvSource({
        "5, TERM@0 INT@2 KILL@5",
        "2, TERM@0 KILL@2",
        "1, TERM@0 KILL@1",
        "0, KILL@0",
    })
    void what_does_not_fit_into_the_time_is_left_out(int seconds, String shots) {
        assertThat(shots(POLITE, seconds)).isEqualTo(shots);
    }

    @ParameterizedTest
    @CsvSource({
        "9, TERM@0 INT@2 KILL@3",
        "3, TERM@0 INT@2 KILL@3",
        "2, TERM@0 KILL@2",
    })
    void a_sequence_may_end_with_kill_before_the_time_is_over(int seconds, String shots) {
        assertThat(shots(IMPATIENT, seconds)).isEqualTo(shots);
    }

    @Test
    void kill_alone_is_kill_at_once() {
        assertThat(shots(StopSequence.of(Signal.KILL), 5)).isEqualTo("KILL@0");
    }

    @Test
    void nothing_after_kill_is_sent() {
        assertThat(shots(IMPATIENT.then(Duration.ofSeconds(1), Signal.TERM), 9)).isEqualTo("TERM@0 INT@2 KILL@3");
    }

    @Test
    void nonsense_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StopSequence(List.of()))
                .withMessageContaining("begin with TERM");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StopSequence(List.of(new Step(Duration.ofSeconds(1), Signal.TERM))))
                .withMessageContaining("1 s");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> STANDARD.then(Duration.ofSeconds(-1), Signal.INT))
                .withMessageContaining("INT must not be negative, was -1 s");
    }

    private static String shots(StopSequence sequence, int seconds) {
        return sequence.within(Duration.ofSeconds(seconds)).stream()
                .map(shot -> shot.signal() + "@" + shot.at().toSeconds())
                .collect(Collectors.joining(" "));
    }
}
