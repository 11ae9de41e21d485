package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What became of {@code run} since supervision began: the file {@code .history} of a supervise directory. Nothing of
 * runit's; its own files tell of the present only.
 *
 * @param restarts how many times {@code run} was started again; a start that the system refused is none
 * @param lastEnd how {@code run} ended last, an exit with 111 if it could not be run; empty if it has not ended yet
 * @param supervisor whose account this is: once that process is gone, it tells nothing of the present
 */
public record RunHistory(int restarts, Optional<ExitStatus> lastEnd, ProcessIdentity supervisor) {

    private static final int COUNT_WIDTH = 10;
    private static final int END_WIDTH = 5;
    private static final int END_AT = COUNT_WIDTH + 1;
    private static final int SUPERVISOR_AT = END_AT + END_WIDTH + 1;
    private static final int WAIT_STATUS_LIMIT = 0xffff;

    /** The length of {@link #toLine()} in bytes. */
    public static final int LENGTH = 89;

    /** Supervision begins. */
    public static RunHistory beginning(ProcessIdentity supervisor) {
        return new RunHistory(0, Optional.empty(), supervisor);
    }

    /** The same, told by a supervisor of whom more is known. */
    RunHistory withSupervisor(ProcessIdentity known) {
        return new RunHistory(restarts, lastEnd, known);
    }

    /**
     * One line of constant length, so that a rewrite in place replaces all of it in a single write: restarts, the wait
     * status of the last end or a dash, and the supervisor as in {@link ProcessIdentity#toLine()}.
     */
    public byte[] toLine() {
        String end =
                lastEnd.map(status -> Integer.toString(status.waitStatus())).orElse("-");
        String text = padded(Integer.toString(restarts), COUNT_WIDTH) + padded(end, END_WIDTH);
        return (text + new String(supervisor.toLine(), StandardCharsets.US_ASCII)).getBytes(StandardCharsets.US_ASCII);
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width + 1 - text.length());
    }

    /** Reads what a supervise directory holds; empty if it is anything else than such a line. */
    public static Optional<RunHistory> parse(byte[] line) {
        if (line.length != LENGTH) {
            return Optional.empty();
        }
        String text = new String(line, StandardCharsets.US_ASCII);
        Optional<ProcessIdentity> supervisor =
                ProcessIdentity.parse(text.substring(SUPERVISOR_AT).getBytes(StandardCharsets.US_ASCII));
        try {
            int restarts = Integer.parseInt(text.substring(0, COUNT_WIDTH).trim());
            Optional<ExitStatus> end =
                    end(text.substring(END_AT, END_AT + END_WIDTH).trim());
            return restarts < 0 ? Optional.empty() : supervisor.map(who -> new RunHistory(restarts, end, who));
        } catch (NumberFormatException e) {
            // another program's file: no history
            return Optional.empty();
        }
    }

    private static Optional<ExitStatus> end(String text) {
        if (text.equals("-")) {
            return Optional.empty();
        }
        int status = Integer.parseInt(text);
        if (status < 0 || status > WAIT_STATUS_LIMIT) {
            throw new NumberFormatException("not a wait status: " + text);
        }
        return Optional.of(new ExitStatus(status));
    }
}
