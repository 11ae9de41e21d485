package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.OsString;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads an output of a process to its end, and hands its lines to whoever is to have them, in order, on threads of an
 * executor. While they are being dealt with nothing is read, so a slow receiver slows the process down and loses
 * nothing.
 */
final class OutputReader {

    private static final Logger LOG = LoggerFactory.getLogger(OutputReader.class);
    static final int LONGEST_LINE = 64 * 1024;

    /** Somebody who gets lines; may block. */
    interface Receiver {
        void receive(List<byte[]> lines);
    }

    private final String stream;
    private final PipeReader pipe;
    private final Executor executor;
    private final List<Receiver> receivers;
    private final LineSplitter splitter = new LineSplitter(LONGEST_LINE);
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    /** Completes when it rests; null if it need not. */
    private @Nullable CompletableFuture<Void> rest;

    /** Whether a turn was left out since it rests. */
    private boolean isOwed;

    /** Whether it waits for what is not there yet. */
    private boolean waits;

    /** @param stream {@code stdout} or {@code stderr} */
    OutputReader(String stream, PipeReader pipe, Executor executor, List<Receiver> receivers) {
        this.stream = stream;
        this.pipe = pipe;
        this.executor = executor;
        this.receivers = List.copyOf(receivers);
    }

    void start() {
        executor.execute(this::turn);
    }

    /** It goes on with a line that somebody before it has begun to read. */
    void startWith(OsString unfinished) {
        executor.execute(() -> {
            splitter.split(unfinished.bytes());
            turn();
        });
    }

    /** Reads nothing more until {@link #goOn()}; to be asked while the event loop is held. Completes when it rests. */
    synchronized CompletableFuture<Void> rest() {
        CompletableFuture<Void> asked = new CompletableFuture<>();
        rest = asked;
        if (done.isDone() || isOwed || (waits && pipe.isAwaited())) {
            asked.complete(null);
        }
        return asked;
    }

    /** Reads again. */
    synchronized void goOn() {
        rest = null;
        if (isOwed) {
            isOwed = false;
            executor.execute(this::turn);
        }
    }

    /** What somebody else goes on with; empty at its end. To be asked while it rests. */
    synchronized Optional<UnreadOutput> unread() {
        return pipe.source().map(source -> new UnreadOutput(stream, source, OsString.of(splitter.unfinished())));
    }

    private synchronized void nextTurn() {
        CompletableFuture<Void> asked = rest;
        if (asked == null) {
            executor.execute(this::turn);
        } else {
            isOwed = true;
            asked.complete(null);
        }
    }

    private synchronized void waits(boolean now) {
        waits = now;
        CompletableFuture<Void> asked = rest;
        if (now && asked != null && pipe.isAwaited()) {
            asked.complete(null);
        }
    }

    /** Completes when the last line has been dealt with. */
    CompletableFuture<Void> done() {
        return done;
    }

    /** The process has ended: what is in the pipe is the rest. */
    void processEnded() {
        pipe.writerEnded();
    }

    /** One chunk, which may be some 10,000 lines: others want the thread too. */
    private void turn() {
        CompletableFuture<byte[]> next = pipe.read();
        if (next.isDone()) {
            goOn(next.join());
        } else {
            waits(true);
            CompletionStage<byte[]> later = next;
            later.thenAccept(chunk -> {
                waits(false);
                goOn(chunk);
            });
        }
    }

    private void goOn(byte[] chunk) {
        if (accept(chunk)) {
            nextTurn();
        } else {
            waits(false);
            isOver();
        }
    }

    private synchronized void isOver() {
        CompletableFuture<Void> asked = rest;
        if (asked != null) {
            asked.complete(null);
        }
    }

    private boolean accept(byte[] chunk) {
        boolean more = chunk.length > 0;
        List<byte[]> lines = more ? splitter.split(chunk) : splitter.rest();
        if (!lines.isEmpty()) {
            receivers.forEach(receiver -> receive(receiver, lines));
        }
        if (!more) {
            done.complete(null);
        }
        return more;
    }

    static void receive(Receiver receiver, List<byte[]> lines) {
        try {
            receiver.receive(lines);
        } catch (Throwable thrown) {
            // an appender that fails, or a pattern without an end, must not stop the process that writes
            failed(thrown);
        }
    }

    /** Not the thread's own handler, which is Pekko's: that would end the actor system for some errors. */
    private static void failed(Throwable thrown) {
        try {
            LOG.error("what a process wrote could not be dealt with", thrown);
        } catch (Throwable alsoTheLog) {
            // it may be the very appender that failed; there is nobody left to tell
        }
    }
}
