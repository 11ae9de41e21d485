package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSubscriber;
import io.github.pekkosupervisor.protocol.TreeSubscription;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscriber of a tree: what happens is held until the present state is known, and then told, what that shows
 * excepted. When something could not be told it all begins again: who is seen, or hears, too late makes a gap. May be
 * used from any thread.
 */
public final class Subscription implements Audience.Direct, TreeSubscription {

    private static final Duration LONGEST_PATIENCE = Duration.ofSeconds(8);

    private static final Logger LOG = LoggerFactory.getLogger(SupervisorLog.NAME);

    private final Audience audience;
    private final Audience.Receiver receiver;
    private final Sight sight;
    private volatile boolean closed;

    // these belong to who holds the lock of this
    private @Nullable List<Object> held = new ArrayList<>();
    private boolean looks = true;
    private boolean isAnySeen;
    private Duration patience = Look.PATIENCE;
    private @Nullable TreeEnd end;

    /** Looks at the tree for a subscription. */
    public interface Sight {
        /**
         * How the tree is; each place that is looked at is {@link #seen} in its turn.
         *
         * @param patience with those who do not answer
         * @return fails with {@link SupervisorRef.GoneException} if its top is gone
         */
        CompletionStage<TreeSnapshot> look(Subscription subscription, Duration patience);

        /** How a tree is of which nothing is left, as soon as that is so. */
        CompletionStage<TreeSnapshot> atTheEnd();
    }

    /** What the subscriber is told first, and after a gap. */
    private record First(TreeSnapshot snapshot) implements TreeEvent {
        @Override
        public String path() {
            return TreePath.TOP;
        }

        @Override
        public String toString() {
            return "snapshot of " + snapshot.at();
        }
    }

    /** The last. */
    private record Last(TreeEnd end) implements TreeEvent {
        @Override
        public String path() {
            return TreePath.TOP;
        }
    }

    private Subscription(Audience audience, TreeSubscriber subscriber, Sight sight) {
        this.audience = audience;
        this.sight = sight;
        this.receiver = audience.receiver(item -> tell(subscriber, item), subscriber, this::isBack);
    }

    /** Begins to look, and to hold what happens meanwhile. */
    public static Subscription to(Audience audience, TreeSubscriber subscriber, Sight sight) {
        Subscription subscription = new Subscription(audience, subscriber, sight);
        audience.add(subscription);
        subscription.look(true);
        return subscription;
    }

    private void tell(TreeSubscriber subscriber, TreeEvent item) {
        if (closed) {
            return;
        }
        if (item instanceof First first) {
            subscriber.snapshot(first.snapshot());
        } else if (item instanceof Last last) {
            subscriber.ended(last.end());
            close();
        } else {
            subscriber.event(item);
        }
    }

    // ---- what happens

    /** What comes before any place was seen is shown by all of them. */
    @Override
    public void accept(TreeEvent event) {
        synchronized (this) {
            if (held != null) {
                if (isAnySeen) {
                    held.add(event);
                }
                return;
            }
        }
        if (!receiver.tell(event)) {
            missed();
        }
    }

    /** From now on it misses everything, until it returns. */
    private void missed() {
        synchronized (this) {
            if (held == null) {
                held = new ArrayList<>();
                isAnySeen = false;
            }
        }
        if (!receiver.isGivenUpOn()) {
            isBack();
        }
    }

    private void isBack() {
        boolean hasMissed;
        synchronized (this) {
            hasMissed = held != null;
        }
        if (hasMissed) {
            look(false);
        }
    }

    /** Nothing of the tree is left. */
    @Override
    public void ends(TreeEnd how) {
        synchronized (this) {
            end = how;
            if (looks) {
                return;
            }
        }
        receiver.tellAll(List.of(new Last(how)));
    }

    // ---- how the tree is

    private void look(boolean isFirst) {
        Duration now;
        synchronized (this) {
            if (!isFirst && (closed || looks || end != null)) {
                return;
            }
            looks = true;
            held = new ArrayList<>();
            isAnySeen = false;
            now = patience;
            Duration next = patience.multipliedBy(2);
            patience = next.compareTo(LONGEST_PATIENCE) > 0 ? LONGEST_PATIENCE : next;
        }
        var looked = sight.look(this, now)
                .thenAccept(this::begins)
                .exceptionallyCompose(failure -> SupervisorRef.GoneException.isCauseOf(failure)
                        ? sight.atTheEnd().thenAccept(this::beginsAtTheEnd)
                        : CompletableFuture.failedFuture(failure))
                .exceptionally(failure -> {
                    LOG.error(
                            "cannot look at the tree for a subscriber, and will again in {}; please report this",
                            DurationText.of(now),
                            failure);
                    CompletableFuture.delayedExecutor(now.toNanos(), TimeUnit.NANOSECONDS)
                            .execute(this::lookAgain);
                    return null;
                });
        assert looked != null;
    }

    /** It has come to nothing, so it looks still, also if the tree has ended meanwhile. */
    private void lookAgain() {
        if (!closed) {
            look(true);
        }
    }

    /** A place says how it is, in its turn. */
    public synchronized void seen(String path) {
        if (held != null) {
            isAnySeen = true;
            held.add(new CatchUp.Seen(path));
        }
    }

    /** A place says how it is when that was not awaited any more: what it has told meanwhile has been in vain. */
    public void seenTooLate() {
        look(false);
    }

    /** This is how the tree is, as far as places have been {@link #seen}. */
    private void begins(TreeSnapshot present) {
        begins(present, false);
    }

    /** The tree has ended, and this tells of it: nothing that happened is news. */
    private void beginsAtTheEnd(TreeSnapshot last) {
        begins(last, true);
    }

    private synchronized void begins(TreeSnapshot present, boolean showsAll) {
        if (held == null) {
            return;
        }
        List<Object> all = new ArrayList<>();
        all.add(new First(present));
        if (!showsAll) {
            all.addAll(CatchUp.after(held));
        }
        if (end != null) {
            all.add(new Last(end));
        }
        held = null;
        looks = false;
        receiver.tellAll(all);
    }

    // ---- the end

    @Override
    public CompletableFuture<Object> mark() {
        return receiver.mark();
    }

    @Override
    public void close() {
        closed = true;
        audience.remove(this);
        receiver.close();
    }
}
