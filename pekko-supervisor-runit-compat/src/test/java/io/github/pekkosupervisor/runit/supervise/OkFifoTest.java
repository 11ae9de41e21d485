package io.github.pekkosupervisor.runit.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.RefusedCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("it refuses system calls")
class OkFifoTest {

    private static final OsString OK = OsString.of("supervise/ok");
    private static final OsString CONTROL = OsString.of("supervise/control");

    @TempDir
    private Path temp;

    private final List<String> said = new ArrayList<>();
    private final Reporter reporter = new Reporter("runsv", OsString.of("web"), line -> said.add(line.toString()));
    private Directory home;
    private @Nullable Descriptor commands;

    @BeforeEach
    void make() throws IOException {
        Files.createDirectory(temp.resolve("supervise"));
        mode("supervise", "rwx------");
        home = Directory.open(OsString.of(temp.toString()));
        home.makeFifo(CONTROL, 0600);
        home.setMode(CONTROL, 0600);
    }

    @AfterEach
    void close() {
        home.close();
        if (commands != null) {
            commands.close();
        }
    }

    private void mode(String file, String permissions) throws IOException {
        Files.setPosixFilePermissions(temp.resolve(file), PosixFilePermissions.fromString(permissions));
    }

    private OkFifo prepared(boolean isNew, boolean isForOthers) throws PosixException, FatalException {
        OkFifo ok = new OkFifo(home, "supervise/", isNew);
        ok.prepare(home.linkStatus(CONTROL), isForOthers, reporter);
        commands = home.openReadWrite(CONTROL);
        return ok;
    }

    private OkFifo opened(boolean isNew, boolean isForOthers) throws PosixException, FatalException {
        OkFifo ok = prepared(isNew, isForOthers);
        ok.open();
        return ok;
    }

    /** What sv finds. */
    private boolean isSupervised() throws PosixException {
        try {
            home.openWrite(OK).close();
            return true;
        } catch (PosixException e) {
            assertThat(e.errno()).isIn("ENXIO", "ENOENT");
            return false;
        }
    }

    private boolean areOne() throws PosixException {
        return home.linkStatus(OK).id().equals(home.linkStatus(CONTROL).id());
    }

    private void leaveOk(int mode) throws PosixException {
        home.makeFifo(OK, mode);
        home.setMode(OK, mode);
    }

