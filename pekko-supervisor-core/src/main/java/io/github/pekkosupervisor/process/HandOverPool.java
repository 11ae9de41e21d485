package io.github.pekkosupervisor.process;

import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;
import org.apache.pekko.dispatch.ForkJoinExecutorConfigurator;

/**
 * Pekko's pool for actors that may wait for each other, as those of an application do, but for one thing: a task that
 * says that it waits for nobody goes on, on its own thread, with what it has made ready ({@link HandOver}). A
 * supervisor and the child that it starts or stops take turns, so a thread that is woken for each of them comes in
 * vain.
 */
final class HandOverPool extends AbstractExecutorService {

    private final ExecutorService pool;

    HandOverPool(ExecutorService pool) {
        this.pool = pool;
    }

    @Override
    public void execute(Runnable task) {
        if (pool.isShutdown() || !HandOver.keeps(this, task)) {
            enqueue(task);
        }
    }

    private void enqueue(Runnable task) {
        pool.execute(new Turn(task));
    }

    /** A task of the queue, and those that are kept for its thread. */
    private final class Turn extends ForkJoinTask<Void> implements Runnable {
        private final transient Runnable first;

        Turn(Runnable first) {
            this.first = first;
        }

        @Override
        public void run() {
            HandOver.begin(HandOverPool.this, HandOverPool.this::enqueue, false, first);
            try {
                first.run();
            } finally {
                HandOver.goOn(HandOverPool.this);
            }
        }

        /** As Pekko's own do: what is thrown goes to the handler of the thread too. */
        @Override
        protected boolean exec() {
            try {
                run();
                return true;
            } catch (Throwable thrown) {
                Thread thread = Thread.currentThread();
                Thread.UncaughtExceptionHandler handler = thread.getUncaughtExceptionHandler();
                if (handler != null) {
                    handler.uncaughtException(thread, thrown);
                }
                throw thrown;
            }
        }

        @Override
        public Void getRawResult() {
            return null;
        }

        @Override
        protected void setRawResult(Void value) {
            // there is none
        }
    }

    @Override
    public void shutdown() {
        pool.shutdown();
    }

    @Override
    public List<Runnable> shutdownNow() {
        return pool.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
        return pool.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return pool.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return pool.awaitTermination(timeout, unit);
    }

    /** For a dispatcher, which has the settings of Pekko's {@code fork-join-executor}. */
    static final class Configurator extends ExecutorServiceConfigurator {
        private final ForkJoinExecutorConfigurator pools;

        Configurator(Config config, DispatcherPrerequisites prerequisites) {
            super(config, prerequisites);
            pools = new ForkJoinExecutorConfigurator(config.getConfig("fork-join-executor"), prerequisites);
        }

        @Override
        public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory factory) {
            ExecutorServiceFactory theirs = pools.createExecutorServiceFactory(id, factory);
            return new ExecutorServiceFactory() {
                @Override
                public ExecutorService createExecutorService() {
                    return new HandOverPool(theirs.createExecutorService());
                }
            };
        }
    }
}
