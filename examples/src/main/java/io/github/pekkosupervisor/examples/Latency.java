package io.github.pekkosupervisor.examples;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/**
 * How soon a supervisor answers, one service at a time, with all the others up.
 *
 * <p>runsv sleeps a second whenever a service ends that has run for less; so every service is left alone for longer
 * than that before it is touched again.
 */
final class Latency {
    static final Duration OUT_OF_THROTTLE = Duration.ofMillis(1_300);

    private static final Duration PATIENCE = Duration.ofSeconds(8);
    private static final Duration BETWEEN_SAMPLES = Duration.ofMillis(3);

    private final Results results;
    private final Metric killed;
    private final Metric stopped;
    private final Metric started;

    private Latency(Results results, Metric killed, Metric stopped, Metric started) {
        this.results = results;
        this.killed = killed;
        this.stopped = stopped;
        this.started = started;
    }

    /** Of a supervisor that has only been launched; a JVM's code is still interpreted then. */
    static Latency cold(Results results) {
        return new Latency(results, Metric.KILL_TO_PID, Metric.DOWN, Metric.UP);
    }

    /** Of one that has done the same many times before. */
    static Latency warm(Results results) {
        return new Latency(results, Metric.KILL_TO_PID_WARM, Metric.DOWN_WARM, Metric.UP_WARM);
    }

    /** Kills services in turns so many times; nothing of it counts. All are up, as for {@link #measure}. */
    static void warmUp(Contender contender, List<SupervisedService> up, int kills) throws ContenderFailedException {
        Latency unmeasured = warm(new Results(contender));
        for (int done = 0; done < kills; done += up.size()) {
            for (SupervisedService service : up.subList(0, Math.min(up.size(), kills - done))) {
                unmeasured.kill(service);
            }
            Await.pass(OUT_OF_THROTTLE);
        }
    }

    /** All services given are up, and have been for longer than the throttle. */
    void measure(List<SupervisedService> toKill, List<SupervisedService> toStop) throws ContenderFailedException {
        for (SupervisedService service : toKill) {
            kill(service);
        }
        Await.pass(OUT_OF_THROTTLE);
        for (SupervisedService service : toStop) {
            command(service, 'd', stopped, service::down);
        }
        Await.pass(OUT_OF_THROTTLE);
        for (SupervisedService service : toStop) {
            command(service, 'u', started, service::running);
        }
        Await.pass(OUT_OF_THROTTLE);
    }

    private void kill(SupervisedService service) throws ContenderFailedException {
        long old = service.pid().orElse(0);
        ProcessHandle process = ProcessHandle.of(old)
                .orElseThrow(() -> new ContenderFailedException(
                        killed, name(service) + " has no process to kill, its pid file says " + old));
        long start = Await.now();
        process.destroyForcibly();
        record(service, killed, start, () -> service.pid().orElse(old) != old);
    }

    private void command(SupervisedService service, char letter, Metric metric, BooleanSupplier done)
            throws ContenderFailedException {
        try (FileChannel control = service.openControl()) {
            long start = Await.now();
            SupervisedService.write(control, letter);
            record(service, metric, start, done);
        } catch (IOException e) {
            throw new ContenderFailedException(metric, name(service) + " does not take commands: " + e);
        }
    }

    private void record(SupervisedService service, Metric metric, long start, BooleanSupplier done)
            throws ContenderFailedException {
        OptionalLong nanos = Await.nanosUntil(done, start, PATIENCE, Await.CLOSELY);
        results.of(metric)
                .add(nanos.orElseThrow(() -> new ContenderFailedException(
                                metric, name(service) + " took more than " + PATIENCE.toSeconds() + " s"))
                        / 1e6);
        Await.pass(BETWEEN_SAMPLES);
    }

    private static String name(SupervisedService service) {
        return service.directory().getFileName().toString();
    }
}
