package io.github.pekkosupervisor.process;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * An output that is read for the application. Until the process is ready it may be read for listeners too, who look for
 * a line in it; what the application does not ask for meanwhile is kept for it, in its order, {@link #MOST_KEPT} bytes
 * at most and a chunk.
 *
 * <p>It may be used from any thread; {@link #read} is served one at a time.
 */
final class ApplicationPipe {

    /** Whoever talks more before he is ready waits until the application reads. */
    static final int MOST_KEPT = 16 * 1024 * 1024;

    private final PipeReader pipe;
    private final Executor executor;
    private final LineSplitter splitter = new LineSplitter(OutputReader.LONGEST_LINE);
    private final CompletableFuture<Void> heard = new CompletableFuture<>();
    private final Deque<byte[]> kept = new ArrayDeque<>(0);

    private List<OutputReader.Receiver> listeners;
    private long keptBytes;
    private boolean writerEnded;

    /** A chunk is being read for the listeners, or dealt with. */
    private boolean turning;

    /** Nobody listens, or ever will. */
    private boolean over;

    /** Nobody will ask any more. */
    private boolean closed;

    /** Whoever has asked while a chunk was being read for the listeners. */
    private @Nullable CompletableFuture<byte[]> waiting;

    /**
     * Takes over a pipe.
     *
     * @param listeners get its lines, once it is {@link #start started}, until {@link #nobodyListens}; may be none
     */
    ApplicationPipe(PipeReader pipe, Executor executor, List<OutputReader.Receiver> listeners) {
        this.pipe = pipe;
        this.executor = executor;
        this.listeners = List.copyOf(listeners);
    }

    void start() {
        if (listeners.isEmpty()) {
            nobodyListens();
        } else {
            goOn();
        }
    }

    /** As {@link PipeReader#read}. */
    synchronized CompletableFuture<byte[]> read() {
        if (closed) {
            return CompletableFuture.completedFuture(new byte[0]);
        }
        byte[] first = kept.poll();
        if (first != null) {
            keptBytes -= first.length;
            goOn();
            return CompletableFuture.completedFuture(first);
        }
        if (!turning) {
            return pipe.read();
        }
        CompletableFuture<byte[]> later = new CompletableFuture<>();
        waiting = later;
        return later;
    }

    Executor executor() {
        return executor;
    }

    /** Completes when the listeners have got all they get. */
    CompletableFuture<Void> heard() {
        return heard;
    }

    /** From now on only what the application asks for is read. */
    void nobodyListens() {
        boolean silent;
        boolean unwanted;
        synchronized (this) {
            listeners = List.of();
            over |= !turning;
            silent = over;
            unwanted = closed;
        }
        if (unwanted) {
            pipe.drop();
        }
        if (silent) {
            heard.complete(null);
        }
    }

    /** What is in the pipe is the rest. */
    void writerEnded() {
        pipe.writerEnded();
        synchronized (this) {
            // in memory already, so nothing is won by not listening to it
            writerEnded = true;
            goOn();
        }
    }

    /**
     * Nobody will ask any more: nothing is kept, and a writer that goes on gets {@code EPIPE}, once nobody listens
     * either.
     *
     * @return whether something has been dropped
     */
    boolean close() {
        boolean dropped;
        boolean unwanted;
        CompletableFuture<byte[]> reader;
        synchronized (this) {
            closed = true;
            dropped = !kept.isEmpty();
            kept.clear();
            keptBytes = 0;
            reader = waiting;
            waiting = null;
            unwanted = over || listeners.isEmpty();
            // who listens may have waited for room
            goOn();
        }
        if (unwanted) {
            dropped |= pipe.drop();
        }
        if (reader != null) {
            reader.completeAsync(() -> new byte[0], executor);
        }
        return dropped;
    }

    private synchronized void goOn() {
        if (!turning && !over && (keptBytes < MOST_KEPT || writerEnded)) {
            turning = true;
            executor.execute(this::turn);
        }
    }

    private void turn() {
        CompletableFuture<byte[]> next = pipe.read();
        if (next.isDone()) {
            arrived(next.join());
        } else {
            var later = next.thenAccept(this::arrived);
            assert later != null;
        }
    }

    private void arrived(byte[] chunk) {
        boolean more = chunk.length > 0;
        keep(chunk);
        List<byte[]> lines = more ? splitter.split(chunk) : splitter.rest();
        if (!lines.isEmpty()) {
            listening().forEach(listener -> OutputReader.receive(listener, lines));
        }
        if (isLast(chunk)) {
            heard.complete(null);
            serve();
        } else {
            goOn();
        }
    }

    private synchronized boolean isLast(byte[] chunk) {
        turning = false;
        over = chunk.length == 0 || listeners.isEmpty();
        return over;
    }

    /** Whoever has asked for bytes while the last chunk was dealt with. */
    private void serve() {
        CompletableFuture<byte[]> reader;
        synchronized (this) {
            reader = waiting;
            waiting = null;
        }
        if (reader != null) {
            var served = pipe.read().thenAcceptAsync(reader::complete, executor);
            assert served != null;
        }
    }

    private synchronized List<OutputReader.Receiver> listening() {
        return listeners;
    }

    private void keep(byte[] chunk) {
        CompletableFuture<byte[]> reader;
        synchronized (this) {
            reader = waiting;
            waiting = null;
            if (reader == null && chunk.length > 0 && !closed) {
                kept.add(chunk);
                keptBytes += chunk.length;
            }
        }
        if (reader != null) {
            reader.completeAsync(() -> chunk, executor);
        }
    }
}
