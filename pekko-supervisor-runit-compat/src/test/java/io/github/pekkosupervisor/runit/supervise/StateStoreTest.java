package io.github.pekkosupervisor.runit.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.supervise.StateFile.Absent;
import io.github.pekkosupervisor.runit.supervise.StateFile.Elsewhere;
import io.github.pekkosupervisor.runit.supervise.StateFile.Garbage;
import io.github.pekkosupervisor.runit.supervise.StateFile.Newer;
import io.github.pekkosupervisor.runit.supervise.StateFile.Valid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateStoreTest {

    @TempDir
    private Path temp;

    private final List<String> said = new ArrayList<>();
    private final Reporter reporter = new Reporter("runsv", OsString.of("web"), line -> said.add(line.toString()));
    private final RandomRecords records = new RandomRecords(4711);
    private final UnitRecord one = records.next();
    private final UnitRecord two = records.next();
    private Directory home;
    private StateStore store;

    @BeforeEach
    void open() throws PosixException {
        home = Directory.open(OsString.of(temp.toString()));
        store = another();
    }

    @AfterEach
    void close() {
        home.close();
    }

    /** As a supervisor after this one has it. */
    private StateStore another() {
        return new StateStore(home, "");
    }

    private Path file() {
        return temp.resolve(".state");
    }

    private void write(UnitRecord record) {
        assertThat(store.write(record, reporter)).isTrue();
        assertThat(store.refusal()).isEmpty();
    }

    @Test
    void nothing_is_there_at_first() throws PosixException {
        assertThat(store.read()).isEqualTo(new Absent());
    }

    @Test
    void empty_file_is_none() throws PosixException, IOException {
        Files.createFile(file());

        assertThat(store.read()).isEqualTo(new Absent());
    }

    @Test
    void records_take_turns_and_their_number_goes_on() throws PosixException {
        write(one);
        write(two);
        assertThat(another().read()).isEqualTo(new Valid(two, 2));

        store = another();
        write(one);
        assertThat(another().read()).isEqualTo(new Valid(one, 3));
        write(two);
        assertThat(another().read()).isEqualTo(new Valid(two, 4));
        assertThat(file()).hasSize(StateFile.LENGTH);
    }

    @Test
    void what_says_the_same_is_not_written_again() throws PosixException {
        write(one);
        write(one);

        assertThat(another().read()).isEqualTo(new Valid(one, 1));
    }

    @Test
    void what_is_read_stays_what_was_there_before() throws PosixException {
        write(one);
        store = another();

        assertThat(store.read()).isEqualTo(new Valid(one, 1));
        write(two);
        assertThat(store.read()).isEqualTo(new Valid(one, 1));
    }

    private UnitRecord at(Directory directory, UnitRecord record) throws PosixException {
        return at(directory, record, record.supervisor().identity());
    }

    private static UnitRecord at(Directory directory, UnitRecord record, ProcessIdentity by) throws PosixException {
        return record.by(new UnitRecord.Supervisor(
                by, record.supervisor().since(), Optional.of(directory.status().id())));
    }

    /** Written just now, by a supervisor of this boot. */
    private UnitRecord ofNow(Directory directory, UnitRecord record) throws PosixException {
        return at(
                directory,
                UnitRecord.beginning(record.supervisor(), record.status()),
                SuperviseDirectory.identityOfOurs());
    }

    /** As by {@code cp -a} of a service directory: nothing in it is about the copy. */
    @Test
    void record_that_was_copied_with_its_directory_is_not_believed_and_is_written_over() throws Exception {
        write(ofNow(home, one));
        write(ofNow(home, two));
        Path copied = Files.createDirectory(temp.resolve("copy"));
        Files.copy(file(), copied.resolve(".state"));

        try (Directory copy = Directory.open(OsString.of(copied.toString()))) {
            store = new StateStore(copy, "");
            assertThat(store.read()).isEqualTo(new Elsewhere(2));
            UnitRecord its = at(copy, one);
            write(its);
            assertThat(new StateStore(copy, "").read()).isEqualTo(new Valid(its, 3));
        }
        assertThat(another().read()).isEqualTo(new Valid(ofNow(home, two), 2));
    }

    /** With a boot, or a container, a file system may get another number: then each directory seems to be a copy. */
    @ParameterizedTest
    @CsvSource({"another boot, true", "before the container, true", "now, false"})
    void record_of_before_is_of_no_other_directory(String when, boolean isOld) throws Exception {
        ProcessIdentity ours = SuperviseDirectory.identityOfOurs();
        ProcessIdentity by = switch (when) {
            case "another boot" -> new ProcessIdentity(ours.pid(), ours.startTicks(), "01234567-89ab-cdef-0123-456789");
            case "before the container" -> new ProcessIdentity(ours.pid(), -1, ours.bootId());
            default -> ours;
        };
        Path there = Files.createDirectory(temp.resolve("there"));
        UnitRecord its;
        try (Directory other = Directory.open(OsString.of(there.toString()))) {
            its = at(other, UnitRecord.beginning(one.supervisor(), one.status()), by);
        }
        write(its);

        assertThat(another().read()).isEqualTo(isOld ? new Valid(its, 1) : new Elsewhere(1));
    }

    @Test
    void record_goes_with_a_directory_that_is_renamed() throws Exception {
        Path before = Files.createDirectory(temp.resolve("before"));
        UnitRecord its;
        try (Directory there = Directory.open(OsString.of(before.toString()))) {
            its = at(there, one);
            store = new StateStore(there, "");
            write(its);
        }
        Path after = Files.move(before, temp.resolve("after"));

        try (Directory there = Directory.open(OsString.of(after.toString()))) {
            assertThat(new StateStore(there, "").read()).isEqualTo(new Valid(its, 1));
        }
    }

    @Test
    void record_that_does_not_say_of_which_directory_it_is_is_believed() throws PosixException {
        write(one);

        assertThat(one.supervisor().home()).isEmpty();
        assertThat(another().read()).isEqualTo(new Valid(one, 1));
    }

    @Test
    void garbage_is_written_over() throws PosixException, IOException {
        Files.write(file(), new byte[StateFile.LENGTH]);

        assertThat(store.read()).isInstanceOf(Garbage.class);
        write(one);
        assertThat(another().read()).isEqualTo(new Valid(one, 1));
    }

    @Test
    void case_16_other_kinds_of_files_are_garbage_and_are_replaced() throws Exception {
        Path elsewhere = Files.writeString(temp.resolve("elsewhere"), "untouched");
        Files.createSymbolicLink(file(), elsewhere);

        assertThat(store.read()).isEqualTo(new Garbage("it is not a regular file"));
        write(one);
        assertThat(another().read()).isEqualTo(new Valid(one, 1));
        assertThat(elsewhere).hasContent("untouched");
    }

    @Test
    void case_16_file_without_an_end_is_garbage() throws Exception {
        Files.write(file(), new byte[StateFile.LONGEST + 1]);

        assertThat(store.read()).isEqualTo(new Garbage("it has more than 65536 bytes"));
    }

    @Test
    void case_17_newer_version_is_told_from_garbage() throws Exception {
        byte[] file = StateFiles.of(one, 7);
        StateFiles.setVersion(file, 7, 2);
        Files.write(file(), file);

        assertThat(store.read()).isEqualTo(new Newer(2));
    }

    @Test
    void what_cannot_be_written_is_told_once_and_made_good() throws Exception {
        Files.createDirectory(file());

        assertThat(store.write(one, reporter)).isFalse();
        assertThat(store.write(two, reporter)).isFalse();
        store.catchUp(reporter);
        assertThat(store.refusal()).isPresent();
        assertThat(said)
                .containsExactly("runsv web: warning: unable to write .state for a successor: is a directory\n");

        Files.delete(file());
        store.catchUp(reporter);
        assertThat(store.refusal()).isEmpty();
        assertThat(another().read())
                .isInstanceOfSatisfying(
                        Valid.class, valid -> assertThat(valid.state()).isEqualTo(two));
    }

    @Test
    void one_that_was_deleted_comes_again() throws Exception {
        write(one);
        Files.delete(file());
        write(two);

        assertThat(another().read()).isEqualTo(new Valid(two, 2));
    }
}
