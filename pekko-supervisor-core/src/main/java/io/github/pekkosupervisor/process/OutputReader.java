package io.github.pekkosupervisor.process;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
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

    private final PipeReader pipe;
    private final Executor executor;
    private final List<Receiver> receivers;
    private final LineSplitter splitter = new LineSplitter(LONGEST_LINE);
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    OutputReader(PipeReader pipe, Executor executor, List<Receiver> receivers) {
        this.pipe = pipe;
        this.executor = executor;
        this.receivers = List.copyOf(receivers);
    }

    void start() {
        executor.execute(this::turn);
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
            CompletionStage<byte[]> later = next;
            later.thenAccept(this::goOn);
        }
    }

    private void goOn(byte[] chunk) {
        if (accept(chunk)) {
            executor.execute(this::turn);
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
