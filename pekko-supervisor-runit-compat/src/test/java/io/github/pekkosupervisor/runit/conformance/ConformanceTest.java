package io.github.pekkosupervisor.runit.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One test for each scenario and implementation. System properties: {@code conformance.implementations} (default
 * {@code runit,ours}) selects, {@code pekko-supervisor.dist} (default {@code target/dist/bin}) says where ours is. A
 * few are played once more with the portable backend, all of them with {@code -Dconformance.portable=true}. Missing
 * programs skip a test, unless the environment says {@code CI=true}.
 */
@Tag("dist")
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = MINUTES)
class ConformanceTest {

    /** Ends, finish and its arguments, stops, signals, a logger, the environment. */
    private static final Set<Integer> PLAYED_PORTABLY = Set.of(16, 19, 24, 26, 39, 52);

    /** Some start sixty JVMs one after another, beside others that do. */
    private static final Duration LIMIT = Duration.ofMinutes(4);

    /** For processes that a scenario has signalled and not waited for. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private static final String MAY_LEAVE_PROCESSES = "# leaves processes";

    static Stream<Arguments> scenariosAndImplementations() {
        return Scenario.all().stream()
                .flatMap(scenario ->
                        Implementation.selected().map(implementation -> Arguments.of(scenario, implementation)));
    }

    @ParameterizedTest(name = "case {0} · {1}")
    @MethodSource("scenariosAndImplementations")
    void transcript_is_the_expected_one(Scenario scenario, Implementation implementation, @TempDir Path temp)
            throws Exception {
        check(scenario, implementation, Map.of(), temp);
    }

    static Stream<Scenario> scenariosOfProcesses() {
        boolean all = Boolean.getBoolean("conformance.portable");
        return Scenario.all().stream()
                .filter(scenario -> all || scenario.cases().stream().anyMatch(PLAYED_PORTABLY::contains));
    }

    @ParameterizedTest(name = "case {0} · ours, portable backend")
    @MethodSource("scenariosOfProcesses")
    void so_it_is_with_the_portable_backend(Scenario scenario, @TempDir Path temp) throws Exception {
        check(
                scenario,
                Implementation.OURS,
                Map.of("PEKKO_SUPERVISOR_JAVA_OPTS", "-Dpekko-supervisor.process.backend=portable"),
                temp);
    }

    private static void check(
            Scenario scenario, Implementation implementation, Map<String, String> environment, Path temp)
            throws Exception {
        skipWhatMakesNoSense(scenario, implementation);
        skipWhatOthersCannotReach(scenario);
        requirePrograms(scenario, implementation);
        MarkedProcesses processes = new MarkedProcesses();

        String transcript;
        String left;
        try {
            transcript = run(scenario, implementation, environment, temp, processes);
            left = transcript.contains(MAY_LEAVE_PROCESSES) ? "" : leftAfterGrace(processes);
        } finally {
            processes.kill();
        }

        assertThat(transcript)
                .as("transcript of %s against %s", scenario, implementation)
                .isEqualTo(scenario.transcriptFor(implementation));
        assertThat(left)
                .as("processes left by %s against %s", scenario, implementation)
                .isEmpty();
    }

    private static String run(
            Scenario scenario,
            Implementation implementation,
            Map<String, String> environment,
            Path temp,
            MarkedProcesses processes)
            throws IOException, InterruptedException {
        Path programs = Files.createDirectory(temp.resolve("programs"));
        implementation.linkInto(programs, scenario.programs());
        letOthersIn(temp);
        neededBy(scenario)
                .forEach(program ->
                        link(programs.resolve(program), Tools.find(program).orElseThrow()));
        Path output = temp.resolve("transcript");
        // a shell cannot undo what was ignored when it was started, as it is for a job in the background
        ProcessBuilder builder = new ProcessBuilder(
                        "env",
                        "--default-signal=HUP,INT,QUIT",
                        "sh",
                        scenario.script().toString())
                .directory(Files.createDirectory(temp.resolve("work")).toFile())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(output.toFile())
                .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH",
                        programs + File.pathSeparator + Tools.PATH,
                        "HOME",
                        temp.toString(),
                        "LC_ALL",
                        "C.UTF-8",
                        "JAVA_HOME",
                        BuiltDist.javaHome(),
                        "IMPL",
                        implementation.toString(),
                        "CONFORMANCE_LIB",
                        Scenario.library().toString(),
                        MarkedProcesses.VARIABLE,
                        processes.value()));

        builder.environment().putAll(environment);

        Process script = builder.start();
        boolean ended = script.waitFor(LIMIT.toSeconds(), SECONDS);

        // JUnit warns about every link it finds when it deletes the temporary directory
        removeFiles(programs);
        return new String(Files.readAllBytes(output), UTF_8)
                + (ended ? "" : "stopped after " + LIMIT.toSeconds() + " seconds\n");
    }

    private static String leftAfterGrace(MarkedProcesses processes) {
        try {
            await().atMost(GRACE)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> processes.alive().isEmpty());
            return "";
        } catch (ConditionTimeoutException e) {
            return processes.describe();
        }
    }

    private static void skipWhatMakesNoSense(Scenario scenario, Implementation implementation) {
        scenario.header("skip " + implementation)
                .ifPresent(reason -> abort("not for " + implementation + ": " + reason));
    }

    private static void skipWhatOthersCannotReach(Scenario scenario) throws IOException {
        boolean becomesAnother = Files.readString(scenario.script()).contains("nobody");
        if (becomesAnother && !BuiltDist.othersReachTemporaryFiles()) {
            abort("other users do not reach the temporary directory");
        }
    }

    private static void requirePrograms(Scenario scenario, Implementation implementation) {
        String missing = Stream.concat(
                        scenario.programs().stream()
                                .filter(program -> implementation.find(program).isEmpty()),
                        neededBy(scenario).filter(program -> Tools.find(program).isEmpty()))
                .collect(Collectors.joining(", "));
        Needs.that(missing.isEmpty(), "not installed: " + missing + " (Debian: runit, daemontools, monit)");
    }

    private static Stream<String> neededBy(Scenario scenario) {
        return Stream.of(
                        Tools.CLIENTS.stream(),
                        Implementation.PROGRAMS.stream(),
                        scenario.header("needs").stream().flatMap(names -> Stream.of(names.split(" "))))
                .flatMap(names -> names)
                .filter(name -> !scenario.programs().contains(name));
    }

    /** Scenarios may try things as another user. */
    private static void letOthersIn(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    }

    private static void removeFiles(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    private static void link(Path link, Path target) {
        try {
            Files.createSymbolicLink(link, target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
