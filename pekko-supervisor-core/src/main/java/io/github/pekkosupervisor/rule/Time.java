package io.github.pekkosupervisor.rule;

import java.time.Duration;

/** Times as the rules count them: nanoseconds of one monotonic clock, never negative. */
final class Time {

    /** Later than anything. */
    static final long NEVER = Long.MAX_VALUE;

    private Time() {}

    /** A length; 292 years and more are for ever. */
    static long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException tooLong) {
            return NEVER;
        }
    }

    /** The time so much after another; never, if that is for ever. */
    static long after(long now, Duration length) {
        long nanos = nanos(length);
        return nanos >= NEVER - now ? NEVER : now + nanos;
    }
}
