package io.github.pekkosupervisor.posix;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.Orphans.Candidate;
import io.github.pekkosupervisor.posix.Orphans.Sign;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that read from a FIFO, and others that only have it too. */
final class ReadersTest {

    private static final String LONG = "sleep " + A_DAY;

    private final Path place;
    private final List<Process> started = new ArrayList<>();
    private FileStatus.Id fifo;

    ReadersTest(@TempDir Path place) {
        this.place = place;
    }

    @BeforeEach
    void make() throws Exception {
        try (Directory directory = Directory.open(OsString.of(place.toString()))) {
            directory.makeFifo(OsString.of("pipe"), 0600);
            fifo = directory.status(OsString.of("pipe")).id();
        }
    }

    @AfterEach
    void endEverything() {
        started.forEach(process -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
    }

    /** Runs a shell command that says when it has come to its end. */
    private Candidate shell(String command) throws IOException {
        Path said = place.resolve("said" + started.size());
        Process process = new ProcessBuilder("sh", "-c", command.replace("SAY", "echo >" + said))
                .directory(place.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        started.add(process);
        await().until(() -> Files.exists(said));
        ProcessIdentity who = ProcessIdentity.ofRunning((int) process.pid()).orElseThrow();
        return new Candidate(who, false, Sign.INPUT);
    }

    @Test
    void who_reads_is_found_wherever_it_is() throws Exception {
        Candidate reader = shell("exec <>pipe; cd /; SAY; exec " + LONG);
        shell("exec 3<>pipe; SAY; exec " + LONG);

        assertThat(Readers.of(fifo)).containsExactly(reader);
    }

    @Test
    void who_writes_to_it_too_is_none() throws Exception {
        shell("exec <>pipe >&0; SAY; exec " + LONG);

        assertThat(Readers.of(fifo)).isEmpty();
    }

    @Test
    void whom_a_reader_has_started_is_none() throws Exception {
        Candidate reader = shell("exec <>pipe; " + LONG + " <&0 & SAY; wait");

        assertThat(Readers.of(fifo)).containsExactly(reader);
    }

    @Test
    void several_are_all_found() throws Exception {
        Candidate one = shell("exec <>pipe; SAY; exec " + LONG);
        Candidate two = shell("exec <>pipe; SAY; exec " + LONG);

        assertThat(Readers.of(fifo)).containsExactlyInAnyOrder(one, two);
    }

    @Test
    void where_processes_cannot_be_seen_it_is_not_said_that_nobody_reads() {
        try (var refused = RefusedCalls.all("openat", "EMFILE")) {
            assertThatExceptionOfType(PosixException.class).isThrownBy(() -> Readers.of(fifo));
            assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
        }
    }
}
