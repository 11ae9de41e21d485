package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkosupervisor.posix.Account;
import io.github.pekkosupervisor.posix.BoundSocket;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.ListenAddress;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The sockets of one child or service directory, whichever process has them now: open from its first start until they
 * are closed here. It may be used from any thread.
 */
public final class HeldSockets implements AutoCloseable {

    private final String owner;
    private final Map<ListenAddress, Held> open = new LinkedHashMap<>();

    private record Held(ListeningSocket said, BoundSocket socket) {}

    /**
     * None yet.
     *
     * @param owner whose they are; nobody else in this JVM is called so, and in one that it becomes nobody but him
     */
    public HeldSockets(String owner) {
        this.owner = owner;
    }

    /**
     * Opens those that are wanted and not open yet, and closes those that are not wanted any more.
     *
     * @return their descriptors, in the same order, which are this one's
     * @throws PosixException if one cannot be opened; those that could be are open then
     */
    synchronized List<Descriptor> open(List<ListeningSocket> wanted) throws PosixException {
        keepOnly(wanted);
        List<Descriptor> descriptors = new ArrayList<>();
        for (ListeningSocket one : wanted) {
            Held held = open.get(one.address());
            if (held == null) {
                held = new Held(one, opened(one));
            }
            open.put(one.address(), new Held(one, held.socket()));
            held.socket().listen(one.backlog());
            descriptors.add(held.socket().descriptor());
        }
        return descriptors;
    }

    private void keepOnly(List<ListeningSocket> wanted) {
        Map<ListenAddress, ListeningSocket> byAddress = new HashMap<>();
        wanted.forEach(one -> byAddress.put(one.address(), one));
        open.entrySet().removeIf(entry -> {
            ListeningSocket now = byAddress.get(entry.getKey());
            Held held = entry.getValue();
            boolean goes = now == null
                    || !now.isSameSocket(held.said())
                    || !held.socket().isInPlace();
            if (goes) {
                held.socket().close();
            }
            return goes;
        });
    }

    private BoundSocket opened(ListeningSocket one) throws PosixException {
        Optional<Account> account =
                one.owner().isPresent() ? Optional.of(Account.of(one.owner().get())) : Optional.empty();
        return BoundSocket.open(
                one.address(), name(one), new BoundSocket.Options(one.mode(), account, one.reusePort()));
    }

    private String name(ListeningSocket one) {
        return "listening-" + HexFormat.of().formatHex((owner + "\n" + one.address()).getBytes(UTF_8));
    }

    /** Takes those that this JVM has kept when it became what it is, whether there is a process or not. */
    public synchronized void resume(List<ListeningSocket> wanted) {
        for (ListeningSocket one : wanted) {
            if (!open.containsKey(one.address())) {
                BoundSocket.kept(one.address(), name(one))
                        .ifPresent(socket -> open.put(one.address(), new Held(one, socket)));
            }
        }
    }

    /**
     * Takes those that a process has which an earlier JVM has started, so that they stay open after its end.
     *
     * @return those that it has not, or has no more
     * @throws PosixException if the kernel does not give them
     */
    public synchronized List<ListenAddress> takeFrom(int pid, List<ListeningSocket> wanted) throws PosixException {
        resume(wanted);
        List<ListeningSocket> missing = missing(wanted);
        if (!missing.isEmpty()) {
            Map<ListenAddress, String> names = new HashMap<>();
            missing.forEach(one -> names.put(one.address(), name(one)));
            Map<ListenAddress, BoundSocket> found = new HashMap<>();
            BoundSocket.of(pid, names).forEach(socket -> found.put(socket.address(), socket));
            for (ListeningSocket one : missing) {
                BoundSocket socket = found.get(one.address());
                if (socket != null) {
                    open.put(one.address(), new Held(one, socket));
                }
            }
        }
        return missing(wanted).stream().map(ListeningSocket::address).toList();
    }

    private List<ListeningSocket> missing(List<ListeningSocket> wanted) {
        return wanted.stream().filter(one -> !open.containsKey(one.address())).toList();
    }

    /** Whether there are any. */
    public synchronized boolean isEmpty() {
        return open.isEmpty();
    }

    /** Closes all, and removes their files. */
    @Override
    public synchronized void close() {
        open.values().forEach(held -> held.socket().close());
        open.clear();
    }

    /** Leaves them to the process that has been given them. */
    synchronized void leave() {
        open.values().forEach(held -> held.socket().leave());
        open.clear();
    }
}
