package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.process.ProcessActor;
import io.github.pekkosupervisor.process.ProcessEvent;
import io.github.pekkosupervisor.runit.rule.NeedsRule.WaitsFor;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvEvent;
import io.github.pekkosupervisor.runit.rule.StopOrder;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;

/** What a runsv can be asked to do, and what it tells itself. */
sealed interface RunsvCommand {

    /** End the service and then this actor, as TERM does to runsv. */
    enum Terminate implements RunsvCommand {
        /** As by runit: a command that is read after that may have it go on. */
        ONCE,
        /** Nothing has it go on, since all is being stopped: after such a command it is asked again. */
        FOR_GOOD
    }

    /** A command has had it go on though it is to end {@linkplain Terminate#FOR_GOOD for good}. */
    enum TerminateAgain implements RunsvCommand {
        INSTANCE
    }

    /** The same without patience: what runs is killed, and again and again whatever has been started meanwhile. */
    enum Kill implements RunsvCommand {
        /** Each second. */
        INSTANCE(Duration.ofSeconds(1)),
        /** Soon, since whoever wants that is killed himself before long. */
        LATE(StopOrder.KILL_AGAIN);

        private final Duration again;

        Kill(Duration again) {
            this.again = again;
        }

        /** How long after it is done it is done again, until it is over. */
        Duration again() {
            return again;
        }
    }

    /** Something has been wished for, see {@link Handover#wishes}. */
    enum Wished implements RunsvCommand {
        INSTANCE
    }

    /**
     * How it stands with those that it needs, or is started after.
     *
     * @param waitsFor whom it waits for; empty if it may be started
     * @param stop whether what runs is to be stopped, and started again when it may
     * @param complaint what is to be said of that
     */
    record Hold(Optional<WaitsFor> waitsFor, boolean stop, Optional<String> complaint) implements RunsvCommand {}

    /** What is ordered by who decides on starts, see {@link RunsvSettings#orders}. */
    sealed interface Order extends RunsvCommand {}

    /**
     * Start {@code run}.
     *
     * @param once whether no other start follows by itself
     * @param unlessDown not if there is a file {@code down}
     */
    record StartRun(boolean once, boolean unlessDown) implements Order {}

    /** Stop it; see {@link RunsvEvent.StopOrdered}. */
    record StopRun(boolean again, boolean scriptHasRun) implements Order {}

    /** Kill it, and each second whatever has been started for it meanwhile, until it is over. */
    enum KillRun implements Order {
        INSTANCE
    }

    /** It will not be started again by itself. */
    enum LeaveDown implements Order {
        INSTANCE
    }

    /**
     * Come to rest: do what follows from all that has been seen, leave the record of how that stands, and do nothing
     * more until {@link GoOn}. To be asked while the event loop is held.
     *
     * @param settled told, in this actor, why nobody could go on with the record; empty if that can be done
     */
    record Settle(Consumer<Optional<String>> settled) implements RunsvCommand {}

    /** Go on as before {@link Settle}. */
    enum GoOn implements RunsvCommand {
        INSTANCE
    }

    /** Tell how the service directory stands, if nobody else has. The number is answered too. */
    record Snapshot(int number, Standing.Turn turn, ActorRef<? super Answer> replyTo) implements RunsvCommand {}

    /** How the service directory stands. */
    record Answer(int number, ServiceSnapshot snapshot) {}

    /** Nothing is on its way from this one, since it was asked for that. */
    record ProcessSettled(ActorRef<ProcessActor.Command> actor, Settle asked) implements RunsvCommand {}

    /** What came before this has been dealt with, since it was asked for that. */
    record Quiet(Settle asked) implements RunsvCommand {}

    record ControlByte(Role role, char letter) implements RunsvCommand {}

    record OfProcess(Role role, ProcessEvent event) implements RunsvCommand {}

    record OfScript(char letter, ProcessEvent event) implements RunsvCommand {}

    record OfLogger(LoggerRequests.Said said) implements RunsvCommand {}

    record OfLoggerLog(ProcessEvent event) implements RunsvCommand {}

    /** A logger may have got a signal and not noticed. */
    record WakeLogger(int pid) implements RunsvCommand {}

    record ProcessActorStopped(ActorRef<ProcessActor.Command> actor) implements RunsvCommand {}

    record PauseOver(Role role) implements RunsvCommand {}

    /** What was stopped since it was hung has had its time. */
    enum HangOverdue implements RunsvCommand {
        INSTANCE
    }

    /** A oneshot has had its time. */
    record OneshotOverdue(int pid) implements RunsvCommand {}

    record PublishAgain(Role role) implements RunsvCommand {}

    /** The launcher's own log has had another second to come to its end. */
    record LogDrains(OwnLog.Drain last) implements RunsvCommand {}

    record CatchUp(Role role) implements RunsvCommand {}

    record ReadCommands(Role role) implements RunsvCommand {}

    record NotOver(Duration soFar) implements RunsvCommand {}

    /** What could not be opened, or not be told, may be so by now. */
    enum TryAgain implements RunsvCommand {
        INSTANCE
    }
}
