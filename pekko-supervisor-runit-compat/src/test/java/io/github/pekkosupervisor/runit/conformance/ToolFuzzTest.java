package io.github.pekkosupervisor.runit.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.pekkosupervisor.runit.Scripts;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random command lines, environment directories and status files, given to the original and to ours: exit code, output
 * and what they leave behind are the same. The seed is in the test's name; {@code fuzz.seeds} (default 8) says how
 * many.
 */
@Tag("dist")
@Order(1)
class ToolFuzzTest {

    private static final int TRIES = 8;
    private static final int LIMIT_SECONDS = 60;

    /** Prints all that chpst can change but the environment, which has a test of its own. */
    private static final String REPORT = """
            #!/bin/sh
            printf '[%s]' "$@"
            echo
            nice
            id -u
            id -G
            sed -E 's/  +/;/g' /proc/self/limits | cut -d ';' -f 1,2
            [ "$(cut -d ' ' -f 6 /proc/$$/stat)" = $$ ] && echo leader
            echo "$UID,$GID,$ONE,$TWO"
            pwd
            """;

    private static final List<String> CHPST_WORDS = List.of(
            "-u",
            "-U",
            "-b",
            "-e",
            "-n",
            "-l",
            "-L",
            "-o",
            "-c",
            "-p",
            "-d",
            "-s",
            "-r",
            "-t",
            "-/",
            "-v",
            "-P",
            "-0",
            "-vP",
            "-o64",
            "-n3",
            "-unobody",
            "-Pvo40",
            "-",
            "--",
            "--help",
            "-V",
            "-q",
            "-C",
            "-n-2",
            "-n+1");

    private static final List<String> CHPST_ARGUMENTS = List.of(
            "nobody",
            ":1:2",
            ":1:2:3",
            "nobody:daemon",
            "nobody:nosuch",
            "nosuch",
            ":1",
            ":x:1",
            ":1:2:",
            "",
            "5",
            "-1",
            "+2",
            "100",
            "1000",
            "99999999999999999999",
            "12x",
            "=",
            "vars",
            "nodir",
            "lk",
            "nodir/lk",
            "/",
            ".",
            "名");

    private static final List<String> SV_WORDS = List.of(
            "-v",
            "-w0",
            "-vw0",
            "-w",
            "-V",
            "-x",
            "--",
            "--verbose",
            "-",
            "status",
            "start",
            "stop",
            "restart",
            "try-restart",
            "check",
            "force-stop",
            "force-restart",
            "shutdown",
            "reload",
            "up",
            "down",
            "once",
            "pause",
            "cont",
            "hup",
            "alarm",
            "interrupt",
            "quit",
            "1",
            "2",
            "term",
            "kill",
            "exit",
            "x",
            "statue",
            "Down",
            "Xyz",
            "Tea",
            "Exit",
            "fast",
            "run",
            "0",
            "");

    private static final List<String> SERVICES = List.of(
            "./0",
            "./1",
            "./2",
            "./3",
            "0",
            "1",
            "2/",
            "./3/",
            "./missing",
            "missing",
            "",
            ".",
            "/",
            "./file",
            "./dir");

    @TempDir
    private Path temp;

    static IntStream seeds() {
        return IntStream.range(0, Integer.getInteger("fuzz.seeds", 8));
    }

    @BeforeEach
    void require_the_original() {
        Needs.that(Tools.find("chpst").isPresent() && Tools.find("sv").isPresent(), "not installed: runit");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void chpst_understands_words_as_the_original(int seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < TRIES; i++) {
            List<String> words = chpstWords(random);

            Outcome original = chpst(Implementation.RUNIT, words, i);
            Outcome ours = chpst(Implementation.OURS, words, i);

            assertThat(ours).as("chpst %s", words).isEqualTo(original);
        }
    }

