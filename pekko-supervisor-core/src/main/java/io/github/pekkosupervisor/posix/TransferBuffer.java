package io.github.pekkosupervisor.posix;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Native memory that is kept, through which much data goes into or out of descriptors: nothing is allocated for a read
 * or a write. Used by one thread at a time.
 */
public final class TransferBuffer {

    private final ByteBuffer memory;
    private final long address;

    /** @param size how many bytes go in one piece, at least 1 */
    public TransferBuffer(int size) {
        if (size < 1) {
            throw new IllegalArgumentException("a buffer holds at least one byte, was " + size);
        }
        this.memory = ByteBuffer.allocateDirect(size);
        this.address = CFunction.addressOf(memory);
    }

    /** How many bytes go in one piece. */
    public int size() {
        return memory.capacity();
    }

    /**
     * Reads once.
     *
     * @param limit the largest number of bytes; what exceeds {@link #size()} is left for the next read
     * @return how many bytes are in {@code target} from its beginning; 0 at the end of the stream
     * @throws PosixException as read(2), {@code EAGAIN} included
     */
    public int read(Descriptor descriptor, byte[] target, int limit) throws PosixException {
        int count = DescriptorCalls.read(
                descriptor.number(), address, Math.min(limit, Math.min(size(), target.length)), descriptor.toString());
        memory.get(0, target, 0, count);
        return count;
    }

    /**
     * Reads once, from a place of a file.
     *
     * @param limit the largest number of bytes; what exceeds {@link #size()} is left
     * @param offset of the first byte, from the beginning of the file
     * @return how many bytes are in {@code target} from its beginning; 0 at the end of the file
     * @throws PosixException as pread(2)
     */
    public int readAt(Descriptor file, byte[] target, int limit, long offset) throws PosixException {
        int most = Math.min(limit, Math.min(size(), target.length));
        int count = DescriptorCalls.readAt(file.number(), address, most, offset, file.toString());
        memory.get(0, target, 0, count);
        return count;
    }

    /** As {@link #read}, but -1 instead of {@code EAGAIN}. */
    int readIfReady(Descriptor descriptor, byte[] target, int limit) throws PosixException {
        int count = skip(descriptor, Math.min(limit, target.length));
        memory.get(0, target, 0, Math.max(count, 0));
        return count;
    }

    /** Reads once and forgets what was read; how many bytes that were, 0 at the end of the stream, -1 if none now. */
    int skip(Descriptor descriptor, int limit) throws PosixException {
        return DescriptorCalls.readIfReady(
                descriptor.number(), address, Math.min(limit, size()), descriptor.toString());
    }

    /**
     * Writes once.
     *
     * @return how many bytes the kernel has taken, at most {@link #size()}
     * @throws PosixException as write(2); nothing was taken then
     */
    public int write(Descriptor descriptor, byte[] source, int from, int count) throws PosixException {
        int piece = Math.min(size(), count);
        memory.put(0, source, from, piece);
        try {
            return DescriptorCalls.write(descriptor.number(), address, piece, descriptor.toString());
        } finally {
            Reference.reachabilityFence(memory);
        }
    }
}
