package io.github.pekkosupervisor.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class that leaves a process behind: a descendant of this JVM, or a sleeper of {@link Programs} that has
 * lost its parents. What is found is killed, so that one class fails and not all that follow.
 */
public final class NoProcessLeft implements AfterAllCallback {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Override
    public void afterAll(ExtensionContext context) {
        try {
            await("processes left by " + context.getDisplayName())
                    .atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(left().map(NoProcessLeft::describe)).isEmpty());
        } finally {
            List<ProcessHandle> left = left().toList();
            left.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static Stream<ProcessHandle> left() {
        Stream<ProcessHandle> orphans = ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(Programs.A_DAY));
        return Stream.concat(ProcessHandle.current().descendants(), orphans).distinct();
    }

    private static String describe(ProcessHandle process) {
        return process.pid() + " " + process.info().commandLine().orElse("(command line unknown)");
    }
}
