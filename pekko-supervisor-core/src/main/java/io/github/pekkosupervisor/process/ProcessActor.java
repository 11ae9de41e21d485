package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.GroupMember;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.posix.SpawnRequest.Grouping;
import io.github.pekkosupervisor.process.ProcessEvent.Exited;
import io.github.pekkosupervisor.process.ProcessEvent.NotReady;
import io.github.pekkosupervisor.process.ProcessEvent.Notified;
import io.github.pekkosupervisor.process.ProcessEvent.Ready;
import io.github.pekkosupervisor.process.ProcessEvent.StartFailed;
import io.github.pekkosupervisor.process.ProcessEvent.Started;
import io.github.pekkosupervisor.process.ProcessEvent.Warned;
import io.github.pekkosupervisor.process.ProcessSpec.OwnerLost;
import io.github.pekkosupervisor.process.ProcessSpec.WhenSupervisorDies;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.DeadLetterSuppression;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * One operating system process.
 *
 * <p>Tells its owner first {@link Started} or {@link StartFailed}, but for a {@link Warned} of what it has found, and
 * after {@code Started} exactly once {@link Exited}; then it stops. In between, where a sign of readiness was asked
 * for, it tells {@link Ready} or {@link NotReady}, unless the process ends first; and once it is ready
 * {@link ProcessEvent.Hung} and {@link ProcessEvent.Recovered}, where somebody wants to know whether it still works. It
 * never starts the process again. If it is stopped from outside, {@link OwnerLost} decides what becomes of the process.
 * Spawn it with {@link Processes#dispatcher()}: it blocks its thread while the program is loaded.
 */
public final class ProcessActor {

    /** How long it may take to stop what was not told how long it has: what failed to become ready, orphans. */
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);

    /** How long its last words are waited for, before who has asked it is told how it has ended without them. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(10);

    /** The same while others of its group are being ended. */
    private static final Duration LAST_WORDS_OF_LEADER = Duration.ofSeconds(1);

    private static final Duration RETRY = Duration.ofSeconds(1);

    /** Who sends more messages than are heard at once has them wait for so long. */
    private static final Duration FLOOD_PAUSE = Duration.ofMillis(10);

    /** How often as many messages as are heard at once are heard when it has ended. */
    private static final int MOST_TURNS_OF_LAST_WORDS = 32;

    /** Longer times cannot be timed, and need not be. */
    private static final Duration LONGEST_TIMER = Duration.ofDays(100);

    /** The rules for a process whose specification is not known any more. */
    private static final ProcessSpec ADOPTED =
            ProcessSpec.bare(List.of(OsString.of("adopted"))).withOwnerLost(OwnerLost.KEEP);

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final Processes processes;
    private final ProcessSpec spec;
    private final ChildProcess process;
    private final ProcessCgroup cgroup;
    private final SignalSender signals;
    private final Owner owner;
    private final LongSupplier clock = System::nanoTime;
    private ProcessChannels channels;

    private StopPhases stop = StopPhases.NONE;
    private String readinessTrouble = "";
    private ProcessNotice notice = ProcessNotice.NOTHING;
    private boolean awaitsSign;
    private Countdown startTime;
    private boolean leaderEnded;
    private List<GroupMember> overrun = List.of();
    private Optional<Probe> probe = Optional.empty();
    private Optional<ActorRef<LiveActor.Command>> live = Optional.empty();
    private int watches;
    private boolean isReady;
    private boolean isPaused;
    private boolean isHung;
    private boolean hasLostSight;

    /** How long its watchdog allows it to be silent, where it has said so itself. */
    private Optional<Duration> silence = Optional.empty();

    /** The command that is run to look whether it is ready, until it has ended. */
    private Optional<ActorRef<?>> check = Optional.empty();

    /** How many there are below who may be running such a command. */
    private int looking;

    /** Whether no look is to be begun. */
    private boolean rests;

    /** Who is to be told when nobody looks any more; null if nobody is. */
    private @Nullable Runnable settled;

    /** Whether it has been told to keep a watchdog quiet, as far as is known. */
    private boolean keepsWatchdog = true;

    /** What the actor can be asked to do. It may have ended before that comes, which is nothing to be logged. */
    public sealed interface Command extends DeadLetterSuppression {}

    /**
     * Sends a signal; without effect if the process has ended.
     *
     * @param signal which
     */
    public record SendSignal(Signal signal) implements Command {}

    /** The same to all of its group, if it leads one. */
    public record SignalAll(Signal signal) implements Command {}

    /**
     * Somebody else has stopped or continued the process by a signal: as long as it is stopped nobody looks whether it
     * works.
     *
     * @param isPaused whether it was stopped
     */
    public record Paused(boolean isPaused) implements Command {}

    /**
     * Ends the process by the signals of {@link ProcessSpec#stop()}, and KILL if it is still there after a while; to
     * the whole group if it leads one. The answer is {@link Exited}.
     *
     * @param within how long it may take, zero for KILL at once; more than 100 days is no limit
     */
    public record Stop(Duration within) implements Command {
        /** Refuses a negative time. */
        public Stop {
            if (within.isNegative()) {
                throw new IllegalArgumentException(
                        "the time to stop must not be negative, was " + DurationText.given(within));
            }
        }
    }

    /**
     * Say that all that has been seen of the process so far has been told, and that it runs: to be asked while the
     * {@link io.github.pekkosupervisor.posix.EventLoop} is held. Whose process has ended says its end instead, when
     * what follows from that has been done. A command that looks at the process is killed before, and none is begun
     * until {@link GoOn}: it would outlive who has begun it.
     *
     * @param settled called in this actor; must neither block nor throw
     */
    public record Settle(Runnable settled) implements Command {}

    /**
     * The same, and read nothing more of its outputs, which somebody else is to go on with.
     *
     * @param settled called on any thread with what that is
     */
    public record Leave(Consumer<? super List<UnreadOutput>> settled) implements Command {}

    /** Go on as before {@link Settle}: a look that was cut short is made again. */
    public enum GoOn implements Command {
        /** The only one. */
        INSTANCE
    }

    private record LookedUp(Optional<ProcessSpec> resolved, Optional<Throwable> failure) implements Command {}

    private record Ended(ExitStatus status) implements Command {}

    private record CommandRan(ProcessEvent event) implements Command {}

    /** Whether it works, when that has changed. */
    private record Judged(int watch, ProcessEvent event) implements Command {}

    /** Who looks whether it works has stopped; if nobody has asked for that, he has failed. */
    private record SightLost(int watch) implements Command {}

    /** Who runs a command to look whether it is ready has stopped; if he has not told its end before, he has failed. */
    private record CheckLost(ActorRef<?> actor) implements Command {}

    /** The future has completed whose success is the sign of readiness. */
    private record FutureCompleted(Optional<Throwable> failure) implements Command {}

    /** It is tried once more whether it can be heard that was taken up. */
    private record HearAgain(ProcessSaid said, boolean wasReady, boolean isRepeated) implements Command {}

    /** The time for the next look whether it is ready; also the key of its timer. */
    private record TryAgain(Duration pause) implements Command {}

    /** What needs no more than to be said; those that timers say are their keys too. */
    private enum Tick implements Command {
        /** The time for the next signal has come. */
        NEXT_SHOT,
        /** The sign of readiness has been seen. */
        READY,
        /** The process has said how it is. */
        NOTIFIED,
        /** It was not seen in time. */
        START_OVERDUE,
        /** The time to look whether it works has come, after a failure to do so. */
        WATCH_AGAIN,
        /** The time to look at the group of a process that has ended has come. */
        LOOK_FOR_GROUP,
        /** The group of a process that has ended has had time enough. */
        ORPHANS_OVERDUE,
        /** All output has been dealt with. */
        DRAINED
    }

    private interface Owner {
        void tell(ProcessEvent event);
    }

    private ProcessActor(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Processes processes,
            ProcessSpec spec,
            ChildProcess process,
            ProcessCgroup cgroup,
            boolean leadsGroup,
            ProcessChannels channels,
            Owner owner) {
        this.context = context;
        this.timers = timers;
        this.processes = processes;
        this.spec = spec;
        this.process = cgroup.around(process);
        this.cgroup = cgroup;
        cgroup.guard(spec, process, processes);
        this.signals = new SignalSender(this.process, leadsGroup, context::getLog);
        this.channels = channels;
        this.owner = owner;
        this.startTime = Countdown.of(spec.startTimeout());
    }

    /** Starts a process and tells its owner. */
    public static Behavior<Command> create(ProcessSpec spec, ActorRef<? super ProcessEvent> owner) {
        return create(spec, owner, event -> event);
    }

    /** Starts a process and tells its owner, in the owner's own words. */
    public static <T> Behavior<Command> create(
            ProcessSpec spec, ActorRef<T> owner, Function<? super ProcessEvent, ? extends T> translation) {
        return create(spec, event -> owner.tell(translation.apply(event)));
    }

    /** Starts a process and calls its owner, in this actor: the owner must neither block nor throw. */
    public static Behavior<Command> create(ProcessSpec spec, Consumer<? super ProcessEvent> owner) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> CgroupClearing.before(
                spec,
                left -> owner.accept(new Warned(left)),
                timers,
                Tick.LOOK_FOR_GROUP,
                Stop.class,
                () -> HostLookup.isNeeded(spec)
                        ? lookUp(spec, owner::accept, context, timers)
                        : start(spec, owner::accept, context, timers),
                why -> notCleared(owner::accept, spec, why))));
    }

    private static Behavior<Command> notCleared(Owner owner, ProcessSpec spec, String why) {
        owner.tell(new StartFailed(
                new PosixException("cgroup", spec.command().get(0).toString(), "EBUSY", why)));
        return Behaviors.stopped();
    }

    /** First the name, of which it must be known whether it is taken, then the process. */
    private static Behavior<Command> lookUp(
            ProcessSpec spec, Owner owner, ActorContext<Command> context, TimerScheduler<Command> timers) {
        context.pipeToSelf(
                HostLookup.resolve(spec, Processes.get(context.getSystem())),
                (resolved, failure) -> new LookedUp(Optional.ofNullable(resolved), Optional.ofNullable(failure)));
        return Behaviors.receive(Command.class)
                .onMessage(LookedUp.class, found -> {
                    if (found.resolved().isPresent()) {
                        return start(found.resolved().get(), owner, context, timers);
                    }
                    return refused(owner, spec, "its host could not be looked up: " + found.failure(), found.failure());
                })
                .onMessage(
                        Stop.class,
                        stop -> refused(owner, spec, "stopped while its host was looked up", Optional.empty()))
                .onAnyMessage(early -> Behaviors.same())
                .build();
    }

    private static Behavior<Command> refused(Owner owner, ProcessSpec spec, String why, Optional<Throwable> failure) {
        owner.tell(new StartFailed(HostLookup.refusal(spec, why, failure)));
        return Behaviors.stopped();
    }

    private static Behavior<Command> start(
            ProcessSpec spec, Owner owner, ActorContext<Command> context, TimerScheduler<Command> timers) {
        Processes processes = Processes.get(context.getSystem());
        processes.sayLimitations(context.getLog());
        ActorRef<Command> self = context.getSelf();
        ProcessActor actor;
        try (ProcessStart start = new ProcessStart(spec, processes, () -> self.tell(Tick.READY))) {
            ChildProcess process = start.spawn();
            boolean leadsGroup = spec.grouping() != Grouping.INHERIT;
            processes.add(process, leadsGroup);
            actor = new ProcessActor(
                    context, timers, processes, spec, process, start.cgroup(), leadsGroup, start.channels(), owner);
            owner.tell(start.started(process.identity()));
        } catch (PosixException e) {
            owner.tell(new StartFailed(e));
            return Behaviors.stopped();
        }
        actor.channels.listener().ifPresent(actor::listen);
        return actor.begin(spec.ready() == Readiness.immediately());
    }

    /**
     * Takes up a process that another actor of this actor system has started with {@link OwnerLost#KEEP}. The owner is
     * told {@link Exited}, at once if it has ended meanwhile, and nothing before.
     *
     * @param process from {@link Processes#find}
     */
    public static <T> Behavior<Command> adopt(
            ChildProcess process, ActorRef<T> owner, Function<? super ProcessEvent, ? extends T> translation) {
        return adopt(ADOPTED, process, event -> owner.tell(translation.apply(event)), false, Left.READY);
    }

    /**
     * How a process stands that is taken up, as far as whoever had it before has left that.
     *
     * @param isReady whether it was ready before, so that no sign is looked for
     * @param isPaused whether it was stopped on purpose: it is not looked at until it goes on
     * @param said what it has said of itself
     * @param unread the outputs that whoever had it before has read, and that are to be read on
     */
    public record Left(boolean isReady, boolean isPaused, ProcessSaid said, List<UnreadOutput> unread) {
        /** One of which no more is known than that it runs. */
        public static final Left READY = new Left(true, false, ProcessSaid.NOTHING);

        /** Copies. */
        public Left {
            unread = List.copyOf(unread);
        }

        /** One whose outputs are nothing to this JVM. */
        public Left(boolean isReady, boolean isPaused, ProcessSaid said) {
            this(isReady, isPaused, said, List.of());
        }
    }

    /**
     * The same by other rules: {@link Ready} is told if it gives its sign of readiness from now on,
     * {@link ProcessEvent.Notified} of what it says, and {@link ProcessEvent.Hung} if it is looked at whether it works.
     *
     * @param spec what it is from now on
     * @param process from {@link Processes#find}
     * @param left how it stands
     */
    public static <T> Behavior<Command> adopt(
            ProcessSpec spec,
            ChildProcess process,
            Left left,
            ActorRef<T> owner,
            Function<? super ProcessEvent, ? extends T> translation) {
        return adopt(spec, process, event -> owner.tell(translation.apply(event)), false, left);
    }

    /**
     * Takes up a process that an earlier JVM has started. The owner is called in this actor, first with
     * {@link Started}, and must neither block nor throw. If it was not ready {@link Ready} or {@link NotReady} follows;
     * it has all of its start timeout from now on.
     *
     * @param spec what it is from now on: how it is stopped, which ends are no failure, whose its group is
     * @param process from {@link Processes#adopt}
     * @param left how it stands
     */
    public static Behavior<Command> adopt(
            ProcessSpec spec, ChildProcess process, Left left, Consumer<? super ProcessEvent> owner) {
        return adopt(spec, process, owner::accept, true, left);
    }

    private static Behavior<Command> adopt(
            ProcessSpec spec, ChildProcess process, Owner owner, boolean isNews, Left left) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            Processes processes = Processes.get(context.getSystem());
            boolean leadsGroup = processes.leadsGroup(process);
            ProcessChannels channels = ProcessStart.resumed(spec, processes, process.identity(), left.unread());
            if (isNews) {
                owner.tell(new Started(
                        process.identity(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        channels::lastLines));
            }
            ProcessActor actor = new ProcessActor(
                    context,
                    timers,
                    processes,
                    spec,
                    process,
                    ProcessCgroup.of(spec, process),
                    leadsGroup,
                    channels,
                    owner);
            // it may have been started by other rules
            actor.keepsWatchdog = false;
            boolean isReady = left.isReady() || !Probes.canBeSeenLater(spec);
            actor.goOn(left, isReady);
            return actor.begin(isReady);
        }));
    }

    private void goOn(Left left, boolean isReady) {
        isPaused = left.isPaused();
        silence = left.said().silence();
        if (spec.heard().isPresent()) {
            hearAgain(new HearAgain(left.said(), isReady, false));
        }
    }

    /** What it has said before is told again where it is more than that it is ready. */
    private Behavior<Command> hearAgain(HearAgain how) {
        HeardAgain heard = HeardAgain.of(spec, process, processes);
        if (!heard.trouble().isEmpty() && !how.isRepeated()) {
            owner.tell(new Warned(heard.trouble()));
        }
        if (heard.mayPass()) {
            startTimer(HearAgain.class, new HearAgain(how.said(), how.wasReady(), true), RETRY);
        }
        heard.listener().ifPresent(listener -> {
            boolean nowReady = isReady || how.wasReady();
            channels = channels.with(heard.listener());
            listener.resume(how.said().main());
            notice = said(how.said().phase()).notice(nowReady);
            if (!notice.equals(ProcessSaid.NOTHING.notice(nowReady))) {
                owner.tell(new Notified(notice, said(Optional.of(notice.phase()))));
            }
            listen(listener);
        });
        return Behaviors.same();
    }

    private ProcessSaid said(Optional<ProcessNotice.Phase> phase) {
        return new ProcessSaid(phase, channels.listener().flatMap(NotifyListener::main), silence);
    }

    // ---- while it runs

    private Behavior<Command> begin(boolean isReady) {
        ActorRef<Command> self = context.getSelf();
        process.exit().thenAccept(status -> self.tell(new Ended(status)));
        introduce();
        if (isReady) {
            channels.ready();
            watch();
            return running();
        }
        awaitsSign = true;
        if (!isPaused) {
            countDown();
        }
        if (HostLookup.isNeeded(spec)) {
            lookUpAgain();
            return starting();
        }
        probe = Probes.of(spec);
        if (probe.isPresent() || spec.ready() instanceof Readiness.Command) {
            self.tell(new TryAgain(Pauses.FIRST));
        } else if (spec.ready() instanceof Readiness.Future future) {
            begin(future);
        }
        return starting();
    }

    private void countDown() {
        long now = clock.getAsLong();
        startTime = startTime.goOn(now);
        startTimer(Tick.START_OVERDUE, Tick.START_OVERDUE, startTime.restAt(now));
    }

    /** Of one that is adopted: before a start that has been done. */
    private void lookUpAgain() {
        context.pipeToSelf(
                HostLookup.resolve(spec, processes),
                (resolved, failure) -> new LookedUp(Optional.ofNullable(resolved), Optional.ofNullable(failure)));
    }

    private Behavior<Command> lookedUp(LookedUp found) {
        if (found.resolved().isPresent()) {
            probe = Probes.of(found.resolved().get());
            return look(Pauses.FIRST);
        }
        readinessTrouble = "its host could not be looked up";
        startTimer(TryAgain.class, new TryAgain(Pauses.FIRST), RETRY);
        return Behaviors.same();
    }

    private void begin(Readiness.Future future) {
        context.pipeToSelf(
                FutureSign.begin(future, process.identity(), processes.outputs()),
                (done, failure) -> new FutureCompleted(Optional.ofNullable(failure)));
    }

    private Behavior<Command> futureCompleted(FutureCompleted future) {
        return future.failure().isPresent() ? notReady(future.failure().map(Bare::cause)) : ready();
    }

    /** The application's own code: whatever it throws is its problem, not the process's. */
    private void introduce() {
        try {
            channels.started(spec.logContext());
        } catch (Throwable thrown) {
            context.getLog().error("what is to be done when process [" + spec.name() + "] starts has failed", thrown);
        }
    }

    private static Cases.Builder<ProcessActor, Command> alive() {
        return Cases.<ProcessActor, Command>begin()
                .on(SendSignal.class, (actor, command) -> actor.signal(command.signal()))
                .on(SignalAll.class, (actor, command) -> actor.signalAll(command.signal()))
                .on(Paused.class, (actor, command) -> actor.pauses(command.isPaused() ? Signal.STOP : Signal.CONT))
                .on(Stop.class, (actor, command) -> actor.stopAlive(command.within()))
                .on(Settle.class, ProcessActor::settle)
                .on(Leave.class, ProcessActor::leave)
                .onEquals(GoOn.INSTANCE, ProcessActor::goOn)
                .onEquals(Tick.NEXT_SHOT, ProcessActor::shoot)
                .onEquals(Tick.NOTIFIED, ProcessActor::notified)
                .on(HearAgain.class, ProcessActor::hearAgain)
                .on(Ended.class, (actor, message) -> actor.ended(message.status()))
                .on(Judged.class, ProcessActor::judged)
                .on(SightLost.class, (actor, lost) -> actor.sightLost(lost.watch()))
                .on(CheckLost.class, (actor, lost) -> actor.checkLost(lost.actor()))
                .onEquals(Tick.WATCH_AGAIN, ProcessActor::watchAgain)
                .onPostStop(ProcessActor::lost);
    }

    private Behavior<Command> settle(Settle asked) {
        rests = true;
        settled = asked.settled();
        unwatch();
        check.ifPresent(actor -> context.stop(actor));
        check = Optional.empty();
        return settleIfNobodyLooks();
    }

    private Behavior<Command> leave(Leave asked) {
        ProcessChannels all = channels;
        return settle(new Settle(() -> {
            var rested = all.rest().thenRun(() -> asked.settled().accept(all.unread()));
            assert rested != null;
        }));
    }

    /** Who has stopped has killed what he ran. */
    private Behavior<Command> settleIfNobodyLooks() {
        if (settled != null && looking == 0) {
            settled.run();
            settled = null;
        }
        return Behaviors.same();
    }

    private Behavior<Command> goOn() {
        if (rests) {
            rests = false;
            settled = null;
            channels.goOn();
            watchAgain();
            boolean looks = probe.isPresent() || spec.ready() instanceof Readiness.Command;
            if (awaitsSign && looks) {
                startTimer(TryAgain.class, new TryAgain(Pauses.FIRST), Pauses.FIRST);
            }
        }
        return Behaviors.same();
    }

    private static final Cases<ProcessActor, Command> STARTING = alive().onEquals(Tick.READY, ProcessActor::ready)
            .onEquals(Tick.START_OVERDUE, actor -> actor.notReady(Optional.empty()))
            .on(LookedUp.class, ProcessActor::lookedUp)
            .on(FutureCompleted.class, ProcessActor::futureCompleted)
            .on(TryAgain.class, (actor, message) -> actor.look(message.pause()))
            .on(CommandRan.class, (actor, message) -> actor.commandRan(message.event()))
            .build();

    private static final Cases<ProcessActor, Command> RUNNING =
            alive().onAny((actor, late) -> Behaviors.same()).build();

    private Behavior<Command> starting() {
        return STARTING.of(this);
    }

    private Behavior<Command> running() {
        return RUNNING.of(this);
    }

    private Behavior<Command> ready() {
        endSearch();
        channels.ready();
        owner.tell(Ready.INSTANCE);
        watch();
        return running();
    }

    // ---- whether it still works

    private void watch() {
        isReady = true;
        spec.live().filter(this::isToBeWatched).ifPresent(by -> {
            ActorRef<Command> self = context.getSelf();
            watches++;
            looking++;
            int watch = watches;
            ActorRef<LiveActor.Command> actor = context.spawnAnonymous(
                    LiveActor.create(
                            spec,
                            by.isWatchdog() ? silence.map(by::withTimeout).orElse(by) : by,
                            isHung,
                            ProcessActor::runBelow,
                            event -> self.tell(new Judged(watch, event))),
                    Processes.dispatcher());
            context.watchWith(actor, new SightLost(watch));
            live = Optional.of(actor);
        });
    }

    /** A defect of ours says nothing of the process, which is to be looked at all the same. */
    private Behavior<Command> sightLost(int watch) {
        looking--;
        if (live.isPresent() && watch == watches) {
            live = Optional.empty();
            if (!hasLostSight) {
                hasLostSight = true;
                owner.tell(new Warned(
                        "is not looked at for a moment: what looks whether it works has failed, and begins" + " anew"));
            }
            startTimer(Tick.WATCH_AGAIN, Tick.WATCH_AGAIN, RETRY);
        }
        return settleIfNobodyLooks();
    }

    private Behavior<Command> watchAgain() {
        if (isReady && !stop.isAsked()) {
            watch();
        }
        return Behaviors.same();
    }

    private boolean isToBeWatched(Liveness by) {
        boolean canBeHeard = keepsWatchdog && channels.listener().isPresent();
        return !rests && !isPaused && live.isEmpty() && (!by.isWatchdog() || canBeHeard);
    }

    /** Who has said once that it works is held to that. */
    private void tellWatchdog(NotifyMessage message) {
        message.watchdogTimeout().filter(Liveness::isSilence).ifPresent(this::allowSilence);
        if (message.watchdogKept() && !keepsWatchdog) {
            keepsWatchdog = true;
            if (isReady && !stop.isAsked()) {
                watch();
            }
        }
        live.ifPresent(actor -> {
            if (message.watchdogTriggered()) {
                actor.tell(LiveActor.Sign.COMPLAINS);
            } else if (message.watchdogKept()) {
                actor.tell(LiveActor.Sign.WORKS);
            }
        });
    }

    /** Of one that is looked at by other means, or not at all, it means nothing. */
    private void allowSilence(Duration time) {
        if (spec.live().filter(Liveness::isWatchdog).isPresent()) {
            silence = Optional.of(time);
            live.ifPresent(actor -> actor.tell(new LiveActor.MayBeSilentFor(time)));
        }
    }

    private static LiveActor.Running runBelow(ActorContext<?> below, ProcessSpec command, Consumer<ProcessEvent> told) {
        ActorRef<Command> actor =
                below.spawnAnonymous(ContainedErrors.of(create(command, told)), Processes.dispatcher());
        return new LiveActor.Running(actor, () -> actor.tell(new Stop(Duration.ZERO)));
    }

    /**
     * Who is stopped on purpose cannot answer, and is not hung for that; when it goes on it has its grace again. Nor
     * can it get ready, and its time for that goes on with it.
     */
    private Behavior<Command> pauses(Signal signal) {
        boolean was = isPaused;
        if (signal == Signal.STOP) {
            isPaused = true;
            unwatch();
            startTime = startTime.hold(clock.getAsLong());
            timers.cancel(Tick.START_OVERDUE);
        } else if (signal == Signal.CONT && isPaused) {
            isPaused = false;
            watchAgain();
            if (awaitsSign) {
                countDown();
            }
        }
        if (was != isPaused && (spec.live().isPresent() || spec.ready() != Readiness.immediately())) {
            owner.tell(new ProcessEvent.Paused(isPaused));
        }
        return Behaviors.same();
    }

    private void unwatch() {
        live.ifPresent(context::stop);
        live = Optional.empty();
    }

    /** It may have been on its way when it was stopped. */
    private Behavior<Command> judged(Judged judgement) {
        if (live.isPresent() && judgement.watch() == watches) {
            isHung = judgement.event() instanceof Warned ? isHung : judgement.event() instanceof ProcessEvent.Hung;
            owner.tell(judgement.event());
        }
        return Behaviors.same();
    }

    private Behavior<Command> notReady(Optional<Throwable> failure) {
        endSearch();
        owner.tell(new NotReady(spec.ready(), spec.startTimeout(), trouble(), failure, channels.lastLines()));
        stop(STOP_WITHIN);
        return running();
    }

    private Behavior<Command> look(Duration pause) {
        if (rests) {
            return Behaviors.same();
        }
        if (spec.ready() instanceof Readiness.Command command) {
            run(ReadinessCheck.of(command, spec));
            return Behaviors.same();
        }
        if (probe.isEmpty()) {
            lookUpAgain();
            return Behaviors.same();
        }
        if (probe.get().isPassed()) {
            return ready();
        }
        Duration now = probe.get().hasProgressed() ? Pauses.FIRST : pause;
        startTimer(TryAgain.class, new TryAgain(Pauses.after(now)), now);
        return Behaviors.same();
    }

    private String trouble() {
        return probe.map(Probe::trouble).filter(said -> !said.isEmpty()).orElse(readinessTrouble);
    }

    /** Whether it gets ready is nobody's question any more. */
    private void endSearch() {
        awaitsSign = false;
        timers.cancel(Tick.START_OVERDUE);
        timers.cancel(TryAgain.class);
        probe.ifPresent(Probe::close);
    }

    private void run(ProcessSpec command) {
        ActorRef<Command> actor = context.spawnAnonymous(
                ContainedErrors.of(create(command, context.getSelf(), CommandRan::new)), Processes.dispatcher());
        context.watchWith(actor, new CheckLost(actor));
        looking++;
        check = Optional.of(actor);
    }

    private Behavior<Command> checkLost(ActorRef<?> actor) {
        looking--;
        if (check.filter(actor::equals).isPresent()) {
            check = Optional.empty();
            readinessTrouble = "what looks for that has failed";
            startTimer(TryAgain.class, new TryAgain(Pauses.FIRST), RETRY);
        }
        return settleIfNobodyLooks();
    }

    private Behavior<Command> commandRan(ProcessEvent event) {
        if (!ReadinessCheck.isOver(event)) {
            return Behaviors.same();
        }
        check = Optional.empty();
        if (ReadinessCheck.isPassed(event)) {
            return ready();
        }
        readinessTrouble = ReadinessCheck.trouble(event);
        startTimer(TryAgain.class, new TryAgain(Pauses.FIRST), ((Readiness.Command) spec.ready()).pause());
        return Behaviors.same();
    }

    // ---- what it says of itself

    private void listen(NotifyListener listener) {
        ActorRef<Command> self = context.getSelf();
        try {
            listener.await(processes.posix().loop(), () -> self.tell(Tick.NOTIFIED));
        } catch (PosixException e) {
            cannotHear(e);
        }
    }

    private void cannotHear(PosixException e) {
        context.getLog()
                .warn(
                        "what process [{}] says of itself waits, it is read again in a second: {}",
                        spec.name(),
                        e.getMessage());
        startTimer(Tick.NOTIFIED, Tick.NOTIFIED, RETRY);
    }

    private Behavior<Command> notified() {
        NotifyListener listener = channels.listener().orElseThrow();
        boolean isReady;
        try {
            isReady = hear(listener);
        } catch (PosixException e) {
            cannotHear(e);
            return Behaviors.same();
        }
        if (listener.isFlooded()) {
            startTimer(Tick.NOTIFIED, Tick.NOTIFIED, FLOOD_PAUSE);
        } else {
            listen(listener);
        }
        return isReady ? ready() : Behaviors.same();
    }

    /** Takes what has come, and tells of it; whether it is the sign that is waited for. */
    private boolean hear(NotifyListener listener) throws PosixException {
        ProcessNotice before = notice;
        ProcessSaid saidBefore = said(Optional.of(before.phase()));
        boolean saysReady = false;
        for (NotifyMessage message : listener.read(process.pid(), processes.leadsGroup(process))) {
            notice = notice.after(message);
            saysReady |= message.ready();
            tellWatchdog(message);
        }
        ProcessSaid said = said(Optional.of(notice.phase()));
        if (!notice.equals(before)) {
            owner.tell(new Notified(notice, said));
        } else if (!said.equals(saidBefore)) {
            owner.tell(new ProcessEvent.Said(said));
        }
        return saysReady && awaitsSign && spec.ready() instanceof Readiness.SdNotify;
    }

    /** It may have said why it ends, and even that it was ready, and nobody has come to hear that. */
    private void hearLastWords() {
        if (channels.listener().isEmpty()) {
            return;
        }
        NotifyListener listener = channels.listener().get();
        boolean saysReady = false;
        try {
            // all that waits, but others of its group may go on talking
            int turns = 0;
            do {
                saysReady |= hear(listener);
                turns++;
            } while (listener.isFlooded() && turns < MOST_TURNS_OF_LAST_WORDS);
        } catch (PosixException e) {
            // it has ended: what it said is of less interest than that
        }
        if (saysReady) {
            owner.tell(Ready.INSTANCE);
        }
    }

    // ---- signals

    private Behavior<Command> signal(Signal signal) {
        signals.one(signal);
        return pauses(signal);
    }

    private Behavior<Command> signalAll(Signal signal) {
        signals.all(signal);
        return pauses(signal);
    }

    private Behavior<Command> stopAlive(Duration within) {
        endSearch();
        stop(within);
        return running();
    }

    private Behavior<Command> stop(Duration within) {
        unwatch();
        channels.endInput();
        timers.cancel(Tick.NEXT_SHOT);
        stop = stop.begin(spec.stop(), within);
        return shoot();
    }

    /** Sends the signal that is due, and sees to the next. */
    private Behavior<Command> shoot() {
        Signal due = stop.due();
        stop = stop.next();
        if (due == Signal.KILL && leaderEnded && overrun.isEmpty()) {
            overrun = process.groupMembers();
        }
        signals.all(due);
        if (due != Signal.KILL) {
            signals.all(Signal.CONT);
        }
        stop.untilNext().ifPresent(wait -> startTimer(Tick.NEXT_SHOT, Tick.NEXT_SHOT, wait));
        return Behaviors.same();
    }

    private void startTimer(Object key, Command message, Duration after) {
        if (after.compareTo(LONGEST_TIMER) < 0) {
            timers.startSingleTimer(key, message, after);
        }
    }

    // ---- when it has ended

    private Behavior<Command> ended(ExitStatus status) {
        unwatch();
        hearLastWords();
        endSearch();
        Exited exited = new Exited(
                status,
                spec.normalExits().outcome(status, stop.sent()),
                List.of(),
                List.of(),
                cgroup.outOfMemory(status));
        if (!spec.wholeGroup() || !process.groupExists()) {
            channels.itselfEnded(exited, LAST_WORDS);
            return drain(exited);
        }
        channels.itselfEnded(exited, LAST_WORDS_OF_LEADER);
        leaderEnded = true;
        if (spec.whenSupervisorDies() == WhenSupervisorDies.KILL) {
            processes.leaderEnded(process);
        }
        if (!stop.isAsked()) {
            stop(STOP_WITHIN);
        }
        startTimer(Tick.ORPHANS_OVERDUE, Tick.ORPHANS_OVERDUE, STOP_WITHIN);
        return lookAt(OrphanedGroup.begin(), exited);
    }

    /** The leader has ended and others of its group have not. */
    private Behavior<Command> outlived(OrphanedGroup group, Exited exited) {
        return Behaviors.receive(Command.class)
                .onMessage(Stop.class, command -> stop(command.within()))
                .onMessageEquals(Tick.NEXT_SHOT, this::shoot)
                .onMessageEquals(Tick.ORPHANS_OVERDUE, () -> stop(Duration.ZERO))
                .onMessageEquals(Tick.LOOK_FOR_GROUP, () -> lookAt(group.later(stop.isKilled()), exited))
                .onSignal(PostStop.class, postStop -> lost())
                .onAnyMessage(late -> Behaviors.same())
                .build();
    }

    private Behavior<Command> lookAt(OrphanedGroup group, Exited exited) {
        return switch (group.verdict(process.groupExists())) {
            case GONE -> drain(exited);
            case GIVE_UP -> {
                context.getLog()
                        .warn(
                                "members of group [{}] of process [{}] were killed and still exist: {}",
                                process.pid(),
                                spec.name(),
                                process.groupMembers());
                yield drain(exited);
            }
            case WAIT -> {
                startTimer(Tick.LOOK_FOR_GROUP, Tick.LOOK_FOR_GROUP, group.pause());
                yield outlived(group, exited);
            }
        };
    }

    private Behavior<Command> drain(Exited exited) {
        timers.cancelAll();
        channels.processEnded();
        channels.endNotices();
        CompletionStage<Void> drained = channels.drained();
        if (drained.toCompletableFuture().isDone()) {
            return finish(exited);
        }
        ActorRef<Command> self = context.getSelf();
        drained.thenRun(() -> self.tell(Tick.DRAINED));
        return Behaviors.receive(Command.class)
                .onMessageEquals(Tick.DRAINED, () -> finish(exited))
                // who is in such a hurry does without the last lines
                .onMessage(Stop.class, command -> command.within().isZero() ? finish(exited) : Behaviors.same())
                .onSignal(PostStop.class, postStop -> lost())
                .onAnyMessage(late -> Behaviors.same())
                .build();
    }

    private Behavior<Command> finish(Exited exited) {
        processes.remove(process);
        cgroup.leave().ifPresent(others -> owner.tell(new Warned(others)));
        Exited complete =
                new Exited(exited.status(), exited.outcome(), channels.lastLines(), overrun, exited.outOfMemory());
        channels.release(complete);
        owner.tell(complete);
        return Behaviors.stopped();
    }

    private Behavior<Command> lost() {
        probe.ifPresent(Probe::close);
        boolean runs = processes.find(process.identity()).isPresent();
        if (runs && spec.ownerLost() == OwnerLost.KEEP) {
            channels.listener().ifPresent(listener -> processes.leave(process, listener));
        } else {
            channels.endNotices();
        }
        if (runs && spec.ownerLost() == OwnerLost.KILL) {
            signals.all(Signal.KILL);
            processes.buries(process, process.exit().thenAccept(status -> {
                processes.remove(process);
                buried(status);
            }));
        } else if (runs) {
            process.exit().thenAccept(this::buried);
        }
        return Behaviors.same();
    }

    /** Not in the actor any more. Whoever takes the process up again does not have its channels. */
    private void buried(ExitStatus status) {
        cgroup.leave();
        channels.processEnded();
        channels.release(new Exited(status, spec.normalExits().outcome(status, stop.sent()), channels.lastLines()));
    }
}
