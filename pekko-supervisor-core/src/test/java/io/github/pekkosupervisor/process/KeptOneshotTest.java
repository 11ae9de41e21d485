package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A oneshot that is kept: its JVM is killed while it runs, and the next one waits for it. */
final class KeptOneshotTest {

    private final Path place;
    private @Nullable HostJvm host;

    KeptOneshotTest(@TempDir Path place) {
        this.place = place;
    }

    /** Before 6.15 how it has ended is known only to who comes before process 1, which nobody can promise. */
    @BeforeAll
    static void the_kernel_tells_how_a_process_has_ended_that_is_no_child() {
        String[] version = System.getProperty("os.version").split("[^0-9]+", -1);
        int major = Integer.parseInt(version[0]);
        assumeThat(major > 6 || (major == 6 && Integer.parseInt(version[1]) >= 15))
                .as("Linux 6.15 or later")
                .isTrue();
    }

    @AfterEach
    void end_everything() throws IOException {
        HostJvm running = host;
        if (running != null) {
            running.killWith();
        }
        for (String pid : lines("runs")) {
            ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
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

    /** It ends when there is a file with its exit code; then another child is started. */
    private void launch(String events) throws IOException {
        String script = "echo $$ >> runs; until [ -s go ]; do sleep 0.01; done; exit $(cat go)";
        host = new HostJvm(
                KeptHost.class,
                place,
                events,
                "children = [{ id = migrate, process { command = [sh, -c, \"" + script + "\"], directory = \"" + place
                        + "\", output = discard, oneshot = true, when-supervisor-dies = keep } },"
                        + " { id = web, process.command = [sleep, " + A_DAY + "] }]");
    }

    private void launchAndKill() throws IOException {
        launch("first");
        await().atMost(HostJvm.PATIENCE).until(() -> lines("first").contains("migrate starting"));
        await().atMost(HostJvm.PATIENCE).until(() -> lines("runs").size() == 1);
        if (host != null) {
            host.kill();
        }
    }

    @Test
    void it_is_waited_for_by_the_next_jvm_and_not_run_twice() throws IOException {
        launchAndKill();

        launch("second");
        await().atMost(HostJvm.PATIENCE).until(() -> lines("second").contains("migrate starting"));
        Files.writeString(place.resolve("go"), "0\n");

        await().atMost(HostJvm.PATIENCE).until(() -> lines("second").contains("up"));
        assertThat(lines("second").get(1)).isEqualTo("migrate done ADOPTED");
        assertThat(lines("second").get(2)).startsWith("web START_UP");
        assertThat(lines("runs")).hasSize(1);
    }

    @Test
    void if_it_fails_then_so_does_the_start_of_the_next_jvm() throws IOException {
        launchAndKill();

        launch("second");
        await().atMost(HostJvm.PATIENCE).until(() -> lines("second").contains("migrate starting"));
        Files.writeString(place.resolve("go"), "3\n");

        await().atMost(HostJvm.PATIENCE).until(() -> lines("second").size() > 1);
        assertThat(lines("second").get(1)).startsWith("migrate failed: ");
        assertThat(lines("runs")).hasSize(1);
    }
}
