package io.github.pekkosupervisor.examples.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each acceptance case of adoption that is due is a test that carries its number, in whatever module. None of them is
 * switched off, and none was skipped where the machine has all that they need.
 */
class AdoptionCasesTest {

    /** The last of those in one go. */
    private static final int LAST = 36;

    /** Restarts, faults and the soak; loggers, and a second launcher. */
    private static final List<Integer> LATER = List.of(37, 38, 39, 40, 41);

    private static final NumberedCases CASES = new NumberedCases(
            source -> !source.contains("runit/export/"),
            Set.of(
                    // who runs the tests is a user
                    "only root can become another user",
                    // neither x86-64 nor aarch64
                    "the number of prctl is not known here",
                    // who has one JDK
                    "no second JDK is installed",
                    // a container
                    "the next pid cannot be chosen",
                    // a container, or where only root may make them
                    "namespaces cannot be made here"));

    @Test
    void every_case_that_is_due_has_a_test() throws IOException {
        List<Integer> due = Stream.concat(IntStream.rangeClosed(1, LAST).boxed(), LATER.stream())
                .toList();

        assertThat(NumberedCases.cases(CASES.sources())).containsAll(due);
    }

    @Test
    void none_that_carries_a_number_is_switched_off() throws IOException {
        assertThat(NumberedCases.off(CASES.sources())).isEmpty();
    }

    /** Where {@code CI=true} promises all that they need; elsewhere something may be missing. */
    @Test
    void none_was_skipped() throws IOException {
        assumeTrue("true".equals(System.getenv("CI")), "something may be missing here");

        assertThat(CASES.skipped(CASES.reports())).isEmpty();
    }

    @Test
    void planted_skip_is_reported() {
        String report = """
                <testsuite>
                  <testcase name="case_51_a" classname="X" time="0.0">
                    <skipped type="org.opentest4j.TestAbortedException"><![CDATA[the program sv is not installed]]></skipped>
                  </testcase>
                  <testcase name="case_52_b(int)[2]" classname="X" time="0.0">
                    <skipped message="planted"/>
                  </testcase>
                  <testcase name="case_53_c" classname="X" time="0.0"/>
                  <testcase name="case_54_d" classname="X" time="0.0">
                    <skipped type="x"><![CDATA[assumption is not true: only root can become another user]]></skipped>
                  </testcase>
                  <testcase name="e" classname="X" time="0.0">
                    <skipped message="planted"/>
                  </testcase>
                </testsuite>
                """;

        assertThat(CASES.skipped(Stream.of(report))).containsExactly("case_51_a", "case_52_b(int)[2]");
    }

    /** The short form plays one row of a table, and one it has to play. */
    @Test
    void planted_table_of_which_no_row_was_played_is_reported() {
        String left =
                "<skipped message=\"row 3 of 3 is played this time (seed 7); all are with a property\"/></testcase>";
        String report = "<testsuite>"
                + "<testcase name=\"case_51_a(int)[1]\" classname=\"X\" time=\"0.0\">" + left
                + "<testcase name=\"case_51_a(int)[2]\" classname=\"X\" time=\"0.0\"/>"
                + "<testcase name=\"case_51_ab(int)[1]\" classname=\"X\" time=\"0.0\">" + left
                + "<testcase name=\"case_51_ab(int)[2]\" classname=\"X\" time=\"0.0\">" + left
                + "</testsuite>";

        assertThat(CASES.skipped(Stream.of(report))).containsExactly("case_51_ab(int)[1]", "case_51_ab(int)[2]");
    }

    @Test
    void planted_gaps_are_reported() {
        String counted = """
                class X {
                    @Test
                    void case_51_a() {}

                    @ParameterizedTest
                    @ValueSource(ints = {1, 2})
                    void case_52_b(int i) {}
                }
                """;
        String not = """
                class X {
                    @Test
                    @Disabled("planted")
                    void case_53_c() {}

                    void case_54_d() {}
                }
                """;
        String none = """
                @Disabled("planted")
                class X {
                    @Test
                    void case_55_e() {}
                }
                """;
        String oneOfTwo = """
                class X {
                    @Test
                    void case_51_f() {}

                    @Test
                    @EnabledIf("planted")
                    void case_51_g() {}

                    @Disabled("planted")
                    @Nested
                    class Y {
                        @Test
                        void case_52_h() {}
                    }
                }
                """;

        assertThat(NumberedCases.cases(Stream.of(counted, not, none))).containsExactly(51, 52);
        assertThat(NumberedCases.off(Stream.of(counted))).isEmpty();
        assertThat(NumberedCases.off(Stream.of(counted, not, none, oneOfTwo)))
                .containsExactly("case_53_c", "case_54_d", "case_55_e", "case_51_g", "case_52_h");
    }
}
