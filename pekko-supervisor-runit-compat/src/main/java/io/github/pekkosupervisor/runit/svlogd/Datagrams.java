package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.posix.JdkCall;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import org.jspecify.annotations.Nullable;

/** Sends lines by UDP; the socket is made for the first one. */
final class Datagrams {

    private @Nullable DatagramChannel channel;

    /** Sends one datagram; returns what is to be said of a failure, or nothing. */
    String send(LogConfig.Target target, byte[] bytes, int count) {
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

    private static byte[] address(LogConfig.Target target) {
        return ByteBuffer.allocate(4).putInt(target.address()).array();
    }
}
