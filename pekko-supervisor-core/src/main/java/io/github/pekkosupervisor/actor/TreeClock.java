package io.github.pekkosupervisor.actor;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The time of one tree: nanoseconds since the clock was made, which never go back, and when that was by the calendar.
 * What is counted and measured goes by the first, what is shown by the second. May be used from any thread.
 */
final class TreeClock {

    /** A calendar that is that far from where it was has been set; less is how inexactly two clocks are read. */
    private static final long SET = Duration.ofSeconds(1).toMillis();

    private final LongSupplier nanos;
    private final InstantSource calendar;
    private final long origin;

    /** Zero by the calendar, in milliseconds since 1970. The same for all who ask, until the calendar is set. */
    private volatile long zero;

    /**
     * A clock that begins now.
     *
     * @param nanos never go back, see {@link System#nanoTime()}
     */
    TreeClock(LongSupplier nanos, InstantSource calendar) {
        this.nanos = nanos;
        this.calendar = calendar;
        this.origin = nanos.getAsLong();
        this.zero = calendar.millis();
    }

    /** The system's. */
    static TreeClock system() {
        return new TreeClock(System::nanoTime, InstantSource.system());
    }

    /** Nanoseconds since it was made, never negative. */
    long now() {
        return nanos.getAsLong() - origin;
    }

    /** When that was, by the calendar as it is now, to the millisecond. */
    Instant instant(long time) {
        long zeroNow = calendar.millis() - TimeUnit.NANOSECONDS.toMillis(now());
        if (Math.abs(zeroNow - zero) > SET) {
            zero = zeroNow;
        }
        return Instant.ofEpochMilli(zero + TimeUnit.NANOSECONDS.toMillis(time));
    }
}
