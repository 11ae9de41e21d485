package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A look by HTTP, with a clock of the test. */
final class HttpProbeTest {

    private static final Duration LONGEST = Duration.ofSeconds(2);

    private final AtomicLong clock = new AtomicLong();
    private final ServerSocket server;
    private final HttpProbe probe;

    HttpProbeTest() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        probe = new HttpProbe(Readiness.http("http://127.0.0.1:" + server.getLocalPort() + "/"), LONGEST, clock::get);
    }

    @BeforeEach
    void begin() {
        assertThat(probe.isPassed()).isFalse();
    }

    @AfterEach
    void close() throws IOException {
        probe.close();
        server.close();
    }

    /** Looks until the question has come. */
    private Socket asked() throws IOException {
        Socket peer = server.accept();
        await().until(() -> !probe.isPassed() && peer.getInputStream().available() > 0);
        return peer;
    }

    @Test
    void an_answer_that_has_come_counts_though_this_jvm_has_stood_still_since() throws IOException {
        try (Socket peer = asked()) {
            peer.getOutputStream().write("HTTP/1.0 200 OK\r\n\r\n".getBytes(US_ASCII));
            peer.shutdownOutput();
            clock.addAndGet(LONGEST.multipliedBy(2).toNanos());

            assertThat(probe.isPassed()).isTrue();
        }
    }

    @Test
    void one_that_has_not_come_in_time_is_none() throws IOException {
        try (Socket peer = asked()) {
            clock.addAndGet(LONGEST.toNanos());
            assertThat(probe.isPassed()).isFalse();
            assertThat(probe.trouble()).isEmpty();

            clock.addAndGet(1);

            assertThat(probe.isPassed()).isFalse();
            assertThat(probe.trouble()).isEqualTo("no answer within 2 s");
            assertThat(peer.getInputStream().available()).isPositive();
        }
    }
}
