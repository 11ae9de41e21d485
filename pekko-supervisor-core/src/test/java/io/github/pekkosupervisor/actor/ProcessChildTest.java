package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.actor.Bed.answer;
import static io.github.pekkosupervisor.actor.Bed.get;
import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static io.github.pekkosupervisor.testing.Programs.sh;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.GroupMember;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.NormalExits;
import io.github.pekkosupervisor.process.ProcessActor;
import io.github.pekkosupervisor.process.ProcessActor.SendSignal;
import io.github.pekkosupervisor.process.ProcessConnection;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessStreams;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SpecCheck;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.testing.ProcessView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The acceptance cases that are for children of every kind, and those for processes alone, with processes. */
final class ProcessChildTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final ProcessSpec SLEEPER = ProcessSpec.of("sleep", A_DAY);
    private static final ProcessSpec DEAF = ready("trap '' TERM; echo ready; sleep " + A_DAY + "; sleep " + A_DAY);

    private final Path scratch;
    private final Bed bed = new Bed(KIT);

    ProcessChildTest(@TempDir Path scratch) {
        this.scratch = scratch;
    }

    @AfterAll
    static void shut_down() {
        KIT.shutdownTestKit();
    }

    private static ProcessSpec ready(String script, String... arguments) {
        return ProcessSpec.of(sh(script, arguments)).withOutput(Stdio.logged()).withReady(Readiness.line("^ready$"));
    }

    private static ChildSpec child(String id, ProcessSpec process) {
        return ChildSpec.process(id, process).withShutdown(Shutdown.timeout(Bed.LONG));
    }

    /** The process of a child that runs. */
    private ProcessView process(String id) {
        return new ProcessView(pidOf(bed.handle(id)));
    }

    private static long pidOf(ChildHandle handle) {
        return handle.process().orElseThrow().pid();
    }

    /** So a transient one is started again. */
    @Test
    void an_end_of_which_nobody_knows_how_it_was_is_abnormal() {
        ExitReason reason = ProcessRunner.reason(NormalExits.Outcome.FAILED, ExitStatus.UNKNOWN);

        assertThat(reason).hasToString("failed(exit code unknown)");
        assertThat(reason.isExpected()).isFalse();
    }

    // ---- start-up

    @Test
    void case_003_ignored_child_is_kept() {
        ProcessSpec unneeded = ready("exit 77").withIgnoreExitCodes(77);
        try (bed) {
            bed.start(spec());

            Object first = answer(bed.sup().startChild(child("a", unneeded)));
            bed.start(child("b", SLEEPER));

            assertThat(first).isEqualTo(SupervisorResult.Ignored.INSTANCE);
            assertThat(bed.states()).containsExactly("a stopped", "b running");
            assertThat(bed.counts()).containsExactly(2, 1, 0, 2);
        }
    }

    @Test
    void once_ready_it_cannot_be_ignored_any_more() throws IOException {
        Path go = Files.createFile(scratch.resolve("go"));
        ProcessSpec process = ready("echo ready; while [ -e \"$1\" ]; do sleep 0.01; done; exit 77", go.toString())
                .withIgnoreExitCodes(77);
        try (bed) {
            bed.start(spec(child("a", process).withRestart(RestartType.TEMPORARY)));

            Files.delete(go);

            await().atMost(Bed.LONG).until(() -> bed.states().isEmpty());
            assertThat(bed.reports()).containsExactly("child_terminated a exit code 77");
        }
    }

    /** The lock is held by a member of the group that outlives its leader. */
    @Test
    void case_019_failed_start_leaves_no_residue() {
        String lock = scratch.resolve("lock").toString();
        String script = "exec 9>\"$1\"; flock -n 9 || { echo taken; exit 1; }; sleep " + A_DAY + " & $2; wait";
        try (bed) {
            bed.start(spec());

            Object failed = answer(bed.sup().startChild(child("a", ready(script, lock, "exit 78"))));
            Object started = answer(bed.sup().startChild(child("a", ready(script, lock, "echo ready"))));

            assertThat(failed).isInstanceOf(SupervisorResult.StartFailed.class);
            assertThat(((SupervisorResult.StartFailed) failed).reason().toString())
                    .contains("exit code 78");
            assertThat(started).isInstanceOf(SupervisorResult.Started.class);
        }
    }

    @Test
    void case_010_start_child_start_error() {
        try (bed) {
            bed.start(spec().withIntensity(2, Duration.ofHours(1)));

            for (int i = 0; i < 3; i++) {
                Object result = answer(bed.sup().startChild(child("a", ready("echo no config >&2; exit 78"))));

                assertThat(result).isInstanceOf(SupervisorResult.StartFailed.class);
                assertThat(((SupervisorResult.StartFailed) result).reason().toString())
                        .contains("ended before it was ready: exit code 78", "no config");
            }
            assertThat(bed.counts()).containsExactly(0, 0, 0, 0);
        }
    }

    @Test
    void case_013_ordered_one_at_a_time() throws IOException {
        Path log = scratch.resolve("log");
        try (bed) {
            bed.start(spec(logging("c", log), logging("a", log), logging("b", log)));

            assertThat(Files.readAllLines(log))
                    .containsExactly("init c", "ack c", "init a", "ack a", "init b", "ack b");
            bed.stop();
            assertThat(Files.readAllLines(log).subList(6, 9)).containsExactly("stop b", "stop a", "stop c");
        }
    }

    private static ChildSpec logging(String id, Path log) {
        return child(
                id,
                ready(
                        "trap 'echo stop $1 >>$2; exit 0' TERM; echo init $1 >>$2; sleep 0.05; echo ack $1 >>$2;"
                                // until it is another program, it keeps this shell's way with TERM
                                + " sleep " + A_DAY
                                + " & until grep -q sleep /proc/$!/comm; do :; done; echo ready; wait",
                        id,
                        log.toString()));
    }

    @Test
    void case_015_nth_start_fails() throws IOException {
        Path log = scratch.resolve("log");
        Path never = scratch.resolve("never");
        try (bed) {
            ExitReason reason = bed.startFails(spec(
                    logging("a", log),
                    logging("b", log),
                    child("c", ready("exit 3")),
                    child("d", ProcessSpec.of("touch", never.toString()))));

            assertThat(reason)
                    .isEqualTo(ExitReason.shutdown(new ExitReason.FailedToStartChild("c", new ExitReason.ExitCode(3))));
            assertThat(bed.reports()).containsExactly("start_error c exit code 3");
            assertThat(Files.readAllLines(log))
                    .containsExactly("init a", "ack a", "init b", "ack b", "stop b", "stop a");
            assertThat(never).doesNotExist();
            assertThat(ProcessHandle.current().descendants().filter(ProcessChildTest::isSleeper))
                    .isEmpty();
        }
    }

    private static boolean isSleeper(ProcessHandle process) {
        return process.info().commandLine().orElse("").contains(A_DAY);
    }

    @Test
    void case_108_start_never_acknowledged() {
        try (bed) {
            bed.start(spec());
            ProcessSpec never = ready("echo trying; sleep " + A_DAY).withStartTimeout(Duration.ofSeconds(6));

            Object result = answer(bed.sup().startChild(child("a", never)));

            assertThat(((SupervisorResult.StartFailed) result).reason().toString())
                    .contains("not ready within 6 s", "a line with /^ready$/", "trying");
            assertThat(bed.isAlive()).isTrue();
        }
    }

    @Test
    void the_limit_of_the_child_counts_too() {
        try (bed) {
            bed.start(spec());

            Object result = answer(
                    bed.sup().startChild(child("a", ready("sleep " + A_DAY)).withStartTimeout(Duration.ofMillis(300))));

            assertThat(((SupervisorResult.StartFailed) result).reason()).isEqualTo(ExitReason.StartTimeout.INSTANCE);
        }
    }

    // ---- restart types

    @ParameterizedTest
    @CsvSource({
        "PERMANENT, exit 0, child_terminated a normal",
        "PERMANENT, exit 5, child_terminated a exit code 5",
        "PERMANENT, kill -SEGV $$, child_terminated a signal SEGV",
        "PERMANENT, kill -XCPU $$, child_terminated a signal XCPU",
        "PERMANENT, kill -37 $$, child_terminated a signal RTMIN+3",
        "PERMANENT, kill -63 $$, child_terminated a signal RTMAX-1",
        "TRANSIENT, exit 5, child_terminated a exit code 5",
        "TRANSIENT, kill -TERM $$, child_terminated a signal TERM",
    })
    void case_062_064_067_it_is_restarted(RestartType restart, String end, String report) {
        Path go = scratch.resolve("go");
        try (bed) {
            bed.start(spec(
                    child("a", ready("echo ready; until test -e $1; do sleep 0.02; done; rm $1; " + end, go.toString()))
                            .withRestart(restart)));
            ChildHandle before = bed.handle("a");

            touch(go);

            await().atMost(Bed.LONG).until(() -> bed.handle("a") != before);
            assertThat(bed.reports()).containsExactly(report);
            assertThat(bed.counts()).containsExactly(1, 1, 0, 1);
        }
    }

    private static void touch(Path file) {
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"exit 0", "exit 3", "kill -HUP $$"})
    void case_065_transient_normal(String end) {
        Path go = scratch.resolve("go");
        try (bed) {
            bed.start(spec(child(
                            "a",
                            ready("echo ready; until test -e $1; do sleep 0.02; done; " + end, go.toString())
                                    .withNormalExitCodes(0, 3)
                                    .withNormalExitSignals(Signal.HUP))
                    .withRestart(RestartType.TRANSIENT)));
            ChildHandle before = bed.handle("a");

            touch(go);

            bed.settled(before);
            assertThat(bed.states()).containsExactly("a stopped");
            assertThat(bed.reports()).isEmpty();
        }
    }

    @Test
    void case_071_kill_is_abnormal() {
        try (bed) {
            bed.start(spec(child("a", SLEEPER).withRestart(RestartType.TRANSIENT)));
            ChildHandle before = bed.handle("a");

            ProcessHandle.of(pidOf(before)).orElseThrow().destroyForcibly();

            await().atMost(Bed.LONG).until(() -> bed.handle("a") != before);
            assertThat(bed.reports()).containsExactly("child_terminated a killed");
        }
    }

    // ---- stopping

    @Test
    void case_032_infinity() {
        try (bed) {
            bed.start(spec(child("a", SLEEPER).withShutdown(Shutdown.infinity())));

            bed.stop();

            assertThat(bed.reports()).isEmpty();
        }
    }

    @Test
    void case_033_timeout_then_kill() {
        try (bed) {
            bed.start(
                    spec(child("a", SLEEPER), child("b", DEAF).withShutdown(Shutdown.timeout(Duration.ofSeconds(1)))));
            ProcessView deaf = process("b");

            bed.stop();

            assertThat(deaf.exists()).isFalse();
            assertThat(bed.reports()).containsExactly("shutdown_error b killed");
        }
    }

    @Test
    void case_035_brutal_kill() {
        Path term = scratch.resolve("term");
        ProcessSpec noting =
                ready("trap 'echo TERM >>$1' TERM; echo ready; sleep " + A_DAY + " & wait; wait", term.toString());
        try (bed) {
            bed.start(spec(child("a", SLEEPER), child("b", noting).withShutdown(Shutdown.brutalKill())));
            ProcessView process = process("b");

            bed.stop();

            assertThat(process.exists()).isFalse();
            assertThat(term).doesNotExist();
            assertThat(bed.reports()).isEmpty();
        }
    }

    /**
     * Deaf, and large, so that it takes its time to die even when killed. Its lock is free when all of it has gone, and
     * without the lock it does not start.
     */
    private ChildSpec large(String id) {
        String script = "trap '' TERM; exec 3>&1 9>$1; flock -n 9 || exit 1;"
                + " { head -c 100000000 /dev/zero; echo ready >&3; exec sleep " + A_DAY + "; } | tail -c 100000000";
        return child(id, ready(script, scratch.resolve("lock-" + id).toString()))
                .withShutdown(Shutdown.infinity());
    }

    private static ChildHandle childOf(SupervisorRef supervisor, String id) {
        return ((SupervisorResult.ChildInfo) get(supervisor.child(id))).handle().orElseThrow();
    }

    /** It and all that it has started. */
    private static List<ProcessView> allOf(ChildHandle child) {
        ProcessHandle leader = ProcessHandle.of(pidOf(child)).orElseThrow();
        return Stream.concat(Stream.of(leader), leader.descendants())
                .map(process -> new ProcessView(process.pid()))
                .toList();
    }

    @Test
    void case_104_nothing_is_left_of_a_supervisor_that_was_killed_for_not_stopping_in_time() {
        SupervisorSpec inner = spec(large("p"), ChildSpec.supervisor("below", spec(large("deep"))));
        try (bed) {
            bed.start(spec(ChildSpec.supervisor("sub", inner).withShutdown(Shutdown.timeout(Duration.ofMillis(100)))));
            SupervisorRef sub = bed.handle("sub").supervisor().orElseThrow();
            SupervisorRef below = childOf(sub, "below").supervisor().orElseThrow();
            List<ProcessView> processes = new ArrayList<>(allOf(childOf(sub, "p")));
            processes.addAll(allOf(childOf(below, "deep")));

            assertThat(get(bed.sup().terminateChild("sub"))).isEqualTo(SupervisorResult.Ok.INSTANCE);

            assertThat(processes).hasSizeGreaterThan(2).noneMatch(ProcessView::runs);
            assertThat(bed.reports()).containsExactly("shutdown_error sub killed");
        }
    }

    @Test
    void case_104_a_supervisor_that_was_killed_does_not_overlap_with_its_next_incarnation() {
        try (bed) {
            bed.start(SupervisorSpec.oneForAll()
                    .withChild(ChildSpec.supervisor("sub", spec(large("p"))).withShutdown(Shutdown.brutalKill()))
                    .withChild(child("a", SLEEPER)));
            ChildHandle before = bed.handle("a");

            interrupt("a");

            await().atMost(Bed.LONG).until(() -> bed.handle("a") != before);
            assertThat(bed.states()).containsExactly("sub running", "a running");
            assertThat(bed.reports()).containsExactly("child_terminated a signal USR1");
        }
    }

    @Test
    void case_112_os_process_tree() throws IOException {
        Path pid = scratch.resolve("pid");
        ProcessSpec tree = ready(
                "trap '' TERM; sleep " + A_DAY + " & echo $! >$1; echo ready; wait; sleep " + A_DAY, pid.toString());
        try (bed) {
            bed.start(spec(ChildSpec.process("a", tree).withShutdown(Shutdown.timeout(Duration.ofMillis(500)))));
            ProcessView shell = process("a");
            ProcessView grandchild =
                    new ProcessView(Long.parseLong(Files.readString(pid).trim()));

            assertThat(get(bed.sup().terminateChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);

            assertThat(shell.exists()).isFalse();
            assertThat(grandchild.runs()).isFalse();
            assertThat(bed.reports()).containsExactly("shutdown_error a killed");
        }
    }

    @Test
    void case_113_os_process_chatter() {
        ProcessSpec chatter = ProcessSpec.of(
                        sh("yes chatter | head -c 52428800 >&2 & yes chatter | head -c 52428800;" + " wait; exit 7"))
                .withOutput(Stdio.logged("process.nobody.listens", org.slf4j.event.Level.TRACE));
        try (bed) {
            bed.start(spec(child("a", chatter).withRestart(RestartType.TEMPORARY)));

            await().atMost(Bed.LONG).until(() -> bed.counts().equals(List.of(0, 0, 0, 0)));

            assertThat(bed.reports()).containsExactly("child_terminated a exit code 7");
        }
    }

    // ---- use

    @Test
    void a_connection_follows_restarts() {
        ProcessConnection connection = ProcessConnection.create();
        try (bed) {
            bed.start(spec(child(
                    "echo",
                    ProcessSpec.of(
                                    sh(
                                            "while read -r line; do echo $$ $line; if test $line = die; then exit 1; fi; done; exit 0"))
                            .withConnection(connection))));
            String first = get(connection.request("one"));
            String last = get(connection.request("die"));

            await().atMost(Bed.LONG).until(() -> bed.reports().size() == 1);
            String second = get(connection.request("two"));

            assertThat(last.split(" ", -1)[0]).isEqualTo(first.split(" ", -1)[0]);
            assertThat(second).endsWith(" two").isNotEqualTo(first);
        }
    }

    @Test
    void who_waits_for_an_answer_is_told_when_the_supervisor_gives_up_or_is_asked_to_stop_it() {
        ProcessConnection failing = ProcessConnection.create();
        ProcessConnection stopped = ProcessConnection.create();
        try (bed) {
            bed.start(spec(
                            child(
                                    "failing",
                                    ProcessSpec.of(sh("read -r line; exit 1")).withConnection(failing)),
                            child("stopped", ProcessSpec.of(sh("cat")).withConnection(stopped)))
                    .withIntensity(1, Duration.ofHours(1)));
            answer(bed.sup().terminateChild("stopped"));

            assertThat(stopped.request("?").toCompletableFuture())
                    .failsWithin(Bed.LONG)
                    .withThrowableThat()
                    .withMessageContaining("child \"stopped\" is down");
            failing.writeLine("die");
            await().atMost(Bed.LONG).until(() -> bed.reports().size() == 1);
            failing.writeLine("die");
            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(failing.request("?").toCompletableFuture())
                    .failsWithin(Bed.LONG)
                    .withThrowableThat()
                    .withMessageContaining("child \"failing\" is down");
            bed.ignoreReports();
        }
    }

    @Test
    void a_readiness_that_cannot_come_is_refused() {
        Path far = Path.of("/" + "x".repeat(120));
        assertThat(SpecCheck.problems(spec(
                        child("a", SLEEPER.withOutput(Stdio.discard()).withReady(Readiness.line("ready"))),
                        child("b", SLEEPER.withReady(Readiness.unixSocket(far))))))
                .extracting(InvalidSpecException.Problem::error)
                .containsExactly("invalid_readiness", "invalid_readiness");
    }

    @Test
    void a_line_can_be_seen_wherever_the_output_comes_through_this_jvm_and_nowhere_else() throws PosixException {
        ProcessSpec line = SLEEPER.withOutput(Stdio.discard()).withReady(Readiness.line("ready"));
        try (Descriptor given = Descriptor.openRead(OsString.of("/dev/null"))) {
            assertThat(SpecCheck.problems(spec(
                            child("a", line),
                            child("b", line.withOutput(Stdio.given(given))),
                            child("c", line.withOutput(Stdio.file(scratch.resolve("out")))))))
                    .extracting(InvalidSpecException.Problem::error)
                    .containsExactly("invalid_readiness", "invalid_readiness", "invalid_readiness");
        }
        assertThat(SpecCheck.problems(spec(
                        child("a", line.withStdout(Stdio.inherited())),
                        child("b", line.withStderr(Stdio.logged())),
                        child("c", line.withStdout(Stdio.prefixed())),
                        child("d", line.withConnection(ProcessConnection.create())))))
                .isEmpty();
    }

    @Test
    void a_pipe_whose_other_end_nobody_would_have_is_refused() {
        assertThat(SpecCheck.problems(spec(
                        child("a", SLEEPER.withStdin(Stdio.pipe())),
                        child("b", SLEEPER.withStdout(Stdio.pipe())),
                        child("c", SLEEPER.withStderr(Stdio.pipe())))))
                .extracting(InvalidSpecException.Problem::error)
                .containsExactly("invalid_stdio", "invalid_stdio", "invalid_stdio");
    }

    @Test
    void a_child_of_an_application_is_ready_by_a_line_that_the_application_gets_too() {
        ProcessConnection connection = ProcessConnection.create();
        try (bed) {
            bed.start(spec(child(
                    "server",
                    ProcessSpec.of(sh("echo listening; cat"))
                            .withConnection(connection)
                            .withReady(Readiness.line("listening")))));

            assertThat(get(connection.streams().thenCompose(ProcessStreams::readLine)))
                    .hasValue("listening");
            assertThat(get(connection.request("hello"))).isEqualTo("hello");
        }
    }

    @Test
    void an_end_before_it_is_ready_is_told_as_one() {
        try (bed) {
            bed.start(spec());

            assertThat(answer(bed.sup().startChild(child("a", ready("exit 0")))))
                    .isInstanceOfSatisfying(
                            SupervisorResult.StartFailed.class,
                            failed -> assertThat(failed.reason().toString())
                                    .contains("ended before it was ready: exit code 0"));
        }
    }

    @Test
    void a_script_without_its_interpreter_is_told_apart_from_none() throws IOException {
        Path script = Files.writeString(scratch.resolve("script"), "#!/no/such/interpreter\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (bed) {
            bed.start(spec());

            assertThat(answer(bed.sup().startChild(child("a", ProcessSpec.of(script.toString())))))
                    .isInstanceOfSatisfying(
                            SupervisorResult.StartFailed.class,
                            failed -> assertThat(failed.reason().toString())
                                    .contains(
                                            "the interpreter that its first line names, /no/such/interpreter, is not there"));
        }
    }

    @Test
    void the_stable_reference_takes_signals() {
        try (bed) {
            bed.start(spec(child("a", SLEEPER)));
            ChildHandle before = bed.handle("a");

            bed.sup().ref(ProcessActor.Command.class, "a").tell(new SendSignal(Signal.USR1));

            await().atMost(Bed.LONG).until(() -> bed.handle("a") != before);
            assertThat(bed.reports()).containsExactly("child_terminated a signal USR1");
        }
    }

    @Test
    void case_051_administration_of_ordered_children() {
        try (bed) {
            DynamicApiTest.administer(bed, child("a", SLEEPER));
        }
    }

    @Test
    void case_075_one_for_one() {
        try (bed) {
            bed.start(spec(child("a", SLEEPER), child("b", SLEEPER)).withIntensity(2, Duration.ofMinutes(1)));
            ChildHandle a = bed.handle("a");
            ChildHandle b = bed.handle("b");

            interrupt("a");
            await().atMost(Bed.LONG).until(() -> bed.handle("a") != a);
            assertThat(bed.handle("b")).isEqualTo(b);
            interrupt("b");
            await().atMost(Bed.LONG).until(() -> bed.handle("b") != b);
            interrupt("a");

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.reports()).last().isEqualTo("shutdown a reached_max_restart_intensity");
        }
    }

    private void interrupt(String id) {
        bed.sup().ref(ProcessActor.Command.class, id).tell(new SendSignal(Signal.USR1));
    }

    // ---- members of its group that do not end

    private static final String DEAF_MEMBER =
            "trap 'exit 0' TERM; (trap '' TERM; : >\"$1.deaf\"; exec sleep \"$2\") & echo $! >\"$1\";"
                    + " until test -e \"$1.deaf\"; do sleep 0.01; done; ";

    @Test
    void who_is_left_of_the_group_when_the_time_to_stop_is_over_is_reported() throws IOException {
        Path member = scratch.resolve("member");
        try (bed) {
            // long enough for the shell to end, and not as long as its members would have after that
            bed.start(spec(child("a", ready(DEAF_MEMBER + "echo ready; wait", member.toString(), A_DAY))
                    .withShutdown(Shutdown.timeout(Duration.ofSeconds(4)))));
            int pid = Integer.parseInt(Files.readString(member).strip());

            assertThat(answer(bed.sup().terminateChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);

            assertThat(overruns()).singleElement().satisfies(overrun -> {
                assertThat(overrun.child().id()).isEqualTo("a");
                assertThat(overrun.left()).extracting(GroupMember::toString).containsExactly(pid + " sleep " + A_DAY);
            });
            assertThat(bed.reports()).containsExactly("shutdown_error a killed");
            // who is killed when the time is over is not waited for
            await().until(() -> !new ProcessView(pid).runs());
        }
    }

    /** It takes the five seconds that members have whose leader has ended by itself. */
    @Test
    void who_is_left_of_the_group_of_one_that_crashed_is_reported() throws IOException {
        Path member = scratch.resolve("member");
        try (bed) {
            bed.start(spec(child("a", ProcessSpec.of(sh(DEAF_MEMBER + "exit 3", member.toString(), A_DAY)))
                    .withRestart(RestartType.TEMPORARY)));

            await().atMost(Bed.LONG).until(() -> bed.states().isEmpty());

            String pid = Files.readString(member).strip();
            assertThat(overruns())
                    .singleElement()
                    .satisfies(overrun -> assertThat(overrun.left())
                            .extracting(GroupMember::toString)
                            .containsExactly(pid + " sleep " + A_DAY));
            assertThat(bed.reports()).containsExactly("child_terminated a exit code 3");
        }
    }

    @Test
    void who_is_killed_at_once_with_its_group_overruns_nothing() throws IOException {
        Path member = scratch.resolve("member");
        try (bed) {
            bed.start(spec(child("a", ready(DEAF_MEMBER + "echo ready; wait", member.toString(), A_DAY))
                    .withShutdown(Shutdown.brutalKill())));

            answer(bed.sup().terminateChild("a"));

            assertThat(overruns()).isEmpty();
            assertThat(bed.reports()).isEmpty();
        }
    }

    private List<SupervisorEvent.Overrun> overruns() {
        return bed.events.stream()
                .filter(SupervisorEvent.Overrun.class::isInstance)
                .map(SupervisorEvent.Overrun.class::cast)
                .toList();
    }

    // ---- what may be there only when it starts

    @Test
    void what_cannot_be_started_is_listed_before_anything_is() {
        SupervisorSpec wrong = spec(
                ChildSpec.process("a", "no-such-program-anywhere"),
                ChildSpec.process("d", ProcessSpec.of("true").withIgnoreExitCodes(77)));

        assertThatExceptionOfType(InvalidSpecException.class)
                .isThrownBy(() -> SpecCheck.check(wrong))
                .satisfies(e -> assertThat(e.problems())
                        .extracting(problem -> problem.path() + " " + problem.error())
                        .containsExactly("/d invalid_ignore_exits"));
    }

    @Test
    void directory_and_program_may_be_made_by_a_sibling_that_starts_earlier() {
        Path place = scratch.resolve("made/here");
        Path program = place.resolve("program");
        ChildSpec maker = ChildSpec.closeable("maker", () -> {
            Files.createDirectories(place);
            Files.writeString(program, "#!/bin/sh\nexec sleep " + A_DAY + "\n");
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
            return () -> {};
        });
        try (bed) {
            bed.start(spec(
                    maker,
                    child("a", ProcessSpec.of("./program").withDirectory(place)),
                    child("b", ProcessSpec.of(program.toString()).withOutput(Stdio.file(place.resolve("out"))))));

            assertThat(bed.states()).containsExactly("maker running", "a running", "b running");
        }
    }

    static Stream<Arguments> refusals() {
        Path missing = Path.of("/no/such/directory");
        return Stream.of(
                Arguments.of(
                        ProcessSpec.of("no-such-program-anywhere"),
                        "the program no-such-program-anywhere is in no directory of the JVM's PATH, "
                                + System.getenv("PATH") + "; install it or give its path (ENOENT)"),
                Arguments.of(
                        ProcessSpec.of("/no/such/program"),
                        "the program /no/such/program is not there; install it or correct its path (ENOENT)"),
                Arguments.of(
                        ProcessSpec.of("/etc/passwd"),
                        "the program /etc/passwd is not executable, for nobody: its mode is rw-r--r--, its owner user 0;"
                                + " use chmod +x (EACCES)"),
                Arguments.of(
                        ProcessSpec.of("true").withDirectory(missing),
                        "/no/such/directory: the directory to start true in is not there; create it, or name another"
                                + " (ENOENT)"),
                Arguments.of(
                        ProcessSpec.of("true").withStdout(Stdio.file(missing.resolve("out"))),
                        "/no/such/directory/out: stdout cannot be written to this file; see to its directory, or name"
                                + " another (ENOENT)"),
                Arguments.of(
                        ProcessSpec.of("true").withStdin(Stdio.file(missing.resolve("in"))),
                        "/no/such/directory/in: stdin cannot be read from this file; make it, or name another (ENOENT)"),
                Arguments.of(
                        ProcessSpec.of("sleep", A_DAY).withReady(Readiness.tcp("no.such.host.invalid", 1)),
                        "getaddrinfo no.such.host.invalid: the host is not known"),
                Arguments.of(
                        ProcessSpec.of("sleep", A_DAY)
                                .withReady(Readiness.command("no-such-program-anywhere"))
                                .withStartTimeout(Duration.ofSeconds(6)),
                        "but that cannot be looked at: spawn no-such-program-anywhere: the program"
                                + " no-such-program-anywhere is in no directory of the JVM's PATH"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void what_is_not_there_when_it_starts_is_named(ProcessSpec process, String reason) {
        try (bed) {
            bed.start(spec());

            assertThat(answer(bed.sup().startChild(ChildSpec.process("a", process))))
                    .isInstanceOfSatisfying(
                            SupervisorResult.StartFailed.class,
                            failed -> assertThat(failed.reason().toString()).contains(reason));
        }
    }
}
