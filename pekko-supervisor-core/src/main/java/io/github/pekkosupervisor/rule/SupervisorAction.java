package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a {@link SupervisorRule} wants done, in order. The supervisor's actor does it, and nobody else. */
public sealed interface SupervisorAction {

    /** Make the actor of a new incarnation. */
    record Start(Incarnation incarnation, ChildSpec spec, List<Object> arguments) implements SupervisorAction {}

    /** Ask an incarnation to stop. */
    record AskToStop(Incarnation incarnation, Duration within) implements SupervisorAction {}

    /** Tell an incarnation that is being stopped that the whole tree ends, so that it gives up what it is starting. */
    record Hurry(Incarnation incarnation, RuleEvent.Hurry request) implements SupervisorAction {}

    /** Make an incarnation end. */
    record Kill(Incarnation incarnation) implements SupervisorAction {}

    /** Send an incarnation a signal, if it listens to it, and say so: {@link RuleEvent.SignalSent}. */
    record SendSignal(Incarnation incarnation, Signal signal, Consumer<Object> reply) implements SupervisorAction {}

    /** Ask the start gates, and say what they say: {@link RuleEvent.GateAnswered}, at once or later. */
    record AskGates(long question, StartGate.Start start) implements SupervisorAction {}

    /**
     * Let an incarnation that does not end go, and report where it stands: it counts no longer.
     *
     * @param stack where it stands, if that is known already
     */
    record Abandon(
            Incarnation incarnation,
            Offender offender,
            @Nullable String stack) implements SupervisorAction {}

    /** Give {@link RuleEvent.Wake} at this time. */
    record WakeAt(long time) implements SupervisorAction {}

    /** Give the retry when all that is in the mailbox has been taken. */
    record TryAgain(RuleEvent.Retry retry) implements SupervisorAction {}

    /** Give the notice after a while. */
    record WaitBefore(RuleEvent.DelayOver notice, Duration delay) implements SupervisorAction {}

    /** A notice that was ordered for this child is not needed any more. */
    record StopWaiting(Child child) implements SupervisorAction {}

    /** What the rule cannot know by itself; the answer is the next event that it is given. */
    sealed interface Question extends SupervisorAction {}

    /** Check a child that is to be added to a supervisor of this specification: {@link RuleEvent.Checked}. */
    record CheckChild(ChildSpec child, SupervisorSpec supervisor) implements Question {}

    /**
     * Ask for a new specification, and check it as one that follows this one: {@link RuleEvent.InitReturned} or
     * {@link RuleEvent.InitFailed}.
     *
     * @param children that there are; those that it does not name stay
     */
    record CallInit(Callable<SupervisorSpec> init, SupervisorSpec present, List<ChildSpec> children)
            implements Question {}

    /**
     * Tell who waits for another incarnation that none will come.
     *
     * @param first number of the child's first incarnation; 0 if there was none
     * @param kind of what it was
     * @param isGone whether its supervisor knows no such child any more
     */
    record StaysDown(String id, long first, ChildKind kind, String why, boolean isGone) implements SupervisorAction {}

    /** Answer a call. */
    record Reply(Consumer<Object> to, Object answer) implements SupervisorAction {}

    /** Tell the listener. */
    record Tell(SupervisorEvent event) implements SupervisorAction {}

    /** All children have been started for the first time. */
    enum Up implements SupervisorAction {
        /** The only one. */
        INSTANCE
    }

    /** Nothing is left: end. */
    record End(TreeEnd end) implements SupervisorAction {}
}
