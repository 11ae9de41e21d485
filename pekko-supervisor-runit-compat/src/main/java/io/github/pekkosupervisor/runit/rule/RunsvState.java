package io.github.pekkosupervisor.runit.rule;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.time.Instant;
import java.util.Optional;

/**
 * Everything that {@link RunsvRule} remembers of one service directory.
 *
 * @param service the process of {@code run} and {@code finish}
 * @param log the process of {@code log/run}; empty if there is no {@code log} directory
 * @param terminating a request to terminate that waits for the service to be idle
 * @param draining the pipe to the logger has been closed, its end is awaited
 * @param exited supervision is over
 * @param orders how it stands with those who order each start of {@code run}; empty where there is nobody, and it is
 *     started again as runsv does
 * @param hang how far the stop of a {@code run} is that was hung
 * @param oneshot whether {@code run} is over when it has ended well
 * @param restarting how it stands with restarts of which {@code service.conf} says something; empty for runit's way
 * @param held whether it waits for others before it is started by itself
 */
public record RunsvState(
        Unit service,
        Optional<Unit> log,
        boolean terminating,
        boolean draining,
        boolean exited,
        Optional<Orders> orders,
        Hang hang,
        Oneshot oneshot,
        Optional<Restarting> restarting,
        boolean held) {

    /** How far it is with a {@code run} that runs and does not work. */
    public enum Hang {
        /** It works, as far as is known, or is left as it is. */
        NONE,
        /** It is to be stopped as soon as the service is idle. */
        STOP_DUE,
        /** It is being stopped. */
        STOPPING,
        /** It has not ended in time, and is to be killed as soon as the service is idle. */
        KILL_DUE,
        /** It is being killed. */
        KILLING
    }

    /** One that is restarted as runit does it. */
    public RunsvState(
            Unit service,
            Optional<Unit> log,
            boolean terminating,
            boolean draining,
            boolean exited,
            Optional<Orders> orders,
            Hang hang,
            Oneshot oneshot) {
        this(service, log, terminating, draining, exited, orders, hang, oneshot, Optional.empty(), false);
    }

    /** One that is not hung. */
    public RunsvState(
            Unit service,
            Optional<Unit> log,
            boolean terminating,
            boolean draining,
            boolean exited,
            Optional<Orders> orders,
            Oneshot oneshot) {
        this(service, log, terminating, draining, exited, orders, Hang.NONE, oneshot);
    }

    /** One that starts {@code run} itself, again and again. */
    public RunsvState(Unit service, Optional<Unit> log, boolean terminating, boolean draining, boolean exited) {
        this(service, log, terminating, draining, exited, Optional.empty(), Oneshot.NONE);
    }

    /** When a {@code run} that has ended well, and is over by that, is run again without being asked. */
    public enum Again {
        /** With the next start of the supervision. */
        GROUP,
        /** Not before the next boot. */
        ONCE
    }

    /** Whether {@code run} is over when it has exited with 0, and is not started again then. */
    public enum Oneshot {
        /** It is to go on. */
        NONE,
        /** It is, and has not, or was started again since. */
        DUE,
        /** It has. */
        DONE
    }

    /**
     * What has been ordered, and is to be told.
     *
     * @param awaits what has not been told yet of the last start that was ordered
     * @param stop how far a stop is that was ordered
     * @param endIsAsked {@code control/t} has seen to the end itself: it has vetoed a letter {@code t}, and the next
     *     end is what that was for, unless another letter or a start has come since
     */
    public record Orders(Awaits awaits, Stop stop, boolean endIsAsked) {

        /** Nothing has been ordered. */
        public static final Orders NONE = new Orders(Awaits.NOTHING, Stop.NONE, false);

        /** What is to be told next. */
        public enum Awaits {
            /** Nothing. */
            NOTHING,
            /** That it runs. */
            START,
            /** That it is over. */
            END
        }

        /** How far a stop is. */
        public enum Stop {
            /** None is ordered. */
            NONE,
            /** It waits for the service to be idle. */
            DUE,
            /** The same, and {@code control/t} has had its say. */
            DUE_WITHOUT_SCRIPT,
            /** It has been begun, and counts as that until the next start is ordered. */
            UNDER_WAY
        }
    }

    /** Before anything has been opened. */
    public static final RunsvState NOTHING = beginning(Unit.down(Want.DOWN, Instant.EPOCH), Optional.empty());

    /**
     * One of the two processes.
     *
     * @param status what the supervise directory tells of it
     * @param busy what has been begun and not been answered; meanwhile no command is read
     * @param once a start was asked for though it is not wanted up
     * @param throttled it must not be started yet
     * @param awaitsCommand the next byte of the control FIFO is to be read as soon as it is not busy
     * @param finishing how run ended, while a finish is due or runs
     * @param heard a command that came while busy and has not been acted on
     * @param unseen an end that came while busy and has not been acted on
     */
    public record Unit(
            ServiceStatus status,
            Busy busy,
            boolean once,
            boolean throttled,
            boolean awaitsCommand,
            Optional<ExitStatus> finishing,
            Optional<Character> heard,
            Optional<RunsvEvent.ProcessEnded> unseen) {

        /** A process that is not running. */
        public static Unit down(Want want, Instant now) {
            return of(new ServiceStatus(now, 0, false, false, want, State.DOWN));
        }

        /** The same with another status. */
        Unit with(ServiceStatus other) {
            return new Unit(other, busy, once, throttled, awaitsCommand, finishing, heard, unseen);
        }

        /** A process that is as its supervise directory tells. */
        public static Unit of(ServiceStatus status) {
            return new Unit(status, Busy.NO, false, false, false, Optional.empty(), Optional.empty(), Optional.empty());
        }
    }

    /**
     * What a successor goes on from if the one that had this state has failed. Pauses are over, and commands are read
     * when the successor begins; what was under way stays so until the successor is told how it stands. The stop of a
     * hung one is begun anew, since nobody knows how much of its time is over.
     */
    public RunsvState takenOver() {
        Hang stop = hang == Hang.NONE ? Hang.NONE : Hang.STOP_DUE;
        return new RunsvState(
                takenOver(service),
                log.map(RunsvState::takenOver),
                terminating,
                draining,
                exited,
                orders,
                stop,
                oneshot,
                restarting,
                held);
    }

    /** The same whose {@code run} is to be stopped, since it was hung. */
    public RunsvState stoppedAsHung() {
        return new RunsvState(
                service, log, terminating, draining, exited, orders, Hang.STOP_DUE, oneshot, restarting, held);
    }

    /** The same where each start of {@code run} is to be ordered: what somebody else had wished for is void. */
    public RunsvState byOrders() {
        if (orders.isPresent()) {
            return this;
        }
        Unit asItIs = new Unit(
                service.status(),
                service.busy(),
                false,
                service.throttled(),
                service.awaitsCommand(),
                service.finishing(),
                service.heard(),
                service.unseen());
        Unit ordered = service.status().state() == State.DOWN ? notWanted(asItIs) : asItIs;
        return new RunsvState(ordered, log, terminating, draining, exited, Optional.of(Orders.NONE), oneshot);
    }

    /** The same whose {@code run} is not started by itself, unless that is under way, or it runs. */
    public RunsvState heldBack() {
        boolean nothingRuns = service.status().state() == State.DOWN && service.busy() == Busy.NO;
        return nothingRuns
                ? new RunsvState(
                        notWanted(service), log, terminating, draining, exited, orders, hang, oneshot, restarting, held)
                : this;
    }

    /**
     * The same of a service directory that is to end before anything is started in it. A logger is not started either
     * where it would have nothing to read.
     *
     * @param loggerLives whether there is one, whose end is then awaited
     */
    public RunsvState ending(boolean loggerLives) {
        boolean nothingRuns = service.status().state() == State.DOWN
                && service.busy() == Busy.NO
                && service.unseen().isEmpty();
        Optional<Unit> logger = nothingRuns && !loggerLives ? log.map(RunsvState::notWanted) : log;
        return new RunsvState(service, logger, true, draining, exited, orders, hang, oneshot, restarting, held);
    }

    private static Unit notWanted(Unit unit) {
        ServiceStatus status = unit.status();
        return unit.with(new ServiceStatus(
                status.stamp(), status.pid(), status.paused(), status.gotTerm(), Want.DOWN, status.state()));
    }

    private static Unit takenOver(Unit unit) {
        return new Unit(
                unit.status(), unit.busy(), unit.once(), false, false, unit.finishing(), unit.heard(), unit.unseen());
    }

    /** The same with a start that has come to nothing. */
    public RunsvState withoutStart(Role role) {
        return role == Role.SERVICE
                ? new RunsvState(
                        idle(service), log, terminating, draining, exited, orders, hang, oneshot, restarting, held)
                : new RunsvState(
                        service,
                        log.map(RunsvState::idle),
                        terminating,
                        draining,
                        exited,
                        orders,
                        hang,
                        oneshot,
                        restarting,
                        held);
    }

    private static Unit idle(Unit unit) {
        return new Unit(
                unit.status(),
                Busy.NO,
                unit.once(),
                unit.throttled(),
                unit.awaitsCommand(),
                unit.finishing(),
                unit.heard(),
                unit.unseen());
    }

    /** What a unit waits for. */
    public enum Busy {
        /** Nothing. */
        NO,
        /** The answer to a start. */
        STARTING,
        /** The end of a control script. */
        SCRIPT
    }

    /** The same as one that is over when it has ended well, or as one that is not. */
    public RunsvState as(Oneshot other) {
        return new RunsvState(service, log, terminating, draining, exited, orders, hang, other, restarting, held);
    }

    /** The same with restarts as {@code service.conf} has them, or as runit. */
    public RunsvState restarted(Optional<Restarting> other) {
        return new RunsvState(service, log, terminating, draining, exited, orders, hang, oneshot, other, held);
    }

    /** The same that waits for others before it is started by itself, or does not. */
    public RunsvState held(boolean waits) {
        return new RunsvState(service, log, terminating, draining, exited, orders, hang, oneshot, restarting, waits);
    }

    /** A service directory whose supervision begins. */
    public static RunsvState beginning(Unit service, Optional<Unit> log) {
        return new RunsvState(service, log, false, false, false);
    }

    /** Whether a {@code run} that is said to be hung is one that nobody has asked to end. */
    public boolean isMeantToWork() {
        ServiceStatus status = service.status();
        return status.state() == State.RUN
                && !status.gotTerm()
                && service.unseen().isEmpty()
                && hang == Hang.NONE;
    }

    /** The unit with this role; asking for a logger that is not there is a mistake. */
    public Unit unit(Role role) {
        return role == Role.SERVICE ? service : log.orElseThrow();
    }
}
