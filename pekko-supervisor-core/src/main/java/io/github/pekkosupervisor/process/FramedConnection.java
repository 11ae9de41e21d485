package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.ProcessStreams.ProcessEndedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The application's end of a process that it talks to in messages, of which some answer others: JSON-RPC of a language
 * server or an MCP server, for one. Made by {@link ProcessConnection#framed}; {@link #connection()} is given to
 * {@link ProcessSpec#withConnection}.
 *
 * <p>What is a request and what its id is for the application to know: ids are its own, it makes them and finds them in
 * answers. What is known here is who has been asked: a request that was sent to a process which ends without an answer
 * fails with {@link ProcessEndedException}, which says how it ended, and is not sent again. The next process with the
 * same specification has a {@link Session} of its own, and whoever asks meanwhile waits for that.
 *
 * <p>What is no message, by the {@link Framing} or since {@link Peer#idOf} throws, ends the session, and nothing else:
 * its standard input is ended and its output read no more, what was asked fails with
 * {@link Framing.MalformedException}, and one line in the log says so. It may be used from any thread.
 */
public final class FramedConnection {

    private static final Logger LOG = LoggerFactory.getLogger(FramedConnection.class);

    /** How many requests may wait for an answer of one process. */
    static final int MOST_PENDING = 65_536;

    /** Who has not read so many bytes is asked no more until it has; the last message may be beyond them. */
    static final int MOST_UNREAD = 16 * 1024 * 1024;

    /** How long the application may be at one message when the process has ended, in seconds. */
    private static final int REST = 5;

    private final Framing framing;
    private final Peer peer;
    private final ProcessConnection connection;
    private final Map<ProcessStreams, Session> sessions = new ConcurrentHashMap<>();

    /** What the application knows of the messages. Called on a thread that may block for a moment, not for long. */
    public interface Peer {

        /**
         * The id of the request that a message answers. With {@link Framing#lines} each line is a message, a banner
         * too: it is for this to say whether it is one.
         *
         * @return equal to what was given to {@link Session#request}; null if it is a message that answers none
         * @throws RuntimeException it is no message, or cannot be read, which ends the session; as whatever else is
         *     thrown
         */
        @Nullable
        Object idOf(String message);

        /**
         * A message that answers no request which is waited for: a request of the process, something that it tells, or
         * an answer that comes too late. They come one after another, in their order, and the process waits; so this
         * must not wait for an answer of the same process. Who does is told, some seconds after the process has ended.
         */
        void received(Session from, String message);

        /**
         * A process has been started. What has to be said first is said here, and others wait for it. Nothing is
         * received before this has returned, so it must not wait for an answer itself.
         *
         * @return completes when all may talk to it; if it fails the session ends with that
         */
        default CompletionStage<?> opened(Session with) {
            return CompletableFuture.completedFuture(null);
        }
    }

    FramedConnection(Framing framing, Peer peer) {
        this.framing = framing;
        this.peer = peer;
        this.connection = ProcessConnection.create(this::begin);
    }

    /** The connection itself, for {@link ProcessSpec#withConnection}. */
    public ProcessConnection connection() {
        return connection;
    }

    /**
     * The conversation with the process that runs, is ready and was {@link Peer#opened}, or with the next one; fails if
     * none will come, as {@link ProcessConnection#streams}, or if it could not be opened.
     */
    public CompletionStage<Session> session() {
        return Bare.of(next());
    }

    private CompletionStage<Session> next() {
        return connection.streams().thenCompose(streams -> {
            Session session = sessions.get(streams);
            // it has ended already, so nothing has been said to it
            return session == null ? next() : session.opened.thenApply(done -> session);
        });
    }

    /**
     * Asks the process that runs, or the next one; see {@link Session#request}. Who is given up before there is one is
     * not asked.
     */
    public CompletableFuture<String> request(Object id, String message) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        var asked = next().thenAccept(session -> {
                    if (!answer.isDone()) {
                        session.request(id, message, answer);
                    }
                })
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        answer.completeExceptionally(Bare.cause(failure));
                    }
                });
        assert asked != null;
        return answer;
    }

    /** Tells the process that runs, or the next one; see {@link Session#send}. */
    public CompletionStage<Void> send(String message) {
        return Bare.of(next().thenCompose(session -> session.send(message)));
    }

    private void begin(ProcessStreams streams) {
        Session session = new Session(streams);
        sessions.put(streams, session);
        var over = streams.exit().thenRun(() -> {
            sessions.remove(streams);
            session.processEnded();
        });
        assert over != null;
        session.begin();
    }

    /** The conversation with one process, from its start to its end. */
    public final class Session implements AutoCloseable {
        private final ProcessStreams streams;
        private final Framing.Decoder decoder = framing.decoder();
        private final Map<Object, CompletableFuture<String>> pending = new HashMap<>();
        private final CompletableFuture<Void> opened = new CompletableFuture<>();

        /** Counts what the application is given, at its begin and at its end: odd while it is at one. */
        private final AtomicInteger given = new AtomicInteger();

        /** Why nobody is asked any more; null as long as it goes on. */
        private @Nullable IOException over;

        /** How its output has come to its end; null before. */
        private @Nullable String ended;

        private Session(ProcessStreams streams) {
            this.streams = streams;
        }

        /** Which process it is. */
        public ProcessIdentity identity() {
            return streams.identity();
        }

        /** How the process has ended. */
        public CompletionStage<ProcessEvent.Exited> exit() {
            return streams.exit();
        }

        /**
         * Sends a message and waits for the one that answers it. There is an end to what may wait so, lest a process
         * that reads no more, or never answers, fills the memory.
         *
         * @param id by which {@link Peer#idOf} will know the answer; not that of another that is waited for
         * @return the answer, whatever it says; fails with {@link ProcessEndedException} if the process ends without
         *     it, with {@link Framing.MalformedException} if it sends what is no message, with
         *     {@link IllegalStateException} if the id is in use, with {@link RejectedExecutionException} if 65,536
         *     requests wait for an answer of this process, or it has not read 16 MiB of what was sent to it. It has no
         *     time limit: to cancel it, or to complete it otherwise as {@code orTimeout} does, is to wait no more. Then
         *     its id may be used again, but an answer that comes all the same counts for the next that has it
         * @throws IllegalArgumentException if the message cannot be framed
         */
        public CompletableFuture<String> request(Object id, String message) {
            CompletableFuture<String> answer = new CompletableFuture<>();
            request(id, message, answer);
            return answer;
        }

        private void request(Object id, String message, CompletableFuture<String> answer) {
            byte[] frame = framing.encode(message);
            String how;
            Exception refused;
            synchronized (this) {
                how = ended;
                refused = over != null || how != null ? over : refusal(id);
                if (refused == null && how == null) {
                    pending.put(id, answer);
                }
            }
            if (refused != null) {
                answer.completeExceptionally(refused);
                return;
            }
            if (how != null) {
                fail(List.of(answer), how);
                return;
            }
            var forgotten = answer.whenComplete((done, failure) -> forget(id, answer));
            var written = streams.write(frame).whenComplete((done, failure) -> {
                if (failure != null) {
                    fail(List.of(answer), ProcessStreams.DOES_NOT_READ);
                }
            });
            assert forgotten != null && written != null;
        }

        private @Nullable RuntimeException refusal(Object id) {
            CompletableFuture<String> before = pending.get(id);
            if (before != null && !before.isDone()) {
                return new IllegalStateException(
                        "a request with the id " + id + " waits for its answer; give each its own");
            }
            if (pending.size() >= MOST_PENDING) {
                return new RejectedExecutionException(pending.size() + " requests wait for an answer of process "
                        + identity().pid() + ", which are the most; ask it more when it has answered");
            }
            long unread = streams.unwritten();
            if (unread >= MOST_UNREAD) {
                return new RejectedExecutionException("process " + identity().pid() + " has not read " + unread
                        + " bytes of what was sent to it, and is asked no more from " + MOST_UNREAD
                        + " on; ask it more when it has answered");
            }
            return null;
        }

        /**
         * Sends a message that nobody answers, or an answer.
         *
         * @return completes when the system has taken it, as {@link ProcessStreams#write}
         * @throws IllegalArgumentException if the message cannot be framed
         */
        public CompletionStage<Void> send(String message) {
            byte[] frame = framing.encode(message);
            synchronized (this) {
                if (over != null) {
                    return CompletableFuture.failedFuture(over);
                }
            }
            return streams.write(frame);
        }

        /** Ends it, see {@link ProcessStreams#close}; what waits for an answer fails with an {@link IOException}. */
        @Override
        public void close() {
            end(new IOException("the application has ended the conversation with process "
                    + identity().pid()));
        }

        // ---- what comes

        private void begin() {
            CompletionStage<?> opening;
            try {
                opening = peer.opened(this);
            } catch (Throwable thrown) {
                opening = CompletableFuture.failedFuture(thrown);
            }
            // not before: the application knows it now
            readOn();
            var done = opening.whenComplete((ok, failure) -> {
                if (failure == null) {
                    opened.complete(null);
                } else {
                    notOpened(Bare.cause(failure));
                }
            });
            assert done != null;
        }

        private void notOpened(Throwable failure) {
            if (failure instanceof ProcessEndedException ended) {
                opened.completeExceptionally(ended);
            } else {
                goOnWithout(new IOException(
                        "the conversation with process " + identity().pid() + " could not be opened: " + failure,
                        failure));
            }
        }

        /** One chunk after another, each in a turn of its own. */
        private void readOn() {
            var next = streams.read().whenCompleteAsync(this::accept, streams.executor());
            assert next != null;
        }

        private void accept(byte[] bytes, @Nullable Throwable failure) {
            if (failure != null) {
                // closed here, which has been told, or dropped, since the process after it has ended too
                outputEnded("ended, and what it had left was dropped");
                return;
            }
            if (bytes.length == 0) {
                outputEnded(decoder.isInTheMiddle() ? "ended in the middle of a message" : "ended without an answer");
                return;
            }
            try {
                decoder.decode(bytes, this::deliver);
            } catch (Framing.MalformedException e) {
                malformed(e.getMessage(), e);
                return;
            } catch (Unreadable e) {
                malformed(String.valueOf(e.getMessage()), e.getCause());
                return;
            } catch (Throwable thrown) {
                // nobody would read on, and who waits would never know
                malformed("what cannot be dealt with: " + thrown, thrown);
                return;
            }
            readOn();
        }

        /**
         * All of it is the application's own code, which may not come back: who waits for an answer goes on here too.
         */
        private void deliver(String message) {
            given.incrementAndGet();
            try {
                give(message);
            } finally {
                given.incrementAndGet();
            }
        }

        private void give(String message) {
            Object id;
            try {
                id = peer.idOf(message);
            } catch (Throwable e) {
                // a StackOverflowError of a parser too, or a class that is not there
                throw new Unreadable("a message that cannot be read: " + e, e);
            }
            CompletableFuture<String> answer = id == null ? null : taken(id);
            if (answer != null) {
                answer.complete(message);
                return;
            }
            try {
                peer.received(this, message);
            } catch (Throwable thrown) {
                LOG.error(
                        "what process [{}] has sent could not be dealt with",
                        identity().pid(),
                        thrown);
            }
        }

        private synchronized @Nullable CompletableFuture<String> taken(Object id) {
            return pending.remove(id);
        }

        private synchronized void forget(Object id, CompletableFuture<String> answer) {
            pending.remove(id, answer);
        }

        // ---- the end

        private void outputEnded(String how) {
            synchronized (this) {
                ended = how;
            }
            failAll(how);
        }

        /** What it has left is read to its end, unless the application does not come back from a message. */
        private void processEnded() {
            lookWhetherItIsRead(-1);
        }

        private void lookWhetherItIsRead(int givenBefore) {
            synchronized (this) {
                if (ended != null || over != null) {
                    return;
                }
            }
            int now = given.get();
            if (now == givenBefore && now % 2 != 0) {
                failAll("ended, and the application is still at what it had sent before");
                return;
            }
            CompletableFuture.delayedExecutor(REST, TimeUnit.SECONDS, streams.executor())
                    .execute(() -> lookWhetherItIsRead(now));
        }

        private void failAll(String how) {
            List<CompletableFuture<String>> lost;
            synchronized (this) {
                lost = new ArrayList<>(pending.values());
            }
            if (!opened.isDone()) {
                CompletableFuture<String> waiting = new CompletableFuture<>();
                var told = waiting.whenComplete((done, failure) -> opened.completeExceptionally(failure));
                assert told != null;
                lost.add(waiting);
            }
            if (!lost.isEmpty()) {
                fail(lost, how);
            }
        }

        private void fail(List<CompletableFuture<String>> lost, String how) {
            var told = streams.<Void>ended(how).whenComplete((none, why) -> failEach(lost, Bare.cause(why)));
            assert told != null;
        }

        /** Each by itself: what the application does then may wait for another of them. */
        private void failEach(List<CompletableFuture<String>> lost, Throwable why) {
            lost.forEach(answer -> streams.executor().execute(() -> answer.completeExceptionally(why)));
        }

        private void malformed(@Nullable String what, @Nullable Throwable cause) {
            goOnWithout(new Framing.MalformedException("process " + identity().pid() + " has sent " + what, cause));
        }

        private void goOnWithout(IOException why) {
            if (end(why)) {
                LOG.warn("a conversation is over, and the process is told so: {}", why.getMessage());
            }
        }

        /** False if it was over already. */
        private boolean end(IOException why) {
            List<CompletableFuture<String>> lost;
            synchronized (this) {
                if (over != null) {
                    return false;
                }
                over = why;
                lost = new ArrayList<>(pending.values());
            }
            streams.close();
            opened.completeExceptionally(why);
            failEach(lost, why);
            return true;
        }
    }

    /** The application cannot read a message. */
    private static final class Unreadable extends RuntimeException {
        Unreadable(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
