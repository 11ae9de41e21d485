package io.github.pekkosupervisor.posix;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static io.github.pekkosupervisor.testing.Programs.SLEEPER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.posix.Foster.Parent;
import io.github.pekkosupervisor.posix.Found.Gone;
import io.github.pekkosupervisor.testing.ProcessView;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that another has started, and that are children of yet another. */
final class AdoptedChildTest {

    private static final int NOBODY_USER = 65534;
    private static final String LONG = "exec sleep " + A_DAY;

    private Posix posix;

    @BeforeEach
    void open() throws PosixException {
        posix = Posix.open(PosixSettings.defaults());
    }

    @AfterEach
    void close() {
        posix.close();
    }

    /** It runs, and is adopted by what was known of it at its start. */
    private ChildProcess adopt(ProcessIdentity who) throws PosixException {
        return adopt(who, false);
    }

    private ChildProcess adopt(ProcessIdentity who, boolean leadsGroup) throws PosixException {
        Found found = posix.adopt(who, inode(who), leadsGroup);
        assertThat(found).isInstanceOf(Found.Running.class);
        return ((Found.Running) found).process();
    }

    /** One that runs and is none of ours: who has started this JVM. */
    private static ProcessIdentity parent() throws PosixException {
        int pid = Math.toIntExact(ProcessHandle.current().parent().orElseThrow().pid());
        return ProcessIdentity.ofRunning(pid).orElseThrow();
    }

    private static long inode(ProcessIdentity who) throws PosixException {
        try (Descriptor pidfd = ProcessCalls.openPidfd(who.pid())) {
            return ProcessCalls.inode(pidfd);
        }
    }

    private static ExitStatus statusOf(ChildProcess process) {
        return process.exit().toCompletableFuture().orTimeout(20, SECONDS).join();
    }

    /**
     * Where we may not ask for it, its parent has a tenth of a second to wait for it, and that may get no processor for
     * so long. So it is known, or said to be unknown; and of several it is known of one.
     */
    private static <T> void isKnownInTheEnd(T expected, T unknown, Callable<T> end) throws Exception {
        List<T> ends = new ArrayList<>();
        do {
            ends.add(end.call());
        } while (ends.size() < 5 && ends.get(ends.size() - 1).equals(unknown));
        assertThat(ends).last().isEqualTo(expected);
    }

    private static void awaitZombie(ProcessIdentity who) {
        await().until(() -> ProcStat.of(who.pid()).filter(ProcStat::isUnreaped).isPresent());
    }

    private static void awaitGone(ProcessIdentity who) {
        await().until(() -> !who.exists());
    }

    @Nested
    class End {

        @ParameterizedTest
        @CsvSource({"0, PROMPT", "3, PROMPT", "255, PROMPT", "0, LATE", "3, LATE", "255, LATE", "0, NEVER", "3, NEVER"})
        void an_exit_code_is_known_whoever_waits_for_it(int code, Parent parent) throws Exception {
            try (Foster foster = Foster.ofOneThatEndsWith(code, parent)) {
                ChildProcess process = adopt(foster.child());

                foster.sayLine();

                assertThat(statusOf(process)).isEqualTo(ExitStatus.ofCode(code));
            }
        }

        @ParameterizedTest
        @EnumSource
        void a_signal_that_we_send_is_known(Parent parent) throws Exception {
            try (Foster foster = Foster.of(parent, List.of(), LONG)) {
                ChildProcess process = adopt(foster.child());

                assertThat(process.signal(Signal.TERM)).isTrue();

                assertThat(statusOf(process)).isEqualTo(ExitStatus.ofSignal(Signal.TERM.number()));
                assertThat(process.signal(Signal.KILL)).isFalse();
            }
        }

