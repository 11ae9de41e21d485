package io.github.pekkosupervisor.posix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProcessIdentityTest {

    private static final int OWN_PID = Math.toIntExact(ProcessHandle.current().pid());
    private static final String BOOT = "01234567-89ab-cdef-0123-456789abcdef";

    static Stream<ProcessIdentity> identities() {
        return Stream.of(
                new ProcessIdentity(1, 0, BOOT),
                new ProcessIdentity(12345, 678901234, BOOT),
                new ProcessIdentity(4194304, Long.MAX_VALUE, BOOT),
                new ProcessIdentity(7, 8, ""));
    }

    @ParameterizedTest
    @MethodSource("identities")
    void what_was_written_is_read_back(ProcessIdentity identity) {
        assertThat(ProcessIdentity.parse(identity.toLine())).contains(identity);
    }

    @ParameterizedTest
    @MethodSource("identities")
    void all_lines_have_one_length(ProcessIdentity identity) {
        assertThat(identity.toLine()).hasSize(72).endsWith((byte) '\n');
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "123\n", "123 45", "123 45 ", "x 45 boot\n", "123 y boot\n", "1 2 3 4\n"})
    void anything_else_is_no_identity(String line) {
        assertThat(ProcessIdentity.parse(line.getBytes(US_ASCII))).isEmpty();
    }

    @Test
    void this_jvm_exists() {
        ProcessIdentity self = ProcessIdentity.ofRunning(OWN_PID).orElseThrow();

        assertThat(self.pid()).isEqualTo(OWN_PID);
        assertThat(self.exists()).isTrue();
    }

    @Test
    void another_start_time_or_boot_is_another_process() {
        ProcessIdentity self = ProcessIdentity.ofRunning(OWN_PID).orElseThrow();

        assertThat(new ProcessIdentity(OWN_PID, self.startTicks() + 1, self.bootId()).exists())
                .isFalse();
        assertThat(new ProcessIdentity(OWN_PID, self.startTicks(), BOOT).exists())
                .isFalse();
    }

    @Test
    void who_is_there_can_be_told_or_not() throws Exception {
        ProcessIdentity self = ProcessIdentity.ofRunning(OWN_PID).orElseThrow();

        assertThat(self.isThere()).isTrue();
        assertThat(new ProcessIdentity(OWN_PID, self.startTicks() + 1, self.bootId()).isThere())
                .isFalse();
        assertThat(new ProcessIdentity(Integer.MAX_VALUE, 1, self.bootId()).isThere())
                .isFalse();
        try (var refused = RefusedCalls.next("openat", "EIO")) {
            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(self::isThere)
                    .withMessageContaining("EIO");
            assertThat(refused.left()).isZero();
        }
    }

    private static long inode(ProcessIdentity who) throws PosixException {
        try (Descriptor pidfd = ProcessCalls.openPidfd(who.pid())) {
            return ProcessCalls.inode(pidfd);
        }
    }

    /** @param what of an identity that is wrong */
    @ParameterizedTest
    @CsvSource({
        "nothing, true",
        "inode, false",
        "tick, false",
        "tick is not known, true",
        "boot, false",
        "boot is not known, true",
        "number, false",
        "inode is not known, true",
        "inode is not known and tick, false"
    })
    void process_is_known_by_the_inode_of_its_pidfd_and_whatever_else_is_known(String what, boolean runs)
            throws Exception {
        ProcessIdentity self = ProcessIdentity.ofRunning(OWN_PID).orElseThrow();
        long inode = inode(self);
        assumeThat(inode).isNotZero();
        ProcessIdentity who = new ProcessIdentity(
                what.equals("number") ? Integer.MAX_VALUE : OWN_PID,
                what.equals("tick is not known") ? 0 : self.startTicks() + (what.endsWith("tick") ? 1 : 0),
                what.equals("boot is not known") ? "" : what.equals("boot") ? BOOT : self.bootId());
        long its = what.startsWith("inode is not known") ? 0 : what.equals("inode") ? inode + 1 : inode;

        assertThat(who.runs(its)).isEqualTo(runs);
        assertThat(who.isThere(its)).isEqualTo(runs);
    }

    /** In a container that has been started again the id of the boot is the same. */
    @ParameterizedTest
    @CsvSource({"-1, false", "0, true", "1, true"})
    void nothing_is_older_than_process_one(long later, boolean may) {
        long first = ProcessIdentity.firstTick();
        assumeThat(first).isGreaterThan(1);

        assertThat(new ProcessIdentity(7, first + later, "").mayBeOfThisBoot()).isEqualTo(may);
        assertThat(new ProcessIdentity(7, 0, "").mayBeOfThisBoot()).isTrue();
        assertThat(new ProcessIdentity(7, first + later, BOOT).mayBeOfThisBoot())
                .isFalse();
    }

    /** As hidepid has it, which hides also who has got the number of one that has ended. */
    @ParameterizedTest
    @ValueSource(strings = {"EPERM", "ENOENT"})
    void one_that_proc_hides_is_known_by_its_inode(String errno) throws Exception {
        ProcessIdentity self = ProcessIdentity.ofRunning(OWN_PID).orElseThrow();
        long inode = inode(self);
        assumeThat(inode).isNotZero();

        try (var refused = RefusedCalls.all("openat", errno)) {
            assertThat(self.runs(inode)).isTrue();
            assertThat(self.isThere(inode)).isTrue();
            assertThat(self.runs(inode + 1)).isFalse();
            assertThat(self.isThere(inode + 1)).isFalse();
            assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
        }
    }

    @Test
    void one_that_has_ended_is_there_until_its_parent_has_waited_for_it() throws Exception {
        try (Foster foster = Foster.ofOneThatEndsWith(0, Foster.Parent.NEVER)) {
            ProcessIdentity child = foster.child();
            long inode = inode(child);
            assertThat(child.runs(inode)).isTrue();
            assertThat(child.isEnding()).isFalse();
            foster.sayLine();
            await().until(() ->
                    ProcStat.of(child.pid()).filter(ProcStat::isUnreaped).isPresent());

            assertThat(child.runs(inode)).isFalse();
            assertThat(child.isEnding()).isTrue();
            assertThat(child.isThere(inode)).isTrue();
        }
    }

    @Test
    void who_is_not_there_any_more_is_at_its_end_and_who_cannot_be_seen_is_not() {
        ProcessIdentity self = ProcessIdentity.ofRunning(OWN_PID).orElseThrow();

        assertThat(self.isEnding()).isFalse();
        assertThat(new ProcessIdentity(self.pid(), self.startTicks() + 1, self.bootId()).isEnding())
                .isTrue();
        assertThat(new ProcessIdentity(self.pid(), 0, "").isEnding()).isFalse();
        try (var refused = RefusedCalls.all("openat", "EMFILE")) {
            assertThat(new ProcessIdentity(self.pid(), self.startTicks() + 1, self.bootId()).isEnding())
                    .isFalse();
            assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
        }
    }

    @Test
    void without_a_descriptor_it_cannot_be_told_who_runs() throws Exception {
        ProcessIdentity self = ProcessIdentity.ofRunning(OWN_PID).orElseThrow();

        try (var refused = RefusedCalls.all("syscall", "EMFILE")) {
            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> self.runs(1))
                    .withMessageContaining("EMFILE");
            assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
        }
    }

    @Test
    void a_number_that_nobody_has_is_no_process() {
        assertThat(ProcessIdentity.ofRunning(Integer.MAX_VALUE)).isEmpty();
    }

    @Test
    void a_program_name_with_blanks_and_parentheses_does_not_confuse(@TempDir Path scratch) throws IOException {
        Path program = Files.copy(Path.of("/bin/cat"), scratch.resolve("a) S 1 (b"), COPY_ATTRIBUTES);
        Process process = new ProcessBuilder(program.toString()).start();
        try {
            int pid = Math.toIntExact(process.pid());

            long ticks = ProcessIdentity.ofRunning(pid).orElseThrow().startTicks();

            assertThat(ticks)
                    .isGreaterThanOrEqualTo(
                            ProcessIdentity.ofRunning(OWN_PID).orElseThrow().startTicks());
        } finally {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            7 5 boot, true
            7 0 boot, true
            7 5 -,    true
            7 0 -,    true
            7 6 boot, false
            8 5 boot, false
            8 0 boot, false
            7 5 more, false
            7 0 more, false
            """)
    void what_is_not_known_of_one_does_not_make_it_another(String other, boolean expected) {
        String[] parts = other.split(" ", -1);
        ProcessIdentity one = new ProcessIdentity(7, 5, "boot");
        ProcessIdentity two = new ProcessIdentity(
                Integer.parseInt(parts[0]), Long.parseLong(parts[1]), parts[2].equals("-") ? "" : parts[2]);

        assertThat(one.mayBe(two)).isEqualTo(expected);
        assertThat(two.mayBe(one)).isEqualTo(expected);
    }
}
