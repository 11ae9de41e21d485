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

    private HostLookup() {}

    static boolean isNeeded(ProcessSpec spec) {
        return spec.ready() instanceof Readiness.Tcp tcp && tcp.address().isUnresolved();
    }

    /** The same process, with an address for the name; else fails with a {@link PosixException}. */
    static CompletionStage<ProcessSpec> resolve(ProcessSpec spec, Processes processes) {
        return resolve((Readiness.Tcp) spec.ready(), processes).thenApply(spec::withReady);
    }

    /** The same sign, with an address for the name; else fails with a {@link PosixException}. */
    static CompletionStage<Readiness.Tcp> resolve(Readiness.Tcp sign, Processes processes) {
        InetSocketAddress name = sign.address();
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        InetAddress address = InetAddress.getByName(name.getHostString());
                        return new Readiness.Tcp(new InetSocketAddress(address, name.getPort()));
                    } catch (UnknownHostException e) {
                        throw new CompletionException(refusal(
                                name.getHostString(),
                                "ENOENT",
                                "the host is not known,"
                                        + " by whose connections it is to be known whether the process is ready; correct the"
                                        + " name, or give an address"));
                    }
                },
                // a look-up may take its time
                processes.outputs());
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
