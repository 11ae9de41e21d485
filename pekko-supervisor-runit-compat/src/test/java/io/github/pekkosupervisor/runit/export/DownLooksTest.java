package io.github.pekkosupervisor.runit.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class DownLooksTest {

    private final List<Runnable> tasks = new ArrayList<>();
    private final AtomicInteger late = new AtomicInteger();
    private final List<Throwable> failures = new ArrayList<>();

    private DownLooks looks(Duration limit) {
        return new DownLooks(tasks::add, limit, late::incrementAndGet, failures::add);
    }

    private static boolean answer(CompletableFuture<Boolean> look) throws Exception {
        return look.get(30, TimeUnit.SECONDS);
    }

    @Test
    void they_are_answered_in_turn_by_one_task() throws Exception {
        DownLooks looks = looks(Duration.ofSeconds(30));
        CompletableFuture<Boolean> first = looks.look(() -> true);
        CompletableFuture<Boolean> second = looks.look(() -> false);
        assertThat(first).isNotDone();

        assertThat(tasks).hasSize(1);
        tasks.remove(0).run();

        assertThat(answer(first)).isTrue();
        assertThat(answer(second)).isFalse();
        assertThat(late).hasValue(0);
    }

    /** The task that is never run is the file system that does not answer. */
    @Test
    void who_does_not_answer_in_time_has_no_file_and_is_not_waited_for_again() throws Exception {
        DownLooks looks = looks(Duration.ofMillis(20));

        assertThat(answer(looks.look(() -> true))).isFalse();
        assertThat(looks.look(() -> true)).isCompletedWithValue(false);
        assertThat(tasks).hasSize(1);
        assertThat(late).hasValue(1);
    }

    @Test
    void when_it_answers_again_it_is_asked_again() throws Exception {
        DownLooks looks = looks(Duration.ofSeconds(1));
        CompletableFuture<Boolean> stuck = looks.look(() -> {
            // answered late by a file system that has hung
            assertThat(looks.look(() -> true).join()).isFalse();
            assertThat(looks.look(() -> true)).isCompletedWithValue(false);
            return true;
        });

        tasks.remove(0).run();
        assertThat(answer(stuck)).isFalse();
        assertThat(late).hasValue(1);
        boolean isAnswered = false;
        for (int i = 0; i < 20 && !isAnswered; i++) {
            // this thread may be held up for longer than the limit, which is as good as a file system that hangs
            CompletableFuture<Boolean> next = looks.look(() -> true);
            tasks.remove(0).run();
            isAnswered = answer(next);
        }

        assertThat(isAnswered).isTrue();
    }

    static Stream<Throwable> failures() {
        return Stream.of(
                new IllegalStateException("as it was told"),
                new NoClassDefFoundError("as it was told"),
                new OutOfMemoryError("as it was told"),
                new StackOverflowError());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void one_that_fails_has_no_file_and_those_after_it_are_looked_for(Throwable failure) throws Exception {
        DownLooks looks = looks(Duration.ofSeconds(30));
        CompletableFuture<Boolean> first = looks.look(() -> fail(failure));
        CompletableFuture<Boolean> second = looks.look(() -> true);

        tasks.remove(0).run();

        assertThat(answer(first)).isFalse();
        assertThat(answer(second)).isTrue();
        assertThat(failures).containsExactly(failure);
        CompletableFuture<Boolean> next = looks.look(() -> true);
        tasks.remove(0).run();
        assertThat(answer(next)).isTrue();
        assertThat(late).hasValue(0);
    }

    private static boolean fail(Throwable with) {
        if (with instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) with;
    }

    @Test
    void where_nobody_can_look_no_file_is_there() throws Exception {
        DownLooks looks = new DownLooks(
                task -> {
                    throw new RejectedExecutionException("as it was told");
                },
                Duration.ofSeconds(30),
                late::incrementAndGet,
                failures::add);

        assertThat(answer(looks.look(() -> true))).isFalse();
        assertThat(answer(looks.look(() -> true))).isFalse();
        assertThat(failures).hasSize(2);
        assertThat(late).hasValue(0);
    }

    @Test
    void one_who_tells_of_a_failure_and_fails_is_no_failure() throws Exception {
        DownLooks looks = new DownLooks(tasks::add, Duration.ofSeconds(30), late::incrementAndGet, failure -> {
            throw new OutOfMemoryError("as it was told");
        });
        CompletableFuture<Boolean> first = looks.look(() -> fail(new IllegalStateException("as it was told")));
        CompletableFuture<Boolean> second = looks.look(() -> true);

        tasks.remove(0).run();

        assertThat(answer(first)).isFalse();
        assertThat(answer(second)).isTrue();
    }
}
