package io.github.pekkosupervisor.posix;

import java.lang.ref.Reference;
import java.util.Arrays;

/** System calls on sockets that are waited at. */
final class SocketCalls {

    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_TYPE = 3;
    private static final int SO_REUSEPORT = 15;
    private static final int SO_ACCEPTCONN = 30;

    /** More than any address has. */
    private static final int LONGEST_ADDRESS = 128;

    private static final CFunction SOCKET = CFunction.of("socket");
    private static final CFunction SETSOCKOPT = CFunction.of("setsockopt");
    private static final CFunction GETSOCKOPT = CFunction.of("getsockopt");
    private static final CFunction GETSOCKNAME = CFunction.of("getsockname");
    private static final CFunction BIND = CFunction.of("bind");
    private static final CFunction LISTEN = CFunction.of("listen");
    private static final CFunction CONNECT = CFunction.of("connect");

    private SocketCalls() {}

    static Descriptor open(ListenAddress address, int flags) throws PosixException {
        return Descriptor.opened(
                "socket",
                () -> SOCKET.call(address.family().number(), address.kind().type() | FileCalls.O_CLOEXEC | flags, 0));
    }

    /** After the end of who had it, connections of his may take a while to be over, which is in nobody's way. */
    static void reuseAddress(Descriptor socket) {
        set(socket, SO_REUSEADDR);
    }

    /** Others of the same user may have the same address, if they have said this too. */
    static void reusePort(Descriptor socket) {
        set(socket, SO_REUSEPORT);
    }

    private static void set(Descriptor socket, int option) {
        Scratch scratch = Scratch.begin();
        long on = scratch.allocate(Integer.BYTES);
        scratch.putInt(on, 1);
        // of a socket, with a value that is right: this is not refused
        SETSOCKOPT.call(socket.number(), SOL_SOCKET, option, on, Integer.BYTES);
    }

    /** The error number; 0 if it has the address now. */
    static int bind(Descriptor socket, ListenAddress address) {
        byte[] bytes = address.bytes();
        return BIND.call(socket.number(), Scratch.begin().put(bytes), bytes.length) == 0 ? 0 : CFunction.errno();
    }

    /** The error number; 0 if connections wait there from now on. */
    static int listen(Descriptor socket, int backlog) {
        return LISTEN.call(socket.number(), backlog) == 0 ? 0 : CFunction.errno();
    }

    /** Whether somebody hears who connects, or who sends, to this address of this machine. */
    static boolean isHeard(ListenAddress address) throws PosixException {
        byte[] bytes = address.bytes();
        try (Descriptor socket = open(address, FileCalls.O_NONBLOCK)) {
            while (CONNECT.call(socket.number(), Scratch.begin().put(bytes), bytes.length) != 0) {
                if (!Errno.EINTR.isLast()) {
                    return !Errno.ECONNREFUSED.isLast() && !Errno.ENOENT.isLast();
                }
            }
            return true;
        }
    }

    /** Whether it waits at this address; not so a connection that came there. */
    static boolean waitsAt(Descriptor socket, ListenAddress address) {
        return option(socket, SO_TYPE) == address.kind().type()
                && (!address.kind().isStream() || option(socket, SO_ACCEPTCONN) == 1)
                && hasAddress(socket, address);
    }

    private static int option(Descriptor socket, int option) {
        Scratch scratch = Scratch.begin();
        long value = scratch.zeroed(Long.BYTES);
        long length = scratch.zeroed(Long.BYTES);
        scratch.putInt(length, Integer.BYTES);
        return GETSOCKOPT.call(socket.number(), SOL_SOCKET, option, value, length) == 0 ? scratch.getInt(value) : -1;
    }

    private static boolean hasAddress(Descriptor socket, ListenAddress address) {
        byte[] wanted = address.bytes();
        Scratch scratch = Scratch.begin();
        try {
            long found = scratch.zeroed(LONGEST_ADDRESS);
            long length = scratch.zeroed(Long.BYTES);
            scratch.putInt(length, LONGEST_ADDRESS);
            return GETSOCKNAME.call(socket.number(), found, length) == 0
                    && scratch.getInt(length) == wanted.length
                    && Arrays.equals(scratch.bytes(found, wanted.length), wanted);
        } finally {
            Reference.reachabilityFence(scratch);
        }
    }
}
