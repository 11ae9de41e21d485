package io.github.pekkosupervisor.runit.launcher;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Whether a signal that asks for the end of all says more than the first one did: who asks twice is in a hurry. But one
 * that follows at once is the same: {@code timeout(1)} sends its own to who it has started, and then to all of the
 * group, and a key that is pressed goes to all of a terminal's.
 */
final class Insistence {

    /** Longer than between two of one program, and shorter than anybody needs to ask again. */
    static final Duration SAME_WITHIN = Duration.ofMillis(200);

    private final LongSupplier nanos;
    private OptionalLong first = OptionalLong.empty();

    /** @param nanos as {@link System#nanoTime} */
    Insistence(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** One has come. Whether it counts: the first does, and each that comes later than at once. */
    boolean counts() {
        long now = nanos.getAsLong();
        if (first.isEmpty()) {
            first = OptionalLong.of(now);
            return true;
        }
        return now - first.getAsLong() >= SAME_WITHIN.toNanos();
    }
}
