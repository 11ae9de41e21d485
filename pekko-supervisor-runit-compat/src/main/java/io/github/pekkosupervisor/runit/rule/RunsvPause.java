package io.github.pekkosupervisor.runit.rule;

import java.time.Duration;
import java.time.Instant;

/**
 * How long a runsv that ends by itself waits before it is made anew: one second after the first end, one more after
 * each that follows within five seconds of its start, five at the most.
 *
 * @param since when it was made last
 * @param endsInARow how many ends have followed soon
 */
public record RunsvPause(Instant since, int endsInARow) {

    private static final Duration LONGEST = Duration.ofSeconds(5);

    /** For one that is made now for the first time. */
    public static RunsvPause first(Instant now) {
        return new RunsvPause(now, 0);
    }

    /** The same after it has been made anew. */
    public RunsvPause made(Instant now) {
        return new RunsvPause(now, endsInARow);
    }

    /** The same after it has ended or failed. */
    public RunsvPause ended(Instant now) {
        boolean heldOut = Duration.between(since, now).compareTo(LONGEST) > 0;
        return new RunsvPause(since, heldOut ? 1 : endsInARow + 1);
    }

    /** How long to wait now. */
    public Duration length() {
        return Duration.ofSeconds(Math.min(endsInARow, LONGEST.toSeconds()));
    }
}