        @Test
        void an_orphan_is_noticed_too() throws Exception {
            try (Foster foster = Foster.of(Parent.NEVER, List.of(), LONG)) {
                ChildProcess process = adopt(foster.child());
                foster.kill();
                await().until(() -> ProcStat.of(process.pid()).orElseThrow().parent() != 0);

                process.signal(Signal.KILL);

                assertThat(statusOf(process)).isEqualTo(ExitStatus.ofSignal(Signal.KILL.number()));
            }
        }

        @Test
        void a_thousand_under_a_prompt_parent_are_known_and_none_is_wrong() throws Exception {
            int count = 1000;
            try (Foster foster = Foster.ofMany(count)) {
                List<ChildProcess> processes = new ArrayList<>();
                for (ProcessIdentity child : foster.children()) {
                    processes.add(adopt(child));
                }

                foster.endInput();

                assertThat(processes)
                        .extracting(AdoptedChildTest::statusOf)
                        .containsExactlyElementsOf(IntStream.range(0, count)
                                .mapToObj(i -> ExitStatus.ofCode(i % 256))
                                .toList());
            }
        }

        @Test
        void nothing_stays_open() throws Exception {
            List<String> before = ProcessView.ofThisJvm().openFiles();
            try (Foster foster = Foster.of(Parent.PROMPT, List.of("setsid"), LONG)) {
                ChildProcess process = adopt(foster.child(), true);

                process.signal(Signal.KILL);
                statusOf(process);
                process.release();

                assertThat(process.signalGroup(Signal.TERM)).isFalse();
            }

            ProcessView.ofThisJvm().awaitNoneBesides(before);
        }
    }

    @Nested
    class Identity {

        @Test
        void one_that_has_ended_and_was_waited_for_is_gone() throws Exception {
            try (Foster foster = Foster.ofOneThatEndsWith(3, Parent.PROMPT)) {
                long inode = inode(foster.child());
                foster.sayLine();
                awaitGone(foster.child());

                assertThat(posix.adopt(foster.child(), inode, false)).isEqualTo(Gone.NOBODY);
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 3})
        void one_that_has_ended_and_was_not_waited_for_tells_how(int code) throws Exception {
            try (Foster foster = Foster.ofOneThatEndsWith(code, Parent.NEVER)) {
                long inode = inode(foster.child());
                foster.sayLine();
                awaitZombie(foster.child());

                assertThat(posix.adopt(foster.child(), inode, false))
                        .isEqualTo(new Found.Ended(ExitStatus.ofCode(code)));
            }
        }

        @Test
        void another_boot_is_another_process_whatever_else_is_equal() throws Exception {
            ProcessIdentity own = ProcessIdentity.ofRunning(OwnProcess.pid()).orElseThrow();

            assertThat(posix.adopt(new ProcessIdentity(own.pid(), own.startTicks(), "other"), inode(own), false))
                    .isEqualTo(Gone.ANOTHER_BOOT);
        }

        /** As where a container hides it: the rest has to do. */
        @Test
        void boot_that_is_not_known_is_no_reason_to_take_a_process_for_another_one() throws Exception {
            ProcessIdentity parent = parent();
            ProcessIdentity hidden = new ProcessIdentity(parent.pid(), parent.startTicks(), "");

            assertThat(posix.adopt(hidden, inode(parent), false)).isInstanceOf(Found.Running.class);
            assertThat(posix.adopt(hidden, 0, false)).isInstanceOf(Found.Running.class);
            assertThat(hidden.exists()).isTrue();
            assertThat(posix.adopt(new ProcessIdentity(parent.pid(), parent.startTicks() - 1, ""), 0, false))
                    .isEqualTo(Gone.ANOTHER_PROCESS);
            assertThat(posix.adopt(new ProcessIdentity(parent.pid(), 0, ""), 0, false))
                    .isEqualTo(Gone.ANOTHER_BOOT);
        }

        /** Whatever a record says: to stop it would be to stop ourselves. */
        @Test
        void we_ourselves_are_never_taken_over() throws Exception {
            ProcessIdentity own = ProcessIdentity.ofRunning(OwnProcess.pid()).orElseThrow();

            assertThat(posix.adopt(own, inode(own), false)).isEqualTo(Gone.NOBODY);
        }

