package io.github.pekkosupervisor;

import io.github.pekkosupervisor.Supervisor.ChildCounts;
import io.github.pekkosupervisor.Supervisor.ChildInfo;
import io.github.pekkosupervisor.Supervisor.DeleteResult;
import io.github.pekkosupervisor.Supervisor.ReconfigureResult;
import io.github.pekkosupervisor.Supervisor.RestartResult;
import io.github.pekkosupervisor.Supervisor.SpecResult;
import io.github.pekkosupervisor.Supervisor.StartResult;
import io.github.pekkosupervisor.Supervisor.SupervisorGone;
import io.github.pekkosupervisor.Supervisor.TerminateResult;
import io.github.pekkosupervisor.Supervisor.WhichResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The dynamic API of one incarnation of a supervisor. May be used from any thread; nothing blocks.
 *
 * <p>Requests are answered in the order they were made, when they have been carried out. When the supervisor has ended,
 * or ends before it gets to a request, the answer is {@link SupervisorGone}, and where that is no possible answer the
 * stage fails with {@link GoneException}. No request stays unanswered. Stages complete on threads that are not the
 * tree's, so what follows may block, and what follows two of them may run in any order.
 */
public final class SupervisorRef {

    private final Desk desk;

    SupervisorRef(Desk desk) {
        this.desk = desk;
    }

    /** The supervisor has ended. */
    public static final class GoneException extends IllegalStateException {
        GoneException(String path) {
            super("supervisor " + path + " has ended");
        }
    }

    /** The supervisor's actor, for {@link Supervisor.Command}s; those meet dead letters when it has ended. */
    public ActorRef<Supervisor.Command> actor() {
        return desk.supervisor();
    }

    /** Where the supervisor stands in its tree. */
    public String path() {
        return desk.path();
    }

    /** Adds a child at the end and starts it. */
    public CompletionStage<StartResult> startChild(ChildSpec child) {
        return desk.call(new Request.StartChild(child, List.of()), StartResult.class, SupervisorGone.INSTANCE);
    }

    /** Dynamic supervisors only: adds a child and starts it with arguments. */
    public CompletionStage<StartResult> startChild(ChildSpec child, List<Object> arguments) {
        return desk.call(new Request.StartChild(child, arguments), StartResult.class, SupervisorGone.INSTANCE);
    }

    /** Simple one for one only: starts one more child of the template. */
    public CompletionStage<StartResult> startFromTemplate(Object... arguments) {
        return desk.call(new Request.StartFromTemplate(List.of(arguments)), StartResult.class, SupervisorGone.INSTANCE);
    }

    /** Stops a child and does not start it again. */
    public CompletionStage<TerminateResult> terminateChild(String id) {
        return desk.call(new Request.TerminateChild(id), TerminateResult.class, SupervisorGone.INSTANCE);
    }

    /** Dynamic supervisors only: stops a child and forgets it. */
    public CompletionStage<TerminateResult> terminateChild(ChildHandle child) {
        return desk.call(new Request.TerminateHandle(child), TerminateResult.class, SupervisorGone.INSTANCE);
    }

    /** Starts a child that was stopped, or has ended and stayed down. */
    public CompletionStage<RestartResult> restartChild(String id) {
        return desk.call(new Request.RestartChild(id), RestartResult.class, SupervisorGone.INSTANCE);
    }

    /** Forgets a child that is not running. */
    public CompletionStage<DeleteResult> deleteChild(String id) {
        return desk.call(new Request.DeleteChild(id), DeleteResult.class, SupervisorGone.INSTANCE);
    }

    /** The children in start order, those of a dynamic supervisor in the order they were added. */
    @SuppressWarnings("unchecked")
    public CompletionStage<List<ChildInfo>> children() {
        return desk.call(new Request.WhichChildren(), List.class, null).thenApply(list -> (List<ChildInfo>) list);
    }

    /** The children as OTP's {@code which_children} lists them: the one that was added last first. */
    public CompletionStage<List<ChildInfo>> newestFirst() {
        return children().thenApply(list -> {
            List<ChildInfo> reversed = new ArrayList<>(list);
            Collections.reverse(reversed);
            return reversed;
        });
    }

    /** One child. */
    public CompletionStage<WhichResult> child(String id) {
        return desk.call(new Request.WhichChild(id), WhichResult.class, SupervisorGone.INSTANCE);
    }

    /** Dynamic supervisors only: one child. */
    public CompletionStage<WhichResult> child(ChildHandle child) {
        return desk.call(new Request.WhichHandle(child), WhichResult.class, SupervisorGone.INSTANCE);
    }

    /** How many children there are. */
    public CompletionStage<ChildCounts> count() {
        return desk.call(new Request.CountChildren(), ChildCounts.class, null);
    }

    /** The specification of a child with all defaults filled in. */
    public CompletionStage<SpecResult> childSpec(String id) {
        return desk.call(new Request.GetChildSpec(id), SpecResult.class, SupervisorGone.INSTANCE);
    }

    /** Dynamic supervisors only: the specification of a child. */
    public CompletionStage<SpecResult> childSpec(ChildHandle child) {
        return desk.call(new Request.GetHandleSpec(child), SpecResult.class, SupervisorGone.INSTANCE);
    }

    /** Replaces flags and specifications, see {@link Supervisor.Reconfigure}. */
    public CompletionStage<ReconfigureResult> reconfigure(SupervisorSpec spec) {
        return desk.call(new Request.Reconfigure(() -> spec), ReconfigureResult.class, SupervisorGone.INSTANCE);
    }

    /** Stops all children in reverse order, then the supervisor: it ends with {@code normal}. */
    public CompletionStage<TreeEnd> stop() {
        return stop(ExitReason.normal());
    }

    /**
     * Stops all children in reverse order, then the supervisor.
     *
     * @param reason what it ends with
     * @return how it has ended, when nothing of it is left
     */
    public CompletionStage<TreeEnd> stop(ExitReason reason) {
        actor().tell(new Supervisor.Stop(reason));
        return whenEnded();
    }

    /**
     * As {@link #stop(ExitReason)}, but fails with a {@link TimeoutException} after a while; the stop goes on.
     *
     * @param patience how long to wait; more than zero
     */
    public CompletionStage<TreeEnd> stop(ExitReason reason, Duration patience) {
        return stop(reason).toCompletableFuture().copy().orTimeout(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** How this incarnation has ended, when nothing of it is left. */
    public CompletionStage<TreeEnd> whenEnded() {
        return desk.whenEnded();
    }

    /**
     * An address that stays the same while the child is restarted.
     *
     * <p>While there is no incarnation, messages to it go to the dead letters. It is good for as long as the tree runs,
     * also when this supervisor is itself restarted.
     *
     * @param id of a child, which need not exist yet
     * @param type of its messages; what is sent and is not of this class goes to the dead letters, with a warning. Of a
     *     type with parameters only the class is looked at, a primitive one counts as its wrapper, and
     *     {@code Object.class} lets all pass
     */
    public <T> ActorRef<T> ref(String id, Class<T> type) {
        return desk.address(type, id);
    }

    /** The same, further down. */
    <T> ActorRef<T> address(Class<T> type, String... ids) {
        return desk.address(type, ids);
    }

    @Override
    public String toString() {
        return "SupervisorRef[" + path() + "]";
    }

    static <T> CompletableFuture<T> failed(Throwable cause) {
        return CompletableFuture.failedFuture(cause);
    }
}
