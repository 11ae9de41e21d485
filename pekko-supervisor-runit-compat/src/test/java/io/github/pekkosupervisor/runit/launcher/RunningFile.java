package io.github.pekkosupervisor.runit.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import io.github.pekkosupervisor.runit.conformance.MarkedProcesses;
import io.github.pekkosupervisor.runit.conformance.Needs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/**
 * A file in a directory of its own, and the {@code pekko-supervisor run} of the distribution that runs it, as often as
 * a test wants. Closing it ends that and fails if anybody is left.
 */
final class RunningFile implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path root;
    private final MarkedProcesses processes = new MarkedProcesses();
    private @Nullable Process launcher;
    private int starts;

    RunningFile(Path root) throws IOException {
        this.root = root.toRealPath();
    }

    static ConditionFactory patiently() {
        return await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20));
    }

    Path path(String name) {
        return root.resolve(name);
    }

    /** Shown and written down here, and not where the machine's own are. */
    void tree(String text) throws IOException {
        Files.writeString(path("shop.conf"), """
            pekko-supervisor { export.directory = "%s/service", state-directory = "%s/state" }
            tree {
              intensity = 5
              period = 1m
              %s
            }
            """.formatted(root, root, text));
    }

    void start(String... options) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(BuiltDist.bin().resolve("pekko-supervisor").toString(), "run"));
        command.addAll(List.of(options));
        command.add("shop.conf");
        start(command);
    }

    void start(List<String> command) throws IOException {
        starts++;
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(path("stdout").toFile())
                .redirectError(path("stderr" + starts).toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        builder.environment().put("JAVA_HOME", BuiltDist.javaHome());
        builder.environment().put(MarkedProcesses.VARIABLE, processes.value());
        launcher = builder.start();
    }

    private Process launcher() {
        if (launcher == null) {
            throw new IllegalStateException("nothing has been started yet");
        }
        return launcher;
    }

    void signal(String name) {
        assertThat(command("kill", "-" + name, Long.toString(launcher().pid()))).isEmpty();
    }

    /** The same, to one that may end in this moment. */
    void signalIfAlive(String name) {
        command("kill", "-" + name, Long.toString(launcher().pid()));
    }

    /** What was started last. */
    long launcherPid() {
        return launcher().pid();
    }

    int exitCode() {
        Process process = launcher();
        patiently().until(() -> !process.isAlive());
        return process.exitValue();
    }

    /** What the last start has said on standard error. */
    String said() {
        return read("stderr" + starts);
    }

    void awaitSaid(String text) {
        patiently().alias("said: " + text).until(() -> said().contains(text));
    }

    String read(String name) {
        try {
            return Files.exists(path(name)) ? Files.readString(path(name), UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By the machine's own sv. */
    String sv(String... words) {
        Needs.that(Files.isExecutable(Path.of("/usr/bin/sv")), "the program sv is not installed; apt install runit");
        List<String> all = new ArrayList<>(List.of("env", "SVDIR=" + path("service"), "/usr/bin/sv"));
        all.addAll(List.of(words));
        return command(all.toArray(String[]::new));
    }

    /** The pid of a child that is shown; empty if it has none now. */
    String pid(String child) {
        return read("service/" + child + "/supervise/pid").strip();
    }

    String awaitPid(String child) {
        patiently().alias(child + " runs").until(() -> !pid(child).isEmpty());
        return pid(child);
    }

    boolean runs(String pid) {
        return ProcessHandle.of(Long.parseLong(pid)).map(ProcessHandle::isAlive).orElse(false);
    }

    /** Those that the launcher has started, of this name. */
    List<Long> alive(String program) {
        return processes.alive().stream()
                .filter(process -> process.info().command().orElse("").endsWith("/" + program))
                .map(ProcessHandle::pid)
                .sorted()
                .toList();
    }

    /** Runs a program to its end; what it printed, and a word if it failed. */
    /**
     * The exit code of a line of shell in a directory, in which {@code $1} is where the programs of the distribution
     * are.
     */
    static String exitCodeIn(Path directory, String line) {
        return command(
                        "env",
                        "JAVA_HOME=" + BuiltDist.javaHome(),
                        "sh",
                        "-c",
                        "cd \"$0\" && " + line + "; echo $?",
                        directory.toString(),
                        BuiltDist.bin().toString())
                .strip();
    }

    static String command(String... words) {
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            int code = process.waitFor();
            return code == 0 ? output : output + "exit code " + code;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            if (launcher != null && launcher.isAlive()) {
                signal("TERM");
                patiently().until(() -> !launcher().isAlive());
            }
            await().atMost(Duration.ofSeconds(10))
                    .pollDelay(Duration.ZERO)
                    .untilAsserted(() -> assertThat(processes.describe())
                            .as("left, when was said:\n" + said())
                            .isEmpty());
        } finally {
            processes.kill();
        }
    }
}
