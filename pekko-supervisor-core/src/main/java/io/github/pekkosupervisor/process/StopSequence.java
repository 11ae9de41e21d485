package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Which signals ask a process to end, and how long each may take to work. At the end there is always KILL: when the
 * time to stop is over, or earlier where the sequence says so.
 *
 * <p>After each signal CONT is sent, so that a paused process hears it.
 *
 * @param steps at least one
 */
public record StopSequence(List<Step> steps) {

    /**
     * One signal.
     *
     * @param after how long after the one before it; zero for the first
     * @param signal which
     */
    public record Step(Duration after, Signal signal) {}

    /** Checks and copies. */
    public StopSequence {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a stop sequence needs a signal, was empty; begin with TERM");
        }
        if (!steps.get(0).after().isZero()) {
            throw new IllegalArgumentException("the first signal of a stop sequence is sent at once, was after "
                    + DurationText.given(steps.get(0).after()));
        }
        for (Step step : steps) {
            if (step.after().isNegative()) {
                throw new IllegalArgumentException("the wait before " + step.signal() + " must not be negative, was "
                        + DurationText.given(step.after()));
            }
        }
    }

    /** TERM, and KILL when the time to stop is over. */
    public static StopSequence standard() {
        return of(Signal.TERM);
    }

    /** This signal, and KILL when the time to stop is over. */
    public static StopSequence of(Signal first) {
        return new StopSequence(List.of(new Step(Duration.ZERO, first)));
    }

    /** The same, and then another signal if the process still runs after a wait. */
    public StopSequence then(Duration wait, Signal next) {
        List<Step> longer = new ArrayList<>(steps);
        longer.add(new Step(wait, next));
        return new StopSequence(longer);
    }

    /**
     * What is sent when, if it must be over within a time.
     *
     * @param at since the beginning
     * @param signal which
     */
    record Shot(Duration at, Signal signal) {}

    /** All shots in order; the last one is KILL, and the only one that is. */
    List<Shot> within(Duration time) {
        List<Shot> shots = new ArrayList<>();
        Duration at = Duration.ZERO;
        for (Step step : steps) {
            at = at.plus(step.after());
            if (at.compareTo(time) >= 0 || step.signal() == Signal.KILL) {
                break;
            }
            shots.add(new Shot(at, step.signal()));
        }
        shots.add(new Shot(at.compareTo(time) < 0 && endsWithKill() ? at : time, Signal.KILL));
        return shots;
    }

    private boolean endsWithKill() {
        return steps.stream().anyMatch(step -> step.signal() == Signal.KILL);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Step step : steps) {
            text.append(text.length() == 0 ? "" : " " + step.after().toMillis() + "ms ")
                    .append(step.signal());
        }
        return text.toString();
    }
}
