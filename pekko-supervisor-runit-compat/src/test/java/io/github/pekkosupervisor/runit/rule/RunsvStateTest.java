package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Unit;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

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
}
