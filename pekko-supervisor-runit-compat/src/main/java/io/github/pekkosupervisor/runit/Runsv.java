package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.SpawnRequest.Grouping;
import io.github.pekkosupervisor.process.ProcessActor;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.OwnerLost;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.process.Stdio;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * One service directory under supervision: performs what {@link RunsvRule} decides.
 *
 * <p>Tells its owner {@link Ended} and stops when supervision is over or cannot begin. If it fails instead (a defect of
 * ours), the processes go on, and an actor made anew with the same {@link ServiceDirectory} takes them up. There is no
 * {@code Behaviors.supervise} here: its parent is the one who decides.
 */
final class Runsv {

    private static final Duration LOG_LOCK_RETRY = Duration.ofMillis(200);
    private static final Duration REFUSED_PAUSE = Duration.ofSeconds(5);
    private static final Duration PUBLISH_RETRY = Duration.ofSeconds(1);
    private static final Duration LOG_DRAINS_LOOK = Duration.ofSeconds(1);
    private static final int FATAL = 111;
    private static final OsString LOG = OsString.of("log");

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final ServiceDirectory directory;
    private final RunsvSettings settings;
    private final Reporter reporter;
    private final Processes processes;
    private final Owner owner;
    private final Map<Role, EventLoop.Watch> watches = new EnumMap<>(Role.class);
    private final Map<Role, ActorRef<ProcessActor.Command>> running = new EnumMap<>(Role.class);
    private final Queue<RunsvEvent> events = new ArrayDeque<>();
    private final Map<Role, ServiceStatus> untold = new EnumMap<>(Role.class);
    private Optional<ActorRef<ProcessActor.Command>> script = Optional.empty();
    private RunsvState state = RunsvState.NOTHING;

    /** What a runsv can be asked to do. */
    sealed interface Command {}

    /** End the service and then this actor, as TERM does to runsv. */
    enum Terminate implements Command {
        INSTANCE
    }

    private record ControlByte(Role role, char letter) implements Command {}

    private record OfProcess(Role role, ProcessActor.Event event) implements Command {}

    private record OfScript(char letter, ProcessActor.Event event) implements Command {}

    private record ProcessActorStopped(ActorRef<ProcessActor.Command> actor) implements Command {}

    private record PauseOver(Role role) implements Command {}

    private record PublishAgain(Role role) implements Command {}

    /**
     * The launcher's own log has had another second to come to its end.
     *
     * @param progress how far it was when it last got on
     * @param silence since then
     */
    private record LogDrains(long progress, Duration silence) implements Command {}

    private record CatchUp(Role role) implements Command {}

    private record NotOver(Duration soFar) implements Command {}

    private enum TryLogLock implements Command {
        INSTANCE
    }

    /**
     * Supervision is over.
     *
     * @param exitCode what runsv would exit with: 0, or 111 if it could not begin
     */
    record Ended(int exitCode) {}

    private interface Owner {
        void tell(Ended ended);
    }

    private Runsv(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            ServiceDirectory directory,
            RunsvSettings settings,
            Owner owner) {
        this.context = context;
        this.timers = timers;
        this.directory = directory;
        this.settings = settings;
        this.reporter = new Reporter("runsv", directory.name(), settings.messages());
        this.processes = Processes.get(context.getSystem());
        this.owner = owner;
    }

