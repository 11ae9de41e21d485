package io.github.pekkosupervisor.examples.guide;

// guide: program
import com.sun.net.httpserver.HttpServer;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.net.InetSocketAddress;

public final class FirstTree {

    static SupervisorSpec tree() {
        return SupervisorSpec.restForOne()
                .withChild(ChildSpec.process("sidecar", "sleep", "1d"))
                .withChild(ChildSpec.service("web", FirstTree::openWeb, server -> server.stop(0)));
    }

    private static HttpServer openWeb() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        server.start();
        return server;
    }

    public static void main(String[] arguments) {
        SupervisionTree tree = SupervisionTree.start(tree()); // all is up now, or this throws why not
        System.out.print(tree.snapshot().toCompletableFuture().join());
        TreeEnd end = tree.whenEnded().toCompletableFuture().join(); // waits for TERM, Ctrl-C, or the end by itself
        System.exit(end.isFailure() ? 1 : 0);
    }
}
// guide: end