        @Test
        void another_start_tick_is_another_process() throws Exception {
            ProcessIdentity parent = parent();
            ProcessIdentity older = new ProcessIdentity(parent.pid(), parent.startTicks() - 1, parent.bootId());

            assertThat(posix.adopt(older, 0, false)).isEqualTo(Gone.ANOTHER_PROCESS);
            assertThat(posix.adopt(older, inode(parent), false)).isEqualTo(Gone.ANOTHER_PROCESS);
        }

        /** As when all pids were used within a tick. */
        @Test
        void another_inode_is_another_process_though_the_tick_is_equal() throws Exception {
            ProcessIdentity parent = parent();
            assumeThat(inode(parent)).isNotZero();

            assertThat(posix.adopt(parent, inode(parent) - 1, false)).isEqualTo(Gone.ANOTHER_PROCESS);
        }

        /** It had hidden itself when it was asked who it is. */
        @Test
        void what_we_have_started_and_could_not_see_is_known_by_its_inode() throws Exception {
            ChildProcess child;
            try (var refused = RefusedCalls.everywhereAfter(0, Integer.MAX_VALUE, "openat", "ENOENT")) {
                child = posix.spawn(SpawnRequest.of(SLEEPER));
                assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
            }
            assumeThat(child.pidfdInode()).isNotZero();
            try (Posix other = Posix.open(PosixSettings.defaults())) {
                assertThat(child.identity()).isEqualTo(new ProcessIdentity(child.pid(), 0, ProcFs.bootId()));
                assertThat(child.identity().runs(child.pidfdInode())).isTrue();

                assertThat(other.adopt(child.identity(), child.pidfdInode(), false))
                        .isInstanceOf(Found.Running.class);
            } finally {
                child.signal(Signal.KILL);
                statusOf(child);
            }
        }

        /** As hidepid has it for one that lets nobody look into it. */
        @ParameterizedTest
        @ValueSource(strings = {"EPERM", "ENOENT"})
        void one_that_proc_hides_is_adopted_by_its_inode(String errno) throws Exception {
            try (Foster foster = Foster.of(Parent.PROMPT, List.of(), LONG)) {
                long inode = inode(foster.child());
                assumeThat(inode).isNotZero();

                try (var refused = RefusedCalls.all("openat", errno)) {
                    assertThat(posix.adopt(foster.child(), inode, false)).isInstanceOf(Found.Running.class);
                    assertThat(posix.adopt(foster.child(), inode + 1, false)).isEqualTo(Gone.ANOTHER_PROCESS);
                    assertThatExceptionOfType(PosixException.class)
                            .isThrownBy(() -> posix.adopt(foster.child(), 0, false))
                            .withMessageContaining(errno);
                    assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
                }
            }
        }

        @Test
        void without_an_inode_the_tick_is_enough() throws Exception {
            try (Foster foster = Foster.of(Parent.PROMPT, List.of(), LONG)) {
                assertThat(posix.adopt(foster.child(), 0, false)).isInstanceOf(Found.Running.class);
            }
        }

        @Test
        void a_thread_is_another_process() throws Exception {
            try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
                int thread = threads.map(path -> Integer.parseInt(path.toFile().getName()))
                        .filter(number -> number != OwnProcess.pid())
                        .findFirst()
                        .orElseThrow();

                assertThat(posix.adopt(new ProcessIdentity(thread, 1, ProcFs.bootId()), 0, false))
                        .isEqualTo(Gone.ANOTHER_PROCESS);
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {0, -1})
        void no_process_has_such_a_number(int pid) throws Exception {
            assertThat(posix.adopt(new ProcessIdentity(pid, 1, ProcFs.bootId()), 0, false))
                    .isEqualTo(Gone.NOBODY);
        }

