package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files with several names, files for a group, and the removal of what they lie in. */
final class SharedFilesTest {

    private static final OsString ONE = OsString.of("one");
    private static final OsString OTHER = OsString.of("other");

    private final Path path;
    private final Directory directory;

    SharedFilesTest(@TempDir Path path) throws PosixException {
        this.path = path;
        this.directory = Directory.open(OsString.of(path.toString()));
    }

    @AfterEach
    void close() {
        directory.close();
    }

    @Nested
    class HardLinks {

        @Test
        void a_file_has_one_name_more() throws IOException {
            Files.writeString(path.resolve("one"), "content");

            boolean made = directory.makeHardLink(ONE, OTHER);

            assertThat(made).isTrue();
            assertThat(directory.status(OTHER).id())
                    .isEqualTo(directory.status(ONE).id());
        }

        @Test
        void a_fifo_has_too_and_who_reads_it_by_one_name_is_there_by_the_other() throws IOException {
            directory.makeFifo(ONE, 0600);
            directory.makeHardLink(ONE, OTHER);

            try (Descriptor reader = directory.openRead(ONE)) {
                assertThat(reader.status().isFifo()).isTrue();
                directory.openWrite(OTHER).close();
            }
            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> directory.openWrite(OTHER))
                    .matches(e -> e.is("ENXIO"));
        }

        @Test
        void a_name_that_is_there_stays_as_it_is() throws IOException {
            Files.writeString(path.resolve("one"), "1");
            Files.writeString(path.resolve("other"), "2");

            assertThat(directory.makeHardLink(ONE, OTHER)).isFalse();
            assertThat(path.resolve("other")).hasContent("2");
        }

        @Test
        void of_a_symbolic_link_the_link_is_meant() throws IOException {
            directory.makeLink(ONE, OsString.of("nowhere"));

            directory.makeHardLink(ONE, OTHER);

            assertThat(directory.linkStatus(OTHER).isLink()).isTrue();
        }

        @Test
        void of_what_is_not_there_is_refused() {
            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> directory.makeHardLink(ONE, OTHER))
                    .matches(e -> e.is("ENOENT") && e.call().equals("linkat"));
        }
    }

    @Nested
    class Removal {

        @Test
        void an_empty_directory_goes_and_nothing_is_no_error() throws IOException {
            Files.createDirectory(path.resolve("one"));

            assertThat(directory.removeDirectory(ONE)).isTrue();
            assertThat(path.resolve("one")).doesNotExist();
            assertThat(directory.removeDirectory(ONE)).isFalse();
        }

        @Test
        void one_with_something_in_it_stays() throws IOException {
            Files.createDirectories(path.resolve("one/below"));

            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> directory.removeDirectory(ONE))
                    .matches(e -> e.is("ENOTEMPTY"));
            assertThat(path.resolve("one/below")).exists();
        }

        @Test
        void a_file_is_no_directory() throws IOException {
            Files.createFile(path.resolve("one"));

            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> directory.removeDirectory(ONE))
                    .matches(e -> e.is("ENOTDIR"));
        }
    }

    @Nested
    class Groups {

        @Test
        void a_file_is_given_to_a_group_and_its_owner_stays() throws IOException {
            assumeThat(System.getProperty("user.name")).isEqualTo("root");
            Files.createFile(path.resolve("one"));

            directory.setGroup(ONE, 12345);

            assertThat(Files.getAttribute(path.resolve("one"), "unix:gid")).isEqualTo(12345);
            assertThat(Files.getAttribute(path.resolve("one"), "unix:uid")).isEqualTo(OwnProcess.user());
        }

        @Test
        void of_a_link_the_link_is_given() throws IOException {
            assumeThat(System.getProperty("user.name")).isEqualTo("root");
            Files.createFile(path.resolve("one"));
            directory.makeLink(OTHER, ONE);

            directory.setGroup(OTHER, 12345);

            assertThat(Files.getAttribute(path.resolve("one"), "unix:gid")).isNotEqualTo(12345);
        }
    }

    @Nested
    class Execution {

        @Test
        void the_mode_decides() throws IOException {
            Files.createFile(path.resolve("one"));
            assertThat(directory.mayExecute(ONE)).isFalse();

            Files.setPosixFilePermissions(path.resolve("one"), PosixFilePermissions.fromString("rwxr-xr-x"));
            assertThat(directory.mayExecute(ONE)).isTrue();
        }

        /** As {@code /proc} is on any Linux, unless somebody has mounted it by hand. */
        @Test
        void what_lies_on_a_file_system_without_execution_cannot_be_executed() throws IOException {
            String mounts = Files.readString(Path.of("/proc/self/mounts"));
            assumeThat(mounts).containsPattern("(?m)^\\S+ /proc proc \\S*noexec");
            try (Directory proc = Directory.open(OsString.of("/proc/self"))) {
                assertThat(proc.mayExecute(OsString.of("environ"))).isFalse();
            }
        }
    }
}
