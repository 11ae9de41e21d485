package io.github.pekkosupervisor.springboot;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeHealth;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * The tree of an application, as a bean. There is one where there is a {@link SupervisorSpec} that is a bean, or
 * {@code pekko-supervisor.tree} among the properties. To be injected by whoever uses the tree; the beans that children
 * of the tree use are injected into the method that makes the {@link SupervisorSpec}.
 *
 * <p>It is started when all beans have been made, in its phase of the lifecycle, {@code pekko-supervisor.phase}: by
 * default after all that has a lower one, executors and schedulers for instance, and before a web server accepts its
 * first request. The application does not start if its tree does not. It is stopped in the same phase, so when the web
 * server has ended its last request, and while all beans are there; Spring waits for that up to
 * {@code spring.lifecycle.timeout-per-shutdown-phase}. Started again, by Spring too, it is another tree by the same
 * specification.
 */
public final class ApplicationTree implements SmartLifecycle {

    /** A wait with a limit: Spring takes who waits without one for stuck when the JVM is told to exit. */
    private static final long LOOK_SECONDS = 3_600;

    private final SupervisorSpec spec;
    private final Supplier<Options> options;
    private final SupervisorProperties properties;
    private final Essential essential;
    private final TreeAvailability availability;
    private final Consequences consequences;
    private final ShutdownPhase phase;

    /** The tree that there is, or was at last. */
    private volatile @Nullable Present present;

    /** Who is to have the next one. */
    private volatile Consumer<SupervisionTree> follower = any -> {};

    /** What an end by itself means for others. */
    interface Consequences {
        /** Nothing of the tree is left. */
        void of(ApplicationTree tree, TreeEnd end);
    }

    /** One tree, from its start on. */
    private static final class Present {
        private final SupervisionTree tree;
        private volatile boolean asked;
        private volatile @Nullable TreeEnd end;

        Present(SupervisionTree tree) {
            this.tree = tree;
        }
    }

    ApplicationTree(
            SupervisorSpec spec,
            Supplier<Options> options,
            SupervisorProperties properties,
            TreeAvailability availability,
            Consequences consequences,
            ShutdownPhase phase) {
        this.spec = spec;
        this.options = options;
        this.properties = properties;
        this.essential = new Essential(properties.essential());
        this.availability = availability;
        this.consequences = consequences;
        this.phase = phase;
    }

    // ---- use

    /**
     * The tree that runs, or has ended by itself.
     *
     * @throws IllegalStateException it is not started yet, or has been stopped with the application context
     */
    public SupervisionTree tree() {
        return present()
                .orElseThrow(() -> new IllegalStateException("the tree is not there: it is started when all beans"
                        + " have been made, in phase " + getPhase() + " of the lifecycle ("
                        + SupervisorProperties.PREFIX
                        + ".phase), and stopped with the application context; ask for it later, not in a constructor"));
    }

    /**
     * The same; empty if it is not there. It may be starting, when {@link SupervisionTree#whenUp} has not completed.
     */
    public Optional<SupervisionTree> present() {
        Present now = present;
        return now == null ? Optional.empty() : Optional.of(now.tree);
    }

    /** How it has ended by itself; empty if it has not. */
    public Optional<TreeEnd> end() {
        Present now = present;
        return now == null ? Optional.empty() : Optional.ofNullable(now.end);
    }

    /** From now on, whoever starts it; on the thread that does, when it is up. */
    void each(Consumer<SupervisionTree> follow) {
        follower = follow;
    }

    Essential essential() {
        return essential;
    }

    // ---- as Spring has it

