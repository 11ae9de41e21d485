package io.github.pekkosupervisor.posix;

/**
 * A system that refuses calls of a function of the C library, where they come from a certain method of ours, in
 * whatever thread; until this is closed. One at a time.
 */
public final class RefusedCalls implements AutoCloseable {

    private final int errno;
    private final int most;
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
        this.errno = Errno.valueOf(errno).number();
        this.most = most;
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