        @Test
        void a_number_that_another_process_has_got_is_not_adopted_and_not_signalled() throws Exception {
            Path lastPid = Path.of("/proc/sys/kernel/ns_last_pid");
            assumeTrue(OwnProcess.user() == 0 && Files.isWritable(lastPid), "needs to choose the next pid");
            ProcessIdentity first;
            long inode;
            try (Foster foster = Foster.ofOneThatEndsWith(0, Parent.PROMPT)) {
                first = foster.child();
                inode = inode(first);
                foster.sayLine();
                awaitGone(first);
            }
            Process second = processWithNumber(first.pid());
            try {
                assumeThat(second.pid()).isEqualTo(first.pid());

                assertThat(posix.adopt(first, inode, true)).isEqualTo(Gone.ANOTHER_PROCESS);
                assertThat(second.isAlive()).isTrue();
            } finally {
                second.destroyForcibly().waitFor();
            }
        }

        /** Others may be quicker to take it. */
        private Process processWithNumber(int pid) throws Exception {
            for (int attempt = 1; ; attempt++) {
                Files.writeString(Path.of("/proc/sys/kernel/ns_last_pid"), String.valueOf(pid - 1));
                Process process = new ProcessBuilder("sleep", A_DAY).start();
                if (process.pid() == pid || attempt == 100) {
                    return process;
                }
                process.destroyForcibly().waitFor();
            }
        }

        @Test
        void what_we_have_started_ourselves_tells_the_inode_by_which_it_is_adopted() throws Exception {
            ChildProcess child = posix.spawn(SpawnRequest.of(SLEEPER));
            try (Posix other = Posix.open(PosixSettings.defaults())) {
                assertThat(child.pidfdInode()).isEqualTo(inode(child.identity()));

                Found found = other.adopt(child.identity(), child.pidfdInode(), false);

                assertThat(found).isInstanceOfSatisfying(Found.Running.class, running -> {
                    assertThat(running.process().pidfdInode()).isEqualTo(child.pidfdInode());
                    assertThat(running.process().identity()).isEqualTo(child.identity());
                });
            } finally {
                child.signal(Signal.KILL);
                statusOf(child);
            }
            assertThat(child.signal(Signal.TERM)).isFalse();
        }
    }

    @Nested
    class Group {

        @Test
        void a_signal_to_the_group_reaches_all_of_it_also_when_its_leader_has_ended() throws Exception {
            try (Foster foster =
                    Foster.of(Parent.PROMPT, List.of("setsid"), "sleep " + A_DAY + " & sleep " + A_DAY + " & read x")) {
                ChildProcess process = adopt(foster.child(), true);
                await().until(() -> process.groupMembers().size() == 3);

                foster.sayLine();
                assertThat(statusOf(process)).isEqualTo(ExitStatus.ofCode(0));

                assertThat(process.groupExists()).isTrue();
                assertThat(process.groupMembers()).hasSize(2);
                assertThat(process.signalGroup(Signal.KILL)).isTrue();
                await().until(() -> !process.groupExists());
                assertThat(process.groupMembers()).isEmpty();
                process.release();
            }
        }

        @Test
        void one_that_leads_no_group_has_none() throws Exception {
            try (Foster foster = Foster.of(Parent.PROMPT, List.of(), LONG)) {
                ChildProcess process = adopt(foster.child());

                assertThat(process.groupExists()).isFalse();
                assertThat(process.groupMembers()).isEmpty();
                assertThatIllegalStateException()
                        .isThrownBy(() -> process.signalGroup(Signal.TERM))
                        .withMessageContaining("leads no group");
            }
        }
    }

    /** What is done where the kernel is older, or allows less. */
    @Nested
    class Lacking {

        private RefusedCalls everywhere(String function, String errno) {
            return RefusedCalls.everywhereAfter(0, Integer.MAX_VALUE, function, errno);
        }

