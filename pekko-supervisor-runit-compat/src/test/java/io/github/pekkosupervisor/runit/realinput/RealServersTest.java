package io.github.pekkosupervisor.runit.realinput;

import static io.github.pekkosupervisor.runit.realinput.Sandbox.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Three real servers with real loggers in one tree, as an operator would run them and mistreat them. */
@Tag("dist")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
@Order(1)
class RealServersTest {

    /** What svlogd reads in one go, and so may hold when it is killed. */
    private static final int LOGGER_READS_AT_MOST = 1024;

    private Path root = Path.of("");
    private @Nullable Sandbox opened;

    static Stream<Implementation> implementations() {
        return Implementation.selected();
    }

    static Stream<Arguments> implementations_and_servers() {
        return Implementation.selected()
                .flatMap(implementation ->
                        Stream.of(RealServer.values()).map(server -> Arguments.of(implementation, server)));
    }

    @BeforeEach
    void take_directory(@TempDir Path directory) {
        root = directory;
    }

    @AfterEach
    void nothing_is_left_behind() {
        if (opened != null) {
            opened.close();
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void all_servers_answer_and_status_knows_the_answering_process(Implementation implementation) throws IOException {
        Sandbox sandbox = allAnswering(implementation);

        Sandbox.SvAnswer answer = sandbox.sv("status", "redis", "nginx", "counting");

        assertThat(answer.exitCode()).isZero();
        assertThat(answer.lines())
                .containsExactly(
                        "run: redis: (pid N) Ns; run: log: (pid N) Ns",
                        "run: nginx: (pid N) Ns; run: log: (pid N) Ns",
                        "run: counting: (pid N) Ns; run: log: (pid N) Ns");
        assertThat(RealServer.values())
                .allSatisfy(
                        server -> assertThat(server.answeringPid(sandbox)).isEqualTo(supervisedPid(sandbox, server)));
    }

    @ParameterizedTest
    @MethodSource("implementations_and_servers")
    void a_server_killed_with_kill_9_answers_again_from_a_new_process(Implementation implementation, RealServer server)
            throws IOException {
        Sandbox sandbox = answering(implementation, server);
        long before = server.answeringPid(sandbox).orElseThrow();

        Sandbox.signal("KILL", before);

        patiently().untilAsserted(answersFromAnotherThan(before, server, sandbox));
        assertThat(sandbox.sv("status", server.id()).lines())
                .containsExactly("run: " + server.id() + ": (pid N) Ns; run: log: (pid N) Ns");
    }

    @ParameterizedTest
    @MethodSource("implementations_and_servers")
    void a_stopped_server_is_silent_and_a_started_one_answers(Implementation implementation, RealServer server)
            throws IOException {
        Sandbox sandbox = answering(implementation, server);
        long before = server.answeringPid(sandbox).orElseThrow();

        Sandbox.SvAnswer stopped = sandbox.sv("-w", "60", "stop", server.id());
        Optional<Long> whileStopped = server.answeringPid(sandbox);
        Sandbox.SvAnswer started = sandbox.sv("-w", "60", "start", server.id());

        assertThat(stopped.lines()).containsExactly("ok: down: " + server.id() + ": Ns, normally up");
        assertThat(stopped.exitCode()).isZero();
        assertThat(whileStopped).isEmpty();
        assertThat(started.lines()).containsExactly("ok: run: " + server.id() + ": (pid N) Ns");
        assertThat(started.exitCode()).isZero();
        patiently().untilAsserted(answersFromAnotherThan(before, server, sandbox));
    }

    @ParameterizedTest
    @MethodSource("implementations_and_servers")
    void a_restarted_server_answers_from_a_new_process(Implementation implementation, RealServer server)
            throws IOException {
        Sandbox sandbox = answering(implementation, server);
        long before = server.answeringPid(sandbox).orElseThrow();

        Sandbox.SvAnswer restarted = sandbox.sv("-w", "60", "restart", server.id());

        assertThat(restarted.exitCode()).as(restarted.text()).isZero();
        // within the second of the start sv says ok before TERM has been acted on, so only the beginning is certain
        assertThat(restarted.lines()).singleElement().asString().startsWith("ok: run: " + server.id() + ": (pid N) Ns");
        patiently().untilAsserted(answersFromAnotherThan(before, server, sandbox));
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void what_the_servers_write_arrives_in_their_logs(Implementation implementation) throws IOException {
        Sandbox sandbox = allAnswering(implementation);

        patiently().untilAsserted(() -> {
            assertThat(current(RealServer.REDIS, sandbox)).contains("eady to accept connections");
            assertThat(current(RealServer.NGINX, sandbox)).contains("\"GET / HTTP/1.1\" 200");
            assertThat(current(RealServer.COUNTING, sandbox))
                    .containsPattern(Pattern.compile(
                            "^[0-9-]{10}_[0-9:]{8}\\.[0-9]{5} server [0-9]+ line 1$", Pattern.MULTILINE));
        });
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void a_logger_killed_with_kill_9_loses_no_more_than_it_had_in_its_hands(Implementation implementation)
            throws IOException {
        Sandbox sandbox = allAnswering(implementation);
        long server = RealServer.COUNTING.answeringPid(sandbox).orElseThrow();
        patiently().until(() -> loggedNumbers(server, sandbox).size() > 30);
        long logger = loggerPid(RealServer.COUNTING, sandbox).orElseThrow();

        Sandbox.signal("KILL", logger);
        patiently()
                .until(() -> loggerPid(RealServer.COUNTING, sandbox)
                        .filter(pid -> pid != logger)
                        .isPresent());
        int loggedBefore = loggedNumbers(server, sandbox).size();
        patiently().until(() -> loggedNumbers(server, sandbox).size() > loggedBefore + 100);

        List<Long> numbers = loggedNumbers(server, sandbox);
        assertThat(numbers).startsWith(1L).isSorted().doesNotHaveDuplicates();
        List<Long> gaps = gaps(numbers);
        assertThat(gaps).hasSizeLessThanOrEqualTo(1);
        assertThat(gaps)
                .allSatisfy(lost ->
                        assertThat(lost).isLessThanOrEqualTo(LOGGER_READS_AT_MOST / "server 1 line 1\n".length()));
        assertThat(RealServer.COUNTING.answeringPid(sandbox)).contains(server);
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void hang_up_ends_the_supervisor_with_111_and_every_process_with_it(Implementation implementation)
            throws IOException {
        Sandbox sandbox = allAnswering(implementation);

        int exitCode = sandbox.hangUp();

        assertThat(exitCode).isEqualTo(111);
        sandbox.awaitEmpty();
        assertThat(RealServer.values())
                .allSatisfy(server -> assertThat(server.answeringPid(sandbox)).isEmpty());
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void lines_written_while_ending_reach_the_log(Implementation implementation) throws IOException {
        Sandbox sandbox = allAnswering(implementation);

        sandbox.hangUp();
        sandbox.awaitEmpty();

        assertThat(current(RealServer.REDIS, sandbox)).contains("bye bye");
        assertThat(current(RealServer.COUNTING, sandbox)).endsWith("\n");
    }

    private Sandbox allAnswering(Implementation implementation) throws IOException {
        return answering(implementation, RealServer.values());
    }

    private Sandbox answering(Implementation implementation, RealServer... servers) throws IOException {
        Sandbox sandbox = new Sandbox(root, implementation);
        opened = sandbox;
        for (RealServer server : servers) {
            server.install(sandbox);
        }
        sandbox.start();
        patiently()
                .untilAsserted(() -> assertThat(servers)
                        .allSatisfy(server -> assertThat(server.answeringPid(sandbox))
                                .isPresent()
                                // which is written a moment later
                                .isEqualTo(supervisedPid(sandbox, server)))
                        .allSatisfy(
                                server -> assertThat(loggerPid(server, sandbox)).isPresent()));
        return sandbox;
    }

    private static ThrowingRunnable answersFromAnotherThan(long before, RealServer server, Sandbox sandbox) {
        return () -> assertThat(server.answeringPid(sandbox))
                .isNotEmpty()
                .isEqualTo(supervisedPid(sandbox, server))
                .get()
                .isNotEqualTo(before);
    }

    private static Optional<Long> supervisedPid(Sandbox sandbox, RealServer server) {
        return StatusFile.read(sandbox.service(server.id()))
                .filter(status -> status.state() == StatusFile.State.RUN)
                .map(StatusFile::pid);
    }

    private static Optional<Long> loggerPid(RealServer server, Sandbox sandbox) {
        return StatusFile.read(sandbox.service(server.id()).resolve("log"))
                .map(StatusFile::pid)
                .filter(pid -> pid != 0);
    }

    /** Empty as long as a logger that has only just been started has not made it. */
    private static String current(RealServer server, Sandbox sandbox) throws IOException {
        try {
            return Files.readString(server.logDirectory(sandbox).resolve("current"), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    /** The numbers that one incarnation of the counting server has in its log, the set-aside files first. */
    private static List<Long> loggedNumbers(long server, Sandbox sandbox) throws IOException {
        Path directory = RealServer.COUNTING.logDirectory(sandbox);
        List<Path> setAside;
        try (Stream<Path> files = Files.list(directory)) {
            setAside = files.filter(file -> file.getFileName().toString().startsWith("@"))
                    .sorted()
                    .toList();
        }
        StringBuilder text = new StringBuilder();
        for (Path file : setAside) {
            text.append(Files.readString(file, StandardCharsets.ISO_8859_1));
        }
        text.append(current(RealServer.COUNTING, sandbox));
        return Pattern.compile("server " + server + " line ([0-9]+)\n")
                .matcher(text)
                .results()
                .map((MatchResult found) -> Long.valueOf(found.group(1)))
                .toList();
    }

    /** How many numbers are missing at each place where some are. */
    private static List<Long> gaps(List<Long> numbers) {
        LongStream steps =
                IntStream.range(1, numbers.size()).mapToLong(index -> numbers.get(index) - numbers.get(index - 1) - 1);
        return steps.filter(missing -> missing > 0).boxed().toList();
    }
}
