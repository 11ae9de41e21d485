package io.github.pekkosupervisor.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What this JVM costs, and what {@code sv} says. */
final class ExportCosts {

    private static final int COLLECTIONS = 3;
    private static final Path SELF = Path.of("/proc/self");

    private ExportCosts() {}

    /** Heap in use after a garbage collection. */
    static long heap() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** Of the whole machine: what files, pipes and their names take, and the data of files on tmpfs. */
    static long kernelBytes() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/meminfo"), ISO_8859_1);
        return (ProcessCost.sum("Slab:", lines) + ProcessCost.sum("Shmem:", lines)) * 1024;
    }

    static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(SELF.resolve("fd"))) {
            return open.count();
        }
    }

    /** How often each thread of this JVM has waited, which is as often as it was woken up, by its number. */
    static Map<Path, Long> waits() throws IOException {
        Map<Path, Long> waits = new HashMap<>();
        try (Stream<Path> threads = Files.list(SELF.resolve("task"))) {
            for (Path thread : threads.toList()) {
                waits.put(thread, ProcessCost.sum("voluntary_ctxt_switches:", lines(thread.resolve("status"))));
            }
        }
        return waits;
    }

    /** Of those that are there; one that has ended since then, as idle threads do, has taken its number along. */
    static long waitsSince(Map<Path, Long> before) throws IOException {
        return waits().entrySet().stream()
                .mapToLong(now -> Math.max(0, now.getValue() - before.getOrDefault(now.getKey(), 0L)))
                .sum();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, ISO_8859_1);
        } catch (IOException ended) {
            return List.of();
        }
    }

    /** Empty if it is not installed. */
    static Optional<Process> start(String... command) {
        try {
            return Optional.of(new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** What {@code sv} answers; nothing if it is not installed. */
    static String sv(String command, Path service) {
        try {
            Process sv = new ProcessBuilder("sv", command, service.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(sv.getInputStream().readAllBytes(), UTF_8);
            sv.waitFor();
            return said;
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
