package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.actor.IncarnationContext;
import io.github.pekkosupervisor.actor.SnapshotPlace;
import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * One incarnation of a child that is a directory of service directories, or one of those: stands between core's
 * supervisor and the actor that supervises by runit's rules, and puts what each says into the other's words.
 *
 * <p>That actor deals with all failures that it can. If it fails all the same the child has crashed: its processes are
 * killed, since they must not outlive an incarnation, and its supervisor decides what follows.
 */
final class ServicesChild {

    /** The name of the actor below. */
    static final String BELOW = "runit";

    /** After which it is said who has had no first try yet. */
    static final Duration LATE = Duration.ofSeconds(3);

    private static final int MOST_NAMED = 10;

    /** Within which all who listen have heard of the end, or are given up on. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(10);

    private final IncarnationContext child;
    private final TimerScheduler<Object> timers;
    private final FirstStarts starts;
    private final Below below;
    private final Told told;
    private boolean ready;
    private boolean ending;
    private boolean gone;
    private Optional<String> failure = Optional.empty();
    private OptionalInt over = OptionalInt.empty();

    /** What the incarnation takes. */
    sealed interface Command {}

    /** What its supervisor asks for. */
    enum Order implements Command {
        STOP,
        KILL
    }

    /** Say how you are. */
    record Asked(SnapshotPlace place) implements Command {}

    /**
     * Have this of one of them.
     *
     * @param name of its entry
     * @param reached completes when it is so
     */
    record Commanded(String name, Wish wish, CompletableFuture<Void> reached) implements Command {}

    private record Seen(SnapshotPlace place, Node node) implements Command {}

    private record Happened(ServiceEvent event) implements Command {}

    private record Over(int exitCode) implements Command {}

    private enum Looked implements Command {
        INSTANCE
    }

    /** It has been waited for a while. */
    private enum Late implements Command {
        INSTANCE
    }

    /** Who is late has been named, and is not waited for, unless it is the only one. */
    private enum Named implements Command {
        INSTANCE
    }

    private enum Silent implements Command {
        INSTANCE
    }

    /** The actor below. */
    interface Below {
        /** Ends in order; {@link Told#over} follows. */
        void stop();

        /** Ends at once; {@link Told#over} follows. */
        void kill();

        /** Says how it is; {@link Told#seen} follows. */
        void lookAt(SnapshotPlace place);

        /** Has this of one of them. */
        void command(Commanded wanted);

        /** Tells this of service directories; {@link Told#warned} follows. */
        void warn(List<ServiceEvent.Warned> warnings);
    }

    /** Spawns the actor below. */
    interface Start {
        /** In the actor of the incarnation; its end is to be watched. */
        Below below(ActorContext<Object> context, StreamPlace place, Told told);
    }

    /** What the actor below has said; from any thread. */
    static final class Told implements Consumer<ServiceEvent> {
        private final ActorContext<Object> context;
        private final ActorRef<Object> self;
        private final IncarnationContext child;

        /** Nobody waits any more for how things have started. */
        private volatile boolean begun;

        Told(ActorContext<Object> context, IncarnationContext child) {
            this.context = context;
            this.self = context.getSelf();
            this.child = child;
        }

        @Override
        public void accept(ServiceEvent event) {
            child.tell(event);
            if (!begun) {
                self.tell(new Happened(event));
            }
        }

        /** All that there is to be started is known. */
        void looked() {
            self.tell(Looked.INSTANCE);
        }

        /** Who is late has been named. */
        void warned() {
            self.tell(Named.INSTANCE);
        }

        /** It has ended, as runsv would with this exit code. */
        void over(int exitCode) {
            self.tell(new Over(exitCode));
        }

        /** This is how it is. */
        void seen(SnapshotPlace place, Node node) {
            self.tell(new Seen(place, node));
        }

        /** For one answer, which may read files; to be called in the actor of the incarnation. */
        <T> ActorRef<T> once(Consumer<T> answer) {
            Behavior<T> once = Behaviors.receiveMessage(message -> {
                answer.accept(message);
                return Behaviors.stopped();
            });
            return context.spawnAnonymous(once, Processes.dispatcher());
        }
    }

