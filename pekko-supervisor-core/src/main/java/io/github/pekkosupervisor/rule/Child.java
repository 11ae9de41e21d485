package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One child as its supervisor's rule knows it; to all others no more than something equal to itself. */
public final class Child {

    /** The rule's state that it belongs to, by identity. */
    final Object owner;

    ChildSpec spec;
    ChildState state = ChildState.STOPPED;

    /** The incarnation that runs, or is being stopped; while restarting the last one, if it is known. */
    @Nullable
    Incarnation current;

    /** What it is started with; empty once it will not be started again. */
    List<Object> arguments;

    @Nullable
    Child previous;

    @Nullable
    Child next;

    /** Number of its first incarnation; 0 until there was one. */
    long first;

    /** Tells attempts apart: a retry or a delay that was meant for an earlier one is void. */
    long attempt;

    /** How its last incarnation ended, or failed to start; while it is restarting. */
    @Nullable
    LastEnd last;

    /**
     * How an incarnation ended.
     *
     * @param of which
     */
    record LastEnd(ExitReason reason, Incarnation of) {
        /** More about that, if it was a supervisor. */
        Optional<TreeEnd> below() {
            return of.treeEnd();
        }
    }

    /** What has become of it so far; null as long as it has never ended. */
    private @Nullable History history;

    /** It has been running at some time. */
    boolean hasRun;

    /** It is temporary, and a call has it replaced by a new incarnation, which has not run yet. */
    boolean isRenewed;

    /** Its supervisor knows it no longer. */
    boolean isGone;

    /** Who may wait for it knows that it stays down. */
    boolean isTold;

    /** Waits in a row, for the restart delay. */
    int delays;

    /** When it was last acknowledged, by whatever JVM. */
    long since;

    /** When it must have ended, in a stop of all at once. */
    long deadline;

    Child(Object owner, ChildSpec spec, List<Object> arguments) {
        this.owner = owner;
        this.spec = spec;
        this.arguments = arguments;
    }

    String id() {
        return spec.id();
    }

    boolean isTemporary() {
        return spec.restart() == RestartType.TEMPORARY;
    }

    /** Whether its supervisor gives up when it has to abandon it. */
    boolean escalates() {
        return spec.onAbandon() == ChildSpec.OnAbandon.ESCALATE;
    }

    boolean isRunning() {
        return state == ChildState.RUNNING;
    }

    boolean isStopped() {
        return state == ChildState.STOPPED;
    }

    /** Whether this is the incarnation that counts. */
    boolean isRunningAs(Incarnation incarnation) {
        return state == ChildState.RUNNING && current == incarnation;
    }

    void runsAs(Incarnation incarnation, long now) {
        current = incarnation;
        attempt++;
        incarnation.started();
        state = ChildState.RUNNING;
        hasRun = true;
        isRenewed = false;
        last = null;
        if (history != null) {
            history.isHanging(null);
        }
        // a process that was taken over has been there longer than this supervisor
        since = now - incarnation.handle().ranBefore().toNanos();
        if (isTemporary()) {
            // it will never be started again, so what it was made from need not be kept
            spec = spec.spent();
            arguments = List.of();
            incarnation.isTheLast();
        }
    }

    /** It is down, since it has done what it was for. */
    boolean isDone() {
        return state == ChildState.STOPPED && history != null && history.down() == History.Down.DONE;
    }

    /** The same, and it is not to be started again with its group. */
    boolean staysDone() {
        return isDone() && spec.kind().staysDone();
    }

    /** Somebody has stopped it, or will not have it started again. */
    void isDown() {
        isDown(History.Down.STOPPED);
    }

    void isDown(History.Down why) {
        state = ChildState.STOPPED;
        last = null;
        current = null;
        attempt++;
        if (history != null || why != History.Down.STOPPED) {
            history().isDown(why);
        }
    }

    /** What has become of it so far; made when there is something. */
    History history() {
        History known = history;
        if (known == null) {
            known = new History();
            history = known;
        }
        return known;
    }

    /** The same; null if it has never ended. */
    @Nullable
    History past() {
        return history;
    }

    /** The number of the last incarnation that had started and has ended; empty if none has. */
    OptionalLong succeeded() {
        return history == null ? OptionalLong.empty() : history.last();
    }

    /** That this incarnation does not work, if it does not. */
    @Nullable
    Hanging hanging(Incarnation incarnation) {
        Hanging known = history == null ? null : history.hanging();
        return known != null && known.incarnation() == incarnation.handle().incarnation() ? known : null;
    }

    /** The same does not work, or works again. */
    void isHanging(@Nullable Hanging now) {
        history().isHanging(now);
    }

    /** An incarnation of it has ended, or has failed to start. */
    void ended(ExitReason reason, Incarnation of, long now) {
        history().ended(reason, of.endedAt(now));
        if (of.hasStarted()) {
            history().was(of.handle().incarnation());
        }
    }

    /** It is to be started again, and no other attempt than the one returned counts from now on. */
    long restarts(@Nullable Incarnation dead, LastEnd how, long now) {
        ended(how.reason(), how.of(), now);
        state = ChildState.RESTARTING;
        current = dead;
        last = how;
        return ++attempt;
    }

    boolean awaits(long tried) {
        return state == ChildState.RESTARTING && attempt == tried;
    }

    ChildInfo info() {
        return new ChildInfo(id(), state, Incarnation.handleOf(current), spec.isSupervisor());
    }

    @Override
    public String toString() {
        return id() + " " + state;
    }
}
