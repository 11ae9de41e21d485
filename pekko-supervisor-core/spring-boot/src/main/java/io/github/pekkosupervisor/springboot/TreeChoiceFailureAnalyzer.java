package io.github.pekkosupervisor.springboot;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says of an application with no clear tree what to do. */
final class TreeChoiceFailureAnalyzer extends AbstractFailureAnalyzer<TreeChoiceException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, TreeChoiceException cause) {
        return new FailureAnalysis(sentence(cause.problem()), sentence(cause.action()), cause);
    }

    private static String sentence(String words) {
        // a property is written as it is
        return words.startsWith(SupervisorProperties.PREFIX)
                ? words + "."
                : Character.toUpperCase(words.charAt(0)) + words.substring(1) + ".";
    }
}
