package io.github.pekkosupervisor.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * How soon a new entry of the scan directory runs, and a removed one is gone.
 *
 * <p>One change follows another at once, while runsvdir still looks every second instead of every five: that is the
 * kinder case for it.
 */
final class Links {
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private final ServiceTree tree;
    private final Results results;

    Links(ServiceTree tree, Results results) {
        this.tree = tree;
        this.results = results;
    }

    void measure(List<SupervisedService> services) throws IOException, ContenderFailedException {
        for (SupervisedService service : services) {
            long start = Await.now();
            tree.link(service);
            record(
                    Metric.LINK,
                    Await.nanosUntil(() -> service.pid().isPresent(), start, PATIENCE, Await.CLOSELY),
                    service);
        }
        // Younger than a second, a stopped service would hold up its runsv, and with it the next measurement.
        Await.pass(Latency.OUT_OF_THROTTLE);
        for (SupervisedService service : services) {
            long pid = service.pid()
                    .orElseThrow(() -> new ContenderFailedException(
                            Metric.UNLINK, service.directory().getFileName() + " is down before its link is removed"));
            long start = Await.now();
            tree.unlink(service);
            record(Metric.UNLINK, Await.nanosUntil(() -> gone(pid), start, PATIENCE, Await.CLOSELY), service);
        }
    }

    private void record(Metric metric, OptionalLong nanos, SupervisedService service) throws ContenderFailedException {
        results.of(metric)
                .add(nanos.orElseThrow(() -> new ContenderFailedException(
                                metric,
                                "%s: nothing happened for %d s after its link changed"
                                        .formatted(service.directory().getFileName(), PATIENCE.toSeconds())))
                        / 1e6);
    }

    /** A zombie is gone: it only waits for whoever inherited it. */
    private static boolean gone(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), ISO_8859_1);
            return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
        } catch (IOException noSuchProcess) {
            return true;
        }
    }
}
