package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSubscriber;
import io.github.pekkosupervisor.protocol.TreeSubscription;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber of a tree: what happens is held until the present state is known, and then told, what that shows
 * excepted. May be used from any thread.
 */
public final class Subscription implements Audience.Direct, TreeSubscription {

    private final Audience audience;
    private final Audience.Receiver receiver;
    private volatile boolean closed;

    // these belong to who holds the lock of this
    private @Nullable List<Object> held = new ArrayList<>();
    private @Nullable TreeEnd end;

    /** The first that the subscriber is told. */
    private record First(TreeSnapshot snapshot) implements TreeEvent {
        @Override
        public String path() {
            return TreePath.TOP;
        }
    }

    /** The last. */
    private record Last(TreeEnd end) implements TreeEvent {
        @Override
        public String path() {
            return TreePath.TOP;
        }
    }

    private Subscription(Audience audience, TreeSubscriber subscriber) {
        this.audience = audience;
        this.receiver = audience.receiver(item -> tell(subscriber, item), subscriber);
    }

    /** Begins to hold what happens. */
    public static Subscription to(Audience audience, TreeSubscriber subscriber) {
        Subscription subscription = new Subscription(audience, subscriber);
        audience.add(subscription);
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

    @Override
    public void accept(TreeEvent event) {
        synchronized (this) {
            if (held != null) {
                held.add(event);
                return;
            }
        }
        receiver.tell(event);
    }

    /** A place says how it is, in its turn. */
    public synchronized void seen(String path) {
        if (held != null) {
            held.add(new CatchUp.Seen(path));
        }
    }

    /** This is how the tree is, as far as places have been {@link #seen}. */
    public void begins(TreeSnapshot present) {
        begins(present, false);
    }

    /** The tree has ended, and this tells of it: nothing that happened is news. */
    public void beginsAtTheEnd(TreeSnapshot last) {
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
        receiver.tellAll(all);
    }

    /** Nothing of the tree is left. */
    public void ends(TreeEnd how) {
        synchronized (this) {
            end = how;
            if (held != null) {
                return;
            }
        }
        receiver.tell(new Last(how));
    }

    @Override
    public CompletableFuture<Object> mark() {
        return receiver.mark();
    }

    @Override
    public void close() {
        closed = true;
        audience.remove(this);
    }
}
