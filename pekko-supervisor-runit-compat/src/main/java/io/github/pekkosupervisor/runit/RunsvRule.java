package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.RunsvState.Busy;
import io.github.pekkosupervisor.runit.RunsvState.Unit;
import io.github.pekkosupervisor.runit.ServiceStatus.State;
import io.github.pekkosupervisor.runit.ServiceStatus.Want;
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
final class RunsvRule {

    /** A process that ended within this time of its start is started again only after this time. */
    static final Duration SHORT_RUN = Duration.ofSeconds(1);

    /**
     * What follows.
     *
     * @param state the state from now on
     * @param actions what is to be done, in this order
     */
    record Decision(RunsvState state, List<RunsvAction> actions) {}

    private final Instant now;
    private final List<RunsvAction> actions = new ArrayList<>();
    private final Draft service;
    private final Optional<Draft> log;
    private boolean terminating;
    private boolean draining;
    private boolean exited;

    private RunsvRule(RunsvState state, Instant now) {
        this.now = now;
        this.service = new Draft(Role.SERVICE, state.service());
        this.log = state.log().map(unit -> new Draft(Role.LOG, unit));
        this.terminating = state.terminating();
        this.draining = state.draining();
        this.exited = state.exited();
    }

    /** Decides what follows from an event. Events after {@link RunsvAction.Exit} are ignored. */
    static Decision decide(RunsvState state, RunsvEvent event, Instant now) {
        if (state.exited()) {
            return new Decision(state, List.of());
        }
        RunsvRule rule = new RunsvRule(state, now);
        rule.apply(event);
        rule.settle();
        return new Decision(
                new RunsvState(
                        rule.service.freeze(),
                        rule.log.map(Draft::freeze),
                        rule.terminating,
                        rule.draining,
                        rule.exited),
                List.copyOf(rule.actions));
    }

    // ---- events

    private void apply(RunsvEvent event) {
        if (event instanceof RunsvEvent.Begin) {
            service.awaitsCommand = true;
            log.ifPresent(unit -> unit.awaitsCommand = true);
        } else if (event instanceof RunsvEvent.CommandRead read) {
            unit(read.role()).heard = Optional.of(read.letter());
        } else if (event instanceof RunsvEvent.TerminateRequested) {
            terminating = true;
        } else if (event instanceof RunsvEvent.ProcessStarted started) {
            started(unit(started.role()), started.pid());
        } else if (event instanceof RunsvEvent.StartRefused refused) {
            Draft unit = unit(refused.role());
            unit.idle();
            unit.throttle(RunsvAction.Pause.REFUSED);
        } else if (event instanceof RunsvEvent.ProcessEnded ended) {
            ended(unit(ended.role()), ended);
        } else if (event instanceof RunsvEvent.ThrottleElapsed elapsed) {
            unit(elapsed.role()).throttled = false;
        } else if (event instanceof RunsvEvent.ScriptEnded script) {
            scriptEnded(script.letter(), script.vetoed());
        }
    }

    private Draft unit(Role role) {
        return role == Role.SERVICE ? service : log.orElseThrow();
    }

    private void started(Draft unit, int pid) {
        unit.idle();
        if (unit.state != State.FINISH) {
            unit.state = State.RUN;
            unit.stamp = now;
            unit.once = false;
        }
        unit.pid = pid;
        unit.paused = false;
        unit.gotTerm = false;
        unit.publish();
    }

    private void ended(Draft unit, RunsvEvent.ProcessEnded end) {
        if (unit.busy == Busy.STARTING) {
            // its program could not be run: it was started and has ended, both now
            unit.idle();
            if (unit.state != State.FINISH) {
                unit.state = State.RUN;
                unit.stamp = now;
                unit.once = false;
            }
            unit.paused = false;
            act(unit, end);
        } else if (unit.busy == Busy.SCRIPT) {
            unit.unseen = Optional.of(end);
        } else {
            act(unit, end);
        }
    }

    private void act(Draft unit, RunsvEvent.ProcessEnded end) {
        boolean ranForASecond = !now.isBefore(unit.stamp.plus(SHORT_RUN));
        unit.pid = 0;
        unit.gotTerm = false;
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
        if (!ranForASecond) {
            unit.throttle(RunsvAction.Pause.SHORT_RUN);
        }
    }

    // ---- commands

    private void command(Draft unit, char letter) {
        switch (letter) {
            case 'u' -> {
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
                unit.want = Want.DOWN;
                unit.once = unit.state == State.DOWN;
                unit.publish();
                stopDraining(unit);
            }
            case 'x' -> exit(unit);
            case 't' -> stop(unit);
            case 'k' -> signal(unit, letter, Signal.KILL);
            case 'p' -> {
                unit.paused = true;
                unit.publish();
                signal(unit, letter, Signal.STOP);
            }
            case 'c' -> {
                unit.paused = false;
                unit.publish();
                signal(unit, letter, Signal.CONT);
            }
            case 'h' -> signal(unit, letter, Signal.HUP);
            case 'a' -> signal(unit, letter, Signal.ALRM);
            case 'i' -> signal(unit, letter, Signal.INT);
            case 'q' -> signal(unit, letter, Signal.QUIT);
            case '1' -> signal(unit, letter, Signal.USR1);
            case '2' -> signal(unit, letter, Signal.USR2);
            default -> {
                // any other byte means nothing
            }
        }
    }

