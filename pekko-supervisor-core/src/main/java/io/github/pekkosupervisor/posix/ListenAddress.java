package io.github.pekkosupervisor.posix;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Where connections or messages are waited for: {@code tcp:HOST:PORT}, {@code udp:HOST:PORT}, with an address in
 * numbers as the host; {@code unix:PATH} for a stream and {@code unix-datagram:PATH} for messages, {@code @NAME} in the
 * place of a path for one without a file.
 *
 * @param text the same as it was said
 * @param kind of socket
 * @param where as the kernel has it, after the family, in hexadecimal digits
 * @param family whether it is of version 4 or 6 of the protocol, or a file
 * @param port its number; 0 if it has none
 * @param path of the file; empty if there is none
 */
public record ListenAddress(String text, Kind kind, Family family, String where, int port, Optional<OsString> path) {

    /** Kinds of sockets. */
    public enum Kind {
        /** Connections over TCP. */
        TCP("tcp", Native.STREAM),
        /** Messages over UDP. */
        UDP("udp", Native.DATAGRAM),
        /** Connections on this machine. */
        UNIX("unix", Native.STREAM),
        /** Messages on this machine. */
        UNIX_DATAGRAM("unix-datagram", Native.DATAGRAM);

        private final String word;
        private final int type;

        Kind(String word, int type) {
            this.word = word;
            this.type = type;
        }

        /** What the kernel calls it. */
        int type() {
            return type;
        }

        /** Whether connections are accepted, so that some wait meanwhile. */
        public boolean isStream() {
            return type == Native.STREAM;
        }

        /** Whether it is between machines. */
        boolean hasPort() {
            return this == TCP || this == UDP;
        }
    }

    /** Families of addresses. */
    enum Family {
        /** Of this machine. */
        UNIX(1),
        /** Version 4. */
        INET(2),
        /** Version 6. */
        INET6(10);

        private final int number;

        Family(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    private static final class Native {
        static final int STREAM = 1;
        static final int DATAGRAM = 2;
    }

    /** Of {@code sockaddr_un}, with the NUL at its end, or at its beginning. */
    private static final int LONGEST_PATH = 107;

    private static final HexFormat HEX = HexFormat.of();
    private static final int LAST_PORT = 65535;
    private static final int LAST_BYTE = 255;
    private static final String KINDS =
            "must be tcp:HOST:PORT, udp:HOST:PORT, unix:PATH or unix-datagram:PATH, as in \"tcp:127.0.0.1:8080\"";

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException with what is wrong and what is allowed
     */
    public static ListenAddress parse(String text) {
        for (Kind kind : Kind.values()) {
            if (text.startsWith(kind.word + ":")) {
                String rest = text.substring(kind.word.length() + 1);
                return kind.hasPort() ? ofPort(text, kind, rest) : ofPath(text, kind, rest);
            }
        }
        throw new IllegalArgumentException(KINDS + ", was \"" + Excerpt.line(text) + "\"");
    }

    private static ListenAddress ofPath(String text, Kind kind, String path) {
        byte[] bytes = path.getBytes(UTF_8);
        boolean isAbstract = path.startsWith("@");
        if (!isAbstract && !path.startsWith("/")) {
            throw wrong(text, "must have a path that begins with /, or with @ for a socket without a file");
        }
        if (path.indexOf('\0') >= 0 || path.length() == 1 || path.endsWith("/")) {
            throw wrong(text, "must have the path of a file");
        }
        if (bytes.length > LONGEST_PATH) {
            throw wrong(
                    text,
                    "must have a path of at most " + LONGEST_PATH + " bytes on this system, and this one has "
                            + bytes.length);
        }
        if (isAbstract) {
            bytes[0] = 0;
            return new ListenAddress(text, kind, Family.UNIX, HEX.formatHex(bytes), 0, Optional.empty());
        }
        byte[] ended = new byte[bytes.length + 1];
        System.arraycopy(bytes, 0, ended, 0, bytes.length);
        return new ListenAddress(text, kind, Family.UNIX, HEX.formatHex(ended), 0, Optional.of(OsString.of(bytes)));
    }

    private static ListenAddress ofPort(String text, Kind kind, String rest) {
        int colon = rest.lastIndexOf(':');
        if (colon < 0) {
            throw wrong(
                    text,
                    "must have a host in numbers and a port, as in \"" + kind.word + ":127.0.0.1:8080\", or 0.0.0.0 for"
                            + " all of this machine");
        }
        int port = port(text, rest.substring(colon + 1));
        String host = rest.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            return new ListenAddress(text, kind, Family.INET6, ofVersion6(text, host, port), port, Optional.empty());
        }
        return new ListenAddress(text, kind, Family.INET, ofVersion4(text, host, port), port, Optional.empty());
    }

    private static int port(String text, String digits) {
        int port = digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : 0;
        if (port < 1 || port > LAST_PORT) {
            throw wrong(text, "must have a port from 1 to " + LAST_PORT);
        }
        return port;
    }

    private static String ofVersion4(String text, String host, int port) {
        String[] parts = host.split("\\.", -1);
        ByteBuffer bytes = ByteBuffer.allocate(14).putShort((short) port);
        boolean isRight = parts.length == 4;
        for (String part : parts) {
            isRight &= part.matches("[0-9]{1,3}") && Integer.parseInt(part) <= LAST_BYTE;
            if (isRight) {
                bytes.put((byte) Integer.parseInt(part));
            }
        }
        if (!isRight) {
            throw wrong(
                    text,
                    "must have a host in numbers, as 127.0.0.1, 0.0.0.0 for all of this machine, or [::1]; names are"
                            + " not looked up");
        }
        return HEX.formatHex(bytes.array());
    }

    private static String ofVersion6(String text, String host, int port) {
        try {
            // in brackets nothing is looked up
            if (InetAddress.getByName(host) instanceof Inet6Address address) {
                ByteBuffer bytes =
                        ByteBuffer.allocate(26).putShort((short) port).putInt(0);
                bytes.put(address.getAddress());
                return HEX.formatHex(bytes.order(ByteOrder.nativeOrder())
                        .putInt(address.getScopeId())
                        .array());
            }
            throw wrong(text, "must have an address of version 4 without brackets");
        } catch (UnknownHostException e) {
            throw wrong(
                    text, "must have an address of version 6 in brackets, as [::1], or [::] for all of this machine");
        }
    }

    private static IllegalArgumentException wrong(String text, String sentence) {
        return new IllegalArgumentException(sentence + ", was \"" + Excerpt.line(text) + "\"");
    }

    /** As the kernel takes it. */
    byte[] bytes() {
        byte[] where = HEX.parseHex(this.where);
        return ByteBuffer.allocate(Short.BYTES + where.length)
                .order(ByteOrder.nativeOrder())
                .putShort((short) family.number())
                .put(where)
                .array();
    }

    @Override
    public String toString() {
        return text;
    }
}
