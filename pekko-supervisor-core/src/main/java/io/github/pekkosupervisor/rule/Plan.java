package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.protocol.TreeEnd;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a supervisor is carrying out: children to stop, in reverse order, then children to start, in order, one after
 * another. Nothing else happens in the supervisor until it is done, so the neighbours of the children in it stay.
 */
final class Plan {

    final Purpose purpose;

    private @Nullable Child nextToStop;
    private @Nullable Child lastToStop;
    private @Nullable Child firstToStart;
    private @Nullable Child lastToStart;
    private boolean startsAll;
    private @Nullable Child beforeFirst;

    /** Whose end it is carried out for; null if for none. */
    private @Nullable Child origin;

    private @Nullable Incarnation dead;

    /** Why it is carried out, which decides what follows. */
    sealed interface Purpose {}

    /** The first start of all children. */
    enum StartUp implements Purpose {
        INSTANCE
    }

    /** A call for a start. */
    record CallToStart(Child child, boolean isNew, Consumer<Object> replyTo) implements Purpose {}

    /** A call for a stop. */
    record CallToStop(Child child, Consumer<Object> replyTo) implements Purpose {}

    /**
     * A death, or a restart that failed.
     *
     * @param again whether it is not the first attempt after the death
     */
    record Restart(boolean again) implements Purpose {}

    /** A death of a child whose restarts wait: its siblings are stopped at once. */
    record StopSiblings(Child origin) implements Purpose {}

    /**
     * The end of the supervisor.
     *
     * @param end what it will be
     * @param unanswered whose call was given up for it, to be told when nothing is left
     */
    record Down(TreeEnd end, @Nullable Consumer<Object> unanswered) implements Purpose {
        Down(TreeEnd end) {
            this(end, null);
        }
    }

    /** Who waits for the answer to the call that it carries out; null if nobody does. */
    @Nullable
    Consumer<Object> caller() {
        if (purpose instanceof CallToStart call) {
            return call.replyTo();
        }
        if (purpose instanceof CallToStop call) {
            return call.replyTo();
        }
        return purpose instanceof Down down ? down.unanswered() : null;
    }

    /**
     * It is carried out because this child has ended.
     *
     * @param incarnation which, if that is known
     */
    Plan becauseOf(Child ended, @Nullable Incarnation incarnation) {
        origin = ended;
        dead = incarnation;
        return this;
    }

    /** Whether it is carried out because this child has ended. */
    boolean isFor(Child child) {
        return origin == child;
    }

    /** Why the children that it stops are stopped. */
    StopCause cause() {
        if (purpose instanceof Down down) {
            return new StopCause.SupervisorEnds(down.end());
        }
        return origin == null
                ? StopCause.Call.INSTANCE
                : new StopCause.Sibling(new Offender(origin.spec, Incarnation.handleOf(dead), true, 1));
    }

    /** With nothing to do yet. */
    Plan(Purpose purpose) {
        this.purpose = purpose;
    }

    /** Stops backwards from one child to another, both included; nothing if there is no child. */
    Plan stopping(@Nullable Child from, @Nullable Child to) {
        nextToStop = from;
        lastToStop = to;
        return this;
    }

    /** Then starts forwards from one child to another, both included. */
    Plan starting(Child from, Child to) {
        firstToStart = from;
        lastToStart = to;
        return this;
    }

    /** Then starts all that are there when the stops are done, and come after this one, which stays; null for all. */
    Plan startingAllAfter(@Nullable Child before) {
        startsAll = true;
        beforeFirst = before;
        return this;
    }

    /** Who is started next when all stops are done; null if nobody is. */
    @Nullable
    Child firstToStart(Children all) {
        if (!startsAll) {
            return firstToStart;
        }
        return beforeFirst == null ? all.first() : beforeFirst.next;
    }

    /** Who is started last; null for the last that there is. */
    @Nullable
    Child lastToStart() {
        return lastToStart;
    }

    /** The next child to stop; null if there is none left. */
    @Nullable
    Child takeToStop() {
        Child child = nextToStop;
        if (child != null) {
            nextToStop = child == lastToStop ? null : child.previous;
        }
        return child;
    }

    /** The next child to start, when all stops are done; null if there is none left. */
    @Nullable
    Child takeToStart(Children all) {
        if (startsAll) {
            // only now: temporary children went when they were stopped
            firstToStart = firstToStart(all);
            startsAll = false;
        }
        Child child = firstToStart;
        if (child != null) {
            firstToStart = child == lastToStart ? null : child.next;
        }
        return child;
    }
}
