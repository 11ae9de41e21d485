package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.process.ProcessEvent.Exited;
import io.github.pekkosupervisor.process.ProcessEvent.StartFailed;
import io.github.pekkosupervisor.process.ProcessSpec.ProcessGroup;

/** The command whose exit code says whether a process is ready. */
final class ReadinessCheck {

    private ReadinessCheck() {}

    /**
     * The command as a process: where the one that it looks at is, but in this JVM's control group; heard by nobody.
     */
    static ProcessSpec of(Readiness.Command command, ProcessSpec spec) {
        ProcessSpec check = ProcessSpec.of(command.command())
                .withName(spec.name() + " readiness")
                .underConditionsOf(spec)
                .withoutCgroup()
                .withStdin(Stdio.discard())
                .withOutput(Stdio.discard())
                .withProcessGroup(ProcessGroup.WHOLE);
        return in(spec.directory(), check);
    }

    private static ProcessSpec in(WorkingDirectory directory, ProcessSpec check) {
        if (directory instanceof WorkingDirectory.Open open) {
            return open.below()
                    .map(below -> check.withDirectory(open.directory(), below))
                    .orElseGet(() -> check.withDirectory(open.directory()));
        }
        return directory instanceof WorkingDirectory.At at ? check.withDirectory(at.path()) : check;
    }

    /** Whether this is all that will be heard of one run. */
    static boolean isOver(ProcessEvent event) {
        return event instanceof Exited || event instanceof StartFailed;
    }

    static boolean isPassed(ProcessEvent event) {
        return event instanceof Exited exited
                && exited.status().exited()
                && exited.status().code() == 0;
    }

    /** Of one that has not passed, what became of it. */
    static String failure(ProcessEvent event) {
        return event instanceof Exited exited ? exited.status().toString() : trouble(event);
    }

    /** Why it could not look; empty if it could. */
    static String trouble(ProcessEvent event) {
        return event instanceof StartFailed failed
                ? "that cannot be looked at: " + failed.cause().getMessage()
                : "";
    }
}
