package io.github.pekkosupervisor.posix;

/**
 * A system that refuses calls of a function of the C library, where they come from a certain method of ours, in
 * whatever thread; until this is closed. One at a time.
 */
public final class RefusedCalls implements AutoCloseable {

    private volatile int refused;

    /**
     * Refuses them.
     *
     * @param method the class and the method that have led to the call, as {@code LastRuns.write}
     */
    public RefusedCalls(String function, String errno, String method) {
        int number = Errno.valueOf(errno).number();
        CFunction.refuse(called -> called.equals(function) && isBelow(method) ? count(number) : 0);
    }

    private static boolean isBelow(String method) {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(
                        frame -> (frame.getClassName() + "." + frame.getMethodName()).endsWith("." + method)));
    }

    private synchronized int count(int number) {
        refused++;
        return number;
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
