package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.posix.OsString;

/**
 * What svlogd's command line says of the lines; see {@code svlogd(8)}, OPTIONS.
 *
 * @param timestamps the stamp before each line
 * @param replacement what takes the place of bytes below 32 and above 126, 0 to 255; -1 to leave them
 * @param replaced further bytes that it takes the place of
 * @param lineLength how many bytes of a line patterns, replacement and copies see, at least 1; the log gets all
 * @param keepUnfinished at the end of the input: whether a line without its newline is completed; svlogd drops it
 */
public record LogOptions(
        Timestamps timestamps, int replacement, OsString replaced, int lineLength, boolean keepUnfinished) {

    /** What svlogd does without options. */
    public static final LogOptions DEFAULT = new LogOptions(Timestamps.NONE, -1, OsString.of(""), 1000, false);

    /** Checks. */
    public LogOptions {
        if (lineLength < 1) {
            throw new IllegalArgumentException("a line has room for at least one byte, was " + lineLength);
        }
    }

    /** For each byte what is written in its place. */
    byte[] translation() {
        final int firstPrintable = 32;
        final int lastPrintable = 126;
        byte[] table = new byte[256];
        for (int i = 0; i < table.length; i++) {
            boolean plain = i >= firstPrintable && i <= lastPrintable;
            table[i] = (byte) (plain ? i : replacement);
        }
        for (byte also : replaced.bytes()) {
            table[also & 0xff] = (byte) replacement;
        }
        return table;
    }

    boolean replaces() {
        return replacement >= 0;
    }

    /** The same with other stamps. */
    public LogOptions withTimestamps(Timestamps changed) {
        return new LogOptions(changed, replacement, replaced, lineLength, keepUnfinished);
    }

    /** The same with another length. */
    public LogOptions withLineLength(int changed) {
        return new LogOptions(timestamps, replacement, replaced, changed, keepUnfinished);
    }

    /** The same with this in the place of whatever is not printable, and of these. */
    public LogOptions withReplacement(int with, OsString also) {
        return new LogOptions(timestamps, with, also, lineLength, keepUnfinished);
    }

    /** The same, completing the last line or dropping it. */
    public LogOptions withKeepUnfinished(boolean changed) {
        return new LogOptions(timestamps, replacement, replaced, lineLength, changed);
    }
}
