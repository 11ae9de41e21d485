package io.github.pekkosupervisor.runit.adoption;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import io.github.pekkosupervisor.runit.conformance.MarkedProcesses;
import io.github.pekkosupervisor.runit.conformance.Needs;
import io.github.pekkosupervisor.runit.supervise.ListedRun;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/**
 * Service directories, linked into a services directory, with a launcher that is lost and followed by another one. All
 * processes that come of it carry a mark; closing it ends them all, and fails if one is left that a launcher should
 * have ended.
 */
final class Estate implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Of what follows the command's name in {@code /proc/PID/stat}. */
    private static final int THREADS = 17;

    private static final Path SV = Path.of("/usr/bin/sv");

    private final Path root;
    private final Path services;
    private final MarkedProcesses processes = new MarkedProcesses();
    private final Map<String, Path> directories = new LinkedHashMap<>();
    private final List<Process> launchers = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private List<String> before = List.of();
    private int launches;

    Estate(Path root) throws IOException {
        this.root = root.toRealPath();
        this.services = Files.createDirectories(this.root.resolve("services"));
        Files.createDirectories(this.root.resolve("sv"));
        WrittenLines.writeProgram(writer());
    }

    static ConditionFactory patiently() {
        return await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20));
    }

    // ---- service directories

    Path root() {
        return root;
    }

    Path services() {
        return services;
    }

    Path writer() {
        return root.resolve("writer.pl");
    }

    /** The service directory of this name, wherever its link is. */
    Path directory(String name) {
        return Optional.ofNullable(directories.get(name))
                .orElseGet(() -> root.resolve("sv").resolve(name));
    }

    /** All service directories. */
    List<Path> all() {
        return List.copyOf(directories.values());
    }

    /** A service directory with this {@code run}, and no entry yet. */
    Path make(String name, String run) throws IOException {
        Path directory = Files.createDirectories(root.resolve("sv").resolve(name));
        directories.put(name, directory);
        script(directory.resolve("run"), run);
        return directory;
    }

    /** The same with an entry. */
    Path service(String name, String run) throws IOException {
        Path directory = make(name, run);
        link(name);
        return directory;
    }

    void link(String name) throws IOException {
        Files.createSymbolicLink(services.resolve(name), directory(name));
    }

    void unlink(String name) throws IOException {
        Files.delete(services.resolve(name));
    }

    Path sleeper(String name) throws IOException {
        return service(name, "exec sleep 100000");
    }

    /** One that writes numbered lines into the log of its logger, {@code log/lines}. */
    Path writer(String name, double pause, int most) throws IOException {
        Path directory = service(
                name,
                WrittenLines.command(writer(), pause, most, root.resolve("sv").resolve(name)));
        script(directory.resolve("log/run"), "exec cat >>lines");
        return directory;
    }

    static Path script(Path file, String text) throws IOException {
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    /** Which process each {@code run} is, beside the list of services. */
    Path runs() {
        return services.resolve(".pekko-supervisor/runs");
    }

    /** Has them be of directories that were made at this time; 0 as on a file system that does not say when. */
    void listBirth(long birth) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (ListedRun one : ListedRun.parse(Files.readAllBytes(runs()))) {
            lines.writeBytes(new ListedRun(one.id(), birth, one.run()).toLine());
        }
        Files.write(runs(), lines.toByteArray());
    }

    // ---- launchers

    /** From now on launchers are started with these words before the directory. */
    Estate with(String... words) {
        options.addAll(List.of(words));
        return this;
    }

    /** From now on launchers are started by this command. */
    Estate startedBy(String... words) {
        before = List.of(words);
        return this;
    }

    /** The command of a launcher, or of another of our programs, in a JVM of its own. */
    static List<String> program(String... words) {
        List<String> command = new ArrayList<>(List.of(BuiltDist.javaHome() + "/bin/java"));
        command.addAll(ReachableClassPath.options());
        command.add("io.github.pekkosupervisor.runit.launcher.Main");
        command.addAll(List.of(words));
        return command;
    }

    /** Starts a launcher on the services directory. */
    Process start() throws IOException {
        List<String> words = new ArrayList<>(List.of("runsvdir"));
        words.addAll(options);
        words.add(services.toString());
        return start(program(words.toArray(String[]::new)));
    }

    /** Starts a program that supervises. */
    Process start(List<String> program) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(program);
        launches++;
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(root.resolve("stdout").toFile())
                .redirectError(complaintsOf(launches).toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        builder.environment().put("LC_ALL", "C");
        builder.environment().put(MarkedProcesses.VARIABLE, processes.value());
        Process launcher = builder.start();
        launchers.add(launcher);
        return launcher;
    }

    /** The same below a program that gets what the launcher leaves behind, and then does this in Perl. */
    Process startBelow(String waits) throws IOException {
        List<String> those = before;
        // 36 is PR_SET_CHILD_SUBREAPER
        before = Stream.concat(
                        Stream.of(
                                "perl",
                                "-e",
                                "syscall(" + InEstate.numberOfPrctl() + ", 36, 1, 0, 0, 0); my $pid = fork; exec @ARGV"
                                        + " unless $pid; eval { setpriority(0, 0, -15) }; open(my $f, '>', '"
                                        + numberBelow() + "'); print $f $pid; close $f; " + waits),
                        those.stream())
                .toList();
        try {
            return start();
        } finally {
            before = those;
        }
    }

    private Path numberBelow() {
        return root.resolve("launcher.pid");
    }

    /** Kills the launcher that was started so, and starts another one as ever. */
    void loseBelow() throws IOException {
        long pid = Long.parseLong(lines(numberBelow()).get(0));
        kill("KILL", pid);
        patiently().until(() -> hasEnded(pid));
        start();
    }

    private static boolean hasEnded(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return fields[0].equals("Z") && fields[THREADS].equals("1");
        } catch (IOException e) {
            return true;
        }
    }

    private Path complaintsOf(int launch) {
        return root.resolve("stderr." + launch);
    }

    /** What the last launcher has said. */
    String complaints() {
        try {
            return Files.readString(complaintsOf(launches), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The launcher that was started last. */
    Process launcher() {
        return launchers.get(launchers.size() - 1);
    }

    /** Kills it with -9, and waits until it is gone. */
    void killLauncher() throws InterruptedException {
        Process last = launcher();
        last.destroyForcibly();
        assertThat(last.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    /** Kills the launcher and starts another one. */
    void lose() throws IOException, InterruptedException {
        killLauncher();
        start();
    }

    // ---- what is to be seen

    /** Waits until each of these is supervised and runs. */
    void awaitUp(Path... directories) {
        patiently()
                .untilAsserted(() -> assertThat(sv("status", directories)).allMatch(line -> line.startsWith("run: ")));
    }

    void awaitAllUp() {
        awaitUp(all().toArray(Path[]::new));
    }

    /** Waits until a launcher supervises each of these, whatever they do. */
    void awaitSupervised(Path... directories) {
        patiently()
                .untilAsserted(() -> assertThat(sv("status", directories))
                        .noneMatch(line -> line.startsWith("fail: ") || line.startsWith("warning: ")));
    }

    /** What the real {@code sv} prints, a line each. */
    static List<String> sv(String command, Path... directories) {
        Needs.that(Files.isExecutable(SV), "the program sv is not installed; apt install runit");
        List<String> words = new ArrayList<>(List.of(SV.toString(), command));
        Stream.of(directories).map(Path::toString).forEach(words::add);
        return run(words.toArray(String[]::new)).lines().toList();
    }

    /** Runs a program to its end; what it printed. */
    static String run(String... words) {
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            process.waitFor();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static void kill(String signal, long pid) {
        run("kill", "-" + signal, Long.toString(pid));
    }

    static @Nullable ServiceStatus statusIfThere(Path directory) {
        try {
            return StatusBytes.parse(Files.readAllBytes(directory.resolve("supervise/status")))
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    static ServiceStatus status(Path directory) {
        return Optional.ofNullable(statusIfThere(directory)).orElseThrow();
    }

    /** The pid of each, by its status. */
    Map<Path, Integer> pids() {
        Map<Path, Integer> pids = new LinkedHashMap<>();
        all().forEach(directory -> pids.put(directory, status(directory).pid()));
        return pids;
    }

    static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file, ISO_8859_1) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The living processes that carry the mark, launchers excepted. */
    List<Long> marked() {
        List<Long> own = launchers.stream().map(Process::pid).toList();
        return processes.alive().stream()
                .map(ProcessHandle::pid)
                .filter(pid -> !own.contains(pid))
                .toList();
    }

    String mark() {
        return MarkedProcesses.VARIABLE + "=" + processes.value();
    }

    /** Has the launcher stop everything, and waits for its end. */
    void stop() throws InterruptedException {
        Process last = launcher();
        kill("HUP", last.pid());
        assertThat(last.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("launcher ends")
                .isTrue();
    }

    @Override
    public void close() {
        try {
            if (!launchers.isEmpty() && launcher().isAlive()) {
                stop();
                for (Process before : launchers) {
                    before.destroyForcibly().waitFor();
                }
                assertThat(processes.describe()).as("processes left behind").isEmpty();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            launchers.forEach(Process::destroyForcibly);
            processes.kill();
            // those with an empty environment have no mark
            Copies.of(all()).values().stream()
                    .flatMap(List::stream)
                    .flatMap(pid -> ProcessHandle.of(pid).stream())
                    .forEach(ProcessHandle::destroyForcibly);
        }
    }
}
