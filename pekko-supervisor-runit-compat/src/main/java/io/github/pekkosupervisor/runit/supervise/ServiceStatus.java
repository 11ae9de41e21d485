package io.github.pekkosupervisor.runit.supervise;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * What {@code supervise/status} and {@code supervise/stat} tell of a service.
 *
 * @param stamp when {@code run} was started, or the service went down, or runsv began
 * @param pid process id of {@code run} or {@code finish}; 0 if there is none
 * @param paused whether a pause was asked for
 * @param gotTerm whether TERM was sent to the process
 * @param want what was asked for last
 * @param state what it is doing
 */
public record ServiceStatus(Instant stamp, int pid, boolean paused, boolean gotTerm, Want want, State state) {

    /** What a service is doing. */
    public enum State {
        /** Nothing. */
        DOWN,
        /** {@code run} runs. */
        RUN,
        /** {@code finish} runs, or is due. */
        FINISH
    }

    /** What was asked of a service. */
    public enum Want {
        /** To run, and to be started again. */
        UP,
        /** To stay down. */
        DOWN,
        /** To stay down, and to be supervised no longer. */
        EXIT
    }

    /** The line of {@code stat}. */
    byte[] toStat() {
        StringBuilder line = new StringBuilder();
        line.append(
                switch (state) {
                    case DOWN -> "down";
                    case RUN -> "run";
                    case FINISH -> "finish";
                });
        if (paused) {
            line.append(", paused");
        }
        if (gotTerm) {
            line.append(", got TERM");
        }
        if (state != State.DOWN) {
            line.append(
                    switch (want) {
                        case UP -> "";
                        case DOWN -> ", want down";
                        case EXIT -> ", want exit";
                    });
        }
        return line.append('\n').toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** The content of {@code pid}: a line, or nothing. */
    byte[] toPid() {
        return pidText(pid);
    }

    static byte[] pidText(int pid) {
        return pid == 0 ? new byte[0] : (pid + "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
