package io.github.pekkosupervisor.examples;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Judges a log of lines {@code WRITER NUMBER}, each writer counting from 1: what of it is missing, double, out of
 * order. A log may be told line by line while it grows; what is kept of a writer does not grow with its lines.
 */
public final class WrittenLines {

    private final Map<Long, Writer> writers = new HashMap<>();

    /**
     * The verdict.
     *
     * @param written how many lines there were to be
     * @param lost of them, how many are not in the log
     * @param doubled how many lines are there once more
     * @param disordered how many stand after a later one of the same writer
     */
    public record Verdict(long written, long lost, long doubled, long disordered) {
        static final Verdict NOTHING = new Verdict(0, 0, 0, 0);

        Verdict plus(Verdict other) {
            return new Verdict(
                    written + other.written, lost + other.lost, doubled + other.doubled, disordered + other.disordered);
        }
    }

    /**
     * Judges one log.
     *
     * @param log its lines, in order
     * @param counts how many lines each writer has written; who is not in it wrote as many as his highest number says
     */
    static Verdict judge(List<String> log, Map<Long, Long> counts) {
        WrittenLines lines = new WrittenLines();
        log.forEach(lines::add);
        return lines.verdict(counts);
    }

    /** Takes the next line of the log. */
    public void add(String line) {
        String[] words = line.split(" ", 2);
        writers.computeIfAbsent(Long.valueOf(words[0]), id -> new Writer()).line(Long.parseLong(words[1]));
    }

    /** Of all lines so far; what is not in {@code counts} is as for {@link #judge}. */
    public Verdict verdict(Map<Long, Long> counts) {
        counts.keySet().forEach(id -> writers.computeIfAbsent(id, unheard -> new Writer()));
        Verdict all = Verdict.NOTHING;
        for (Map.Entry<Long, Writer> entry : writers.entrySet()) {
            Writer writer = entry.getValue();
            all = all.plus(writer.verdict(counts.getOrDefault(entry.getKey(), writer.highest)));
        }
        return all;
    }

    /** How many lines of a writer are there, up to the first that is not. */
    public long whole(long writer) {
        return writers.getOrDefault(writer, new Writer()).whole;
    }

    /** Keeps nothing of these any more: they write nothing, and have been judged. */
    public void forget(Collection<Long> ended) {
        writers.keySet().removeAll(ended);
    }

    private static final class Writer {
        /** All up to this one are there. */
        private long whole;
        /** Those after it that are there. */
        private final Set<Long> beyond = new HashSet<>();

        private long highest;
        private long doubled;
        private long disordered;

        void line(long number) {
            if (number <= whole || beyond.contains(number)) {
                doubled++;
                return;
            }
            if (number < highest) {
                disordered++;
            }
            highest = Math.max(highest, number);
            beyond.add(number);
            while (beyond.remove(whole + 1)) {
                whole++;
            }
        }

        Verdict verdict(long written) {
            long found = Math.min(whole, written)
                    + beyond.stream().filter(number -> number <= written).count();
            return new Verdict(written, written - found, doubled, disordered);
        }
    }
}
