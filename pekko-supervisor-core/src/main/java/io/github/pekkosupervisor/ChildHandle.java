package io.github.pekkosupervisor;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * One incarnation of a child; OTP's pid. It stays the same while the child runs, and a restart makes a new one. May be
 * used from any thread.
 */
public final class ChildHandle {

    final Child child;
    private final long number;

    /** Which tree it belongs to. Written by the supervisor before anybody else sees the handle. */
    private @Nullable Addresses tree;

    /** What it is one of; its child may have another specification since. Used by its supervisor only. */
    private ChildKind kind;

    /** Written by the supervisor before anybody else sees the handle. */
    private @Nullable ActorRef<Object> ref;

    private volatile @Nullable SupervisorRef supervisor;

    private volatile @Nullable ProcessIdentity process;

    /** Written by the incarnation before it ends, read by the supervisor after that. */
    private volatile @Nullable ExitReason reason;

    /** Written by a supervisor that is one, before it ends. */
    private volatile @Nullable TreeEnd end;

    private volatile boolean ready;
    private volatile boolean ignored;
    private volatile boolean askedToStop;
    private volatile List<ChildProcess.Member> overrun = List.of();
    private volatile boolean killed;
    private volatile boolean onlyKilled;
    private volatile boolean heldBack;
    private volatile boolean abandoned;
    private volatile boolean ended;

    private volatile Runnable whenAbandoned = () -> {};

    /** The thread of its own that it is busy on, if it has one. */
    private volatile @Nullable Thread thread;

    ChildHandle(Child child, long number) {
        this.child = child;
        this.number = number;
        this.kind = child.spec.kind();
    }

    /** The child's id. */
    public String id() {
        return child.id();
    }

    /** Which incarnation: unique within its supervisor, growing. */
    public long incarnation() {
        return number;
    }

    /**
     * The actor of this incarnation. For a child of the kind {@code actor} it takes that behavior's messages.
     *
     * @param <T> the type of its messages, which is not checked here; what it does not take is refused when it arrives
     */
    @SuppressWarnings("unchecked")
    public <T> ActorRef<T> ref() {
        if (ref == null) {
            throw new IllegalStateException("child \"" + id() + "\" has no actor yet");
        }
        return (ActorRef<T>) (ActorRef<?>) ref;
    }

    /** This child's own dynamic API, if it is a supervisor that runs. */
    public Optional<SupervisorRef> supervisor() {
        return Optional.ofNullable(supervisor);
    }

    /** The process of this incarnation, if it is a process and has been started; stays known when that has ended. */
    public Optional<ProcessIdentity> process() {
        return Optional.ofNullable(process);
    }

    /** Whether this incarnation is over, abandoned ones excepted: they may still run. */
    public boolean hasEnded() {
        return ended;
    }

    @Override
    public String toString() {
        return id() + "#" + number;
    }

    // ---- the supervisor's and the incarnation's side

    ChildKind kind() {
        return kind;
    }

    /** It will not be started again, so what it was made from need not be kept. */
    void isTheLast() {
        kind = kind.spent();
    }

    void belongsTo(Addresses ofTree) {
        tree = ofTree;
    }

    @Nullable
    Addresses tree() {
        return tree;
    }

    boolean hasActor() {
        return ref != null;
    }

    void spawnedAs(ActorRef<Object> actor) {
        ref = actor;
    }

    void runs(ProcessIdentity itself) {
        process = itself;
    }

    /** Who of its process group was left when it had ended, and had to be killed. */
    void overran(List<ChildProcess.Member> left) {
        overrun = left;
    }

    List<ChildProcess.Member> overrun() {
        return overrun;
    }

    void supervises(SupervisorRef itself) {
        supervisor = itself;
    }

    /** It is a supervisor, and this is how it ends. */
    void treeEnds(TreeEnd how) {
        if (end == null) {
            end = how;
        }
    }

    /** How it has ended, if it is a supervisor. */
    Optional<TreeEnd> treeEnd() {
        return Optional.ofNullable(end);
    }

    void ended() {
        ended = true;
    }

    void ignored() {
        ignored = true;
    }

    boolean isIgnored() {
        return ignored;
    }

    void askedToStop() {
        askedToStop = true;
    }

    boolean isAskedToStop() {
        return askedToStop;
    }

    /**
     * It is killed.
     *
     * @param knowsItsEnd whether it can still tell how it ended; else that is {@code killed}, whatever it says
     */
    void killed(boolean knowsItsEnd) {
        onlyKilled = !knowsItsEnd;
        killed = true;
    }

    boolean isKilled() {
        return killed;
    }

    /** A supervisor that has ended, but whose actor an abandoned child keeps. */
    void heldBack() {
        heldBack = true;
    }

    boolean isHeldBack() {
        return heldBack;
    }

    /** What it says and what becomes of it counts no longer. */
    void abandoned() {
        abandoned = true;
    }

    /** What is to be done when this incarnation is abandoned, by who waits for something from it. */
    void whenAbandoned(Runnable action) {
        whenAbandoned = action;
    }

    /** Nobody will wait for it any more. */
    void letGo() {
        whenAbandoned.run();
    }

    boolean isAbandoned() {
        return abandoned;
    }

    synchronized void busyOn(@Nullable Thread own) {
        thread = own;
    }

    /** Interrupts its own thread, if it is busy on one. */
    synchronized void interrupt() {
        Thread own = thread;
        if (own != null) {
            own.interrupt();
        }
    }

    /** It has said that it is ready. */
    void ready() {
        ready = true;
    }

    boolean isReady() {
        return ready;
    }

    /** Where its own thread stands, a line for each call; empty if it has none. */
    String stack() {
        Thread own = thread;
        if (own == null) {
            return "";
        }
        return Arrays.stream(own.getStackTrace())
                .map(StackTraceElement::toString)
                .collect(Collectors.joining("\n"));
    }

    @Nullable
    ExitReason reason() {
        return reason;
    }

    /** The first reason counts: what follows from it is no news. */
    void endsWith(ExitReason why) {
        if (reason == null) {
            reason = onlyKilled ? ExitReason.killed() : why;
        }
    }

    /** Its end went wrong, which counts more than why it ended. */
    void endsBadly(ExitReason why) {
        if (!onlyKilled) {
            reason = why;
        }
    }
}
