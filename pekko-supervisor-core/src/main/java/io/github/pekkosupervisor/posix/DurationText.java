package io.github.pekkosupervisor.posix;

import java.time.Duration;
import java.util.Locale;

/** Lengths of time as a reader wants them: two figures or two units, rounded down. */
public final class DurationText {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final int SIXTY = 60;
    private static final int HOURS = 24;
    private static final int TEN = 10;

    private DurationText() {}

    /** For example {@code 0.4 ms}, {@code 350 ms}, {@code 2.3 s}, {@code 42 s}, {@code 3 min 20 s}, {@code 5 d 2 h}. */
    public static String of(Duration length) {
        long seconds = Math.max(0, length.toSeconds());
        if (length.isNegative() || length.isZero()) {
            return "0 s";
        } else if (seconds < TEN) {
            return ofShort(length.toNanos());
        } else if (seconds < SIXTY) {
            return seconds + " s";
        }
        long minutes = seconds / SIXTY;
        long hours = minutes / SIXTY;
        if (hours == 0) {
            return two(minutes, "min", seconds % SIXTY, "s");
        }
        return hours < HOURS ? two(hours, "h", minutes % SIXTY, "min") : two(hours / HOURS, "d", hours % HOURS, "h");
    }

    /** The same of what somebody has given, which may be less than nothing. */
    public static String given(Duration length) {
        return length.isNegative() ? "-" + of(length.negated()) : of(length);
    }

    private static String ofShort(long nanos) {
        if (nanos >= SECOND) {
            return tenths(nanos / (SECOND / TEN)) + " s";
        }
        return nanos >= TEN * MILLI ? nanos / MILLI + " ms" : tenths(nanos / (MILLI / TEN)) + " ms";
    }

    private static String tenths(long tenths) {
        return tenths % TEN == 0
                ? String.valueOf(tenths / TEN)
                : String.format(Locale.ROOT, "%d.%d", tenths / TEN, tenths % TEN);
    }

    private static String two(long first, String unit, long second, String smaller) {
        return first + " " + unit + (second == 0 ? "" : " " + second + " " + smaller);
    }
}
