package io.github.pekkosupervisor.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** What is said of an application with no clear tree. */
class TreeChoiceFailureAnalyzerTest {

    @Test
    void sentences_begin_with_a_capital_and_a_property_is_written_as_it_is() {
        FailureAnalysis analysis = new TreeChoiceFailureAnalyzer()
                .analyze(new TreeChoiceException("pekko-supervisor.essential names [/a]", "name children"));

        assertThat(analysis.getDescription()).isEqualTo("pekko-supervisor.essential names [/a].");
        assertThat(analysis.getAction()).isEqualTo("Name children.");
    }
}
