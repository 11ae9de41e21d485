package io.github.pekkosupervisor.runit.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusFilesTest {

    @TempDir
    private Path temp;

    private final List<String> said = new ArrayList<>();
    private final Reporter reporter = new Reporter("runsv", OsString.of("web"), line -> said.add(line.toString()));
    private Directory home;
    private StatusFiles files;

    @BeforeEach
    void open() throws PosixException, IOException {
        Files.createDirectory(temp.resolve("supervise"));
        home = Directory.open(OsString.of(temp.toString()));
        files = new StatusFiles(home, "supervise/", -1, new Complaints());
    }

    @AfterEach
    void close() {
        home.close();
    }

    private static ServiceStatus running(int pid) {
        return new ServiceStatus(Instant.ofEpochSecond(pid), pid, false, false, Want.UP, State.RUN);
    }

    private static ServiceStatus leaving(int pid) {
        return new ServiceStatus(Instant.ofEpochSecond(pid), pid, true, true, Want.DOWN, State.RUN);
    }

    private void write(ServiceStatus status) {
        assertThat(files.write(status, false, reporter)).isTrue();
    }

    private Path file(String name) {
        return temp.resolve("supervise").resolve(name);
    }

    private Set<String> names() throws IOException {
        try (Stream<Path> found = Files.list(temp.resolve("supervise"))) {
            Set<String> names = new HashSet<>();
            found.forEach(path -> names.add(path.getFileName().toString()));
            return names;
        }
    }

    private void assertTold(ServiceStatus status) throws IOException {
        assertThat(file("pid")).hasBinaryContent(status.toPid());
        assertThat(file("stat")).hasBinaryContent(status.toStat());
        assertThat(file("status")).hasBinaryContent(StatusBytes.of(status));
    }

    private Object inode(String name) throws IOException {
        return Files.getAttribute(file(name), "unix:ino");
    }

    @Test
    void first_of_each_leaves_nothing_beside_it() throws IOException {
        write(running(7));

        assertTold(running(7));
        assertThat(names()).containsExactlyInAnyOrder("pid", "stat", "status");
    }

    @Test
    void longer_and_shorter_ones_follow_each_other_whole() throws IOException {
        List<ServiceStatus> statuses = List.of(
                running(7), leaving(1234567), running(8), leaving(99), running(4194303), leaving(0), running(1));

        assertThat(statuses).allSatisfy(status -> {
            write(status);
            assertTold(status);
            write(status);
            assertTold(status);
        });
        assertThat(said).isEmpty();
    }

    @Test
    void no_inode_comes_or_goes_with_a_restart() throws IOException {
        write(running(1));
        write(running(2));
        Set<Object> before = inodes();

        for (int pid = 3; pid < 100; pid++) {
            write(running(pid));
        }

        assertThat(inodes()).isEqualTo(before).hasSize(5);
        assertThat(names()).containsExactlyInAnyOrder("pid", "stat", "status", ".pid", ".status");
    }

    private Set<Object> inodes() throws IOException {
        Set<Object> inodes = new HashSet<>();
        for (String name : names()) {
            inodes.add(inode(name));
        }
        return inodes;
    }

    @Test
    void who_has_opened_one_reads_all_of_it() throws IOException {
        write(running(1));
        write(running(2));
        try (var open = Files.newInputStream(file("status"))) {
            write(running(3));

            assertThat(open.readAllBytes()).isEqualTo(StatusBytes.of(running(2)));
        }
    }

    @Test
    void who_reads_meanwhile_always_finds_one_and_whole() throws Exception {
        write(running(10_001));
        AtomicBoolean over = new AtomicBoolean();
        List<String> wrong = new ArrayList<>();
        Thread reader = new Thread(() -> {
            while (!over.get()) {
                try {
                    byte[] bytes = Files.readAllBytes(file("status"));
                    StatusBytes read = new StatusBytes();
                    read.read(bytes);
                    if (bytes.length != StatusBytes.LENGTH || read.pid() + Tai64n.label(0) != read.label()) {
                        wrong.add(bytes.length + " bytes, pid " + read.pid());
                    }
                    String pid = Files.readString(file("pid"));
                    if (!pid.matches("1[0-9]{4}\n")) {
                        wrong.add("pid " + pid);
                    }
                } catch (IOException e) {
                    wrong.add(e.toString());
                }
            }
        });
        reader.start();

        for (int pid = 10_002; pid < 15_000; pid++) {
            write(running(pid));
        }
        over.set(true);
        reader.join();

        assertThat(wrong).isEmpty();
    }

    @Test
    void stat_that_would_say_the_same_stays() throws IOException {
        write(running(1));
        Files.setLastModifiedTime(file("stat"), FileTime.fromMillis(0));
        write(running(2));

        assertThat(Files.getLastModifiedTime(file("stat"))).isEqualTo(FileTime.fromMillis(0));
    }

    @Test
    void one_that_was_deleted_comes_again() throws IOException {
        write(running(1));
        write(running(2));
        Files.delete(file("status"));
        Files.delete(file(".status"));

        write(running(3));
        assertTold(running(3));
        write(running(4));
        assertTold(running(4));
        assertThat(said).isEmpty();
    }

    @Test
    void modes_are_as_ever() throws IOException {
        write(running(1));
        write(leaving(2));
        write(running(3));

        for (String name : names()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(name))))
                    .isEqualTo("rw-r--r--");
        }
    }

    @Test
    void our_own_pid_is_not_told() throws IOException {
        files.write(running(1), true, reporter);

        assertThat(file("pid")).isEmptyFile();
        assertThat(file("stat")).hasContent("run\n");
    }

    @Test
    void what_cannot_be_written_is_told_once_in_the_words_of_runsv() throws IOException {
        Files.createDirectories(file("pid.new"));

        assertThat(files.write(running(1), false, reporter)).isFalse();
        assertThat(files.write(running(1), false, reporter)).isFalse();
        Files.delete(file("pid.new"));
        write(running(1));

        assertThat(said).containsExactly("runsv web: warning: unable to open supervise/pid.new: is a directory\n");
    }
}
