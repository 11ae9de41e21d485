package io.github.pekkosupervisor.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** The rows of the table, and the targets of the project. */
final class Report {
    /** The number of services that the targets for launch and memory were set for. */
    private static final int FULL_SIZE = 900;

    /** A JVM may start or end a compiler thread at any time. */
    private static final int THREADS_OF_THE_JVM_ITSELF = 2;

    private final BenchmarkOptions options;
    private final Optional<Results> runit;
    private final Results ours;

    Report(BenchmarkOptions options, Optional<Results> runit, Results ours) {
        this.options = options;
        this.runit = runit;
        this.ours = ours;
    }

    List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        if (options.wants(Measurement.LAUNCH)) {
            rows.add(median(
                    "launch to all running",
                    Metric.LAUNCH,
                    Target.ratioAtMost(0.6).from(FULL_SIZE, options.services())));
            rows.add(floor());
        }
        if (options.wants(Measurement.LATENCY)) {
            latency(rows, "cold: killed -> new pid", Metric.KILL_TO_PID, 2);
            latency(rows, "cold: d -> down", Metric.DOWN, 1.3);
            latency(rows, "cold: u -> running", Metric.UP, 1.3);
            latency(rows, "warm: killed -> new pid", Metric.KILL_TO_PID_WARM, 1.3);
            latency(rows, "warm: d -> down", Metric.DOWN_WARM, 1.2);
            latency(rows, "warm: u -> running", Metric.UP_WARM, 1.2);
        }
        if (options.wants(Measurement.LINK)) {
            rows.add(median("new link -> running", Metric.LINK, Target.below(50, "ms")));
            rows.add(median("removed link -> gone", Metric.UNLINK, Target.ratioAtMost(1)));
        }
        if (options.wants(Measurement.MEMORY)) {
            memory(rows);
        }
        if (options.wants(Measurement.IDLE)) {
            rows.add(median("idle CPU, at once", Metric.IDLE_AT_ONCE, Target.NONE));
            rows.add(median("idle CPU, settled", Metric.IDLE_SETTLED, Target.below(5, "ms/s")));
        }
        rows.add(median("SIGHUP -> nothing left", Metric.STOP, Target.NONE));
        return rows;
    }

    private void latency(List<Row> rows, String name, Metric metric, double times) {
        rows.add(row(name + ", median", metric, 50, Target.ratioAtMost(times)));
        rows.add(row(name + ", p90", metric, 90, Target.NONE));
        rows.add(row(name + ", p99", metric, 99, Target.ratioAtMost(2)));
    }

    private void memory(List<Row> rows) {
        rows.add(median(
                "memory (PSS, JDK files in full)",
                Metric.MEMORY,
                Target.ratioAtMost(1.25).from(FULL_SIZE, options.services())));
        rows.add(median("  of it shared with other JVMs", Metric.MEMORY_SHARED_WITH_JVMS, Target.NONE));
        rows.add(median("memory per further service", Metric.MEMORY_PER_FURTHER_SERVICE, Target.atMost(30, "kB")));
        rows.add(median("threads at " + options.services(), Metric.THREADS, Target.NONE));
        rows.add(median("threads at " + 2 * options.services(), Metric.THREADS_AT_TWICE, noMoreThreads()));
    }

    private Target noMoreThreads() {
        double limit = ours.of(Metric.THREADS).median().orElse(0) + THREADS_OF_THE_JVM_ITSELF;
        return new Target("no growth", Target.Basis.OURS, threads -> threads <= limit);
    }

    private Row floor() {
        OptionalDouble floor = ours.of(Metric.FLOOR).median();
        if (floor.isEmpty()) {
            return new Row("  fork/exec floor: no C compiler", "-", "-", "-", "", Target.Verdict.NOT_JUDGED);
        }
        return new Row(
                String.format(Locale.ROOT, "  fork/exec in C takes %.1f ms", floor.getAsDouble()),
                runit.map(results -> timesFloor(results, floor)).orElse("-"),
                timesFloor(ours, floor),
                "-",
                "",
                Target.Verdict.NOT_JUDGED);
    }

    private static String timesFloor(Results results, OptionalDouble floor) {
        OptionalDouble times = Target.ratio(floor, results.of(Metric.LAUNCH).median());
        return times.isPresent() ? String.format(Locale.ROOT, "%.1fx that", times.getAsDouble()) : "-";
    }

    private Row median(String name, Metric metric, Target target) {
        return row(name, metric, 50, target);
    }

    private Row row(String name, Metric metric, int percent, Target target) {
        return Row.of(
                name,
                metric.unit(),
                runit.map(results -> value(results.of(metric), percent)).orElse(Row.Value.ABSENT),
                value(ours.of(metric), percent),
                target);
    }

    private static Row.Value value(Samples samples, int percent) {
        return new Row.Value(samples.percentile(percent), samples.failed());
    }
}
