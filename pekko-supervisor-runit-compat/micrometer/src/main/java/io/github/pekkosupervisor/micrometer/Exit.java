package io.github.pekkosupervisor.micrometer;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.spec.ExitReason;

/**
 * How something ended, in words that are few: each is a value of a tag, and each value of a tag is a time series.
 *
 * @param reason what kind of end
 * @param code the exit code of a process, or {@link #NONE}
 * @param signal the name of the signal that ended a process, or {@link #NONE}
 */
record Exit(String reason, String code, String signal) {

    static final String NONE = "none";

    /** What a child that was killed was sent, if it is a process; for any other it stands for the same. */
    private static final String KILL = "KILL";

    static Exit of(ExitReason reason) {
        if (reason instanceof ExitReason.ExitCode exit) {
            return new Exit("exit", String.valueOf(exit.code()), NONE);
        } else if (reason instanceof ExitReason.Signalled signalled) {
            return new Exit("signal", NONE, signalled.name());
        } else if (reason instanceof ExitReason.Killed) {
            return new Exit("killed", NONE, KILL);
        }
        return new Exit(word(reason), NONE, NONE);
    }

    static Exit of(ExitStatus status, boolean hung) {
        String code = status.exited() ? String.valueOf(status.code()) : NONE;
        String signal = status.isKnown() && !status.exited() ? Signal.nameOf(status.signal()) : NONE;
        String reason = !status.isKnown() ? "unknown" : status.exited() ? "exit" : "signal";
        return new Exit(hung ? "hung" : signal.equals(KILL) ? "killed" : reason, code, signal);
    }

    private static String word(ExitReason reason) {
        if (reason instanceof ExitReason.Normal) {
            return "normal";
        } else if (reason instanceof ExitReason.Shutdown || reason instanceof ExitReason.ShutdownWith) {
            return "shutdown";
        } else if (reason instanceof ExitReason.Crash) {
            return "crash";
        } else if (reason instanceof ExitReason.Hung) {
            return "hung";
        } else if (reason instanceof ExitReason.StartTimeout || reason instanceof ExitReason.StartTimeoutWith) {
            return "start_timeout";
        } else if (reason instanceof ExitReason.Abandoned) {
            return "abandoned";
        } else if (reason instanceof ExitReason.ReachedMaxRestartIntensity) {
            return "reached_max_restart_intensity";
        }
        return "failed";
    }
}
