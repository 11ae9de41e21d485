package io.github.pekkosupervisor.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What this JVM holds.
 *
 * @param descriptors open ones
 * @param watches entries of all its epoll descriptors
 * @param threads of the process, those of the virtual machine included
 * @param heap bytes that live, after a collection
 */
public record Gauges(int descriptors, int watches, int threads, long heap) {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /** As it is now; takes a collection, some 50 ms. */
    public static Gauges read() {
        System.gc();
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        return new Gauges(
                names(DESCRIPTORS).size() - 1,
                allWatches(),
                names(Path.of("/proc/self/task")).size(),
                heap.getUsed());
    }

    private static int allWatches() {
        return names(DESCRIPTORS).stream().mapToInt(Gauges::watchesOf).sum();
    }

    private static int watchesOf(Path descriptor) {
        try {
            if (!Files.readSymbolicLink(descriptor).toString().contains("eventpoll")) {
                return 0;
            }
            Path info = Path.of("/proc/self/fdinfo", String.valueOf(descriptor.getFileName()));
            return (int) Files.readString(info)
                    .lines()
                    .filter(line -> line.startsWith("tfd:"))
                    .count();
        } catch (IOException closed) {
            // meanwhile
            return 0;
        }
    }

    private static List<Path> names(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
