package io.github.pekkosupervisor.posix;

import java.io.ByteArrayOutputStream;
import java.lang.ref.Reference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** System calls on what is open already, by the number of its descriptor. */
final class DescriptorCalls {

    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int LOCK_UN = 8;
    private static final int MOST_AT_ONCE = 64 * 1024;

    private static final int GET_DESCRIPTOR_FLAGS = 1;
    private static final int SET_DESCRIPTOR_FLAGS = 2;
    private static final int GET_STATUS_FLAGS = 3;
    private static final int SET_STATUS_FLAGS = 4;
    private static final int DUPLICATE_CLOSE_ON_EXEC = 1030;
    private static final int CLOSE_ON_EXEC = 1;

    private static final CFunction CLOSE = CFunction.of("close");
    private static final CFunction READ = CFunction.of("read");
    private static final CFunction WRITE = CFunction.of("write");
    private static final CFunction PWRITE = CFunction.of("pwrite");
    private static final CFunction FLOCK = CFunction.of("flock");
    private static final CFunction LSEEK = CFunction.of("lseek");
    private static final CFunction FTRUNCATE = CFunction.of("ftruncate");
    private static final CFunction FSYNC = CFunction.of("fsync");
    private static final CFunction FCHMOD = CFunction.of("fchmod");
    private static final CFunction FCNTL = CFunction.of("fcntl");
    private static final CFunction DUP2 = CFunction.of("dup2");
    private static final CFunction TEE = CFunction.of("tee");
    private static final CFunction SPLICE = CFunction.of("splice");
    private static final CFunction PREAD = CFunction.of("pread");
    private static final CFunction POLL = CFunction.of("poll");
    private static final CFunction ISATTY = CFunction.of("isatty");

    private DescriptorCalls() {}

    /** False if that is refused; on Linux the descriptor is gone whatever close says, {@code EINTR} included. */
    static boolean close(int descriptor) {
        return CLOSE.call(descriptor) == 0;
    }

    static byte[] read(int descriptor, int limit, String what) throws PosixException {
        Scratch scratch = Scratch.begin(limit);
        long buffer = scratch.allocate(limit);
        return scratch.bytes(buffer, read(descriptor, buffer, limit, what));
    }

    /** As {@link #read}, but null where it would have to wait: an exception for that would cost more than the read. */
    static byte @Nullable [] readIfReady(int descriptor, int limit, String what) throws PosixException {
        Scratch scratch = Scratch.begin(limit);
        long buffer = scratch.allocate(limit);
        int count = readIfReady(descriptor, buffer, limit, what);
        return count < 0 ? null : scratch.bytes(buffer, count);
    }

    /** One read into memory that is the caller's; 0 at the end of the stream. */
    static int read(int descriptor, long address, int limit, String what) throws PosixException {
        while (true) {
            long count = READ.word(descriptor, address, limit);
            if (count >= 0) {
                return (int) count;
            }
            PosixException.throwUnlessInterrupted("read", what);
        }
    }

    /** As {@link #read(int, long, int, String)}, but -1 where it would have to wait. */
    static int readIfReady(int descriptor, long address, int limit, String what) throws PosixException {
        while (true) {
            long count = READ.word(descriptor, address, limit);
            if (count >= 0) {
                return (int) count;
            }
            if (Errno.EAGAIN.isLast()) {
                return -1;
            }
            PosixException.throwUnlessInterrupted("read", what);
        }
    }

    static byte[] readAll(int descriptor, String what) throws PosixException {
        byte[] all = read(descriptor, FileCalls.PATH_MAX, what);
        while (true) {
            byte[] more = read(descriptor, FileCalls.PATH_MAX, what);
            if (more.length == 0) {
                return all;
            }
            byte[] joined = Arrays.copyOf(all, all.length + more.length);
            System.arraycopy(more, 0, joined, all.length, more.length);
            all = joined;
        }
    }

