package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import java.time.Duration;
import java.util.Optional;

/**
 * How a tree has ended, or the part of one below a supervisor. To OTP it is an exit reason and nothing more, which is
 * {@code shutdown} for a stop, for giving up and for an automatic shutdown alike; that is {@link #reason()}.
 *
 * <p>A {@code main} may choose its exit code from it:
 * {@code tree.whenEnded().toCompletableFuture().join().isFailure()}.
 */
public sealed interface TreeEnd {

    /** What its top supervisor has ended with. */
    ExitReason reason();

    /**
     * Whether somebody must look: it gave up, failed or was killed; its significant child had not ended as it may; or
     * it was asked to stop for a reason that is not {@linkplain ExitReason#isExpected() expected}, such as the end of
     * its owner.
     */
    boolean isFailure();

    /** The same of the supervisor below that began it, where one did: at the end of the chain is what went wrong. */
    default TreeEnd origin() {
        TreeEnd at = this;
        while (at.below().isPresent()) {
            at = at.below().get();
        }
        return at;
    }

    /** How the child that decided it has ended, if that was a supervisor. */
    default Optional<TreeEnd> below() {
        return Optional.empty();
    }

    /**
     * Somebody asked for it: closing its tree, a stop of its supervisor, the end of the actor system or of the JVM, or
     * of its owner.
     *
     * @param reason that was given; {@code shutdown} if it was not the supervisor itself that was asked
     */
    record Closed(ExitReason reason) implements TreeEnd {
        @Override
        public boolean isFailure() {
            return !reason.isExpected();
        }

        @Override
        public String toString() {
            return reason == ExitReason.Shutdown.INSTANCE || reason == ExitReason.Normal.INSTANCE
                    ? "closed"
                    : "closed: " + reason;
        }
    }

    /**
     * There were too many restarts within the period.
     *
     * @param supervisor where the one that gave up stands in the tree, as in {@link SupervisorEvent#supervisor()}
     * @param child the id of the child that was to be started once more
     * @param last why that ended, or could not be started, the last time
     * @param limit how many restarts were allowed
     * @param period within which
     * @param below how the child ended, if it was a supervisor
     */
    record GaveUp(String supervisor, String child, ExitReason last, int limit, Duration period, Optional<TreeEnd> below)
            implements TreeEnd {
        @Override
        public ExitReason reason() {
            return ExitReason.shutdown();
        }

        @Override
        public boolean isFailure() {
            return true;
        }

        @Override
        public String toString() {
            return "gave up: supervisor " + supervisor + " allows " + limit
                    + (limit == 1 ? " restart in " : " restarts in ")
                    + DurationText.of(period) + ", and "
                    + describe(child, last, below);
        }
    }

    /**
     * Significant children have ended by themselves, and it was set to end with them.
     *
     * @param supervisor where it stands in the tree
     * @param child the id of the one that was decisive
     * @param last why that ended
     * @param below how the child ended, if it was a supervisor
     */
    record AutoShutdown(String supervisor, String child, ExitReason last, Optional<TreeEnd> below) implements TreeEnd {
        @Override
        public ExitReason reason() {
            return ExitReason.shutdown();
        }

        @Override
        public boolean isFailure() {
            return !last.isExpected() || below.map(TreeEnd::isFailure).orElse(false);
        }

        @Override
        public String toString() {
            return "automatic shutdown of supervisor " + supervisor + ": " + describe(child, last, below);
        }
    }

    /**
     * It could not be started, or a child had to be abandoned that must not be ({@link ChildSpec.OnAbandon#ESCALATE}).
     *
     * @param reason why
     */
    record Failed(ExitReason reason) implements TreeEnd {
        @Override
        public boolean isFailure() {
            return true;
        }

        @Override
        public String toString() {
            return "failed: " + reason;
        }
    }

    /** Its supervisor was killed by the one above it, or by the end of the actor that it was spawned by. */
    enum Killed implements TreeEnd {
        /** The only one. */
        INSTANCE;

        @Override
        public ExitReason reason() {
            return ExitReason.killed();
        }

        @Override
        public boolean isFailure() {
            return true;
        }

        @Override
        public String toString() {
            return "killed";
        }
    }

    private static String describe(String child, ExitReason last, Optional<TreeEnd> below) {
        return "child " + child + " ended with " + last
                + below.map(inner -> " (" + shown(inner) + ")").orElse("");
    }

    /** Of a long chain only its beginning and what went wrong: each end above it tells of the whole. */
    private static String shown(TreeEnd inner) {
        int mostShown = 5;
        int levels = 0;
        for (TreeEnd at = inner; at.below().isPresent(); at = at.below().get()) {
            levels++;
        }
        return levels <= mostShown
                ? inner.toString()
                : "through " + levels + " supervisors, at the bottom of which: " + inner.origin();
    }
}
