package io.github.pekkosupervisor.springboot;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.micrometer.TreeMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * The meters of the tree, as long as that is there: in its phase, where Spring begins with what a bean needs. Of the
 * new one when the application has started it again.
 */
final class SupervisorMeters implements SmartLifecycle {

    private final ApplicationTree tree;
    private final MeterRegistry registry;
    private volatile @Nullable TreeMetrics metrics;

    SupervisorMeters(ApplicationTree tree, MeterRegistry registry) {
        this.tree = tree;
        this.registry = registry;
    }

    @Override
    public void start() {
        bind(tree.tree());
        tree.each(this::bindAgain);
    }

    private synchronized void bind(SupervisionTree of) {
        stop();
        TreeMetrics begun = new TreeMetrics(of);
        begun.bindTo(registry);
        metrics = begun;
    }

    /** The application has started it again by itself; what Spring starts, this included, comes later. */
    private synchronized void bindAgain(SupervisionTree of) {
        if (isRunning()) {
            bind(of);
        }
    }

    @Override
    public synchronized void stop() {
        TreeMetrics begun = metrics;
        metrics = null;
        if (begun != null) {
            begun.close();
        }
    }

    @Override
    public boolean isRunning() {
        return metrics != null;
    }

    @Override
    public int getPhase() {
        return tree.getPhase();
    }
}
