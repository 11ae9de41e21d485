package io.github.pekkosupervisor.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowTest {

    @ParameterizedTest
    @CsvSource({"100, 130, OK", "100, 131, MISSED", "0, 131, NOT_JUDGED"})
    void a_ratio_is_judged_against_runit(double runit, double ours, Target.Verdict verdict) {
        Row row = Row.of("kill", "ms", value(runit), value(ours), Target.ratioAtMost(1.3));

        assertThat(row.verdict()).isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({"49.9, OK", "50, MISSED"})
    void a_limit_of_our_own_is_judged_without_runit(double ours, Target.Verdict verdict) {
        Row row = Row.of("link", "ms", Row.Value.ABSENT, value(ours), Target.below(50, "ms"));

        assertThat(row.verdict()).isEqualTo(verdict);
    }

    @Test
    void a_ratio_without_runit_is_not_judged() {
        Row row = Row.of("kill", "ms", Row.Value.ABSENT, value(1), Target.ratioAtMost(1.3));

        assertThat(row.verdict()).isEqualTo(Target.Verdict.NOT_JUDGED);
    }

    @Test
    void a_failure_of_ours_misses_the_target() {
        Row row = Row.of("link", "ms", value(1), failure(), Target.below(50, "ms"));

        assertThat(row.verdict()).isEqualTo(Target.Verdict.MISSED);
        assertThat(row.ours()).isEqualTo("FAILED");
    }

    @ParameterizedTest
    @CsvSource({"899, NOT_JUDGED", "900, MISSED"})
    void a_target_for_a_full_size_binds_from_there_on(int services, Target.Verdict verdict) {
        Row row = Row.of(
                "launch", "ms", value(1), value(1), Target.ratioAtMost(0.6).from(900, services));

        assertThat(row.verdict()).isEqualTo(verdict);
    }

    @Test
    void the_table_has_a_column_for_everything() {
        Row judged = Row.of("link", "ms", value(1020.4), value(12.5), Target.below(50, "ms"));
        Row silent = Row.of("threads", "", Row.Value.ABSENT, value(9), Target.NONE);

        assertThat(Row.table(List.of(judged, silent)).lines().map(line -> line.replaceAll(" {2,}", "|")))
                .containsExactly(
                        "measurement|runit|ours|ratio|target",
                        "link|1020 ms|12.50 ms|0.01x|< 50 ms|ok",
                        "threads|-|9|-");
    }

    private static Row.Value value(double number) {
        return new Row.Value(OptionalDouble.of(number), false);
    }

    private static Row.Value failure() {
        return new Row.Value(OptionalDouble.empty(), true);
    }
}
