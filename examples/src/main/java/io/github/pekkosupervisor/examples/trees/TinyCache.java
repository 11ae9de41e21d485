package io.github.pekkosupervisor.examples.trees;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Answers each line with redis's PONG, one client at a time: stands in where no redis is installed. */
final class TinyCache {

    private TinyCache() {}

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[0]);
        try (ServerSocket server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
            while (true) {
                answer(server);
            }
        }
    }

    private static void answer(ServerSocket server) throws IOException {
        try (Socket client = server.accept()) {
            int read = client.getInputStream().read();
            while (read >= 0) {
                if (read == '\n') {
                    client.getOutputStream().write(new byte[] {'+', 'P', 'O', 'N', 'G', '\r', '\n'});
                }
                read = client.getInputStream().read();
            }
        }
    }
}
