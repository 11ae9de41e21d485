package io.github.pekkosupervisor;

import io.github.pekkosupervisor.actor.Audience;
import io.github.pekkosupervisor.actor.PendingCalls;
import io.github.pekkosupervisor.actor.Subscription;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeHealth;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.protocol.TreeSubscriber;
import io.github.pekkosupervisor.protocol.TreeSubscription;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What is to be seen of a tree, also when it has ended.
 *
 * @param root its top supervisor
 * @param ended completes when nothing of it is left
 * @param audience told of its events
 * @param endedAt when that was first seen
 */
record TreeSight(
        PendingCalls root,
        CompletableFuture<TreeEnd> ended,
        Audience audience,
        InstantSource calendar,
        AtomicReference<@Nullable Instant> endedAt) {

    static TreeSight of(
            PendingCalls root, CompletableFuture<TreeEnd> ended, Audience audience, InstantSource calendar) {
        TreeSight sight = new TreeSight(root, ended, audience, calendar, new AtomicReference<>());
        var told = ended.thenAccept(end -> {
            sight.whenEnded();
            audience.ends(end);
        });
        assert told != null;
        return sight;
    }

    CompletionStage<Optional<SupervisorRef>> supervisor(List<String> path) {
        CompletionStage<Optional<SupervisorRef>> found = CompletableFuture.completedFuture(Optional.of(root));
        for (String id : path) {
            found = found.thenCompose(at -> at.isEmpty() ? CompletableFuture.completedFuture(at) : below(at.get(), id));
        }
        return found;
    }

    private static CompletionStage<Optional<SupervisorRef>> below(SupervisorRef at, String id) {
        return at.child(id)
                .thenApply(result -> result instanceof ChildInfo info
                        ? info.handle().flatMap(ChildHandle::supervisor)
                        : Optional.empty());
    }

    CompletionStage<TreeSnapshot> snapshot() {
        return unlessEnded(root.snapshot());
    }

    /** Its top supervisor may end at any time, and the tree has ended soon after that. */
    private CompletionStage<TreeSnapshot> unlessEnded(CompletionStage<TreeSnapshot> asked) {
        return asked.exceptionallyCompose(failure -> SupervisorRef.GoneException.isCauseOf(failure)
                ? root.whenEnded().thenApply(this::ended)
                : CompletableFuture.failedFuture(cause(failure)));
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
    }

    /** When it was first known. */
    private Instant whenEnded() {
        return endedAt.updateAndGet(known -> known == null ? calendar.instant() : known);
    }

    private TreeSnapshot ended(TreeEnd end) {
        Instant then = whenEnded();
        LastExit last = LastExit.of(end.toString(), then);
        Node top = Node.of(TreePath.TOP, "supervisor", State.STOPPED)
                .withSince(Optional.of(then))
                .withRestarts(0, Optional.of(last), Optional.empty());
        return new TreeSnapshot(calendar.instant(), top);
    }

    CompletionStage<Optional<ProcessIdentity>> process(List<String> ids) {
        String path = TreePath.TOP;
        for (String id : ids) {
            path = TreePath.below(path, id);
        }
        String place = path;
        return unlessEnded(root.snapshotOf(ids))
                .thenApply(snapshot -> snapshot.find(place).flatMap(Node::process));
    }

    TreeSubscription subscribe(TreeSubscriber subscriber) {
        return Subscription.to(audience, subscriber, new Subscription.Sight() {
            @Override
            public CompletionStage<TreeSnapshot> look(Subscription subscription, Duration patience) {
                return root.snapshotFor(subscription, patience);
            }

            @Override
            public CompletionStage<TreeSnapshot> atTheEnd() {
                return root.whenEnded().thenApply(TreeSight.this::ended);
            }
        });
    }

    CompletionStage<TreeHealth> health() {
        return root.snapshotOfUnwell().thenApply(TreeHealth::of).exceptionallyCompose(failure -> {
            if (ended.isDone()) {
                return CompletableFuture.completedFuture(TreeHealth.of(ended(ended.join())));
            }
            return SupervisorRef.GoneException.isCauseOf(failure) || cause(failure) instanceof TimeoutException
                    ? CompletableFuture.completedFuture(TreeHealth.silent(TreePath.TOP))
                    : CompletableFuture.failedFuture(cause(failure));
        });
    }
}