    /**
     * Supervises a service directory.
     *
     * @param directory new, or left by a runsv that failed; closed by the caller when this has ended
     * @param translation puts the end into the owner's own words
     */
    static <T> Behavior<Command> create(
            ServiceDirectory directory,
            RunsvSettings settings,
            ActorRef<T> owner,
            Function<? super Ended, ? extends T> translation) {
        return Contained.of(Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new Runsv(context, timers, directory, settings, ended -> owner.tell(translation.apply(ended)))
                        .opening())));
    }

    // ---- opening: the service directory may be unusable, or its log locked

    private Behavior<Command> opening() {
        try {
            return switch (directory.open(processes.posix(), reporter)) {
                case DONE -> supervising();
                case LOG_IS_LOCKED -> waitingForLogLock();
            };
        } catch (FatalException e) {
            reporter.fatal(String.valueOf(e.getMessage()));
            return end(FATAL);
        }
    }

    private Behavior<Command> waitingForLogLock() {
        timers.startSingleTimer(TryLogLock.INSTANCE, TryLogLock.INSTANCE, LOG_LOCK_RETRY);
        return Behaviors.receive(Command.class)
                .onMessage(TryLogLock.class, retry -> opening())
                .onMessage(Terminate.class, terminate -> end(0))
                .build();
    }

    private Behavior<Command> end(int exitCode) {
        owner.tell(new Ended(exitCode));
        return Behaviors.stopped();
    }

    // ---- supervising

    private Behavior<Command> supervising() {
        boolean successor = directory.isLeft();
        state = directory.beginning(settings.clock().instant());
        if (successor) {
            takeOver();
        }
        events.add(RunsvEvent.Begin.INSTANCE);
        try {
            drain();
        } catch (RuntimeException | Error e) {
            // there is no behavior yet that would be told of the end
            stopWatching();
            throw e;
        }
        if (successor) {
            publish(Role.SERVICE, state.service());
            state.log().ifPresent(unit -> publish(Role.LOG, unit));
        }
        if (state.exited()) {
            return exited();
        }
        return Behaviors.receive(Command.class)
                .onMessage(ControlByte.class, read -> decide(new RunsvEvent.CommandRead(read.role(), read.letter())))
                .onMessage(Terminate.class, terminate -> terminate())
                .onMessage(NotOver.class, notOver -> sayWhatIsAwaited(notOver.soFar()))
                .onMessage(CatchUp.class, message -> catchUp(message.role()))
                .onMessage(OfProcess.class, this::ofProcess)
                .onMessage(OfScript.class, this::ofScript)
                .onMessage(ProcessActorStopped.class, this::processActorStopped)
                .onMessage(PauseOver.class, over -> decide(new RunsvEvent.ThrottleElapsed(over.role())))
                .onMessage(PublishAgain.class, this::publishAgain)
                .onMessage(LogDrains.class, this::logDrains)
                .onSignal(PostStop.class, stop -> stopWatching())
                .build();
    }

    private Behavior<Command> terminate() {
        if (!timers.isTimerActive(NotOver.class)) {
            awaitEnd(Duration.ZERO);
        }
        return decide(RunsvEvent.TerminateRequested.INSTANCE);
    }

    private void awaitEnd(Duration soFar) {
        Duration next = Awaited.next(soFar);
        timers.startSingleTimer(NotOver.class, new NotOver(next), next.minus(soFar));
    }

    private Behavior<Command> sayWhatIsAwaited(Duration soFar) {
        Optional<Awaited.Script> due = directory
                .script()
                .map(run ->
                        new Awaited.Script(run.letter(), run.witness().process().map(ProcessIdentity::pid)));
        reporter.warnOfOurs(
                Awaited.describe(soFar, state, due, directory.ownLog().isPresent()));
        awaitEnd(soFar);
        return Behaviors.same();
    }

    /** What a failed predecessor has left: its processes, and news that it was told but did not act on. */
    private void takeOver() {
        takeOver(Role.SERVICE, state.service());
        state.log().ifPresent(unit -> takeOver(Role.LOG, unit));
        if (state.service().busy() == RunsvState.Busy.SCRIPT) {
            takeOver(directory.script().orElseThrow());
        }
    }

    private void takeOver(Role role, RunsvState.Unit unit) {
        Witness witness = directory.supervise(role).witness();
        boolean starting = unit.busy() == RunsvState.Busy.STARTING;
        if (witness.process().isEmpty()) {
            if (starting) {
                state = state.withoutStart(role);
            }
            return;
        }
        ProcessIdentity process = witness.process().get();
        if (starting) {
            events.add(new RunsvEvent.ProcessStarted(role, process.pid()));
        }
        if (witness.end().isEmpty() && isOwnLog(role)) {
            ownLog(witness, true);
        } else if (witness.end().isEmpty()) {
            own(
                    role,
                    ProcessActor.adopt(
                            processes.find(process).orElseThrow(),
                            context.getSelf(),
                            event -> told(role, witness, event)));
        } else if (unit.unseen().isEmpty()) {
            events.add(ended(role, witness.end().get()));
        }
    }

    private void takeOver(ServiceDirectory.Script left) {
        Witness witness = left.witness();
        if (witness.process().isEmpty()) {
            runScript(left.letter());
        } else if (witness.end().isPresent()) {
            events.add(scriptEnded(left.letter(), witness.end().get()));
        } else {
            ownScript(ProcessActor.adopt(
                    processes.find(witness.process().get()).orElseThrow(),
                    context.getSelf(),
                    event -> told(left, event)));
        }
    }

    /** Runs in the actor of the process. */
    private static OfProcess told(Role role, Witness witness, ProcessActor.Event event) {
        witness.note(event);
        return new OfProcess(role, event);
    }

    /** Runs in the actor of the process. */
    private static OfScript told(ServiceDirectory.Script script, ProcessActor.Event event) {
        script.witness().note(event);
        return new OfScript(script.letter(), event);
    }

    private Behavior<Command> decide(RunsvEvent event) {
        events.add(event);
        drain();
        return state.exited() ? exited() : Behaviors.same();
    }

    /** Performing an action can itself be an event: a script that is not there has ended at once. */
    private void drain() {
        while (!events.isEmpty()) {
            RunsvEvent event = events.remove();
            RunsvRule.Decision decision =
                    RunsvRule.decide(state, event, settings.clock().instant());
            noteHistory(event);
            state = decision.state();
            leave(event, decision.actions());
            decision.actions().forEach(this::perform);
        }
        tell(Role.SERVICE, state.service());
        state.log().ifPresent(unit -> tell(Role.LOG, unit));
    }

    /**
     * Tells the world once for all that one event has led to, and nothing while a process is being started: what that
     * leads to, a moment later, replaces it.
     */
    private void tell(Role role, RunsvState.Unit unit) {
        if (unit.busy() == RunsvState.Busy.STARTING) {
            return;
        }
        ServiceStatus status = untold.remove(role);
        if (status != null) {
            publish(role, status);
        } else {
            tellFirst(role, unit);
        }
    }

    /** Keeps for a successor, before anything is done, what has been decided. */
    private void leave(RunsvEvent event, List<RunsvAction> actions) {
        directory.leave(state);
        forgetIfGone(Role.SERVICE, state.service());
        state.log().ifPresent(unit -> forgetIfGone(Role.LOG, unit));
        if (event instanceof RunsvEvent.ScriptEnded) {
            directory.scriptIsOver();
        }
        for (RunsvAction action : actions) {
            if (action instanceof RunsvAction.StartRun start) {
                directory.supervise(start.role()).forgetProcess();
            } else if (action instanceof RunsvAction.StartFinish) {
                directory.supervise(Role.SERVICE).forgetProcess();
            } else if (action instanceof RunsvAction.RunScript run) {
                directory.scriptIsDue(run.letter());
            }
        }
    }

    /** Of the state before the event: it tells run from finish. */
    private void noteHistory(RunsvEvent event) {
        if (event instanceof RunsvEvent.ProcessStarted started) {
            directory.supervise(started.role()).note(event, state.unit(started.role()));
        } else if (event instanceof RunsvEvent.ProcessEnded ended) {
            directory.supervise(ended.role()).note(event, state.unit(ended.role()));
        }
    }

    private void forgetIfGone(Role role, RunsvState.Unit unit) {
        if (unit.status().pid() == 0
                && unit.busy() != RunsvState.Busy.STARTING
                && unit.unseen().isEmpty()) {
            directory.supervise(role).forgetProcess();
        }
    }

    /** A process that is being started makes the first status itself; anything else is told as it stands. */
    private void tellFirst(Role role, RunsvState.Unit unit) {
        if (!directory.supervise(role).isOpen()) {
            publish(role, unit);
        }
    }

    private void publish(Role role, RunsvState.Unit unit) {
        if (unit.busy() != RunsvState.Busy.STARTING) {
            publish(role, unit.status());
        }
    }

    private Behavior<Command> exited() {
        stopWatching();
        return end(0);
    }

    private Behavior<Command> ofProcess(OfProcess message) {
        Role role = message.role();
        if (message.event() instanceof ProcessActor.Started started) {
            started.identityProblem()
                    .ifPresent(problem -> reporter.warn(
                            "unable to write " + directory.supervise(role).identityFile(), problem));
            boolean unknown = started.identity().startTicks() == 0 && !isOwnLog(role);
            if (started.identityProblem().isPresent() || unknown) {
                directory.supervise(role).owesIdentity(started.identity());
                catchUpLater(role);
            }
            return decide(new RunsvEvent.ProcessStarted(role, started.identity().pid()));
        }
        running.remove(role);
        if (message.event() instanceof ProcessActor.StartFailed failed) {
            return decide(startFailed(role, failed));
        }
        ProcessActor.Exited exited = (ProcessActor.Exited) message.event();
        return decide(ended(role, exited.status()));
    }

    private RunsvEvent startFailed(Role role, ProcessActor.StartFailed failed) {
        if (failed.isRefusal()) {
            reporter.warn("unable to fork, sleeping", failed.cause());
            return new RunsvEvent.StartRefused(role);
        }
        boolean atDirectory = failed.cause().call().equals("openat");
        reporter.fatal(
                atDirectory ? "unable to change directory to ./log" : "unable to start " + program(role),
                failed.cause());
        return ended(role, ExitStatus.ofCode(FATAL));
    }

    private String program(Role role) {
        if (role == Role.LOG) {
            return "log/./run";
        }
        return state.service().status().state() == ServiceStatus.State.FINISH ? "./finish" : "./run";
    }

    private RunsvEvent ended(Role role, ExitStatus status) {
        return new RunsvEvent.ProcessEnded(role, status, role == Role.SERVICE && directory.finishPresent());
    }

    private Behavior<Command> ofScript(OfScript message) {
        if (message.event() instanceof ProcessActor.Started) {
            return Behaviors.same();
        }
        script = Optional.empty();
        char letter = message.letter();
        if (message.event() instanceof ProcessActor.Exited exited) {
            return decide(scriptEnded(letter, exited.status()));
        }
        ProcessActor.StartFailed failed = (ProcessActor.StartFailed) message.event();
        if (failed.isRefusal()) {
            reporter.warn("unable to fork for control/" + letter, failed.cause());
        } else {
            reporter.fatal("unable to run control/?", failed.cause());
        }
        return decide(new RunsvEvent.ScriptEnded(letter, false));
    }

    private static RunsvEvent scriptEnded(char letter, ExitStatus status) {
        return new RunsvEvent.ScriptEnded(letter, status.waitStatus() >> 8 == 0);
    }

    private Behavior<Command> processActorStopped(ProcessActorStopped message) {
        if (running.containsValue(message.actor())
                || script.filter(message.actor()::equals).isPresent()) {
            throw new IllegalStateException("the actor of a process failed before the process ended");
        }
        return Behaviors.same();
    }

    private void catchUpLater(Role role) {
        CatchUp catchUp = new CatchUp(role);
        timers.startSingleTimer(catchUp, catchUp, PUBLISH_RETRY);
    }

    private Behavior<Command> catchUp(Role role) {
        SuperviseDirectory supervise = directory.supervise(role);
        supervise.catchUp(reporter);
        if (supervise.isBehind()) {
            catchUpLater(role);
        }
        return Behaviors.same();
    }

    private Behavior<Command> publishAgain(PublishAgain message) {
        directory.supervise(message.role()).told().ifPresent(status -> publish(message.role(), status));
        return Behaviors.same();
    }

    private Behavior<Command> stopWatching() {
        watches.values().forEach(EventLoop.Watch::close);
        watches.clear();
        return Behaviors.same();
    }

    // ---- actions

    private void perform(RunsvAction action) {
        if (action instanceof RunsvAction.RunScript run) {
            runScript(run.letter());
        } else if (action instanceof RunsvAction.StartRun start) {
            start(start.role(), List.of(OsString.of("./run")));
        } else if (action instanceof RunsvAction.StartFinish finish) {
            if (!directory.supervise(Role.SERVICE).isOpen()) {
                // run could not be started; finish is the first that may ask sv about its own service
                publish(Role.SERVICE, state.service().status());
            }
            start(
                    Role.SERVICE,
                    List.of(
                            OsString.of("./finish"),
                            OsString.of(Integer.toString(finish.code())),
                            OsString.of(Integer.toString(finish.status()))));
        } else if (action instanceof RunsvAction.SendSignal send) {
            Optional.ofNullable(running.get(send.role()))
                    .ifPresent(process -> process.tell(new ProcessActor.SendSignal(send.signal())));
        } else if (action instanceof RunsvAction.Publish publish) {
            untold.put(publish.role(), publish.status());
        } else if (action instanceof RunsvAction.Throttle throttle) {
            PauseOver over = new PauseOver(throttle.role());
            timers.startSingleTimer(over, over, length(throttle.length()));
        } else if (action instanceof RunsvAction.ReadCommand read) {
            readCommand(read.role());
        } else if (action instanceof RunsvAction.ClosePipe) {
            directory.closePipe();
            directory.ownLog().ifPresent(log -> lookAgain(new LogDrains(log.progress(), Duration.ZERO)));
        } else if (action instanceof RunsvAction.OpenPipe) {
            openPipe();
        }
        // Exit shows in the state
    }

    private void lookAgain(LogDrains news) {
        timers.startSingleTimer(LogDrains.class, news, LOG_DRAINS_LOOK);
    }

    /** A log of ours that can write nothing does not keep its service, and so the launcher, from their end. */
    private Behavior<Command> logDrains(LogDrains last) {
        ActorRef<ProcessActor.Command> actor = running.get(Role.LOG);
        if (actor == null || !state.draining()) {
            return Behaviors.same();
        }
        OwnLog log = directory.ownLog().orElseThrow();
        boolean gotOn = log.progress() != last.progress();
        Duration silence = gotOn ? Duration.ZERO : last.silence().plus(LOG_DRAINS_LOOK);
        if (silence.compareTo(log.patience()) < 0) {
            lookAgain(new LogDrains(log.progress(), silence));
            return Behaviors.same();
        }
        reporter.warnOfOurs("log: nothing could be written to " + log.name() + " for " + silence.toSeconds()
                + " seconds: it is not awaited any longer; what it has not written stays in the pipe and is lost with"
                + " the last process that has that open");
        log.giveUp();
        context.stop(actor);
        ProcessActor.Exited end = new ProcessActor.Exited(ExitStatus.ofCode(FATAL));
        return ofProcess(told(Role.LOG, directory.supervise(Role.LOG).witness(), end));
    }

    private static Duration length(RunsvAction.Pause pause) {
        return switch (pause) {
            case SHORT_RUN -> RunsvRule.SHORT_RUN;
            case REFUSED -> REFUSED_PAUSE;
        };
    }

    private void publish(Role role, ServiceStatus status) {
        directory.useReserveToTell();
        SuperviseDirectory supervise = directory.supervise(role);
        if (!supervise.publish(status, reporter)) {
            PublishAgain again = new PublishAgain(role);
            timers.startSingleTimer(again, again, PUBLISH_RETRY);
        }
        if (supervise.isBehind()) {
            catchUpLater(role);
        }
    }

    private void readCommand(Role role) {
        EventLoop.Watch known = watches.get(role);
        if (known != null) {
            known.resume();
            return;
        }
        ActorRef<Command> self = context.getSelf();
        Descriptor control = directory.supervise(role).control();
        try {
            watches.put(
                    role,
                    processes
                            .posix()
                            .loop()
                            .read(
                                    control,
                                    1,
                                    (bytes, watch) -> self.tell(new ControlByte(role, (char) (bytes[0] & 0xff)))));
        } catch (PosixException e) {
            throw new IllegalStateException("a control FIFO cannot be watched: " + e.getMessage(), e);
        }
    }

    private void openPipe() {
        try {
            directory.openPipe(processes.posix());
        } catch (PosixException e) {
            reporter.warn("unable to create log pipe", e);
        }
    }

    private ProcessSpec spec(List<OsString> command) {
        return ProcessSpec.bare(command)
                .withOwnerLost(OwnerLost.KEEP)
                .withGrouping(settings.ownSessions() ? Grouping.OWN_SESSION : Grouping.INHERIT);
    }

    private Stdio loggerInput() {
        return directory.pipeOut().map(Stdio::given).orElseGet(Stdio::inherited);
    }

    private Stdio serviceOutput() {
        return directory.pipeIn().map(Stdio::given).orElseGet(Stdio::inherited);
    }

    private void start(Role role, List<OsString> command) {
        directory.useReserveToStart();
        Witness witness = directory.supervise(role).witness();
        if (isOwnLog(role)) {
            ownLog(witness, false);
            return;
        }
        ProcessSpec spec = spec(command)
                .withIdentityFile(
                        directory.directory(), directory.supervise(role).identityFile());
        own(
                role,
                ProcessActor.create(
                        switch (role) {
                            case SERVICE ->
                                spec.withDirectory(directory.directory()).withStdout(serviceOutput());
                            case LOG ->
                                spec.withDirectory(directory.directory(), LOG).withStdin(loggerInput());
                        },
                        context.getSelf(),
                        event -> told(role, witness, event)));
    }

    private boolean isOwnLog(Role role) {
        return role == Role.LOG && directory.ownLog().isPresent();
    }

    /** In the place of a logger process. */
    private void ownLog(Witness witness, boolean successor) {
        Descriptor pipe;
        try {
            pipe = directory.pipeOut().orElseThrow().duplicate();
        } catch (PosixException e) {
            ProcessActor.StartFailed failed = new ProcessActor.StartFailed(e);
            context.getSelf().tell(told(Role.LOG, witness, failed));
            return;
        }
        own(
                Role.LOG,
                LogActor.create(
                        directory.ownLog().orElseThrow(),
                        pipe,
                        successor,
                        reporter,
                        settings.clock(),
                        context.getSelf(),
                        event -> told(Role.LOG, witness, event)),
                LogActor.dispatcher());
    }

    private void own(Role role, Behavior<ProcessActor.Command> behavior) {
        own(role, behavior, Processes.dispatcher());
    }

    private void own(Role role, Behavior<ProcessActor.Command> behavior, DispatcherSelector dispatcher) {
        ActorRef<ProcessActor.Command> actor = context.spawnAnonymous(Contained.of(behavior), dispatcher);
        running.put(role, actor);
        context.watchWith(actor, new ProcessActorStopped(actor));
    }

    private void runScript(char letter) {
        OsString file = OsString.of("control/" + letter);
        boolean usable;
        try {
            usable =
                    directory.status(file).filter(FileStatus::isOwnerExecutable).isPresent();
        } catch (PosixException e) {
            reporter.warn("unable to stat " + file, e);
            usable = false;
        }
        if (!usable) {
            events.add(new RunsvEvent.ScriptEnded(letter, false));
            return;
        }
        ProcessSpec spec =
                spec(List.of(file)).withDirectory(directory.directory()).withStdout(serviceOutput());
        ServiceDirectory.Script due = directory.script().orElseThrow();
        ownScript(ProcessActor.create(spec, context.getSelf(), event -> told(due, event)));
    }

    private void ownScript(Behavior<ProcessActor.Command> behavior) {
        ActorRef<ProcessActor.Command> actor = context.spawnAnonymous(Contained.of(behavior), Processes.dispatcher());
        script = Optional.of(actor);
        context.watchWith(actor, new ProcessActorStopped(actor));
    }
}
