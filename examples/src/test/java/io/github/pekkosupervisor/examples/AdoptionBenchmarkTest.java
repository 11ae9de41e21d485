package io.github.pekkosupervisor.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The play of README's first table, small: ours loses nothing, and the same judge sees what becomes of others. */
@Tag("dist")
@Execution(ExecutionMode.CONCURRENT)
class AdoptionBenchmarkTest {

    private static final Path SCRIPT = Path.of("adoption-benchmark.sh").toAbsolutePath();
    private static final Path RUNSVDIR = Path.of("../pekko-supervisor-runit-compat/target/dist/bin/runsvdir");

    private final MarkedProcesses processes =
            new MarkedProcesses(UUID.randomUUID().toString());

    @TempDir
    private Path temp;

    private record Ended(int exitCode, List<String> rows, String messages) {}

    @BeforeEach
    void needs_the_launcher() {
        assumeTrue(Files.isExecutable(RUNSVDIR), "no launcher at " + RUNSVDIR + "; run mvn package");
    }

    @AfterEach
    void nothing_goes_on() {
        processes.close();
        processes.killAll();
    }

    private Ended play(String contender, String... more) throws IOException, InterruptedException {
        Path output = temp.resolve("output");
        Path messages = temp.resolve("messages");
        List<String> command = new ArrayList<>(
                List.of("sh", SCRIPT.toString(), "--only", contender, "--services", "12", "--loggers", "4"));
        command.addAll(List.of(more));
        Process play = processes.start(new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(Redirect.to(messages.toFile())));
        assertThat(play.waitFor(5, TimeUnit.MINUTES)).isTrue();
        List<String> rows = Files.readAllLines(output).stream()
                .filter(line -> line.startsWith("| " + contender))
                .toList();
        return new Ended(play.exitValue(), rows, Files.readString(messages));
    }

    @Test
    void ours_goes_on_with_each_process_and_each_line() throws Exception {
        Ended ended = play("ours", "--strict", "--patience", "60");

        assertThat(ended.exitCode()).as(ended.rows() + ended.messages()).isZero();
        assertThat(ended.rows()).singleElement().asString().startsWith("| ours: the JVM | 0 | 0 | 12 of 12 | ");
    }

    @ParameterizedTest
    @CsvSource({"runit, runsvdir, runsv", "s6, s6-svscan, s6-supervise"})
    void the_same_judge_sees_the_copies_of_others(String contender, String top, String each) throws Exception {
        boolean found = Files.isExecutable(Path.of("/usr/bin", top));
        if ("true".equals(System.getenv("CI"))) {
            assertThat(found).as(contender + " is installed where CI=true").isTrue();
        }
        assumeTrue(found, contender + " is not installed (Debian: apt install " + contender + ")");

        Ended ended = play(contender);

        assertThat(ended.rows()).hasSize(2);
        String alone = "| " + contender + ": " + top;
        assertThat(ended.rows().get(0)).startsWith(alone + " | 0 | 0 | 12 of 12 | ");
        assertThat(restOf(ended.rows().get(0))).matches("no [|] 0 of \\d+ [|] 0 [|]");
        // of second copies lines are lost
        assertThat(ended.rows().get(1)).startsWith(alone + " and each " + each + " | 12 | 0 | 0 of 12 | never all | ");
        assertThat(restOf(ended.rows().get(1))).matches("no [|] [1-9]\\d* of \\d+ [|] 0 [|]");
    }

    /** From what becomes of a service whose link is removed. */
    private static String restOf(String row) {
        return row.substring(row.indexOf(" no |") + 1);
    }
}
