package io.github.pekkosupervisor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.Liveness;
import io.github.pekkosupervisor.process.NormalExits.Outcome;
import io.github.pekkosupervisor.process.ProcessConnection;
import io.github.pekkosupervisor.process.ProcessResult;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.testing.ProcessView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A command that is run once. */
final class ProcessRunTest {

    private static final ActorTestKit KIT = ActorTestKit.create();

    @TempDir
    Path scratch;

    @AfterAll
    static void shut_down() {
        KIT.shutdownTestKit();
    }

    private static ProcessRun sh(String script) {
        return ProcessRun.of("sh", "-c", script).withSystem(KIT.system());
    }

    @Test
    void what_it_writes_and_how_it_ends_is_told() throws Exception {
        ProcessResult result = sh("echo out; echo err >&2; exit 3").run();

        assertThat(result.stdout().text()).isEqualTo("out\n");
        assertThat(result.stderr().lines()).containsExactly("err");
        assertThat(result.status().code()).isEqualTo(3);
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.isNormal()).isFalse();
        assertThatThrownBy(result::orThrow)
                .isInstanceOfSatisfying(
                        ProcessResult.FailedException.class,
                        failed -> assertThat(failed.result()).isSameAs(result))
                .hasMessage("sh -c echo out; echo err >&2; exit 3 ended with exit code 3; its last words:\n  err");
    }

    @Test
    void without_an_actor_system_it_has_one_for_itself_that_is_gone_afterwards() throws Exception {
        String text = ProcessRun.of("echo", "hello").run().orThrow().stdout().text();

        assertThat(text).isEqualTo("hello\n");
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("pekko-supervisor-pekko")));
    }

    @Test
    void it_is_fed_with_bytes_and_megabytes_come_back_unchanged() throws Exception {
        byte[] sent = new byte[3_000_000];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = (byte) (i * 31 + i / 257);
        }

        ProcessResult result = ProcessRun.of("cat")
                .withSystem(KIT.system())
                .withInput(sent)
                .withOutputLimit(sent.length)
                .run();

        assertThat(result.orThrow().stdout().bytes()).isEqualTo(sent);
        assertThat(result.stdout().isCut()).isFalse();
    }

    @Test
    void who_is_fed_need_not_read() throws Exception {
        assertThat(sh("exit 0").withInput("x".repeat(1_000_000)).run().isNormal())
                .isTrue();
        assertThat(sh("exec <&-; echo done")
                        .withInput("x".repeat(1_000_000))
                        .run()
                        .orThrow()
                        .stdout()
                        .text())
                .isEqualTo("done\n");
    }

    @Test
    void without_input_there_is_nothing_to_read() throws Exception {
        assertThat(ProcessRun.of("cat")
                        .withSystem(KIT.system())
                        .run()
                        .orThrow()
                        .stdout()
                        .written())
                .isZero();
    }

    @Test
    void more_than_is_kept_is_counted_and_holds_nobody_up() throws Exception {
        ProcessResult result = sh("head -c 5000000 /dev/zero | tr '\\0' x; echo end >&2")
                .withOutputLimit(1000)
                .run();

        assertThat(result.orThrow().stdout().text()).isEqualTo("x".repeat(1000));
        assertThat(result.stdout().isCut()).isTrue();
        assertThat(result.stdout().written()).isEqualTo(5_000_000);
        assertThat(result.stdout()).hasToString("5000000 bytes, of which the first 1000 were kept");
        assertThat(result.stderr().isCut()).isFalse();
    }

    @Test
    void when_its_time_is_over_it_is_stopped_with_all_it_has_started_and_what_it_wrote_is_told() throws Exception {
        ProcessResult result = sh("sleep 1000 & echo $!; wait")
                .withTimeout(Duration.ofSeconds(3))
                .run();

        assertThat(result.timedOut()).isTrue();
        assertThat(result.status().signal()).isEqualTo(Signal.TERM.number());
        assertThat(result.isNormal()).isFalse();
        assertThat(result.description()).contains("was stopped since its time was over: signal TERM");
        assertThat(isAlive(result.stdout().text())).isFalse();
    }

    @Test
    void who_goes_on_in_the_background_is_stopped_too() throws Exception {
        ProcessResult result = sh("sleep 1000 & echo $!").run();

        assertThat(result.isNormal()).isTrue();
        assertThat(isAlive(result.stdout().text())).isFalse();
    }

    private static boolean isAlive(String pid) {
        return new ProcessView(Integer.parseInt(pid.strip())).runs();
    }

    @Test
    void an_output_that_goes_elsewhere_is_not_collected() throws Exception {
        Path file = scratch.resolve("out");

        ProcessResult result = ProcessRun.of(ProcessSpec.of("sh", "-c", "pwd; echo $NAME >&2")
                        .withDirectory(scratch)
                        .withEnvironment("NAME", "value")
                        .withStdout(Stdio.file(file)))
                .withSystem(KIT.system())
                .run();

        assertThat(result.orThrow().stdout().written()).isZero();
        assertThat(result.stderr().text()).isEqualTo("value\n");
        assertThat(Files.readString(file)).isEqualTo(scratch.toRealPath() + "\n");
    }

    @Test
    void what_cannot_be_started_says_why() {
        assertThatThrownBy(() -> ProcessRun.of("/no/such/program")
                        .withSystem(KIT.system())
                        .run())
                .isInstanceOf(PosixException.class)
                .hasMessageContaining("/no/such/program is not there");
        assertThatThrownBy(() -> ProcessRun.of("/no/such/program").run()).isInstanceOf(PosixException.class);
    }

    @Test
    void an_interrupt_kills_it() throws Exception {
        Path pid = scratch.resolve("pid");
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                sh("echo $$ > " + pid + ".new; mv " + pid + ".new " + pid + "; exec sleep 1000")
                        .run();
            } catch (Throwable e) {
                thrown.complete(e);
            }
        });
        caller.start();
        await().until(() -> Files.exists(pid));

        caller.interrupt();

        assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        await().untilAsserted(() -> assertThat(isAlive(Files.readString(pid))).isFalse());
    }

    @Test
    void to_cancel_it_kills_it() throws Exception {
        Path pid = scratch.resolve("pid");
        CompletableFuture<ProcessResult> run = sh("echo $$ > " + pid + ".new; mv " + pid + ".new " + pid
                        + "; exec sleep 1000")
                .start();
        await().until(() -> Files.exists(pid));

        run.cancel(true);

        await().untilAsserted(() -> assertThat(isAlive(Files.readString(pid))).isFalse());
    }

    @Test
    void the_end_of_the_actor_system_is_its_end() throws Exception {
        ActorSystem<?> system = ActorSystem.create(Behaviors.empty(), "short");
        Path pid = scratch.resolve("pid");
        CompletableFuture<ProcessResult> run = ProcessRun.of(
                        "sh", "-c", "echo $$ > " + pid + ".new; mv " + pid + ".new " + pid + "; exec sleep 1000")
                .withSystem(system)
                .start();
        await().until(() -> Files.exists(pid));

        system.terminate();

        assertThat(run)
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(IOException.class)
                .withMessageContaining("sh was killed before it had ended");
        await().untilAsserted(() -> assertThat(isAlive(Files.readString(pid))).isFalse());
    }

    @Test
    @SuppressWarnings("NullAway") // as somebody without it may
    void all_that_is_wrong_is_told_at_once() {
        ProcessRun wrong = ProcessRun.of(ProcessSpec.of("true")
                        .withStop(null)
                        .withConnection(ProcessConnection.create())
                        .withReady(Readiness.tcp(1)))
                .withTimeout(Duration.ZERO)
                .withOutputLimit(-1)
                .withInput((byte[]) null)
                .withSystem(null);

        InvalidSpecException refused = catchThrowableOfType(InvalidSpecException.class, wrong::start);

        assertThat(refused.problems())
                .extracting(InvalidSpecException.Problem::message)
                .satisfiesExactly(
                        timeout -> assertThat(timeout).startsWith("withTimeout: must be more than zero"),
                        limit -> assertThat(limit).startsWith("withOutputLimit: must be 0 to 1073741824 bytes, was -1"),
                        input -> assertThat(input).startsWith("withInput: must not be null"),
                        system -> assertThat(system).startsWith("withSystem: must not be null"),
                        stop -> assertThat(stop).startsWith("withStop: must not be null"),
                        ready -> assertThat(ready).contains("is not waited for to be ready"),
                        connection -> assertThat(connection).contains("what is run once has no connection"));
    }

    static Stream<Arguments> what_means_nothing_here() {
        ProcessSpec spec = ProcessSpec.of("true");
        return Stream.of(
                Arguments.of(spec.withLive(Liveness.by(Readiness.tcp(1))), "leave withLive out"),
                Arguments.of(spec.withOneshot(), "leave withOneshot out"),
                Arguments.of(spec.withOneshot(ProcessSpec.OneshotAgain.ONCE), "leave withOneshot out"),
                Arguments.of(spec.withStartTimeout(Duration.ofSeconds(1)), "leave withStartTimeout out"),
                Arguments.of(spec.withIgnoreExitCodes(3), "leave withIgnoreExitCodes out"),
                Arguments.of(
                        spec.withWhenSupervisorDies(ProcessSpec.WhenSupervisorDies.KEEP),
                        "leave withWhenSupervisorDies out"),
                Arguments.of(spec.withOwnerLost(ProcessSpec.OwnerLost.KEEP), "leave withOwnerLost out"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("what_means_nothing_here")
    void what_would_do_nothing_or_let_it_live_on_is_refused(ProcessSpec spec, String words) {
        InvalidSpecException refused = catchThrowableOfType(InvalidSpecException.class, ProcessRun.of(spec)::start);

        assertThat(refused.problems())
                .extracting(InvalidSpecException.Problem::message)
                .anySatisfy(message -> assertThat(message).contains(words));
    }

    @Test
    void many_at_once_are_all_told_apart() {
        List<CompletableFuture<ProcessResult>> runs = java.util.stream.IntStream.range(0, 30)
                .mapToObj(i -> sh("read -r line; echo $line; exit " + i)
                        .withInput("number " + i + "\n")
                        .start())
                .toList();

        for (int i = 0; i < runs.size(); i++) {
            ProcessResult result = runs.get(i).orTimeout(30, TimeUnit.SECONDS).join();
            assertThat(result.status().code()).isEqualTo(i);
            assertThat(new String(result.stdout().bytes(), UTF_8)).isEqualTo("number " + i + "\n");
        }
    }
}
