package io.github.pekkosupervisor.examples.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.examples.soak.Standing.Told;
import io.github.pekkosupervisor.examples.soak.Standing.Wanted;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each judge says of a look. */
final class JudgeTest {

    private static final long LAUNCHER = 1000;

    private static Seen process(long pid, long parent, char state) {
        return new Seen(pid, pid, parent, state, "/service/a", List.of("perl"));
    }

    private static List<Seen> processes(long many) {
        return LongStream.range(0, many)
                .mapToObj(i -> process(7 + i, LAUNCHER, 'S'))
                .toList();
    }

    private static Look of(Standing service) {
        return new Look(LAUNCHER, List.of(service), List.of());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            0 | 0 | -
            1 | 1 | -
            2 | 1 | a runs 2 times: 7, 8
            1 | 2 | the logger of a runs 2 times: 7, 8
            """)
    void copies(long runs, long loggers, String expected) {
        Standing service =
                new Standing("a", Wanted.UP, processes(runs), List.of(), processes(loggers), Optional.empty());

        assertThat(Judge.COPIES.wrongs(of(service)))
                .isEqualTo(Optional.ofNullable(expected).stream().toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            UP       | 1 | 1 | -
            UP       | 0 | 1 | a is wanted up, and does not run
            DOWN     | 0 | 1 | -
            DOWN     | 1 | 1 | a is wanted down, and runs
            ANYTHING | 0 | 0 | -
            ANYTHING | 1 | 1 | -
            NOTHING  | 0 | 0 | -
            NOTHING  | 1 | 0 | a has no link any more, and runs
            NOTHING  | 0 | 1 | a has no link any more, and runs
            """)
    void up(Wanted wanted, long runs, long loggers, String expected) {
        Standing service = new Standing("a", wanted, processes(runs), List.of(), processes(loggers), Optional.empty());

        assertThat(Judge.UP.wrongs(of(service)))
                .isEqualTo(Optional.ofNullable(expected).stream().toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            r | 7 | 1 | -
            r | 9 | 1 | the status of a says that it runs as 9, but what runs is [7]
            r | 7 | 0 | the status of a says that it runs as 7, but what runs is []
            d | 0 | 0 | -
            d | 0 | 1 | the status of a says that it is down, but what runs is [7]
            f | 9 | 0 | -
            f | 9 | 1 | the status of a says that it is finishing, but what runs is [7]
            - | 0 | 0 | -
            - | 0 | 1 | a runs, and has no status
            """)
    void status(Character state, long pid, long runs, String expected) {
        Optional<Told> told = Optional.ofNullable(state).map(letter -> new Told(letter, pid));
        Standing service = new Standing("a", Wanted.UP, processes(runs), List.of(), List.of(), told);

        assertThat(Judge.STATUS.wrongs(of(service)))
                .isEqualTo(Optional.ofNullable(expected).stream().toList());
    }

    @Test
    void status_of_one_without_a_link_may_not_be_there() {
        Standing service = new Standing("a", Wanted.NOTHING, processes(1), List.of(), List.of(), Optional.empty());

        assertThat(Judge.STATUS.wrongs(of(service))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            1000 | S | -
            1000 | T | -
            1001 | Z | -
            1000 | Z | process 7 has ended, and the launcher does not wait for it
            """)
    void zombies(long parent, char state, String expected) {
        Look look = new Look(LAUNCHER, List.of(), List.of(process(7, parent, state)));

        assertThat(Judge.ZOMBIES.wrongs(look))
                .isEqualTo(Optional.ofNullable(expected).stream().toList());
    }
}