    /**
     * Starts it and waits until all of it is up; does nothing if it runs.
     *
     * @throws InvalidSpecException if the specification is wrong; nothing has been started
     * @throws SupervisionTree.StartFailedException if a child did not start; those before it have been stopped
     */
    @Override
    public void start() {
        if (isRunning()) {
            return;
        }
        SupervisionTree tree = SupervisionTree.begin(spec, options.get());
        phase.compareWith(spec);
        Present now = new Present(tree);
        present = now;
        availability.ready(false);
        boolean isUp = false;
        try {
            awaitUp(tree);
            refuseUnknownPlaces(tree);
            isUp = true;
        } finally {
            if (!isUp) {
                now.asked = true;
                present = null;
                tree.close();
            }
        }
        // at once, so that an application that has started is not taken for one that is not ready
        ready(now, essential.isReady(tree.health().toCompletableFuture().join()));
        new ReadinessWatch(tree, essential, isReady -> ready(now, isReady)).begin();
        var told = tree.whenEnded().thenAccept(end -> ended(now, end));
        assert told != null;
        // last: what others do with it may fail, and it is up all the same
        follower.accept(tree);
    }

    /** The JVM may be told to exit meanwhile: Spring's own hook waits for the end of the start. */
    private static void awaitUp(SupervisionTree tree) {
        Thread giveUp = new Thread(() -> giveUp(tree), "pekko-supervisor-give-up");
        boolean isExiting = false;
        try {
            Runtime.getRuntime().addShutdownHook(giveUp);
        } catch (IllegalStateException exiting) {
            isExiting = true;
            giveUp(tree);
        }
        try {
            join(tree);
        } finally {
            if (!isExiting) {
                withdraw(giveUp);
            }
        }
    }

    private static void withdraw(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // it is running; what is up by now is stopped by it, and by Spring
        }
    }

    private static void giveUp(SupervisionTree tree) {
        var stopped = tree.stop();
        assert stopped != null;
    }

    private static void join(SupervisionTree tree) {
        CompletableFuture<SupervisionTree> up = tree.whenUp().toCompletableFuture();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    SupervisionTree started = up.get(LOOK_SECONDS, TimeUnit.SECONDS);
                    assert started == tree;
                    return;
                } catch (TimeoutException e) {
                    // it has a start timeout of its own
                } catch (InterruptedException e) {
                    interrupted = true;
                    giveUp(tree);
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof RuntimeException failed ? failed : new CompletionException(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void refuseUnknownPlaces(SupervisionTree tree) {
        if (essential.paths().isEmpty()) {
            return;
        }
        List<String> missing =
                essential.missingIn(tree.snapshot().toCompletableFuture().join());
        if (!missing.isEmpty()) {
            throw new TreeChoiceException(
                    SupervisorProperties.PREFIX + ".essential names " + missing + ", and the tree has no such places",
                    "name children that it has from its start on; of a dynamic supervisor name that itself");
        }
    }

    /** Stops it and waits until nothing of it is left; does nothing if there is none. */
    @Override
    public void stop() {
        CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
        stop(() -> over.complete(null));
        over.join();
    }

    /**
     * Stops it in reverse order; does not wait.
     *
     * @param callback called when nothing of it is left, on a thread of the tree
     */
    @Override
    public void stop(Runnable callback) {
        Present now = present;
        if (now == null) {
            callback.run();
            return;
        }
        now.asked = true;
        var over = now.tree.stop().whenComplete((end, failure) -> {
            if (present == now) {
                present = null;
            }
            try {
                availability.ready(false);
            } finally {
                // Spring may have waited long enough, so that nobody can be told any more
                callback.run();
            }
        });
        assert over != null;
    }

    /** Whether it is there and has not ended. */
    @Override
    public boolean isRunning() {
        Present now = present;
        return now != null && now.end == null;
    }

    /** As {@code pekko-supervisor.phase} has it. */
    @Override
    public int getPhase() {
        return properties.phase();
    }

    /** A look may be told of late, when it counts no longer. */
    private void ready(Present now, boolean isReady) {
        availability.ready(isReady && now.end == null && !now.asked);
        if (now.end != null || now.asked) {
            availability.ready(false);
        }
    }

    private void ended(Present now, TreeEnd end) {
        now.end = end;
        if (!now.asked) {
            availability.ready(false);
            consequences.of(this, end);
        }
    }

    /** How it is for the application; not live if it has ended or is not there. */
    TreeHealth health(long seconds) throws InterruptedException, ExecutionException, TimeoutException {
        return tree().health().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
    }
}
