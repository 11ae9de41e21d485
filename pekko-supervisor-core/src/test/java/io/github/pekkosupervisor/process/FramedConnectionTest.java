package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.process.LoneProcesses.sh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.FramedConnection.Session;
import io.github.pekkosupervisor.process.ProcessActor.Command;
import io.github.pekkosupervisor.process.ProcessActor.SendSignal;
import io.github.pekkosupervisor.process.ProcessStreams.ProcessEndedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A process that is talked to in messages. One that only repeats what it hears answers each request with itself. */
final class FramedConnectionTest {

    @RegisterExtension
    static final LoneProcesses PROCESSES = new LoneProcesses();

    private static final Pattern ID = Pattern.compile("\"id\":(\\d+)");

    private final List<String> received = new CopyOnWriteArrayList<>();
    private Consumer<Session> receiving = from -> {};
    private Function<Session, CompletionStage<?>> opening = with -> CompletableFuture.completedFuture(null);

    private final class Application implements FramedConnection.Peer {
        @Override
        public @Nullable Object idOf(String message) {
            if (message.contains("unreadable")) {
                throw new IllegalStateException("not by me");
            }
            if (message.contains("too deep")) {
                throw new StackOverflowError("planted");
            }
            Matcher id = ID.matcher(message);
            return id.find() ? Integer.valueOf(id.group(1)) : null;
        }

        @Override
        public void received(Session from, String message) {
            if (message.contains("bad reader")) {
                throw new IllegalStateException("planted");
            }
            received.add(message);
            receiving.accept(from);
        }

        @Override
        public CompletionStage<?> opened(Session with) {
            return opening.apply(with);
        }
    }

    private FramedConnection connection = ProcessConnection.framed(Framing.contentLength(), new Application());

    private static String message(int id) {
        return "{\"id\":" + id + ",\"text\":\"" + "ä".repeat(id % 50) + "\"}";
    }

    private ActorRef<Command> run(String script) {
        return PROCESSES.spawn(ProcessSpec.of(sh(script)).withConnection(connection.connection()));
    }

    /** Of a process that may have ended before anybody could ask for it: then the next one is waited for. */
    private CompletableFuture<Session> sessionOf(String script) {
        CompletableFuture<Session> session = connection.session().toCompletableFuture();
        run(script);
        return session;
    }

