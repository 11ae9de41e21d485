package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.OpenFiles;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.process.Cases;
import io.github.pekkosupervisor.process.ContainedErrors;
import io.github.pekkosupervisor.process.ProcessActor;
import io.github.pekkosupervisor.process.ProcessEvent;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.runit.RunsvCommand.Answer;
import io.github.pekkosupervisor.runit.RunsvCommand.CatchUp;
import io.github.pekkosupervisor.runit.RunsvCommand.ControlByte;
import io.github.pekkosupervisor.runit.RunsvCommand.GoOn;
import io.github.pekkosupervisor.runit.RunsvCommand.HangOverdue;
import io.github.pekkosupervisor.runit.RunsvCommand.Hold;
import io.github.pekkosupervisor.runit.RunsvCommand.Kill;
import io.github.pekkosupervisor.runit.RunsvCommand.KillRun;
import io.github.pekkosupervisor.runit.RunsvCommand.LeaveDown;
import io.github.pekkosupervisor.runit.RunsvCommand.LogDrains;
import io.github.pekkosupervisor.runit.RunsvCommand.NotOver;
import io.github.pekkosupervisor.runit.RunsvCommand.OfLogger;
import io.github.pekkosupervisor.runit.RunsvCommand.OfLoggerLog;
import io.github.pekkosupervisor.runit.RunsvCommand.OfProcess;
import io.github.pekkosupervisor.runit.RunsvCommand.OfScript;
import io.github.pekkosupervisor.runit.RunsvCommand.OneshotOverdue;
import io.github.pekkosupervisor.runit.RunsvCommand.Order;
import io.github.pekkosupervisor.runit.RunsvCommand.PauseOver;
import io.github.pekkosupervisor.runit.RunsvCommand.ProcessActorStopped;
import io.github.pekkosupervisor.runit.RunsvCommand.ProcessSettled;
import io.github.pekkosupervisor.runit.RunsvCommand.PublishAgain;
import io.github.pekkosupervisor.runit.RunsvCommand.Quiet;
import io.github.pekkosupervisor.runit.RunsvCommand.ReadCommands;
import io.github.pekkosupervisor.runit.RunsvCommand.Settle;
import io.github.pekkosupervisor.runit.RunsvCommand.Snapshot;
import io.github.pekkosupervisor.runit.RunsvCommand.StartRun;
import io.github.pekkosupervisor.runit.RunsvCommand.StopRun;
import io.github.pekkosupervisor.runit.RunsvCommand.Terminate;
import io.github.pekkosupervisor.runit.RunsvCommand.TerminateAgain;
import io.github.pekkosupervisor.runit.RunsvCommand.TryAgain;
import io.github.pekkosupervisor.runit.RunsvCommand.WakeLogger;
import io.github.pekkosupervisor.runit.RunsvCommand.Wished;
import io.github.pekkosupervisor.runit.rule.Awaited;
import io.github.pekkosupervisor.runit.rule.Restarting;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvAction;
import io.github.pekkosupervisor.runit.rule.RunsvEvent;
import io.github.pekkosupervisor.runit.rule.RunsvRule;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Oneshot;
import io.github.pekkosupervisor.runit.rule.RunsvState.Orders.Awaits;
import io.github.pekkosupervisor.runit.rule.StopOrder;
import io.github.pekkosupervisor.runit.supervise.FatalException;
import io.github.pekkosupervisor.runit.supervise.Printable;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * One service directory under supervision: performs what {@link RunsvRule} decides.
 *
 * <p>Tells its owner {@link Ended} and stops when supervision is over or cannot begin. If it fails instead (a defect of
 * ours), the processes go on, and an actor made anew with the same {@link Handover} takes them up. There is no
 * {@code Behaviors.supervise} here: its parent is the one who decides.
 */
final class Runsv {

    private static final Duration LOG_LOCK_RETRY = Duration.ofMillis(200);
    private static final Duration LOCK_RETRY = Duration.ofMillis(20);
    private static final int LOCK_ATTEMPTS = 5;
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    private static final Duration PUBLISH_RETRY = Duration.ofSeconds(1);

    /** So long is obeyed what has it go on while all is being stopped: {@code sv} sees what it has done. */
    private static final Duration TERMINATE_AGAIN = Duration.ofSeconds(1);

    /** Longer times cannot be timed, and need not be. */
    private static final Duration LONGEST_TIMER = Duration.ofDays(100);

    private static final int FATAL = 111;

    private static final OsString NO_LINE = OsString.of("");

    private final TimerScheduler<RunsvCommand> timers;
    private final Handover handover;
    private final ServiceDirectory directory;
    private final RunsvSettings settings;
    private final ServiceStream stream;
    private final Reporter reporter;
    private final Processes system;
    private final RunsvProcesses<RunsvCommand> processes;
    private final ControlFifos fifos;
    private final Publisher publisher;
    private final ProcessNews news;
    private final Records records;

    /** Empty when supervision has begun. */
    private Optional<Adoption> adoption;

