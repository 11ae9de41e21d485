package io.github.pekkosupervisor.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.pekkosupervisor.ProcessRun;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.process.ProcessResult;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/metrics.md}, its alerts and its dashboard say is so. */
class DocumentsTest {

    private static final Path DOCS = Path.of("../../docs");
    private static final Path RULES = DOCS.resolve("metrics/alerts.yml");
    private static final Path TESTS = DOCS.resolve("metrics/alerts-test.yml");
    private static final Pattern SERIES = Pattern.compile("pekko_supervisor_\\w+");
    private static final Pattern METER = Pattern.compile("(?m)^\\| `(pekko\\.supervisor\\.[\\w.]+)` \\| `(\\w+)` \\|");

    @Test
    void each_meter_is_in_the_table_and_each_in_the_table_is_a_meter() throws Exception {
        Set<String> meters = new TreeSet<>();
        String scraped = scraped(meters);

        Set<String> named = new TreeSet<>();
        Matcher row = METER.matcher(Files.readString(DOCS.resolve("metrics.md")));
        while (row.find()) {
            named.add(row.group(1));
            assertThat(scraped).contains("\n# TYPE " + row.group(2) + " ");
        }
        assertThat(named).isEqualTo(meters);
    }

    @Test
    void the_alerts_and_the_dashboard_ask_for_series_that_there_are() throws Exception {
        String scraped = scraped(new TreeSet<>());
        for (Path document : new Path[] {RULES, TESTS, DOCS.resolve("metrics/dashboard.json")}) {
            Matcher series = SERIES.matcher(Files.readString(document));
            while (series.find()) {
                assertThat(scraped).as(document.toString()).containsPattern("(?m)^" + series.group() + "\\{");
            }
        }
    }

    /** A tree in which everything has happened once. */
    private static String scraped(Set<String> meters) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withIntensity(9, Duration.ofHours(1))
                .withChild(ChildSpec.process("db", ProcessSpec.of("sleep", "86390")));
        try (SupervisionTree tree = SupervisionTree.start(spec);
                TreeMetrics metrics = new TreeMetrics(tree)) {
            metrics.bindTo(registry);
            ProcessHandle.of(tree.process("db")
                            .toCompletableFuture()
                            .join()
                            .orElseThrow()
                            .pid())
                    .orElseThrow()
                    .destroyForcibly();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> registry.scrape().contains("restarts_total{")
                            && registry.scrape().contains("intensity_left{"));
            registry.getMeters().forEach(meter -> meters.add(meter.getId().getName()));
            return registry.scrape();
        }
    }

    @Test
    void promtool_passes_the_tests_of_the_alerts_and_reports_a_rule_that_is_wrong(@TempDir Path place)
            throws Exception {
        String promtool = promtool();
        ProcessResult passed = ProcessRun.of(
                        promtool, "test", "rules", TESTS.toRealPath().toString())
                .run();
        assertThat(passed.isNormal())
                .as(passed.stdout().text() + passed.stderr().text())
                .isTrue();

        Files.copy(TESTS, place.resolve("alerts-test.yml"));
        String wrong = Files.readString(RULES).replace("intensity_left == 0", "intensity_left == 1");
        Files.writeString(place.resolve("alerts.yml"), wrong);
        ProcessResult failed = ProcessRun.of(
                        promtool,
                        "test",
                        "rules",
                        place.resolve("alerts-test.yml").toString())
                .run();
        assertThat(failed.isNormal()).isFalse();
    }

    /** That of the package {@code prometheus}, installed, or unpacked by {@code .ci/run}. */
    private static String promtool() throws IOException {
        String unpacked = System.getenv("PEKKO_SUPERVISOR_DEBIAN_TREES");
        Optional<Path> found = Stream.of("/usr/bin/promtool", unpacked + "/prometheus/usr/bin/promtool")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty() && System.getenv("CI") == null) {
            abort("there is no promtool; apt install prometheus");
        }
        return found.orElseThrow().toRealPath().toString();
    }
}
