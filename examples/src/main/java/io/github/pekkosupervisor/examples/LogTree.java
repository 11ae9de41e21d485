package io.github.pekkosupervisor.examples;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * Services with logs under one runsvdir. They only sleep; the benchmark writes into their pipes, in their place, so
 * that no contender shares the machine with a hundred programs that make lines.
 */
final class LogTree implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration TICK = Duration.ofMillis(10);
    private static final Duration BETWEEN_PROBES = Duration.ofMillis(7);
    private static final int TICKS_PER_SECOND = 100;
    private static final int LINE = 100;

    private final Path home;
    private final MarkedProcesses processes;
    private final Process runsvdir;
    private final List<Path> services = new ArrayList<>();
    private final List<OutputStream> pipes = new ArrayList<>();

    /**
     * What was seen.
     *
     * @param megabytesPerSecond of all services together
     * @param p50Millis half of the single lines were in the file after this time
     * @param p99Millis 99 of 100
     * @param maxMillis the last one
     * @param probes how many single lines there were
     * @param cpuPercent of one core, runsvdir and all that it has started
     * @param megabytesEarly memory (PSS) of the same after a third of the time
     * @param megabytesAtEnd and at the end
     * @param lost bytes written into pipes that are in no log
     */
    record Result(
            double megabytesPerSecond,
            double p50Millis,
            double p99Millis,
            double maxMillis,
            int probes,
            double cpuPercent,
            double megabytesEarly,
            double megabytesAtEnd,
            long lost) {}

    /** The last of the services is the one that says a single line now and then. */
    LogTree(Path home, int services, SvlogdBenchmark.Programs whose, Path program) throws IOException {
        this.home = Files.createDirectories(home);
        this.processes = new MarkedProcesses(
                "svlogd-benchmark-" + ProcessHandle.current().pid() + "-" + whose);
        Path scan = Files.createDirectories(home.resolve("scan"));
        for (int i = 0; i <= services; i++) {
            this.services.add(makeService(scan.resolve(String.format(Locale.ROOT, "s%03d", i)), whose));
        }
        this.runsvdir = processes.start(new ProcessBuilder(program.toString(), scan.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT));
        for (Path service : this.services) {
            pipes.add(openPipe(service));
        }
    }

    private static Path makeService(Path service, SvlogdBenchmark.Programs whose) throws IOException {
        Path log = Files.createDirectories(service.resolve("log/main"));
        Files.write(log.resolve("config"), SvlogdBenchmark.config(16));
        script(service.resolve("run"), "exec sleep 100000");
        if (whose == SvlogdBenchmark.Programs.RUNIT) {
            script(service.resolve("log/run"), "exec svlogd -tt main");
        } else {
            Files.writeString(service.resolve("service.conf"), "log { directory = main, timestamps = utc }\n");
        }
        return service;
    }

    private static void script(Path file, String command) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + command + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static OutputStream openPipe(Path service) throws IOException {
        Path pid = service.resolve("supervise/pid");
        if (!Await.reached(() -> isThere(pid) && isThere(service.resolve("log/supervise/status")), PATIENCE)) {
            throw new IllegalStateException(service + " does not run");
        }
        String number = Files.readString(pid).trim();
        if (!Await.reached(() -> Files.exists(service.resolve("log/main/current")), PATIENCE)) {
            throw new IllegalStateException(service + " has no log");
        }
        return new FileOutputStream("/proc/" + number + "/fd/1");
    }

    private static boolean isThere(Path file) {
        return size(file) > 0;
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    Result measure(int kilobytesPerSecond, Duration duration) throws InterruptedException, IOException {
        AtomicBoolean over = new AtomicBoolean();
        List<Double> delays = Collections.synchronizedList(new ArrayList<>());
        Thread prober = new Thread(() -> probe(over, delays), "prober");
        prober.start();
        List<Long> pids = processes.find();
        long cpuBefore = ProcessCost.cpuMillis(pids);
        long start = Await.now();
        Pump pump = new Pump(kilobytesPerSecond * 1000 / TICKS_PER_SECOND / LINE);
        pump.run(duration.dividedBy(3));
        double early = megabytes(pids);
        pump.run(duration.minus(duration.dividedBy(3)));
        double seconds = Await.millisSince(start) / 1000;
        double cpu = (ProcessCost.cpuMillis(pids) - cpuBefore) / seconds / 10;
        double atEnd = megabytes(pids);
        over.set(true);
        prober.join();
        long lost = pump.awaitWritten();
        List<Double> sorted = delays.stream().sorted().toList();
        return new Result(
                pump.bytes * (double) (services.size() - 1) / 1e6 / seconds,
                at(sorted, 50),
                at(sorted, 99),
                at(sorted, 100),
                sorted.size(),
                cpu,
                early,
                atEnd,
                lost);
    }

    private static double at(List<Double> sorted, int percent) {
        return sorted.get(Math.max(0, (int) Math.ceil(sorted.size() * percent / 100.0) - 1));
    }

    private static double megabytes(List<Long> pids) {
        ProcessCost cost = ProcessCost.of(pids);
        return (cost.pssKilobytes() + cost.sharedWithJvmsKilobytes()) / 1024.0;
    }

    /** Writes the same into all pipes but the last, a piece each tick. */
    private final class Pump {
        private final int linesPerTick;
        private final byte[] piece;
        private long bytes;
        private long lines;

        Pump(int linesPerTick) {
            this.linesPerTick = Math.max(1, linesPerTick);
            this.piece = ("x".repeat(LINE - 1) + "\n").repeat(this.linesPerTick).getBytes(StandardCharsets.US_ASCII);
        }

        void run(Duration duration) throws IOException {
            long start = Await.now();
            for (long tick = 1; Await.now() - start < duration.toNanos(); tick++) {
                for (OutputStream pipe : pipes.subList(0, pipes.size() - 1)) {
                    pipe.write(piece);
                }
                bytes += piece.length;
                lines += linesPerTick;
                long left = start + tick * TICK.toNanos() - Await.now();
                if (left > 0) {
                    Await.pass(Duration.ofNanos(left));
                }
            }
        }

        /** The bytes that do not come, each line with its stamp. */
        long awaitWritten() {
            final int stamp = 26;
            long expected = bytes + lines * stamp;
            long lost = 0;
            for (Path service : services.subList(0, services.size() - 1)) {
                Path log = service.resolve("log/main");
                Await.reached(() -> logged(log) >= expected, Duration.ofSeconds(10));
                lost += Math.abs(expected - logged(log));
            }
            return lost;
        }
    }

    private static long logged(Path log) {
        try (Stream<Path> files = Files.list(log)) {
            return files.filter(file -> file.getFileName().toString().matches("@.*|current"))
                    .mapToLong(LogTree::size)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void probe(AtomicBoolean over, List<Double> delays) {
        OutputStream pipe = pipes.get(pipes.size() - 1);
        Path current = services.get(services.size() - 1).resolve("log/main/current");
        byte[] line = ("p".repeat(LINE - 1) + "\n").getBytes(StandardCharsets.US_ASCII);
        while (!over.get()) {
            long before = size(current);
            long start = Await.now();
            try {
                pipe.write(line);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            OptionalLong nanos =
                    Await.nanosUntil(() -> size(current) > before, start, Duration.ofSeconds(10), Await.CLOSELY);
            delays.add(nanos.orElse(Duration.ofSeconds(10).toNanos()) / 1e6);
            Await.pass(BETWEEN_PROBES);
        }
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        processes.close();
        runsvdir.destroyForcibly();
        processes.killAll();
        for (OutputStream pipe : pipes) {
            pipe.close();
        }
        delete(home);
    }
}
