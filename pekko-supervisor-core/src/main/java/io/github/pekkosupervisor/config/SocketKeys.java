package io.github.pekkosupervisor.config;

import static io.github.pekkosupervisor.config.Place.PROCESS;
import static io.github.pekkosupervisor.config.Place.SERVICE;
import static io.github.pekkosupervisor.config.Place.SERVICE_SOCKET;
import static io.github.pekkosupervisor.config.Place.SOCKET;

import java.util.List;

/** What is opened for a process, and kept when it ends. */
final class SocketKeys {

    private static final String TRUE_OR_FALSE = "true or false";

    static final List<Key> ALL = List.of(
            Key.of(
                            "sockets",
                            "Sockets that are opened before it is started, with the rights of the JVM, and kept as long as it"
                                    + " is known: over restarts, and while it is down. Who connects meanwhile waits. It gets"
                                    + " them as descriptors 3 and following, told by LISTEN_FDS, LISTEN_PID and"
                                    + " LISTEN_FDNAMES. One that cannot be opened refuses the start.")
                    .values("a list of blocks")
                    .example("[ { listen = \"tcp:0.0.0.0:80\", name = http } ]")
                    .like(".socket units, inetd, tcpsvd")
                    .in(PROCESS, "[]")
                    .in(SERVICE, "[]"),
            both(
                    Key.of("listen", "Where it waits, for connections, or for messages with udp and unix-datagram.")
                            .values("tcp:HOST:PORT, udp:HOST:PORT, unix:PATH, unix-datagram:PATH; a host in numbers"
                                    + " (0.0.0.0 and [::] are all of this machine), @NAME in the place of a path for one"
                                    + " without a file")
                            .example("\"tcp:[::1]:8080\"")
                            .like("ListenStream, ListenDatagram"),
                    Key.NEEDED),
            Key.of("name", "What it is called in LISTEN_FDNAMES.")
                    .values("visible ASCII characters, no colon")
                    .example("http")
                    .like("FileDescriptorName")
                    .in(SOCKET, "unknown")
                    .in(SERVICE_SOCKET, "unknown"),
            Key.of(
                            "as-stdin",
                            "Whether it is standard input, as inetd gives a socket with wait; then it is none of"
                                    + " LISTEN_FDS.")
                    .values(TRUE_OR_FALSE)
                    .like("StandardInput=socket, inetd's wait")
                    .in(SOCKET, "false")
                    .in(SERVICE_SOCKET, "false"),
            Key.of("backlog", "How many connections may wait; net.core.somaxconn of the kernel is the limit.")
                    .values("a number from 1 on")
                    .limits(
                            "Too low: connections are lost while it is restarted.",
                            "Too high: more wait than it can ever answer in time.")
                    .like("Backlog")
                    .in(SOCKET, "4096")
                    .in(SERVICE_SOCKET, "4096"),
            both(
                    Key.of("mode", "Rights on the file of a Unix socket: who may write to it may connect.")
                            .values("octal digits, up to 777")
                            .example("\"660\"")
                            .like("SocketMode"),
                    "what the umask leaves"),
            both(
                    Key.of("owner", "Whose the file of a Unix socket is, in chpst's form. For who runs as root.")
                            .values("\"USER\", \"USER:GROUP\", \":UID:GID\"")
                            .example("\"root:www-data\"")
                            .like("SocketUser, SocketGroup"),
                    "the JVM's user and group"),
            Key.of("reuse-port", "Whether others of the same user may wait at the same port, if they say this too.")
                    .values(TRUE_OR_FALSE)
                    .like("ReusePort")
                    .in(SOCKET, "false")
                    .in(SERVICE_SOCKET, "false"));

    private SocketKeys() {}

    private static Key both(Key key, String otherwise) {
        return key.orElse(SOCKET, otherwise).orElse(SERVICE_SOCKET, otherwise);
    }
}
