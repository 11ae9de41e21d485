package io.github.pekkosupervisor.jfr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real recording of this JVM, and what is in it of a tree. */
final class FlightRecordingTest {

    private static final String PREFIX = "io.github.pekkosupervisor.";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path temp;

    private static SupervisorSpec spec() {
        return SupervisorSpec.oneForOne()
                .withIntensity(9, Duration.ofHours(1))
                .withChild(ChildSpec.process("db", ProcessSpec.of("sleep", "1000")));
    }

    private static int pid(SupervisionTree tree) {
        return tree.process("db").toCompletableFuture().join().orElseThrow().pid();
    }

    private List<RecordedEvent> recorded(Recording recording) throws IOException {
        Path file = temp.resolve("recording.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith(PREFIX))
                .toList();
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals(PREFIX + name))
                .toList();
    }

    @Test
    void a_death_a_restart_and_a_stop_are_in_a_recording() throws IOException {
        try (Recording recording = new Recording()) {
            Set.of("Started", "Ended", "Stopping", "Abandoned").forEach(name -> recording.enable(PREFIX + name));
            recording.start();
            SupervisionTree tree = SupervisionTree.start(
                    spec(),
                    SupervisionTree.Options.defaults().withLogging(false).withTransitions(true));
            try (tree;
                    FlightRecording following = FlightRecording.follow(tree)) {
                assertThat(following).isNotNull();
                int first = pid(tree);
                ProcessHandle.of(first).orElseThrow().destroyForcibly();
                await().atMost(PATIENCE)
                        .until(() -> tree.process("db")
                                .toCompletableFuture()
                                .join()
                                .filter(now -> now.pid() != first)
                                .isPresent());
                tree.root().terminateChild("db").toCompletableFuture().join();
                await().atMost(PATIENCE)
                        .until(() -> named(recorded(recording), "Ended").size() == 2);
            }

            List<RecordedEvent> all = recorded(recording);
            assertThat(all).allMatch(event -> event.getString("path").equals("/db"));
            RecordedEvent killed = named(all, "Ended").get(0);
            assertThat(killed.getString("reason")).isEqualTo("killed");
            assertThat(killed.getString("signal")).isEqualTo("KILL");
            assertThat(killed.getString("cause")).isEqualTo("killed");
            assertThat(named(all, "Started"))
                    .singleElement()
                    .matches(event -> event.getBoolean("restart") && event.getLong("took") >= 0);
            assertThat(named(all, "Stopping")).hasSize(1);
        }
    }

    @Test
    void one_that_is_closed_records_no_more() throws IOException {
        try (Recording recording = new Recording()) {
            recording.enable(PREFIX + "Ended");
            recording.start();
            try (SupervisionTree tree = SupervisionTree.start(
                    spec(), SupervisionTree.Options.defaults().withLogging(false))) {
                FlightRecording.follow(tree).close();
                tree.root().terminateChild("db").toCompletableFuture().join();
            }

            assertThat(recorded(recording)).isEmpty();
        }
    }
}
