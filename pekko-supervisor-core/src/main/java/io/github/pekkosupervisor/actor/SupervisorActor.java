package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.process.HandOver;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorNotice;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.rule.AtRest;
import io.github.pekkosupervisor.rule.Incarnation;
import io.github.pekkosupervisor.rule.RuleEvent;
import io.github.pekkosupervisor.rule.SupervisorAction;
import io.github.pekkosupervisor.rule.SupervisorRule;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/** A supervisor's actor: hands what it is told to its {@link SupervisorRule}, and does what that decides. */
public final class SupervisorActor {

    /** Pekko's timers go no further than 248 days; who is woken too early looks and waits on. */
    private static final long LONGEST_TIMER = Duration.ofDays(100).toNanos();

    /** Longer than one takes that has to kill first. */
    private static final Duration KEEPERS_LEAVE = Duration.ofSeconds(60);

    private final ActorContext<Object> context;
    private final TimerScheduler<Object> timers;
    private final ActorRef<SupervisorCommand> self;
    private final TreeContext around;
    private final SupervisorRule rule;
    private final PendingCalls calls;
    private final SupervisorOwner owner;
    private final Object workedFor;
    private final ChildRunner.Registry runners;
    private final Looks looks;
    private final Keepers keepers;
    private final Optional<SupervisorRest> rest;

    /** Abandoned children, and supervisors below that such a child keeps. */
    private int held;

    private boolean closed;
    private TreeEnd end = TreeEnd.Killed.INSTANCE;

    private SupervisorActor(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            TreeContext around,
            SupervisorSpec spec,
            SupervisorOwner owner,
            ChildRunner.Registry runners) {
        this.context = context;
        this.timers = timers;
        this.self = context.getSelf().unsafeUpcast();
        this.around = around;
        this.rule = new SupervisorRule(
                around.path(),
                spec,
                around.random(),
                LiveChild::new,
                around.terms().extras());
        this.owner = owner;
        this.workedFor = owner.workedFor();
        this.runners = runners;
        this.looks = new Looks(around, runners, rule);
        this.calls = new PendingCalls(around.path(), self, around.addresses());
        this.keepers = new Keepers(context, around, calls, spec.strategy().isDynamic());
        this.rest = around.kept().map(kept -> SupervisorRest.of(self, context.getSystem()));
        around.addresses().add(calls);
        Audience.begins(around.listener(), owner.begun(around.path()));
    }

    /**
     * A supervisor that is nobody's child.
     *
     * @param owner null if nobody need know how it fares
     */
    public static Behavior<SupervisorCommand> top(
            Callable<SupervisorSpec> init,
            Function<ActorSystem<?>, TreeContext> around,
            ChildRunner.Registry runners,
            @Nullable ActorRef<? super SupervisorNotice> owner) {
        return Behaviors.<Object>setup(context -> {
                    if (owner != null) {
                        context.watchWith(owner, new SupervisorCommand.Stop(ExitReason.failed("its owner has ended")));
                    }
                    TreeContext here = around.apply(context.getSystem());
                    return start(
                            context, init, here, new SupervisorOwner.Application(owner, here.addresses()), runners);
                })
                .narrow();
    }

    /** A supervisor below another. */
    static Behavior<?> below(
            Callable<SupervisorSpec> init, LiveContext child, TreeContext around, ChildRunner.Registry runners) {
        SupervisorOwner parent = new SupervisorOwner.Parent(child.handle(), child.supervisor());
        return Behaviors.<Object>setup(context -> start(context, init, around, parent, runners));
    }