    static Stream<Arguments> framings() {
        return Stream.of(Arguments.of("length", Framing.contentLength()), Arguments.of("lines", Framing.lines()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("framings")
    void each_request_gets_its_own_answer(String name, Framing framing) {
        connection = ProcessConnection.framed(framing, new Application());
        run("exec cat");

        List<CompletableFuture<String>> answers = IntStream.range(0, 500)
                .mapToObj(id -> connection.request(id, message(id)))
                .toList();

        assertThat(answers.stream().map(FramedConnectionTest::get).toList())
                .isEqualTo(IntStream.range(0, 500)
                        .mapToObj(FramedConnectionTest::message)
                        .toList());
        assertThat(received).isEmpty();
    }

    @Test
    void what_answers_nothing_is_for_the_application_in_its_order() {
        run("exec cat");
        get(connection.send("{\"method\":\"one\"}"));
        get(connection.send("{\"method\":\"bad reader\"}"));
        get(connection.send("{\"id\":77}"));

        assertThat(get(connection.request(1, message(1)))).isEqualTo(message(1));
        assertThat(received).containsExactly("{\"method\":\"one\"}", "{\"id\":77}");
    }

    @Test
    void what_was_asked_of_one_that_is_killed_fails_with_its_end_and_the_next_one_answers() {
        ActorRef<Command> actor = run("read -r first; exec sleep 1000");
        Session session = get(connection.session());
        CompletableFuture<String> asked = session.request(1, message(1));
        CompletableFuture<String> askedToo = session.request(2, message(2));

        actor.tell(new SendSignal(Signal.KILL));
        ended();
        CompletionStage<String> askedBetween = connection.request(1, message(1));
        run("exec cat");

        for (CompletableFuture<String> lost : List.of(asked, askedToo)) {
            assertThat(lost)
                    .failsWithin(LoneProcesses.PATIENCE)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(ProcessEndedException.class)
                    .withMessageContaining("signal KILL");
        }
        assertThat(get(askedBetween)).isEqualTo(message(1));
    }

    @Test
    void who_asks_a_session_that_has_ended_is_told_how_its_process_ended() {
        Session session = get(sessionOf("exit 5"));
        get(session.exit());

        assertThat(session.request(1, message(1)))
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ProcessEndedException.class)
                .withMessageContaining("exit code 5");
    }

    @Test
    void an_id_in_use_is_refused_and_free_again_after_the_answer(@TempDir Path temp) throws IOException {
        Path go = temp.resolve("go");
        run("while [ ! -e '" + go + "' ]; do sleep 0.05; done; exec cat");
        Session session = get(connection.session());
        CompletableFuture<String> first = session.request(1, message(1));

        assertThat(session.request(1, message(1)))
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(IllegalStateException.class)
                .withMessageContaining("a request with the id 1 waits for its answer");

        Files.createFile(go);
        assertThat(get(first)).isEqualTo(message(1));
        assertThat(get(session.request(1, message(1)))).isEqualTo(message(1));
    }

    @Test
    void a_message_that_is_too_long_is_not_sent() {
        run("exec cat");
        Session session = get(connection.session());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> session.request(3, "x".repeat(Framing.DEFAULT_LONGEST + 1)));
        assertThat(get(session.request(4, message(4)))).isEqualTo(message(4));
    }

    @Test
    void who_waits_no_more_leaves_its_id_and_a_late_answer_is_the_applications() {
        run("exec cat");
        Session session = get(connection.session());
        CompletableFuture<String> given = session.request(9, message(9));
        given.cancel(true);

        assertThat(get(session.request(8, message(8)))).isEqualTo(message(8));
        assertThat(given).isCancelled();
        assertThat(received).isSubsetOf(message(9));
    }

    static Stream<Arguments> hostile() {
        return Stream.of(
                Arguments.of("printf 'Starting...\\n'", "a line that is no header, \"Starting...\""),
                Arguments.of("printf 'Content-Length: 999999999999\\r\\n\\r\\n'", "a message of 999999999999 bytes"),
                Arguments.of("printf 'Content-Length: x\\r\\n\\r\\n'", "a Content-Length that is no number"),
                Arguments.of("printf 'Content-Length: 10\\r\\n\\r\\nunreadable'", "a message that cannot be read"),
                Arguments.of("printf 'Content-Length: 8\\r\\n\\r\\ntoo deep'", "java.lang.StackOverflowError: planted"),
                Arguments.of("cat /dev/zero", "a header of more than 8192 bytes"));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void what_is_no_message_ends_the_session_and_the_process_is_told(String script, String words) {
        run("read -r line; " + script + "; cat >/dev/null; exit 9");

        CompletableFuture<String> asked = connection.request(1, message(1)).toCompletableFuture();

        assertThat(asked)
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(Framing.MalformedException.class)
                .withMessageContaining(words);
        assertThat(ended())
                .as("its input has ended, and it meets a closed pipe")
                .isNotNull();
    }

    @Test
    void it_is_logged_once_which_conversation_is_over() {
        LoggingTestKit.warn("a conversation is over, and the process is told so")
                .withOccurrences(1)
                .expect(PROCESSES.kit().system(), () -> {
                    run("echo; cat >/dev/null");
                    return ended();
                });
    }

    @Test
    void half_a_message_at_the_end_is_no_answer() {
        run("read -r line; printf 'Content-Length: 50\\r\\n\\r\\nhalf'; exit 6");

        assertThat(connection.request(1, message(1)).toCompletableFuture())
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ProcessEndedException.class)
                .withMessageContaining("ended in the middle of a message: exit code 6");
    }

    @Test
    void others_wait_until_it_has_been_opened() {
        opening = with -> with.request(0, message(0)).thenAccept(answer -> received.add("opened by " + answer));
        run("exec cat");

        String answer = get(connection.request(1, message(1)));

        assertThat(answer).isEqualTo(message(1));
        assertThat(received).containsExactly("opened by " + message(0));
    }

    @Test
    void one_that_cannot_be_opened_is_ended() {
        opening = with -> CompletableFuture.failedFuture(new IOException("wrong version"));

        assertThat(sessionOf("cat >/dev/null; exit 4"))
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("could not be opened: java.io.IOException: wrong version");
        assertThat(ended().status().code()).isEqualTo(4);
    }

    @Test
    void one_that_ends_before_it_is_opened_says_how() {
        opening = with -> new CompletableFuture<>();

        assertThat(sessionOf("exit 3"))
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ProcessEndedException.class)
                .withMessageContaining("exit code 3");
    }

