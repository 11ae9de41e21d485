package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a {@link SupervisorRule} decides upon: all that it knows of the world. */
public sealed interface RuleEvent {

    /**
     * A call of the dynamic API.
     *
     * @param request what is asked for
     * @param about the incarnation that the request names, if it names one that some rule has made
     * @param hasEnded whether the handle that the request names was over when the call came
     * @param reply takes the answer
     * @param gone called instead, if the supervisor ends before it gets to it
     */
    record Call(
            Request<?> request, @Nullable Incarnation about, boolean hasEnded, Consumer<Object> reply, Runnable gone)
            implements RuleEvent {}

    /** A request to stop. */
    record Stop(ExitReason reason) implements RuleEvent {}

    /**
     * The whole tree ends, and a request to stop has come before: what is being started is given up. Does not wait its
     * turn.
     *
     * @param lost incarnations at any depth that will never end, and where they stand: nobody waits for them
     */
    record Hurry(Map<ChildHandle, String> lost) implements RuleEvent {}

    /** The supervisor above kills it. Does not wait its turn. */
    enum Kill implements RuleEvent {
        /** The only one. */
        INSTANCE
    }

    /**
     * An incarnation says that it has started.
     *
     * @param info for who asked for the start; null for none
     */
    record Acknowledged(Incarnation incarnation, @Nullable Object info) implements RuleEvent {}

    /** An incarnation's actor has terminated, and this is how. */
    record Terminated(Incarnation incarnation, Incarnation.End end) implements RuleEvent {}

    /**
     * A message for a child was not of a type that it takes. Does not wait its turn.
     *
     * @param id the child's
     * @param incarnation that it was for; null if it did not get as far
     */
    record Refused(String id, @Nullable Incarnation incarnation, Class<?> type) implements RuleEvent {}

    /** An incarnation that tells of its own beginning has begun: a process has its pid. Does not wait its turn. */
    record HasBegun(Incarnation incarnation) implements RuleEvent {}

    /**
     * An incarnation that has started does not work any more. Does not wait its turn.
     *
     * @param why in words
     * @param isToBeStopped whether it is stopped for that, to be restarted by its type
     */
    record Hung(Incarnation incarnation, String why, boolean isToBeStopped) implements RuleEvent {}

    /** It works again. Does not wait its turn. */
    record Recovered(Incarnation incarnation) implements RuleEvent {}

    /** One that was killed by a call, or was hung, has not ended in time; the rule tells itself. */
    record KillOverdue(Incarnation incarnation) implements RuleEvent {}

    /** A failed restart is to be tried again, after all that was in the mailbox. */
    record Retry(Child child, long attempt) implements RuleEvent {}

    /** A child has waited for its restart. */
    record DelayOver(Child child, long attempt) implements RuleEvent {}

    /** A time that was asked for has come. */
    enum Wake implements RuleEvent {
        /** The only one. */
        INSTANCE
    }

    // ---- answers to what the rule asks

    /**
     * Whether the start gates agree, in answer to {@link SupervisorAction.AskGates}: at once, or some time later.
     *
     * @param question its number
     */
    record GateAnswered(long question, boolean isOpen) implements RuleEvent {}

    /**
     * A signal has been sent, or ignored since there is no reaction, in answer to {@link SupervisorAction.SendSignal};
     * follows at once.
     */
    record SignalSent(Incarnation incarnation, Signal signal, boolean isHeard, Consumer<Object> reply)
            implements RuleEvent {}

    // ---- to decide a call; they follow at once

    /** What is wrong with a child that is to be added, in answer to {@link SupervisorAction.CheckChild}. */
    record Checked(List<Problem> problems) implements RuleEvent {}

    /**
     * The init has returned a specification, in answer to {@link SupervisorAction.CallInit}.
     *
     * @param problems all that is wrong with it
     */
    record InitReturned(SupervisorSpec spec, List<Problem> problems) implements RuleEvent {}

    /** The init has returned nothing, or thrown, in answer to {@link SupervisorAction.CallInit}. */
    record InitFailed(ExitReason reason) implements RuleEvent {}
}
