package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvEvent;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Asked;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EssentialTest {

    private static final ExitStatus BY_INT = new ExitStatus(Signal.INT.number());
    private static final RunsvState RUNS = state(Want.UP, State.RUN, false, false);

    private static RunsvState state(Want want, State state, boolean gotTerm, boolean terminating) {
        ServiceStatus status = new ServiceStatus(Instant.EPOCH, 7, false, gotTerm, want, state);
        return new RunsvState(RunsvState.Unit.of(status), Optional.empty(), terminating, false, false);
    }

    private static RunsvEvent ended(Role role, ExitStatus status) {
        return new RunsvEvent.ProcessEnded(role, status, false);
    }

    @ParameterizedTest
    @CsvSource({
        "UP, RUN, false, false, true",
        "UP, DOWN, false, false, true",
        "UP, FINISH, false, false, false",
        "DOWN, RUN, false, false, false",
        "EXIT, RUN, false, false, false",
        "UP, RUN, true, false, false",
        "UP, RUN, false, true, false"
    })
    void launcher_ends_by_an_end_that_nobody_has_asked_for(
            Want want, State state, boolean gotTerm, boolean terminating, boolean ends) {
        RunsvState before = state(want, state, gotTerm, terminating);

        assertThat(Essential.after(before, ended(Role.SERVICE, ExitStatus.ofCode(3)), Asked.NOT, Optional.empty()))
                .isEqualTo(ends ? Optional.of(ExitStatus.ofCode(3)) : Optional.empty());
        assertThat(Essential.after(before, ended(Role.LOG, ExitStatus.ofCode(3)), Asked.NOT, Optional.empty()))
                .isEmpty();
    }

    private static Optional<ExitStatus> after(ExitStatus end, Asked asked) {
        return Essential.after(RUNS, ended(Role.SERVICE, end), asked, Optional.empty());
    }

    private static Asked sent(Signal signal) {
        return new Asked(false, Optional.of(signal));
    }

    @Test
    void not_by_the_signal_that_a_command_has_sent() {
        assertThat(after(BY_INT, sent(Signal.INT))).isEmpty();
        assertThat(after(BY_INT, sent(Signal.HUP))).contains(BY_INT);
        assertThat(after(ExitStatus.ofCode(2), sent(Signal.INT))).contains(ExitStatus.ofCode(2));
        assertThat(after(ExitStatus.UNKNOWN, sent(Signal.INT))).contains(ExitStatus.UNKNOWN);
    }

    @Test
    void not_where_control_t_has_seen_to_it() {
        assertThat(after(ExitStatus.ofCode(3), new Asked(true, Optional.empty())))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"t, SCRIPT, false", "h, SCRIPT, true", "t, NO, true"})
    void not_while_control_t_is_at_it(char letter, RunsvState.Busy busy, boolean ends) {
        RunsvState.Unit unit = new RunsvState.Unit(
                RUNS.service().status(),
                busy,
                false,
                false,
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        RunsvState before = new RunsvState(unit, Optional.empty(), false, false, false);

        assertThat(Essential.after(before, ended(Role.SERVICE, ExitStatus.ofCode(3)), Asked.NOT, Optional.of(letter))
                        .isPresent())
                .isEqualTo(ends);
    }

    @Test
    void by_nothing_but_an_end() {
        assertThat(Essential.after(RUNS, new RunsvEvent.ScriptEnded('t', false), Asked.NOT, Optional.empty()))
                .isEmpty();
    }

    /** Whatever has ended it: TERM, KILL, or {@code control/t}. */
    @Test
    void not_by_the_end_of_one_that_is_stopped_since_it_is_hung() {
        assertThat(Essential.after(
                        RUNS.stoppedAsHung(), ended(Role.SERVICE, ExitStatus.ofCode(3)), Asked.NOT, Optional.empty()))
                .isEmpty();
    }

    @Test
    void code_is_that_of_run_or_tells_its_signal() {
        assertThat(Essential.code(ExitStatus.ofCode(0))).isZero();
        assertThat(Essential.code(ExitStatus.ofCode(42))).isEqualTo(42);
        assertThat(Essential.code(BY_INT)).isEqualTo(130);
        assertThat(Essential.code(ExitStatus.UNKNOWN)).isEqualTo(1);
    }
}
