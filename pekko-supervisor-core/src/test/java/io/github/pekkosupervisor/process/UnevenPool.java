package io.github.pekkosupervisor.process;

import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/**
 * Lets one turn of an actor in four wait for up to twenty milliseconds, so that a test which takes an order for granted
 * that nobody promises fails. Nothing uses it by itself: any test runs on it with
 * {@code -Dpekko-supervisor.own-system.pekko.actor.default-dispatcher.executor=}{@code io.github.pekkosupervisor.process.UnevenPool$Configurator}.
 */
final class UnevenPool extends AbstractExecutorService {

    private static final int ONE_IN = 4;
    private static final int MAX_MILLIS = 20;

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
            later(1 + random.nextInt(MAX_MILLIS), pool).execute(task);
        }
    }

    private static Executor later(int millis, Executor on) {
        return CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, on);
    }

    /** When all that waits has had its turn. */
    @Override
    public void shutdown() {
        later(MAX_MILLIS + 1, Runnable::run).execute(pool::shutdown);
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
