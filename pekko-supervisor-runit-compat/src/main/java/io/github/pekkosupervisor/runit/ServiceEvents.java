package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.ServiceEvent.Program;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvAction;
import io.github.pekkosupervisor.runit.rule.RunsvEvent;
import io.github.pekkosupervisor.runit.rule.RunsvRule;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Oneshot;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is told when {@link RunsvRule} has decided: first what has happened, then what follows from it, in the order of
 * the actions. A function; what the rule does not know, why a start was refused for one, {@link ProcessNews} tells.
 */
final class ServiceEvents {

    private final String path;
    private final RunsvState before;
    private final RunsvState after;
    private final Instant now;
    private final Optional<Instant> serviceStarted;
    private final Optional<Instant> logStarted;
    private final Optional<Signal> serviceSent;
    private final Optional<Signal> logSent;
    private final Optional<String> hung;
    private final Optional<ExitStatus> script;
    private final Optional<String> sign;
    private final List<ServiceEvent> told = new ArrayList<>();
    private ServiceStatus service;
    private Optional<ServiceStatus> log;

    private ServiceEvents(
            ServiceSnapshot known,
            RunsvState before,
            RunsvState after,
            Instant now,
            Optional<ExitStatus> script,
            Optional<String> sign) {
        this.path = known.path();
        this.before = before;
        this.after = after;
        this.now = now;
        this.serviceStarted = known.service().flatMap(ServiceSnapshot.Unit::started);
        this.logStarted = known.log().flatMap(ServiceSnapshot.Unit::started);
        this.serviceSent = known.service().flatMap(ServiceSnapshot.Unit::sent);
        this.logSent = known.log().flatMap(ServiceSnapshot.Unit::sent);
        this.hung = known.service().flatMap(ServiceSnapshot.Unit::hung);
        this.script = script;
        this.sign = sign;
        this.service = before.service().status();
        this.log = before.log().map(RunsvState.Unit::status);
    }

    /**
     * The events, in order.
     *
     * @param known how the service directory stood
     * @param before the state in which the rule has decided
     * @param script how the control script ended whose end it is; empty if it is none, or there was no such script
     * @param sign by which {@code run} is ready, in words; empty if it is as soon as it has been started
     */
    static List<ServiceEvent> of(
            ServiceSnapshot known,
            RunsvState before,
            RunsvEvent event,
            RunsvRule.Decision decision,
            Instant now,
            Optional<ExitStatus> script,
            Optional<String> sign) {
        ServiceEvents events = new ServiceEvents(known, before, decision.state(), now, script, sign);
        event.accept(events.new Happened());
        RunsvAction.Visitor following = events.new Following();
        decision.actions().forEach(action -> action.accept(following));
        return events.told;
    }

    static ServiceEvent.Unit unit(Role role) {
        return switch (role) {
            case SERVICE -> ServiceEvent.Unit.SERVICE;
            case LOG -> ServiceEvent.Unit.LOG;
        };
    }

    static Role role(ServiceEvent.Unit unit) {
        return switch (unit) {
            case SERVICE -> Role.SERVICE;
            case LOG -> Role.LOG;
        };
    }

    /** What of a unit is being started, or runs. */
    static Program program(Role role, RunsvState state) {
        return switch (role) {
            case LOG -> Program.LOG;
            case SERVICE -> state.service().status().state() == State.FINISH ? Program.FINISH : Program.RUN;
        };
    }

    private final class Happened implements RunsvEvent.Visitor {

        @Override
        public void begin() {
            // the actor tells whether supervision begins or is resumed
        }

        @Override
        public void commandRead(RunsvEvent.CommandRead event) {
            told.add(new ServiceEvent.ControlByte(path, unit(event.role()), event.letter()));
        }

        @Override
        public void terminateRequested() {
            told.add(new ServiceEvent.EndRequested(path));
        }

        @Override
        public void processStarted(RunsvEvent.ProcessStarted event) {
            Program program = program(event.role(), before);
            told.add(new ServiceEvent.Started(path, program, event.pid(), now));
            if (program == Program.RUN) {
                told.add(
                        sign.isPresent()
                                ? new ServiceEvent.AwaitsReady(path, event.pid(), sign.get())
                                : new ServiceEvent.Ready(path, event.pid()));
            }
        }

        @Override
        public void startRefused(RunsvEvent.StartRefused event) {
            // it was told with its cause
        }

        @Override
        public void processEnded(RunsvEvent.ProcessEnded event) {
            RunsvState.Unit unit = before.unit(event.role());
            Optional<Instant> started = event.role() == Role.SERVICE ? serviceStarted : logStarted;
            boolean ran = unit.busy() != Busy.STARTING;
            boolean wasHung = event.role() == Role.SERVICE && before.hang() != RunsvState.Hang.NONE;
            told.add(new ServiceEvent.Ended(
                    path,
                    program(event.role(), before),
                    ran ? unit.status().pid() : 0,
                    event.status(),
                    started.map(this::until).orElse(Duration.ZERO),
                    now,
                    !wasHung && (isAsked(event, unit.status()) || isSent(event)),
                    wasHung ? hung : Optional.empty(),
                    event.outOfMemory()));
        }

