package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What has been wished for of one service directory from Java, and is not so yet. Belongs to its runsv. */
final class Wishes {

    /** Those that have not been obeyed. */
    private final Deque<Character> letters = new ArrayDeque<>();

    private final List<Waiting> waiting = new ArrayList<>();

    private record Waiting(Wish wish, ServiceStatus before, CompletableFuture<Void> reached) {}

    /**
     * One more.
     *
     * @param reached completes when it is so; who has given it up completes it himself
     */
    void add(Wish wish, CompletableFuture<Void> reached, RunsvState state) {
        wish.letters().chars().forEach(letter -> letters.add((char) letter));
        waiting.add(new Waiting(wish, state.service().status(), reached));
    }

    /** A byte of the FIFO that came while another one waits to be obeyed. */
    void put(char letter) {
        letters.add(letter);
    }

    /** The next letter, if the service has nothing else to do. */
    Optional<Character> next(RunsvState state) {
        boolean isIdle = state.service().busy() == RunsvState.Busy.NO
                && state.service().heard().isEmpty();
        return isIdle && !state.exited() ? Optional.ofNullable(letters.poll()) : Optional.empty();
    }

    /** Tells those whose wish has been granted. */
    void look(RunsvState state) {
        if (waiting.isEmpty() || !letters.isEmpty() || state.service().heard().isPresent()) {
            return;
        }
        waiting.removeIf(one -> {
            if (one.wish().goal().isReached(one.before(), state)) {
                one.reached().complete(null);
            }
            return one.reached().isDone();
        });
    }

    /** There is nobody any more who would obey. */
    void end(RunsvState state) {
        letters.clear();
        look(state);
        waiting.forEach(
                one -> one.reached().completeExceptionally(NotObeyedException.nobody("its supervision has ended")));
        waiting.clear();
    }
}
