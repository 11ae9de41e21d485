package io.github.pekkosupervisor.posix;

import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * Native memory for the arguments of one call, one block a thread, so that no call allocates.
 *
 * <p>{@link #begin} hands out the thread's block empty; addresses from it are valid until the same thread's next
 * {@code begin}. A block for an unusually large request is valid only as long as it is reachable: whoever uses its
 * addresses last must fence it.
 */
final class Scratch {

    private static final int INITIAL_SIZE = 16 * 1024;
    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(() -> new Scratch(INITIAL_SIZE));

    private final Pointer memory;
    private final int size;
    private int used;

    private Scratch(int size) {
        this.size = size;
        this.memory = Memory.allocateDirect(Runtime.getSystemRuntime(), size, true);
    }

    /** The thread's block, empty, with room for at least {@code needed} bytes besides small change. */
    static Scratch begin(int needed) {
        Scratch scratch = OF_THREAD.get();
        if (needed > scratch.size / 2) {
            // kept by nobody: the request was unusually large
            scratch = new Scratch(needed * 2);
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
        return memory.address() + at;
    }

    long zeroed(int bytes) {
        long address = allocate(bytes);
        memory.setMemory(offset(address), bytes, (byte) 0);
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

    void putInt(long address, int value) {
        memory.putInt(offset(address), value);
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
        memory.get(offset(address), bytes, 0, length);
        return bytes;
    }

    private long offset(long address) {
        return address - memory.address();
    }
}
