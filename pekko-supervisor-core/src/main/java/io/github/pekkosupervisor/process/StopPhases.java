package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Signal;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How far the stop of a process has come: which signals it was sent, and which are due when. A value: whoever sends
 * them asks what is due, and keeps what follows.
 *
 * @param sent since it was first asked to stop
 * @param left those of the stop that is under way, in order
 * @param at when the last one was due, since the beginning of that stop
 */
record StopPhases(Set<Signal> sent, List<StopSequence.Shot> left, Duration at) {

    /** Nobody has asked it to stop. */
    static final StopPhases NONE = new StopPhases(Set.of(), List.of(), Duration.ZERO);

    /** A stop begins, in place of one that may be under way; its first signal is due at once. */
    StopPhases begin(StopSequence sequence, Duration within) {
        return new StopPhases(sent, sequence.within(within), Duration.ZERO);
    }

    /** The signal that is due next. */
    Signal due() {
        return left.get(0).signal();
    }

    /** That one has been sent. */
    StopPhases next() {
        Set<Signal> all = EnumSet.of(due());
        all.addAll(sent);
        return new StopPhases(
                Set.copyOf(all), left.subList(1, left.size()), left.get(0).at());
    }

    /** How long after that one the next is due; empty if it was the last. */
    Optional<Duration> untilNext() {
        return left.isEmpty() ? Optional.empty() : Optional.of(left.get(0).at().minus(at));
    }

    boolean isAsked() {
        return !sent.isEmpty();
    }

    boolean isKilled() {
        return sent.contains(Signal.KILL);
    }
}
