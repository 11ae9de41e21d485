package io.github.pekkosupervisor.runit.page;

import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeFold;
import io.github.pekkosupervisor.protocol.TreeHappenings;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSubscriber;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Follows a tree, and has a picture of it for who watches. However much happens, there are at most so many pictures as
 * {@link #SHORTEST} says, and fewer of a tree that takes long to be drawn; none while nobody watches.
 */
final class Watch implements TreeSubscriber {

    /** From one picture to the next. */
    static final Duration SHORTEST = Duration.ofMillis(50);

    /** Of the time that a picture takes: what is left for others. */
    private static final int SHARE = 4;

    private final TreeFold fold;
    private final TreeHappenings happenings;
    private final Deaths deaths;
    private final boolean commands;
    private final ScheduledExecutorService timer;
    private final InstantSource calendar;
    private final LongSupplier nanos;
    private final Object lock = new Object();

    // ---- under the lock
    private @Nullable Picture present;
    private @Nullable TreeSnapshot seen;
    private boolean isDue;
    private int watchers;
    private long notBefore;
    private boolean isClosed;
    private Optional<String> end = Optional.empty();

    /**
     * Begins, before anything is told.
     *
     * @param timer of one thread
     * @param nanos a clock for distances
     */
    Watch(boolean commands, ScheduledExecutorService timer, InstantSource calendar, LongSupplier nanos) {
        this.fold = new TreeFold(calendar);
        this.happenings = new TreeHappenings(fold);
        this.deaths = new Deaths(calendar);
        this.commands = commands;
        this.timer = timer;
        this.calendar = calendar;
        this.nanos = nanos;
        this.notBefore = nanos.getAsLong();
    }

    // ---- what is told

    @Override
    public void snapshot(TreeSnapshot now) {
        fold.snapshot(now);
        due();
    }

    @Override
    public void event(TreeEvent event) {
        fold.event(event);
        boolean isToldTwice =
                event.happening().isPresent() && happenings.of(event).isEmpty();
        if (!isToldTwice) {
            deaths.event(event);
        }
        due();
    }

    @Override
    public void ended(TreeEnd how) {
        fold.ended(how);
        synchronized (lock) {
            end = Optional.of(how.reason().inWords());
        }
        due();
    }

    /** What has been seen by who is told nothing, instead of what is told. */
    void see(TreeSnapshot now) {
        synchronized (lock) {
            seen = now;
        }
        due();
    }

    /** An end that has been seen so. */
    void died(String path, String reason, Duration ran, Deaths.What what) {
        deaths.add(path, reason, ran, what);
        due();
    }

    private void due() {
        synchronized (lock) {
            if (isDue || watchers == 0 || isClosed) {
                return;
            }
            isDue = true;
            long wait = Math.max(0, notBefore - nanos.getAsLong());
            try {
                var drawn = timer.schedule(this::draw, wait, TimeUnit.NANOSECONDS);
                assert drawn != null;
            } catch (RejectedExecutionException e) {
                // it is being closed
                isDue = false;
            }
        }
    }

    private void draw() {
        synchronized (lock) {
            // whatever is told from now on is for the next one
            isDue = false;
        }
        look();
    }

    // ---- what is seen

    /** Its present picture; the same as before if nothing is different. */
    Picture look() {
        synchronized (lock) {
            long began = nanos.getAsLong();
            Optional<Picture> before = Optional.ofNullable(present);
            Picture drawn = Picture.of(snapshot(), before, deaths.times(), commands, end);
            Picture next = before.filter(drawn::isAs).orElse(drawn);
            present = next;
            long took = nanos.getAsLong() - began;
            notBefore = began + Math.max(SHORTEST.toNanos(), SHARE * took);
            lock.notifyAll();
            return next;
        }
    }

    TreeSnapshot snapshot() {
        synchronized (lock) {
            return seen != null ? seen : fold.present();
        }
    }

    /** The present moment. */
    Instant now() {
        return calendar.instant();
    }

    List<Deaths.Death> deathsOf(String path) {
        return deaths.of(path);
    }

    /** What the one that ended there last had written. */
    List<String> lastLinesOf(String path) {
        return deaths.lastLinesOf(path);
    }

    /** One more watches; each is to be told to {@link #leave}. */
    void join() {
        synchronized (lock) {
            watchers++;
        }
        due();
    }

    void leave() {
        synchronized (lock) {
            watchers--;
        }
    }

    int watchers() {
        synchronized (lock) {
            return watchers;
        }
    }

    /**
     * Waits for another picture.
     *
     * @param known the one that is there already
     * @return the same if there has been none for so long; empty when it has been closed
     */
    Optional<Picture> next(Picture known, Duration longest) throws InterruptedException {
        synchronized (lock) {
            long until = nanos.getAsLong() + longest.toNanos();
            while (present == known && !isClosed) {
                long left = TimeUnit.NANOSECONDS.toMillis(until - nanos.getAsLong());
                if (left <= 0) {
                    break;
                }
                lock.wait(left);
            }
            return isClosed ? Optional.empty() : Optional.ofNullable(present);
        }
    }

    void close() {
        synchronized (lock) {
            isClosed = true;
            lock.notifyAll();
        }
    }
}
