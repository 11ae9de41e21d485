package io.github.pekkosupervisor.runit.rule;

import io.github.pekkosupervisor.posix.FifoUse;
import io.github.pekkosupervisor.posix.FileStatus;
import java.util.Optional;

/**
 * Which pipe is the one from a {@code run} that goes on to its logger, where no record says so: from what the two have
 * of it, and from who had the FIFO in {@code supervise/} open, which may have been made since. That one may have been
 * removed, and then it is another one.
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

    /** What follows. */
    public sealed interface Verdict {}

    /** The one that is open now will do. */
    public enum AsItIs implements Verdict {
        /** The only one. */
        INSTANCE
    }

    /** This is to be taken from the two. */
    public record Take(FileStatus.Id wanted) implements Verdict {}

    /** It is another one than that which is open, and cannot be had. */
    public enum Lost implements Verdict {
        /** Perhaps the logger reads from it. */
        PERHAPS_READ("the pipe from run to its logger cannot be adopted; what run writes reaches the logger as long as"
                + " that runs, and no other one before run is started again"),
        /** No logger reads from it, if it is a pipe at all. */
        UNREAD("run does not write to the pipe to its logger, and where to cannot be seen: if that is a pipe of before,"
                + " nobody reads it, and run waits when it is full; restart it");

        private final String words;

        Lost(String words) {
            this.words = words;
        }

        /** What is said of it. */
        public String words() {
            return words;
        }
    }

    /** Where a record names it. */
    public static Verdict recorded(FileStatus.Id recorded, FileStatus.Id open) {
        return recorded.equals(open) ? AsItIs.INSTANCE : new Take(recorded);
    }

    /**
     * Decides.
     *
     * @param output of {@code run}
     * @param input of the logger
     * @param open the pipe that is open now
     * @param others who had that open before, of whom more may not be seen: {@code run} has it open both ways
     */
    public static Verdict decide(End output, End input, FileStatus.Id open, FifoUse others) {
        if (output.is(Kind.HIDDEN)) {
            return ofHidden(input, open, others);
        }
        if (output.is(Kind.NONE) || output.isOf(open) || input.isOf(open)) {
            return AsItIs.INSTANCE;
        }
        if (input.is(Kind.LEFT) || (input.is(Kind.PIPE) && input.pipe().equals(output.pipe()))) {
            return take(input);
        }
        if (output.is(Kind.LEFT)) {
            return take(output);
        }
        return input.is(Kind.HIDDEN) && !others.isRead() ? Lost.PERHAPS_READ : AsItIs.INSTANCE;
    }

    /** Who can write to the one with the name is {@code run}, or has come of it. */
    private static Verdict ofHidden(End input, FileStatus.Id open, FifoUse others) {
        if (others.isWritten()) {
            return AsItIs.INSTANCE;
        }
        // a logger may read what a program of its own makes of what comes by the one with the name
        boolean isUnread = input.is(Kind.NONE) || input.isOf(open);
        if (input.is(Kind.LEFT) || (input.is(Kind.PIPE) && !isUnread && !others.isRead())) {
            return take(input);
        }
        return isUnread ? Lost.UNREAD : Lost.PERHAPS_READ;
    }

    private static Verdict take(End end) {
        return new Take(end.pipe().orElseThrow());
    }
}