        /** Before 6.13. */
        @ParameterizedTest
        @ValueSource(ints = {0, 3})
        void without_news_of_exits_the_code_of_one_that_was_not_waited_for_is_known(int code) throws Exception {
            try (Foster foster = Foster.ofOneThatEndsWith(code, Parent.NEVER)) {
                ChildProcess process = adopt(foster.child());
                try (var refused = everywhere("ioctl", "ENOTTY")) {
                    foster.sayLine();

                    assertThat(statusOf(process)).isEqualTo(ExitStatus.ofCode(code));
                    assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
                }
            }
        }

        /** Who waits is as quick as we are. */
        @Test
        void without_news_of_exits_a_code_is_right_or_unknown() throws Exception {
            try (Foster foster = Foster.ofOneThatEndsWith(3, Parent.PROMPT);
                    var refused = everywhere("ioctl", "ENOTTY")) {
                ChildProcess process = adopt(foster.child());

                foster.sayLine();

                assertThat(statusOf(process)).isIn(ExitStatus.ofCode(3), ExitStatus.UNKNOWN);
                assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
            }
        }

        /** A zero may mean that we may not know. */
        @Test
        void a_zero_of_one_that_we_may_not_inspect_is_not_believed() throws Exception {
            try (Foster foster = Foster.ofOneThatEndsWith(0, Parent.NEVER)) {
                ChildProcess process = adopt(foster.child());
                try (var refused = everywhere("readlinkat", "EACCES")) {
                    foster.sayLine();

                    assertThat(statusOf(process)).isEqualTo(ExitStatus.UNKNOWN);
                    assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
                }
            }
        }

        @Test
        void who_may_not_inspect_it_is_told_when_it_has_been_waited_for() throws Exception {
            isKnownInTheEnd(ExitStatus.ofCode(0), ExitStatus.UNKNOWN, () -> {
                try (Foster foster = Foster.ofOneThatEndsWith(0, Parent.PROMPT)) {
                    ChildProcess process = adopt(foster.child());
                    try (var refused = everywhere("readlinkat", "EACCES")) {
                        foster.sayLine();

                        ExitStatus status = statusOf(process);
                        assertThat(refused.left()).isPositive();
                        return status;
                    }
                }
            });
        }

        /** No descriptor for that either. */
        @Test
        void where_its_parent_cannot_be_given_time_it_is_given_none() throws Exception {
            try (Foster foster = Foster.ofOneThatEndsWith(0, Parent.NEVER)) {
                ChildProcess process = adopt(foster.child());
                CFunction.refuse(function -> switch (function) {
                    case "timerfd_create" -> Errno.EMFILE.number();
                    case "readlinkat" -> Errno.EACCES.number();
                    default -> 0;
                });
                try {
                    foster.sayLine();

                    assertThat(statusOf(process)).isEqualTo(ExitStatus.UNKNOWN);
                } finally {
                    CFunction.refuse(null);
                }
            }
        }

        /** Before 6.9. */
        @Test
        void without_inodes_the_tick_is_enough() throws Exception {
            try (Foster foster = Foster.of(Parent.PROMPT, List.of(), LONG);
                    var refused = everywhere("fstatfs", "ENOSYS")) {
                assertThat(posix.adopt(foster.child(), 12345, false))
                        .isInstanceOfSatisfying(
                                Found.Running.class,
                                running -> assertThat(running.process().pidfdInode())
                                        .isZero());
                assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
            }
        }

        /** Before 6.9. */
        @Test
        void without_signals_to_the_group_of_a_pidfd_it_is_reached_while_its_leader_lives() throws Exception {
            try (Foster foster =
                    Foster.of(Parent.PROMPT, List.of("setsid"), "trap '' USR1; sleep " + A_DAY + " & read x")) {
                ChildProcess process = adopt(foster.child(), true);
                await().until(() -> process.groupMembers().size() == 2);
                int member = process.groupMembers().stream()
                        .mapToInt(GroupMember::pid)
                        .filter(pid -> pid != process.pid())
                        .findFirst()
                        .orElseThrow();
                try {
                    try (var refused = RefusedCalls.next("syscall", "EINVAL")) {
                        assertThat(process.signalGroup(Signal.USR1)).isTrue();
                        assertThat(refused.left()).isZero();
                    }
                    foster.sayLine();
                    statusOf(process);
                    try (var refused = RefusedCalls.all("syscall", "EINVAL")) {
                        assertThat(process.groupExists()).isFalse();
                        assertThat(process.signalGroup(Signal.KILL)).isFalse();
                        assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
                    }
                    assertThat(new ProcessView(member).runs()).isTrue();
                } finally {
                    ProcessHandle.of(member).ifPresent(ProcessHandle::destroyForcibly);
                    process.release();
                }
            }
        }

