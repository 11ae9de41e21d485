package io.github.pekkosupervisor;

import io.github.pekkosupervisor.actor.Addresses;
import io.github.pekkosupervisor.actor.Inside;
import io.github.pekkosupervisor.actor.ServiceThreads;
import io.github.pekkosupervisor.actor.SupervisorLog;
import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.protocol.TreeEnd;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a tree in an actor system of its own when the JVM is told to exit, and never keeps the JVM longer than it makes
 * sense: as long as children end or are given up on, each within the longest time that one may take.
 */
final class JvmExit {

    /** For what is left of an actor system when its tree has ended, as Pekko has it. */
    private static final Duration LAST_THREADS = Duration.ofSeconds(10);

    /** The same where a thread of it is known not to come back. */
    private static final Duration NO_LAST_THREADS = Duration.ofMillis(200);

    private static final Duration REPORT = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Logger LOG = LoggerFactory.getLogger(SupervisorLog.NAME);

    private final ActorSystem<?> system;
    private final Addresses tree;
    private final Progress progress;
    private final CompletableFuture<TreeEnd> ended;

    private JvmExit(ActorSystem<?> system, Addresses tree, Progress progress, CompletableFuture<TreeEnd> ended) {
        this.system = system;
        this.tree = tree;
        this.progress = progress;
        this.ended = ended;
    }

    /**
     * From now on, until the tree has ended.
     *
     * @throws IllegalStateException the JVM is exiting
     */
    static void guard(ActorSystem<?> system, Addresses tree, Progress progress, CompletableFuture<TreeEnd> ended) {
        Thread hook = system.threadFactory().newThread(new JvmExit(system, tree, progress, ended)::run);
        hook.setName(system.name() + "-exit");
        Runtime.getRuntime().addShutdownHook(hook);
        var over = ended.thenRun(() -> {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // it is running
            }
        });
        assert over != null;
    }

    private void run() {
        CompletableFuture<Done> phases = CoordinatedShutdown.get(system)
                .runAll(CoordinatedShutdown.jvmExitReason())
                .toCompletableFuture();
        try {
            if (treeEnds()) {
                phases.get((progress.isHeld() ? NO_LAST_THREADS : LAST_THREADS).toMillis(), TimeUnit.MILLISECONDS);
            } else {
                sayWhatItHangsAt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // the JVM ends all the same; what went wrong in a phase has been logged by Pekko
        }
    }

    private boolean treeEnds() throws InterruptedException, ExecutionException {
        while (!progress.isOverdue()) {
            try {
                ended.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                return true;
            } catch (TimeoutException e) {
                // looks again
            }
        }
        return ended.isDone();
    }

    private void sayWhatItHangsAt() throws InterruptedException, ExecutionException, TimeoutException {
        String places = String.join("\n", Inside.atWork(tree.tree()));
        CompletableFuture.runAsync(
                        () -> LOG.error(
                                "the JVM exits without the end of its tree, in which nothing has happened for [{}];"
                                        + " supervisors [{}] have not ended; at work for it: [{}]",
                                DurationText.of(progress.limit()),
                                tree.running(),
                                places.isEmpty() ? "nobody" : places),
                        ServiceThreads.get(system).executor())
                .get(REPORT.toMillis(), TimeUnit.MILLISECONDS);
    }
}
