package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** The future of the application that says when a process is ready. */
final class FutureSign {

    private FutureSign() {}

    /** Asks for it, by a thread for the application's own code; fails if that does. */
    static CompletionStage<Object> begin(Readiness.Future future, ProcessIdentity process, Executor application) {
        return CompletableFuture.<CompletionStage<?>>supplyAsync(
                        () -> Objects.requireNonNull(
                                future.begin().apply(process), "the function has returned no future"),
                        application)
                .thenCompose(stage -> stage.<Object>thenApply(done -> true));
    }
}
