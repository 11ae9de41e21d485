package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.process.ProcessEvent;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvEvent;
import io.github.pekkosupervisor.runit.rule.RunsvRule;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import java.util.Optional;

/** Puts what the actors of processes tell into the events that {@link RunsvRule} knows, and reports what went wrong. */
final class ProcessNews {

    private static final int CANNOT_BE_RUN = 111;

    private final ServiceDirectory directory;
    private final Reporter reporter;
    private final Publisher publisher;

    ProcessNews(ServiceDirectory directory, Reporter reporter, Publisher publisher) {
        this.directory = directory;
        this.reporter = reporter;
        this.publisher = publisher;
    }

    /**
     * What a process of {@code run}, {@code finish} or the logger has told; empty if it means nothing to runsv.
     *
     * @param state as it is before
     */
    Optional<RunsvEvent> ofProcess(Role role, ProcessEvent event, RunsvState state) {
        if (event instanceof ProcessEvent.Started started) {
            return Optional.of(started(role, started));
        }
        if (event instanceof ProcessEvent.StartFailed failed) {
            return Optional.of(startFailed(role, failed, state));
        }
        if (event instanceof ProcessEvent.Exited exited) {
            return Optional.of(ended(role, exited.status()));
        }
        // Ready and NotReady: runsv waits for no sign of readiness
        return Optional.empty();
    }

    private RunsvEvent started(Role role, ProcessEvent.Started started) {
        started.identityProblem()
                .ifPresent(problem -> reporter.warn(
                        "unable to write " + directory.supervise(role).identityFile(), problem));
        boolean ownLog = role == Role.LOG && directory.ownLog().isPresent();
        boolean unknown = started.identity().startTicks() == 0 && !ownLog;
        if (started.identityProblem().isPresent() || unknown) {
            publisher.owesIdentity(role, started.identity());
        }
        return new RunsvEvent.ProcessStarted(role, started.identity().pid());
    }

    private RunsvEvent startFailed(Role role, ProcessEvent.StartFailed failed, RunsvState state) {
        if (failed.isRefusal()) {
            reporter.warn("unable to fork, sleeping", failed.cause());
            return new RunsvEvent.StartRefused(role);
        }
        boolean atDirectory = failed.cause().call().equals("openat");
        reporter.fatal(
                atDirectory ? "unable to change directory to ./log" : "unable to start " + program(role, state),
                failed.cause());
        return ended(role, ExitStatus.ofCode(CANNOT_BE_RUN));
    }

    private static String program(Role role, RunsvState state) {
        if (role == Role.LOG) {
            return "log/./run";
        }
        return state.service().status().state() == ServiceStatus.State.FINISH ? "./finish" : "./run";
    }

    /** A process has ended. */
    RunsvEvent ended(Role role, ExitStatus status) {
        return new RunsvEvent.ProcessEnded(role, status, role == Role.SERVICE && directory.finishPresent());
    }

    /** What a control script has told; empty if it means nothing to runsv, which waits for its end alone. */
    Optional<RunsvEvent> ofScript(char letter, ProcessEvent event) {
        if (event instanceof ProcessEvent.Exited exited) {
            return Optional.of(scriptEnded(letter, exited.status()));
        }
        if (event instanceof ProcessEvent.StartFailed failed) {
            if (failed.isRefusal()) {
                reporter.warn("unable to fork for control/" + letter, failed.cause());
            } else {
                reporter.fatal("unable to run control/?", failed.cause());
            }
            return Optional.of(noScript(letter));
        }
        // Started, Ready, NotReady
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
