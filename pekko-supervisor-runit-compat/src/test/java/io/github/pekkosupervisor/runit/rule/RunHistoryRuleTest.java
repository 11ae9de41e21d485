package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Unit;
import io.github.pekkosupervisor.runit.supervise.RunHistory;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunHistoryRuleTest {

    private static final RunHistory BEGINNING =
            RunHistory.beginning(new ProcessIdentity(4711, 12345, "0e1ae6bd-3ab0-4fb4-9a3e-36e9b4a6b5e3"));
    private static final RunsvEvent STARTED = new RunsvEvent.ProcessStarted(Role.SERVICE, 7);

    @Test
    void first_start_is_no_restart() {
        assertThat(RunHistoryRule.after(BEGINNING, STARTED, unit(State.DOWN, Busy.STARTING)))
                .isEqualTo(BEGINNING);
    }

    @Test
    void start_after_an_end_is_a_restart() {
        RunHistory ended = RunHistoryRule.after(BEGINNING, ended(9), unit(State.RUN, Busy.NO));
        RunHistory again = RunHistoryRule.after(ended, STARTED, unit(State.DOWN, Busy.STARTING));

        assertThat(ended).isEqualTo(history(0, 9));
        assertThat(again).isEqualTo(history(1, 9));
    }

    @Test
    void end_while_a_script_runs_counts_at_once() {
        assertThat(RunHistoryRule.after(history(1, 9), ended(256), unit(State.RUN, Busy.SCRIPT)))
                .isEqualTo(history(1, 256));
    }

    @Test
    void start_of_a_program_that_cannot_be_run_is_a_start_and_an_end() {
        int fatal = 111 << 8;

        assertThat(RunHistoryRule.after(BEGINNING, ended(fatal), unit(State.DOWN, Busy.STARTING)))
                .isEqualTo(history(0, fatal));
        assertThat(RunHistoryRule.after(history(0, fatal), ended(fatal), unit(State.DOWN, Busy.STARTING)))
                .isEqualTo(history(1, fatal));
    }

    @Test
    void finish_changes_nothing() {
        assertThat(RunHistoryRule.after(history(1, 9), STARTED, unit(State.FINISH, Busy.STARTING)))
                .isEqualTo(history(1, 9));
        assertThat(RunHistoryRule.after(history(1, 9), ended(0), unit(State.FINISH, Busy.NO)))
                .isEqualTo(history(1, 9));
        assertThat(RunHistoryRule.after(history(1, 9), ended(0), unit(State.FINISH, Busy.STARTING)))
                .isEqualTo(history(1, 9));
    }

    @Test
    void refused_start_changes_nothing() {
        RunsvEvent refused = new RunsvEvent.StartRefused(Role.SERVICE);

        assertThat(RunHistoryRule.after(history(1, 9), refused, unit(State.DOWN, Busy.STARTING)))
                .isEqualTo(history(1, 9));
    }

    private static RunsvEvent ended(int waitStatus) {
        return new RunsvEvent.ProcessEnded(Role.SERVICE, new ExitStatus(waitStatus), false);
    }

    private static Unit unit(State state, Busy busy) {
        return new Unit(
                new ServiceStatus(Instant.EPOCH, 0, false, false, Want.UP, state),
                busy,
                false,
                false,
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static RunHistory history(int restarts, int waitStatus) {
        return new RunHistory(restarts, Optional.of(new ExitStatus(waitStatus)), BEGINNING.supervisor());
    }
}
