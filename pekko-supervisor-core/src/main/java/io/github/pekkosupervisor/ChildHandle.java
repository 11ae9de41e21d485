package io.github.pekkosupervisor;

import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * One incarnation of a child; OTP's pid. It stays the same while the child runs, and a restart makes a new one. May be
 * used from any thread.
 */
public final class ChildHandle {

    final Child child;
    private final long number;
    private final List<Object> arguments;

    /** Written by the supervisor before anybody else sees the handle. */
    private @Nullable ActorRef<Object> ref;

    private volatile @Nullable SupervisorRef supervisor;

    /** Written by the incarnation before it ends, read by the supervisor after that. */
    private volatile @Nullable ExitReason reason;

    private volatile boolean ignored;
    private volatile boolean ended;

    ChildHandle(Child child, long number, List<Object> arguments) {
        this.child = child;
        this.number = number;
        this.arguments = arguments;
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
     * @param <T> the type of its messages, which is not checked
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

    /** Whether this incarnation is over, abandoned ones excepted: they may still run. */
    public boolean hasEnded() {
        return ended;
    }

    @Override
    public String toString() {
        return id() + "#" + number;
    }

    // ---- the supervisor's and the incarnation's side

    List<Object> arguments() {
        return arguments;
    }

    void spawnedAs(ActorRef<Object> actor) {
        ref = actor;
    }

    void supervises(SupervisorRef itself) {
        supervisor = itself;
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

    @Nullable
    ExitReason reason() {
        return reason;
    }

    /** The first reason counts: what follows from it is no news. */
    void endsWith(ExitReason why) {
        if (reason == null) {
            reason = why;
        }
    }
}
