package io.github.pekkosupervisor.runit.rule;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Oneshot;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What follows from an event for one service directory: runit's {@code runsv} as a pure function.
 *
 * <p>Two units, the service and its logger, each down, running or finishing, each wanted up, down or gone. While a
 * start or a control script of a unit is under way nothing else happens to it: no command is read, and what comes all
 * the same, its end, a command asked for earlier or a request to terminate, is remembered. When nothing is under way,
 * remembered things are acted on in runsv's own order: an end, a command, a request to terminate, a start, the end of
 * supervision.
 *
 * <p>Differs from runsv where its behaviour is a defect rather than a promise; {@code docs/runit-compat.md} lists each:
 * the one-second throttle is a state and not a sleep, {@code k} does not forget the process, a finish is run once, and
 * a service can be wanted up again while its logger drains.
 */
public final class RunsvRule {

    /**
     * What follows.
     *
     * @param state the state from now on
     * @param actions what is to be done, in this order
     */
    public record Decision(RunsvState state, List<RunsvAction> actions) {}

    private final Instant now;
    private final List<RunsvAction> actions = new ArrayList<>();
    private final UnitDraft service;
    private final Optional<UnitDraft> log;
    private final Optional<OrdersDraft> orders;
    private final RunsvState before;
    private RunsvState.Hang hang;
    private boolean terminating;
    private boolean draining;
    private boolean exited;
    private Oneshot oneshot;
    private Optional<Restarting> restarting;
    private boolean held;

    private RunsvRule(RunsvState state, Instant now) {
        this.now = now;
        this.before = state;
        this.hang = state.hang();
        this.service = new UnitDraft(Role.SERVICE, state.service(), actions);
        this.log = state.log().map(unit -> new UnitDraft(Role.LOG, unit, actions));
        this.orders = state.orders().map(some -> new OrdersDraft(service, some, actions));
        this.terminating = state.terminating();
        this.draining = state.draining();
        this.exited = state.exited();
        this.oneshot = state.oneshot();
        this.restarting = state.restarting();
        this.held = state.held();
    }

    /** Decides what follows from an event. Events after {@link RunsvAction.Exit} are ignored. */
    public static Decision decide(RunsvState state, RunsvEvent event, Instant now) {
        if (state.exited()) {
            return new Decision(state, List.of());
        }
        RunsvRule rule = new RunsvRule(state, now);
        event.accept(rule.new Applying());
        rule.settle();
        return new Decision(
                new RunsvState(
                        rule.service.freeze(),
                        rule.log.map(UnitDraft::freeze),
                        rule.terminating,
                        rule.draining,
                        rule.exited,
                        rule.orders.map(OrdersDraft::freeze),
                        rule.hang,
                        rule.oneshot,
                        rule.restarting,
                        rule.held),
                List.copyOf(rule.actions));
    }

    // ---- events

    private final class Applying implements RunsvEvent.Visitor {

        @Override
        public void begin() {
            service.awaitsCommand = true;
            log.ifPresent(unit -> unit.awaitsCommand = true);
            if (hang == RunsvState.Hang.STOP_DUE) {
                limitScript();
            }
        }

        @Override
        public void commandRead(RunsvEvent.CommandRead event) {
            unit(event.role()).heard = Optional.of(event.letter());
        }

        @Override
        public void terminateRequested() {
            terminating = true;
        }

        @Override
        public void processStarted(RunsvEvent.ProcessStarted event) {
            started(unit(event.role()), event.pid());
        }

        @Override
        public void startRefused(RunsvEvent.StartRefused event) {
            UnitDraft unit = unit(event.role());
            unit.idle();
            if (isByOrder(unit) && unit.state == State.DOWN) {
                unit.once = false;
            } else {
                unit.throttle(RunsvAction.Pause.REFUSED);
            }
        }

        @Override
        public void processEnded(RunsvEvent.ProcessEnded event) {
            ended(unit(event.role()), event);
        }

        @Override
        public void throttleElapsed(RunsvEvent.ThrottleElapsed event) {
            unit(event.role()).throttled = false;
        }

        @Override
        public void scriptEnded(RunsvEvent.ScriptEnded event) {
            RunsvRule.this.scriptEnded(event.letter(), event.vetoed());
        }

        @Override
        public void startOrdered(RunsvEvent.StartOrdered event) {
            orders.orElseThrow().start(event.once());
            stopDraining(service);
        }

        @Override
        public void stopOrdered(RunsvEvent.StopOrdered event) {
            orders.orElseThrow().stop(event.again(), event.scriptHasRun());
        }

        @Override
        public void leftDown() {
            orders.orElseThrow().leaveDown();
        }

