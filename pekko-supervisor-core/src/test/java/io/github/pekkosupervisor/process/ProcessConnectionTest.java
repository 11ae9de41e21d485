package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.process.LoneProcesses.sh;
import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessActor.Command;
import io.github.pekkosupervisor.process.ProcessActor.SendSignal;
import io.github.pekkosupervisor.process.ProcessEvent.Exited;
import io.github.pekkosupervisor.process.ProcessEvent.StartFailed;
import io.github.pekkosupervisor.process.ProcessStreams.ProcessEndedException;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A process as an object of the application. */
final class ProcessConnectionTest {

    @RegisterExtension
    static final LoneProcesses PROCESSES = new LoneProcesses();

    private static final int MEGABYTE = 1024 * 1024;

    private final ProcessConnection connection = ProcessConnection.create();
    private final Path scratch;

    ProcessConnectionTest(@TempDir Path scratch) {
        this.scratch = scratch;
    }

    @Test
    void lines_go_in_and_out() {
        run("cat");
        ProcessStreams streams = get(connection.streams());

        streams.writeLine("one");
        streams.writeLine("zwei äöü");
        streams.write("no line feed".getBytes(UTF_8));
        streams.closeStdin();

        assertThat(get(streams.readLine())).hasValue("one");
        assertThat(get(streams.readLine())).hasValue("zwei äöü");
        assertThat(get(streams.readLine())).hasValue("no line feed");
        assertThat(get(streams.readLine())).isEmpty();
        assertThat(get(streams.readLine())).isEmpty();
    }

    @Test
    void requests_are_answered_in_their_order() {
        run("while read -r line; do echo \"<$line>\"; done");

        List<CompletionStage<String>> answers = IntStream.range(0, 1000)
                .mapToObj(i -> connection.request("request " + i))
                .toList();

        assertThat(answers.stream().map(ProcessConnectionTest::get))
                .containsExactlyElementsOf(IntStream.range(0, 1000)
                        .mapToObj(i -> "<request " + i + ">")
                        .toList());
    }

    @Test
    void a_write_that_a_slow_process_does_not_take_completes_when_it_has() throws IOException {
        Path go = scratch.resolve("go");
        run("while ! [ -e " + go + " ]; do sleep 0.05; done; wc -c");
        ProcessStreams streams = get(connection.streams());

        CompletionStage<Void> written = streams.write(new byte[4 * MEGABYTE]);
        boolean before = written.toCompletableFuture().isDone();
        CompletionStage<Void> last = streams.writeLine("more");
        streams.closeStdin();
        Files.createFile(go);

        assertThat(before).isFalse();
        assertThat(written.toCompletableFuture()).succeedsWithin(LoneProcesses.PATIENCE);
        assertThat(last.toCompletableFuture()).succeedsWithin(LoneProcesses.PATIENCE);
        assertThat(get(streams.readLine())).hasValue(String.valueOf(4 * MEGABYTE + "more\n".length()));
    }

    @Test
    void megabytes_go_in_and_out_unchanged() {
        run("cat");
        ProcessStreams streams = get(connection.streams());
        byte[] sent = new byte[16 * MEGABYTE];
        IntStream.range(0, sent.length).forEach(i -> sent[i] = (byte) (i * 31 + i / 257));

        CompletionStage<Void> written = streams.write(sent);
        streams.closeStdin();
        byte[] got = readAll(streams);

        assertThat(got).isEqualTo(sent);
        assertThat(written.toCompletableFuture()).isCompleted();
    }

    @Test
    void what_nobody_reads_holds_the_process_back() throws IOException {
        Path progress = scratch.resolve("progress");
        PROCESSES.spawn(ProcessSpec.of(sh("head -c 1000000 /dev/zero; echo done >$1", progress.toString()))
                .withConnection(connection));
        ProcessStreams streams = get(connection.streams());

        await().pollDelay(Duration.ofMillis(300)).until(() -> Files.notExists(progress));
        byte[] all = readAll(streams);

        assertThat(all).hasSize(1_000_000);
        await().until(() -> Files.exists(progress));
    }

    @Test
    void a_process_that_closes_its_input_fails_what_is_written_to_it() throws IOException {
        Path go = scratch.resolve("go");
        ProcessStreams streams =
                streamsOf("exec <&-; echo closed; while ! [ -e " + go + " ]; do sleep 0.05; done; exit 3");
        assertThat(get(streams.readLine())).hasValue("closed");

        CompletionStage<Void> written = streams.writeLine("too late");

        assertThat(written.toCompletableFuture())
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("does not read its standard input any more");
        Files.createFile(go);
        assertThat(get(streams.exit()).status().code()).isEqualTo(3);
    }

