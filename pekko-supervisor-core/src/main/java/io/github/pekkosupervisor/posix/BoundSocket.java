package io.github.pekkosupervisor.posix;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A socket of this process that has its address, for a program that is to wait there. Closed on exec; its descriptor is
 * one that reads wait at.
 *
 * <p>What is refused is a {@link PosixException} whose call is the key {@code sockets}, in words.
 */
public final class BoundSocket implements AutoCloseable {

    private static final String SOCKET_LINK = "socket:[";
    private static final OsString UNPRIVILEGED_START = OsString.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    private static final int FIRST_UNPRIVILEGED = 1024;

    private static final Map<String, BoundSocket> OPEN = new ConcurrentHashMap<>();

    private final Descriptor descriptor;
    private final ListenAddress address;
    private final String name;

    /** Of its file; null if it has none. */
    private final FileStatus.@Nullable Id file;

    private BoundSocket(Descriptor descriptor, ListenAddress address, String name, FileStatus.@Nullable Id file) {
        this.descriptor = descriptor;
        this.address = address;
        this.name = name;
        this.file = file;
        OPEN.put(name, this);
    }

    /**
     * What a file of a socket is to be, and who may have the same address.
     *
     * @param mode of the file; empty for what the umask leaves
     * @param owner of the file; empty for this process's own
     * @param reusePort whether other sockets that say the same may have this address too
     */
    public record Options(OptionalInt mode, Optional<Account> owner, boolean reusePort) {}

