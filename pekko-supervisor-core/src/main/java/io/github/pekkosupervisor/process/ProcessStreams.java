package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Standard input and standard output of one running process, from the application's side: bytes or lines, in either
 * case without a thread.
 *
 * <p>Back-pressure goes both ways. What nobody reads stays in the pipe, and the process waits when that is full; a
 * write completes when the system has taken it, so whoever waits for that never has more than one write in memory. It
 * may be used from any thread. Reads are served in the order they were asked for, and so are writes. Stages complete on
 * a thread that may block for a moment, not for long.
 *
 * <p>When the process ends, what it has written and nobody has read is in memory: what was in the pipe, 64 KiB as a
 * rule and 2 MiB at most, and of one that was to be ready by a line up to {@link #LONGEST_LINE} bytes of before. It can
 * be read on, the next process with the same {@link ProcessConnection} does not wait for that, and it is dropped at the
 * first of these: this is {@link #close closed}; the next process with the same connection has ended too; nothing
 * refers to this any more. Who reads what was dropped is told by {@link ProcessEndedException}, never by an end that
 * looks like the output's own.
 */
public final class ProcessStreams implements AutoCloseable {

    /** A longer line is no line: whoever expects one reads bytes. In bytes. */
    public static final int LONGEST_LINE = ApplicationPipe.MOST_KEPT;

    /** What is said of one that cannot be written to. */
    static final String DOES_NOT_READ = "does not read any more";

    /** How often it is looked whether a process that has closed its output is still being ended by the kernel. */
    private static final int MOST_LOOKS = 60;

    private final ProcessIdentity identity;
    private final ApplicationPipe stdout;
    private final PipeWriter stdin;
    private final CompletableFuture<ProcessEvent.Exited> exited = new CompletableFuture<>();

    /** The process itself has ended; others of its group may be left, and its last words are not all there yet. */
    private final CompletableFuture<End> itselfEnded = new CompletableFuture<>();

    /** Completes when everybody who has asked before has been served; never given away, lest somebody completes it. */
    private CompletableFuture<?> turn = CompletableFuture.completedFuture(null);

    private byte[] unread = {};
    private int unreadFrom;

    /** Why there is nothing to be read any more that there was; null if that is not so. */
    private volatile @Nullable IOException gone;

    /** Whether the application has closed it. */
    private volatile boolean closed;

    /** The process has ended before it answered, or its output has been dropped. */
    public static final class ProcessEndedException extends IOException {
        private final transient ProcessEvent.@Nullable Exited exit;

        ProcessEndedException(String message, ProcessEvent.@Nullable Exited exit) {
            super(message);
            this.exit = exit;
        }

        /** How it ended; empty if it runs on, and has only closed its end of standard output or of standard input. */
        public Optional<ProcessEvent.Exited> exit() {
            return Optional.ofNullable(exit);
        }
    }

    /**
     * How it has ended, before that is all over.
     *
     * @param soFar as much as is known when this is asked
     * @param rest how long the rest is worth to be waited for
     */
    record End(Supplier<ProcessEvent.Exited> soFar, Duration rest) {}

    ProcessStreams(ProcessIdentity identity, ApplicationPipe stdout, PipeWriter stdin) {
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
        return Bare.of(inTurn(this::nextChunk));
    }

    /**
     * The next line of its standard output, in UTF-8 and without its line feed; empty at its end. A last line without a
     * line feed counts.
     *
     * @return fails with an {@link IOException} at a line of more than {@link #LONGEST_LINE} bytes, which is skipped
     */
    public CompletionStage<Optional<String>> readLine() {
        return Bare.of(inTurn(this::nextLine).thenApply(line -> line.map(Line::text)));
    }

    /**
     * Writes a line and reads the next one: for a process that answers each line with one, in order.
     *
     * @param line without a line feed, which would make two requests of it
     * @return fails with {@link ProcessEndedException}, which says how, if it ends without a whole line as its answer;
     *     with an {@link IOException} at an answer of more than {@link #LONGEST_LINE} bytes
     * @throws IllegalArgumentException if there is a line feed in it
     */
    public CompletionStage<String> request(String line) {
        if (line.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a request is one line, and this one has a line feed at "
                    + line.indexOf('\n') + "; escape it, or use writeLine and readLine");
        }
        CompletableFuture<Optional<Line>> answer;
        CompletableFuture<Void> written;
        synchronized (this) {
            // both under the lock, so that the nth answer is that to the nth request
            written = stdin.write((line + "\n").getBytes(UTF_8));
            if (written.isCompletedExceptionally()) {
                // the next line is no answer to what was not asked
                return ended(DOES_NOT_READ);
            }
            answer = inTurn(this::nextLine);
        }
        return Bare.of(written.handle((done, failure) -> failure)
                .thenCompose(failure -> failure == null
                        ? answer.thenCompose(this::answered)
                        // it may say more for ever, but nothing to this
                        : ended(DOES_NOT_READ)));
    }

    private CompletableFuture<String> answered(Optional<Line> answer) {
        if (answer.isPresent() && answer.get().whole()) {
            return CompletableFuture.completedFuture(answer.get().text());
        }
        return ended(answer.isPresent() ? "ended in the middle of its answer" : "ended without an answer");
    }

    /**
     * Fails with how it has ended, as soon as that is known, and with its last words, which are not waited for as long
     * as others of its group are being ended.
     *
     * @param how it has failed whoever asks: its output has ended, or its input
     */
    <T> CompletableFuture<T> ended(String how) {
        if (exited.isDone()) {
            return CompletableFuture.failedFuture(endedBy(how, exited.join()));
        }
        CompletableFuture<T> failed = new CompletableFuture<>();
        var told = itselfEnded
                .thenCompose(end -> exited.copy()
                        .completeOnTimeout(null, end.rest().toMillis(), TimeUnit.MILLISECONDS)
                        .thenApply(exit -> exit == null ? end.soFar().get() : exit))
                .thenAcceptAsync(exit -> failed.completeExceptionally(endedBy(how, exit)), executor());
        assert told != null;
        lookWhetherItRuns(failed, how, 1);
        return failed;
    }

    /** It has ended or will, or else it has closed its end only: a process that runs on tells no end to wait for. */
    private void lookWhetherItRuns(CompletableFuture<?> failed, String how, int looks) {
        CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, executor()).execute(() -> {
            if (itselfEnded.isDone()) {
                return;
            }
            if (identity.isEnding() && looks < MOST_LOOKS) {
                lookWhetherItRuns(failed, how, looks + 1);
            } else {
                failed.completeExceptionally(endedBy(how, null));
            }
        });
    }

    private ProcessEndedException endedBy(String how, ProcessEvent.@Nullable Exited exit) {
        String closed =
                how.equals(DOES_NOT_READ) ? "it has closed its standard input" : "it has closed its standard output";
        return new ProcessEndedException(
                "process " + identity.pid() + " " + how + ": " + (exit == null ? closed : exit.description()), exit);
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

    /** {@code whole} if its line feed has come. */
    private record Line(String text, boolean whole) {}

    /** What has come of a line. Of one that is too long nothing is kept but its length. */
    private static final class UnfinishedLine {
        private ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private long length;

        void add(byte[] chunk, int from, int count) {
            length += count;
            if (length > LONGEST_LINE) {
                bytes = new ByteArrayOutputStream(0);
            } else {
                bytes.write(chunk, from, count);
            }
        }
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
        dropIfClosed();
        if (unreadFrom == unread.length) {
            return chunk();
        }
        byte[] rest = Arrays.copyOfRange(unread, unreadFrom, unread.length);
        unreadFrom = unread.length;
        return CompletableFuture.completedFuture(rest);
    }

    private void dropIfClosed() {
        if (closed) {
            unreadFrom = unread.length;
        }
    }

    /** As the pipe has it, but for an end that is none. */
    private CompletableFuture<byte[]> chunk() {
        CompletableFuture<byte[]> next = stdout.read();
        if (next.isDone()) {
            byte[] bytes = next.join();
            IOException why = gone;
            return bytes.length > 0 || why == null ? next : CompletableFuture.failedFuture(why);
        }
        return next.thenApply(bytes -> {
            IOException why = gone;
            if (bytes.length == 0 && why != null) {
                throw new CompletionException(why);
            }
            return bytes;
        });
    }

    private CompletableFuture<Optional<Line>> nextLine() {
        dropIfClosed();
        return nextLine(new UnfinishedLine());
    }

    private CompletableFuture<Optional<Line>> nextLine(UnfinishedLine line) {
        while (true) {
            if (takeLine(line)) {
                return finished(line, true);
            }
            CompletableFuture<byte[]> chunk = chunk();
            if (!chunk.isDone() || chunk.isCompletedExceptionally()) {
                return chunk.thenCompose(bytes -> take(bytes) ? nextLine(line) : finished(line, false));
            }
            if (!take(chunk.join())) {
                return finished(line, false);
            }
        }
    }

    private boolean take(byte[] chunk) {
        unread = chunk;
        unreadFrom = 0;
        return chunk.length > 0;
    }

    private CompletableFuture<Optional<Line>> finished(UnfinishedLine line, boolean whole) {
        if (line.length > LONGEST_LINE) {
            return CompletableFuture.failedFuture(new IOException("process " + identity.pid()
                    + " has written a line of more than " + LONGEST_LINE + " bytes; read bytes instead"));
        }
        return CompletableFuture.completedFuture(
                whole || line.length > 0 ? Optional.of(new Line(line.bytes.toString(UTF_8), whole)) : Optional.empty());
    }

    private boolean takeLine(UnfinishedLine line) {
        int end = unreadFrom;
        while (end < unread.length && unread[end] != '\n') {
            end++;
        }
        line.add(unread, unreadFrom, end - unreadFrom);
        boolean complete = end < unread.length;
        unreadFrom = complete ? end + 1 : end;
        return complete;
    }

    // ---- the end

    /**
     * Reads no more of its standard output, after those who have asked before, and throws away what it writes, now and
     * later: for who does not want to know, and does not want the process to wait or to be ended by that. Who asks
     * after this gets an end when the process has ended.
     */
    public void discardOutput() {
        var discarded = inTurn(() -> {
            unreadFrom = unread.length;
            CompletableFuture<byte[]> end = new CompletableFuture<>();
            discardUntil(end);
            return end;
        });
        assert discarded != null;
    }

    private void discardUntil(CompletableFuture<byte[]> end) {
        while (true) {
            CompletableFuture<byte[]> next = stdout.read();
            if (!next.isDone()) {
                var later = next.thenAccept(bytes -> {
                    if (bytes.length == 0) {
                        end.complete(bytes);
                    } else {
                        discardUntil(end);
                    }
                });
                assert later != null;
                return;
            }
            if (next.join().length == 0) {
                end.complete(next.join());
                return;
            }
        }
    }

    /**
     * Ends its standard input, at once, and reads no more of its standard output: what nobody has read is dropped, and
     * a process that goes on writing is ended by SIGPIPE, or told {@code EPIPE}. Of one that is to be ready by a line
     * that has not come, that line is looked for, and everything else thrown away, until it has. Who waits to read or
     * write, and who does later, fails with an {@link IOException}. The process is not stopped otherwise, and
     * {@link #exit} tells its end. Without effect if it is closed already.
     */
    @Override
    public void close() {
        IOException reason = new IOException("the application has closed its end of process " + identity.pid());
        gone = reason;
        closed = true;
        stdin.close(reason);
        stdout.close();
    }

    /** Nobody is to read any more what it has left: the next process with the same connection has ended too. */
    void drop() {
        if (gone != null) {
            return;
        }
        gone = new ProcessEndedException(
                "process " + identity.pid() + " has ended, and so has one after it: what nobody had read of its output"
                        + " has been dropped",
                exited.getNow(null));
        if (!stdout.close()) {
            gone = null;
        }
    }

    /** How the process has ended, with the last lines of its standard error where they pass through this JVM. */
    public CompletionStage<ProcessEvent.Exited> exit() {
        return exited.minimalCompletionStage();
    }

    void processEnded() {
        stdin.close();
        stdout.writerEnded();
    }

    /** It has ended, and what it has left is still being dealt with. */
    void itselfEnded(End end) {
        itselfEnded.complete(end);
    }

    void exited(ProcessEvent.Exited exit) {
        exited.complete(exit);
        itselfEnded.complete(new End(() -> exit, Duration.ZERO));
    }

    /** How many bytes of what was written to it the system has not taken yet. */
    long unwritten() {
        return stdin.waiting();
    }

    /** Where what is read is dealt with. */
    Executor executor() {
        return stdout.executor();
    }

    /** Its readiness is not awaited any more. */
    void ready() {
        stdout.nobodyListens();
    }

    /** Completes when those who looked for the sign of readiness have seen all they are to see. */
    CompletableFuture<Void> heard() {
        return stdout.heard();
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
