package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.posix.UserRights;
import io.github.pekkosupervisor.process.ContainedErrors;
import io.github.pekkosupervisor.process.Liveness;
import io.github.pekkosupervisor.process.ProcessActor;
import io.github.pekkosupervisor.process.ProcessEvent;
import io.github.pekkosupervisor.process.ProcessSigns;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.OwnerLost;
import io.github.pekkosupervisor.process.ProcessSpec.ProcessGroup;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Sign;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Ties;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/**
 * The actors below one runsv: those of its processes, and of a log that we write ourselves. Starts them and takes up
 * what a predecessor has left. What a process tells is kept in its {@link ProcessRecord} before anybody is told.
 *
 * @param <T> what runsv is told
 */
final class RunsvProcesses<T> {

    private static final OsString LOG = OsString.of("log");
    private static final List<OsString> RUN = List.of(OsString.of("./run"));
    private static final ProcessActor.SendSignal LEAVE_OFF = new ProcessActor.SendSignal(Signal.KILL);
    private static final ProcessActor.Stop AT_ONCE = new ProcessActor.Stop(Duration.ZERO);

    private final ActorContext<T> context;
    private final Processes processes;
    private final Handover handover;
    private final ServiceDirectory directory;
    private final RunsvSettings settings;
    private final Reporter reporter;
    private final Messages<T> messages;
    private final ActorRef<T> self;
    private final LoggerRequests requests;
    private final PerRole<ActorRef<ProcessActor.Command>> running = new PerRole<>();
    private Optional<ActorRef<ProcessActor.Command>> writer = Optional.empty();
    private Optional<ActorRef<ProcessActor.Command>> script = Optional.empty();

    /** The tree that runs in the place of {@code run}. */
    private Optional<ActorRef<ProcessActor.Command>> treeActor = Optional.empty();

    /** What we write for a logger process, and what is told of that when we have left off. */
    private Optional<LoggerLog> forLogger = Optional.empty();

    private Optional<ProcessEvent> heldBack = Optional.empty();

    /** Whether the actor of {@code run} has been told to stop it by all its signals. */
    private boolean isAskedToEnd;

    /**
     * What happens here in runsv's own words; called from the actor of the process.
     *
     * @param ofProcess told by one of a role
     * @param ofScript told by the control script of that letter
     * @param ofLogger said by a logger process
     * @param ofLoggerLog told by who writes its log
     * @param stopped an actor has stopped
     */
    record Messages<T>(
            BiFunction<Role, ProcessEvent, T> ofProcess,
            BiFunction<Character, ProcessEvent, T> ofScript,
            Function<LoggerRequests.Said, T> ofLogger,
            Function<ProcessEvent, T> ofLoggerLog,
            Function<ActorRef<ProcessActor.Command>, T> stopped) {}

    RunsvProcesses(
            ActorContext<T> context,
            Processes processes,
            Handover handover,
            RunsvSettings settings,
            Reporter reporter,
            Messages<T> messages) {
        this.context = context;
        this.processes = processes;
        this.handover = handover;
        this.directory = handover.directory();
        this.settings = settings;
        this.reporter = reporter;
        this.messages = messages;
        this.self = context.getSelf();
        this.requests = LoggerRequests.get(context.getSystem());
    }

    // ---- run, finish and the logger

    /** Starts {@code run}, or the log that we write ourselves. */
    void run(Role role) {
        if (role == Role.LOG) {
            start(role, loggerSpec());
            return;
        }
        try {
            directory.conditions().refuseUnlessKnown(ServiceConf.FILE);
        } catch (PosixException e) {
            context.getSelf().tell(told(role, handover.process(role), new ProcessEvent.StartFailed(e)));
            return;
        }
        if (directory.tree().isPresent()) {
            superviseTree(false);
            return;
        }
        start(
                role,
                directory.withSockets(looked(readyBySign(
                        role, inCgroup(directory.conditions().of(ofService(RUN, Program.RUN)))))));
    }

