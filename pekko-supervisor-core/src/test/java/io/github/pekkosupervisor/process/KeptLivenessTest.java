package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.testing.ProcessView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        HostJvm launched = new HostJvm(
                KeptHost.class,
                place,
                events,
                "children = [{ id = db, process { command = [sleep, " + A_DAY + "], directory = \"" + place
                        + "\", output = discard, when-supervisor-dies = keep, live {"
                        + " command = [test, -e, well], every = 100ms, failures = 2, " + live + " } } }]");
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
}
