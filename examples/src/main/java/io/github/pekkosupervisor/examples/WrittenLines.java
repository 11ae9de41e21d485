package io.github.pekkosupervisor.examples;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges a log of lines {@code PID NUMBER}, each writer counting from 1: what of it is missing, double, out of order.
 */
final class WrittenLines {

    /**
     * The verdict.
     *
     * @param written how many lines there were to be
     * @param lost of them, how many are not in the log
     * @param doubled how many lines are there once more
     * @param disordered how many stand after a later one of the same writer
     */
    record Verdict(long written, long lost, long doubled, long disordered) {
        static final Verdict NOTHING = new Verdict(0, 0, 0, 0);

        Verdict plus(Verdict other) {
            return new Verdict(
                    written + other.written, lost + other.lost, doubled + other.doubled, disordered + other.disordered);
        }
    }

    private WrittenLines() {}

    /**
     * Judges one log.
     *
     * @param log its lines, in order
     * @param counts how many lines each writer has written; who is not in it wrote as many as his highest number says
     */
    static Verdict judge(List<String> log, Map<Long, Long> counts) {
        Map<Long, Writer> writers = new HashMap<>();
        counts.keySet().forEach(pid -> writers.put(pid, new Writer()));
        for (String line : log) {
            String[] words = line.split(" ", 2);
            writers.computeIfAbsent(Long.valueOf(words[0]), pid -> new Writer()).line(Long.parseLong(words[1]));
        }
        Verdict all = Verdict.NOTHING;
        for (Map.Entry<Long, Writer> entry : writers.entrySet()) {
            Writer writer = entry.getValue();
            all = all.plus(writer.verdict(counts.getOrDefault(entry.getKey(), writer.highest)));
        }
        return all;
    }

    private static final class Writer {
        private final Map<Long, Integer> times = new HashMap<>();
        private long highest;
        private long disordered;

        void line(long number) {
            if (times.merge(number, 1, Integer::sum) == 1 && number < highest) {
                disordered++;
            }
            highest = Math.max(highest, number);
        }

        Verdict verdict(long written) {
            long found =
                    times.keySet().stream().filter(number -> number <= written).count();
            long doubled = times.values().stream().mapToLong(count -> count - 1).sum();
            return new Verdict(written, written - found, doubled, disordered);
        }
    }
}
