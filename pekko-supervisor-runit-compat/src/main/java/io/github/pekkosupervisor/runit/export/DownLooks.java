package io.github.pekkosupervisor.runit.export;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks for files, one after another, where it holds up nobody else. A file system that does not answer in time has no
 * such file, and nobody waits for it again until it has answered. Nor has one where the look itself fails, of which
 * nobody else is to notice anything. May be used from any thread.
 */
final class DownLooks {

    private final Executor executor;
    private final Duration limit;
    private final Runnable whenLate;
    private final Consumer<Throwable> whenFailed;
    private final Deque<Look> waiting = new ArrayDeque<>();

    /** Somebody is at work on those that wait. */
    private boolean isLooking;

    private boolean isLate;

    private record Look(BooleanSupplier isThere, CompletableFuture<Boolean> answer) {}

    /**
     * Before the first.
     *
     * @param executor may be held up as long as it takes, by one at a time
     * @param limit how long an answer is waited for
     * @param whenLate told when one has not come in time, once until one has
     * @param whenFailed told what a look has met instead of an answer
     */
    DownLooks(Executor executor, Duration limit, Runnable whenLate, Consumer<Throwable> whenFailed) {
        this.executor = executor;
        this.limit = limit;
        this.whenLate = whenLate;
        this.whenFailed = whenFailed;
    }

    /** Whether it is there. */
    CompletableFuture<Boolean> look(BooleanSupplier isThere) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        boolean begins;
        synchronized (this) {
            if (isLate) {
                return CompletableFuture.completedFuture(false);
            }
            waiting.add(new Look(isThere, answer));
            begins = !isLooking;
            isLooking = true;
        }
        CompletableFuture<Boolean> inTime = answer.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(late -> {
                    isLate();
                    return false;
                });
        if (begins) {
            begin();
        }
        return inTime;
    }

    private void begin() {
        try {
            executor.execute(this::lookAtAll);
        } catch (RuntimeException | Error e) {
            // nobody will look, so that all who wait are answered now
            for (Look look = next(); look != null; look = next()) {
                failed(look, e);
            }
        }
    }

    private void isLate() {
        boolean isNew;
        synchronized (this) {
            isNew = isLooking && !isLate;
            isLate |= isNew;
        }
        if (isNew) {
            whenLate.run();
        }
    }

    private void lookAtAll() {
        for (Look look = next(); look != null; look = next()) {
            if (!look.answer().isDone()) {
                look(look);
            }
        }
    }

    /** An error too stays here: the thread is one of the actor system's, which would end for it. */
    private void look(Look look) {
        try {
            boolean isThere = look.isThere().getAsBoolean();
            answers();
            look.answer().complete(isThere);
        } catch (RuntimeException | Error e) {
            failed(look, e);
        }
    }

    private void failed(Look look, Throwable failure) {
        try {
            answers();
            look.answer().complete(false);
            whenFailed.accept(failure);
        } catch (RuntimeException | Error alsoThat) {
            // who waits has been answered, or is after his time
        }
    }

    private synchronized void answers() {
        isLate = false;
    }

    private synchronized @Nullable Look next() {
        Look next = waiting.poll();
        isLooking = next != null;
        return next;
    }
}
