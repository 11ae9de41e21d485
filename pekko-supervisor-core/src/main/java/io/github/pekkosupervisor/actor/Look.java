package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One look at a tree: gathers what the places that are asked say, and is over when all have answered or are gone, or
 * when the patience with them is over. Who is gone, or does not answer, is seen as its supervisor knows it. May be used
 * from any thread.
 */
final class Look {

    /** A supervisor answers at once; one whose init hangs, or that waits for a listener, is not waited for longer. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    /**
     * For the first answer: a JVM that is short of time for a while is not to be taken for a tree that is not there.
     */
    static final Duration PATIENCE_WITH_TOP = Duration.ofSeconds(5);

    private final Object top;
    private final Terms terms;
    private final CompletableFuture<Boolean> topAnswers = new CompletableFuture<>();
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    // these belong to who holds the lock of this
    private final Map<Object, Part> parts = new LinkedHashMap<>();
    private final Set<Object> asked = new HashSet<>();

    /** Who has answered when it was over, so that it is not seen; nor is it gone. */
    private final Set<Object> tooLate = new HashSet<>();

    private boolean lateIsTold;

    /**
     * How somebody looks.
     *
     * @param whenSeen told of the path of each place that answers, in its turn
     * @param withTop how long the top is waited for; empty for as long as it is there
     * @param withOthers how long all others are, from then on
     * @param whenLate to be done once, when a place answers that was not waited for
     */
    record Terms(
            Consumer<String> whenSeen, Optional<Duration> withTop, Duration withOthers, Optional<Runnable> whenLate) {

        /** For who wants to know how things are, and no more. */
        static final Terms ONCE = new Terms(path -> {}, Optional.of(PATIENCE_WITH_TOP), PATIENCE, Optional.empty());
    }

    /** What one place has said: itself, and those below it with who is asked for more; null where nobody is. */
    private record Part(Node itself, List<Node> below, List<@Nullable Object> keys) {}

    /**
     * Before the first answer.
     *
     * @param top who is asked first
     */
    Look(Object top, Terms terms) {
        this.top = top;
        this.terms = terms;
        asked.add(top);
    }

    /**
     * Completes when it is over: with what was seen; empty if the top is gone. Fails with a {@link TimeoutException} if
     * that does not answer.
     *
     * @param threads where it completes, which are not the tree's
     */
    CompletableFuture<Optional<Node>> seen(Executor threads) {
        terms.withTop().ifPresent(limit -> {
            var given = topAnswers
                    .completeOnTimeout(false, limit.toNanos(), TimeUnit.NANOSECONDS)
                    .thenAccept(answers -> end(!answers));
            assert given != null;
        });
        return over.thenApplyAsync(nothing -> assemble(), threads);
    }

    /** Whether nothing that comes of it is of interest any more. */
    synchronized boolean isOver() {
        return over.isDone() && (terms.whenLate().isEmpty() || lateIsTold || asked.isEmpty());
    }

    /**
     * A place says how it is, in its turn.
     *
     * @param below its children
     * @param keys of those that are being asked themselves, null for others; in the order of the children
     */
    void is(Object place, Node itself, List<Node> below, List<@Nullable Object> keys) {
        boolean last;
        synchronized (this) {
            if (!asked.remove(place)) {
                return;
            }
            if (over.isDone()) {
                tooLate.add(place);
                late();
                return;
            }
            terms.whenSeen().accept(itself.path());
            parts.put(place, new Part(itself, below, keys));
            for (Object key : keys) {
                if (key != null) {
                    asked.add(key);
                }
            }
            last = asked.isEmpty();
        }
        if (place == top) {
            topAnswers.complete(true);
            over.completeOnTimeout(null, terms.withOthers().toNanos(), TimeUnit.NANOSECONDS);
        }
        end(last);
    }

    private void late() {
        if (!lateIsTold) {
            lateIsTold = true;
            terms.whenLate().ifPresent(Runnable::run);
        }
    }

    /** Somebody who belongs to a place, and tells events of this path, has been seen, in its turn. */
    synchronized void sees(String path) {
        if (!over.isDone()) {
            terms.whenSeen().accept(path);
        }
    }

    /** A place will not answer any more. */
    void gone(Object place) {
        boolean last;
        synchronized (this) {
            last = asked.remove(place) && asked.isEmpty();
        }
        if (place == top) {
            topAnswers.complete(true);
        }
        end(last);
    }

    private void end(boolean last) {
        if (last) {
            over.complete(null);
        }
    }

    // ---- the whole

    /** From below, since who is below has answered later, and without recursion, since trees may be deep. */
    private synchronized Optional<Node> assemble() {
        Map<Object, Node> whole = new HashMap<>(parts.size());
        List<Object> places = new ArrayList<>(parts.keySet());
        for (int i = places.size() - 1; i >= 0; i--) {
            Part part = parts.get(places.get(i));
            if (part != null) {
                whole.put(places.get(i), whole(part, whole));
            }
        }
        if (isSilent(top)) {
            throw new CompletionException(new TimeoutException("the supervisor has not answered within "
                    + DurationText.of(terms.withTop().orElseThrow()) + ": it is busy, or waits for somebody"));
        }
        return Optional.ofNullable(whole.get(top));
    }

    private Node whole(Part part, Map<Object, Node> known) {
        if (part.below().isEmpty()) {
            return part.itself();
        }
        List<Node> children = new ArrayList<>(part.below().size());
        for (int i = 0; i < part.below().size(); i++) {
            Node below = part.below().get(i);
            Object key = part.keys().get(i);
            if (key != null) {
                Node said = known.get(key);
                below = said == null ? silent(below, isSilent(key)) : below.saying(said);
            }
            children.add(below);
        }
        return part.itself().withChildren(children);
    }

    private boolean isSilent(Object place) {
        return asked.contains(place) || tooLate.contains(place);
    }

    private Node silent(Node known, boolean isThere) {
        if (!isThere) {
            return known;
        }
        Map<String, String> details = new HashMap<>(known.details());
        details.put("answer", "none within " + DurationText.of(terms.withOthers()));
        return known.withState(known.state(), false).withDetails(details);
    }
}
