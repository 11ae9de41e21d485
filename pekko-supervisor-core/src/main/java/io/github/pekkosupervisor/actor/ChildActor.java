package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.process.HandOver;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.spec.ExitReason;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DeathPactException;
import org.apache.pekko.actor.typed.ExtensibleBehavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.internal.BehaviorImpl;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.japi.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stands around the behavior of every incarnation: acknowledges its start, notes why it ends before it does, refuses
 * messages of a type that it does not take, and catches all it throws, so that no child ends the JVM, the actor system
 * or its supervisor.
 *
 * <p>Pekko would end the JVM, or the actor system, for an {@code OutOfMemoryError}, a {@code StackOverflowError} or a
 * {@code NoClassDefFoundError} in any actor, and would only log what a {@code PostStop} throws. Here each is the end of
 * one child, with its cause in the report: most are of that child alone, and its supervisor gives up if they are not.
 */
final class ChildActor extends ExtensibleBehavior<Object> {

    private final LiveChild handle;
    private final ActorRef<SupervisorCommand> supervisor;
    private final Class<?> messages;
    private final boolean cleansUpWhenKilled;
    private Behavior<Object> current;

    /** Made when there is the first. */
    private @Nullable Refusals refusals;

    /** The behavior that it ended with, if it did so by itself; may have something to do at the very end. */
    private @Nullable Behavior<Object> last;

    private boolean over;

    private ChildActor(LiveChild handle, ChildRunner runner, ActorRef<SupervisorCommand> supervisor) {
        this.handle = handle;
        this.supervisor = supervisor;
        this.messages = runner.messages();
        this.cleansUpWhenKilled = runner.cleansUpWhenKilled();
        this.current = Behaviors.empty();
    }

    /** The behavior of the actor of a new incarnation. */
    static Behavior<Object> create(ChildRunner runner, LiveContext child) {
        return Behaviors.setup(new Seed(runner, child));
    }

    /** What an actor is made from. Pekko keeps it as long as the actor lives, so it lets go of what may be large. */
    private static final class Seed implements Function<ActorContext<Object>, Behavior<Object>> {
        private @Nullable ChildRunner runner;
        private @Nullable LiveContext child;

        Seed(ChildRunner runner, LiveContext child) {
            this.runner = runner;
            this.child = child;
        }

        @Override
        public Behavior<Object> apply(ActorContext<Object> context) {
            ChildRunner by = runner;
            LiveContext of = child;
            runner = null;
            child = null;
            if (by == null || of == null) {
                throw new IllegalStateException("an incarnation was started twice");
            }
            return new ChildActor(of.handle(), by, of.supervisor()).start(by, of, context);
        }
    }

    private Behavior<Object> start(ChildRunner runner, LiveContext child, TypedActorContext<Object> context) {
        Inside.Place here = Inside.here();
        Object before = here.enter(handle);
        try {
            Behavior<Object> started = Behavior.start(initial(runner, child), context);
            boolean says = runner.acknowledgesItself() || handle.isIgnored() || handle.reason() != null;
            if (!says) {
                HandOver.keepQuick();
                handle.ready();
                supervisor.tell(new SupervisorMessage.Acknowledged(handle, null));
            }
            become(started);
        } catch (Throwable thrown) {
            crashed(thrown);
        } finally {
            here.leave(before);
        }
        // Pekko does not know this behavior before it is returned, so its end has to be done from the one that is
        return over ? Behaviors.stopped(() -> stopped(context)) : this;
    }

    @SuppressWarnings("unchecked")
    private static Behavior<Object> initial(ChildRunner runner, LiveContext child) {
        Optional<KeptChildren> kept = child.around().kept();
        if (kept.isPresent() && kept.get().isDone(child.path())) {
            runner.leftDown(child.path(), child.around().addresses().tree().sockets()::of);
            return child.exit(ExitReason.normal());
        } else if (kept.isPresent() && kept.get().staysDown(child.path())) {
            runner.leftDown(child.path(), child.around().addresses().tree().sockets()::of);
            return child.ignore();
        }
        Behavior<?> behavior = runner.incarnation(child);
        if (behavior == null) {
            throw new NullPointerException("child \"" + child.id() + "\": its function returned no behavior but null");
        }
        return Behavior.validateAsInitial((Behavior<Object>) behavior);
    }