    /** Under a name by which it is found again, if it has one of its own. */
    private ProcessSpec inCgroup(ProcessSpec run) {
        return run.cgroup().isPresent()
                ? directory.cgroupName().map(run::withCgroupName).orElse(run)
                : run;
    }

    /** To be called before a start of {@code run}: says in its record where it will say that it is ready. */
    void expectSign() {
        boolean isHeard = hasWatchdog()
                || directory.readiness().filter(ServiceReadiness::needsSocket).isPresent();
        if (isHeard || directory.readiness().isPresent()) {
            Sign sign = new Sign(directory.readiness().isEmpty(), isHeard ? ProcessSigns.newSocketNumber() : 0);
            handover.process(Role.SERVICE).expects(sign);
        }
    }

    private boolean hasWatchdog() {
        return directory.live().filter(Liveness::isWatchdog).isPresent();
    }

    /** If it is our svlogd, it finds us. */
    private ProcessSpec loggerSpec() {
        return isOwnLog(Role.LOG) || UserRights.areBorrowed()
                ? spec(RUN)
                : requests.address()
                        .map(address -> spec(RUN).withEnvironment(LoggerRequests.VARIABLE, address))
                        .orElseGet(() -> spec(RUN));
    }

    private ProcessSpec readyBySign(Role role, ProcessSpec run) {
        if (role != Role.SERVICE) {
            return run;
        }
        long socket = handover.process(role).sign().map(Sign::socket).orElse(0L);
        return directory
                .readiness()
                .map(readiness -> readiness.of(run, directory.directory(), socket))
                .orElseGet(() -> socket == 0
                        ? run
                        : run.withSigns(
                                new ProcessSigns(Optional.of(ProcessSigns.socketName(socket)), Optional.empty())));
    }

    /** Starts {@code finish}. */
    void finish(int code, int status) {
        start(
                Role.SERVICE,
                ofService(
                        List.of(
                                OsString.of("./finish"),
                                OsString.of(Integer.toString(code)),
                                OsString.of(Integer.toString(status))),
                        Program.FINISH));
    }

