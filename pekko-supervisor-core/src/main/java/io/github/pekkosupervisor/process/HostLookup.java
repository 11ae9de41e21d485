package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.PosixException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Names of hosts, which are looked up when a process starts: by then they may mean something else. */
final class HostLookup {

    private static final String LOCALHOST = "localhost";

    private HostLookup() {}

    static boolean isNeeded(ProcessSpec spec) {
        return isNeeded(spec.ready());
    }

    static boolean isNeeded(Readiness sign) {
        return address(sign).filter(InetSocketAddress::isUnresolved).isPresent();
    }

    private static Optional<InetSocketAddress> address(Readiness readiness) {
        if (readiness instanceof Readiness.Tcp tcp) {
            return Optional.of(tcp.address());
        }
        return readiness instanceof Readiness.Http http ? Optional.of(http.address()) : Optional.empty();
    }

    private static Readiness at(Readiness readiness, InetSocketAddress resolved) {
        return readiness instanceof Readiness.Http http ? http.at(resolved) : new Readiness.Tcp(resolved);
    }

    /** The same process, with an address for the name; else fails with a {@link PosixException}. */
    static CompletionStage<ProcessSpec> resolve(ProcessSpec spec, Processes processes) {
        return resolve(spec.ready(), processes).thenApply(spec::withReady);
    }

    /** The same sign, with an address for the name; else fails with a {@link PosixException}. */
    static CompletionStage<Readiness> resolve(Readiness sign, Processes processes) {
        InetSocketAddress name = address(sign).orElseThrow();
        if (name.getHostString().equalsIgnoreCase(LOCALHOST)) {
            // nobody has to be asked what that is
            InetAddress here = InetAddress.getLoopbackAddress();
            return CompletableFuture.completedFuture(at(sign, new InetSocketAddress(here, name.getPort())));
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        InetAddress address = InetAddress.getByName(name.getHostString());
                        return at(sign, new InetSocketAddress(address, name.getPort()));
                    } catch (UnknownHostException e) {
                        throw new CompletionException(refusal(
                                name.getHostString(),
                                "ENOENT",
                                "the host is not known, by whose connections it is to be known how the process is;"
                                        + " correct the name, or give an address"));
                    }
                },
                processes.lookups());
    }

    /** Why there is no address, of whatever failed. */
    static PosixException refusal(ProcessSpec spec, String why, Optional<Throwable> failure) {
        Throwable cause = failure.map(e -> e instanceof CompletionException ? e.getCause() : e)
                .orElse(null);
        return cause instanceof PosixException known
                ? known
                : refusal(spec.ready().toString(), "ECANCELED", why);
    }

    private static PosixException refusal(String host, String errno, String explanation) {
        return new PosixException("getaddrinfo", host, errno, explanation);
    }
}