        /** Where somebody else orders starts and stops, this is for him to say. */
        @Override
        public void hung(RunsvEvent.Hung event) {
            if (event.isToBeStopped() && orders.isEmpty() && before.isMeantToWork()) {
                hang = RunsvState.Hang.STOP_DUE;
                limitScript();
            }
        }

        @Override
        public void recovered() {
            // one that is to be stopped is not asked any more
        }

        @Override
        public void hangOverdue() {
            if (hang == RunsvState.Hang.STOPPING) {
                hang = RunsvState.Hang.KILL_DUE;
            }
            if (hang != RunsvState.Hang.NONE && service.busy == Busy.SCRIPT) {
                // it may wait for the end of what hangs
                actions.add(RunsvAction.KillScript.INSTANCE);
            }
        }

        @Override
        public void signGiven() {
            restarting = restarting.map(Restarting::signGiven);
        }

        /** As {@code t} stops it. */
        @Override
        public void held(RunsvEvent.Held event) {
            held = event.isHeld();
            if (event.isToBeStopped() && service.busy == Busy.NO && before.isMeantToWork() && service.want == Want.UP) {
                stop(service);
            }
        }
    }

    /** A script that is in the way of what is to be done about one that hangs has that long. */
    private void limitScript() {
        if (service.busy == Busy.SCRIPT) {
            actions.add(RunsvAction.AwaitHung.INSTANCE);
        }
    }

    /** Whether each of its starts is ordered by somebody else. */
    private boolean isByOrder(UnitDraft unit) {
        return orders.isPresent() && unit.role == Role.SERVICE;
    }

    private UnitDraft unit(Role role) {
        return role == Role.SERVICE ? service : log.orElseThrow();
    }

    private void started(UnitDraft unit, int pid) {
        began(unit);
        unit.pid = pid;
        unit.gotTerm = false;
        unit.publish();
    }

    private void began(UnitDraft unit) {
        unit.idle();
        if (unit.state != State.FINISH) {
            unit.state = State.RUN;
            unit.stamp = now;
            unit.once = false;
            if (unit.role == Role.SERVICE) {
                oneshot = oneshot == Oneshot.DONE ? Oneshot.DUE : oneshot;
                restarting = restarting.map(Restarting::begun);
            }
        }
        unit.paused = false;
    }

    private void ended(UnitDraft unit, RunsvEvent.ProcessEnded end) {
        if (unit.busy == Busy.STARTING) {
            // its program could not be run: it was started and has ended, both now
            began(unit);
            act(unit, end);
        } else if (unit.busy == Busy.SCRIPT) {
            unit.unseen = Optional.of(end);
        } else {
            act(unit, end);
        }
    }

    private void act(UnitDraft unit, RunsvEvent.ProcessEnded end) {
        boolean ranForASecond = !now.isBefore(unit.stamp.plus(RunsvAction.Pause.SHORT_RUN.duration()));
        if (isDone(unit, end)) {
            oneshot = Oneshot.DONE;
            unit.want = unit.want == Want.UP ? Want.DOWN : unit.want;
        } else if (unit.role == Role.SERVICE && unit.state == State.RUN && orders.isEmpty()) {
            restarting.ifPresent(before -> restart(unit, before, end.status()));
        }
        unit.pid = 0;
        unit.gotTerm = false;
        if (unit.role == Role.SERVICE) {
            hang = RunsvState.Hang.NONE;
        }
        if (isByOrder(unit)) {
            orders.orElseThrow().runEnded();
        }
        if (unit.role == Role.SERVICE && unit.state != State.FINISH && end.finishPresent()) {
            unit.state = State.FINISH;
            unit.finishing = Optional.of(end.status());
            unit.publish();
            return;
        }
        unit.finishing = Optional.empty();
        unit.state = State.DOWN;
        unit.stamp = now;
        unit.publish();
        if (isByOrder(unit)) {
            return;
        }
        Optional<Restarting.Wait> wait =
                unit.role == Role.SERVICE ? restarting.flatMap(restarts -> restarts.pause(now)) : Optional.empty();
        if (wait.isPresent()) {
            unit.throttle(wait.get().why(), wait.get().length());
        } else if (!ranForASecond) {
            unit.throttle(RunsvAction.Pause.SHORT_RUN);
        }
    }

