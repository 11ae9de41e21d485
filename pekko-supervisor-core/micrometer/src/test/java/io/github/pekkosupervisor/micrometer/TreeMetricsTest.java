package io.github.pekkosupervisor.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Real trees, and what registries have of them. */
class TreeMetricsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String[] SLEEPS = {"sleep", "86390"};

    private final MeterRegistry registry = new SimpleMeterRegistry();

    @AfterAll
    static void no_process_is_left() {
        await().atMost(PATIENCE)
                .until(() -> ProcessHandle.current().descendants().findAny().isEmpty());
    }

    private static SupervisionTree start(SupervisorSpec spec) {
        return SupervisionTree.start(spec, Options.defaults().withTransitions(true));
    }

    private static ProcessSpec sleeper() {
        return ProcessSpec.of(SLEEPS[0], SLEEPS[1]);
    }

    private double value(String name, String path) {
        return registry.get("pekko.supervisor." + name)
                .tag("path", path)
                .gauge()
                .value();
    }

    private double count(String name, String path, String... tags) {
        return registry
                .find("pekko.supervisor." + name)
                .tags(Tags.of("path", path).and(tags))
                .counters()
                .stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private void kill(SupervisionTree tree, String id) {
        ProcessHandle.of(tree.process(id)
                        .toCompletableFuture()
                        .join()
                        .orElseThrow()
                        .pid())
                .orElseThrow()
                .destroyForcibly();
    }

    @Test
    void a_death_and_a_restart_are_counted_with_their_reason() {
        SupervisorSpec spec = SupervisorSpec.restForOne()
                .withIntensity(3, Duration.ofHours(1))
                .withChild(ChildSpec.process("db", sleeper()))
                .withChild(ChildSpec.process("web", sleeper()));
        try (SupervisionTree tree = start(spec);
                TreeMetrics metrics = new TreeMetrics(tree, Tags.of("tree", "shop"))) {
            metrics.bindTo(registry);
            await().atMost(PATIENCE)
                    .until(() -> registry.find("pekko.supervisor.up")
                                            .tag("path", "/db")
                                            .gauge()
                                    != null
                            && value("up", "/db") == 1);
            assertThat(value("ready", "/web")).isEqualTo(1);
            assertThat(value("intensity.left", "/")).isEqualTo(3);

            kill(tree, "db");

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(count("restarts", "/web", "reason", "sibling"))
                            .isEqualTo(1));
            assertThat(count("restarts", "/db", "reason", "killed")).isEqualTo(1);
            assertThat(count("exits", "/db", "reason", "killed", "signal", "KILL", "code", "none"))
                    .isEqualTo(1);
            assertThat(count("starts", "/db")).isEqualTo(1);
            assertThat(registry.get("pekko.supervisor.start.time")
                            .tag("path", "/db")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("pekko.supervisor.stop.time")
                            .tag("path", "/web")
                            .timer()
                            .count())
                    .isEqualTo(1);
            await().atMost(PATIENCE).until(() -> value("intensity.left", "/") == 2 && value("up", "/web") == 1);
            assertThat(registry.getMeters())
                    .allMatch(meter -> "shop".equals(meter.getId().getTag("tree")));
        }
    }

    @Test
    void who_has_gone_has_no_meters_and_who_comes_has_some() {
        try (SupervisionTree tree = start(SupervisorSpec.oneForOne());
                TreeMetrics metrics = new TreeMetrics(tree)) {
            metrics.bindTo(registry);
            tree.root()
                    .startChild(ChildSpec.process("guest", sleeper()))
                    .toCompletableFuture()
                    .join();
            await().atMost(PATIENCE)
                    .until(() -> registry.find("pekko.supervisor.up")
                                            .tag("path", "/guest")
                                            .gauge()
                                    != null
                            && value("up", "/guest") == 1
                            && registry.get("pekko.supervisor.uptime")
                                            .tag("path", "/guest")
                                            .timeGauge()
                                            .value()
                                    > 0);

            tree.root().terminateChild("guest").toCompletableFuture().join();
            await().atMost(PATIENCE).until(() -> value("up", "/guest") == 0);
            assertThat(registry.get("pekko.supervisor.uptime")
                            .tag("path", "/guest")
                            .timeGauge()
                            .value())
                    .isZero();

            tree.root().deleteChild("guest").toCompletableFuture().join();
            await().atMost(PATIENCE)
                    .until(() -> registry.getMeters().stream()
                            .noneMatch(meter -> "/guest".equals(meter.getId().getTag("path"))));
        }
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void of_a_dynamic_supervisor_one_path_is_one_series() {
        SupervisorSpec pool = SupervisorSpec.simpleOneForOne(ChildSpec.process("job", sleeper()));
        try (SupervisionTree tree = start(pool);
                TreeMetrics metrics = new TreeMetrics(tree)) {
            metrics.bindTo(registry);
            for (int i = 0; i < 3; i++) {
                tree.root().startFromTemplate().toCompletableFuture().join();
            }
            await().atMost(PATIENCE)
                    .until(() -> registry.find("pekko.supervisor.up")
                                            .tag("path", "/job")
                                            .gauge()
                                    != null
                            && value("up", "/job") == 3);
            assertThat(registry.find("pekko.supervisor.up").tag("path", "/job").gauges())
                    .hasSize(1);
        }
    }

    @Test
    void prometheus_reads_it_and_no_label_is_a_pid() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withIntensity(9, Duration.ofSeconds(5))
                .withChild(ChildSpec.process("db", sleeper()));
        try (SupervisionTree tree = start(spec);
                TreeMetrics metrics = new TreeMetrics(tree)) {
            metrics.bindTo(prometheus);
            kill(tree, "db");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(prometheus.scrape().lines())
                            .contains(
                                    "pekko_supervisor_up{path=\"/db\"} 1.0",
                                    "pekko_supervisor_restarts_total{path=\"/db\",reason=\"killed\"} 1.0",
                                    "pekko_supervisor_exits_total{code=\"none\",path=\"/db\",reason=\"killed\","
                                            + "signal=\"KILL\"} 1.0"));
            List<Meter> meters = prometheus.getMeters();
            assertThat(meters)
                    .allSatisfy(meter -> assertThat(meter.getId().getTags())
                            .extracting(tag -> tag.getKey())
                            .isSubsetOf("path", "reason", "code", "signal"));
        }
    }
}
