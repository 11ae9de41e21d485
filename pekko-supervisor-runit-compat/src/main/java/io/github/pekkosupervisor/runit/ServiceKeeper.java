package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.actor.IncarnationContext;
import io.github.pekkosupervisor.actor.KeeperContext;
import io.github.pekkosupervisor.actor.KeeperNotice;
import io.github.pekkosupervisor.actor.SnapshotPlace;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.runit.export.Call;
import io.github.pekkosupervisor.runit.export.CallRequests;
import io.github.pekkosupervisor.runit.export.ExportEvent;
import io.github.pekkosupervisor.runit.export.ExportRule;
import io.github.pekkosupervisor.runit.export.ShownChild;
import io.github.pekkosupervisor.runit.export.ShownKind;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.Shutdown;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.DeadLetterSuppression;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * What stays of a service directory that is a child by OTP's rules while its incarnations, the runs of its {@code run},
 * come and go: it has the {@code supervise} directory and the logger. When {@code run} is started says the child's
 * supervisor; what a letter of {@code sv} leads to that is for the supervisor to decide says {@link ExportRule}, as for
 * children of any kind, and all else is runsv's.
 */
final class ServiceKeeper {

    /** Within which all who listen have heard of the end, or are given up on. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(10);

    /** After {@code x} nobody is to be seen behind it for a while. */
    private static final Duration CLOSED = Duration.ofSeconds(5);

    private final ActorContext<Object> context;
    private final TimerScheduler<Object> timers;
    private final RunsvdirSettings settings;
    private final KeeperContext child;
    private ShownChild known;
    private @Nullable ActorRef<SingleService.Command> service;
    private boolean serviceIsGone;
    private OptionalInt exitCode = OptionalInt.empty();

    /** The service directory has been opened, and its commands are read. */
    private boolean begun;

    private @Nullable Run run;
    private Optional<ChildHandle> lastHandle = Optional.empty();

    /** An incarnation that is to begin as soon as nothing of the one before it is left. */
    private Optional<Begin> next = Optional.empty();

    private boolean leaves;

    /** What incarnations say. */
    sealed interface Command extends DeadLetterSuppression {}

    /** What an incarnation takes. */
    interface ToRun {}

    /**
     * It is over, and {@code finish} has been run.
     *
     * @param reason why; empty if it was asked to stop
     */
    record Over(Optional<ExitReason> reason) implements ToRun {}

    /** It is not to be started now, and that is no failure. */
    enum NotNow implements ToRun {
        INSTANCE
    }

    /** One begins. */
    record Begin(IncarnationContext child, ActorRef<Object> incarnation) implements Command {}

    /** It is to stop in order. */
    record Stop(ActorRef<Object> incarnation) implements Command {}

    /** It is to end at once. */
    record Kill(ActorRef<Object> incarnation) implements Command {}

    /** Its {@code run} is sent a signal. */
    record Signalled(Wish wish) implements Command {}

    /** Say how the service directory stands. */
    record LookAt(SnapshotPlace place, ActorRef<? super ServiceSnapshot> replyTo) implements Command {}

    private record IncarnationEnded(ActorRef<Object> incarnation) implements Command {}

    private record Happened(ServiceEvent event) implements Command {}

    private record Asked(char letter) implements Command {}

    private enum Ordered implements Command {
        UP,
        OVER,
        DOWN_FILE
    }

    private record Answered(Call call, boolean done) implements Command {}

    private record ServiceOver(int exitCode) implements Command {}

    private enum Silent implements Command {
        INSTANCE
    }

    /** A start has been waited for for a while. */
    private enum Late implements Command {
        INSTANCE
    }

    private enum Reopen implements Command {
        INSTANCE
    }

    private enum LeftForTooLong implements Command {
        INSTANCE
    }

    /** An incarnation that has begun. */
    private static final class Run {
        final IncarnationContext child;
        final ActorRef<Object> incarnation;
        final FirstStarts starts;
        Optional<ExitStatus> end = Optional.empty();
        int pid;
        boolean ready;

        /** It was asked to end, or killed. */
        boolean asked;

        /** It was asked to, by its supervisor. */
        boolean stopped;

        Run(IncarnationContext child, ActorRef<Object> incarnation, FirstStarts starts) {
            this.child = child;
            this.incarnation = incarnation;
            this.starts = starts;
        }
    }

    private ServiceKeeper(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            RunsvdirSettings settings,
            KeeperContext child) {
        this.context = context;
        this.timers = timers;
        this.settings = settings;
        this.child = child;
        this.known = ShownChild.downSince(now());
    }

