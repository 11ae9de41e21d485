package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is written where the kernel shows control groups, on a directory of files in its place: the same on machines
 * that delegate no controllers. It shows no effect; {@code CgroupTest} does, where one can be had.
 */
final class CgroupFilesPlayedTest {

    private static final String NAME = "sv-web-0123456789abcdef";
    private static final CgroupLimits MEMORY = CgroupLimits.none().withMemoryMax(64 << 20);

    @TempDir
    private Path place;

    private CgroupPlace home() {
        return new CgroupPlace("/played", place.toString());
    }

    private Path file(String name, String text) throws IOException {
        Path file = place.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    /** A group of its own in which there are these. */
    private void delegated(String processes) throws IOException {
        file("cgroup.type", "domain\n");
        file("cgroup.controllers", "cpu memory pids\n");
        file("cgroup.subtree_control", "");
        file("cgroup.procs", processes);
    }

    /** Keeps all that is written there. */
    private RandomAccessFile fifo(String name) throws Exception {
        Path fifo = place.resolve(name);
        Files.createDirectories(fifo.getParent());
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        return new RandomAccessFile(fifo.toFile(), "rw");
    }

    @Test
    void this_process_and_its_children_go_into_a_group_of_their_own_before_a_controller_is_turned_on()
            throws Exception {
        Process child = new ProcessBuilder("sleep", "100000").start();
        try (RandomAccessFile moved = fifo("supervisor/cgroup.procs")) {
            delegated(OwnProcess.pid() + "\n" + child.pid() + "\n");

            CgroupPlace prepared = CgroupHome.prepared(home(), NAME, MEMORY);

            assertThat(prepared).isEqualTo(home());
            // so that there is an end, whatever is there
            moved.write('\n');
            assertThat(moved.readLine()).startsWith(OwnProcess.pid() + "" + child.pid());
            assertThat(place.resolve("cgroup.subtree_control")).hasContent("+memory");
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    @Test
    void nothing_is_moved_or_turned_on_where_a_stranger_is_in_the_group() throws Exception {
        delegated(OwnProcess.pid() + "\n1\n");

        assertThatExceptionOfType(PosixException.class)
                .isThrownBy(() -> CgroupHome.prepared(home(), NAME, MEMORY))
                .withMessageContaining("group /played holds processes that are not the JVM's: 1 ");
        assertThat(place.resolve("cgroup.subtree_control")).isEmptyFile();
        assertThat(place.resolve("supervisor")).doesNotExist();
    }

    @Test
    void nobody_is_moved_where_the_controller_is_on_already() throws Exception {
        delegated(OwnProcess.pid() + "\n");
        file("cgroup.subtree_control", "memory pids\n");

        assertThat(CgroupHome.prepared(home(), NAME, MEMORY)).isEqualTo(home());
        assertThat(place.resolve("supervisor")).doesNotExist();
    }

    @Test
    void empty_groups_that_a_killed_jvm_has_left_are_removed_and_no_others() throws Exception {
        delegated(OwnProcess.pid() + "\n");
        Files.createDirectory(place.resolve("sv-old-0000000000000001"));
        file("sv-used-0000000000000002/cgroup.procs", "1\n");
        Files.createDirectory(place.resolve("somebody-elses"));

        CgroupHome.prepared(home(), NAME, CgroupLimits.none());

        assertThat(place.resolve("sv-old-0000000000000001")).doesNotExist();
        assertThat(place.resolve("sv-used-0000000000000002")).exists();
        assertThat(place.resolve("somebody-elses")).exists();
    }

    @Test
    void a_group_that_was_left_has_the_limits_of_now_and_no_others() throws Exception {
        Path memory = file(NAME + "/memory.max", "");
        Path cpu = file(NAME + "/cpu.max", "");
        Path pids = file(NAME + "/pids.max", "5");

        Cgroup.at(home().below(NAME), MEMORY.withCpuMax(150));

        assertThat(memory).hasContent("67108864");
        assertThat(cpu).hasContent("150000 100000");
        assertThat(pids).hasContent("max");
    }

    @Test
    void a_kill_for_want_of_memory_is_told_if_it_came_after_the_group_was_prepared() throws Exception {
        file(NAME + "/memory.max", "");
        file(NAME + "/memory.events", "low 0\noom 3\noom_kill 2\n");
        ExitStatus killed = ExitStatus.ofSignal(Signal.KILL.number());

        Cgroup group = Cgroup.at(home().below(NAME), MEMORY);

        assertThat(group.outOfMemory(killed)).isEmpty();
        file(NAME + "/memory.events", "low 0\noom 4\noom_kill 3\n");
        assertThat(group.outOfMemory(killed)).contains("out of memory (cgroup " + NAME + ", memory-max 64MiB)");
        assertThat(group.outOfMemory(ExitStatus.ofCode(1))).isEmpty();
    }
}
