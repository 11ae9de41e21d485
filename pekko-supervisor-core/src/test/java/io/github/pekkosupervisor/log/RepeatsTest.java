package io.github.pekkosupervisor.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.LogEntry.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said of the same again, with time as a value. */
final class RepeatsTest {

    private final Repeats<String> repeats = new Repeats<>();
    private final List<String> said = new ArrayList<>();

    private static Topic topic(String child, String why) {
        return new Topic("child_terminated", "/", child, why);
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1_000_000_000L);
    }

    /** As a log uses it. */
    private void happens(String child, String why, double seconds) {
        long now = nanos(seconds);
        due(seconds);
        Topic topic = topic(child, why);
        if (repeats.isNews(topic, now)) {
            add(repeats.told(other -> other.child().equals(child), now));
        }
        Repeats.Verdict verdict = repeats.happens(topic, child + " " + why, now);
        if (verdict != Repeats.Verdict.COUNTED) {
            said.add(verdict + " " + child + " " + why);
        }
    }

    private void due(double seconds) {
        add(repeats.due(nanos(seconds)));
    }

    private void add(List<Repeats.Count<String>> counts) {
        counts.forEach(count -> said.add(count.last() + " x" + count.number() + " in " + count.within()));
    }

    /** Times at which the same happens, and what is said in the end; the last time is only looked at. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "once                     | 0                  | 30 | WHOLE",
                "three are said           | 0 1 2              | 30 | WHOLE, BRIEF, BRIEF",
                "a fourth is counted      | 0 1 2 3            | 9  | WHOLE, BRIEF, BRIEF",
                "and told in time         | 0 1 2 3            | 10 | WHOLE, BRIEF, BRIEF, x1 in PT10S",
                "all of a flood are       | 0 1 2 3 4 5        | 10 | WHOLE, BRIEF, BRIEF, x3 in PT10S",
                "each window              | 0 1 2 3 11 12      | 21 | WHOLE, BRIEF, BRIEF, x1 in PT11S, x2 in PT10S",
                "a flood that goes on     | 0 1 2 3 10 11      | 20 | WHOLE, BRIEF, BRIEF, x1 in PT10S, x2 in PT10S",
                "a flood that is over     | 0 1 2 3 10 20 31   | 40 | WHOLE, BRIEF, BRIEF, x1 in PT10S, x1 in PT10S, x1 in PT11S",
                "slower than a flood      | 0 10 20 30         | 90 | WHOLE, BRIEF, BRIEF, BRIEF",
                "all again each minute    | 0 20 40 59 60 61   | 90 | WHOLE, BRIEF, BRIEF, BRIEF, WHOLE, BRIEF",
                "after a minute of peace  | 0 60               | 90 | WHOLE, WHOLE",
                "just before              | 0 59.9             | 90 | WHOLE, BRIEF",
            })
    void of_the_same_again_this_is_said(String name, String times, double end, String expected) {
        for (String time : times.split(" ", -1)) {
            happens("a", "boom", Double.parseDouble(time));
        }
        due(end);

        assertThat(said.stream().map(line -> line.replaceAll(" ?a boom ?", "")).toList())
                .containsExactly(expected.split(", ", -1));
    }

    @Test
    void another_reason_is_never_left_out() {
        IntStream.range(0, 100).forEach(i -> happens("a", "reason " + i, i / 100.0));

        assertThat(said).hasSize(100).allMatch(line -> line.startsWith("WHOLE"));
    }

    @Test
    void another_child_is_another_matter() {
        IntStream.range(0, 4).forEach(i -> happens("a", "boom", i));

        happens("b", "boom", 4);

        assertThat(said).endsWith("BRIEF a boom", "WHOLE b boom");
    }

    @Test
    void before_another_reason_the_count_of_the_one_before_is_told() {
        IntStream.range(0, 5).forEach(i -> happens("a", "boom", i));

        happens("a", "bang", 5);

        assertThat(said).endsWith("a boom x2 in PT5S", "WHOLE a bang");
    }

    @Test
    void two_reasons_by_turns_are_a_flood_all_the_same() {
        IntStream.range(0, 100).forEach(i -> happens("a", i % 2 == 0 ? "boom" : "bang", i / 100.0));

        assertThat(said).hasSize(6);
    }

    @Test
    void the_next_count_is_due_when_its_window_is_over() {
        IntStream.range(0, 3).forEach(i -> happens("a", "boom", i));
        assertThat(repeats.nextDue()).isEmpty();

        happens("a", "boom", 4);

        assertThat(repeats.nextDue()).hasValue(nanos(10));
        due(10);
        assertThat(repeats.nextDue()).isEmpty();
    }

    @Test
    void what_is_remembered_is_bounded_and_no_count_is_lost_with_it() {
        IntStream.range(0, 5).forEach(i -> happens("a", "boom", 0));
        IntStream.range(0, Repeats.MOST_TOPICS).forEach(i -> happens("other " + i, "boom", 1));

        due(2);

        assertThat(said).endsWith("a boom x2 in PT2S");
        happens("a", "boom", 3);
        assertThat(said).as("it is not known any more").endsWith("WHOLE a boom");
    }

    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    /** Whatever happens when: each is said or counted, once. */
    @ParameterizedTest
    @MethodSource("seeds")
    void nothing_is_lost(long seed) {
        Random random = new Random(seed);
        double time = 0;
        int all = 2_000;
        for (int i = 0; i < all; i++) {
            time += random.nextInt(10) == 0 ? random.nextDouble() * 40 : random.nextDouble();
            happens("child " + random.nextInt(3), "reason " + random.nextInt(3), time);
        }
        due(time + 10);

        int told = said.stream()
                .mapToInt(line -> line.contains(" x") ? Integer.parseInt(line.replaceAll(".* x| in .*", "")) : 1)
                .sum();
        assertThat(told).isEqualTo(all);
        assertThat(said).as("some were counted").anyMatch(line -> line.contains(" x"));
    }

    @Test
    void a_window_is_ten_seconds() {
        assertThat(Repeats.WINDOW).isEqualTo(Duration.ofSeconds(10));
    }
}
