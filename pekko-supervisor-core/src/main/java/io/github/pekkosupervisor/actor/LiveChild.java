package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.posix.Excerpt;
import io.github.pekkosupervisor.posix.GroupMember;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessNotice;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.rule.Incarnation;
import io.github.pekkosupervisor.spec.ChildContext.Reaction;
import io.github.pekkosupervisor.spec.ExitReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * One incarnation of a child as all threads see it: what others may know of it, what its supervisor has asked of it,
 * and what it says of itself before it ends.
 */
final class LiveChild implements ChildHandle {

    private final String id;
    private final long number;

    /** Which tree it belongs to. Written by the supervisor before anybody else sees the handle. */
    private @Nullable TreeIdentity tree;

    /** The incarnation of its supervisor that has started it, if that is a child. Written as the one before. */
    private @Nullable LiveChild above;

    /** What the rule knows it as. Written by the supervisor before anybody else sees the handle. */
    private @Nullable Incarnation incarnation;

    /** Written by the supervisor before anybody else sees the handle. */
    private @Nullable ActorRef<Object> ref;

    private volatile @Nullable SupervisorRef supervisor;

    private volatile @Nullable ProcessIdentity process;

    /** Written by the incarnation before it ends, read by the supervisor after that. */
    private volatile @Nullable ExitReason reason;

    /** Written by a supervisor that is one, before it ends. */
    private volatile @Nullable TreeEnd end;

    /** What its process has said of itself. */
    private volatile @Nullable ProcessNotice notice;

    /** What its process has written last. */
    private volatile @Nullable Supplier<List<String>> lastLines;

    private volatile boolean adopted;
    private volatile Duration ranBefore = Duration.ZERO;
    private volatile boolean wasPaused;
    private volatile @Nullable String waitsFor;
    private volatile boolean ready;
    private volatile boolean ignored;
    private volatile boolean askedToStop;

    /** What it was told to stop, if that is a message. */
    private volatile @Nullable Object stopRequest;

    private volatile @Nullable List<GroupMember> overrun;
    private volatile boolean killed;
    private volatile boolean onlyKilled;
    private volatile boolean heldBack;
    private volatile boolean ended;
    private volatile boolean abandoned;

    private volatile @Nullable Runnable whenAbandoned;

    /** The thread of its own that it is busy on, if it has one. */
    private volatile @Nullable Thread thread;

    /** What it does for signals, if it is a service that has said so. */
    private volatile @Nullable Map<Signal, Reaction> reactions;

    /** What it has promised, made when it first does. */
    private volatile @Nullable Heartbeat heartbeat;

