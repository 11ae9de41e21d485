package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.actor.IncarnationContext;
import io.github.pekkosupervisor.actor.KeeperContext;
import io.github.pekkosupervisor.actor.KeeperNotice;
import io.github.pekkosupervisor.actor.SnapshotPlace;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.Shutdown;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.DeadLetterSuppression;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * What stays of a service directory that is a child by OTP's rules while its incarnations, the runs of its {@code run},
 * come and go: it has the {@code supervise} directory and the logger. Performs what {@link KeeperRule} decides.
 */
final class ServiceKeeper {

    /** Within which all who listen have heard of the end, or are given up on. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(10);

    /** After {@code x} nobody is to be seen behind it for a while. */
    private static final Duration CLOSED = Duration.ofSeconds(5);

    private static final String HELD_BACK = "the end of the one that had the service directory before, with its logger";

    private final ActorContext<Object> context;
    private final TimerScheduler<Object> timers;
    private final RunsvdirSettings settings;
    private final KeeperContext child;
    private KeeperState state;

    private final KeptService service;

    /** Those who have the service directory until they have ended. */
    private final List<ActorRef<Object>> before;

    private final KeeperCalls calls;

    /** The service directory has been opened, and its commands are read. */
    private boolean begun;

    /** Those that have come, by their numbers, and have not been told how it came out. */
    private final Map<Long, Begin> incarnations = new HashMap<>();

    /** How far the start is that was ordered last. */
    private FirstStarts starts;

    private Optional<ChildHandle> lastHandle = Optional.empty();

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

    /** Something has happened, or is asked. */
    record Told(KeeperEvent event) implements Command {}

    /** Its {@code run} is sent a signal. */
    record Signalled(Wish wish) implements Command {}

    /** Say how the service directory stands. */
    record LookAt(SnapshotPlace place, ActorRef<? super ServiceSnapshot> replyTo) implements Command {}

    /** Its runsv has told this. */
    private record Happened(ServiceEvent event) implements Command {}

    /** What was ordered is over. */
    private enum RunOver implements Command {
        INSTANCE
    }

    /** What was ordered runs. */
    private enum RunUp implements Command {
        INSTANCE
    }

    /** Supervision has come to its end, the one that was opened as the so manieth. */
    private record ServiceOver(int opened, int exitCode) implements Command {}

    /** The end has been waited for for as long as the child has to stop. */
    private enum LeftForTooLong implements Command {
        INSTANCE
    }

    private record FormerEnded(ActorRef<Object> keeper) implements Command {}

    /** A start has been waited for for a while. */
    private enum Late implements Command {
        INSTANCE
    }

    private ServiceKeeper(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            RunsvdirSettings settings,
            KeeperContext child,
            List<ActorRef<Object>> before) {
        this.context = context;
        this.timers = timers;
        this.settings = settings;
        this.child = child;
        this.state = KeeperState.beginning(settings.clock().instant(), !before.isEmpty());
        this.starts = FirstStarts.ofOne(child.path(), false);
        ActorRef<Object> self = context.getSelf();
        this.calls = new KeeperCalls(child, answer -> self.tell(new Told(answer)));
        this.before = new ArrayList<>(before);
        before.forEach(one -> context.watchWith(one, new FormerEnded(one)));
        this.service = new KeptService(context, settings, child, new ToKeeper(self));
    }

