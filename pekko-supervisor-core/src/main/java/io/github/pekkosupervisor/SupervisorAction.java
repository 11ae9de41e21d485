package io.github.pekkosupervisor;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** What a {@link SupervisorRule} wants done. */
sealed interface SupervisorAction {

    /** Make the actor of a new incarnation. */
    record Start(ChildHandle handle, ChildSpec spec, List<Object> arguments) implements SupervisorAction {}

    /** Ask an incarnation to stop. */
    record AskToStop(ChildHandle handle, Duration within) implements SupervisorAction {}

    /** Tell an incarnation that is being stopped to give up what it starts. */
    record Hurry(ChildHandle handle, Supervisor.Hurry request) implements SupervisorAction {}

    /** Make an incarnation end. */
    record Kill(ChildHandle handle) implements SupervisorAction {}

    /** Send {@link Supervisor.Wake} at this time. */
    record WakeAt(long time) implements SupervisorAction {}

    /** Send the retry to oneself, behind all that is in the mailbox. */
    record TryAgain(Supervisor.Retry retry) implements SupervisorAction {}

    /** Send the notice after a while. */
    record WaitBefore(Supervisor.DelayOver notice, Duration delay) implements SupervisorAction {}

    /** A notice that was ordered is not needed any more. */
    record StopWaiting(Child child) implements SupervisorAction {}

    /** Tell who waits for another incarnation that none will come. */
    record StaysDown(String id, ChildKind kind, String why) implements SupervisorAction {}

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
