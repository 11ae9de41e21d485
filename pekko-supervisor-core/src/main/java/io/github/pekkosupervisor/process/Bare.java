package io.github.pekkosupervisor.process;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What is given to the application fails with the exception that is promised, where {@link CompletableFuture} has one
 * around it for all that follows from another stage.
 */
final class Bare {

    private Bare() {}

    /** The exception itself. */
    static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** The same outcome; whoever completes this one, or cancels it, changes nothing of the other. */
    static <T> CompletableFuture<T> of(CompletionStage<? extends T> stage) {
        CompletableFuture<T> bare = new CompletableFuture<>();
        var told = stage.whenComplete((value, failure) -> complete(bare, value, failure));
        assert told != null;
        return bare;
    }

    static <T> void complete(CompletableFuture<T> bare, T value, @Nullable Throwable failure) {
        if (failure == null) {
            bare.complete(value);
        } else {
            bare.completeExceptionally(cause(failure));
        }
    }
}
