package io.github.pekkosupervisor.runit.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrangerTest {

    private static final int SOMEBODY = 4711;

    @TempDir
    private Path home;

    private Path supervise;
    private Path file;

    @BeforeEach
    void make() throws Exception {
        mode(home, "rwxr-xr-x");
        supervise = Files.createDirectory(home.resolve("supervise"));
        mode(supervise, "rwx------");
        file = Files.writeString(supervise.resolve(".state"), "");
        mode(file, "rw-r--r--");
    }

    private static void mode(Path path, String permissions) throws Exception {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private static void own(Path path, int user) throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can give a file away");
        Files.setAttribute(path, "unix:uid", user);
    }

    private Optional<Stranger> stranger() throws Exception {
        return stranger(".state");
    }

    private Optional<Stranger> stranger(String file) throws Exception {
        try (Directory directory = Directory.open(OsString.of(home.toString()))) {
            return Stranger.of(directory, "", file);
        }
    }

    @Test
    void who_has_status_has_not_written_the_record() throws Exception {
        Path status = Files.writeString(supervise.resolve("status"), "");
        mode(status, "rw-r--r--");
        own(status, SOMEBODY);

        assertThat(stranger("status"))
                .contains(new Stranger(OptionalInt.of(SOMEBODY), "supervise/status belongs to user " + SOMEBODY));
        assertThat(stranger()).isEmpty();
    }

    @Test
    void nobody_else_writes_to_what_we_have_made() throws Exception {
        assertThat(stranger()).isEmpty();
        mode(supervise, "rwxr-xr-x");
        assertThat(stranger()).isEmpty();
        Files.delete(file);
        assertThat(stranger()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"true, false", "false, true", "true, true"})
    void one_to_whom_it_was_given_is_known_by_name(boolean directory, boolean its) throws Exception {
        if (directory) {
            own(supervise, SOMEBODY);
        }
        if (its) {
            own(file, SOMEBODY);
        }

        assertThat(stranger())
                .contains(new Stranger(
                        OptionalInt.of(SOMEBODY),
                        (directory ? "supervise" : "supervise/.state") + " belongs to user " + SOMEBODY));
    }

    @Test
    void two_are_nobody_in_particular() throws Exception {
        own(supervise, SOMEBODY);
        own(file, SOMEBODY + 1);

        assertThat(stranger().orElseThrow().user()).isEmpty();
    }

    @Test
    void what_a_group_may_write_to_is_anybodys() throws Exception {
        mode(supervise, "rwxrwx---");

        assertThat(stranger())
                .contains(new Stranger(
                        OptionalInt.empty(), "supervise can be written to by others than its owner (mode 770)"));
    }

    @Test
    void owner_of_the_service_directory_can_do_worse_anyhow() throws Exception {
        own(home, SOMEBODY);
        own(supervise, SOMEBODY);
        own(file, SOMEBODY);
        assertThat(stranger()).isEmpty();

        mode(home, "rwxrwxrwx");
        mode(supervise, "rwxrwxrwx");
        assertThat(stranger()).isEmpty();
    }

    @Test
    void he_may_name_his_own_processes_and_no_others() throws Exception {
        Stranger he = new Stranger(OptionalInt.of(SOMEBODY), "why");
        ProcessIdentity ours =
                ProcessIdentity.ofRunning((int) ProcessHandle.current().pid()).orElseThrow();
        int us = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");

        assertThat(he.mayName(ours)).isFalse();
        assertThat(new Stranger(OptionalInt.of(us), "why").mayName(ours)).isTrue();
        assertThat(new Stranger(OptionalInt.empty(), "why").mayName(ours)).isFalse();
    }
}
