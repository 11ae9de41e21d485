package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.protocol.SupervisorResult.ChildCounts;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.protocol.SupervisorResult.Children;
import io.github.pekkosupervisor.protocol.SupervisorResult.DeleteResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.ReconfigureResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.RestartResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.SpecResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.StartResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.TerminateResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.WhichResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The dynamic API of one incarnation of a supervisor. May be used from any thread; nothing blocks. Made by supervisors;
 * an application implements it for its tests only.
 *
 * <p>Requests are answered in the order they were made, when they have been carried out. When the supervisor has ended,
 * or ends before it gets to a request, the answer is {@link SupervisorResult.SupervisorGone}, and where that is no
 * possible answer the stage fails with {@link GoneException}. No request stays unanswered. Stages complete on threads
 * that are not the tree's, so what follows may block, and what follows two of them may run in any order.
 */
public interface SupervisorRef {

    /** The supervisor has ended. */
    final class GoneException extends IllegalStateException {
        /**
         * Of the supervisor that stood here in its tree.
         *
         * @param path where
         */
        public GoneException(String path) {
            super("supervisor " + path + " has ended");
        }
    }

    /**
     * Makes a request; all that follow here are short for it.
     *
     * @return its answer, in any case
     */
    <R extends SupervisorResult> CompletionStage<R> ask(Request<R> request);

    /** The supervisor's actor, for {@link SupervisorCommand}s; those meet dead letters when it has ended. */
    ActorRef<SupervisorCommand> actor();

    /** Where the supervisor stands in its tree. */
    String path();

    /** How this incarnation has ended, when nothing of it is left. */
    CompletionStage<TreeEnd> whenEnded();

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
    <T> ActorRef<T> ref(String id, Class<T> type);

    /**
     * How it is, and all below it. That does not wait its turn: what is starting or stopping just now is seen so. What
     * does not answer within a second is seen as its supervisor knows it.
     *
     * @return fails with {@link GoneException} if this supervisor has ended, and with a
     *     {@link java.util.concurrent.TimeoutException} if it does not answer within five seconds
     */
    CompletionStage<TreeSnapshot> snapshot();

    // ---- the calls

    /** Adds a child at the end and starts it. */
    default CompletionStage<StartResult> startChild(ChildSpec child) {
        return ask(new Request.StartChild(child, List.of()));
    }

    /** Dynamic supervisors only: adds a child and starts it with arguments. */
    default CompletionStage<StartResult> startChild(ChildSpec child, List<Object> arguments) {
        return ask(new Request.StartChild(child, arguments));
    }

    /** Simple one for one only: starts one more child of the template. */
    default CompletionStage<StartResult> startFromTemplate(Object... arguments) {
        return ask(new Request.StartFromTemplate(List.of(arguments)));
    }

    /** Stops a child and does not start it again. */
    default CompletionStage<TerminateResult> terminateChild(String id) {
        return ask(new Request.TerminateChild(id));
    }

    /** Dynamic supervisors only: stops a child and forgets it. */
    default CompletionStage<TerminateResult> terminateChild(ChildHandle child) {
        return ask(new Request.TerminateHandle(child));
    }

    /** Starts a child that was stopped, or has ended and stayed down. */
    default CompletionStage<RestartResult> restartChild(String id) {
        return ask(new Request.RestartChild(id));
    }

    /** Forgets a child that is not running. */
    default CompletionStage<DeleteResult> deleteChild(String id) {
        return ask(new Request.DeleteChild(id));
    }

    /** The children in start order, those of a dynamic supervisor in the order they were added. */
    default CompletionStage<List<ChildInfo>> children() {
        return ask(new Request.WhichChildren()).thenApply(Children::list);
    }

    /** The children as OTP's {@code which_children} lists them: the one that was added last first. */
    default CompletionStage<List<ChildInfo>> newestFirst() {
        return children().thenApply(list -> {
            List<ChildInfo> reversed = new ArrayList<>(list);
            Collections.reverse(reversed);
            return reversed;
        });
    }

    /** One child. */
    default CompletionStage<WhichResult> child(String id) {
        return ask(new Request.WhichChild(id));
    }

    /** Dynamic supervisors only: one child. */
    default CompletionStage<WhichResult> child(ChildHandle child) {
        return ask(new Request.WhichHandle(child));
    }

    /** How many children there are. */
    default CompletionStage<ChildCounts> count() {
        return ask(new Request.CountChildren());
    }

    /** The specification of a child with all defaults filled in. */
    default CompletionStage<SpecResult> childSpec(String id) {
        return ask(new Request.GetChildSpec(id));
    }

    /** Dynamic supervisors only: the specification of a child. */
    default CompletionStage<SpecResult> childSpec(ChildHandle child) {
        return ask(new Request.GetHandleSpec(child));
    }

    /** Replaces flags and specifications, see {@link Request.Reconfigure}. */
    default CompletionStage<ReconfigureResult> reconfigure(SupervisorSpec spec) {
        return ask(new Request.Reconfigure(() -> spec));
    }

    // ---- the end

    /** Stops all children in reverse order, then the supervisor: it ends with {@code normal}. */
    default CompletionStage<TreeEnd> stop() {
        return stop(ExitReason.normal());
    }

    /**
     * Stops all children in reverse order, then the supervisor.
     *
     * @param reason what it ends with
     * @return how it has ended, when nothing of it is left
     */
    default CompletionStage<TreeEnd> stop(ExitReason reason) {
        actor().tell(new SupervisorCommand.Stop(reason));
        return whenEnded();
    }

    /**
     * As {@link #stop(ExitReason)}, but fails with a {@link TimeoutException} after a while; the stop goes on.
     *
     * @param patience how long to wait; more than zero
     */
    default CompletionStage<TreeEnd> stop(ExitReason reason, Duration patience) {
        return stop(reason).toCompletableFuture().copy().orTimeout(patience.toNanos(), TimeUnit.NANOSECONDS);
    }
}