    /**
     * Opens one.
     *
     * @param name by which it is found again where this process has become another program; for one at a time
     */
    public static BoundSocket open(ListenAddress address, String name, Options options) throws PosixException {
        Optional<Descriptor> kept = KeptDescriptors.ofThisJvm().takeSocket(name);
        if (kept.isPresent()) {
            if (SocketCalls.waitsAt(kept.get(), address)) {
                return new BoundSocket(kept.get(), address, name, fileOf(address));
            }
            kept.get().close();
        }
        Descriptor socket = opened(address);
        boolean done = false;
        try {
            if (address.kind() == ListenAddress.Kind.TCP) {
                SocketCalls.reuseAddress(socket);
            }
            if (options.reusePort()) {
                SocketCalls.reusePort(socket);
            }
            bind(socket, address);
            FileStatus.Id file = address.path().isPresent() ? made(address, options) : null;
            done = true;
            return new BoundSocket(socket, address, name, file);
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }

    /** One that this process has kept when it became another program; empty if there is none. */
    public static Optional<BoundSocket> kept(ListenAddress address, String name) {
        return KeptDescriptors.ofThisJvm()
                .takeSocket(name)
                .map(socket -> new BoundSocket(socket, address, name, fileOf(address)));
    }

    private static Descriptor opened(ListenAddress address) throws PosixException {
        try {
            return SocketCalls.open(address, 0);
        } catch (PosixException e) {
            if (e.is("EAFNOSUPPORT")) {
                throw refused(address, e.errno(), "this kernel has no such addresses; choose one of version 4");
            }
            throw e;
        }
    }

    private static void bind(Descriptor socket, ListenAddress address) throws PosixException {
        int errno = SocketCalls.bind(socket, address);
        if (errno == Errno.EADDRINUSE.number() && address.path().isPresent()) {
            removeLeft(address);
            errno = SocketCalls.bind(socket, address);
        }
        if (errno != 0) {
            throw refused(address, Errno.name(errno), words(address, errno));
        }
    }

    /** The file of a socket that nobody hears any more is in nobody's way. */
    private static void removeLeft(ListenAddress address) throws PosixException {
        OsString path = address.path().orElseThrow();
        FileStatus there = FileCalls.statIfPresent(FileCalls.AT_FDCWD, path, FileCalls.AT_SYMLINK_NOFOLLOW);
        if (there != null && !there.isSocket()) {
            throw refused(
                    address,
                    "EEXIST",
                    "there is something of this name that is no socket; remove it, or choose another");
        }
        if (SocketCalls.isHeard(address)) {
            throw refused(address, "EADDRINUSE", words(address, Errno.EADDRINUSE.number()));
        }
        FileCalls.remove(FileCalls.AT_FDCWD, path);
    }

    private static String words(ListenAddress address, int errno) {
        if (errno == Errno.EADDRINUSE.number()) {
            return "another process has it; end that one, or choose another";
        }
        if (errno == Errno.EADDRNOTAVAIL.number()) {
            return "this machine has no such address; choose one that it has, or 0.0.0.0 or [::] for all";
        }
        boolean isRefused = errno == Errno.EACCES.number() || errno == Errno.EPERM.number();
        if (isRefused && address.port() > 0) {
            return "ports below " + firstUnprivileged()
                    + " are for root, and for who has the capability NET_BIND_SERVICE; choose a higher one, run the JVM as"
                    + " root, or lower net.ipv4.ip_unprivileged_port_start";
        }
        if (isRefused) {
            return "user " + Integer.toUnsignedString(OwnProcess.user())
                    + ", as whom the JVM runs, may not make a file there; give the right to, or choose another place";
        }
        if (errno == Errno.ENOENT.number() || errno == Errno.ENOTDIR.number()) {
            return "the directory that it is to be in is not there; make it, or choose another";
        }
        return Errno.description(errno);
    }

    private static int firstUnprivileged() {
        try (Descriptor file = Descriptor.openRead(UNPRIVILEGED_START)) {
            return Integer.parseInt(OsString.of(DescriptorCalls.readAll(file.number(), ""))
                    .toString()
                    .strip());
        } catch (PosixException | NumberFormatException e) {
            return FIRST_UNPRIVILEGED;
        }
    }

    private static PosixException refused(ListenAddress address, String errno, String words) {
        return new PosixException(Conditions.SOCKETS, address.text(), errno, words);
    }

    // ---- its file

    /** Gives the file that has just been made to whom it is to belong; whatever has taken its name is left alone. */
    private static FileStatus.Id made(ListenAddress address, Options options) throws PosixException {
        OsString path = address.path().orElseThrow();
        try (Descriptor file = Descriptor.open(FileCalls.AT_FDCWD, path, FileCalls.O_PATH | FileCalls.O_NOFOLLOW, 0)) {
            FileStatus status = file.status();
            if (!status.isSocket() || status.links() != 1 || status.owner() != OwnProcess.user()) {
                throw refused(address, "EEXIST", "somebody else has put something in its place; choose another place");
            }
            if (options.owner().isPresent()) {
                give(address, file, options.owner().get());
            }
            if (options.mode().isPresent()) {
                FileCalls.setMode(
                        FileCalls.AT_FDCWD,
                        OsString.of("/proc/self/fd/" + file.number()),
                        options.mode().getAsInt());
            }
            return status.id();
        } catch (PosixException e) {
            FileCalls.remove(FileCalls.AT_FDCWD, path);
            throw e;
        }
    }

    private static void give(ListenAddress address, Descriptor file, Account owner) throws PosixException {
        try {
            FileCalls.setOwnersOf(file.number(), owner.user(), owner.groups().get(0));
        } catch (PosixException e) {
            throw refused(
                    address,
                    e.errno(),
                    "only root may give its file to somebody else; leave owner out, or run as root");
        }
    }

    private static FileStatus.@Nullable Id fileOf(ListenAddress address) {
        if (address.path().isEmpty()) {
            return null;
        }
        try {
            FileStatus there =
                    FileCalls.statIfPresent(FileCalls.AT_FDCWD, address.path().get(), FileCalls.AT_SYMLINK_NOFOLLOW);
            return there != null && there.isSocket() ? there.id() : null;
        } catch (PosixException e) {
            // it cannot be seen, so that it is not removed either
            return null;
        }
    }

    /** Whether whoever looks for its file finds it; always so if it has none. */
    public boolean isInPlace() {
        return address.path().isEmpty() || (file != null && file.equals(fileOf(address)));
    }

    // ---- in use

    /**
     * Has connections wait there, also if whoever had it has ended that; for messages nothing.
     *
     * @param backlog how many of them; the kernel's net.core.somaxconn is the limit
     */
    public void listen(int backlog) throws PosixException {
        if (address.kind().isStream()) {
            int errno = SocketCalls.listen(descriptor, backlog);
            if (errno != 0) {
                throw refused(address, Errno.name(errno), words(address, errno));
            }
        }
    }

    /** For a child; this one stays open. */
    public Descriptor descriptor() {
        return descriptor;
    }

    /** All that are open in this JVM: their descriptors, by their names. */
    public static Map<String, Descriptor> all() {
        Map<String, Descriptor> all = new HashMap<>();
        OPEN.forEach((name, socket) -> all.put(name, socket.descriptor));
        return all;
    }

    // ---- from another process

    /**
     * Those of a process which waits at these addresses, in common with it from now on.
     *
     * @param names of those that are found, by their addresses
     * @throws PosixException if the kernel does not give them: it takes the right to trace that process
     */
    public static List<BoundSocket> of(int pid, Map<ListenAddress, String> names) throws PosixException {
        Map<ListenAddress, String> wanted = new HashMap<>(names);
        List<BoundSocket> found = new ArrayList<>();
        try (Descriptor process = ProcessCalls.openPidfd(pid);
                Directory table = Directory.open(OsString.of("/proc/" + pid + "/fd"))) {
            for (int number : sockets(table)) {
                if (wanted.isEmpty()) {
                    break;
                }
                fetch(process, number, wanted).ifPresent(found::add);
            }
            return found;
        } catch (PosixException e) {
            found.forEach(BoundSocket::leave);
            throw e;
        }
    }

    private static Optional<BoundSocket> fetch(Descriptor process, int number, Map<ListenAddress, String> wanted)
            throws PosixException {
        Descriptor fetched;
        try {
            fetched = new Descriptor(ProcessCalls.fetchDescriptor(process, number));
        } catch (PosixException e) {
            if (e.is("EBADF")) {
                // closed meanwhile
                return Optional.empty();
            }
            throw e;
        }
        Optional<ListenAddress> address = addressOf(fetched, wanted.keySet());
        if (address.isEmpty()) {
            fetched.close();
            return Optional.empty();
        }
        String name = String.valueOf(wanted.remove(address.get()));
        return Optional.of(new BoundSocket(fetched, address.get(), name, fileOf(address.get())));
    }

    private static Optional<ListenAddress> addressOf(Descriptor socket, Collection<ListenAddress> wanted) {
        return wanted.stream()
                .filter(address -> SocketCalls.waitsAt(socket, address))
                .findFirst();
    }

    private static List<Integer> sockets(Directory table) throws PosixException {
        List<Integer> numbers = new ArrayList<>();
        for (OsString name : table.list()) {
            try {
                if (table.readLink(name).toString().startsWith(SOCKET_LINK)) {
                    numbers.add(Integer.parseInt(name.toString()));
                }
            } catch (PosixException e) {
                if (!e.is("ENOENT")) {
                    throw e;
                }
                // closed meanwhile
            }
        }
        numbers.sort(null);
        return numbers;
    }

    /** Where it waits. */
    public ListenAddress address() {
        return address;
    }

    /** Closes it here; whoever else has it goes on. */
    public void leave() {
        OPEN.remove(name, this);
        descriptor.close();
    }

    /** Closes it, and removes its file, if that is this one's still. */
    @Override
    public void close() {
        if (address.path().isPresent() && isInPlace()) {
            try {
                FileCalls.remove(FileCalls.AT_FDCWD, address.path().get());
            } catch (PosixException e) {
                // it stays, and is in nobody's way: whoever wants the address sees that nobody hears there
            }
        }
        leave();
    }

    @Override
    public String toString() {
        return address.text();
    }
}
