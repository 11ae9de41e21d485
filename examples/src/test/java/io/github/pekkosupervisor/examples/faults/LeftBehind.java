package io.github.pekkosupervisor.examples.faults;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.supervise.ListedLauncher;
import io.github.pekkosupervisor.runit.supervise.ListedRun;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import io.github.pekkosupervisor.runit.supervise.SuperviseDirectory;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Intent;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Past;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Pending;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Script;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Supervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a supervisor leaves that is killed: processes that are nobody's children, a pipe, and records of them. What is
 * left of these when it is closed is killed.
 */
final class LeftBehind implements AutoCloseable {

    private static final int NOBODYS_PID = 4_194_303;

    private final ServiceDirectoryUnderTest service;
    private final List<ProcessHandle> processes = new ArrayList<>();
    private int run;
    private int logger;

    LeftBehind(ServiceDirectoryUnderTest service) throws IOException {
        this.service = service;
        Files.createDirectories(service.path().resolve("supervise"));
    }

    private static ProcessIdentity identity(int pid) {
        return ProcessIdentity.ofRunning(pid).orElseThrow();
    }

    /** Starts {@code run} and {@code log/run}, which are orphans at once, with a FIFO of this name between them. */
    void start(String fifo) throws Exception {
        Files.createDirectories(service.path().resolve("log/supervise"));
        shell("mkfifo -m 600 " + fifo + "; sh ./run </dev/null 1<>" + fifo + " 2>/dev/null & echo $! >run.pid; "
                + "cd log; sh ./run <../" + fifo + " >/dev/null 2>&1 & echo $! >../log.pid");
        logger = begun("log.pid");
        run = begun("run.pid");
        // whoever takes the FIFO's name away before that has no logger
        Lane.await_("logger at work", () -> inputOf(logger()).endsWith("/" + fifo));
        // until then its output may be something else
        Lane.await_("run at work", () -> commandOf(run()).startsWith("sleep"));
    }

    private int begun(String file) {
        Lane.await_("an orphan", () -> pid(file) != 0);
        ProcessHandle.of(pid(file)).ifPresent(processes::add);
        return pid(file);
    }

    /** Starts {@code run} alone. */
    void startRun() throws Exception {
        shell("sh ./run </dev/null >/dev/null 2>&1 & echo $! >run.pid");
        run = begun("run.pid");
        Lane.await_("run at work", () -> commandOf(run()).startsWith("sleep"));
    }

    private static String inputOf(int pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/0")).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static String commandOf(int pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"));
        } catch (IOException e) {
            return "";
        }
    }

    int run() {
        return run;
    }

    int logger() {
        return logger;
    }

    /** Whether they have ended. */
    boolean areOver() {
        return processes.stream().noneMatch(ProcessHandle::isAlive);
    }

    @Override
    public void close() {
        processes.forEach(ProcessHandle::destroyForcibly);
    }

    private void shell(String commands) throws Exception {
        Process shell = new ProcessBuilder(
                        "sh", "-c", "cd \"$0\"; " + commands, service.path().toString())
                .start();
        if (shell.waitFor() != 0) {
            throw new IllegalStateException("sh ended with " + shell.exitValue());
        }
    }

    private int pid(String file) {
        try {
            Path pid = service.path().resolve(file);
            String text = Files.exists(pid) ? Files.readString(pid).strip() : "";
            return text.isEmpty() ? 0 : Integer.parseInt(text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The pipe that run has. */
    private FileStatus.Id pipe() throws PosixException {
        try (Directory processes = Directory.open(OsString.of("/proc"))) {
            return processes.status(OsString.of(run() + "/fd/1")).id();
        }
    }

    /** That both run, and a control script was about to be started. */
    void recordBoth() throws Exception {
        Optional<FileStatus.Id> pipe = Optional.of(pipe());
        Intent intent = new Intent(Program.SCRIPT, identity(run()).startTicks() + 100_000_000L, 1, 1);
        Optional<Script> due = Optional.of(new Script('t', Optional.empty(), Optional.of(intent)));
        write("", record(run(), Optional.empty(), due, pipe));
        write("log/", record(logger(), Optional.empty(), Optional.empty(), pipe));
    }

    /** That the logger runs, and run was about to be started. */
    void recordStart() throws Exception {
        Optional<FileStatus.Id> pipe = Optional.of(pipe());
        Intent intent = new Intent(Program.RUN, identity(run()).startTicks() - 1, 1, 1);
        write("", record(0, Optional.of(intent), Optional.empty(), pipe));
        write("log/", record(logger(), Optional.empty(), Optional.empty(), pipe));
    }

    /** That run runs, and nothing else. */
    void recordRun() throws Exception {
        write("", record(run(), Optional.empty(), Optional.empty(), Optional.empty()));
    }

    /** The same as a line of the file that is not in the directory. */
    byte[] lineOfRun() throws PosixException {
        return lineOfRun(birth());
    }

    private long birth() throws PosixException {
        try (Directory home = Directory.open(OsString.of(service.path().toString()))) {
            return home.status().birth();
        }
    }

    /** As if the directory had been made at this time. */
    byte[] lineOfRun(long birth) throws PosixException {
        try (Directory home = Directory.open(OsString.of(service.path().toString()))) {
            return new ListedRun(home.status().id(), birth, new Known(identity(run()), 0, false)).toLine();
        }
    }

    /** A line of that file which is of no service directory. */
    byte[] lineOfSomeLogger() {
        return new ListedRun(new FileStatus.Id(1, 1), 0, new Known(identity(run()), 0, false)).toLine();
    }

    /** The line of the list of services that says who has left all this. */
    static byte[] lineOfSupervisor() {
        return new ListedLauncher(supervisor()).toLine();
    }

    private static ProcessIdentity supervisor() {
        ProcessIdentity ours = identity((int) ProcessHandle.current().pid());
        return new ProcessIdentity(NOBODYS_PID, ours.startTicks(), ours.bootId());
    }

    /** That both run, by their status alone: their records are garbage. */
    void tellBoth() throws Exception {
        tell("", run());
        tell("log/", logger());
    }

    private void tell(String parent, int pid) throws IOException {
        Path supervise = service.path().resolve(parent + "supervise");
        ServiceStatus status = new ServiceStatus(Instant.now(), pid, false, false, Want.UP, State.RUN);
        Files.write(supervise.resolve("status"), StatusBytes.of(status));
        Files.writeString(supervise.resolve(".state"), "half of something else");
    }

    private UnitRecord record(int pid, Optional<Intent> start, Optional<Script> script, Optional<FileStatus.Id> pipe) {
        ServiceStatus status =
                new ServiceStatus(Instant.now(), pid, false, false, Want.UP, pid == 0 ? State.DOWN : State.RUN);
        Optional<Known> process = pid == 0 ? Optional.empty() : Optional.of(new Known(identity(pid), 0, false));
        return new UnitRecord(
                new Supervisor(supervisor(), Instant.now()),
                status,
                Pending.NOTHING,
                process,
                start,
                script,
                new Past(0, process.map(known -> Instant.now()), Optional.empty()),
                pipe);
    }

    private void write(String parent, UnitRecord record) throws Exception {
        StringBuilder said = new StringBuilder();
        try (Directory home = Directory.open(OsString.of(service.path().toString()));
                SuperviseDirectory supervise = SuperviseDirectory.create(home, parent)) {
            supervise.writeState(record, new Reporter("test", OsString.of("."), line -> said.append(line)));
        }
        if (said.length() > 0) {
            throw new IllegalStateException(said.toString());
        }
    }
}
