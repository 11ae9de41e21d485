package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.runit.rule.PipeRule.End;
import io.github.pekkosupervisor.runit.rule.PipeRule.Kind;
import io.github.pekkosupervisor.runit.rule.PipeRule.Verdict;
import java.util.Locale;
import java.util.Optional;
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
     * @param wasLeft whether the FIFO with the name was there before
     * @param expected the pipe that is to be taken, or what else follows
     */
    @ParameterizedTest
    @CsvSource(textBlock = """
            none,   none,   false, as it is
            none,   pipe 2, false, as it is
            none,   left 2, false, as it is
            none,   hidden, false, as it is
            pipe 1, none,   true,  as it is
            pipe 1, pipe 1, true,  as it is
            pipe 1, pipe 2, true,  as it is
            pipe 1, left 2, true,  as it is
            pipe 1, hidden, true,  as it is
            pipe 2, none,   false, as it is
            pipe 2, pipe 1, false, as it is
            pipe 2, pipe 2, false, 2
            pipe 2, pipe 3, false, as it is
            pipe 2, left 3, false, 3
            pipe 2, hidden, false, unknown
            pipe 2, hidden, true,  unknown
            left 2, none,   false, 2
            left 2, none,   true,  2
            left 2, pipe 1, false, as it is
            left 2, pipe 3, false, 2
            left 2, left 2, false, 2
            left 2, left 3, false, 3
            left 2, hidden, false, 2
            hidden, none,   false, unknown
            hidden, none,   true,  as it is
            hidden, pipe 1, false, as it is
            hidden, pipe 2, false, 2
            hidden, pipe 2, true,  2
            hidden, left 2, false, 2
            hidden, hidden, false, unknown
            hidden, hidden, true,  as it is
            """)
    void what_the_two_have_decides(String output, String input, boolean wasLeft, String expected) {
        Verdict verdict = PipeRule.decide(end(output), end(input), pipe(OPEN), wasLeft);

        assertThat(verdict)
                .isEqualTo(
                        switch (expected) {
                            case "as it is" -> new Verdict(Optional.empty(), false);
                            case "unknown" -> new Verdict(Optional.empty(), true);
                            default -> new Verdict(Optional.of(pipe(Integer.parseInt(expected))), false);
                        });
    }
}