    private static Behavior<Object> start(
            ActorContext<Object> context,
            Callable<SupervisorSpec> init,
            TreeContext around,
            SupervisorOwner owner,
            ChildRunner.Registry runners) {
        CheckedInit.Outcome outcome = CheckedInit.first(init, around.path());
        if (owner.isLetGo()) {
            // there may be another in its place already
            return Behaviors.stopped();
        }
        if (outcome instanceof CheckedInit.Failed failed) {
            return failed(owner, around, failed.reason());
        }
        SupervisorSpec spec = ((CheckedInit.Right) outcome).spec();
        if (spec == SupervisorSpec.ignore()) {
            owner.ignored();
            return Behaviors.stopped();
        }
        return Behaviors.withTimers(
                timers -> new SupervisorActor(context, timers, around, spec, owner, runners).begin());
    }

    private static Behavior<Object> failed(SupervisorOwner owner, TreeContext around, ExitReason reason) {
        TreeEnd end = new TreeEnd.Failed(reason);
        if (owner.isOutside()) {
            SupervisorLog.tell(around.listener(), new SupervisorEvent.SupervisorStopped(around.path(), end));
        }
        owner.ends(end, false);
        owner.gone(end);
        return Behaviors.stopped();
    }

    private Behavior<Object> begin() {
        Inside.Place here = Inside.here();
        Object before = here.enter(workedFor);
        boolean ends;
        try {
            HandOver.keep();
            ends = perform(rule.begin(
                    now(),
                    around.kept().map(kept -> kept.restarts(around.path())).orElse(AtRest.PastRestarts.NONE)));
        } catch (Throwable thrown) {
            broken(thrown);
            ends = true;
        } finally {
            here.leave(before);
        }
        return ends ? Behaviors.stopped(this::close) : Behaviors.receive(this::received, this::signalled);
    }

    /**
     * The supervisor itself has failed, for want of memory for example: it ends with all below it, which Pekko stops,
     * and for the supervisor above it is a crash like any other. The actor system need not end for that.
     */
    private void broken(Throwable thrown) {
        end = new TreeEnd.Failed(ExitReason.crash(thrown));
        if (owner.isOutside()) {
            tell(new SupervisorEvent.SupervisorStopped(around.path(), end));
        }
        owner.ends(end, false);
    }

    private long now() {
        return around.clock().now();
    }

    // ---- what comes in

    private Behavior<Object> received(ActorContext<Object> ignored, Object message) {
        Inside.Place here = Inside.here();
        Object before = here.enter(workedFor);
        try {
            HandOver.keep();
            return received(message);
        } catch (Throwable thrown) {
            broken(thrown);
            return Behaviors.stopped();
        } finally {
            here.leave(before);
        }
    }

    private Behavior<Object> received(Object message) {
        if (!(message instanceof SupervisorCommand command)) {
            tell(new SupervisorEvent.UnexpectedMessage(around.path(), message));
            return Behaviors.same();
        }
        if (command instanceof SupervisorMessage.Rest asked) {
            asked.answer().complete(comesToRest());
            return Behaviors.same();
        }
        if (command == SupervisorMessage.GoOn.INSTANCE) {
            return goOn();
        }
        if (rest.isPresent() && rest.get().holdsBack(command)) {
            return Behaviors.same();
        }
        if (command instanceof SupervisorMessage.LookAt look) {
            looks.answer(look);
            return Behaviors.same();
        }
        if (command instanceof SupervisorMessage.Beats beats) {
            return lookAtHeartbeat(beats.child()) ? Behaviors.stopped() : Behaviors.same();
        }
        if (command instanceof SupervisorMessage.KeeperEnded ended) {
            return perform(keepers.ended(ended.keeper())) ? Behaviors.stopped() : Behaviors.same();
        }
        if (command == SupervisorMessage.KeepersAreLate.INSTANCE
                || (command == SupervisorMessage.Kill.INSTANCE && keepers.areAwaited())) {
            keepers.stop();
            return Behaviors.same();
        }
        if (command instanceof SupervisorMessage.Terminated terminated) {
            terminated(terminated.child());
        }
        boolean ends = perform(rule.handle(RuleEvents.of(command), now()));
        if (command instanceof SupervisorMessage.Terminated terminated
                && terminated.child().known().isForgotten()) {
            closeSockets(terminated.child().id());
        }
        if (!ends && command instanceof SupervisorCommand.Stop && owner.isOutside()) {
            ends = perform(rule.handle(
                    new RuleEvent.Hurry(Inside.exiting(around.addresses().tree())), now()));
        }
        return ends ? Behaviors.stopped() : Behaviors.same();
    }

