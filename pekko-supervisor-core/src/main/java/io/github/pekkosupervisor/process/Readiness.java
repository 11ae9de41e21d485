package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.OsString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

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
}
