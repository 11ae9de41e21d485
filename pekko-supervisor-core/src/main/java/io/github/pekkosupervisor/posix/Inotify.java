package io.github.pekkosupervisor.posix;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An open {@code inotify(7)}: the kernel tells of changes in the directories that are added to it. Non-blocking. */
final class Inotify implements AutoCloseable {

    /** Something that had the directory open for reading has closed it. */
    static final int CLOSED_READING = 0x10;

    /** A name has been given to what had another one, maybe elsewhere. */
    static final int MOVED_HERE = 0x80;

    /** Entries created, removed or renamed, or the directory itself gone. */
    static final int DIRECTORY_CHANGES = 0x40 | MOVED_HERE | 0x100 | 0x200 | 0x400 | 0x800;

    /** Nothing but a directory is added. */
    static final int ONLY_DIRECTORY = 0x01000000;

    private static final int BUFFER = 8192;

    private static final CFunction INOTIFY_INIT1 = CFunction.of("inotify_init1");
    private static final CFunction INOTIFY_ADD_WATCH = CFunction.of("inotify_add_watch");
    private static final CFunction INOTIFY_RM_WATCH = CFunction.of("inotify_rm_watch");

    private final Descriptor descriptor;

    private Inotify(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    static Inotify open() throws PosixException {
        return new Inotify(Descriptor.opened(
                "inotify_init1", () -> INOTIFY_INIT1.call(FileCalls.O_CLOEXEC | FileCalls.O_NONBLOCK)));
    }

    /** What can be read when there is an event. */
    Descriptor descriptor() {
        return descriptor;
    }

    /**
     * From now on tells of these events in a directory.
     *
     * @return the kernel's number of the watch, which all watches of one directory share
     */
    int add(OsString path, int mask) throws PosixException {
        int watch = INOTIFY_ADD_WATCH.call(descriptor.number(), Scratch.begin().put(path), mask);
        if (watch < 0) {
            throw PosixException.ofLastCall("inotify_add_watch", path.toString());
        }
        return watch;
    }

    void remove(int watch) {
        // fails only if the directory, and with it the watch, is gone already
        INOTIFY_RM_WATCH.call(descriptor.number(), watch);
    }

    /** The events of now, which may be none. */
    Events read() throws PosixException {
        return new Events(descriptor.tryRead(BUFFER).orElse(new byte[0]));
    }

    @Override
    public void close() {
        descriptor.close();
    }

    /** Some events, looked at one after another: watch, mask, cookie and length of the name, then the name and NULs. */
    static final class Events {
        private static final int HEADER = 16;
        private static final int MASK_OFFSET = 4;
        private static final int LENGTH_OFFSET = 12;
        private static final int OVERFLOW = -1;

        private final byte[] bytes;
        private final ByteBuffer words;
        private int at;
        private int next;

        private Events(byte[] bytes) {
            this.bytes = bytes;
            this.words = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        }

        /** Goes to the next one, if there is one. */
        boolean next() {
            at = next;
            if (at + HEADER > bytes.length) {
                return false;
            }
            next = at + HEADER + words.getInt(at + LENGTH_OFFSET);
            return true;
        }

        /** The number of the watch. */
        int watch() {
            return words.getInt(at);
        }

        /** Whether there were more events than the kernel keeps, of whatever directory. */
        boolean isOverflow() {
            return watch() == OVERFLOW;
        }

        boolean is(int mask) {
            return (words.getInt(at + MASK_OFFSET) & mask) != 0;
        }

        /** Whether it is about the entry of this name. */
        boolean isOf(String ascii) {
            int name = at + HEADER;
            if (name + ascii.length() >= next || bytes[name + ascii.length()] != 0) {
                return false;
            }
            for (int i = 0; i < ascii.length(); i++) {
                if (bytes[name + i] != ascii.charAt(i)) {
                    return false;
                }
            }
            return true;
        }
    }
}
