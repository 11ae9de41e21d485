package io.github.pekkosupervisor.runit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessActor;
import io.github.pekkosupervisor.runit.LoggerRequests.Asks;
import io.github.pekkosupervisor.runit.LoggerRequests.Got;
import io.github.pekkosupervisor.runit.LoggerRequests.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What logger processes say, in bytes; and the script that says it, with this JVM as its launcher. */
@Execution(ExecutionMode.CONCURRENT)
class LoggerRequestsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path temp;

    private final ActorTestKit kit = ActorTestKit.create();
    private final List<Process> started = new ArrayList<>();
    private final Queue<Said> said = new ConcurrentLinkedQueue<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
        kit.shutdownTestKit();
    }

    private static OsString[] words(String... words) {
        return Stream.of(words).map(OsString::of).toArray(OsString[]::new);
    }

    private static List<Said> all() {
        return List.of(
                new Asks(7, List.of(words("-tt", "./main"))),
                new Got(7, Signal.HUP),
                new Asks(8, List.of()),
                new Got(8, Signal.TERM),
                new Got(9, Signal.ALRM));
    }

    private static byte[] bytes() {
        return "7\0002\0-tt\0./main\0007\0HUP\0008\0000\0008\0TERM\0009\0ALRM\0".getBytes(US_ASCII);
    }

    @Test
    void words_are_found_however_the_bytes_come() {
        byte[] bytes = bytes();
        for (int cut = 0; cut <= bytes.length; cut++) {
            LoggerRequests.Words words = new LoggerRequests.Words();

            List<Said> found = new ArrayList<>(words.read(Arrays.copyOf(bytes, cut)));
            found.addAll(words.read(Arrays.copyOfRange(bytes, cut, bytes.length)));

            assertThat(found).as("cut at %s", cut).isEqualTo(all());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x\0HUP\0", "7\0KILL\0", "-7\0HUP\0", "7\0-1\0", "99999999999\0000\0"})
    void what_is_no_such_word_is_nothing(String other) {
        LoggerRequests.Words words = new LoggerRequests.Words();

        assertThat(words.read(other.getBytes(US_ASCII))).isEmpty();
        assertThat(words.read(bytes())).isEqualTo(all());
    }

    @Test
    void what_never_ends_is_forgotten() {
        LoggerRequests.Words words = new LoggerRequests.Words();

        assertThat(words.read(new byte[] {'7', 0, '9', '9', '9', '9', '9', 0})).isEmpty();
        for (int i = 0; i < 80; i++) {
            assertThat(words.read("x\0".repeat(512).getBytes(US_ASCII))).isEmpty();
        }

        assertThat(words.read("x\0".repeat(256).getBytes(US_ASCII))).isEmpty();
    }

    // ---- the script

    /** The script as svlogd, in an empty directory; what would be a JVM says so. */
    private Process script(String... arguments) throws IOException {
        Path bin = Files.createDirectories(temp.resolve("bin"));
        Path program = bin.resolve("svlogd");
        if (!Files.exists(program)) {
            Scripts.write(program, Files.readString(Path.of("src/main/dist/pekko-supervisor")));
            Path java = temp.resolve("jdk/bin/java");
            Files.createDirectories(java.resolveSibling("."));
            // the line goes on where the shell left it
            Scripts.write(java, "#!/bin/sh\nread -r line\necho \"java $$ $line\"\n");
            Files.createDirectories(temp.resolve("lib"));
            Files.write(
                    temp.resolve("lib/made-for"),
                    List.of("none", java.toString(), temp.resolve("lib").toString()));
        }
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(temp.toFile());
        builder.environment().put("JAVA_HOME", temp.resolve("jdk").toString());
        builder.environment()
                .put(
                        LoggerRequests.VARIABLE,
                        LoggerRequests.get(kit.system()).address().orElseThrow());
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private int hear(Process process) {
        int pid = Math.toIntExact(process.pid());
        LoggerRequests.get(kit.system()).expect(pid, said::add);
        return pid;
    }

    private void awaitSaid(Said... what) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(said).containsExactly(what));
    }

    private static void kill(Signal signal, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, String.valueOf(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private static void sayLine(Process process) throws IOException {
        process.outputWriter().write("a line\n");
        process.outputWriter().flush();
    }

    @Test
    void logger_asks_says_what_it_gets_and_ends_with_0_when_all_is_done() throws Exception {
        Process process = script("-tt", "a b", "");
        int pid = hear(process);
        Asks asked = new Asks(pid, List.of(words("-tt", "a b", "")));
        awaitSaid(asked);

        kill(Signal.HUP, pid);
        awaitSaid(asked, new Got(pid, Signal.HUP));
        kill(Signal.ALRM, pid);
        awaitSaid(asked, new Got(pid, Signal.HUP), new Got(pid, Signal.ALRM));
        kill(LoggerLog.LOOK, pid);
        kill(Signal.TERM, pid);
        awaitSaid(asked, new Got(pid, Signal.HUP), new Got(pid, Signal.ALRM), new Got(pid, Signal.TERM));
        assertThat(process.isAlive()).isTrue();

        kill(LoggerLog.DONE, pid);

        assertThat(exitCode(process)).isZero();
    }

    @Test
    void logger_that_is_to_go_on_alone_becomes_the_program_with_its_input() throws Exception {
        Process process = script("./main");
        int pid = hear(process);
        awaitSaid(new Asks(pid, List.of(words("./main"))));

        kill(LoggerLog.ALONE, pid);
        sayLine(process);

        assertThat(process.inputReader().readLine()).isEqualTo("java " + pid + " a line");
        assertThat(exitCode(process)).isZero();
    }

    @Test
    void logger_whose_launcher_is_gone_becomes_the_program() throws Exception {
        Process process = script("./main");
        int pid = hear(process);
        awaitSaid(new Asks(pid, List.of(words("./main"))));

        kit.system().terminate();
        sayLine(process);

        assertThat(process.inputReader().readLine()).isEqualTo("java " + pid + " a line");
    }

    /** What came before the start was known counts as well, and what was heard by one who could not answer it. */
    @Test
    void what_nobody_has_answered_is_heard_by_the_next() throws Exception {
        Process early = script("early");
        Process late = script("late");
        int second = hear(late);
        awaitSaid(new Asks(second, List.of(words("late"))));
        int first = hear(early);
        await().atMost(PATIENCE).until(() -> said.size() == 2);
        assertThat(said).last().isEqualTo(new Asks(first, List.of(words("early"))));

        hear(late);
        assertThat(said).last().isEqualTo(new Asks(second, List.of(words("late"))));
        LoggerRequests.get(kit.system()).answered(second);
        hear(late);
        hear(early);
        assertThat(said).hasSize(4).last().isEqualTo(new Asks(first, List.of(words("early"))));
        LoggerRequests.get(kit.system()).forget(first);
        hear(early);
        assertThat(said).hasSize(4);
    }

    @Test
    void one_whose_log_is_written_to_the_end_is_told_so_and_any_other_goes_on_alone() {
        LoggerLog log = new LoggerLog(
                new ProcessIdentity(7, 0, ""),
                kit.<ProcessActor.Command>createTestProbe().ref(),
                Optional.empty());

        assertThat(log.word()).isEqualTo(LoggerLog.ALONE);
        assertThat(log.ended(ExitStatus.ofCode(0)).word()).isEqualTo(LoggerLog.DONE);
        assertThat(log.ended(ExitStatus.ofCode(111)).word()).isEqualTo(LoggerLog.ALONE);
        assertThat(log.ended(ExitStatus.ofSignal(9)).word()).isEqualTo(LoggerLog.ALONE);
    }
}
