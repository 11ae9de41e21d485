package io.github.pekkosupervisor.examples.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Each acceptance case of exports is a test that carries its number. None of them is switched off, and none was skipped
 * where the machine has all that they need.
 */
class ExportCasesTest {

    private static final int LAST = 49;

    /** Those that are yet to come; one that has come is to be taken out. */
    private static final Set<Integer> MISSING = Set.of();

    private static final NumberedCases CASES = new NumberedCases(
            source -> source.contains("runit/export/"),
            Set.of(
                    // who runs the tests is a user, or is in a container
                    "only root can become another user",
                    "a file system can be mounted here",
                    "other users do not reach the temporary directory"));

    @Test
    void every_case_has_a_test_but_those_that_are_listed() throws IOException {
        List<Integer> due = IntStream.rangeClosed(1, LAST)
                .filter(number -> !MISSING.contains(number))
                .boxed()
                .toList();

        assertThat(NumberedCases.cases(CASES.sources())).containsExactlyElementsOf(due);
    }

    @Test
    void none_that_carries_a_number_is_switched_off() throws IOException {
        assertThat(NumberedCases.off(CASES.sources())).isEmpty();
    }

    /** Where {@code CI=true} promises all that they need; elsewhere something may be missing. */
    @Test
    void none_was_skipped() throws IOException {
        assumeTrue("true".equals(System.getenv("CI")), "something may be missing here");

        assertThat(CASES.reports()).isNotEmpty();
        assertThat(CASES.skipped(CASES.reports())).isEmpty();
    }
}