    private ServicesChild(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            IncarnationContext child,
            FirstStarts starts,
            Start start) {
        this.child = child;
        this.timers = timers;
        this.starts = starts;
        this.told = new Told(context, child);
        this.below = start.below(context, new StreamPlace(child.path(), told), told);
        timers.startSingleTimer(Late.INSTANCE, LATE);
        starts.waitsFor().ifPresent(child::waitsFor);
    }

    /** The behavior of an incarnation. */
    static Behavior<Object> create(IncarnationContext child, FirstStarts starts, Start start) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new ServicesChild(context, timers, child, starts, start).supervising()));
    }

    private Behavior<Object> supervising() {
        return Behaviors.receive(Object.class)
                .onMessage(Happened.class, message -> {
                    starts.after(message.event());
                    if (!ending) {
                        starts.waitsFor().ifPresent(child::waitsFor);
                    }
                    return begin();
                })
                .onMessage(Looked.class, looked -> {
                    starts.allKnown();
                    return begin();
                })
                .onMessage(Late.class, late -> sayWhoIsAwaited())
                .onMessage(Named.class, named -> begin())
                .onMessage(Order.class, this::end)
                .onMessage(Asked.class, asked -> {
                    below.lookAt(asked.place());
                    return Behaviors.same();
                })
                .onMessage(Commanded.class, wanted -> {
                    below.command(wanted);
                    return Behaviors.same();
                })
                .onMessage(Seen.class, seen -> {
                    seen.place().is(seen.node());
                    return Behaviors.same();
                })
                .onMessage(Over.class, message -> {
                    over = OptionalInt.of(message.exitCode());
                    return endWhenAllIsOver();
                })
                .onMessage(Silent.class, silent -> child.exit(ExitReason.failed("its supervision was stopped")))
                .onSignal(ChildFailed.class, failed -> child.exit(ExitReason.crash(failed.cause())))
                .onSignal(Terminated.class, this::terminated)
                .build();
    }

    /** What answers once stops as well, and is not watched. */
    private Behavior<Object> terminated(Terminated actor) {
        gone = true;
        timers.startSingleTimer(Silent.INSTANCE, LAST_WORDS);
        return endWhenAllIsOver();
    }

    private Behavior<Object> begin() {
        if (ready || ending) {
            return Behaviors.same();
        }
        failure = starts.failure();
        if (failure.isPresent()) {
            ending = true;
            below.stop();
        } else if (starts.areOver()) {
            ready = true;
            child.ready();
        }
        told.begun = ready || ending;
        return Behaviors.same();
    }

    private Behavior<Object> sayWhoIsAwaited() {
        if (ready || ending) {
            return Behaviors.same();
        }
        List<ServiceEvent.Warned> warnings = starts.late().entrySet().stream()
                .limit(MOST_NAMED)
                .map(one -> warning(one.getKey(), one.getValue()))
                .toList();
        below.warn(warnings);
        return Behaviors.same();
    }

    /** It is said of one that is late. */
    static ServiceEvent.Warned warning(String path, String waitsFor) {
        String text = FirstStarts.NOT_STARTED + DurationText.of(LATE) + ": " + waitsFor;
        return new ServiceEvent.Warned(
                path,
                ServiceEvent.Severity.WARNING,
                text,
                OsString.of("runsv " + TreePath.lastId(path) + ": warning: " + text + "\n"));
    }

    private Behavior<Object> end(Order order) {
        ending = true;
        switch (order) {
            case STOP -> below.stop();
            case KILL -> below.kill();
        }
        return Behaviors.same();
    }

    private Behavior<Object> endWhenAllIsOver() {
        if (!gone || over.isEmpty()) {
            return Behaviors.same();
        }
        if (failure.isPresent()) {
            return child.exit(ExitReason.failed(failure.get()));
        }
        return over.getAsInt() == 0
                ? Behaviors.stopped()
                : child.exit(ExitReason.failed("runsv has ended with exit code " + over.getAsInt()));
    }
}
