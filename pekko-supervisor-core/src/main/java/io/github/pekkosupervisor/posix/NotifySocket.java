package io.github.pekkosupervisor.posix;

import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where processes of this machine send short messages to, and the kernel tells who has sent each: a Unix datagram
 * socket with a name in the abstract namespace, as {@code NOTIFY_SOCKET} of systemd may be one. It has no file: nothing
 * is left of it, a process of any user and with any root directory reaches it, but none of another network namespace.
 *
 * <p>Never waits. Descriptors that come with a message are closed. Linux only.
 */
public final class NotifySocket implements AutoCloseable {

    /** What systemd takes too. */
    public static final int LONGEST_MESSAGE = 4096;

    /** Of {@code sockaddr_un}, without the byte that says that the name is abstract. */
    private static final int LONGEST_NAME = 107;

    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PASSCRED = 16;
    private static final int SCM_RIGHTS = 1;
    private static final int SCM_CREDENTIALS = 2;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;

    /** The kernel passes no more than 253 descriptors at once: these, and who has sent it. */
    private static final int CONTROL_SIZE = 2048;

    private static final CFunction SOCKET = CFunction.of("socket");
    private static final CFunction SETSOCKOPT = CFunction.of("setsockopt");
    private static final CFunction BIND = CFunction.of("bind");
    private static final CFunction RECVMSG = CFunction.of("recvmsg");

    private static final Map<String, NotifySocket> OPEN = new ConcurrentHashMap<>();

    private final Descriptor descriptor;
    private final String name;

    private NotifySocket(Descriptor descriptor, String name) {
        this.descriptor = descriptor;
        this.name = name;
    }

