package io.github.pekkosupervisor.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.protocol.TreeSubscriber;
import io.github.pekkosupervisor.spec.ExitReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What a subscription makes of a look that fails: of a tree that is scripted. */
final class SubscriptionLooksTest {

    private static final TreeSnapshot PRESENT = snapshot(State.RUNNING);
    private static final TreeSnapshot LAST = snapshot(State.STOPPED);
    private static final TreeEnd END = new TreeEnd.Closed(ExitReason.shutdown());

    private final List<Object> told = new CopyOnWriteArrayList<>();
    private final Audience audience =
            new Audience(new TreeIdentity(TreeClock.system()), Runnable::run, System::nanoTime, List.of());

    /** Answers one look after the other. */
    private final Deque<CompletableFuture<TreeSnapshot>> looks = new ArrayDeque<>();

    private final CompletableFuture<TreeSnapshot> atTheEnd = new CompletableFuture<>();

    private final Subscription.Sight sight = new Subscription.Sight() {
        @Override
        public CompletionStage<TreeSnapshot> look(Subscription subscription, Duration patience) {
            return looks.remove();
        }

        @Override
        public CompletionStage<TreeSnapshot> atTheEnd() {
            return atTheEnd;
        }
    };

    private final TreeSubscriber subscriber = new TreeSubscriber() {
        @Override
        public void snapshot(TreeSnapshot present) {
            told.add(present);
        }

        @Override
        public void event(TreeEvent event) {
            told.add(event);
        }

        @Override
        public void ended(TreeEnd end) {
            told.add(end);
        }
    };

    private static TreeSnapshot snapshot(State state) {
        return new TreeSnapshot(Instant.EPOCH, Node.of("/", "supervisor", state));
    }

    @Test
    void a_look_that_fails_is_not_taken_for_the_end_and_is_made_again() {
        CompletableFuture<TreeSnapshot> second = new CompletableFuture<>();
        looks.add(CompletableFuture.failedFuture(new IllegalStateException("planted")));
        looks.add(second);

        try (Subscription subscription = Subscription.to(audience, subscriber, sight)) {
            assertThat(told).isEmpty();
            assertThat(atTheEnd.getNumberOfDependents()).isZero();
            second.complete(PRESENT);

            await().atMost(Bed.LONG).untilAsserted(() -> assertThat(told).containsExactly(PRESENT));
            assertThat(subscription).isNotNull();
        }
    }

    /** It is found out by the next look that nothing is left. */
    @Test
    void a_tree_that_ends_after_a_look_has_failed_is_told_all_the_same() {
        looks.add(CompletableFuture.failedFuture(new IllegalStateException("planted")));
        looks.add(CompletableFuture.failedFuture(new SupervisorRef.GoneException("/")));
        atTheEnd.complete(LAST);

        try (Subscription subscription = Subscription.to(audience, subscriber, sight)) {
            audience.ends(END);

            await().atMost(Bed.LONG).untilAsserted(() -> assertThat(told).containsExactly(LAST, END));
            assertThat(subscription).isNotNull();
        }
    }

    @Test
    void of_a_tree_whose_top_is_gone_the_end_is_awaited_and_told() {
        looks.add(CompletableFuture.failedFuture(new SupervisorRef.GoneException("/")));

        try (Subscription subscription = Subscription.to(audience, subscriber, sight)) {
            assertThat(told).isEmpty();
            audience.ends(END);
            atTheEnd.complete(LAST);

            assertThat(told).containsExactly(LAST, END);
            assertThat(subscription).isNotNull();
        }
    }
}
