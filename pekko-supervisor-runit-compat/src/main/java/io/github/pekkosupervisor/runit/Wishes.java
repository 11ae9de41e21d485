package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What has been wished for of one service directory from Java, and is not so yet. Belongs to its runsv, and to the next
 * one if that fails; who wishes puts it in from any thread.
 */
final class Wishes {

    private final Queue<Waiting> come = new ConcurrentLinkedQueue<>();

    /** Those that have not been obeyed. */
    private final Deque<Letter> letters = new ArrayDeque<>(1);

    private final List<Waiting> waiting = new ArrayList<>();

    /**
     * One that is to be obeyed.
     *
     * @param of the wish that it is of; null if a byte of the FIFO
     */
    private record Letter(char letter, @Nullable Waiting of) {}

    private static final class Waiting {
        final Wish wish;
        final CompletableFuture<Void> reached;
        int unobeyed;

        /** How it stood when the first of its letters was obeyed: what ran before is not what the wish led to. */
        @Nullable
        ServiceStatus before;

        Waiting(Wish wish, CompletableFuture<Void> reached) {
            this.wish = wish;
            this.reached = reached;
            this.unobeyed = wish.letters().length();
        }

        boolean isSo(RunsvState state) {
            return unobeyed == 0 && before != null && wish.goal().isReached(before, state);
        }
    }

    /**
     * One more; whoever is at work is to be told that there is one. From any thread.
     *
     * @param reached completes when it is so; who has given it up completes it himself
     */
    void add(Wish wish, CompletableFuture<Void> reached) {
        come.add(new Waiting(wish, reached));
    }

    /** A byte of the FIFO that came while another one waits to be obeyed. */
    void put(char letter) {
        letters.add(new Letter(letter, null));
    }

    /** Whether there is something to be obeyed. */
    boolean areAny() {
        take();
        return !letters.isEmpty();
    }

    /** The next letter, if the service has nothing else to do. */
    Optional<Character> next(RunsvState state) {
        boolean isIdle = state.service().busy() == RunsvState.Busy.NO
                && state.service().heard().isEmpty();
        if (!isIdle || state.exited() || !areAny() || isPutOff(state)) {
            return Optional.empty();
        }
        Letter next = letters.remove();
        Waiting of = next.of();
        if (of != null) {
            of.before = of.before == null ? state.service().status() : of.before;
            of.unobeyed--;
        }
        return Optional.of(next.letter());
    }

    /**
     * What is on its way down is not what is to run once. It is waited for, unless somebody wants something else then:
     * that it is killed, for example.
     */
    private boolean isPutOff(RunsvState state) {
        ServiceStatus now = state.service().status();
        boolean goesDown = now.state() == State.FINISH || (now.state() == State.RUN && now.gotTerm());
        Waiting of = letters.element().of();
        return goesDown && letters.size() == 1 && of != null && of.wish.equals(Wish.ONCE);
    }

    private void take() {
        for (Waiting one = come.poll(); one != null; one = come.poll()) {
            Waiting wanted = one;
            wanted.wish.letters().chars().forEach(letter -> letters.add(new Letter((char) letter, wanted)));
            waiting.add(wanted);
        }
    }

    /** Tells those whose wish has been granted. */
    void look(RunsvState state) {
        if (waiting.isEmpty() || state.service().heard().isPresent()) {
            return;
        }
        waiting.removeIf(one -> {
            if (one.isSo(state)) {
                one.reached.complete(null);
            }
            return one.reached.isDone();
        });
    }

    /** There is nobody any more who would obey. */
    void end(RunsvState state) {
        look(state);
        refuse("its supervision has ended");
    }

    /** Nobody can obey those that have come. */
    void refuse(String why) {
        take();
        letters.clear();
        waiting.forEach(one -> one.reached.completeExceptionally(NotObeyedException.nobody(why)));
        waiting.clear();
    }
}
