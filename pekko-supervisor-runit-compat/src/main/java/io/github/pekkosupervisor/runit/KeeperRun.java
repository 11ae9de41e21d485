package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.spec.ExitReason;
import java.util.Optional;

/**
 * An incarnation of a service directory by OTP's rules that has begun; a value.
 *
 * @param cause why it was started
 * @param end how its process has ended
 * @param pid of its process, 0 if that is not known
 * @param failure why it cannot be started
 * @param ready whether it has been told that it runs
 * @param asked whether it was asked to end, or killed
 * @param stopped whether it was asked to by its supervisor
 * @param comesBack whether another one was to follow at once then
 */
record KeeperRun(
        long incarnation,
        StartGate.Cause cause,
        Optional<ExitStatus> end,
        int pid,
        Optional<String> failure,
        boolean ready,
        boolean asked,
        boolean stopped,
        boolean comesBack) {

    /** Nobody knows how it ended. */
    static final ExitReason ITS_SUPERVISION_WAS_STOPPED = ExitReason.failed("its supervision was stopped");

    static KeeperRun begun(KeeperEvent.Begins begins) {
        return new KeeperRun(
                begins.incarnation(),
                begins.cause(),
                Optional.empty(),
                0,
                Optional.empty(),
                false,
                false,
                false,
                false);
    }

    KeeperRun withEnd(ExitStatus status) {
        return new KeeperRun(incarnation, cause, Optional.of(status), pid, failure, ready, asked, stopped, comesBack);
    }

    KeeperRun withPid(int other) {
        return new KeeperRun(incarnation, cause, end, other, failure, ready, asked, stopped, comesBack);
    }

    /** The first reason counts. */
    KeeperRun withFailure(String why) {
        return new KeeperRun(
                incarnation, cause, end, pid, failure.or(() -> Optional.of(why)), ready, asked, stopped, comesBack);
    }

    /** What was said of another attempt counts no more. */
    KeeperRun withoutFailure() {
        return new KeeperRun(incarnation, cause, end, pid, Optional.empty(), ready, asked, stopped, comesBack);
    }

    KeeperRun isReady() {
        return new KeeperRun(incarnation, cause, end, pid, failure, true, asked, stopped, comesBack);
    }

    KeeperRun isAsked() {
        return new KeeperRun(incarnation, cause, end, pid, failure, ready, true, stopped, comesBack);
    }

    KeeperRun isStopped(boolean again) {
        return new KeeperRun(incarnation, cause, end, pid, failure, ready, true, true, again);
    }

    /** Why it is over; empty if it was asked to end. */
    Optional<ExitReason> reason() {
        if (asked) {
            return Optional.empty();
        }
        if (!ready) {
            return Optional.of(ExitReason.failed(failure.orElse("run could not be started")));
        }
        return Optional.of(end.map(KeeperRun::reason).orElse(ITS_SUPERVISION_WAS_STOPPED));
    }

    private static ExitReason reason(ExitStatus status) {
        if (!status.isKnown()) {
            return ExitReason.failed(status.toString());
        }
        if (status.exited()) {
            return status.code() == 0 ? ExitReason.normal() : new ExitReason.ExitCode(status.code());
        }
        return status.signal() == Signal.KILL.number()
                ? ExitReason.killed()
                : new ExitReason.Signalled(Signal.nameOf(status.signal()));
    }
}
