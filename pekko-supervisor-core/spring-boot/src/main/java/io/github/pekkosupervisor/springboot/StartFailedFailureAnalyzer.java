package io.github.pekkosupervisor.springboot;

import io.github.pekkosupervisor.SupervisionTree.StartFailedException;
import io.github.pekkosupervisor.spec.ExitReason;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says of a tree that could not be started which child it was, and what can be done. */
final class StartFailedFailureAnalyzer extends AbstractFailureAnalyzer<StartFailedException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, StartFailedException cause) {
        if (cause.reason() instanceof ExitReason.Shutdown) {
            return new FailureAnalysis(
                    "The supervision tree was stopped before all of it was up, so the application was not started.",
                    "Nothing, if the JVM was told to exit meanwhile. Else look for who has stopped it.",
                    cause);
        }
        return new FailureAnalysis(
                "The supervision tree could not be started, and nothing of it is left: " + cause.getMessage(),
                "Mend the child that is named; what it has said before its end is in the log above. If it only needs"
                        + " longer, raise its start-timeout. With " + SupervisorProperties.PREFIX
                        + ".enabled=false the application starts without its tree.",
                cause);
    }
}
