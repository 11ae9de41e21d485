package io.github.pekkosupervisor.runit.rule;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Unit;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One of the two processes while an event is being decided: {@link RunsvRule} changes it, and what is to be done about
 * it is added to the actions.
 */
final class UnitDraft {
    final Role role;
    private final List<RunsvAction> actions;
    Instant stamp;
    int pid;
    boolean paused;
    boolean gotTerm;
    Want want;
    State state;
    Busy busy;
    boolean once;
    boolean throttled;
    boolean awaitsCommand;
    Optional<ExitStatus> finishing;
    Optional<Character> heard;
    Optional<RunsvEvent.ProcessEnded> unseen;

    UnitDraft(Role role, Unit unit, List<RunsvAction> actions) {
        this.role = role;
        this.actions = actions;
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

    void sendTerm() {
        send(Signal.TERM);
        gotTerm = true;
        publish();
    }

    void script(char letter) {
        busy = Busy.SCRIPT;
        actions.add(new RunsvAction.RunScript(letter));
    }

    /** @param byItself whether it is started as long as it is wanted up; else once for each order */
    boolean mayStart(boolean byItself) {
        return busy == Busy.NO && state == State.DOWN && !throttled && ((want == Want.UP && byItself) || once);
    }

    void start() {
        busy = Busy.STARTING;
        actions.add(new RunsvAction.StartRun(role));
    }

    void idle() {
        busy = Busy.NO;
    }

    void throttle(RunsvAction.Pause why) {
        throttle(why, why.duration());
    }

    void throttle(RunsvAction.Pause why, Duration length) {
        throttled = true;
        actions.add(new RunsvAction.Throttle(role, why, length));
    }
}
