package io.github.pekkosupervisor;

import io.github.pekkosupervisor.ChildSpec.Action;
import io.github.pekkosupervisor.ChildSpec.Service;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;
import org.jspecify.annotations.Nullable;

/**
 * Plain Java. The incarnation's actor is a {@link ServiceActor} that starts and stops it, or a {@link RunnableActor}
 * that runs it.
 */
record ServiceKind(Function<ChildContext, Behavior<?>> behavior) implements ChildKind {

    private static final Optional<Duration> START_TIMEOUT = Optional.of(Duration.ofSeconds(30));

    private static final ServiceKind SPENT = new ServiceKind(ServiceKind::startedTwice);

    private static Behavior<?> startedTwice(ChildContext child) {
        throw new IllegalStateException("child \"" + child.id() + "\" is temporary and was started a second time");
    }

    /** What either actor takes; the application has nothing to tell it. */
    interface Message {}

    /** What the supervisor tells either actor. */
    enum Order implements Message {
        /** End in order. */
        STOP,
        /** After that: do not wait for the start. */
        HURRY,
        /** End at once. */
        KILL
    }

    static ChildKind of(Callable<? extends Service> make) {
        return new ServiceKind(child -> ServiceActor.create(make, child));
    }

    static <S> ChildKind startStop(Callable<? extends S> start, Action<? super S> stop) {
        return of(() -> new StartStop<S>(start, stop));
    }

    static ChildKind closeable(@Nullable String id, Callable<? extends AutoCloseable> open) {
        return startStop(
                () -> Objects.requireNonNull(
                        open.call(), "child \"" + id + "\": its function returned nothing to close but null"),
                AutoCloseable::close);
    }

    static ChildKind runnable(Action<? super ChildContext> run) {
        return runnable(run, () -> {});
    }

    static ChildKind runnable(Action<? super ChildContext> run, Runnable neverBegun) {
        return new ServiceKind(child -> RunnableActor.create(run, neverBegun, child));
    }

    static ChildKind completion(Callable<? extends CompletionStage<?>> start) {
        return of(() -> new Completion(start));
    }

    @Override
    public String name() {
        return "service";
    }

    @Override
    public Optional<Duration> defaultStartTimeout() {
        return START_TIMEOUT;
    }

    @Override
    public Behavior<?> incarnation(ChildContext child) {
        return behavior.apply(child);
    }

    @Override
    public Class<?> messages() {
        return Message.class;
    }

    @Override
    public boolean acknowledgesItself() {
        return true;
    }

    @Override
    public ChildKind spent() {
        return SPENT;
    }

    @Override
    public Optional<Object> stopRequest(Duration within) {
        return Optional.of(Order.STOP);
    }

    @Override
    public Optional<Object> hurryRequest(Supervisor.Hurry hurry) {
        return Optional.of(Order.HURRY);
    }

    @Override
    public Optional<Object> killRequest() {
        return Optional.of(Order.KILL);
    }

    /** Two functions. */
    private static final class StartStop<S> implements Service {
        private final Callable<? extends S> start;
        private final Action<? super S> stop;
        private @Nullable S started;

        StartStop(Callable<? extends S> start, Action<? super S> stop) {
            this.start = start;
            this.stop = stop;
        }

        @Override
        public synchronized void start(ChildContext child) throws Exception {
            started = start.call();
        }

        @Override
        @SuppressWarnings("NullAway") // a start may return null where the stop needs nothing
        public synchronized void stop() throws Exception {
            stop.perform(started);
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
