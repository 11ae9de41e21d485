package io.github.pekkosupervisor.runit.rule;

import io.github.pekkosupervisor.spec.RestartDelay;
import java.time.Duration;
import java.time.Instant;

/**
 * How long a runsv that ends by itself waits before it is made anew, by core's {@link RestartDelay}: one second after
 * the first end, twice as long after each that follows within five seconds of its start, five seconds at the most.
 *
 * @param since when it was made last
 * @param endsInARow how many ends have followed soon
 */
public record RunsvPause(Instant since, int endsInARow) {

    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final RestartDelay DELAY = new RestartDelay(Duration.ofSeconds(1), LONGEST, 2, 0, LONGEST);

    /** Without jitter it changes nothing. */
    private static final double ANY = 0.5;

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
        boolean heldOut = Duration.between(since, now).compareTo(DELAY.resetAfter()) >= 0;
        return new RunsvPause(since, heldOut ? 1 : endsInARow + 1);
    }

    /** How long to wait now, after an end. */
    public Duration length() {
        return DELAY.before(endsInARow - 1, ANY);
    }
}
