package io.github.pekkosupervisor.runit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The scenarios as a set; none is run. */
class ScenarioTest {

    /** The acceptance cases but those of other versions of runit (119) and of utmpset. */
    private static final List<Integer> CASES = Stream.of(IntStream.rangeClosed(1, 118), IntStream.rangeClosed(120, 135))
            .flatMap(IntStream::boxed)
            .toList();

    static List<Scenario> scenarios() {
        return Scenario.all();
    }

    @Test
    void every_acceptance_case_has_a_scenario() {
        TreeSet<Integer> covered = Scenario.all().stream()
                .flatMap(scenario -> scenario.cases().stream())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(covered).containsExactlyElementsOf(CASES);
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void scenario_has_a_transcript(Scenario scenario) {
        assertThat(scenario.transcriptFor(Implementation.RUNIT)).endsWith("\n").doesNotContain("TIMEOUT");
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void deliberate_difference_is_explained(Scenario scenario) {
        assertThat(scenario.header("differs").isPresent())
                .isEqualTo(scenario.hasTranscriptOfItsOwnFor(Implementation.OURS));
    }
}
