package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.FifoUse;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.runit.rule.PipeRule.End;
import io.github.pekkosupervisor.runit.rule.PipeRule.Kind;
import io.github.pekkosupervisor.runit.rule.PipeRule.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which pipe is the one between a run and its logger: all pairs of what is to be seen of the two. */
class PipeRuleTest {

    private static final int OPEN = 1;

    private static FileStatus.Id pipe(int number) {
        return new FileStatus.Id(7, number);
    }

    /** A kind, and which pipe: that which is open is 1. */
    private static End end(String words) {
        String[] parts = words.split(" ", -1);
        return new End(
                Kind.valueOf(parts[0].toUpperCase(Locale.ROOT)),
                parts.length == 1 ? Optional.empty() : Optional.of(pipe(Integer.parseInt(parts[1]))));
    }

    /**
     * @param others who had the FIFO with the name open: nobody, one to read from it, one to write to it, or both
     * @param expected the pipe that is to be taken, or what else follows
     */
    @ParameterizedTest
    @CsvSource(textBlock = """
            none,   none,   nobody, as it is
            none,   pipe 2, nobody, as it is
            none,   left 2, nobody, as it is
            none,   hidden, nobody, as it is
            pipe 1, none,   both,   as it is
            pipe 1, pipe 1, both,   as it is
            pipe 1, pipe 2, both,   as it is
            pipe 1, left 2, both,   as it is
            pipe 1, hidden, both,   as it is
            pipe 2, none,   nobody, as it is
            pipe 2, pipe 1, reader, as it is
            pipe 2, pipe 2, nobody, 2
            pipe 2, pipe 3, nobody, as it is
            pipe 2, left 3, nobody, 3
            pipe 2, hidden, nobody, perhaps read
            pipe 2, hidden, writer, perhaps read
            pipe 2, hidden, reader, as it is
            left 2, none,   nobody, 2
            left 2, none,   both,   2
            left 2, pipe 1, reader, as it is
            left 2, pipe 3, nobody, 2
            left 2, left 2, nobody, 2
            left 2, left 3, nobody, 3
            left 2, hidden, nobody, 2
            hidden, none,   nobody, unread
            hidden, none,   reader, unread
            hidden, none,   writer, as it is
            hidden, none,   both,   as it is
            hidden, pipe 1, nobody, unread
            hidden, pipe 1, reader, unread
            hidden, pipe 1, both,   as it is
            hidden, pipe 2, nobody, 2
            hidden, pipe 2, reader, perhaps read
            hidden, pipe 2, both,   as it is
            hidden, left 2, nobody, 2
            hidden, left 2, reader, 2
            hidden, left 2, both,   as it is
            hidden, hidden, nobody, perhaps read
            hidden, hidden, reader, perhaps read
            hidden, hidden, both,   as it is
            """)
    void what_the_two_have_decides(String output, String input, String others, String expected) {
        FifoUse use = new FifoUse(
                List.of("reader", "both").contains(others),
                List.of("writer", "both").contains(others));

        Verdict verdict = PipeRule.decide(end(output), end(input), pipe(OPEN), use);

        assertThat(verdict)
                .isEqualTo(
                        switch (expected) {
                            case "as it is" -> PipeRule.AsItIs.INSTANCE;
                            case "perhaps read" -> PipeRule.Lost.PERHAPS_READ;
                            case "unread" -> PipeRule.Lost.UNREAD;
                            default -> new PipeRule.Take(pipe(Integer.parseInt(expected)));
                        });
    }

    @Test
    void what_a_record_names_counts() {
        assertThat(PipeRule.recorded(pipe(OPEN), pipe(OPEN))).isEqualTo(PipeRule.AsItIs.INSTANCE);
        assertThat(PipeRule.recorded(pipe(2), pipe(OPEN))).isEqualTo(new PipeRule.Take(pipe(2)));
    }

    @Test
    void what_is_lost_is_said_with_what_follows() {
        assertThat(PipeRule.Lost.PERHAPS_READ.words())
                .isEqualTo("the pipe from run to its logger cannot be adopted; what run writes reaches the logger as"
                        + " long as that runs, and no other one before run is started again");
        assertThat(PipeRule.Lost.UNREAD.words())
                .isEqualTo("run does not write to the pipe to its logger, and where to cannot be seen: if that is a"
                        + " pipe of before, nobody reads it, and run waits when it is full; restart it");
    }
}
