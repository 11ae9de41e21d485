package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.actor.SnapshotPlace;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OpenFiles;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.UserRights;
import io.github.pekkosupervisor.process.ContainedErrors;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.runit.rule.NeedsRule;
import io.github.pekkosupervisor.runit.rule.RunsvPause;
import io.github.pekkosupervisor.runit.rule.ScanRule;
import io.github.pekkosupervisor.runit.rule.StopOrder;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorPath;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * A directory of service directories under supervision, as {@code runsvdir(8)}: an entry that appears is started, one
 * that disappears is stopped, one runsv for each.
 *
 * <p>Spawn it with {@link #dispatcher()}. It notices changes at once, through inotify, and looks for itself every five
 * seconds. If it is stopped without {@link Stop}, the services go on, unattended; in a tree of core's supervisors,
 * where it is one by {@code ServiceDirectories}, they are killed.
 */
public final class Runsvdir {

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int ATTEMPTS = 5;
    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(3);
    private static final Duration DECIDED_AGAIN = Duration.ofMillis(20);

    /** What happens within that long is looked at together, by who waits for others. */
    private static final Duration NEEDS_TOGETHER = Duration.ofMillis(10);

    /** Why it does not come to rest, where it comes to its end. */
    public static final String BEING_STOPPED = "all is being stopped";

    /** One that fails so often while all is being stopped is not waited for. */
    static final int MOST_FAILURES_AT_THE_END = 3;

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final RunsvdirSettings settings;
    private final Optional<LauncherSettings> launcher;
    private final Optional<SuperviseLinks> links;
    private final LongSupplier nanos = System::nanoTime;
    private final RunsvSettings runsvSettings;
    private final RunsvdirStream stream;
    private final Reporter reporter;
    private final ServicesDirectory directory;
    private final ServicesConf conf;
    private final LeftServices left;
    private final ScanRule rule = new ScanRule();
    private final LeftOut leftOut = new LeftOut();
    private final NeedsBoard board = new NeedsBoard(nanos);
    private final AtomicBoolean boardIsDue = new AtomicBoolean();
    private final Map<FileStatus.Id, Runs> runs = new HashMap<>();
    private final List<ScanRule.Action> undone = new ArrayList<>();
    /** What is to be done when all have ended. */
    private Optional<Runnable> stopper = Optional.empty();

    /** Whether a stop waits until it is known what a launcher has left, and which services that need not wait for. */
    private boolean awaitsLeft;

    /** How often all was to come to rest. */
    private int attempts;

    private final Set<FileStatus.Id> askedToEnd = new HashSet<>();

    private final NeverTaken neverTaken = new NeverTaken();

    /** Who is asked to end when, and when that has begun; empty where all are asked at once, with no time for it. */
    private Optional<StopOrder<FileStatus.Id>> order = Optional.empty();

    private long orderBegan;
    private boolean stopIsAsked;
    private boolean essentialHasEnded;

    /** How a runsv is asked to end. */
    private RunsvCommand end = RunsvCommand.Terminate.ONCE;

    /** What a runsvdir can be asked to do. */
    public sealed interface Command {}

    /**
     * End all services in the way of HUP, and then this actor.
     *
     * @param replyTo told when the last one is gone
     */
    public record Stop(ActorRef<Done> replyTo) implements Command {}

    /**
     * End all services as a launcher is told to by TERM, see {@link LauncherSettings}, and then this actor. Where that
     * has an order or a time, whoever asks a second time is in a hurry: all are asked at once, and killed soon.
     *
     * @param replyTo told when the last one is gone, if no stop was asked for before
     */
    public record StopAsTold(ActorRef<Done> replyTo) implements Command {}

    /**
     * End all services at once: what runs is killed, and each second whatever has been started meanwhile. May follow a
     * {@link Stop} that takes too long.
     *
     * @param replyTo told when the last one is gone, unless a stop was asked for before: then that one is
     */
    public record Kill(ActorRef<Done> replyTo) implements Command {}

    /** Do this when the first look is over, whatever it saw. */
    record AfterFirstLook(Runnable then) implements Command {}

    /**
     * Tell how everything stands.
     *
     * @param replyTo told when all have said how their service directories stand, or after half a second, with what was
     *     known of those who have not
     */
    public record Snapshot(ActorRef<? super RunsvdirSnapshot> replyTo) implements Command {}

    /** The same for who looks at a tree, and is to know when each path was seen. */
    record LookAt(SnapshotPlace place, ActorRef<? super RunsvdirSnapshot> replyTo) implements Command {}

    /**
     * Come to rest, all that is supervised here: nothing is started, read or looked at any more, and the records say
     * how all stands, until {@link GoOn}. To be asked while the event loop is held.
     *
     * @param replyTo told when it is so, or cannot be so now
     */
    public record Settle(ActorRef<? super Rest> replyTo) implements Command {}

    /** Go on as before {@link Settle}. */
    public enum GoOn implements Command {
        /** The only one. */
        INSTANCE
    }

    /** The answer to {@link Settle}. */
    public sealed interface Rest {}

    /**
     * All rests.
     *
     * @param lasting what is to stay open while this process becomes another program
     */
    public record Settled(List<Descriptor> lasting) implements Rest {}

    /**
     * Not all can rest now; {@link GoOn} is to follow.
     *
     * @param why in words
     */
    public record NotSettled(String why) implements Rest {}

    /**
     * Tell when it is known of all that was found at the beginning what becomes of it.
     *
     * @param replyTo told then
     */
    public record AwaitDecided(ActorRef<Done> replyTo) implements Command {}

    /** Tell this of those service directories that are still there, and then do that. */
    record Warn(List<ServiceEvent.Warned> warnings, Runnable then) implements Command {}

    /** Have this of the service directory whose entry has the name. */
    record Commanded(String name, Wish wish, CompletableFuture<Void> reached) implements Command {}

    /** Scan now, and write {@code .forced-rescan} when done, as Debian's runsvdir does on ALRM. */
    public enum Rescan implements Command {
        /** The only one. */
        INSTANCE
    }

    private enum Changed implements Command {
        INSTANCE
    }

    private enum LookAgain implements Command {
        INSTANCE
    }

    private record RunsvFailed(ActorPath runsv, Throwable cause) implements Command {}

    private enum PerformRest implements Command {
        INSTANCE
    }

    private record TryAgain(Command command, int attempt) implements Command {}

    /** An answer to another attempt says nothing: it goes on since, and has been asked anew. */
    private record RunsvSettled(FileStatus.Id id, int attempt, Optional<String> refusal) implements Command {}

    private enum SettleOverdue implements Command {
        INSTANCE
    }

    private record RunsvEnded(FileStatus.Id id, int exitCode) implements Command {}

    /** A service directory says that it is to wait for others. */
    private record SaysNeeds(ServiceDirectory directory, NeedsRule.Needs needs) implements Command {}

    /** Something has happened by which somebody may wait, or need not wait, for others. */
    private enum LookAtNeeds implements Command {
        SOON,
        NOW,
        LATER
    }

    /** There is no descriptor for a service directory. */
    private record NoRoom(OsString name) implements Command {}

    /** Whether those are named, and whether there are some still. */
    private enum LookAtLeftOut implements Command {
        INSTANCE
    }

    /** All is stopped, and the launcher ends. */
    private record EssentialEnded(int code) implements Command {}

    /** While all are stopped in order. */
    private enum StopGoesOn implements Command {
        INSTANCE
    }

    private record RunsvWaited(FileStatus.Id id) implements Command {}

    /** One service's runsv, and what survives it if it fails. */
    private static final class Runs {
        private Handover handover;
        private ActorRef<RunsvCommand> runsv;
        private RunsvPause pause;
        private int failuresAtTheEnd;

        /** Whether the last runsv could not begin, so that what a launcher has left there goes on. */
        private boolean couldNotBegin;

        /** The name that its entry has, or had last. */
        private OsString entry;

        Runs(OsString entry, Handover handover, ActorRef<RunsvCommand> runsv, RunsvPause pause) {
            this.entry = entry;
            this.handover = handover;
            this.runsv = runsv;
            this.pause = pause;
        }
    }

    private Runsvdir(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            RunsvdirSettings settings,
            LauncherLock lock,
            StreamPlace place,
            Optional<LauncherSettings> launcher) {
        this.context = context;
        this.timers = timers;
        this.settings = settings;
        this.launcher = launcher;
        this.links = launcher.flatMap(LauncherSettings::superviseIn).map(SuperviseLinks::new);
        this.stream = new RunsvdirStream(context.getSystem(), settings, place);
        this.reporter = stream.reporter(settings.directory());
        this.runsvSettings = new RunsvSettings(
                settings.ownSessions(),
                settings.messages(),
                settings.clock(),
                withNeeds(stream.listener()),
                Optional.empty(),
                launcher.map(ends -> code -> context.getSelf().tell(new EssentialEnded(code))),
                Optional.of(name -> context.getSelf().tell(new NoRoom(name))),
                Optional.of((service, needs) -> context.getSelf().tell(new SaysNeeds(service, needs))));
        this.conf = new ServicesConf(reporter);
        this.left = new LeftServices(settings, reporter, runs::containsKey, nanos);
        ActorRef<Command> self = context.getSelf();
        this.directory = new ServicesDirectory(
                settings,
                reporter,
                lock,
                new ServicesDirectory.Watching(
                        Processes.get(context.getSystem()).posix().loop(),
                        () -> self.tell(Changed.INSTANCE),
                        e -> context.getLog()
                                .warn("changes in [{}] are noticed late: {}", settings.directory(), e.getMessage())),
                runs::containsKey);
    }

    /**
     * Supervises a directory of service directories.
     *
     * @throws IllegalArgumentException with all that is wrong with the settings
     */
    public static Behavior<Command> create(RunsvdirSettings settings) {
        if (!settings.mistakes().isEmpty()) {
            throw new IllegalArgumentException(
                    String.join("; ", settings.mistakes().sentences()));
        }
        return create(settings, new LauncherLock(), StreamPlace.ALONE);
    }

    /**
     * Supervises a directory of service directories.
     *
     * @param lock held on the directory already, or taken when it can be had; released at the end
     * @param place where it stands in a tree
     */
    public static Behavior<Command> create(RunsvdirSettings settings, LauncherLock lock, StreamPlace place) {
        return create(settings, lock, place, Optional.empty());
    }

    /** The same for a launcher, which ends when an essential {@code run} has ended. */
    public static Behavior<Command> create(
            RunsvdirSettings settings, LauncherLock lock, StreamPlace place, LauncherSettings launcher) {
        return create(settings, lock, place, Optional.of(launcher));
    }

    private static Behavior<Command> create(
            RunsvdirSettings settings, LauncherLock lock, StreamPlace place, Optional<LauncherSettings> launcher) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new Runsvdir(context, timers, settings, lock, place, launcher).supervising()));
    }

    /** Where to spawn it: it reads directories. */
    public static DispatcherSelector dispatcher() {
        return Processes.dispatcher();
    }

    private Behavior<Command> supervising() {
        handle(Changed.INSTANCE, 1);
        return listening();
    }

    private Behavior<Command> listening() {
        return Behaviors.receive(Command.class)
                .onMessage(Settle.class, this::settle)
                .onMessage(TryAgain.class, again -> handle(again.command(), again.attempt()))
                .onMessage(Command.class, command -> handle(command, 1))
                .onSignal(
                        ChildFailed.class,
                        failed -> handle(new RunsvFailed(failed.getRef().path(), failed.cause()), 1))
                .onSignal(Terminated.class, ended -> Behaviors.same())
                .onSignal(PostStop.class, stopped -> close())
                .build();
    }

    /** Whatever goes wrong with one service or one look: the others are not to notice. */
    private Behavior<Command> handle(Command command, int attempt) {
        try {
            return obey(command);
        } catch (RuntimeException | Error e) {
            boolean again = attempt < ATTEMPTS;
            report((again ? "an internal failure, tried again" : "an internal failure") + ", please report this: " + e);
            if (again) {
                timers.startSingleTimer(command, new TryAgain(command, attempt + 1), RETRY);
            }
            return Behaviors.same();
        }
    }

    private void report(String what) {
        try {
            reporter.warnOfOurs(what);
        } catch (RuntimeException | Error e) {
            // there is nobody to be told
        }
    }

    private Behavior<Command> obey(Command command) {
        if (command == Changed.INSTANCE) {
            return look(true);
        } else if (command == LookAgain.INSTANCE) {
            return look(false);
        } else if (command == Rescan.INSTANCE) {
            return forcedRescan();
        } else if (command instanceof RunsvEnded ended) {
            return runsvEnded(ended);
        } else if (command instanceof RunsvFailed failed) {
            return runsvFailed(failed);
        } else if (command instanceof RunsvWaited waited) {
            return perform(rule.waited(waited.id()));
        } else if (command instanceof NoRoom refused) {
            return noRoomFor(refused.name());
        } else if (command instanceof SaysNeeds says) {
            board.says(says.directory(), says.needs());
            return lookAtNeeds(LookAtNeeds.SOON);
        } else if (command instanceof LookAtNeeds look) {
            return lookAtNeeds(look);
        } else if (command == LookAtLeftOut.INSTANCE) {
            return lookAtLeftOut();
        } else if (command == PerformRest.INSTANCE) {
            return performRest();
        } else if (command instanceof Snapshot snapshot) {
            return answer(path -> {}, snapshot.replyTo());
        } else if (command instanceof LookAt look) {
            look.place().seen(stream.path());
            return answer(look.place()::seen, look.replyTo());
        } else if (command instanceof Warn warn) {
            return warn(warn);
        } else if (command instanceof Commanded commanded) {
            return command(commanded);
        } else if (command instanceof AwaitDecided awaited) {
            return awaitDecided(awaited);
        } else if (command instanceof RunsvSettled || command == SettleOverdue.INSTANCE || command == GoOn.INSTANCE) {
            // too late
            return Behaviors.same();
        } else if (command instanceof AfterFirstLook looked) {
            return afterFirstLook(looked);
        } else if (command instanceof Stop stop) {
            return stopInTurn(() -> stop.replyTo().tell(Done.getInstance()));
        } else if (command instanceof StopAsTold stop) {
            return stopAsTold(() -> stop.replyTo().tell(Done.getInstance()));
        } else if (command == StopGoesOn.INSTANCE) {
            return order.map(stop -> goOnStopping(stop.at(sinceStop()))).orElseGet(Behaviors::same);
        } else if (command instanceof EssentialEnded ended) {
            return essentialEnded(ended.code());
        } else if (command instanceof Kill kill) {
            return kill(() -> kill.replyTo().tell(Done.getInstance()), RunsvCommand.Kill.INSTANCE);
        }
        throw new IllegalStateException("unknown: " + command);
    }

    private Behavior<Command> warn(Warn request) {
        for (ServiceEvent.Warned warned : request.warnings()) {
            runs.values().stream()
                    .map(service -> service.handover)
                    .filter(handover -> handover.known().path().equals(warned.path()))
                    .forEach(handover -> stream.warn(handover, warned));
        }
        request.then().run();
        return Behaviors.same();
    }

    private Behavior<Command> noRoomFor(OsString name) {
        if (stopper.isPresent()) {
            neverTaken.refused(name);
            return Behaviors.same();
        }
        return lookAtLeftOutAfter(leftOut.add(name));
    }

    // ---- who waits for others

    /** In whatever actor it happens; many of them lead to one look. */
    private Consumer<ServiceEvent> withNeeds(Consumer<? super ServiceEvent> listener) {
        ActorRef<Command> self = context.getSelf();
        return event -> {
            listener.accept(event);
            if (board.isUsed() && NeedsBoard.concerns(event) && boardIsDue.compareAndSet(false, true)) {
                self.tell(LookAtNeeds.SOON);
            }
        };
    }

    /** What is stopped all together has an order of its own. */
    private Behavior<Command> lookAtNeeds(LookAtNeeds when) {
        if (when == LookAtNeeds.SOON) {
            if (!timers.isTimerActive(LookAtNeeds.NOW)) {
                timers.startSingleTimer(LookAtNeeds.NOW, LookAtNeeds.NOW, NEEDS_TOGETHER);
            }
            return Behaviors.same();
        }
        boardIsDue.set(false);
        if (stopper.isEmpty()) {
            board.look(services(), name -> rule.isComing(OsString.of(name)))
                    .ifPresent(next -> timers.startSingleTimer(LookAtNeeds.LATER, LookAtNeeds.LATER, next));
        }
        return Behaviors.same();
    }

    private List<NeedsBoard.Service> services() {
        return runs.values().stream()
                .map(one -> new NeedsBoard.Service(one.entry.toString(), one.handover, one.runsv))
                .toList();
    }

    private Behavior<Command> lookAtLeftOut() {
        Set<String> notYet = runs.values().stream()
                .filter(service -> !service.handover.whetherDecided()
                        || service.handover.directory().isClosed())
                .map(service -> service.entry.toString())
                .collect(Collectors.toSet());
        Optional<Duration> next = leftOut.look(notYet::contains);
        if (stopper.isEmpty()) {
            leftOut.tell(OpenFiles.limit(), UserRights.areBorrowed()).ifPresent(reporter::warnOfOurs);
        }
        return lookAtLeftOutAfter(next);
    }

    private Behavior<Command> lookAtLeftOutAfter(Optional<Duration> pause) {
        pause.ifPresent(length -> timers.startSingleTimer(LookAtLeftOut.INSTANCE, LookAtLeftOut.INSTANCE, length));
        return Behaviors.same();
    }

    private Behavior<Command> command(Commanded wanted) {
        Optional<Runs> service = runs.values().stream()
                .filter(one -> one.handover.directory().name().toString().equals(wanted.name()))
                .findFirst();
        if (service.isPresent()) {
            // if there is no runsv now the next one finds it
            service.get().handover.wishes().add(wanted.wish(), wanted.reached());
            service.get().runsv.tell(RunsvCommand.Wished.INSTANCE);
        } else {
            wanted.reached().completeExceptionally(NotObeyedException.nobody("there is no such entry"));
        }
        return Behaviors.same();
    }

    // ---- looking

    private Behavior<Command> look(boolean changed) {
        if (stopper.isPresent()) {
            return awaitsLeft ? lookForThoseToEnd() : Behaviors.same();
        }
        // if this look fails, there is the next
        lookAgainAfter(ServicesDirectory.untilNextLookAfterFailure());
        directory.look(changed || !left.isSettled()).ifPresent(seen -> {
            List<ScanRule.Action> actions = new ArrayList<>(rule.left(left.beside(seen, directory)));
            if (left.lets()) {
                rule.undecided(left.undecided());
                actions.addAll(rule.scanned(asStarted(directory.asManyAsHaveRoom(seen))));
            }
            perform(actions);
        });
        lookAgainAfter(left.letsAll() ? directory.untilNextLook() : RETRY);
        return Behaviors.same();
    }

    /**
     * What a launcher has left is to end too, with an entry or without, as soon as it is known: after the time for
     * that, what is known by its own records.
     */
    private Behavior<Command> lookForThoseToEnd() {
        lookAgainAfter(RETRY);
        List<ScanRule.Action> actions = new ArrayList<>();
        directory.look(true).ifPresent(seen -> {
            actions.addAll(rule.left(left.beside(seen, directory)));
            if (left.lets()) {
                Map<FileStatus.Id, OsString> others = new LinkedHashMap<>(seen);
                others.keySet().removeAll(askedToEnd);
                askedToEnd.addAll(seen.keySet());
                actions.addAll(rule.left(others));
            }
        });
        awaitsLeft = !left.letsAll();
        return perform(actions);
    }

    /** In the order in which they are to be started. */
    private Map<FileStatus.Id, OsString> asStarted(Map<FileStatus.Id, OsString> seen) {
        if (launcher.filter(LauncherSettings::inOrder).isEmpty()) {
            return seen;
        }
        Map<FileStatus.Id, OsString> byName = new LinkedHashMap<>();
        seen.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .forEach(entry -> byName.put(entry.getKey(), entry.getValue()));
        return byName;
    }

    private void lookAgainAfter(Duration pause) {
        timers.startSingleTimer(LookAgain.INSTANCE, LookAgain.INSTANCE, pause);
    }

    /** There was one before the first command; but perhaps nothing came of it. */
    private Behavior<Command> afterFirstLook(AfterFirstLook looked) {
        if (left.lets()) {
            looked.then().run();
        } else {
            timers.startSingleTimer(looked, looked, RETRY);
        }
        return Behaviors.same();
    }

    private Behavior<Command> forcedRescan() {
        look(true);
        directory.markRescan();
        return Behaviors.same();
    }

    // ---- the runsv actors

    private Behavior<Command> perform(List<ScanRule.Action> actions) {
        actions.forEach(this::performIfNothingIsBefore);
        // those that had ended and have lost their entry; another directory may come to have the same id
        runs.entrySet().removeIf(entry -> !rule.knows(entry.getKey()) && forget(entry.getKey(), entry.getValue()));
        if (board.isUsed() && !actions.isEmpty()) {
            lookAtNeeds(LookAtNeeds.SOON);
        }
        if (stopper.isEmpty() || awaitsLeft || !rule.isEmpty()) {
            return Behaviors.same();
        }
        return neverTaken.isEmpty() ? over(stopper.get()) : stopThoseNeverTaken();
    }

    /** As many at a time as there is room for. */
    private Behavior<Command> stopThoseNeverTaken() {
        NeverTaken.Round round = neverTaken.next();
        round.complaint().ifPresent(reporter::warnOfOurs);
        return round.isInVain() ? over(stopper.orElseThrow()) : perform(rule.left(round.entries()));
    }

    private boolean forget(FileStatus.Id id, Runs service) {
        if (service.couldNotBegin) {
            left.lookAgain(id);
        }
        left.forget(id);
        board.forget(service.handover.directory());
        return stream.forgotten(service.handover, entryGone(service));
    }

    /** The name that its entry had, unless another has that by now. */
    private Optional<OsString> entryGone(Runs service) {
        boolean isTaken =
                runs.values().stream().anyMatch(other -> other != service && other.entry.equals(service.entry));
        return isTaken ? Optional.empty() : Optional.of(service.entry);
    }

    /** What could not be done for one service keeps nobody else waiting, and what follows for this one waits for it. */
    private void performIfNothingIsBefore(ScanRule.Action action) {
        boolean inTurn = undone.stream().noneMatch(earlier -> earlier.id().equals(action.id()));
        try {
            if (inTurn) {
                perform(action);
                return;
            }
        } catch (RuntimeException | Error e) {
            report("an internal failure, tried again, please report this: " + e);
        }
        undone.add(action);
        timers.startSingleTimer(PerformRest.INSTANCE, PerformRest.INSTANCE, RETRY);
    }

    private Behavior<Command> performRest() {
        List<ScanRule.Action> rest = List.copyOf(undone);
        undone.clear();
        return perform(rest.stream().filter(action -> rule.knows(action.id())).toList());
    }

    private void perform(ScanRule.Action action) {
        if (action instanceof ScanRule.Start start) {
            start(start.id(), start.name());
        } else if (action instanceof ScanRule.Renamed renamed) {
            renamed(runs(renamed.id()), renamed.name());
        } else if (action instanceof ScanRule.Terminate terminate) {
            runs(terminate.id()).runsv.tell(end);
        } else if (action instanceof ScanRule.Wait wait) {
            RunsvWaited waited = new RunsvWaited(wait.id());
            Runs service = runs(wait.id());
            Instant now = settings.clock().instant();
            service.pause = service.pause.ended(now);
            Duration length = service.pause.length();
            timers.startSingleTimer(waited, waited, length);
            stream.delayed(service.handover, length, now);
        }
    }

    private void renamed(Runs service, OsString name) {
        Optional<OsString> gone = entryGone(service);
        service.entry = name;
        stream.renamed(service.handover, gone, name);
    }

    private void start(FileStatus.Id id, OsString name) {
        Runs known = runs.get(id);
        OsString path =
                left.path(id).orElseGet(() -> settings.directory().plus("/").plus(name));
        // a failed runsv has left its directory open; after an end it is closed and its entry may have another name
        Handover handover = known != null && !known.handover.directory().isClosed()
                ? known.handover
                : new Handover(
                        new ServiceDirectory(name, path, conf.access(directory.directory()), links),
                        stream.standingOf(name, Optional.ofNullable(known).map(before -> before.handover.standing())));
        if (known != null) {
            board.forget(known.handover.directory());
            handover.goesOnWith(known.handover.wishes());
        }
        handover.runsAreListedBy(id, left.runs(id));
        handover.remembers(left.remembered(id, name));
        Instant now = settings.clock().instant();
        ActorRef<RunsvCommand> runsv = context.spawnAnonymous(behavior(id, handover), Processes.dispatcher());
        context.watch(runsv);
        if (known == null) {
            runs.put(id, new Runs(name, handover, runsv, RunsvPause.first(now)));
        } else {
            known.entry = name;
            known.handover = handover;
            known.runsv = runsv;
            known.pause = known.pause.made(now);
        }
    }

    private Behavior<RunsvCommand> behavior(FileStatus.Id id, Handover handover) {
        Optional<Known> remains = left.remains(id);
        if (remains.isPresent()) {
            ActorRef<Command> self = context.getSelf();
            return ContainedErrors.of(Remains.create(
                    handover, remains.get(), runsvSettings, ended -> self.tell(new RunsvEnded(id, ended.exitCode()))));
        }
        return Runsv.create(handover, runsvSettings, context.getSelf(), ended -> new RunsvEnded(id, ended.exitCode()));
    }

    private Behavior<Command> runsvEnded(RunsvEnded ended) {
        runs(ended.id()).handover.directory().close();
        board.forget(runs(ended.id()).handover.directory());
        runs(ended.id()).couldNotBegin = ended.exitCode() != 0;
        if (ended.exitCode() != 0 && left.goesOn(ended.id()) && stopper.isEmpty()) {
            // it has no entry that would bring it back
            return perform(rule.failed(ended.id()));
        }
        if (neverTaken.wasRefused(runs(ended.id()).handover.directory().name()) && left.mayRun(ended.id())) {
            neverTaken.add(ended.id(), runs(ended.id()).entry);
        } else {
            left.ended(ended.id());
        }
        return isOver(ended.id());
    }

    /** Its runsv has ended, its processes with it. */
    private Behavior<Command> isOver(FileStatus.Id id) {
        List<ScanRule.Action> actions = rule.ended(id);
        // nothing is started any more where all is being stopped
        return order.map(stop -> goOnStopping(stop.ended(id, sinceStop()))).orElseGet(() -> perform(actions));
    }

    private Behavior<Command> runsvFailed(RunsvFailed failed) {
        for (Map.Entry<FileStatus.Id, Runs> entry : runs.entrySet()) {
            if (entry.getValue().runsv.path().equals(failed.runsv())) {
                Handover handover = entry.getValue().handover;
                stream.failed(handover, failed.cause(), settings.clock().instant());
                if (stopper.isPresent() && ++entry.getValue().failuresAtTheEnd >= MOST_FAILURES_AT_THE_END) {
                    stream.givenUp(handover, reporter);
                    return isOver(entry.getKey());
                }
                if (handover.isFromPredecessor()) {
                    return perform(rule.failed(entry.getKey()));
                }
                // it had begun nothing, so there is nothing that another would have to end
                handover.directory().close();
                return isOver(entry.getKey());
            }
        }
        throw new IllegalStateException("an unknown child failed", failed.cause());
    }

    // ---- coming to rest

    private Behavior<Command> settle(Settle asked) {
        Optional<String> refusal = whyNotToRest();
        if (refusal.isPresent()) {
            asked.replyTo().tell(new NotSettled(refusal.get()));
            return Behaviors.same();
        }
        ActorRef<Command> self = context.getSelf();
        attempts++;
        int attempt = attempts;
        Set<FileStatus.Id> awaited = new HashSet<>();
        runs.forEach((id, service) -> {
            if (isAlive(service)) {
                awaited.add(id);
                service.runsv.tell(
                        new RunsvCommand.Settle(refused -> self.tell(new RunsvSettled(id, attempt, refused))));
            }
        });
        timers.startSingleTimer(SettleOverdue.INSTANCE, SettleOverdue.INSTANCE, SETTLED_WITHIN);
        return new Rests(asked.replyTo(), awaited).begin();
    }

    private Optional<String> whyNotToRest() {
        if (stopper.isPresent()) {
            return Optional.of(BEING_STOPPED);
        } else if (!left.isSettled() || !undone.isEmpty()) {
            return Optional.of("it is not known yet what a launcher before this one has left, or it cannot be written");
        }
        return runs.values().stream()
                .filter(service ->
                        !isAlive(service) && !service.handover.directory().isClosed())
                .findFirst()
                .map(service -> service.entry + ": its runsv has failed, and is about to be made anew");
    }

    private boolean isAlive(Runs service) {
        return context.getChild(service.runsv.path().name()).isPresent();
    }

    /** While all comes to rest, and rests: what comes meanwhile is dealt with after it. */
    private final class Rests {
        private final ActorRef<? super Rest> asker;
        private final Set<FileStatus.Id> awaited;
        private final List<Command> later = new ArrayList<>();
        private boolean answered;

        Rests(ActorRef<? super Rest> asker, Set<FileStatus.Id> awaited) {
            this.asker = asker;
            this.awaited = awaited;
        }

        Behavior<Command> begin() {
            lookWhetherAllRest();
            return Behaviors.receive(Command.class)
                    .onMessage(RunsvSettled.class, this::settled)
                    .onMessage(RunsvEnded.class, ended -> {
                        later.add(ended);
                        awaited.remove(ended.id());
                        return lookWhetherAllRest();
                    })
                    .onMessageEquals(SettleOverdue.INSTANCE, this::overdue)
                    .onMessageEquals(GoOn.INSTANCE, this::goOn)
                    // whoever wants an end does not wait for it
                    .onMessage(Stop.class, this::giveWay)
                    .onMessage(StopAsTold.class, this::giveWay)
                    .onMessage(Kill.class, this::giveWay)
                    .onAnyMessage(this::keep)
                    .onSignal(ChildFailed.class, failed -> {
                        answer(new NotSettled("a runsv has failed: " + failed.cause()));
                        return keep(new RunsvFailed(failed.getRef().path(), failed.cause()));
                    })
                    .onSignal(Terminated.class, ended -> Behaviors.same())
                    .onSignal(PostStop.class, stopped -> close())
                    .build();
        }

        private Behavior<Command> keep(Command command) {
            later.add(command);
            return Behaviors.same();
        }

        private Behavior<Command> settled(RunsvSettled settled) {
            if (settled.attempt() != attempts) {
                return Behaviors.same();
            }
            awaited.remove(settled.id());
            settled.refusal().ifPresent(why -> answer(new NotSettled(why)));
            return lookWhetherAllRest();
        }

        private Behavior<Command> lookWhetherAllRest() {
            if (awaited.isEmpty() && !answered) {
                try {
                    answer(new Settled(lasting()));
                } catch (PosixException e) {
                    answer(new NotSettled("what has to stay open meanwhile cannot, each lock needs a descriptor then: "
                            + ErrorText.of(e)));
                }
            }
            return Behaviors.same();
        }

        private List<Descriptor> lasting() throws PosixException {
            List<Descriptor> lasting = new ArrayList<>(directory.lasting());
            for (Runs service : runs.values()) {
                lasting.addAll(service.handover.directory().lasting());
            }
            return lasting;
        }

        private Behavior<Command> overdue() {
            answer(new NotSettled("these are at something that has to come to its end before: "
                    + Names.few(runs.entrySet().stream()
                            .filter(one -> awaited.contains(one.getKey()))
                            .map(one -> one.getValue().entry.toString())
                            .toList())));
            return Behaviors.same();
        }

        private void answer(Rest rest) {
            if (!answered) {
                answered = true;
                timers.cancel(SettleOverdue.INSTANCE);
                asker.tell(rest);
            }
        }

        private Behavior<Command> giveWay(Command end) {
            answer(new NotSettled(BEING_STOPPED));
            Behavior<Command> next = goOn();
            context.getSelf().tell(end);
            return next;
        }

        private Behavior<Command> goOn() {
            timers.cancel(SettleOverdue.INSTANCE);
            runs.values().forEach(service -> service.handover.directory().letGo());
            runs.values().stream()
                    .filter(Runsvdir.this::isAlive)
                    .forEach(service -> service.runsv.tell(RunsvCommand.GoOn.INSTANCE));
            later.forEach(context.getSelf()::tell);
            return listening();
        }
    }

    private Behavior<Command> awaitDecided(AwaitDecided awaited) {
        boolean all = left.isSettled()
                && runs.values().stream().allMatch(service -> service.handover.whetherDecided() || !isAlive(service));
        if (all) {
            awaited.replyTo().tell(Done.getInstance());
        } else {
            timers.startSingleTimer(awaited, awaited, DECIDED_AGAIN);
        }
        return Behaviors.same();
    }

    private Runs runs(FileStatus.Id id) {
        Runs service = runs.get(id);
        if (service == null) {
            throw new IllegalStateException("no runsv for service " + id);
        }
        return service;
    }

    private Behavior<Command> answer(Consumer<String> seen, ActorRef<? super RunsvdirSnapshot> asker) {
        List<Inquiry.Asked> all = runs.values().stream()
                .map(service -> new Inquiry.Asked(service.handover.standing(), service.runsv))
                .toList();
        context.spawnAnonymous(
                Inquiry.create(all, seen, snapshots -> asker.tell(new RunsvdirSnapshot(stream.path(), snapshots))));
        return Behaviors.same();
    }

    // ---- the end

    private Behavior<Command> stop(Runnable then, boolean waits) {
        beginStop(then, waits);
        return perform(rule.stop());
    }

    private void beginStop(Runnable then, boolean waits) {
        if (stopper.isEmpty()) {
            stopper = Optional.of(then);
            end = end == RunsvCommand.Terminate.ONCE ? RunsvCommand.Terminate.FOR_GOOD : end;
            left.wantNothing();
            runs.forEach((id, service) -> {
                if (service.couldNotBegin && left.mayRun(id)) {
                    neverTaken.add(id, service.entry);
                }
            });
            askedToEnd.addAll(runs.keySet());
            awaitsLeft = !left.letsAll();
        }
        awaitsLeft &= waits;
        if (!awaitsLeft) {
            timers.cancel(LookAgain.INSTANCE);
        }
    }

    private Behavior<Command> stopAsTold(Runnable then) {
        boolean again = stopIsAsked;
        stopIsAsked = true;
        return again && order.isPresent() ? goOnStopping(order.get().hurry(sinceStop())) : stopInOrder(then);
    }

    /** The end of it is what the exit code tells, whoever has asked for a stop meanwhile. */
    private Behavior<Command> essentialEnded(int code) {
        Runnable then = () -> launcher.ifPresent(ends -> ends.essential().accept(code));
        if (stopper.isPresent() && !essentialHasEnded) {
            stopper = Optional.of(then);
        }
        essentialHasEnded = true;
        return stopInOrder(then);
    }

    private Behavior<Command> stopInOrder(Runnable then) {
        if (launcher.isEmpty()
                || (!launcher.get().inOrder() && launcher.get().stopWithin().isEmpty())) {
            return stopInTurn(then);
        }
        return order.isPresent()
                ? Behaviors.same()
                : beginOrder(then, launcher.get().inOrder(), launcher.get().stopWithin(), dependents());
    }

    /** All at once, but for those that others need; whoever says so again does not wait for these. */
    private Behavior<Command> stopInTurn(Runnable then) {
        Map<FileStatus.Id, Set<FileStatus.Id>> dependents = stopper.isEmpty() ? dependents() : Map.of();
        return dependents.isEmpty() ? stop(then, true) : beginOrder(then, false, Optional.empty(), dependents);
    }

    private Behavior<Command> beginOrder(
            Runnable then,
            boolean inOrder,
            Optional<Duration> within,
            Map<FileStatus.Id, Set<FileStatus.Id>> dependents) {
        beginStop(then, true);
        orderBegan = nanos.getAsLong();
        StopOrder<FileStatus.Id> begun = new StopOrder<>(rule.beginStop(), inOrder, within, dependents);
        order = Optional.of(begun);
        return goOnStopping(begun.at(Duration.ZERO));
    }

    /** Who is to have ended before one is asked to end. */
    private Map<FileStatus.Id, Set<FileStatus.Id>> dependents() {
        Map<FileStatus.Id, Set<FileStatus.Id>> dependents = new HashMap<>();
        Map<String, Set<String>> byName = board.dependents(services());
        if (!byName.isEmpty()) {
            Map<String, FileStatus.Id> ids = new HashMap<>();
            runs.forEach((id, service) -> ids.put(service.entry.toString(), id));
            byName.forEach((name, others) -> Optional.ofNullable(ids.get(name))
                    .ifPresent(id -> dependents.put(
                            id,
                            others.stream()
                                    .flatMap(other -> Optional.ofNullable(ids.get(other)).stream())
                                    .collect(Collectors.toSet()))));
        }
        return dependents;
    }

    private Duration sinceStop() {
        return Duration.ofNanos(nanos.getAsLong() - orderBegan);
    }

    private Behavior<Command> goOnStopping(StopOrder.Step<FileStatus.Id> step) {
        List<ScanRule.Action> actions = due(step);
        return step.kill() ? killTheRest() : perform(actions);
    }

    private List<ScanRule.Action> due(StopOrder.Step<FileStatus.Id> step) {
        timers.cancel(StopGoesOn.INSTANCE);
        step.next().ifPresent(next -> {
            Duration pause = next.minus(sinceStop());
            timers.startSingleTimer(
                    StopGoesOn.INSTANCE, StopGoesOn.INSTANCE, pause.isNegative() ? Duration.ZERO : pause);
        });
        List<ScanRule.Action> actions = new ArrayList<>();
        step.ask().forEach(id -> actions.addAll(rule.stop(id)));
        return actions;
    }

    private Behavior<Command> killTheRest() {
        List<String> names = runs.entrySet().stream()
                .filter(one -> rule.knows(one.getKey()) && isAlive(one.getValue()))
                .map(one -> one.getValue().entry.toString())
                .sorted()
                .toList();
        if (!names.isEmpty()) {
            reporter.warnOfOurs("not over " + DurationText.of(sinceStop()) + " after all was told to stop, and killed: "
                    + Names.few(names));
        }
        return kill(() -> {}, RunsvCommand.Kill.LATE);
    }

    private Behavior<Command> kill(Runnable then, RunsvCommand.Kill how) {
        end = how;
        Behavior<Command> next = stop(then, false);
        runs.values().forEach(service -> service.runsv.tell(end));
        return next;
    }

    /** A stop is over when all who listen have heard of it, or are given up on. */
    private Behavior<Command> over(Runnable then) {
        stream.whenHeard(then);
        return Behaviors.stopped();
    }

    private Behavior<Command> close() {
        directory.close();
        left.close();
        runs.values().forEach(service -> stream.lost(service.handover));
        return Behaviors.same();
    }
}
