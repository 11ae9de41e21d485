package io.github.pekkosupervisor.posix;

import org.jspecify.annotations.Nullable;

/**
 * Waits, with a bound, for something to happen in some directories; for programs without an {@link EventLoop}. As
 * {@code inotifywait(1)}.
 *
 * <p>One that the kernel refuses, for want of watches or of rights, sees nothing: its waits last as long as they may.
 * So look again after each wait, whatever it says. For one thread.
 */
public final class InotifyWait implements AutoCloseable {

    private static final int NOTHING = -1;

    private final @Nullable Inotify inotify;
    private final String heldOpen;

    /**
     * Waits for nothing yet.
     *
     * @param heldOpen the name of a file; that a reader closes it is an event
     */
    public InotifyWait(String heldOpen) {
        this.inotify = open();
        this.heldOpen = heldOpen;
    }

    private static @Nullable Inotify open() {
        try {
            return Inotify.open();
        } catch (PosixException e) {
            // refused: see above
            return null;
        }
    }

    /** From now on sees which files of a directory are replaced by a rename. */
    public void add(OsString directory) {
        try {
            if (inotify != null) {
                inotify.add(directory, Inotify.MOVED_HERE | Inotify.CLOSED_READING);
            }
        } catch (PosixException e) {
            // refused: see above
        }
    }

    /** Returns after an event, or after some milliseconds without one. */
    public boolean await(long millis) {
        int number = inotify == null ? NOTHING : inotify.descriptor().number();
        try {
            return DescriptorCalls.poll(new int[] {number}, (int) Math.max(0, millis))[0] && hasEvent();
        } catch (PosixException e) {
            return false;
        }
    }

    private boolean hasEvent() throws PosixException {
        if (inotify == null) {
            return false;
        }
        boolean found = false;
        Inotify.Events events = inotify.read();
        while (events.next()) {
            // we close what we read ourselves; only one file's closing tells of somebody else
            found |= !events.is(Inotify.CLOSED_READING) || events.isOf(heldOpen);
        }
        return found;
    }

    @Override
    public void close() {
        if (inotify != null) {
            inotify.close();
        }
    }
}
