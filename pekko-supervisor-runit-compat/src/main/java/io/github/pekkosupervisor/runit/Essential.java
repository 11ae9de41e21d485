package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvEvent;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Asked;
import java.util.Optional;

/** Whether an end of {@code run} is one by which the launcher ends too, where it is essential: one by itself. */
final class Essential {

    private Essential() {}

    private static final int BY_SIGNAL = 128;

    /** Whatever it says at its end: it is there to end {@code run}. */
    private static final Optional<Character> STOPS = Optional.of('t');

    /** The exit code where nobody knows how it has ended. */
    private static final int UNKNOWN = 1;

    /**
     * To be asked at each event.
     *
     * @param before the state that it meets
     * @param asked how what runs was asked to end, beside what the state tells
     * @param script the letter of the control script that runs, if there is one
     * @return how {@code run} has ended, if the launcher is to end by that
     */
    static Optional<ExitStatus> after(RunsvState before, RunsvEvent event, Asked asked, Optional<Character> script) {
        if (!(event instanceof RunsvEvent.ProcessEnded ended) || ended.role() == Role.LOG) {
            return Optional.empty();
        }
        boolean isBeingStopped = before.service().busy() == RunsvState.Busy.SCRIPT && script.equals(STOPS);
        return !isBeingStopped && isByItself(before, ended.status(), asked)
                ? Optional.of(ended.status())
                : Optional.empty();
    }

    private static boolean isByItself(RunsvState before, ExitStatus end, Asked asked) {
        ServiceStatus status = before.service().status();
        Optional<Signal> sent = asked.sent();
        boolean bySent = sent.isPresent()
                && end.isKnown()
                && !end.exited()
                && end.signal() == sent.get().number();
        return status.state() != ServiceStatus.State.FINISH
                && status.want() == ServiceStatus.Want.UP
                && !status.gotTerm()
                && before.hang() == RunsvState.Hang.NONE
                && !before.terminating()
                && !asked.byScript()
                && !bySent;
    }

    /** The launcher's exit code. */
    static int code(ExitStatus end) {
        if (!end.isKnown()) {
            return UNKNOWN;
        }
        return end.exited() ? end.code() : BY_SIGNAL + end.signal();
    }
}
