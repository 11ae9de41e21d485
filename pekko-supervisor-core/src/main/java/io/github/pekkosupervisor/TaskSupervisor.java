package io.github.pekkosupervisor;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Computations that are supervised while they run and never restarted. As Elixir's {@code Task.Supervisor}: each is a
 * temporary child of a {@link SupervisorSpec#dynamic() dynamic} supervisor, on a thread of its own; when the supervisor
 * stops, it interrupts those that still run.
 */
public final class TaskSupervisor {

    private final SupervisorRef supervisor;

    private TaskSupervisor(SupervisorRef supervisor) {
        this.supervisor = supervisor;
    }

    /** A task was not started. */
    public static final class RejectedException extends IllegalStateException {
        RejectedException(Object result) {
            super("the task was not started: " + result);
        }
    }

    /** What to start: a supervisor for tasks; limit their number by {@link SupervisorSpec#withMaxChildren}. */
    public static SupervisorSpec spec() {
        return SupervisorSpec.dynamic();
    }

    /** The way to a supervisor that was started from {@link #spec}. */
    public static TaskSupervisor of(SupervisorRef supervisor) {
        return new TaskSupervisor(supervisor);
    }

    /**
     * Starts a task that nobody waits for; if it fails that is reported.
     *
     * @param name shown in reports; need not be unique
     */
    public CompletionStage<Supervisor.StartResult> start(String name, ChildSpec.Action<? super ChildContext> task) {
        return supervisor.startChild(ChildSpec.runnable(name, task).withRestart(RestartType.TEMPORARY));
    }

    /**
     * Starts a task for its result.
     *
     * @param name shown in reports; need not be unique
     * @return its result, or what it threw; {@link CancellationException} if it was stopped; {@link RejectedException}
     *     if it was not started. Cancelling it stops the task
     */
    public <R> CompletableFuture<R> async(String name, Callable<? extends R> task) {
        CompletableFuture<R> result = new CompletableFuture<>();
        var started = start(name, child -> compute(task, result)).thenAccept(outcome -> {
            if (outcome instanceof Supervisor.Started running) {
                var watched = result.whenComplete((value, failure) -> stopIfCancelled(result, running.child()));
                assert watched != null;
            } else {
                result.completeExceptionally(new RejectedException(outcome));
            }
        });
        assert started != null;
        return result;
    }

    private void stopIfCancelled(CompletableFuture<?> result, ChildHandle child) {
        if (result.isCancelled()) {
            var stopped = supervisor.terminateChild(child);
            assert stopped != null;
        }
    }

    /** Whoever waits is told of a failure, so it is no crash. */
    private static <R> void compute(Callable<? extends R> task, CompletableFuture<R> result) {
        try {
            result.complete(task.call());
        } catch (InterruptedException e) {
            result.completeExceptionally(new CancellationException("the task was stopped"));
        } catch (Throwable failure) {
            result.completeExceptionally(failure);
            if (failure instanceof OutOfMemoryError fatal) {
                throw fatal;
            }
        }
    }
}
