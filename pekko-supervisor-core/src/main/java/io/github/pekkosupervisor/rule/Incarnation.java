package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.posix.GroupMember;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One incarnation of a child as the rule knows it; what others know of it is its {@link ChildHandle}. */
public final class Incarnation {

    private final Child child;
    private final ChildHandle handle;

    /** What it is one of; its child may have another specification since. */
    private ChildKind kind;

    /** When it was started or taken over, before it has acknowledged that. */
    private final long startedAt;

    /** Whether its end is followed by no restart, whatever its child's type. */
    private boolean once;

    /** Why it was started. */
    private StartGate.Cause startCause = StartGate.Cause.START_UP;

    /** Whether another one follows the stop that it was asked for. */
    private boolean comesBack;

    private boolean askedToStop;
    private boolean killed;
    private boolean abandoned;
    private boolean started;
    private boolean startedByCall;
    private @Nullable End end;
    private long endedAt;

    /**
     * How it ended.
     *
     * @param said the reason that it gave; null if none
     * @param ignored whether it said instead that it need not run
     * @param below more about that, if it was a supervisor
     * @param overrun who of its process group was left then and had to be killed
     */
    public record End(@Nullable ExitReason said, boolean ignored, Optional<TreeEnd> below, List<GroupMember> overrun) {

        /** It said nothing. */
        public static final End SILENT = new End(null, false, Optional.empty(), List.of());

        /** It gave this reason. */
        public static End of(ExitReason reason) {
            return new End(reason, false, Optional.empty(), List.of());
        }
    }

    Incarnation(Child child, ChildHandle handle, long startedAt) {
        this.child = child;
        this.handle = handle;
        this.startedAt = startedAt;
        this.kind = child.spec.kind();
    }

    /** What others know it by. */
    public ChildHandle handle() {
        return handle;
    }

    /** What it is one of; without what it was made from, if it is the last one. */
    public ChildKind kind() {
        return kind;
    }

    /**
     * When it was started, before it had acknowledged that: a time of the rule's. A process that was taken over may
     * have been started before all of those.
     */
    public long startedAt() {
        return startedAt - handle.ranBefore().toNanos();
    }

    /** Number of the first incarnation of its child. */
    public long first() {
        return child.first;
    }

    void runsOnce() {
        once = true;
    }

    /** Whether its end is followed by no restart, since it was started so or has been told. */
    public boolean isOnce() {
        return once;
    }

    void startsFor(StartGate.Cause cause) {
        startCause = cause;
    }

    /** Why it was started. */
    public StartGate.Cause startCause() {
        return startCause;
    }

    void stopsFor(StopCause cause) {
        comesBack = cause == StopCause.Renewal.INSTANCE || cause instanceof StopCause.Sibling;
    }

    /** It is being stopped; whether another one is to follow at once. */
    public boolean comesBack() {
        return comesBack;
    }

    /** When its child is started again after its end. */
    RestartType restartType() {
        return once ? RestartType.TEMPORARY : child.spec.restart();
    }

    /** Whether its supervisor knows no such child any more. */
    public boolean isForgotten() {
        return child().isGone;
    }

    Child child() {
        return child;
    }

    /**
     * Whether its child is known by it: the one that counts, or while that is restarting also the last attempt, which
     * who asks may have heard of before it failed.
     */
    boolean isCurrent() {
        Child.LastEnd last = child.last;
        return child.current == this || (last != null && last.of() == this);
    }

    /** It will not be started again, so what it was made from need not be kept. */
    void isTheLast() {
        kind = kind.spent();
    }

    /** It has said that it has started. */
    void started() {
        started = true;
    }

    /** Somebody has asked for it, which ran nowhere then. */
    void startedByCall() {
        startedByCall = true;
    }

    /** Whether somebody had asked for it, and not its supervisor by itself, nor in place of one that had run. */
    public boolean isStartedByCall() {
        return startedByCall;
    }

    boolean hasStarted() {
        return started;
    }

    void askedToStop() {
        askedToStop = true;
    }

    void killed() {
        killed = true;
    }

    /** Whether it is on its way to its end, and its supervisor knows when that is to be over. */
    boolean isBeingStopped() {
        return end == null && (askedToStop || killed);
    }

    boolean isKilled() {
        return killed;
    }

    /** What it says and what becomes of it counts no longer. */
    void abandoned() {
        abandoned = true;
    }

    boolean isAbandoned() {
        return abandoned;
    }

    void ended(End how, long now) {
        end = how;
        endedAt = now;
    }

    /** When it ended; if it has not, now. */
    long endedAt(long now) {
        return end == null ? now : endedAt;
    }

    /** How long it has lasted, in nanoseconds: till its end, or if it has not ended till now. */
    long lasted(long now) {
        return endedAt(now) - startedAt();
    }

    boolean hasEnded() {
        return end != null;
    }

    boolean isIgnored() {
        return end != null && end.ignored();
    }

    /** Why it ended: what it said, or what was done to it. */
    ExitReason reason() {
        Hanging hanging = child.hanging(this);
        if (hanging != null && hanging.ends()) {
            return hanging.reason();
        }
        if (end != null && end.said() != null) {
            return end.said();
        }
        if (end == null && abandoned) {
            return ExitReason.Abandoned.INSTANCE;
        }
        return askedToStop && !killed ? ExitReason.shutdown() : ExitReason.killed();
    }

    /** How it ended, if it was a supervisor that said so. */
    Optional<TreeEnd> treeEnd() {
        return end == null ? Optional.empty() : end.below();
    }

    static Optional<ChildHandle> handleOf(@Nullable Incarnation incarnation) {
        return incarnation == null ? Optional.empty() : Optional.of(incarnation.handle());
    }

    @Override
    public String toString() {
        return handle.toString();
    }
}
