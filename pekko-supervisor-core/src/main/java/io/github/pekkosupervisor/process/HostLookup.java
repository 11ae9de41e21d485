package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.PosixException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/** Names of hosts, which are looked up when a process starts: by then they may mean something else. */
final class HostLookup {

    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[?[0-9a-fA-F]*:.*");

    private HostLookup() {}

    /** An address is one at once; a name stays a name. */
    static InetSocketAddress addressOrName(String host, int port) {
        if (!ADDRESS.matcher(host).matches()) {
            return InetSocketAddress.createUnresolved(host, port);
        }
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("\"" + host + "\" is no address; correct it", e);
        }
    }

    static boolean isNeeded(ProcessSpec spec) {
        return spec.readiness() instanceof Readiness.Tcp tcp && tcp.address().isUnresolved();
    }

    /** The same process, with an address for the name; else fails with a {@link PosixException}. */
    static CompletionStage<ProcessSpec> resolve(ProcessSpec spec, Processes processes) {
        InetSocketAddress name = ((Readiness.Tcp) spec.readiness()).address();
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        InetAddress address = InetAddress.getByName(name.getHostString());
                        return spec.withReadiness(new Readiness.Tcp(new InetSocketAddress(address, name.getPort())));
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

    static PosixException refusal(String host, String errno, String explanation) {
        return new PosixException("getaddrinfo", host, errno, explanation);
    }
}
