package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.NormalExits.Outcome;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NormalExitsTest {

    private static final Set<Signal> TERM_SENT = Set.of(Signal.TERM);
    private static final NormalExits BATCH = NormalExits.ofCodes(0, 3).alsoBy(Signal.HUP);

    @ParameterizedTest
    @CsvSource({
        "0, NORMAL",
        "3, NORMAL",
        "1, FAILED",
        "143, FAILED",
        "255, FAILED",
    })
    void a_code_by_itself(int code, Outcome outcome) {
        assertThat(BATCH.outcome(ExitStatus.ofCode(code), Set.of())).isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource({
        "0, STOPPED",
        "3, STOPPED",
        "143, STOPPED",
        "1, FAILED",
        "130, FAILED",
    })
    void a_code_after_term(int code, Outcome outcome) {
        assertThat(BATCH.outcome(ExitStatus.ofCode(code), TERM_SENT)).isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource({
        "1, NORMAL",
        "15, FAILED",
        "11, FAILED",
        "9, KILLED",
    })
    void a_signal_by_itself(int signal, Outcome outcome) {
        assertThat(BATCH.outcome(ExitStatus.ofSignal(signal), Set.of())).isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource({
        "1, STOPPED",
        "15, STOPPED",
        "11, FAILED",
        "9, KILLED",
    })
    void a_signal_after_term(int signal, Outcome outcome) {
        assertThat(BATCH.outcome(ExitStatus.ofSignal(signal), TERM_SENT)).isEqualTo(outcome);
    }

    /** Of a process that an earlier JVM had started. */
    @Test
    void an_end_of_which_nobody_knows_how_it_was_is_a_failure_unless_it_was_asked_for() {
        NormalExits all = NormalExits.ofCodes(0).alsoBy(Signal.TERM);

        assertThat(all.outcome(ExitStatus.UNKNOWN, Set.of())).isEqualTo(Outcome.FAILED);
        assertThat(all.outcome(ExitStatus.UNKNOWN, TERM_SENT)).isEqualTo(Outcome.STOPPED);
        assertThat(all.outcome(ExitStatus.UNKNOWN, Set.of(Signal.TERM, Signal.KILL)))
                .isEqualTo(Outcome.KILLED);
    }

    @Test
    void kill_is_never_normal() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NormalExits.zero().alsoBy(Signal.KILL))
                .withMessageContaining("leave it out");
    }

    @Test
    void a_code_has_eight_bits() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NormalExits.ofCodes(256))
                .withMessageContaining("was 256");
    }
}
