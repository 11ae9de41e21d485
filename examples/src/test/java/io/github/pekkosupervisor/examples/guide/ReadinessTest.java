package io.github.pekkosupervisor.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.StartFailedException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.Liveness;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.protocol.TreeHealth;
import io.github.pekkosupervisor.spec.ChildContext;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page on readiness and liveness shows. */
class ReadinessTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A server that is slow to begin, and answers a connection with a byte. */
    static final class Cache {
        public static void main(String[] arguments) throws Exception {
            try (ServerSocket server =
                    new ServerSocket(Integer.parseInt(arguments[0]), 50, InetAddress.getLoopbackAddress())) {
                while (true) {
                    try (Socket client = server.accept()) {
                        client.getOutputStream().write('+');
                    }
                }
            }
        }
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    @Test
    void those_that_come_later_wait_until_it_is_ready() {
        int port = FreePort.next();
        ProcessSpec server = ProcessSpec.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Cache.class.getName(),
                "" + port);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        // guide: ready
        SupervisorSpec spec = SupervisorSpec.restForOne()
                .withChild(ChildSpec.process("cache", server.withReady(Readiness.tcp(port))))
                .withChild(ChildSpec.closeable("client", () -> new Socket(loopback, port))); // it need not try twice
        // guide: end

        try (SupervisionTree tree = SupervisionTree.start(spec)) {
            assertThat(get(tree.health()).ready()).isTrue();
        }
    }

    // guide: taken
    private static final String TAKEN = """
            the tree could not be started: [/cache] connect /127.0.0.1:6390: another process accepts connections there already, \
            before this one is started; end that one or use another address (EADDRINUSE)
            """;
    // guide: end

    @Test
    void a_stranger_is_not_taken_for_it() throws Exception {
        try (ServerSocket stranger = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            int port = stranger.getLocalPort();
            ChildSpec cache =
                    ChildSpec.process("cache", ProcessSpec.of("sleep", "1d").withReady(Readiness.tcp(port)));

            assertThatThrownBy(() ->
                            SupervisionTree.start(SupervisorSpec.oneForOne().withChild(cache)))
                    .isInstanceOf(StartFailedException.class)
                    .hasMessage(TAKEN.strip().replace("6390", "" + port));
        }
    }

    @Test
    void one_that_hangs_is_started_again(@TempDir Path place) throws Exception {
        AtomicInteger status = new AtomicInteger(200);
        HttpServer web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        web.createContext("/health", exchange -> {
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        web.start();
        String url = "http://127.0.0.1:" + web.getAddress().getPort() + "/health";
        ProcessSpec server = ProcessSpec.of("sleep", "1d").withDirectory(place);
        // guide: live
        ProcessSpec watched = server.withLive(Liveness.by(Readiness.http(url))
                .withEvery(Duration.ofSeconds(5))
                .withTimeout(Duration.ofSeconds(2))
                .withFailures(3));
        // guide: end
        ProcessSpec soon = watched.withLive(
                watched.live().orElseThrow().withEvery(Duration.ofMillis(50)).withFailures(2));
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withIntensity(1000, Duration.ofSeconds(5))
                .withChild(ChildSpec.process("web", soon));

        try (SupervisionTree tree = SupervisionTree.start(spec)) {
            status.set(500);

            await().atMost(PATIENCE)
                    .until(() -> get(tree.snapshot())
                            .find("/web")
                            .orElseThrow()
                            .lastExit()
                            .filter(last -> last.reason().startsWith("hung"))
                            .isPresent());
        } finally {
            web.stop(0);
        }
    }

    private static final CountDownLatch STUCK = new CountDownLatch(1);

    private static void importNext(ChildContext child) throws InterruptedException {
        if (child.incarnation() == 1) {
            STUCK.await();
        }
        new CountDownLatch(1).await(10, java.util.concurrent.TimeUnit.MILLISECONDS);
    }

    @Test
    void a_loop_says_that_it_works() {
        // guide: heartbeat
        ChildSpec importer = ChildSpec.runnable("importer", child -> {
            while (true) {
                child.heartbeat(Duration.ofSeconds(2)); // silent for longer: it is hung
                importNext(child);
            }
        });
        // guide: end

        try (SupervisionTree tree = SupervisionTree.start(SupervisorSpec.oneForOne()
                .withIntensity(1000, Duration.ofSeconds(5))
                .withChild(importer))) {
            await().atMost(PATIENCE)
                    .until(() ->
                            get(tree.snapshot()).find("/importer").orElseThrow().restarts() >= 1);
        }
    }

    // guide: not-ready
    private static final String NOT_READY = """
            /db: restarting at 2026-11-30T05:25:10.356Z, last exit: killed
            """;
    // guide: end

    @Test
    void a_probe_asks_for_the_whole_tree() {
        ChildSpec db = ChildSpec.process("db", "sleep", "1d").withRestartDelay(RestartDelay.fixed(Duration.ofDays(1)));
        SupervisorSpec spec = SupervisorSpec.oneForOne().withUnlimitedRestarts().withChild(db);
        try (SupervisionTree tree = SupervisionTree.start(spec)) {
            // guide: health
            TreeHealth health = tree.health().toCompletableFuture().join();
            int status = health.ready() ? 200 : 503;
            health.notReady().forEach(System.err::println);
            // guide: end
            assertThat(status).isEqualTo(200);

            get(tree.root().signalChild("db", Signal.KILL));

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(new Session.Step("", NOT_READY)
                                    .accepts(String.join(
                                            "\n",
                                            get(tree.health()).notReady().stream()
                                                    .map(Object::toString)
                                                    .toList())))
                            .as(get(tree.health()).toString())
                            .isTrue());
        }
    }
}
