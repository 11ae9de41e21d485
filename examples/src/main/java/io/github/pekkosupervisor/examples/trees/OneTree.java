package io.github.pekkosupervisor.examples.trees;

import com.sun.net.httpserver.HttpServer;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.runit.ServiceDirectories;
import io.github.pekkosupervisor.runit.export.ServiceExport;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** A service directory, a redis, a Java service and an actor, each of which needs those before; {@code sv} sees all. */
public final class OneTree {

    private OneTree() {}

    static SupervisorSpec tree(Path directory) {
        return SupervisorSpec.restForOne()
                .withChild(ServiceDirectories.one("clock", directory.resolve("clock")))
                .withChild(ChildSpec.process("redis", redis(directory)))
                .withChild(ChildSpec.service("pages", OneTree::pages, server -> server.stop(0)))
                .withChild(ChildSpec.actor("prices", Behaviors.empty()));
    }

    private static ProcessSpec redis(Path directory) {
        Path socket = directory.resolve("redis.sock");
        return ProcessSpec.of("redis-server", "--port", "0", "--save", "", "--unixsocket", socket.toString())
                .withOutput(Stdio.logged())
                .withReady(Readiness.unixSocket(socket));
    }

    private static HttpServer pages() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        server.start();
        return server;
    }

    static Options shownIn(Path directory) {
        return Options.defaults().withExport(ServiceExport.to(directory.resolve("sv")));
    }

    public static void main(String[] arguments) throws IOException {
        Path directory = arguments.length == 0 ? Files.createTempDirectory("one-tree") : Path.of(arguments[0]);
        WithServiceDirectories.prepare(directory);
        try (SupervisionTree tree = SupervisionTree.start(tree(directory), shownIn(directory))) {
            System.out.println("try: sv status " + directory.resolve("sv/*"));
            tree.whenEnded().toCompletableFuture().join();
        }
    }
}
