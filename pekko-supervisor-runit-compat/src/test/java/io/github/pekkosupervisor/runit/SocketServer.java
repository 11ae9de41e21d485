package io.github.pekkosupervisor.runit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that is given its socket, and a client that asks it again and again. */
public final class SocketServer implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 50_000;

    /** Answers each connection with its process id. */
    private static final String PROGRAM = """
            import os, socket
            s = socket.socket(fileno=3)
            while True:
                c, _ = s.accept()
                c.recv(9)
                c.sendall(b'%d\\n' % os.getpid())
                c.close()
            """;

    private final int port;
    private final Thread client = new Thread(this::ask, "client");
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean ends;

    private SocketServer(int port) {
        this.port = port;
    }

    /** Begins to ask who waits at a port. */
    public static SocketServer askedAt(int port) {
        SocketServer server = new SocketServer(port);
        server.client.start();
        return server;
    }

    /** Makes it what a service directory has as {@code run}, with its socket. */
    public static void configure(Path directory, int port) throws IOException {
        writeProgram(directory);
        Files.writeString(
                directory.resolve("service.conf"), "sockets = [ { listen = \"tcp:127.0.0.1:" + port + "\" } ]\n");
    }

    /** Puts its program there, for {@link #run}. */
    public static void writeProgram(Path directory) throws IOException {
        Files.writeString(directory.resolve("server.py"), PROGRAM);
    }

    /** What {@code run} says. */
    public static String run() {
        return "exec /usr/bin/python3 -S server.py";
    }

    /** Connects; an answer comes when somebody gives it. */
    public static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** The process id of who answers; 0 if the connection is cut, as by a kill of who has accepted it. */
    public static long answer(Socket socket) throws IOException {
        socket.getOutputStream().write('\n');
        String text = new String(socket.getInputStream().readAllBytes(), UTF_8).strip();
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    private void ask() {
        while (!ends) {
            try (Socket socket = connect(port)) {
                if (answer(socket) > 0) {
                    answered.incrementAndGet();
                }
                socket.setSoLinger(true, 0);
            } catch (ConnectException e) {
                refused.incrementAndGet();
            } catch (IOException e) {
                // cut by the end of who had accepted it
            }
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

    @Override
    public void close() {
        ends = true;
        try {
            client.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
