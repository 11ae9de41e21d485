package io.github.pekkosupervisor.runit.supervise;

import java.nio.ByteBuffer;
import java.time.Instant;

/** Time stamps as runit writes them: TAI64N, where leap seconds after 1972 are not counted. */
public final class Tai64n {

    /** Length of a stamp in bytes. */
    public static final int LENGTH = 12;

    /** Unix time 0 as a label: 2^62 and the ten leap seconds before 1972. */
    private static final long LABEL_OF_1970 = 0x4000000000000000L + 10;

    private static final int NANOS_PER_MICRO = 1000;

    private Tai64n() {}

    /** The label of a second. */
    public static long label(long epochSecond) {
        return LABEL_OF_1970 + epochSecond;
    }

    /** The second that a label is of. */
    public static long epochSecond(long label) {
        return label - LABEL_OF_1970;
    }

    /**
     * The nanoseconds beside the label, made of those of a second: microseconds × 1000 + 500, as runit's clock gives
     * them.
     */
    public static int nanos(int ofSecond) {
        return ofSecond / NANOS_PER_MICRO * NANOS_PER_MICRO + NANOS_PER_MICRO / 2;
    }

    /** Writes the twelve bytes of a moment. */
    static void put(ByteBuffer target, Instant time) {
        target.putLong(label(time.getEpochSecond()));
        target.putInt(nanos(time.getNano()));
    }

    /** A moment as text: {@code @} and 24 hexadecimal digits. */
    public static String text(Instant time) {
        return String.format("@%016x%08x", label(time.getEpochSecond()), nanos(time.getNano()));
    }
}
