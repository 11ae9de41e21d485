package io.github.pekkosupervisor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Ports that nobody uses, for servers that are told theirs when they are started; for tests above all.
 *
 * <p>Between the choice and the server's start nobody holds the port. So that the system gives it to nobody else
 * meanwhile, a connection to it has just been closed from its side: for a minute (TIME_WAIT) it is taken only by who
 * asks for this very port and sets {@code SO_REUSEADDR}, as servers do.
 */
public final class FreePort {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private FreePort() {}

    /**
     * A port of the loopback addresses that is free.
     *
     * @return 1024 to 65535
     * @throws UncheckedIOException if there is none, or no descriptor for looking
     */
    public static int next() {
        try {
            int port = choose();
            while (isAccepted(port)) {
                // a process that was being made has a copy of the socket for a moment more
                port = choose();
            }
            return port;
        } catch (IOException e) {
            throw new UncheckedIOException("no free port could be found: " + e.getMessage(), e);
        }
    }

    private static int choose() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK);
                Socket client = new Socket(LOOPBACK, server.getLocalPort())) {
            // who closes first is who waits
            server.accept().close();
            int end = client.getInputStream().read();
            assert end < 0 : "nothing was written";
            return server.getLocalPort();
        }
    }

    private static boolean isAccepted(int port) throws IOException {
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress(LOOPBACK, port));
            return true;
        } catch (ConnectException e) {
            return false;
        }
    }
}
