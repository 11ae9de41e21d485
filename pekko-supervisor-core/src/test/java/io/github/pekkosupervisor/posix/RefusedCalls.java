package io.github.pekkosupervisor.posix;

import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/**
 * A system that refuses a call, below everything of ours: as a full disk does, a read-only one, or one that has no
 * descriptor left. All goes through again when this is closed. One at a time.
 */
public final class RefusedCalls implements AutoCloseable {

    /** By these a descriptor comes to be; the second one is openat2 and pidfd_open, among others. */
    private static final Set<String> OPENING = Set.of("openat", "syscall");

    private final Thread only;
    private final String function;
    private final Errno errno;
    private final boolean inAllThreads;
    private int letThrough;
    private int left;

    private RefusedCalls(String function, String errno, boolean inAllThreads, int letThrough, int times) {
        this.only = Thread.currentThread();
        this.function = function;
        this.errno = Errno.valueOf(errno);
        this.inAllThreads = inAllThreads;
        this.letThrough = letThrough;
        this.left = times;
        CFunction.refuse(this::refusal);
    }

    /** Refuses whatever this thread calls of a function of the C library. */
    static RefusedCalls all(String function, String errno) {
        return allAfter(0, function, errno);
    }

    /** The same, but some calls go through before. */
    static RefusedCalls allAfter(int letThrough, String function, String errno) {
        return new RefusedCalls(function, errno, false, letThrough, Integer.MAX_VALUE);
    }

    /** Refuses the next call of this thread. */
    static RefusedCalls next(String function, String errno) {
        return new RefusedCalls(function, errno, false, 0, 1);
    }

    /** Refuses calls of whatever thread, after some that go through. */
    public static RefusedCalls everywhereAfter(int letThrough, int times, String function, String errno) {
        return new RefusedCalls(function, errno, true, letThrough, times);
    }

    /**
     * Does it in a thread of its own, which finds that all descriptors are used but those that we give up meanwhile.
     */
    static <T> CompletableFuture<T> doneWhereAllDescriptorsAreUsed(Callable<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        new Thread(() -> {
                    Thread self = Thread.currentThread();
                    int used = Descriptor.openNow();
                    CFunction.refuse(called ->
                            OPENING.contains(called) && Thread.currentThread() == self && Descriptor.openNow() >= used
                                    ? Errno.EMFILE.number()
                                    : 0);
                    try {
                        done.complete(work.call());
                    } catch (Exception | Error e) {
                        done.completeExceptionally(e);
                    } finally {
                        CFunction.refuse(null);
                    }
                })
                .start();
        return done;
    }

    private synchronized int refusal(String called) {
        if (!called.equals(function) || left == 0 || !(inAllThreads || Thread.currentThread() == only)) {
            return 0;
        }
        if (letThrough > 0) {
            letThrough--;
            return 0;
        }
        left--;
        return errno.number();
    }

    /** How many calls may still be refused. */
    public synchronized int left() {
        return left;
    }

    @Override
    public void close() {
        CFunction.refuse(null);
    }
}
