package io.github.pekkosupervisor.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HandOverPoolTest {

    private final AtomicReference<Throwable> thrown = new AtomicReference<>();
    private final HandOverPool pool = new HandOverPool(new ForkJoinPool(
            2, ForkJoinPool.defaultForkJoinWorkerThreadFactory, (thread, problem) -> thrown.set(problem), true));

    @AfterEach
    void shut_down() throws InterruptedException {
        pool.shutdown();
        assertThat(pool.awaitTermination(40, SECONDS)).isTrue();
    }

    @Test
    void task_that_waits_for_nobody_goes_on_with_what_it_has_made_ready() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        List<String> order = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(1);

        pool.execute(() -> {
            HandOver.keep();
            pool.execute(() -> {
                threads.add(Thread.currentThread());
                order.add("next");
                done.countDown();
            });
            threads.add(Thread.currentThread());
            order.add("first");
        });

        assertThat(done.await(40, SECONDS)).isTrue();
        assertThat(order).containsExactly("first", "next");
        assertThat(threads.get(1)).isSameAs(threads.get(0));
    }

    @Test
    void every_other_task_may_wait_for_what_it_has_made_ready() throws InterruptedException {
        CountDownLatch seen = new CountDownLatch(1);

        pool.execute(() -> {
            CountDownLatch other = new CountDownLatch(1);
            pool.execute(other::countDown);
            if (reached(other)) {
                seen.countDown();
            }
        });

        assertThat(seen.await(40, SECONDS)).isTrue();
    }

    /** The next task that is kept by the same thread is one that may wait, too. */
    @Test
    void that_it_waits_for_nobody_ends_with_the_task() throws InterruptedException {
        CountDownLatch seen = new CountDownLatch(1);

        pool.execute(() -> {
            HandOver.keep();
            pool.execute(() -> {
                CountDownLatch other = new CountDownLatch(1);
                pool.execute(other::countDown);
                if (reached(other)) {
                    seen.countDown();
                }
            });
        });

        assertThat(seen.await(40, SECONDS)).isTrue();
    }

    @Test
    void what_was_kept_is_left_to_others_before_the_task_waits() throws InterruptedException {
        CountDownLatch seen = new CountDownLatch(1);

        pool.execute(() -> {
            CountDownLatch other = new CountDownLatch(1);
            HandOver.keep();
            pool.execute(other::countDown);
            HandOver.keepNot();
            if (reached(other)) {
                seen.countDown();
            }
        });

        assertThat(seen.await(40, SECONDS)).isTrue();
    }

    @Test
    void what_is_quick_runs_before_the_task_waits_and_what_it_makes_ready_is_left_to_others()
            throws InterruptedException {
        AtomicReference<Thread> first = new AtomicReference<>();
        AtomicReference<Thread> quick = new AtomicReference<>();
        ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
        CountDownLatch seen = new CountDownLatch(1);

        pool.execute(() -> {
            CountDownLatch other = new CountDownLatch(1);
            first.set(Thread.currentThread());
            HandOver.keepQuick();
            pool.execute(() -> {
                HandOver.keep();
                quick.set(Thread.currentThread());
                order.add("quick");
                pool.execute(other::countDown);
            });
            order.add("first");
            HandOver.keepNot();
            order.add("then");
            if (reached(other)) {
                seen.countDown();
            }
        });

        assertThat(seen.await(40, SECONDS)).isTrue();
        assertThat(quick.get()).isSameAs(first.get());
        assertThat(order).containsExactly("first", "quick", "then");
    }

    /** One that always makes itself ready anew; what is queued on its thread must have its turn all the same. */
    @Test
    void endless_chain_lets_others_have_their_turn() throws InterruptedException {
        HandOverPool single =
                new HandOverPool(new ForkJoinPool(1, ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, true));
        CountDownLatch turn = new CountDownLatch(1);
        try {
            single.execute(() -> {
                HandOver.keep();
                single.execute(new Ping(single, turn));
                single.execute(turn::countDown);
            });

            assertThat(turn.await(40, SECONDS)).isTrue();
        } finally {
            single.shutdown();
        }
    }

    private record Ping(HandOverPool on, CountDownLatch turn) implements Runnable {
        @Override
        public void run() {
            if (turn.getCount() > 0) {
                HandOver.keep();
                on.execute(new Ping(on, turn));
            }
        }
    }

    @Test
    void thread_of_another_executor_keeps_nothing() throws InterruptedException {
        CountDownLatch seen = new CountDownLatch(1);
        HandOverExecutor others = new HandOverExecutor(1, Thread::new);
        try {
            pool.execute(() -> {
                HandOver.keep();
                CountDownLatch other = new CountDownLatch(1);
                others.execute(other::countDown);
                if (reached(other)) {
                    seen.countDown();
                }
            });

            assertThat(seen.await(40, SECONDS)).isTrue();
        } finally {
            others.shutdown();
        }
    }

    @Test
    void nothing_is_lost_when_a_task_throws() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);

        pool.execute(() -> {
            HandOver.keep();
            pool.execute(done::countDown);
            throw new IllegalStateException("on purpose");
        });

        assertThat(done.await(40, SECONDS)).isTrue();
        await().untilAsserted(() -> assertThat(thrown.get()).hasMessage("on purpose"));
    }

    @Test
    void what_is_kept_is_done_at_the_end_and_nothing_is_taken_after_that() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch shut = new CountDownLatch(1);
        AtomicBoolean done = new AtomicBoolean();
        pool.execute(() -> {
            HandOver.keep();
            pool.execute(() -> done.set(true));
            begun.countDown();
            reached(shut);
        });
        assertThat(begun.await(40, SECONDS)).isTrue();

        pool.shutdown();
        shut.countDown();

        assertThat(pool.awaitTermination(40, SECONDS)).isTrue();
        assertThat(done).isTrue();
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> pool.execute(() -> {}));
    }

    private static boolean reached(CountDownLatch latch) {
        try {
            return latch.await(40, SECONDS);
        } catch (InterruptedException e) {
            return Assertions.fail("interrupted", e);
        }
    }
}