    private void exit(Draft unit) {
        if (unit.role == Role.LOG) {
            return;
        }
        unit.want = Want.EXIT;
        unit.once = false;
        unit.publish();
        stop(unit);
    }

    /** A service that is wanted again needs a pipe to its logger; the old logger ends with the old pipe. */
    private void stopDraining(Draft unit) {
        if (unit.role == Role.SERVICE && draining) {
            draining = false;
            actions.add(RunsvAction.OpenPipe.INSTANCE);
            Draft logger = log.orElseThrow();
            logger.want = Want.UP;
            logger.publish();
        }
    }

    private void signal(Draft unit, char letter, Signal signal) {
        if (unit.state != State.RUN) {
            return;
        }
        if (unit.role == Role.SERVICE) {
            unit.script(letter);
        } else {
            unit.send(signal);
        }
    }

    /** TERM, unless control/t sees to it; and CONT if it is not wanted any more, so that a stopped process can end. */
    private void stop(Draft unit) {
        if (unit.state != State.RUN) {
            return;
        }
        if (unit.role == Role.SERVICE) {
            unit.script('t');
        } else {
            sendTerm(unit);
            if (unit.want != Want.UP) {
                unit.send(Signal.CONT);
            }
        }
    }

    private static void sendTerm(Draft unit) {
        unit.send(Signal.TERM);
        unit.gotTerm = true;
        unit.publish();
    }

    private void scriptEnded(char letter, boolean vetoed) {
        service.idle();
        switch (letter) {
            case 'u' -> service.start();
            case 't' -> {
                if (!vetoed) {
                    sendTerm(service);
                }
                if (service.want != Want.UP) {
                    service.send(Signal.CONT);
                    service.script(service.want == Want.DOWN ? 'd' : 'x');
                }
            }
            case 'd', 'x' -> {
                // told that it is over; what they return changes nothing
            }
            default -> {
                if (!vetoed) {
                    service.send(signalOf(letter));
                }
            }
        }
    }

    private static Signal signalOf(char letter) {
        return switch (letter) {
            case 'k' -> Signal.KILL;
            case 'p' -> Signal.STOP;
            case 'c' -> Signal.CONT;
            case 'h' -> Signal.HUP;
            case 'a' -> Signal.ALRM;
            case 'i' -> Signal.INT;
            case 'q' -> Signal.QUIT;
            case '1' -> Signal.USR1;
            case '2' -> Signal.USR2;
            default -> throw new IllegalStateException("no signal for control/" + letter);
        };
    }

    // ---- whatever is due when nothing is under way

    private void settle() {
        seeEnd();
        obey(service);
        log.ifPresent(this::obey);
        terminate();
        log.ifPresent(this::startLog);
        startService();
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

    private void obey(Draft unit) {
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

    private void startLog(Draft logger) {
        // while draining its pipe is closed: there is nothing to read for a new one
        if (!draining && logger.mayStart()) {
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
        } else if (service.mayStart()) {
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
            Draft logger = log.get();
            logger.want = Want.EXIT;
            logger.once = false;
            logger.publish();
            actions.add(RunsvAction.ClosePipe.INSTANCE);
        }
    }

    private void readCommands(Draft unit) {
        if (unit.awaitsCommand && unit.busy == Busy.NO && !exited) {
            unit.awaitsCommand = false;
            actions.add(new RunsvAction.ReadCommand(unit.role));
        }
    }

    /** A unit while an event is being decided. */
    private final class Draft {
        private final Role role;
        private Instant stamp;
        private int pid;
        private boolean paused;
        private boolean gotTerm;
        private Want want;
        private State state;
        private Busy busy;
        private boolean once;
        private boolean throttled;
        private boolean awaitsCommand;
        private Optional<ExitStatus> finishing;
        private Optional<Character> heard;
        private Optional<RunsvEvent.ProcessEnded> unseen;

        Draft(Role role, Unit unit) {
            this.role = role;
            this.stamp = unit.status().stamp();
            this.pid = unit.status().pid();
            this.paused = unit.status().paused();
            this.gotTerm = unit.status().gotTerm();
            this.want = unit.status().want();
            this.state = unit.status().state();
            this.busy = unit.busy();
            this.once = unit.once();
            this.throttled = unit.throttled();
            this.awaitsCommand = unit.awaitsCommand();
            this.finishing = unit.finishing();
            this.heard = unit.heard();
            this.unseen = unit.unseen();
        }

        Unit freeze() {
            return new Unit(status(), busy, once, throttled, awaitsCommand, finishing, heard, unseen);
        }

        private ServiceStatus status() {
            return new ServiceStatus(stamp, pid, paused, gotTerm, want, state);
        }

        void publish() {
            actions.add(new RunsvAction.Publish(role, status()));
        }

        void send(Signal signal) {
            actions.add(new RunsvAction.SendSignal(role, signal));
        }

        void script(char letter) {
            busy = Busy.SCRIPT;
            actions.add(new RunsvAction.RunScript(letter));
        }

        boolean mayStart() {
            return busy == Busy.NO && state == State.DOWN && !throttled && (want == Want.UP || once);
        }

        void start() {
            busy = Busy.STARTING;
            actions.add(new RunsvAction.StartRun(role));
        }

        void idle() {
            busy = Busy.NO;
        }

        void throttle(RunsvAction.Pause length) {
            throttled = true;
            actions.add(new RunsvAction.Throttle(role, length));
        }
    }
}
