package io.github.pekkosupervisor.process;

import com.typesafe.config.Config;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.dispatch.DispatcherPrerequisites;

/** {@link FixedThreads} that take one task after another, in the order of their coming. */
final class SteadyExecutor extends ThreadPoolExecutor {

    SteadyExecutor(int threads, ThreadFactory factory) {
        this(threads, threads, factory);
    }

    private SteadyExecutor(int threads, int atStart, ThreadFactory factory) {
        super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        FixedThreads.start(this, atStart);
    }

    @Override
    public void execute(Runnable task) {
        try {
            super.execute(task);
        } catch (OutOfMemoryError refused) {
            FixedThreads.queue(this, task, refused);
        }
    }

    /** For a dispatcher. */
    static final class Configurator extends FixedThreads.Configurator {
        Configurator(Config config, DispatcherPrerequisites prerequisites) {
            super(config, prerequisites);
        }

        @Override
        ExecutorService create(int number, int atStart, ThreadFactory factory) {
            return new SteadyExecutor(number, atStart, factory);
        }
    }
}
