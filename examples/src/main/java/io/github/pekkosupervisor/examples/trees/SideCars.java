package io.github.pekkosupervisor.examples.trees;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A web application and the cache that it needs: if the cache dies both are started again, the cache first. */
public final class SideCars {

    private SideCars() {}

    static SupervisorSpec tree(int webPort, int cachePort) {
        return SupervisorSpec.restForOne()
                .withIntensity(3, Duration.ofSeconds(10))
                .withChild(ChildSpec.process("cache", cache(cachePort)))
                .withChild(ChildSpec.service("web", () -> web(webPort, cachePort), server -> server.stop(0)));
    }

    /** A real redis where there is one. */
    private static ProcessSpec cache(int port) {
        String classes = System.getProperty("java.class.path");
        ProcessSpec spec = Files.isExecutable(Path.of("/usr/bin/redis-server"))
                ? ProcessSpec.of("redis-server", "--port", "" + port, "--save", "", "--bind", "127.0.0.1")
                : ProcessSpec.of("java", "-cp", classes, TinyCache.class.getName(), "" + port);
        return spec.withOutput(Stdio.logged()).withReady(Readiness.tcp(port));
    }

    /** Relies on the cache being ready, and on being restarted with it. */
    private static HttpServer web(int port, int cachePort) throws IOException {
        Socket cache = new Socket(InetAddress.getLoopbackAddress(), cachePort);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/ping", exchange -> {
            cache.getOutputStream().write("PING\r\n".getBytes(UTF_8));
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(cache.getInputStream().readNBytes(7));
            exchange.close();
        });
        server.start();
        return server;
    }

    public static void main(String[] arguments) {
        SupervisionTree tree = SupervisionTree.start(tree(8080, 6390));
        System.exit(tree.whenEnded().toCompletableFuture().join().isFailure() ? 1 : 0);
    }
}
