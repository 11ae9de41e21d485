package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.RunsvState.Busy;
import io.github.pekkosupervisor.runit.RunsvState.Unit;
import io.github.pekkosupervisor.runit.ServiceStatus.State;
import io.github.pekkosupervisor.runit.ServiceStatus.Want;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunHistoryTest {

    private static final ProcessIdentity SUPERVISOR =
            new ProcessIdentity(4711, 12345, "0e1ae6bd-3ab0-4fb4-9a3e-36e9b4a6b5e3");
    private static final RunHistory BEGINNING = RunHistory.beginning(SUPERVISOR);
    private static final RunsvEvent STARTED = new RunsvEvent.ProcessStarted(Role.SERVICE, 7);

    @Nested
    class Rule {

        @Test
        void first_start_is_no_restart() {
            assertThat(BEGINNING.after(STARTED, unit(State.DOWN, Busy.STARTING)))
                    .isEmpty();
        }

        @Test
        void start_after_an_end_is_a_restart() {
            RunHistory ended =
                    BEGINNING.after(ended(9), unit(State.RUN, Busy.NO)).orElseThrow();
            RunHistory again =
                    ended.after(STARTED, unit(State.DOWN, Busy.STARTING)).orElseThrow();

            assertThat(ended).isEqualTo(history(0, 9));
            assertThat(again).isEqualTo(history(1, 9));
        }

        @Test
        void end_while_a_script_runs_counts_at_once() {
            assertThat(history(1, 9).after(ended(256), unit(State.RUN, Busy.SCRIPT)))
                    .contains(history(1, 256));
        }

        @Test
        void start_of_a_program_that_cannot_be_run_is_a_start_and_an_end() {
            int fatal = 111 << 8;

            assertThat(BEGINNING.after(ended(fatal), unit(State.DOWN, Busy.STARTING)))
                    .contains(history(0, fatal));
            assertThat(history(0, fatal).after(ended(fatal), unit(State.DOWN, Busy.STARTING)))
                    .contains(history(1, fatal));
        }

        @Test
        void finish_changes_nothing() {
            assertThat(history(1, 9).after(STARTED, unit(State.FINISH, Busy.STARTING)))
                    .isEmpty();
            assertThat(history(1, 9).after(ended(0), unit(State.FINISH, Busy.NO)))
                    .isEmpty();
            assertThat(history(1, 9).after(ended(0), unit(State.FINISH, Busy.STARTING)))
                    .isEmpty();
        }

        @Test
        void refused_start_changes_nothing() {
            RunsvEvent refused = new RunsvEvent.StartRefused(Role.SERVICE);

            assertThat(history(1, 9).after(refused, unit(State.DOWN, Busy.STARTING)))
                    .isEmpty();
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
    }

    @Nested
    class Line {

        @ParameterizedTest
        @CsvSource({"0, 0", "1, 9", "2, 139", "2147483647, 65535"})
        void is_read_as_it_was_written(int restarts, int waitStatus) {
            RunHistory history = history(restarts, waitStatus);

            assertThat(RunHistory.parse(history.toLine())).contains(history);
            assertThat(history.toLine()).hasSize(RunHistory.LENGTH).endsWith((byte) '\n');
        }

        @Test
        void says_that_there_is_nothing_yet() {
            assertThat(text(BEGINNING)).startsWith("0          -     4711 12345 ");
            assertThat(RunHistory.parse(BEGINNING.toLine())).contains(BEGINNING);
        }

        @Test
        void of_a_supervisor_without_a_known_boot_is_read_too() {
            RunHistory history = RunHistory.beginning(new ProcessIdentity(4711, 0, ""));

            assertThat(RunHistory.parse(history.toLine())).contains(history);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "\n",
                    "1          9     4711 12345 boot\n",
                    "-1         9     4711 12345 P",
                    "x          9     4711 12345 P",
                    "           9     4711 12345 P",
                    "9999999999 9     4711 12345 P",
                    "1                4711 12345 P",
                    "1          x     4711 12345 P",
                    "1          -1    4711 12345 P",
                    "1          65536 4711 12345 P",
                    "1          9     P",
                    "1          9     x 12345 P",
                    "1          9     4711 x P",
                    "\u0000\u0000 P",
                })
        void that_is_anything_else_is_no_history(String text) {
            String padding = "b" + " ".repeat(Math.max(0, RunHistory.LENGTH - text.length() - 1)) + "\n";

            assertThat(RunHistory.parse(text.replace("P", padding).getBytes(StandardCharsets.US_ASCII)))
                    .isEmpty();
        }

        @Test
        void that_goes_on_is_no_history() {
            assertThat(RunHistory.parse((text(BEGINNING) + "\n").getBytes(StandardCharsets.US_ASCII)))
                    .isEmpty();
        }

        private static String text(RunHistory history) {
            return new String(history.toLine(), StandardCharsets.US_ASCII);
        }
    }

    private static RunHistory history(int restarts, int waitStatus) {
        return new RunHistory(restarts, Optional.of(new ExitStatus(waitStatus)), SUPERVISOR);
    }
}
