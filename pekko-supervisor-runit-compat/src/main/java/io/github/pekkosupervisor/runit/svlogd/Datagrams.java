package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.posix.JdkCall;
import io.github.pekkosupervisor.posix.UserRights;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import org.jspecify.annotations.Nullable;

/** Sends lines by UDP; the socket is made for the first one, and closed with the log. */
final class Datagrams implements AutoCloseable {

    private @Nullable DatagramChannel channel;

    /** Sends one datagram; returns what is to be said of a failure, or nothing. */
    String send(LogConfig.Target target, byte[] bytes, int count) {
        if (UserRights.areBorrowed()) {
            return "not sent through udp in a tree of another user, where root would be who sends";
        }
        try {
            if (channel == null) {
                JdkCall.SOCKET.pass();
                channel = DatagramChannel.open(StandardProtocolFamily.INET);
            }
        } catch (IOException e) {
            return "no udp socket available";
        }
        try {
            JdkCall.SEND.pass();
            channel.send(
                    ByteBuffer.wrap(bytes, 0, count),
                    new InetSocketAddress(InetAddress.getByAddress(address(target)), target.port()));
            return "";
        } catch (IOException | IllegalArgumentException e) {
            return "failure sending through udp";
        }
    }

    /** Another one is made for the next line, if there is one. */
    @Override
    public void close() {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // nothing waits in it
            }
            channel = null;
        }
    }

    private static byte[] address(LogConfig.Target target) {
        return ByteBuffer.allocate(4).putInt(target.address()).array();
    }
}
