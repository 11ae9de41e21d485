package io.github.pekkosupervisor.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** One runsvdir over one tree, from its launch to the moment when nothing of it is left. */
final class SupervisorRun {
    private static final Duration LAUNCH_PATIENCE = Duration.ofSeconds(90);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);
    private static final int EXIT_AFTER_HUP = 111;

    private final ServiceTree tree;
    private final long launched;
    private final Process runsvdir;
    private final MarkedProcesses marked;

    private SupervisorRun(ServiceTree tree, long launched, Process runsvdir, MarkedProcesses marked) {
        this.tree = tree;
        this.launched = launched;
        this.runsvdir = runsvdir;
        this.marked = marked;
    }

    static SupervisorRun launch(Contender contender, ServiceTree tree, MarkedProcesses marked) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        contender.runsvdir().toString(), tree.scan().toString())
                .redirectInput(Redirect.from(new File("/dev/null")))
                .redirectErrorStream(true)
                .redirectOutput(tree.log().toFile());
        builder.environment()
                .merge("PATH", contender.directory().toString(), (path, own) -> own + File.pathSeparator + path);
        long launched = Await.now();
        return new SupervisorRun(tree, launched, marked.start(builder), marked);
    }

    /**
     * The milliseconds from the launch until each service had a pid.
     *
     * <p>Looks at one service at a time, because the last one decides and the contender needs the processor.
     */
    double awaitAllUp(List<SupervisedService> services, Metric metric) throws ContenderFailedException {
        for (SupervisedService service : services) {
            OptionalLong seen = Await.nanosUntil(
                    () -> service.pid().isPresent() || !runsvdir.isAlive(), launched, LAUNCH_PATIENCE, Await.LOOSELY);
            if (seen.isEmpty() || service.pid().isEmpty()) {
                throw new ContenderFailedException(
                        metric,
                        "%s has no pid after %.0f s, runsvdir %s; its output ends: %s"
                                .formatted(
                                        service.directory().getFileName(),
                                        Await.millisSince(launched) / 1000,
                                        runsvdir.isAlive() ? "runs" : "exited " + runsvdir.exitValue(),
                                        endOfLog()));
            }
        }
        return Await.millisSince(launched);
    }

    /** Everything that was started, except the services themselves: runsvdir and all runsv, or the JVM. */
    Set<Long> supervisors() {
        Set<Long> supervisors = new HashSet<>(marked.find());
        tree.services().forEach(service -> service.pid().ifPresent(supervisors::remove));
        return supervisors;
    }

    /** Hangs up runsvdir and checks that it exits as runit's does and leaves nobody behind; returns milliseconds. */
    double stop() throws IOException, ContenderFailedException {
        long start = Await.now();
        hangUp();
        boolean exited = Await.reached(() -> !runsvdir.isAlive(), STOP_PATIENCE);
        OptionalLong nanos = Await.nanosUntil(
                () -> marked.find().isEmpty(), start, STOP_PATIENCE.plusSeconds(5), Duration.ofMillis(100));
        if (nanos.isEmpty()) {
            throw new ContenderFailedException(
                    Metric.STOP,
                    "%d processes are left %.0f s after SIGHUP and will be killed"
                            .formatted(marked.find().size(), Await.millisSince(start) / 1000));
        }
        if (!exited || runsvdir.exitValue() != EXIT_AFTER_HUP) {
            throw new ContenderFailedException(
                    Metric.STOP, "runsvdir must exit 111 after SIGHUP, was " + runsvdir.exitValue());
        }
        return nanos.getAsLong() / 1e6;
    }

    /** Through the shell, whose kill is always there. */
    private void hangUp() throws IOException {
        Process kill = new ProcessBuilder("sh", "-c", "kill -HUP \"$1\"", "sh", Long.toString(runsvdir.pid()))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.DISCARD)
                .start();
        Await.reached(() -> !kill.isAlive(), STOP_PATIENCE);
    }

    private String endOfLog() {
        try {
            String log = Files.readString(tree.log(), UTF_8).strip();
            return log.isEmpty() ? "(none)" : log.substring(Math.max(0, log.length() - 500));
        } catch (IOException e) {
            return "(unreadable: " + e + ")";
        }
    }
}