    private final Consumer<Ended> owner;
    private final Consumer<RunsvCommand> tellSelf;
    private final RunsvAction.Visitor performer = new Performer();
    private final Queue<RunsvEvent> events = new ArrayDeque<>(1);
    private RunsvState state = RunsvState.NOTHING;
    private int refusedLocks;

    private final LongSupplier elapsed = System::nanoTime;
    private OneshotTime oneshotTime = OneshotTime.NONE;

    /** Whether what runs is to be stopped for one that it needs, as soon as nothing is under way. */
    private boolean stopIsDue;

    /** Whether it has been told that it has failed too often. */
    private boolean hasGivenUp;

    /** Whether it is to end whatever it is told after that. */
    private boolean endsForGood;

    private final Wishes wishes;

    /** What has been ordered before there was anything that could be done. */
    private final Deque<Order> early = new ArrayDeque<>(1);

    /** Who wants it to come to rest; empty if nobody does. */
    private Optional<Settle> settling = Optional.empty();

    /** Of whose processes something may be on its way. */
    private Set<ActorRef<ProcessActor.Command>> unsettled = Set.of();

    /**
     * Supervision is over.
     *
     * @param exitCode what runsv would exit with: 0, or 111 if it could not begin
     */
    record Ended(int exitCode) {}

    private Runsv(
            ActorContext<RunsvCommand> context,
            TimerScheduler<RunsvCommand> timers,
            Handover handover,
            RunsvSettings settings,
            Consumer<Ended> owner) {
        this.timers = timers;
        this.handover = handover;
        this.wishes = handover.wishes();
        this.directory = handover.directory();
        this.settings = settings;
        this.stream = new ServiceStream(handover, settings);
        this.reporter = stream.reporter();
        this.system = Processes.get(context.getSystem());
        this.processes = new RunsvProcesses<>(
                context,
                system,
                handover,
                settings,
                reporter,
                new RunsvProcesses.Messages<>(
                        OfProcess::new, OfScript::new, OfLogger::new, OfLoggerLog::new, ProcessActorStopped::new));
        ActorRef<RunsvCommand> self = context.getSelf();
        this.tellSelf = self::tell;
        this.fifos = new ControlFifos(
                directory, system.posix().loop(), (role, letter) -> self.tell(new ControlByte(role, letter)));
        this.records = new Records(handover, settings, system::find, system::leadsGroup);
        this.publisher = stream.writtenBy(new Publisher(handover, records, reporter, new Retry()));
        this.news = new ProcessNews(directory, stream);
        this.adoption = Optional.of(new Adoption(handover, system, reporter, System::nanoTime));
        this.owner = owner;
    }

