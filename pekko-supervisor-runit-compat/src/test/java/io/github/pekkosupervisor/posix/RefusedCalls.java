package io.github.pekkosupervisor.posix;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * A system that refuses calls of a function of the C library, where they come from a certain method of ours, in
 * whatever thread; until this is closed. One at a time.
 */
public final class RefusedCalls implements AutoCloseable {

    private final int errno;
    private final int most;
    private final Optional<Supplier<? extends Error>> error;
    private volatile int refused;

    /**
     * Refuses them.
     *
     * @param method the class and the method that have led to the call, as {@code LastRuns.write}
     */
    public RefusedCalls(String function, String errno, String method) {
        this(function, errno, method, Integer.MAX_VALUE);
    }

    /** The same for the first of them. */
    public RefusedCalls(String function, String errno, String method, int most) {
        this(function, Errno.valueOf(errno).number(), method, most, Optional.empty());
    }

    /** An error in the place of the first refusal, as where a class is missing that is needed for the call. */
    public RefusedCalls(String function, Supplier<? extends Error> error, String method) {
        this(function, 0, method, 1, Optional.of(error));
    }

    private RefusedCalls(
            String function, int errno, String method, int most, Optional<Supplier<? extends Error>> error) {
        this.errno = errno;
        this.most = most;
        this.error = error;
        CFunction.refuse(called -> called.equals(function) && isBelow(method) ? next() : 0);
    }

    private static boolean isBelow(String method) {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(
                        frame -> (frame.getClassName() + "." + frame.getMethodName()).endsWith("." + method)));
    }

    private synchronized int next() {
        if (refused == most) {
            return 0;
        }
        refused++;
        if (error.isPresent()) {
            throw error.get().get();
        }
        return errno;
    }

    /** How many have been refused. */
    public int refused() {
        return refused;
    }

    @Override
    public void close() {
        CFunction.refuse(null);
    }
}
