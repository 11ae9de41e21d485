package io.github.pekkosupervisor.junit;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** A server that says what it is told, or its pid if that is asked for. */
final class EchoServer {

    private static final String PID = "pid?";

    private EchoServer() {}

    /**
     * Listens until it is killed.
     *
     * @param arguments the port
     */
    public static void main(String[] arguments) throws IOException {
        try (ServerSocket server = new ServerSocket()) {
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])));
            while (true) {
                answer(server);
            }
        }
    }

    private static void answer(ServerSocket server) throws IOException {
        try (Socket client = server.accept()) {
            answer(client);
        } catch (SocketException e) {
            // who only looks whether it is there has gone
            return;
        }
    }

    private static void answer(Socket client) throws IOException {
        try (OutputStream out = client.getOutputStream()) {
            String line = lineOf(client);
            String answer =
                    PID.equals(line) ? String.valueOf(ProcessHandle.current().pid()) : line;
            out.write((answer + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String lineOf(Socket socket) throws IOException {
        String line =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
        return line == null ? "" : line;
    }

    static String ask(InetSocketAddress address, String line) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            return lineOf(socket);
        }
    }

    static long pid(InetSocketAddress address) throws IOException {
        return Long.parseLong(ask(address, PID));
    }

    static void awaitOther(InetSocketAddress address, long pid) {
        await().atMost(Duration.ofSeconds(60))
                // it is not there, or was killed while it answered
                .ignoreExceptionsMatching(e -> e instanceof IOException || e instanceof NumberFormatException)
                .until(() -> pid(address) != pid);
    }

    /** Where its class is, for another JVM. */
    static String place() {
        try {
            return Path.of(EchoServer.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI())
                            .toString()
                    + System.getProperty("path.separator")
                    + System.getProperty("java.class.path");
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
