package io.github.pekkosupervisor;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** Where the calls to one incarnation of a supervisor are kept until answered; at its end all that are left are. */
final class Desk {

    private final String path;
    private final ActorRef<Supervisor.Command> supervisor;
    private final Addresses addresses;
    private final Set<Waiting<?>> waiting = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<TreeEnd> ended = new CompletableFuture<>();

    Desk(String path, ActorRef<Supervisor.Command> supervisor, Addresses addresses) {
        this.path = path;
        this.supervisor = supervisor;
        this.addresses = addresses;
    }

    private record Waiting<R>(
            CompletableFuture<R> answer,
            Class<R> type,
            @Nullable R gone,
            String path) {
        void complete(Object value) {
            answer.complete(type.cast(value));
        }

        void supervisorGone() {
            if (gone == null) {
                answer.completeExceptionally(new SupervisorRef.GoneException(path));
            } else {
                answer.complete(gone);
            }
        }

        // each call is itself
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(answer);
        }
    }

    /**
     * Sends a request of the application, whose code is not to run in a thread of the tree: it may make a further call
     * and wait for that, wait for the tree's end, or exit.
     *
     * @param gone the answer if there will be none; null to fail
     */
    <R> CompletionStage<R> call(Request request, Class<R> type, @Nullable R gone) {
        CompletableFuture<R> answer = ask(request, type, gone);
        if (answer.isDone()) {
            return answer;
        }
        CompletableFuture<R> told = new CompletableFuture<>();
        var passedOn = answer.whenComplete((value, failure) -> {
            Runnable tell = () -> {
                if (failure == null) {
                    told.complete(value);
                } else {
                    told.completeExceptionally(failure);
                }
            };
            try {
                addresses.answers().execute(tell);
            } catch (RejectedExecutionException | OutOfMemoryError systemIsOver) {
                tell.run();
            }
        });
        assert passedOn != null;
        return told;
    }

    /**
     * Sends a request, and is answered in the supervisor's turn.
     *
     * @param gone the answer if there will be none; null to fail
     */
    <R> CompletableFuture<R> ask(Request request, Class<R> type, @Nullable R gone) {
        Waiting<R> call = new Waiting<>(new CompletableFuture<>(), type, gone, path);
        waiting.add(call);
        if (ended.isDone()) {
            waiting.remove(call);
            call.supervisorGone();
        } else {
            supervisor.tell(new Supervisor.Call(
                    request,
                    value -> {
                        waiting.remove(call);
                        call.complete(value);
                    },
                    false));
        }
        return call.answer();
    }

    /** Nothing of the supervisor is left. */
    void close(TreeEnd end) {
        ended.complete(end);
        waiting.removeIf(call -> {
            call.supervisorGone();
            return true;
        });
    }

    /**
     * The same for the application, whose code is not to run in a thread of the tree: it may wait for the tree's end,
     * or exit.
     */
    static <R> CompletionStage<R> elsewhere(CompletableFuture<R> future) {
        return future.isDone()
                ? future.minimalCompletionStage()
                : future.<R>thenApplyAsync(result -> result).minimalCompletionStage();
    }

    CompletionStage<TreeEnd> whenEnded() {
        return elsewhere(ended);
    }

    ActorRef<Supervisor.Command> supervisor() {
        return supervisor;
    }

    String path() {
        return path;
    }

    /**
     * The address of a child, or of one further down.
     *
     * @param type of what is sent to it
     * @param ids that lead there
     */
    <T> ActorRef<T> address(Class<T> type, String... ids) {
        String place = path;
        for (String id : ids) {
            place = TreePath.below(place, id);
        }
        return addresses.of(place, type);
    }
}
