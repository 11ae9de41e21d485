package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.actor.SnapshotPlace;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.process.Standstill;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/** One service directory by itself, without a directory of them around it: the program {@code runsv(8)}. */
public final class SingleService {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** As one that could not begin. */
    private static final int GIVEN_UP = 111;

    private final ActorContext<Object> context;
    private final TimerScheduler<Object> timers;
    private final Handover handover;
    private final RunsvSettings settings;
    private final RunsvdirStream stream;
    private final IntConsumer ended;
    private ActorRef<RunsvCommand> runsv;
    private Optional<RunsvCommand> end = Optional.empty();
    private int failuresAtTheEnd;
    private OptionalInt exitCode = OptionalInt.empty();

    /** There is no runsv for a moment, and what is ordered is kept. */
    private boolean isFailed;

    private final List<RunsvCommand.Order> early = new ArrayList<>();

    /** Before this JVM becomes another program. */
    private final Standstill.Part rest = new Standstill.Part() {
        @Override
        public CompletionStage<Optional<String>> rest() {
            CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
            context.getSelf().tell(new Settle(answer));
            return answer;
        }

        @Override
        public List<Descriptor> lasting() throws PosixException {
            return handover.directory().lasting();
        }

        @Override
        public void goOn() {
            context.getSelf().tell(GoOn.INSTANCE);
        }

        @Override
        public boolean hasTakenUp() {
            return handover.whetherDecided();
        }
    };

    /** What can be asked. */
    public sealed interface Command {}

    /** End the service, then supervision; as TERM does to runsv. */
    public enum Terminate implements Command {
        /** The only one. */
        INSTANCE
    }

    /** The same without patience: what runs is killed, and each second whatever has been started meanwhile. */
    public enum Kill implements Command {
        /** The only one. */
        INSTANCE
    }

    /**
     * Tell how the service directory stands.
     *
     * @param replyTo told at once, or after half a second with what was known
     */
    public record Snapshot(ActorRef<? super ServiceSnapshot> replyTo) implements Command {}

    /** The same for who looks at a tree, and is to know when it was seen. */
    record LookAt(SnapshotPlace place, ActorRef<? super ServiceSnapshot> replyTo) implements Command {}

    /** What is to be done with {@code run}, by who decides on its starts. */
    record Ordered(RunsvCommand.Order order) implements Command {}

    /** Have this of it. */
    record Commanded(Wish wish, CompletableFuture<Void> reached) implements Command {}

    /** Tell this of the service directory, and then do that. */
    record Warn(List<ServiceEvent.Warned> warnings, Runnable then) implements Command {}

    /** Do nothing any more until {@link GoOn}; told why that cannot be now, in words, or nothing. */
    private record Settle(CompletableFuture<Optional<String>> answer) implements Command {}

    private enum GoOn implements Command {
        INSTANCE
    }

    /** There is nothing else that could go on without it. */
    private record EssentialEnded(int code) {}

    private enum StartAgain {
        INSTANCE
    }

    private SingleService(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            RunsvdirSettings settings,
            StreamPlace place,
            Optional<RunsvSettings.Orders> orders,
            IntConsumer ended) {
        OsString path = settings.directory();
        this.context = context;
        this.timers = timers;
        this.handover = new Handover(new ServiceDirectory(path, path), ServiceSnapshot.beginning(place.path()));
        this.stream = new RunsvdirStream(context.getSystem(), settings, place);
        Optional<IntConsumer> essential = place.isInTree()
                ? Optional.empty()
                : Optional.of(code -> context.getSelf().tell(new EssentialEnded(code)));
        this.settings = new RunsvSettings(
                settings.ownSessions(),
                settings.messages(),
                settings.clock(),
                stream.listener(),
                orders,
                essential,
                Optional.empty(),
                Optional.empty());
        stream.listener().accept(new ServiceEvent.Found(place.path()));
        this.ended = ended;
        this.runsv = start();
        if (place.isInTree()) {
            Standstill.get(context.getSystem()).add(Standstill.Stage.PROCESSES, rest);
        }
    }

    /**
     * Supervises a service directory.
     *
     * @param path the directory, as it is to show in messages
     * @param messages gets each message in runit's form, a line with its newline
     * @param place where it stands in a tree: its path is that of the service directory
     * @param ended told runsv's exit code when supervision is over: 0, or 111 if it could not begin
     */
    public static Behavior<Command> create(
            OsString path, Consumer<OsString> messages, StreamPlace place, IntConsumer ended) {
        return create(
                new RunsvdirSettings(path, false, messages, Clock.systemUTC(), List.of(), Optional.empty()),
                place,
                Optional.empty(),
                ended);
    }

    /**
     * Supervises a service directory.
     *
     * @param settings their directory is the service directory
     * @param place where it stands in a tree: its path is that of the service directory
     * @param orders who orders each start of {@code run}; empty where runsv starts it again itself
     * @param ended told runsv's exit code when supervision is over and all listeners have heard of it: 0, or 111 if it
     *     could not begin
     */
    static Behavior<Command> create(
            RunsvdirSettings settings, StreamPlace place, Optional<RunsvSettings.Orders> orders, IntConsumer ended) {
        return Behaviors.<Object>setup(context -> Behaviors.withTimers(
                        timers -> new SingleService(context, timers, settings, place, orders, ended).supervising()))
                .narrow();
    }