    /**
     * A message.
     *
     * @param bytes all of it, or its beginning
     * @param isWhole whether that is all
     * @param pid who has sent it, as the kernel says; 0 if that one is not to be seen from here
     * @param user his user, as the kernel says
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Message(byte[] bytes, boolean isWhole, int pid, int user) {}

    /**
     * Opens one.
     *
     * @param name of 1 to 107 ASCII characters
     * @throws PosixException {@code EADDRINUSE} if there is one of this name
     */
    public static NotifySocket open(String name) throws PosixException {
        Optional<Descriptor> kept = KeptDescriptors.ofThisJvm().takeSocket(name);
        if (kept.isPresent()) {
            return opened(new NotifySocket(kept.get(), name));
        }
        byte[] path = name.getBytes(StandardCharsets.US_ASCII);
        if (path.length == 0 || path.length > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "the name of a socket has 1 to " + LONGEST_NAME + " characters, was \"" + name + "\"");
        }
        Descriptor descriptor = Descriptor.opened(
                "socket", () -> SOCKET.call(AF_UNIX, SOCK_DGRAM | FileCalls.O_CLOEXEC | FileCalls.O_NONBLOCK, 0));
        boolean done = false;
        try {
            // first, so that no message comes of which it is not told who has sent it
            tellSenders(descriptor);
            bind(descriptor, path, name);
            done = true;
            return opened(new NotifySocket(descriptor, name));
        } finally {
            if (!done) {
                descriptor.close();
            }
        }
    }

    private static NotifySocket opened(NotifySocket socket) {
        OPEN.put(socket.name, socket);
        return socket;
    }

    /** All that are open in this JVM: their descriptors, by their names. */
    public static Map<String, Descriptor> all() {
        Map<String, Descriptor> all = new HashMap<>();
        OPEN.forEach((name, socket) -> all.put(name, socket.descriptor));
        return all;
    }

    private static void tellSenders(Descriptor descriptor) throws PosixException {
        Scratch scratch = Scratch.begin();
        long on = scratch.allocate(Integer.BYTES);
        scratch.putInt(on, 1);
        if (SETSOCKOPT.call(descriptor.number(), SOL_SOCKET, SO_PASSCRED, on, Integer.BYTES) != 0) {
            throw PosixException.ofLastCall("setsockopt", "SO_PASSCRED");
        }
    }

    private static void bind(Descriptor descriptor, byte[] path, String name) throws PosixException {
        // the family in this machine's order, and a zero before an abstract name
        byte[] address = new byte[Short.BYTES + 1 + path.length];
        System.arraycopy(path, 0, address, Short.BYTES + 1, path.length);
        Scratch scratch = Scratch.begin();
        long family = scratch.zeroed(Short.BYTES);
        scratch.putShort(family, (short) AF_UNIX);
        System.arraycopy(scratch.bytes(family, Short.BYTES), 0, address, 0, Short.BYTES);
        if (BIND.call(descriptor.number(), scratch.put(address), address.length) != 0) {
            throw PosixException.ofLastCall("bind", "@" + name);
        }
    }

    /** What a process finds it by: the value of {@code NOTIFY_SOCKET}. */
    public String address() {
        return "@" + name;
    }

    /** To be watched; it can be read when there is a message. */
    public Descriptor descriptor() {
        return descriptor;
    }

    /**
     * The next message; empty if there is none now.
     *
     * @throws PosixException as recvmsg(2)
     */
    public Optional<Message> receive() throws PosixException {
        while (true) {
            Scratch scratch = Scratch.begin();
            Received received = new Received(scratch);
            try {
                long length = RECVMSG.word(descriptor.number(), received.header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
                if (length >= 0) {
                    return Optional.of(received.message((int) length));
                }
            } finally {
                Reference.reachabilityFence(scratch);
            }
            if (Errno.EAGAIN.isLast()) {
                return Optional.empty();
            }
            PosixException.throwUnlessInterrupted("recvmsg", address());
        }
    }

    @Override
    public void close() {
        OPEN.remove(name, this);
        descriptor.close();
    }

    @Override
    public String toString() {
        return address();
    }

    /** A {@code struct msghdr} and what it points to, as 64-bit Linux has them. */
    private static final class Received {
        private static final int HEADER_SIZE = 56;
        private static final int VECTOR = 16;
        private static final int VECTOR_LENGTH = 24;
        private static final int CONTROL = 32;
        private static final int CONTROL_LENGTH = 40;
        private static final int FLAGS = 48;

        private static final int PART_HEAD = 16;
        private static final int PART_LEVEL = 8;
        private static final int PART_TYPE = 12;

        private final Scratch scratch;
        private final long header;
        private final long bytes;
        private final long control;

        Received(Scratch scratch) {
            this.scratch = scratch;
            header = scratch.zeroed(HEADER_SIZE);
            bytes = scratch.allocate(LONGEST_MESSAGE);
            control = scratch.allocate(CONTROL_SIZE);
            long vector = scratch.allocate(2 * Long.BYTES);
            scratch.putLong(vector, bytes);
            scratch.putLong(vector + Long.BYTES, LONGEST_MESSAGE);
            scratch.putLong(header + VECTOR, vector);
            scratch.putLong(header + VECTOR_LENGTH, 1);
            scratch.putLong(header + CONTROL, control);
            scratch.putLong(header + CONTROL_LENGTH, CONTROL_SIZE);
        }

        Message message(int length) {
            int pid = 0;
            int user = -1;
            long end = control + Math.min(CONTROL_SIZE, scratch.getLong(header + CONTROL_LENGTH));
            long part = control;
            while (part + PART_HEAD <= end) {
                long size = scratch.getLong(part);
                if (size < PART_HEAD || part + size > end) {
                    break;
                }
                boolean ofSocket = scratch.getInt(part + PART_LEVEL) == SOL_SOCKET;
                int type = scratch.getInt(part + PART_TYPE);
                if (ofSocket && type == SCM_RIGHTS) {
                    closeAll(part + PART_HEAD, part + size);
                } else if (ofSocket && type == SCM_CREDENTIALS) {
                    pid = scratch.getInt(part + PART_HEAD);
                    user = scratch.getInt(part + PART_HEAD + Integer.BYTES);
                }
                part += size + Long.BYTES - 1 & -Long.BYTES;
            }
            boolean isWhole = (scratch.getInt(header + FLAGS) & MSG_TRUNC) == 0;
            return new Message(scratch.bytes(bytes, length), isWhole, pid, user);
        }

        private void closeAll(long from, long end) {
            for (long at = from; at + Integer.BYTES <= end; at += Integer.BYTES) {
                DescriptorCalls.close(scratch.getInt(at));
            }
        }
    }
}
