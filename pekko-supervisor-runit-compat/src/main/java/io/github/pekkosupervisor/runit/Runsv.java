package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.process.ContainedErrors;
import io.github.pekkosupervisor.process.ProcessActor;
import io.github.pekkosupervisor.process.ProcessEvent;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.runit.rule.Awaited;
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
    private static final Duration KILL_AGAIN = Duration.ofSeconds(1);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    private static final Duration PUBLISH_RETRY = Duration.ofSeconds(1);

    /** Longer times cannot be timed, and need not be. */
    private static final Duration LONGEST_TIMER = Duration.ofDays(100);

    private static final int FATAL = 111;

    private final TimerScheduler<Command> timers;
    private final Handover handover;
    private final ServiceDirectory directory;
    private final RunsvSettings settings;
    private final ServiceStream stream;
    private final Reporter reporter;
    private final Processes system;
    private final RunsvProcesses<Command> processes;
    private final ControlFifos fifos;
    private final Publisher publisher;
    private final ProcessNews news;
    private final Records records;
    private final Adoption adoption;
    private final Consumer<Ended> owner;
    private final Consumer<Command> tellSelf;
    private final RunsvAction.Visitor performer = new Performer();
    private final Queue<RunsvEvent> events = new ArrayDeque<>();
    private RunsvState state = RunsvState.NOTHING;
    private int refusedLocks;

    private final LongSupplier elapsed = System::nanoTime;
    private OneshotTime oneshotTime = OneshotTime.NONE;

    private final Wishes wishes;

    /** What has been ordered before there was anything that could be done. */
    private final Deque<Order> early = new ArrayDeque<>();

    /** Who wants it to come to rest; empty if nobody does. */
    private Optional<Settle> settling = Optional.empty();

    /** Of whose processes something may be on its way. */
    private Set<ActorRef<ProcessActor.Command>> unsettled = Set.of();

    /** What a runsv can be asked to do. */
    sealed interface Command {}

    /** End the service and then this actor, as TERM does to runsv. */
    enum Terminate implements Command {
        INSTANCE
    }

    /** The same without patience: what runs is killed, and again and again whatever has been started meanwhile. */
    enum Kill implements Command {
        /** Each second. */
        INSTANCE(KILL_AGAIN),
        /** Soon, since whoever wants that is killed himself before long. */
        LATE(StopOrder.KILL_AGAIN);

        private final Duration again;

        Kill(Duration again) {
            this.again = again;
        }
    }

    /** Something has been wished for, see {@link Handover#wishes}. */
    enum Wished implements Command {
        INSTANCE
    }

    /** What is ordered by who decides on starts, see {@link RunsvSettings#orders}. */
    sealed interface Order extends Command {}

    /**
     * Start {@code run}.
     *
     * @param once whether no other start follows by itself
     * @param unlessDown not if there is a file {@code down}
     */
    record StartRun(boolean once, boolean unlessDown) implements Order {}

    /** Stop it; see {@link RunsvEvent.StopOrdered}. */
    record StopRun(boolean again, boolean scriptHasRun) implements Order {}

    /** Kill it, and each second whatever has been started for it meanwhile, until it is over. */
    enum KillRun implements Order {
        INSTANCE
    }

    /** It will not be started again by itself. */
    enum LeaveDown implements Order {
        INSTANCE
    }

    /**
     * Come to rest: do what follows from all that has been seen, leave the record of how that stands, and do nothing
     * more until {@link GoOn}. To be asked while the event loop is held.
     *
     * @param settled told, in this actor, why nobody could go on with the record; empty if that can be done
     */
    record Settle(Consumer<Optional<String>> settled) implements Command {}

    /** Go on as before {@link Settle}. */
    enum GoOn implements Command {
        INSTANCE
    }

    /** Tell how the service directory stands, if nobody else has. The number is answered too. */
    record Snapshot(int number, Standing.Turn turn, ActorRef<? super Answer> replyTo) implements Command {}

    /** How the service directory stands. */
    record Answer(int number, ServiceSnapshot snapshot) {}

    /** Nothing is on its way from this one, since it was asked for that. */
    private record ProcessSettled(ActorRef<ProcessActor.Command> actor, Settle asked) implements Command {}

    /** What came before this has been dealt with, since it was asked for that. */
    private record Quiet(Settle asked) implements Command {}

    private record ControlByte(Role role, char letter) implements Command {}

    private record OfProcess(Role role, ProcessEvent event) implements Command {}

    private record OfScript(char letter, ProcessEvent event) implements Command {}

    private record OfLogger(LoggerRequests.Said said) implements Command {}

    private record OfLoggerLog(ProcessEvent event) implements Command {}

    /** A logger may have got a signal and not noticed. */
    private record WakeLogger(int pid) implements Command {}

    private record ProcessActorStopped(ActorRef<ProcessActor.Command> actor) implements Command {}

    private record PauseOver(Role role) implements Command {}

    /** What was stopped since it was hung has had its time. */
    private enum HangOverdue implements Command {
        INSTANCE
    }

    /** A oneshot has had its time. */
    private record OneshotOverdue(int pid) implements Command {}

    private record PublishAgain(Role role) implements Command {}

    /** The launcher's own log has had another second to come to its end. */
    private record LogDrains(OwnLog.Drain last) implements Command {}

    private record CatchUp(Role role) implements Command {}

    private record ReadCommands(Role role) implements Command {}

    private record NotOver(Duration soFar) implements Command {}

    /** What could not be opened, or not be told, may be so by now. */
    private enum TryAgain implements Command {
        INSTANCE
    }

    /**
     * Supervision is over.
     *
     * @param exitCode what runsv would exit with: 0, or 111 if it could not begin
     */
    record Ended(int exitCode) {}

    private Runsv(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
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
        ActorRef<Command> self = context.getSelf();
        this.tellSelf = self::tell;
        this.fifos = new ControlFifos(
                directory, system.posix().loop(), (role, letter) -> self.tell(new ControlByte(role, letter)));
        this.records = new Records(handover, settings, system.posix().hasGroups(), system::find, system::leadsGroup);
        this.publisher = stream.writtenBy(new Publisher(handover, records, reporter, new Retry()));
        this.news = new ProcessNews(directory, stream);
        this.adoption = new Adoption(handover, system, reporter, System::nanoTime);
        this.owner = owner;
    }

    /**
     * Supervises a service directory.
     *
     * @param handover new, or left by a runsv that failed; its directory is closed by the caller when this has ended
     * @param translation puts the end into the owner's own words
     */
    static <T> Behavior<Command> create(
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
    private void tellSelf(Command command, Duration pause) {
        timers.startSingleTimer(command, command, pause);
    }

    // ---- opening: the service directory may be unusable, locked, or hold what nobody can be sure of

    private Behavior<Command> opening() {
        try {
            return switch (directory.open(reporter)) {
                case DONE -> adopting();
                case SERVICE_IS_LOCKED -> waitingForLock();
                case LOG_IS_LOCKED -> waiting(LOG_LOCK_RETRY, () -> {});
            };
        } catch (FatalException e) {
            reporter.fatal(e.text());
            return end(FATAL);
        }
    }

    /**
     * A child that a launcher was making when it died has a copy of its locks for a moment, if it was not made by the
     * thread that has a table of descriptors of its own.
     */
    private Behavior<Command> waitingForLock() throws FatalException {
        refusedLocks++;
        if (refusedLocks > LOCK_ATTEMPTS) {
            throw directory.lockedOut();
        }
        return waitingALittle(LOCK_RETRY);
    }

    private Behavior<Command> adopting() throws FatalException {
        if (handover.isFromPredecessor()) {
            return supervising();
        }
        Optional<Adoption.Again> again = adoption.look(settings.clock().instant());
        if (again.isEmpty()) {
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
    private Behavior<Command> waitingALittle(Duration pause) {
        tellSelf(TryAgain.INSTANCE, pause);
        return Behaviors.receive(Command.class)
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

    private void putOff(Command wish, Duration pause) {
        if (!timers.isTimerActive(NotOver.class)) {
            awaitEnd(Duration.ZERO);
        }
        if (wish == Kill.LATE && !timers.isTimerActive(wish.getClass())) {
            Duration last = StopOrder.KILL_AGAIN;
            timers.startSingleTimer(wish.getClass(), new NotOver(last), last);
        }
        tellSelf(wish, pause);
    }

    private Behavior<Command> giveUp(Duration soFar) {
        reporter.warnOfOurs(Awaited.unknown(soFar));
        return end(0);
    }

    /** @param last to be done if it is to end before anything has come of it */
    private Behavior<Command> waiting(Duration pause, Runnable last) {
        handover.isDecided();
        tellSelf(TryAgain.INSTANCE, pause);
        return Behaviors.receive(Command.class)
                .onMessage(TryAgain.class, retry -> opening())
                .onMessage(Terminate.class, terminate -> endWith(last))
                .onMessage(Kill.class, kill -> endWith(last))
                .onMessage(Snapshot.class, this::answer)
                .onMessage(Order.class, this::keep)
                .onMessage(Wished.class, wished -> refuse())
                .onMessage(Settle.class, asked -> settled(asked, Optional.empty(), () -> waiting(pause, last)))
                .build();
    }

    private Behavior<Command> endWith(Runnable last) {
        last.run();
        return end(0);
    }

    private Behavior<Command> refuse() {
        wishes.refuse("it has not been opened yet");
        return Behaviors.same();
    }

    /**
     * An order to stop undoes one to start; what a supervisor that is gone has left is then stopped when it is seen.
     * One to start undoes those before it: what is seen then is the run that was ordered.
     */
    private Behavior<Command> keep(Order order) {
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

    private Behavior<Command> end(int exitCode) {
        stream.tell(new ServiceEvent.SupervisionEnded(stream.path(), exitCode));
        owner.accept(new Ended(exitCode));
        return Behaviors.stopped();
    }

    // ---- supervising

    private Behavior<Command> supervising() {
        boolean successor = handover.isFromPredecessor();
        RunsvState left = handover.beginning(settings.clock().instant());
        if (!successor) {
            directory.showShortcomings(settings.orders().isPresent(), reporter);
        }
        if (settings.orders().isPresent() && left.oneshot() != Oneshot.NONE && !directory.isHeldBack()) {
            reporter.warnOfOurs(ServiceConf.FILE + ": oneshot is not used, since a supervisor says when run is started;"
                    + " say restart = transient there");
        }
        if (directory.endPolicy().isEssential() && settings.essential().isEmpty()) {
            reporter.warnOfOurs(ServiceConf.FILE + ": essential is not used, since there is no launcher here that could"
                    + " end; a child of a supervisor can be significant");
        }
        state = settings.orders().isPresent() ? left.as(Oneshot.NONE).byOrders() : left;
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
        return state.exited() ? exited() : listening();
    }

    // ---- coming to rest

    private Behavior<Command> settle(Settle asked) {
        settling = Optional.of(asked);
        unsettled = processes.settle(actor -> tellSelf.accept(new ProcessSettled(actor, asked)));
        return lookWhetherQuiet();
    }

    /** Who answers to an earlier one goes on since, and has been asked anew. */
    private Behavior<Command> processSettled(ProcessSettled message) {
        if (isWanted(message.asked())) {
            unsettled.remove(message.actor());
        }
        return lookWhetherQuiet();
    }

    private boolean isWanted(Settle asked) {
        return settling.filter(asked::equals).isPresent();
    }

    /** What comes before that message may change it again. */
    private Behavior<Command> lookWhetherQuiet() {
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

    private Behavior<Command> quiet(Quiet message) {
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
    private Behavior<Command> settled(Settle asked, Optional<String> refusal, Supplier<Behavior<Command>> next) {
        asked.settled().accept(refusal);
        List<Command> later = new ArrayList<>();
        return Behaviors.receive(Command.class)
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

    private Behavior<Command> goOn() {
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

    private Behavior<Command> listening() {
        return Behaviors.receive(Command.class)
                .onMessage(ControlByte.class, this::read)
                .onMessage(Wished.class, wished -> command())
                .onMessage(Terminate.class, terminate -> terminate())
                .onMessage(Kill.class, this::kill)
                .onMessage(StartRun.class, this::startRun)
                .onMessage(StopRun.class, stop -> decide(new RunsvEvent.StopOrdered(stop.again(), stop.scriptHasRun())))
                .onMessage(KillRun.class, kill -> killRun())
                .onMessage(LeaveDown.class, down -> decide(RunsvEvent.LeftDown.INSTANCE))
                .onMessage(Snapshot.class, this::answer)
                .onMessage(NotOver.class, notOver -> sayWhatIsAwaited(notOver.soFar()))
                .onMessage(CatchUp.class, message -> done(() -> publisher.catchUp(message.role())))
                .onMessage(ReadCommands.class, message -> done(() -> readCommand(message.role())))
                .onMessage(OfProcess.class, this::ofProcess)
                .onMessage(OfScript.class, this::ofScript)
                .onMessage(OfLogger.class, this::ofLogger)
                .onMessage(OfLoggerLog.class, told -> done(() -> processes.heardOfLoggerLog(told.event())))
                .onMessage(WakeLogger.class, logger -> done(() -> processes.wakeLogger(logger.pid())))
                .onMessage(ProcessActorStopped.class, this::stopped)
                .onMessage(PauseOver.class, over -> decide(new RunsvEvent.ThrottleElapsed(over.role())))
                .onMessage(HangOverdue.class, overdue -> decide(RunsvEvent.HangOverdue.INSTANCE))
                .onMessage(OneshotOverdue.class, this::oneshotOverdue)
                .onMessage(PublishAgain.class, message -> done(() -> publisher.publishAgain(message.role())))
                .onMessage(LogDrains.class, this::logDrains)
                .onMessage(Settle.class, this::settle)
                .onMessage(ProcessSettled.class, this::processSettled)
                .onMessage(Quiet.class, this::quiet)
                .onMessageEquals(GoOn.INSTANCE, this::goOn)
                .onSignal(PostStop.class, stop -> done(fifos::close))
                .build();
    }

    private Behavior<Command> answer(Snapshot asked) {
        if (asked.turn().take()) {
            ServiceSnapshot known = handover.standing().see(asked.turn().seen()).known();
            asked.replyTo().tell(new Answer(asked.number(), directory.withNormallyUp(known)));
        }
        return Behaviors.same();
    }

    private static Behavior<Command> done(Runnable what) {
        what.run();
        return Behaviors.same();
    }

    private Behavior<Command> exited() {
        fifos.close();
        wishes.end(state);
        return end(0);
    }

    // ---- commands

    /** One of those that have come another way may wait to be obeyed. */
    private Behavior<Command> read(ControlByte read) {
        if (read.role() == Role.SERVICE && state.service().heard().isPresent()) {
            wishes.put(read.letter());
            return Behaviors.same();
        }
        return decide(new RunsvEvent.CommandRead(read.role(), read.letter()));
    }

    private Behavior<Command> command() {
        drain();
        return state.exited() ? exited() : Behaviors.same();
    }

    // ---- orders

    /** A file {@code down} keeps nobody from running whom a supervisor that is gone has left. */
    private Behavior<Command> startRun(StartRun start) {
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
    private Behavior<Command> killRun() {
        processes.killService();
        Behavior<Command> next = decide(new RunsvEvent.StopOrdered(false, false));
        if (state.orders().filter(ordered -> ordered.awaits() != Awaits.NOTHING).isPresent()) {
            tellSelf(KillRun.INSTANCE, KILL_AGAIN);
        }
        return next;
    }

    // ---- an end that lets itself be waited for

    private Behavior<Command> terminate() {
        if (!timers.isTimerActive(NotOver.class)) {
            awaitEnd(Duration.ZERO);
        }
        return decide(RunsvEvent.TerminateRequested.INSTANCE);
    }

    /** It is asked to end again too, since a command may have come between. */
    private Behavior<Command> kill(Kill kill) {
        tellSelf(kill, kill.again);
        return processes.kill() ? giveUpLog() : decide(RunsvEvent.TerminateRequested.INSTANCE);
    }

    private void awaitEnd(Duration soFar) {
        Duration next = Awaited.next(soFar);
        timers.startSingleTimer(NotOver.class, new NotOver(next), next.minus(soFar));
    }

    private Behavior<Command> sayWhatIsAwaited(Duration soFar) {
        boolean ownLog = directory.ownLog().isPresent();
        reporter.warnOfOurs(Awaited.describe(soFar, state, handover.scriptDue(), ownLog));
        awaitEnd(soFar);
        return Behaviors.same();
    }

    /** A log of ours that can write nothing does not keep its service, and so the launcher, from their end. */
    private Behavior<Command> logDrains(LogDrains last) {
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

    private Behavior<Command> giveUpLog() {
        ExitStatus status = ExitStatus.ofCode(FATAL);
        processes.giveUpLog(status);
        return decide(news.ended(Role.LOG, status));
    }

    private void lookAgain(OwnLog.Drain drain) {
        timers.startSingleTimer(LogDrains.class, new LogDrains(drain), OwnLog.Drain.LOOK);
    }

    // ---- from an event to what follows

    private Behavior<Command> decide(RunsvEvent event) {
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
        timeOneshot();
        if (settling.isPresent()) {
            lookWhetherQuiet();
        }
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
    private Behavior<Command> oneshotOverdue(OneshotOverdue overdue) {
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
        if (wishes.areAny()) {
            // whoever has come before is told before another letter changes it
            publisher.tell(state);
            wishes.look(state);
        }
        return wishes.next(state).map(letter -> new RunsvEvent.CommandRead(Role.SERVICE, letter));
    }

    private Behavior<Command> ofLogger(OfLogger message) {
        processes.heardOfLogger(message.said());
        tellSelf(new WakeLogger(message.said().pid()), LOOK_AGAIN);
        return Behaviors.same();
    }

    private Behavior<Command> stopped(ProcessActorStopped message) {
        // what it is told then it may not notice
        processes.loggerOf(message.actor()).ifPresent(logger -> tellSelf(new WakeLogger(logger.pid()), LOOK_AGAIN));
        Optional<ProcessEvent> end = processes.stopped(message.actor());
        return end.map(event -> ofProcess(new OfProcess(Role.LOG, event))).orElseGet(Behaviors::same);
    }

    private Behavior<Command> ofProcess(OfProcess message) {
        if (processes.holdsBack(message.role(), message.event())) {
            return Behaviors.same();
        }
        processes.heard(message.role(), message.event());
        if (message.event() == ProcessEvent.Ready.INSTANCE) {
            return done(this::ready);
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

    private Behavior<Command> ofScript(OfScript message) {
        processes.heardOfScript(message.event());
        if (message.event() instanceof ProcessEvent.Started) {
            // the rule waits for its end alone, but whoever comes after us is to know which process it is
            publisher.record(state);
        }
        return decide(news.ofScript(message.letter(), message.event()));
    }

    private Behavior<Command> decide(Optional<RunsvEvent> event) {
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
            if (processes.isOwnLog(role)) {
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
            tellSelf(new PauseOver(action.role()), action.length().duration());
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
