package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.JdkCall;
import io.github.pekkosupervisor.posix.UserRights;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;

/** Makes the sockets of those who look for something at an address. What keeps them from it is told apart. */
final class ProbeSocket {

    /** There is no socket to ask with, whoever would answer. */
    static final class UnavailableException extends IOException {
        private static final long serialVersionUID = 1L;

        UnavailableException(String message, IOException cause) {
            super(message, cause);
        }
    }

    private ProbeSocket() {}

    /**
     * Begins to connect to an address, without waiting.
     *
     * @throws UnavailableException if there is no socket to be had, or no port of ours
     * @throws IOException if it is known already that nobody accepts it
     */
    static SocketChannel connecting(SocketAddress address) throws IOException {
        SocketChannel channel = open(address);
        boolean begun = false;
        try {
            channel.configureBlocking(false);
            JdkCall.CONNECT.pass();
            channel.connect(address);
            begun = true;
            return channel;
        } catch (BindException e) {
            throw new UnavailableException(
                    "there is no port left to connect from: " + e.getMessage() + "; look who holds them all", e);
        } finally {
            if (!begun) {
                channel.close();
            }
        }
    }

    private static SocketChannel open(SocketAddress address) throws UnavailableException {
        if (UserRights.areBorrowed()) {
            throw new UnavailableException(
                    "no port and no socket is looked at for a tree of another user, since it would be asked by root; let a"
                            + " command look",
                    new IOException("not with root's rights"));
        }
        try {
            JdkCall.SOCKET.pass();
            return address instanceof UnixDomainSocketAddress
                    ? SocketChannel.open(StandardProtocolFamily.UNIX)
                    : SocketChannel.open();
        } catch (IOException e) {
            throw new UnavailableException(
                    "no socket can be opened: " + e.getMessage() + "; raise the limit of open files, or close some", e);
        }
    }
}
