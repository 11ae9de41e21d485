package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.testing.ProcessView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process that is kept and looked at: its JVM is killed, it hangs while nobody is there, and the next one sees that.
 */
final class KeptLivenessTest {

    private final Path place;
    private @Nullable HostJvm host;

    KeptLivenessTest(@TempDir Path place) {
        this.place = place;
    }

    @AfterEach
    void end_everything() {
        HostJvm running = host;
        if (running != null) {
            running.killWith();
        }
        ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(A_DAY))
                .forEach(ProcessHandle::destroyForcibly);
    }

    private List<String> lines(String file) {
        try {
            Path path = place.resolve(file);
            return Files.exists(path) ? Files.readAllLines(path) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HostJvm launch(String events, String live) throws IOException {
        return launchWith(
                events,
                "command = [sleep, " + A_DAY + "], live { command = [test, -e, well], every = 100ms, failures = 2, "
                        + live + " }");
    }

    private HostJvm launchWith(String events, String process) throws IOException {
        HostJvm launched = new HostJvm(
                KeptHost.class,
                place,
                events,
                "children = [{ id = db, process { directory = \"" + place
                        + "\", output = discard, when-supervisor-dies = keep, " + process + " } }]");
        host = launched;
        await().atMost(HostJvm.PATIENCE).until(() -> lines(events).contains("up"));
        return launched;
    }

    private int pid(String events, String start) {
        return lines(events).stream()
                .filter(line -> line.startsWith(start + " "))
                .mapToInt(line -> Integer.parseInt(line.substring(start.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void the_next_jvm_looks_at_it_as_its_own_configuration_says_and_from_the_beginning() throws IOException {
        Files.createFile(place.resolve("well"));
        HostJvm first = launch("first", "then = report");
        ProcessView db = new ProcessView(pid("first", "db START_UP"));
        first.kill();
        Files.delete(place.resolve("well"));

        launch("second", "then = restart");

        assertThat(pid("second", "db ADOPTED")).isEqualTo((int) db.pid());
        await().atMost(HostJvm.PATIENCE)
                .until(() -> lines("second")
                        .contains("db ended: hung: 2 tries of 2 s without exit code 0 of [test, -e, well], the last:"
                                + " exit code 1"));
        Files.createFile(place.resolve("well"));
        await().atMost(HostJvm.PATIENCE)
                .until(() -> lines("second").stream().anyMatch(line -> line.startsWith("db RESTART ")));
        assertThat(db.runs()).isFalse();
    }

    /** Which is written down when it is, and then counts for the next JVM until it goes on. */
    @Test
    void one_that_was_paused_is_not_looked_at_by_the_next_jvm() throws Exception {
        Files.createFile(place.resolve("well"));
        HostJvm first = launch("first", "then = report");
        ProcessView db = new ProcessView(pid("first", "db START_UP"));
        first.kill();
        Path written;
        try (Stream<Path> files = Files.list(place.resolve("state"))) {
            written = files.filter(file -> file.toString().endsWith(".process"))
                    .findFirst()
                    .orElseThrow();
        }
        KeptProcess process = KeptProcess.parse(Files.readAllBytes(written)).orElseThrow();
        assertThat(process.isPaused()).isFalse();
        Files.write(written, process.paused(true).toBytes());
        Files.delete(place.resolve("well"));

        launch("second", "then = restart");
        assertThat(pid("second", "db ADOPTED")).isEqualTo((int) db.pid());
        // ten looks
        CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS))
                .get();

        assertThat(lines("second")).noneMatch(line -> line.startsWith("db ended"));
        assertThat(KeptProcess.parse(Files.readAllBytes(written))).contains(process.paused(true));
    }

    /** By the same specification, or by one that has changed in something else. */
    @ParameterizedTest
    @ValueSource(strings = {"", ", environment { NEW = yes }"})
    void the_watchdog_of_the_next_jvm_holds_it_to_what_it_says(String changed) throws IOException {
        assumeThat(Path.of("/usr/bin/systemd-notify")).exists();
        Files.createFile(place.resolve("well"));
        String process = "command = [sh, -c, \"systemd-notify --ready; while [ -e well ]; do systemd-notify WATCHDOG=1;"
                + " echo >>pings; sleep 0.1; done; exec sleep " + A_DAY + "\"],"
                + " ready { sd-notify = true }, live { watchdog = true, timeout = 2s }";
        HostJvm first = launchWith("first", process);
        first.kill();

        launchWith("second", process + changed);
        assertThat(pid("second", "db ADOPTED")).isEqualTo(pid("first", "db START_UP"));
        int heard = lines("pings").size() + 30;
        await().atMost(HostJvm.PATIENCE).until(() -> lines("pings").size() > heard);
        assertThat(lines("second")).noneMatch(line -> line.startsWith("db ended"));
        Files.delete(place.resolve("well"));

        await().atMost(HostJvm.PATIENCE).until(() -> lines("second").contains("db ended: hung: silent for 2 s"));
    }
}
