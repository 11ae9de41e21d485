package io.github.pekkosupervisor.posix;

import static io.github.pekkosupervisor.testing.Programs.SLEEPER;
import static io.github.pekkosupervisor.testing.Programs.command;
import static io.github.pekkosupervisor.testing.Programs.sh;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.PosixSettings.Backend;
import io.github.pekkosupervisor.posix.SpawnRequest.Grouping;
import io.github.pekkosupervisor.testing.ProcessView;
import io.github.pekkosupervisor.testing.Programs;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every backend owes its callers. A test that one of them cannot pass begins with the sentence in which that
 * backend admits it; without the sentence the test is not skipped there but fails.
 */
@ParameterizedClass(name = "{0}")
@EnumSource
final class PosixContractTest {

    /** How processes are started. */
    enum Way {
        NATIVE(Backend.NATIVE, false),
        NATIVE_WITH_OWN_SPAWN_THREAD(Backend.NATIVE, true),
        PORTABLE(Backend.PORTABLE, false);

        private final Backend backend;
        private final boolean ownSpawnThread;

        Way(Backend backend, boolean ownSpawnThread) {
            this.backend = backend;
            this.ownSpawnThread = ownSpawnThread;
        }

        PosixSettings settings(OptionalLong openFilesLimit) {
            return new PosixSettings(backend, openFilesLimit, ownSpawnThread);
        }
    }

    private static final String TEXT =
            "names, arguments and variables must be text in the JVM's character set; what is not so of"
                    + " the JVM's own environment is not passed on";
    private static final String SIGNALS =
            "no signal is blocked in a process, and those that this JVM ignores are passed on";
    private static final String SHELL =
            "a process that begins in another directory than the JVM is a shell for a moment: it has"
                    + " PWD set, and loses variables whose name a shell cannot hold";

    private final Way way;
    private final Path scratch;
    private final List<ChildProcess> started = new ArrayList<>();
    private Posix posix;

    PosixContractTest(Way way, @TempDir Path scratch) throws PosixException {
        this.way = way;
        this.scratch = scratch;
        this.posix = Posix.open(way.settings(OptionalLong.empty()));
    }

    @AfterEach
    void end_everything() throws PosixException {
        for (ChildProcess process : started) {
            process.signal(Signal.KILL);
            statusOf(process);
        }
        posix.close();
    }

