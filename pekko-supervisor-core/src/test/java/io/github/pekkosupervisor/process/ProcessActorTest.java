package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static io.github.pekkosupervisor.testing.Programs.DEAF_TO_TERM;
import static io.github.pekkosupervisor.testing.Programs.PARENT_OF_SLEEPER;
import static io.github.pekkosupervisor.testing.Programs.SLEEPER;
import static io.github.pekkosupervisor.testing.Programs.command;
import static io.github.pekkosupervisor.testing.Programs.sh;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Pipe;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.posix.SpawnRequest.Grouping;
import io.github.pekkosupervisor.process.ProcessActor.Command;
import io.github.pekkosupervisor.process.ProcessActor.SendSignal;
import io.github.pekkosupervisor.process.ProcessActor.Stop;
import io.github.pekkosupervisor.process.ProcessEvent.Exited;
import io.github.pekkosupervisor.process.ProcessEvent.StartFailed;
import io.github.pekkosupervisor.process.ProcessEvent.Started;
import io.github.pekkosupervisor.process.ProcessSpec.OwnerLost;
import io.github.pekkosupervisor.testing.ProcessView;
import io.github.pekkosupervisor.testing.PuppetPosix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProcessActorTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final Duration SOON = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofHours(1);

    /** Tells a hang from an answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(50);

    private final Path scratch;
    private final TestProbe<ProcessEvent> owner = KIT.createTestProbe();
    private final List<ActorRef<Command>> actors = new ArrayList<>();
    private final List<Descriptor> received = new ArrayList<>();

    ProcessActorTest(@TempDir Path scratch) {
        this.scratch = scratch;
    }

    @AfterEach
    void end_everything() {
        actors.forEach(actor -> actor.tell(new Stop(Duration.ZERO)));
        actors.forEach(actor -> owner.expectTerminated(actor, PATIENCE));
        received.forEach(Descriptor::close);
    }

    @AfterAll
    static void shut_down() {
        KIT.shutdownTestKit();
    }

    @Nested
    class Start {

        @Test
        void the_owner_is_told_which_process_runs() {
            spawn(bare(SLEEPER));

            ProcessIdentity identity = started().identity();

            assertThat(identity.exists()).isTrue();
            // a program that is being loaded has no command line for a moment
            await().until(() -> new ProcessView(identity.pid()).read("cmdline"), ("sleep\0" + A_DAY + "\0")::equals);
        }

        @Test
        void the_owner_hears_its_own_words() {
            TestProbe<String> translated = KIT.createTestProbe();
            Function<ProcessEvent, String> words = event -> event.getClass().getSimpleName();

            actors.add(
                    KIT.spawn(ProcessActor.create(bare("true"), translated.getRef(), words), Processes.dispatcher()));

            translated.expectMessage("Started");
            translated.expectMessage("Exited");
        }

        @Test
        void identity_is_on_disk_before_the_start_is_heard() throws IOException {
            OsString name = OsString.of("identity");
            TestProbe<Boolean> written = KIT.createTestProbe();
            try (Directory directory = open(scratch)) {
                Function<ProcessEvent, Boolean> isWritten = event -> event instanceof Started started
                        && identityIn(directory, name).equals(started.identity());

                actors.add(KIT.spawn(
                        ProcessActor.create(
                                bare(SLEEPER).withIdentityFile(directory, name), written.getRef(), isWritten),
                        Processes.dispatcher()));

                written.expectMessage(true);
            }
        }

        @Test
        void identity_that_cannot_be_written_does_not_stop_the_process() throws IOException {
            Files.createDirectory(scratch.resolve("taken"));
            try (Directory directory = open(scratch)) {
                spawn(bare(SLEEPER).withIdentityFile(directory, OsString.of("taken")));

                Started started = started();

                assertThat(started.identityProblem())
                        .hasValueSatisfying(
                                problem -> assertThat(problem.errno()).isEqualTo("EISDIR"));
                assertThat(started.identity().exists()).isTrue();
            }
        }

        @ParameterizedTest
        @CsvSource({"missing, ENOENT", "data, EACCES", "data/below, ENOTDIR", ".., EACCES"})
        void a_program_that_cannot_be_run_is_told_with_the_exact_error(String name, String errno) throws IOException {
            Files.createFile(scratch.resolve("data"));

            ActorRef<Command> actor = spawn(bare(scratch.resolve(name).toString()));

            StartFailed failed = startFailed();
            assertThat(failed.cause().errno()).isEqualTo(errno);
            assertThat(failed.isRefusal()).isFalse();
            owner.expectTerminated(actor);
        }

        @Test
        void a_missing_working_directory_is_told() {
            spawn(bare(SLEEPER).withDirectory(scratch.resolve("missing")));

            StartFailed failed = startFailed();

            assertThat(failed.cause().errno()).isEqualTo("ENOENT");
            assertThat(failed.cause().argument())
                    .isEqualTo(scratch.resolve("missing").toString());
            assertThat(failed.isRefusal()).isFalse();
        }

        @Test
        void a_missing_input_file_is_told() {
            spawn(bare(SLEEPER).withStdin(Stdio.file(scratch.resolve("missing"))));

            assertThat(startFailed().cause().errno()).isEqualTo("ENOENT");
        }

        @Test
        void a_start_that_failed_leaves_no_descriptor_open() {
            runToItsEnd(bare("true"));
            List<String> before = ProcessView.ofThisJvm().openFiles();

            ActorRef<Command> actor = spawn(bare("/missing")
                    .withDirectory(scratch)
                    .withStdin(Stdio.pipe())
                    .withStdout(Stdio.pipe())
                    .withStderr(Stdio.discard()));

            startFailed();
            owner.expectTerminated(actor);
            ProcessView.ofThisJvm().awaitNoneBesides(before);
        }
    }

    @Nested
    class End {

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 111, 255})
        void the_exit_code_is_told_once_and_the_actor_stops(int code) {
            ActorRef<Command> actor = spawn(bare(sh("exit $1", String.valueOf(code))));

            started();
            owner.expectMessage(new Exited(ExitStatus.ofCode(code)));
            owner.expectTerminated(actor);
            owner.expectNoMessage(Duration.ZERO);
        }

        @Test
        void a_hundred_processes_at_once_are_each_told_started_and_exited() {
            Set<ProcessIdentity> identities = new HashSet<>();

            IntStream.range(0, 100).forEach(i -> spawn(bare("true")));

            List<ProcessEvent> events = owner.receiveSeveralMessages(200, PATIENCE);
            events.stream()
                    .filter(Started.class::isInstance)
                    .forEach(event -> identities.add(((Started) event).identity()));
            assertThat(identities).hasSize(100);
            assertThat(events)
                    .filteredOn(new Exited(ExitStatus.ofCode(0))::equals)
                    .hasSize(100);
        }

        @Test
        void an_ended_process_is_no_longer_found() {
            spawn(bare(SLEEPER));
            ProcessIdentity identity = started().identity();
            boolean whileItRan = processes().find(identity).isPresent();

            actors.get(0).tell(new Stop(Duration.ZERO));

            exited();
            assertThat(whileItRan).isTrue();
            assertThat(processes().find(identity)).isEmpty();
        }

        @ParameterizedTest
        @EnumSource(
                value = Signal.class,
                names = {"TERM", "USR1", "USR2", "KILL"})
        void a_signal_is_sent(Signal signal) {
            ActorRef<Command> actor = spawn(bare(SLEEPER));
            started();

            actor.tell(new SendSignal(signal));

            assertThat(exited()).isEqualTo(ExitStatus.ofSignal(signal.number()));
        }
    }

    @Nested
    class Stopping {

        @Test
        void a_polite_process_ends_by_term() {
            ActorRef<Command> actor = spawn(bare(SLEEPER));
            started();

            actor.tell(new Stop(LONG));

            assertThat(exited()).isEqualTo(ExitStatus.ofSignal(15));
        }

        @Test
        void a_process_that_handles_term_says_how_it_ended() {
            ActorRef<Command> actor =
                    spawnAndAwaitReady(bare(sh("trap 'exit 3' TERM; echo ready; while :; do read x; done"))
                            .withStdin(Stdio.pipe()));

            actor.tell(new Stop(LONG));

            assertThat(exited()).isEqualTo(ExitStatus.ofCode(3));
        }

        @Test
        void no_time_at_all_is_kill_at_once() {
            ActorRef<Command> actor = spawn(bare(SLEEPER));
            started();

            actor.tell(new Stop(Duration.ZERO));

            assertThat(exited()).isEqualTo(ExitStatus.ofSignal(9));
        }

        @Test
        void a_process_deaf_to_term_is_killed_when_its_time_is_over() {
            ActorRef<Command> actor = spawnAndAwaitReady(bare(sh(DEAF_TO_TERM)));

            long asked = System.nanoTime();
            actor.tell(new Stop(SOON));

            assertThat(exited()).isEqualTo(ExitStatus.ofSignal(9));
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isGreaterThanOrEqualTo(SOON);
        }

        @Test
        void a_second_stop_may_be_more_impatient() {
            ActorRef<Command> actor = spawnAndAwaitReady(bare(sh(DEAF_TO_TERM)));
            actor.tell(new Stop(LONG));

            actor.tell(new Stop(SOON));

            assertThat(exited()).isEqualTo(ExitStatus.ofSignal(9));
        }

        @Test
        void a_stopped_process_is_woken_to_hear_term() {
            ActorRef<Command> actor = spawn(bare(SLEEPER));
            ProcessView process = new ProcessView(started().identity().pid());
            actor.tell(new SendSignal(Signal.STOP));
            await().until(process::isStopped);

            actor.tell(new Stop(LONG));

            assertThat(exited()).isEqualTo(ExitStatus.ofSignal(15));
        }

        @Test
        void a_stopped_process_is_killed_all_the_same() {
            ActorRef<Command> actor = spawn(bare(SLEEPER));
            ProcessView process = new ProcessView(started().identity().pid());
            actor.tell(new SendSignal(Signal.STOP));
            await().until(process::isStopped);

            actor.tell(new Stop(Duration.ZERO));

            assertThat(exited()).isEqualTo(ExitStatus.ofSignal(9));
        }

        @ParameterizedTest
        @EnumSource(
                value = Grouping.class,
                names = {"OWN_GROUP", "OWN_SESSION"})
        void a_leader_takes_its_group_along(Grouping grouping) throws PosixException {
            ActorRef<Command> actor =
                    spawn(bare(sh(PARENT_OF_SLEEPER)).withGrouping(grouping).withStdout(Stdio.pipe()));
            ProcessView grandchild = grandchild(started());

            actor.tell(new Stop(LONG));

            assertThat(exited()).isEqualTo(ExitStatus.ofSignal(15));
            await().until(() -> !grandchild.runs());
        }

        @Test
        void a_group_deaf_to_term_is_killed_whole() throws PosixException {
            ActorRef<Command> actor = spawn(bare(sh("trap '' TERM; " + PARENT_OF_SLEEPER))
                    .withGrouping(Grouping.OWN_GROUP)
                    .withStdout(Stdio.pipe()));
            ProcessView grandchild = grandchild(started());

            actor.tell(new Stop(SOON));

            assertThat(exited()).isEqualTo(ExitStatus.ofSignal(9));
            await().until(() -> !grandchild.runs());
        }

        @Test
        void a_process_in_the_jvms_group_leaves_its_children_alone() throws PosixException {
            ActorRef<Command> actor = spawn(bare(sh(PARENT_OF_SLEEPER)).withStdout(Stdio.pipe()));
            ProcessView grandchild = grandchild(started());

            actor.tell(new Stop(LONG));

            exited();
            assertThat(grandchild.runs()).isTrue();
            ProcessHandle.of(grandchild.pid()).ifPresent(ProcessHandle::destroyForcibly);
        }

        @Test
        void a_negative_time_is_refused() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Stop(Duration.ofMillis(-1)))
                    .withMessageContaining("-1 ms");
        }
    }

    @Nested
    class OwnersLoss {

        @Test
        void a_process_is_killed_when_its_actor_is_stopped() {
            ActorRef<Command> actor = spawn(bare(sh(DEAF_TO_TERM)).withStdout(Stdio.discard()));
            ProcessIdentity identity = started().identity();

            KIT.stop(actor);

            await().until(() -> !identity.exists());
            await().until(() -> processes().find(identity).isEmpty());
            owner.expectNoMessage(Duration.ZERO);
        }

        @Test
        void a_group_is_killed_when_its_leaders_actor_is_stopped() throws PosixException {
            ActorRef<Command> actor = spawn(
                    bare(sh(PARENT_OF_SLEEPER)).withGrouping(Grouping.OWN_GROUP).withStdout(Stdio.pipe()));
            ProcessView grandchild = grandchild(started());

            KIT.stop(actor);

            await().until(() -> !grandchild.runs());
        }

        @Test
        void a_kept_process_goes_on_and_can_be_adopted() {
            ActorRef<Command> actor = spawn(bare(SLEEPER).withOwnerLost(OwnerLost.KEEP));
            ProcessIdentity identity = started().identity();
            KIT.stop(actor);
            assertThat(identity.exists()).isTrue();

            ActorRef<Command> adopter = adopt(identity);
            adopter.tell(new Stop(LONG));

            assertThat(exited()).isEqualTo(ExitStatus.ofSignal(15));
            owner.expectTerminated(adopter);
            assertThat(processes().find(identity)).isEmpty();
        }

        @Test
        void the_exit_of_a_kept_process_is_kept_until_it_is_adopted() throws PosixException {
            ActorRef<Command> actor =
                    spawn(bare(sh("read x; exit 7")).withStdin(Stdio.pipe()).withOwnerLost(OwnerLost.KEEP));
            Started started = started();
            KIT.stop(actor);
            received.forEach(Descriptor::close);
            await().until(() -> !started.identity().exists());

            adopt(started.identity());

            assertThat(exited()).isEqualTo(ExitStatus.ofCode(7));
        }

        @Test
        void an_adopted_leader_takes_its_group_along() throws PosixException {
            ActorRef<Command> actor = spawn(bare(sh(PARENT_OF_SLEEPER))
                    .withGrouping(Grouping.OWN_GROUP)
                    .withOwnerLost(OwnerLost.KEEP)
                    .withStdout(Stdio.pipe()));
            Started started = started();
            ProcessView grandchild = grandchild(started);
            KIT.stop(actor);

            adopt(started.identity()).tell(new Stop(LONG));

            exited();
            await().until(() -> !grandchild.runs());
        }

        @Test
        void an_adopted_process_survives_its_second_actor_too() {
            ActorRef<Command> actor = spawn(bare(SLEEPER).withOwnerLost(OwnerLost.KEEP));
            ProcessIdentity identity = started().identity();
            KIT.stop(actor);

            KIT.stop(adopt(identity));

            assertThat(identity.exists()).isTrue();
            adopt(identity).tell(new Stop(Duration.ZERO));
            exited();
        }

        private ActorRef<Command> adopt(ProcessIdentity identity) {
            ChildProcess process = processes().find(identity).orElseThrow();
            return remember(
                    KIT.spawn(ProcessActor.adopt(process, owner.getRef(), event -> event), Processes.dispatcher()));
        }
    }

    @Nested
    class TreeContext {

        @Test
        void pipes_lead_to_the_owner() throws PosixException {
            spawn(bare(sh("cat; echo complaint >&2"))
                    .withStdin(Stdio.pipe())
                    .withStdout(Stdio.pipe())
                    .withStderr(Stdio.pipe()));
            Started started = started();

            started.stdin().orElseThrow().write("heard".getBytes(UTF_8));
            started.stdin().orElseThrow().close();

            assertThat(exited()).isEqualTo(ExitStatus.ofCode(0));
            assertThat(readAll(started.stdout().orElseThrow())).isEqualTo("heard");
            assertThat(readAll(started.stderr().orElseThrow())).isEqualTo("complaint\n");
        }

        @Test
        void only_pipes_come_with_the_start() {
            spawn(bare("true").withStdin(Stdio.discard()).withStdout(Stdio.pipe()));

            Started started = started();

            assertThat(started.stdin()).isEmpty();
            assertThat(started.stdout()).isPresent();
            assertThat(started.stderr()).isEmpty();
        }

        @Test
        void files_are_read_from_their_beginning_and_written_from_their_end() throws IOException {
            Path in = Files.writeString(scratch.resolve("in"), "new");
            Path out = Files.writeString(scratch.resolve("out"), "old+");

            runToItsEnd(bare("cat").withStdin(Stdio.file(in)).withStdout(Stdio.file(out)));

            assertThat(out).hasContent("old+new");
        }

        @Test
        void a_file_may_be_written_anew() throws IOException {
            Path out = Files.writeString(scratch.resolve("out"), "old");

            runToItsEnd(bare("echo", "new").withStdout(new Stdio.File(out, false)));

            assertThat(out).hasContent("new\n");
        }

        @Test
        void what_is_discarded_goes_to_dev_null() {
            spawn(bare(SLEEPER)
                    .withStdin(Stdio.discard())
                    .withStdout(Stdio.discard())
                    .withStderr(Stdio.discard()));

            ProcessView process = new ProcessView(started().identity().pid());

            assertThat(List.of(process.descriptor(0), process.descriptor(1), process.descriptor(2)))
                    .containsOnly(Path.of("/dev/null"));
        }

        @Test
        void a_given_descriptor_stays_the_givers() throws PosixException {
            try (Pipe pipe = Pipe.open()) {
                runToItsEnd(bare("echo", "said").withStdout(Stdio.given(pipe.writeEnd())));

                pipe.writeEnd().write("too".getBytes(UTF_8));

                assertThat(new String(pipe.readEnd().read(100), UTF_8)).isEqualTo("said\ntoo");
            }
        }

        @Test
        void descriptors_of_this_jvm_are_not_used_up() {
            ProcessSpec spec = bare("true")
                    .withDirectory(scratch)
                    .withStdin(Stdio.discard())
                    .withStdout(Stdio.file(scratch.resolve("out")))
                    .withStderr(Stdio.pipe());
            runToItsEnd(spec);
            received.forEach(Descriptor::close);
            List<String> before = ProcessView.ofThisJvm().openFiles();

            IntStream.range(0, 20).forEach(i -> runToItsEnd(spec));

            received.forEach(Descriptor::close);
            ProcessView.ofThisJvm().awaitNoneBesides(before);
        }

        @Test
        void variables_are_set_and_removed_and_all_others_are_the_jvms() throws IOException {
            String jvms = ProcessView.ofThisJvm().read("environ");

            String printed = output(bare(command("/usr/bin/env", "-0"))
                    .withEnvironment("SET", "a=b c\nd")
                    .withEnvironment("PAT", "no prefix of PATH")
                    .withEnvironment("ÜBER", "ü")
                    .withoutEnvironment("PATH")
                    .withoutEnvironment("NEVER_THERE"));

            assertThat(printed.split("\0", -1))
                    .contains("SET=a=b c\nd", "PAT=no prefix of PATH", "ÜBER=ü")
                    .noneMatch(entry -> entry.startsWith("PATH="))
                    .hasSize(jvms.split("\0", -1).length + 2);
        }

        @Test
        void a_variable_of_the_jvm_is_replaced_not_doubled() throws IOException {
            String printed = output(bare(command("/usr/bin/env")).withEnvironment("PATH", "/elsewhere"));

            assertThat(printed.lines().filter(line -> line.startsWith("PATH="))).containsExactly("PATH=/elsewhere");
        }

        @Test
        void a_process_begins_in_a_directory_given_by_path() throws IOException {
            String printed = output(bare(sh("pwd -P")).withDirectory(scratch));

            assertThat(printed).isEqualTo(scratch.toRealPath() + "\n");
        }

        @Test
        void a_process_begins_in_an_open_directory_or_below_wherever_that_has_moved() throws IOException {
            Path before = Files.createDirectories(scratch.resolve("before/below"));
            Path after = scratch.resolve("after");
            try (Directory open = open(scratch.resolve("before"))) {
                Files.move(scratch.resolve("before"), after);

                String here = output(bare(sh("pwd -P")).withDirectory(open));
                String below = output(bare(sh("pwd -P")).withDirectory(open, OsString.of("below")));

                assertThat(before).doesNotExist();
                assertThat(here).isEqualTo(after.toRealPath() + "\n");
                assertThat(below).isEqualTo(after.resolve("below").toRealPath() + "\n");
            }
        }

        private String output(ProcessSpec spec) throws IOException {
            Path out = Files.createTempFile(scratch, "out", "");
            runToItsEnd(spec.withStdout(Stdio.file(out)));
            return Files.readString(out);
        }
    }

    @Nested
    class AnotherPosix {

        @ParameterizedTest
        @CsvSource({
            "EAGAIN, true",
            "ENOMEM, true",
            "EMFILE, true",
            "ENFILE, true",
            "ENOENT, false",
            "EACCES, false",
            "E2BIG, false"
        })
        void a_process_that_was_refused_is_told_apart_from_a_bad_program(String errno, boolean refusal) {
            PuppetPosix refusing = PuppetPosix.create().onSpawn((real, request) -> {
                throw new PosixException("spawn", request.command().get(0).toString(), errno, "refused by the test");
            });
            ActorTestKit kit = ActorTestKit.create(refusing.system("refusing"));
            try {
                TestProbe<ProcessEvent> probe = kit.createTestProbe();
                ActorRef<Command> actor = kit.spawn(
                        ProcessActor.create(bare("true").withStdout(Stdio.pipe()), probe.getRef()),
                        Processes.dispatcher());

                StartFailed failed = probe.expectMessageClass(StartFailed.class, PATIENCE);

                assertThat(failed.cause().errno()).isEqualTo(errno);
                assertThat(failed.isRefusal()).isEqualTo(refusal);
                probe.expectTerminated(actor, PATIENCE);
            } finally {
                kit.shutdownTestKit();
            }
        }
    }

    private ActorRef<Command> spawn(ProcessSpec spec) {
        return remember(KIT.spawn(ProcessActor.create(spec, owner.getRef()), Processes.dispatcher()));
    }

    private ActorRef<Command> remember(ActorRef<Command> actor) {
        actors.add(actor);
        return actor;
    }

    /** Returns when the program has written something. */
    private ActorRef<Command> spawnAndAwaitReady(ProcessSpec spec) {
        ActorRef<Command> actor = spawn(spec.withStdout(Stdio.pipe()));
        try {
            assertThat(started().stdout().orElseThrow().read(10)).isNotEmpty();
        } catch (PosixException e) {
            throw new AssertionError(e);
        }
        return actor;
    }

    private void runToItsEnd(ProcessSpec spec) {
        ActorRef<Command> actor = spawn(spec);
        started();
        assertThat(exited()).isEqualTo(ExitStatus.ofCode(0));
        owner.expectTerminated(actor);
    }

    private Started started() {
        Started started = owner.expectMessageClass(Started.class, PATIENCE);
        started.stdin().ifPresent(received::add);
        started.stdout().ifPresent(received::add);
        started.stderr().ifPresent(received::add);
        return started;
    }

    private StartFailed startFailed() {
        return owner.expectMessageClass(StartFailed.class, PATIENCE);
    }

    private ExitStatus exited() {
        return owner.expectMessageClass(Exited.class, PATIENCE).status();
    }

    private static Processes processes() {
        return Processes.get(KIT.system());
    }

    private static Directory open(Path path) throws PosixException {
        return Directory.open(OsString.of(path.toString()));
    }

    private static ProcessIdentity identityIn(Directory directory, OsString name) {
        try {
            return ProcessIdentity.parse(directory.readFile(name, 100, Directory.Links.REFUSE))
                    .orElseThrow();
        } catch (PosixException e) {
            throw new AssertionError(e);
        }
    }

    private static ProcessView grandchild(Started started) throws PosixException {
        byte[] line = started.stdout().orElseThrow().read(20);
        return new ProcessView(Long.parseLong(new String(line, UTF_8).trim()));
    }

    private static String readAll(Descriptor descriptor) throws PosixException {
        StringBuilder text = new StringBuilder();
        byte[] chunk = descriptor.read(100);
        while (chunk.length > 0) {
            text.append(new String(chunk, UTF_8));
            chunk = descriptor.read(100);
        }
        return text.toString();
    }

    private static ProcessSpec bare(String... command) {
        return ProcessSpec.bare(command(command));
    }

    private static ProcessSpec bare(List<OsString> command) {
        return ProcessSpec.bare(command);
    }
}
