package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildCounts;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.protocol.SupervisorResult.Children;
import io.github.pekkosupervisor.protocol.SupervisorResult.DeleteResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.KillResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.NowResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.OnceResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.ReconfigureResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.RenewResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.RestartResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.SignalResult;
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
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The dynamic API of one incarnation of a supervisor. May be used from any thread; nothing blocks. Made by supervisors;
 * an application implements it for its tests only.
 *
 * <p>Requests are answered in the order they were made, when they have been carried out; kills and signals alone do not
 * wait for what is going on. When the supervisor has ended, or ends before it gets to a request, the answer is
 * {@link SupervisorResult.SupervisorGone}, and where that is no possible answer the stage fails with
 * {@link GoneException}. No request stays unanswered. Stages complete on threads that are not the tree's, so what
 * follows may block, and what follows two of them may run in any order.
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

        /**
         * Whether it is why a stage has failed, which may have wrapped it.
         *
         * @param failure what the stage has failed with
         */
        public static boolean isCauseOf(Throwable failure) {
            return failure instanceof GoneException
                    || (failure instanceof CompletionException && failure.getCause() instanceof GoneException);
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
     * @param type of its messages; what is sent and is not of this class goes to the dead letters, with a warning. Of a
     *     type with parameters only the class is looked at, a primitive one counts as its wrapper, and
     *     {@code Object.class} lets all pass
     * @param id of a child, which need not exist yet
     */
    <T> ActorRef<T> ref(Class<T> type, String id);

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

    // ---- the calls of an operator

    /**
     * Replaces a child that runs by a new incarnation, whatever its restart type. As the letter {@code t} of runit's
     * {@code sv restart}, for a child of any kind: the child, and those siblings that the strategy restarts with it,
     * are stopped in reverse order and started in order, in one go. That is no restart, and not counted. Siblings that
     * are temporary are stopped with it and gone, as in OTP. OTP has no such call: terminate and restart would leave
     * those behind that hold on to the old incarnation.
     *
     * @param id of a child of a supervisor that is not dynamic
     * @return {@code Started}, with the new incarnation, when all of them run; {@code Ignored}; {@code StartFailed}
     *     with the first of them that could not be started: it is restarting then, and that counts, as after a death.
     *     {@code NotRunning} if it is down, {@code Restarting} if it is on its way up, {@code NotKept} for a temporary
     *     child that is not in the specification of its supervisor: nothing was done
     */
    default CompletionStage<RenewResult> renewChild(String id) {
        return ask(new Request.RenewChild(id));
    }

    /**
     * The same, of any supervisor.
     *
     * @param child the incarnation that is to be replaced; {@code NotRunning} if there is another one already
     */
    default CompletionStage<RenewResult> renewChild(ChildHandle child) {
        return ask(new Request.RenewHandle(child));
    }

    /**
     * Renews all children that run, see {@link #renewChild(String)}: all are stopped in reverse order, then started in
     * order. Those that are down or restarting stay so, unless the strategy takes them along; temporary ones that
     * cannot be renewed run on, or are gone if it takes them along.
     *
     * @return {@code Ok} when all run; {@code StartFailed} with the first that could not be started: it is restarting
     *     then, and that counts
     */
    default CompletionStage<RenewResult> renewAll() {
        return ask(new Request.RenewAll());
    }

    /**
     * Kills a child at once, also one that is starting or being stopped; does not wait its turn. What follows is as if
     * it had ended by itself with {@code killed}: restart type, strategy and intensity apply. If it is being stopped
     * that is over sooner. One that does not end when killed is abandoned, as in a stop. As the letter {@code k} of
     * runit's {@code sv}.
     *
     * @param id of a child of a supervisor that is not dynamic
     * @return {@code Ok} when it has been told to end, not when it has; {@code NotRunning} if it has no incarnation
     */
    default CompletionStage<KillResult> killChild(String id) {
        return ask(new Request.KillChild(id));
    }

    /** The same, of this incarnation alone, and of any supervisor. */
    default CompletionStage<KillResult> killChild(ChildHandle child) {
        return ask(new Request.KillHandle(child));
    }

    /**
     * Has a child run once: one that is down is started, as by {@link #restartChild}, one that is restarting as by
     * {@link #startNow(String)}, and the end of an incarnation that runs, or is started so, is followed by no restart.
     * The next incarnation, after a later start or a restart of its group, is as its restart type says. As the letter
     * {@code o} of runit's {@code sv once}.
     *
     * @param id of a child of a supervisor that is not dynamic
     * @return {@code Started}, {@code Ignored} or {@code StartFailed} of one that was down or restarting, {@code Ok} of
     *     one that runs. One that was restarting and could not be started goes on as before, and {@code SupervisorGone}
     *     is the answer if it was one restart too many
     */
    default CompletionStage<OnceResult> startOnce(String id) {
        return ask(new Request.StartOnce(id));
    }

    /** The same, of the child that runs as this incarnation, and of any supervisor. */
    default CompletionStage<OnceResult> startOnce(ChildHandle child) {
        return ask(new Request.StartOnceHandle(child));
    }

    /**
     * Ends the wait of a child for its restart: the attempt is made now, and counts. As the letter {@code u} of runit's
     * {@code sv up} does for a child that is restarting.
     *
     * @param id of a child of a supervisor that is not dynamic
     * @return {@code Started}, {@code Ignored} or {@code StartFailed}, after which it is restarting as before;
     *     {@code SupervisorGone} if it was one restart too many; {@code Running} or {@code NotRunning} if it was not
     *     restarting, and nothing was done
     */
    default CompletionStage<NowResult> startNow(String id) {
        return ask(new Request.StartNow(id));
    }

    /** The same, of the child whose last incarnation this was, and of any supervisor. */
    default CompletionStage<NowResult> startNow(ChildHandle child) {
        return ask(new Request.StartNowHandle(child));
    }

    /**
     * Sends a child a signal; does not wait its turn. A process gets it, STOP and CONT with its group. A service has a
     * reaction, see {@link io.github.pekkosupervisor.spec.ChildContext#onSignal}, an actor is sent a message, see
     * {@link ChildSpec#withSignalMessage}; both for HUP, ALRM, INT, QUIT, USR1 and USR2. Where there is none it is
     * ignored, as by supervisors, and that is told once for each child and signal.
     *
     * @param id of a child of a supervisor that is not dynamic
     * @return {@code Ok} when it is on its way, {@code NoReaction} if it was ignored, {@code NotRunning} if there is no
     *     incarnation
     */
    default CompletionStage<SignalResult> signalChild(String id, Signal signal) {
        return ask(new Request.SignalChild(id, signal));
    }

    /** The same, of this incarnation alone, and of any supervisor. */
    default CompletionStage<SignalResult> signalChild(ChildHandle child, Signal signal) {
        return ask(new Request.SignalHandle(child, signal));
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
