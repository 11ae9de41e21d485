package io.github.pekkosupervisor.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeFold;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.protocol.TreeSubscriber;
import io.github.pekkosupervisor.protocol.TreeSubscription;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who subscribes is told how the tree is and then what happens: no gap, and nothing twice. */
final class SubscriptionTest {

    private static final SupervisionTree.Options QUIET =
            SupervisionTree.Options.defaults().withLogging(false);

    private static final int SUBSCRIBERS = 5;

    private static ChildSpec worker(String id) {
        Behavior<Object> behavior = Behaviors.receiveMessage(any -> {
            throw new IllegalStateException("of the storm");
        });
        return ChildSpec.actor(id, behavior);
    }

    /** Restarts without end at the top; those below give up again and again, and take all below them along. */
    private static SupervisorSpec stormy() {
        SupervisorSpec last = SupervisorSpec.restForOne()
                .withIntensity(2, Duration.ofSeconds(1))
                .withChildren(List.of(worker("x"), worker("y")));
        SupervisorSpec second = SupervisorSpec.oneForAll()
                .withIntensity(3, Duration.ofSeconds(1))
                .withChildren(List.of(worker("c"), ChildSpec.supervisor("t", last), worker("d")));
        return SupervisorSpec.oneForOne()
                .withIntensity(1_000_000, Duration.ofHours(1))
                .withChildren(List.of(worker("a"), ChildSpec.supervisor("s", second), worker("b")));
    }

    private static final List<List<String>> WORKERS = List.of(
            List.of("a"),
            List.of("b"),
            List.of("s", "c"),
            List.of("s", "d"),
            List.of("s", "t", "x"),
            List.of("s", "t", "y"));

    /** What a fold and a snapshot have to agree on; not how many restarts are left in a window that goes on. */
    private static List<String> lines(TreeSnapshot snapshot) {
        List<String> lines = new ArrayList<>();
        List<Node> left = new ArrayList<>(List.of(snapshot.top()));
        while (!left.isEmpty()) {
            Node node = left.remove(0);
            lines.add(node.path() + " " + node.kind() + " " + node.state() + " " + node.ready() + " "
                    + node.incarnation() + " " + node.since() + " " + node.restarts() + " "
                    + node.lastExit().map(TreeSnapshot.LastExit::reason) + " "
                    + node.supervision().map(TreeSnapshot.Supervision::strategy));
            left.addAll(node.children());
        }
        return lines;
    }

    private static boolean isAtRest(TreeSnapshot snapshot) {
        List<Node> left = new ArrayList<>(List.of(snapshot.top()));
        while (!left.isEmpty()) {
            Node node = left.remove(0);
            if (node.state() != State.RUNNING) {
                return false;
            }
            left.addAll(node.children());
        }
        return true;
    }

    /** A fold, and how often and with what it was begun and ended. */
    private static class Folding implements TreeSubscriber {
        private final TreeFold fold = new TreeFold();
        final AtomicInteger snapshots = new AtomicInteger();
        final List<TreeEnd> ends = new CopyOnWriteArrayList<>();

        @Override
        public synchronized void snapshot(TreeSnapshot present) {
            snapshots.incrementAndGet();
            fold.snapshot(present);
        }

        @Override
        public synchronized void event(TreeEvent event) {
            fold.event(event);
        }

        @Override
        public void ended(TreeEnd end) {
            ends.add(end);
        }

        synchronized List<String> lines() {
            return SubscriptionTest.lines(fold.present());
        }
    }

    private static final class Storm {
        private final SupervisionTree tree;
        private final Random random;
        private final List<ActorRef<Object>> workers;

        Storm(SupervisionTree tree, long seed) {
            this.tree = tree;
            this.random = new Random(seed);
            this.workers = WORKERS.stream()
                    .map(path -> tree.ref(Object.class, path.toArray(String[]::new)))
                    .toList();
        }

        void blow(int messages) {
            for (int i = 0; i < messages; i++) {
                workers.get(random.nextInt(workers.size())).tell("crash");
                if (random.nextInt(8) == 0) {
                    // lets some of it happen
                    Bed.get(tree.root().count());
                }
            }
        }

        /**
         * With what a snapshot says. That is asked for again and again: a message may still be on its way to its child
         * when all looks as if it were over.
         */
        void ends(Folding subscriber) {
            await().atMost(Bed.LONG).untilAsserted(() -> {
                TreeSnapshot present = Bed.get(tree.snapshot());
                assertThat(isAtRest(present)).isTrue();
                assertThat(subscriber.lines()).isEqualTo(lines(present));
            });
        }
    }

