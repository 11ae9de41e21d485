package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvAction;
import io.github.pekkosupervisor.runit.rule.RunsvEvent;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Unit;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import java.util.Queue;
import java.util.function.Consumer;

/** Takes up what a runsv that failed has left: its processes, and news that it was told but did not act on. */
final class Takeover {

    private final Handover handover;
    private final RunsvProcesses<?> processes;
    private final ProcessNews news;
    private final Queue<RunsvEvent> events;
    private final Consumer<RunsvAction.RunScript> begin;

    /**
     * The events that the predecessor has not acted on are added to those that are to be dealt with.
     *
     * @param begin does what the predecessor was to do, and has not begun
     */
    Takeover(
            Handover handover,
            RunsvProcesses<?> processes,
            ProcessNews news,
            Queue<RunsvEvent> events,
            Consumer<RunsvAction.RunScript> begin) {
        this.handover = handover;
        this.processes = processes;
        this.news = news;
        this.events = events;
        this.begin = begin;
    }

    /** The state from which to go on. */
    RunsvState from(RunsvState left) {
        RunsvState state = process(Role.SERVICE, left.service(), left);
        if (left.log().isPresent()) {
            state = process(Role.LOG, left.log().get(), state);
        }
        if (left.service().busy() == Busy.SCRIPT) {
            script(handover.script().orElseThrow());
        }
        return state;
    }

    private RunsvState process(Role role, Unit unit, RunsvState state) {
        ProcessRecord record = handover.process(role);
        boolean starting = unit.busy() == Busy.STARTING;
        if (record.process().isEmpty()) {
            return starting ? state.withoutStart(role) : state;
        }
        ProcessIdentity process = record.process().get();
        if (starting) {
            events.add(new RunsvEvent.ProcessStarted(role, process.pid()));
        }
        if (record.end().isEmpty()) {
            processes.adopt(role, process, isRun(role, unit), unit.status().paused());
            // decided, and perhaps not done: once too often does no harm
            record.due().forEach(signal -> processes.send(role, signal));
            if (isRun(role, unit) && unit.status().gotTerm()) {
                // one that is stopped by more than that begins to be stopped anew
                processes.askToEnd();
            }
        } else if (unit.unseen().isEmpty()) {
            events.add(news.ended(role, record.end().get()));
        }
        return state;
    }

    private static boolean isRun(Role role, Unit unit) {
        State state = unit.status().state();
        return role == Role.SERVICE && (state == State.RUN || (state == State.DOWN && unit.busy() == Busy.STARTING));
    }

    private void script(Handover.Script left) {
        if (left.process().isPresent() && left.end().isEmpty()) {
            processes.adoptScript(left, left.process().get());
        } else if (left.process().isPresent()) {
            events.add(news.scriptEnded(left.letter(), left.end().get()));
        } else {
            begin.accept(new RunsvAction.RunScript(left.letter()));
        }
    }
}
