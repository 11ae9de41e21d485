package io.github.pekkosupervisor.examples;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The README's first command, as a newcomer calls it. */
@Tag("dist")
@Execution(ExecutionMode.CONCURRENT)
class QuickstartTest {

    private static final Path SCRIPT = Path.of("quickstart.sh").toAbsolutePath();
    private static final Path RUNSVDIR = Path.of("../pekko-supervisor-runit-compat/target/dist/bin/runsvdir");
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration LINGERING = Duration.ofSeconds(10);

    /** What the script needs besides a JDK. */
    private static final List<String> TOOLS = List.of(
            "cat",
            "chmod",
            "date",
            "dirname",
            "env",
            "grep",
            "ln",
            "mkdir",
            "mktemp",
            "od",
            "readlink",
            "rm",
            "sed",
            "sh",
            "sleep",
            "tee",
            "tr");

    private final MarkedProcesses processes =
            new MarkedProcesses(UUID.randomUUID().toString());

    @TempDir
    private Path temp;

    @BeforeEach
    void needs_the_launcher() {
        assumeTrue(Files.isExecutable(RUNSVDIR), "no launcher at " + RUNSVDIR + "; run mvn package");
    }

    @AfterEach
    void nothing_goes_on() {
        processes.close();
        processes.killAll();
    }

    @Test
    void ends_well_with_the_machines_own_sv() throws Exception {
        needsSv();

        Ended ended = play(builder());

        assertThat(ended.output()).contains("ok: down: sleeper: ").contains("Hello, this is process ");
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertNothingIsLeft();
    }

    @Test
    void ends_well_without_sv() throws Exception {
        ProcessBuilder builder = builder();
        builder.environment().put("PATH", toolsWithoutRunit().toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));

        Ended ended = play(builder);
        removeTools();

        assertThat(ended.output()).contains("There is no sv on this machine").contains("Hello, this is process ");
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertNothingIsLeft();
    }

    @Test
    void stays_until_it_is_told_to_end() throws Exception {
        Process script = processes.start(builder("--stay"));
        boolean invited = Await.reached(() -> output().contains("Now it is your turn"), LIMIT);

        script.destroy();
        boolean ended = script.waitFor(LIMIT.toSeconds(), SECONDS);

        assertThat(invited).as(output()).isTrue();
        assertThat(ended).as(output()).isTrue();
        assertNothingIsLeft();
    }

    @Test
    void an_unknown_option_is_refused() throws Exception {
        Ended ended = play(builder("--fast"));

        assertThat(ended).isEqualTo(new Ended(2, "quickstart.sh: unknown option --fast; --help lists the options\n"));
    }

    private record Ended(int exitCode, String output) {}

    private ProcessBuilder builder(String... options) {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", SCRIPT.toString())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("output").toFile());
        builder.command().addAll(List.of(options));
        builder.environment().put("TMPDIR", temp.toString());
        // of a machine that is busy
        builder.environment().put("SVWAIT", "60");
        return builder;
    }

    private Ended play(ProcessBuilder builder) throws Exception {
        Process script = processes.start(builder);
        if (!script.waitFor(LIMIT.toSeconds(), SECONDS)) {
            return fail("it has not ended after %s; its output so far: %s", LIMIT, output());
        }
        return new Ended(script.exitValue(), output());
    }

    private String output() {
        try {
            return Files.readString(temp.resolve("output"));
        } catch (IOException e) {
            return "(unreadable: " + e + ")";
        }
    }

    private void assertNothingIsLeft() throws IOException {
        // one that was killed may need a moment; one that stays is found
        boolean over = Await.reached(() -> processes.find().isEmpty(), LINGERING);
        assertThat(over).as("no process is left").isTrue();
        try (Stream<Path> files = Files.list(temp)) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .as("files left in TMPDIR")
                    .containsExactly("output");
        }
    }

    private static void needsSv() {
        boolean found = find("sv").isPresent();
        assertThat(found || !"true".equals(System.getenv("CI")))
                .as("sv is installed where CI=true")
                .isTrue();
        assumeTrue(found, "sv is not installed (Debian: apt install runit)");
    }

    private Path toolsWithoutRunit() throws IOException {
        Path tools = Files.createDirectory(temp.resolve("tools"));
        for (String tool : TOOLS) {
            Files.createSymbolicLink(tools.resolve(tool), find(tool).orElseThrow());
        }
        return tools;
    }

    private void removeTools() throws IOException {
        Path tools = temp.resolve("tools");
        for (String tool : TOOLS) {
            Files.delete(tools.resolve(tool));
        }
        Files.delete(tools);
    }

    private static Optional<Path> find(String program) {
        return Stream.of((System.getenv().getOrDefault("PATH", "") + ":/usr/bin:/bin").split(File.pathSeparator))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
