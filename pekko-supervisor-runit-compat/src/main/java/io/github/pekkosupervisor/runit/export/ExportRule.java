package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.runit.export.ShownChild.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is shown of a child, and what follows from a letter that comes in by its control FIFO: what is known of it and
 * an event lead to what is known next, and to calls of its supervisor. As {@code runsv(8)} has the letters, said of
 * children of any kind; the same as a table is in {@code docs/export.md}.
 *
 * <p>Of the calls that wait their turn one is in progress at a time, and what is wished for meanwhile is remembered:
 * the last of {@code u d o x}, and a {@code t}; not one that comes before a renewal has started it, which it is then.
 * Kills and signals do not wait; of each kind one is in progress at most.
 */
public final class ExportRule {

    /** All letters that mean something. */
    static final String LETTERS = "udotkxpchaiq12";

    private static final String WISHES = "udox";

    /** Times of one child that are less than this apart are not to go back because one of them is less exact. */
    private static final Duration INEXACT = Duration.ofSeconds(1);

    private final ShownKind kind;
    private Phase phase;
    private Instant since;
    private int pid;
    private boolean once;
    private boolean paused;
    private boolean hung;
    private boolean done;
    private boolean again;
    private boolean exits;
    private boolean closed;
    private boolean held;
    private boolean coming;
    private @Nullable Call call;
    private boolean renewed;
    private String wishes;
    private Set<Call> urgent;
    private final List<Call> calls = new ArrayList<>();
    private boolean ignored;

    /**
     * What follows from an event.
     *
     * @param child what is known of it then
     * @param calls what its supervisor is asked for
     * @param ignored whether it was a letter that means nothing for such a child, which is to be said
     */
    public record Decision(ShownChild child, List<Call> calls, boolean ignored) {}

    private ExportRule(ShownKind kind, ShownChild child) {
        this.kind = kind;
        this.phase = child.phase();
        this.since = child.since();
        this.pid = child.pid();
        this.once = child.once();
        this.paused = child.paused();
        this.hung = child.hung();
        this.done = child.done();
        this.again = child.again();
        this.exits = child.exits();
        this.closed = child.closed();
        this.held = child.held();
        this.coming = child.coming();
        this.call = child.call();
        this.renewed = child.renewed();
        this.wishes = child.wishes();
        this.urgent = child.urgent();
    }

    /** What follows from an event. */
    public static Decision decide(ShownKind kind, ShownChild child, ExportEvent event) {
        ExportRule rule = new ExportRule(kind, child);
        rule.after(event);
        return new Decision(rule.child(), List.copyOf(rule.calls), rule.ignored);
    }

    /** Whether it may be started, as far as this is asked. */
    public static boolean mayStart(ShownChild child, StartGate.Cause cause, boolean hasDownFile) {
        return switch (cause) {
            case START_UP, GROUP -> !hasDownFile && !child.held();
            case RESTART, DELAY_OVER, CALL -> true;
        };
    }

    private ShownChild child() {
        return new ShownChild(
                phase, since, pid, once, paused, hung, done, again, exits, closed, held, coming, call, renewed, wishes,
                urgent);
    }

    private void after(ExportEvent event) {
        if (event instanceof ExportEvent.Starting starting) {
            begins(Phase.STARTING, starting.at(), starting.pid());
        } else if (event instanceof ExportEvent.Started started) {
            starts(started);
        } else if (event == ExportEvent.RunsOnce.INSTANCE) {
            once = true;
        } else if (event instanceof ExportEvent.Paused is) {
            paused = is.now() && phase.hasIncarnation();
        } else if (event instanceof ExportEvent.Hung is) {
            hung = is.now() && phase.hasIncarnation();
        } else if (event instanceof ExportEvent.Stopping stopping) {
            phase = Phase.STOPPING;
            again = stopping.again();
        } else if (event instanceof ExportEvent.Down down) {
            ends(Phase.DOWN, down.at().orElse(since));
            done = down.done();
        } else if (event instanceof ExportEvent.Restarting restarting) {
            ends(Phase.RESTARTING, restarting.at().orElse(since));
        } else if (event instanceof ExportEvent.Waiting waiting) {
            ends(Phase.WAITING, waiting.at().orElse(since));
        } else if (event instanceof ExportEvent.SupervisorEnded ended) {
            supervisorEnds(ended);
        } else if (event instanceof ExportEvent.Asked asked) {
            asked(asked.cause());
        } else if (event instanceof ExportEvent.Letter letter) {
            letter(letter.letter());
        } else if (event instanceof ExportEvent.Answered answered) {
            answered(answered);
        } else if (event == ExportEvent.Reopened.INSTANCE) {
            closed = false;
        }
    }

    // ---- what has happened

    private void begins(Phase now, Instant at, int process) {
        phase = now;
        since = notBefore(at);
        pid = process;
        once = false;
        paused = false;
        hung = false;
        done = false;
        again = false;
        closed = false;
        coming = false;
        renewed = call == Call.RENEW;
    }

    private void starts(ExportEvent.Started started) {
        if (phase == Phase.STARTING) {
            // what was asked of it meanwhile counts
            phase = Phase.RUNNING;
            pid = started.pid();
        } else {
            begins(Phase.RUNNING, started.at(), started.pid());
        }
        once |= started.once();
    }

    private void ends(Phase now, Instant at) {
        phase = now;
        since = notBefore(at);
        pid = 0;
        once = false;
        paused = false;
        hung = false;
        done = false;
        again = false;
        coming = false;
    }

