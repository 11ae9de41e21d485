package io.github.pekkosupervisor.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Every process that descends from a contender, found by a variable that it inherits, wherever it was reparented to.
 */
public final class MarkedProcesses {
    private static final String VARIABLE = "PEKKO_SUPERVISOR_TEST";

    private final String mark;
    private boolean closed;

    public MarkedProcesses(String mark) {
        this.mark = mark;
    }

    public synchronized Process start(ProcessBuilder builder) throws IOException {
        if (closed) {
            throw new IOException("the benchmark is being stopped");
        }
        builder.environment().put(VARIABLE, mark);
        return builder.start();
    }

    /** Starts nothing any more. */
    public synchronized void close() {
        closed = true;
    }

    public List<Long> find() {
        List<Long> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (marked(process)) {
                    found.add(Long.valueOf(process.getFileName().toString()));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("/proc cannot be listed; the benchmark needs Linux", e);
        }
        return found;
    }

    /** Kills until two looks in a row find nobody, for a supervisor may have started a service in between. */
    public void killAll() {
        int quiet = 0;
        for (int look = 0; look < 200 && quiet < 2; look++) {
            List<Long> found = find();
            quiet = found.isEmpty() ? quiet + 1 : 0;
            found.forEach(MarkedProcesses::kill);
            Await.pass(Duration.ofMillis(20));
        }
    }

    public static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    private boolean marked(Path process) {
        try {
            return new String(Files.readAllBytes(process.resolve("environ")), ISO_8859_1)
                    .contains(VARIABLE + "=" + mark);
        } catch (IOException endedOrForeign) {
            return false; // ours are readable and, if they have ended, need no attention
        }
    }
}
