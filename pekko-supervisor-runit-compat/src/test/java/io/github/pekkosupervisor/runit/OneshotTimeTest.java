package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Ten seconds for each run. An event is a letter, the number of a process and a time in seconds: it runs, or is paused;
 * number 0 for none.
 */
@Execution(ExecutionMode.CONCURRENT)
class OneshotTimeTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static long nanos(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    private static OneshotTime after(OneshotTime before, String event) {
        int pid = event.charAt(1) - '0';
        return before.next(pid, event.charAt(0) == 'p', LIMIT, nanos(Long.parseLong(event.substring(3))));
    }

    @ParameterizedTest
    @CsvSource({
        "r0@1,                1,  never",
        "r1@1,                1,  10",
        "r1@1,                4,  7",
        "r1@1,                12, 0",
        "r1@1 r1@5,           5,  6",
        "r1@1 p1@5,           99, never",
        "r1@1 p1@5 r1@20,     20, 6",
        "r1@1 p1@5 r1@20,     22, 4",
        "p1@1 r1@20,          20, 10",
        "r1@1 r0@5,           6,  never",
        "r1@1 r0@5 r2@7,      7,  10",
        "r1@1 r2@7,           7,  10",
        "r1@1 p1@5 r0@6 r1@9, 9,  10",
    })
    void when_it_is_over(String events, long now, String due) {
        OneshotTime time = OneshotTime.NONE;
        for (String event : List.of(events.split(" ", -1))) {
            time = after(time, event);
        }

        assertThat(time.due(nanos(now))
                        .map(rest -> String.valueOf(rest.toSeconds()))
                        .orElse("never"))
                .isEqualTo(due);
    }

    /** So that a timer is set once. */
    @Test
    void where_nothing_has_changed_it_is_as_before() {
        OneshotTime runs = after(OneshotTime.NONE, "r1@1");
        OneshotTime paused = after(runs, "p1@5");

        assertThat(after(runs, "r1@4")).isEqualTo(runs);
        assertThat(after(paused, "p1@9")).isEqualTo(paused);
        assertThat(after(OneshotTime.NONE, "r0@9")).isEqualTo(OneshotTime.NONE);
    }
}
