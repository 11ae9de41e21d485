package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.JdkCall;
import io.github.pekkosupervisor.posix.PosixException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks an address by HTTP/1.1, again and again until an answer is as it should be. Each try has a connection of its
 * own, a time limit, and a limit of bytes; no redirect is followed.
 */
final class HttpProbe implements Probe {

    /** How long one answer may take that is waited for until a process is ready. */
    static final Duration LONGEST_TRY = Duration.ofSeconds(10);

    private static final int CHUNK = 8 * 1024;

    private final Readiness.Http wanted;
    private final Duration longest;
    private final LongSupplier nanoTime;
    private @Nullable SocketChannel channel;
    private boolean connected;
    private @Nullable ByteBuffer request;
    private byte[] answer = {};
    private int length;
    private long begun;
    private boolean progressed;
    private String trouble = "";
    private Optional<String> obstacle = Optional.empty();

    /** @param longest how long one answer may take */
    HttpProbe(Readiness.Http wanted, Duration longest, LongSupplier nanoTime) {
        this.wanted = wanted;
        this.longest = longest;
        this.nanoTime = nanoTime;
    }

    @Override
    public void refuseIfTaken() throws PosixException {
        ConnectProbe.refuseIfTaken(wanted.address());
    }

    @Override
    public boolean isPassed() {
        progressed = false;
        try {
            Optional<Boolean> good = step();
            good.ifPresent(decided -> close());
            return good.orElse(false);
        } catch (ProbeSocket.UnavailableException e) {
            cannotLook(String.valueOf(e.getMessage()));
            return false;
        } catch (IOException e) {
            fail("no answer from " + wanted.at() + ": " + e.getMessage());
            return false;
        }
    }

    /** Empty if it is not decided yet. */
    private Optional<Boolean> step() throws IOException {
        SocketChannel open = channel;
        boolean isLate = open != null && nanoTime.getAsLong() - begun > longest.toNanos();
        Optional<Boolean> good = goOn(open == null ? begin() : open);
        if (isLate && good.isEmpty() && channel != null) {
            // it was not this JVM that stood still: there is no answer to be read
            fail("no answer within " + DurationText.of(longest));
        }
        return good;
    }

    /** As far as it goes now. */
    private Optional<Boolean> goOn(SocketChannel open) throws IOException {
        if (!connected) {
            JdkCall.CONNECT.pass();
            if (!open.finishConnect()) {
                return Optional.empty();
            }
            connected = true;
            progressed = true;
            if (wanted.address().equals(open.getLocalAddress())) {
                // a port that nobody listens on may be given to this very connection, which then reaches itself
                fail("nobody listens at " + wanted.at());
                return Optional.empty();
            }
        }
        ByteBuffer rest = request;
        if (rest != null && rest.hasRemaining()) {
            open.write(rest);
            return Optional.empty();
        }
        return read(open);
    }

    private SocketChannel begin() throws IOException {
        obstacle = Optional.empty();
        SocketChannel open = ProbeSocket.connecting(wanted.address());
        channel = open;
        connected = false;
        request = ByteBuffer.wrap(wanted.request().getBytes(US_ASCII));
        answer = new byte[CHUNK];
        length = 0;
        begun = nanoTime.getAsLong();
        return open;
    }

    private Optional<Boolean> read(SocketChannel open) throws IOException {
        boolean ended = false;
        while (length < HttpAnswer.LONGEST) {
            if (length == answer.length) {
                answer = Arrays.copyOf(answer, Math.min(2 * length, HttpAnswer.LONGEST));
            }
            int count = open.read(ByteBuffer.wrap(answer, length, answer.length - length));
            if (count <= 0) {
                ended = count < 0;
                break;
            }
            length += count;
            progressed = true;
        }
        boolean isFull = length == HttpAnswer.LONGEST;
        if (!progressed && !ended && !isFull) {
            return Optional.empty();
        }
        HttpAnswer so = HttpAnswer.of(answer, length, ended || isFull);
        Optional<HttpAnswer.Verdict> verdict = so.verdict(wanted);
        if (verdict.isEmpty()) {
            return Optional.empty();
        }
        progressed = false;
        return Optional.of(
                switch (verdict.get()) {
                    case GOOD -> true;
                    case BAD -> {
                        trouble = so.trouble(wanted);
                        yield false;
                    }
                    case TOO_MUCH -> {
                        cannotLook(so.tooMuch(wanted));
                        yield false;
                    }
                });
    }

    private void cannotLook(String why) {
        fail("that cannot be looked at: " + why);
        obstacle = Optional.of(why);
    }

    private void fail(String why) {
        trouble = why;
        progressed = false;
        close();
    }

    @Override
    public boolean hasProgressed() {
        return progressed;
    }

    @Override
    public Optional<String> obstacle() {
        return obstacle;
    }

    @Override
    public boolean isPending() {
        return channel != null;
    }

    @Override
    public String trouble() {
        return trouble;
    }

    @Override
    public void close() {
        SocketChannel open = channel;
        channel = null;
        if (open != null) {
            answer = new byte[0];
            try {
                open.close();
            } catch (IOException e) {
                // the answer has been read, or is not wanted
            }
        }
    }
}
