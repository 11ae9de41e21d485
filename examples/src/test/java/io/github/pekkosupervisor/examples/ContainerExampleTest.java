package io.github.pekkosupervisor.examples;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The container, as somebody plays it who has no engine. */
@Tag("dist")
class ContainerExampleTest {

    private static final Path SCRIPT = Path.of("container/try.sh").toAbsolutePath();
    private static final Path RUNSVDIR = Path.of("../pekko-supervisor-runit-compat/target/dist/bin/runsvdir");
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final MarkedProcesses processes =
            new MarkedProcesses(UUID.randomUUID().toString());

    @TempDir
    private Path temp;

    @AfterEach
    void nothing_goes_on() {
        processes.close();
        processes.killAll();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--dockerfile"})
    void services_start_and_are_stopped_in_reverse_order(String option) throws Exception {
        assumeTrue(Files.isExecutable(RUNSVDIR), "no launcher at " + RUNSVDIR + "; run mvn package");

        int code = option.isEmpty() ? play() : play(option);

        String output = Files.readString(temp.resolve("output"));
        assumeTrue(!output.contains("no namespaces can be made here"), "namespaces cannot be made here");
        assertThat(output)
                .containsPattern("run: db: \\(pid [0-9]+\\)")
                .containsPattern("run: web: \\(pid [0-9]+\\)")
                .contains("db: works, process ")
                .endsWith("# the exit code of the container: 0\n")
                .doesNotContain("warning", "fatal");
        assertThat(output.lines()
                        .filter(line -> line.endsWith("asked by TERM")
                                || line.endsWith("has ended")
                                || line.endsWith("has written all")))
                .containsExactly(
                        "web: ends, asked by TERM", "web: has ended", "db: ends, asked by TERM", "db: has written all");
        assertThat(code).isZero();
        assertThat(processes.find()).as("processes left").isEmpty();
        try (Stream<Path> files = Files.list(temp)) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).containsExactly("output");
        }
    }

    @Test
    void an_unknown_option_is_refused() throws Exception {
        assertThat(play("--fast")).isEqualTo(2);
        assertThat(Files.readString(temp.resolve("output")))
                .isEqualTo("try.sh: unknown option --fast; --help says what it does\n");
    }

    private int play(String... options) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", SCRIPT.toString())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("output").toFile());
        builder.command().addAll(List.of(options));
        builder.environment().put("TMPDIR", temp.toString());
        // nobody goes before his turn, however busy the machine is
        builder.environment().put("STOP_WITHIN", "1000s");
        Process script = processes.start(builder);
        assertThat(script.waitFor(LIMIT.toSeconds(), SECONDS))
                .as("ends by itself")
                .isTrue();
        return script.exitValue();
    }
}
