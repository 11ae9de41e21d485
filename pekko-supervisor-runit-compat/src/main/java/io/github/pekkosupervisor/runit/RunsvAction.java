package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Signal;

/** What a runsv is to do; performed in the order given. */
sealed interface RunsvAction {

    /**
     * Run {@code control/LETTER} if there is one; answer with {@link RunsvEvent.ScriptEnded}.
     *
     * @param letter which
     */
    record RunScript(char letter) implements RunsvAction {}

    /**
     * Start {@code run}; answer with {@link RunsvEvent.ProcessStarted}, {@link RunsvEvent.StartRefused} or
     * {@link RunsvEvent.ProcessEnded}.
     *
     * @param role whose
     */
    record StartRun(Role role) implements RunsvAction {}

    /**
     * Start {@code finish}, answered as a run.
     *
     * @param code its first argument: the exit code of run, -1 after a signal
     * @param status its second argument: the low byte of the wait status
     */
    record StartFinish(int code, int status) implements RunsvAction {}

    /**
     * Send a signal to the process.
     *
     * @param role whose
     * @param signal which
     */
    record SendSignal(Role role, Signal signal) implements RunsvAction {}

    /**
     * Rewrite the files of the supervise directory.
     *
     * @param role whose
     * @param status what they are to say
     */
    record Publish(Role role, ServiceStatus status) implements RunsvAction {}

    /**
     * Answer with {@link RunsvEvent.ThrottleElapsed} after a while.
     *
     * @param role whose
     * @param length how long
     */
    record Throttle(Role role, Pause length) implements RunsvAction {}

    /** Why a start has to wait. */
    enum Pause {
        /** The process ended within a second of its start. */
        SHORT_RUN,
        /** The system refused to make a process. */
        REFUSED
    }

    /**
     * Read the next byte of the control FIFO.
     *
     * @param role whose
     */
    record ReadCommand(Role role) implements RunsvAction {}

    /** Close both ends of the pipe to the logger, which then sees the end of its input. */
    enum ClosePipe implements RunsvAction {
        INSTANCE
    }

    /** Make a new pipe for the logger. */
    enum OpenPipe implements RunsvAction {
        INSTANCE
    }

    /** Supervision is over. */
    enum Exit implements RunsvAction {
        INSTANCE
    }
}
