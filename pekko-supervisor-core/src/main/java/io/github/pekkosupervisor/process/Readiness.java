package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/** How it is known that a process has not only been started, but can do its work. */
public sealed interface Readiness {

    /** As soon as the program has been loaded. */
    enum Immediately implements Readiness {
        /** The only one. */
        INSTANCE
    }

    /**
     * When it has written a line to standard output or standard error that a pattern is found in.
     *
     * @param pattern looked for anywhere in the line
     */
    record Line(Pattern pattern) implements Readiness {
        @Override
        public String toString() {
            return "a line with /" + pattern + "/";
        }
    }

    /**
     * When it accepts a connection by TCP. If somebody does before it is started, the start fails: that is another
     * process.
     *
     * @param address where; a name that is not resolved yet is looked up at each start
     */
    record Tcp(InetSocketAddress address) implements Readiness {
        private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[?[0-9a-fA-F]*:.*");

        /** An address is one at once; a name stays a name. */
        private static InetSocketAddress addressOrName(String host, int port) {
            if (!ADDRESS.matcher(host).matches()) {
                return InetSocketAddress.createUnresolved(host, port);
            }
            try {
                return new InetSocketAddress(InetAddress.getByName(host), port);
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException("\"" + host + "\" is no address; correct it", e);
            }
        }

        @Override
        public String toString() {
            return "a connection to " + address.getHostString() + ":" + address.getPort();
        }
    }

    /**
     * When it accepts a connection to a Unix socket. If somebody does before it is started, the start fails: that is
     * another process.
     *
     * @param path of the socket
     */
    record UnixSocket(Path path) implements Readiness {
        @Override
        public String toString() {
            return "a connection to " + path;
        }
    }

    /**
     * When a command exits with 0; it is run again and again until then, in the directory and with the environment of
     * the process.
     *
     * @param command program and arguments
     * @param pause from the end of one run to the next; more than zero
     */
    record Command(List<OsString> command, Duration pause) implements Readiness {
        /** Checks and copies. */
        public Command {
            command = List.copyOf(command);
            if (command.isEmpty()) {
                throw new IllegalArgumentException("the command for readiness is empty; give at least the program");
            }
            if (pause.isNegative() || pause.isZero()) {
                throw new IllegalArgumentException(
                        "the pause between tries of readiness must be positive, was " + DurationText.given(pause));
            }
        }

        @Override
        public String toString() {
            return "exit code 0 of " + command;
        }
    }

    /**
     * When it has written a newline to a descriptor that it gets for this. As s6's {@code notification-fd}.
     *
     * @param number of the descriptor in the process, 3 to 255
     */
    record Notification(int number) implements Readiness {
        /** Checks. */
        public Notification {
            if (number < 3 || number > 255) {
                throw new IllegalArgumentException("the notification descriptor is 3 to 255, was " + number);
            }
        }

        @Override
        public String toString() {
            return "a newline on descriptor " + number;
        }
    }

    /**
     * When a request by HTTP is answered well: GET over a connection of its own, again and again until then. A redirect
     * is not followed, it is an answer. An answer has 10 seconds, and of its body no more than 64 KiB are looked at. If
     * somebody accepts connections there before it is started, the start fails: that is another process.
     *
     * @param url as it was given
     * @param address where; a name that is not resolved yet is looked up at each start
     * @param statuses the status codes that are good, 100 to 599; none for 200 to 399
     * @param body looked for anywhere in the body, in UTF-8; empty for any
     */
    record Http(URI url, InetSocketAddress address, Set<Integer> statuses, Optional<Pattern> body)
            implements Readiness {
        private static final int DEFAULT_PORT = 80;

        /** Checks and copies. */
        public Http {
            statuses = Set.copyOf(new TreeSet<>(statuses));
            statuses.forEach(status -> {
                if (status < 100 || status > 599) {
                    throw new IllegalArgumentException("a status of HTTP is 100 to 599, was " + status);
                }
            });
        }

        /** The same with these codes as good ones. */
        public Http withStatus(int... codes) {
            return new Http(url, address, Arrays.stream(codes).boxed().collect(Collectors.toSet()), body);
        }

        /**
         * The same, where a regular expression is found in the body too.
         *
         * @throws PatternSyntaxException if it is none
         */
        public Http withBody(String regex) {
            return new Http(url, address, statuses, Optional.of(Pattern.compile(regex)));
        }

        Http at(InetSocketAddress resolved) {
            return new Http(url, resolved, statuses, body);
        }

        boolean accepts(int status) {
            return statuses.isEmpty() ? status >= 200 && status <= 399 : statuses.contains(status);
        }

        /** Host and port, for a reader. */
        String at() {
            return address.getHostString() + ":" + address.getPort();
        }

        String request() {
            String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
            String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
            return "GET " + path + query + " HTTP/1.1\r\nHost: " + url.getRawAuthority()
                    + "\r\nUser-Agent: pekko-supervisor\r\nAccept: */*\r\nConnection: close\r\n\r\n";
        }

        private static Http of(String text) {
            URI url;
            try {
                url = new URI(text);
            } catch (URISyntaxException e) {
                throw new IllegalArgumentException(
                        "\"" + text + "\" is no address as http://127.0.0.1:8080/health: " + e.getReason(), e);
            }
            if (url.getRawUserInfo() != null) {
                throw new IllegalArgumentException(
                        "an address of http must have no user, since it is shown; use a command such as curl -fsS");
            }
            if ("https".equalsIgnoreCase(url.getScheme())) {
                throw new IllegalArgumentException("https is not spoken here, was \"" + text
                        + "\"; give an address by http, or a command such as curl -fsS");
            }
            boolean isHttp = "http".equalsIgnoreCase(url.getScheme())
                    && url.getHost() != null
                    && url.getRawFragment() == null
                    && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
            int port = url.getPort() == -1 ? DEFAULT_PORT : url.getPort();
            if (!isHttp || port < 1 || port > 65535) {
                throw new IllegalArgumentException(
                        "\"" + text + "\" is no address as http://127.0.0.1:8080/health, without a fragment");
            }
            String host = url.getHost().replaceAll("[\\[\\]]", "");
            return new Http(url, Tcp.addressOrName(host, port), Set.of(), Optional.empty());
        }

        @Override
        public String toString() {
            String codes = statuses.isEmpty() ? "" : " with status " + new TreeSet<>(statuses);
            return "an answer from " + url + codes
                    + body.map(pattern -> " and /" + pattern + "/ in its body").orElse("");
        }
    }

