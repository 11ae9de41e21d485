package io.github.pekkosupervisor.runit.realinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.runit.Scripts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One scan directory in a directory of its own, and at most one {@code runsvdir} at work on it. Every process in it is
 * known by a marker in its environment, or by its working directory where a server has overwritten its environment with
 * a title, as redis and nginx do. Closing ends the supervisor as SIGHUP does, kills what is still alive and fails if
 * there was anything.
 */
final class Sandbox implements AutoCloseable {

    /** Generous on purpose: limits tell a hang from an answer, they measure nothing. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String MARKER = "PEKKO_SUPERVISOR_TEST";

    private final Path root;
    private final Implementation implementation;
    private final String marker = MARKER + "=" + UUID.randomUUID();
    private @Nullable Process supervisor;

    Sandbox(Path root, Implementation implementation) throws IOException {
        this.root = root.toRealPath();
        this.implementation = implementation;
        Files.createDirectories(scanDirectory());
    }

    Path root() {
        return root;
    }

    Path scanDirectory() {
        return root.resolve("scan");
    }

    Path service(String name) {
        return scanDirectory().resolve(name);
    }

    /** A patient wait that looks often. */
    static ConditionFactory patiently() {
        return await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(50));
    }

    static void writeScript(Path script, String text) throws IOException {
        Files.createDirectories(script.resolveSibling("").toAbsolutePath());
        Scripts.write(script, text);
    }

    void start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        implementation.runsvdir().toString(), scanDirectory().toString())
                .directory(root.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(root.resolve("stdout").toFile())
                .redirectError(root.resolve("stderr").toFile());
        Map<String, String> environment = builder.environment();
        // a JVM that finds one of these announces it on stderr, where the comparison would take it for ours
        environment.keySet().removeAll(Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "SVWAIT"));
        environment.put("LC_ALL", "C");
        environment.put("PATH", implementation.searchPath());
        environment.put("SVDIR", scanDirectory().toString());
        environment.put(MARKER, marker.substring(MARKER.length() + 1));
        supervisor = builder.start();
    }

    /** Sends SIGHUP and returns the exit code. */
    int hangUp() {
        Process running = running();
        signal("HUP", running.pid());
        patiently().until(() -> !running.isAlive());
        return running.exitValue();
    }

    void awaitEmpty() {
        patiently().until(() -> members().isEmpty());
    }

    /** What the real {@code sv} prints, and its exit code. */
    SvAnswer sv(String... words) {
        Stream<String> command =
                Stream.concat(Stream.of(Requirement.program("sv").toString()), Stream.of(words));
        ProcessBuilder builder = new ProcessBuilder(command.toList()).redirectErrorStream(true);
        builder.environment().put("SVDIR", scanDirectory().toString());
        builder.environment().remove("SVWAIT");
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new SvAnswer(process.waitFor(), text);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sv " + String.join(" ", words), interrupted);
        }
    }

    record SvAnswer(int exitCode, String text) {

        /** The answer without pids and seconds. */
        List<String> lines() {
            return text.lines()
                    .map(line -> line.replaceAll("\\(pid [0-9]+\\)", "(pid N)").replaceAll("\\b[0-9]+s\\b", "Ns"))
                    .toList();
        }
    }

    /**
     * The distinct lines on the stderr that the supervisor shares with its services, without what differs from run to
     * run: numbers, the sandbox's place, and the pieces in which chown and chmod write, which mix with other lines.
     */
    Set<String> complaints() throws IOException {
        String text = Files.readString(root.resolve("stderr"))
                .replaceAll("ch(own|mod): |cannot access '[^']*'|: No such file or directory", "")
                .replace(root.toString(), "ROOT")
                .replaceAll("\\b[0-9]+\\b", "N");
        return text.lines().filter(line -> !line.isBlank()).collect(Collectors.toCollection(TreeSet::new));
    }

    static void signal(String name, long pid) {
        try {
            int exitCode = new ProcessBuilder("/bin/sh", "-c", "kill -s \"$1\" \"$2\"", "sh", name, Long.toString(pid))
                    .inheritIO()
                    .start()
                    .waitFor();
            assertThat(exitCode).as("kill -s %s %d", name, pid).isZero();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending " + name, interrupted);
        }
    }

    @Override
    public void close() {
        if (supervisor != null && supervisor.isAlive()) {
            signal("HUP", supervisor.pid());
        }
        try {
            awaitEmpty();
        } catch (ConditionTimeoutException tooLong) {
            List<String> leftovers = members().stream().map(Sandbox::describe).toList();
            // supervisors may start anew what was just killed, so again until nothing is found
            patiently().until(this::killMembers);
            fail("%s left behind: %s", implementation, leftovers);
        }
    }

    private Process running() {
        Process running = supervisor;
        if (running == null) {
            throw new IllegalStateException("the sandbox has no supervisor yet; call start() first");
        }
        return running;
    }

    private boolean killMembers() {
        List<ProcessHandle> members = members();
        members.forEach(ProcessHandle::destroyForcibly);
        return members.isEmpty();
    }

    private List<ProcessHandle> members() {
        return ProcessHandle.allProcesses()
                .filter(((Predicate<ProcessHandle>) this::carriesMarker).or(this::worksHere))
                .toList();
    }

    private boolean carriesMarker(ProcessHandle process) {
        try {
            String environment = Files.readString(proc(process, "environ"), StandardCharsets.ISO_8859_1);
            return Arrays.asList(environment.split("\0")).contains(marker);
        } catch (IOException goneOrForeign) {
            return false;
        }
    }

    private boolean worksHere(ProcessHandle process) {
        try {
            return Files.readSymbolicLink(proc(process, "cwd")).startsWith(root);
        } catch (IOException goneOrForeign) {
            return false;
        }
    }

    private static String describe(ProcessHandle process) {
        try {
            String words = Files.readString(proc(process, "cmdline"), StandardCharsets.ISO_8859_1);
            return process.pid() + " " + words.replace('\0', ' ').strip();
        } catch (IOException gone) {
            return process.pid() + " (gone)";
        }
    }

    private static Path proc(ProcessHandle process, String file) {
        return Path.of("/proc", Long.toString(process.pid()), file);
    }
}
