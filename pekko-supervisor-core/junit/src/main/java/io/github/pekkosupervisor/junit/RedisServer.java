package io.github.pekkosupervisor.junit;

import io.github.pekkosupervisor.SupervisionTree;

/** A Redis that runs for tests; see {@link Redis}. */
public final class RedisServer extends TestServer {

    RedisServer(String id, ServerPlace place, SupervisionTree tree) {
        super(id, place, tree);
    }

    /** For clients: {@code redis://127.0.0.1:PORT}. */
    public String url() {
        return "redis://" + host() + ":" + port();
    }
}
