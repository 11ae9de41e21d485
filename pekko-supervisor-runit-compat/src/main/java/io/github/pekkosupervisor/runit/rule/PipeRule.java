package io.github.pekkosupervisor.runit.rule;

import io.github.pekkosupervisor.posix.FileStatus;
import java.util.Optional;

/**
 * Which pipe is the one from a {@code run} that goes on to its logger, where no record says so: from what the two have
 * of it. The FIFO in {@code supervise/} may have been removed, and then it is another one.
 */
public final class PipeRule {

    private PipeRule() {}

    /** What a process has for its output or input. */
    public enum Kind {
        /** No pipe, or there is no process. */
        NONE,
        /** That cannot be seen. */
        HIDDEN,
        /** A pipe; perhaps one that it has made itself. */
        PIPE,
        /** A FIFO as supervisors make it for this, which has lost its name. */
        LEFT
    }

    /**
     * An end of a pipe.
     *
     * @param pipe which; empty if there is none to be seen
     */
    public record End(Kind kind, Optional<FileStatus.Id> pipe) {

        /** There is none. */
        public static final End NONE = new End(Kind.NONE, Optional.empty());

        /** That cannot be seen. */
        public static final End HIDDEN = new End(Kind.HIDDEN, Optional.empty());

        private boolean is(Kind other) {
            return kind == other;
        }

        private boolean isOf(FileStatus.Id other) {
            return pipe.equals(Optional.of(other));
        }
    }

    /**
     * What follows.
     *
     * @param wanted the pipe that is to be taken from the two; empty if the one that is open now will do
     * @param isUnknown whether it is another one than that, and cannot be had
     */
    public record Verdict(Optional<FileStatus.Id> wanted, boolean isUnknown) {

        /** The one that is open now will do. */
        public static final Verdict AS_IT_IS = new Verdict(Optional.empty(), false);

        /** It is another one than that, and cannot be had. */
        public static final Verdict UNKNOWN = new Verdict(Optional.empty(), true);

        private static Verdict take(End end) {
            return new Verdict(end.pipe(), false);
        }
    }

    /**
     * Decides.
     *
     * @param output of {@code run}
     * @param input of the logger
     * @param open the pipe that is open now
     * @param wasLeft whether that was there before, so that it is theirs by all appearances
     */
    public static Verdict decide(End output, End input, FileStatus.Id open, boolean wasLeft) {
        if (output.is(Kind.NONE) || output.isOf(open) || input.isOf(open)) {
            return Verdict.AS_IT_IS;
        }
        if (input.is(Kind.LEFT)
                || (input.is(Kind.PIPE)
                        && (output.is(Kind.HIDDEN) || input.pipe().equals(output.pipe())))) {
            return Verdict.take(input);
        }
        if (output.is(Kind.LEFT)) {
            return Verdict.take(output);
        }
        boolean isPerhapsIts = output.is(Kind.PIPE) ? input.is(Kind.HIDDEN) : !wasLeft;
        return isPerhapsIts ? Verdict.UNKNOWN : Verdict.AS_IT_IS;
    }
}