    /** What {@code service.conf} says of this end of {@code run}. */
    private void restart(UnitDraft unit, Restarting before, ExitStatus status) {
        boolean isHung = hang != RunsvState.Hang.NONE;
        Duration ran = now.isBefore(unit.stamp) ? Duration.ZERO : Duration.between(unit.stamp, now);
        Restarting.Verdict verdict = before.ended(status, ran, isHung, unit.gotTerm || unit.want != Want.UP, now);
        restarting = Optional.of(verdict.next());
        if (verdict.isDown() && unit.want == Want.UP) {
            unit.want = Want.DOWN;
        }
    }

    /**
     * A oneshot has ended well by itself: one that was sent TERM, or is being stopped since it has had its time, may
     * have been cut short, whatever it says.
     */
    private boolean isDone(UnitDraft unit, RunsvEvent.ProcessEnded end) {
        return oneshot != Oneshot.NONE
                && unit.role == Role.SERVICE
                && unit.state == State.RUN
                && !unit.gotTerm
                && hang == RunsvState.Hang.NONE
                && end.status().equals(ExitStatus.ofCode(0));
    }

    // ---- commands

    private void command(UnitDraft unit, char letter) {
        if (isByOrder(unit) && orders.orElseThrow().takes(letter)) {
            return;
        }
        switch (letter) {
            case 'u' -> {
                if (unit.want != Want.UP) {
                    beginAnew(unit);
                }
                unit.want = Want.UP;
                unit.publish();
                stopDraining(unit);
            }
            case 'd' -> {
                unit.want = Want.DOWN;
                unit.once = false;
                unit.publish();
                stop(unit);
            }
            case 'o' -> {
                beginAnew(unit);
                unit.want = Want.DOWN;
                unit.once = unit.state == State.DOWN;
                unit.publish();
                stopDraining(unit);
            }
            case 'x' -> exit(unit);
            case 't' -> stop(unit);
            case 'p' -> {
                unit.paused = true;
                unit.publish();
                signal(unit, letter);
            }
            case 'c' -> {
                unit.paused = false;
                unit.publish();
                signal(unit, letter);
            }
            default -> signal(unit, letter);
        }
    }

    /**
     * Somebody wants it to run now: what it had done before counts no more, and no wait but runit's. One that is wanted
     * up already is not that, since scripts say so again and again.
     */
    private void beginAnew(UnitDraft unit) {
        if (unit.role != Role.SERVICE || restarting.isEmpty() || orders.isPresent()) {
            return;
        }
        restarting = restarting.map(Restarting::cleared);
        if (unit.throttled && unit.state == State.DOWN) {
            unit.throttled = false;
            if (now.isBefore(unit.stamp.plus(RunsvAction.Pause.SHORT_RUN.duration()))) {
                unit.throttle(RunsvAction.Pause.SHORT_RUN);
            }
        }
    }

    /** The signal that a command is for; empty if it is for none, or no command. */
    private static Optional<Signal> signalOf(char letter) {
        return Optional.ofNullable(
                switch (letter) {
                    case 'k' -> Signal.KILL;
                    case 'p' -> Signal.STOP;
                    case 'c' -> Signal.CONT;
                    case 'h' -> Signal.HUP;
                    case 'a' -> Signal.ALRM;
                    case 'i' -> Signal.INT;
                    case 'q' -> Signal.QUIT;
                    case '1' -> Signal.USR1;
                    case '2' -> Signal.USR2;
                    default -> null;
                });
    }

    private void exit(UnitDraft unit) {
        if (unit.role == Role.LOG) {
            return;
        }
        unit.want = Want.EXIT;
        unit.once = false;
        unit.publish();
        orders.ifPresent(OrdersDraft::ends);
        stop(unit);
    }

    /** A service that is wanted again needs a pipe to its logger; the old logger ends with the old pipe. */
    private void stopDraining(UnitDraft unit) {
        if (unit.role == Role.SERVICE && draining) {
            draining = false;
            actions.add(RunsvAction.OpenPipe.INSTANCE);
            UnitDraft logger = log.orElseThrow();
            logger.want = Want.UP;
            logger.publish();
        }
    }

    private void signal(UnitDraft unit, char letter) {
        Optional<Signal> signal = signalOf(letter);
        if (signal.isEmpty() || unit.state != State.RUN) {
            return;
        }
        if (unit.role == Role.SERVICE) {
            unit.script(letter);
        } else {
            unit.send(signal.get());
        }
    }

    /** TERM, unless control/t sees to it; and CONT if it is not wanted any more, so that a stopped process can end. */
    private void stop(UnitDraft unit) {
        if (unit.state != State.RUN) {
            return;
        }
        if (unit.role == Role.SERVICE) {
            unit.script('t');
        } else {
            unit.sendTerm();
            if (unit.want != Want.UP) {
                unit.send(Signal.CONT);
            }
        }
    }

