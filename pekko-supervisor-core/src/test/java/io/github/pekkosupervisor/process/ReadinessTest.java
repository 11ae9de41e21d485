package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.process.LoneProcesses.sh;
import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.NormalExits.Outcome;
import io.github.pekkosupervisor.process.ProcessEvent.Exited;
import io.github.pekkosupervisor.process.ProcessEvent.NotReady;
import io.github.pekkosupervisor.process.ProcessEvent.Ready;
import io.github.pekkosupervisor.process.ProcessEvent.StartFailed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ReadinessTest {

    @RegisterExtension
    static final LoneProcesses PROCESSES = new LoneProcesses();

    private static final String FOREVER = "; exec sleep " + A_DAY;

    /**
     * Listens where its first argument says, 300 ms after its start: a port, or the path of a socket. Just before that
     * it makes a file, which must be there when it is known to be ready.
     */
    private static final String LATE_SERVER = """
        import socket, sys, time
        time.sleep(0.3)
        where = sys.argv[1]
        if where.isdigit():
            s = socket.socket()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(("127.0.0.1", int(where)))
        else:
            s = socket.socket(socket.AF_UNIX)
            s.bind(where)
        open(sys.argv[2], "w").close()
        s.listen()
        while True:
            s.accept()[0].close()
        """;

    /**
     * A start that takes longer has failed, and something has to happen before: a program is loaded, a look is made.
     */
    private static final Duration LATE = Duration.ofSeconds(6);

    private final Path scratch;

    ReadinessTest(@TempDir Path scratch) {
        this.scratch = scratch;
    }

    @Test
    void without_a_sign_the_start_is_all_there_is() {
        PROCESSES.spawn(ProcessSpec.of("sleep", A_DAY));

        PROCESSES.started();
        PROCESSES.nothingMore();
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo booting; echo now ready >&2", "echo now ready", "printf 'now ready\\nand more'"})
    void a_line_on_either_output_is_a_sign(String script) {
        PROCESSES.spawn(
                ProcessSpec.of(sh(script + FOREVER)).withOutput(Stdio.logged()).withReady(Readiness.line("ready$")));

        PROCESSES.started();
        PROCESSES.next(Ready.class);
    }

    @Test
    void a_sign_given_twice_is_told_once() {
        PROCESSES.spawn(ProcessSpec.of(sh("echo ready; echo ready >&2; echo ready" + FOREVER))
                .withOutput(Stdio.logged())
                .withReady(Readiness.line("ready")));

        PROCESSES.started();
        PROCESSES.next(Ready.class);
        PROCESSES.nothingMore();
    }

    @Test
    void a_port_is_a_sign_when_somebody_listens() throws IOException {
        int port = FreePort.next();
        spawnServer(String.valueOf(port), Readiness.tcp(port));

        PROCESSES.started();
        PROCESSES.next(Ready.class);
        assertThat(scratch.resolve("listens")).exists();
    }

    @Test
    void a_unix_socket_is_a_sign_when_somebody_listens() {
        Path socket = scratch.resolve("socket");
        spawnServer(socket.toString(), Readiness.unixSocket(socket));

        PROCESSES.started();
        PROCESSES.next(Ready.class);
        assertThat(scratch.resolve("listens")).exists();
    }

    @Test
    void a_port_that_another_process_has_fails_the_start_before_it_begins() throws IOException {
        try (ServerSocket stranger = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            PROCESSES.spawn(ProcessSpec.of("sleep", A_DAY).withReady(Readiness.tcp(stranger.getLocalPort())));

            StartFailed failed = PROCESSES.next(StartFailed.class);

            assertThat(failed.cause().errno()).isEqualTo("EADDRINUSE");
            assertThat(failed.cause())
                    .hasMessageContaining("another process")
                    .hasMessageContaining(String.valueOf(stranger.getLocalPort()));
        }
    }

    @Test
    void a_command_is_run_until_it_exits_with_0() {
        Path there = scratch.resolve("there");
        Path tries = scratch.resolve("tries");
        PROCESSES.spawn(ProcessSpec.of(
                        sh("until [ -e tries ]; do sleep 0.02; done; touch $1" + FOREVER, there.toString()))
                .withDirectory(scratch)
                .withReady(Readiness.command("sh", "-c", "test -e there; there=$?; echo >>tries; exit $there")));

        PROCESSES.started();
        PROCESSES.next(Ready.class);
        assertThat(there).exists();
        assertThat(tries).content().startsWith("\n\n");
    }

    /** A command would outlive this JVM if it became another program now. */
    @Test
    void while_it_rests_no_command_looks_and_then_one_does_again() throws Exception {
        Path tries = scratch.resolve("tries");
        ActorRef<ProcessActor.Command> actor = PROCESSES.spawn(ProcessSpec.of("sleep", A_DAY)
                .withDirectory(scratch)
                .withReady(Readiness.command("sh", "-c", "echo $$ >>tries; test -e there || exec sleep " + A_DAY)));
        PROCESSES.started();
        await().atMost(LoneProcesses.PATIENCE).until(() -> Files.exists(tries) && Files.size(tries) > 1);
        long looks = Long.parseLong(Files.readAllLines(tries).get(0).trim());

        LoneProcesses.settle(actor);

        await().atMost(LoneProcesses.PATIENCE)
                .until(() -> ProcessHandle.of(looks).isEmpty());
        PROCESSES.nothingMore();
        assertThat(Files.readAllLines(tries)).hasSize(1);
        Files.createFile(scratch.resolve("there"));
        actor.tell(ProcessActor.GoOn.INSTANCE);
        PROCESSES.next(Ready.class);
    }

    @Test
    void a_command_that_does_not_exist_lets_the_start_time_out() {
        PROCESSES.spawn(ProcessSpec.of("sleep", A_DAY)
                .withReady(Readiness.command("/missing"))
                .withStartTimeout(LATE));

        PROCESSES.started();
        assertThat(PROCESSES.next(NotReady.class).description()).contains("/missing");
        PROCESSES.exited();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 9})
    void a_newline_on_the_notification_descriptor_is_a_sign(int number) {
        PROCESSES.spawn(ProcessSpec.of(sh("printf half >&" + number + "; sleep 0.2; echo >&" + number + FOREVER))
                .withReady(Readiness.notification(number)));

        PROCESSES.started();
        PROCESSES.next(Ready.class);
    }

    @Test
    void a_closed_notification_descriptor_is_no_sign() {
        PROCESSES.spawn(ProcessSpec.of(sh("exec 3>&-" + FOREVER))
                .withReady(Readiness.notification(3))
                .withStartTimeout(Duration.ofMillis(300)));

        PROCESSES.started();
        PROCESSES.next(NotReady.class);
        PROCESSES.exited();
    }

    @Test
    void who_is_not_ready_in_time_is_told_with_its_last_lines_and_stopped() {
        PROCESSES.spawn(ProcessSpec.of(sh("echo trying; echo still trying >&2" + FOREVER))
                .withOutput(Stdio.logged())
                .withReady(Readiness.line("ready"))
                .withStartTimeout(LATE));

        PROCESSES.started();
        NotReady notReady = PROCESSES.next(NotReady.class);
        Exited exited = PROCESSES.exited();

        assertThat(notReady.lastLines()).containsExactlyInAnyOrder("trying", "still trying");
        assertThat(notReady.description()).contains("6 s", "a line with /ready/", "still trying");
        assertThat(exited.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void who_is_stopped_does_not_get_ready_any_more() {
        ActorRef<ProcessActor.Command> actor = spawnDeliberate("echo ready; sleep 0.3", Duration.ofMinutes(1));

        actor.tell(new ProcessActor.Stop(Duration.ofMinutes(1)));

        assertThat(PROCESSES.exited().lastLines()).contains("ready");
    }

    @Test
    void who_is_stopped_before_it_is_ready_is_not_late() {
        ActorRef<ProcessActor.Command> actor = spawnDeliberate("sleep 6.3", LATE);

        actor.tell(new ProcessActor.Stop(Duration.ofMinutes(1)));

        assertThat(PROCESSES.exited().status()).isEqualTo(ExitStatus.ofCode(0));
    }

    /** Is never ready before TERM, of which it knows when this returns. */
    private ActorRef<ProcessActor.Command> spawnDeliberate(String atTerm, Duration startTimeout) {
        Path up = scratch.resolve("up");
        ActorRef<ProcessActor.Command> actor = PROCESSES.spawn(
                ProcessSpec.of(sh("trap '" + atTerm + "; exit 0' TERM; : >'" + up + "'; while :; do sleep 0.1; done"))
                        .withOutput(Stdio.logged())
                        .withReady(Readiness.line("ready"))
                        .withStartTimeout(startTimeout));
        PROCESSES.started();
        await().until(() -> Files.exists(up));
        return actor;
    }

    @Test
    void who_ends_before_it_is_ready_is_told_with_its_last_twenty_lines() {
        PROCESSES.spawn(ProcessSpec.of(sh("i=0; while [ $i -lt 50 ]; do echo line $i; i=$((i+1)); done;"
                        + " printf 'no config' >&2; exit 78"))
                .withOutput(Stdio.logged())
                .withReady(Readiness.tcp(1)));

        PROCESSES.started();
        Exited exited = PROCESSES.exited();

        assertThat(exited.status()).isEqualTo(ExitStatus.ofCode(78));
        assertThat(exited.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(exited.lastLines()).hasSize(20).contains("line 49", "no config");
        assertThat(exited.description())
                .startsWith("exit code 78; its last words:")
                .contains("no config");
    }

    @Test
    void name_of_a_host_is_looked_up_when_it_starts() throws IOException {
        int port = FreePort.next();
        spawnServer(String.valueOf(port), Readiness.tcp("localhost", port));

        PROCESSES.started();
        PROCESSES.next(Ready.class);
        assertThat(scratch.resolve("listens")).exists();
    }

    @Test
    void nonsense_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Readiness.tcp(0)).withMessageContaining("was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Readiness.tcp(" ", 1))
                .withMessageContaining("give an address");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Readiness.tcp("1:2:x", 1))
                .withMessageContaining("is no address");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Readiness.notification(2))
                .withMessageContaining("3 to 255");
    }

    // ---- http

    /** Answers each connection with its second argument, after as many refusals as its first one says. */
    private static final String HTTP_SERVER = """
        import socket, sys, time
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("127.0.0.1", int(sys.argv[1])))
        s.listen()
        refusals = int(sys.argv[2])
        answer = sys.argv[3].encode().decode("unicode_escape").encode("latin1")
        while True:
            c = s.accept()[0]
            request = c.recv(4096)
            open(sys.argv[4], "wb").write(request)
            refusals -= 1
            if refusals >= 0:
                c.sendall(b"HTTP/1.1 503 Not yet\\r\\nContent-Length: 0\\r\\n\\r\\n")
            else:
                for part in answer.split(b"|"):
                    c.sendall(part)
                    time.sleep(0.05)
            c.close()
        """;

    private void serve(int port, int refusals, String answer, Readiness readiness, Duration limit) {
        assumeThat(Files.isExecutable(Path.of("/usr/bin/python3"))).isTrue();
        PROCESSES.spawn(ProcessSpec.of(
                        "python3",
                        "-c",
                        HTTP_SERVER,
                        String.valueOf(port),
                        String.valueOf(refusals),
                        answer,
                        scratch.resolve("request").toString())
                .withReady(readiness)
                .withStartTimeout(limit));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\\r\\n\\r\\nfine, ok",
                "HT|TP/1.1 204 OK\\r\\n|\\r\\n|",
                "HTTP/1.1 302 Found\\r\\nLocation: http://nowhere.invalid/\\r\\n\\r\\n"
            })
    void a_good_answer_by_http_is_a_sign(String answer) throws IOException {
        int port = FreePort.next();
        serve(port, 3, answer, Readiness.http("http://127.0.0.1:" + port + "/health?deep=1"), LoneProcesses.PATIENCE);

        PROCESSES.started();
        PROCESSES.next(Ready.class);
        assertThat(scratch.resolve("request"))
                .content()
                .startsWith("GET /health?deep=1 HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n");
    }

    @Test
    void an_answer_may_have_to_say_something() throws IOException {
        int port = FreePort.next();
        serve(
                port,
                0,
                "HTTP/1.1 200 OK\\r"
                        + "\\n"
                        + "Transfer-Encoding: chunked\\r"
                        + "\\n"
                        + "\\r"
                        + "\\n"
                        + "3\\r"
                        + "\\n"
                        + "all|\\r"
                        + "\\n"
                        + "5\\r"
                        + "\\n"
                        + " fine\\r"
                        + "\\n"
                        + "0\\r"
                        + "\\n"
                        + "\\r"
                        + "\\n",
                Readiness.http("http://localhost:" + port).withStatus(200).withBody("all +fine"),
                LoneProcesses.PATIENCE);

        PROCESSES.started();
        PROCESSES.next(Ready.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\\r\\nContent-Length: 90\\r\\n\\r\\nhalf of ok",
                "HTTP/1.1 500 No\\r\\n\\r\\nok",
                "SSH-2.0-OpenSSH ok\\r\\n",
                ""
            })
    void a_bad_answer_by_http_is_none(String answer) throws IOException {
        int port = FreePort.next();
        serve(port, 0, answer, Readiness.http("http://127.0.0.1:" + port + "/").withBody("ok"), LATE);

        PROCESSES.started();
        assertThat(PROCESSES.next(NotReady.class).description())
                .startsWith("not ready within 6 s, which would have been an answer from http://127.0.0.1:" + port + "/"
                        + " and /ok/ in its body, but the answer from 127.0.0.1:" + port);
    }

    @Test
    void a_stranger_who_answers_by_http_beforehand_is_no_sign() throws IOException {
        try (ServerSocket stranger = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            PROCESSES.spawn(ProcessSpec.of("sleep", A_DAY)
                    .withReady(Readiness.http("http://127.0.0.1:" + stranger.getLocalPort() + "/")));

            assertThat(PROCESSES.next(StartFailed.class).cause().errno()).isEqualTo("EADDRINUSE");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://127.0.0.1/",
                "ftp://127.0.0.1/",
                "127.0.0.1:80",
                "http://user:secret@127.0.0.1/",
                "http://127.0.0.1/#part",
                "http:///path",
                "http://127.0.0.1:0/",
                "http://127.0.0.1:70000/",
                "http://127.0.0.1/a b",
                ""
            })
    void what_is_no_address_of_http_is_refused(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Readiness.http(address))
                .withMessageContaining("http");
    }

    @Test
    void statuses_are_in_their_range() {
        Readiness.Http http = Readiness.http("http://[::1]");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> http.withStatus(99))
                .withMessageContaining("100 to 599, was 99");
        assertThatIllegalArgumentException().isThrownBy(() -> http.withStatus(600));
        assertThat(http.withStatus(599, 100).toString())
                .isEqualTo("an answer from http://[::1] with status [100, 599]");
        assertThat(http.address().getPort()).isEqualTo(80);
    }

    // ---- a future

    @Test
    void a_future_of_the_application_is_a_sign() {
        CompletableFuture<String> future = new CompletableFuture<>();
        CompletableFuture<ProcessIdentity> asked = new CompletableFuture<>();
        PROCESSES.spawn(ProcessSpec.of("sleep", A_DAY).withReady(Readiness.future(process -> {
            asked.complete(process);
            return future;
        })));
        long pid = PROCESSES.started().pid();
        PROCESSES.nothingMore();

        future.complete("done");

        PROCESSES.next(Ready.class);
        assertThat((long) asked.join().pid()).isEqualTo(pid);
    }

    static Stream<Function<ProcessIdentity, CompletionStage<?>>> failures() {
        return Stream.of(
                process -> CompletableFuture.failedFuture(new IllegalStateException("no luck")),
                process -> {
                    throw new IllegalStateException("no luck");
                },
                process -> CompletableFuture.supplyAsync(() -> {
                    throw new IllegalStateException("no luck");
                }));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void a_future_that_fails_is_a_failed_start(Function<ProcessIdentity, CompletionStage<?>> failure) {
        PROCESSES.spawn(ProcessSpec.of("sleep", A_DAY).withReady(Readiness.future(failure)));

        PROCESSES.started();
        assertThat(PROCESSES.next(NotReady.class).description())
                .isEqualTo("not ready, since a future of the application has failed:"
                        + " java.lang.IllegalStateException: no luck");
        PROCESSES.exited();
    }

    @Test
    void no_future_is_a_failed_start() {
        PROCESSES.spawn(ProcessSpec.of("sleep", A_DAY).withReady(Readiness.future(process -> null)));

        PROCESSES.started();
        assertThat(PROCESSES.next(NotReady.class).description()).contains("the function has returned no future");
    }

    private void spawnServer(String where, Readiness readiness) {
        assumeThat(Files.isExecutable(Path.of("/usr/bin/python3"))).isTrue();
        PROCESSES.spawn(ProcessSpec.of(
                        "python3",
                        "-c",
                        LATE_SERVER,
                        where,
                        scratch.resolve("listens").toString())
                .withReady(readiness));
    }
}
