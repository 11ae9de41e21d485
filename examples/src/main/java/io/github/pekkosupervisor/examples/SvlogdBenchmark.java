package io.github.pekkosupervisor.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Logs with real runit and with this project, side by side in one run: how fast {@code svlogd} is, and what a tree of
 * logging services costs, where runit has a logger process for each and ours writes the logs itself.
 *
 * <p>Exit code 0 if all targets are reached, 1 if not, 2 for wrong options, 3 if something is missing.
 */
final class SvlogdBenchmark {

    private static final String USAGE = """
            usage: svlogd-benchmark.sh [--megabytes N] [--services N] [--kilobytes-per-second N] [--seconds N]
                                       [--directory DIR]

              --megabytes N             of 100-byte lines through svlogd -tt, default 1000
              --services N              that log at once, default 100
              --kilobytes-per-second N  for each of them, default 1000
              --seconds N               for how long, default 10
              --directory DIR           for all files, default /dev/shm, so that no disk is measured
            """;

    /** Whose programs. */
    enum Programs {
        RUNIT,
        OURS
    }

    private int megabytes = 1000;
    private int services = 100;
    private int kilobytesPerSecond = 1000;
    private int seconds = 10;
    private Path directory = Path.of("/dev/shm");
    private boolean missed;

    private SvlogdBenchmark() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (List.of(arguments).contains("--help")) {
            say(USAGE);
            return;
        }
        SvlogdBenchmark benchmark = new SvlogdBenchmark();
        try {
            benchmark.read(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("svlogd-benchmark: " + e.getMessage() + "\n" + USAGE);
            System.exit(2);
        }
        benchmark.run();
        System.exit(benchmark.missed ? 1 : 0);
    }

    private void read(String[] arguments) {
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(arguments[i] + " needs a value");
            }
            String value = arguments[i + 1];
            switch (arguments[i]) {
                case "--megabytes" -> megabytes = positive(value);
                case "--services" -> services = positive(value);
                case "--kilobytes-per-second" -> kilobytesPerSecond = positive(value);
                case "--seconds" -> seconds = positive(value);
                case "--directory" -> directory = Path.of(value);
                default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
            }
        }
    }

    private static int positive(String text) {
        int number = Integer.parseInt(text);
        if (number < 1) {
            throw new IllegalArgumentException("a positive number is needed, was " + text);
        }
        return number;
    }

    private void run() throws IOException, InterruptedException {
        Path home = Files.createTempDirectory(directory, "svlogd-benchmark");
        try {
            throughput(home);
            tree(home);
        } finally {
            LogTree.delete(home);
        }
    }

    private static Path program(Programs whose, String name) {
        if (whose == Programs.RUNIT) {
            return Path.of("/usr/bin", name);
        }
        return Path.of(System.getProperty("benchmark.home"), "pekko-supervisor-runit-compat/target/dist/bin", name);
    }

    private void throughput(Path home) throws IOException, InterruptedException {
        say("svlogd -tt, " + megabytes + " MB of 100-byte lines, rotation at 16 MB");
        double runit = throughputOf(Programs.RUNIT, home);
        double ours = throughputOf(Programs.OURS, home);
        judge("throughput, ours to runit's (at least 1.0)", ours / runit, ours >= runit);
    }

    private double throughputOf(Programs whose, Path home) throws IOException, InterruptedException {
        LogThroughput.Result result =
                LogThroughput.measure(program(whose, "svlogd"), home.resolve("throughput"), megabytes);
        double rate = megabytes / result.seconds();
        say(String.format(
                Locale.ROOT,
                "  %-5s %8.0f MB/s %8.2f s wall %8.2f s CPU",
                whose.name().toLowerCase(Locale.ROOT),
                rate,
                result.seconds(),
                result.cpuSeconds()));
        return rate;
    }

    private void tree(Path home) throws IOException, InterruptedException {
        say(services + " services, " + kilobytesPerSecond + " kB/s each, " + seconds + " s; one line now and then");
        treeOf(Programs.RUNIT, home);
        LogTree.Result ours = treeOf(Programs.OURS, home);
        judge("ours: p99 of a single line, ms (below 10)", ours.p99Millis(), ours.p99Millis() < 10);
        judge("ours: bytes lost (none)", (double) ours.lost(), ours.lost() == 0);
        double growth = ours.megabytesAtEnd() / ours.megabytesEarly();
        judge("ours: memory at the end to that after a third (at most 1.1)", growth, growth <= 1.1);
    }

    private LogTree.Result treeOf(Programs whose, Path home) throws IOException, InterruptedException {
        try (LogTree tree = new LogTree(home.resolve("tree"), services, whose, program(whose, "runsvdir"))) {
            LogTree.Result result = tree.measure(kilobytesPerSecond, Duration.ofSeconds(seconds));
            say(String.format(
                    Locale.ROOT,
                    "  %-5s %6.1f MB/s, a line after %.2f ms (p50) %.2f ms (p99) %.2f ms (max of %d),"
                            + " CPU %.0f %%, memory %.0f MB, then %.0f MB, lost %d bytes",
                    whose.name().toLowerCase(Locale.ROOT),
                    result.megabytesPerSecond(),
                    result.p50Millis(),
                    result.p99Millis(),
                    result.maxMillis(),
                    result.probes(),
                    result.cpuPercent(),
                    result.megabytesEarly(),
                    result.megabytesAtEnd(),
                    result.lost()));
            return result;
        }
    }

    private void judge(String what, double value, boolean reached) {
        missed |= !reached;
        say(String.format(Locale.ROOT, "  %s: %.2f %s", what, value, reached ? "ok" : "MISSED"));
    }

    private static void say(String line) {
        System.out.println(line);
    }

    /** What the log directory of either is configured with. */
    static List<String> config(int megabytes) {
        return List.of("s" + (megabytes << 20), "n0");
    }
}
