package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * Somebody who is asked before each start of each child of a tree whether it may be: for who holds children back, by a
 * file or by a right that another node has. A child that may not be started counts as one that has said {@code ignore}:
 * it stays down, and that is no failure. Where a tree has several gates all must agree; they are asked in their order,
 * and none after the first no.
 */
public interface StartGate {

    /** Why a child is to be started. */
    enum Cause {
        /** With its supervisor, at the start of the tree or in a restart of the supervisor. */
        START_UP,
        /** With a sibling that has ended or is renewed, as the strategy says. */
        GROUP,
        /** It has ended itself, or its last start has failed. */
        RESTART,
        /** The same, after the delay that its restart had to wait. */
        DELAY_OVER,
        /** A call names it. */
        CALL
    }

    /**
     * A start that is to be.
     *
     * @param supervisor path of the child's supervisor
     * @param child its specification
     */
    record Start(String supervisor, ChildSpec child, Cause cause) {
        /** Where the child stands in its tree. */
        public String path() {
            return TreePath.below(supervisor, child.id());
        }
    }

    /**
     * Whether a child may be started now. Called by the supervisor's actor, so it must not block: what takes time is
     * done elsewhere, and meanwhile this supervisor waits, with all its calls. What throws or fails has said no, and so
     * has what has not answered after 30 seconds.
     */
    CompletionStage<Boolean> mayStart(Start start);

    /** One that knows its answer at once. */
    static StartGate of(Predicate<? super Start> decides) {
        Objects.requireNonNull(decides, "there is nobody who decides");
        return start -> CompletableFuture.completedFuture(decides.test(start));
    }
}