    @Nested
    class End {

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 111, 127, 255})
        void a_program_that_ends_by_itself_reports_its_exit_code(int code) throws PosixException {
            ChildProcess process = spawn(sh("exit $1", String.valueOf(code)));

            assertThat(statusOf(process)).isEqualTo(ExitStatus.ofCode(code));
        }

        @ParameterizedTest
        @EnumSource(
                value = Signal.class,
                names = {"USR2", "KILL", "TERM", "USR1"})
        void a_process_ended_by_a_signal_reports_the_signal(Signal signal) throws PosixException {
            ChildProcess process = spawn(SLEEPER);

            boolean delivered = process.signal(signal);

            assertThat(delivered).isTrue();
            assertThat(statusOf(process)).isEqualTo(ExitStatus.ofSignal(signal.number()));
        }

        @Test
        void an_exit_code_above_128_is_not_taken_for_a_signal() throws PosixException {
            ChildProcess process = spawn(sh("exit 137"));

            assertThat(statusOf(process)).isEqualTo(ExitStatus.ofCode(137));
        }

        @Test
        void the_exit_is_known_even_if_nobody_asked_before_it() throws PosixException {
            ChildProcess process = spawn(sh("exit 3"));
            await().until(() -> !new ProcessView(process.pid()).exists());

            ExitStatus status = statusOf(process);

            assertThat(status).isEqualTo(ExitStatus.ofCode(3));
        }

        @Test
        void nobody_but_the_backend_can_complete_the_exit() throws PosixException {
            ChildProcess process = spawn(SLEEPER);

            process.exit().toCompletableFuture().complete(ExitStatus.ofCode(99));
            process.signal(Signal.KILL);

            assertThat(statusOf(process)).isEqualTo(ExitStatus.ofSignal(9));
        }

        @Test
        void three_hundred_short_processes_at_once_are_each_reported_exactly_once() throws PosixException {
            Queue<Integer> reports = new ConcurrentLinkedQueue<>();

            IntStream.range(0, 300)
                    .mapToObj(i -> spawnUnchecked(sh("exit 7")))
                    .forEach(process -> process.exit().thenAccept(status -> {
                        assertThat(status).isEqualTo(ExitStatus.ofCode(7));
                        reports.add(process.pid());
                    }));

            // whoever waits for an exit may go on before those who are told of it
            await().until(() -> reports.size() >= started.size());
            assertThat(reports)
                    .containsExactlyInAnyOrderElementsOf(
                            started.stream().map(ChildProcess::pid).toList());
        }

        @Test
        void three_hundred_running_processes_take_no_thread() throws PosixException {
            try (Pipe pipe = posix.pipe()) {
                int threadsBefore = Thread.getAllStackTraces().size();

                IntStream.range(0, 300)
                        .forEach(i -> spawnUnchecked(
                                request(command("cat")).stdin(pipe.readEnd()).build()));

                int threadsWith = Thread.getAllStackTraces().size();
                pipe.writeEnd().close();
                started.forEach(PosixContractTest::statusOf);
                assertThat(threadsWith).isLessThan(threadsBefore + 10);
            }
        }

        @Test
        void exit_codes_of_the_applications_own_processes_are_not_stolen() throws Exception {
            List<Process> others = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                spawn(sh("exit 7"));
                others.add(new ProcessBuilder("sh", "-c", "exit 42").start());
            }

            started.forEach(PosixContractTest::statusOf);

            assertThat(others).extracting(Process::waitFor).containsOnly(42);
        }

        @Test
        void descriptors_of_this_jvm_are_not_used_up() throws PosixException {
            statusOf(spawn(command("true")));
            List<String> before = ProcessView.ofThisJvm().openFiles();

            IntStream.range(0, 20).forEach(i -> statusOf(spawnUnchecked(command("true"))));

            ProcessView.ofThisJvm().awaitNoneBesides(before);
        }
    }

    @Nested
    class Refusals {

        @BeforeEach
        void make_files() throws IOException {
            Files.writeString(scratch.resolve("data"), "no program");
            Files.setPosixFilePermissions(scratch.resolve("data"), PosixFilePermissions.fromString("rw-r--r--"));
            Files.createDirectory(scratch.resolve("directory"));
            Files.createSymbolicLink(scratch.resolve("loop"), Path.of("loop"));
            script("no-interpreter", "#!" + scratch.resolve("missing") + "\n");
        }

        @ParameterizedTest
        @CsvSource({
            "missing, ENOENT",
            "no-interpreter, ENOENT",
            "data, EACCES",
            "directory, EACCES",
            "data/below, ENOTDIR",
            "loop, ELOOP"
        })
        void a_program_that_cannot_be_run_is_refused_with_the_reason(String name, String errno) {
            String program = scratch.resolve(name).toString();

            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> spawn(command(program)))
                    .satisfies(refused -> {
                        assertThat(refused.call()).isEqualTo("spawn");
                        assertThat(refused.argument()).isEqualTo(program);
                        assertThat(refused.errno()).isEqualTo(errno);
                        assertThat(refused).hasMessageContaining(program).hasMessageContaining(errno);
                    });
        }

        @Test
        void a_program_that_is_not_in_the_path_is_refused() {
            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> spawn(command("no-such-program-anywhere")))
                    .extracting(PosixException::errno)
                    .as("EACCES if PATH names a directory that may not be searched")
                    .isIn("ENOENT", "EACCES");
        }

        @Test
        void a_script_without_an_interpreter_line_is_not_given_to_a_shell() throws IOException {
            Path script = script("bare", "exit 0\n");

            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> spawn(command(script.toString())))
                    .matches(refused -> refused.is("ENOEXEC"));
        }

        @Test
        void a_refused_program_leaves_no_process_and_no_descriptor() {
            List<String> before = ProcessView.ofThisJvm().openFiles();

            assertThatExceptionOfType(PosixException.class).isThrownBy(() -> spawn(command("/missing")));

            assertThat(ProcessHandle.current().children()).isEmpty();
            ProcessView.ofThisJvm().awaitNoneBesides(before);
        }

        @Test
        void a_program_for_which_the_errors_text_is_forged_is_refused_with_the_true_reason() {
            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> spawn(command("/missing error=13, error: 13")))
                    .matches(refused -> refused.is("ENOENT"));
        }
    }

    @Nested
    class TreeContext {

        @Test
        void the_process_begins_in_the_given_directory() throws IOException {
            Path place = Files.createDirectory(scratch.resolve("place"));

            String printed = outputIn(place, sh("pwd -P"));

            assertThat(printed).isEqualTo(place.toRealPath() + "\n");
        }

        @Test
        void the_process_begins_in_the_given_directory_wherever_that_has_moved() throws IOException {
            Path before = Files.createDirectory(scratch.resolve("before"));
            Path after = scratch.resolve("after");
            try (Directory open = Directory.open(OsString.of(before.toString()))) {
                Files.move(before, after);
                Files.createDirectory(before);

                String printed = output(request(sh("pwd -P")).directory(open));

                assertThat(printed).isEqualTo(after.toRealPath() + "\n");
            }
        }

        @Test
        void a_relative_program_is_found_from_the_given_directory() throws IOException {
            script("here", "#!/bin/sh\necho found\n");

            String printed = outputIn(scratch, command("./here"));

            assertThat(printed).isEqualTo("found\n");
        }

        @Test
        void nothing_that_this_jvm_has_open_reaches_the_process() throws IOException {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    RandomAccessFile file =
                            new RandomAccessFile(scratch.resolve("open").toFile(), "rw");
                    Descriptor ours = Descriptor.openRead(OsString.of("/dev/null"));
                    Pipe pipe = posix.pipe()) {
                assertThat(List.of(
                                socket.isBound(),
                                file.length() == 0,
                                ours.number() > 2,
                                pipe.readEnd().number() > 2))
                        .containsOnly(true);

                ProcessView process = new ProcessView(spawn(SLEEPER).pid());

                // a program that is being loaded has its libraries open for a moment
                await().until(() -> process.read("cmdline").startsWith("sleep"));
                await().untilAsserted(() -> assertThat(process.descriptors()).containsExactly("0", "1", "2"));
            }
        }

        @Test
        void the_environment_is_this_jvms_byte_for_byte() throws IOException {
            String printed = output(request(command("env", "-0")));

            assertThat(printed).isEqualTo(ProcessView.ofThisJvm().read("environ"));
        }

        @Test
        void a_given_environment_replaces_this_jvms() throws IOException {
            String printed = output(request(command("env")).environment("A=1", "B=x=y", "C="));

            assertThat(printed.lines()).containsExactlyInAnyOrder("A=1", "B=x=y", "C=");
        }

        @Test
        void a_given_environment_need_not_be_text() throws IOException {
            unlessLimitedBy(TEXT);
            OsString entry = OsString.of(new byte[] {'A', '=', (byte) 0xff, (byte) 0xfe, '\n'});

            String printed = output(request(command("env", "-0")).environment(entry));

            assertThat(printed).isEqualTo(new String(entry.bytes(), ISO_8859_1) + "\0");
        }

        @Test
        void arguments_need_not_be_text() throws IOException {
            unlessLimitedBy(TEXT);
            OsString argument = OsString.of(new byte[] {'-', (byte) 0xff, '"', '\n', ' '});
            List<OsString> command = new ArrayList<>(command("printf", "%s."));
            command.add(argument);

            String printed = output(request(command));

            assertThat(printed).isEqualTo(new String(argument.bytes(), ISO_8859_1) + ".");
        }

        @Test
        void arguments_may_be_empty_many_and_large() throws IOException {
            List<OsString> command = new ArrayList<>(command("printf", "%s\\n", ""));
            IntStream.range(0, 500).forEach(i -> command.add(OsString.of("x".repeat(200))));

            String printed = output(request(command));

            assertThat(printed.lines()).hasSize(501).startsWith("").endsWith("x".repeat(200));
        }

        @Test
        void the_umask_is_this_jvms() throws PosixException {
            ChildProcess process = spawn(SLEEPER);

            assertThat(new ProcessView(process.pid()).status("Umask"))
                    .isEqualTo(ProcessView.ofThisJvm().status("Umask"));
        }

        @Test
        void signals_are_blocked_ignored_and_caught_as_this_jvm_was_launched() throws PosixException {
            unlessLimitedBy(SIGNALS);
            ProcessView jvm = ProcessView.ofThisJvm();

            ProcessView process = new ProcessView(spawn(SLEEPER).pid());

            assertThat(process.status("SigBlk")).isEqualTo(jvm.status("SigBlk"));
            assertThat(process.status("SigIgn")).isEqualTo(jvm.status("SigIgn"));
            assertThat(process.status("SigCgt")).matches("0+");
        }

        @Test
        void the_limit_of_open_files_is_the_processs_alone() throws PosixException {
            ProcessView jvm = ProcessView.ofThisJvm();
            String before = jvm.openFilesLimit();
            posix.close();
            posix = Posix.open(way.settings(OptionalLong.of(77)));

            ChildProcess process = spawn(SLEEPER);

            assertThat(new ProcessView(process.pid()).openFilesLimit()).isEqualTo("77");
            assertThat(jvm.openFilesLimit()).isEqualTo(before);
        }

        @Test
        void the_limit_of_open_files_is_restored_after_a_refusal() throws PosixException {
            ProcessView jvm = ProcessView.ofThisJvm();
            String before = jvm.openFilesLimit();
            posix.close();
            posix = Posix.open(way.settings(OptionalLong.of(77)));

            assertThatExceptionOfType(PosixException.class).isThrownBy(() -> spawn(command("/missing")));

            assertThat(jvm.openFilesLimit()).isEqualTo(before);
        }

        @Test
        void a_limit_of_open_files_above_the_hard_one_is_clipped() throws PosixException {
            posix.close();
            posix = Posix.open(way.settings(OptionalLong.of(Long.MAX_VALUE)));

            ChildProcess process = spawn(SLEEPER);

            assertThat(new ProcessView(process.pid()).runs()).isTrue();
        }
    }

    @Nested
    class StandardStreams {

        @Test
        void the_given_descriptors_are_the_processs_standard_streams() throws IOException {
            Path in = Files.writeString(scratch.resolve("in"), "heard\n");
            Path out = scratch.resolve("out");
            Path err = scratch.resolve("err");
            try (Descriptor stdin = Descriptor.openRead(os(in));
                    Descriptor stdout = Descriptor.openWrite(os(out), true);
                    Descriptor stderr = Descriptor.openWrite(os(err), true)) {

                ChildProcess process = spawn(request(sh("cat; echo complaint >&2"))
                        .stdin(stdin)
                        .stdout(stdout)
                        .stderr(stderr)
                        .build());

                assertThat(statusOf(process)).isEqualTo(ExitStatus.ofCode(0));
                assertThat(out).hasContent("heard\n");
                assertThat(err).hasContent("complaint\n");
            }
        }

        @Test
        void a_pipe_carries_output_until_all_who_write_are_gone() throws PosixException {
            try (Pipe pipe = posix.pipe()) {
                ChildProcess process =
                        spawn(request(sh("echo said")).stdout(pipe.writeEnd()).build());
                pipe.writeEnd().close();

                byte[] said = pipe.readEnd().read(100);

                statusOf(process);
                assertThat(new String(said, ISO_8859_1)).isEqualTo("said\n");
                assertThat(pipe.readEnd().read(100)).isEmpty();
            }
        }

        @Test
        void one_descriptor_may_serve_as_two_streams() throws IOException {
            Path both = scratch.resolve("both");
            try (Descriptor out = Descriptor.openWrite(os(both), true)) {

                statusOf(spawn(request(sh("echo 1; echo 2 >&2"))
                        .stdout(out)
                        .stderr(out)
                        .build()));

                assertThat(both).hasContent("1\n2\n");
            }
        }

        @Test
        void standard_streams_of_this_jvm_can_be_exchanged() throws PosixException {
            ProcessView jvm = ProcessView.ofThisJvm();

            ProcessView process = new ProcessView(spawn(request(SLEEPER)
                            .stdin(Descriptor.standard(2))
                            .stdout(Descriptor.standard(0))
                            .stderr(Descriptor.standard(1))
                            .build())
                    .pid());

            assertThat(process.descriptor(0)).isEqualTo(jvm.descriptor(2));
            assertThat(process.descriptor(1)).isEqualTo(jvm.descriptor(0));
            assertThat(process.descriptor(2)).isEqualTo(jvm.descriptor(1));
        }

        @Test
        void streams_that_are_not_given_are_this_jvms() throws PosixException {
            ProcessView jvm = ProcessView.ofThisJvm();

            ProcessView process = new ProcessView(spawn(SLEEPER).pid());

            assertThat(List.of(process.descriptor(0), process.descriptor(1), process.descriptor(2)))
                    .containsExactly(jvm.descriptor(0), jvm.descriptor(1), jvm.descriptor(2));
        }

        @Test
        void a_closed_descriptor_is_refused_before_anything_is_started() throws PosixException {
            Descriptor closed = Descriptor.openRead(OsString.of("/dev/null"));
            closed.close();

            assertThatIllegalStateException()
                    .isThrownBy(() -> spawn(request(SLEEPER).stdin(closed).build()))
                    .withMessageContaining("already closed");
        }
    }

    @Nested
    class Signals {

        @Test
        void a_signal_reaches_a_running_process_and_not_an_ended_one() throws PosixException {
            ChildProcess process = spawn(SLEEPER);

            boolean whileItRan = process.signal(Signal.TERM);
            statusOf(process);
            boolean afterItsEnd = process.signal(Signal.TERM);

            assertThat(whileItRan).isTrue();
            assertThat(afterItsEnd).isFalse();
        }

        @Test
        void a_stopped_process_goes_on_after_cont() throws PosixException {
            ChildProcess process = spawn(SLEEPER);
            ProcessView view = new ProcessView(process.pid());

            process.signal(Signal.STOP);
            await().until(view::isStopped);
            process.signal(Signal.CONT);

            await().until(() -> view.runs() && !view.isStopped());
        }

        @Test
        void signals_that_meet_the_end_of_the_process_do_not_fail() throws PosixException {
            for (int i = 0; i < 100; i++) {
                ChildProcess process = spawn(command("true"));
                await().pollInSameThread()
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofNanos(1))
                        .until(() -> !process.signal(Signal.CONT));
            }
        }

        @Test
        void a_process_in_this_jvms_group_has_no_group_to_signal() throws PosixException {
            ChildProcess process = spawn(SLEEPER);

            assertThatIllegalStateException()
                    .isThrownBy(() -> process.signalGroup(Signal.TERM))
                    .withMessageContaining("group");
        }
    }

    @Nested
    class Groups {

        @Test
        void a_process_belongs_to_this_jvms_group_and_session_unless_told_otherwise() throws PosixException {
            ProcessView process = new ProcessView(spawn(SLEEPER).pid());

            assertThat(process.group()).isEqualTo(ProcessView.ofThisJvm().group());
            assertThat(process.session()).isEqualTo(ProcessView.ofThisJvm().session());
        }

        @Test
        void a_process_can_lead_a_group_of_this_jvms_session() throws PosixException {
            ProcessView process = new ProcessView(
                    spawn(request(SLEEPER).grouping(Grouping.OWN_GROUP).build()).pid());

            assertThat(process.group()).isEqualTo(process.pid());
            assertThat(process.session()).isEqualTo(ProcessView.ofThisJvm().session());
        }

        @Test
        void a_process_can_lead_a_session() throws PosixException {
            ProcessView process = new ProcessView(
                    spawn(request(SLEEPER).grouping(Grouping.OWN_SESSION).build())
                            .pid());

            assertThat(process.group()).isEqualTo(process.pid());
            assertThat(process.session()).isEqualTo(process.pid());
        }

        @ParameterizedTest
        @EnumSource(
                value = Grouping.class,
                names = {"OWN_GROUP", "OWN_SESSION"})
        void a_signal_to_the_group_reaches_grandchildren(Grouping grouping) throws PosixException {
            try (Pipe pipe = posix.pipe()) {
                ChildProcess process = spawn(request(sh(Programs.PARENT_OF_SLEEPER))
                        .stdout(pipe.writeEnd())
                        .grouping(grouping)
                        .build());
                ProcessView grandchild = new ProcessView(number(pipe.readEnd().read(20)));
                assertThat(grandchild.runs()).isTrue();

                boolean delivered = process.signalGroup(Signal.TERM);

                assertThat(delivered).isTrue();
                assertThat(statusOf(process)).isEqualTo(ExitStatus.ofSignal(15));
                await().until(() -> !grandchild.runs());
            }
        }

        @Test
        void a_signal_to_a_group_that_has_ended_is_not_delivered() throws PosixException {
            ChildProcess process =
                    spawn(request(command("true")).grouping(Grouping.OWN_GROUP).build());
            statusOf(process);

            boolean delivered = process.signalGroup(Signal.TERM);

            assertThat(delivered).isFalse();
        }
    }

    @Nested
    class Identity {

        @Test
        void a_process_is_known_by_number_start_and_boot() throws PosixException {
            ChildProcess process = spawn(SLEEPER);

            assertThat(process.identity())
                    .isEqualTo(ProcessIdentity.ofRunning(process.pid()).orElseThrow());
            assertThat(process.identity().startTicks()).isPositive();
            assertThat(process.identity().bootId()).isNotEmpty();
        }

        @Test
        void an_ended_process_no_longer_exists() throws PosixException {
            ChildProcess process = spawn(SLEEPER);
            boolean before = process.identity().exists();

            process.signal(Signal.KILL);
            statusOf(process);

            assertThat(before).isTrue();
            assertThat(process.identity().exists()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 7, 255})
    void one_further_descriptor_is_passed_on_and_none_between(int number) throws PosixException {
        try (Pipe further = posix.pipe()) {
            ProcessView process = new ProcessView(spawn(new SpawnRequest(
                            SLEEPER,
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Grouping.OWN_SESSION,
                            Optional.of(new SpawnRequest.Further(number, further.writeEnd()))))
                    .pid());

            // a program that is being loaded has its libraries open for a moment
            await().untilAsserted(() ->
                    assertThat(process.descriptors()).containsExactlyInAnyOrder("0", "1", "2", String.valueOf(number)));
            assertThat(process.descriptor(number))
                    .isEqualTo(ProcessView.ofThisJvm()
                            .descriptor(further.writeEnd().number()));
        }
    }

    @Test
    void a_group_exists_as_long_as_it_has_a_member() throws PosixException {
        try (Pipe pipe = posix.pipe()) {
            ChildProcess leader = spawn(new SpawnRequest(
                    sh("sleep " + Programs.A_DAY + " & echo $!"),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(pipe.writeEnd()),
                    Optional.empty(),
                    Grouping.OWN_GROUP));
            statusOf(leader);
            boolean withMember = leader.groupExists();

            leader.signalGroup(Signal.KILL);

            assertThat(withMember).isTrue();
            await().until(() -> !leader.groupExists());
        }
    }

    @Test
    void the_native_backend_has_no_limitations_and_the_other_names_all_of_its() {
        List<String> expected = way != Way.PORTABLE
                ? List.of()
                : List.of(
                        TEXT,
                        SIGNALS,
                        SHELL,
                        "what other code of this JVM opens in the moment of a start, without close-on-exec, may be passed on",
                        "starting takes some times as long, and longer the more descriptors are open");

        assertThat(posix.limitations()).containsExactlyInAnyOrderElementsOf(expected);
    }

    private void unlessLimitedBy(String sentence) {
        assumeThat(posix.limitations()).doesNotContain(sentence);
    }

    private ChildProcess spawn(SpawnRequest request) throws PosixException {
        ChildProcess process = posix.spawn(request);
        started.add(process);
        return process;
    }

    private ChildProcess spawn(List<OsString> command) throws PosixException {
        return spawn(SpawnRequest.of(command));
    }

    private ChildProcess spawnUnchecked(List<OsString> command) {
        return spawnUnchecked(SpawnRequest.of(command));
    }

    private ChildProcess spawnUnchecked(SpawnRequest request) {
        try {
            return spawn(request);
        } catch (PosixException e) {
            throw new AssertionError(e);
        }
    }

    private static ExitStatus statusOf(ChildProcess process) {
        return process.exit().toCompletableFuture().orTimeout(20, SECONDS).join();
    }

    private String outputIn(Path directory, List<OsString> command) throws IOException {
        try (Directory open = Directory.open(os(directory))) {
            return output(request(command).directory(open));
        }
    }

    /** What a program writes, a character for each byte. */
    private String output(Request request) throws IOException {
        Path file = Files.createTempFile(scratch, "output", "");
        try (Descriptor out = Descriptor.openWrite(os(file), true)) {
            statusOf(spawn(request.stdout(out).build()));
        }
        return Files.readString(file, ISO_8859_1);
    }

    private Path script(String name, String text) throws IOException {
        Path file = Files.writeString(scratch.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static OsString os(Path path) {
        return OsString.of(path.toString());
    }

    private static long number(byte[] line) {
        return Long.parseLong(new String(line, ISO_8859_1).trim());
    }

    private static Request request(List<OsString> command) {
        return new Request(command);
    }

    /** A {@link SpawnRequest} being made. */
    private static final class Request {
        private final List<OsString> command;
        private @Nullable List<OsString> environment;
        private @Nullable Directory directory;
        private @Nullable Descriptor stdin;
        private @Nullable Descriptor stdout;
        private @Nullable Descriptor stderr;
        private Grouping grouping = Grouping.INHERIT;

        Request(List<OsString> command) {
            this.command = command;
        }

        Request environment(String... entries) {
            this.environment = command(entries);
            return this;
        }

        Request environment(OsString entry) {
            this.environment = List.of(entry);
            return this;
        }

        Request directory(Directory open) {
            this.directory = open;
            return this;
        }

        Request stdin(Descriptor descriptor) {
            this.stdin = descriptor;
            return this;
        }

        Request stdout(Descriptor descriptor) {
            this.stdout = descriptor;
            return this;
        }

        Request stderr(Descriptor descriptor) {
            this.stderr = descriptor;
            return this;
        }

        Request grouping(Grouping changed) {
            this.grouping = changed;
            return this;
        }

        SpawnRequest build() {
            return new SpawnRequest(
                    command,
                    Optional.ofNullable(environment),
                    Optional.ofNullable(directory),
                    Optional.ofNullable(stdin),
                    Optional.ofNullable(stdout),
                    Optional.ofNullable(stderr),
                    grouping);
        }
    }
}
