package io.github.pekkosupervisor.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class InTurnTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Runnable> looks = new ConcurrentLinkedQueue<>();

    /** Looks when the test does: a thread may get no processor for longer than a task may take. */
    private final InTurn inTurn = new InTurn(threads, looks::add);

    private void look() {
        Runnable next = looks.poll();
        if (next != null) {
            next.run();
        }
    }

    @AfterEach
    void end_threads() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void tasks_run_one_after_another_in_order() {
        List<Integer> order = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> last = new CompletableFuture<>();
        for (int i = 0; i < 5_000; i++) {
            int number = i;
            inTurn.execute(() -> order.add(number));
        }
        inTurn.execute(() -> last.complete(null));

        last.orTimeout(20, TimeUnit.SECONDS).join();

        assertThat(order).hasSize(5_000).isSorted();
    }

    @Test
    void who_waits_for_a_later_one_does_not_hold_it_up() {
        CompletableFuture<String> waited = new CompletableFuture<>();
        CompletableFuture<String> later = new CompletableFuture<>();
        inTurn.execute(
                () -> waited.complete(later.orTimeout(20, TimeUnit.SECONDS).join()));

        inTurn.execute(() -> later.complete("told"));
        await().until(() -> {
            look();
            return later.isDone();
        });

        assertThat(waited.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo("told");
    }

    @Test
    void it_looks_by_itself() {
        CompletableFuture<String> waited = new CompletableFuture<>();
        CompletableFuture<String> later = new CompletableFuture<>();
        InTurn itself = new InTurn(threads);
        itself.execute(
                () -> waited.complete(later.orTimeout(20, TimeUnit.SECONDS).join()));

        itself.execute(() -> later.complete("told"));

        assertThat(waited.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo("told");
    }

    @Test
    void who_is_left_to_himself_takes_no_further_turn() throws InterruptedException {
        List<String> order = new CopyOnWriteArrayList<>();
        CountDownLatch hangs = new CountDownLatch(1);
        CompletableFuture<Void> over = new CompletableFuture<>();
        inTurn.execute(() -> {
            try {
                hangs.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            order.add("slow");
            over.complete(null);
        });
        inTurn.execute(() -> order.add("next"));
        await().until(() -> {
            look();
            return order.contains("next");
        });
        hangs.countDown();
        over.orTimeout(20, TimeUnit.SECONDS).join();

        inTurn.execute(() -> order.add("last"));

        await().until(() -> order.size() == 3);
        assertThat(order).containsExactly("next", "slow", "last");
    }
}
