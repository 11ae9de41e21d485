package io.github.pekkosupervisor.runit.adoption;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.runit.Scripts;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    private static final int START = 19;
    /** The bit of TERM among signals. */
    private static final long TERM = 1L << 14;

    private static final Path SV = Path.of("/usr/bin/sv");

    private final Path root;
    private final Path services;
    private final MarkedProcesses processes = new MarkedProcesses();
    private final Map<String, Path> directories = new LinkedHashMap<>();
    private final List<Process> launchers = new ArrayList<>();
    private final Set<Path> writers = new HashSet<>();
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
        writers.add(directory);
        return directory;
    }

    static Path script(Path file, String text) throws IOException {
        Files.createDirectories(file.resolveSibling("."));
        return Scripts.write(file, "#!/bin/sh\n" + text + "\n");
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

    /** One whose process has a session of its own and is in another directory: it is known by a word of its command. */
    Path serviceThatGoesElsewhere(String name) throws IOException {
        return service(
                name,
                "exec perl -MPOSIX -e 'POSIX::setsid(); chdir \"/\"; sleep 100000' " + Copies.token(directory(name)));
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
        kill("KILL", launcherBelow());
        start();
    }

    /** Which process the launcher is that was started so. */
    long launcherBelow() {
        // whoever has started it writes that after the start, and may be held up before
        patiently().until(() -> !lines(numberBelow()).isEmpty());
        return Long.parseLong(lines(numberBelow()).get(0));
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

    /** Waits until each of these is supervised and runs, and a writer of numbered lines would note its end. */
    void awaitUp(Path... directories) {
        patiently()
                .untilAsserted(() -> assertThat(sv("status", directories)).allMatch(line -> line.startsWith("run: ")));
        awaitNoting(Stream.of(directories).filter(writers::contains).toList().toArray(Path[]::new));
    }

    /** Waits until what runs in each of these has come so far that it does something when it is told to end. */
    static void awaitNoting(Path... directories) {
        for (Path directory : directories) {
            patiently().until(() -> catchesTerm(status(directory).pid()));
        }
    }

    private static boolean catchesTerm(long pid) {
        return lines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("SigCgt:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & TERM) != 0);
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

    /** What the real {@code sv} prints, a line each; what takes long, on a busy machine, it waits for. */
    static List<String> sv(String command, Path... directories) {
        Needs.that(Files.isExecutable(SV), "the program sv is not installed; apt install runit");
        List<String> words = new ArrayList<>(List.of(SV.toString(), command));
        Stream.of(directories).map(Path::toString).forEach(words::add);
        return run(words.toArray(String[]::new)).lines().toList();
    }

    /** Runs a program to its end; what it printed. */
    static String run(String... words) {
        try {
            ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
            // seven seconds if nothing is said
            builder.environment().put("SVWAIT", String.valueOf(PATIENCE.toSeconds()));
            Process process = builder.start();
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

    /** Sends a signal; one that is killed has ended when this returns, though perhaps nobody has waited for it. */
    static void kill(String signal, long pid) {
        String start = field(pid, START);
        run("kill", "-" + signal, Long.toString(pid));
        if (signal.equals("KILL")) {
            patiently().until(() -> hasEnded(pid, start));
        }
    }

    private static boolean hasEnded(long pid, String start) {
        String now = field(pid, START);
        // a group whose leader has ended may have other threads for a moment
        return now.isEmpty()
                || !now.equals(start)
                || (field(pid, 0).equals("Z") && List.of("0", "1").contains(field(pid, THREADS)));
    }

    /** Of what follows the command's name in {@code /proc/PID/stat}; empty text if there is no such process. */
    static String field(long pid, int number) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), ISO_8859_1);
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[number];
        } catch (IOException e) {
            return "";
        }
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
            if (!Files.exists(file)) {
                // it has just gone, or its process has
                return List.of();
            }
            throw new UncheckedIOException(e);
        }
    }

    /** The living processes that carry the mark, launchers excepted. */
    List<Long> marked() {
        // the number of one that has ended may be a service's by now
        List<Long> own =
                launchers.stream().filter(Process::isAlive).map(Process::pid).toList();
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
                assertThat(processes.describeLeft()).as("processes left behind").isEmpty();
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
