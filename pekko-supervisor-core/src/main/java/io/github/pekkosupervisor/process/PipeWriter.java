package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.PosixException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writing end of a pipe: what the reader does not take at once is written when it can, in order.
 *
 * <p>It may be used from any thread; as in {@link PipeReader}, the watch is armed only when its listener does not run.
 */
final class PipeWriter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PipeWriter.class);

    private final Descriptor descriptor;
    private final EventLoop loop;
    private final Executor executor;
    private final Deque<Piece> queue = new ArrayDeque<>(1);

    private EventLoop.@Nullable Watch watch;
    private boolean armed;
    private boolean closing;
    private boolean closed;
    private @Nullable IOException failure;

    /** How many bytes wait for the reader. */
    private long waiting;

    private static final class Piece {
        private final byte[] bytes;
        private final CompletableFuture<Void> written = new CompletableFuture<>();
        private int from;

        Piece(byte[] bytes) {
            this.bytes = bytes;
        }
    }

    /** Takes over a descriptor that is non-blocking. */
    PipeWriter(Descriptor descriptor, EventLoop loop, Executor executor) {
        this.descriptor = descriptor;
        this.loop = loop;
        this.executor = executor;
    }

    /**
     * Writes all bytes after those before them.
     *
     * @return completes when the system has taken them all, already if it has, else on a thread of the executor; fails
     *     with an {@link IOException} when nobody can read them any more
     */
    CompletableFuture<Void> write(byte[] bytes) {
        Piece piece = new Piece(bytes);
        synchronized (this) {
            if (failure != null) {
                return CompletableFuture.failedFuture(failure);
            }
            if (closing) {
                return CompletableFuture.failedFuture(new IOException("standard input has been closed"));
            }
            queue.add(piece);
            waiting += bytes.length;
            if (!armed) {
                // nobody else was waiting, and nobody can depend on this one yet
                proceed().forEach(done -> done.written.complete(null));
                if (failure != null) {
                    queue.clear();
                    piece.written.completeExceptionally(failure);
                }
            }
        }
        return piece.written;
    }

    /** How many bytes of what was to be written the system has not taken yet. */
    synchronized long waiting() {
        return waiting;
    }

    /** Writes what can be written and arms the watch for the rest; returns what has been written in full. */
    private List<Piece> proceed() {
        List<Piece> done = new ArrayList<>();
        try {
            while (!queue.isEmpty()) {
                Piece first = queue.peek();
                int count = first.bytes.length == 0 ? 0 : write(first);
                first.from += count;
                waiting -= count;
                if (first.from == first.bytes.length) {
                    done.add(queue.remove());
                } else if (count == 0) {
                    arm();
                    return done;
                }
            }
            if (closing) {
                finish();
            }
        } catch (PosixException e) {
            fail(e.is("EPIPE") ? new IOException("the process does not read its standard input any more", e) : e);
        }
        return done;
    }

    /** A pipe whose reader is there is not given up for one refusal. */
    private int write(Piece piece) throws PosixException {
        try {
            return descriptor.tryWrite(piece.bytes, piece.from);
        } catch (PosixException e) {
            if (e.is("EPIPE")) {
                throw e;
            }
            return descriptor.tryWrite(piece.bytes, piece.from);
        }
    }

    private void arm() {
        armed = true;
        try {
            if (watch == null) {
                watch = loop.write(descriptor, itself -> writable());
            } else {
                watch.resume();
            }
        } catch (PosixException e) {
            // no memory for one more entry of the loop, for now
            LOG.warn("what a process is to read waits, it is written again in a second: {}", e.getMessage());
            CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, executor).execute(this::writable);
        }
    }

    /** On the thread of the loop, or of the executor. */
    private void writable() {
        List<Piece> done;
        List<Piece> lost = List.of();
        IOException why;
        synchronized (this) {
            armed = false;
            done = closed ? List.of() : proceed();
            why = failure;
            if (why != null) {
                lost = new ArrayList<>(queue);
                queue.clear();
            }
        }
        done.forEach(piece -> piece.written.completeAsync(() -> null, executor));
        for (Piece piece : lost) {
            executor.execute(() -> piece.written.completeExceptionally(why));
        }
    }

    private void fail(IOException why) {
        failure = why;
        finish();
    }

    /** Closes the pipe when all that waits has been written. */
    synchronized void closeWhenWritten() {
        closing = true;
        if (!armed && !closed) {
            finish();
        }
    }

    /** Closes the pipe now; what waits is lost. */
    @Override
    public void close() {
        close(new IOException("the process has ended"));
    }

    /** The same for another reason. */
    void close(IOException reason) {
        EventLoop.Watch running;
        synchronized (this) {
            closing = true;
            if (failure == null) {
                failure = reason;
            }
            running = watch;
        }
        if (running != null) {
            running.close();
        }
        List<Piece> lost;
        IOException why;
        synchronized (this) {
            finish();
            lost = new ArrayList<>(queue);
            queue.clear();
            why = failure;
        }
        for (Piece piece : lost) {
            executor.execute(() -> piece.written.completeExceptionally(why));
        }
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
