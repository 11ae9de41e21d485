package io.github.pekkosupervisor.spec;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.spec.ChildSpec.Action;
import io.github.pekkosupervisor.spec.ChildSpec.Service;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Plain Java that is started and stopped.
 *
 * @param make a new one for each incarnation
 */
public record ServiceKind(Callable<? extends Service> make) implements ChildKind {

    static final Optional<Duration> START_TIMEOUT = Optional.of(Duration.ofSeconds(30));

    private static final ServiceKind SPENT = new ServiceKind(() -> {
        throw new IllegalStateException("a temporary child was started a second time");
    });

    /**
     * A signal that a child can react to which is not a process.
     *
     * @throws IllegalArgumentException if it is none of {@link ChildContext#SIGNALS}
     */
    public static Signal checked(Signal signal) {
        if (!ChildContext.SIGNALS.contains(signal)) {
            throw new IllegalArgumentException(
                    "a child cannot react to " + signal + "; use HUP, ALRM, INT, QUIT, USR1 or USR2");
        }
        return signal;
    }

    static <S> ChildKind startStop(Callable<? extends S> start, Action<? super S> stop) {
        return new ServiceKind(() -> new StartStop<S>(start, stop));
    }

    static ChildKind closeable(@Nullable String id, Callable<? extends AutoCloseable> open) {
        return startStop(
                () -> Objects.requireNonNull(
                        open.call(), "child \"" + id + "\": its function returned nothing to close but null"),
                AutoCloseable::close);
    }

    static ChildKind completion(Callable<? extends CompletionStage<?>> start) {
        return new ServiceKind(() -> new Completion(start));
    }

    @Override
    public String name() {
        return "Java service";
    }

    @Override
    public Optional<Duration> defaultStartTimeout() {
        return START_TIMEOUT;
    }

    @Override
    public ChildKind spent() {
        return SPENT;
    }

    /** Two functions. */
    private static final class StartStop<S> implements Service {
        private final Callable<? extends S> start;
        private final Action<? super S> stop;
        private @Nullable S started;

        /** No monitor: a virtual thread that waits for the application inside one may hold up others. */
        private final ReentrantLock lock = new ReentrantLock();

        StartStop(Callable<? extends S> start, Action<? super S> stop) {
            this.start = start;
            this.stop = stop;
        }

        @Override
        public void start(ChildContext child) throws Exception {
            lock.lock();
            try {
                started = start.call();
            } finally {
                lock.unlock();
            }
        }

        @Override
        @SuppressWarnings("NullAway") // a start may return null where the stop needs nothing
        public void stop() throws Exception {
            lock.lock();
            try {
                stop.perform(started);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Something that completes by itself. */
    private static final class Completion implements Service {
        private final Callable<? extends CompletionStage<?>> start;
        private volatile @Nullable CompletionStage<?> running;
        private volatile boolean cancelled;

        Completion(Callable<? extends CompletionStage<?>> start) {
            this.start = start;
        }

        @Override
        public void start(ChildContext child) throws Exception {
            CompletionStage<?> stage = start.call();
            if (stage == null) {
                throw new NullPointerException("child \"" + child.id() + "\": its function returned no stage but null");
            }
            running = stage;
            child.ready();
            var told = stage.whenComplete((value, failure) -> completed(child, failure));
            assert told != null;
        }

        private void completed(ChildContext child, @Nullable Throwable failure) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (cause == null) {
                child.<Object>exit(ExitReason.normal());
            } else if (cancelled && cause instanceof CancellationException) {
                child.<Object>exit(ExitReason.shutdown());
            } else {
                child.<Object>exit(ExitReason.crash(cause));
            }
        }

        @Override
        public void stop() {
            cancelled = true;
            CompletionStage<?> stage = running;
            if (stage != null) {
                stage.toCompletableFuture().cancel(true);
            }
        }
    }
}