        /** By the very signal that somebody has had us send. */
        private boolean isSent(RunsvEvent.ProcessEnded event) {
            Optional<Signal> sent = event.role() == Role.SERVICE ? serviceSent : logSent;
            ExitStatus status = event.status();
            return sent.isPresent()
                    && status.isKnown()
                    && !status.exited()
                    && status.signal() == sent.get().number();
        }

        private boolean isAsked(RunsvEvent.ProcessEnded event, ServiceStatus status) {
            boolean once =
                    status.want() == ServiceStatus.Want.DOWN && event.status().code() == 0;
            boolean isDone = event.role() == Role.LOG
                    ? before.draining()
                    : before.oneshot() != Oneshot.NONE && event.status().equals(ExitStatus.ofCode(0));
            boolean isNormal = event.role() == Role.SERVICE
                    && status.state() == State.RUN
                    && before.restarting()
                            .filter(restarts -> restarts.isNormal(event.status()))
                            .isPresent();
            return status.gotTerm() || status.want() == ServiceStatus.Want.EXIT || once || isDone || isNormal;
        }

        /** Never negative, though the calendar may be set. */
        private Duration until(Instant since) {
            return now.isBefore(since) ? Duration.ZERO : Duration.between(since, now);
        }

        @Override
        public void throttleElapsed(RunsvEvent.ThrottleElapsed event) {
            // the throttle was told with its end
        }

        @Override
        public void scriptEnded(RunsvEvent.ScriptEnded event) {
            boolean means = "udx".indexOf(event.letter()) < 0;
            script.ifPresent(status ->
                    told.add(new ServiceEvent.ScriptEnded(path, event.letter(), status, means && event.vetoed())));
        }

        @Override
        public void startOrdered(RunsvEvent.StartOrdered event) {
            // who orders tells himself that he does
        }

        @Override
        public void stopOrdered(RunsvEvent.StopOrdered event) {
            // the same
        }

        @Override
        public void leftDown() {
            // the same
        }

        @Override
        public void hung(RunsvEvent.Hung event) {
            if (before.isMeantToWork()) {
                int pid = before.service().status().pid();
                told.add(new ServiceEvent.Hung(path, pid, event.why(), event.isToBeStopped()));
            }
        }

        @Override
        public void recovered() {
            if (hung.isPresent()) {
                told.add(new ServiceEvent.Recovered(
                        path, before.service().status().pid()));
            }
        }

        @Override
        public void hangOverdue() {
            // the signal is told
        }

        @Override
        public void held(RunsvEvent.Held event) {
            // it is to be seen in the directory
        }

        @Override
        public void signGiven() {
            // the actor tells it as ready
        }
    }

    private final class Following implements RunsvAction.Visitor {

        @Override
        public void runScript(RunsvAction.RunScript action) {
            // whether there is one shows when it is run
        }

        @Override
        public void startRun(RunsvAction.StartRun action) {
            // the answer is told
        }

        @Override
        public void startFinish(RunsvAction.StartFinish action) {
            // the answer is told
        }

        @Override
        public void sendSignal(RunsvAction.SendSignal action) {
            told.add(new ServiceEvent.SignalSent(path, unit(action.role()), action.signal()));
        }

        @Override
        public void publish(RunsvAction.Publish action) {
            ServiceStatus last = action.role() == Role.SERVICE ? service : log.orElseThrow();
            ServiceStatus next = action.status();
            // a start clears it as well
            if (next.paused() != last.paused() && next.pid() == last.pid()) {
                ServiceEvent.Unit unit = unit(action.role());
                told.add(next.paused() ? new ServiceEvent.Paused(path, unit) : new ServiceEvent.Continued(path, unit));
            }
            told.add(new ServiceEvent.StateChanged(path, unit(action.role()), next));
            if (action.role() == Role.SERVICE) {
                service = next;
            } else {
                log = Optional.of(next);
            }
        }

        @Override
        public void throttle(RunsvAction.Throttle action) {
            Duration length = action.length();
            ServiceEvent.Pause why = switch (action.why()) {
                case SHORT_RUN -> ServiceEvent.Pause.SHORT_RUN;
                case REFUSED -> ServiceEvent.Pause.REFUSED;
                case DELAY -> ServiceEvent.Pause.RESTART_DELAY;
                case COOL_DOWN -> ServiceEvent.Pause.COOL_DOWN;
            };
            boolean wanted = after.unit(action.role()).status().want() == ServiceStatus.Want.UP;
            told.add(new ServiceEvent.Throttled(path, unit(action.role()), why, length, now.plus(length), wanted));
        }

        @Override
        public void readCommand(RunsvAction.ReadCommand action) {
            // a byte is told when it has come
        }

        @Override
        public void closePipe() {
            told.add(new ServiceEvent.LogPipeClosed(path));
        }

        @Override
        public void openPipe() {
            told.add(new ServiceEvent.LogPipeOpened(path));
        }

        @Override
        public void exit() {
            // the actor tells the end of supervision
        }

        @Override
        public void ask(RunsvAction.Ask action) {
            // the byte was told, and what comes of it will be
        }

        @Override
        public void up() {
            // it was told as ready
        }

        @Override
        public void over() {
            // its end was told
        }

        @Override
        public void awaitHung() {
            // its end will be told
        }

        @Override
        public void killScript() {
            // the same
        }
    }
}
