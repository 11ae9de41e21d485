package io.github.pekkosupervisor;

import io.github.pekkosupervisor.Supervisor.Acknowledged;
import io.github.pekkosupervisor.Supervisor.Call;
import io.github.pekkosupervisor.Supervisor.Command;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/** A supervisor's actor: hands what it is told to its {@link SupervisorRule}, and does what that decides. */
final class SupervisorActor {

    /** Pekko's timers go no further than 248 days; who is woken too early looks and waits on. */
    private static final long LONGEST_TIMER = Duration.ofDays(100).toNanos();

    private final ActorContext<Object> context;
    private final TimerScheduler<Object> timers;
    private final ActorRef<Command> self;
    private final Surroundings around;
    private final SupervisorRule rule;
    private final Desk desk;
    private final Owner owner;

    /** The clock counts from here. */
    private final long origin;

    /** Abandoned children, and supervisors below that such a child keeps. */
    private int held;

    private boolean closed;
    private TreeEnd end = TreeEnd.Killed.INSTANCE;

    /** Who wants to know how the supervisor fares. */
    private interface Owner {
        /** Whether it is no supervisor, which would report itself what became of a start. */
        boolean isOutside();

        void up(SupervisorRef supervisor);

        void ignored();

        /** It ends; what it stands for may be held back by an abandoned child. */
        void ends(TreeEnd end, boolean heldBack);

        /** Its actor has ended. */
        void gone(TreeEnd end);
    }

    private SupervisorActor(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            Surroundings around,
            SupervisorRule rule,
            Owner owner) {
        this.context = context;
        this.timers = timers;
        this.self = context.getSelf().unsafeUpcast();
        this.around = around;
        this.rule = rule;
        this.owner = owner;
        this.desk = new Desk(around.path(), self, around.addresses());
        around.addresses().add(desk);
        this.origin = around.clock().getAsLong();
    }

    /** A supervisor that is nobody's child. */
    static Behavior<Command> top(
            Callable<SupervisorSpec> init,
            Consumer<? super SupervisorEvent> listener,
            @Nullable ActorRef<? super Supervisor.Notice> owner) {
        return Behaviors.<Object>setup(
                        context -> top(context, init, Surroundings.top(context.getSystem(), listener), owner))
                .narrow();
    }

    /** The same, with another clock. */
    static Behavior<Command> top(
            Callable<SupervisorSpec> init, Surroundings around, @Nullable ActorRef<? super Supervisor.Notice> owner) {
        return Behaviors.<Object>setup(context -> top(context, init, around, owner))
                .narrow();
    }

    private static Behavior<Object> top(
            ActorContext<Object> context,
            Callable<SupervisorSpec> init,
            Surroundings around,
            @Nullable ActorRef<? super Supervisor.Notice> owner) {
        if (owner != null) {
            context.watchWith(owner, new Supervisor.Stop(ExitReason.failed("its owner has ended")));
        }
        return start(context, init, around, new TopOwner(owner, around.addresses()));
    }

    /** A supervisor below another. */
    static Behavior<?> below(Callable<SupervisorSpec> init, ChildContext child, ActorRef<Command> parent) {
        return Behaviors.<Object>setup(
                context -> start(context, init, child.surroundings().below(child.id()), new Parent(child, parent)));
    }

    private static Behavior<Object> start(
            ActorContext<Object> context, Callable<SupervisorSpec> init, Surroundings around, Owner owner) {
        SupervisorSpec spec;
        try {
            spec = init.call();
            if (spec == null) {
                return failed(owner, around, badReturn(around.path()));
            }
            List<InvalidSpecException.Problem> problems =
                    spec.isChecked() ? SpecCheck.place(around.path()) : SpecCheck.supervisor(spec, around.path());
            if (!problems.isEmpty()) {
                throw new InvalidSpecException(problems);
            }
        } catch (Throwable thrown) {
            return failed(owner, around, ExitReason.crash(thrown));
        }
        if (spec == SupervisorSpec.IGNORE) {
            owner.ignored();
            return Behaviors.stopped();
        }
        SupervisorSpec checked = spec;
        return Behaviors.withTimers(timers -> new SupervisorActor(
                        context, timers, around, new SupervisorRule(around.path(), checked, around.random()), owner)
                .begin());
    }

    private static Behavior<Object> failed(Owner owner, Surroundings around, ExitReason reason) {
        TreeEnd end = new TreeEnd.Failed(reason);
        if (owner.isOutside()) {
            SupervisorLog.tell(around.listener(), new SupervisorEvent.SupervisorStopped(around.path(), end));
        }
        owner.ends(end, false);
        owner.gone(end);
        return Behaviors.stopped();
    }

    /** OTP's bad_return. */
    static ExitReason badReturn(String path) {
        return ExitReason.failed("bad_return: the init of supervisor " + path
                + " returned null; it must return a SupervisorSpec, which may be SupervisorSpec.ignore()");
    }

