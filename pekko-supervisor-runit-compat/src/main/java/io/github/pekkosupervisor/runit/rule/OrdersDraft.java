package io.github.pekkosupervisor.runit.rule;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Orders;
import io.github.pekkosupervisor.runit.rule.RunsvState.Orders.Awaits;
import io.github.pekkosupervisor.runit.rule.RunsvState.Orders.Stop;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.util.List;

/**
 * What differs in {@link RunsvRule} where somebody else orders each start and stop of {@code run}, as a supervisor by
 * OTP's rules does: an end is not followed by a start, and nothing is throttled; the letters {@code u d o x t} are
 * questions to him. All else is runsv's: scripts, {@code finish}, signals, the logger.
 */
final class OrdersDraft {

    /** What {@code sv restart} writes behind its {@code t}, which is no other wish. */
    private static final String WITH_T = "cu";

    private final UnitDraft service;
    private final List<RunsvAction> actions;
    private Awaits awaits;
    private Stop stop;
    private boolean endIsAsked;

    OrdersDraft(UnitDraft service, Orders orders, List<RunsvAction> actions) {
        this.service = service;
        this.actions = actions;
        this.awaits = orders.awaits();
        this.stop = orders.stop();
        this.endIsAsked = orders.endIsAsked();
    }

    Orders freeze() {
        return new Orders(awaits, stop, endIsAsked);
    }

    // ---- orders

    void start(boolean once) {
        service.want = once ? Want.DOWN : Want.UP;
        // what runs is what was ordered, unless it is known to have ended
        service.once = service.state != State.RUN || service.unseen.isPresent();
        service.publish();
        awaits = Awaits.START;
        stop = Stop.NONE;
        endIsAsked = false;
    }

    void stop(boolean again, boolean scriptHasRun) {
        service.once = false;
        if (!again) {
            leaveDown();
        }
        if (stop == Stop.NONE) {
            stop = scriptHasRun ? Stop.DUE_WITHOUT_SCRIPT : Stop.DUE;
        }
    }

    void leaveDown() {
        if (service.want == Want.UP) {
            service.want = Want.DOWN;
            service.publish();
        }
    }

    // ---- commands, of which it is not for runsv to say what follows

    /** Whether this is one of them. */
    boolean takes(char letter) {
        if (WITH_T.indexOf(letter) < 0) {
            endIsAsked = false;
        }
        switch (letter) {
            case 'u' -> ask(letter);
            case 'd', 'o' -> {
                leaveDown();
                ask(letter);
            }
            case 'x' -> {
                service.want = Want.EXIT;
                service.once = false;
                service.publish();
                ask(letter);
            }
            case 't' -> {
                if (service.state == State.RUN) {
                    service.script('t');
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void ask(char letter) {
        actions.add(new RunsvAction.Ask(letter));
    }

    // ---- what follows from what happens

    /** {@code control/t} has been run, for a stop or for the letter. */
    void scriptEnded(boolean vetoed) {
        if (stop != Stop.NONE) {
            stop = Stop.UNDER_WAY;
            if (!vetoed) {
                service.sendTerm();
            }
            goOnToEnd();
        } else if (vetoed) {
            endIsAsked = true;
        } else {
            ask('t');
        }
    }

    /** {@code run} has ended. It counts as asked to if {@code control/t} has seen to that for a letter. */
    void runEnded() {
        if (endIsAsked && stop == Stop.NONE) {
            ask('t');
        }
        endIsAsked = false;
    }

    /** A stopped process is to see its TERM; and a script is told that the service is taken down. */
    private void goOnToEnd() {
        service.send(Signal.CONT);
        if (service.want != Want.UP) {
            service.script(service.want == Want.DOWN ? 'd' : 'x');
        }
    }

    /** Supervision is to end, and the service with it. */
    void ends() {
        stop = Stop.UNDER_WAY;
    }

    /** A stop that is due is begun, when the service is idle. */
    void stopIfDue() {
        if (service.busy != Busy.NO || stop == Stop.NONE || stop == Stop.UNDER_WAY) {
            return;
        }
        if (service.state != State.RUN) {
            stop = Stop.NONE;
        } else if (stop == Stop.DUE) {
            stop = Stop.UNDER_WAY;
            service.script('t');
        } else {
            stop = Stop.UNDER_WAY;
            service.sendTerm();
            goOnToEnd();
        }
    }

    /** Who has ordered a start is told what has become of it. */
    void tell() {
        if (awaits == Awaits.START && service.state == State.RUN && service.unseen.isEmpty()) {
            awaits = Awaits.END;
            actions.add(RunsvAction.Up.INSTANCE);
        } else if (awaits != Awaits.NOTHING
                && service.state == State.DOWN
                && service.busy == Busy.NO
                && !service.once) {
            awaits = Awaits.NOTHING;
            actions.add(RunsvAction.Over.INSTANCE);
        }
    }
}