    static Behavior<Object> create(RunsvdirSettings settings, KeeperContext child) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new ServiceKeeper(context, timers, settings, child).keeping()));
    }

    private Instant now() {
        return settings.clock().instant();
    }

    private Behavior<Object> keeping() {
        return Behaviors.receive(Object.class)
                .onMessage(Begin.class, begin -> done(() -> begin(begin)))
                .onMessage(Stop.class, stop -> done(() -> stop(stop.incarnation())))
                .onMessage(Kill.class, kill -> done(() -> kill(kill.incarnation())))
                .onMessage(
                        Signalled.class,
                        signalled -> done(
                                () -> tell(new SingleService.Commanded(signalled.wish(), new CompletableFuture<>()))))
                .onMessage(LookAt.class, look -> done(() -> lookAt(look)))
                .onMessage(Happened.class, message -> done(() -> happened(message.event())))
                .onMessage(Asked.class, asked -> done(() -> decide(new ExportEvent.Letter(asked.letter()))))
                .onMessage(Ordered.class, told -> done(() -> told(told)))
                .onMessage(Answered.class, answer -> done(() -> answered(answer)))
                .onMessage(IncarnationEnded.class, ended -> done(() -> incarnationEnded(ended.incarnation())))
                .onMessage(KeeperNotice.StaysDown.class, down -> done(this::staysDown))
                .onMessage(KeeperNotice.Leave.class, leave -> leave())
                .onMessage(LeftForTooLong.class, late -> done(() -> tell(SingleService.Kill.INSTANCE)))
                .onMessage(Late.class, late -> done(this::sayWhatIsAwaited))
                .onMessage(Reopen.class, reopen -> done(this::reopen))
                .onMessage(ServiceOver.class, over -> {
                    exitCode = OptionalInt.of(over.exitCode());
                    return endOfService();
                })
                .onMessage(Silent.class, silent -> endOfService(Optional.of(stopped())))
                .onSignal(ChildFailed.class, failed -> endOfService(Optional.of(ExitReason.crash(failed.cause()))))
                .onSignal(Terminated.class, ended -> {
                    serviceIsGone = true;
                    timers.startSingleTimer(Silent.INSTANCE, LAST_WORDS);
                    return endOfService();
                })
                .build();
    }

    private static Behavior<Object> done(Runnable what) {
        what.run();
        return Behaviors.same();
    }

    private static ExitReason stopped() {
        return ExitReason.failed("its supervision was stopped");
    }

    // ---- incarnations

    private void begin(Begin begin) {
        context.watchWith(begin.incarnation(), new IncarnationEnded(begin.incarnation()));
        if (run != null || serviceIsGone) {
            next = Optional.of(begin);
            return;
        }
        run = new Run(begin.child(), begin.incarnation(), FirstStarts.ofOne(child.path(), begun));
        lastHandle = Optional.of(begin.child().handle());
        StartGate.Cause cause = begin.child().startCause();
        if (cause == StartGate.Cause.START_UP) {
            // another supervisor begins anew
            decide(new ExportEvent.SupervisorEnded(now(), true));
        }
        decide(new ExportEvent.Asked(cause));
        if (!ExportRule.mayStart(known, cause, false)) {
            notNow();
            return;
        }
        decide(new ExportEvent.Starting(now(), 0));
        start(run);
    }

    private void start(Run started) {
        started.starts.waitsFor().ifPresent(started.child::waitsFor);
        timers.startSingleTimer(Late.INSTANCE, ServicesChild.LATE);
        boolean obeysFile = !ExportRule.mayStart(ShownChild.downSince(Instant.EPOCH), started.child.startCause(), true);
        open().tell(new SingleService.Ordered(new Runsv.StartRun(started.child.isOnce(), obeysFile)));
    }

    private void sayWhatIsAwaited() {
        Run late = run;
        if (late != null && !late.ready && !late.asked) {
            List<ServiceEvent.Warned> warnings = late.starts.late().entrySet().stream()
                    .map(one -> ServicesChild.warning(one.getKey(), one.getValue()))
                    .toList();
            tell(new SingleService.Warn(warnings, () -> {}));
        }
    }

    private void stop(ActorRef<Object> incarnation) {
        Run stopped = run;
        if (stopped == null || !stopped.incarnation.equals(incarnation)) {
            giveUpNext(incarnation);
            return;
        }
        boolean again = stopped.child.comesBack();
        boolean scriptHasRun = known.call() == Call.RENEW;
        stopped.asked = true;
        stopped.stopped = true;
        decide(new ExportEvent.Stopping(again));
        order(new Runsv.StopRun(again, scriptHasRun));
    }

    private void kill(ActorRef<Object> incarnation) {
        Run killed = run;
        if (killed == null || !killed.incarnation.equals(incarnation)) {
            giveUpNext(incarnation);
            return;
        }
        killed.asked = true;
        order(Runsv.KillRun.INSTANCE);
    }

    /** One that has not begun yet ends at once. */
    private void giveUpNext(ActorRef<Object> incarnation) {
        if (next.filter(begin -> begin.incarnation().equals(incarnation)).isPresent()) {
            next = Optional.empty();
            incarnation.tell(new Over(Optional.empty()));
        }
    }

    /** Its processes must not outlive it, whatever has become of its actor. */
    private void incarnationEnded(ActorRef<Object> incarnation) {
        next = next.filter(begin -> !begin.incarnation().equals(incarnation));
        Run ended = run;
        if (ended != null && ended.incarnation.equals(incarnation)) {
            ended.asked = true;
            order(Runsv.KillRun.INSTANCE);
        }
    }

    private void told(Ordered what) {
        Run told = run;
        if (told == null) {
            return;
        }
        switch (what) {
            case UP -> {
                if (!told.ready && !told.asked) {
                    told.ready = true;
                    ServiceNodes.processOf(told.pid).ifPresent(told.child::runs);
                    decide(new ExportEvent.Started(now(), 0, told.child.isOnce()));
                    told.child.ready();
                }
            }
            case OVER -> over(told, reason(told));
            case DOWN_FILE -> {
                context.getLog()
                        .warn(
                                "[{}] is not started: there is a file [{}]",
                                child.path(),
                                settings.directory().plus("/down"));
                notNow();
            }
        }
    }

    private static Optional<ExitReason> reason(Run over) {
        if (over.asked) {
            return Optional.empty();
        }
        if (!over.ready) {
            return Optional.of(ExitReason.failed(over.starts.failure().orElse("run could not be started")));
        }
        return Optional.of(over.end.map(ServiceKeeper::reason).orElseGet(ServiceKeeper::stopped));
    }

    private static ExitReason reason(ExitStatus status) {
        if (!status.isKnown()) {
            return ExitReason.failed(status.toString());
        }
        if (status.exited()) {
            return status.code() == 0 ? ExitReason.normal() : new ExitReason.ExitCode(status.code());
        }
        return status.signal() == Signal.KILL.number()
                ? ExitReason.killed()
                : new ExitReason.Signalled(Signal.nameOf(status.signal()));
    }

    /** Nothing of an incarnation is left; whether another follows is not known yet, if it was not asked to end. */
    private void over(Run ended, Optional<ExitReason> reason) {
        Optional<Instant> at = Optional.of(now());
        isOver(ended);
        decide(whatFollows(ended, at));
        ended.incarnation.tell(new Over(reason));
        beginNext();
    }

    /** As for children of any kind: who was stopped for others waits for them, and is not restarting itself. */
    private static ExportEvent whatFollows(Run ended, Optional<Instant> at) {
        if (!ended.stopped) {
            return new ExportEvent.Restarting(at);
        }
        return ended.child.comesBack() ? new ExportEvent.Waiting(at) : new ExportEvent.Down(at, false);
    }

    private void notNow() {
        Run not = run;
        if (not != null) {
            isOver(not);
            decide(new ExportEvent.Down(Optional.empty(), false));
            not.incarnation.tell(NotNow.INSTANCE);
            open();
            beginNext();
        }
    }

    private void isOver(Run ended) {
        context.unwatch(ended.incarnation);
        timers.cancel(Late.INSTANCE);
        run = null;
    }

    private void beginNext() {
        Optional<Begin> waiting = next;
        next = Optional.empty();
        waiting.ifPresent(this::begin);
    }

    private void staysDown() {
        decide(new ExportEvent.Down(Optional.empty(), false));
        order(Runsv.LeaveDown.INSTANCE);
    }

    // ---- what runsv tells

    private void happened(ServiceEvent event) {
        if (event instanceof ServiceEvent.SupervisionBegan) {
            begun = true;
        } else if (event instanceof ServiceEvent.SupervisionEnded) {
            begun = false;
        }
        Run now = run;
        if (now == null) {
            return;
        }
        if (event instanceof ServiceEvent.Ended ended && ended.program() == ServiceEvent.Program.RUN) {
            now.end = Optional.of(ended.status());
        }
        if (event instanceof ServiceEvent.RunOrdered ordered) {
            now.pid = ordered.standing()
                    .service()
                    .map(unit -> unit.status().pid())
                    .orElse(0);
        } else if (event instanceof ServiceEvent.Started started && started.program() == ServiceEvent.Program.RUN) {
            now.pid = started.pid();
        }
        if (!now.ready) {
            now.starts.after(event);
            if (!now.asked) {
                now.starts.waitsFor().ifPresent(now.child::waitsFor);
            }
        }
    }

    private void lookAt(LookAt look) {
        ActorRef<SingleService.Command> present = service;
        if (present != null) {
            present.tell(new SingleService.LookAt(look.place(), look.replyTo()));
        }
    }

    // ---- the actor below

    private void order(Runsv.Order order) {
        ActorRef<SingleService.Command> present = service;
        if (present != null) {
            present.tell(new SingleService.Ordered(order));
        }
    }

    private ActorRef<SingleService.Command> open() {
        timers.cancel(Reopen.INSTANCE);
        ActorRef<SingleService.Command> present = service;
        if (present != null) {
            return present;
        }
        ActorRef<Object> self = context.getSelf();
        StreamPlace place = new StreamPlace(child.path(), event -> {
            child.tell(event);
            self.tell(new Happened(event));
        });
        RunsvSettings.Orders orders = new RunsvSettings.Orders() {
            @Override
            public void asked(char letter) {
                self.tell(new Asked(letter));
            }

            @Override
            public void up() {
                self.tell(Ordered.UP);
            }

            @Override
            public void over() {
                self.tell(Ordered.OVER);
            }

            @Override
            public void down() {
                self.tell(Ordered.DOWN_FILE);
            }
        };
        ActorRef<SingleService.Command> opened = context.spawn(
                SingleService.create(settings, place, Optional.of(orders), code -> self.tell(new ServiceOver(code))),
                ServicesChild.BELOW,
                Processes.dispatcher());
        context.watch(opened);
        service = opened;
        return opened;
    }

    private void tell(SingleService.Command how) {
        ActorRef<SingleService.Command> present = service;
        if (present != null) {
            present.tell(how);
        }
    }

    /** All has been told of it, and its actor is gone. */
    private Behavior<Object> endOfService() {
        if (!serviceIsGone || exitCode.isEmpty()) {
            return Behaviors.same();
        }
        return exitCode.getAsInt() == 0 ? endOfService(Optional.empty()) : endOfService(Optional.of(stopped()));
    }

    private Behavior<Object> endOfService(Optional<ExitReason> failure) {
        timers.cancel(Silent.INSTANCE);
        service = null;
        serviceIsGone = false;
        exitCode = OptionalInt.empty();
        begun = false;
        if (leaves) {
            return Behaviors.stopped();
        }
        Run now = run;
        if (now == null && next.isPresent()) {
            beginNext();
        } else if (now == null) {
            reopenLater();
        } else if (failure.isEmpty() && !now.ready && !now.asked) {
            // it has been told to exit before it was to start
            start(now);
        } else {
            Optional<ExitReason> told = now.starts.failure().map(ExitReason::failed);
            over(now, now.asked ? Optional.empty() : told.or(() -> failure).or(() -> Optional.of(stopped())));
        }
        return Behaviors.same();
    }

    private void reopenLater() {
        timers.startSingleTimer(Reopen.INSTANCE, Reopen.INSTANCE, CLOSED);
    }

    private void reopen() {
        decide(ExportEvent.Reopened.INSTANCE);
        open();
    }

    private Behavior<Object> leave() {
        leaves = true;
        timers.cancel(Reopen.INSTANCE);
        if (service == null) {
            return Behaviors.stopped();
        }
        if (child.shutdown() instanceof Shutdown.Timeout timeout) {
            timers.startSingleTimer(LeftForTooLong.INSTANCE, LeftForTooLong.INSTANCE, timeout.within());
            tell(SingleService.Terminate.INSTANCE);
        } else {
            tell(
                    child.shutdown() == Shutdown.brutalKill()
                            ? SingleService.Kill.INSTANCE
                            : SingleService.Terminate.INSTANCE);
        }
        return Behaviors.same();
    }

    // ---- letters, and what its supervisor is asked for

    private void decide(ExportEvent event) {
        if (leaves) {
            return;
        }
        ExportRule.Decision decision = ExportRule.decide(ShownKind.OTHER, known, event);
        known = decision.child();
        decision.calls().forEach(this::call);
    }

    private void call(Call call) {
        ActorRef<Object> self = context.getSelf();
        Optional<Request<? extends SupervisorResult>> request = child.isOfDynamic()
                ? lastHandle.map(handle -> CallRequests.byHandle(handle, call))
                : Optional.of(CallRequests.byId(child.id(), call));
        if (request.isEmpty()) {
            self.tell(new Answered(call, false));
            return;
        }
        var told = child.supervisor().ask(request.get()).handle((answer, failure) -> {
            boolean isDone = answer == SupervisorResult.Ok.INSTANCE || answer instanceof SupervisorResult.Started;
            self.tell(new Answered(call, isDone));
            return isDone;
        });
        assert told != null;
    }

    private void answered(Answered answer) {
        boolean runsOnce = answer.call() == Call.ONCE && answer.done() && run != null && run.ready;
        if (runsOnce) {
            order(Runsv.LeaveDown.INSTANCE);
        }
        decide(new ExportEvent.Answered(answer.call(), answer.done()));
    }
}
