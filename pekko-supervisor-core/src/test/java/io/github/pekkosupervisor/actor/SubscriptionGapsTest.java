package io.github.pekkosupervisor.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeFold;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSubscriber;
import io.github.pekkosupervisor.protocol.TreeSubscription;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;

/** What a subscriber is told when somebody is busy, or when it does not return itself; and what is left of it. */
final class SubscriptionGapsTest {

    private static final SupervisionTree.Options QUIET =
            SupervisionTree.Options.defaults().withLogging(false);

    private static final ChildSpec IDLE = ChildSpec.actor("idle", Behaviors.empty());

    private static final ChildSpec TEMPLATE =
            ChildSpec.actor("w", Behaviors.empty()).withRestart(RestartType.TEMPORARY);

    private static SupervisorSpec one(ChildSpec... children) {
        return SupervisorSpec.oneForOne().withChildren(List.of(children));
    }

    /** Hangs in its first event until it is let go. */
    private static class Following implements TreeSubscriber {
        final TreeFold fold = new TreeFold();
        final AtomicInteger snapshots = new AtomicInteger();
        final AtomicInteger events = new AtomicInteger();
        final List<TreeEnd> ends = new CopyOnWriteArrayList<>();
        final CountDownLatch release;

        Following(int latches) {
            release = new CountDownLatch(latches);
        }

        @Override
        public void snapshot(TreeSnapshot present) {
            fold.snapshot(present);
            snapshots.incrementAndGet();
        }

        @Override
        public void event(TreeEvent event) {
            if (release.getCount() > 0) {
                Bed.awaitLatch(release);
            }
            fold.event(event);
            events.incrementAndGet();
        }

        @Override
        public void ended(TreeEnd end) {
            ends.add(end);
        }
    }

    /** A supervisor that is busy until the latch is open, and lives on. */
    private static void keepBusy(SupervisorRef supervisor, SupervisorSpec spec, CountDownLatch until) {
        CountDownLatch begun = new CountDownLatch(1);
        assertThat(supervisor.ask(new Request.Reconfigure(() -> {
                    begun.countDown();
                    Bed.awaitLatch(until);
                    return spec;
                })))
                .isNotNull();
        Bed.awaitLatch(begun);
    }

    // ---- who is busy

