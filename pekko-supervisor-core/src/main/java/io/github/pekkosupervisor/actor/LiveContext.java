package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RunnableKind;
import io.github.pekkosupervisor.spec.ServiceKind;
import io.github.pekkosupervisor.spec.Shutdown;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/** What one incarnation says is noted in its {@link LiveChild} or told to its supervisor. */
final class LiveContext implements IncarnationContext {

    private final LiveChild handle;
    private final List<Object> arguments;
    private final ActorRef<SupervisorCommand> supervisor;
    private final TreeContext around;
    private final Shutdown shutdown;
    private final @Nullable ActorRef<Object> keeper;
    private volatile @Nullable Runnable whenOver;

    LiveContext(
            LiveChild handle,
            List<Object> arguments,
            ActorRef<SupervisorCommand> supervisor,
            TreeContext around,
            Shutdown shutdown) {
        this(handle, arguments, supervisor, around, shutdown, null);
    }

    /** With the keeper of the child, if it has one. */
    LiveContext(
            LiveChild handle,
            List<Object> arguments,
            ActorRef<SupervisorCommand> supervisor,
            TreeContext around,
            Shutdown shutdown,
            @Nullable ActorRef<Object> keeper) {
        this.keeper = keeper;
        this.shutdown = shutdown;
        this.handle = handle;
        this.arguments = arguments;
        this.supervisor = supervisor;
        this.around = around;
    }

    /** The only implementation outside of tests. */
    static LiveContext of(IncarnationContext child) {
        return (LiveContext) child;
    }

    @Override
    public String id() {
        return handle.id();
    }

    @Override
    public long incarnation() {
        return handle.incarnation();
    }

    @Override
    public List<Object> arguments() {
        return arguments;
    }

    @Override
    public Map<String, String> logContext() {
        return Map.of("supervisor", around.path(), "child", handle.id());
    }

    @Override
    public void ready(@Nullable Object info) {
        handle.ready();
        supervisor.tell(new SupervisorMessage.Acknowledged(handle, info));
    }

    @Override
    public <T> Behavior<T> ignore() {
        handle.ignored();
        isOver();
        return Behaviors.stopped();
    }

    @Override
    public <T> Behavior<T> exit(ExitReason reason) {
        handle.endsWith(Objects.requireNonNull(reason, "the reason of an exit is null; use ExitReason.normal()"));
        isOver();
        return Behaviors.stopped();
    }

    @Override
    public void onSignal(Signal signal, Reaction reaction) {
        Objects.requireNonNull(reaction, "there is nothing to be done for a signal");
        ChildKind kind = handle.known().kind();
        if (!(kind instanceof ServiceKind || kind instanceof RunnableKind)) {
            throw new IllegalStateException("child \"" + id() + "\" is of the kind " + kind.name()
                    + ": onSignal is for services; for an actor use ChildSpec.withSignalMessage");
        }
        handle.onSignal(ServiceKind.checked(signal), reaction);
    }

    @Override
    public void heartbeat(Duration within) {
        if (within.isZero() || within.isNegative() || within.compareTo(Heartbeat.LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "child \"" + id() + "\": the time to the next heartbeat must be more than"
                            + " zero and at most 100 days, was " + DurationText.given(within));
        }
        if (handle.heartbeat().beats(within, around.clock().now())) {
            supervisor.tell(new SupervisorMessage.Beats(handle));
        }
    }

    @Override
    public void endHeartbeat() {
        handle.heartbeat().ends();
    }

    private void isOver() {
        Runnable action = whenOver;
        if (action != null) {
            action.run();
        }
    }

    /** Its incarnation has begun to be, for who wants to know that before it runs. */
    void hasBegun() {
        if (around.terms().tellsTransitions()) {
            supervisor.tell(new SupervisorMessage.HasBegun(handle));
        }
    }

    // ---- for who runs it

    @Override
    public String path() {
        return around.pathOf(handle.id());
    }

    @Override
    public LiveChild handle() {
        return handle;
    }

    @Override
    public void runs(ProcessIdentity process) {
        handle.runs(process);
    }

    @Override
    public StartGate.Cause startCause() {
        return handle.known().startCause();
    }

    @Override
    public boolean isOnce() {
        return handle.known().isOnce();
    }

    @Override
    public boolean comesBack() {
        return handle.known().comesBack();
    }

    @Override
    public ActorRef<Object> keeper() {
        if (keeper == null) {
            throw new IllegalStateException("child \"" + id() + "\" has no keeper");
        }
        return keeper;
    }

    @Override
    public void waitsFor(String what) {
        handle.waitsFor(what);
    }

    @Override
    public void isHung(String why, boolean isToBeStopped) {
        supervisor.tell(new SupervisorMessage.Hung(handle, why, isToBeStopped));
    }

    @Override
    public void hasRecovered() {
        supervisor.tell(new SupervisorMessage.Recovered(handle));
    }

    @Override
    public void tell(TreeEvent event) {
        SupervisorLog.tell(around.listener(), event);
    }

    /** Where its supervisor stands. */
    TreeContext around() {
        return around;
    }

    /** How it is stopped. */
    Shutdown shutdown() {
        return shutdown;
    }

    ActorRef<SupervisorCommand> supervisor() {
        return supervisor;
    }

    /** What to do, beside noting it, when the child says that it is over: an incarnation that is not an actor stops. */
    void whenOver(Runnable action) {
        whenOver = action;
    }
}
