package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.process.HandOver;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who are told what happens in one tree. Each hears one event after another, on a thread made for blocking, so
 * that a supervisor need not wait for it. Who is slow makes the tree wait when {@value #MOST} events have piled up; who
 * does not return from one event for {@link #PATIENCE}, or has called {@link System#exit}, is given up on: it misses
 * events until it does, and that is said.
 */
public final class Audience implements Consumer<TreeEvent> {

    static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final int MOST = 10_000;

    /** So many are not left lying until the end of a pause. */
    private static final int MANY = 1_000;

    /**
     * Who has heard all looks again after this time, so many times, before it gives its thread back: to wake a thread
     * for each event of a busy tree would cost more than the restart that it tells of. Who waits for it wakes it.
     */
    private static final Duration PAUSE = Duration.ofMillis(1);

    private static final int PAUSES = 3;

    /** How soon it is noticed that one will not return. */
    private static final Duration LOOK = Duration.ofMillis(250);

    private static final Logger LOG = LoggerFactory.getLogger(SupervisorLog.NAME);

    private final TreeIdentity tree;
    private final Executor threads;
    private final LongSupplier clock;
    private final List<Receiver> receivers = new ArrayList<>();

    /** Those who came later. */
    private volatile List<Direct> later = List.of();

    /** Belongs to who holds the lock of this. */
    private @Nullable TreeEnd end;

    /**
     * Who is told what happens in the place of an audience.
     *
     * @param passesOn lets it hear what it is to hear
     */
    public record Door(Audience audience, Consumer<? super TreeEvent> passesOn) implements Consumer<TreeEvent> {
        @Override
        public void accept(TreeEvent event) {
            passesOn.accept(event);
        }
    }

    /** One who takes events in the thread of who tells them, and knows when they have been heard. */
    interface Direct extends Consumer<TreeEvent> {
        /** Completes when that has been heard which was told until now. */
        CompletableFuture<Object> mark();

        /** Nothing of the tree is left. */
        void ends(TreeEnd how);
    }

    public Audience(
            TreeIdentity tree, Executor threads, LongSupplier clock, List<Consumer<? super TreeEvent>> listeners) {
        this.clock = clock;
        this.tree = tree;
        this.threads = threads;
        listeners.forEach(listener -> receivers.add(new Receiver(
                listener, listener instanceof TreeEvent.Only<?> only ? only.listener() : listener, null)));
    }

    /** Of what is in no tree. */
    public static Audience of(ActorSystem<?> system, List<Consumer<? super TreeEvent>> listeners) {
        return new Audience(
                new TreeIdentity(TreeClock.system()),
                ServiceThreads.get(system).executor(),
                System::nanoTime,
                listeners);
    }

    @Override
    public void accept(TreeEvent event) {
        for (int i = 0; i < receivers.size(); i++) {
            receivers.get(i).tell(event);
        }
        List<Direct> others = later;
        for (int i = 0; i < others.size(); i++) {
            others.get(i).accept(event);
        }
    }

    /** A supervisor is at work, which the log is to know before it hears of it, if it is among those who are told. */
    static void begins(Consumer<? super TreeEvent> listener, SupervisorLog.Begun supervisor) {
        if (listener instanceof SupervisorLog log) {
            log.begins(supervisor);
        } else if (listener instanceof Door door) {
            door.audience().begins(supervisor);
        }
    }

    private void begins(SupervisorLog.Begun supervisor) {
        for (Receiver receiver : receivers) {
            if (receiver.listener instanceof SupervisorLog) {
                receiver.tell(supervisor);
            }
        }
    }

    void add(Direct one) {
        TreeEnd known;
        synchronized (this) {
            List<Direct> all = new ArrayList<>(later);
            all.add(one);
            later = List.copyOf(all);
            known = end;
        }
        if (known != null) {
            one.ends(known);
        }
    }

    /** Nothing of the tree is left, which those are told who came later. */
    public void ends(TreeEnd how) {
        List<Direct> all;
        synchronized (this) {
            end = how;
            all = later;
        }
        all.forEach(one -> one.ends(how));
    }

    synchronized void remove(Direct one) {
        later = later.stream().filter(other -> other != one).toList();
    }

    /**
     * Somebody who hears as all others do, what he is given.
     *
     * @param whose it is, for the log
     * @param whenBack to be done when it has returned after all, in its thread; till it is told {@link Receiver#tellAll
     *     all at once} it misses everything then
     */
    Receiver receiver(Consumer<? super TreeEvent> listener, Object whose, Runnable whenBack) {
        return new Receiver(listener, whose, whenBack);
    }

    /** Completes when all have heard what was said until now, those excepted that are given up on. */
    public CompletionStage<Void> heard() {
        Stream<CompletableFuture<?>> marks = Stream.concat(
                receivers.stream().map(Receiver::mark), later.stream().map(Direct::mark));
        return CompletableFuture.allOf(marks.toArray(CompletableFuture[]::new));
    }

    /** One of them. */
    final class Receiver {
        private final Consumer<? super TreeEvent> listener;
        private final Object whose;
        private final @Nullable Runnable whenBack;
        private volatile boolean givenUpOn;
        private volatile boolean closed;
        private volatile boolean awaited;
        private volatile @Nullable Thread thread;

        /** When it began to hear what it hears now. */
        private final AtomicLong since = new AtomicLong();

        /** How much of what it has taken it has not heard. */
        private final AtomicInteger taken = new AtomicInteger();

        // these belong to who holds the lock of this
        private List<Object> waiting = new ArrayList<>();
        private boolean listening;
        private long missed;
        private boolean missesAll;

        private Receiver(Consumer<? super TreeEvent> listener, Object whose, @Nullable Runnable whenBack) {
            this.listener = listener;
            this.whose = whose;
            this.whenBack = whenBack;
        }

        /** All at once, however many they are. */
        void tellAll(List<Object> items) {
            boolean first = false;
            synchronized (this) {
                missesAll = false;
                for (Object item : items) {
                    first |= add(item);
                }
            }
            if (first) {
                listen();
            }
        }

        /** False if it misses this. */
        boolean tell(Object event) {
            boolean first;
            boolean many;
            synchronized (this) {
                if (missesAll || (taken.get() + waiting.size() >= MOST && !hasRoom())) {
                    missed++;
                    missesAll = whenBack != null;
                    return false;
                }
                waiting.add(event);
                many = waiting.size() == MANY;
                first = !listening;
                listening = true;
            }
            if (first) {
                listen();
            } else if (many) {
                wake();
            }
            return true;
        }

        boolean isGivenUpOn() {
            return givenUpOn;
        }

        /** It is told nothing more, and nobody waits for it. */
        synchronized void close() {
            closed = true;
            missesAll = true;
            waiting.removeIf(item -> item instanceof TreeEvent);
            notifyAll();
        }

        private synchronized int left() {
            return taken.get() + waiting.size();
        }

        /** Whether nobody listens yet. */
        private synchronized boolean add(Object item) {
            waiting.add(item);
            boolean first = !listening;
            listening = true;
            return first;
        }

        private void wake() {
            Thread own = thread;
            if (own != null) {
                LockSupport.unpark(own);
            }
        }

        private void listen() {
            since.setRelease(clock.getAsLong());
            try {
                threads.execute(() -> hearAll(PAUSES));
            } catch (RejectedExecutionException | OutOfMemoryError noThread) {
                // in the thread of who tells, which is not to pause
                hearAll(0);
            }
        }

        private void hearAll(int pauses) {
            Inside.Place here = Inside.here();
            Object before = here.enter(new Inside.Listening(tree));
            thread = Thread.currentThread();
            try {
                List<Object> heard = new ArrayList<>();
                for (List<Object> items = take(heard, pauses); !items.isEmpty(); items = take(heard, pauses)) {
                    for (int i = 0; i < items.size(); i++) {
                        // others may see these a little later
                        since.setRelease(clock.getAsLong());
                        hear(items.get(i));
                        taken.setRelease(items.size() - 1 - i);
                        wakeWhoWaits();
                    }
                    since.setRelease(clock.getAsLong());
                    items.clear();
                    heard = items;
                }
            } finally {
                thread = null;
                here.leave(before);
            }
        }

        /** What has come up, in exchange for an empty list; none when nothing has for a while, and it is over. */
        private List<Object> take(List<Object> empty, int pauses) {
            for (int i = 0; i < pauses && !hasMore(); i++) {
                LockSupport.parkNanos(PAUSE.toNanos());
            }
            synchronized (this) {
                List<Object> items = waiting;
                waiting = empty;
                taken.set(items.size());
                listening = !items.isEmpty();
                return items;
            }
        }

        private synchronized boolean hasMore() {
            return !waiting.isEmpty();
        }

        private void hear(Object item) {
            if (item instanceof TreeEvent event) {
                SupervisorLog.tell(listener, event);
            } else if (item instanceof CompletableFuture<?> mark) {
                mark.complete(null);
            } else if (item instanceof SupervisorLog.Begun supervisor) {
                begins(listener, supervisor);
            }
            if (givenUpOn) {
                isBack();
            }
        }

        private void isBack() {
            long number = takeMissed();
            if (whenBack == null) {
                LOG.warn("a listener [{}] has returned after all; it missed [{}] events", name(), number);
            } else {
                LOG.warn("a subscriber [{}] has returned after all; what it missed it is told by a snapshot", name());
                whenBack.run();
            }
        }

        private void wakeWhoWaits() {
            if (awaited && left() < MOST / 2) {
                synchronized (this) {
                    notifyAll();
                }
            }
        }

        private synchronized long takeMissed() {
            givenUpOn = false;
            long number = missed;
            missed = 0;
            return number;
        }

        /** Waits until it has caught up. */
        private synchronized boolean hasRoom() {
            long deadline = clock.getAsLong() + PATIENCE.toNanos();
            awaited = true;
            HandOver.keepNot();
            while (!givenUpOn && !closed && left() >= MOST) {
                long rest = TimeUnit.NANOSECONDS.toMillis(deadline - clock.getAsLong());
                if (rest <= 0) {
                    if (hangs()) {
                        giveUp();
                    }
                    break;
                }
                try {
                    // a pool that other actors share has one thread more meanwhile
                    ForkJoinPool.managedBlock(new Pause(rest));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            awaited = false;
            return !givenUpOn && !closed;
        }

        /** Whoever is in it holds the lock, and lets go of it until notified. */
        private final class Pause implements ForkJoinPool.ManagedBlocker {
            private final long millis;

            Pause(long millis) {
                this.millis = millis;
            }

            @Override
            public boolean block() throws InterruptedException {
                synchronized (Receiver.this) {
                    if (!isReleasable()) {
                        Receiver.this.wait(millis);
                    }
                }
                return true;
            }

            @Override
            public boolean isReleasable() {
                return givenUpOn || closed || left() < MOST;
            }
        }

        CompletableFuture<Object> mark() {
            CompletableFuture<Object> mark = new CompletableFuture<>();
            if (givenUpOn) {
                mark.complete(this);
            } else if (add(mark)) {
                listen();
            } else {
                wake();
            }
            return reached(mark);
        }

        private CompletableFuture<Object> reached(CompletableFuture<Object> mark) {
            return mark.copy()
                    .completeOnTimeout(this, LOOK.toMillis(), TimeUnit.MILLISECONDS)
                    .thenCompose(result -> {
                        if (mark.isDone()) {
                            return mark;
                        } else if (!givenUpOn && !hangs() && !exits()) {
                            return reached(mark);
                        }
                        giveUp();
                        return CompletableFuture.completedFuture((Object) this);
                    });
        }

        private boolean hangs() {
            return left() > 0 && clock.getAsLong() - since.get() >= PATIENCE.toNanos();
        }

        private boolean exits() {
            Thread own = thread;
            return own != null && Inside.isInExit(own.getStackTrace());
        }

        private void giveUp() {
            if (givenUpOn) {
                return;
            }
            givenUpOn = true;
            Thread own = thread;
            StackTraceElement[] stack = own == null ? new StackTraceElement[0] : own.getStackTrace();
            try {
                // the log itself may be the listener
                threads.execute(() -> report(stack));
            } catch (RejectedExecutionException | OutOfMemoryError noThread) {
                report(stack);
            }
        }

        private void report(StackTraceElement[] stack) {
            if (Inside.isInExit(stack)) {
                LOG.warn("a listener [{}] has called System.exit, and is not waited for", name());
            } else {
                LOG.error(
                        "a listener [{}] has not returned for [{}] and misses events until it does; it stands at [{}]",
                        name(),
                        DurationText.of(PATIENCE),
                        Inside.text(stack));
            }
        }

        private String name() {
            return whose instanceof SupervisorLog ? "the log" : whose.getClass().getName();
        }
    }
}
