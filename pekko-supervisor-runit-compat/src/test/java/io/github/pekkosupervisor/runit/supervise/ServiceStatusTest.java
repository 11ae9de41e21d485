package io.github.pekkosupervisor.runit.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceStatusTest {

    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");
    private static final Instant STAMP = Instant.ofEpochSecond(0x6b027d14L - 10, 0x376b5ae4);

    /** The bytes that a real runsv once wrote for pid 31895. */
    private static final String RUNNING = "40 00 00 00 6b 02 7d 14 37 6b 5a e4 97 7c 00 00 00 75 00 01";

    private static ServiceStatus status(State state, Want want, boolean paused, boolean gotTerm) {
        return new ServiceStatus(STAMP, state == State.DOWN ? 0 : 31_895, paused, gotTerm, want, state);
    }

    private static byte[] bytes(String hex) {
        return HEX.parseHex(hex);
    }

    @Nested
    class Status {

        @Test
        void of_a_running_service_is_what_runsv_writes() {
            byte[] bytes = StatusBytes.of(status(State.RUN, Want.UP, false, false));

            assertThat(HEX.formatHex(bytes)).isEqualTo(RUNNING);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                DOWN | UP | false | false | 00 75 00 00
                DOWN | DOWN | false | false | 00 64 00 00
                DOWN | EXIT | false | false | 00 64 00 00
                DOWN | DOWN | true | false | 01 64 00 00
                RUN | UP | false | false | 00 75 00 01
                RUN | UP | true | false | 01 75 00 01
                RUN | UP | false | true | 00 75 01 01
                RUN | DOWN | false | true | 00 64 01 01
                RUN | EXIT | true | true | 01 64 01 01
                FINISH | UP | false | false | 00 75 00 02
                FINISH | EXIT | false | false | 00 64 00 02
                """)
        void ends_with_flags_want_and_state(State state, Want want, boolean paused, boolean gotTerm, String tail) {
            byte[] bytes = StatusBytes.of(status(state, want, paused, gotTerm));

            assertThat(HEX.formatHex(Arrays.copyOfRange(bytes, 16, 20))).isEqualTo(tail);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                0 | 00 00 00 00
                1 | 01 00 00 00
                258 | 02 01 00 00
                31895 | 97 7c 00 00
                4194304 | 00 00 40 00
                2147483647 | ff ff ff 7f
                """)
        void has_the_pid_with_its_lowest_byte_first(int pid, String hex) {
            byte[] bytes = StatusBytes.of(new ServiceStatus(STAMP, pid, false, false, Want.UP, State.RUN));

            assertThat(HEX.formatHex(Arrays.copyOfRange(bytes, 12, 16))).isEqualTo(hex);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                1970-01-01T00:00:00Z | 40 00 00 00 00 00 00 0a 00 00 01 f4
                1970-01-01T00:00:00.000000999Z | 40 00 00 00 00 00 00 0a 00 00 01 f4
                1970-01-01T00:00:00.000001Z | 40 00 00 00 00 00 00 0a 00 00 05 dc
                1970-01-01T00:00:00.999999999Z | 40 00 00 00 00 00 00 0a 3b 9a c8 0c
                1969-12-31T23:59:59Z | 40 00 00 00 00 00 00 09 00 00 01 f4
                2038-01-19T03:14:08Z | 40 00 00 00 80 00 00 0a 00 00 01 f4
                """)
        void begins_with_a_label_whose_nanoseconds_end_in_500(Instant stamp, String hex) {
            byte[] bytes = StatusBytes.of(new ServiceStatus(stamp, 1, false, false, Want.UP, State.RUN));

            assertThat(HEX.formatHex(Arrays.copyOf(bytes, 12))).isEqualTo(hex);
        }
    }

    @Nested
    class Stat {

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                DOWN | UP | false | false | down
                DOWN | DOWN | false | false | down
                DOWN | EXIT | false | false | down
                DOWN | DOWN | true | false | down, paused
                RUN | UP | false | false | run
                RUN | DOWN | false | false | run, want down
                RUN | EXIT | false | false | run, want exit
                RUN | UP | true | false | run, paused
                RUN | UP | false | true | run, got TERM
                RUN | DOWN | false | true | run, got TERM, want down
                RUN | EXIT | false | true | run, got TERM, want exit
                RUN | DOWN | true | true | run, paused, got TERM, want down
                FINISH | UP | false | false | finish
                FINISH | DOWN | false | false | finish, want down
                FINISH | EXIT | false | false | finish, want exit
                FINISH | EXIT | true | false | finish, paused, want exit
                """)
        void is_a_line(State state, Want want, boolean paused, boolean gotTerm, String line) {
            byte[] stat = status(state, want, paused, gotTerm).toStat();

            assertThat(new String(stat, StandardCharsets.US_ASCII)).isEqualTo(line + "\n");
        }
    }

    @Nested
    class Pid {

        @Test
        void is_a_line_while_there_is_a_process() {
            byte[] pid = status(State.FINISH, Want.UP, false, false).toPid();

            assertThat(new String(pid, StandardCharsets.US_ASCII)).isEqualTo("31895\n");
        }

        @Test
        void is_empty_while_there_is_none() {
            byte[] pid = status(State.DOWN, Want.UP, false, false).toPid();

            assertThat(pid).isEmpty();
        }
    }

    @Nested
    class Parse {

        static Stream<Arguments> all_combinations() {
            return Stream.of(State.values())
                    .flatMap(state -> Stream.of(Want.UP, Want.DOWN)
                            .flatMap(want -> Stream.of(false, true)
                                    .flatMap(paused -> Stream.of(false, true)
                                            .map(gotTerm -> Arguments.of(state, want, paused, gotTerm)))));
        }

        @ParameterizedTest
        @MethodSource("all_combinations")
        void reads_what_was_written(State state, Want want, boolean paused, boolean gotTerm) {
            ServiceStatus status = status(state, want, paused, gotTerm);

            assertThat(StatusBytes.parse(StatusBytes.of(status))).contains(status);
        }

        @Test
        void takes_exit_for_down() {
            byte[] bytes = StatusBytes.of(status(State.RUN, Want.EXIT, false, true));

            assertThat(StatusBytes.parse(bytes)).contains(status(State.RUN, Want.DOWN, false, true));
        }

        @Test
        void reads_a_label_with_nanoseconds_as_they_are() {
            byte[] bytes = bytes("40 00 00 00 00 00 00 0b 00 00 00 07 01 00 00 00 00 75 00 01");

            assertThat(StatusBytes.parse(bytes)).map(ServiceStatus::stamp).contains(Instant.ofEpochSecond(1, 7));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 18, 19, 21, 24})
        void refuses_another_length(int length) {
            byte[] bytes = Arrays.copyOf(bytes(RUNNING), length);

            assertThat(StatusBytes.parse(bytes)).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    // no such state
                    "40 00 00 00 6b 02 7d 14 37 6b 5a e4 97 7c 00 00 00 75 00 03",
                    "40 00 00 00 6b 02 7d 14 37 6b 5a e4 97 7c 00 00 00 75 00 ff",
                    // a second has fewer nanoseconds
                    "40 00 00 00 6b 02 7d 14 3b 9a ca 00 97 7c 00 00 00 75 00 01",
                    "40 00 00 00 6b 02 7d 14 ff ff ff ff 97 7c 00 00 00 75 00 01",
                    // too far away for any calendar
                    "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
                    "7f ff ff ff ff ff ff ff 00 00 00 00 00 00 00 00 00 75 00 01",
                    "80 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 75 00 01",
                    "ff ff ff ff ff ff ff ff 00 00 00 00 00 00 00 00 00 75 00 01"
                })
        void refuses_junk(String hex) {
            assertThat(StatusBytes.parse(bytes(hex))).isEmpty();
        }
    }

    @Nested
    class Tai64nText {

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                1970-01-01T00:00:00Z | @400000000000000a000001f4
                2026-11-20T12:00:00.123456789Z | @400000006b00364a075bcbf4
                """)
        void has_an_at_sign_and_24_digits(Instant time, String text) {
            String label = Tai64n.text(time);

            assertThat(label).isEqualTo(text);
        }
    }
}
