package io.github.pekkosupervisor.process;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes lines, without their line feeds, of chunks of bytes. A line that is too long comes in pieces, each of which
 * ends where a character does, wherever the chunks end.
 */
final class LineSplitter {

    private static final byte[] NOTHING = {};

    private final int longest;

    /** What has come of the line that is not over; the first {@link #length} bytes count. */
    private byte[] unfinished = NOTHING;

    private int length;

    /** Lines of more than {@code longest} bytes come in pieces. */
    LineSplitter(int longest) {
        this.longest = longest;
    }

    /** The lines that end in this chunk. */
    List<byte[]> split(byte[] chunk) {
        List<byte[]> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < chunk.length; i++) {
            if (chunk[i] == '\n') {
                lines.add(joined(chunk, from, i));
                from = i + 1;
            } else if (length + i - from >= longest) {
                lines.add(piece(joined(chunk, from, i)));
                from = i;
            }
        }
        keep(chunk, from, chunk.length);
        return lines;
    }

    /** As much of a line as there may be at once; a character that is not complete begins the next piece. */
    private byte[] piece(byte[] bytes) {
        int end = Utf8.end(bytes, bytes.length);
        if (end == 0) {
            return bytes;
        }
        keep(bytes, end, bytes.length);
        return Arrays.copyOf(bytes, end);
    }

    private byte[] joined(byte[] chunk, int from, int to) {
        byte[] line = Arrays.copyOf(unfinished, length + to - from);
        System.arraycopy(chunk, from, line, length, to - from);
        unfinished = NOTHING;
        length = 0;
        return line;
    }

    private void keep(byte[] bytes, int from, int to) {
        int needed = length + to - from;
        if (needed > unfinished.length) {
            unfinished = Arrays.copyOf(unfinished, Math.min(Math.max(2 * unfinished.length, needed), longest));
        }
        System.arraycopy(bytes, from, unfinished, length, to - from);
        length = needed;
    }

    /** What has come after the last line feed; stays here. */
    byte[] unfinished() {
        return Arrays.copyOf(unfinished, length);
    }

    /** What has come after the last line feed; none if nothing has. */
    List<byte[]> rest() {
        return length == 0 ? List.of() : List.of(joined(NOTHING, 0, 0));
    }
}
