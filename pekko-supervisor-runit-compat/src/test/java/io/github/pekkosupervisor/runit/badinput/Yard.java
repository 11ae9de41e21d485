package io.github.pekkosupervisor.runit.badinput;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.runit.Scripts;
import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import io.github.pekkosupervisor.runit.conformance.MarkedProcesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/**
 * A place of its own for one test: a services directory with a healthy service in it, a launcher at work on it, mounts.
 * Closing it ends the launcher, kills what is left, fails if there was anything, and undoes the mounts.
 */
final class Yard implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration LINGERING = Duration.ofSeconds(10);
    private static final int PID_OFFSET = 12;

    private final Path root;
    private final MarkedProcesses processes = new MarkedProcesses();
    private final Map<String, String> environment = new HashMap<>();
    private final Deque<Path> mounts = new ArrayDeque<>();
    private @Nullable Process launcher;

    Yard(Path root) throws IOException {
        this.root = root.toRealPath();
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectories(services());
        environment.put("LC_ALL", "C");
    }

    Path root() {
        return root;
    }

    Path services() {
        return root.resolve("services");
    }

    Path service(String name) {
        return services().resolve(name);
    }

    /** A service that sleeps. */
    Path healthy(String name) throws IOException {
        return sleeper(service(name));
    }

    /** A service that a launcher at work comes to see when it is complete: it has been made as {@code "." + name}. */
    Path appears(String name) throws IOException {
        return Files.move(service("." + name), service(name));
    }

    static Path sleeper(Path directory) throws IOException {
        script(directory.resolve("run"), "exec sleep 1000");
        return directory;
    }

    /** Complete at once, also in place of another, for a launcher at work may look at any moment. */
    static Path script(Path file, String text) throws IOException {
        Files.createDirectories(file.resolveSibling("."));
        Path made = file.resolveSibling("." + file.getFileName() + ".new");
        Scripts.write(made, "#!/bin/sh\n" + text + "\n");
        return Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static Path dist() {
        Path bin = BuiltDist.bin().normalize();
        assertThat(bin.resolve("runsvdir"))
                .as("made by mvn package; elsewhere: -Dpekko-supervisor.dist=DIRECTORY")
                .isExecutable();
        return bin;
    }

    static Path jar() {
        return dist().resolve("../lib/pekko-supervisor.jar").normalize();
    }

    Yard with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Starts {@code runsvdir} on the services directory. */
    void start() throws IOException {
        start(dist().resolve("runsvdir").toString(), services().toString());
    }

    /** Starts {@code runsvdir} by a shell, which first does something to itself. */
    void startAfter(String shellCommands) throws IOException {
        start(
                "sh",
                "-c",
                shellCommands + "; exec \"$0\" \"$@\"",
                dist().resolve("runsvdir").toString(),
                services().toString());
    }

    void start(String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(root.resolve("stdout").toFile())
                .redirectError(root.resolve("stderr").toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        builder.environment().put("JAVA_HOME", BuiltDist.javaHome());
        builder.environment().putAll(environment);
        builder.environment().put(MarkedProcesses.VARIABLE, processes.value());
        launcher = builder.start();
    }

    long launcherPid() {
        return running().pid();
    }

    /** Waits for the end of the launcher and returns its exit code. */
    int exitCode() {
        Process process = running();
        patiently().until(() -> !process.isAlive());
        return process.exitValue();
    }

    private Process running() {
        if (launcher == null) {
            throw new IllegalStateException("nothing has been started yet");
        }
        return launcher;
    }

    static ConditionFactory patiently() {
        return await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(50));
    }

    /** Everything on standard error, a char a byte. */
    String complaints() {
        try {
            return Files.readString(root.resolve("stderr"), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitComplaint(String text) {
        patiently().alias("complaint: " + text).until(() -> complaints().contains(text));
    }

    /** Waits until the service runs and returns its pid. */
    int awaitRun(Path service) {
        patiently()
                .alias(service + " runs")
                .until(() -> pid(service) != 0 && stat(service).startsWith("run"));
        return pid(service);
    }

    /** The pid in the status file; 0 if nothing runs or nobody supervises. */
    static int pid(Path service) {
        try {
            byte[] status = Files.readAllBytes(service.resolve("supervise/status"));
            return status.length < 20
                    ? 0
                    : ByteBuffer.wrap(status).order(ByteOrder.LITTLE_ENDIAN).getInt(PID_OFFSET);
        } catch (IOException e) {
            return 0;
        }
    }

    static String stat(Path service) {
        try {
            return Files.readString(service.resolve("supervise/stat"));
        } catch (IOException e) {
            return "";
        }
    }

    static void control(Path service, byte[] bytes) throws IOException {
        Files.write(service.resolve("supervise/control"), bytes, java.nio.file.StandardOpenOption.WRITE);
    }

    List<Long> pids() {
        return processes.alive().stream().map(ProcessHandle::pid).toList();
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** Mounts a small file system; the test is skipped where that is not allowed, failed if root in CI is not. */
    Path mount(Path place, String options) throws IOException {
        assumeTrue(isRoot(), "only root can mount a file system");
        Files.createDirectories(place);
        String answer = command("mount", "-t", "tmpfs", "-o", options, "tmpfs", place.toString());
        if (!answer.isEmpty() && "true".equals(System.getenv("CI"))) {
            fail("mount refused: " + answer);
        }
        assumeTrue(answer.isEmpty(), "mount refused: " + answer);
        mounts.push(place);
        return place;
    }

    static void remount(Path place, String options) {
        assertThat(command("mount", "-o", "remount," + options, place.toString()))
                .isEmpty();
    }

    /** Runs a program to its end; what it printed, and a word if it failed. */
    static String command(String... words) {
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
            int code = process.waitFor();
            return code == 0 ? output : output + "exit code " + code;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The words with which to start something as a user without rights; skipped where that is not possible. */
    static List<String> asNobody(String... words) {
        List<String> all = new ArrayList<>();
        if (isRoot()) {
            assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "no setpriv to become another user with");
            assumeTrue(BuiltDist.othersReachTemporaryFiles(), "other users do not reach the temporary directory");
            all.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"));
        }
        all.addAll(Arrays.asList(words));
        return all;
    }

    void giveToNobody() {
        if (isRoot()) {
            assertThat(command("chown", "-R", "65534:65534", root.toString())).isEmpty();
        }
    }

    @Override
    public void close() {
        try {
            if (launcher != null && launcher.isAlive()) {
                command("kill", "-HUP", Long.toString(launcher.pid()));
                patiently().until(() -> !running().isAlive());
            }
            // who has been killed, or has lost the shell that it was a child of, needs a moment; who stays is found
            await().atMost(LINGERING)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(50))
                    .untilAsserted(() -> assertThat(processes.describe())
                            .as("processes left behind")
                            .isEmpty());
        } finally {
            processes.kill();
            while (!mounts.isEmpty()) {
                command("umount", "-l", mounts.pop().toString());
            }
            removeUnreadable();
        }
    }

    /** What JUnit could not delete by itself. */
    private void removeUnreadable() {
        try (Stream<Path> entries = Files.list(services())) {
            entries.filter(Files::isDirectory).forEach(entry -> command("chmod", "u+rwx", entry.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