    private void scriptEnded(char letter, boolean vetoed) {
        service.idle();
        switch (letter) {
            case 'u' -> {
                // meanwhile a start that was ordered may have been undone, and one that it needs have gone
                if (orders.isEmpty() ? !held || service.once : service.once && !terminating) {
                    service.start();
                }
            }
            case 't' -> {
                if (orders.isPresent()) {
                    orders.get().scriptEnded(vetoed);
                    return;
                }
                if (vetoed) {
                    restarting = restarting.map(Restarting::askedByScript);
                }
                if (!vetoed) {
                    service.sendTerm();
                }
                if (service.want != Want.UP) {
                    service.send(Signal.CONT);
                    service.script(service.want == Want.DOWN ? 'd' : 'x');
                } else if (hang == RunsvState.Hang.STOPPING) {
                    // one that was stopped by STOP is to see its TERM
                    service.send(Signal.CONT);
                }
            }
            case 'd', 'x' -> {
                // told that it is over; what they return changes nothing
            }
            default -> {
                if (!vetoed) {
                    Signal signal = signalOf(letter).orElseThrow();
                    service.send(signal);
                    restarting = restarting.map(restarts -> restarts.signalled(signal));
                }
            }
        }
    }

    // ---- whatever is due when nothing is under way

    private void settle() {
        seeEnd();
        obey(service);
        log.ifPresent(this::obey);
        terminate();
        stopHung();
        orders.ifPresent(OrdersDraft::stopIfDue);
        log.ifPresent(this::startLog);
        startService();
        orders.ifPresent(OrdersDraft::tell);
        finishSupervision();
        readCommands(service);
        log.ifPresent(this::readCommands);
    }

    private void seeEnd() {
        if (service.busy == Busy.NO && service.unseen.isPresent()) {
            RunsvEvent.ProcessEnded end = service.unseen.get();
            service.unseen = Optional.empty();
            act(service, end);
        }
    }

    private void obey(UnitDraft unit) {
        if (unit.busy == Busy.NO && unit.heard.isPresent()) {
            char letter = unit.heard.get();
            unit.heard = Optional.empty();
            unit.awaitsCommand = true;
            command(unit, letter);
        }
    }

    private void terminate() {
        if (service.busy == Busy.NO && terminating) {
            terminating = false;
            exit(service);
        }
    }

    /** As {@code t} stops it, and {@code k} if that has not ended it in time. */
    private void stopHung() {
        if (service.busy != Busy.NO) {
            return;
        }
        if (hang == RunsvState.Hang.STOP_DUE) {
            hang = RunsvState.Hang.STOPPING;
            actions.add(RunsvAction.AwaitHung.INSTANCE);
            service.script('t');
        } else if (hang == RunsvState.Hang.KILL_DUE) {
            hang = RunsvState.Hang.KILLING;
            actions.add(RunsvAction.AwaitHung.INSTANCE);
            service.script('k');
        }
    }

    private void startLog(UnitDraft logger) {
        // while draining its pipe is closed: there is nothing to read for a new one
        if (!draining && logger.mayStart(true)) {
            logger.start();
        }
    }

    private void startService() {
        boolean loggerIsStarting = log.isPresent() && log.get().busy != Busy.NO;
        if (service.busy != Busy.NO || loggerIsStarting) {
            return;
        }
        if (service.state == State.FINISH && service.pid == 0 && !service.throttled) {
            service.busy = Busy.STARTING;
            ExitStatus status = service.finishing.orElseThrow();
            actions.add(new RunsvAction.StartFinish(status.code(), status.waitStatus() & 0xff));
        } else if (service.mayStart(orders.isEmpty() && !held)) {
            service.script('u');
        }
    }

    private void finishSupervision() {
        if (service.want != Want.EXIT || service.state != State.DOWN || service.busy != Busy.NO) {
            return;
        }
        if (log.isEmpty() || (log.get().pid == 0 && log.get().busy == Busy.NO)) {
            exited = true;
            actions.add(RunsvAction.Exit.INSTANCE);
        } else if (!draining && log.get().busy == Busy.NO) {
            // not before a logger that is being started has got its end of the pipe
            draining = true;
            UnitDraft logger = log.get();
            logger.want = Want.EXIT;
            logger.once = false;
            logger.publish();
            actions.add(RunsvAction.ClosePipe.INSTANCE);
        }
    }

    private void readCommands(UnitDraft unit) {
        if (unit.awaitsCommand && unit.busy == Busy.NO && !exited) {
            unit.awaitsCommand = false;
            actions.add(new RunsvAction.ReadCommand(unit.role));
        }
    }
}