    private void start(Role role, ProcessSpec spec) {
        directory.useReserveToStart();
        if (isOwnLog(role)) {
            writeLog(false);
            return;
        }
        ProcessRecord record = handover.process(role);
        try {
            directory.openPipeIfMissing(processes.posix());
        } catch (PosixException e) {
            // what it writes would go astray
            context.getSelf().tell(told(role, record, new ProcessEvent.StartFailed(e)));
            return;
        }
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
                        event -> told(role, record, event)),
                Processes.dispatcher());
    }

    /** With looks whether it still works. */
    private ProcessSpec looked(ProcessSpec spec) {
        return directory.live().map(spec::withLive).orElse(spec);
    }

    /**
     * Takes up a process that a predecessor has left.
     *
     * @param isRun whether it is {@code run} of the service, of which it is looked at whether it works
     * @param isPaused whether it was stopped on purpose, so that it is not
     */
    void adopt(Role role, ProcessIdentity process, boolean isRun, boolean isPaused) {
        Optional<ChildProcess> left = processes.find(process);
        if (left.isEmpty() && isOwnLog(role)) {
            writeLog(true);
            return;
        }
        if (left.isEmpty() && isRun && isTree(role)) {
            superviseTree(true);
            return;
        }
        ProcessRecord record = handover.process(role);
        if (role == Role.LOG) {
            if (directory.leaveLogOfLogger()) {
                // who wrote it has failed
                processes.signal(process, LoggerLog.ALONE);
            }
            hear(process);
        }
        if (isRun) {
            directory.takeSockets(process.pid(), reporter);
        }
        if (record.ties().diesWithSupervisor()) {
            processes.guard(left.orElseThrow());
        }
        Function<ProcessEvent, T> translation = event -> told(role, record, event);
        own(
                role,
                isRun && isByRules(record)
                        ? ProcessActor.adopt(
                                adopted(role, record),
                                left.orElseThrow(),
                                new ProcessActor.Left(
                                        record.sign().map(Sign::isGiven).orElse(true), isPaused, record.said()),
                                context.getSelf(),
                                translation)
                        : ProcessActor.adopt(left.orElseThrow(), context.getSelf(), translation),
                Processes.dispatcher());
    }

    private boolean isByRules(ProcessRecord record) {
        return record.sign().isPresent()
                || directory.live().isPresent()
                || !record.ties().equals(Ties.NONE)
                || directory.conditions().haveCgroup()
                || directory.endPolicy().timeToStop().isPresent();
    }

    /** The rules for {@code run} that a predecessor has left. */
    private ProcessSpec adopted(Role role, ProcessRecord record) {
        ProcessSpec run = directory
                .endPolicy()
                .ofAdopted(looked(directory.conditions().of(spec(RUN))), record.ties())
                .withDirectory(directory.directory());
        run = inCgroup(run);
        return record.sign().isPresent() ? readyBySign(role, run) : run;
    }

    /** Whether it is to be no process, but we write the log ourselves; a logger process may have been left. */
    boolean isOwnLog(Role role) {
        return role == Role.LOG && directory.ownLog().isPresent();
    }

    /** Whether {@code run} is to be no process, but a tree within this JVM. */
    boolean isTree(Role role) {
        return role == Role.SERVICE && directory.tree().isPresent();
    }

    /** In the place of {@code run}. */
    private void superviseTree(boolean successor) {
        ProcessRecord record = handover.process(Role.SERVICE);
        TreeConf tree = directory.tree().orElseThrow();
        directory.showTree(tree, reporter);
        own(
                Role.SERVICE,
                TreeActor.create(
                        new UserTree.Start(tree, settings),
                        successor,
                        context.getSelf(),
                        event -> told(Role.SERVICE, record, event)),
                TreeActor.dispatcher());
        treeActor = Optional.ofNullable(running.get(Role.SERVICE));
    }

    /** Whether a tree runs in the place of {@code run}. */
    private boolean runsTree() {
        return treeActor.isPresent() && treeActor.equals(Optional.ofNullable(running.get(Role.SERVICE)));
    }

    /** In the place of a logger process. */
    private void writeLog(boolean successor) {
        ProcessRecord record = handover.process(Role.LOG);
        Descriptor pipe;
        try {
            pipe = directory.pipeOut().orElseThrow().duplicate();
        } catch (PosixException e) {
            context.getSelf().tell(told(Role.LOG, record, new ProcessEvent.StartFailed(e)));
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
                        event -> told(Role.LOG, record, event)),
                LogActor.dispatcher());
        writer = Optional.ofNullable(running.get(Role.LOG));
    }

    private void own(Role role, Behavior<ProcessActor.Command> behavior, DispatcherSelector dispatcher) {
        running.put(role, spawn(behavior, dispatcher));
        if (role == Role.LOG) {
            writer = Optional.empty();
        } else {
            isAskedToEnd = false;
        }
    }

    /** Whether we write the log ourselves now. */
    boolean writesLog() {
        return writer.isPresent() && writer.equals(Optional.ofNullable(running.get(Role.LOG)));
    }

    private ActorRef<ProcessActor.Command> spawn(
            Behavior<ProcessActor.Command> behavior, DispatcherSelector dispatcher) {
        ActorRef<ProcessActor.Command> actor = context.spawnAnonymous(ContainedErrors.of(behavior), dispatcher);
        context.watchWith(actor, messages.stopped().apply(actor));
        return actor;
    }

    /** Runs in the actor of the process. */
    private T told(Role role, ProcessRecord record, ProcessEvent event) {
        record.note(event);
        if (role == Role.LOG) {
            if (event instanceof ProcessEvent.Started started) {
                hear(started.identity());
            } else if (event instanceof ProcessEvent.Exited) {
                record.process().ifPresent(process -> requests.forget(process.pid()));
            }
        }
        return messages.ofProcess().apply(role, event);
    }

    /** Does what follows from a signal that was decided: TERM of the service stands for all that asks it to end. */
    void send(Role role, Signal signal) {
        if (role == Role.SERVICE && signal == Signal.TERM && askToEnd()) {
            handover.process(role).sent(signal);
        } else {
            signal(role, signal);
        }
    }

    /**
     * Has {@code run} stopped by the signals that {@code service.conf} names, with those who belong to it; if that is
     * under way it goes on.
     *
     * @return whether it names some
     */
    boolean askToEnd() {
        Optional<Duration> within = directory.endPolicy().timeToStop();
        ActorRef<ProcessActor.Command> actor = running.get(Role.SERVICE);
        if (within.isEmpty() || actor == null) {
            return false;
        }
        if (!isAskedToEnd) {
            isAskedToEnd = true;
            actor.tell(new ProcessActor.Stop(within.get()));
        }
        return true;
    }

    /**
     * Sends a signal, if there is a process; it has been sent when this returns, so that what is recorded after it is
     * true.
     */
    void signal(Role role, Signal signal) {
        ActorRef<ProcessActor.Command> actor = running.get(role);
        if (actor != null && (writesLog(role) || (role == Role.SERVICE && runsTree()))) {
            actor.tell(new ProcessActor.SendSignal(signal));
        } else if (actor != null) {
            handover.process(role).process().ifPresent(process -> processes.signal(process, signal));
            tellPause(role, signal, actor);
            if (role == Role.LOG && (signal == Signal.STOP || signal == Signal.CONT)) {
                // who waits does not get to know of it
                forLogger.ifPresent(log -> log.writer().tell(new ProcessActor.SendSignal(signal)));
            }
        }
        handover.process(role).sent(signal);
    }

    /** One that is stopped on purpose is not hung, nor late. */
    private void tellPause(Role role, Signal signal, ActorRef<ProcessActor.Command> actor) {
        boolean isPause = signal == Signal.STOP;
        boolean isTimed = directory.live().isPresent() || directory.readiness().isPresent();
        if (role == Role.SERVICE && isTimed && (isPause || signal == Signal.CONT)) {
            actor.tell(new ProcessActor.Paused(isPause));
        }
    }

    private boolean writesLog(Role role) {
        return role == Role.LOG && writesLog();
    }

    /** Whether there is an actor that has not told an end. */
    boolean isRunning(Role role) {
        return running.get(role) != null;
    }

    /**
     * Has each say that nothing that was seen of its process is still on its way to us.
     *
     * @param settled called by each that runs
     * @return all that have been asked; who has told an end since need not say anything
     */
    Set<ActorRef<ProcessActor.Command>> settle(Consumer<ActorRef<ProcessActor.Command>> settled) {
        Set<ActorRef<ProcessActor.Command>> asked = actors();
        asked.forEach(actor -> actor.tell(new ProcessActor.Settle(() -> settled.accept(actor))));
        return asked;
    }

    /** Has each go on as before that. */
    void goOn() {
        actors().forEach(actor -> actor.tell(ProcessActor.GoOn.INSTANCE));
    }

    /** Those that have not told an end. */
    Set<ActorRef<ProcessActor.Command>> actors() {
        Set<ActorRef<ProcessActor.Command>> all = new HashSet<>(running.values());
        script.ifPresent(all::add);
        forLogger.map(LoggerLog::writer).ifPresent(all::add);
        return all;
    }

    /** Runsv has been told this of a process. */
    void heard(Role role, ProcessEvent event) {
        if (isLast(event)) {
            running.remove(role);
        }
    }

    private static boolean isLast(ProcessEvent event) {
        return event instanceof ProcessEvent.Exited || event instanceof ProcessEvent.StartFailed;
    }

    /** Waits for our own log no longer; it counts as ended with this status. */
    void giveUpLog(ExitStatus status) {
        directory.ownLog().orElseThrow().giveUp();
        Optional.ofNullable(running.remove(Role.LOG)).ifPresent(context::stop);
        handover.process(Role.LOG).note(new ProcessEvent.Exited(status));
    }

    /**
     * Kills what runs: a control script and the service, with their groups where they lead some; the logger only when
     * neither is there, so that it can write what they have said.
     *
     * @return whether there is a log that we write ourselves, and nothing else: it has to be given up
     */
    boolean kill() {
        killService();
        ActorRef<ProcessActor.Command> service = running.get(Role.SERVICE);
        ActorRef<ProcessActor.Command> log = running.get(Role.LOG);
        if (service == null && log != null && script.isEmpty() && !writesLog()) {
            log.tell(AT_ONCE);
        }
        return service == null && log != null && script.isEmpty() && writesLog();
    }

    /** The same of the service alone: its logger goes on. */
    void killService() {
        killScript();
        Optional.ofNullable(running.get(Role.SERVICE)).ifPresent(actor -> actor.tell(AT_ONCE));
    }

    // ---- the log of a logger process that is our svlogd

    /** What it says is said to us. */
    private void hear(ProcessIdentity logger) {
        requests.expect(logger.pid(), said -> self.tell(messages.ofLogger().apply(said)));
    }

    /** The logger has said something. */
    void heardOfLogger(LoggerRequests.Said said) {
        Optional<ProcessIdentity> process = logger(said.pid());
        if (process.isEmpty()) {
            return;
        }
        if (said instanceof LoggerRequests.Got got) {
            forLogger.ifPresent(log -> log.writer().tell(new ProcessActor.SendSignal(got.signal())));
        } else if (said instanceof LoggerRequests.Asks asks && forLogger.isEmpty()) {
            requests.answered(said.pid());
            if (!write(process.get(), asks)) {
                processes.signal(process.get(), LoggerLog.ALONE);
            }
        }
    }

    /** The logger, if it is the one with this number and has not ended. */
    private Optional<ProcessIdentity> logger(int pid) {
        ProcessRecord record = handover.process(Role.LOG);
        boolean runs =
                running.get(Role.LOG) != null && !writesLog() && record.end().isEmpty();
        return record.process().filter(process -> runs && process.pid() == pid);
    }

    private boolean write(ProcessIdentity process, LoggerRequests.Asks asks) {
        Optional<OwnLog> log = LoggerLog.asked(directory, process, asks.words());
        if (log.isEmpty()) {
            return false;
        }
        Descriptor pipe;
        try {
            // an open file of our own: nobody after us is to find it non-blocking
            pipe = directory.pipeOut().orElseThrow().reopenToRead();
        } catch (PosixException e) {
            return false;
        }
        directory.writesLogOfLogger(log.get());
        ActorRef<ProcessActor.Command> actor = spawn(
                LogActor.create(log.get(), pipe, true, reporter, settings.clock(), self, messages.ofLoggerLog()),
                LogActor.dispatcher());
        forLogger = Optional.of(new LoggerLog(process, actor, Optional.empty()));
        return true;
    }

    /** Who writes its log has told how that has ended. */
    void heardOfLoggerLog(ProcessEvent event) {
        if (event instanceof ProcessEvent.Exited exited) {
            forLogger = forLogger.map(log -> log.ended(exited.status()));
        }
    }

    /** Has it look whether it has got a signal. */
    void wakeLogger(int pid) {
        logger(pid).ifPresent(process -> processes.signal(process, LoggerLog.LOOK));
    }

    /** Whether the end of the logger is to be heard when we have left off to write its log: the next one goes on. */
    boolean holdsBack(Role role, ProcessEvent event) {
        if (role != Role.LOG || forLogger.isEmpty() || !(event instanceof ProcessEvent.Exited)) {
            return false;
        }
        heldBack = Optional.of(event);
        forLogger.get().writer().tell(LEAVE_OFF);
        return true;
    }

    /** The logger whose log this one writes; empty if it is another actor. */
    Optional<ProcessIdentity> loggerOf(ActorRef<ProcessActor.Command> actor) {
        return forLogger.filter(log -> log.writer().equals(actor)).map(LoggerLog::process);
    }

    /** We have left off: says so to who waits, if it is still there. */
    private void leftOff(LoggerLog log) {
        forLogger = Optional.empty();
        directory.leaveLogOfLogger();
        logger(log.process().pid()).ifPresent(process -> processes.signal(process, log.word()));
    }

    // ---- control scripts

    /** Kills the one that runs. */
    void killScript() {
        script.ifPresent(actor -> actor.tell(AT_ONCE));
    }

    /** Whether there is {@code control/LETTER}, and it can be run. */
    boolean hasScript(char letter) {
        OsString file = script(letter);
        try {
            return directory.status(file).filter(FileStatus::isOwnerExecutable).isPresent();
        } catch (PosixException e) {
            reporter.warn("unable to stat " + file, e);
            return false;
        }
    }

    private static OsString script(char letter) {
        return OsString.of("control/" + letter);
    }

    /** Runs {@code control/LETTER}. */
    void runScript(char letter) {
        ProcessSpec spec = ofService(List.of(script(letter)), Program.SCRIPT)
                .withDirectory(directory.directory())
                .withStdout(serviceOutput());
        Handover.Script due = handover.script().orElseThrow();
        script = Optional.of(
                spawn(ProcessActor.create(spec, context.getSelf(), event -> told(due, event)), Processes.dispatcher()));
    }

    /** Takes up the control script that a predecessor has left. */
    void adoptScript(Handover.Script left, ProcessIdentity process) {
        ChildProcess found = processes.find(process).orElseThrow();
        if (directory.endPolicy().diesWithLauncher()) {
            processes.guard(found);
        }
        script = Optional.of(spawn(
                ProcessActor.adopt(found, context.getSelf(), event -> told(left, event)), Processes.dispatcher()));
    }

    /** Runs in the actor of the process. */
    private T told(Handover.Script left, ProcessEvent event) {
        left.record().note(event);
        return messages.ofScript().apply(left.letter(), event);
    }

    /** Runsv has been told this of a control script. */
    void heardOfScript(ProcessEvent event) {
        if (isLast(event)) {
            script = Optional.empty();
        }
    }

    // ---- what all have in common

    /**
     * An actor below has stopped, which is a failure if it has not told the end of its process.
     *
     * @return an end of the logger that can be heard now
     */
    Optional<ProcessEvent> stopped(ActorRef<ProcessActor.Command> actor) {
        Optional<LoggerLog> log = forLogger.filter(written -> written.writer().equals(actor));
        if (log.isPresent()) {
            Optional<ProcessEvent> end = heldBack;
            heldBack = Optional.empty();
            leftOff(log.get());
            return end;
        }
        if (heldBack.isPresent() && actor.equals(running.get(Role.LOG))) {
            return Optional.empty();
        }
        if (running.values().contains(actor) || script.filter(actor::equals).isPresent()) {
            throw new IllegalStateException("the actor of a process failed before the process ended");
        }
        return Optional.empty();
    }

    private ProcessSpec ofService(List<OsString> command, Program program) {
        return directory.endPolicy().of(spec(command), program);
    }

    private ProcessSpec spec(List<OsString> command) {
        return ProcessSpec.bare(command)
                .withOwnerLost(OwnerLost.KEEP)
                .withProcessGroup(settings.ownSessions() ? ProcessGroup.LEADER : ProcessGroup.NONE);
    }

    private Stdio loggerInput() {
        return directory.pipeOut().map(Stdio::given).orElseGet(Stdio::inherited);
    }

    private Stdio serviceOutput() {
        return directory.pipeIn().map(Stdio::given).orElseGet(Stdio::inherited);
    }
}
