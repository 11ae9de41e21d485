package io.github.pekkosupervisor.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.protocol.ProcessNotified;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeFold;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process says of itself, seen from its tree. */
final class NotifiedTreeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path scratch;

    private ChildSpec talker() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-notify")));
        String script = "cd " + scratch + "; systemd-notify --status=loading\n"
                + "while [ ! -e go ]; do sleep 0.02; done; systemd-notify --ready --status='42 things'\n"
                + "while [ ! -e die ]; do sleep 0.02; done; rm go die; exit 3";
        return ChildSpec.process("talker", ProcessSpec.of("sh", "-c", script).withReady(Readiness.sdNotify()));
    }

    private static Node node(SupervisionTree tree) {
        return Bed.get(tree.snapshot()).find("/talker").orElseThrow();
    }

    /** Times may differ by a millisecond. */
    private static void awaitSame(SupervisionTree tree, TreeFold fold) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            Node folded = fold.present().find("/talker").orElseThrow();
            assertThat(folded.ready()).isTrue();
            assertThat(folded.details()).isEqualTo(node(tree).details());
        });
    }

    @Test
    void it_is_told_shown_and_folded_and_forgotten_with_its_end() throws Exception {
        Queue<ProcessNotified> told = new ConcurrentLinkedQueue<>();
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withIntensity(10, Duration.ofSeconds(1))
                .withChild(talker());
        SupervisionTree tree = SupervisionTree.begin(
                spec,
                SupervisionTree.Options.defaults().withListener(TreeEvent.only(ProcessNotified.class, told::add)));
        try (tree) {
            TreeFold fold = new TreeFold();
            assertThat(tree.subscribe(fold)).isNotNull();
            await().atMost(PATIENCE).until(() -> !told.isEmpty());
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(node(tree).details())
                            .isEqualTo(Map.of("says", "starting", "status", "loading")));
            assertThat(node(tree).state()).isEqualTo(State.STARTING);

            Files.createFile(scratch.resolve("go"));

            await().atMost(PATIENCE).until(() -> node(tree).ready());
            assertThat(node(tree).details()).isEqualTo(Map.of("says", "ready", "status", "42 things"));
            awaitSame(tree, fold);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(told).last().satisfies(last -> {
                        assertThat(last.path()).isEqualTo("/talker");
                        assertThat(last.notice().status()).isEqualTo("42 things");
                        assertThat(last.logEntry().orElseThrow().text())
                                .isEqualTo("child [talker#" + last.incarnation() + "] says: ready; 42 things");
                    }));

            Files.createFile(scratch.resolve("die"));

            await().atMost(PATIENCE)
                    .until(() -> "loading".equals(node(tree).details().get("status")));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(node(tree).details())
                            .isEqualTo(Map.of("says", "starting", "status", "loading")));
            Files.createFile(scratch.resolve("go"));
            awaitSame(tree, fold);
        }
    }

    @Test
    void a_future_that_fails_is_a_start_that_has_failed() {
        CompletableFuture<Void> never = CompletableFuture.failedFuture(new IllegalStateException("no luck"));
        ChildSpec sleeper = ChildSpec.process(
                "sleeper", ProcessSpec.of("sleep", "1000").withReady(Readiness.future(process -> never)));
        try (SupervisionTree tree =
                SupervisionTree.start(SupervisorSpec.oneForOne(), SupervisionTree.Options.defaults())) {
            assertThat(Bed.get(tree.root().startChild(sleeper)).toString())
                    .contains("not ready, since a future of the application has failed", "no luck");
        }
    }
}
