package io.github.pekkosupervisor.config;

import static io.github.pekkosupervisor.config.Place.CHILD;
import static io.github.pekkosupervisor.config.Place.SERVICE;

import java.util.List;

/** Keys whose names are taken and whose building comes later: refused, and never silently ignored. */
final class LaterKeys {

    private static final String NOT_SO = "not so";

    static final List<Key> ALL = List.of(Key.of("placement", "On which members of a cluster it runs.")
            .notYet(CHILD, NOT_SO, "")
            .notYet(SERVICE, NOT_SO, "")
            .values("a block")
            .example("{ once = true }")
            .like("replicas"));

    private LaterKeys() {}
}
