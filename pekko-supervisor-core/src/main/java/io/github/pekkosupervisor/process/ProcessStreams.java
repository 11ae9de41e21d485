package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Standard input and standard output of one running process, from the application's side: bytes or lines, in either
 * case without a thread.
 *
 * <p>Back-pressure goes both ways. What nobody reads stays in the pipe, and the process waits when that is full; a
 * write completes when the system has taken it, so whoever waits for that never has more than one write in memory. It
 * may be used from any thread. Reads are served in the order they were asked for, and so are writes. Stages complete on
 * a thread that may block for a moment, not for long.
 */
public final class ProcessStreams {

    /** A longer line is no line: whoever expects one reads bytes. In bytes. */
    public static final int LONGEST_LINE = 16 * 1024 * 1024;

    private final ProcessIdentity identity;
    private final PipeReader stdout;
    private final PipeWriter stdin;
    private final CompletableFuture<ProcessActor.Exited> exited = new CompletableFuture<>();

    /** Completes when everybody who has asked before has been served; never given away, lest somebody completes it. */
    private CompletableFuture<?> turn = CompletableFuture.completedFuture(null);

    private byte[] unread = {};
    private int unreadFrom;

    /** The process has ended before it answered. */
    public static final class ProcessEndedException extends IOException {
        private final transient ProcessActor.@Nullable Exited exit;

        ProcessEndedException(String message, ProcessActor.@Nullable Exited exit) {
            super(message);
            this.exit = exit;
        }

        /** How it ended; empty if it has only closed its standard output. */
        public Optional<ProcessActor.Exited> exit() {
            return Optional.ofNullable(exit);
        }
    }

    ProcessStreams(ProcessIdentity identity, PipeReader stdout, PipeWriter stdin) {
        this.identity = identity;
        this.stdout = stdout;
        this.stdin = stdin;
    }

    /** Which process it is. */
    public ProcessIdentity identity() {
        return identity;
    }

    // ---- writing

    /**
     * Writes bytes to its standard input.
     *
     * @return completes when the system has taken them all; fails with an {@link IOException} if the process does not
     *     read any more or has ended
     */
    public CompletionStage<Void> write(byte[] bytes) {
        return stdin.write(bytes);
    }

    /** Writes a line, in UTF-8 and with a line feed; as {@link #write}. */
    public CompletionStage<Void> writeLine(String line) {
        return stdin.write((line + "\n").getBytes(UTF_8));
    }

    /** Ends its standard input, after what has been written. */
    public void closeStdin() {
        stdin.closeWhenWritten();
    }

