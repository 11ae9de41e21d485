package io.github.pekkosupervisor.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.apache.pekko.actor.typed.ActorSystem;

/** One round with a tree that is shown in a directory, or not. */
final class ExportRound {

    private final ActorSystem<?> system;
    private final Optional<Path> where;
    private final ExportResults to;

    ExportRound(ActorSystem<?> system, Optional<Path> where, ExportResults to) {
        this.system = system;
        this.where = where;
        this.to = to;
    }

    /** Many children, some of which change. */
    void many(int children, int changes, Duration idle) throws IOException {
        long heap = ExportCosts.heap();
        long kernel = ExportCosts.kernelBytes();
        long descriptors = ExportCosts.descriptors();
        long began = Await.now();
        ExportedActors tree = ExportedActors.start(system, children, where, event -> {});
        try {
            to.add(ExportBar.UP, Await.millisSince(began));
            tree.awaitShown();
            double all = Await.millisSince(began);
            to.add(ExportBar.HEAP, (ExportCosts.heap() - heap) / (double) children);
            if (where.isPresent()) {
                to.add(ExportBar.SHOWN, all);
                to.add(ExportBar.DESCRIPTORS, (ExportCosts.descriptors() - descriptors) / (double) children);
                to.add(ExportBar.KERNEL, (ExportCosts.kernelBytes() - kernel) / 1024.0 / children);
                late(tree, children, changes);
            }
            Map<Path, Long> waits = ExportCosts.waits();
            Await.pass(idle);
            to.add(ExportBar.WAKE_UPS, ExportCosts.waitsSince(waits) * 1e9 / idle.toNanos());
        } finally {
            long stop = Await.now();
            tree.close();
            to.add(ExportBar.CLOSED, Await.millisSince(stop));
        }
    }

    /** From the answer to a call until what it has done is in the directory. */
    private void late(ExportedActors tree, int children, int changes) {
        Samples late = new Samples();
        for (int i = 0; i < changes; i++) {
            tree.renew("a" + i % children);
            long began = Await.now();
            tree.awaitShown();
            late.add(Await.millisSince(began));
        }
        late.percentile(99).ifPresent(value -> to.add(ExportBar.LATE, value));
    }

    /** One child that crashes so often. */
    void one(int restarts) throws InterruptedException {
        Semaphore starts = new Semaphore(0);
        try (ExportedActors tree = ExportedActors.start(system, 1, where, event -> starts.release())) {
            tree.awaitShown();
            starts.acquire();
            long began = Await.now();
            for (int i = 0; i < restarts; i++) {
                tree.crash("a0");
                starts.acquire();
            }
            tree.awaitShown();
            to.add(ExportBar.RESTARTS, restarts * 1e9 / (Await.now() - began));
        }
    }
}
