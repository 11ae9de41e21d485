package io.github.pekkosupervisor.examples.soak;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process holds.
 *
 * @param descriptors open ones
 * @param threads how many it has
 * @param megabytes its resident memory
 */
record Gauge(long descriptors, long threads, long megabytes) {

    /**
     * More than this above what was held before is too much: pools grow to what has been busy at once, which is chance.
     */
    static final Gauge SLACK = new Gauge(16, 12, 64);

    private static final int KILOBYTES = 1024;
    private static final int SETTLED = 2;

    static Gauge of(long pid) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        List<String> status = Files.readAllLines(process.resolve("status"), ISO_8859_1);
        try (Stream<Path> open = Files.list(process.resolve("fd"))) {
            return new Gauge(open.count(), number("Threads:", status), number("VmRSS:", status) / KILOBYTES);
        }
    }

    private static long number(String field, List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .sum();
    }

    /**
     * Whether these, taken of one launcher whenever the same ran and nothing else was going on, are flat: the last two
     * are not both above the first two.
     *
     * @return what grows, a sentence each
     */
    static List<String> growing(List<Gauge> gauges) {
        if (gauges.size() < 2 * SETTLED) {
            return List.of();
        }
        Gauge before = gauges.get(0).max(gauges.get(1));
        Gauge after = gauges.get(gauges.size() - 2).min(gauges.get(gauges.size() - 1));
        return Stream.of(
                        growth("descriptors", before.descriptors, after.descriptors, SLACK.descriptors),
                        growth("threads", before.threads, after.threads, SLACK.threads),
                        growth("megabytes", before.megabytes, after.megabytes, SLACK.megabytes))
                .filter(wrong -> !wrong.isEmpty())
                .toList();
    }

    private static String growth(String what, long before, long after, long slack) {
        return after <= before + slack ? "" : "the launcher had " + before + " " + what + ", and has " + after + " now";
    }

    Gauge max(Gauge other) {
        return new Gauge(
                Math.max(descriptors, other.descriptors),
                Math.max(threads, other.threads),
                Math.max(megabytes, other.megabytes));
    }

    Gauge min(Gauge other) {
        return new Gauge(
                Math.min(descriptors, other.descriptors),
                Math.min(threads, other.threads),
                Math.min(megabytes, other.megabytes));
    }
}
