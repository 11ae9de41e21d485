package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.runit.supervise.Tai64n;
import java.time.Instant;

/** The stamp at the beginning of each line, as {@code svlogd(8)}, options -t, -tt and -ttt. */
public enum Timestamps {
    /** None. */
    NONE(0),
    /** {@code @} and 24 hexadecimal digits: TAI64N, with nanoseconds of microseconds × 1000 + 500. */
    TAI64N(26),
    /** {@code 2026-01-31_13:59:59.12345}, UTC, digits cut and not rounded. */
    UTC(26),
    /** As {@link #UTC}, with a {@code T} between date and time. */
    ISO(26);

    private static final int NANOS_PER_DIGIT = 10_000;
    private static final int SECONDS_PER_DAY = 86_400;
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private final int length;

    Timestamps(int length) {
        this.length = length;
    }

    /** How many bytes a stamp has, the blank behind it included; 0 if there is none. */
    public int length() {
        return length;
    }

    /** A stamp that is written again and again into the same bytes; the date is worked out once a second. */
    static final class Stamp {
        private final Timestamps kind;
        private final byte[] text;
        private long second = Long.MIN_VALUE;

        Stamp(Timestamps kind) {
            this.kind = kind;
            this.text = new byte[kind.length];
        }

        /** The stamp of this moment; the bytes are valid until the next call. */
        byte[] at(Instant time) {
            switch (kind) {
                case NONE -> {
                    // nothing to write
                }
                case TAI64N -> writeTai64n(time);
                case UTC, ISO -> writeUtc(time);
            }
            return text;
        }

        private void writeTai64n(Instant time) {
            final int digitsOfLabel = 16;
            final int digitsOfNanos = 8;
            if (time.getEpochSecond() != second) {
                second = time.getEpochSecond();
                text[0] = '@';
                hex(Tai64n.label(second), 1, digitsOfLabel);
                text[1 + digitsOfLabel + digitsOfNanos] = ' ';
            }
            hex(Tai64n.nanos(time.getNano()), 1 + digitsOfLabel, digitsOfNanos);
        }

        private void hex(long value, int at, int digits) {
            long rest = value;
            for (int i = at + digits - 1; i >= at; i--) {
                text[i] = HEX[(int) (rest & 0xf)];
                rest >>>= 4;
            }
        }

        private void writeUtc(Instant time) {
            final int fraction = 20;
            if (time.getEpochSecond() != second) {
                second = time.getEpochSecond();
                writeSecond();
            }
            decimal(time.getNano() / NANOS_PER_DIGIT, fraction, 5);
        }

        private void writeSecond() {
            long day = Math.floorDiv(second, SECONDS_PER_DAY);
            int ofDay = (int) Math.floorMod(second, (long) SECONDS_PER_DAY);
            java.time.LocalDate date = java.time.LocalDate.ofEpochDay(day);
            decimal(date.getYear(), 0, 4);
            text[4] = '-';
            decimal(date.getMonthValue(), 5, 2);
            text[7] = '-';
            decimal(date.getDayOfMonth(), 8, 2);
            text[10] = (byte) (kind == ISO ? 'T' : '_');
            decimal(ofDay / 3600, 11, 2);
            text[13] = ':';
            decimal(ofDay / 60 % 60, 14, 2);
            text[16] = ':';
            decimal(ofDay % 60, 17, 2);
            text[19] = '.';
            text[25] = ' ';
        }

        private void decimal(int value, int at, int digits) {
            int rest = value;
            for (int i = at + digits - 1; i >= at; i--) {
                text[i] = (byte) ('0' + rest % 10);
                rest /= 10;
            }
        }
    }
}
