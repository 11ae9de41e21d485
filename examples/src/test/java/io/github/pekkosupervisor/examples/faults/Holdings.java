package io.github.pekkosupervisor.examples.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What this JVM holds of the system.
 *
 * @param descriptors what each open one leads to, numbers in it taken away, sorted
 * @param threads how many
 * @param children processes below this one
 */
record Holdings(List<String> descriptors, int threads, long children) {

    static Holdings now() {
        return new Holdings(
                open(),
                Thread.getAllStackTraces().size(),
                ProcessHandle.current()
                        .descendants()
                        .filter(ProcessHandle::isAlive)
                        .count());
    }

    private static List<String> open() {
        List<String> all = new ArrayList<>();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : open.toList()) {
                try {
                    all.add(Files.readSymbolicLink(descriptor).toString().replaceAll("[0-9]+", "N"));
                } catch (IOException e) {
                    // it was for this look
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.stream().sorted().toList();
    }

    /** What there is more of than before. */
    List<String> beyond(Holdings before) {
        List<String> more = new ArrayList<>(descriptors);
        before.descriptors.forEach(more::remove);
        if (threads > before.threads) {
            more.add((threads - before.threads) + " threads");
        }
        if (children > before.children) {
            more.add((children - before.children) + " processes");
        }
        return more;
    }
}