        /** Before 5.3. */
        @ParameterizedTest
        @ValueSource(strings = {"ENOSYS", "EPERM"})
        void without_pidfds_it_is_looked_for(String errno) throws Exception {
            try (Foster foster = Foster.ofOneThatEndsWith(3, Parent.NEVER);
                    var refused = everywhere("syscall", errno)) {
                ChildProcess process = ((Found.Running) posix.adopt(foster.child(), 0, false)).process();
                assertThat(process.signal(Signal.CONT)).isTrue();

                foster.sayLine();

                assertThat(statusOf(process)).isEqualTo(ExitStatus.ofCode(3));
                assertThat(process.signal(Signal.CONT)).isFalse();
                assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
            }
        }

        @Test
        void without_pidfds_the_code_of_one_that_was_waited_for_is_unknown() throws Exception {
            try (Foster foster = Foster.ofOneThatEndsWith(3, Parent.PROMPT);
                    var refused = everywhere("syscall", "ENOSYS")) {
                ChildProcess process = ((Found.Running) posix.adopt(foster.child(), 0, false)).process();
                assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);

                foster.sayLine();

                assertThat(statusOf(process)).isIn(ExitStatus.ofCode(3), ExitStatus.UNKNOWN);
            }
        }

        @Test
        void without_a_descriptor_it_cannot_be_told_now() throws Exception {
            try (Foster foster = Foster.of(Parent.PROMPT, List.of(), LONG);
                    var refused = RefusedCalls.all("syscall", "EMFILE")) {
                assertThatExceptionOfType(PosixException.class)
                        .isThrownBy(() -> posix.adopt(foster.child(), 0, false))
                        .withMessage("pidfd_open: Too many open files (EMFILE)");
                assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
            }
        }

