package io.github.pekkosupervisor.runit.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same random options, configuration and input through the installed svlogd and ours: same exit code, same
 * messages, same files with same modes and contents. System property {@code svlogd.seeds}, {@code FROM-TO}, for more of
 * them.
 */
@Tag("dist")
@Execution(ExecutionMode.CONCURRENT)
class SvlogdFuzzTest {

    private static final String STAMPS =
            "@4[0-9a-fA-F]{23}|20\\d\\d-\\d\\d-\\d\\d(?=[_T]\\d\\d:)|(?<=[_T])\\d\\d:\\d\\d:\\d\\d\\.\\d{5}";

    static LongStream seeds() {
        String[] range = System.getProperty("svlogd.seeds", "1-80").split("-", 2);
        return LongStream.rangeClosed(Long.parseLong(range[0]), Long.parseLong(range[1]));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void outcome_is_that_of_the_original(long seed, @TempDir Path temp) throws Exception {
        Needs.that(Implementation.RUNIT.find("svlogd").isPresent(), "runit is not installed");
        SvlogdCase played = SvlogdCase.random(seed);

        List<String> original = outcome(Implementation.RUNIT, played, temp.resolve("original"));
        List<String> ours = outcome(Implementation.OURS, played, temp.resolve("ours"));

        assertThat(ours).as("%s", played.options()).isEqualTo(original);
    }

    private static List<String> outcome(Implementation implementation, SvlogdCase played, Path home)
            throws IOException, InterruptedException {
        Path programs = Files.createDirectories(home.resolve("programs"));
        Path program = implementation.find("svlogd").orElseThrow();
        Files.createSymbolicLink(programs.resolve("svlogd"), program);
        List<String> command = new ArrayList<>(List.of("sh", "-c", "PATH=programs:$PATH; exec svlogd \"$@\"", "sh"));
        command.addAll(played.options());
        List<String> directories =
                IntStream.range(0, played.directories()).mapToObj(i -> "d" + i).toList();
        command.addAll(directories);
        for (String directory : directories) {
            prepare(played, Files.createDirectories(home.resolve(directory)));
        }
        Path input = Files.writeString(home.resolve("input"), played.input(), ISO_8859_1);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectInput(input.toFile())
                .redirectOutput(home.resolve("out").toFile())
                .redirectError(home.resolve("err").toFile());
        builder.environment().put("JAVA_HOME", BuiltDist.javaHome());
        Process process = builder.start();
        assertThat(process.waitFor(60, SECONDS)).as("%s ends", program).isTrue();

        List<String> outcome = new ArrayList<>(List.of("rc " + process.exitValue()));
        outcome.addAll(messages(Files.readAllBytes(home.resolve("err"))));
        for (String directory : directories) {
            outcome.addAll(files(home.resolve(directory)));
        }
        Files.delete(programs.resolve("svlogd"));
        return outcome;
    }

    private static void prepare(SvlogdCase played, Path directory) throws IOException {
        if (played.config().isPresent()) {
            Files.writeString(directory.resolve("config"), played.config().get(), ISO_8859_1);
        }
        if (played.earlier().isPresent()) {
            Path current = Files.writeString(
                    directory.resolve("current"), played.earlier().get());
            Files.setPosixFilePermissions(
                    current, PosixFilePermissions.fromString(played.earlierIsClean() ? "rwxr--r--" : "rw-r--r--"));
        }
    }

    /**
     * In no order: what two directories, a processor and copied lines say mixes by chance. And whether the end of a
     * processor comes while svlogd waits for input is chance as well.
     */
    private static List<String> messages(byte[] said) {
        return normal(said)
                .lines()
                .filter(line -> !line.equals("svlogd: info: sigchild received."))
                .sorted()
                .toList();
    }

    /** Names and modes of the files, and, in the order of their age, what is in them. */
    private static List<String> files(Path directory) throws IOException {
        List<String> outcome = new ArrayList<>();
        StringBuilder log = new StringBuilder();
        TreeMap<String, Path> sorted = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(file -> sorted.put(file.getFileName().toString(), file));
        }
        for (Path file : sorted.values()) {
            String name = file.getFileName().toString();
            outcome.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)) + " " + Files.size(file)
                    + " " + normal(name.getBytes(ISO_8859_1)));
            log.append(name.equals("config") ? "" : new String(Files.readAllBytes(file), ISO_8859_1));
        }
        outcome.addAll(Arrays.asList(normal(log.toString().getBytes(ISO_8859_1)).split("\n", -1)));
        return outcome;
    }

    private static String normal(byte[] text) {
        return new String(text, ISO_8859_1).replaceAll(STAMPS, "STAMP");
    }
}
