package io.github.pekkosupervisor.springboot;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is said under {@code pekko-supervisor}; a key that is not known there is refused by Spring.
 *
 * @param enabled whether there is a tree
 * @param phase of the lifecycle that it is started and stopped in
 * @param atEnd what its end by itself means for the application
 * @param exitCode with which the application ends then, after a failure; 1 to 255
 * @param essential the places that must be ready for the application to be; all if there are none
 * @param stateDirectory for what outlives the JVM
 * @param tree read by {@link PropertyTree}, since here it is not known any more where a value comes from
 * @param export the same
 */
@ConfigurationProperties(prefix = SupervisorProperties.PREFIX, ignoreUnknownFields = false)
record SupervisorProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue(PHASE) int phase,
        @DefaultValue("report") AtEnd atEnd,
        @DefaultValue("1") int exitCode,
        @DefaultValue List<String> essential,
        @Nullable Path stateDirectory,
        @Nullable Map<String, Object> tree,
        @Nullable Map<String, Object> export) {

    static final String PREFIX = "pekko-supervisor";
    static final String TREE = PREFIX + ".tree";
    static final String EXPORT = PREFIX + ".export";

    /**
     * 4096 before the last one: a web server begins to accept 2048 before it, listeners of Kafka and the like later
     * still, so whoever is served finds the tree up; executors and schedulers begin in the middle, so children find
     * them. The way back is the reverse.
     */
    static final String PHASE = "2147479551";

    private static final int HIGHEST_CODE = 255;

    /** What follows when the tree has ended by itself. */
    enum AtEnd {
        /** That is published and seen in health and availability. */
        REPORT,
        /** The application context is closed, then the JVM exits. */
        EXIT
    }

    /** Checks. */
    SupervisorProperties {
        essential = List.copyOf(essential);
        if (exitCode < 1 || exitCode > HIGHEST_CODE) {
            throw new IllegalArgumentException(
                    PREFIX + ".exit-code must be from 1 to 255, since 0 would be no failure, was " + exitCode);
        }
        for (String path : essential) {
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException(
                        PREFIX + ".essential must have paths of the tree, such as /db, was \"" + path + "\"");
            }
        }
    }
}