        @Test
        void where_its_tick_cannot_be_read_it_cannot_be_told_now_and_nothing_stays_open() throws Exception {
            try (Foster foster = Foster.of(Parent.PROMPT, List.of(), LONG)) {
                ProcFs.bootId();
                List<String> before = ProcessView.ofThisJvm().openFiles();
                try (var refused = RefusedCalls.all("openat", "EMFILE")) {
                    assertThatExceptionOfType(PosixException.class)
                            .isThrownBy(() -> posix.adopt(foster.child(), 0, false))
                            .withMessageContaining("Too many open files (EMFILE)");
                    assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
                }
                ProcessView.ofThisJvm().awaitNoneBesides(before);
            }
        }
    }

    /** A JVM with fewer rights adopts what belongs to others. */
    @Nested
    class Rights {

        private static final List<String> OTHER_USER =
                List.of("setpriv", "--reuid=" + NOBODY_USER, "--regid=" + NOBODY_USER, "--clear-groups");

        /** It needs to read its classes, which may lie in a home directory; that shows it nothing of processes. */
        private static final List<String> READS_FILES =
                List.of("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search");

        private static final List<String> UNKNOWN = List.of("running", "exit code unknown");

        private static final List<String> UNPRIVILEGED =
                Stream.of(OTHER_USER, READS_FILES).flatMap(List::stream).toList();
        private static final List<String> ANOTHER_UNPRIVILEGED = Stream.of(
                        List.of("setpriv", "--reuid=65533", "--regid=65533", "--clear-groups"), READS_FILES)
                .flatMap(List::stream)
                .toList();
        private static final List<String> WITHOUT_PTRACE =
                List.of("setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace");

        @BeforeEach
        void be_root() {
            assumeTrue(OwnProcess.user() == 0 && Files.isExecutable(Path.of("/usr/bin/setpriv")), "needs root");
        }

        /** What the adopter has found, and how it has ended; the child ends in between. */
        private List<String> adoptBy(List<String> rights, Foster foster) throws Exception {
            ProcessIdentity who = foster.child();
            List<String> command = new ArrayList<>(rights);
            command.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Adopter.class.getName(),
                    String.valueOf(who.pid()),
                    String.valueOf(who.startTicks()),
                    who.bootId(),
                    String.valueOf(inode(who))));
            Process adopter = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader output = adopter.inputReader(UTF_8)) {
                List<String> said = new ArrayList<>(List.of(String.valueOf(output.readLine())));
                foster.sayLine();
                said.add(String.valueOf(output.readLine()));
                return said;
            } finally {
                adopter.destroyForcibly().waitFor();
            }
        }

        @ParameterizedTest
        @CsvSource({"0, PROMPT", "3, PROMPT", "0, NEVER", "3, NEVER"})
        void a_user_knows_how_his_own_processes_end(int code, Parent parent) throws Exception {
            try (Foster foster = Foster.of(parent, OTHER_USER, "read line; exit " + code)) {
                assertThat(adoptBy(UNPRIVILEGED, foster)).containsExactly("running", "exit code " + code);
            }
        }

        @ParameterizedTest
        @CsvSource({"0, PROMPT", "3, PROMPT", "0, LATE", "3, LATE"})
        void processes_of_others_are_known_when_they_were_waited_for(int code, Parent parent) throws Exception {
            for (List<String> rights : List.of(ANOTHER_UNPRIVILEGED, WITHOUT_PTRACE)) {
                isKnownInTheEnd(List.of("running", "exit code " + code), UNKNOWN, () -> {
                    try (Foster foster = Foster.of(parent, OTHER_USER, "read line; exit " + code)) {
                        return adoptBy(rights, foster);
                    }
                });
            }
        }

        /** To who may not know, the kernel says 0 of all of them. */
        @ParameterizedTest
        @ValueSource(ints = {0, 3})
        void of_processes_of_others_that_nobody_waits_for_it_is_unknown(int code) throws Exception {
            try (Foster foster = Foster.of(Parent.NEVER, OTHER_USER, "read line; exit " + code)) {
                assertThat(adoptBy(ANOTHER_UNPRIVILEGED, foster)).containsExactly("running", "exit code unknown");
            }
            try (Foster foster = Foster.of(Parent.NEVER, OTHER_USER, "read line; exit " + code)) {
                assertThat(adoptBy(WITHOUT_PTRACE, foster)).containsExactly("running", "exit code unknown");
            }
        }

        /** Its program cannot be read by who runs it, so that its memory is not shown to him either. */
        @ParameterizedTest
        @CsvSource({"3, PROMPT, exit code 3", "0, PROMPT, exit code 0"})
        void a_process_that_does_not_show_itself_is_adopted(
                int code, Parent parent, String end, @TempDir Path directory) throws Exception {
            Path shell = directory.resolve("hidden-sh");
            Files.copy(Path.of("/bin/sh").toRealPath(), shell, StandardCopyOption.COPY_ATTRIBUTES);
            Files.setPosixFilePermissions(shell, PosixFilePermissions.fromString("--x--x--x"));
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            List<String> hidden = Stream.of(OTHER_USER, List.of(shell.toString(), "-c", "read line; exit " + code))
                    .flatMap(List::stream)
                    .toList();
            isKnownInTheEnd(List.of("running", end), UNKNOWN, () -> {
                try (Foster foster = Foster.of(parent, hidden, "")) {
                    return adoptBy(UNPRIVILEGED, foster);
                }
            });
        }
    }
}