    private Behavior<Object> signalled(ActorContext<Object> ignored, Signal signal) {
        if (signal == PostStop.instance()) {
            close();
            return Behaviors.same();
        }
        return Behaviors.unhandled();
    }

    /** Why it cannot now; empty if it rests, and what it leaves is noted. */
    private Optional<String> comesToRest() {
        AtRest left = rule.atRest(now());
        if (left.busy().isPresent()) {
            return left.busy();
        }
        if (held > 0 || keepers.areAwaited()) {
            return Optional.of("supervisor " + around.path() + " is at its end");
        }
        around.kept().ifPresent(kept -> kept.leaves(around.path(), left));
        rest.ifPresent(SupervisorRest::begin);
        return Optional.empty();
    }

    private Behavior<Object> goOn() {
        List<SupervisorCommand> told = rest.map(SupervisorRest::end).orElse(List.of());
        for (SupervisorCommand one : told) {
            if (!Behavior.isAlive(received(one))) {
                return Behaviors.stopped();
            }
        }
        return Behaviors.same();
    }

    /** Whether an incarnation has said again that it works; true if the supervisor is at its end. */
    private boolean lookAtHeartbeat(LiveChild child) {
        if (child.isDoneWith()) {
            return false;
        }
        Heartbeat heartbeat = child.heartbeat();
        long next = heartbeat.looked(child.isReady(), now());
        if (next == Heartbeat.MISSED) {
            return perform(rule.handle(new RuleEvent.Hung(child.known(), heartbeat.words(), true), now()));
        }
        if (next != Heartbeat.NEVER) {
            Duration wait = Duration.ofNanos(Math.max(0, next - now()));
            timers.startSingleTimer(heartbeat, new SupervisorMessage.Beats(child), wait);
        }
        return false;
    }

    /** Before the rule hears of it. */
    private void terminated(LiveChild child) {
        Heartbeat heartbeat = child.knownHeartbeat();
        if (heartbeat != null) {
            timers.cancel(heartbeat);
        }
        leave(child);
        looks.ended(child);
        if (child.isHeldBack()) {
            // heard of twice: first that it has ended, later that its actor has, which keeps this one till then
            held += child.hasEnded() ? -1 : 1;
        }
        child.ended();
    }

    // ---- what is to be done

    /** Does it all, and tells the rule what it asks; true if the supervisor is at its end. */
    private boolean perform(List<SupervisorAction> decided) {
        boolean ends = false;
        List<SupervisorAction> actions = decided;
        while (!actions.isEmpty()) {
            if (keepers.holdUp(actions)) {
                awaitKeepers(actions);
                return false;
            }
            RuleEvent answer = null;
            for (int i = 0; i < actions.size(); i++) {
                SupervisorAction action = actions.get(i);
                if (performWithChild(action) || perform(action)) {
                    continue;
                }
                if (action instanceof SupervisorAction.End last) {
                    ends(last.end());
                    ends = true;
                } else if (action instanceof SupervisorAction.SendSignal send) {
                    answer = send(send);
                } else if (action instanceof SupervisorAction.AskGates question) {
                    // what a gate does may wait for somebody, and what follows does not
                    HandOver.keepNot();
                    answer = Gates.ask(around.terms().gates(), question, goesOn(question), self);
                    HandOver.keep();
                } else if (action instanceof SupervisorAction.Question question) {
                    HandOver.keepNot();
                    answer = CheckedInit.answer(question, around.path());
                } else {
                    throw new IllegalStateException("supervisor " + around.path() + " cannot do " + action);
                }
            }
            actions = answer == null ? List.of() : rule.handle(answer, now());
        }
        return ends;
    }

