package io.github.pekkosupervisor.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.examples.WrittenLines.Verdict;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The judge of logs reports what is planted. */
final class WrittenLinesTest {

    @Test
    void all_lines_in_order_are_all_right() {
        assertThat(WrittenLines.judge(List.of("7 1", "8 1", "7 2", "8 2", "7 3"), Map.of(7L, 3L, 8L, 2L)))
                .isEqualTo(new Verdict(5, 0, 0, 0));
    }

    @Test
    void a_planted_gap_is_reported() {
        assertThat(WrittenLines.judge(List.of("7 1", "7 3"), Map.of(7L, 3L))).isEqualTo(new Verdict(3, 1, 0, 0));
    }

    @Test
    void lines_that_are_missing_at_the_end_are_reported() {
        assertThat(WrittenLines.judge(List.of("7 1"), Map.of(7L, 4L))).isEqualTo(new Verdict(4, 3, 0, 0));
    }

    @Test
    void a_writer_without_any_line_is_reported() {
        assertThat(WrittenLines.judge(List.of(), Map.of(7L, 2L))).isEqualTo(new Verdict(2, 2, 0, 0));
    }

    @Test
    void a_planted_double_is_reported() {
        assertThat(WrittenLines.judge(List.of("7 1", "7 2", "7 2", "7 1"), Map.of(7L, 2L)))
                .isEqualTo(new Verdict(2, 0, 2, 0));
    }

    @Test
    void two_that_have_changed_places_are_reported() {
        assertThat(WrittenLines.judge(List.of("7 2", "7 1", "7 3"), Map.of(7L, 3L)))
                .isEqualTo(new Verdict(3, 0, 0, 1));
    }

    @Test
    void who_has_not_said_how_many_he_wrote_is_judged_by_his_last_line() {
        assertThat(WrittenLines.judge(List.of("7 1", "7 4"), Map.of())).isEqualTo(new Verdict(4, 2, 0, 0));
    }

    @Test
    void a_log_is_judged_while_it_grows() {
        WrittenLines lines = new WrittenLines();
        lines.add("7 1");
        lines.add("7 3");
        assertThat(lines.verdict(Map.of())).isEqualTo(new Verdict(3, 1, 0, 0));
        assertThat(lines.whole(7)).isEqualTo(1);

        lines.add("7 2");
        assertThat(lines.verdict(Map.of(7L, 4L))).isEqualTo(new Verdict(4, 1, 0, 1));
        assertThat(lines.whole(7)).isEqualTo(3);
        assertThat(lines.whole(8)).isZero();
    }

    @Test
    void who_is_forgotten_is_judged_no_more() {
        WrittenLines lines = new WrittenLines();
        lines.add("7 2");
        lines.add("8 1");

        lines.forget(List.of(7L));

        assertThat(lines.verdict(Map.of())).isEqualTo(new Verdict(1, 0, 0, 0));
    }
}
