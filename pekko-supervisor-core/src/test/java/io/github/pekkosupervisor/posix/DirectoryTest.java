package io.github.pekkosupervisor.posix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.pekkosupervisor.posix.Directory.Links;
import io.github.pekkosupervisor.testing.ProcessView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DirectoryTest {

    private static final int LIMIT = 1 << 20;

    private final Path path;
    private final Directory directory;

    DirectoryTest(@TempDir Path path) throws PosixException {
        this.path = path;
        this.directory = Directory.open(OsString.of(path.toString()));
    }

    @AfterEach
    void close() {
        directory.close();
    }

    static Stream<OsString> oddNames() {
        return Stream.of(
                OsString.of("line\nbreak"),
                OsString.of("quote\"'`"),
                OsString.of("-rf"),
                OsString.of(" "),
                OsString.of("back\\slash*?"),
                OsString.of("ünïcödé"),
                OsString.of(new byte[] {(byte) 0xff, (byte) 0xc3, 0x01}),
                OsString.of("x".repeat(255)));
    }

    @Nested
    class Names {

        @Test
        void all_names_are_listed_byte_for_byte_without_dot_and_dot_dot() throws PosixException {
            for (OsString name : oddNames().toList()) {
                directory.openTruncated(name, 0600).close();
            }

            List<OsString> listed = directory.list();

            assertThat(listed).containsExactlyInAnyOrderElementsOf(oddNames().toList());
        }

        @ParameterizedTest
        @MethodSource("io.github.pekkosupervisor.posix.DirectoryTest#oddNames")
        void any_name_serves_for_every_kind_of_file(OsString name) throws PosixException {
            OsString other = OsString.of("other");
            directory.makeFifo(name, 0600);
            FileStatus fifo = directory.status(name);
            directory.rename(name, other);

            directory.makeDirectory(name, 0700);

            assertThat(directory.status(name).isDirectory()).isTrue();
            assertThat(directory.status(other)).isEqualTo(fifo);
        }

        @Test
        void a_directory_of_two_thousand_names_is_listed_whole() throws IOException {
            for (int i = 0; i < 2000; i++) {
                Files.createFile(path.resolve("name" + i));
            }

            List<OsString> listed = directory.list();

            assertThat(listed)
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 2000)
                            .mapToObj(i -> OsString.of("name" + i))
                            .toList());
        }

        @Test
        void an_empty_directory_has_no_names() throws PosixException {
            assertThat(directory.list()).isEmpty();
        }

        @Test
        void listing_again_begins_anew() throws IOException {
            Files.createFile(path.resolve("a"));
            List<OsString> first = directory.list();

            List<OsString> second = directory.list();

            assertThat(second).isEqualTo(first);
        }
    }

    @Nested
    class Opening {

        @Test
        void names_are_resolved_in_the_directory_wherever_it_has_moved() throws IOException {
            Path before = Files.createDirectory(path.resolve("before"));
            try (Directory open = Directory.open(OsString.of(before.toString()))) {
                Path after = Files.move(before, path.resolve("after"));

                open.makeFifo(OsString.of("here"), 0600);

                assertThat(after.resolve("here")).exists();
                assertThat(open.path()).hasToString(before.toString());
            }
        }

        @Test
        void a_directory_below_is_opened_through_a_link() throws IOException {
            Files.createDirectory(path.resolve("real"));
            Files.writeString(path.resolve("real/file"), "content");
            Files.createSymbolicLink(path.resolve("link"), Path.of("real"));

            try (Directory below = directory.directory(OsString.of("link"))) {
                assertThat(below.list()).containsExactly(OsString.of("file"));
                assertThat(below.path()).isEqualTo(directory.path().plus("/link"));
            }
        }

        @Test
        void a_directory_that_may_not_be_searched_is_refused() throws IOException {
            Path closed = Files.createDirectory(path.resolve("closed"));
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rw-------"));
            assumeThat(Files.isExecutable(closed)).as("root may search it").isFalse();

            assertRefused("EACCES", () -> directory.directory(OsString.of("closed")));
        }

        @Test
        void a_closed_directory_cannot_be_used() throws PosixException {
            Directory closed = Directory.open(OsString.of(path.toString()));
            closed.close();
            closed.close();

            assertThatIllegalStateException().isThrownBy(closed::list).withMessageContaining("already closed");
        }
    }

    @Nested
    class Refusals {

        static Stream<OsString> awkward() {
            return Stream.of(OsString.of("missing"), OsString.of("missing/below"));
        }

        @ParameterizedTest
        @MethodSource("awkward")
        void what_is_not_there_is_enoent(OsString name) {
            assertRefused("ENOENT", () -> directory.openRead(name));
            assertRefused("ENOENT", () -> directory.status(name));
            assertRefused("ENOENT", () -> directory.readLink(name));
            assertRefused("ENOENT", () -> directory.readFile(name, LIMIT, Links.FOLLOW));
            assertRefused("ENOENT", () -> directory.directory(name));
            assertRefused("ENOENT", () -> directory.rename(name, OsString.of("other")));
        }

        @Test
        void a_file_used_as_a_directory_is_enotdir() throws IOException {
            Files.createFile(path.resolve("file"));

            assertRefused("ENOTDIR", () -> directory.directory(OsString.of("file")));
            assertRefused("ENOTDIR", () -> directory.openRead(OsString.of("file/below")));
        }

        @Test
        void a_link_to_itself_is_eloop() throws IOException {
            Files.createSymbolicLink(path.resolve("loop"), Path.of("loop"));

            assertRefused("ELOOP", () -> directory.openRead(OsString.of("loop")));
            assertRefused("ELOOP", () -> directory.directory(OsString.of("loop")));
        }

        @Test
        void a_fifo_that_nobody_reads_is_enxio_and_nobody_waits() throws PosixException {
            directory.makeFifo(OsString.of("fifo"), 0600);

            assertRefused("ENXIO", () -> directory.openAppend(OsString.of("fifo"), 0600));
        }

        @Test
        void a_name_that_is_taken_is_left_alone() throws IOException {
            Files.createFile(path.resolve("file"));

            assertThat(directory.makeFifo(OsString.of("file"), 0600)).isFalse();
            assertThat(directory.makeDirectory(OsString.of("file"), 0700)).isFalse();
            assertThat(path.resolve("file")).isRegularFile();
        }

        @Test
        void a_directory_used_as_a_file_is_eisdir() throws IOException {
            Files.createDirectory(path.resolve("below"));

            assertRefused("EISDIR", () -> directory.openTruncated(OsString.of("below"), 0600));
            assertRefused("EISDIR", () -> directory.readFile(OsString.of("below"), LIMIT, Links.FOLLOW));
        }

        @ParameterizedTest
        @ValueSource(ints = {256, 5000, 20_000})
        void a_name_that_is_too_long_is_enametoolong(int length) {
            OsString name = OsString.of("x".repeat(length));

            assertRefused("ENAMETOOLONG", () -> directory.openRead(name));
            assertRefused("ENAMETOOLONG", () -> directory.makeFifo(name, 0600));
            assertRefused("ENAMETOOLONG", () -> directory.makeDirectory(name, 0700));
            assertRefused("ENAMETOOLONG", () -> directory.status(name));
            assertRefused("ENAMETOOLONG", () -> directory.readLink(name));
            assertRefused("ENAMETOOLONG", () -> directory.rename(name, name));
        }

        @Test
        void a_refusal_names_call_argument_and_meaning() {
            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> directory.openRead(OsString.of("missing")))
                    .satisfies(refused -> {
                        assertThat(refused.call()).isEqualTo("openat");
                        assertThat(refused.argument()).isEqualTo("missing");
                        assertThat(refused).hasMessage("openat missing: No such file or directory (ENOENT)");
                    });
        }
    }

    @Nested
    class Contents {

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 4095, 4096, 4097, 100_000})
        void a_file_is_read_whole(int length) throws IOException {
            String content = "x".repeat(length);
            Files.writeString(path.resolve("file"), content);

            byte[] read = directory.readFile(OsString.of("file"), LIMIT, Links.FOLLOW);

            assertThat(read).asString(UTF_8).isEqualTo(content);
        }

        @Test
        void truncated_appended_and_overwritten_files_keep_what_their_names_say() throws IOException {
            Files.writeString(path.resolve("truncated"), "before");
            Files.writeString(path.resolve("appended"), "before");
            Files.writeString(path.resolve("overwritten"), "before");

            write(directory.openTruncated(OsString.of("truncated"), 0600));
            write(directory.openAppend(OsString.of("appended"), 0600));
            write(directory.openOverwrite(OsString.of("overwritten"), 0600));

            assertThat(path.resolve("truncated")).hasContent("new");
            assertThat(path.resolve("appended")).hasContent("beforenew");
            assertThat(path.resolve("overwritten")).hasContent("newore");
        }

        @ParameterizedTest
        @ValueSource(ints = {0600, 0644, 0666, 0777})
        void modes_of_what_is_created_are_reduced_by_the_umask(int mode) throws PosixException {
            int umask = Integer.parseInt(ProcessView.ofThisJvm().status("Umask"), 8);

            directory.makeFifo(OsString.of("fifo"), mode);
            directory.makeDirectory(OsString.of("directory"), mode);
            directory.openTruncated(OsString.of("truncated"), mode).close();
            directory.openAppend(OsString.of("appended"), mode).close();
            directory.openOverwrite(OsString.of("overwritten"), mode).close();

            assertThat(Stream.of("fifo", "directory", "truncated", "appended", "overwritten"))
                    .extracting(name -> directory.status(OsString.of(name)).mode() & 0777)
                    .containsOnly(mode & ~umask);
        }

        @Test
        void a_rename_replaces_and_keeps_the_files_identity() throws IOException {
            Files.writeString(path.resolve("new"), "new");
            Files.writeString(path.resolve("old"), "old");
            FileStatus.Id id = directory.status(OsString.of("new")).id();

            directory.rename(OsString.of("new"), OsString.of("old"));

            assertThat(directory.status(OsString.of("old")).id()).isEqualTo(id);
            assertThat(directory.list()).containsExactly(OsString.of("old"));
            assertThat(path.resolve("old")).hasContent("new");
        }

        @Test
        void the_kind_of_a_file_is_told() throws IOException {
            Files.createFile(path.resolve("file"));
            Files.setPosixFilePermissions(path.resolve("file"), PosixFilePermissions.fromString("rwxr--r--"));
            directory.makeFifo(OsString.of("fifo"), 0600);

            FileStatus file = directory.status(OsString.of("file"));
            FileStatus fifo = directory.status(OsString.of("fifo"));

            assertThat(List.of(file.isRegularFile(), file.isOwnerExecutable(), file.isFifo(), file.isDirectory()))
                    .containsExactly(true, true, false, false);
            assertThat(List.of(fifo.isRegularFile(), fifo.isOwnerExecutable(), fifo.isFifo(), fifo.isDirectory()))
                    .containsExactly(false, false, true, false);
            assertThat(directory.status().isDirectory()).isTrue();
        }

        @Test
        void size_time_and_inode_are_those_of_the_file() throws IOException {
            Path file = Files.writeString(path.resolve("file"), "12345");
            Instant time = Instant.ofEpochSecond(1_000_000_000L, 123_456_789);
            Files.setLastModifiedTime(file, FileTime.from(time));

            FileStatus status = directory.status(OsString.of("file"));

            assertThat(status.size()).isEqualTo(5);
            assertThat(status.modified()).isEqualTo(time);
            assertThat(status.id().inode()).isEqualTo(Files.getAttribute(file, "unix:ino"));
        }

        @Test
        void a_link_is_followed_by_status_and_shown_by_link_status() throws IOException {
            Files.createFile(path.resolve("file"));
            Files.createSymbolicLink(path.resolve("link"), Path.of("file"));

            assertThat(directory.status(OsString.of("link"))).isEqualTo(directory.status(OsString.of("file")));
            assertThat(directory.linkStatus(OsString.of("link")).isRegularFile())
                    .isFalse();
            assertThat(directory.readLink(OsString.of("link"))).hasToString("file");
        }
    }

    @Test
    void a_directory_that_has_moved_is_reached_by_its_lasting_path() throws Exception {
        Files.createDirectory(path.resolve("before"));
        try (Directory moved = directory.directory(OsString.of("before"))) {
            Files.move(path.resolve("before"), path.resolve("after"));
            Files.createFile(path.resolve("after/file"));

            try (Directory again = Directory.open(moved.lastingPath())) {
                assertThat(again.list()).containsExactly(OsString.of("file"));
            }
        }
    }

    /** One that has a descriptor only while it is used. */
    @Nested
    class Resting {

        private Directory made;
        private Descriptor inIt;

        @BeforeEach
        void make() throws IOException {
            Files.createDirectories(path.resolve("made/in"));
            Files.createFile(path.resolve("made/in/file"));
            made = Directory.open(OsString.of(path.resolve("made").toString()));
            inIt = made.openReadWrite(OsString.of("in/file"));
            made.mayRest(inIt, OsString.of("in/file"));
        }

        @AfterEach
        void close() {
            made.close();
            inIt.close();
        }

        private long descriptorsOf(Path place) throws IOException {
            try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
                return open.filter(one -> leadsTo(one, place)).count();
            }
        }

        private boolean leadsTo(Path descriptor, Path place) {
            try {
                return Files.readSymbolicLink(descriptor).equals(place.toRealPath());
            } catch (IOException e) {
                return false;
            }
        }

        private void rest() throws IOException {
            Directory.letAllRest();
            assertThat(descriptorsOf(path.resolve("made"))).isZero();
        }

        @Test
        void it_is_opened_again_when_it_is_used() throws Exception {
            FileStatus.Id id = made.status().id();
            rest();

            assertThat(made.list()).containsExactly(OsString.of("in"));
            assertThat(made.status().id()).isEqualTo(id);
            assertThat(descriptorsOf(path.resolve("made"))).isOne();
        }

        @Test
        void it_is_found_where_it_has_been_moved_to() throws Exception {
            rest();
            Files.move(path.resolve("made"), path.resolve("moved"));

            assertThat(made.list()).containsExactly(OsString.of("in"));
            assertThat(made.realPath())
                    .hasToString(path.resolve("moved").toRealPath().toString());
        }

        @Test
        void another_one_that_has_its_path_is_not_taken_for_it() throws Exception {
            rest();
            Files.move(path.resolve("made"), path.resolve("moved"));
            Files.createDirectories(path.resolve("made/other"));

            assertThat(made.list()).containsExactly(OsString.of("in"));
        }

        @Test
        void one_that_is_gone_is_not_there() throws Exception {
            rest();
            Files.delete(path.resolve("made/in/file"));
            Files.delete(path.resolve("made/in"));
            Files.delete(path.resolve("made"));

            assertRefused("ENOENT", made::list);
            Files.createDirectories(path.resolve("made/in"));
            assertRefused("ENOENT", made::list);
        }

        @Test
        void it_does_not_rest_while_it_is_used() throws Exception {
            int number = made.begin();

            Directory.letAllRest();

            assertThat(Files.readSymbolicLink(Path.of("/proc/self/fd/" + number)))
                    .isEqualTo(path.resolve("made").toRealPath());
            made.end();
            rest();
        }

        @Test
        void it_does_not_rest_any_more_when_its_lasting_path_has_been_asked_for() throws Exception {
            rest();
            Path lasting = Path.of(made.lastingPath().toString());

            Directory.letAllRest();

            assertThat(Files.readSymbolicLink(lasting))
                    .isEqualTo(path.resolve("made").toRealPath());
        }

        @Test
        void one_that_is_closed_is_not_opened_again() throws Exception {
            rest();
            made.close();

            assertThatIllegalStateException().isThrownBy(made::list).withMessageContaining("closed");
            assertThat(descriptorsOf(path.resolve("made"))).isZero();
        }

        @Test
        void those_that_were_used_last_have_a_descriptor() throws Exception {
            Directory.letAllRest();
            List<Directory> all = new ArrayList<>();
            for (int i = 0; i < AwakeDirectories.MOST + 8; i++) {
                all.add(resting("many" + i));
            }
            int open = 0;
            for (int i = 0; i < all.size(); i++) {
                open += (int) descriptorsOf(path.resolve("many" + i));
            }
            all.forEach(Directory::close);

            assertThat(open).isEqualTo(AwakeDirectories.MOST);
        }

        private Directory resting(String name) throws IOException {
            Files.createDirectory(path.resolve(name));
            Directory one = Directory.open(OsString.of(path.resolve(name).toString()));
            one.mayRest(inIt, OsString.of("in/file"));
            return one;
        }

        /** Many threads, and more directories than may have a descriptor: each answer is of the right one. */
        @Test
        void many_are_used_at_once() throws Exception {
            List<Directory> all = new ArrayList<>();
            List<FileStatus.Id> ids = new ArrayList<>();
            for (int i = 0; i < 2 * AwakeDirectories.MOST; i++) {
                Directory one = resting("many" + i);
                all.add(one);
                ids.add(one.status().id());
            }
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                List<Future<Boolean>> right = new ArrayList<>();
                for (int thread = 0; thread < 8; thread++) {
                    Random random = new Random(thread);
                    right.add(threads.submit(() -> {
                        for (int round = 0; round < 2000; round++) {
                            int which = random.nextInt(all.size());
                            if (!all.get(which).status(OsString.of(".")).id().equals(ids.get(which))) {
                                return false;
                            }
                        }
                        return true;
                    }));
                }
                for (Future<Boolean> one : right) {
                    assertThat(one.get()).isTrue();
                }
            } finally {
                threads.shutdown();
                all.forEach(Directory::close);
            }
        }
    }

    @Test
    void a_file_gets_exactly_the_mode_that_is_asked_for() throws Exception {
        Files.createFile(path.resolve("file"));

        directory.setMode(OsString.of("file"), 0744);

        assertThat(Files.getPosixFilePermissions(path.resolve("file")))
                .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rwxr--r--"));
        assertRefused("ENOENT", () -> directory.setMode(OsString.of("none"), 0744));
    }

    private static void write(Descriptor file) throws PosixException {
        file.write("new".getBytes(UTF_8));
        file.close();
    }

    private static void assertRefused(String errno, ThrowingCallable call) {
        assertThatExceptionOfType(PosixException.class)
                .isThrownBy(call)
                .extracting(PosixException::errno)
                .isEqualTo(errno);
    }
}
