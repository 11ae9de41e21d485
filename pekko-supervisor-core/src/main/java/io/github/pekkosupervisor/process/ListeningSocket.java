package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Account;
import io.github.pekkosupervisor.posix.ListenAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A socket that is opened for a process before its start and kept when it ends, so that whoever connects meanwhile
 * waits instead of being refused: see {@link ProcessSpec#withSockets}. As systemd's {@code .socket} with
 * {@code Accept=no}.
 *
 * <p>Immutable; the {@code with} methods return changed copies. They throw nothing: what is wrong is told with the
 * process.
 *
 * @param address where it waits
 * @param name what the process knows it by
 * @param isStdin whether it is the process's standard input, as with inetd's {@code wait}
 * @param backlog how many connections may wait
 * @param mode of the file of a Unix socket; empty for what the umask of this JVM leaves
 * @param owner of that file, in chpst's form; empty for this JVM's user
 * @param reusePort whether others that say the same may have the address too
 * @param mistakes in what it was given
 */
public record ListeningSocket(
        ListenAddress address,
        String name,
        boolean isStdin,
        int backlog,
        OptionalInt mode,
        Optional<String> owner,
        boolean reusePort,
        Mistakes mistakes) {

    /** As many as the kernel allows by default; it never allows more than its {@code net.core.somaxconn}. */
    public static final int DEFAULT_BACKLOG = 4096;

    /** What {@code sd_listen_fds_with_names(3)} says too where nothing was said. */
    public static final String UNNAMED = "unknown";

    /** The first descriptor of a process that is one of its sockets. */
    public static final int FIRST_DESCRIPTOR = 3;

    private static final int LONGEST_NAME = 255;
    private static final int LAST_MODE = 0777;

    /** What one of {@code withSockets} may have most. */
    private static final int MOST = 200;

    /**
     * One that waits at an address.
     *
     * @param listen {@code tcp:HOST:PORT} or {@code udp:HOST:PORT} with an address in numbers, as
     *     {@code tcp:0.0.0.0:80} and {@code tcp:[::1]:80}; {@code unix:PATH} for connections and
     *     {@code unix-datagram:PATH} for messages, {@code @NAME} in the place of a path for one without a file
     * @throws IllegalArgumentException if it is nothing of that
     */
    public static ListeningSocket of(String listen) {
        ListenAddress address;
        try {
            address = ListenAddress.parse(listen);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the address of a socket " + e.getMessage(), e);
        }
        return of(address);
    }

    /** The same, read already. */
    public static ListeningSocket of(ListenAddress address) {
        return new ListeningSocket(
                address, UNNAMED, false, DEFAULT_BACKLOG, OptionalInt.empty(), Optional.empty(), false, Mistakes.NONE);
    }

    /** The same with a name, by which the process finds it in {@code LISTEN_FDNAMES}. */
    public ListeningSocket withName(String name) {
        String mistake = Mistakes.ofNull(name);
        if (mistake == null && !isName(name)) {
            mistake =
                    "must be 1 to " + LONGEST_NAME + " visible ASCII characters without a colon, was \"" + name + "\"";
        }
        Mistakes after = mistakes.after("withName", mistake);
        String kept = mistake == null ? name : this.name;
        return new ListeningSocket(address, kept, isStdin, backlog, mode, owner, reusePort, after);
    }

    private static boolean isName(String name) {
        return !name.isEmpty()
                && name.length() <= LONGEST_NAME
                && name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ':');
    }

    /** The same as the process's standard input; it is told nothing of it then. */
    public ListeningSocket asStdin() {
        return new ListeningSocket(address, name, true, backlog, mode, owner, reusePort, mistakes);
    }

    /**
     * The same for fewer connections that wait, or more, as far as the kernel's {@code net.core.somaxconn} goes.
     *
     * @param connections at least 1
     */
    public ListeningSocket withBacklog(int connections) {
        boolean isRight = connections >= 1;
        Mistakes after = mistakes.after("withBacklog", isRight ? null : "must be at least 1, was " + connections);
        return new ListeningSocket(
                address, name, isStdin, isRight ? connections : backlog, mode, owner, reusePort, after);
    }

    /**
     * The same with rights on the file of a Unix socket: who may write to it may connect.
     *
     * @param mode 0 to 0777
     */
    public ListeningSocket withMode(int mode) {
        boolean isRight = mode >= 0 && mode <= LAST_MODE;
        Mistakes after = mistakes.after(
                "withMode", isRight ? null : "must be octal, 0 to 0777, was 0" + Integer.toOctalString(mode));
        return new ListeningSocket(
                address, name, isStdin, backlog, isRight ? OptionalInt.of(mode) : this.mode, owner, reusePort, after);
    }

    /** The same, the file of a Unix socket being of this user, as {@link ProcessSpec#withUser} has it. */
    public ListeningSocket withOwner(String user) {
        String mistake = Mistakes.ofNull(user);
        if (mistake == null) {
            mistake = Account.mistake(user).orElse(null);
        }
        Mistakes after = mistakes.after("withOwner", mistake);
        return new ListeningSocket(
                address, name, isStdin, backlog, mode, mistake == null ? Optional.of(user) : owner, reusePort, after);
    }

    /** The same, which shares its port with others of the same user that allow it too: {@code SO_REUSEPORT}. */
    public ListeningSocket withReusePort() {
        return new ListeningSocket(address, name, isStdin, backlog, mode, owner, true, mistakes);
    }

    /** Whether a socket of that one can go on as this one: what else differs is no matter of the kernel's. */
    boolean isSameSocket(ListeningSocket other) {
        return address.equals(other.address)
                && mode.equals(other.mode)
                && owner.equals(other.owner)
                && reusePort == other.reusePort;
    }

    // ---- what is wrong

    /** What is wrong with those of one process, a sentence each. */
    static List<String> problems(List<ListeningSocket> sockets, Stdio stdin) {
        List<String> problems = new ArrayList<>();
        Set<ListenAddress> addresses = new HashSet<>();
        for (ListeningSocket socket : sockets) {
            for (String mistake : socket.mistakes.sentences()) {
                problems.add("socket " + socket.address + ": " + mistake);
            }
            socket.unfit().ifPresent(problems::add);
            if (!addresses.add(socket.address)) {
                problems.add("socket " + socket.address + " is there twice; leave out one of them");
            }
        }
        List<ListeningSocket> asStdin =
                sockets.stream().filter(ListeningSocket::isStdin).toList();
        if (asStdin.size() > 1) {
            problems.add("only one socket can be standard input; choose one of " + asStdin.get(0).address + " and "
                    + asStdin.get(1).address);
        }
        if (!asStdin.isEmpty() && !(stdin.equals(Stdio.discard()) || stdin instanceof Stdio.Inherited)) {
            problems.add("socket " + asStdin.get(0).address + " is to be standard input, which is something else"
                    + " already; leave out one of them");
        }
        if (sockets.size() > MOST) {
            problems.add("a process has at most " + MOST + " sockets, and this one is to have " + sockets.size());
        }
        return problems;
    }

    private Optional<String> unfit() {
        boolean hasFile = address.path().isPresent();
        if (!hasFile && (mode.isPresent() || owner.isPresent())) {
            return Optional.of("socket " + address
                    + " has no file, so that it can have neither mode nor owner; leave them" + " out");
        }
        if (reusePort && address.port() == 0) {
            return Optional.of("socket " + address + " has no port to share; leave reuse-port out");
        }
        return Optional.empty();
    }

    /** Why that sign would tell nothing of a process with these sockets; empty if it would. */
    public static Optional<String> contradiction(List<ListeningSocket> sockets, Readiness sign) {
        if (sign instanceof Readiness.Notification notification) {
            long told = sockets.stream().filter(socket -> !socket.isStdin).count();
            return notification.number() < FIRST_DESCRIPTOR + told
                    ? Optional.of("descriptor " + notification.number() + " is one of its sockets, which have 3 to "
                            + (FIRST_DESCRIPTOR + told - 1) + ", and cannot be that of its notification too; choose a"
                            + " higher one")
                    : Optional.empty();
        }
        return sockets.stream()
                .filter(socket -> socket.answers(sign))
                .findFirst()
                .map(socket -> "connections to " + socket.address
                        + " are accepted before it runs, since the socket is opened for it, and so are no sign of it;"
                        + " choose another, such as http or sd-notify");
    }

    private boolean answers(Readiness sign) {
        if (sign instanceof Readiness.Tcp tcp) {
            return address.kind() == ListenAddress.Kind.TCP && tcp.address().getPort() == address.port();
        }
        return sign instanceof Readiness.UnixSocket unix
                && address.path()
                        .map(path -> path.toString().equals(unix.path().toString()))
                        .orElse(false);
    }
}
