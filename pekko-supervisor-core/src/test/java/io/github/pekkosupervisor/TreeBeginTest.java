package io.github.pekkosupervisor;

import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree.StartFailedException;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeFold;
import io.github.pekkosupervisor.protocol.TreeHealth;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.protocol.TreeSubscriber;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.testing.Programs;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A tree that begins: what can be seen of it, and done to it, before it is up. */
final class TreeBeginTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final SupervisionTree.Options OPTIONS =
            SupervisionTree.Options.defaults().withSystem(KIT.system()).withLogging(false);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final CountDownLatch goOn = new CountDownLatch(1);

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    @AfterEach
    void go_on() {
        goOn.countDown();
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private ChildSpec slow(String id) {
        return ChildSpec.service(
                id,
                () -> {
                    goOn.await();
                    return "";
                },
                any -> {});
    }

    private static ChildSpec actor(String id) {
        return ChildSpec.actor(id, Behaviors.empty());
    }

    private static Node node(SupervisionTree tree, String path) {
        return get(tree.snapshot()).find(path).orElseThrow();
    }

    @Test
    void what_starts_is_seen_and_why_it_is_not_ready() {
        SupervisionTree tree = SupervisionTree.begin(
                spec(actor("a"), ChildSpec.supervisor("u", spec(slow("db"))), actor("last")), OPTIONS);
        TreeFold fold = new TreeFold();
        assertThat(tree.subscribe(fold)).isNotNull();
        await().atMost(LONG).until(() -> node(tree, "/u").state() == State.STARTING);

        TreeHealth health = get(tree.health());
        assertThat(health.live()).isTrue();
        assertThat(health.ready()).isFalse();
        assertThat(health.notReady().toString()).contains("/u").contains("starting");
        assertThat(node(tree, "/a").state()).isEqualTo(State.RUNNING);
        assertThat(tree.whenUp().toCompletableFuture()).isNotDone();
        CompletableFuture<?> asked = tree.root().child("a").toCompletableFuture();

        goOn.countDown();

        assertThat(get(tree.whenUp())).isSameAs(tree);
        assertThat(asked).succeedsWithin(LONG).isInstanceOf(SupervisorResult.ChildInfo.class);
        assertThat(get(tree.health()).ready()).isTrue();
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(fold.present().top())
                        .isEqualTo(get(tree.snapshot()).top()));
        tree.close();
        assertThat(get(tree.whenUp())).isSameAs(tree);
    }

    /** For a probe, and for who looks why it takes so long. */
    @Test
    void a_process_that_is_waited_for_is_seen_with_its_pid() {
        ProcessSpec silent = ProcessSpec.of("sleep", Programs.A_DAY).withReady(Readiness.tcp("127.0.0.1", 1));
        SupervisionTree tree = SupervisionTree.begin(spec(ChildSpec.process("db", silent)), OPTIONS);
        try {
            await().atMost(LONG).until(() -> get(tree.process("db")).isPresent());
            assertThat(node(tree, "/db").state()).isEqualTo(State.STARTING);
        } finally {
            tree.close();
        }
        assertThatThrownBy(() -> get(tree.whenUp()))
                .isInstanceOf(CompletionException.class)
                .hasRootCauseInstanceOf(StartFailedException.class)
                .hasMessageContaining("stopped before it was up");
        assertThat(get(tree.whenEnded())).isInstanceOf(TreeEnd.class);
        assertThat(get(tree.health()).live()).isFalse();
    }

    /** Hears how it ended. */
    private static final class Hearing implements TreeSubscriber {
        private final List<String> heard = new CopyOnWriteArrayList<>();

        @Override
        public void snapshot(TreeSnapshot present) {
            heard.add("snapshot");
        }

        @Override
        public void event(TreeEvent event) {
            heard.add(event.getClass().getSimpleName());
        }

        @Override
        public void ended(TreeEnd end) {
            heard.add("ended");
        }
    }

    @Test
    void a_start_that_fails_is_told_to_all_who_wait_and_nothing_is_left() {
        ChildSpec bad = ChildSpec.service(
                "bad",
                () -> {
                    goOn.await();
                    throw new IllegalStateException("boom");
                },
                any -> {});
        Hearing hearing = new Hearing();
        SupervisionTree tree = SupervisionTree.begin(spec(bad), OPTIONS);
        assertThat(tree.subscribe(hearing)).isNotNull();
        await().atMost(LONG).until(() -> hearing.heard.contains("snapshot"));

        goOn.countDown();

        assertThatThrownBy(() -> get(tree.whenUp()))
                .hasRootCauseMessage("boom")
                .cause()
                .isInstanceOf(StartFailedException.class);
        await().atMost(LONG).until(() -> hearing.heard.contains("ended"));
        assertThat(get(tree.whenEnded()).toString()).contains("bad");
        tree.close();
    }

    @Test
    void what_is_wrong_before_anything_begins_is_thrown() {
        ChildSpec twice = actor("a");
        assertThatThrownBy(() -> SupervisionTree.begin(spec(twice, twice), OPTIONS))
                .isInstanceOf(InvalidSpecException.class);
    }

    @Test
    void a_tree_that_start_has_returned_is_up() {
        try (SupervisionTree tree = SupervisionTree.start(spec(actor("a")), OPTIONS)) {
            assertThat(tree.whenUp().toCompletableFuture()).isCompletedWithValue(tree);
        }
    }
}
