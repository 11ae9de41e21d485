package io.github.pekkosupervisor.runit.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.nio.charset.StandardCharsets;
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