    private static List<String> chpstWords(Random random) {
        List<String> words = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            String option = oneOf(CHPST_WORDS, random);
            words.add(option);
            if (option.length() == 2 && "uUbenlLocpdsrt/".indexOf(option.charAt(1)) >= 0) {
                String argument = oneOf(CHPST_ARGUMENTS, random);
                // no processor time at all: whether a JVM gets as far as its message is a matter of clock ticks
                words.add(option.equals("-t") && argument.isEmpty() ? "1000" : argument);
            }
        }
        if (random.nextInt(8) > 0) {
            words.add(random.nextInt(8) > 0 ? "./report" : "./nosuch");
            words.add("a word");
        }
        return words;
    }

    private Outcome chpst(Implementation implementation, List<String> words, int number) throws Exception {
        Path home = newHome(implementation + "-" + number);
        Scripts.write(home.resolve("report"), REPORT);
        Path variables = Files.createDirectory(home.resolve("vars"));
        Files.writeString(variables.resolve("ONE"), "one \n");
        Files.writeString(variables.resolve("TWO"), "");
        return run(implementation, "chpst", words, home);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void environment_directory_means_the_same(int seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < TRIES; i++) {
            Path home = newHome("environment-" + i);
            describeEnvironment(Files.createDirectory(home.resolve("vars")), random);
            List<String> words = List.of(random.nextBoolean() ? "-e" : "-ve", "vars", "env", "-0");

            Outcome original = run(Implementation.RUNIT, "chpst", words, home);
            Outcome ours = run(Implementation.OURS, "chpst", words, home);

            assertThat(ours).as("variables of try %s", i).isEqualTo(original);
        }
    }

    /** No dangling links: from those the original takes the value of the file that it has read before. */
    private static void describeEnvironment(Path variables, Random random) throws IOException {
        for (int i = random.nextInt(8); i > 0; i--) {
            String name =
                    oneOf(List.of("ONE", "TWO", "A=B", "with.dot", "blank s", ".hidden", "HOME", "名", "X"), random);
            Path file = variables.resolve(name);
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            switch (random.nextInt(11)) {
                case 0 -> Files.createDirectory(file);
                case 1 -> Files.createFile(file);
                default -> Files.write(file, someBytes(random));
            }
        }
    }

    private static byte[] someBytes(Random random) {
        byte[] bytes = new byte[random.nextInt(random.nextInt(10) == 0 ? 5000 : 20)];
        random.nextBytes(bytes);
        for (int i = 0; i < bytes.length; i++) {
            switch (random.nextInt(6)) {
                case 0 -> bytes[i] = '\n';
                case 1 -> bytes[i] = ' ';
                case 2 -> bytes[i] = '\t';
                case 3 -> bytes[i] = 0;
                default -> {
                    // any other byte
                }
            }
        }
        return bytes;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void sv_understands_words_and_status_files_as_the_original(int seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < TRIES; i++) {
            List<String> words = svWords(random);
            long statusSeed = random.nextLong();

            Outcome original = sv(Implementation.RUNIT, words, statusSeed, i);
            Outcome ours = sv(Implementation.OURS, words, statusSeed, i);

            assertThat(ours).as("sv %s, status %s", words, statusSeed).isEqualTo(original);
        }
    }

    private static List<String> svWords(Random random) {
        List<String> words = new ArrayList<>(List.of("-w0"));
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            String word = oneOf(SV_WORDS, random);
            words.add(word);
            if (word.equals("-w")) {
                words.add(oneOf(List.of("0", "x", "0x", ""), random));
            }
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            words.add(oneOf(SERVICES, random));
        }
        return words;
    }

    /** Four services that look supervised, with random status files, and the bytes that are written to them. */
    private Outcome sv(Implementation implementation, List<String> words, long statusSeed, int number)
            throws Exception {
        Path home = newHome("sv-" + implementation + "-" + number);
        Random random = new Random(statusSeed);
        Files.createFile(home.resolve("file"));
        Files.createDirectory(home.resolve("dir"));
        List<RandomAccessFile> open = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                open.addAll(fake(home.resolve(String.valueOf(i)), random));
            }
            Outcome outcome = run(implementation, "sv", words, home);
            StringBuilder written = new StringBuilder();
            for (int i = 0; i < 4; i++) {
                written.append(Files.readString(home.resolve(i + "/supervise/control")))
                        .append(' ');
            }
            return new Outcome(outcome.code(), outcome.output(), outcome.errors(), written.toString());
        } finally {
            for (RandomAccessFile file : open) {
                file.close();
            }
        }
    }

    private static List<RandomAccessFile> fake(Path service, Random random) throws Exception {
        Path supervise = Files.createDirectories(service.resolve("supervise"));
        if (random.nextBoolean()) {
            Files.createFile(service.resolve("down"));
        }
        Files.write(supervise.resolve("status"), status(random));
        // a file, so that what is written stays to be read
        Files.createFile(supervise.resolve("control"));
        if (random.nextInt(6) == 0) {
            Files.createDirectory(service.resolve("log"));
        }
        if (random.nextInt(6) == 0) {
            Scripts.write(service.resolve("check"), "#!/bin/sh\nexit " + random.nextInt(2) + "\n");
        }
        Path ok = supervise.resolve("ok");
        assertThat(new ProcessBuilder("mkfifo", ok.toString()).start().waitFor())
                .isZero();
        return random.nextInt(8) == 0 ? List.of() : List.of(new RandomAccessFile(ok.toFile(), "rw"));
    }

    /** Most with sense, some without, some of another length. */
    private static byte[] status(Random random) {
        byte[] bytes = new byte[random.nextInt(8) > 0 ? 20 : random.nextInt(25)];
        random.nextBytes(bytes);
        if (bytes.length < 20) {
            return bytes;
        }
        // an hour off either way, so that the second at which it is looked at decides nothing
        long label = 0x400000000000000aL + Instant.now().getEpochSecond() + (random.nextBoolean() ? 3600 : -3600);
        for (int i = 0; i < 8; i++) {
            bytes[i] = (byte) (label >>> (56 - 8 * i));
        }
        for (int i = 12; i < 16; i++) {
            bytes[i] = random.nextBoolean() ? 0 : bytes[i];
        }
        if (random.nextBoolean()) {
            bytes[12] = bytes[13] = bytes[14] = bytes[15] = 0;
        }
        bytes[16] = (byte) random.nextInt(3);
        bytes[17] = (byte) "udud?".charAt(random.nextInt(5));
        bytes[18] = (byte) random.nextInt(3);
        bytes[19] = (byte) random.nextInt(4);
        return bytes;
    }

    private Path newHome(String name) throws IOException {
        Path home = Files.createDirectory(temp.resolve(name));
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwx--x--x"));
        return home;
    }

    private static String oneOf(List<String> choices, Random random) {
        return choices.get(random.nextInt(choices.size()));
    }

    private Outcome run(Implementation implementation, String program, List<String> words, Path home) throws Exception {
        Path bin = Files.createDirectories(temp.resolve("bin-" + implementation));
        Path link = bin.resolve(program);
        if (!Files.exists(link)) {
            Files.createSymbolicLink(link, implementation.find(program).orElseThrow());
        }
        List<String> command = new ArrayList<>(List.of(link.toString()));
        command.addAll(words);
        File output = home.resolve(implementation + ".out").toFile();
        File errors = home.resolve(implementation + ".err").toFile();
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(output)
                .redirectError(errors);
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH",
                        Tools.PATH,
                        "JAVA_HOME",
                        BuiltDist.javaHome(),
                        "SVDIR",
                        home.toString(),
                        "ONE",
                        "before",
                        "TWO",
                        "before",
                        "A",
                        "before",
                        "LC_ALL",
                        "C.UTF-8"));
        Process process = builder.start();
        if (!process.waitFor(LIMIT_SECONDS, SECONDS)) {
            process.destroyForcibly();
            fail("%s %s has not ended", program, words);
        }
        return new Outcome(process.exitValue(), normalised(output, home), normalised(errors, home), "");
    }

    private static String normalised(File file, Path home) throws IOException {
        return new String(Files.readAllBytes(file.toPath()), ISO_8859_1)
                .replace(home.toString(), "HOME")
                .replaceAll("\\b\\d+s\\b", "Ns");
    }

    /** What there is to compare. */
    private record Outcome(int code, String output, String errors, String written) {}
}
