package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.StateFiles;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What {@code supervise/.state} of real services says of their past, and {@code pekko-supervisor status} after it. */
@Execution(ExecutionMode.CONCURRENT)
class RunHistoryFileTest extends InTree {

    private static final String SLEEP = "exec sleep 1000";
    private static final String STATE = "supervise/.state";
    private static final ExitStatus KILLED = ExitStatus.ofSignal(9);

    @Test
    void killed_service_shows_a_restart_and_the_signal() throws Exception {
        Service web = tree.service("web").script("run", SLEEP);
        tree.start();
        kill(web.awaitRun());

        await(web::record, 1, KILLED);

        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(web.path().resolve(STATE))))
                .isEqualTo("rw-r--r--");
        assertThat(status("--json")).contains(",\"restarts\":1,\"lastExit\":{\"signal\":\"KILL\",\"core\":false},");
        assertThat(status())
                .contains("  RESTARTS  LAST EXIT    LOG  NOTES\n")
                .containsPattern("s {2,}1         signal KILL\n");
    }

    @Test
    void service_that_has_not_ended_shows_none_whatever_a_former_supervisor_left() throws IOException {
        Service web = tree.service("web").script("run", SLEEP).file(STATE);
        // of another boot; what one of this boot has left goes on
        Files.write(web.path().resolve(STATE), of(7, KILLED, new ProcessIdentity(1, 1, "another boot")));

        tree.start();
        web.awaitRun();

        patiently()
                .until(() ->
                        web.record().filter(RunHistoryFileTest::hasNotEnded).isPresent());
    }

    @Test
    void finish_is_no_run() throws IOException {
        Service web = tree.service("web").script("run", "exit 3").script("finish", "exit 4");
        tree.start();

        patiently()
                .until(() ->
                        web.record().map(record -> record.past().restarts()).orElse(0) >= 2);

        assertThat(web.record().flatMap(record -> record.past().lastEnd()).map(UnitRecord.End::status))
                .contains(ExitStatus.ofCode(3));
    }

    @Test
    void logger_has_a_history_of_its_own() throws IOException {
        Service web = tree.service("web").script("run", SLEEP).script("log/run", "exec cat >/dev/null");
        tree.start();
        web.awaitRun();
        kill(web.awaitLogRun());

        await(web::logRecord, 1, KILLED);

        assertThat(web.record())
                .hasValueSatisfying(record -> assertThat(hasNotEnded(record)).isTrue());
    }

    @Test
    void file_that_cannot_be_written_is_warned_of_once_and_nothing_else_changes() throws IOException {
        Service web = tree.service("web").script("run", SLEEP).file(STATE + "/in-the-way");
        tree.start();
        int first = web.awaitRun();
        kill(first);
        patiently().until(() -> web.awaitRun() != first);
        int second = web.awaitRun();
        kill(second);
        patiently().until(() -> web.awaitRun() != second);

        assertThat(tree.messages())
                .containsExactly(
                        "runsv web: warning: unable to write supervise/.state for a successor: is a directory\n");
    }

    @Test
    void status_does_not_know_what_nobody_living_has_written() throws Exception {
        Service web = tree.service("web").script("run", SLEEP);
        tree.start();
        int first = web.awaitRun();
        kill(first);
        patiently().until(() -> web.awaitRun() != first);
        await(web::record, 1, KILLED);
        ProcessIdentity gone = new ProcessIdentity(living().pid(), 1, living().bootId());

        Files.write(web.path().resolve(STATE), of(1, KILLED, gone));
        assertThat(status("--json")).contains(",\"restarts\":null,\"lastExit\":null,");
        Files.writeString(web.path().resolve(STATE), "nonsense\n");
        assertThat(status("--json")).contains(",\"restarts\":null,\"lastExit\":null,");
        Files.delete(web.path().resolve(STATE));
        assertThat(status("--json")).contains(",\"restarts\":null,\"lastExit\":null,");
        assertThat(status()).containsPattern("s {2,}-         -\n");
    }

    private static boolean hasNotEnded(UnitRecord record) {
        return record.past().restarts() == 0
                && record.past().lastEnd().isEmpty()
                && record.supervisor().identity().equals(living());
    }

    /** What a former supervisor may have left. */
    private static byte[] of(int restarts, ExitStatus end, ProcessIdentity supervisor) {
        return StateFiles.of(
                new UnitRecord(
                        new UnitRecord.Supervisor(supervisor, Instant.EPOCH),
                        new ServiceStatus(
                                Instant.EPOCH, 0, false, false, ServiceStatus.Want.UP, ServiceStatus.State.DOWN),
                        UnitRecord.Pending.NOTHING,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        new UnitRecord.Past(
                                restarts,
                                Optional.empty(),
                                Optional.of(new UnitRecord.End(end, Duration.ZERO, Instant.EPOCH))),
                        Optional.empty()),
                8);
    }

    private static ProcessIdentity living() {
        return ProcessIdentity.ofRunning((int) ProcessHandle.current().pid()).orElseThrow();
    }

    private static void await(Callable<Optional<UnitRecord>> written, int restarts, ExitStatus end) {
        patiently()
                .until(() -> written.call()
                        .filter(record -> record.past().restarts() == restarts
                                && record.past()
                                        .lastEnd()
                                        .map(UnitRecord.End::status)
                                        .equals(Optional.of(end))
                                && record.supervisor().identity().equals(living()))
                        .isPresent());
    }

    private static void kill(int pid) {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }

    private String status(String... options) throws IOException, InterruptedException {
        ProcessBuilder command = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.github.pekkosupervisor.runit.launcher.Main",
                "status");
        command.command().addAll(List.of(options));
        command.command().add(temp.toString());
        Process status = command.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String text = new String(status.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(status.waitFor()).isZero();
        return text;
    }
}
