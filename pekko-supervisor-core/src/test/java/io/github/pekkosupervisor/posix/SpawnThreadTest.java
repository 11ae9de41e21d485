package io.github.pekkosupervisor.posix;

import static io.github.pekkosupervisor.testing.Programs.SLEEPER;
import static io.github.pekkosupervisor.testing.Programs.sh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.pekkosupervisor.testing.ProcessView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of descriptors that children are made from; what a child gets is {@link PosixContractTest}'s. */
final class SpawnThreadTest {

    private static final int[] NOTHING = {};

    private final SpawnThread thread = started();
    private final List<Descriptor> opened = new ArrayList<>();

    private static SpawnThread started() {
        SpawnThread thread = SpawnThread.start();
        assertThat(thread)
                .as("Linux 5.9 or later, and no sandbox that forbids pidfd_getfd(2)")
                .isNotNull();
        return thread;
    }

    @AfterEach
    void close_everything() {
        thread.close();
        opened.forEach(Descriptor::close);
    }

    /** A launcher locks its directory first, and gives it up for another one later. */
    @Test
    void a_lock_of_what_is_in_the_table_is_given_up_all_the_same(@TempDir Path directory) throws PosixException {
        OsString file = OsString.of(directory.resolve("lock").toString());
        Descriptor held = Descriptor.openAppend(file, 0600);
        held.lock();
        SpawnThread later = started();
        try {
            held.close();

            Descriptor next = Descriptor.openAppend(file, 0600);
            opened.add(next);
            next.lock();
        } finally {
            later.close();
        }
    }

    @Test
    void what_is_opened_later_is_not_in_the_table() throws PosixException {
        int before = thread.spawn(NOTHING, (none, lasting) -> entries());

        open("/dev/null", 100);

        assertThat(thread.spawn(NOTHING, (none, lasting) -> entries())).isEqualTo(before);
        assertThat(entries()).isGreaterThanOrEqualTo(before + 100);
    }

    @Test
    void a_descriptor_that_is_asked_for_stands_for_the_same_open_file() throws PosixException {
        Descriptor wanted = open("/dev/zero", 3).get(2);

        int device = thread.spawn(new int[] {wanted.number()}, (found, lasting) ->
                (int) status(found[0]).id().inode());

        assertThat(device).isEqualTo((int) wanted.status().id().inode());
    }

    @Test
    void what_was_fetched_is_closed_after_the_birth_and_after_its_refusal() throws PosixException {
        int wanted = open("/dev/null", 1).get(0).number();
        int before = thread.spawn(NOTHING, (none, lasting) -> entries());

        thread.spawn(new int[] {wanted}, (found, lasting) -> 0);
        assertThatExceptionOfType(PosixException.class)
                .isThrownBy(() -> thread.spawn(new int[] {wanted}, (found, lasting) -> {
                    throw new PosixException("spawn", "x", "ENOENT", "No such file or directory");
                }));

        assertThat(thread.spawn(NOTHING, (none, lasting) -> entries())).isEqualTo(before);
    }

    @Test
    void a_defect_in_a_birth_is_told_to_its_caller_and_the_thread_goes_on() throws PosixException {
        assertThatIllegalStateException()
                .isThrownBy(() -> thread.spawn(NOTHING, (none, lasting) -> {
                    throw new IllegalArgumentException("on purpose");
                }))
                .withRootCauseInstanceOf(IllegalArgumentException.class);

        assertThat(thread.spawn(NOTHING, (none, lasting) -> 7)).isEqualTo(7);
    }

    @Test
    void an_interrupt_of_the_caller_is_kept() throws PosixException {
        Thread.currentThread().interrupt();

        int pid = thread.spawn(NOTHING, (none, lasting) -> 7);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(pid).isEqualTo(7);
    }

    @Test
    void its_processes_are_children_of_this_jvm() throws Exception {
        try (Posix posix = Posix.open(new PosixSettings(PosixSettings.Backend.NATIVE, OptionalLong.empty(), true))) {
            ChildProcess process = posix.spawn(SpawnRequest.of(SLEEPER));

            assertThat(new ProcessView(process.pid()).status("PPid"))
                    .isEqualTo(Long.toString(ProcessHandle.current().pid()));

            process.signal(Signal.KILL);
            assertThat(process.exit().toCompletableFuture().get()).isEqualTo(ExitStatus.ofSignal(9));
        }
    }

    /** Of those that stay open on exec a child has those alone that are passed on, wherever the gaps are. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_child_has_what_is_passed_on_and_nothing_else(boolean ownThread, @TempDir Path temp) throws Exception {
        List<Descriptor> zeros = open("/dev/zero", 200);
        int first = zeros.get(10).number();
        int last = zeros.get(199).number();
        zeros.forEach(
                zero -> assertThat(DescriptorCalls.keepOnExec(zero.number())).isTrue());
        Path list = temp.resolve("list");
        PosixSettings settings = new PosixSettings(PosixSettings.Backend.NATIVE, OptionalLong.empty(), ownThread)
                .withPassedOn(List.of(first, last));

        try (Posix posix = Posix.open(settings)) {
            ChildProcess process = posix.spawn(SpawnRequest.of(sh(
                    "for n in /proc/$$/fd/*; do [ /dev/zero -ef $n ] && echo ${n##*/}; done >\"$1\"; :",
                    list.toString())));
            assertThat(process.exit().toCompletableFuture().get()).isEqualTo(ExitStatus.ofCode(0));
        }

        assertThat(Files.readAllLines(list)).containsExactlyInAnyOrder(String.valueOf(first), String.valueOf(last));
    }

    private List<Descriptor> open(String path, int count) throws PosixException {
        for (int i = 0; i < count; i++) {
            opened.add(Descriptor.openRead(OsString.of(path)));
        }
        return opened;
    }

    private static FileStatus status(int number) throws PosixException {
        return FileCalls.stat(number, OsString.of(""), FileCalls.AT_EMPTY_PATH);
    }

    /** In the table of the thread that asks. */
    private static int entries() throws PosixException {
        try (Directory table = Directory.open(OsString.of("/proc/thread-self/fd"))) {
            return table.list().size();
        }
    }
}
