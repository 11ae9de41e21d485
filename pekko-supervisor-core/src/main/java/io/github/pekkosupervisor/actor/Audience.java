package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.protocol.SupervisorEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who are told what happens in one tree. Each hears one event after another, on a thread made for blocking, so
 * that a supervisor need not wait for it. Who is slow makes the tree wait when {@value #MOST} events have piled up; who
 * does not return from one event for {@link #PATIENCE}, or has called {@link System#exit}, is given up on: it misses
 * events until it does, and that is said.
 */
public final class Audience implements Consumer<SupervisorEvent> {

    static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final int MOST = 10_000;

    /** How soon it is noticed that one will not return. */
    private static final Duration LOOK = Duration.ofMillis(250);

    private static final Logger LOG = LoggerFactory.getLogger(SupervisorLog.NAME);

    private final TreeIdentity tree;
    private final Executor threads;
    private final LongSupplier clock;
    private final List<Receiver> receivers = new ArrayList<>();

    public Audience(
            TreeIdentity tree,
            Executor threads,
            LongSupplier clock,
            List<Consumer<? super SupervisorEvent>> listeners) {
        this.clock = clock;
        this.tree = tree;
        this.threads = threads;
        listeners.forEach(listener -> receivers.add(new Receiver(listener)));
    }

    @Override
    public void accept(SupervisorEvent event) {
        for (int i = 0; i < receivers.size(); i++) {
            receivers.get(i).tell(event);
        }
    }

    /** Completes when all have heard what was said until now, those excepted that are given up on. */
    public CompletionStage<Void> heard() {
        CompletableFuture<?>[] marks = receivers.stream().map(Receiver::mark).toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(marks);
    }

    /** One of them. */
    private final class Receiver {
        private final Consumer<? super SupervisorEvent> listener;
        private final Queue<Object> queue = new ConcurrentLinkedQueue<>();
        private final AtomicInteger left = new AtomicInteger();
        private final AtomicLong missed = new AtomicLong();
        private volatile boolean givenUpOn;
        private volatile boolean awaited;
        private volatile @Nullable Thread thread;

        /** When the event came up that it hears now. */
        private volatile long since;

        Receiver(Consumer<? super SupervisorEvent> listener) {
            this.listener = listener;
        }

        void tell(SupervisorEvent event) {
            if (left.get() >= MOST && !hasRoom()) {
                missed.incrementAndGet();
            } else {
                add(event);
            }
        }

        private void add(Object item) {
            queue.add(item);
            if (left.getAndIncrement() == 0) {
                since = clock.getAsLong();
                try {
                    threads.execute(this::hearAll);
                } catch (RejectedExecutionException | OutOfMemoryError noThread) {
                    hearAll();
                }
            }
        }

        private void hearAll() {
            Object before = Inside.enter(new Inside.Listening(tree));
            thread = Thread.currentThread();
            try {
                do {
                    since = clock.getAsLong();
                    hear(queue.remove());
                } while (left.decrementAndGet() > 0);
            } finally {
                thread = null;
                Inside.leave(before);
            }
        }

        private void hear(Object item) {
            if (item instanceof SupervisorEvent event) {
                SupervisorLog.tell(listener, event);
            } else if (item instanceof CompletableFuture<?> mark) {
                mark.complete(null);
            }
            if (givenUpOn) {
                givenUpOn = false;
                LOG.warn("a listener [{}] has returned after all; it missed [{}] events", name(), missed.getAndSet(0));
            }
            if (awaited && left.get() < MOST / 2) {
                synchronized (this) {
                    notifyAll();
                }
            }
        }

        /** Waits until it has caught up. */
        private synchronized boolean hasRoom() {
            long deadline = clock.getAsLong() + PATIENCE.toNanos();
            awaited = true;
            while (!givenUpOn && left.get() >= MOST) {
                long rest = TimeUnit.NANOSECONDS.toMillis(deadline - clock.getAsLong());
                if (rest <= 0) {
                    if (hangs()) {
                        giveUp();
                    }
                    break;
                }
                try {
                    wait(rest);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            awaited = false;
            return !givenUpOn;
        }

        CompletableFuture<Object> mark() {
            CompletableFuture<Object> mark = new CompletableFuture<>();
            if (givenUpOn) {
                mark.complete(this);
            } else {
                add(mark);
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
            return left.get() > 0 && clock.getAsLong() - since >= PATIENCE.toNanos();
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
                        PATIENCE,
                        Inside.text(stack));
            }
        }

        private String name() {
            return listener == SupervisorLog.INSTANCE
                    ? "the log"
                    : listener.getClass().getName();
        }
    }
}
