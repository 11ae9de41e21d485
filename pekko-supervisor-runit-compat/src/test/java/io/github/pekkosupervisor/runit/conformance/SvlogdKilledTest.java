package io.github.pekkosupervisor.runit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.runit.conformance.NumberedLines.Verdict;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A svlogd that is killed with -9 again and again while lines pass through a pipe that outlives it, as that of runsv
 * does. System properties {@code svlogd.kills} and {@code svlogd.lines} for more; those of the issue are 20 and
 * 1000000.
 */
@Tag("dist")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SvlogdKilledTest {

    private static final int KILLS = Integer.getInteger("svlogd.kills", 4);
    private static final int LINES = Integer.getInteger("svlogd.lines", 400_000);

    /** Of our svlogd, in bytes. */
    private static final int PIECE = 4096;

    @TempDir
    private Path temp;

    @Test
    void judge_notices_what_is_missing_repeated_or_broken() throws IOException {
        Path log = Files.createDirectories(temp.resolve("log"));
        Files.write(log.resolve("@400000000000000000000000.s"), List.of(NumberedLines.line(0), NumberedLines.line(2)));
        Files.write(log.resolve("current"), List.of(NumberedLines.line(2), "line 4 of ma", NumberedLines.line(5)));

        assertThat(NumberedLines.judge(log, 6)).isEqualTo(new Verdict(3, 1, 1));
    }

    @ParameterizedTest
    @EnumSource
    void killed_logger_has_taken_no_line_that_is_not_in_the_log(Implementation implementation) throws Exception {
        Needs.that(implementation.find("svlogd").isPresent(), "runit is not installed");
        Path log = Files.createDirectories(temp.resolve("log"));
        Files.write(log.resolve("config"), List.of("s1000000", "n0"));
        Path pipe = temp.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        long size = (long) LINES * NumberedLines.line(LINES).length();

        Verdict verdict;
        List<Process> loggers = new ArrayList<>();
        try (RandomAccessFile held = new RandomAccessFile(pipe.toFile(), "rw")) {
            CompletableFuture<Void> written = CompletableFuture.runAsync(() -> write(held, LINES));
            for (int kill = 1; kill <= KILLS; kill++) {
                Process logger = start(implementation, pipe, log);
                loggers.add(logger);
                long due = size * kill / (KILLS + 1);
                await().atMost(Duration.ofMinutes(2))
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> NumberedLines.bytes(log) >= due);
                logger.destroyForcibly();
                assertThat(logger.waitFor()).isEqualTo(137);
            }
            loggers.add(start(implementation, pipe, log));
            written.get(2, TimeUnit.MINUTES);
            // nobody knows when the last one has read all but itself: TERM after the last line
            String last = NumberedLines.line(LINES - 1);
            await().atMost(Duration.ofMinutes(2))
                    // it is being renamed
                    .ignoreException(FileNotFoundException.class)
                    .until(() -> endsWith(log.resolve("current"), last));
            loggers.get(KILLS).destroy();
            assertThat(loggers.get(KILLS).waitFor(1, TimeUnit.MINUTES)).isTrue();
            verdict = NumberedLines.judge(log, LINES);
        } finally {
            loggers.forEach(Process::destroyForcibly);
        }
        System.out.println(implementation + " killed " + KILLS + " times: " + verdict);

        // a line whose end had not been written yet when its beginning was read can go with the reader
        assertThat(verdict.missing()).isLessThanOrEqualTo(implementation == Implementation.OURS ? KILLS : 100 * KILLS);
        // and what was written a moment before it left the pipe is written again
        assertThat(verdict.repeated())
                .isLessThanOrEqualTo(KILLS * PIECE / NumberedLines.line(0).length());
    }

    private static void write(RandomAccessFile pipe, int lines) {
        try {
            NumberedLines.write(
                    new java.io.OutputStream() {
                        @Override
                        public void write(int b) throws IOException {
                            pipe.write(b);
                        }

                        @Override
                        public void write(byte[] bytes, int from, int count) throws IOException {
                            pipe.write(bytes, from, count);
                        }
                    },
                    lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean endsWith(Path file, String line) throws IOException {
        try (RandomAccessFile current = new RandomAccessFile(file.toFile(), "r")) {
            byte[] end = new byte[(int) Math.min(current.length(), line.length() + 1)];
            current.seek(current.length() - end.length);
            current.readFully(end);
            return new String(end, java.nio.charset.StandardCharsets.US_ASCII).equals(line + "\n");
        }
    }

    private Process start(Implementation implementation, Path pipe, Path log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        implementation.find("svlogd").orElseThrow().toString(), "--", log.toString())
                .redirectInput(pipe.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("JAVA_HOME", BuiltDist.javaHome());
        return builder.start();
    }
}
