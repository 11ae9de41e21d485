package io.github.pekkosupervisor.examples.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.examples.Await;
import io.github.pekkosupervisor.examples.MarkedProcesses;
import io.github.pekkosupervisor.examples.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The soak, short: nothing is wrong, each judge has found what was planted, and nothing stays. With
 * {@code -Dpekko-supervisor.test.adoption=long} each fault alone for a minute, and ten minutes with all.
 */
@Tag("dist")
class SoakTest {

    private static final boolean LONG = "long".equals(System.getProperty("pekko-supervisor.test.adoption"));

    private static final Path SCRIPT = Path.of("soak.sh").toAbsolutePath();
    private static final Path RUNSVDIR = Path.of("../pekko-supervisor-runit-compat/target/dist/bin/runsvdir");
    private static final int LEFT_OUT = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final MarkedProcesses processes =
            new MarkedProcesses(UUID.randomUUID().toString());

    @TempDir
    private Path temp;

    private record Ended(int exitCode, String output) {}

    @BeforeEach
    void needs_the_launcher() {
        assumeTrue(Files.isExecutable(RUNSVDIR), "no launcher at " + RUNSVDIR + "; run mvn package");
    }

    @AfterEach
    void nothing_goes_on() {
        processes.close();
        processes.killAll();
    }

    private Process start(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", SCRIPT.toString(), "--on", ground().toString()));
        command.addAll(List.of(options));
        return processes.start(
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output().toFile()));
    }

    private Path ground() throws IOException {
        return Files.createDirectories(temp.resolve("ground"));
    }

    private Path output() {
        return temp.resolve("output");
    }

    private Ended play(String... options) throws IOException, InterruptedException {
        Process soak = start(options);
        assertThat(soak.waitFor(1, TimeUnit.HOURS)).isTrue();
        return new Ended(soak.exitValue(), Files.readString(output()));
    }

    private void assertNothingIsLeft() throws IOException {
        assertThat(Await.reached(() -> processes.find().isEmpty(), PATIENCE))
                .as("no process is left")
                .isTrue();
        try (Stream<Path> files = Files.list(ground())) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void case_39_nothing_is_wrong_whatever_happens() throws Exception {
        Ended ended = play(
                "--minutes",
                LONG ? "10" : "0.2",
                "--services",
                LONG ? "20" : "10",
                "--seed",
                "39",
                "--patience",
                "120");

        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertThat(ended.output())
                .contains("| violations | 0 |")
                .contains("seed 39: nothing was wrong")
                .doesNotContain("MISSED");
        assertThat(ended.output().lines().filter(line -> line.startsWith("planted: ")))
                .hasSizeGreaterThan(10)
                .allMatch(line -> line.endsWith(" … reported"));
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @CsvSource({
        "--minutes 0,              --minutes must be more than 0",
        "--minutes 0.0,            --minutes must be more than 0",
        "--minutes x,              --minutes must be more than 0",
        "--faults erofs,           play it with launcher-killed",
        "'--faults links,erofs',  play it with launcher-killed",
        "--fault links,            'unknown option \"--fault\"'"
    })
    void what_would_play_nothing_is_refused(String words, String expected) {
        assertThatThrownBy(() -> SoakOptions.parse(List.of(words.split(" "))))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(expected);
    }

    static Stream<String> faults() {
        return LONG ? Stream.of(Fault.values()).map(Fault::word) : Stream.of("launcher-killed", "upgrade");
    }

    @ParameterizedTest
    @MethodSource("faults")
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void case_39_nothing_is_wrong_with_one_fault_alone(String fault) throws Exception {
        Ended ended = play(
                "--faults",
                fault.equals(Fault.EROFS.word()) ? fault + "," + Fault.LAUNCHER_KILLED.word() : fault,
                "--minutes",
                LONG ? "1" : "0.1",
                "--services",
                "10",
                "--seed",
                "39",
                "--patience",
                "120");

        assertThat(ended.exitCode()).as(ended.output()).isIn(0, LEFT_OUT);
        assertThat(ended.output())
                .containsAnyOf("seed 39: nothing was wrong", "none of these faults can be played here");
        assertNothingIsLeft();
    }

    @Test
    void ends_all_that_it_has_started_when_it_is_told_to_end() throws Exception {
        Process soak = start("--minutes", "60", "--services", "5");
        boolean begun = Await.reached(() -> said().contains("last line of one that was killed"), PATIENCE);

        soak.destroy();
        boolean ended = soak.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);

        assertThat(begun).as(said()).isTrue();
        assertThat(ended).as(said()).isTrue();
        assertNothingIsLeft();
    }

    private String said() {
        try {
            return Files.readString(output());
        } catch (IOException e) {
            return "(unreadable: " + e + ")";
        }
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void bad_usage_is_refused(List<String> words, String why) throws Exception {
        Ended ended = play(words.toArray(String[]::new));

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output()).startsWith("soak: ").contains(why);
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(List.of("--fast"), "unknown option \"--fast\""),
                Arguments.of(List.of("--faults", "flood"), "was \"flood\""));
    }
}
