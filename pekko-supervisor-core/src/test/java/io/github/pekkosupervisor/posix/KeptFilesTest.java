package io.github.pekkosupervisor.posix;

import static io.github.pekkosupervisor.testing.Programs.sh;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.testing.ProcessView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are written again and again, and pipes with names: what outlives a JVM. */
final class KeptFilesTest {

    private static final OsString NAME = OsString.of("name");
    private static final OsString SPARE = OsString.of("spare");
    private static final OsString PIPE = OsString.of("pipe");

    private final Path path;
    private final Directory directory;

    KeptFilesTest(@TempDir Path path) throws PosixException {
        this.path = path;
        this.directory = Directory.open(OsString.of(path.toString()));
    }

    @AfterEach
    void close() {
        directory.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }

    @Nested
    class Exchange {

        @Test
        void each_file_has_the_name_of_the_other() throws Exception {
            Files.writeString(path.resolve("name"), "old");
            Files.writeString(path.resolve("spare"), "new");

            assertThat(directory.exchange(SPARE, NAME)).isTrue();

            assertThat(path.resolve("name")).hasContent("new");
            assertThat(path.resolve("spare")).hasContent("old");
        }

        @Test
        void nothing_is_done_where_one_is_missing() throws Exception {
            Files.writeString(path.resolve("spare"), "new");

            assertThat(directory.exchange(SPARE, NAME)).isFalse();
            assertThat(directory.exchange(NAME, SPARE)).isFalse();

            assertThat(path.resolve("spare")).hasContent("new");
            assertThat(path.resolve("name")).doesNotExist();
        }

        @ParameterizedTest
        @ValueSource(strings = {"EINVAL", "ENOSYS"})
        void nothing_is_done_where_the_system_cannot(String errno) throws Exception {
            Files.writeString(path.resolve("name"), "old");
            Files.writeString(path.resolve("spare"), "new");

            try (var refused = RefusedCalls.next("renameat2", errno)) {
                assertThat(directory.exchange(SPARE, NAME)).isFalse();
                assertThat(refused.left()).isZero();
            }

            assertThat(path.resolve("name")).hasContent("old");
        }

        @Test
        void what_else_goes_wrong_is_told() throws Exception {
            Files.writeString(path.resolve("name"), "old");
            Files.writeString(path.resolve("spare"), "new");

            try (var refused = RefusedCalls.next("renameat2", "EROFS")) {
                assertThatExceptionOfType(PosixException.class)
                        .isThrownBy(() -> directory.exchange(SPARE, NAME))
                        .withMessage("renameat2 spare and name: Read-only file system (EROFS)");
                assertThat(refused.left()).isZero();
            }
        }
    }

    @Nested
    class WriteAt {

        @Test
        void bytes_are_written_at_their_place_and_the_rest_stays() throws Exception {
            Files.writeString(path.resolve("name"), "0123456789");

            try (Descriptor file = directory.openOwn(NAME, 0600)) {
                file.writeAt(bytes("abc"), 4);
                file.write(bytes("x"));
            }

            assertThat(path.resolve("name")).hasContent("x123abc789");
        }

        @Test
        void it_is_told_what_is_refused() throws Exception {
            try (Descriptor file = directory.openOwn(NAME, 0600);
                    var refused = RefusedCalls.next("pwrite", "ENOSPC")) {
                assertThatExceptionOfType(PosixException.class)
                        .isThrownBy(() -> file.writeAt(bytes("abc"), 4))
                        .withMessageContaining("pwrite descriptor ")
                        .withMessageContaining("ENOSPC");
                assertThat(refused.left()).isZero();
            }
        }

        @Test
        void a_signal_in_between_is_nothing() throws Exception {
            try (Descriptor file = directory.openOwn(NAME, 0600);
                    var refused = RefusedCalls.next("pwrite", "EINTR")) {
                file.writeAt(bytes("abc"), 0);
                assertThat(refused.left()).isZero();
            }
            assertThat(path.resolve("name")).hasContent("abc");
        }
    }

    @Nested
    class Fifos {

        @Test
        void a_reader_finds_what_was_written_and_no_end_while_it_is_open_both_ways() throws Exception {
            directory.makeFifo(PIPE, 0600);
            try (Descriptor reader = directory.openFifoToRead(PIPE)) {
                try (Descriptor both = directory.openFifoBothWays(PIPE)) {
                    both.write(bytes("line\n"));

                    assertThat(reader.read(100)).isEqualTo(bytes("line\n"));
                    reader.makeNonBlocking();
                    assertThat(reader.tryRead(100)).isEmpty();
                }
                assertThat(reader.tryRead(100)).hasValue(new byte[0]);
            }
        }