    /** Of what runs already, or is to stay down, nobody is asked whether it may be started. */
    private boolean goesOn(SupervisorAction.AskGates question) {
        return around.kept()
                .filter(kept -> kept.isSuccessor(question.start().path()))
                .isPresent();
    }

    /** Who was killed has no time to wait for. */
    private void awaitKeepers(List<SupervisorAction> actions) {
        if (actions.get(actions.size() - 1) instanceof SupervisorAction.End last
                && last.end() == TreeEnd.Killed.INSTANCE) {
            keepers.stop();
        } else {
            timers.startSingleTimer(SupervisorMessage.KeepersAreLate.INSTANCE, KEEPERS_LEAVE);
        }
    }

    /** Does what is to be done with an incarnation; false if it is something else. */
    private boolean performWithChild(SupervisorAction action) {
        if (action instanceof SupervisorAction.Start start) {
            start(start);
        } else if (action instanceof SupervisorAction.AskToStop ask) {
            Optional<Object> request = runner(ask.incarnation()).stopRequest(ask.within());
            live(ask.incarnation()).askedToStop(request.orElse(null));
            send(ask.incarnation(), request);
        } else if (action instanceof SupervisorAction.Hurry hurry) {
            runner(hurry.incarnation())
                    .hurryRequest(hurry.request().lost())
                    .ifPresent(live(hurry.incarnation()).ref()::tell);
        } else if (action instanceof SupervisorAction.Kill kill) {
            ChildRunner runner = runner(kill.incarnation());
            live(kill.incarnation()).killed(runner.knowsItsEnd());
            send(kill.incarnation(), runner.killRequest());
        } else if (action instanceof SupervisorAction.Abandon abandon) {
            abandon(abandon);
        } else {
            return false;
        }
        return true;
    }

    /** Does what concerns the supervisor itself, or others; false if it is something else. */
    private boolean perform(SupervisorAction action) {
        if (action instanceof SupervisorAction.Tell tell) {
            if (tell.event() instanceof SupervisorEvent.AbandonedChildEnded) {
                held--;
            } else if (tell.event() instanceof SupervisorEvent.ChildDeleted deleted) {
                keepers.deleted(deleted.child().id());
                closeSockets(deleted.child().id());
            } else if (tell.event() instanceof SupervisorEvent.SupervisorChanged change) {
                change.children().forEach(this::standsBy);
            } else if (tell.event() instanceof SupervisorEvent.ChildIgnored ignored
                    && ignored.child().handle().isEmpty()) {
                standsBy(ignored.child().spec());
            }
            tell(tell.event());
        } else if (action instanceof SupervisorAction.Reply reply) {
            reply.to().accept(reply.answer());
        } else if (action instanceof SupervisorAction.TryAgain again) {
            self.tell(new SupervisorMessage.Due(again.retry()));
        } else if (action instanceof SupervisorAction.WakeAt wake) {
            Duration wait = Duration.ofNanos(Math.max(0, Math.min(wake.time() - now(), LONGEST_TIMER)));
            timers.startSingleTimer(SupervisorMessage.Due.WAKE, SupervisorMessage.Due.WAKE, wait);
        } else if (action instanceof SupervisorAction.WaitBefore wait) {
            timers.startSingleTimer(wait.notice().child(), new SupervisorMessage.Due(wait.notice()), wait.delay());
        } else if (action instanceof SupervisorAction.StopWaiting stop) {
            timers.cancel(stop.child());
        } else if (action instanceof SupervisorAction.StaysDown down) {
            staysDown(down);
        } else if (action == SupervisorAction.Up.INSTANCE) {
            owner.up(calls);
        } else {
            return false;
        }
        return true;
    }