    private void leaveOne() throws PosixException {
        home.makeHardLink(CONTROL, OK);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void it_is_a_second_name_of_control_and_there_with_the_first_status(boolean isNew) throws Exception {
        OkFifo ok = prepared(isNew, false);
        assertThat(isSupervised()).isFalse();
        assertThat(ok.isOpen()).isFalse();

        ok.open();

        assertThat(ok.isOpen()).isTrue();
        assertThat(ok.descriptor()).isEmpty();
        assertThat(areOne()).isTrue();
        assertThat(isSupervised()).isTrue();
        close();
        home = Directory.open(OsString.of(temp.toString()));
        ok.close();
        assertThat(isSupervised()).isFalse();
        // not even a byte that looks like a command
        assertThat(home.linkStatus(OK).links()).isEqualTo(2);
    }

    @Test
    void one_that_was_left_is_not_open_before_the_first_status() throws Exception {
        leaveOne();

        OkFifo ok = prepared(false, false);

        assertThat(isSupervised()).isFalse();
        ok.open();
        assertThat(areOne()).isTrue();
        assertThat(isSupervised()).isTrue();
    }

    @Test
    void two_that_were_left_become_one() throws Exception {
        leaveOk(0600);

        OkFifo ok = prepared(false, false);

        assertThat(isSupervised()).isFalse();
        ok.open();
        assertThat(areOne()).isTrue();
        assertThat(said).isEmpty();
    }

    /** Of the directory, of control and of what is there as ok. */
    @ParameterizedTest
    @CsvSource({"rwxr-x---, 600, 600", "rwxr-xr-x, 600, 600", "rwx------, 620, 600", "rwx------, 600, 622"})
    void they_stay_two_where_others_are_let_in(String supervise, int control, int okMode) throws Exception {
        mode("supervise", supervise);
        home.setMode(CONTROL, Integer.parseInt(String.valueOf(control), 8));
        leaveOk(Integer.parseInt(String.valueOf(okMode), 8));
        FileStatus before = home.linkStatus(OK);

        OkFifo ok = opened(false, false);

        assertThat(ok.descriptor()).isPresent();
        assertThat(areOne()).isFalse();
        assertThat(home.linkStatus(OK).id()).isEqualTo(before.id());
        assertThat(home.linkStatus(OK).mode()).isEqualTo(before.mode());
        assertThat(isSupervised()).isTrue();
        ok.close();
        assertThat(isSupervised()).isFalse();
        assertThat(said).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void they_are_two_where_others_are_to_be_let_in(boolean isNew) throws Exception {
        OkFifo ok = opened(isNew, true);

        assertThat(areOne()).isFalse();
        assertThat(ok.descriptor()).isPresent();
    }

    @Test
    void one_becomes_two_where_others_are_to_be_let_in() throws Exception {
        leaveOne();

        OkFifo ok = prepared(false, true);

        assertThat(areOne()).isFalse();
        assertThat(isSupervised()).isFalse();
        assertThat(home.linkStatus(OK).mode() & 0777).isEqualTo(0600);
        ok.open();
        assertThat(isSupervised()).isTrue();
        assertThat(said).isEmpty();
    }

    @Test
    void one_whose_mode_was_changed_becomes_two_with_what_is_in_force_and_that_is_told() throws Exception {
        leaveOne();
        mode("supervise", "rwxr-xr-x");
        home.setMode(OK, 0622);

        opened(false, false);

        assertThat(areOne()).isFalse();
        assertThat(home.linkStatus(OK).mode() & 0777).isEqualTo(0622);
        assertThat(home.linkStatus(CONTROL).mode() & 0777).isEqualTo(0622);
        assertThat(isSupervised()).isTrue();
        assertThat(said)
                .containsExactly(
                        "runsv web: warning: supervise/ok and supervise/control were one FIFO, so whoever was let"
                                + " in by its mode, which is 622 now, may command too; they are two from now on: change the mode"
                                + " of supervise/control if they are only to look\n");
    }

    @Test
    void change_of_the_mode_is_noticed_with_the_next_command() throws Exception {
        OkFifo ok = opened(true, false);
        ok.lookAtRights(reporter);
        assertThat(areOne()).isTrue();
        home.setMode(OK, 0666);

        ok.lookAtRights(reporter);
        ok.lookAtRights(reporter);

        assertThat(areOne()).isFalse();
        assertThat(ok.descriptor()).isPresent();
        assertThat(isSupervised()).isTrue();
        assertThat(said).hasSize(1);
        assertThat(names()).containsExactlyInAnyOrder("control", "ok");
    }

    private Set<String> names() throws IOException {
        try (var all = Files.list(temp.resolve("supervise"))) {
            return all.map(file -> file.getFileName().toString()).collect(java.util.stream.Collectors.toSet());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"EPERM", "EOPNOTSUPP", "EMLINK", "EIO"})
    void they_are_two_where_a_fifo_cannot_have_a_second_name(String errno) throws Exception {
        OkFifo ok = prepared(true, false);
        try (RefusedCalls refused = new RefusedCalls("linkat", errno, "OkFifo.link")) {
            ok.open();

            assertThat(refused.refused()).isPositive();
        }

        assertThat(areOne()).isFalse();
        assertThat(ok.descriptor()).isPresent();
        assertThat(isSupervised()).isTrue();
    }

    @Test
    void what_cannot_be_made_at_all_is_tried_again() throws Exception {
        OkFifo ok = prepared(true, false);
        Files.move(temp.resolve("supervise"), temp.resolve("away"));

        assertThatThrownBy(ok::open).isInstanceOf(PosixException.class).hasMessageContaining("ENOENT");

        assertThat(ok.isOpen()).isFalse();
        Files.move(temp.resolve("away"), temp.resolve("supervise"));
        ok.open();
        assertThat(areOne()).isTrue();
        assertThat(isSupervised()).isTrue();
    }
}
