package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.JdkCall;
import io.github.pekkosupervisor.posix.PosixException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tries, a step at a time and without waiting, whether somebody accepts connections at an address. */
final class ConnectProbe implements Probe {

    private final SocketAddress address;
    private @Nullable SocketChannel pending;
    private Optional<String> obstacle = Optional.empty();

    private ConnectProbe(SocketAddress address) {
        this.address = address;
    }

    /** Empty if readiness is not about a connection. */
    static Optional<ConnectProbe> of(Readiness readiness) {
        if (readiness instanceof Readiness.Tcp tcp) {
            return Optional.of(new ConnectProbe(tcp.address()));
        }
        if (readiness instanceof Readiness.UnixSocket socket) {
            return Optional.of(new ConnectProbe(UnixDomainSocketAddress.of(socket.path())));
        }
        return Optional.empty();
    }

    @Override
    public void refuseIfTaken() throws PosixException {
        refuseIfTaken(address);
    }

    /** Refuses a start if somebody accepts connections there. */
    static void refuseIfTaken(SocketAddress address) throws PosixException {
        try (ConnectProbe probe = new ConnectProbe(address)) {
            boolean taken = probe.isPassed();
            if (!taken) {
                // on this machine the second step ends what the first begins
                taken = probe.isPassed();
            }
            if (taken) {
                throw new PosixException(
                        "connect",
                        address.toString(),
                        "EADDRINUSE",
                        "another process accepts connections there already, before this one is started; end that one"
                                + " or use another address");
            }
        }
    }

    /** Whether a connection has been accepted. */
    @Override
    public boolean isPassed() {
        try {
            SocketChannel channel = pending;
            if (channel == null) {
                obstacle = Optional.empty();
                channel = ProbeSocket.connecting(address);
                pending = channel;
                if (!channel.isConnected()) {
                    return false;
                }
            }
            JdkCall.CONNECT.pass();
            if (!channel.finishConnect()) {
                return false;
            }
            // a port that nobody listens on may be given to this very connection, which then reaches itself
            boolean itself = address.equals(channel.getLocalAddress());
            close();
            return !itself;
        } catch (ProbeSocket.UnavailableException e) {
            obstacle = Optional.ofNullable(e.getMessage());
            return false;
        } catch (IOException | UnresolvedAddressException e) {
            // nobody there yet
            close();
            return false;
        }
    }

    @Override
    public Optional<String> obstacle() {
        return obstacle;
    }

    @Override
    public String trouble() {
        return obstacle.map(why -> "that cannot be looked at: " + why).orElse("");
    }

    @Override
    public boolean isPending() {
        return pending != null;
    }

    @Override
    public void close() {
        SocketChannel channel = pending;
        pending = null;
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // nothing was sent: there is nothing to lose
            }
        }
    }
}