    private Behavior<Object> begin() {
        Object before = enter();
        boolean ends;
        try {
            ends = perform(rule.begin(now()));
        } catch (Throwable thrown) {
            broken(thrown);
            ends = true;
        } finally {
            leave(before);
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
        return around.clock().getAsLong() - origin;
    }

    // ---- what comes in

    private Behavior<Object> received(ActorContext<Object> ignored, Object message) {
        Object before = enter();
        try {
            return received(message);
        } catch (Throwable thrown) {
            broken(thrown);
            return Behaviors.stopped();
        } finally {
            leave(before);
        }
    }

    /** One that is a child has been let in as that. */
    private @Nullable Object enter() {
        return owner.isOutside() ? Inside.enter(around.addresses()) : null;
    }

    private void leave(@Nullable Object before) {
        if (owner.isOutside()) {
            Inside.leave(before);
        }
    }

    private Behavior<Object> received(Object message) {
        if (!(message instanceof Command command)) {
            tell(new SupervisorEvent.UnexpectedMessage(around.path(), message));
            return Behaviors.same();
        }
        if (command instanceof Supervisor.Terminated terminated) {
            terminated(terminated.handle());
        }
        boolean ends = perform(rule.handle(asEvent(command), now()));
        if (!ends && command instanceof Supervisor.Stop && owner.isOutside()) {
            ends = perform(rule.handle(new Supervisor.Hurry(Inside.exiting(around.addresses())), now()));
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

    /** A request by message becomes the call that the rule knows. */
    private static Command asEvent(Command command) {
        if (command instanceof Supervisor.StartChild start) {
            return call(new Request.StartChild(start.child(), start.arguments()), start.replyTo());
        } else if (command instanceof Supervisor.StartFromTemplate start) {
            return call(new Request.StartFromTemplate(start.arguments()), start.replyTo());
        } else if (command instanceof Supervisor.TerminateChild terminate) {
            return call(new Request.TerminateChild(terminate.id()), terminate.replyTo());
        } else if (command instanceof Supervisor.TerminateHandle terminate) {
            return call(new Request.TerminateHandle(terminate.child()), terminate.replyTo());
        } else if (command instanceof Supervisor.RestartChild restart) {
            return call(new Request.RestartChild(restart.id()), restart.replyTo());
        } else if (command instanceof Supervisor.DeleteChild delete) {
            return call(new Request.DeleteChild(delete.id()), delete.replyTo());
        } else if (command instanceof Supervisor.WhichChildren which) {
            return call(new Request.WhichChildren(), which.replyTo());
        } else if (command instanceof Supervisor.WhichChild which) {
            return call(new Request.WhichChild(which.id()), which.replyTo());
        } else if (command instanceof Supervisor.WhichHandle which) {
            return call(new Request.WhichHandle(which.child()), which.replyTo());
        } else if (command instanceof Supervisor.GetHandleSpec get) {
            return call(new Request.GetHandleSpec(get.child()), get.replyTo());
        } else if (command instanceof Supervisor.CountChildren count) {
            return call(new Request.CountChildren(), count.replyTo());
        } else if (command instanceof Supervisor.GetChildSpec get) {
            return call(new Request.GetChildSpec(get.id()), get.replyTo());
        } else if (command instanceof Supervisor.Reconfigure reconfigure) {
            return call(new Request.Reconfigure(reconfigure.init()), reconfigure.replyTo());
        }
        return command;
    }

    @SuppressWarnings("unchecked")
    private static Call call(Request request, ActorRef<?> replyTo) {
        ActorRef<Object> reply = (ActorRef<Object>) replyTo;
        return new Call(
                request,
                reply::tell,
                !(request instanceof Request.WhichChildren || request instanceof Request.CountChildren));
    }

    // ---- what is to be done

    /** Does it all; true if the supervisor is at its end. */
    private boolean perform(List<SupervisorAction> actions) {
        boolean ends = false;
        for (SupervisorAction action : actions) {
            if (action instanceof SupervisorAction.Tell tell) {
                tell(tell.event());
            } else if (action instanceof SupervisorAction.Start start) {
                start(start);
            } else if (action instanceof SupervisorAction.AskToStop ask) {
                send(ask.handle(), ask.handle().kind().stopRequest(ask.within()));
            } else if (action instanceof SupervisorAction.Hurry hurry) {
                ChildHandle handle = hurry.handle();
                handle.kind().hurryRequest(hurry.request()).ifPresent(handle.ref()::tell);
            } else if (action instanceof SupervisorAction.Kill kill) {
                send(kill.handle(), kill.handle().kind().killRequest());
            } else if (action instanceof SupervisorAction.Reply reply) {
                reply.to().accept(reply.answer());
            } else if (action instanceof SupervisorAction.TryAgain again) {
                self.tell(again.retry());
            } else if (action instanceof SupervisorAction.WakeAt wake) {
                Duration wait = Duration.ofNanos(Math.max(0, Math.min(wake.time() - now(), LONGEST_TIMER)));
                timers.startSingleTimer(Supervisor.Wake.INSTANCE, Supervisor.Wake.INSTANCE, wait);
            } else if (action instanceof SupervisorAction.WaitBefore wait) {
                timers.startSingleTimer(wait.notice().child(), wait.notice(), wait.delay());
            } else if (action instanceof SupervisorAction.StopWaiting stop) {
                timers.cancel(stop.child());
            } else if (action instanceof SupervisorAction.StaysDown down) {
                down.kind().staysDown(down.id(), down.why());
            } else if (action == SupervisorAction.Up.INSTANCE) {
                owner.up(new SupervisorRef(desk));
            } else if (action instanceof SupervisorAction.End last) {
                end = last.end();
                owner.ends(end, held > 0);
                if (held > 0) {
                    close();
                }
                ends = true;
            }
        }
        return ends;
    }

    private void start(SupervisorAction.Start start) {
        ChildHandle handle = start.handle();
        ChildKind kind = start.spec().kind();
        ChildContext child = new ChildContext(handle, start.arguments(), self, around);
        handle.belongsTo(around.addresses());
        try {
            ActorRef<Object> actor = context.spawn(
                    ChildActor.create(kind, child, self),
                    ActorNames.of(handle.id(), handle.incarnation()),
                    kind.props());
            handle.spawnedAs(actor);
            context.watchWith(actor, new Supervisor.Terminated(handle));
            if (!around.addresses().isEmpty()) {
                around.addresses().lead(around.pathOf(handle.id()), actor);
            }
        } catch (Throwable thrown) {
            // a dispatcher that does not exist, for example: the start has failed as if the child had thrown it
            handle.endsWith(ExitReason.crash(thrown));
            self.tell(new Supervisor.Terminated(handle));
        }
    }

    private void send(ChildHandle handle, Optional<Object> request) {
        ActorRef<Object> actor = handle.ref();
        if (request.isPresent()) {
            actor.tell(request.get());
        } else {
            context.stop(actor);
        }
    }

    private void terminated(ChildHandle handle) {
        leave(handle);
        if (handle.isHeldBack()) {
            // heard of twice: first that it has ended, later that its actor has, which keeps this one till then
            held += handle.hasEnded() ? -1 : 1;
        }
    }

    private void leave(ChildHandle handle) {
        if (!around.addresses().isEmpty() && handle.hasActor()) {
            around.addresses().leave(around.pathOf(handle.id()), handle.ref());
        }
    }

    private void tell(SupervisorEvent event) {
        if (event instanceof SupervisorEvent.ChildAbandoned late) {
            held++;
            late.child().handle().ifPresent(this::leave);
            late.child().handle().ifPresent(ChildHandle::letGo);
        } else if (event instanceof SupervisorEvent.AbandonedChildEnded) {
            held--;
        }
        SupervisorLog.tell(around.listener(), event);
    }

    private void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (Command left : rule.waiting()) {
            if (left instanceof Call call && call.canBeGone()) {
                call.reply().accept(Supervisor.SupervisorGone.INSTANCE);
            }
        }
        rule.lost().forEach(down -> down.kind().staysDown(down.id(), down.why()));
        around.addresses().remove(desk);
        desk.close(end);
        owner.gone(end);
    }

    // ---- owners

    private record TopOwner(@Nullable ActorRef<? super Supervisor.Notice> owner, Addresses addresses) implements Owner {
        @Override
        public boolean isOutside() {
            return true;
        }

        @Override
        public void up(SupervisorRef supervisor) {
            notify(new Supervisor.Up(supervisor));
        }

        @Override
        public void ignored() {
            notify(Supervisor.Ignored.INSTANCE);
        }

        @Override
        public void ends(TreeEnd end, boolean heldBack) {
            // told when it is gone
        }

        @Override
        public void gone(TreeEnd end) {
            addresses.close();
            notify(new Supervisor.Ended(end));
        }

        private void notify(Supervisor.Notice notice) {
            if (owner != null) {
                owner.tell(notice);
            }
        }
    }

    private record Parent(ChildContext child, ActorRef<Command> supervisor) implements Owner {
        @Override
        public boolean isOutside() {
            return false;
        }

        @Override
        public void up(SupervisorRef itself) {
            child.handle().supervises(itself);
            supervisor.tell(new Acknowledged(child.handle(), Supervisor.NO_INFO));
        }

        @Override
        public void ignored() {
            child.handle().ignored();
        }

        @Override
        public void ends(TreeEnd end, boolean heldBack) {
            child.handle().treeEnds(end);
            child.handle().endsWith(end.reason());
            if (heldBack) {
                // Pekko keeps an actor until its last child has ended, and an abandoned one may never
                child.handle().heldBack();
                supervisor.tell(new Supervisor.Terminated(child.handle()));
            }
        }

        @Override
        public void gone(TreeEnd end) {
            // the parent watches
        }
    }
}
