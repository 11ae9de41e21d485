package io.github.pekkosupervisor.process;

import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The application's end of a process that it talks to through standard input and standard output: a language server, an
 * MCP server, ffmpeg, a Python side-car.
 *
 * <p>It is given to {@link ProcessSpec#withConnection}, and stays the same while the process is started again and
 * again: each time it has new {@link ProcessStreams}. One process at a time. It may be used from any thread.
 */
public final class ProcessConnection {

    private final Consumer<? super ProcessStreams> onStart;
    private CompletableFuture<ProcessStreams> current = new CompletableFuture<>();
    private boolean taken;

    /** The last process that has ended, as long as somebody knows its streams. */
    private WeakReference<ProcessStreams> ended = new WeakReference<>(null);

    /** Why there will be no process after this one; null if there may be one. */
    private ProcessStreams.@Nullable ProcessEndedException after;

    private ProcessConnection(Consumer<? super ProcessStreams> onStart) {
        this.onStart = onStart;
    }

    /** A new one. */
    public static ProcessConnection create() {
        return new ProcessConnection(streams -> {});
    }

    /**
     * A new one.
     *
     * @param onStart called each time that the process has been started, before it counts as ready, with its streams;
     *     on a thread that may block for a moment, not for long
     */
    public static ProcessConnection create(Consumer<? super ProcessStreams> onStart) {
        return new ProcessConnection(onStart);
    }

    /**
     * A new one for a process that is talked to in messages, some of which answer others.
     *
     * @param framing how messages are told apart
     * @param peer what the application knows of them
     */
    public static FramedConnection framed(Framing framing, FramedConnection.Peer peer) {
        return new FramedConnection(framing, peer);
    }

    /**
     * The streams of the process that runs and is ready, or of the next one that will be; fails if none will be, see
     * {@link #disconnect}.
     */
    public synchronized CompletionStage<ProcessStreams> streams() {
        return Bare.of(current);
    }

    /**
     * Writes a line to the process that runs, or to the next one, and reads its next line; see
     * {@link ProcessStreams#request}. A request is not repeated if the process ends without an answer, and does not
     * wait for a process that will not come: it fails with {@link ProcessStreams.ProcessEndedException}, which says
     * why, when whoever supervises the process has stopped or forgotten it, could not start it when asked to, has given
     * up, or has ended. While a supervisor goes on trying, also in the wait between two attempts, or with a sibling
     * that the process is restarted with, so does the request.
     */
    public CompletionStage<String> request(String line) {
        return Bare.of(streams().thenCompose(streams -> streams.request(line)));
    }

    /** Writes a line to the process that runs, or to the next one; see {@link ProcessStreams#writeLine}. */
    public CompletionStage<Void> writeLine(String line) {
        return Bare.of(streams().thenCompose(streams -> streams.writeLine(line)));
    }

    /**
     * No process will come for now: who waits for one fails, and so does who asks until the next one is started. Called
     * by whoever supervises it; a {@link io.github.pekkosupervisor.spec.SupervisorSpec supervisor} does. Who talks to a
     * process that is ready goes on until that has ended.
     *
     * @param why no process will come
     */
    public void disconnect(String why) {
        var nobody = new ProcessStreams.ProcessEndedException("no process to talk to: " + why, null);
        CompletableFuture<ProcessStreams> waiting;
        synchronized (this) {
            if (taken && current.isDone()) {
                after = nobody;
                return;
            }
            waiting = current;
            current = CompletableFuture.failedFuture(nobody);
        }
        waiting.completeExceptionally(nobody);
    }

    /** False if another process has it. */
    synchronized boolean take() {
        if (taken) {
            return false;
        }
        taken = true;
        after = null;
        if (current.isCompletedExceptionally()) {
            current = new CompletableFuture<>();
        }
        return true;
    }

    void started(ProcessStreams streams) {
        onStart.accept(streams);
    }

    void ready(ProcessStreams streams) {
        CompletableFuture<ProcessStreams> waiting;
        synchronized (this) {
            if (current.isCompletedExceptionally()) {
                current = new CompletableFuture<>();
            }
            waiting = current;
        }
        waiting.complete(streams);
    }

    /** The same of one that was started; nobody is to read any more what the one before it has left. */
    void release(ProcessStreams last) {
        ProcessStreams before;
        synchronized (this) {
            before = ended.get();
            ended = new WeakReference<>(last);
        }
        release();
        if (before != null) {
            before.drop();
        }
    }

    /** No process any more; who asks now waits for the next, if there may be one. */
    synchronized void release() {
        taken = false;
        if (after != null) {
            current = CompletableFuture.failedFuture(after);
        } else if (current.isDone() && !current.isCompletedExceptionally()) {
            current = new CompletableFuture<>();
        }
    }
}
