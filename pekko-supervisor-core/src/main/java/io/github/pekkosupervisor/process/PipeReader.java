package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reading end of a pipe, read when somebody asks: what nobody asks for waits in the pipe and holds back the writer.
 *
 * <p>It may be used from any thread. Its lock is never held while that of the watch is wanted by somebody who may have
 * to wait for it: the watch's listener takes this lock, so the watch is armed only when it is known not to run.
 */
final class PipeReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PipeReader.class);

    static final int CHUNK = 64 * 1024;
    private static final byte[] END = {};

    /** More than a pipe holds: what comes after it was written by somebody who has outlived the process. */
    private static final int MOST_AFTER_THE_END = 2 * 1024 * 1024;

    private final Descriptor descriptor;
    private final EventLoop loop;
    private final Executor executor;

    private EventLoop.@Nullable Watch watch;
    private @Nullable CompletableFuture<byte[]> waiting;
    private boolean writerEnded;
    private boolean closed;

    /** What was in the pipe when whoever wrote to it ended: the pipe need not wait for somebody to ask for it. */
    private final Deque<byte[]> rest = new ArrayDeque<>(0);

    /** Takes over a descriptor that is non-blocking. */
    PipeReader(Descriptor descriptor, EventLoop loop, Executor executor) {
        this.descriptor = descriptor;
        this.loop = loop;
        this.executor = executor;
    }

    /**
     * The next bytes, none at the end of the stream. One at a time: the one before must be complete.
     *
     * @return completed already if there is something to read, else later on a thread of the executor
     */
    synchronized CompletableFuture<byte[]> read() {
        if (waiting != null) {
            throw new IllegalStateException(descriptor + " is being read already");
        }
        Optional<byte[]> now = readNow();
        if (now.isPresent()) {
            return CompletableFuture.completedFuture(now.get());
        }
        CompletableFuture<byte[]> later = new CompletableFuture<>();
        waiting = later;
        arm();
        return later;
    }

    /** Empty if nothing is there but more may come. */
    private Optional<byte[]> readNow() {
        if (writerEnded) {
            takeRest();
        }
        if (closed) {
            return Optional.of(rest.isEmpty() ? END : rest.remove());
        }
        Optional<byte[]> chunk = tryRead();
        if (chunk.isPresent() && chunk.get().length == 0) {
            finish();
        }
        return chunk;
    }

    private Optional<byte[]> tryRead() {
        try {
            return descriptor.tryRead(CHUNK);
        } catch (PosixException e) {
            // the loop tries it again, and again; an end that it is not would cost lines, and the writer its life
            return Optional.empty();
        }
    }

    /** All there will be goes into memory, a pipe full at most, so that no descriptor outlives who wrote to it. */
    private void takeRest() {
        int length = 0;
        while (!closed) {
            byte[] chunk = tryRead().or(this::tryRead).orElse(END);
            length += chunk.length;
            if (chunk.length > 0) {
                rest.add(chunk);
            }
            if (chunk.length == 0 || length > MOST_AFTER_THE_END) {
                finish();
            }
        }
    }

    private void arm() {
        try {
            if (watch == null) {
                watch = loop.read(descriptor, CHUNK, (chunk, itself) -> arrived(chunk));
            } else {
                watch.resume();
            }
        } catch (PosixException e) {
            // no memory for one more entry of the loop, for now
            LOG.warn("an output of a process waits, it is read again in a second: {}", e.getMessage());
            CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, executor).execute(this::tryAgain);
        }
    }

    private void tryAgain() {
        CompletableFuture<byte[]> reader;
        Optional<byte[]> now;
        synchronized (this) {
            reader = waiting;
            if (reader == null) {
                return;
            }
            now = readNow();
            if (now.isEmpty()) {
                arm();
                return;
            }
            waiting = null;
        }
        reader.complete(now.get());
    }

    /** On the thread of the loop. */
    private void arrived(byte[] chunk) {
        CompletableFuture<byte[]> reader;
        synchronized (this) {
            reader = waiting;
            waiting = null;
            if (chunk.length == 0) {
                finish();
            }
        }
        if (reader != null) {
            reader.completeAsync(() -> chunk, executor);
        }
    }

    /** Whether somebody waits for what is not there yet, and nothing is on its way to him. */
    synchronized boolean isAwaited() {
        return waiting != null;
    }

    /** What is read; empty if nothing more comes. */
    synchronized Optional<Descriptor> source() {
        return closed ? Optional.empty() : Optional.of(descriptor);
    }

    /** Whoever was to write has ended: what is in the pipe is all there will be, even if somebody else has it open. */
    void writerEnded() {
        EventLoop.Watch armed;
        synchronized (this) {
            writerEnded = true;
            armed = watch;
        }
        if (armed != null) {
            armed.close();
        }
        synchronized (this) {
            takeRest();
        }
        complete();
    }

    /** Answers who is waiting, the loop being out of it. */
    private void complete() {
        CompletableFuture<byte[]> reader;
        byte[] last;
        synchronized (this) {
            reader = waiting;
            waiting = null;
            last = reader == null ? END : readNow().orElse(END);
        }
        if (reader != null) {
            reader.completeAsync(() -> last, executor);
        }
    }

    /** Reads no more; the writer gets {@code EPIPE}. */
    @Override
    public void close() {
        drop();
    }

    /** The same, and says whether something was there to be read that was in memory already. */
    boolean drop() {
        EventLoop.Watch armed;
        synchronized (this) {
            writerEnded = true;
            armed = watch;
        }
        if (armed != null) {
            armed.close();
        }
        boolean dropped;
        synchronized (this) {
            finish();
            dropped = !rest.isEmpty();
            rest.clear();
        }
        complete();
        return dropped;
    }

    private void finish() {
        if (!closed) {
            closed = true;
            if (watch != null) {
                watch.close();
            }
            descriptor.close();
        }
    }
}
