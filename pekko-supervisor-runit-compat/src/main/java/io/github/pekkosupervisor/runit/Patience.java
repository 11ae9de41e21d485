package io.github.pekkosupervisor.runit;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** For how long something is waited for at the most, by a clock that nobody sets. */
final class Patience {

    private final long longest;
    private final LongSupplier nanos;
    private OptionalLong since = OptionalLong.empty();

    /**
     * That has not begun.
     *
     * @param nanos never go back, see {@link System#nanoTime()}
     */
    Patience(Duration longest, LongSupplier nanos) {
        this.longest = longest.toNanos();
        this.nanos = nanos;
    }

    /** It counts from now on, unless it does already. */
    void begin() {
        if (since.isEmpty()) {
            since = OptionalLong.of(nanos.getAsLong());
        }
    }

    /** Whether it has begun and is not over yet. */
    boolean lasts() {
        return since.isPresent() && nanos.getAsLong() - since.getAsLong() < longest;
    }

    /** What was waited for has come; it may begin anew. */
    void end() {
        since = OptionalLong.empty();
    }
}
