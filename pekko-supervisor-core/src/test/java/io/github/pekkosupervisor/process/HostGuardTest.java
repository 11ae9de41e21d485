package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.testing.ProcessView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of processes when a JVM that was launched for the purpose is killed. */
final class HostGuardTest {

    private static final Duration A_SECOND = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path place;
    private final Process host;

    HostGuardTest(@TempDir Path place) throws IOException {
        this.place = place;
        this.host = new ProcessBuilder(
                        "setsid",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        GuardedHost.class.getName(),
                        place.toString(),
                        A_DAY)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(place.resolve("log").toFile()))
                .start();
    }

    @AfterEach
    void end_everything() {
        host.destroyForcibly().onExit().join();
        Stream.of("alone", "group", "leader", "deaf", "kept", "member", "orphan")
                .filter(name -> Files.exists(place.resolve(name)))
                .forEach(name -> ProcessHandle.of(process(name).pid()).ifPresent(ProcessHandle::destroyForcibly));
    }

    @Test
    void nothing_but_what_is_kept_outlives_a_killed_jvm_by_a_second() {
        List<ProcessView> doomed =
                List.of(process("alone"), process("group"), process("member"), process("orphan"), process("deaf"));
        ProcessView kept = process("kept");
        ProcessView guard = guard();
        await().atMost(PATIENCE).until(() -> Files.exists(place.resolve("x")));
        await().atMost(PATIENCE).until(() -> Files.exists(place.resolve("many")));
        assertThat(doomed).allMatch(ProcessView::runs);

        host.destroyForcibly();

        await().atMost(A_SECOND).until(() -> doomed.stream().noneMatch(ProcessView::runs));
        await().atMost(A_SECOND).until(() -> !guard.runs());
        assertThat(kept.runs()).isTrue();
    }

    @Test
    void the_same_when_the_guard_was_killed_before() {
        List<ProcessView> doomed = List.of(process("alone"), process("group"), process("member"), process("deaf"));
        ProcessView first = guard();
        ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();
        await().atMost(PATIENCE).until(() -> guards().anyMatch(guard -> guard.pid() != first.pid()));
        ProcessView second = guard();

        host.destroyForcibly();

        await().atMost(A_SECOND).until(() -> doomed.stream().noneMatch(ProcessView::runs));
        assertThat(second.pid()).isNotEqualTo(first.pid());
    }

    @Test
    void the_guard_has_a_session_of_its_own_and_nothing_of_the_jvm() {
        process("kept");

        ProcessView guard = guard();

        assertThat(guard.session()).isEqualTo(guard.pid());
        assertThat(guard.descriptors()).containsExactly("0", "1", "2");
        assertThat(guard.descriptor(2)).isEqualTo(Path.of("/dev/null"));
        assertThat(guard.read("environ")).isEmpty();
    }

    @Test
    void the_guard_is_deaf_to_what_ends_others() throws IOException, InterruptedException {
        process("alone");
        ProcessView guard = guard();

        for (String signal : List.of("-HUP", "-INT", "-TERM", "-QUIT")) {
            new ProcessBuilder("kill", signal, String.valueOf(guard.pid()))
                    .start()
                    .waitFor();
        }

        await().during(Duration.ofMillis(300)).until(guard::runs);
    }

    private ProcessView guard() {
        await().atMost(PATIENCE).until(() -> guards().findAny().isPresent());
        return guards().findAny().orElseThrow();
    }

    private Stream<ProcessView> guards() {
        return host.descendants()
                .filter(process -> process.info().commandLine().orElse("").contains("pekko-supervisor-guard")
                        || process.info()
                                .arguments()
                                .map(List::of)
                                .orElse(List.of())
                                .contains("pekko-supervisor-guard"))
                .map(process -> new ProcessView(process.pid()))
                .filter(ProcessView::runs);
    }

    private ProcessView process(String name) {
        Path file = place.resolve(name);
        await().atMost(PATIENCE).until(() -> Files.exists(file));
        try {
            return new ProcessView(Long.parseLong(Files.readString(file).trim()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
