package io.github.pekkosupervisor.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A kind of child that core has never heard of is started, stopped, killed, restarted and told of like any other. */
final class KindOfAnotherModuleTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<TreeEvent> told = new CopyOnWriteArrayList<>();

    private SupervisionTree.Options options() {
        return SupervisionTree.Options.defaults().withLogging(false).withListener(told::add);
    }

    private static SupervisorSpec of(LanternKind kind, Shutdown shutdown) {
        return SupervisorSpec.oneForOne()
                .withChild(ChildSpec.of("lantern", kind).withShutdown(shutdown));
    }

    /** A tree with one lantern, which has been lit. */
    private SupervisionTree lit(LanternKind kind, Shutdown shutdown) {
        CompletableFuture<SupervisionTree> tree =
                SupervisionTree.startAsync(of(kind, shutdown), options()).toCompletableFuture();
        await().atMost(PATIENCE).until(() -> !kind.log.isEmpty());
        assertThat(tree).isNotDone();
        kind.light();
        return tree.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static ChildHandle handle(SupervisionTree tree) {
        return ((ChildInfo) get(tree.root().child("lantern"))).handle().orElseThrow();
    }

    private static Node node(SupervisionTree tree) {
        return get(tree.snapshot()).find("/lantern").orElseThrow();
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Test
    void it_has_started_when_it_says_so() {
        LanternKind kind = new LanternKind(false);
        Instant before = Instant.now().minusMillis(1);

        try (SupervisionTree tree = lit(kind, Shutdown.timeout(PATIENCE))) {
            assertThat(handle(tree)).hasToString("lantern#1");
            assertThat(handle(tree).startedAt()).isBetween(before, Instant.now());
        }
    }

    @Test
    void it_is_stopped_by_its_own_request() {
        LanternKind kind = new LanternKind(false);

        lit(kind, Shutdown.timeout(PATIENCE)).close();

        assertThat(kind.log).containsExactly("made lantern#1", "off lantern#1");
        assertThat(told)
                .filteredOn(SupervisorEvent.ChildStopped.class::isInstance)
                .hasSize(1);
    }

    @Test
    void it_is_killed_by_its_own_request_when_it_does_not_stop() {
        LanternKind kind = new LanternKind(true);

        lit(kind, Shutdown.timeout(Duration.ofMillis(50))).close();

        assertThat(kind.log).containsExactly("made lantern#1", "off lantern#1", "smash lantern#1");
        assertThat(told)
                .filteredOn(SupervisorEvent.ShutdownError.class::isInstance)
                .extracting(event -> ((SupervisorEvent.ShutdownError) event).reason())
                .containsExactly(ExitReason.killed());
    }

    @Test
    void it_is_restarted_when_it_crashes() {
        LanternKind kind = new LanternKind(false);
        try (SupervisionTree tree = lit(kind, Shutdown.timeout(PATIENCE))) {
            handle(tree).ref().tell(LanternKind.Order.BREAK);
            await().atMost(PATIENCE).until(() -> kind.log.contains("made lantern#2"));
            kind.light();

            await().atMost(PATIENCE).until(() -> handle(tree).incarnation() == 2);
            assertThat(told)
                    .filteredOn(SupervisorEvent.ChildTerminated.class::isInstance)
                    .extracting(event -> ((SupervisorEvent.ChildTerminated) event).reason())
                    .asString()
                    .contains("broken glass");
        }
    }

    @Test
    void what_it_tells_comes_in_the_stream_of_the_tree_between_what_its_supervisor_tells() {
        LanternKind kind = new LanternKind(false);
        SupervisionTree tree = lit(kind, Shutdown.timeout(PATIENCE));

        handle(tree).ref().tell(new LanternKind.Turn("green"));
        handle(tree).ref().tell(new LanternKind.Turn("red"));
        tree.close();

        assertThat(told)
                .extracting(KindOfAnotherModuleTest::line)
                .containsExactly(
                        "ChildStarted /",
                        "SupervisorStarted /",
                        "/lantern green",
                        "/lantern red",
                        "ChildStopped /",
                        "SupervisorStopped /");
    }

    @Test
    void the_snapshot_has_its_own_node_with_what_its_supervisor_knows() {
        try (SupervisionTree tree = lit(new LanternKind(false), Shutdown.timeout(PATIENCE))) {
            handle(tree).ref().tell(new LanternKind.Turn("green"));

            // one that gets no processor for a second is shown without an answer
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(node(tree).details()).containsEntry("colour", "green"));
            Node node = node(tree);
            assertThat(node.kind()).isEqualTo("lantern");
            assertThat(node.incarnation()).hasValue(1);
            assertThat(node.since()).contains(handle(tree).startedAt());
            assertThat(node.ready()).isTrue();
        }
    }

    @Test
    void one_that_does_not_answer_is_seen_as_its_supervisor_knows_it() {
        try (SupervisionTree tree = lit(new LanternKind(true), Shutdown.timeout(Duration.ofMillis(50)))) {
            Node node = node(tree);

            assertThat(node.state()).isEqualTo(State.RUNNING);
            assertThat(node.ready()).isFalse();
            assertThat(node.details()).containsEntry("answer", "none within 1 s");
            assertThat(get(tree.health()).notReady())
                    .hasToString("[/lantern: running, not ready, answer none within 1 s]");
        }
    }

    private static String line(TreeEvent event) {
        return event instanceof LanternKind.Turned turned
                ? turned.path() + " " + turned.colour()
                : event.getClass().getSimpleName() + " " + event.path();
    }
}
