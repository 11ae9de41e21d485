package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.runit.rule.Awaited.Script;
import io.github.pekkosupervisor.runit.rule.RunsvState.Unit;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** By the way that the rule itself takes to each state. */
class AwaitedTest {

    private static final Instant NOW = Instant.ofEpochSecond(1_000_000_000);
    private static final ExitStatus KILLED = ExitStatus.ofSignal(9);

    private RunsvState state = RunsvState.NOTHING;

    private void begin(boolean withLog) {
        Unit down = Unit.down(ServiceStatus.Want.UP, NOW);
        state = RunsvState.beginning(down, withLog ? Optional.of(down) : Optional.empty());
        after(RunsvEvent.Begin.INSTANCE);
    }

    private void after(RunsvEvent event) {
        state = RunsvRule.decide(state, event, NOW.plusSeconds(5)).state();
    }

    /** Service 7, and logger 8 if it has one. */
    private void run(boolean withLog) {
        begin(withLog);
        state.log().ifPresent(log -> after(new RunsvEvent.ProcessStarted(Role.LOG, 8)));
        after(new RunsvEvent.ScriptEnded('u', false));
        after(new RunsvEvent.ProcessStarted(Role.SERVICE, 7));
    }

    private String awaited() {
        return Awaited.describe(Duration.ofSeconds(10), state, Optional.empty(), false);
    }

    @Test
    void it_is_said_after_ten_seconds_and_then_each_minute() {
        Duration first = Awaited.next(Duration.ZERO);
        Duration second = Awaited.next(first);

        assertThat(first).isEqualTo(Duration.ofSeconds(10));
        assertThat(second).isEqualTo(Duration.ofSeconds(70));
        assertThat(Awaited.next(second)).isEqualTo(Duration.ofSeconds(130));
        assertThat(Awaited.describe(second, state, Optional.empty(), false))
                .startsWith("not over 70 seconds after it was asked to end: ");
    }

    @Test
    void where_it_cannot_be_told_what_runs_that_is_the_end() {
        assertThat(Awaited.unknown(Duration.ofSeconds(10)))
                .isEqualTo(
                        "not over 10 seconds after it was asked to end: it still cannot be told whether processes run"
                                + " here that were started before: it ends now, and what runs goes on");
    }

    @Test
    void when_the_service_is_down_the_start_of_the_logger_is_awaited() {
        state = RunsvState.beginning(
                Unit.down(ServiceStatus.Want.DOWN, NOW), Optional.of(Unit.down(ServiceStatus.Want.UP, NOW)));
        after(RunsvEvent.Begin.INSTANCE);

        assertThat(awaited()).endsWith(": log/run is being started");
    }

    @Test
    void when_service_and_logger_are_down_it_ends_now() {
        Unit down = Unit.down(ServiceStatus.Want.EXIT, NOW);
        state = RunsvState.beginning(down, Optional.of(down));

        assertThat(awaited()).endsWith(": it ends now");
    }

    @Nested
    class Service {

        @BeforeEach
        void start() {
            run(false);
            after(RunsvEvent.TerminateRequested.INSTANCE);
        }

        @Test
        void control_script_runs() {
            assertThat(Awaited.describe(
                            Duration.ofSeconds(10), state, Optional.of(new Script('t', Optional.of(9))), false))
                    .endsWith(": control/t (pid 9) goes on");
            assertThat(Awaited.describe(
                            Duration.ofSeconds(10), state, Optional.of(new Script('t', Optional.empty())), false))
                    .endsWith(": control/t is being started");
        }

        @Test
        void somebody_has_had_it_go_up_again() {
            after(new RunsvEvent.ScriptEnded('t', true));
            after(new RunsvEvent.ScriptEnded('x', false));
            after(new RunsvEvent.CommandRead(Role.SERVICE, 'u'));

            assertThat(awaited())
                    .endsWith(": ./run (pid 7) goes on, for it was told to be up after that; sv exit ends it");
        }

        @Test
        void term_was_kept_back() {
            after(new RunsvEvent.ScriptEnded('t', true));
            after(new RunsvEvent.ScriptEnded('x', false));

            assertThat(awaited()).endsWith(": ./run (pid 7) goes on, and control/t keeps TERM back; sv kill ends it");
        }

        @Test
        void term_is_ignored() {
            after(new RunsvEvent.ScriptEnded('t', false));
            after(new RunsvEvent.ScriptEnded('x', false));

            assertThat(awaited()).endsWith(": ./run (pid 7) goes on, though it got TERM; sv kill ends it");
        }

        @Test
        void finish_runs() {
            after(new RunsvEvent.ScriptEnded('t', false));
            after(new RunsvEvent.ScriptEnded('x', false));
            after(new RunsvEvent.ProcessEnded(Role.SERVICE, KILLED, true));
            assertThat(awaited()).endsWith(": ./finish is being started");

            after(new RunsvEvent.ProcessStarted(Role.SERVICE, 11));
            assertThat(awaited()).endsWith(": ./finish (pid 11) goes on");
        }

        @Test
        void no_process_can_be_made_for_finish() {
            after(new RunsvEvent.ScriptEnded('t', false));
            after(new RunsvEvent.ScriptEnded('x', false));
            after(new RunsvEvent.ProcessEnded(Role.SERVICE, KILLED, true));
            after(new RunsvEvent.StartRefused(Role.SERVICE));

            assertThat(awaited()).endsWith(": no process can be made for ./finish");
        }
    }

    @Nested
    class Logger {

        @BeforeEach
        void drain() {
            run(true);
            after(RunsvEvent.TerminateRequested.INSTANCE);
            after(new RunsvEvent.ScriptEnded('t', false));
            after(new RunsvEvent.ScriptEnded('x', false));
            after(new RunsvEvent.ProcessEnded(Role.SERVICE, KILLED, false));
        }

        @Test
        void reads_on() {
            assertThat(awaited())
                    .endsWith(": log/run (pid 8) goes on: somebody whom the service has started holds the pipe to it,"
                            + " or it does not end with its input");
        }

        @Test
        void is_our_own() {
            assertThat(Awaited.describe(Duration.ofSeconds(10), state, Optional.empty(), true))
                    .endsWith(": the log has not come to its end: somebody whom the service has started holds the pipe"
                            + " to it, or it cannot be written");
        }
    }

    @Test
    void start_is_under_way() {
        begin(false);
        after(RunsvEvent.TerminateRequested.INSTANCE);
        after(new RunsvEvent.ScriptEnded('u', false));

        assertThat(awaited()).endsWith(": ./run is being started");
    }

    @Test
    void who_is_asked_to_end_before_anything_could_be_taken_up_says_what_goes_on() {
        assertThat(Awaited.leftAlone(Optional.of("run (pid 7) goes on and is not supervised")))
                .isEqualTo("it was asked to end while nothing could be taken up here, so nothing is ended: run (pid 7)"
                        + " goes on and is not supervised");
        assertThat(Awaited.leftAlone(Optional.empty()))
                .isEqualTo("it was asked to end while nothing could be taken up here, so nothing is ended: what runs"
                        + " goes on and is not supervised");
    }
}
