package io.github.pekkosupervisor.posix;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many of the descriptors that this process may have are used. What can do without one is to have none where they
 * are scarce.
 *
 * <p>Those that are opened here are counted; what the JVM and others have open is looked up once a second, while half
 * of the limit or more is used. It may be used from any thread.
 */
public final class OpenFiles {

    private static final long KNOWN_FOR_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int SHARE_OF_SLACK = 16;
    private static final int LEAST_SLACK = 4;
    private static final int MOST_SLACK = 64;

    private static final LongSupplier CLOCK = System::nanoTime;
    private static final OsString TABLE = OsString.of("/proc/self/fd");

    private static volatile Known known = new Known(0, Long.MAX_VALUE, 0);

    /**
     * What was looked up.
     *
     * @param others how many the rest of this process has open
     * @param soft the limit
     * @param at when, see {@link System#nanoTime()}
     */
    private record Known(int others, long soft, long at) {}

    private OpenFiles() {}

    /**
     * What may be used, and is.
     *
     * @param used how many
     * @param limit of how many
     */
    private record Use(long used, long limit) {
        long left() {
            return limit - used;
        }
    }

    /** Whether less than half of the limit is used. */
    public static boolean arePlentiful() {
        Use use = use();
        return use.used() < use.limit() / 2;
    }

    /** Whether all but the last tenth of the limit is used. */
    public static boolean areScarce() {
        Use use = use();
        return use.used() >= use.limit() - use.limit() / 10;
    }

    /**
     * Whether there is room for something that goes on to have some: whoever is at work needs a few for a moment, when
     * he starts a process or writes down how it stands.
     */
    public static boolean leaveRoom() {
        Use use = use();
        long slack = Math.max(LEAST_SLACK, Math.min(use.limit() / SHARE_OF_SLACK, MOST_SLACK));
        return use.left() > slack;
    }

    /** Of the process, or of the share that the calling thread has: whichever leaves less. */
    private static Use use() {
        Known now = now();
        Use process = new Use(used(now), now.soft());
        DescriptorShare share = BorrowedRights.shareOfThread();
        return share == null || process.left() < share.left()
                ? process
                : new Use((long) share.most() - share.left(), share.most());
    }

    /**
     * The limit that is in force, or the share that the calling thread may have of it, where it works with the rights
     * of another user; -1 if it is not to be known.
     */
    public static long limit() {
        DescriptorShare share = BorrowedRights.shareOfThread();
        return share == null ? limitOfProcess() : share.most();
    }

    /** The limit of this process, whoever asks; -1 if it is not to be known. */
    static long limitOfProcess() {
        try {
            return OpenFilesGate.THIS_JVM.limit().soft();
        } catch (PosixException e) {
            return -1;
        }
    }

    private static long used(Known now) {
        return (long) now.others() + Descriptor.openNow();
    }

    private static Known now() {
        Known last = known;
        boolean isNew = last.soft() == Long.MAX_VALUE;
        if (!isNew && (used(last) < last.soft() / 2 || CLOCK.getAsLong() - last.at() < KNOWN_FOR_NANOS)) {
            return last;
        }
        long soft = limitOfProcess();
        int all = all();
        if (soft < 0 || all < 0) {
            // a moment ago it was known, or it never is
            return last;
        }
        Known found = new Known(Math.max(0, all - Descriptor.openNow()), soft, CLOCK.getAsLong());
        known = found;
        return found;
    }

    /** Since Linux 6.2 the size of the directory; -1 without {@code /proc}. */
    private static int all() {
        try {
            FileStatus status = FileCalls.stat(FileCalls.AT_FDCWD, TABLE, 0);
            if (status.size() > 0) {
                return Math.toIntExact(status.size());
            }
            try (Descriptor table =
                    Descriptor.open(FileCalls.AT_FDCWD, TABLE, FileCalls.O_RDONLY | FileCalls.O_DIRECTORY, 0)) {
                return FileCalls.list(table.number(), TABLE.toString()).size();
            }
        } catch (PosixException e) {
            return -1;
        }
    }
}
