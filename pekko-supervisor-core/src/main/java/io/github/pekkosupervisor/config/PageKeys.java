package io.github.pekkosupervisor.config;

import static io.github.pekkosupervisor.config.Place.PAGE;
import static io.github.pekkosupervisor.config.Place.RUN;

import java.util.List;

/** The keys of a tree that is shown: in a browser, to Prometheus, and in recordings of the JVM. */
final class PageKeys {

    static final List<Key> ALL = List.of(
            Key.of("page", "A page on this machine that shows the tree as it is now, see docs/page.md.")
                    .values("a block, or none")
                    .example("{ listen = \"tcp:127.0.0.1:8080\", commands = true }")
                    .orElse(RUN, "none"),
            Key.of(
                            "flight-recorder",
                            "Whether starts and ends of children are events in recordings that JDK Flight Recorder makes"
                                    + " of this JVM; see docs/metrics.md.")
                    .values("true or false")
                    .in(RUN, "false"),
            Key.of(
                            "listen",
                            "Where the page is. By tcp whoever opens it needs the token that is told at the start; by"
                                    + " unix, a socket with a file, it is for the same user and root.")
                    .values("tcp:127.0.0.1:PORT, tcp:[::1]:PORT, with the port 0 for any that is free, or unix:PATH")
                    .example("\"unix:/run/app/page\"")
                    .in(PAGE, "\"tcp:127.0.0.1:0\""),
            Key.of("commands", "Whether children can be restarted, stopped, started and signalled by the page.")
                    .values("true or false")
                    .in(PAGE, "false"),
            Key.of("metrics", "Whether the page answers /metrics, as Prometheus asks; see docs/metrics.md.")
                    .values("true or false")
                    .in(PAGE, "false"),
            Key.of(
                            "token-file",
                            "A file with the token, so that it stays the same, and Prometheus may read it. It is made"
                                    + " if only the file is missing; by others than its owner and its group it may not"
                                    + " be read.")
                    .values("a path, or none")
                    .example("/etc/app/page.token")
                    .orElse(PAGE, "none: a new token at each start"));

    private PageKeys() {}
}
