package io.github.pekkosupervisor.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * How busy the rest of the machine is, looked at before each round while no contender runs.
 *
 * <p>It matters more than anything else here: with a build running beside it, runit is half again as slow as runit.
 */
final class Bystanders {
    private static final Duration WINDOW = Duration.ofSeconds(1);
    private static final double TOO_BUSY = 15;

    private final Samples busyPercent = new Samples();

    void look() throws IOException {
        long[] before = processorTimes();
        Await.pass(WINDOW);
        busyPercent.add(busyPercent(before, processorTimes()));
    }

    /** Empty before the first look. */
    String text() {
        OptionalDouble worst = busyPercent.percentile(100);
        if (worst.isEmpty()) {
            return "";
        }
        String text = String.format(
                Locale.ROOT,
                "others used %.0f%% of the processors before a round (median), %.0f%% (worst)",
                busyPercent.median().orElse(0),
                worst.getAsDouble());
        return worst.getAsDouble() > TOO_BUSY ? "*** " + text + ": do not trust the ratios ***" : text;
    }

    /** From two readings of the first line of /proc/stat: user nice system idle iowait irq softirq steal. */
    static double busyPercent(long[] before, long[] after) {
        long total = Arrays.stream(after).sum() - Arrays.stream(before).sum();
        long idle = after[3] + after[4] - before[3] - before[4];
        return total == 0 ? 0 : 100.0 * (total - idle) / total;
    }

    private static long[] processorTimes() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/stat")).get(0);
        return Arrays.stream(line.split(" +", -1))
                .skip(1)
                .limit(8)
                .mapToLong(Long::parseLong)
                .toArray();
    }
}