    /**
     * When it says so to the socket that {@code NOTIFY_SOCKET} names, as {@code sd_notify(3)} and
     * {@code systemd-notify} do. What else it says there is told too, see {@link ProcessNotice}.
     *
     * @param access whose messages count
     */
    record SdNotify(NotifyAccess access) implements Readiness {
        @Override
        public String toString() {
            return "READY=1 to NOTIFY_SOCKET";
        }
    }

    /**
     * When a future of the application completes. If it fails, so has the start, and the process is stopped.
     *
     * @param begin called once for each process, by a thread for the application's own code, with what runs
     */
    record Future(Function<? super ProcessIdentity, ? extends CompletionStage<?>> begin) implements Readiness {
        @Override
        public String toString() {
            return "a future of the application";
        }
    }

    /** As soon as the program has been loaded. */
    static Readiness immediately() {
        return Immediately.INSTANCE;
    }

    /**
     * When a regular expression is found in a line of its output.
     *
     * @throws PatternSyntaxException if it is none
     */
    static Readiness line(String regex) {
        return new Line(Pattern.compile(regex));
    }

    /** When it accepts connections on a port of the loopback address, 1 to 65535. */
    static Readiness tcp(int port) {
        return tcp("127.0.0.1", port);
    }

    /**
     * When it accepts connections by TCP.
     *
     * @param host an address, or a name that is looked up at each start
     * @param port 1 to 65535
     */
    static Readiness tcp(String host, int port) {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("a port is 1 to 65535, was " + port);
        }
        if (host.isBlank()) {
            throw new IllegalArgumentException("the host is empty; give an address or a name");
        }
        return new Tcp(Tcp.addressOrName(host, port));
    }

    /** When it accepts connections to a Unix socket. */
    static Readiness unixSocket(Path path) {
        return new UnixSocket(path);
    }

    /** When a command exits with 0, tried every 200 ms. */
    static Readiness command(String program, String... arguments) {
        List<OsString> command = new ArrayList<>(List.of(OsString.of(program)));
        Arrays.stream(arguments).map(OsString::of).forEach(command::add);
        return new Command(command, Duration.ofMillis(200));
    }

    /** When it has written a newline to this descriptor, 3 to 255. */
    static Readiness notification(int number) {
        return new Notification(number);
    }

    /**
     * When a GET by HTTP is answered with a status of 200 to 399; see {@link Http#withStatus} and
     * {@link Http#withBody}.
     *
     * @param url as {@code http://127.0.0.1:8080/health}
     */
    static Http http(String url) {
        return Http.of(url);
    }

    /** When it, or one of its own, has sent {@code READY=1} to {@code NOTIFY_SOCKET}. */
    static Readiness sdNotify() {
        return new SdNotify(NotifyAccess.GROUP);
    }

    /** The same, with others whose messages count. */
    static Readiness sdNotify(NotifyAccess access) {
        return new SdNotify(access);
    }

    /**
     * When a future of the application completes; if it fails, the start has failed.
     *
     * @param begin called once for each process, by a thread for the application's own code, with what runs
     */
    static Readiness future(Function<? super ProcessIdentity, ? extends CompletionStage<?>> begin) {
        return new Future(begin);
    }
}
