package io.github.pekkosupervisor.config;

import static io.github.pekkosupervisor.config.Place.LIVE;
import static io.github.pekkosupervisor.config.Place.SERVICE_LIVE;

import java.util.List;

/** The keys of a block {@code live}: whether a process that is ready still works. */
final class LiveKeys {

    private static final String NOTHING_ELSE = "no such sign";
    private static final String TIME = "a time with its unit, at most 100 days";

    static final List<Key> ALL = List.of(
            Key.of(
                            "tcp",
                            "It works as long as it accepts connections. That is little: for a process that is stopped or"
                                    + " deadlocked the kernel accepts them still. One that is asked something, by http or command, shows"
                                    + " more.")
                    .values("PORT, 1 to 65535, or \"HOST:PORT\"")
                    .example("6379")
                    .like("tcpSocket")
                    .orElse(LIVE, NOTHING_ELSE)
                    .orElse(SERVICE_LIVE, NOTHING_ELSE),
            Key.of("unix-socket", "It works as long as it accepts connections; which says as little as tcp.")
                    .values("a path of at most 107 bytes")
                    .example("/run/cache.sock")
                    .orElse(LIVE, NOTHING_ELSE)
                    .orElse(SERVICE_LIVE, NOTHING_ELSE),
            Key.of(
                            "command",
                            "It works as long as a command exits with 0, which is run in its directory and with its"
                                    + " environment, and killed when it takes too long.")
                    .values("a list of text")
                    .example("[redis-cli, ping]")
                    .like("exec probe")
                    .orElse(LIVE, NOTHING_ELSE)
                    .orElse(SERVICE_LIVE, NOTHING_ELSE),
            Key.of(
                            "http",
                            "It works as long as a GET is answered well: with one of these status codes, 200 to 399 if none"
                                    + " is given, and with that in its body, if that is given. No redirect is followed.")
                    .values(
                            "an address, or { url, status, body }: status a number, a range as \"200..299\" or a list of these,"
                                    + " body a regular expression that is found in the first 64 KiB; no https")
                    .example("\"http://127.0.0.1:8080/health\"")
                    .like("httpGet")
                    .orElse(LIVE, NOTHING_ELSE)
                    .orElse(SERVICE_LIVE, NOTHING_ELSE),
            Key.of(
                            "watchdog",
                            "It works as long as it says so: it sends WATCHDOG=1 to the socket that NOTIFY_SOCKET names, as with"
                                    + " systemd, and is told in WATCHDOG_USEC how long it may be silent.")
                    .values("true")
                    .example("true")
                    .like("WatchdogSec")
                    .orElse(LIVE, NOTHING_ELSE)
                    .orElse(SERVICE_LIVE, NOTHING_ELSE),
            Key.of(
                            "every",
                            "How often it is looked at; there is one look at a time. The first looks at many processes are"
                                    + " spread over that time.")
                    .values(TIME)
                    .limits("Too short: looks cost CPU.", "Too long: one that hangs is noticed late.")
                    .like("periodSeconds")
                    .in(LIVE, "10s")
                    .in(SERVICE_LIVE, "10s"),
            Key.of(
                            "timeout",
                            "How long a look may take until it has failed; for a watchdog how long it may be silent, 30s"
                                    + " if nothing is said.")
                    .values(TIME)
                    .limits("Too short: one that is busy counts as hung.", "Too long: one that hangs is noticed late.")
                    .like("timeoutSeconds")
                    .in(LIVE, "2s")
                    .in(SERVICE_LIVE, "2s"),
            Key.of("failures", "How many looks in a row have to fail until it counts as hung.")
                    .values("a number from 1")
                    .limits("Too few: one slow answer is a restart.", "Too many: one that hangs is noticed late.")
                    .like("failureThreshold")
                    .in(LIVE, "3")
                    .in(SERVICE_LIVE, "3"),
            Key.of("grace", "How long after it is ready nobody looks; also after it was paused, or taken over.")
                    .values(TIME)
                    .limits("Too short: one that warms up counts as hung.", "Too long: nobody notices one that hangs.")
                    .like("initialDelaySeconds")
                    .in(LIVE, "0s")
                    .in(SERVICE_LIVE, "0s"),
            Key.of("then", "What follows when it is hung.")
                    .values(
                            "restart (it is stopped, killed if need be, and restarted as after a crash), report (that is"
                                    + " told, and again when it works; it is left as it is)")
                    .in(LIVE, "restart")
                    .in(SERVICE_LIVE, "restart"));

    private LiveKeys() {}
}
