package io.github.pekkosupervisor.process;

import com.typesafe.config.Config;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.dispatch.DispatcherPrerequisites;

/**
 * Lets one turn of an actor in four wait for up to twenty milliseconds, so that a test which takes an order for granted
 * that nobody promises fails. Nothing uses it by itself: any test runs on it with
 * {@code -Dpekko-supervisor.own-system.pekko.actor.default-dispatcher.executor=}{@code io.github.pekkosupervisor.process.UnevenPool$Configurator}.
 */
final class UnevenPool extends PoolAround {

    private static final int ONE_IN = 4;
    private static final int MAX_MILLIS = 20;

    private UnevenPool(ExecutorService pool) {
        super(pool);
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

    /** What the dispatcher names. */
    static final class Configurator extends PoolAround.Configurator {
        Configurator(Config config, DispatcherPrerequisites prerequisites) {
            super(config, prerequisites, new HandOverPool.Configurator(config, prerequisites), UnevenPool::new);
        }
    }
}
