package io.github.pekkosupervisor.posix;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Waits, with a bound, for something to happen in some directories; for programs without an {@link EventLoop}.
 *
 * <p>One that the kernel refuses, for want of watches or of rights, sees nothing: its waits last as long as they may.
 * So look again after each wait, whatever it says. For one thread.
 */
public final class DirectoryWatch implements AutoCloseable {

    private static final int CLOSED_READING = 0x10;
    private static final int MOVED_HERE = 0x80;
    private static final int POLLIN = 1;
    private static final int EVENT_HEADER = 16;
    private static final int LENGTH_OFFSET = 12;
    private static final int MASK_OFFSET = 4;
    private static final int BUFFER = 4096;

    private final int inotify;
    private final String heldOpen;

    /**
     * Watches nothing yet.
     *
     * @param heldOpen the name of a file; that a reader closes it is an event
     */
    public DirectoryWatch(String heldOpen) {
        this.inotify = CFunctions.inotify_init1(LibC.O_CLOEXEC | LibC.O_NONBLOCK);
        this.heldOpen = heldOpen;
    }

    /** From now on sees which files of a directory are replaced by a rename. */
    public void add(OsString directory) {
        if (inotify >= 0) {
            // refused: see above
            CFunctions.inotify_add_watch(inotify, Scratch.begin().put(directory), MOVED_HERE | CLOSED_READING);
        }
    }

    /** Returns after an event, or after some milliseconds without one. */
    public boolean await(long millis) {
        Scratch scratch = Scratch.begin();
        long entry = scratch.zeroed(8);
        scratch.putInt(entry, inotify);
        scratch.putInt(entry + 4, POLLIN);
        return CFunctions.poll(entry, 1, (int) Math.max(0, millis)) > 0 && hasEvent();
    }

    private boolean hasEvent() {
        Scratch scratch = Scratch.begin();
        long buffer = scratch.allocate(BUFFER);
        int length = (int) CFunctions.read(inotify, buffer, BUFFER);
        if (length <= 0) {
            return false;
        }
        byte[] bytes = scratch.bytes(buffer, length);
        ByteBuffer events = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        boolean found = false;
        for (int at = 0; at < length; at += EVENT_HEADER + events.getInt(at + LENGTH_OFFSET)) {
            boolean moved = (events.getInt(at + MASK_OFFSET) & CLOSED_READING) == 0;
            found |= moved || nameAt(bytes, at + EVENT_HEADER, events.getInt(at + LENGTH_OFFSET));
        }
        return found;
    }

    /** We close what we read ourselves; only one file's closing tells of somebody else. */
    private boolean nameAt(byte[] bytes, int at, int length) {
        if (length <= heldOpen.length() || bytes[at + heldOpen.length()] != 0) {
            return false;
        }
        for (int i = 0; i < heldOpen.length(); i++) {
            if (bytes[at + i] != heldOpen.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        if (inotify >= 0) {
            LibC.close(inotify);
        }
    }
}
