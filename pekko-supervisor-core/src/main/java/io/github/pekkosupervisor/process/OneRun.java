package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.process.ProcessEvent.Exited;
import io.github.pekkosupervisor.process.ProcessEvent.StartFailed;
import io.github.pekkosupervisor.process.ProcessEvent.Started;
import io.github.pekkosupervisor.process.ProcessResult.Output;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * One process from its start to its end, fed with bytes, and what it writes collected; an actor, for as long as that.
 */
public final class OneRun {

    /** What is over its time is asked to end, and killed after this. */
    static final Duration STOP_WITHIN = Duration.ofSeconds(5);

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final Order order;
    private final CompletableFuture<ProcessResult> result;
    private final Processes processes;
    private final ActorRef<ProcessActor.Command> process;
    private Optional<PipeWriter> stdin = Optional.empty();
    private Optional<Collector> stdout = Optional.empty();
    private Optional<Collector> stderr = Optional.empty();
    private boolean timedOut;
    private boolean told;

    /**
     * What to run.
     *
     * @param spec the process; where an output is a {@link Stdio#pipe()} it is collected, where its input is one it is
     *     fed
     * @param input what it reads, if it is fed
     * @param limit how many bytes of each output are kept
     * @param timeout how long it has; empty for as long as it likes
     */
    public record Order(ProcessSpec spec, ByteBuffer input, int limit, Optional<Duration> timeout) {}

    private sealed interface Message {}

    private record Told(ProcessEvent event) implements Message {}

    private enum Word implements Message {
        /** Its time is over; the key of the timer too. */
        TIMEOUT,
        /** Nobody waits for it any more. */
        CANCELLED
    }

    private OneRun(ActorContext<Message> context, Order order, CompletableFuture<ProcessResult> result) {
        this.order = order;
        this.result = result;
        this.processes = Processes.get(context.getSystem());
        this.process = context.spawn(
                ProcessActor.create(order.spec(), context.getSelf(), Told::new), "process", Processes.dispatcher());
        context.watch(process);
    }

    /**
     * Begins.
     *
     * @return fails with a {@link PosixException} if it cannot be started, with an {@link IOException} if the actor
     *     system ends first; to cancel it kills the process
     */
    public static CompletableFuture<ProcessResult> begin(ActorSystem<?> system, Order order) {
        CompletableFuture<ProcessResult> result = new CompletableFuture<>();
        ActorRef<Message> run = system.systemActorOf(
                create(order, result), "pekko-supervisor-run-" + NUMBERS.incrementAndGet(), Processes.dispatcher());
        var cancelled = result.whenComplete((done, failure) -> {
            if (result.isCancelled()) {
                run.tell(Word.CANCELLED);
            }
        });
        assert cancelled != null;
        return result;
    }

    private static Behavior<Message> create(Order order, CompletableFuture<ProcessResult> result) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            order.timeout().ifPresent(limit -> timers.startSingleTimer(Word.TIMEOUT, Word.TIMEOUT, limit));
            return new OneRun(context, order, result).running();
        }));
    }

    private Behavior<Message> running() {
        return Behaviors.receive(Message.class)
                .onMessage(Told.class, message -> heard(message.event()))
                .onMessageEquals(Word.TIMEOUT, this::overdue)
                .onMessageEquals(Word.CANCELLED, () -> stop(Duration.ZERO))
                .onSignal(Terminated.class, ended -> Behaviors.stopped())
                .onSignal(PostStop.class, stopped -> lost())
                .build();
    }

    private Behavior<Message> heard(ProcessEvent event) {
        if (event instanceof Started started) {
            connect(started);
        } else if (event instanceof StartFailed failed) {
            told = true;
            result.completeExceptionally(failed.cause());
        } else if (event instanceof Exited exited) {
            told = true;
            ended(exited);
        }
        // Ready and NotReady: it is not asked whether it is
        return Behaviors.same();
    }

    private Behavior<Message> overdue() {
        timedOut = true;
        return stop(STOP_WITHIN);
    }

    private Behavior<Message> stop(Duration within) {
        process.tell(new ProcessActor.Stop(within));
        return Behaviors.same();
    }

    private void connect(Started started) {
        stdout = started.stdout().map(this::collect);
        stderr = started.stderr().map(this::collect);
        started.stdin().ifPresent(pipe -> {
            PipeWriter writer =
                    new PipeWriter(nonBlocking(pipe), processes.posix().loop(), processes.outputs());
            stdin = Optional.of(writer);
            // it need not read it all, and may end before
            byte[] input = new byte[order.input().remaining()];
            order.input().duplicate().get(input);
            var written = writer.write(input);
            assert written != null;
            writer.closeWhenWritten();
        });
    }

    private Collector collect(Descriptor pipe) {
        Collector collector = new Collector(
                new PipeReader(nonBlocking(pipe), processes.posix().loop(), processes.outputs()),
                processes.outputs(),
                order.limit());
        processes.outputs().execute(collector::turn);
        return collector;
    }

    private static Descriptor nonBlocking(Descriptor pipe) {
        try {
            pipe.makeNonBlocking();
            return pipe;
        } catch (PosixException e) {
            throw new IllegalStateException("of a pipe that is open this cannot be refused", e);
        }
    }

    private void ended(Exited exited) {
        release();
        CompletableFuture<?>[] collected = Arrays.asList(stdout, stderr).stream()
                .flatMap(Optional::stream)
                .map(collector -> collector.done)
                .toArray(CompletableFuture[]::new);
        var all = CompletableFuture.allOf(collected)
                .thenRun(() -> result.complete(new ProcessResult(
                        order.spec().command().stream().map(OsString::toString).toList(),
                        exited.status(),
                        exited.outcome(),
                        timedOut,
                        stdout.map(Collector::output).orElse(Output.NONE),
                        stderr.map(Collector::output).orElse(Output.NONE))));
        assert all != null;
    }

    /** What is in the pipes is the rest. */
    private void release() {
        stdin.ifPresent(PipeWriter::close);
        stdout.ifPresent(collector -> collector.pipe.writerEnded());
        stderr.ifPresent(collector -> collector.pipe.writerEnded());
    }

    /** The process is killed with its actor. */
    private Behavior<Message> lost() {
        if (!told) {
            release();
            result.completeExceptionally(new IOException(order.spec().command().get(0)
                    + " was killed before it had ended, since the actor system that it was run in ends"));
        }
        return Behaviors.same();
    }

    /** Reads to the end, and keeps the beginning. */
    private static final class Collector {
        private final PipeReader pipe;
        private final Executor executor;
        private final int limit;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private long written;

        Collector(PipeReader pipe, Executor executor, int limit) {
            this.pipe = pipe;
            this.executor = executor;
            this.limit = limit;
        }

        /** One chunk: others want the thread too. */
        void turn() {
            CompletableFuture<byte[]> next = pipe.read();
            if (next.isDone()) {
                accept(next.join());
            } else {
                var later = next.thenAccept(this::accept);
                assert later != null;
            }
        }

        private void accept(byte[] chunk) {
            written += chunk.length;
            kept.write(chunk, 0, Math.min(chunk.length, limit - kept.size()));
            if (chunk.length == 0) {
                done.complete(null);
            } else {
                executor.execute(this::turn);
            }
        }

        Output output() {
            return new Output(kept.toByteArray(), written);
        }
    }
}
