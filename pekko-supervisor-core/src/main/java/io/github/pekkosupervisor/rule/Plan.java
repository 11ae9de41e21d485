package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ChildSpec;
import java.util.Map;
import java.util.Set;
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

    /** Whose call it carries out, if its purpose does not say so; null if nobody's. */
    private @Nullable Asker asker;

    /** Those that it concerns; null for all from the first to the last. */
    private @Nullable Set<Child> only;

    /** Why it is carried out, which decides what follows. */
    sealed interface Purpose {}

    /** The first start of all children. */
    enum StartUp implements Purpose {
        INSTANCE
    }

    /**
     * A call for a start.
     *
     * @param once whether the end of what is started is followed by no restart
     */
    record CallToStart(Child child, boolean isNew, boolean once, Consumer<Object> replyTo) implements Purpose {}

    /** A call for a stop. */
    record CallToStop(Child child, Consumer<Object> replyTo) implements Purpose {}

    /**
     * A death, or a restart that failed.
     *
     * @param again whether it is not the first attempt after the death
     * @param cause of the start of the child itself
     */
    record Restart(boolean again, StartGate.Cause cause) implements Purpose {
        static final Restart AT_ONCE = new Restart(false, StartGate.Cause.RESTART);
        static final Restart AGAIN = new Restart(true, StartGate.Cause.RESTART);
        static final Restart DELAYED = new Restart(true, StartGate.Cause.DELAY_OVER);
        static final Restart ASKED_FOR = new Restart(true, StartGate.Cause.CALL);
    }

    /**
     * A call to replace children by new incarnations.
     *
     * @param named by the call, and not only taken along
     * @param kept those of them that would be forgotten, and what they are made from
     */
    record Renew(Set<Child> named, Map<Child, ChildSpec> kept) implements Purpose {}

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
        if (asker != null) {
            return asker.replyTo;
        }
        return purpose instanceof Down down ? down.unanswered() : null;
    }

    /** It is carried out for a call. */
    Plan askedForBy(Asker who) {
        asker = who;
        return this;
    }

    /** Whose call it carries out, if its purpose does not say so; null if nobody's. */
    @Nullable
    Asker asker() {
        return asker;
    }

    /** Whether the end of what it starts of this child is to be followed by no restart. */
    boolean startsOnce(Child child) {
        return (purpose instanceof CallToStart call && call.once()) || (asker != null && asker.wantsOnce(child));
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

    /** What a child is made from that is renewed, and would be forgotten else; null if it is none of those. */
    @Nullable
    ChildSpec keptOf(Child child) {
        return purpose instanceof Renew renew ? renew.kept().get(child) : null;
    }

    /** Why a child that it stops is stopped. */
    StopCause causeOfStop(Child child) {
        if (purpose instanceof Down down) {
            return new StopCause.SupervisorEnds(down.end());
        }
        if (purpose instanceof Renew && (!child.isTemporary() || keptOf(child) != null)) {
            return StopCause.Renewal.INSTANCE;
        }
        return origin == null
                ? StopCause.Call.INSTANCE
                : new StopCause.Sibling(new Offender(origin.spec, Incarnation.handleOf(dead), true, 1));
    }

    /** Why a child that it starts is started. */
    StartGate.Cause causeOfStart(Child child) {
        if (purpose == StartUp.INSTANCE) {
            return StartGate.Cause.START_UP;
        }
        if (purpose instanceof CallToStart
                || (purpose instanceof Renew renew && renew.named().contains(child))) {
            return StartGate.Cause.CALL;
        }
        return purpose instanceof Restart restart && isFor(child) ? restart.cause() : StartGate.Cause.GROUP;
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

    /** Stops and starts none but these. */
    Plan only(Set<Child> those) {
        only = those;
        return this;
    }

    /** Whether it stops or starts a child that is in its way. */
    boolean concerns(Child child) {
        return only == null || only.contains(child);
    }

    /** Whether it starts a child that is in its way: one that is done for good only if a call asks for that one. */
    boolean starts(Child child) {
        return concerns(child) && (purpose instanceof CallToStart || !child.staysDone());
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
        Child child;
        do {
            child = nextToStop;
            if (child != null) {
                nextToStop = child == lastToStop ? null : child.previous;
            }
        } while (child != null && !concerns(child));
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
        Child child;
        do {
            child = firstToStart;
            if (child != null) {
                firstToStart = child == lastToStart ? null : child.next;
            }
        } while (child != null && !starts(child));
        return child;
    }
}
