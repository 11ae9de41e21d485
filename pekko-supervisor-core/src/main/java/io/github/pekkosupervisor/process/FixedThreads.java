package io.github.pekkosupervisor.process;

import com.typesafe.config.Config;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/**
 * What our executors have in common: a fixed number of threads that are there from the beginning and stay, so that work
 * goes on when the system refuses to make another one. That is when supervision is needed. With {@code at-start} only
 * that many are there from the beginning; what the system refuses of the others is done without.
 */
final class FixedThreads {

    private FixedThreads() {}

    /** Makes so many of them, or as many as the system allows. */
    static void start(ThreadPoolExecutor pool, int number) {
        try {
            while (pool.getPoolSize() < number && pool.prestartCoreThread()) {
                // one after the other
            }
        } catch (OutOfMemoryError refused) {
            if (pool.getPoolSize() == 0) {
                throw refused;
            }
        }
    }

    /** One more thread was refused, whose first task this would have been: those that there are do it. */
    static void queue(ThreadPoolExecutor pool, Runnable task, OutOfMemoryError refused) {
        if (pool.getPoolSize() == 0) {
            throw refused;
        }
        pool.getQueue().add(task);
    }

    /**
     * Makes one for a dispatcher that names its class as its {@code executor}; reads {@code threads}, and
     * {@code at-start}.
     */
    abstract static class Configurator extends ExecutorServiceConfigurator {
        private final int threads;
        private final int atStart;

        Configurator(Config config, DispatcherPrerequisites prerequisites) {
            super(config, prerequisites);
            threads = config.getInt("threads");
            atStart = config.hasPath("at-start") ? config.getInt("at-start") : threads;
        }

        abstract ExecutorService create(int number, int atStart, ThreadFactory factory);

        @Override
        public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory factory) {
            return new ExecutorServiceFactory() {
                @Override
                public ExecutorService createExecutorService() {
                    return create(threads, atStart, factory);
                }
            };
        }
    }
}