    /** It may have had no incarnation, and is to be commanded all the same. */
    private void standsBy(ChildSpec spec) {
        keepers.standsBy(spec, runners.of(spec.kind()));
    }

    private void ends(TreeEnd how) {
        end = how;
        owner.ends(end, held > 0);
        if (held > 0) {
            close();
        }
    }

    private static LiveChild live(Incarnation incarnation) {
        return (LiveChild) incarnation.handle();
    }

    private ChildRunner runner(Incarnation incarnation) {
        return runners.of(incarnation.kind());
    }

    private void start(SupervisorAction.Start start) {
        LiveChild child = live(start.incarnation());
        child.is(
                start.incarnation(),
                around.addresses().tree(),
                workedFor instanceof LiveChild supervisor ? supervisor : null);
        ChildRunner runner = runners.of(start.spec().kind());
        try {
            LiveContext context = new LiveContext(
                    child,
                    start.arguments(),
                    self,
                    around,
                    start.spec().shutdown(),
                    keepers.of(start.incarnation(), start.spec(), runner));
            ActorRef<Object> actor = this.context.spawn(
                    ChildActor.create(runner, context), ActorNames.of(child.id(), child.incarnation()), runner.props());
            child.spawnedAs(actor);
            this.context.watchWith(actor, new SupervisorMessage.Terminated(child));
            if (!around.addresses().isEmpty()) {
                around.addresses().lead(around.pathOf(child.id()), actor);
            }
        } catch (Throwable thrown) {
            // a dispatcher that does not exist, for example: the start has failed as if the child had thrown it
            child.endsWith(ExitReason.crash(thrown));
            self.tell(new SupervisorMessage.Terminated(child));
        }
    }

    private RuleEvent send(SupervisorAction.SendSignal send) {
        Incarnation to = send.incarnation();
        Optional<Object> request = runner(to).signalRequest(send.signal(), to.handle());
        request.ifPresent(live(to).ref()::tell);
        return new RuleEvent.SignalSent(to, send.signal(), request.isPresent(), send.reply());
    }

    private void send(Incarnation incarnation, Optional<Object> request) {
        ActorRef<Object> actor = live(incarnation).ref();
        if (request.isPresent()) {
            actor.tell(request.get());
        } else {
            context.stop(actor);
        }
    }

    private void abandon(SupervisorAction.Abandon abandon) {
        LiveChild child = live(abandon.incarnation());
        held++;
        leave(child);
        child.letGo();
        String known = abandon.stack();
        tell(new SupervisorEvent.ChildAbandoned(
                around.path(), abandon.offender(), known == null ? child.stack() : known));
    }

    private void staysDown(SupervisorAction.StaysDown down) {
        runners.of(down.kind()).staysDown(down.id(), down.why());
        keepers.staysDown(down);
        if (down.isGone()) {
            closeSockets(down.id());
        }
    }

    /** Nobody has this child any more, nor those below it. */
    private void closeSockets(String id) {
        TreeSockets sockets = around.addresses().tree().sockets();
        if (!sockets.areNone()) {
            sockets.close(around.pathOf(id));
        }
    }

    private void leave(LiveChild handle) {
        if (!around.addresses().isEmpty() && handle.hasActor()) {
            around.addresses().leave(around.pathOf(handle.id()), handle.ref());
        }
    }

    private void tell(SupervisorEvent event) {
        SupervisorLog.tell(around.listener(), event);
    }

    private void close() {
        if (closed) {
            return;
        }
        closed = true;
        rest.ifPresent(SupervisorRest::close);
        rule.unanswered().forEach(call -> call.gone().run());
        rule.lost().forEach(this::staysDown);
        if (owner.isOutside()) {
            around.addresses().tree().sockets().close(around.path());
        }
        around.addresses().remove(calls);
        looks.close();
        calls.close(end);
        owner.gone(end);
    }
}
