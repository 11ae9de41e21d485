package io.github.pekkosupervisor.examples.faults;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.supervise.ListedService;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
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
import java.util.Optional;

/** What a supervisor leaves that is killed: processes that are nobody's children, a pipe, and records of them. */
final class LeftBehind {

    private static final int NOBODYS_PID = 4_194_303;

    private final ServiceDirectoryUnderTest service;
    private final String boot = identity((int) ProcessHandle.current().pid()).bootId();

    LeftBehind(ServiceDirectoryUnderTest service) throws IOException {
        this.service = service;
        Files.createDirectories(service.path().resolve("supervise"));
        Files.createDirectories(service.path().resolve("log/supervise"));
    }

    private static ProcessIdentity identity(int pid) {
        return ProcessIdentity.ofRunning(pid).orElseThrow();
    }

    /** Starts {@code run} and {@code log/run}, which are orphans at once, with a FIFO of this name between them. */
    void start(String fifo) throws Exception {
        shell("mkfifo -m 600 " + fifo + "; ./run </dev/null 1<>" + fifo + " 2>/dev/null & echo $! >run.pid; "
                + "cd log; ./run <../" + fifo + " >/dev/null 2>&1 & echo $! >../log.pid");
        Lane.await_("orphans", () -> pid("run.pid") != 0 && pid("log.pid") != 0);
    }

    private void shell(String commands) throws Exception {
        Process shell = new ProcessBuilder(
                        "sh", "-c", "cd \"$0\"; " + commands, service.path().toString())
                .start();
        if (shell.waitFor() != 0) {
            throw new IllegalStateException("sh ended with " + shell.exitValue());
        }
    }

    int pid(String file) {
        try {
            Path pid = service.path().resolve(file);
            String text = Files.exists(pid) ? Files.readString(pid).strip() : "";
            return text.isEmpty() ? 0 : Integer.parseInt(text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The pipe that run has. */
    FileStatus.Id pipe() throws PosixException {
        try (Directory processes = Directory.open(OsString.of("/proc"))) {
            return processes.status(OsString.of(pid("run.pid") + "/fd/1")).id();
        }
    }

    /** That both run, and a control script was about to be started. */
    void recordBoth(boolean script) throws Exception {
        Optional<FileStatus.Id> pipe = Optional.of(pipe());
        Intent intent = new Intent(Program.SCRIPT, identity(pid("run.pid")).startTicks() + 100_000_000L, 1, 1);
        Optional<Script> due =
                script ? Optional.of(new Script('t', Optional.empty(), Optional.of(intent))) : Optional.empty();
        write("", record(pid("run.pid"), Optional.empty(), due, pipe));
        write("log/", record(pid("log.pid"), Optional.empty(), Optional.empty(), pipe));
    }

    /** That the logger runs, and run was about to be started. */
    void recordStart() throws Exception {
        Optional<FileStatus.Id> pipe = Optional.of(pipe());
        Intent intent = new Intent(Program.RUN, identity(pid("run.pid")).startTicks() - 1, 1, 1);
        write("", record(0, Optional.of(intent), Optional.empty(), pipe));
        write("log/", record(pid("log.pid"), Optional.empty(), Optional.empty(), pipe));
    }

    private UnitRecord record(int pid, Optional<Intent> start, Optional<Script> script, Optional<FileStatus.Id> pipe) {
        ServiceStatus status =
                new ServiceStatus(Instant.now(), pid, false, false, Want.UP, pid == 0 ? State.DOWN : State.RUN);
        Optional<Known> process = pid == 0 ? Optional.empty() : Optional.of(new Known(identity(pid), 0, false));
        return new UnitRecord(
                new Supervisor(new ProcessIdentity(NOBODYS_PID, 1, boot), Instant.now()),
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

    /** A line of the list of services. */
    byte[] listed(String name) throws PosixException {
        try (Directory home = Directory.open(OsString.of(service.path().toString()))) {
            return new ListedService(
                            home.status().id(),
                            OsString.of(name),
                            OsString.of(service.path().toString()))
                    .toLine();
        }
    }
}