    @Test
    void closed_by_the_application_it_asks_no_more() {
        run("cat >/dev/null");
        Session session = get(connection.session());
        CompletableFuture<String> asked = session.request(1, message(1));

        session.close();

        assertThat(asked)
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("the application has ended the conversation");
        ended();
    }

    @Test
    void what_was_asked_of_one_whose_output_is_dropped_fails_too(@TempDir Path temp) throws IOException {
        Path go = temp.resolve("go");
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        receiving = from -> goOn.join();
        run("printf 'Content-Length: 3\\r\\n\\r\\none'; while [ ! -e '" + go + "' ]; do sleep 0.05; done;"
                + " printf 'Content-Length: 3\\r\\n\\r\\ntwo'");
        CompletableFuture<String> asked = get(connection.session()).request(1, message(1));
        await().until(() -> received.contains("one"));

        Files.createFile(go);
        ended();
        run("exit 0");
        ended();
        goOn.complete(null);

        assertThat(asked)
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ProcessEndedException.class)
                .withMessageContaining("exit code 0");
    }

    @Test
    void who_waits_for_an_answer_where_messages_are_received_is_told_that_the_process_has_ended() {
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        receiving = from -> {
            try {
                from.request(1, message(1)).join();
            } catch (CompletionException e) {
                told.complete(e.getCause());
            }
        };
        run("printf 'Content-Length: 3\\r\\n\\r\\none'; read -r line; exit 8");

        assertThat(get(told))
                .isInstanceOf(ProcessEndedException.class)
                .hasMessageContaining("the application is still at what it had sent before: exit code 8");
    }

    @Test
    void so_is_who_waits_for_it_where_another_answer_comes(@TempDir Path scratch) throws IOException {
        Path answers = scratch.resolve("answers");
        Path end = scratch.resolve("end");
        CompletableFuture<CompletableFuture<String>> asked = new CompletableFuture<>();
        // not before somebody waits for the answer: he would be told of it by this thread
        Session session = get(sessionOf("while [ ! -e " + answers + " ]; do sleep 0.02; done;"
                + " printf 'Content-Length: 8\\r\\n\\r\\n{\"id\":1}'; while [ ! -e " + end
                + " ]; do sleep 0.02; done; exit 8"));

        var blocked = session.request(1, message(1)).thenAccept(answer -> {
            CompletableFuture<String> second = session.request(2, message(2));
            asked.complete(second);
            second.exceptionally(Throwable::toString).join();
        });
        Files.createFile(answers);
        CompletableFuture<String> second = get(asked);
        Files.createFile(end);

        assertThat(second)
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ProcessEndedException.class)
                .withMessageContaining("exit code 8");
        get(blocked);
    }

    @Test
    void no_more_is_asked_than_a_process_that_does_not_read_may_have_waiting() {
        run("exec sleep 1000");
        Session session = get(connection.session());
        String text = "x".repeat(1024 * 1024);

        List<CompletableFuture<String>> asked =
                IntStream.range(0, 20).mapToObj(id -> session.request(id, text)).toList();

        assertThat(asked.subList(0, 16)).noneMatch(CompletableFuture::isDone);
        assertThat(asked.get(19))
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(RejectedExecutionException.class)
                .withMessageMatching("(?s).*process \\d+ has not read 1[67]\\d{6} bytes of what was sent to it.*");
    }

    @Test
    void no_more_requests_wait_than_may_and_when_some_are_answered_it_may_be_asked_again() {
        run("cat >/dev/null; exit 0");
        Session session = get(connection.session());
        List<CompletableFuture<String>> asked = IntStream.range(0, FramedConnection.MOST_PENDING)
                .mapToObj(id -> session.request(id, "{}"))
                .toList();

        assertThat(session.request(-1, "{}"))
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(RejectedExecutionException.class)
                .withMessageContaining("65536 requests wait for an answer of process");
        assertThat(asked).noneMatch(CompletableFuture::isDone);
        asked.get(7).cancel(true);
        assertThat(session.request(-1, "{}")).isNotDone();
    }

    @Test
    void a_request_that_is_given_up_has_its_id_no_longer() {
        // reads, and keeps its output open
        run("exec cat 3>&1 >/dev/null");
        get(connection.session());

        CompletableFuture<String> first = connection.request(1, message(1));
        assertThat(connection.request(1, message(1)))
                .failsWithin(LoneProcesses.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("a request with the id 1 waits for its answer");
        CompletableFuture<CompletableFuture<String>> second = new CompletableFuture<>();
        var asksAgain = first.whenComplete((none, failure) -> second.complete(connection.request(1, message(1))));
        first.completeExceptionally(new TimeoutException("by the test"));

        assertThat(asksAgain).isCompletedExceptionally();
        assertThat(get(second)).isNotDone();
        assertThat(connection.request(1, message(1))).isCompletedExceptionally();
    }

    @Test
    void one_that_is_given_up_before_there_is_a_process_is_not_asked() {
        CompletableFuture<String> first = connection.request(1, message(1));
        first.cancel(true);

        run("exec cat");

        assertThat(get(connection.request(1, message(1)))).isEqualTo(message(1));
        assertThat(get(connection.request(2, message(2)))).isEqualTo(message(2));
        assertThat(received).isEmpty();
    }

    /** What the application does when one has failed may wait for another that fails. */
    @ParameterizedTest
    @CsvSource({"exit 8, ProcessEndedException", "echo no message; exec sleep 1000, MalformedException"})
    void each_of_those_that_fail_fails_by_itself(String does, String failure, @TempDir Path temp) throws IOException {
        Path go = temp.resolve("go");
        Session session = get(sessionOf("while [ ! -e '" + go + "' ]; do sleep 0.05; done; " + does));
        CompletableFuture<String> first = session.request(1, message(1));
        CompletableFuture<String> second = session.request(2, message(2));
        CompletableFuture<String> afterFirst =
                first.handle((none, why) -> second.handle((also, whyAlso) -> nameOf(why) + ", " + nameOf(whyAlso))
                        .join());
        CompletableFuture<String> afterSecond =
                second.handle((none, why) -> first.handle((also, whyAlso) -> nameOf(why) + ", " + nameOf(whyAlso))
                        .join());

        Files.createFile(go);

        assertThat(get(afterFirst)).isEqualTo(failure + ", " + failure);
        assertThat(get(afterSecond)).isEqualTo(failure + ", " + failure);
    }

    private static String nameOf(@Nullable Throwable why) {
        return why == null ? "no failure" : why.getClass().getSimpleName();
    }

    @Test
    void the_exception_is_the_one_that_is_promised_and_not_one_around_it() {
        CompletableFuture<String> asked = new CompletableFuture<>();
        var told = connection.request(1, message(1)).whenComplete((none, why) -> asked.complete(nameOf(why)));
        assertThat(told).isNotDone();
        run("read -r go; exit 8");
        assertThat(get(asked)).isEqualTo("ProcessEndedException");
        ended();
        connection.connection().disconnect("by the test");

        assertThat(Stream.of(
                                connection.request(1, "{}"),
                                connection.send("{}"),
                                connection.session(),
                                connection.connection().streams(),
                                connection.connection().request("line"),
                                connection.connection().writeLine("line"))
                        .map(stage -> get(stage.handle((none, why) -> nameOf(why))))
                        .toList())
                .containsOnly("ProcessEndedException");
    }

    @Test
    void nothing_is_kept_of_those_that_have_ended() {
        for (int life = 0; life < 5; life++) {
            run("exit 0");
            ended();
        }

        await().untilAsserted(() -> assertThat(connection)
                .extracting("sessions")
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .isEmpty());
    }

    private static ProcessEvent.Exited ended() {
        PROCESSES.started();
        return PROCESSES.exited();
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }
}