    @Test
    void a_write_that_waits_fails_when_the_process_ends() {
        ActorRef<Command> actor = run("echo ready; sleep 100");
        ProcessStreams streams = get(connection.streams());
        get(streams.readLine());
        CompletionStage<Void> written = streams.write(new byte[MEGABYTE]);

        actor.tell(new SendSignal(Signal.KILL));

        assertThat(written.toCompletableFuture()).failsWithin(LoneProcesses.PATIENCE);
    }

    @Test
    void a_request_without_an_answer_says_how_the_process_ended_and_its_last_words() {
        run("read -r line; echo 'cannot do that' >&2; exit 9");

        CompletableFuture<String> answer = connection.request("do that").toCompletableFuture();

        assertThat(answer)
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ProcessEndedException.class)
                .withMessageContaining("exit code 9")
                .withMessageContaining("cannot do that");
    }

    @Test
    void how_it_ended_is_told_before_the_others_of_its_group_are_gone() {
        ActorRef<Command> actor =
                run("trap '' TERM; sleep 1000 </dev/null >/dev/null 2>/dev/null & read -r line; exit 9");

        CompletableFuture<String> answer = connection.request("do that").toCompletableFuture();

        assertThat(answer)
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ProcessEndedException.class)
                .withMessageContaining("ended without an answer: exit code 9");
        actor.tell(new ProcessActor.Stop(Duration.ZERO));
    }

    @Test
    void of_one_that_is_dead_nobody_says_that_it_has_only_closed_its_output() {
        // long gone, but its end has not been told here yet
        ProcessStreams streams = streamsOf(new ProcessIdentity(Integer.MAX_VALUE, 1, ""));
        CompletableFuture<String> answer = streams.ended("ended without an answer");

        await().during(Duration.ofMillis(2500)).until(() -> !answer.isDone());
        streams.exited(new Exited(ExitStatus.ofCode(6)));

        assertThat(answer)
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("ended without an answer: exit code 6");
    }

    @Test
    void of_one_that_runs_on_it_is_said_what_it_has_closed() {
        ProcessStreams streams =
                streamsOf(ProcessIdentity.ofRunning(OwnProcess.pid()).orElseThrow());

        assertThat(streams.ended("ended without an answer"))
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageEndingWith("ended without an answer: it has closed its standard output");
        assertThat(streams.ended(ProcessStreams.DOES_NOT_READ))
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageEndingWith("does not read any more: it has closed its standard input");
    }

    @SuppressWarnings("NullAway") // without pipes: neither is read or written
    private static ProcessStreams streamsOf(ProcessIdentity identity) {
        return new ProcessStreams(identity, new ApplicationPipe(null, Runnable::run, List.of()), null);
    }

    @Test
    void half_a_line_is_no_answer() {
        run("read -r line; printf 'half of it'; exit 3");

        assertThat(connection.request("do that").toCompletableFuture())
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ProcessEndedException.class)
                .withMessageContaining("in the middle of its answer");
    }

    @Test
    void a_request_of_two_lines_is_refused() {
        run("cat");
        ProcessStreams streams = get(connection.streams());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> streams.request("one\ntwo"))
                .withMessageContaining("a line feed at 3");
        assertThat(get(connection.request("three"))).isEqualTo("three");
    }

    @Test
    void an_answer_that_is_too_long_is_skipped_to_its_end() {
        run("read -r line; head -c 17000000 /dev/zero | tr '\\0' x; echo; read -r line; echo \"<$line>\"");
        ProcessStreams streams = get(connection.streams());

        assertThat(streams.request("much").toCompletableFuture())
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("a line of more than");
        assertThat(get(streams.request("next"))).isEqualTo("<next>");
    }

    @Test
    void what_a_process_says_unasked_is_no_answer_to_a_request_that_it_cannot_read() {
        run("exec <&-; echo ready; sleep 0.2; echo unasked; sleep 100");
        ProcessStreams streams = get(connection.streams());
        assertThat(get(streams.readLine())).hasValue("ready");

        assertThat(streams.request("anybody there?").toCompletableFuture())
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ProcessEndedException.class);
    }

    @Test
    void who_waits_for_a_process_that_will_not_come_is_told() {
        CompletableFuture<String> early = connection.request("early").toCompletableFuture();

        connection.disconnect("the test says so");
        CompletableFuture<String> late = connection.request("late").toCompletableFuture();

        for (CompletableFuture<String> request : List.of(early, late)) {
            assertThat(request)
                    .failsWithin(LoneProcesses.PATIENCE)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(ProcessEndedException.class)
                    .withMessageContaining("no process to talk to: the test says so");
        }
        run("cat");
        PROCESSES.next(ProcessEvent.Started.class);
        assertThat(get(connection.request("again"))).isEqualTo("again");
    }

    @Test
    void the_connection_follows_the_process_to_its_next_life() {
        run("read -r line; echo first $line; exit 1");
        String first = get(connection.request("life"));
        PROCESSES.next(ProcessEvent.Started.class);
        PROCESSES.exited();

        CompletionStage<String> asked = connection.request("life");
        boolean before = asked.toCompletableFuture().isDone();
        run("read -r line; echo second $line");

        assertThat(first).isEqualTo("first life");
        assertThat(before).isFalse();
        assertThat(get(asked)).isEqualTo("second life");
    }

    @Test
    void each_life_is_introduced() {
        AtomicReference<Optional<String>> greeting = new AtomicReference<>();
        ProcessConnection introduced =
                ProcessConnection.create(streams -> streams.readLine().thenAccept(greeting::set));

        PROCESSES.spawn(ProcessSpec.of(sh("echo hello; cat")).withConnection(introduced));

        await().untilAsserted(() -> assertThat(greeting.get()).hasValue("hello"));
        assertThat(get(introduced.request("and now"))).isEqualTo("and now");
    }

    @Test
    void the_end_of_its_input_is_a_word_to_stop_too() {
        ActorRef<Command> actor = run("trap '' TERM; echo deaf; cat >/dev/null; exit 0");
        assertThat(get(get(connection.streams()).readLine())).hasValue("deaf");
        PROCESSES.next(ProcessEvent.Started.class);

        actor.tell(new ProcessActor.Stop(Duration.ofHours(1)));

        assertThat(PROCESSES.exited().outcome()).isEqualTo(NormalExits.Outcome.STOPPED);
    }

    @Test
    void two_processes_cannot_have_one_connection() {
        run("cat");
        PROCESSES.next(ProcessEvent.Started.class);

        run("cat");

        assertThat(PROCESSES.next(StartFailed.class).cause()).hasMessageContaining("in use by another process");
        assertThat(get(connection.request("still there"))).isEqualTo("still there");
    }

    @Test
    void streams_of_the_jdk_are_there_for_libraries_that_want_them() throws IOException {
        run("cat");
        ProcessStreams streams = get(connection.streams());
        List<String> got = new ArrayList<>();

        try (OutputStream stdin = streams.stdin();
                BufferedReader stdout = new BufferedReader(new InputStreamReader(streams.stdout(), UTF_8))) {
            stdin.write("one\ntwo\n".getBytes(UTF_8));
            got.add(stdout.readLine());
            got.add(stdout.readLine());
            streams.closeStdin();
            got.add(stdout.readLine());
        }

        assertThat(got).containsExactly("one", "two", null);
    }

    @Test
    void a_daemon_that_keeps_the_pipe_open_does_not_keep_the_end_back() {
        ProcessStreams streams = streamsOf("setsid sleep 3 & echo last");

        assertThat(get(streams.readLine())).hasValue("last");
        assertThat(get(streams.readLine())).isEmpty();
        PROCESSES.next(ProcessEvent.Started.class);
        Exited exited = PROCESSES.exited();
        assertThat(exited.status().code()).isZero();
        await().until(() -> ProcessHandle.current().descendants().noneMatch(ProcessConnectionTest::isSleep));
    }

    @Test
    void a_line_that_says_that_it_is_ready_is_seen_and_still_comes() {
        PROCESSES.spawn(ProcessSpec.of(sh("echo loading; echo listening on 7; while read x; do echo got $x; done"))
                .withConnection(connection)
                .withReady(Readiness.line("listening")));
        PROCESSES.next(ProcessEvent.Started.class);
        assertThat(PROCESSES.next(ProcessEvent.Ready.class)).isNotNull();
        ProcessStreams streams = get(connection.streams());

        assertThat(get(streams.readLine())).hasValue("loading");
        assertThat(get(streams.readLine())).hasValue("listening on 7");
        assertThat(get(streams.request("this"))).isEqualTo("got this");
    }

    @Test
    void who_reads_before_it_is_ready_gets_the_line_too() {
        List<Optional<String>> early = new CopyOnWriteArrayList<>();
        ProcessConnection introduced = ProcessConnection.create(streams -> {
            streams.readLine().thenAccept(early::add);
            streams.readLine().thenAccept(early::add);
        });

        PROCESSES.spawn(ProcessSpec.of(sh("sleep 0.1; echo loading; sleep 0.1; echo listening; cat"))
                .withConnection(introduced)
                .withReady(Readiness.line("listening")));

        assertThat(get(introduced.request("and now"))).isEqualTo("and now");
        await().untilAsserted(
                        () -> assertThat(early).containsExactly(Optional.of("loading"), Optional.of("listening")));
    }

    @Test
    void megabytes_before_the_line_come_unchanged() {
        PROCESSES.spawn(ProcessSpec.of(sh("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo listening; cat"))
                .withConnection(connection)
                .withReady(Readiness.line("listening")));
        ProcessStreams streams = get(connection.streams());

        assertThat(get(streams.readLine()).orElseThrow()).hasSize(3_000_000).containsOnlyOnce("x".repeat(3_000_000));
        assertThat(get(streams.readLine())).hasValue("listening");
        assertThat(get(streams.request("this"))).isEqualTo("this");
    }

    @Test
    void a_line_on_standard_error_says_that_it_is_ready_and_the_output_comes_whole() {
        PROCESSES.spawn(ProcessSpec.of(sh("echo one; echo listening >&2; cat"))
                .withConnection(connection)
                .withReady(Readiness.line("listening")));
        ProcessStreams streams = get(connection.streams());

        assertThat(get(streams.readLine())).hasValue("one");
        assertThat(get(streams.request("this"))).isEqualTo("this");
    }

    @Test
    void who_ends_before_the_line_has_said_last_words() {
        PROCESSES.spawn(ProcessSpec.of(sh("echo cannot listen; exit 3"))
                .withConnection(connection)
                .withReady(Readiness.line("listening")));
        PROCESSES.next(ProcessEvent.Started.class);

        assertThat(PROCESSES.exited().lastLines()).containsExactly("cannot listen");
    }

    @Test
    void what_was_not_read_can_be_read_when_it_has_ended() {
        ProcessStreams streams = streamsOf("echo one; echo two; exit 3");
        assertThat(get(streams.exit()).status().code()).isEqualTo(3);

        assertThat(get(streams.readLine())).hasValue("one");
        assertThat(get(streams.readLine())).hasValue("two");
        assertThat(get(streams.readLine())).isEmpty();
    }

    @Test
    void what_nobody_read_is_dropped_when_the_next_one_has_ended_too_and_who_reads_it_is_told() {
        ProcessStreams first = streamsOf("echo one; echo two; exit 3");
        get(first.exit());
        PROCESSES.started();
        PROCESSES.exited();
        String whileNobodyElse = get(first.readLine()).orElseThrow();
        ProcessStreams second = streamsOf("echo three; echo four; exit 4");
        String whileTheNextRuns = get(first.readLine()).orElseThrow();
        get(second.exit());
        PROCESSES.started();
        PROCESSES.exited();

        ProcessStreams third = streamsOf("exit 0");
        get(third.exit());
        PROCESSES.started();
        PROCESSES.exited();

        assertThat(List.of(whileNobodyElse, whileTheNextRuns)).containsExactly("one", "two");
        assertThat(get(first.readLine())).as("read to its end").isEmpty();
        assertThat(second.readLine().toCompletableFuture())
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ProcessEndedException.class)
                .withMessageContaining("what nobody had read of its output has been dropped");
        assertThat(second.stdout()).satisfies(stream -> assertThatIOException().isThrownBy(stream::read));
    }

    /** Twenty megabytes, of which the pipe holds 64 kB: they wait for readers, and are ended by nobody's reading. */
    @Test
    void who_writes_much_that_nobody_reads_does_not_hold_up_those_after_it() {
        for (int life = 0; life < 20; life++) {
            ActorRef<Command> actor = run("echo life; exec cat /dev/zero");
            PROCESSES.started();
            get(get(connection.streams()).readLine());

            actor.tell(new ProcessActor.Stop(Duration.ofSeconds(20)));

            assertThat(PROCESSES.exited().outcome()).isEqualTo(NormalExits.Outcome.STOPPED);
        }
    }

    @Test
    void closed_it_is_read_no_more_and_a_writer_ends() {
        ProcessStreams streams = streamsOf("echo ready; trap '' HUP; exec yes");
        assertThat(get(streams.readLine())).hasValue("ready");

        streams.close();
        streams.close();

        assertThat(get(streams.exit()).status().signal()).isEqualTo(Signal.PIPE.number());
        List.of(streams.readLine(), streams.read(), streams.write(new byte[1]), streams.request("x"))
                .forEach(stage -> assertThat(stage.toCompletableFuture())
                        .failsWithin(LoneProcesses.PATIENCE)
                        .withThrowableOfType(ExecutionException.class)
                        .withCauseInstanceOf(IOException.class));
    }

    @Test
    void who_waits_for_a_line_is_told_that_it_was_closed() {
        ProcessStreams streams = streamsOf("read -r line; exec cat");
        CompletableFuture<?> line = streams.readLine().toCompletableFuture();
        CompletableFuture<?> bytes = streams.read().toCompletableFuture();

        streams.close();

        for (CompletableFuture<?> waiting : List.of(line, bytes)) {
            assertThat(waiting)
                    .failsWithin(LoneProcesses.PATIENCE)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(IOException.class)
                    .withMessageContaining("the application has closed its end of process");
        }
        get(streams.exit());
    }

    @Test
    void what_was_kept_until_it_is_ready_is_dropped_when_it_is_closed() {
        ProcessConnection early = ProcessConnection.create(ProcessStreams::close);
        PROCESSES.spawn(ProcessSpec.of(sh("echo hello; echo listening; while echo more; do :; done"))
                .withConnection(early)
                .withReady(Readiness.line("listening")));

        PROCESSES.started();

        PROCESSES.next(ProcessEvent.Ready.class);
        assertThat(PROCESSES.next(Exited.class).status().signal()).isEqualTo(Signal.PIPE.number());
    }

    @Test
    void the_line_is_looked_for_though_it_is_closed_when_no_more_is_kept() {
        CompletableFuture<ProcessStreams> streams = new CompletableFuture<>();
        Path written = scratch.resolve("written");
        PROCESSES.spawn(ProcessSpec.of(sh("i=0; while [ $i -lt 300 ]; do head -c 65536 /dev/zero; i=$((i+1)); echo >>"
                        + written + "; done; echo; echo listening; exec sleep " + A_DAY))
                .withConnection(ProcessConnection.create(streams::complete))
                .withReady(Readiness.line("listening")));
        PROCESSES.started();
        // one more than is kept, and another than is in the pipe
        await().until(() -> Files.exists(written) && Files.size(written) > ApplicationPipe.MOST_KEPT / 65536);

        get(streams).close();

        PROCESSES.next(ProcessEvent.Ready.class);
    }

    @Test
    void output_that_is_not_wanted_does_not_hold_the_process_back() {
        ProcessStreams streams = streamsOf("read -r go; head -c 50000000 /dev/zero; read -r end; exit 7");
        streams.discardOutput();

        streams.writeLine("go");
        streams.writeLine("end");

        assertThat(get(streams.exit()).status().code()).isEqualTo(7);
        assertThat(get(streams.readLine())).isEmpty();
    }

    @Test
    void a_request_that_will_never_be_read_is_told_though_the_process_lives_on() throws IOException {
        Path go = scratch.resolve("go");
        ActorRef<Command> actor =
                run("echo ready; exec 2>&-; while ! [ -e " + go + " ]; do sleep 0.05; done; exec <&-; sleep 100");
        ProcessStreams streams = get(connection.streams());
        assertThat(get(streams.readLine())).hasValue("ready");
        streams.write(new byte[MEGABYTE]);

        CompletableFuture<String> answer = streams.request("this").toCompletableFuture();
        Files.createFile(go);

        assertThat(answer)
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ProcessEndedException.class)
                .withMessageContaining("does not read any more");
        actor.tell(new SendSignal(Signal.KILL));
    }

    @Test
    void a_line_that_nobody_here_can_see_is_refused() {
        PROCESSES.spawn(ProcessSpec.of("cat").withOutput(Stdio.discard()).withReady(Readiness.line("listening")));

        assertThat(PROCESSES.next(StartFailed.class).cause())
                .hasMessageContaining("what it writes does not come through this JVM");
    }

    private static boolean isSleep(ProcessHandle process) {
        return process.info().command().orElse("").endsWith("sleep");
    }

    /** Of a process that may end before anybody can ask for them. */
    private ProcessStreams streamsOf(String script) {
        CompletionStage<ProcessStreams> streams = connection.streams();
        run(script);
        return get(streams);
    }

    private ActorRef<Command> run(String script) {
        return PROCESSES.spawn(ProcessSpec.of(sh(script)).withConnection(connection));
    }

    private static byte[] readAll(ProcessStreams streams) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] chunk = get(streams.read());
        while (chunk.length > 0) {
            all.writeBytes(chunk);
            chunk = get(streams.read());
        }
        return all.toByteArray();
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(LoneProcesses.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
