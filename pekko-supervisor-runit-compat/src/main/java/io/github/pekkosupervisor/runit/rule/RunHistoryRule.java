package io.github.pekkosupervisor.runit.rule;

import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Unit;
import io.github.pekkosupervisor.runit.supervise.RunHistory;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;

/** What an event means for the account of what became of {@code run}. */
public final class RunHistoryRule {

    private RunHistoryRule() {}

    /**
     * The account after an event.
     *
     * @param unit the unit whose event it is, as it was before the event
     */
    public static RunHistory after(RunHistory history, RunsvEvent event, Unit unit) {
        if (unit.status().state() == State.FINISH) {
            // finish was started or has ended, not run
            return history;
        }
        if (event instanceof RunsvEvent.ProcessStarted) {
            return history.started();
        }
        if (event instanceof RunsvEvent.ProcessEnded ended) {
            // the end of a start: its program could not be run
            RunHistory begun = unit.busy() == Busy.STARTING ? history.started() : history;
            return begun.ended(ended.status());
        }
        return history;
    }
}
