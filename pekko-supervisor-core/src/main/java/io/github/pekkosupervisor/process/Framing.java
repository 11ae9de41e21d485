package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkosupervisor.posix.Excerpt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How messages are told apart on a stream of bytes; each is text in UTF-8. */
public final class Framing {

    /** How long a message may be by default, in bytes: 16 MiB. */
    public static final int DEFAULT_LONGEST = 16 * 1024 * 1024;

    private static final int LONGEST_HEADER = 8 * 1024;
    private static final int LARGEST = 1024 * 1024 * 1024;
    private static final int QUOTED = 80;

    private final boolean byLength;
    private final int longest;

    /** What has come is no message, or one that is too long. */
    public static final class MalformedException extends IOException {
        MalformedException(String message) {
            super(message);
        }

        MalformedException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    private Framing(boolean byLength, int longest) {
        if (longest < 1 || longest > LARGEST) {
            throw new IllegalArgumentException(
                    "the longest message must have 1 to " + LARGEST + " bytes, was " + longest);
        }
        this.byLength = byLength;
        this.longest = longest;
    }

    /** Each behind a header {@code Content-Length: N} and an empty line, as in the Language Server Protocol. */
    public static Framing contentLength() {
        return contentLength(DEFAULT_LONGEST);
    }

    /**
     * The same with another limit.
     *
     * @param longest how many bytes a message may have, 1 to 1 GiB
     */
    public static Framing contentLength(int longest) {
        return new Framing(true, longest);
    }

    /** Each on a line of its own, as JSON in the Model Context Protocol; empty lines are none. */
    public static Framing lines() {
        return lines(DEFAULT_LONGEST);
    }

    /**
     * The same with another limit.
     *
     * @param longest how many bytes a message may have, 1 to 1 GiB
     */
    public static Framing lines(int longest) {
        return new Framing(false, longest);
    }

    /**
     * A message as bytes.
     *
     * @throws IllegalArgumentException if it cannot be told from two, or is too long
     */
    byte[] encode(String message) {
        byte[] body = message.getBytes(UTF_8);
        if (body.length > longest) {
            throw new IllegalArgumentException("the message has " + body.length + " bytes, " + longest
                    + " are the most; send less, or allow more");
        }
        if (!byLength && message.indexOf('\n') >= 0) {
            throw new IllegalArgumentException(
                    "a message is one line, and this one has a line feed at " + message.indexOf('\n') + "; escape it");
        }
        byte[] head = byLength ? ("Content-Length: " + body.length + "\r\n\r\n").getBytes(ISO_8859_1) : new byte[0];
        byte[] tail = byLength ? new byte[0] : new byte[] {'\n'};
        ByteArrayOutputStream frame = new ByteArrayOutputStream(head.length + body.length + tail.length);
        frame.writeBytes(head);
        frame.writeBytes(body);
        frame.writeBytes(tail);
        return frame.toByteArray();
    }

    /** For what comes of one process, in its order. */
    Decoder decoder() {
        return new Decoder();
    }

    /** Bytes become messages; it keeps what has come of one, no more than that may have. */
    final class Decoder {
        private ByteArrayOutputStream line = new ByteArrayOutputStream();
        private ByteArrayOutputStream body = new ByteArrayOutputStream();
        private int headerBytes;

        /** As the header says; -1 before. */
        private int announced = -1;

        /** How much of the body is to come; -1 while a header, or a line, is read. */
        private int missing = -1;

        /** Gives each message that is whole by now to somebody, as soon as it is. */
        void decode(byte[] bytes, Consumer<String> messages) throws MalformedException {
            int at = 0;
            while (at < bytes.length) {
                at = missing >= 0 ? takeBody(bytes, at, messages) : takeLine(bytes, at, messages);
            }
        }

        /** Whether something has come of one that is not whole. */
        boolean isInTheMiddle() {
            return missing >= 0 || headerBytes > 0 || line.size() > 0;
        }

        private int takeBody(byte[] bytes, int at, Consumer<String> messages) {
            int count = Math.min(missing, bytes.length - at);
            body.write(bytes, at, count);
            missing -= count;
            if (missing == 0) {
                String message = body.toString(UTF_8);
                body = new ByteArrayOutputStream();
                missing = -1;
                messages.accept(message);
            }
            return at + count;
        }

        private int takeLine(byte[] bytes, int at, Consumer<String> messages) throws MalformedException {
            int end = at;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            int most = byLength ? LONGEST_HEADER - headerBytes : longest + 1;
            if (line.size() + (end - at) > most) {
                line.write(bytes, at, Math.min(end - at, QUOTED + 1));
                throw new MalformedException(
                        byLength
                                ? "a header of more than " + LONGEST_HEADER + " bytes, which begins " + quoted()
                                : "a line of more than " + longest + " bytes, which begins " + quoted());
            }
            line.write(bytes, at, end - at);
            if (end == bytes.length) {
                return end;
            }
            String text = withoutReturn(line.toString(UTF_8));
            headerBytes += byLength ? line.size() + 1 : 0;
            line = new ByteArrayOutputStream();
            if (byLength) {
                header(text, messages);
            } else if (!text.isEmpty()) {
                messages.accept(text);
            }
            return end + 1;
        }

        private static String withoutReturn(String text) {
            int last = text.length() - 1;
            return last >= 0 && text.charAt(last) == '\r' ? text.substring(0, last) : text;
        }

        private String quoted() {
            return quote(line.toString(UTF_8));
        }

        private static String quote(String text) {
            return "\"" + Excerpt.line(Excerpt.of(text, QUOTED)) + "\"";
        }

        private void header(String text, Consumer<String> messages) throws MalformedException {
            if (text.isEmpty()) {
                headerEnded(messages);
                return;
            }
            int colon = text.indexOf(':');
            if (colon < 1) {
                throw new MalformedException("a line that is no header, " + quote(text)
                        + "; what is no message is to be written to standard error");
            }
            if (text.substring(0, colon).strip().toLowerCase(Locale.ROOT).equals("content-length")) {
                length(text.substring(colon + 1).strip());
            }
        }

        private void length(String value) throws MalformedException {
            if (!value.matches("[0-9]{1,18}")) {
                throw new MalformedException("a Content-Length that is no number, " + quote(value));
            }
            long length = Long.parseLong(value);
            if (length > longest) {
                throw new MalformedException("a message of " + length + " bytes, " + longest + " are the most");
            }
            if (announced >= 0 && announced != length) {
                throw new MalformedException("two lengths for one message, " + announced + " and " + length);
            }
            announced = (int) length;
        }

        private void headerEnded(Consumer<String> messages) throws MalformedException {
            if (announced < 0) {
                throw new MalformedException("a header without Content-Length");
            }
            missing = announced;
            announced = -1;
            headerBytes = 0;
            if (missing == 0) {
                missing = -1;
                messages.accept("");
            }
        }
    }
}
