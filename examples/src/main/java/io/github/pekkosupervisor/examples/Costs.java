package io.github.pekkosupervisor.examples;

import java.time.Duration;
import java.util.Set;

/** What a supervisor costs while nothing happens. */
final class Costs {
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final Duration QUICK_WINDOW = Duration.ofSeconds(5);
    private static final Duration SETTLE = Duration.ofSeconds(5);

    private final SupervisorRun run;
    private final Results results;

    Costs(SupervisorRun run, Results results) {
        this.run = run;
        this.results = results;
    }

    /** Returns the kilobytes, so that a run of another size can be compared with this one. */
    double memory() {
        ProcessCost cost = ProcessCost.of(run.supervisors());
        results.of(Metric.MEMORY).add(kilobytes(cost) / 1024);
        results.of(Metric.MEMORY_SHARED_WITH_JVMS).add(cost.sharedWithJvmsKilobytes() / 1024.0);
        results.of(Metric.THREADS).add(cost.threads());
        return kilobytes(cost);
    }

    /** For a run with {@code further} services more than the one that took {@code kilobytesBefore}. */
    void memoryOfFurther(int further, double kilobytesBefore) {
        ProcessCost cost = ProcessCost.of(run.supervisors());
        results.of(Metric.MEMORY_PER_FURTHER_SERVICE).add((kilobytes(cost) - kilobytesBefore) / further);
        results.of(Metric.THREADS_AT_TWICE).add(cost.threads());
    }

    /** Twice: right after the launch, when a JVM still compiles, and when it has settled. */
    void idle(boolean quick) {
        Duration window = quick ? QUICK_WINDOW : WINDOW;
        results.of(Metric.IDLE_AT_ONCE).add(cpuMillisPerSecond(window));
        Await.pass(SETTLE);
        results.of(Metric.IDLE_SETTLED).add(cpuMillisPerSecond(window));
    }

    private double cpuMillisPerSecond(Duration window) {
        Set<Long> pids = run.supervisors();
        long before = ProcessCost.cpuMillis(pids);
        long start = Await.now();
        Await.pass(window);
        return (ProcessCost.cpuMillis(pids) - before) * 1000.0 / Await.millisSince(start);
    }

    /** As if no other JVM ran here: how many do is chance, and one of them is the benchmark. */
    private static double kilobytes(ProcessCost cost) {
        return cost.pssKilobytes() + cost.sharedWithJvmsKilobytes();
    }
}