    static List<Long> seeds() {
        return IntStream.range(0, 40).mapToObj(i -> 0x5eedL + i * 7919L).toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void who_comes_in_the_midst_of_a_storm_ends_with_what_a_snapshot_says(long seed) {
        List<Folding> subscribers =
                IntStream.range(0, SUBSCRIBERS).mapToObj(i -> new Folding()).toList();
        try (SupervisionTree tree = SupervisionTree.start(stormy(), QUIET)) {
            Storm storm = new Storm(tree, seed);

            for (Folding subscriber : subscribers) {
                storm.blow(60);
                assertThat(tree.subscribe(subscriber)).isNotNull();
            }
            storm.blow(60);

            assertThat(subscribers).allSatisfy(storm::ends);
            assertThat(subscribers).allSatisfy(one -> assertThat(one.snapshots).hasValue(1));
        }
    }

    /** A gap, or something told twice, would be seen by the comparison above. */
    @ParameterizedTest(name = "told {0} times")
    @ValueSource(ints = {0, 2})
    void a_planted_gap_and_a_planted_double_are_reported(int times) {
        AtomicInteger planted = new AtomicInteger();
        Folding liar = new Folding() {
            @Override
            public synchronized void event(TreeEvent event) {
                boolean isIt = event instanceof SupervisorEvent.ChildStarted started
                        && started.child().id().equals("a")
                        && planted.getAndIncrement() == 0;
                IntStream.range(0, isIt ? times : 1).forEach(i -> super.event(event));
            }
        };
        Folding honest = new Folding();
        try (SupervisionTree tree = SupervisionTree.start(stormy(), QUIET)) {
            assertThat(tree.subscribe(liar)).isNotNull();
            assertThat(tree.subscribe(honest)).isNotNull();
            Storm storm = new Storm(tree, 1);

            storm.blow(100);
            await().atMost(Bed.LONG).until(() -> {
                tree.ref(Object.class, "a").tell("crash");
                return planted.get() > 1;
            });

            storm.ends(honest);
            assertThat(liar.lines()).isNotEqualTo(honest.lines());
        }
    }

    @Test
    void the_end_of_the_tree_is_heard_and_is_the_last() {
        Folding subscriber = new Folding();
        SupervisionTree tree = SupervisionTree.start(stormy(), QUIET);
        assertThat(tree.subscribe(subscriber)).isNotNull();

        tree.close();

        await().atMost(Bed.LONG).until(() -> !subscriber.ends.isEmpty());
        assertThat(subscriber.ends).hasToString("[closed]");
        assertThat(subscriber.lines().get(0)).startsWith("/ supervisor STOPPED false");
    }

    @Test
    void who_comes_after_the_end_is_told_of_it() {
        Folding subscriber = new Folding();
        SupervisionTree tree = SupervisionTree.start(stormy(), QUIET);
        tree.close();

        assertThat(tree.subscribe(subscriber)).isNotNull();

        await().atMost(Bed.LONG).until(() -> !subscriber.ends.isEmpty());
        assertThat(subscriber.snapshots).hasValue(1);
        assertThat(subscriber.lines().get(0)).startsWith("/ supervisor STOPPED false");
    }

    @Test
    void who_has_closed_hears_no_more_and_others_do() {
        Folding closes = new Folding();
        Folding stays = new Folding();
        try (SupervisionTree tree = SupervisionTree.start(stormy(), QUIET)) {
            TreeSubscription subscription = tree.subscribe(closes);
            assertThat(tree.subscribe(stays)).isNotNull();
            await().atMost(Bed.LONG).until(() -> closes.snapshots.get() == 1);
            List<String> before = closes.lines();

            subscription.close();
            Storm storm = new Storm(tree, 3);
            storm.blow(20);
            await().atMost(Bed.LONG)
                    .untilAsserted(() -> assertThat(stays.lines()).isNotEqualTo(before));

            storm.ends(stays);
            assertThat(closes.lines()).isEqualTo(before);
        }
        assertThat(closes.ends).isEmpty();
    }

    /**
     * As a listener that does not return. How long one that is far behind is waited for: {@link SubscriptionGapsTest}.
     */
    @Test
    void one_that_is_stuck_keeps_neither_the_tree_nor_other_subscribers() {
        CountDownLatch release = new CountDownLatch(1);
        Folding stuck = new Folding() {
            @Override
            public synchronized void snapshot(TreeSnapshot present) {
                Bed.awaitLatch(release);
            }
        };
        Folding other = new Folding();
        try (SupervisionTree tree = SupervisionTree.start(stormy(), QUIET)) {
            assertThat(tree.subscribe(stuck)).isNotNull();
            assertThat(tree.subscribe(other)).isNotNull();
            Storm storm = new Storm(tree, 4);
            storm.blow(50);

            storm.ends(other);
        } finally {
            release.countDown();
        }
    }
}
