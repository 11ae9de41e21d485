package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.posix.Excerpt;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.rule.Scope;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * One incarnation of a supervisor for all who call it: the calls are kept until answered, and at its end all that are
 * left are.
 */
public final class PendingCalls implements Addresses.AtWork {

    private final String path;
    private final ActorRef<SupervisorCommand> supervisor;
    private final Addresses addresses;
    private final Executor answers;
    private final Set<Waiting<?>> waiting = ConcurrentHashMap.newKeySet();
    private final Set<Look> looks = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<TreeEnd> ended = new CompletableFuture<>();
    private @Nullable CompletionStage<TreeEnd> endedElsewhere;

    PendingCalls(String path, ActorRef<SupervisorCommand> supervisor, Addresses addresses) {
        this.path = path;
        this.supervisor = supervisor;
        this.addresses = addresses;
        this.answers = new InTurn(addresses.answers());
    }

    /** One call; equal to itself only. */
    private static final class Waiting<R extends SupervisorResult> {
        final CompletableFuture<R> answer = new CompletableFuture<>();
        final Request<R> request;

        Waiting(Request<R> request) {
            this.request = request;
        }

        void complete(Object value) {
            answer.complete(request.answers().cast(value));
        }

        void supervisorGone(String path) {
            request.whenGone()
                    .ifPresentOrElse(answer::complete, () -> answer.completeExceptionally(new GoneException(path)));
        }
    }

    /**
     * Sends a request of the application, whose code is not to run in a thread of the tree: it may make a further call
     * and wait for that, wait for the tree's end, or exit. Answers are told in the order in which they come.
     */
    @Override
    public <R extends SupervisorResult> CompletionStage<R> ask(Request<R> request) {
        CompletableFuture<R> answer = askInTurn(request);
        if (answer.isDone()) {
            return answer;
        }
        CompletableFuture<R> told = new CompletableFuture<>();
        var passedOn = answer.whenComplete((value, failure) -> {
            answers.execute(() -> {
                if (failure == null) {
                    told.complete(value);
                } else {
                    told.completeExceptionally(failure);
                }
            });
        });
        assert passedOn != null;
        return told;
    }

    @Override
    public <R extends SupervisorResult> CompletableFuture<R> askInTurn(Request<R> request) {
        Waiting<R> call = new Waiting<>(request);
        waiting.add(call);
        if (ended.isDone()) {
            waiting.remove(call);
            call.supervisorGone(path);
        } else {
            supervisor.tell(new SupervisorMessage.Asked(request, value -> {
                waiting.remove(call);
                call.complete(value);
            }));
        }
        return call.answer;
    }

    @Override
    public CompletionStage<TreeSnapshot> snapshot() {
        return look(Scope.ALL, Look.Terms.ONCE);
    }

    /** The same, but only the place that these ids lead to, and those on the way there. */
    public CompletionStage<TreeSnapshot> snapshotOf(List<String> ids) {
        return look(Scope.place(ids), Look.Terms.ONCE);
    }

    /** The same, but only what is not as it should be, and what has others below it. */
    public CompletionStage<TreeSnapshot> snapshotOfUnwell() {
        return look(Scope.UNWELL, Look.Terms.ONCE);
    }

    /** All of it, as what a subscriber is to know before it is told more. */
    public CompletionStage<TreeSnapshot> snapshotFor(Subscription subscription, Duration patience) {
        return look(
                Scope.ALL,
                new Look.Terms(subscription::seen, Optional.empty(), patience, Optional.of(subscription::seenTooLate)));
    }

    /** Looks at it and what is below it. */
    private CompletionStage<TreeSnapshot> look(Scope scope, Look.Terms terms) {
        TreeClock clock = addresses.tree().clock();
        Instant at = clock.instant(clock.now());
        Look look = new Look(this, terms);
        looks.add(look);
        if (ended.isDone()) {
            look.gone(this);
        } else {
            supervisor.tell(new SupervisorMessage.LookAt(look, this, scope));
        }
        return look.seen(addresses.answers())
                .whenComplete((seen, failure) -> looks.remove(look))
                .thenApply(seen -> new TreeSnapshot(at, seen.orElseThrow(() -> new GoneException(path))));
    }

    /** Nothing of the supervisor is left. */
    void close(TreeEnd end) {
        ended.complete(end);
        looks.forEach(look -> look.gone(this));
        waiting.removeIf(call -> {
            call.supervisorGone(path);
            return true;
        });
    }

    @Override
    public synchronized CompletionStage<TreeEnd> whenEnded() {
        CompletionStage<TreeEnd> known = endedElsewhere;
        if (known == null) {
            known = addresses.elsewhere(ended);
            endedElsewhere = known;
        }
        return known;
    }

    @Override
    public ActorRef<SupervisorCommand> actor() {
        return supervisor;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public <T> ActorRef<T> ref(Class<T> type, String id) {
        return addresses.of(TreePath.below(path, id), type);
    }

    @Override
    public String toString() {
        return "SupervisorRef[" + Excerpt.line(path) + "]";
    }
}
