package io.github.pekkosupervisor;

import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildContext;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.RunnableKind;
import io.github.pekkosupervisor.spec.SupervisorSpec;
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
    public CompletionStage<SupervisorResult.StartResult> start(
            String name, ChildSpec.Action<? super ChildContext> task) {
        return supervisor.startChild(ChildSpec.runnable(name, task).withRestart(RestartType.TEMPORARY));
    }

    /**
     * Starts a task for its result.
     *
     * @param name shown in reports; need not be unique
     * @return its result, or what it threw; {@link CancellationException} if it was stopped; {@link RejectedException}
     *     if it was not started. Completing it in another way stops the task: cancelling it, or a timeout
     */
    public <R> CompletableFuture<R> async(String name, Callable<? extends R> task) {
        Task<R> computation = new Task<>(task);
        ChildSpec child = ChildSpec.of(name, new RunnableKind(context -> computation.run(), computation::stopped))
                .withRestart(RestartType.TEMPORARY);
        var started = supervisor.startChild(child).thenAccept(outcome -> {
            if (outcome instanceof SupervisorResult.Started running) {
                var watched = computation.result.whenComplete((value, failure) -> {
                    if (!computation.over) {
                        var terminated = supervisor.terminateChild(running.child());
                        assert terminated != null;
                    }
                });
                assert watched != null;
            } else {
                computation.result.completeExceptionally(new RejectedException(outcome));
            }
        });
        assert started != null;
        return computation.result;
    }

    /** Whoever waits is told of a failure, so it is no crash. */
    private static final class Task<R> {
        final CompletableFuture<R> result = new CompletableFuture<>();
        private final Callable<? extends R> work;

        /** By itself, or never begun: nobody need stop it. */
        volatile boolean over;

        Task(Callable<? extends R> work) {
            this.work = work;
        }

        void run() {
            try {
                R value = work.call();
                over = true;
                result.complete(value);
            } catch (InterruptedException e) {
                stopped();
            } catch (Throwable failure) {
                over = true;
                result.completeExceptionally(failure);
            }
        }

        void stopped() {
            over = true;
            result.completeExceptionally(new CancellationException("the task was stopped"));
        }
    }
}