    @Override
    public Behavior<Object> receive(TypedActorContext<Object> context, Object message) {
        if (messages != Object.class && !messages.isInstance(message)) {
            return refused(context, message);
        }
        HandOver.keepNot();
        Inside.Place here = Inside.here();
        Object before = here.enter(handle);
        try {
            Behavior<Object> next = Behavior.interpretMessage(current, context, message);
            if (Behavior.isUnhandled(next) && messages == Object.class) {
                tellRefused(message);
            }
            return follow(context, next);
        } catch (ClassCastException thrown) {
            return isWrongType(thrown, message, context) ? refused(context, message) : crashed(thrown);
        } catch (Throwable thrown) {
            return crashed(thrown);
        } finally {
            here.leave(before);
        }
    }

    /** The message to stop is the specification's own mistake, and a child that cannot take it will not stop for it. */
    private boolean isWrongType(ClassCastException thrown, Object message, TypedActorContext<Object> context) {
        if (handle.isAskedToStopBy(message)) {
            return false;
        }
        if (WrongType.tellsNothing(thrown)) {
            return refusals != null && refusals.had(message);
        }
        return WrongType.isOf(
                thrown, message, context.asJava().getSystem().dynamicAccess().classLoader());
    }

    private Behavior<Object> refused(TypedActorContext<Object> context, Object message) {
        tellRefused(message);
        context.asJava().getSystem().deadLetters().tell(message);
        return this;
    }

    private void tellRefused(Object message) {
        Refusals known = refusals;
        if (known == null) {
            known = new Refusals();
            refusals = known;
        }
        if (known.isNews(message)) {
            supervisor.tell(new SupervisorMessage.Refused(handle.id(), handle, message.getClass()));
        }
    }

    @Override
    public Behavior<Object> receiveSignal(TypedActorContext<Object> context, Signal signal) {
        HandOver.keepNot();
        Inside.Place here = Inside.here();
        Object before = here.enter(handle);
        try {
            if (signal == PostStop.instance()) {
                stopped(context);
                HandOver.keepQuick();
                return this;
            }
            Behavior<Object> next = Behavior.interpretSignal(current, context, signal);
            if (Behavior.isUnhandled(next) && signal instanceof Terminated terminated) {
                return crashed(new DeathPactException(terminated.getRef().unsafeUpcast()));
            }
            return follow(context, next);
        } catch (Throwable thrown) {
            return crashed(thrown);
        } finally {
            here.leave(before);
        }
    }

    private Behavior<Object> follow(TypedActorContext<Object> context, Behavior<Object> next) {
        if (Behavior.isUnhandled(next)) {
            return next;
        }
        return become(Behavior.isAlive(next) ? Behavior.canonicalize(next, current, context) : next);
    }

    private Behavior<Object> become(Behavior<Object> next) {
        if (Behavior.isAlive(next)) {
            current = next;
            return this;
        }
        if ((Behavior<?>) next instanceof BehaviorImpl.FailedBehavior failed) {
            return crashed(failed.cause());
        }
        last = next;
        handle.endsWith(handle.isAskedToStop() ? ExitReason.shutdown() : ExitReason.normal());
        return end();
    }

    private Behavior<Object> crashed(Throwable thrown) {
        handle.endsWith(ExitReason.crash(thrown));
        return end();
    }

    /** Stops the actor; what is left of the child's own end is done when its own children are gone. */
    private Behavior<Object> end() {
        over = true;
        return Behaviors.stopped();
    }

    private void stopped(TypedActorContext<Object> context) {
        if (handle.isKilled() && !cleansUpWhenKilled) {
            return;
        }
        try {
            Behavior.interpretSignal(current, context, PostStop.instance());
            if (last != null) {
                Behavior.interpretSignal(last, context, PostStop.instance());
            }
        } catch (Throwable thrown) {
            handle.endsBadly(ExitReason.crash(thrown));
        }
    }
}
