package io.github.pekkosupervisor.posix;

import static io.github.pekkosupervisor.testing.Programs.command;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.posix.SpawnRequest.Grouping;
import io.github.pekkosupervisor.testing.NoProcessLeft;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands before a program that is to begin under conditions. */
@ExtendWith(NoProcessLeft.class)
final class PreludeTest {

    private static final int[] NOTHING = {};
    private static final Conditions GATED = Conditions.NONE.withNice(5);

    static SpawnRequest request(Conditions conditions, String... words) {
        return new SpawnRequest(
                command(words),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Grouping.INHERIT,
                Optional.empty(),
                conditions);
    }

    private static List<String> words(Prelude prelude) {
        return prelude.command().stream().map(OsString::toString).toList();
    }

    @Test
    void there_is_none_where_nothing_is_asked_for() {
        assertThat(Prelude.isNeeded(request(Conditions.NONE, "true"))).isFalse();
        assertThat(Prelude.isNeeded(request(Conditions.NONE.withUmask(0), "true")))
                .isTrue();
    }

    @Test
    void a_umask_is_set_by_the_shell_that_waits_for_nothing() throws PosixException {
        try (Prelude prelude = Prelude.open(request(Conditions.NONE.withUmask(027), "/bin/true", "a b"), NOTHING)) {
            assertThat(words(prelude))
                    .containsExactly("/bin/sh", "-c", "umask 0027; exec \"$@\"", "/bin/sh", "/bin/true", "a b");
            assertThat(prelude.gate()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 3", "3, 6"})
    void what_is_set_from_here_is_waited_for_at_a_descriptor_that_is_free(int passedOn, int expected)
            throws PosixException {
        int[] others = IntStream.range(3, 3 + passedOn).toArray();

        try (Prelude prelude = Prelude.open(request(GATED, "/bin/true"), others)) {
            assertThat(prelude.gate().orElseThrow().number()).isEqualTo(expected);
            assertThat(words(prelude).get(2))
                    .isEqualTo("read -r pekko_supervisor_gate <&" + expected + " || exit 111; exec " + expected
                            + "<&-; exec \"$@\"");
        }
    }

    @Test
    void without_a_free_descriptor_that_a_shell_can_name_it_is_refused() {
        int[] others = IntStream.rangeClosed(3, 9).toArray();

        assertThatExceptionOfType(PosixException.class)
                .isThrownBy(() -> Prelude.open(request(GATED, "/bin/true"), others))
                .withMessageContaining("descriptors 3 to 9 are all passed on");
    }

    @Test
    void a_user_is_changed_by_a_program_that_becomes_ours() throws PosixException {
        assumeTrue(OwnProcess.user() == 0, "needs root");
        Conditions conditions = Conditions.NONE.withAccount(new Account(65534, List.of(65534, 4)));

        try (Prelude prelude = Prelude.open(request(conditions, "/bin/true"), NOTHING)) {
            assertThat(words(prelude))
                    .containsExactly(
                            "/usr/bin/setpriv",
                            "--reuid=65534",
                            "--regid=65534",
                            "--groups=65534,4",
                            "--",
                            "/bin/true");
        }
    }

    /** If this JVM is killed at that moment the kernel closes the other end. */
    @Test
    void a_program_that_is_not_let_in_does_not_begin() throws Exception {
        Process shell = new ProcessBuilder(
                        "/bin/sh", "-c", Prelude.script(GATED, false, 0), "/bin/sh", "/bin/echo", "it has begun")
                .start();
        shell.outputWriter(UTF_8).close();

        assertThat(shell.waitFor()).isEqualTo(111);
        assertThat(shell.inputReader(UTF_8).readLine()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "/none, ENOENT",
        "/etc/passwd/x, ENOTDIR",
        "/etc, EACCES",
        "/etc/passwd, EACCES",
        "no-such-program-anywhere, ENOENT"
    })
    void a_program_that_cannot_be_run_is_refused_before_anything_is_started(String program, String errno) {
        assertThatExceptionOfType(PosixException.class)
                .isThrownBy(() -> Prelude.open(request(GATED, program), NOTHING))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(errno));
    }

    // ---- with fewer rights

    @Test
    void who_is_not_root_gets_what_the_kernel_allows_and_is_told_of_the_rest() throws Exception {
        assumeTrue(OwnProcess.user() == 0 && Files.isExecutable(Path.of("/usr/bin/setpriv")), "needs root");
        Process host = new ProcessBuilder(
                        "setpriv",
                        "--reuid=65534",
                        "--regid=65534",
                        "--groups=65534",
                        "--inh-caps=-all,+dac_read_search",
                        "--ambient-caps=+dac_read_search",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Held.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> said = host.inputReader(UTF_8).lines().toList();

        assertThat(host.waitFor()).isZero();
        assertThat(said).hasSize(7);
        assertThat(said.subList(0, 2)).containsOnly("exit code 0");
        assertThat(said.get(2))
                .startsWith("nice -5: only root may take precedence")
                .endsWith("(EACCES)");
        assertThat(said.get(3))
                .startsWith("oom-score-adj -1000: only who has the capability SYS_RESOURCE")
                .endsWith("(EACCES)");
        assertThat(said.get(4))
                .startsWith("limits open-files 1099511627776: the hard limit of the JVM is ")
                .endsWith("(EPERM)");
        assertThat(said.get(5))
                .startsWith("user :1:1: only root may start processes as somebody else, and the JVM runs as user 65534")
                .endsWith("(EPERM)");
        assertThat(said.get(6)).as("itself").isEqualTo("exit code 0");
    }

    @Test
    void what_is_refused_leaves_no_process() throws Exception {
        try (Posix posix = new NativePosix(PosixSettings.defaults(), false)) {
            Conditions conditions = Conditions.NONE.withLimits(Map.of(Resource.OPEN_FILES, 1L << 40));

            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> posix.spawn(request(conditions, "sleep", "100000")))
                    .withMessageContaining("limits open-files");
            assertThat(ProcessHandle.current().children()).isEmpty();
        }
    }
}
