package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.GroupMember;
import io.github.pekkosupervisor.process.Liveness;
import io.github.pekkosupervisor.process.ProcessEvent;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvEvent;
import io.github.pekkosupervisor.runit.rule.RunsvRule;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Puts what the actors of processes tell into the events that {@link RunsvRule} knows, and tells of what the rule need
 * not know: why something could not be started, and the start of a control script.
 */
final class ProcessNews {

    private static final int CANNOT_BE_RUN = 111;

    private final ServiceDirectory directory;
    private final ServiceStream stream;

    ProcessNews(ServiceDirectory directory, ServiceStream stream) {
        this.directory = directory;
        this.stream = stream;
    }

    /**
     * What a process of {@code run}, {@code finish} or the logger has told; empty if it means nothing to runsv.
     *
     * @param state as it is before
     */
    Optional<RunsvEvent> ofProcess(Role role, ProcessEvent event, RunsvState state) {
        if (event instanceof ProcessEvent.Started started) {
            return Optional.of(
                    new RunsvEvent.ProcessStarted(role, started.identity().pid()));
        }
        if (event instanceof ProcessEvent.StartFailed failed) {
            return Optional.of(startFailed(role, failed, state));
        }
        if (event instanceof ProcessEvent.Exited exited) {
            nameThoseLeft(exited.overrun());
            exited.outOfMemory().ifPresent(why -> stream.reporter().warnOfOurs("run was killed: " + why));
            return Optional.of(
                    new RunsvEvent.ProcessEnded(role, exited.status(), hasFinish(role), exited.outOfMemory()));
        }
        if (event instanceof ProcessEvent.Hung hung) {
            return Optional.of(new RunsvEvent.Hung(hung.why(), hung.then() == Liveness.Then.RESTART));
        }
        if (event == ProcessEvent.Recovered.INSTANCE) {
            return Optional.of(RunsvEvent.Recovered.INSTANCE);
        }
        if (event instanceof ProcessEvent.Notified notified) {
            stream.tell(new ServiceEvent.Notified(stream.path(), notified.notice()));
        } else if (event instanceof ProcessEvent.Warned warned) {
            stream.reporter().warnOfOurs("run " + warned.what());
        } else if (event instanceof ProcessEvent.NotReady notReady) {
            stream.reporter().warnOfOurs("run was " + notReady.description() + "; it is stopped");
        }
        // and Ready, which changes nothing for runsv
        return Optional.empty();
    }

    private void nameThoseLeft(List<GroupMember> left) {
        if (!left.isEmpty()) {
            stream.reporter()
                    .warnOfOurs("run has ended, and others of its group had to be killed: "
                            + left.stream().map(GroupMember::toString).collect(Collectors.joining(", ")));
        }
    }

    private RunsvEvent startFailed(Role role, ProcessEvent.StartFailed failed, RunsvState state) {
        ServiceEvent.Program program = ServiceEvents.program(role, state);
        if (failed.isRefusal()) {
            stream.tell(new ServiceEvent.StartRefused(stream.path(), program, failed.cause()));
            return new RunsvEvent.StartRefused(role);
        }
        stream.tell(new ServiceEvent.NotRun(stream.path(), program, failed.cause()));
        return ended(role, ExitStatus.ofCode(CANNOT_BE_RUN));
    }

    /** A process has ended. */
    RunsvEvent ended(Role role, ExitStatus status) {
        return new RunsvEvent.ProcessEnded(role, status, hasFinish(role));
    }

    private boolean hasFinish(Role role) {
        return role == Role.SERVICE && directory.finishPresent();
    }

    /** What a control script has told; empty if it means nothing to runsv, which waits for its end alone. */
    Optional<RunsvEvent> ofScript(char letter, ProcessEvent event) {
        if (event instanceof ProcessEvent.Exited exited) {
            return Optional.of(scriptEnded(letter, exited.status()));
        }
        if (event instanceof ProcessEvent.StartFailed failed) {
            stream.tell(new ServiceEvent.ScriptNotRun(stream.path(), letter, failed.isRefusal(), failed.cause()));
            return Optional.of(noScript(letter));
        }
        if (event instanceof ProcessEvent.Started started) {
            stream.tell(new ServiceEvent.ScriptStarted(
                    stream.path(), letter, started.identity().pid()));
        }
        // and Ready, NotReady
        return Optional.empty();
    }

    /** A control script has ended; it vetoes by success, and one that a signal ended counts as that. */
    RunsvEvent scriptEnded(char letter, ExitStatus status) {
        return new RunsvEvent.ScriptEnded(letter, status.waitStatus() >> 8 == 0);
    }

    /** There is no such control script, or it cannot be run. */
    RunsvEvent noScript(char letter) {
        return new RunsvEvent.ScriptEnded(letter, false);
    }
}