    /**
     * Supervises a service directory.
     *
     * @param handover new, or left by a runsv that failed; its directory is closed by the caller when this has ended
     * @param translation puts the end into the owner's own words
     */
    static <T> Behavior<RunsvCommand> create(
            Handover handover,
            RunsvSettings settings,
            ActorRef<T> owner,
            Function<? super Ended, ? extends T> translation) {
        return ContainedErrors.of(Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new Runsv(context, timers, handover, settings, ended -> owner.tell(translation.apply(ended)))
                        .opening())));
    }

    private final class Retry implements Publisher.Retry {
        @Override
        public void publish(Role role) {
            tellSelf(new PublishAgain(role), PUBLISH_RETRY);
        }

        @Override
        public void catchUp(Role role) {
            tellSelf(new CatchUp(role), PUBLISH_RETRY);
        }
    }

    /** After a while, and in the place of the same message that was to come earlier. */
    private void tellSelf(RunsvCommand command, Duration pause) {
        timers.startSingleTimer(command, command, pause);
    }

    // ---- opening: the service directory may be unusable, locked, or hold what nobody can be sure of

    private Behavior<RunsvCommand> opening() {
        try {
            return switch (directory.open(reporter)) {
                case DONE -> adopting();
                case SERVICE_IS_LOCKED -> waitingForLock();
                case LOG_IS_LOCKED -> waiting(LOG_LOCK_RETRY, () -> {});
            };
        } catch (FatalException e) {
            tellOf(e);
            return end(FATAL);
        }
    }

    /** Where there may be thousands without a descriptor, they are told of together. */
    private void tellOf(FatalException e) {
        boolean isToldTogether = e.isForWantOfDescriptors() && settings.noRoom().isPresent();
        if (isToldTogether) {
            settings.noRoom().get().accept(directory.name());
        }
        if (isToldTogether && !OpenFiles.leaveRoom()) {
            stream.tell(new ServiceEvent.Warned(
                    stream.path(),
                    ServiceEvent.Severity.FATAL,
                    Printable.oneLine(e.text().toString()),
                    NO_LINE));
        } else {
            reporter.fatal(e.text());
        }
    }

    /**
     * A child that a launcher was making when it died has a copy of its locks for a moment, if it was not made by the
     * thread that has a table of descriptors of its own.
     */
    private Behavior<RunsvCommand> waitingForLock() throws FatalException {
        refusedLocks++;
        if (refusedLocks > LOCK_ATTEMPTS) {
            throw directory.lockedOut();
        }
        return waitingALittle(LOCK_RETRY);
    }

    private Behavior<RunsvCommand> adopting() throws FatalException {
        if (handover.isFromPredecessor()) {
            return supervising();
        }
        Optional<Adoption.Again> again =
                adoption.orElseThrow().look(settings.clock().instant());
        if (again.isEmpty()) {
            adoption = Optional.empty();
            return supervising();
        }
        Duration pause = again.get().pause();
        return again.get().passes()
                ? waitingALittle(pause)
                : waiting(
                        pause,
                        () -> reporter.warnOfOurs(Awaited.leftAlone(again.get().goesOn())));
    }

    /** There may be processes to be ended, so whoever wants it to end waits too, but not for ever. */
    private Behavior<RunsvCommand> waitingALittle(Duration pause) {
        tellSelf(TryAgain.INSTANCE, pause);
        return Behaviors.receive(RunsvCommand.class)
                .onMessage(TryAgain.class, retry -> opening())
                .onMessage(Snapshot.class, this::answer)
                .onMessage(NotOver.class, notOver -> giveUp(notOver.soFar()))
                .onMessage(Order.class, this::keep)
                .onMessage(Wished.class, wished -> refuse())
                .onMessage(Settle.class, asked -> settled(asked, Optional.empty(), () -> waitingALittle(pause)))
                .onMessageEquals(GoOn.INSTANCE, Behaviors::same)
                .onAnyMessage(wish -> done(() -> putOff(wish, pause.multipliedBy(2))))
                .build();
    }

    private void putOff(RunsvCommand wish, Duration pause) {
        if (!timers.isTimerActive(NotOver.class)) {
            awaitEnd(Duration.ZERO);
        }
        if (wish == Kill.LATE && !timers.isTimerActive(wish.getClass())) {
            Duration last = StopOrder.KILL_AGAIN;
            timers.startSingleTimer(wish.getClass(), new NotOver(last), last);
        }
        tellSelf(wish, pause);
    }

    private Behavior<RunsvCommand> giveUp(Duration soFar) {
        reporter.warnOfOurs(Awaited.unknown(soFar));
        return end(0);
    }

    /** @param last to be done if it is to end before anything has come of it */
    private Behavior<RunsvCommand> waiting(Duration pause, Runnable last) {
        handover.isDecided();
        tellSelf(TryAgain.INSTANCE, pause);
        return Behaviors.receive(RunsvCommand.class)
                .onMessage(TryAgain.class, retry -> opening())
                .onMessage(Terminate.class, terminate -> endWith(last))
                .onMessage(Kill.class, kill -> endWith(last))
                .onMessage(Snapshot.class, this::answer)
                .onMessage(Order.class, this::keep)
                .onMessage(Wished.class, wished -> refuse())
                .onMessage(Settle.class, asked -> settled(asked, Optional.empty(), () -> waiting(pause, last)))
                .build();
    }

    private Behavior<RunsvCommand> endWith(Runnable last) {
        last.run();
        return end(0);
    }

    private Behavior<RunsvCommand> refuse() {
        wishes.refuse("it has not been opened yet");
        return Behaviors.same();
    }

    /**
     * An order to stop undoes one to start; what a supervisor that is gone has left is then stopped when it is seen.
     * One to start undoes those before it: what is seen then is the run that was ordered.
     */
    private Behavior<RunsvCommand> keep(Order order) {
        boolean stops = order instanceof StopRun || order == KillRun.INSTANCE;
        if (stops || order instanceof StartRun) {
            early.clear();
        }
        early.add(order);
        if (stops) {
            settings.orders().ifPresent(RunsvSettings.Orders::over);
        }
        return Behaviors.same();
    }

    private Behavior<RunsvCommand> end(int exitCode) {
        stream.tell(new ServiceEvent.SupervisionEnded(stream.path(), exitCode));
        owner.accept(new Ended(exitCode));
        return Behaviors.stopped();
    }

    // ---- supervising

    private Behavior<RunsvCommand> supervising() {
        boolean successor = handover.isFromPredecessor();
        RunsvState left = handover.beginning(settings.clock().instant());
        if (!successor) {
            directory.showShortcomings(settings.orders().isPresent(), reporter);
        }
        if (settings.orders().isPresent() && left.oneshot() != Oneshot.NONE && !directory.isHeldBack()) {
            reporter.warnOfOurs(ServiceConf.FILE + ": oneshot is not used, since a supervisor says when run is started;"
                    + " say restart = transient there");
        }
        if (settings.orders().isPresent() && directory.restarts().isPresent()) {
            reporter.warnOfOurs(
                    ServiceConf.FILE + ": restart, restart-delay, give-up and the exit codes are not used, since"
                            + " a supervisor says when run is started; say that there");
        }
        if (directory.endPolicy().isEssential() && settings.essential().isEmpty()) {
            reporter.warnOfOurs(ServiceConf.FILE + ": essential is not used, since there is no launcher here that could"
                    + " end; a child of a supervisor can be significant");
        }
        state = settings.orders().isPresent() ? left.as(Oneshot.NONE).byOrders() : left;
        if (directory.needs().isPresent() && settings.needs().isEmpty()) {
            reporter.warnOfOurs(ServiceConf.FILE + ": needs and after are not used, since there are no other service"
                    + " directories here");
        }
        boolean waits = directory.needs().isPresent() && settings.needs().isPresent();
        state = state.held() == waits ? state : state.held(waits);
        handover.isOneshot(state.oneshot());
        hasGivenUp = state.restarting().filter(Restarting::gaveUp).isPresent();
        stream.begin(state);
        handover.adopted().forEach(stream::tell);
        if (successor) {
            state = new Takeover(handover, processes, news, events, performer::runScript).from(state);
            goOnPausing();
        }
        events.add(RunsvEvent.Begin.INSTANCE);
        try {
            drain();
        } catch (RuntimeException | Error e) {
            // there is no behavior yet that would be told of the end
            fifos.close();
            throw e;
        }
        showIfReady();
        if (successor) {
            publisher.tellAnew(state);
            left.orders().ifPresent(this::tellAnew);
        }
        while (!early.isEmpty()) {
            tellSelf.accept(early.remove());
        }
        handover.isDecided();
        settings.needs().ifPresent(others -> directory.needs().ifPresent(needs -> others.accept(directory, needs)));
        return state.exited() ? exited() : listening();
    }

    // ---- coming to rest

    private Behavior<RunsvCommand> settle(Settle asked) {
        settling = Optional.of(asked);
        unsettled = processes.settle(actor -> tellSelf.accept(new ProcessSettled(actor, asked)));
        return lookWhetherQuiet();
    }

    /** Who answers to an earlier one goes on since, and has been asked anew. */
    private Behavior<RunsvCommand> processSettled(ProcessSettled message) {
        if (isWanted(message.asked())) {
            unsettled.remove(message.actor());
        }
        return lookWhetherQuiet();
    }

    private boolean isWanted(Settle asked) {
        return settling.filter(asked::equals).isPresent();
    }

    /** What comes before that message may change it again. */
    private Behavior<RunsvCommand> lookWhetherQuiet() {
        if (settling.isPresent() && isQuiet()) {
            tellSelf.accept(new Quiet(settling.get()));
        }
        return Behaviors.same();
    }

    /** Whether the record says all that a supervisor after this one has to know: no start is under way. */
    private boolean isQuiet() {
        unsettled.retainAll(processes.actors());
        boolean starts = state.service().busy() == Busy.STARTING
                || state.log().filter(log -> log.busy() == Busy.STARTING).isPresent()
                || handover.script()
                        .filter(script -> script.process().isEmpty())
                        .isPresent();
        return !starts && unsettled.isEmpty() && !state.exited();
    }

    private Behavior<RunsvCommand> quiet(Quiet message) {
        Settle asked = message.asked();
        if (!isWanted(asked) || !isQuiet()) {
            return Behaviors.same();
        }
        settling = Optional.empty();
        publisher.recordAnew(state);
        return settled(asked, unrecorded(), this::listening);
    }

    private Optional<String> unrecorded() {
        return Stream.of(Role.SERVICE, Role.LOG)
                .filter(role -> role == Role.SERVICE || state.log().isPresent())
                .flatMap(role -> directory.supervise(role).stateRefusal().stream())
                .findFirst()
                .map(refused -> directory.name() + ": its record cannot be written: " + refused.getMessage());
    }

    /** What comes meanwhile is dealt with after it. */
    private Behavior<RunsvCommand> settled(
            Settle asked, Optional<String> refusal, Supplier<Behavior<RunsvCommand>> next) {
        asked.settled().accept(refusal);
        List<RunsvCommand> later = new ArrayList<>();
        return Behaviors.receive(RunsvCommand.class)
                .onMessageEquals(GoOn.INSTANCE, () -> {
                    processes.goOn();
                    later.forEach(tellSelf);
                    return next.get();
                })
                .onMessage(Snapshot.class, this::answer)
                .onSignal(PostStop.class, stop -> done(fifos::close))
                .onAnyMessage(message -> {
                    later.add(message);
                    return Behaviors.same();
                })
                .build();
    }

    private Behavior<RunsvCommand> goOn() {
        processes.goOn();
        settling = Optional.empty();
        return Behaviors.same();
    }

    /** What a supervisor before this one has left may be ready, and may not have been told or shown as that. */
    private void showIfReady() {
        ServiceStatus status = state.service().status();
        if (directory.readyFiles().isEmpty() || status.state() != ServiceStatus.State.RUN || !isReady()) {
            return;
        }
        if (handover.known().service().filter(ServiceSnapshot.Unit::ready).isEmpty()) {
            stream.tell(new ServiceEvent.Ready(stream.path(), status.pid()));
        } else {
            publisher.showReady();
        }
    }

    /** Whoever failed may not have come to tell it. */
    private void tellAnew(RunsvState.Orders ordered) {
        RunsvSettings.Orders who = settings.orders().orElseThrow();
        switch (ordered.awaits()) {
            case NOTHING -> {
                if (handover.isEndToBeTold()) {
                    handover.endIsTold();
                    who.over();
                }
            }
            case START -> {
                // it follows
            }
            case END -> {
                if (isReady()) {
                    who.up();
                }
            }
        }
    }

    /** A pause outlives the death of a supervisor, but no more than its own length. */
    private void goOnPausing() {
        goOnPausing(Role.SERVICE, state.service());
        state.log().ifPresent(log -> goOnPausing(Role.LOG, log));
        if (state.draining() && processes.writesLog()) {
            lookAgain(directory.ownLog().orElseThrow().drain());
        }
    }

    private void goOnPausing(Role role, RunsvState.Unit unit) {
        if (unit.throttled()) {
            tellSelf(
                    new PauseOver(role),
                    handover.restOfPause(role, settings.clock().instant()));
        }
    }

    private static final Cases<Runsv, RunsvCommand> LISTENING = Cases.<Runsv, RunsvCommand>begin()
            .on(ControlByte.class, Runsv::read)
            .on(Wished.class, (runsv, wished) -> runsv.command())
            .on(Terminate.class, Runsv::terminate)
            .on(TerminateAgain.class, (runsv, again) -> runsv.terminateAgain())
            .on(Kill.class, Runsv::kill)
            .on(StartRun.class, Runsv::startRun)
            .on(
                    StopRun.class,
                    (runsv, stop) -> runsv.decide(new RunsvEvent.StopOrdered(stop.again(), stop.scriptHasRun())))
            .on(KillRun.class, (runsv, kill) -> runsv.killRun())
            .on(LeaveDown.class, (runsv, down) -> runsv.decide(RunsvEvent.LeftDown.INSTANCE))
            .on(Snapshot.class, Runsv::answer)
            .on(NotOver.class, (runsv, notOver) -> runsv.sayWhatIsAwaited(notOver.soFar()))
            .on(CatchUp.class, (runsv, message) -> done(() -> runsv.publisher.catchUp(message.role())))
            .on(ReadCommands.class, (runsv, message) -> done(() -> runsv.readCommand(message.role())))
            .on(OfProcess.class, Runsv::ofProcess)
            .on(OfScript.class, Runsv::ofScript)
            .on(OfLogger.class, Runsv::ofLogger)
            .on(OfLoggerLog.class, (runsv, told) -> done(() -> runsv.processes.heardOfLoggerLog(told.event())))
            .on(WakeLogger.class, (runsv, logger) -> done(() -> runsv.processes.wakeLogger(logger.pid())))
            .on(ProcessActorStopped.class, Runsv::stopped)
            .on(PauseOver.class, (runsv, over) -> runsv.decide(new RunsvEvent.ThrottleElapsed(over.role())))
            .on(HangOverdue.class, (runsv, overdue) -> runsv.decide(RunsvEvent.HangOverdue.INSTANCE))
            .on(OneshotOverdue.class, Runsv::oneshotOverdue)
            .on(PublishAgain.class, (runsv, message) -> done(() -> runsv.publisher.publishAgain(message.role())))
            .on(LogDrains.class, Runsv::logDrains)
            .on(Settle.class, Runsv::settle)
            .on(Hold.class, Runsv::hold)
            .on(ProcessSettled.class, Runsv::processSettled)
            .on(Quiet.class, Runsv::quiet)
            .onEquals(GoOn.INSTANCE, Runsv::goOn)
            .onPostStop(runsv -> done(runsv.fifos::close))
            .build();

    private Behavior<RunsvCommand> listening() {
        return LISTENING.of(this);
    }

    private Behavior<RunsvCommand> answer(Snapshot asked) {
        if (asked.turn().take()) {
            ServiceSnapshot known = handover.standing().see(asked.turn().seen()).known();
            asked.replyTo().tell(new Answer(asked.number(), directory.withNormallyUp(known)));
        }
        return Behaviors.same();
    }

    private static Behavior<RunsvCommand> done(Runnable what) {
        what.run();
        return Behaviors.same();
    }

    private Behavior<RunsvCommand> exited() {
        fifos.close();
        wishes.end(state);
        return end(0);
    }

    // ---- commands

    /** One of those that have come another way may wait to be obeyed. */
    private Behavior<RunsvCommand> read(ControlByte read) {
        directory.supervise(read.role()).wasCommanded(reporter);
        if (read.role() == Role.SERVICE && state.service().heard().isPresent()) {
            wishes.put(read.letter());
            return Behaviors.same();
        }
        return decide(new RunsvEvent.CommandRead(read.role(), read.letter()));
    }

    private Behavior<RunsvCommand> command() {
        drain();
        return state.exited() ? exited() : Behaviors.same();
    }

    // ---- orders

    /** A file {@code down} keeps nobody from running whom a supervisor that is gone has left. */
    private Behavior<RunsvCommand> startRun(StartRun start) {
        RunsvState.Unit service = state.service();
        boolean runs = service.status().state() == ServiceStatus.State.RUN
                && service.unseen().isEmpty();
        if (start.unlessDown() && !runs && directory.isToBeDown()) {
            settings.orders().orElseThrow().down();
            return Behaviors.same();
        }
        stream.tell(new ServiceEvent.RunOrdered(stream.path(), directory.withNormallyUp(handover.known())));
        return decide(new RunsvEvent.StartOrdered(start.once()));
    }

    /** It is asked to stop too, so that nothing is started that was ordered. */
    private Behavior<RunsvCommand> killRun() {
        processes.killService();
        Behavior<RunsvCommand> next = decide(new RunsvEvent.StopOrdered(false, false));
        if (state.orders().filter(ordered -> ordered.awaits() != Awaits.NOTHING).isPresent()) {
            tellSelf(KillRun.INSTANCE, Kill.INSTANCE.again());
        }
        return next;
    }

    // ---- an end that lets itself be waited for

    private Behavior<RunsvCommand> terminate(Terminate how) {
        endsForGood |= how == Terminate.FOR_GOOD;
        if (!timers.isTimerActive(NotOver.class)) {
            awaitEnd(Duration.ZERO);
        }
        return decide(RunsvEvent.TerminateRequested.INSTANCE);
    }

    private Behavior<RunsvCommand> terminateAgain() {
        return goesOn() ? decide(RunsvEvent.TerminateRequested.INSTANCE) : Behaviors.same();
    }

    private void terminateAgainIfDue() {
        if (endsForGood && goesOn() && !timers.isTimerActive(TerminateAgain.INSTANCE)) {
            tellSelf(TerminateAgain.INSTANCE, TERMINATE_AGAIN);
        }
    }

    /** Or will go on, for something else is wanted of it than its exit. */
    private boolean goesOn() {
        return state.service().status().want() != ServiceStatus.Want.EXIT && !state.terminating();
    }

    /** It is asked to end again too, since a command may have come between. */
    private Behavior<RunsvCommand> kill(Kill kill) {
        tellSelf(kill, kill.again());
        return processes.kill() ? giveUpLog() : decide(RunsvEvent.TerminateRequested.INSTANCE);
    }

    private void awaitEnd(Duration soFar) {
        Duration next = Awaited.next(soFar);
        timers.startSingleTimer(NotOver.class, new NotOver(next), next.minus(soFar));
    }

    private Behavior<RunsvCommand> sayWhatIsAwaited(Duration soFar) {
        boolean ownLog = directory.ownLog().isPresent();
        reporter.warnOfOurs(Awaited.describe(soFar, state, handover.scriptDue(), ownLog));
        awaitEnd(soFar);
        return Behaviors.same();
    }

    /** A log of ours that can write nothing does not keep its service, and so the launcher, from their end. */
    private Behavior<RunsvCommand> logDrains(LogDrains last) {
        if (!processes.isRunning(Role.LOG) || !state.draining()) {
            return Behaviors.same();
        }
        OwnLog.Drain drain = last.last().next();
        if (!drain.isHopeless()) {
            lookAgain(drain);
            return Behaviors.same();
        }
        reporter.warnOfOurs(drain.inWords());
        return giveUpLog();
    }

    private Behavior<RunsvCommand> giveUpLog() {
        ExitStatus status = ExitStatus.ofCode(FATAL);
        processes.giveUpLog(status);
        return decide(news.ended(Role.LOG, status));
    }

    private void lookAgain(OwnLog.Drain drain) {
        timers.startSingleTimer(LogDrains.class, new LogDrains(drain), OwnLog.Drain.LOOK);
    }

    // ---- from an event to what follows

    private Behavior<RunsvCommand> decide(RunsvEvent event) {
        events.add(event);
        drain();
        return state.exited() ? exited() : Behaviors.same();
    }

    /** Performing an action can itself be an event: a script that is not there has ended at once. */
    private void drain() {
        for (Optional<RunsvEvent> due = next(); due.isPresent(); due = next()) {
            RunsvEvent event = due.get();
            if (directory.endPolicy().isEssential()) {
                endLauncherIfDue(event);
            }
            Instant now = settings.clock().instant();
            RunsvRule.Decision decision = RunsvRule.decide(state, event, now);
            stream.keep(state, event, decision, now);
            state = decision.state();
            stream.tellKept();
            decision.actions().forEach(action -> action.accept(performer));
        }
        publisher.tell(state);
        wishes.look(state);
        state.restarting().ifPresent(this::tellGivenUp);
        timeOneshot();
        terminateAgainIfDue();
        if (settling.isPresent()) {
            lookWhetherQuiet();
        }
    }

    /** One that is to be stopped is so as soon as nothing else is under way. */
    private Behavior<RunsvCommand> hold(Hold message) {
        directory.showWaiting(message.waitsFor(), reporter);
        message.complaint().ifPresent(text -> reporter.fatal(OsString.of(text)));
        stopIsDue |= message.stop();
        return decide(new RunsvEvent.Held(message.waitsFor().isPresent(), false));
    }

    private void tellGivenUp(Restarting restarts) {
        Optional<String> words = restarts.gaveUpInWords(state.service().status().want() == ServiceStatus.Want.UP);
        if (words.isPresent() && !hasGivenUp) {
            reporter.fatal(OsString.of(words.get()));
        }
        hasGivenUp = words.isPresent();
        directory.showGivenUp(words, reporter);
    }

    /** One that is to be over by itself has that long from its start, or from when it was taken over. */
    private void timeOneshot() {
        Optional<Duration> limit = directory.oneshotLimit();
        if (limit.isEmpty()) {
            return;
        }
        long now = elapsed.getAsLong();
        boolean isPaused = state.service().status().paused();
        OneshotTime next = oneshotTime.next(oneshotThatRuns(), isPaused, limit.get(), now);
        if (!next.equals(oneshotTime)) {
            oneshotTime = next;
            timers.cancel(OneshotOverdue.class);
            next.due(now)
                    .filter(rest -> rest.compareTo(LONGEST_TIMER) < 0)
                    .ifPresent(rest ->
                            timers.startSingleTimer(OneshotOverdue.class, new OneshotOverdue(next.pid()), rest));
        }
    }

    private int oneshotThatRuns() {
        ServiceStatus status = state.service().status();
        return state.oneshot() != Oneshot.NONE && status.state() == ServiceStatus.State.RUN ? status.pid() : 0;
    }

    /** It is stopped as one that is hung: its {@code control/t} is asked, and KILL follows. */
    private Behavior<RunsvCommand> oneshotOverdue(OneshotOverdue overdue) {
        if (overdue.pid() != oneshotThatRuns()) {
            return Behaviors.same();
        }
        Duration limit = directory.oneshotLimit().orElse(Duration.ZERO);
        return decide(new RunsvEvent.Hung("not done within " + DurationText.of(limit), true));
    }

    private void endLauncherIfDue(RunsvEvent event) {
        Optional<Character> script = handover.script().map(Handover.Script::letter);
        Optional<ExitStatus> end = Essential.after(state, event, records.asked(Role.SERVICE), script);
        if (end.isPresent() && settings.essential().isPresent()) {
            int code = Essential.code(end.get());
            reporter.warnOfOurs("run is essential and has ended, " + end.get()
                    + ": everything is stopped, and the exit code will be " + code);
            settings.essential().get().accept(code);
            // before it is started again
            events.add(RunsvEvent.TerminateRequested.INSTANCE);
        }
    }

    private Optional<RunsvEvent> next() {
        if (!events.isEmpty()) {
            return Optional.of(events.remove());
        }
        if (stopIsDue && state.service().busy() == Busy.NO) {
            stopIsDue = false;
            return Optional.of(new RunsvEvent.Held(state.held(), true));
        }
        if (wishes.areAny()) {
            // whoever has come before is told before another letter changes it
            publisher.tell(state);
            wishes.look(state);
        }
        return wishes.next(state).map(letter -> new RunsvEvent.CommandRead(Role.SERVICE, letter));
    }

    private Behavior<RunsvCommand> ofLogger(OfLogger message) {
        processes.heardOfLogger(message.said());
        tellSelf(new WakeLogger(message.said().pid()), LOOK_AGAIN);
        return Behaviors.same();
    }

    private Behavior<RunsvCommand> stopped(ProcessActorStopped message) {
        // what it is told then it may not notice
        processes.loggerOf(message.actor()).ifPresent(logger -> tellSelf(new WakeLogger(logger.pid()), LOOK_AGAIN));
        Optional<ProcessEvent> end = processes.stopped(message.actor());
        return end.map(event -> ofProcess(new OfProcess(Role.LOG, event))).orElseGet(Behaviors::same);
    }

    private Behavior<RunsvCommand> ofProcess(OfProcess message) {
        if (processes.holdsBack(message.role(), message.event())) {
            return Behaviors.same();
        }
        processes.heard(message.role(), message.event());
        if (message.event() == ProcessEvent.Ready.INSTANCE) {
            ready();
            return state.restarting().isPresent() ? decide(RunsvEvent.SignGiven.INSTANCE) : Behaviors.same();
        }
        if (message.event() instanceof ProcessEvent.Notified || message.event() instanceof ProcessEvent.Said) {
            // whoever comes after us is to know what of that counts
            publisher.record(state);
        }
        return decide(news.ofProcess(message.role(), message.event(), state));
    }

    /** {@code run} has given its sign: that is left behind for others, and shown, before anybody is told. */
    private void ready() {
        ServiceStatus status = state.service().status();
        if (status.state() != ServiceStatus.State.RUN || status.pid() == 0) {
            return;
        }
        publisher.record(state);
        stream.tell(new ServiceEvent.Ready(stream.path(), status.pid()));
        if (state.orders().filter(ordered -> ordered.awaits() == Awaits.END).isPresent()) {
            settings.orders().orElseThrow().up();
        }
    }

    /** Whether it runs and gives no sign, or has given it. */
    private boolean isReady() {
        return directory.readiness().isEmpty()
                || handover.process(Role.SERVICE)
                        .sign()
                        .map(UnitRecord.Sign::isGiven)
                        .orElse(true);
    }

    private Behavior<RunsvCommand> ofScript(OfScript message) {
        processes.heardOfScript(message.event());
        if (message.event() instanceof ProcessEvent.Started) {
            // the rule waits for its end alone, but whoever comes after us is to know which process it is
            publisher.record(state);
        }
        return decide(news.ofScript(message.letter(), message.event()));
    }

    private Behavior<RunsvCommand> decide(Optional<RunsvEvent> event) {
        return event.map(this::decide).orElseGet(Behaviors::same);
    }

    private void readCommand(Role role) {
        try {
            fifos.readNext(role);
        } catch (PosixException e) {
            reporter.warnOfOurs("commands wait, they are read in a second", e);
            tellSelf(new ReadCommands(role), PUBLISH_RETRY);
        }
    }

    // ---- actions

    private final class Performer implements RunsvAction.Visitor {

        /**
         * Whoever comes after us must know that there may be a process, before there is one. Where that cannot be
         * written now, it is as if the process had been refused.
         */
        private void start(Role role, Program program, Runnable start) {
            if (processes.isOwnLog(role) || (program == Program.RUN && processes.isTree(role))) {
                publisher.record(state);
                start.run();
                return;
            }
            records.intend(role, handover.process(role), program);
            if (role == Role.SERVICE && program == Program.RUN) {
                processes.expectSign();
            }
            publisher
                    .recordStart(role, state)
                    .ifPresentOrElse(
                            refused -> news.ofProcess(role, refused, state).ifPresent(events::add), start);
        }

        @Override
        public void runScript(RunsvAction.RunScript action) {
            char letter = action.letter();
            if (!processes.hasScript(letter)) {
                events.add(news.noScript(letter));
                return;
            }
            handover.script().ifPresent(due -> records.intend(Role.SERVICE, due.record(), Program.SCRIPT));
            publisher
                    .recordStart(Role.SERVICE, state)
                    .ifPresentOrElse(
                            refused -> news.ofScript(letter, refused).ifPresent(events::add),
                            () -> processes.runScript(letter));
        }

        @Override
        public void startRun(RunsvAction.StartRun action) {
            start(action.role(), Program.RUN, () -> processes.run(action.role()));
        }

        @Override
        public void startFinish(RunsvAction.StartFinish action) {
            // if run could not be started, finish is the first that may ask sv about its own service
            publisher.tellFirst(Role.SERVICE, state.service());
            start(Role.SERVICE, Program.FINISH, () -> processes.finish(action.code(), action.status()));
        }

        @Override
        public void sendSignal(RunsvAction.SendSignal action) {
            publisher.record(state);
            processes.send(action.role(), action.signal());
        }

        @Override
        public void publish(RunsvAction.Publish action) {
            // it is told as StateChanged, and written when all that the event has led to is known
        }

        @Override
        public void throttle(RunsvAction.Throttle action) {
            tellSelf(new PauseOver(action.role()), action.length());
        }

        @Override
        public void readCommand(RunsvAction.ReadCommand action) {
            Runsv.this.readCommand(action.role());
        }

        @Override
        public void closePipe() {
            publisher.record(state);
            directory.closePipe();
            if (processes.writesLog()) {
                lookAgain(directory.ownLog().orElseThrow().drain());
            }
        }

        @Override
        public void openPipe() {
            try {
                directory.renewPipe(system.posix());
            } catch (PosixException e) {
                reporter.warn("unable to create log pipe", e);
            }
        }

        @Override
        public void exit() {
            // it shows in the state
        }

        @Override
        public void ask(RunsvAction.Ask action) {
            settings.orders().orElseThrow().asked(action.letter());
        }

        /** Who is told of it is to find it so in {@code status}. */
        @Override
        public void up() {
            publisher.tell(state);
            if (isReady()) {
                settings.orders().orElseThrow().up();
            }
        }

        @Override
        public void awaitHung() {
            // all the signals of a stop are sent before it is the last resort
            Duration stop = directory.endPolicy().lengthOfStop();
            tellSelf(HangOverdue.INSTANCE, stop.plus(RunsvAction.AwaitHung.LENGTH));
        }

        @Override
        public void killScript() {
            processes.killScript();
        }

        @Override
        public void over() {
            timers.cancel(KillRun.INSTANCE);
            publisher.tell(state);
            handover.endIsTold();
            settings.orders().orElseThrow().over();
        }
    }
}
