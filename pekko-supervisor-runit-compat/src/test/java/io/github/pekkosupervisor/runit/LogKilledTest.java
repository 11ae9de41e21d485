package io.github.pekkosupervisor.runit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A JVM that writes the log of a service is killed with -9 again and again, at any moment, while the service writes
 * lines as fast as it can; its pipe outlives them all. System property {@code pekko-supervisor.test.log-kills} for
 * more.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
@Order(1)
class LogKilledTest {

    private static final int KILLS = Integer.getInteger("pekko-supervisor.test.log-kills", 7);
    private static final String TEXT = " is a line of many, and this is its end.";

    @TempDir
    private Path temp;

    private Path log;
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void make() throws Exception {
        for (String directory : List.of("log", "log/supervise", "log/main")) {
            Files.createDirectory(temp.resolve(directory));
        }
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwx------"));
        log = temp.resolve("log/main");
        assertThat(run("mkfifo", temp.resolve("lines").toString()).waitFor()).isZero();
    }

    @AfterEach
    void kill() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    private Process run(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(temp.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        started.add(process);
        return process;
    }

    /** Writes numbered lines until there is a file {@code stop}, and then how many it wrote. */
    private Process service() throws IOException {
        return run(
                "/bin/sh",
                "-c",
                "exec 1<>lines; i=0; while [ ! -e stop ]; do n=0; while [ $n -lt 500 ]; do echo $i'" + TEXT
                        + "'; i=$((i+1)); n=$((n+1)); done; done; echo $i >count");
    }

    private Process host() throws IOException {
        return run(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                LogHost.class.getName(),
                temp.toString());
    }

    private long bytes() throws IOException {
        long sum = 0;
        for (Path file : files()) {
            try {
                sum += Files.size(file);
            } catch (NoSuchFileException e) {
                // it has just been renamed
                sum += 0;
            }
        }
        return sum;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(log)) {
            return files.filter(file -> file.getFileName().toString().startsWith("@")
                            || file.getFileName().toString().equals("current"))
                    .sorted()
                    .toList();
        }
    }

    /** What is wrong with numbered lines: each number once and in order. */
    private static List<String> judge(Stream<String> lines, long count) {
        List<String> wrong = new ArrayList<>();
        long[] next = {0};
        lines.forEach(line -> {
            if (wrong.size() < 10 && !line.equals(next[0] + TEXT)) {
                wrong.add("in place of line " + next[0] + ": " + line);
            }
            next[0]++;
        });
        if (next[0] != count) {
            wrong.add(next[0] + " lines of " + count);
        }
        return wrong;
    }

    private Stream<String> lines() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path file : files()) {
            all.append(Files.readString(file, ISO_8859_1));
        }
        return all.toString().lines();
    }

    @Test
    void judge_notices_a_line_that_is_lost_doubled_or_cut() {
        assertThat(judge(Stream.of("0" + TEXT, "1" + TEXT), 2)).isEmpty();
        assertThat(judge(Stream.of("0" + TEXT, "2" + TEXT), 3)).isNotEmpty();
        assertThat(judge(Stream.of("0" + TEXT, "0" + TEXT, "1" + TEXT), 2)).isNotEmpty();
        assertThat(judge(Stream.of("0" + TEXT, "1 is a"), 2)).isNotEmpty();
        assertThat(judge(Stream.of("1" + TEXT, "0" + TEXT), 2)).isNotEmpty();
        assertThat(judge(Stream.of("0" + TEXT), 2)).isNotEmpty();
    }

    /** The second limit is shorter than a chunk, so that files are rotated all the time; the third cuts lines. */
    @ParameterizedTest
    @CsvSource({"10000000, 60", "6000, 61", "70, 62"})
    void case_20_own_log_is_whole_however_often_its_jvm_is_killed(int limit, long seed) throws Exception {
        Files.write(log.resolve("config"), List.of("n0", "s" + limit));
        Random random = new Random(seed);
        Process service = service();
        // of files that hold a line each there are to be no more than this test can look at again and again
        int most = limit < 1000 ? Math.max(4_000, 140_000 / KILLS) : 400_000;

        for (int kill = 0; kill < KILLS; kill++) {
            Process host = host();
            long due = bytes() + 1 + random.nextInt(most);
            await().atMost(Duration.ofMinutes(2))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> bytes() >= due || !host.isAlive());
            assertThat(host.isAlive()).isTrue();
            assertThat(host.destroyForcibly().waitFor()).isEqualTo(137);
        }
        Process last = host();
        // what is in a FIFO that nobody has open is gone, so the service may end when this one has it
        long before = bytes();
        await().atMost(Duration.ofMinutes(2)).until(() -> bytes() != before || !last.isAlive());
        Files.createFile(temp.resolve("stop"));
        assertThat(service.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(last.waitFor(2, TimeUnit.MINUTES)).isTrue();

        long count = Long.parseLong(Files.readString(temp.resolve("count")).strip());
        assertThat(judge(lines(), count)).isEmpty();
    }
}
