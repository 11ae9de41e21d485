package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.posix.OsString;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The file {@code config} of a log directory, as {@code svlogd(8)}, CONFIG FILE.
 *
 * @param maxSize at how many bytes {@code current} is rotated, 0 for never; unsigned
 * @param keep how many rotated files stay, 0 for all; unsigned
 * @param keepOnFullDisk how many stay when the disk is full; unsigned
 * @param maxAgeSeconds at what age {@code current} is rotated, 0 for never; unsigned
 * @param processor the command for rotated files; empty for none
 * @param prefix what comes between stamp and line
 * @param target where lines are sent by UDP
 * @param onlySend whether they are not written
 * @param patterns selecting lines with their first character, in their order
 */
record LogConfig(
        long maxSize,
        long keep,
        long keepOnFullDisk,
        long maxAgeSeconds,
        OsString processor,
        OsString prefix,
        Target target,
        boolean onlySend,
        List<OsString> patterns) {

    private static final int DEFAULT_UDP_PORT = 514;

    /**
     * Where datagrams go.
     *
     * @param address four bytes, the first one highest
     * @param port 0 for nowhere
     */
    record Target(int address, int port) {
        static final Target NOWHERE = new Target(0, 0);

        boolean isSet() {
            return port != 0;
        }
    }

    /** Without a file, or with one that says nothing. */
    static final LogConfig DEFAULT =
            new LogConfig(1_000_000, 10, 10, 0, OsString.of(""), OsString.of(""), Target.NOWHERE, false, List.of());

    /**
     * Reads the lines; nothing in them is an error, but addresses may be reported.
     *
     * @param complaint gets what is wrong, and with which text
     */
    static LogConfig parse(byte[] file, BiConsumer<String, OsString> complaint) {
        Draft draft = new Draft(complaint);
        int from = 0;
        // a single byte at the end is no line
        while (from < file.length - 1) {
            int to = from;
            while (to < file.length && file[to] != '\n') {
                to++;
            }
            draft.line(upToNul(Arrays.copyOfRange(file, from, to)));
            from = to + 1;
        }
        return draft.done();
    }

    private static byte[] upToNul(byte[] line) {
        for (int i = 0; i < line.length; i++) {
            if (line[i] == 0) {
                return Arrays.copyOf(line, i);
            }
        }
        return line;
    }

    /** Digits of a text, and where they end. */
    private static final class Digits {
        private final byte[] text;
        private long value;
        private int end;

        Digits(byte[] text, int from) {
            this.text = text;
            this.end = from;
            while (end < text.length && text[end] >= '0' && text[end] <= '9') {
                value = value * 10 + (text[end++] - '0');
            }
        }

        char follower() {
            return end < text.length ? (char) text[end] : 0;
        }
    }

    private static final class Draft {
        private final BiConsumer<String, OsString> complaint;
        private long maxSize = DEFAULT.maxSize;
        private long keep = DEFAULT.keep;
        private long keepOnFullDisk = DEFAULT.keepOnFullDisk;
        private long maxAgeSeconds = DEFAULT.maxAgeSeconds;
        private OsString processor = DEFAULT.processor;
        private OsString prefix = DEFAULT.prefix;
        private final byte[] address = new byte[4];
        private int port;
        private boolean onlySend;
        private final List<OsString> patterns = new ArrayList<>();

        Draft(BiConsumer<String, OsString> complaint) {
            this.complaint = complaint;
        }

        void line(byte[] line) {
            if (line.length == 0) {
                return;
            }
            switch (line[0]) {
                case '+', '-', 'e', 'E' -> patterns.add(OsString.of(line));
                case 's' -> maxSize = size(new Digits(line, 1));
                case 'n' -> keep = new Digits(line, 1).value;
                case 'N' -> keepOnFullDisk = new Digits(line, 1).value;
                case 't' -> maxAgeSeconds = age(new Digits(line, 1));
                case '!' -> processor = line.length > 1 ? tail(line, 1) : processor;
                case 'p' -> prefix = line.length > 1 ? tail(line, 1) : prefix;
                case 'u' -> target(line);
                case 'U' -> {
                    onlySend = true;
                    target(line);
                }
                default -> {
                    // a comment, or nothing that svlogd knows
                }
            }
        }

        private static long size(Digits number) {
            return switch (number.follower()) {
                case 'k' -> number.value << 10;
                case 'm' -> number.value << 20;
                default -> number.value;
            };
        }

        private static long age(Digits number) {
            return switch (number.follower()) {
                case 'm' -> number.value * 60;
                case 'h' -> number.value * 3600;
                default -> number.value;
            };
        }

        private void target(byte[] line) {
            int at = 1;
            for (int i = 0; i < address.length; i++) {
                Digits part = new Digits(line, at);
                boolean last = i == address.length - 1;
                if (part.end == at || (!last && part.follower() != '.')) {
                    complaint.accept("unable to scan ip address", tail(line, 1));
                    return;
                }
                address[i] = (byte) part.value;
                at = last ? part.end : part.end + 1;
            }
            long given = DEFAULT_UDP_PORT;
            if (at < line.length && line[at] == ':') {
                given = new Digits(line, at + 1).value;
                if (given == 0) {
                    complaint.accept("unable to scan port number", tail(line, at + 1));
                    return;
                }
            }
            port = (int) (given & 0xffff);
        }

        private static OsString tail(byte[] line, int from) {
            return OsString.of(Arrays.copyOfRange(line, from, line.length));
        }

        LogConfig done() {
            return new LogConfig(
                    maxSize,
                    keep,
                    keepOnFullDisk,
                    maxAgeSeconds,
                    processor,
                    prefix,
                    new Target(ByteBuffer.wrap(address).getInt(), port),
                    onlySend,
                    List.copyOf(patterns));
        }
    }

    /** Says what this configuration makes of a line; the last pattern that fits decides. */
    static final class Selector {
        private final List<byte[]> patterns;
        private boolean selected = true;
        private boolean copied;

        Selector(LogConfig config) {
            this.patterns = config.patterns().stream().map(OsString::bytes).toList();
        }

        void look(byte[] line, int from, int to) {
            selected = true;
            copied = false;
            for (byte[] pattern : patterns) {
                if (LogPattern.matches(pattern, 1, line, from, to)) {
                    switch (pattern[0]) {
                        case '+' -> selected = true;
                        case '-' -> selected = false;
                        case 'e' -> copied = true;
                        default -> copied = false;
                    }
                }
            }
        }

        /** As if it had looked at a line and found this. */
        void resume(boolean wasSelected) {
            selected = wasSelected;
            copied = false;
        }

        boolean looks() {
            return !patterns.isEmpty();
        }

        /** Whether the line goes to the log. */
        boolean selected() {
            return selected;
        }

        /** Whether the line goes to standard error. */
        boolean copied() {
            return copied;
        }
    }
}
