package io.github.pekkosupervisor.process;

import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/**
 * Lets one turn of an actor in four wait for up to twenty milliseconds, so that a test which takes an order for granted
 * that nobody promises fails. Nothing uses it by itself: any test runs on it with {@code
 * -Dpekko-supervisor.own-system.pekko.actor.default-dispatcher.executor=}{@code
 * io.github.pekkosupervisor.process.UnevenPool$Configurator}.
 */
final class UnevenPool extends AbstractExecutorService {

    private static final int ONE_IN = 4;
    private static final int MAX_MILLIS = 20;

    private static final ScheduledExecutorService LATER = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "uneven-pool");
        thread.setDaemon(true);
        return thread;
    });

    private final ExecutorService pool;

    private UnevenPool(ExecutorService pool) {
        this.pool = pool;
    }

    @Override
    public void execute(Runnable task) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        if (random.nextInt(ONE_IN) > 0 || pool.isShutdown()) {
            pool.execute(task);
        } else {
            LATER.schedule(() -> pool.execute(task), 1 + random.nextInt(MAX_MILLIS), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void shutdown() {
        LATER.schedule(pool::shutdown, MAX_MILLIS + 1, TimeUnit.MILLISECONDS);
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

    /** What the dispatcher names. */
    static final class Configurator extends ExecutorServiceConfigurator {
        private final ExecutorServiceConfigurator ours;

        Configurator(Config config, DispatcherPrerequisites prerequisites) {
            super(config, prerequisites);
            ours = new HandOverPool.Configurator(config, prerequisites);
        }

        @Override
        public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory factory) {
            ExecutorServiceFactory even = ours.createExecutorServiceFactory(id, factory);
            return new ExecutorServiceFactory() {
                @Override
                public ExecutorService createExecutorService() {
                    return new UnevenPool(even.createExecutorService());
                }
            };
        }
    }
}
