package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.process.LogContext;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;

/**
 * The threads of an actor system that plain Java services are started, run and stopped on: as many as are busy, each
 * kept for a minute after, or virtual ones, as {@link ChildThreads} says. Such code blocks, so it must not meet a
 * dispatcher.
 */
public final class ServiceThreads implements Extension {

    private static final Id ID = new Id();

    private final ExecutorService threads;

    /** For children's own code: the same, or a virtual thread for each piece of work. */
    private final ExecutorService children;

    private final ForkJoinPool answers;

    private ServiceThreads(ActorSystem<?> system) {
        threads = Executors.newCachedThreadPool(system.threadFactory());
        children = ChildThreads.of(system.settings().config()).orElse(threads);
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        // two at least: one may be in System.exit, which does not return
        answers = new ForkJoinPool(
                Math.max(2, Runtime.getRuntime().availableProcessors()), pool -> answering(pool, loader), null, true);
        system.getWhenTerminated().thenRun(() -> {
            threads.shutdownNow();
            children.shutdownNow();
            answers.shutdown();
        });
    }

    private static ForkJoinWorkerThread answering(ForkJoinPool pool, ClassLoader loader) {
        ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
        thread.setName("pekko-supervisor-answers-" + thread.getPoolIndex());
        thread.setContextClassLoader(loader);
        return thread;
    }

    public static ServiceThreads get(ActorSystem<?> system) {
        return ID.apply(system);
    }

    /** For other work that may block. */
    public Executor executor() {
        return threads;
    }

    /**
     * For what the application does when one of its calls has been answered. There are more of these threads while some
     * of them wait for a further answer.
     */
    Executor answers() {
        return answers;
    }

    /** Some work of a child; the thread is known as the child's, and nothing it throws gets away. */
    interface Work {
        /** Does it. */
        void run() throws Throwable;
    }

    /**
     * Does the work on a thread of its own, then tells.
     *
     * @param context for what the work logs
     */
    void run(
            LiveChild child,
            Map<String, String> context,
            Work work,
            Runnable done,
            java.util.function.Consumer<Throwable> failed) {
        run(child, context, work, true, done, failed);
    }

    /** The same beside what the child is busy on: this is not interrupted with that. */
    void runBeside(
            LiveChild child,
            Map<String, String> context,
            Work work,
            Runnable done,
            java.util.function.Consumer<Throwable> failed) {
        run(child, context, work, false, done, failed);
    }

    private void run(
            LiveChild child,
            Map<String, String> context,
            Work work,
            boolean isOwn,
            Runnable done,
            java.util.function.Consumer<Throwable> failed) {
        try {
            children.execute(() -> onThread(child, context, work, isOwn, done, failed));
        } catch (OutOfMemoryError noThread) {
            failed.accept(new IllegalStateException("no thread could be made for child " + child, noThread));
        }
    }

    private static void onThread(
            LiveChild child,
            Map<String, String> context,
            Work work,
            boolean isOwn,
            Runnable done,
            java.util.function.Consumer<Throwable> failed) {
        Thread thread = Thread.currentThread();
        String name = thread.getName();
        thread.setName("child " + child);
        if (isOwn) {
            child.busyOn(thread);
        }
        Inside.Place here = Inside.here();
        Object before = here.enter(child);
        LogContext keys = LogContext.with(context);
        Throwable thrown = null;
        try {
            work.run();
        } catch (Throwable t) {
            thrown = t;
        } finally {
            keys.close();
            here.leave(before);
            if (isOwn) {
                child.busyOn(null);
            }
            // an interrupt that came too late must not meet the next one's work
            Thread.interrupted();
            thread.setName(name);
        }
        if (thrown == null) {
            done.run();
        } else {
            failed.accept(thrown);
        }
    }

    private static final class Id extends ExtensionId<ServiceThreads> {
        @Override
        public ServiceThreads createExtension(ActorSystem<?> system) {
            return new ServiceThreads(system);
        }
    }
}