    /**
     * The keeper of a child.
     *
     * @param before those who have the service directory until they have ended
     */
    static Behavior<Object> create(RunsvdirSettings settings, KeeperContext child, List<ActorRef<Object>> before) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new ServiceKeeper(context, timers, settings, child, before).keeping()));
    }

    private Behavior<Object> keeping() {
        return Behaviors.receive(Object.class)
                .onMessage(Begin.class, this::begin)
                .onMessage(Told.class, told -> decide(told.event()))
                .onMessage(RunUp.class, up -> up())
                .onMessage(RunOver.class, over -> over())
                .onMessage(Happened.class, message -> happened(message.event()))
                .onMessage(
                        Signalled.class,
                        said -> pass(new SingleService.Commanded(said.wish(), new CompletableFuture<>())))
                .onMessage(LookAt.class, look -> pass(new SingleService.LookAt(look.place(), look.replyTo())))
                .onMessage(KeeperNotice.StaysDown.class, down -> decide(KeeperEvent.Fact.STAYS_DOWN))
                .onMessage(KeeperNotice.Leave.class, leave -> decide(KeeperEvent.Fact.LEAVES))
                .onMessage(LeftForTooLong.class, late -> pass(SingleService.Kill.INSTANCE))
                .onMessage(FormerEnded.class, ended -> formerEnded(ended.keeper()))
                .onMessage(Late.class, late -> sayWhatIsAwaited())
                .onMessage(
                        ServiceOver.class,
                        over -> service.isPresent(over.opened())
                                ? decide(new KeeperEvent.SupervisionOver(over.exitCode()))
                                : Behaviors.same())
                .onSignal(ChildFailed.class, failed -> decide(new KeeperEvent.SupervisionFailed(failed.cause())))
                .onSignal(Terminated.class, ended -> decide(KeeperEvent.Fact.SUPERVISOR_GONE))
                .onSignal(PostStop.class, stop -> stopped())
                .build();
    }

    private Behavior<Object> pass(SingleService.Command what) {
        service.tell(what);
        return Behaviors.same();
    }

    // ---- what happens

    private Behavior<Object> decide(KeeperEvent event) {
        KeeperRule.Decision decision =
                KeeperRule.decide(state, event, settings.clock().instant());
        state = decision.state();
        if (!state.isThere()) {
            service.isGone();
            begun = false;
        }
        boolean ends = false;
        for (KeeperAction action : decision.actions()) {
            if (action == KeeperAction.Deed.END) {
                ends = true;
            } else {
                perform(action);
            }
        }
        return ends ? Behaviors.stopped() : Behaviors.same();
    }

    /** Its supervisor does not wait any longer, or has failed. */
    private Behavior<Object> stopped() {
        if (state.isThere()) {
            context.getLog()
                    .warn(
                            "[{}] has not come to its end in time, with its logger; what is left of it is killed",
                            child.path());
        }
        return Behaviors.same();
    }

    private Behavior<Object> begin(Begin begin) {
        long number = begin.child().handle().incarnation();
        context.watchWith(begin.incarnation(), new Told(new KeeperEvent.IncarnationEnded(number)));
        incarnations.put(number, begin);
        return decide(new KeeperEvent.Begins(number, begin.child().startCause()));
    }

    /** The one that has begun; null if none has. */
    private @Nullable Begin present() {
        return state.run().map(run -> incarnations.get(run.incarnation())).orElse(null);
    }

    private Behavior<Object> formerEnded(ActorRef<Object> former) {
        before.remove(former);
        return before.isEmpty() ? decide(KeeperEvent.Fact.FREE) : Behaviors.same();
    }

    private Behavior<Object> up() {
        Begin present = present();
        return present == null
                ? Behaviors.same()
                : decide(new KeeperEvent.Up(present.child().isOnce()));
    }

    private Behavior<Object> over() {
        Begin present = present();
        return present == null
                ? Behaviors.same()
                : decide(new KeeperEvent.Over(present.child().comesBack()));
    }

    private Behavior<Object> happened(ServiceEvent event) {
        if (event instanceof ServiceEvent.SupervisionBegan) {
            begun = true;
        } else if (event instanceof ServiceEvent.SupervisionEnded) {
            begun = false;
        }
        KeptService.ofRun(event).ifPresent(this::decide);
        if (isStarting()) {
            starts.after(event);
            starts.failure().ifPresent(why -> decide(new KeeperEvent.StartFailed(why)));
            sayWhatItWaitsFor();
        }
        return Behaviors.same();
    }

    private boolean isStarting() {
        return state.run().filter(run -> !run.ready()).isPresent();
    }

    private void sayWhatItWaitsFor() {
        Begin present = present();
        if (present != null && !state.run().orElseThrow().asked()) {
            starts.waitsFor().ifPresent(present.child()::waitsFor);
        }
    }

    private Behavior<Object> sayWhatIsAwaited() {
        if (state.run().filter(run -> !run.ready() && !run.asked()).isPresent()) {
            List<ServiceEvent.Warned> warnings = starts.late().entrySet().stream()
                    .map(one -> ServicesChild.warning(one.getKey(), one.getValue()))
                    .toList();
            service.tell(new SingleService.Warn(warnings, () -> {}));
        }
        return Behaviors.same();
    }

    // ---- what is to be done

    private void perform(KeeperAction action) {
        if (action instanceof KeeperAction.Deed deed) {
            perform(deed);
        } else if (action instanceof KeeperAction.Start start) {
            start(start);
        } else if (action instanceof KeeperAction.HoldBack held) {
            begin(held.incarnation()).child().waitsFor(HELD_BACK);
        } else if (action instanceof KeeperAction.Stop stop) {
            service.order(new RunsvCommand.StopRun(stop.again(), stop.scriptHasRun()));
        } else if (action instanceof KeeperAction.TellUp up) {
            IncarnationContext told = begin(up.incarnation()).child();
            ServiceNodes.processOf(up.pid()).ifPresent(told::runs);
            told.ready();
        } else if (action instanceof KeeperAction.TellHung hung) {
            begin(hung.incarnation()).child().isHung(hung.why(), hung.isToBeStopped());
        } else if (action instanceof KeeperAction.TellRecovered recovered) {
            begin(recovered.incarnation()).child().hasRecovered();
        } else if (action instanceof KeeperAction.TellOver over) {
            tellLast(over.incarnation(), new Over(over.reason()));
        } else if (action instanceof KeeperAction.TellNotNow not) {
            tellLast(not.incarnation(), NotNow.INSTANCE);
        } else if (action instanceof KeeperAction.Ask ask) {
            calls.ask(lastHandle, ask.call());
        }
    }

    private void perform(KeeperAction.Deed deed) {
        switch (deed) {
            case OPEN -> {
                timers.cancel(KeeperEvent.Fact.REOPENS);
                begun = false;
                service.open();
            }
            case KILL -> service.order(RunsvCommand.KillRun.INSTANCE);
            case LEAVE_DOWN -> service.order(RunsvCommand.LeaveDown.INSTANCE);
            case SAY_DOWN_FILE ->
                context.getLog()
                        .warn(
                                "[{}] is not started: there is a file [{}]",
                                child.path(),
                                settings.directory().plus("/down"));
            case END_SUPERVISION -> {
                timers.cancel(KeeperEvent.Fact.REOPENS);
                end(child.shutdown());
            }
            case AWAIT_LAST_WORDS -> later(KeeperEvent.Fact.SILENT, LAST_WORDS);
            case AWAIT_REOPENING -> later(KeeperEvent.Fact.REOPENS, CLOSED);
            case END -> {
                // by who has decided
            }
        }
    }

    private void later(KeeperEvent.Fact fact, Duration pause) {
        timers.startSingleTimer(fact, new Told(fact), pause);
    }

    private Begin begin(long incarnation) {
        return Optional.ofNullable(incarnations.get(incarnation)).orElseThrow();
    }

    private void start(KeeperAction.Start start) {
        Begin begin = begin(start.incarnation());
        lastHandle = Optional.of(begin.child().handle());
        starts = FirstStarts.ofOne(child.path(), begun);
        sayWhatItWaitsFor();
        timers.startSingleTimer(Late.INSTANCE, ServicesChild.LATE);
        service.order(new RunsvCommand.StartRun(begin.child().isOnce(), start.obeysFile()));
    }

    private void tellLast(long incarnation, ToRun last) {
        Begin told = incarnations.remove(incarnation);
        if (told != null) {
            context.unwatch(told.incarnation());
            told.incarnation().tell(last);
        }
        if (!isStarting()) {
            timers.cancel(Late.INSTANCE);
        }
    }

    /** By force if it takes too long. */
    private void end(Shutdown shutdown) {
        if (shutdown == Shutdown.brutalKill()) {
            service.tell(SingleService.Kill.INSTANCE);
            return;
        }
        if (shutdown instanceof Shutdown.Timeout timeout) {
            timers.startSingleTimer(LeftForTooLong.INSTANCE, timeout.within());
        }
        service.tell(SingleService.Terminate.INSTANCE);
    }

    /** What the actor below says is said to this one. */
    private record ToKeeper(ActorRef<Object> keeper) implements KeptService.Heard {
        @Override
        public void happened(ServiceEvent event) {
            keeper.tell(new Happened(event));
        }

        @Override
        public void ended(int number, int exitCode) {
            keeper.tell(new ServiceOver(number, exitCode));
        }

        @Override
        public void asked(char letter) {
            keeper.tell(new Told(new KeeperEvent.Letter(letter)));
        }

        @Override
        public void up() {
            keeper.tell(RunUp.INSTANCE);
        }

        @Override
        public void over() {
            keeper.tell(RunOver.INSTANCE);
        }

        @Override
        public void down() {
            keeper.tell(new Told(KeeperEvent.Fact.DOWN_FILE));
        }
    }
}
