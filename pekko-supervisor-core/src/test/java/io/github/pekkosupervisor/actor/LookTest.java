package io.github.pekkosupervisor.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What a look makes of those who answer when it is over, and before what was seen has been put together. */
final class LookTest {

    private static final Duration SHORT = Duration.ofMillis(1);
    private static final Duration HOUR = Duration.ofHours(1);

    /** Of whoever puts it together, when the test says so. */
    private final Queue<Runnable> later = new ConcurrentLinkedQueue<>();

    private static Node supervisor(String path) {
        return Node.of(path, "supervisor", State.RUNNING);
    }

    private static Look look(Duration withTop, Duration withOthers) {
        return new Look("top", new Look.Terms(path -> {}, Optional.of(withTop), withOthers, Optional.empty()));
    }

    private void awaitEnd() {
        await().until(() -> !later.isEmpty());
    }

    private void putTogether() {
        later.forEach(Runnable::run);
    }

    private static void answersWithOneBelow(Look look) {
        look.is("top", supervisor("/"), List.of(supervisor("/s")), List.of("s"));
    }

    private static Node below(CompletableFuture<Optional<Node>> seen) {
        return seen.join().orElseThrow().children().get(0);
    }

    @Test
    void who_answers_too_late_is_not_taken_for_one_without_children() {
        Look look = look(HOUR, SHORT);
        CompletableFuture<Optional<Node>> seen = look.seen(later::add);
        answersWithOneBelow(look);
        awaitEnd();

        look.is("s", supervisor("/s"), List.of(supervisor("/s/t")), List.of("t"));
        putTogether();

        assertThat(below(seen).details()).containsEntry("answer", "none within 1 ms");
        assertThat(below(seen).ready()).isFalse();
    }

    @Test
    void who_has_ended_meanwhile_is_seen_as_it_was_known() {
        Look look = look(HOUR, SHORT);
        CompletableFuture<Optional<Node>> seen = look.seen(later::add);
        answersWithOneBelow(look);
        awaitEnd();

        look.gone("s");
        putTogether();

        assertThat(below(seen)).isEqualTo(supervisor("/s"));
    }

    @Test
    void a_top_that_answers_too_late_is_not_taken_for_gone() {
        Look look = look(SHORT, SHORT);
        CompletableFuture<Optional<Node>> seen = look.seen(later::add);
        awaitEnd();

        answersWithOneBelow(look);
        putTogether();

        assertThat(seen)
                .failsWithin(Bed.LONG)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(TimeoutException.class);
    }
}
