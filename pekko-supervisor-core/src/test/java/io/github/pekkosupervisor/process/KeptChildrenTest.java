package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.config.ConfiguredTree;
import io.github.pekkosupervisor.posix.Custody;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.Orphans;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.RefusedCalls;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.KeptProcess.Signs;
import io.github.pekkosupervisor.process.ProcessSpec.ProcessGroup;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.testing.ProcessView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes of an application that are kept, and what its next JVM makes of them. */
final class KeptChildrenTest {

    private final Path place;
    private final Path state;

    KeptChildrenTest(@TempDir Path place) {
        this.place = place;
        this.state = place.resolve("state");
    }

    private List<String> lines(String file) {
        try {
            Path path = place.resolve(file);
            return Files.exists(path) ? Files.readAllLines(path) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String record() throws IOException {
        try (Stream<Path> files = Files.list(state)) {
            return files.map(file -> file.toFile().getName())
                    .filter(name -> name.endsWith(".process"))
                    .findFirst()
                    .orElse("");
        }
    }

    /** The parent of a sleeper with the mark is gone, as a JVM that was killed in the middle of a start. */
    private static int orphanWithMark(String... by) throws Exception {
        return orphan("env PEKKO_SUPERVISOR_START=kept.test setsid " + String.join(" ", by) + " sleep " + A_DAY);
    }

    private static int orphan(String command) throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", command + " >&- & echo $!").start();
        int pid = Integer.parseInt(new String(shell.getInputStream().readAllBytes(), US_ASCII).trim());
        shell.waitFor();
        await().until(() -> new ProcessView(pid).session() == pid);
        await().until(() -> new ProcessView(pid).read("cmdline").startsWith("sleep"));
        return pid;
    }

    private void intend() throws Exception {
        intend(Optional.empty());
    }

    private void intend(Optional<Signs> signs) throws Exception {
        ProcessIdentity own = ProcessIdentity.ofRunning(OwnProcess.pid()).orElseThrow();
        try (KeptProcesses kept = KeptProcesses.open(state)) {
            kept.write(new KeptProcess(
                    "/db",
                    new ProcessIdentity(0, Orphans.currentTick(), own.bootId()),
                    0,
                    ProcessGroup.WHOLE,
                    StopSequence.standard(),
                    Optional.empty(),
                    "other",
                    "PEKKO_SUPERVISOR_START=kept.test",
                    signs));
        }
    }

    @Test
    void a_state_directory_with_a_bare_name_is_made_where_the_application_is() throws Exception {
        try (Directory here = Directory.open(OsString.of("."))) {
            assumeTrue(Custody.breach(here).isEmpty(), "others may write to the working directory");
        }
        Path bare = Path.of("state-of-kept-children-" + OwnProcess.pid());
        try (KeptProcesses kept = KeptProcesses.open(bare)) {
            assertThat(kept).isNotNull();
            assertThat(bare.toAbsolutePath()).isDirectory();
        } finally {
            Files.deleteIfExists(bare.resolve("lock"));
            Files.deleteIfExists(bare);
        }
    }

    /** A JVM that is killed, and the next. */
    @Nested
    class Killed {

        private static final String NUMBERS = "i=0; while :; do echo $i; i=$((i+1)); sleep 0.01; done";

        private HostJvm launch(String events, String children) throws IOException {
            HostJvm host = new HostJvm(KeptHost.class, place, events, "children = [" + children + "]");
            await().atMost(HostJvm.PATIENCE).until(() -> lines(events).contains("up"));
            return host;
        }

        private String numbers() {
            return "{ id = db, process { command = [sh, -c, \"" + NUMBERS + "\", " + A_DAY + "], stdin = discard"
                    + ", output { file = \"" + place.resolve("numbers") + "\" }, when-supervisor-dies = keep } }";
        }

        private static final String KILLED =
                "{ id = web, process { command = [sleep, " + A_DAY + "], when-supervisor-dies = kill } }";

        private int pid(String events, String start) {
            return lines(events).stream()
                    .filter(line -> line.startsWith(start + " "))
                    .mapToInt(line -> Integer.parseInt(line.substring(start.length() + 1)))
                    .findFirst()
                    .orElseThrow();
        }

        /** What lets root look into the processes of others: the last two, since Linux 6.16, into environments. */
        private static final String LESS = "--bounding-set=-sys_ptrace,-sys_admin,-perfmon";

        @AfterEach
        void end_everything() {
            ProcessHandle.allProcesses()
                    .filter(process -> process.info().commandLine().orElse("").contains(A_DAY))
                    .forEach(ProcessHandle::destroyForcibly);
        }

        @Test
        void case_26_a_process_that_is_kept_is_adopted_by_the_next_jvm_and_goes_on_writing_to_its_file()
                throws Exception {
            HostJvm first = launch("first", numbers() + "," + KILLED);
            ProcessView db = new ProcessView(pid("first", "db START_UP"));
            ProcessView web = new ProcessView(pid("first", "web START_UP"));
            await().until(() -> lines("numbers").size() > 10);

            first.kill();

            await().until(() -> !web.runs());
            int written = lines("numbers").size();
            await().until(() -> lines("numbers").size() > written + 10);
            HostJvm second = launch("second", numbers() + "," + KILLED);
            try {
                assertThat(pid("second", "db ADOPTED")).isEqualTo((int) db.pid());
                assertThat(pid("second", "web START_UP")).isNotEqualTo((int) web.pid());
                int adopted = lines("numbers").size();
                await().until(() -> lines("numbers").size() > adopted + 10);
                List<String> numbers = lines("numbers");
                assertThat(numbers)
                        .containsExactlyElementsOf(IntStream.range(0, numbers.size())
                                .mapToObj(String::valueOf)
                                .toList());

                ProcessHandle.of(db.pid()).orElseThrow().destroyForcibly();

                await().until(() -> lines("second").contains("db ended: killed"));
                await().until(() -> lines("second").stream().anyMatch(line -> line.startsWith("db RESTART ")));
            } finally {
                second.killWith();
            }
        }

        @Test
        void it_is_adopted_again_and_again() throws Exception {
            HostJvm host = launch("first", numbers());
            int db = pid("first", "db START_UP");

            for (String next : List.of("second", "third", "fourth")) {
                host.kill();
                host = launch(next, numbers());
                assertThat(pid(next, "db ADOPTED")).isEqualTo(db);
            }

            host.killWith();
        }

        @Test
        void what_was_stopped_in_order_is_started() throws Exception {
            HostJvm first = launch("first", numbers());
            ProcessView db = new ProcessView(pid("first", "db START_UP"));

            first.terminate();

            assertThat(db.runs()).isFalse();
            assertThat(record()).isEmpty();
            HostJvm second = launch("second", numbers());
            assertThat(pid("second", "db START_UP")).isPositive();
            second.killWith();
        }

        @Test
        void one_whose_child_is_no_more_is_stopped_as_it_was_to_be() throws Exception {
            String talker = "{ id = db, shutdown = 1m, process { command = [sh, -c, \"trap 'echo asked; exit 0' USR1;"
                    + " echo ready; while :; do sleep 0.01; done\", " + A_DAY + "], stdin = discard, stop = [USR1]"
                    + ", output { file = \"" + place.resolve("said") + "\" }, when-supervisor-dies = keep } }";
            HostJvm first = launch("first", talker);
            ProcessView db = new ProcessView(pid("first", "db START_UP"));
            await().until(() -> lines("said").contains("ready"));
            first.kill();

            HostJvm second = launch("second", KILLED);

            await().until(() -> !db.runs());
            // and what a shell says of those that it had started
            assertThat(lines("said")).startsWith("ready").endsWith("asked");
            await().until(() -> record().isEmpty());
            second.killWith();
        }

        @Test
        void one_whose_specification_has_changed_is_adopted_and_the_new_one_counts_from_its_next_start()
                throws Exception {
            HostJvm first = launch("first", numbers());
            int db = pid("first", "db START_UP");
            first.kill();

            HostJvm second = launch("second", numbers().replace("echo $i", "echo new"));
            assertThat(pid("second", "db ADOPTED")).isEqualTo(db);
            assertThat(lines("numbers")).doesNotContain("new");
            ProcessHandle.of(db).orElseThrow().destroyForcibly();

            await().until(() -> lines("numbers").contains("new"));
            second.killWith();
        }

        /** Root who may not trace, as in most containers, does not see whether another user's process has the mark. */
        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void who_leads_a_session_and_cannot_be_looked_into_is_neither_adopted_nor_signalled(boolean markedToo)
                throws Exception {
            assumeTrue(OwnProcess.user() == 0 && Files.isExecutable(Path.of("/usr/bin/setpriv")), "needs root");
            intend();
            int stranger = orphan("setsid setpriv --reuid=65534 --regid=65534 --clear-groups sleep " + A_DAY);
            await().until(() -> new ProcessView(stranger).read("status").contains("Uid:\t65534"));
            int marked = markedToo ? orphanWithMark("setpriv", LESS) : 0;
            String tree = "children = [{ id = db, process { command = [sleep, " + A_DAY
                    + "], when-supervisor-dies = keep } }]";

            HostJvm host = new HostJvm(List.of("setsid", "setpriv", LESS), KeptHost.class, place, "first", tree);
            try {
                await().atMost(HostJvm.PATIENCE)
                        .until(() -> !lines("first").isEmpty() || !lines("log").isEmpty());

                // another test may run a process at this moment into which nobody may look either
                String expected = markedToo
                        ? "db ADOPTED " + marked
                        : "it may be (process|any of the processes)( \\d+,)* " + stranger
                                + ",( \\d+,)* into which this JVM may"
                                + " not look; end it if it is, else remove "
                                + Pattern.quote(state.resolve(record()).toString())
                                + " and start the application once more";
                await().untilAsserted(() -> assertThat(lines(markedToo ? "first" : "log"))
                        .as("beside %s", lines("first"))
                        .anySatisfy(line -> assertThat(line).containsPattern(expected)));
                assertThat(lines("first")).noneMatch(line -> line.startsWith("db START_UP"));
                assertThat(new ProcessView(stranger).runs()).isTrue();
            } finally {
                host.killWith();
            }
        }

        @Test
        void one_that_has_ended_meanwhile_is_started() throws Exception {
            HostJvm first = launch("first", numbers());
            int db = pid("first", "db START_UP");
            first.kill();
            ProcessHandle.of(db).orElseThrow().destroyForcibly();
            await().until(() -> !new ProcessView(db).runs());

            HostJvm second = launch("second", numbers());

            assertThat(pid("second", "db START_UP")).isNotEqualTo(db);
            second.killWith();
        }
    }

    /** What is in the directory when a tree begins. */
    @Nested
    class Found {

        private static final String SLEEPER =
                "{ id = db, process { command = [sleep, " + A_DAY + "], when-supervisor-dies = keep } }";

        private final Queue<SupervisorEvent> events = new ConcurrentLinkedQueue<>();

        private SupervisionTree start(String children) {
            return SupervisionTree.start(
                    ConfiguredTree.read(ConfigFactory.parseString("children = [" + children + "]")),
                    SupervisionTree.Options.defaults()
                            .withStateDirectory(state)
                            .withListener(TreeEvent.only(SupervisorEvent.class, events::add)));
        }

        private Stream<SupervisorEvent.StartCause> starts() {
            return events.stream()
                    .filter(SupervisorEvent.ChildStarted.class::isInstance)
                    .map(event -> ((SupervisorEvent.ChildStarted) event).cause());
        }

        private void leave(ProcessIdentity who) throws Exception {
            try (KeptProcesses kept = KeptProcesses.open(state)) {
                kept.write(new KeptProcess(
                        "/db",
                        who,
                        0,
                        ProcessGroup.NONE,
                        StopSequence.standard(),
                        Optional.empty(),
                        "other",
                        "MARK=1"));
            }
        }

        @Test
        void a_process_that_is_kept_is_written_down_while_it_runs() throws Exception {
            try (SupervisionTree tree = start(SLEEPER)) {
                assertThat(tree).isNotNull();
                assertThat(record()).startsWith("db-");
                assertThat(Files.getPosixFilePermissions(state.resolve(record())))
                        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            }
            assertThat(record()).isEmpty();
        }

        @Test
        void others_are_not_written_down() throws Exception {
            try (SupervisionTree tree = start("{ id = db, process { command = [sleep, " + A_DAY + "] } }")) {
                assertThat(tree).isNotNull();
                assertThat(record()).isEmpty();
            }
        }

        @Test
        void another_process_with_its_number_is_neither_adopted_nor_signalled() throws Exception {
            Process stranger = new ProcessBuilder("sleep", A_DAY).start();
            ProcessIdentity own =
                    ProcessIdentity.ofRunning((int) stranger.pid()).orElseThrow();
            leave(new ProcessIdentity(own.pid(), own.startTicks() - 1, own.bootId()));

            try (SupervisionTree tree = start(SLEEPER)) {
                assertThat(tree).isNotNull();
                assertThat(starts()).containsExactly(SupervisorEvent.StartCause.START_UP);
            }

            assertThat(stranger.isAlive()).isTrue();
            stranger.destroyForcibly().waitFor();
        }

        @Test
        void one_that_is_adopted_has_run_since_its_own_start() throws Exception {
            Process before = new ProcessBuilder("sleep", A_DAY).start();
            ProcessIdentity own = ProcessIdentity.ofRunning((int) before.pid()).orElseThrow();
            await().until(() -> Orphans.age(own).compareTo(Duration.ofSeconds(2)) > 0);
            leave(own);

            Instant begins = Instant.now();
            try (SupervisionTree tree = start(SLEEPER)) {
                assertThat(tree.snapshot()
                                .toCompletableFuture()
                                .join()
                                .find("/db")
                                .orElseThrow()
                                .since()
                                .orElseThrow())
                        .isBefore(begins.minusSeconds(1));
                before.destroyForcibly();

                await().until(() -> starts().count() == 2);
            }

            assertThat(events.stream()
                            .filter(SupervisorEvent.ChildTerminated.class::isInstance)
                            .map(event -> ((SupervisorEvent.ChildTerminated) event).ran()))
                    .singleElement(InstanceOfAssertFactories.DURATION)
                    .isGreaterThan(Duration.ofSeconds(2))
                    .isLessThan(Duration.ofMinutes(2));
        }

        @Test
        void a_process_that_is_not_kept_any_more_is_not_doubled() throws Exception {
            Process before = new ProcessBuilder("sleep", A_DAY).start();
            leave(ProcessIdentity.ofRunning((int) before.pid()).orElseThrow());

            try (SupervisionTree tree = start("{ id = db, process { command = [sleep, " + A_DAY + "] } }")) {
                assertThat(tree).isNotNull();
                assertThat(starts()).containsExactly(SupervisorEvent.StartCause.ADOPTED);
                assertThat(tree.process("db")
                                .toCompletableFuture()
                                .join()
                                .orElseThrow()
                                .pid())
                        .isEqualTo((int) before.pid());
            }

            assertThat(before.waitFor()).isEqualTo(128 + Signal.TERM.number());
        }

        @Test
        void one_that_a_jvm_was_starting_when_it_was_killed_is_found_and_adopted() throws Exception {
            intend();
            int pid = orphanWithMark();

            try (SupervisionTree tree = start(SLEEPER)) {
                assertThat(tree).isNotNull();
                assertThat(starts()).containsExactly(SupervisorEvent.StartCause.ADOPTED);
                assertThat(tree.process("db")
                                .toCompletableFuture()
                                .join()
                                .orElseThrow()
                                .pid())
                        .isEqualTo(pid);
                assertThat(Files.readString(state.resolve(record()))).contains("process " + pid + " ");
            }

            await().until(() -> !new ProcessView(pid).runs());
        }

        @Test
        void a_start_that_has_not_come_to_anything_is_made() throws Exception {
            intend();

            try (SupervisionTree tree = start(SLEEPER)) {
                assertThat(tree).isNotNull();
                assertThat(starts()).containsExactly(SupervisorEvent.StartCause.START_UP);
            }
        }

        @Test
        void where_it_may_be_one_of_several_none_is_adopted_and_nothing_is_started() throws Exception {
            intend();
            int one = orphanWithMark();
            int other = orphanWithMark();
            try {
                assertThatExceptionOfType(SupervisionTree.StartFailedException.class)
                        .isThrownBy(() -> start(SLEEPER))
                        .withMessageContaining("it may be any of the processes ")
                        .withMessageContaining(String.valueOf(one))
                        .withMessageContaining(String.valueOf(other));

                assertThat(new ProcessView(one).runs()).isTrue();
                assertThat(new ProcessView(other).runs()).isTrue();
            } finally {
                ProcessHandle.of(one).ifPresent(ProcessHandle::destroyForcibly);
                ProcessHandle.of(other).ifPresent(ProcessHandle::destroyForcibly);
            }
        }

        /** As {@code env -i} leaves it, or a program that writes its title over its environment. */
        @Test
        void one_without_its_environment_that_may_be_it_is_named_and_nothing_is_started() throws Exception {
            Path home = Files.createDirectory(place.resolve("home"));
            FileStatus.Id where = Directory.statusOf(OsString.of(home.toString()))
                    .orElseThrow()
                    .id();
            intend(Optional.of(new Signs(1, 1, Optional.of(where), List.of())));
            int other = orphan("env -i setsid sleep " + A_DAY);
            int stranger = orphan("cd " + home + "; env -i setsid sleep " + A_DAY);
            try {
                assertThatExceptionOfType(SupervisionTree.StartFailedException.class)
                        .isThrownBy(() -> start(SLEEPER))
                        .withMessageContaining("it may be process " + stranger
                                + ", whose environment does not tell, and which has its directory or its output; end it"
                                + " if it is, else remove " + state.resolve(record())
                                + " and start the application once more");
                assertThat(starts()).isEmpty();
                assertThat(new ProcessView(stranger).runs()).isTrue();

                ProcessHandle.of(stranger).orElseThrow().destroyForcibly();
                await().until(() -> !new ProcessView(stranger).runs());
                start(SLEEPER).close();
                assertThat(starts()).containsExactly(SupervisorEvent.StartCause.START_UP);
                assertThat(new ProcessView(other).runs()).isTrue();
            } finally {
                ProcessHandle.of(stranger).ifPresent(ProcessHandle::destroyForcibly);
                ProcessHandle.of(other).ifPresent(ProcessHandle::destroyForcibly);
            }
        }

        /** The second is to say which process it is, so what was written before it stays. */
        @Test
        void what_it_is_known_by_is_written_down_before_its_start() throws Exception {
            Path home = Files.createDirectory(place.resolve("home"));
            Path output = Files.createFile(place.resolve("output"));
            String child = "{ id = db, process { command = [sleep, " + A_DAY + "], when-supervisor-dies = keep"
                    + ", directory = \"" + home + "\", stdout { file = \"" + output + "\" }, stderr = discard } }";

            try (var refused = RefusedCalls.everywhereAfter(1, 1, "renameat", "EIO");
                    SupervisionTree tree = start(child)) {
                assertThat(tree).isNotNull();
                assertThat(refused.left()).isZero();

                assertThat(Files.readAllLines(state.resolve(record())))
                        .contains(
                                "starter " + OwnProcess.group() + " " + OwnProcess.session(),
                                "directory " + id(home),
                                "outputs " + id(output));
            }
        }

        private String id(Path file) throws Exception {
            FileStatus.Id id = Directory.statusOf(OsString.of(file.toString()))
                    .orElseThrow()
                    .id();
            return id.device() + " " + id.inode();
        }

        /** It may have the port or the lock that the new child wants; it is stopped only when all is up. */
        @Test
        void one_that_was_not_taken_over_is_named_when_the_start_has_failed() throws Exception {
            String child = "{ id = database, process { command = [/does/not/exist] } }";
            assertThatExceptionOfType(SupervisionTree.StartFailedException.class)
                    .isThrownBy(() -> start(child))
                    .satisfies(failed -> assertThat(failed.getMessage()).doesNotContain("earlier"));
            Process before = new ProcessBuilder("sleep", A_DAY).start();
            leave(ProcessIdentity.ofRunning((int) before.pid()).orElseThrow());

            assertThatExceptionOfType(SupervisionTree.StartFailedException.class)
                    .isThrownBy(() -> start(child))
                    .satisfies(failed -> assertThat(failed.getMessage())
                            .endsWith("; an earlier JVM has left process " + before.pid()
                                    + " of child /db, which runs and has not been taken over; end it if it is in the"
                                    + " way"));

            assertThat(before.isAlive()).isTrue();
            before.destroyForcibly().waitFor();
            assertThatExceptionOfType(SupervisionTree.StartFailedException.class)
                    .isThrownBy(() -> start(child))
                    .satisfies(failed -> assertThat(failed.getMessage()).doesNotContain("earlier"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "x", "pekko-supervisor-process 1\npath /db\nprocess 1 2 3 4\nsum 0\n"})
        void what_no_tree_has_written_is_as_nothing(String content) throws Exception {
            leave(ProcessIdentity.ofRunning(1).orElseThrow());
            Files.writeString(state.resolve(record()), content);

            try (SupervisionTree tree = start(SLEEPER)) {
                assertThat(tree).isNotNull();
                assertThat(starts()).containsExactly(SupervisorEvent.StartCause.START_UP);
            }
        }

        @Test
        void what_a_later_version_has_written_is_left_alone_and_the_child_not_started() throws Exception {
            leave(ProcessIdentity.ofRunning(1).orElseThrow());
            Path file = state.resolve(record());
            String later = Files.readString(file).replace("process 1\n", "process 2\n");
            Files.writeString(file, later);

            assertThatExceptionOfType(SupervisionTree.StartFailedException.class)
                    .isThrownBy(() -> start(SLEEPER))
                    .withMessageContaining("of a later version");

            assertThat(file).hasContent(later);
        }

        @Test
        void two_trees_cannot_have_one_directory() {
            try (SupervisionTree tree = start(SLEEPER)) {
                assertThat(tree).isNotNull();
                assertThatExceptionOfType(SupervisionTree.StartFailedException.class)
                        .isThrownBy(() -> start(SLEEPER))
                        .withMessageContaining("another tree that runs, in process "
                                + ProcessHandle.current().pid());
            }
            start(SLEEPER).close();
        }

        @Test
        void a_directory_in_which_others_may_write_is_refused() throws Exception {
            Files.createDirectory(state);
            Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxrwxrwx"));

            assertThatExceptionOfType(SupervisionTree.StartFailedException.class)
                    .isThrownBy(() -> start(SLEEPER))
                    .withMessageContaining("can be written to by others");
        }

        @Test
        void what_cannot_be_written_down_runs_all_the_same() throws Exception {
            Files.createDirectories(state.resolve(KeptProcesses.fileOf("/db") + ".new"));
            Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx------"));

            try (SupervisionTree tree = start(SLEEPER)) {
                assertThat(tree.process("db").toCompletableFuture().join()).isPresent();
                assertThat(record()).isEmpty();
            }
        }

        /** It would be started once more by the next JVM; and the system may allow it a moment later. */
        @Test
        void what_cannot_be_written_down_for_want_of_memory_is_not_started() throws Exception {
            try (var refused = RefusedCalls.everywhereAfter(0, 1, "renameat", "ENOMEM")) {
                assertThatExceptionOfType(SupervisionTree.StartFailedException.class)
                        .isThrownBy(() -> start(SLEEPER))
                        .withMessageContaining("ENOMEM");
                assertThat(refused.left()).isZero();
            }
            assertThat(starts()).isEmpty();

            try (SupervisionTree tree = start(SLEEPER)) {
                assertThat(tree).isNotNull();
                assertThat(record()).startsWith("db-");
            }
        }

        @Test
        void a_setting_names_the_directory_where_the_tree_does_not() throws Exception {
            ActorSystem<Void> system = ActorSystem.create(
                    Behaviors.empty(),
                    "kept",
                    ConfigFactory.parseMap(Map.of("pekko-supervisor.state-directory", state.toString()))
                            .withFallback(ConfigFactory.load()));
            try (SupervisionTree tree = SupervisionTree.start(
                    ConfiguredTree.read(ConfigFactory.parseString("children = [" + SLEEPER + "]")),
                    SupervisionTree.Options.defaults().withSystem(system))) {
                assertThat(tree).isNotNull();
                assertThat(record()).startsWith("db-");
            } finally {
                system.terminate();
                system.getWhenTerminated().toCompletableFuture().join();
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "stdout = log",
                    "stderr = prefix",
                    "ready { line = ready }",
                    "output { logger = x, level = info }"
                })
        void a_stream_that_would_break_with_the_jvm_is_refused(String stream) {
            String child = "{ id = db, process { command = [sleep, " + A_DAY + "], when-supervisor-dies = keep, "
                    + stream + " } }";

            assertThatExceptionOfType(InvalidSpecException.class)
                    .isThrownBy(() -> start(child))
                    .satisfies(e -> assertThat(e.problems()).singleElement().satisfies(problem -> {
                        assertThat(problem.path()).isEqualTo("/db");
                        assertThat(problem.message()).contains("passes through this JVM and would break");
                    }));
        }

        private ChildSpec sleeper(String id) {
            return ChildSpec.process(
                    id, ProcessSpec.of("sleep", A_DAY).withWhenSupervisorDies(ProcessSpec.WhenSupervisorDies.KEEP));
        }

        private SupervisorResult.StartResult add(SupervisionTree tree, ChildSpec child, String... supervisor) {
            return tree.supervisor(supervisor)
                    .toCompletableFuture()
                    .join()
                    .orElseThrow()
                    .startChild(child)
                    .toCompletableFuture()
                    .join();
        }

        private SupervisionTree startWith(ChildSpec... children) {
            return SupervisionTree.start(
                    SupervisorSpec.oneForOne().withChildren(List.of(children)),
                    SupervisionTree.Options.defaults()
                            .withStateDirectory(state)
                            .withListener(TreeEvent.only(SupervisorEvent.class, events::add)));
        }

        /** Two of one id have one file: the next JVM would adopt the last and start another beside the first. */
        @Test
        void of_children_with_one_id_only_one_can_be_kept() throws Exception {
            try (SupervisionTree tree = startWith(ChildSpec.supervisor("pool", SupervisorSpec.dynamic()))) {
                assertThat(add(tree, sleeper("one"), "pool")).isInstanceOf(SupervisorResult.Started.class);
                assertThat(add(tree, sleeper("two"), "pool")).isInstanceOf(SupervisorResult.Started.class);
                String first = Files.readString(state.resolve(KeptProcesses.fileOf("/pool/one")));

                assertThat(add(tree, sleeper("one"), "pool"))
                        .isInstanceOfSatisfying(
                                SupervisorResult.StartFailed.class,
                                failed -> assertThat(failed.reason().toString())
                                        .contains("another child of this id has a process that is kept"));

                assertThat(state.resolve(KeptProcesses.fileOf("/pool/one"))).hasContent(first);
                // others of that id are not the next JVM's business
                assertThat(add(tree, ChildSpec.process("one", ProcessSpec.of("sleep", A_DAY)), "pool"))
                        .isInstanceOf(SupervisorResult.Started.class);
            }
            assertThat(record()).isEmpty();
        }

        @Test
        void one_of_that_id_that_is_restarted_is_kept_again() throws Exception {
            try (SupervisionTree tree = startWith(ChildSpec.supervisor("pool", SupervisorSpec.dynamic()))) {
                add(tree, sleeper("one"), "pool");
                ProcessIdentity first =
                        tree.process("pool", "one").toCompletableFuture().join().orElseThrow();

                ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();

                await().until(() -> tree.process("pool", "one")
                        .toCompletableFuture()
                        .join()
                        .filter(now -> !now.equals(first))
                        .isPresent());
                int pid = tree.process("pool", "one")
                        .toCompletableFuture()
                        .join()
                        .orElseThrow()
                        .pid();
                assertThat(Files.readString(state.resolve(KeptProcesses.fileOf("/pool/one"))))
                        .contains("process " + pid + " ");
            }
        }

        @Test
        void a_process_of_a_template_is_refused() {
            SupervisorSpec pool = SupervisorSpec.simpleOneForOne(sleeper("one"));

            assertThatExceptionOfType(InvalidSpecException.class)
                    .isThrownBy(() -> startWith(ChildSpec.supervisor("pool", pool)))
                    .satisfies(e -> assertThat(e.problems()).singleElement().satisfies(problem -> {
                        assertThat(problem.path()).isEqualTo("/pool/one");
                        assertThat(problem.message()).contains("could not tell whose process is whose");
                    }));
        }

        /** A child that comes when all is up: what was left under its id is no child's, and is ended before. */
        @Test
        void none_is_started_while_one_that_was_left_is_being_stopped() throws Exception {
            Path asked = place.resolve("asked");
            Process before = new ProcessBuilder(
                            "sh",
                            "-c",
                            "trap 'echo TERM >>" + asked + "' TERM; echo up >>" + asked
                                    + "; while :; do sleep 0.01; done",
                            A_DAY)
                    .start();
            await().until(() -> lines("asked").contains("up"));
            leave(ProcessIdentity.ofRunning((int) before.pid()).orElseThrow());

            try (SupervisionTree tree = startWith()) {
                await().until(() -> lines("asked").contains("TERM"));

                assertThat(add(tree, sleeper("db")))
                        .isInstanceOfSatisfying(
                                SupervisorResult.StartFailed.class,
                                failed -> assertThat(failed.reason().toString()).contains("is being stopped"));
                assertThat(add(tree, ChildSpec.process("db", ProcessSpec.of("sleep", A_DAY))))
                        .isInstanceOf(SupervisorResult.StartFailed.class);
                assertThat(Files.readString(state.resolve(record()))).contains("process " + before.pid() + " ");

                before.destroyForcibly().waitFor();
                await().until(() -> record().isEmpty());
                assertThat(add(tree, sleeper("db"))).isInstanceOf(SupervisorResult.Started.class);
                int pid = tree.process("db")
                        .toCompletableFuture()
                        .join()
                        .orElseThrow()
                        .pid();
                assertThat(Files.readString(state.resolve(record()))).contains("process " + pid + " ");
            }
        }

        /** Nobody would adopt it, so it may be as it likes. */
        @Test
        void without_a_directory_nothing_is_refused() {
            SupervisionTree.start(ConfiguredTree.read(ConfigFactory.parseString("children = [{ id = db, process {"
                            + " command = [sleep, " + A_DAY + "], when-supervisor-dies = keep, stdout = log } }]")))
                    .close();
        }
    }
}
