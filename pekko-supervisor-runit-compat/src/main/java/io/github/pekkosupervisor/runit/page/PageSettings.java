package io.github.pekkosupervisor.runit.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.typesafe.config.Config;
import io.github.pekkosupervisor.config.ConfigSection;
import io.github.pekkosupervisor.config.ConfigValues;
import io.github.pekkosupervisor.config.Place;
import io.github.pekkosupervisor.config.Problems;
import io.github.pekkosupervisor.posix.Excerpt;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a {@link LivePage} is, and whether it obeys. A value.
 *
 * <p>Either an address of this machine, where a token has to be shown, or a socket with a file, where who connects has
 * to be the user of this JVM, or root.
 *
 * @param host {@code 127.0.0.1} or {@code ::1}; nothing else, since the page is for this machine
 * @param port from 0 to 65535; 0 for any that is free
 * @param socket the file of the socket; if it is there, host and port mean nothing
 * @param commands whether children can be restarted, stopped, started and signalled by the page
 * @param metrics whether it answers {@code /metrics}, as Prometheus asks; an application needs the artifacts
 *     {@code pekko-supervisor-micrometer} and {@code micrometer-registry-prometheus} for it
 * @param tokenFile where the token is kept; it is made there if it is missing. Empty for one that is new each time
 */
public record PageSettings(
        String host, int port, Optional<Path> socket, boolean commands, boolean metrics, Optional<Path> tokenFile) {

    private static final String VERSION_4 = "127.0.0.1";
    private static final String VERSION_6 = "::1";
    private static final String UNIX = "unix:";
    private static final int LAST_PORT = 65_535;
    /** Of {@code sockaddr_un}, with the NUL at its end. */
    private static final int LONGEST_PATH = 107;

    private static final Pattern LISTEN = Pattern.compile("tcp:(127\\.0\\.0\\.1|\\[::1]):([0-9]{1,5})");

    /**
     * Checks.
     *
     * @throws IllegalArgumentException if host, port or path cannot be
     */
    public PageSettings {
        Objects.requireNonNull(socket, "there is no socket; Optional.empty() is for none");
        Objects.requireNonNull(tokenFile, "there is no token-file; Optional.empty() is for none");
        if (socket.isPresent() && tokenFile.isPresent()) {
            throw new IllegalArgumentException(
                    "a page at a socket with a file has no token; leave token-file out, or listen at tcp:127.0.0.1:PORT");
        }
        if (!host.equals(VERSION_4) && !host.equals(VERSION_6)) {
            throw new IllegalArgumentException("the host must be 127.0.0.1 or ::1, since a page is for this machine;"
                    + " was \"" + Excerpt.line(host) + "\"");
        }
        if (port < 0 || port > LAST_PORT) {
            throw new IllegalArgumentException("the port must be 0 to " + LAST_PORT + ", was " + port);
        }
        if (socket.isPresent() && socket.get().toString().getBytes(UTF_8).length > LONGEST_PATH) {
            throw new IllegalArgumentException(
                    "the path of the socket must have at most " + LONGEST_PATH + " bytes on this system, was \""
                            + Excerpt.line(socket.get().toString()) + "\"");
        }
    }

    /** At 127.0.0.1 and any port that is free, and without commands. */
    public static PageSettings loopback() {
        return new PageSettings(VERSION_4, 0, Optional.empty(), false, false, Optional.empty());
    }

    /**
     * At a socket with a file, and without commands. A browser comes there by {@code ssh -L 8080:FILE HOST}, or
     * {@code curl} by {@code --unix-socket FILE}.
     *
     * @param file whose directory is there
     */
    public static PageSettings socket(Path file) {
        return new PageSettings(
                VERSION_4,
                0,
                Optional.of(Objects.requireNonNull(file, "there is no file")),
                false,
                false,
                Optional.empty());
    }

    /**
     * Where it is said in a file: {@code tcp:127.0.0.1:8080}, {@code tcp:[::1]:8080}, or {@code unix:/run/app/page}.
     *
     * @throws IllegalArgumentException with what is allowed
     */
    public static PageSettings at(String listen) {
        if (listen.startsWith(UNIX + "/") && !listen.endsWith("/")) {
            return socket(Path.of(listen.substring(UNIX.length())));
        }
        Matcher address = LISTEN.matcher(listen);
        if (!address.matches() || Integer.parseInt(address.group(2)) > LAST_PORT) {
            throw new IllegalArgumentException(
                    "must be an address of this machine, as \"tcp:127.0.0.1:8080\" or \"tcp:[::1]:8080\", with 0 for any port"
                            + " that is free, or \"unix:/run/app/page\", was \"" + Excerpt.line(listen) + "\"");
        }
        boolean isVersion6 = address.group(1).startsWith("[");
        return new PageSettings(
                isVersion6 ? VERSION_6 : VERSION_4,
                Integer.parseInt(address.group(2)),
                Optional.empty(),
                false,
                false,
                Optional.empty());
    }

    /**
     * As a configuration says, in the keys that {@code reference.conf} explains under
     * {@code pekko-supervisor.page-reference}.
     *
     * @param config the object with {@code listen} and {@code commands}, not one that holds it
     * @throws InvalidSpecException listing all that is wrong, unknown keys too, with file and line
     */
    public static PageSettings read(Config config) {
        Problems problems = new Problems();
        ConfigSection block = ConfigSection.of(config, Place.PAGE, "page", problems);
        PageSettings settings =
                block.get("listen", value -> at(ConfigValues.string(value))).orElseGet(PageSettings::loopback);
        boolean commands = block.get("commands", ConfigValues::bool).orElse(false);
        boolean metrics = block.get("metrics", ConfigValues::bool).orElse(false);
        boolean hasToken = settings.socket().isEmpty();
        Optional<Path> tokenFile = block.get("token-file", value -> tokenFile(ConfigValues.path(value), hasToken));
        block.end();
        if (!problems.all().isEmpty()) {
            throw new InvalidSpecException(problems.all());
        }
        PageSettings read = settings.withCommands(commands).withMetrics(metrics);
        return tokenFile.map(read::withTokenFile).orElse(read);
    }

    private static Path tokenFile(Path file, boolean hasToken) {
        if (!hasToken) {
            throw new IllegalArgumentException(
                    "is for a page at tcp:127.0.0.1:PORT; one at a socket with a file has no token");
        }
        return file;
    }

    /**
     * At another port.
     *
     * @param number from 0 to 65535; 0 for any that is free
     * @throws IllegalArgumentException if it is none
     */
    public PageSettings withPort(int number) {
        return new PageSettings(host, number, socket, commands, metrics, tokenFile);
    }

    /** With or without commands to children. */
    public PageSettings withCommands(boolean on) {
        return new PageSettings(host, port, socket, on, metrics, tokenFile);
    }

    /** With or without {@code /metrics}. */
    public PageSettings withMetrics(boolean on) {
        return new PageSettings(host, port, socket, commands, on, tokenFile);
    }

    /**
     * With a token that stays the same.
     *
     * @param file where it is; its directory is there
     * @throws IllegalArgumentException if the page is at a socket with a file
     */
    public PageSettings withTokenFile(Path file) {
        return new PageSettings(
                host,
                port,
                socket,
                commands,
                metrics,
                Optional.of(Objects.requireNonNull(file, "there is no token-file")));
    }
}