    LiveChild(String id, long number) {
        this.id = id;
        this.number = number;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public long incarnation() {
        return number;
    }

    @Override
    public long first() {
        return known().first();
    }

    @SuppressWarnings("unchecked")
    @Override
    public <T> ActorRef<T> ref() {
        if (ref == null) {
            throw new IllegalStateException("child " + this + " has no actor yet");
        }
        return (ActorRef<T>) (ActorRef<?>) ref;
    }

    @Override
    public Optional<SupervisorRef> supervisor() {
        return Optional.ofNullable(supervisor);
    }

    @Override
    public Optional<ProcessIdentity> process() {
        return Optional.ofNullable(process);
    }

    @Override
    public Optional<ProcessNotice> notice() {
        return Optional.ofNullable(notice);
    }

    @Override
    public List<String> lastLines() {
        Supplier<List<String>> written = lastLines;
        return written == null ? List.of() : written.get();
    }

    @Override
    public boolean isAdopted() {
        return adopted;
    }

    @Override
    public Duration ranBefore() {
        return ranBefore;
    }

    @Override
    public boolean wasPaused() {
        return wasPaused;
    }

    @Override
    public Instant startedAt() {
        long started = known().startedAt();
        return Objects.requireNonNull(tree).clock().instant(started);
    }

    @Override
    public boolean isStartedByCall() {
        return known().isStartedByCall();
    }

    @Override
    public Optional<String> waitsFor() {
        return ready ? Optional.empty() : Optional.ofNullable(waitsFor);
    }

    @Override
    public boolean hasEnded() {
        return ended;
    }

    @Override
    public String toString() {
        return Excerpt.line(id) + "#" + number;
    }

    // ---- the supervisor's and the incarnation's side

    /**
     * Before anybody else sees it.
     *
     * @param startedBy the incarnation of its supervisor; null if that is nobody's child
     */
    void is(Incarnation known, TreeIdentity ofTree, @Nullable LiveChild startedBy) {
        incarnation = known;
        tree = ofTree;
        above = startedBy;
    }

    Incarnation known() {
        if (incarnation == null) {
            throw new IllegalStateException(this + " belongs to no supervisor");
        }
        return incarnation;
    }

    @Nullable
    TreeIdentity tree() {
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

    /** Its process has a memory of what it has written last. */
    void writes(Supplier<List<String>> written) {
        lastLines = written;
    }

    /** Its process says this of itself. */
    void says(ProcessNotice all) {
        notice = all;
    }

    /** It is a process that has been taken over, that had run for so long, and was stopped on purpose or was not. */
    void adopts(Duration soFar, boolean isPaused) {
        ranBefore = soFar;
        wasPaused = isPaused;
        adopted = true;
    }

    /** Until this has happened it is not ready. */
    void waitsFor(String what) {
        waitsFor = what;
    }

    /** Who of its process group was left when it had ended, and had to be killed. */
    void overran(List<GroupMember> left) {
        overrun = left.isEmpty() ? null : left;
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

    /** What it has said, when its actor has terminated: how it ended. */
    Incarnation.End end() {
        List<GroupMember> left = overrun;
        if (end == null && left == null && !ignored) {
            ExitReason said = reason;
            return said == null ? Incarnation.End.SILENT : Incarnation.End.of(said);
        }
        return new Incarnation.End(reason, ignored, Optional.ofNullable(end), left == null ? List.of() : left);
    }

    void ended() {
        ended = true;
    }

    /** Whether its supervisor goes on without it. */
    boolean isDoneWith() {
        return ended || abandoned;
    }

    void ignored() {
        ignored = true;
    }

    boolean isIgnored() {
        return ignored;
    }

    void askedToStop(@Nullable Object request) {
        stopRequest = request;
        askedToStop = true;
    }

    boolean isAskedToStop() {
        return askedToStop;
    }

    /** Whether this is what it was told to stop. */
    boolean isAskedToStopBy(Object message) {
        return askedToStop && stopRequest == message;
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

    /** What is to be done when this incarnation is abandoned, by who waits for something from it. */
    void whenAbandoned(Runnable action) {
        whenAbandoned = action;
    }

    /** Nobody will wait for it any more. */
    void letGo() {
        abandoned = true;
        Runnable action = whenAbandoned;
        if (action != null) {
            action.run();
        }
    }

    /** Whether nobody waits for it any more, or for one that it is below: there may be others in their places. */
    boolean isLetGo() {
        LiveChild at = this;
        while (at != null && !at.abandoned) {
            at = at.above;
        }
        return at != null;
    }

    /** From now on it does this for a signal. */
    synchronized void onSignal(Signal signal, Reaction reaction) {
        Map<Signal, Reaction> before = reactions;
        Map<Signal, Reaction> all = new EnumMap<>(Signal.class);
        if (before != null) {
            all.putAll(before);
        }
        all.put(signal, reaction);
        reactions = all;
    }

    /** What it does for a signal; null for nothing. */
    @Nullable
    Reaction reaction(Signal signal) {
        Map<Signal, Reaction> known = reactions;
        return known == null ? null : known.get(signal);
    }

    /** Does it. */
    void react(Signal signal) throws Exception {
        Reaction reaction = reaction(signal);
        // before there was a thread to interrupt
        if (reaction != null && !killed) {
            reaction.react();
        }
    }

    /** What it has promised. */
    synchronized Heartbeat heartbeat() {
        Heartbeat known = heartbeat;
        if (known == null) {
            known = new Heartbeat();
            heartbeat = known;
        }
        return known;
    }

    /** The same; null if it never has. */
    @Nullable
    Heartbeat knownHeartbeat() {
        return heartbeat;
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