    /** What was put down before is started with the next one; what is being put down is not. */
    private void supervisorEnds(ExportEvent.SupervisorEnded ended) {
        held &= !ended.wasUp() || wishesForDown() || call == Call.TERMINATE;
        ends(Phase.DOWN, phase.hasIncarnation() ? ended.at() : since);
    }

    /** Who calls for a start wants it up; not if that was asked for before the command that puts it down. */
    private void asked(StartGate.Cause cause) {
        held &= cause != StartGate.Cause.CALL || isBeingPutDown();
        coming = true;
    }

    /** A command that puts it down has come, and has not been carried out. */
    private boolean isBeingPutDown() {
        return wishesForDown() || (call == Call.TERMINATE && phase != Phase.DOWN);
    }

    private boolean wishesForDown() {
        return wishes.indexOf('d') >= 0 || wishes.indexOf('x') >= 0;
    }

    private Instant notBefore(Instant at) {
        boolean isInexact = at.isBefore(since) && at.plus(INEXACT).isAfter(since);
        return isInexact ? since : at;
    }

    private void answered(ExportEvent.Answered answer) {
        if (answer.call().isUrgent()) {
            urgent = without(urgent, answer.call());
            return;
        }
        if (answer.call() != call) {
            // another has taken its place
            return;
        }
        call = null;
        if (answer.call() == Call.TERMINATE && answer.done() && phase == Phase.WAITING) {
            // its supervisor had it down already, and tells nothing
            phase = Phase.DOWN;
        }
        if (answer.call() == Call.TERMINATE && exits) {
            exits = false;
            closed = phase == Phase.DOWN && wishes.isEmpty();
        }
        next();
    }

    // ---- commands

    private void letter(char letter) {
        switch (letter) {
            case 'u', 'd', 'o', 'x' -> wish(letter);
            case 't' -> {
                // one who comes when the new one is there waits for a newer one
                boolean isOnItsWay = (call == Call.RENEW && !renewed) || wishes.indexOf('t') >= 0;
                wishes += isOnItsWay ? "" : "t";
                next();
            }
            case 'k' -> atOnce(Call.KILL);
            case 'p' -> ofProcess(Call.PAUSE, true);
            case 'c' -> ofProcess(Call.CONTINUE, false);
            case 'h' -> signal(Call.HUP);
            case 'a' -> signal(Call.ALRM);
            case 'i' -> signal(Call.INT);
            case 'q' -> signal(Call.QUIT);
            case '1' -> signal(Call.USR1);
            case '2' -> signal(Call.USR2);
            default -> {
                // as runsv: nothing
            }
        }
    }

    private void ofProcess(Call signal, boolean isToBeSaid) {
        if (kind.isProcess()) {
            atOnce(signal);
        } else {
            ignored = isToBeSaid;
        }
    }

    private void signal(Call signal) {
        if (kind == ShownKind.SUPERVISOR) {
            ignored = true;
        } else {
            atOnce(signal);
        }
    }

    private void atOnce(Call now) {
        if (kind.isTop()) {
            ignored = true;
        } else if (phase.hasIncarnation() && !urgent.contains(now)) {
            urgent = with(urgent, now);
            calls.add(now);
        }
    }

    private static Set<Call> with(Set<Call> some, Call one) {
        EnumSet<Call> all = EnumSet.of(one);
        all.addAll(some);
        return Set.copyOf(all);
    }

    private static Set<Call> without(Set<Call> some, Call one) {
        return some.stream().filter(other -> other != one).collect(Collectors.toUnmodifiableSet());
    }

    private void wish(char letter) {
        if (kind.isTop()) {
            wishOfTop(letter);
            return;
        }
        held = letter == 'd' || letter == 'x';
        StringBuilder all = new StringBuilder();
        wishes.chars().filter(c -> WISHES.indexOf(c) < 0).forEach(c -> all.append((char) c));
        wishes = all.append(letter).toString();
        if (kind == ShownKind.ONESHOT && held && call != null && call != Call.TERMINATE) {
            // that one is answered when what it starts has ended, which is what is not wanted
            wishes = "";
            exits = letter == 'x';
            calls(Call.TERMINATE);
        } else {
            next();
        }
    }

    private void wishOfTop(char letter) {
        boolean isStop = letter == 'd' || letter == 'x';
        if (isStop && kind == ShownKind.TOP_THAT_STOPS) {
            calls(Call.STOP_TREE);
        } else {
            ignored = isStop;
        }
    }

    /** Goes on with what was wished for, as long as nothing is in progress. */
    private void next() {
        while (call == null && !wishes.isEmpty()) {
            char letter = wishes.charAt(0);
            wishes = wishes.substring(1);
            begin(letter);
        }
    }

    private void begin(char letter) {
        switch (letter) {
            case 'u' -> up();
            case 'd' -> down();
            case 'x' -> {
                exits = isToBeStopped();
                closed = !exits;
                down();
            }
            case 'o' -> calls(Call.ONCE);
            case 't' -> {
                if (phase == Phase.STARTING || phase == Phase.RUNNING) {
                    held = false;
                    calls(Call.RENEW);
                }
            }
            default -> throw new IllegalStateException("nobody can wish for " + letter);
        }
    }

    private void up() {
        if (phase == Phase.RESTARTING) {
            calls(Call.NOW);
        } else if (phase == Phase.DOWN || phase == Phase.WAITING || (phase == Phase.STOPPING && !again)) {
            calls(Call.RESTART);
        }
    }

    private void down() {
        held = true;
        if (isToBeStopped()) {
            calls(Call.TERMINATE);
        }
    }

    private boolean isToBeStopped() {
        return phase != Phase.DOWN || coming;
    }

    private void calls(Call now) {
        call = now;
        renewed = false;
        calls.add(now);
    }
}