        /** A shell that reads from one that nobody has written to waits, as from any pipe. */
        @Test
        void reads_wait() throws Exception {
            directory.makeFifo(PIPE, 0600);
            try (Posix posix = Posix.open(PosixSettings.defaults());
                    Descriptor both = directory.openFifoBothWays(PIPE);
                    Descriptor reader = directory.openFifoToRead(PIPE)) {
                ChildProcess process = posix.spawn(new SpawnRequest(
                        sh("read line; exit ${line}"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(reader),
                        Optional.empty(),
                        Optional.empty(),
                        SpawnRequest.Grouping.INHERIT));
                await().until(() -> ProcStat.of(process.pid()).orElseThrow().state() == 'S');

                both.write(bytes("7\n"));

                assertThat(process.exit().toCompletableFuture().get()).isEqualTo(ExitStatus.ofCode(7));
            }
        }

        @Test
        void nothing_but_a_fifo_is_opened_and_no_link_is_followed() throws Exception {
            Files.writeString(path.resolve("name"), "a file");
            directory.makeFifo(PIPE, 0600);
            directory.makeLink(OsString.of("link"), PIPE);
            List<String> before = ProcessView.ofThisJvm().openFiles();

            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> directory.openFifoBothWays(NAME))
                    .withMessage("openat name: is not a FIFO (EINVAL)");
            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> directory.openFifoToRead(NAME))
                    .withMessage("openat name: is not a FIFO (EINVAL)");
            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> directory.openFifoToRead(OsString.of("link")))
                    .withMessageContaining("ELOOP");
            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> directory.openFifoBothWays(SPARE))
                    .withMessageContaining("ENOENT");

            ProcessView.ofThisJvm().awaitNoneBesides(before);
        }
    }

    /** What is seen of another process, and taken from it. */
    @Nested
    class Others {

        private Foster childInThePlace() throws Exception {
            return Foster.of(
                    Foster.Parent.PROMPT,
                    List.of("sh", "-c", "cd \"$1\"; shift; exec \"$@\"", "sh", path.toString()),
                    "read line; exit 0");
        }

        @Test
        void its_directory_and_what_it_has_open_are_known() throws Exception {
            try (Foster foster = childInThePlace()) {
                OtherProcess other = new OtherProcess(foster.child());
                FileStatus.Id here = directory.status().id();

                await().until(() -> other.workingDirectory().id().equals(here));
                assertThat(other.descriptor(0).isFifo()).isTrue();
                assertThatExceptionOfType(PosixException.class)
                        .isThrownBy(() -> other.descriptor(200))
                        .satisfies(e -> assertThat(e.errno()).isEqualTo("ENOENT"));
            }
        }

        @Test
        void its_pipe_is_opened_again() throws Exception {
            try (Foster foster = Foster.of(Foster.Parent.PROMPT, List.of(), "read line; exit ${line}")) {
                OtherProcess other = new OtherProcess(foster.child());
                // before that it is what a shell gives who is in the background
                await().until(() -> other.descriptor(0).isFifo());
                try (Descriptor both = other.reopenBothWays(0);
                        Descriptor reader = other.reopenToRead(0)) {
                    assertThat(both.status().id()).isEqualTo(other.descriptor(0).id());
                    assertThat(reader.status().id())
                            .isEqualTo(other.descriptor(0).id());
                    both.write(bytes("0\n"));
                    await().until(() -> !foster.child().exists());
                }
            }
        }

        @Test
        void what_is_no_pipe_is_not_opened() throws Exception {
            try (Foster foster = Foster.of(Foster.Parent.PROMPT, List.of(), "exec 5</dev/null; read line")) {
                OtherProcess other = new OtherProcess(foster.child());
                await().until(() ->
                        Files.exists(Path.of("/proc/" + foster.child().pid() + "/fd/5")));

                assertThatExceptionOfType(PosixException.class)
                        .isThrownBy(() -> other.reopenBothWays(5))
                        .withMessageContaining("is not a FIFO (EINVAL)");
            }
        }

        @Test
        void of_another_process_with_its_number_nothing_is_told() throws Exception {
            ProcessIdentity own = ProcessIdentity.ofRunning(OwnProcess.pid()).orElseThrow();
            OtherProcess other = new OtherProcess(new ProcessIdentity(own.pid(), own.startTicks() - 1, own.bootId()));
            List<String> before = ProcessView.ofThisJvm().openFiles();

            try (Pipe pipe = Pipe.open()) {
                assertThatExceptionOfType(PosixException.class)
                        .isThrownBy(() -> other.reopenToRead(pipe.readEnd().number()))
                        .withMessageContaining("ESRCH");
            }
            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(other::workingDirectory)
                    .withMessageContaining("ESRCH");

            ProcessView.ofThisJvm().awaitNoneBesides(before);
        }
    }
}
