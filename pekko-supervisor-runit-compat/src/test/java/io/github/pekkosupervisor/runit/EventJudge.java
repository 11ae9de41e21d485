package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.runit.ServiceEvent.Program;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what was told of one service directory, from the beginning, and says what is missing, told twice or out of
 * order.
 */
final class EventJudge {

    private final List<String> complaints = new ArrayList<>();
    private final Map<ServiceEvent.Unit, ServiceEvent.Started> running = new EnumMap<>(ServiceEvent.Unit.class);
    private final Map<ServiceEvent.Unit, Integer> shownPid = new EnumMap<>(ServiceEvent.Unit.class);
    private final Set<ServiceEvent.Unit> endsNotShown = EnumSet.noneOf(ServiceEvent.Unit.class);
    private boolean found;
    private boolean active;
    private boolean failed;
    private boolean pipeIsClosed;
    private @Nullable Character script;

    /** What must be next, if anything. */
    private @Nullable Class<?> due;

    /** What must have come before, if it comes at all. */
    private @Nullable ServiceEvent last;

    private EventJudge() {}

    static List<String> complaints(List<ServiceEvent> events) {
        EventJudge judge = new EventJudge();
        events.forEach(judge::read);
        judge.check(!judge.found && !judge.active, "it is not told that it was forgotten", "the end");
        return judge.complaints;
    }

    private void check(boolean holds, String complaint, Object at) {
        if (!holds) {
            complaints.add(complaint + ", at " + at);
        }
    }

    private void read(ServiceEvent event) {
        if (due != null) {
            check(due.isInstance(event), due.getSimpleName() + " must follow " + last, event);
            due = null;
        }
        check(found || event instanceof ServiceEvent.Found, "it has not been found", event);
        if (event instanceof ServiceEvent.OfProgram ofProgram) {
            program(ofProgram);
        } else if (event instanceof ServiceEvent.Ready ready) {
            check(
                    (last instanceof ServiceEvent.Started started && started.pid() == ready.pid())
                            || (last instanceof ServiceEvent.Adopted adopted
                                    && adopted.runs()
                                    && adopted.pid() == ready.pid()),
                    "ready without a start",
                    event);
            due = last instanceof ServiceEvent.Started ? ServiceEvent.StateChanged.class : null;
        } else if (event instanceof ServiceEvent.StateChanged changed) {
            state(changed);
        } else if (event instanceof ServiceEvent.Throttled throttled) {
            Class<?> cause = throttled.why() == ServiceEvent.Pause.REFUSED
                    ? ServiceEvent.StartRefused.class
                    : ServiceEvent.StateChanged.class;
            check(cause.isInstance(last), "a pause without its cause", event);
        } else {
            supervision(event);
        }
        last = event;
    }

    private void program(ServiceEvent.OfProgram event) {
        check(active, "it is not supervised", event);
        ServiceEvent.Unit unit = event.program().unit();
        if (!(event instanceof ServiceEvent.Ended)) {
            check(!running.containsKey(unit), "a start while another runs", event);
            check(!endsNotShown.contains(unit), "the end before is not shown", event);
        } else {
            endsNotShown.add(unit);
        }
        if (event instanceof ServiceEvent.Adopted adopted) {
            adopted(adopted);
        } else if (event instanceof ServiceEvent.Started started) {
            running.put(unit, started);
            due = started.program() == Program.RUN ? ServiceEvent.Ready.class : ServiceEvent.StateChanged.class;
        } else if (event instanceof ServiceEvent.Ended ended && ended.pid() == 0) {
            check(last instanceof ServiceEvent.NotRun, "an end without a start", event);
        } else if (event instanceof ServiceEvent.Ended ended) {
            ServiceEvent.Started before = running.remove(unit);
            check(
                    before != null && before.pid() == ended.pid() && before.program() == ended.program(),
                    "an end without its start",
                    event);
            check(shownPid.getOrDefault(unit, 0) == ended.pid(), "the start before is not shown", event);
        } else if (event instanceof ServiceEvent.StartRefused) {
            due = ServiceEvent.Throttled.class;
        } else if (event instanceof ServiceEvent.NotRun) {
            due = ServiceEvent.Ended.class;
        }
    }

    private void adopted(ServiceEvent.Adopted left) {
        if (left.pid() != 0) {
            running.put(
                    left.program().unit(),
                    new ServiceEvent.Started(
                            left.path(),
                            left.program(),
                            left.pid(),
                            left.started().orElseThrow()));
            shownPid.put(left.program().unit(), left.pid());
        }
    }

    private void state(ServiceEvent.StateChanged changed) {
        ServiceEvent.Started runs = running.get(changed.unit());
        int pid = changed.status().pid();
        check(changed.status().state() != State.DOWN || runs == null, "shown as down while it runs", changed);
        boolean asBefore = shownPid.getOrDefault(changed.unit(), 0) == pid;
        check(pid == 0 || asBefore || (runs != null && runs.pid() == pid), "an unknown process is shown", changed);
        shownPid.put(changed.unit(), pid);
        if (runs == null && pid == 0) {
            endsNotShown.remove(changed.unit());
        }
    }

    private void supervision(ServiceEvent event) {
        if (event instanceof ServiceEvent.Found) {
            check(!found, "found twice", event);
            found = true;
        } else if (event instanceof ServiceEvent.Forgotten) {
            check(!active, "forgotten while it is supervised", event);
            found = false;
        } else if (event instanceof ServiceEvent.SupervisionBegan) {
            check(!active, "begun twice", event);
            active = true;
            pipeIsClosed = false;
        } else if (event instanceof ServiceEvent.SupervisionEnded ended) {
            check(active || ended.exitCode() != 0, "an end without a beginning", event);
            check(running.isEmpty() && script == null, "an end while something runs", event);
            check(endsNotShown.isEmpty(), "the end before is not shown", event);
            active = false;
        } else if (event instanceof ServiceEvent.SupervisionFailed) {
            failed = true;
        } else if (event instanceof ServiceEvent.SupervisionResumed) {
            check(failed, "resumed without a failure", event);
            failed = false;
        } else {
            control(event);
        }
    }

    private void control(ServiceEvent event) {
        if (event instanceof ServiceEvent.ScriptStarted started) {
            check(script == null, "a script while another runs", event);
            script = started.letter();
        } else if (event instanceof ServiceEvent.ScriptEnded ended) {
            check(script != null && script == ended.letter(), "the end of a script that was not started", event);
            script = null;
        } else if (event instanceof ServiceEvent.SignalSent sent) {
            check(script == null, "a signal while a script decides on it", event);
            check(
                    running.containsKey(sent.unit()) || shownPid.getOrDefault(sent.unit(), 0) != 0,
                    "a signal to nobody",
                    event);
        } else if (event instanceof ServiceEvent.LogPipeClosed) {
            check(!pipeIsClosed, "the pipe is closed twice", event);
            pipeIsClosed = true;
        } else if (event instanceof ServiceEvent.LogPipeOpened) {
            check(pipeIsClosed, "a pipe is opened beside another", event);
            pipeIsClosed = false;
        } else if (event instanceof ServiceEvent.Paused || event instanceof ServiceEvent.Continued) {
            due = ServiceEvent.StateChanged.class;
        }
    }
}
