package io.github.pekkosupervisor.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class HandOverExecutorTest {

    private final AtomicReference<Throwable> thrown = new AtomicReference<>();
    private final HandOverExecutor executor = new HandOverExecutor(2, task -> {
        Thread thread = new Thread(task, "hand-over");
        thread.setUncaughtExceptionHandler((of, problem) -> thrown.set(problem));
        return thread;
    });

    @AfterEach
    void shut_down() throws InterruptedException {
        executor.shutdown();
        assertThat(executor.awaitTermination(40, SECONDS)).isTrue();
    }

    @Test
    void the_first_that_is_made_ready_follows_on_the_same_thread_and_not_before() throws InterruptedException {
        ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
        AtomicReference<Thread> first = new AtomicReference<>();
        AtomicReference<Thread> next = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);

        executor.execute(() -> {
            first.set(Thread.currentThread());
            executor.execute(() -> {
                next.set(Thread.currentThread());
                order.add("next");
                done.countDown();
            });
            order.add("first");
        });

        assertThat(done.await(40, SECONDS)).isTrue();
        assertThat(next.get()).isSameAs(first.get());
        assertThat(order).containsExactly("first", "next");
    }

    @Test
    void the_second_that_is_made_ready_does_not_wait() throws InterruptedException {
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch seen = new CountDownLatch(1);

        executor.execute(() -> {
            executor.execute(() -> {});
            executor.execute(second::countDown);
            if (reached(second)) {
                seen.countDown();
            }
        });

        assertThat(seen.await(40, SECONDS)).isTrue();
    }

    /** Two that always make each other ready, on each thread; the fifth must have its turn all the same. */
    @Test
    void endless_chains_let_others_have_their_turn() throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(2);
        CountDownLatch turn = new CountDownLatch(1);
        for (int i = 0; i < 2; i++) {
            executor.execute(new Ping(turn, ended));
        }

        executor.execute(turn::countDown);

        assertThat(turn.await(40, SECONDS)).isTrue();
        assertThat(ended.await(40, SECONDS)).isTrue();
    }

    private final class Ping implements Runnable {
        private final CountDownLatch turn;
        private final CountDownLatch ended;

        Ping(CountDownLatch turn, CountDownLatch ended) {
            this.turn = turn;
            this.ended = ended;
        }

        @Override
        public void run() {
            if (turn.getCount() == 0) {
                ended.countDown();
            } else {
                executor.execute(new Ping(turn, ended));
            }
        }
    }

    @Test
    void a_task_that_wants_to_run_again_goes_to_the_end_of_the_queue() throws InterruptedException {
        HandOverExecutor single = new HandOverExecutor(1, Thread::new);
        ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
        CountDownLatch queued = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(3);
        AtomicInteger runs = new AtomicInteger();
        single.execute(new Runnable() {
            @Override
            public void run() {
                reached(queued);
                order.add("again");
                if (runs.incrementAndGet() < 2) {
                    single.execute(this);
                }
                done.countDown();
            }
        });
        single.execute(() -> {
            order.add("other");
            done.countDown();
        });

        queued.countDown();

        assertThat(done.await(40, SECONDS)).isTrue();
        assertThat(order).containsExactly("again", "other", "again");
        single.shutdown();
    }

    /** Makes so many threads and is refused more, as by a limit of the system. */
    private static ThreadFactory most(int threads) {
        AtomicInteger left = new AtomicInteger(threads);
        return task -> {
            if (left.getAndDecrement() <= 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return new Thread(task, "few");
        };
    }

    static Stream<ExecutorService> pools() {
        return Stream.of(new HandOverExecutor(3, most(1)), new SteadyExecutor(3, most(1)));
    }

    @ParameterizedTest
    @MethodSource("pools")
    void those_threads_that_there_are_do_it_all(ExecutorService few) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(100);

        for (int i = 0; i < 100; i++) {
            few.execute(done::countDown);
        }

        assertThat(done.await(40, SECONDS)).isTrue();
        few.shutdown();
    }

    @Test
    void without_any_thread_there_is_nothing_to_do() {
        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> new SteadyExecutor(2, most(0)));
    }

    @Test
    void nothing_is_lost_when_tasks_throw() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(2);

        executor.execute(() -> {
            executor.execute(() -> {
                executor.execute(done::countDown);
                throw new IllegalStateException("the next one");
            });
            executor.execute(done::countDown);
            throw new IllegalStateException("the first one");
        });

        assertThat(done.await(40, SECONDS)).isTrue();
        await().until(() -> thrown.get() instanceof IllegalStateException);
    }

    @Test
    void what_is_kept_is_done_at_the_end_and_nothing_is_taken_after_that() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch shut = new CountDownLatch(1);
        CountDownLatch kept = new CountDownLatch(1);
        AtomicReference<List<Object>> refused = new AtomicReference<>(List.of());
        executor.execute(() -> {
            executor.execute(kept::countDown);
            begun.countDown();
            reached(shut);
            refused.set(List.of(Assertions.catchThrowable(() -> executor.execute(() -> {}))));
        });
        assertThat(begun.await(40, SECONDS)).isTrue();

        executor.shutdown();
        shut.countDown();

        assertThat(kept.await(40, SECONDS)).isTrue();
        assertThat(refused.get()).singleElement().isInstanceOf(RejectedExecutionException.class);
    }

    private static boolean reached(CountDownLatch latch) {
        try {
            return latch.await(40, SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
