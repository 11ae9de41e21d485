package io.github.pekkosupervisor.process;

import com.typesafe.config.Config;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.jspecify.annotations.Nullable;

/**
 * {@link FixedThreads}, each of which goes on with what its own task has made ready: an actor that is told something
 * runs on the thread of the one that told it, as soon as that one is done. No thread has to be woken, and none has to
 * wait until a processor is free; where processes are started one after another and keep all processors busy, that wait
 * is the larger part of what a start takes.
 *
 * <p>Only the first task that another makes ready is kept for its thread, all further ones go to the common queue. What
 * is kept waits for the end of one task, so nothing that runs here may wait for another actor. After
 * {@value #LONGEST_CHAIN} tasks in a row the next one goes through the queue, and others get their turn.
 */
final class HandOverExecutor extends ThreadPoolExecutor {

    private static final int LONGEST_CHAIN = 64;

    private static final ThreadLocal<@Nullable Chain> CHAINS = new ThreadLocal<>();

    /** What one thread does, from a task of the queue to the next; used by that thread only. */
    private static final class Chain {
        private final HandOverExecutor executor;
        private @Nullable Runnable running;
        private @Nullable Runnable next;
        private int length;

        Chain(HandOverExecutor executor) {
            this.executor = executor;
        }

        boolean keeps(Runnable task) {
            // a task that wants to run once more has had its turn
            if (running == null || next != null || task == running || length == LONGEST_CHAIN) {
                return false;
            }
            next = task;
            return true;
        }

        void begin(Runnable first) {
            running = first;
            length = 1;
        }

        @Nullable
        Runnable goOn() {
            Runnable task = next;
            next = null;
            running = task;
            length++;
            return task;
        }
    }

    HandOverExecutor(int threads, ThreadFactory factory) {
        this(threads, threads, factory);
    }

    private HandOverExecutor(int threads, int atStart, ThreadFactory factory) {
        super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        FixedThreads.start(this, atStart);
    }

    @Override
    public void execute(Runnable task) {
        Chain chain = CHAINS.get();
        if (chain == null || chain.executor != this || isShutdown() || !chain.keeps(task)) {
            enqueue(task);
        }
    }

    private void enqueue(Runnable task) {
        try {
            super.execute(task);
        } catch (OutOfMemoryError refused) {
            FixedThreads.queue(this, task, refused);
        }
    }

    @Override
    protected void beforeExecute(Thread thread, Runnable task) {
        Chain chain = CHAINS.get();
        if (chain == null) {
            chain = new Chain(this);
            CHAINS.set(chain);
        }
        chain.begin(task);
    }

    @Override
    protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
        Chain chain = CHAINS.get();
        if (chain == null) {
            return;
        }
        try {
            for (Runnable next = chain.goOn(); next != null; next = chain.goOn()) {
                next.run();
            }
        } finally {
            // the thread ends if a task has thrown; what that one has made ready is left to another
            Runnable left = chain.goOn();
            if (left != null) {
                enqueue(left);
            }
        }
    }

    /** For a dispatcher. */
    static final class Configurator extends FixedThreads.Configurator {
        Configurator(Config config, DispatcherPrerequisites prerequisites) {
            super(config, prerequisites);
        }

        @Override
        ExecutorService create(int number, int atStart, ThreadFactory factory) {
            return new HandOverExecutor(number, atStart, factory);
        }
    }
}
