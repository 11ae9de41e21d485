package io.github.pekkosupervisor.examples.faults;

import io.github.pekkosupervisor.posix.Faults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What this JVM holds of the system.
 *
 * @param descriptors what each open one leads to, numbers in it taken away, sorted; those that are kept for whoever
 *     needs them next left out
 * @param threads how many
 * @param children processes below this one
 */
record Holdings(List<String> descriptors, int threads, long children) {

    /** Pools of threads grow to what is busy at once, which is chance. */
    private static final int THREADS_OF_POOLS = 12;

    /** What an event loop has open. */
    private static final String INOTIFY = "anon_inode:inotify";

    private static final List<String> EVENT_LOOP = List.of("anon_inode:[eventfd]", "anon_inode:[eventpoll]", INOTIFY);

    static Holdings now() {
        return new Holdings(
                open(),
                Thread.getAllStackTraces().size(),
                ProcessHandle.current()
                        .descendants()
                        .filter(ProcessHandle::isAlive)
                        .count());
    }

    /** As if each of so many actor systems had its event loop by now; it is opened when it is used first. */
    Holdings withEventLoops(int systems) {
        List<String> all = new ArrayList<>(descriptors);
        for (long has = all.stream().filter(INOTIFY::equals).count(); has < systems; has++) {
            all.addAll(EVENT_LOOP);
        }
        return new Holdings(all.stream().sorted().toList(), threads, children);
    }

    private static List<String> open() {
        List<String> all = new ArrayList<>();
        Set<Integer> kept = Faults.kept();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : open.toList()) {
                if (kept.contains(Integer.valueOf(descriptor.getFileName().toString()))) {
                    continue;
                }
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

    /**
     * What there is more of than before: of each thing that is open how many more, of threads beyond a few, and all
     * processes.
     */
    List<String> beyond(Holdings before) {
        List<String> more = new ArrayList<>(descriptors);
        before.descriptors.forEach(more::remove);
        Map<String, Long> byTarget =
                more.stream().collect(Collectors.groupingBy(target -> target, TreeMap::new, Collectors.counting()));
        List<String> beyond = new ArrayList<>();
        byTarget.forEach((target, number) -> beyond.add(number + " of " + target));
        if (threads > before.threads + THREADS_OF_POOLS) {
            beyond.add((threads - before.threads) + " threads");
        }
        if (children > before.children) {
            beyond.add((children - before.children) + " processes");
        }
        return beyond;
    }
}