    @Test
    void a_top_that_is_busy_is_not_taken_for_gone() {
        CountDownLatch release = new CountDownLatch(1);
        Following subscriber = new Following(0);
        try (SupervisionTree tree = SupervisionTree.start(one(IDLE), QUIET)) {
            keepBusy(tree.root(), one(IDLE), release);
            CompletableFuture<?> snapshot = tree.snapshot().toCompletableFuture();
            CompletableFuture<?> process = tree.process("idle").toCompletableFuture();
            assertThat(tree.subscribe(subscriber)).isNotNull();

            assertThatThrownBy(() -> snapshot.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(TimeoutException.class);
            assertThatThrownBy(() -> process.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(TimeoutException.class);
            assertThat(subscriber.snapshots).hasValue(0);
            release.countDown();

            await().atMost(Bed.LONG).until(() -> subscriber.snapshots.get() == 1);
            Bed.get(tree.root().startChild(IDLE.withId("later")));
            await().atMost(Bed.LONG)
                    .until(() -> subscriber.fold.present().find("/later").isPresent());
        } finally {
            release.countDown();
        }
    }

    @Test
    void one_that_answers_late_is_seen_after_all() {
        CountDownLatch release = new CountDownLatch(1);
        Following subscriber = new Following(0);
        SupervisorSpec below = one(IDLE);
        try (SupervisionTree tree = SupervisionTree.start(one(ChildSpec.supervisor("s", below)), QUIET)) {
            keepBusy(Bed.get(tree.supervisor("s")).orElseThrow(), below, release);
            assertThat(tree.subscribe(subscriber)).isNotNull();
            await().atMost(Bed.LONG).until(() -> subscriber.snapshots.get() == 1);
            assertThat(subscriber.fold.present().find("/s").map(Node::details))
                    .hasToString("Optional[{answer=none within 1 s}]");

            release.countDown();

            await().atMost(Bed.LONG)
                    .until(() -> subscriber.fold.present().find("/s/idle").isPresent());
            await().atMost(Bed.LONG).until(() -> subscriber.snapshots.get() == 2);
            assertThat(subscriber.fold.present().top())
                    .isEqualTo(Bed.get(tree.snapshot()).top());
        } finally {
            release.countDown();
        }
    }

    @Test
    void other_work_in_the_pool_that_all_share_holds_up_nobody() {
        CountDownLatch release = new CountDownLatch(1);
        try (SupervisionTree tree = SupervisionTree.start(one(IDLE), QUIET)) {
            int threads = ForkJoinPool.getCommonPoolParallelism() + 1;
            IntStream.range(0, threads).forEach(i -> ForkJoinPool.commonPool().execute(() -> Bed.awaitLatch(release)));

            assertThat(Bed.get(tree.snapshot()).find("/idle")).isPresent();
            assertThat(Bed.get(tree.health()).ready()).isTrue();
        } finally {
            release.countDown();
        }
    }

    // ---- who does not return

    private static SupervisionTree fallsBehind(Following slow, int children) {
        SupervisionTree tree = SupervisionTree.start(SupervisorSpec.simpleOneForOne(TEMPLATE), QUIET);
        assertThat(tree.subscribe(slow)).isNotNull();
        await().atMost(Bed.LONG).until(() -> slow.snapshots.get() == 1);
        for (int i = 0; i < children; i++) {
            assertThat(tree.root().startFromTemplate()).isNotNull();
        }
        await().atMost(Duration.ofMinutes(1))
                .until(() -> Bed.get(tree.root().count()).active() == children);
        return tree;
    }

    @Test
    void who_returns_is_told_anew_how_the_tree_is() {
        Following slow = new Following(1);
        try (SupervisionTree tree = fallsBehind(slow, 12_000)) {
            slow.release.countDown();

            await().atMost(Duration.ofMinutes(1)).until(() -> slow.snapshots.get() == 2);
            assertThat(slow.fold.present().top().children()).hasSize(12_000);
            Bed.get(tree.root().startFromTemplate());
            await().atMost(Bed.LONG)
                    .until(() -> slow.fold.present().top().children().size() == 12_001);
        }
        await().atMost(Bed.LONG).until(() -> !slow.ends.isEmpty());
    }

    @Test
    void who_returns_after_the_end_is_told_of_it() {
        Following slow = new Following(1);
        SupervisionTree tree = fallsBehind(slow, 12_000);
        tree.close();
        assertThat(slow.ends).isEmpty();

        slow.release.countDown();

        await().atMost(Duration.ofMinutes(1)).until(() -> !slow.ends.isEmpty());
        assertThat(slow.ends).hasToString("[closed]");
    }

    @Test
    void who_closes_is_not_waited_for() {
        Following slow = new Following(1);
        SupervisionTree tree = SupervisionTree.start(SupervisorSpec.simpleOneForOne(TEMPLATE), QUIET);
        try {
            TreeSubscription subscription = tree.subscribe(slow);
            await().atMost(Bed.LONG).until(() -> slow.snapshots.get() == 1);
            List<CompletableFuture<?>> starts = new ArrayList<>();
            for (int i = 0; i < 10_100; i++) {
                starts.add(tree.root().startFromTemplate().toCompletableFuture());
            }
            // or it has been given up on already, where so many starts take so long
            await().atMost(Bed.LONG)
                    .until(() -> CallsFromInsideTest.somebodyWaitsForAListener()
                            || starts.get(10_099).isDone());
            subscription.close();

            assertThat(tree.root().count().toCompletableFuture())
                    .succeedsWithin(Duration.ofMillis(4_500))
                    .extracting("active")
                    .isEqualTo(10_100);
        } finally {
            slow.release.countDown();
            tree.close();
        }
    }

    // ---- what is left

    @Test
    void who_has_closed_is_let_go_of() {
        try (SupervisionTree tree = SupervisionTree.start(one(IDLE), QUIET)) {
            List<WeakReference<Following>> closed =
                    IntStream.range(0, 10).mapToObj(i -> closed(tree)).toList();

            await().atMost(Bed.LONG).until(() -> {
                System.gc();
                return closed.stream().allMatch(one -> one.get() == null);
            });
        }
    }

    private static WeakReference<Following> closed(SupervisionTree tree) {
        Following subscriber = new Following(0);
        TreeSubscription subscription = tree.subscribe(subscriber);
        await().atMost(Bed.LONG).until(() -> subscriber.snapshots.get() == 1);
        subscription.close();
        return new WeakReference<>(subscriber);
    }

    @Test
    void when_a_tree_has_ended_is_a_fact() {
        SupervisionTree tree = SupervisionTree.start(one(IDLE), QUIET);
        tree.close();

        Node first = Bed.get(tree.snapshot()).top();

        assertThat(Bed.get(tree.snapshot()).top()).isEqualTo(first);
    }

    @Test
    void a_fold_may_be_looked_at_while_it_is_told() {
        TreeFold page = new TreeFold();
        try (SupervisionTree tree = SupervisionTree.start(SupervisorSpec.simpleOneForOne(TEMPLATE), QUIET)) {
            assertThat(tree.subscribe(page)).isNotNull();
            for (int i = 0; i < 5_000; i++) {
                assertThat(tree.root().startFromTemplate()).isNotNull();
            }
            await().atMost(Bed.LONG)
                    .pollInterval(Duration.ofNanos(1))
                    .until(() -> page.present().top().children().size() == 5_000);
        }
    }
}
