package io.github.pekkosupervisor.springboot;

import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import java.util.stream.Collectors;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says of a tree that cannot be what is wrong with it: all of it. */
final class InvalidSpecFailureAnalyzer extends AbstractFailureAnalyzer<InvalidSpecException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidSpecException cause) {
        String lines = cause.problems().stream().map(Problem::toString).collect(Collectors.joining("\n    "));
        return new FailureAnalysis(
                "The supervision tree cannot be as it is described, and nothing of it has been started:\n\n    "
                        + lines,
                "Correct what is named. The keys below " + SupervisorProperties.TREE + " are those of trees in HOCON;"
                        + " reference.conf of pekko-supervisor-core explains each.",
                cause);
    }
}