    private ActorRef<RunsvCommand> start() {
        ActorRef<RunsvCommand> started = context.spawnAnonymous(
                Runsv.create(handover, settings, context.getSelf(), end -> end), Processes.dispatcher());
        context.watch(started);
        return started;
    }

    private Behavior<Object> supervising() {
        return Behaviors.receive(Object.class)
                .onMessage(Snapshot.class, asked -> answer(path -> {}, asked.replyTo()))
                .onMessage(LookAt.class, look -> answer(look.place()::seen, look.replyTo()))
                .onMessage(Warn.class, warn -> {
                    warn.warnings().forEach(this::tell);
                    warn.then().run();
                    return Behaviors.same();
                })
                .onMessage(Ordered.class, this::order)
                .onMessage(Commanded.class, wanted -> {
                    // if there is no runsv now the next one finds it
                    handover.wishes().add(wanted.wish(), wanted.reached());
                    runsv.tell(RunsvCommand.Wished.INSTANCE);
                    return Behaviors.same();
                })
                .onMessage(Settle.class, asked -> settle(asked.answer()))
                .onMessage(GoOn.class, goOn -> {
                    handover.directory().letGo();
                    runsv.tell(RunsvCommand.GoOn.INSTANCE);
                    return Behaviors.same();
                })
                .onMessage(Terminate.class, terminate -> end(RunsvCommand.Terminate.ONCE))
                .onMessage(Kill.class, kill -> end(RunsvCommand.Kill.INSTANCE))
                .onMessage(EssentialEnded.class, essential -> {
                    exitCode = exitCode.isPresent() ? exitCode : OptionalInt.of(essential.code());
                    return end(RunsvCommand.Terminate.ONCE);
                })
                .onMessage(Runsv.Ended.class, over -> {
                    handover.directory().close();
                    return over(exitCode.orElse(over.exitCode()));
                })
                .onMessage(StartAgain.class, again -> {
                    runsv = start();
                    isFailed = false;
                    early.forEach(runsv::tell);
                    early.clear();
                    end.ifPresent(runsv::tell);
                    return Behaviors.same();
                })
                .onSignal(ChildFailed.class, failed -> failed(failed.cause()))
                .onSignal(Terminated.class, stopped -> Behaviors.same())
                .onSignal(PostStop.class, stopped -> {
                    Standstill.get(context.getSystem()).remove(Standstill.Stage.PROCESSES, rest);
                    stream.lost(handover);
                    return Behaviors.same();
                })
                .build();
    }

    private Behavior<Object> order(Ordered ordered) {
        if (isFailed) {
            early.add(ordered.order());
        } else {
            runsv.tell(ordered.order());
        }
        return Behaviors.same();
    }

    private Behavior<Object> settle(CompletableFuture<Optional<String>> answer) {
        if (isFailed || end.isPresent()) {
            answer.complete(Optional.of(handover.directory().name()
                    + (isFailed ? ": its runsv has failed, and is about to be made anew" : " is being stopped")));
        } else {
            runsv.tell(new RunsvCommand.Settle(answer::complete));
        }
        return Behaviors.same();
    }

    private Behavior<Object> end(RunsvCommand how) {
        end = Optional.of(how);
        runsv.tell(how);
        return Behaviors.same();
    }

    private Behavior<Object> over(int exitCode) {
        tell(new ServiceEvent.Forgotten(path()));
        stream.whenHeard(() -> ended.accept(exitCode));
        return Behaviors.stopped();
    }

    private Behavior<Object> failed(Throwable cause) {
        Reporter reporter = new Reporter("runsv", handover.directory().name(), settings.messages());
        reporter.warn("supervision failed and is taken up again, please report this: " + cause);
        tell(new ServiceEvent.SupervisionFailed(path(), cause));
        if (end.isPresent() && ++failuresAtTheEnd >= Runsvdir.MOST_FAILURES_AT_THE_END) {
            stream.givenUp(handover, new ServiceStream(handover, settings).reporter());
            return over(GIVEN_UP);
        }
        tell(new ServiceEvent.SupervisionDelayed(
                path(), PAUSE, settings.clock().instant().plus(PAUSE)));
        isFailed = true;
        timers.startSingleTimer(StartAgain.INSTANCE, StartAgain.INSTANCE, PAUSE);
        return Behaviors.same();
    }

    private String path() {
        return handover.known().path();
    }

    /** What no runsv tells. */
    private void tell(ServiceEvent event) {
        handover.tell(event, settings.listener());
    }

    private Behavior<Object> answer(Consumer<String> seen, ActorRef<? super ServiceSnapshot> asker) {
        context.spawnAnonymous(Inquiry.create(
                List.of(new Inquiry.Asked(handover.standing(), runsv)),
                seen,
                // none if it is forgotten, which is the end of all
                snapshots -> asker.tell(snapshots.isEmpty() ? handover.known() : snapshots.get(0))));
        return Behaviors.same();
    }
}
