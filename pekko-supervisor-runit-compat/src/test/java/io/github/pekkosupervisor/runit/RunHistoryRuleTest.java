package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvEvent;
import io.github.pekkosupervisor.runit.rule.RunsvRule;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Unit;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the events of a service directory mean for the account of what became of {@code run}. */
class RunHistoryRuleTest {

    private static final Instant NOW = Instant.EPOCH;
    private static final RunsvEvent STARTED = new RunsvEvent.ProcessStarted(Role.SERVICE, 7);
    private static final ServiceSnapshot BEGINNING = ServiceSnapshot.beginning("/web")
            .after(new ServiceEvent.SupervisionBegan("/web", status(State.DOWN), Optional.empty(), Set.of()));

    @Test
    void first_start_is_no_restart() {
        assertThat(account(after(BEGINNING, STARTED, unit(State.DOWN, Busy.STARTING))))
                .isEqualTo("0 restarts, no end");
    }

    @Test
    void start_after_an_end_is_a_restart() {
        ServiceSnapshot started = after(BEGINNING, STARTED, unit(State.DOWN, Busy.STARTING));
        ServiceSnapshot ended = after(started, ended(9), unit(State.RUN, Busy.NO));
        ServiceSnapshot again = after(ended, STARTED, unit(State.DOWN, Busy.STARTING));

        assertThat(account(ended)).isEqualTo("0 restarts, 9");
        assertThat(account(again)).isEqualTo("1 restarts, 9");
    }

    @Test
    void end_while_a_script_runs_counts_at_once() {
        assertThat(account(after(restarted(), ended(256), unit(State.RUN, Busy.SCRIPT))))
                .isEqualTo("1 restarts, 256");
    }

    @Test
    void start_of_a_program_that_cannot_be_run_is_a_start_and_an_end() {
        int fatal = 111 << 8;
        ServiceSnapshot once = after(BEGINNING, ended(fatal), unit(State.DOWN, Busy.STARTING));

        assertThat(account(once)).isEqualTo("0 restarts, " + fatal);
        assertThat(account(after(once, ended(fatal), unit(State.DOWN, Busy.STARTING))))
                .isEqualTo("1 restarts, " + fatal);
    }

    @Test
    void finish_changes_nothing() {
        ServiceSnapshot over = after(restarted(), ended(9), unit(State.RUN, Busy.NO));
        ServiceSnapshot finishing = after(over, STARTED, unit(State.FINISH, Busy.STARTING));

        assertThat(account(finishing)).isEqualTo("1 restarts, 9");
        assertThat(account(after(finishing, ended(0), unit(State.FINISH, Busy.NO))))
                .isEqualTo("1 restarts, 9");
        assertThat(account(after(over, ended(0), unit(State.FINISH, Busy.STARTING))))
                .isEqualTo("1 restarts, 9");
    }

    @Test
    void refused_start_changes_nothing() {
        ServiceSnapshot over = after(restarted(), ended(9), unit(State.RUN, Busy.NO));
        RunsvEvent refused = new RunsvEvent.StartRefused(Role.SERVICE);

        assertThat(account(after(over, refused, unit(State.DOWN, Busy.STARTING))))
                .isEqualTo("1 restarts, 9");
    }

    /** Has ended once, by signal 9, and runs again. */
    private static ServiceSnapshot restarted() {
        ServiceSnapshot started = after(BEGINNING, STARTED, unit(State.DOWN, Busy.STARTING));
        ServiceSnapshot ended = after(started, ended(9), unit(State.RUN, Busy.NO));
        return after(ended, STARTED, unit(State.DOWN, Busy.STARTING));
    }

    private static ServiceSnapshot after(ServiceSnapshot known, RunsvEvent event, Unit unit) {
        RunsvState before = RunsvState.beginning(unit, Optional.empty());
        RunsvRule.Decision decision = RunsvRule.decide(before, event, NOW);
        List<ServiceEvent> events =
                ServiceEvents.of(known, before, event, decision, NOW, Optional.empty(), Optional.empty());
        ServiceSnapshot after = known;
        for (ServiceEvent told : events) {
            after = after.after(told);
        }
        return after;
    }

    private static String account(ServiceSnapshot snapshot) {
        ServiceSnapshot.Unit service = snapshot.service().orElseThrow();
        return service.restarts() + " restarts, "
                + service.lastEnd()
                        .map(end -> Integer.toString(end.status().waitStatus()))
                        .orElse("no end");
    }

    private static RunsvEvent ended(int waitStatus) {
        return new RunsvEvent.ProcessEnded(Role.SERVICE, new ExitStatus(waitStatus), false);
    }

    private static ServiceStatus status(State state) {
        return new ServiceStatus(Instant.EPOCH, 0, false, false, Want.UP, state);
    }

    private static Unit unit(State state, Busy busy) {
        return new Unit(status(state), busy, false, false, false, finishing(state), Optional.empty(), Optional.empty());
    }

    private static Optional<ExitStatus> finishing(State state) {
        return state == State.FINISH ? Optional.of(ExitStatus.ofSignal(9)) : Optional.empty();
    }
}
