package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ExitStatus;

/** What can happen to a runsv. */
sealed interface RunsvEvent {

    /** Supervision begins. */
    enum Begin implements RunsvEvent {
        INSTANCE
    }

    /**
     * A byte was read from a control FIFO; the next one is read after {@link RunsvAction.ReadCommand}.
     *
     * @param role whose FIFO
     * @param letter the byte
     */
    record CommandRead(Role role, char letter) implements RunsvEvent {}

    /** TERM was sent to runsv, or its link was removed. */
    enum TerminateRequested implements RunsvEvent {
        INSTANCE
    }

    /**
     * The process that was to be started runs.
     *
     * @param role whose
     * @param pid its process id
     */
    record ProcessStarted(Role role, int pid) implements RunsvEvent {}

    /**
     * The system refused to make a process.
     *
     * @param role whose
     */
    record StartRefused(Role role) implements RunsvEvent {}

    /**
     * A process has ended; or its program could not be run, which counts as an exit with 111.
     *
     * @param role whose
     * @param status how
     * @param finishPresent whether {@code finish} can be read
     */
    record ProcessEnded(Role role, ExitStatus status, boolean finishPresent) implements RunsvEvent {}

    /**
     * The pause before the next start is over.
     *
     * @param role whose
     */
    record ThrottleElapsed(Role role) implements RunsvEvent {}

    /**
     * The control script has ended, or there is none.
     *
     * @param letter which
     * @param vetoed whether it did what the signal was for
     */
    record ScriptEnded(char letter, boolean vetoed) implements RunsvEvent {}
}
