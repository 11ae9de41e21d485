package io.github.pekkosupervisor.springboot;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeHealth;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSubscriber;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether a tree is ready, whenever something has happened in it, and each second while it is not. There is one
 * look at a time; what happens meanwhile is one more.
 */
final class ReadinessWatch implements TreeSubscriber {

    private final SupervisionTree tree;
    private final Essential essential;
    private final Told told;

    /** How often something has happened since the last look began. */
    private final AtomicInteger happened = new AtomicInteger();

    /** Whether there will be a look in a while. */
    private final AtomicBoolean waits = new AtomicBoolean();

    private volatile boolean isOver;

    /** Is told after each look, by one thread at a time. */
    interface Told {
        void ready(boolean isReady);
    }

    ReadinessWatch(SupervisionTree tree, Essential essential, Told told) {
        this.tree = tree;
        this.essential = essential;
        this.told = told;
    }

    /** From now on, until the tree has ended; of the end itself nothing is told, but a look may be late. */
    void begin() {
        var subscription = tree.subscribe(this);
        assert subscription != null;
    }

    @Override
    public void snapshot(TreeSnapshot present) {
        lookSoon();
    }

    @Override
    public void event(TreeEvent event) {
        lookSoon();
    }

    @Override
    public void ended(TreeEnd end) {
        isOver = true;
    }

    private void lookSoon() {
        if (happened.getAndIncrement() == 0) {
            look();
        }
    }

    private void look() {
        int seen = happened.get();
        var looked = tree.health().whenComplete((health, failure) -> {
            if (isOver) {
                return;
            }
            boolean isReady = failure == null && isReady(health);
            told.ready(isReady);
            if (!happened.compareAndSet(seen, 0)) {
                look();
            } else if (!isReady) {
                later();
            }
        });
        assert looked != null;
    }

    private boolean isReady(@Nullable TreeHealth health) {
        return health != null && essential.isReady(health);
    }

    private void later() {
        if (waits.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS).execute(() -> {
                waits.set(false);
                lookSoon();
            });
        }
    }
}
