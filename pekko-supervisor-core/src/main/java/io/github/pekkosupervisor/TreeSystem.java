package io.github.pekkosupervisor;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.actor.ActorNames;
import io.github.pekkosupervisor.actor.Addresses;
import io.github.pekkosupervisor.actor.Inside;
import io.github.pekkosupervisor.actor.KeptChildren;
import io.github.pekkosupervisor.actor.ServiceThreads;
import io.github.pekkosupervisor.actor.SupervisorLog;
import io.github.pekkosupervisor.actor.TreeIdentity;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The actor system that a tree runs in: one of its own, which ends with it, or the application's, which stays. In both
 * the tree is stopped in order before the system is terminated.
 *
 * @param isOwn whether it was made for the tree
 */
record TreeSystem(ActorSystem<?> system, boolean isOwn) {

    private static final Logger LOG = LoggerFactory.getLogger(SupervisorLog.NAME);
    private static final String OWN_SYSTEM = "pekko-supervisor";
    private static final AtomicInteger OWN_SYSTEMS = new AtomicInteger();
    private static final Duration LAST_THREADS = Duration.ofSeconds(10);

    /** For which a system of its own waits for the tree, unless somebody has set it: nothing to be warned of. */
    private static final Duration OWN_PHASE = Duration.ofHours(1);

    /** The application's; a new one if it gives none. */
    static TreeSystem of(Optional<ActorSystem<?>> given) {
        return new TreeSystem(given.orElseGet(TreeSystem::create), given.isEmpty());
    }

    private static ActorSystem<?> create() {
        Config reference = ConfigFactory.defaultReference();
        ReferenceCheck.check(reference);
        Config fixed = ConfigFactory.parseMap(Map.of(
                // JvmExit does that
                "pekko.coordinated-shutdown.run-by-jvm-shutdown-hook",
                "off",
                "pekko.coordinated-shutdown.exit-jvm",
                "off",
                "pekko.jvm-shutdown-hooks",
                "off",
                "pekko.jvm-exit-on-fatal-error",
                "off"));
        Config config = fixed.withFallback(ConfigFactory.defaultOverrides())
                .withFallback(ConfigFactory.defaultApplication())
                .withFallback(ConfigFactory.load().getConfig("pekko-supervisor.own-system"))
                .withFallback(reference)
                .resolve();
        int number = OWN_SYSTEMS.incrementAndGet();
        return ActorSystem.create(Behaviors.empty(), number == 1 ? OWN_SYSTEM : OWN_SYSTEM + "-" + number, config);
    }

    /** Says so if it would not wait for the end of a tree. */
    void compareWith(SupervisorSpec spec) {
        if (!isOwn || StopTime.allowedBy(system).compareTo(OWN_PHASE) < 0) {
            StopTime.compareWith(system, spec);
        }
    }

    /**
     * The tree is stopped when the JVM is told to exit.
     *
     * @throws IllegalStateException it is exiting already; the system is terminated
     */
    void stopsWithTheJvm(Addresses addresses, Progress progress, CompletableFuture<TreeEnd> ended) {
        try {
            JvmExit.guard(system, addresses, progress, ended);
        } catch (IllegalStateException exiting) {
            system.terminate();
            throw new IllegalStateException("the tree is not started, since the JVM is exiting", exiting);
        }
    }

    /**
     * Opens the directory for what outlives this JVM, where the tree has one.
     *
     * @throws InvalidSpecException if that cannot be; an own system is terminated
     */
    Optional<KeptChildren> open(Optional<Path> given, SupervisorSpec spec) throws PosixException {
        boolean done = false;
        try {
            Optional<KeptChildren> kept = KeptChildren.open(given, spec, system);
            done = true;
            return kept;
        } finally {
            if (!done && isOwn) {
                system.terminate();
            }
        }
    }

    /** When all is up, what is left of an earlier tree and is no part of this one is stopped. */
    void keeps(KeptChildren kept, CompletableFuture<SupervisorRef> up) {
        var others =
                up.thenRunAsync(kept::stopOthers, ServiceThreads.get(system).executor());
        assert others != null;
    }

    /** The end of a tree, when its state directory may be another's. What a start that failed leaves there is named. */
    static CompletableFuture<TreeEnd> releases(
            KeptChildren kept, CompletableFuture<SupervisorRef> up, CompletableFuture<TreeEnd> ended) {
        return ended.thenApply(end -> {
            if (!up.isDone() && !(end.reason() instanceof ExitReason.Shutdown)) {
                kept.warnOfThoseNotTakenOver();
            }
            kept.close();
            return end;
        });
    }

    /** When it terminates it stops the tree first; when the tree has ended, an own one terminates. */
    void stopsFirst(ActorRef<Object> top, Progress progress, CompletableFuture<TreeEnd> ended) {
        Cancellable task = CoordinatedShutdown.get(system)
                .addCancellableTask(
                        CoordinatedShutdown.PhaseBeforeActorSystemTerminate(),
                        "stop-" + OWN_SYSTEM + ActorNames.unique(),
                        () -> {
                            progress.stops();
                            if (!ended.isDone()) {
                                top.tell(new SupervisorCommand.Stop(ExitReason.shutdown()));
                            }
                            return ended.thenApply(end -> Done.getInstance());
                        });
        var done = ended.thenRun(task::cancel);
        assert done != null;
        if (isOwn) {
            var over = ended.thenRun(system::terminate);
            assert over != null;
        }
    }

    /** Whether the caller is one of its own threads. */
    boolean isAtWorkHere() {
        return isOwn && Thread.currentThread().getName().startsWith(system.name() + "-pekko");
    }

    /**
     * Whether there is anything to wait for.
     *
     * @throws IllegalStateException if the caller is at work for the tree itself
     */
    boolean mayWait(String call, TreeIdentity tree, CompletableFuture<TreeEnd> ended) {
        boolean inside = Inside.isIn(tree) || isAtWorkHere();
        if (inside && !ended.isDone()) {
            IllegalStateException refusal = new IllegalStateException(call
                    + " was called by a thread that works for the tree itself, which cannot end before this call returns;"
                    + " call stop(), which does not wait");
            if (Inside.isSupervisors()) {
                LOG.error("the tree is not closed", refusal);
            }
            throw refusal;
        }
        return !inside;
    }

    /** Terminates an own one; completes when it is over, or has been waited for long enough. */
    CompletionStage<Done> over() {
        if (!isOwn) {
            return CompletableFuture.completedFuture(Done.getInstance());
        }
        system.terminate();
        return system.getWhenTerminated()
                .toCompletableFuture()
                .copy()
                .completeOnTimeout(Done.getInstance(), LAST_THREADS.toMillis(), TimeUnit.MILLISECONDS);
    }
}
