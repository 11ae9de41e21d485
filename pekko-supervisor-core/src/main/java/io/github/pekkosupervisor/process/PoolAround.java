package io.github.pekkosupervisor.process;

import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/** The threads of another pool, to which tasks come in another way than by themselves. */
abstract class PoolAround extends AbstractExecutorService {

    final ExecutorService pool;

    PoolAround(ExecutorService pool) {
        this.pool = pool;
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

    /** For a dispatcher. */
    abstract static class Configurator extends ExecutorServiceConfigurator {
        private final ExecutorServiceConfigurator pools;
        private final UnaryOperator<ExecutorService> around;

        Configurator(
                Config config,
                DispatcherPrerequisites prerequisites,
                ExecutorServiceConfigurator pools,
                UnaryOperator<ExecutorService> around) {
            super(config, prerequisites);
            this.pools = pools;
            this.around = around;
        }

        @Override
        public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory factory) {
            ExecutorServiceFactory theirs = pools.createExecutorServiceFactory(id, factory);
            return new ExecutorServiceFactory() {
                @Override
                public ExecutorService createExecutorService() {
                    return around.apply(theirs.createExecutorService());
                }
            };
        }
    }
}
