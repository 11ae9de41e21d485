package io.github.pekkosupervisor.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
    /** Of a selector, of what is summed up, of a text, and of a variable. */
    private static final Pattern LABELS =
            Pattern.compile("\\w+(?==~?\")|(?:by|on|without) ?\\([\\w, ]*\\)|\\{\\{ ?[\\w$.]+ ?}}|(?<=, )\\w+(?=\\)$)");
    /** What Prometheus itself adds. */
    private static final Set<String> OF_PROMETHEUS = Set.of("job", "instance");

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

    /** Of an expression, and of what is written beside it: a label that a series has not is never anything. */
    @Test
    void the_alerts_and_the_dashboard_use_labels_that_the_series_have() throws Exception {
        Map<String, Set<String>> labels = labels(scraped(new TreeSet<>()));
        List<String> asked = new ArrayList<>(List.of(Files.readString(RULES).split("- alert: ", -1)));
        String dashboard = Files.readString(DOCS.resolve("metrics/dashboard.json"));
        addAsked(ConfigFactory.parseString(dashboard).root(), asked);
        assertThat(asked).hasSizeGreaterThan(15);

        assertThat(asked.stream().flatMap(one -> unknown(one, labels).stream())).isEmpty();
        String wrong = dashboard.replace("sum by (path, reason)", "sum by (path, why)");
        List<String> askedWrongly = new ArrayList<>();
        addAsked(ConfigFactory.parseString(wrong).root(), askedWrongly);
        assertThat(askedWrongly.stream().flatMap(one -> unknown(one, labels).stream()))
                .containsExactly("pekko_supervisor_restarts_total has no label why");
    }

    private static Map<String, Set<String>> labels(String scraped) {
        Map<String, Set<String>> labels = new TreeMap<>();
        Matcher line = Pattern.compile("(?m)^(\\w+)\\{(.*)} ").matcher(scraped);
        while (line.find()) {
            Set<String> all = labels.computeIfAbsent(line.group(1), name -> new TreeSet<>(OF_PROMETHEUS));
            Matcher label = Pattern.compile("(\\w+)=\"").matcher(line.group(2));
            while (label.find()) {
                all.add(label.group(1));
            }
        }
        return labels;
    }

    /** Each expression of a dashboard with its legend, and each query of a variable. */
    private static void addAsked(ConfigValue value, List<String> asked) {
        if (value instanceof ConfigObject object) {
            if (object.containsKey("expr")) {
                asked.add(
                        object.get("expr").unwrapped() + " " + object.toConfig().getString("legendFormat"));
            }
            if (object.containsKey("query") && object.get("query").unwrapped() instanceof String query) {
                asked.add(query);
            }
            object.values().forEach(below -> addAsked(below, asked));
        } else if (value instanceof ConfigList list) {
            list.forEach(below -> addAsked(below, asked));
        }
    }

    private static Set<String> unknown(String asked, Map<String, Set<String>> labels) {
        Set<String> used = new TreeSet<>();
        Matcher label = LABELS.matcher(asked);
        while (label.find()) {
            for (String name : label.group().split("[^\\w]+", -1)) {
                used.add(name);
            }
        }
        used.removeAll(Set.of("", "by", "on", "without", "labels"));
        Set<String> unknown = new TreeSet<>();
        Matcher series = SERIES.matcher(asked);
        while (series.find()) {
            Set<String> has = Objects.requireNonNull(labels.get(series.group()), series.group());
            used.stream()
                    .filter(name -> !has.contains(name))
                    .forEach(name -> unknown.add(series.group() + " has no label " + name));
        }
        return unknown;
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
