package io.github.pekkosupervisor.runit.look;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.Scripts;
import io.github.pekkosupervisor.runit.conformance.MarkedProcesses;
import io.github.pekkosupervisor.runit.conformance.Needs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/**
 * A services directory that a launcher supervises, ours or runit's, each in a process of its own. Closing it ends them,
 * and fails if anybody is left.
 */
public final class SupervisedServices implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int PID_OFFSET = 12;

    /** Who supervises. */
    public enum By {
        OURS,
        RUNIT
    }

    private final Path root;
    private final By by;
    private final MarkedProcesses processes = new MarkedProcesses();
    private @Nullable Process launcher;

    public SupervisedServices(Path root, By by) throws IOException {
        this.root = root.toRealPath();
        this.by = by;
        Files.createDirectories(directory());
    }

    public static ConditionFactory patiently() {
        return await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20));
    }

    /** The command of one of our programs, in a JVM of its own. */
    public static List<String> ours(String... words) {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                "io.github.pekkosupervisor.runit.launcher.Main"));
        command.addAll(List.of(words));
        return command;
    }

    public Path directory() {
        return root.resolve("services");
    }

    public OsString path() {
        return OsString.of(directory().toString());
    }

    /** Of whoever belongs to this. */
    public String mark() {
        return processes.value();
    }

    /** A service with this {@code run}, there at once. */
    public Path service(String name, String run) throws IOException {
        Path made = Files.createDirectories(directory().resolve("." + name));
        Scripts.write(made.resolve("run"), "#!/bin/sh\n" + run + "\n");
        return Files.move(made, directory().resolve(name));
    }

    public Path sleeper(String name) throws IOException {
        return service(name, "exec sleep 100000");
    }

    public SupervisedServices start() throws IOException {
        boolean isOurs = by == By.OURS;
        Needs.that(isOurs || Files.isExecutable(Path.of("/usr/bin/runsvdir")), "there is no runit; apt install runit");
        ProcessBuilder builder = new ProcessBuilder(
                        isOurs
                                ? ours("runsvdir", directory().toString())
                                : List.of("/usr/bin/runsvdir", directory().toString()))
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(root.resolve("stdout").toFile())
                .redirectError(root.resolve("stderr").toFile());
        builder.environment().put(MarkedProcesses.VARIABLE, processes.value());
        builder.environment().put("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
        launcher = builder.start();
        return this;
    }

    /** Waits until it runs. */
    public int awaitRun(String name) {
        patiently().alias(name + " runs").until(() -> pid(name) != 0);
        return pid(name);
    }

    /** Of its run or finish; 0 if there is none. */
    public int pid(String name) {
        try {
            byte[] status = Files.readAllBytes(directory().resolve(name).resolve("supervise/status"));
            return status.length < StatusLength.BYTES
                    ? 0
                    : ByteBuffer.wrap(status).order(ByteOrder.LITTLE_ENDIAN).getInt(PID_OFFSET);
        } catch (IOException e) {
            return 0;
        }
    }

    private static final class StatusLength {
        static final int BYTES = 20;
    }

    /** Who supervises a service dies without a word, as by {@code kill -9}. */
    public void loseSupervisor() {
        assertThat(launcher).isNotNull();
        ProcessHandle handle = launcher.toHandle();
        List<ProcessHandle> runsvs = by == By.RUNIT ? handle.children().toList() : List.of();
        handle.destroyForcibly();
        runsvs.forEach(ProcessHandle::destroyForcibly);
        patiently().until(() -> !handle.isAlive());
    }

    public static void kill(int pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Override
    public void close() {
        try {
            Process running = launcher;
            if (running != null && running.isAlive()) {
                run("kill", "-HUP", Long.toString(running.pid()));
                patiently().until(() -> !running.isAlive());
                // runit's runsvdir goes before those whom it has told to
                patiently()
                        .untilAsserted(() -> assertThat(processes.describe())
                                .as("processes left behind")
                                .isEmpty());
            }
        } finally {
            processes.kill();
        }
    }

    private static void run(String... words) {
        try {
            assertThat(new ProcessBuilder(words).start().waitFor()).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
