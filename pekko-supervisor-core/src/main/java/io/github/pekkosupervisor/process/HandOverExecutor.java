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
 * {@link FixedThreads}, each of which goes on with what its own task has made ready ({@link HandOver}): where processes
 * are started one after another and keep all processors busy, the wait for a thread and a processor is the larger part
 * of what a start takes. So nothing that runs here may wait for another actor.
 */
final class HandOverExecutor extends ThreadPoolExecutor {

    HandOverExecutor(int threads, ThreadFactory factory) {
        this(threads, threads, factory);
    }

    private HandOverExecutor(int threads, int atStart, ThreadFactory factory) {
        super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        FixedThreads.start(this, atStart);
    }

    @Override
    public void execute(Runnable task) {
        if (isShutdown() || !HandOver.keeps(this, task)) {
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
        HandOver.begin(this, this::enqueue, true, task);
    }

    @Override
    protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
        HandOver.goOn(this);
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
