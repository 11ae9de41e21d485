package io.github.pekkosupervisor.actor;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The time of one tree: nanoseconds since the clock was made, which never go back, and when that was by the calendar.
 * What is counted and measured goes by the first, what is shown by the second. May be used from any thread.
 */
final class TreeClock {

    /** A calendar that is that far from where it was has been set. Less is how coarse some calendars are. */
    private static final long SET = TimeUnit.MILLISECONDS.toMicros(5);

    /** Who was held up for longer between reading two clocks knows nothing of how far they are from each other. */
    private static final long HELD_UP = TimeUnit.MILLISECONDS.toNanos(1);

    private static final int READINGS = 3;
    private static final long MICROS_OF_MILLI = 1_000;

    private final LongSupplier nanos;
    private final InstantSource calendar;
    private final long origin;

    /** Zero by the calendar, in microseconds since 1970. The same for all who ask, until the calendar is set. */
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
        this.zero = microsOf(calendar.instant());
    }

    /** The system's. */
    static TreeClock system() {
        return new TreeClock(System::nanoTime, InstantSource.system());
    }

    /** Nanoseconds since it was made, never negative. */
    long now() {
        return nanos.getAsLong() - origin;
    }

    /**
     * When that was, by the calendar as it is now, to the millisecond. Who reads the calendar and then has something
     * start finds that it was not started before: he may compare whole seconds, and {@code sv} does.
     */
    Instant instant(long time) {
        for (int i = 0; i < READINGS; i++) {
            long before = now();
            long zeroNow = microsOf(calendar.instant()) - micros(before);
            if (now() - before <= HELD_UP) {
                if (Math.abs(zeroNow - zero) > SET) {
                    zero = zeroNow;
                }
                break;
            }
        }
        return Instant.ofEpochMilli(Math.floorDiv(zero + micros(time), MICROS_OF_MILLI));
    }

    private static long micros(long nanos) {
        return TimeUnit.NANOSECONDS.toMicros(nanos);
    }

    private static long microsOf(Instant time) {
        return TimeUnit.SECONDS.toMicros(time.getEpochSecond()) + micros(time.getNano());
    }
}
