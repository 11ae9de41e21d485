package io.github.pekkosupervisor.junit;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.SupervisorResult.RenewResult;
import io.github.pekkosupervisor.protocol.TreeHealth;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * A server that runs for tests. It is supervised: when a process of it dies it is started again, at the same port and
 * with the same directory.
 */
public class TestServer {

    /** Where it listens. */
    private static final String HOST = "127.0.0.1";

    private final String id;
    private final ServerPlace place;
    private final SupervisionTree tree;

    TestServer(String id, ServerPlace place, SupervisionTree tree) {
        this.id = id;
        this.place = place;
        this.tree = tree;
    }

    /** What its annotation calls it. */
    public final String id() {
        return id;
    }

    /** Where it listens: 127.0.0.1. */
    public final String host() {
        return HOST;
    }

    /** Its port. */
    public final int port() {
        return place.port();
    }

    /**
     * Another port of it.
     *
     * @param name what its command or recipe calls it
     * @throws IllegalArgumentException if it has none of that name
     */
    public final int port(String name) {
        Integer port = place.ports().get(name);
        if (port == null) {
            throw new IllegalArgumentException(id + " has no port " + name + ", only "
                    + place.ports().keySet().stream()
                            .map(one -> one.isEmpty() ? "that without a name" : one)
                            .toList());
        }
        return port;
    }

    /** Host and port. */
    public final InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port());
    }

    /** Its directory, in which it may be written to. */
    public final Path directory() {
        return place.directory();
    }

    /** By which it is supervised: to see its processes, to kill or to stop one of them, to follow what happens. */
    public final SupervisionTree tree() {
        return tree;
    }

    /**
     * Stops its processes in order and starts them again; what a test of an application that is to bear that calls.
     *
     * @throws IllegalStateException if it does not come up again, with why
     */
    public final void restart() {
        RenewResult result = tree.root().renewAll().toCompletableFuture().join();
        TreeHealth health = tree.health().toCompletableFuture().join();
        if (!health.ready()) {
            throw new IllegalStateException(id + " has not come up again: " + result + "; " + health + words());
        }
    }

    /** What its processes have written last, at most 64 KiB, a line each; bytes that are no UTF-8 are replaced. */
    public final List<String> output() {
        return place.written(0).lines().toList();
    }

    /** Where what it writes is kept. */
    final ServerPlace place() {
        return place;
    }

    private String words() {
        List<String> lines = output();
        return lines.isEmpty() ? "" : "; it wrote last: " + lines.get(lines.size() - 1);
    }

    /** The id and the port. */
    @Override
    public final String toString() {
        return id + " at " + HOST + ":" + port();
    }
}
