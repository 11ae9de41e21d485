package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Unit;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunsvStateTest {

    private static Unit starting() {
        Unit down = Unit.down(Want.UP, Instant.EPOCH);
        return new Unit(
                down.status(), Busy.STARTING, true, true, true, down.finishing(), Optional.of('t'), down.unseen());
    }

    @Test
    void start_of_the_service_that_has_come_to_nothing_leaves_that_of_the_logger() {
        RunsvState state = RunsvState.beginning(starting(), Optional.of(starting()));

        RunsvState after = state.withoutStart(Role.SERVICE);

        assertThat(after.service().busy()).isEqualTo(Busy.NO);
        assertThat(after.log()).contains(starting());
    }

    @Test
    void start_of_the_logger_that_has_come_to_nothing_leaves_that_of_the_service() {
        RunsvState state = RunsvState.beginning(starting(), Optional.of(starting()));

        RunsvState after = state.withoutStart(Role.LOG);

        assertThat(after.service()).isEqualTo(starting());
        assertThat(after.unit(Role.LOG).busy()).isEqualTo(Busy.NO);
    }

    @Test
    void successor_waits_for_no_pause_and_reads_commands_when_it_begins() {
        RunsvState after =
                RunsvState.beginning(starting(), Optional.of(starting())).takenOver();

        assertThat(after.service()).isEqualTo(after.unit(Role.LOG));
        assertThat(after.service().throttled()).isFalse();
        assertThat(after.service().awaitsCommand()).isFalse();
        assertThat(after.service().once()).isTrue();
        assertThat(after.service().heard()).contains('t');
        assertThat(after.service().busy()).isEqualTo(Busy.STARTING);
    }

    @ParameterizedTest
    @CsvSource({
        "DOWN,   NO,       DOWN",
        "DOWN,   STARTING, UP",
        "DOWN,   SCRIPT,   UP",
        "RUN,    NO,       UP",
        "FINISH, NO,       UP",
    })
    void one_that_is_held_back_is_not_wanted_up_unless_it_runs_or_is_on_its_way(State state, Busy busy, Want want) {
        RunsvState before = RunsvState.beginning(service(state, busy, false), Optional.of(starting()));

        RunsvState after = before.heldBack();

        assertThat(after.service().status().want()).isEqualTo(want);
        assertThat(after.log()).contains(starting());
    }

    private static Unit service(State state, Busy busy, boolean hasUnseenEnd) {
        Unit of = Unit.of(new ServiceStatus(Instant.EPOCH, state == State.DOWN ? 0 : 7, false, false, Want.UP, state));
        return new Unit(
                of.status(),
                busy,
                false,
                false,
                false,
                of.finishing(),
                of.heard(),
                hasUnseenEnd
                        ? Optional.of(new RunsvEvent.ProcessEnded(Role.SERVICE, ExitStatus.ofCode(0), false))
                        : Optional.empty());
    }

    /** A logger is there for what runs or has run, and for what it has begun itself; else it need not be started. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            DOWN,   NO,       false, false, DOWN
            DOWN,   NO,       false, true,  UP
            RUN,    NO,       false, false, UP
            FINISH, NO,       false, false, UP
            DOWN,   STARTING, false, false, UP
            DOWN,   NO,       true,  false, UP
            """)
    void one_that_is_to_end_from_the_beginning_starts_no_logger_in_vain(
            State state, Busy busy, boolean hasUnseenEnd, boolean loggerLives, Want logger) {
        Unit log = Unit.down(Want.UP, Instant.EPOCH);
        RunsvState before = RunsvState.beginning(service(state, busy, hasUnseenEnd), Optional.of(log));

        RunsvState after = before.ending(loggerLives);

        assertThat(before.terminating()).isFalse();
        assertThat(after.terminating()).isTrue();
        assertThat(after.service()).isEqualTo(before.service());
        assertThat(after.unit(Role.LOG).status().want()).isEqualTo(logger);
    }
}
