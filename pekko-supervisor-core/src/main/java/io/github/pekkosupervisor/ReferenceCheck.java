package io.github.pekkosupervisor;

import com.typesafe.config.Config;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether each jar's {@code reference.conf} is on the class path. They have one name, so whoever makes one jar of
 * several and does not append these files to each other has one of them, and what is said then otherwise is that some
 * key of Pekko is missing.
 */
final class ReferenceCheck {

    /** A key that is set there and nowhere else. */
    private static final Map<String, String> KEYS = new TreeMap<>(Map.of(
            "pekko-actor", "pekko.actor.provider",
            "pekko-actor-typed", "pekko.actor.typed.restart-stash-capacity",
            "pekko-supervisor-core", "pekko-supervisor.own-system"));

    private ReferenceCheck() {}

    /**
     * Throws if one is missing.
     *
     * @throws IllegalStateException with which, and what to do
     */
    static void check(Config reference) {
        List<String> missing = KEYS.entrySet().stream()
                .filter(key -> !reference.hasPath(key.getValue()))
                .map(key -> key.getKey() + " (" + key.getValue() + ")")
                .toList();
        if (!missing.isEmpty()) {
            throw new IllegalStateException("no reference.conf on the class path has the settings of "
                    + String.join(", ", missing) + "; if this runs from one jar that was made of several, append their"
                    + " reference.conf files to each other (maven-shade-plugin does with an AppendingTransformer for"
                    + " reference.conf)");
        }
    }
}
