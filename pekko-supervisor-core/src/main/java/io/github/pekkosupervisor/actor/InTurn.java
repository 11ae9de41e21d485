package io.github.pekkosupervisor.actor;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs one task after another, in the order in which they came, on threads of others. A task that takes longer than
 * {@value #PATIENCE} ms while others wait may be waiting for one of those: it is left to itself, and the others go on.
 */
final class InTurn implements Executor {

    private static final long PATIENCE = 10;

    private final Executor threads;
    private final Executor later;

    // these belong to who holds the lock of this
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private @Nullable Runner runner;
    private boolean watched;

    InTurn(Executor threads) {
        this(threads, CompletableFuture.delayedExecutor(PATIENCE, TimeUnit.MILLISECONDS));
    }

    /**
     * The same with another patience.
     *
     * @param later runs what it is given when a task has taken too long
     */
    InTurn(Executor threads, Executor later) {
        this.threads = threads;
        this.later = later;
    }

    @Override
    public void execute(Runnable task) {
        Runner begins;
        synchronized (this) {
            waiting.add(task);
            if (runner != null) {
                watch(runner);
                return;
            }
            begins = new Runner();
            runner = begins;
        }
        begin(begins);
    }

    private void begin(Runner begins) {
        try {
            threads.execute(begins);
        } catch (RejectedExecutionException | OutOfMemoryError noThread) {
            begins.run();
        }
    }

    private synchronized void watch(Runner watchedOne) {
        if (!watched) {
            watched = true;
            long at = watchedOne.taken;
            try {
                later.execute(() -> look(watchedOne, at));
            } catch (OutOfMemoryError noThread) {
                watched = false;
            }
        }
    }

    /** Whether it has got on since; else another takes its place. */
    private void look(Runner watchedOne, long then) {
        Runner begins;
        synchronized (this) {
            watched = false;
            if (runner == null || waiting.isEmpty()) {
                return;
            }
            if (runner != watchedOne || runner.taken != then) {
                watch(runner);
                return;
            }
            begins = new Runner();
            runner = begins;
        }
        begin(begins);
    }

    private final class Runner implements Runnable {

        /** How many tasks it has begun; belongs to who holds the lock of the whole. */
        private long taken;

        @Override
        public void run() {
            for (Runnable task = next(this); task != null; task = next(this)) {
                task.run();
            }
        }
    }

    private synchronized @Nullable Runnable next(Runner asks) {
        if (runner != asks) {
            return null;
        }
        Runnable task = waiting.poll();
        if (task == null) {
            runner = null;
        }
        asks.taken++;
        return task;
    }
}
