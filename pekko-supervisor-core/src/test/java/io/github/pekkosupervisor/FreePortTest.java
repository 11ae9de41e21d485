package io.github.pekkosupervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FreePortTest {

    @Test
    void is_given_to_nobody_but_who_asks_for_it() throws IOException {
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            int port = FreePort.next();

            assertThat(port).isBetween(1024, 65_535);
            assertThat(ports.add(port)).as("%d comes twice", port).isTrue();
        }
        for (int port : ports) {
            try (ServerSocket server = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                assertThat(server.isBound()).isTrue();
            }
        }
    }
}
