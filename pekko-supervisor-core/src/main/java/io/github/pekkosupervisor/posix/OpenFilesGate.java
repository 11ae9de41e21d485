package io.github.pekkosupervisor.posix;

import org.jspecify.annotations.Nullable;

/**
 * The limit of open files of this process, lowered while children are being made.
 *
 * <p>A child gets the limit that is in force when it is made, and there is no call to give it another one. So it is
 * lowered from the first of several births that overlap to the last. Descriptors that are open above it stay usable.
 * Whoever is refused a new one meanwhile asks again when no birth is under way: {@link #retry}.
 */
final class OpenFilesGate {

    /** The only one: the limit belongs to the process. */
    static final OpenFilesGate THIS_JVM = new OpenFilesGate();

    private static final ThreadLocal<Integer> BRIEF_LOOKS = ThreadLocal.withInitial(() -> 0);

    private int births;
    private int retries;
    private @Nullable OpenFilesLimit own;

    private OpenFilesGate() {}

    /** A call that makes a descriptor. */
    interface Opening {
        /** Returns the descriptor, or a negative number. */
        int open();
    }

    /** A child is about to be made, which is to get this soft limit; to be followed by {@link #leave}. */
    synchronized void enter(long soft) throws PosixException {
        awaitNone(Waiting.FOR_RETRIES);
        if (births == 0) {
            OpenFilesLimit now = OpenFilesLimit.current();
            if (soft < now.soft()) {
                new OpenFilesLimit(soft, now.hard()).set();
                own = now;
            }
        }
        births++;
    }

    /** The child has been made, or could not be. */
    synchronized void leave() throws PosixException {
        births--;
        if (births == 0 && own != null) {
            own.set();
            own = null;
        }
        notifyAll();
    }

    /** The limit as it is when no child is being made. */
    synchronized OpenFilesLimit limit() throws PosixException {
        return own == null ? OpenFilesLimit.current() : own;
    }

    /** Makes a descriptor; refused one for want of them, it tries again with the limit as it should be. */
    static int open(Opening opening) {
        if (isShareUsedUp()) {
            return refused();
        }
        int result = opening.open();
        return result < 0 && Errno.EMFILE.isLast() ? THIS_JVM.retry(opening) : result;
    }

    /** Whether the calling thread may have no more descriptors, though this process may. */
    static boolean isShareUsedUp() {
        DescriptorShare share = BorrowedRights.shareOfThread();
        return share != null && share.left() == 0 && BRIEF_LOOKS.get() == 0;
    }

    /**
     * Until this is closed the calling thread opens what it closes at once, to look at a process or to signal it: that
     * is not refused for want of a share, else a tree that has used up its own could be stopped by nobody.
     */
    static BriefLook brieflyLook() {
        BRIEF_LOOKS.set(BRIEF_LOOKS.get() + 1);
        return () -> BRIEF_LOOKS.set(BRIEF_LOOKS.get() - 1);
    }

    /** What is opened is closed at once. */
    interface BriefLook extends AutoCloseable {
        @Override
        void close();
    }

    /** As the kernel refuses one more. */
    static int refused() {
        CFunction.setErrno(Errno.EMFILE.number());
        return -1;
    }

    /** Repeats a call that was refused for want of descriptors, if that was because of the lowered limit. */
    int retry(Opening opening) {
        synchronized (this) {
            retries++;
            awaitNone(Waiting.FOR_BIRTHS);
        }
        try {
            return opening.open();
        } finally {
            synchronized (this) {
                retries--;
                notifyAll();
            }
        }
    }

    private enum Waiting {
        FOR_BIRTHS,
        FOR_RETRIES
    }

    /** Both take well under a millisecond, so nobody waits long; an interrupt is kept for later. */
    private void awaitNone(Waiting waiting) {
        boolean interrupted = false;
        while ((waiting == Waiting.FOR_BIRTHS ? births : retries) > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