    /** Its standard input as a stream that blocks the calling thread until the system has taken what it writes. */
    public OutputStream stdin() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                join(stdin.write(new byte[] {(byte) b}));
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                byte[] copy = new byte[length];
                System.arraycopy(bytes, from, copy, 0, length);
                join(stdin.write(copy));
            }

            @Override
            public void close() {
                closeStdin();
            }
        };
    }

    // ---- reading

    /** The next bytes of its standard output, at least one; none at its end. */
    public CompletionStage<byte[]> read() {
        return inTurn(this::nextChunk).copy();
    }

    /**
     * The next line of its standard output, in UTF-8 and without its line feed; empty at its end. A last line without a
     * line feed counts.
     *
     * @return fails with an {@link IOException} at a line of more than {@link #LONGEST_LINE} bytes
     */
    public CompletionStage<Optional<String>> readLine() {
        return inTurn(() -> nextLine(new ByteArrayOutputStream())).copy();
    }

    /**
     * Writes a line and reads the next one: for a process that answers each line with one, in order.
     *
     * @return fails with {@link ProcessEndedException}, which says how, if it ends without an answer
     */
    public CompletionStage<String> request(String line) {
        CompletableFuture<Optional<String>> answer;
        CompletableFuture<Void> written;
        synchronized (this) {
            // both under the lock, so that the nth answer is that to the nth request
            written = stdin.write((line + "\n").getBytes(UTF_8));
            answer = inTurn(() -> nextLine(new ByteArrayOutputStream()));
        }
        return written.handle((done, failure) -> failure)
                .thenCompose(failure -> answer.thenCompose(text -> text.isPresent()
                        ? CompletableFuture.completedFuture(text.get())
                        : noAnswer(failure == null ? "ended without an answer" : "does not read any more")));
    }

    private CompletableFuture<String> noAnswer(String how) {
        if (exited.isDone()) {
            ProcessActor.Exited exit = exited.join();
            return CompletableFuture.failedFuture(new ProcessEndedException(
                    "process " + identity.pid() + " " + how + ": " + exit.description(), exit));
        }
        // its output has ended, so it has or will; a moment for the rest of the news
        return exited.copy()
                .completeOnTimeout(null, 1, TimeUnit.SECONDS)
                .thenCompose(exit -> CompletableFuture.failedFuture(new ProcessEndedException(
                        "process " + identity.pid() + " " + how
                                + (exit == null ? ": it has closed its standard output" : ": " + exit.description()),
                        exit)));
    }

    /** Its standard output as a stream that blocks the calling thread until there is something. */
    public InputStream stdout() {
        return new InputStream() {
            private byte[] chunk = {};
            private int at;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int from, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                if (at == chunk.length) {
                    chunk = join(ProcessStreams.this.read().toCompletableFuture());
                    at = 0;
                    if (chunk.length == 0) {
                        return -1;
                    }
                }
                int count = Math.min(length, chunk.length - at);
                System.arraycopy(chunk, at, target, from, count);
                at += count;
                return count;
            }

            @Override
            public int available() {
                return chunk.length - at;
            }
        };
    }

    private interface Read<T> {
        CompletableFuture<T> begin();
    }

    private synchronized <T> CompletableFuture<T> inTurn(Read<T> read) {
        CompletableFuture<T> result =
                turn.isDone() ? read.begin() : turn.handle((done, failure) -> 0).thenCompose(ready -> read.begin());
        turn = result;
        return result;
    }

    // ---- only one of these is under way at a time

    private CompletableFuture<byte[]> nextChunk() {
        if (unreadFrom == unread.length) {
            return stdout.read();
        }
        byte[] rest = Arrays.copyOfRange(unread, unreadFrom, unread.length);
        unreadFrom = unread.length;
        return CompletableFuture.completedFuture(rest);
    }

    private CompletableFuture<Optional<String>> nextLine(ByteArrayOutputStream line) {
        while (true) {
            if (takeLine(line)) {
                return CompletableFuture.completedFuture(Optional.of(line.toString(UTF_8)));
            }
            if (line.size() > LONGEST_LINE) {
                return CompletableFuture.failedFuture(new IOException("process " + identity.pid()
                        + " has written a line of more than " + LONGEST_LINE + " bytes; read bytes instead"));
            }
            CompletableFuture<byte[]> chunk = stdout.read();
            if (!chunk.isDone()) {
                return chunk.thenCompose(bytes -> take(bytes) ? nextLine(line) : lastLine(line));
            }
            if (!take(chunk.join())) {
                return lastLine(line);
            }
        }
    }

    private boolean take(byte[] chunk) {
        unread = chunk;
        unreadFrom = 0;
        return chunk.length > 0;
    }

    private static CompletableFuture<Optional<String>> lastLine(ByteArrayOutputStream line) {
        return CompletableFuture.completedFuture(
                line.size() == 0 ? Optional.empty() : Optional.of(line.toString(UTF_8)));
    }

    private boolean takeLine(ByteArrayOutputStream line) {
        int end = unreadFrom;
        while (end < unread.length && unread[end] != '\n') {
            end++;
        }
        line.write(unread, unreadFrom, end - unreadFrom);
        boolean complete = end < unread.length;
        unreadFrom = complete ? end + 1 : end;
        return complete;
    }

    // ---- the end

    /** How the process has ended, with the last lines of its standard error where they pass through this JVM. */
    public CompletionStage<ProcessActor.Exited> exit() {
        return exited.minimalCompletionStage();
    }

    void processEnded() {
        stdin.close();
        stdout.writerEnded();
    }

    void exited(ProcessActor.Exited exit) {
        exited.complete(exit);
    }

    void close() {
        stdin.close();
        stdout.close();
    }

    private static <T> T join(CompletableFuture<T> future) throws IOException {
        try {
            return future.join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause();
            throw cause instanceof IOException io ? io : new IOException(cause);
        }
    }
}
