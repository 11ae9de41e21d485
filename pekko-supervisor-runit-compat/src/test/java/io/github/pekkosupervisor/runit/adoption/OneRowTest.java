package io.github.pekkosupervisor.runit.adoption;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which row is played, so that each is one day. */
final class OneRowTest {

    private enum Colour {
        RED,
        GREEN,
        BLUE
    }

    /** Tables of each kind; no tests. */
    @SuppressWarnings({"UnusedMethod", "UnusedVariable"})
    private static final class Tables {
        @CsvSource({"1, a", "2, b", "3, c", "4, d"})
        void csv(int number, String text) {}

        @ValueSource(booleans = {false, true})
        void value(boolean is) {}

        @EnumSource
        void whole(Colour colour) {}

        @EnumSource(
                value = Colour.class,
                names = {"RED", "BLUE"})
        void some(Colour colour) {}

        @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RED")
        void butOne(Colour colour) {}

        @MethodSource("rows")
        void method(String row) {}
    }

    private static OptionalInt rows(String name) {
        for (Method method : Tables.class.getDeclaredMethods()) {
            if (method.getName().equals(name)) {
                return OneRow.rows(method);
            }
        }
        throw new IllegalArgumentException(name);
    }

    @ParameterizedTest
    @CsvSource({"csv, 4", "value, 2", "whole, 3", "some, 2", "butOne, 2"})
    void rows_are_counted(String table, int rows) {
        assertThat(rows(table)).hasValue(rows);
    }

    @Test
    void a_table_that_is_not_written_down_is_played_whole() {
        assertThat(rows("method")).isEmpty();
    }

    @Test
    void every_row_is_chosen_by_some_seed_and_no_other() {
        Set<Integer> chosen = new TreeSet<>();
        for (long seed = 0; seed < 100; seed++) {
            chosen.add(OneRow.chosen("case_18", 5, seed));
        }

        assertThat(chosen).containsExactly(1, 2, 3, 4, 5);
    }
}
