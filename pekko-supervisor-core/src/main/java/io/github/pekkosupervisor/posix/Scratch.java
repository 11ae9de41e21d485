package io.github.pekkosupervisor.posix;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Native memory for the arguments of one call, one block a thread, so that no call allocates.
 *
 * <p>{@link #begin} hands out the thread's block empty; addresses from it are valid until the same thread's next
 * {@code begin}. A block for an unusually large request is valid only as long as it is reachable: whoever uses its
 * addresses last must fence it.
 */
final class Scratch {

    private static final int INITIAL_SIZE = 16 * 1024;

    /** A thread that reads pipes in pieces of this size does so again and again. */
    private static final int LARGEST_KEPT = 64 * 1024;

    private static final CFunction MEMCPY = CFunction.of("memcpy");

    private static final ThreadLocal<Scratch> OF_THREAD = new ThreadLocal<>();

    private final ByteBuffer memory;
    private final long start;
    private final int size;
    private int used;

    private Scratch(int size) {
        this.size = size;
        this.memory = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
        this.start = CFunction.addressOf(memory);
    }

    /** The thread's block, empty, with room for at least {@code needed} bytes besides small change. */
    static Scratch begin(int needed) {
        Scratch scratch = OF_THREAD.get();
        if (scratch == null) {
            scratch = new Scratch(INITIAL_SIZE);
            OF_THREAD.set(scratch);
        }
        if (needed > scratch.size / 2) {
            scratch = new Scratch(needed * 2);
            if (needed <= LARGEST_KEPT) {
                OF_THREAD.set(scratch);
            }
            // else kept by nobody: the request was unusually large
        }
        scratch.used = 0;
        return scratch;
    }

    static Scratch begin() {
        return begin(0);
    }

    /** Room for this many bytes, aligned to eight. */
    long allocate(int bytes) {
        int at = (used + 7) & ~7;
        if (at + bytes > size) {
            throw new IllegalStateException("scratch memory of " + size + " bytes has no room for " + bytes);
        }
        used = at + bytes;
        return start + at;
    }

    long zeroed(int bytes) {
        long address = allocate(bytes);
        memory.put(offset(address), new byte[bytes]);
        return address;
    }

    long put(byte[] bytes) {
        return put(bytes, 0, bytes.length);
    }

    long put(byte[] bytes, int from, int length) {
        long address = allocate(length);
        memory.put(offset(address), bytes, from, length);
        return address;
    }

    long put(OsString text) {
        return put(text.cString());
    }

    /** C strings, and an array of their addresses with a null at its end. */
    long pointers(List<byte[]> strings) {
        long array = allocate((strings.size() + 1) * 8);
        for (int i = 0; i < strings.size(); i++) {
            putLong(array + i * 8L, put(strings.get(i)));
        }
        putLong(array + strings.size() * 8L, 0);
        return array;
    }

    void putInt(long address, int value) {
        memory.putInt(offset(address), value);
    }

    void putShort(long address, short value) {
        memory.putShort(offset(address), value);
    }

    void putLong(long address, long value) {
        memory.putLong(offset(address), value);
    }

    int getInt(long address) {
        return memory.getInt(offset(address));
    }

    long getLong(long address) {
        return memory.getLong(offset(address));
    }

    short getShort(long address) {
        return memory.getShort(offset(address));
    }

    byte[] bytes(long address, int length) {
        byte[] bytes = new byte[length];
        memory.get(offset(address), bytes);
        return bytes;
    }

    private int offset(long address) {
        return Math.toIntExact(address - start);
    }

    /** What lies in memory that is not ours, for instance what the C library returned. */
    static byte[] copyFrom(long address, int length) {
        Scratch scratch = begin(length);
        long buffer = scratch.allocate(length);
        MEMCPY.word(buffer, address, length);
        return scratch.bytes(buffer, length);
    }

    /** Writes to memory that is not ours to allocate; the address must be right. */
    static void copyTo(long address, byte[] bytes) {
        Scratch scratch = begin(bytes.length);
        try {
            MEMCPY.word(address, scratch.put(bytes), bytes.length);
        } finally {
            Reference.reachabilityFence(scratch);
        }
    }

    /** Two bytes of an array in this machine's order. */
    static int shortOf(byte[] bytes, int at) {
        return Short.toUnsignedInt(
                ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getShort(at));
    }
}
