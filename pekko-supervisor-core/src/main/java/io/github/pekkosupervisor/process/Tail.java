package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * The last lines that a process has written, for a report of its end, in the order in which they have come. Of two
 * streams each keeps half of the room: one word about what went wrong is not lost among many about what went well.
 *
 * <p>It may be used from any thread.
 */
final class Tail {

    private static final int LINES = 20;
    /** Of a line, in bytes. */
    private static final int LONGEST = 400;

    private final Deque<Line> last = new ArrayDeque<>(1);

    private static final class Line {
        private final Object stream;
        private final byte[] bytes;

        Line(Object stream, byte[] bytes) {
            this.stream = stream;
            this.bytes = bytes;
        }
    }

    /** For one more stream. */
    OutputReader.Receiver stream() {
        Object stream = new Object();
        return lines -> add(stream, lines);
    }

    private synchronized void add(Object stream, List<byte[]> lines) {
        for (byte[] line : lines.subList(Math.max(0, lines.size() - LINES), lines.size())) {
            if (last.size() == LINES) {
                long own = last.stream().filter(kept -> kept.stream == stream).count();
                removeOldest(stream, own >= LINES / 2);
            }
            last.add(new Line(stream, Utf8.cut(line, LONGEST)));
        }
    }

    /** The oldest line of this stream, or of the other one. */
    private void removeOldest(Object stream, boolean ofThis) {
        for (Iterator<Line> kept = last.iterator(); kept.hasNext(); ) {
            if ((kept.next().stream == stream) == ofThis) {
                kept.remove();
                return;
            }
        }
    }

    synchronized List<String> lines() {
        return last.stream().map(line -> new String(line.bytes, UTF_8)).toList();
    }
}
