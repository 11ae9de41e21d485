package io.github.pekkosupervisor.runit.launcher;

import java.util.Map;

/**
 * Where the log of a tree goes that the launcher runs: to standard error, a line each, by SLF4J's own simple logger.
 * All other programs of the launcher have none, since their standard error is runit's. A system property that is set
 * already stays, so that {@code PEKKO_SUPERVISOR_JAVA_OPTS} may ask for time stamps and levels.
 */
final class TreeLog {

    private static final String SIMPLE = "org.slf4j.simpleLogger.";

    private static final Map<String, String> PROPERTIES = Map.of(
            "slf4j.provider",
            "org.slf4j.simple.SimpleServiceProvider",
            // else it says by which property the provider was chosen
            "slf4j.internal.verbosity",
            "WARN",
            // else it says that it is there
            SIMPLE + "log.org.apache.pekko.event.slf4j.Slf4jLogger",
            "warn",
            SIMPLE + "showThreadName",
            "false",
            SIMPLE + "showShortLogName",
            "true");

    private TreeLog() {}

    /** To be called before anybody has asked for a logger. */
    static void toStandardError() {
        PROPERTIES.forEach((key, value) -> {
            if (System.getProperty(key) == null) {
                System.setProperty(key, value);
            }
        });
    }
}