    /** All there is to read, in time that grows with it; {@code EFBIG} as soon as it is more than the limit. */
    static byte[] readUpTo(int descriptor, int limit, String what) throws PosixException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (true) {
            byte[] more = read(descriptor, Math.min(limit - all.size() + 1, MOST_AT_ONCE), what);
            if (more.length == 0) {
                return all.toByteArray();
            }
            if (all.size() + more.length > limit) {
                throw PosixException.of("read", what, Errno.EFBIG);
            }
            all.write(more, 0, more.length);
        }
    }

    static void writeAll(int descriptor, byte[] bytes, String what) throws PosixException {
        Scratch scratch = Scratch.begin(bytes.length);
        long buffer = scratch.put(bytes);
        try {
            int done = 0;
            while (done < bytes.length) {
                done += write(descriptor, buffer + done, bytes.length - done, what);
            }
        } finally {
            Reference.reachabilityFence(scratch);
        }
    }

    static void writeAllAt(int descriptor, byte[] bytes, long offset, String what) throws PosixException {
        Scratch scratch = Scratch.begin(bytes.length);
        long buffer = scratch.put(bytes);
        try {
            int done = 0;
            while (done < bytes.length) {
                long taken = PWRITE.word(descriptor, buffer + done, bytes.length - done, offset + done);
                if (taken >= 0) {
                    done += (int) taken;
                } else {
                    PosixException.throwUnlessInterrupted("pwrite", what);
                }
            }
        } finally {
            Reference.reachabilityFence(scratch);
        }
    }

    /** Writes once, from a place on; the number of bytes that were taken, 0 where it would have to wait. */
    static int writeIfReady(int descriptor, byte[] bytes, int from, String what) throws PosixException {
        int length = Math.min(bytes.length - from, MOST_AT_ONCE);
        Scratch scratch = Scratch.begin(length);
        long buffer = scratch.put(bytes, from, length);
        try {
            while (true) {
                long count = WRITE.word(descriptor, buffer, length);
                if (count >= 0) {
                    return (int) count;
                }
                if (Errno.EAGAIN.isLast()) {
                    return 0;
                }
                PosixException.throwUnlessInterrupted("write", what);
            }
        } finally {
            Reference.reachabilityFence(scratch);
        }
    }

    /** One write from memory that is the caller's; how much the kernel took. */
    static int write(int descriptor, long address, int count, String what) throws PosixException {
        while (true) {
            long taken = WRITE.word(descriptor, address, count);
            if (taken >= 0) {
                return (int) taken;
            }
            PosixException.throwUnlessInterrupted("write", what);
        }
    }

    /**
     * Copies what is in a pipe to another one, without waiting and without taking it out; 0 at the end of the stream,
     * -1 if there is nothing now.
     */
    static int tee(int from, int to, int limit) throws PosixException {
        final int nonBlocking = 2;
        while (true) {
            long count = TEE.word(from, to, limit, nonBlocking);
            if (count >= 0) {
                return (int) count;
            }
            if (Errno.EAGAIN.isLast()) {
                return -1;
            }
            PosixException.throwUnlessInterrupted("tee", "descriptor " + from);
        }
    }

    /**
     * Moves what is in a pipe to a place of a file, without waiting; 0 at the end of the stream, -1 if there is nothing
     * now.
     */
    static int splice(int from, int to, long offset, int limit) throws PosixException {
        final int nonBlocking = 2;
        while (true) {
            Scratch scratch = Scratch.begin();
            long place = scratch.allocate(Long.BYTES);
            scratch.putLong(place, offset);
            long count;
            try {
                count = SPLICE.word(from, 0, to, place, limit, nonBlocking);
            } catch (UnsatisfiedLinkError e) {
                throw PosixException.of("splice", "descriptor " + from, Errno.ENOSYS);
            }
            if (count >= 0) {
                return (int) count;
            }
            if (Errno.EAGAIN.isLast()) {
                return -1;
            }
            PosixException.throwUnlessInterrupted("splice", "descriptor " + from);
        }
    }

    /** One read from a place of a file into memory that is the caller's; 0 at its end. */
    static int readAt(int descriptor, long address, int limit, long offset, String what) throws PosixException {
        while (true) {
            long count = PREAD.word(descriptor, address, limit, offset);
            if (count >= 0) {
                return (int) count;
            }
            PosixException.throwUnlessInterrupted("pread", what);
        }
    }

    /**
     * Waits until one of the descriptors can be read or has come to its end.
     *
     * @param timeoutMillis -1 for ever
     * @return for each whether it is so; all false after the timeout or a signal
     */
    static boolean[] poll(int[] descriptors, int timeoutMillis) throws PosixException {
        final int entrySize = 8;
        final int resultsOffset = 6;
        final int readable = 1;
        Scratch scratch = Scratch.begin();
        long entries = scratch.zeroed(Math.max(1, descriptors.length) * entrySize);
        for (int i = 0; i < descriptors.length; i++) {
            scratch.putInt(entries + (long) i * entrySize, descriptors[i]);
            scratch.putInt(entries + (long) i * entrySize + 4, readable);
        }
        boolean[] ready = new boolean[descriptors.length];
        if (POLL.call(entries, descriptors.length, timeoutMillis) < 0) {
            PosixException.throwUnlessInterrupted("poll", "");
            return ready;
        }
        for (int i = 0; i < descriptors.length; i++) {
            ready[i] = scratch.getShort(entries + (long) i * entrySize + resultsOffset) != 0;
        }
        return ready;
    }

    /** Whether nobody can write any more to what this reads from; of a FIFO once there has been a writer. */
    static boolean isHungUp(int descriptor) throws PosixException {
        final int entrySize = 8;
        final int resultsOffset = 6;
        final int hungUp = 0x10;
        Scratch scratch = Scratch.begin();
        long entry = scratch.zeroed(entrySize);
        scratch.putInt(entry, descriptor);
        while (POLL.call(entry, 1, 0) < 0) {
            PosixException.throwUnlessInterrupted("poll", "");
        }
        return (scratch.getShort(entry + resultsOffset) & hungUp) != 0;
    }

    static void lockExclusive(int descriptor, String what) throws PosixException {
        lock(descriptor, LOCK_EX | LOCK_NB, what);
    }

    static void awaitExclusiveLock(int descriptor, String what) throws PosixException {
        lock(descriptor, LOCK_EX, what);
    }

    /** Of who has locked it; the system does not refuse that. */
    static void unlock(int descriptor) {
        FLOCK.call(descriptor, LOCK_UN);
    }

    private static void lock(int descriptor, int operation, String what) throws PosixException {
        while (FLOCK.call(descriptor, operation) != 0) {
            PosixException.throwUnlessInterrupted("flock", what);
        }
    }

    static void seek(int descriptor, long position, String what) throws PosixException {
        if (LSEEK.word(descriptor, position, 0) < 0) {
            throw PosixException.ofLastCall("lseek", what);
        }
    }

    static void truncate(int descriptor, long size, String what) throws PosixException {
        while (FTRUNCATE.call(descriptor, size) != 0) {
            PosixException.throwUnlessInterrupted("ftruncate", what);
        }
    }

    /** Waits until what was written is on the disk. */
    static void sync(int descriptor, String what) throws PosixException {
        while (FSYNC.call(descriptor) != 0) {
            PosixException.throwUnlessInterrupted("fsync", what);
        }
    }

    static void setMode(int descriptor, int mode, String what) throws PosixException {
        while (FCHMOD.call(descriptor, mode) != 0) {
            PosixException.throwUnlessInterrupted("fchmod", what);
        }
    }

    static void setBlocking(int descriptor, boolean blocking) throws PosixException {
        int flags = FCNTL.call(descriptor, GET_STATUS_FLAGS, 0);
        int wanted = blocking ? flags & ~FileCalls.O_NONBLOCK : flags | FileCalls.O_NONBLOCK;
        if (flags < 0 || FCNTL.call(descriptor, SET_STATUS_FLAGS, wanted) != 0) {
            throw PosixException.ofLastCall("fcntl", "descriptor " + descriptor);
        }
    }

    /** Whether it is open, and stays so in a program that this process becomes or starts. */
    static boolean staysOnExec(int descriptor) {
        return FCNTL.call(descriptor, GET_DESCRIPTOR_FLAGS, 0) == 0;
    }

    /** False if that is refused, for instance since it is not open. */
    static boolean keepOnExec(int descriptor) {
        return FCNTL.call(descriptor, SET_DESCRIPTOR_FLAGS, 0) == 0;
    }

    /** False if that is refused, for instance since it is not open. */
    static boolean closeOnExec(int descriptor) {
        return FCNTL.call(descriptor, SET_DESCRIPTOR_FLAGS, CLOSE_ON_EXEC) == 0;
    }

    /** Another descriptor, not one of the standard three, of the same open file; a negative number if refused. */
    static int copy(int descriptor) {
        return FCNTL.call(descriptor, DUPLICATE_CLOSE_ON_EXEC, 3);
    }

    static void duplicate(int from, int to) throws PosixException {
        while (DUP2.call(from, to) < 0) {
            PosixException.throwUnlessInterrupted("dup2", from + " to " + to);
        }
    }

    static boolean isTerminal(int descriptor) {
        return ISATTY.call(descriptor) == 1;
    }
}
