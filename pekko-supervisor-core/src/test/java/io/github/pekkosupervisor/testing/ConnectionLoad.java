package io.github.pekkosupervisor.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that connect to a port again and again, each with one connection at a time, and count what becomes of it:
 * answered with at least a byte, refused, or cut off without an answer.
 */
public final class ConnectionLoad implements AutoCloseable {

    /**
     * Answers each connection with its process id; by TERM it ends when it has answered whom it has accepted. Told
     * "own" it opens its socket itself.
     */
    public static final String SERVER = """
            import os, select, signal, socket, sys
            ends = False
            def end(*ignored):
                global ends
                ends = True
            r, w = os.pipe()
            os.set_blocking(w, False)
            signal.set_wakeup_fd(w)
            signal.signal(signal.SIGTERM, end)
            if sys.argv[1] == 'own':
                s = socket.socket()
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                s.bind(('127.0.0.1', int(sys.argv[2])))
                s.listen(4096)
            else:
                s = socket.socket(fileno=int(sys.argv[1]))
            while not ends:
                if s in select.select([s, r], [], [])[0] and not ends:
                    c, _ = s.accept()
                    c.recv(100)
                    c.sendall(b'%d\\n' % os.getpid())
                    c.close()
            """;

    /** That of the system, which everybody may run. */
    public static final String PYTHON = "/usr/bin/python3";

    private static final int PATIENCE_MILLIS = 50_000;

    private final InetSocketAddress address;
    private final List<Thread> clients = new ArrayList<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger cut = new AtomicInteger();
    private volatile boolean ends;

    /** Begins. */
    public ConnectionLoad(int port, int clients) {
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        for (int i = 0; i < clients; i++) {
            Thread client = new Thread(this::run, "client");
            this.clients.add(client);
            client.start();
        }
    }

    private void run() {
        while (!ends) {
            ask();
        }
    }

    private void ask() {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(address, PATIENCE_MILLIS);
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
            int count = socket.getInputStream().readAllBytes().length;
            // the server has closed it, and this leaves nothing that waits for a minute
            socket.setSoLinger(true, 0);
            (count > 0 ? answered : cut).incrementAndGet();
        } catch (ConnectException e) {
            refused.incrementAndGet();
        } catch (IOException e) {
            cut.incrementAndGet();
        }
    }

    /** How many were answered. */
    public int answered() {
        return answered.get();
    }

    /** How many nobody accepted. */
    public int refused() {
        return refused.get();
    }

    /** How many had no answer. */
    public int cut() {
        return cut.get();
    }

    @Override
    public void close() {
        end();
    }

    /** Waits until each has its last answer. */
    public void end() {
        ends = true;
        for (Thread client : clients) {
            try {
                client.join(PATIENCE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
