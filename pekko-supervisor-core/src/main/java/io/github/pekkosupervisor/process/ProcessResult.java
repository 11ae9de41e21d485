package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.process.NormalExits.Outcome;
import java.util.List;

/**
 * How a process went that was run to its end.
 *
 * @param command program and arguments, for a reader
 * @param status how it ended
 * @param outcome how that is to be seen, by the specification's normal exits
 * @param timedOut whether it was stopped since its time was over
 * @param stdout what it wrote to its standard output; empty if that was not collected
 * @param stderr what it wrote to its standard error; empty if that was not collected
 */
public record ProcessResult(
        List<String> command, ExitStatus status, Outcome outcome, boolean timedOut, Output stdout, Output stderr) {

    private static final int LAST_LINES = 20;

    /** Copies. */
    public ProcessResult {
        command = List.copyOf(command);
    }

    /** What a process wrote, or the beginning of it. */
    public static final class Output {

        static final Output NONE = new Output(new byte[0], 0);

        private final byte[] kept;
        private final long written;

        Output(byte[] kept, long written) {
            this.kept = kept;
            this.written = written;
        }

        /** A copy of the bytes. */
        public byte[] bytes() {
            return kept.clone();
        }

        /** As UTF-8; what is none shows as the replacement character. */
        public String text() {
            return new String(kept, UTF_8);
        }

        /** As lines of UTF-8, without their ends. */
        public List<String> lines() {
            return text().lines().toList();
        }

        /** How many bytes the process wrote in all. */
        public long written() {
            return written;
        }

        /** Whether it wrote more than was to be collected, so that this is the beginning. */
        public boolean isCut() {
            return written > kept.length;
        }

        /** Never the content: it may be a secret. */
        @Override
        public String toString() {
            return written + " bytes" + (isCut() ? ", of which the first " + kept.length + " were kept" : "");
        }
    }

    /** It has not ended normally. */
    public static final class FailedException extends RuntimeException {
        private final transient ProcessResult result;

        FailedException(ProcessResult result) {
            super(result.description());
            this.result = result;
        }

        /** How it went. */
        public ProcessResult result() {
            return result;
        }
    }

    /** Whether it has ended by itself, in time and normally. */
    public boolean isNormal() {
        return !timedOut && outcome == Outcome.NORMAL;
    }

    /** This, if it has ended normally. */
    public ProcessResult orThrow() {
        if (isNormal()) {
            return this;
        }
        throw new FailedException(this);
    }

    /** One sentence, and the last lines of its standard error, or of its standard output if it wrote none. */
    public String description() {
        List<String> said = stderr.lines().isEmpty() ? stdout.lines() : stderr.lines();
        List<String> last = said.subList(Math.max(0, said.size() - LAST_LINES), said.size());
        return String.join(" ", command)
                + (timedOut ? " was stopped since its time was over: " : " ended with ")
                + status
                + (last.isEmpty() ? "" : "; its last words:\n  " + String.join("\n  ", last));
    }
}
