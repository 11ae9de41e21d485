package io.github.pekkosupervisor.runit.page;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.micrometer.TreeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;

/** The meters of a tree as Prometheus reads them; counters begin when the page is opened. */
final class PageMetrics implements AutoCloseable {

    /** What {@link #text} is. */
    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final TreeMetrics metrics;

    private PageMetrics(SupervisionTree tree) {
        metrics = new TreeMetrics(tree);
    }

    /**
     * Begins to count.
     *
     * @throws IOException if this application has not the artifacts for it
     */
    static PageMetrics of(SupervisionTree tree) throws IOException {
        try {
            PageMetrics metrics = new PageMetrics(tree);
            metrics.metrics.bindTo(metrics.registry);
            return metrics;
        } catch (NoClassDefFoundError e) {
            throw new IOException(
                    "metrics of the page need io.github.pekkosupervisor:pekko-supervisor-micrometer and"
                            + " io.micrometer:micrometer-registry-prometheus among the dependencies of the application",
                    e);
        }
    }

    /** As they are now. */
    String text() {
        return registry.scrape();
    }

    @Override
    public void close() {
        metrics.close();
        registry.close();
    }
}
