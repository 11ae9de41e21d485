package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.actor.Bed.answer;
import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static io.github.pekkosupervisor.testing.Programs.sh;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.OneshotAgain;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SpecCheck;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are over when they are done. */
final class OneshotChildTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final ChildSpec SLEEPER = ChildSpec.process("web", "sleep", A_DAY);

    private final Path scratch;
    private final Bed bed = new Bed(KIT);

    OneshotChildTest(@TempDir Path scratch) {
        this.scratch = scratch;
    }

    @AfterAll
    static void shut_down() {
        KIT.shutdownTestKit();
    }

    private static ChildSpec oneshot(String script, String... arguments) {
        return oneshot(OneshotAgain.GROUP, script, arguments);
    }

    private static ChildSpec oneshot(OneshotAgain again, String script, String... arguments) {
        return ChildSpec.process(
                        "migrate",
                        ProcessSpec.of(sh(script, arguments))
                                .withOutput(Stdio.logged())
                                .withOneshot(again))
                .withShutdown(Shutdown.timeout(Duration.ofSeconds(1)));
    }

    private List<String> runs() throws IOException {
        return Files.readAllLines(scratch.resolve("runs"));
    }

    private String runsFile() {
        return scratch.resolve("runs").toString();
    }

    @Test
    void those_after_it_are_started_when_it_has_ended() throws IOException {
        String made = scratch.resolve("made").toString();
        ChildSpec web = ChildSpec.process("web", ProcessSpec.of(sh("test -e \"$1\" && exec sleep " + A_DAY, made)));
        try (bed) {
            bed.start(spec(oneshot("sleep 0.2; echo x > \"$1\"", made), web));

            assertThat(bed.states()).containsExactly("migrate stopped", "web running");
            SupervisorEvent.ChildDone done = bed.events.stream()
                    .filter(SupervisorEvent.ChildDone.class::isInstance)
                    .map(SupervisorEvent.ChildDone.class::cast)
                    .findFirst()
                    .orElseThrow();
            assertThat(done.ran()).isGreaterThan(Duration.ofMillis(150));
            assertThat(done.child().handle().orElseThrow().process()).isPresent();
            assertThat(done.child().handle().orElseThrow().hasEnded()).isTrue();
        }
    }

    @Test
    void its_last_words_tell_why_the_supervisor_fails() {
        try (bed) {
            ExitReason end = bed.startFails(spec(oneshot("echo no such table >&2; exit 3"), SLEEPER));

            assertThat(end.toString())
                    .contains(
                            "failed_to_start_child(migrate", "ended before it was done: exit code 3", "no such table");
            bed.ignoreReports();
        }
    }

    @Test
    void exit_codes_that_are_normal_are_those_that_it_is_done_by() {
        ProcessSpec two = ProcessSpec.of(sh("exit 2")).withOneshot().withNormalExitCodes(0, 2);
        try (bed) {
            bed.start(spec(ChildSpec.process("migrate", two)));

            assertThat(bed.states()).containsExactly("migrate stopped");
        }
    }

    private static SupervisorSpec oneForAll(ChildSpec... children) {
        return SupervisorSpec.oneForAll().withIntensity(2, Duration.ofHours(1)).withChildren(List.of(children));
    }

    /** Its group is started again. */
    private void killWeb() {
        ChildHandle before = bed.handle("web");
        answer(bed.sup().killChild("web"));
        await().atMost(Bed.LONG).until(before::hasEnded);
        await().atMost(Bed.LONG).until(() -> bed.states().contains("web running") && bed.handle("web") != before);
        bed.ignoreReports();
    }

    @Test
    void it_is_run_again_with_its_group_and_by_a_call() throws IOException {
        try (bed) {
            bed.start(oneForAll(oneshot("echo run >> \"$1\"", runsFile()), SLEEPER));
            assertThat(runs()).hasSize(1);

            killWeb();
            assertThat(runs()).hasSize(2);

            assertThat(answer(bed.sup().restartChild("migrate"))).isInstanceOf(SupervisorResult.Started.class);
            assertThat(runs()).hasSize(3);
        }
    }

    @Test
    void where_once_is_enough_it_is_run_again_by_a_call_alone() throws IOException {
        try (bed) {
            bed.start(oneForAll(oneshot(OneshotAgain.ONCE, "echo run >> \"$1\"", runsFile()), SLEEPER));

            killWeb();
            assertThat(runs()).hasSize(1);

            assertThat(answer(bed.sup().restartChild("migrate"))).isInstanceOf(SupervisorResult.Started.class);
            assertThat(runs()).hasSize(2);
        }
    }

    @Test
    void it_can_be_stopped_while_it_runs() {
        try (bed) {
            bed.start(spec());
            Path begun = scratch.resolve("begun");
            CompletionStage<?> start =
                    bed.sup().startChild(oneshot("echo > \"$1\"; exec sleep " + A_DAY, begun.toString()));
            await().atMost(Bed.LONG).until(() -> Files.exists(begun));

            assertThat(answer(bed.sup().terminateChild("migrate"))).hasToString("not_found");

            assertThat(answer(start))
                    .isInstanceOfSatisfying(
                            SupervisorResult.StartFailed.class,
                            failed -> assertThat(failed.reason()).isEqualTo(ExitReason.shutdown()));
        }
    }

    @Test
    void its_supervisor_can_be_stopped_while_it_runs() {
        Path begun = scratch.resolve("begun");
        bed.spawn(() -> spec(oneshot("echo > \"$1\"; exec sleep " + A_DAY, begun.toString()), SLEEPER));
        await().atMost(Bed.LONG).until(() -> Files.exists(begun));

        assertThat(bed.stop()).isEqualTo(ExitReason.shutdown());
        bed.close();
    }

    @Test
    void who_takes_too_long_has_failed() {
        ProcessSpec slow = ProcessSpec.of("sleep", A_DAY).withOneshot().withStartTimeout(Duration.ofMillis(200));
        try (bed) {
            ExitReason end = bed.startFails(spec(ChildSpec.process("migrate", slow)));

            assertThat(end.toString()).contains("failed_to_start_child(migrate, timeout");
            bed.ignoreReports();
        }
    }

    // ---- what is refused

    private static List<String> problems(SupervisorSpec spec) {
        return SpecCheck.problems(spec).stream()
                .map(problem -> problem.error() + ": " + problem.message())
                .toList();
    }

    @Test
    void what_contradicts_itself_is_refused() {
        ProcessSpec oneshot = ProcessSpec.of("true").withOneshot();
        assertThat(problems(spec(ChildSpec.process(
                        "a", oneshot.withReady(Readiness.tcp(1)).withIgnoreExitCodes(3)))))
                .satisfiesExactly(
                        first -> assertThat(first)
                                .startsWith("invalid_oneshot: a oneshot has started when it has ended normally")
                                .contains("leave out withReady"),
                        second -> assertThat(second)
                                .startsWith("invalid_oneshot: a oneshot is down when it is done")
                                .contains("withNormalExitCodes"));
        assertThat(problems(spec(ChildSpec.process("a", oneshot).withRestart(RestartType.TEMPORARY))))
                .singleElement()
                .asString()
                .startsWith("bad_combination: child \"a\" is a oneshot, which is kept when it is done, and temporary");
        for (AutoShutdown auto : List.of(AutoShutdown.NEVER, AutoShutdown.ANY_SIGNIFICANT)) {
            assertThat(problems(spec(ChildSpec.process("a", oneshot)
                                    .withRestart(RestartType.TRANSIENT)
                                    .withSignificant(true))
                            .withAutoShutdown(auto)))
                    .singleElement()
                    .asString()
                    .startsWith("bad_combination: child \"a\" is a oneshot, which has started when it has ended");
        }
        assertThat(problems(spec(
                        ChildSpec.process("a", oneshot),
                        ChildSpec.process("b", oneshot).withRestart(RestartType.TRANSIENT))))
                .isEmpty();
    }

    @Test
    void how_long_it_may_take_is_what_was_said_and_else_has_no_limit() {
        ProcessSpec plain = ProcessSpec.of("true");
        assertThat(ChildSpec.process("a", plain).startTimeout()).contains(Duration.ofSeconds(75));
        assertThat(ChildSpec.process("a", plain.withOneshot()).startTimeout()).isEmpty();
        assertThat(ChildSpec.process(
                                "a",
                                plain.withStartTimeout(Duration.ofSeconds(3)).withOneshot())
                        .startTimeout())
                .contains(Duration.ofSeconds(3));
    }
}
