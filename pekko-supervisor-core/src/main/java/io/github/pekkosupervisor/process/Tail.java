package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last lines that a process has written, for a report of its end. It may be used from any thread. */
final class Tail implements OutputReader.Receiver {

    private static final int LINES = 20;
    private static final int LONGEST = 400;

    private final Deque<byte[]> last = new ArrayDeque<>();

    @Override
    public synchronized void receive(List<byte[]> lines) {
        for (byte[] line : lines.subList(Math.max(0, lines.size() - LINES), lines.size())) {
            if (last.size() == LINES) {
                last.remove();
            }
            last.add(line);
        }
    }

    synchronized List<String> lines() {
        return last.stream()
                .map(line -> new String(line, 0, Math.min(line.length, LONGEST), UTF_8))
                .toList();
    }
}
