package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.spec.ChildContext;
import io.github.pekkosupervisor.spec.ChildSpec.Action;
import io.github.pekkosupervisor.spec.ExitReason;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * One incarnation of something that runs on a thread of its own: ends when that returns, is stopped by interrupting.
 */
final class RunnableActor {

    private final LiveContext child;
    private final ActorRef<Object> self;
    private final ServiceThreads threads;

    private final PendingSignals signals = new PendingSignals();

    private boolean isReacting;

    /** The thread of the reaction that is going on. */
    private @Nullable Thread reactor;

    /** It has returned, and ends when the reaction has that is going on. */
    private boolean isOver;

    private enum Returned implements ServiceMessage {
        INSTANCE,
        /** From a reaction to a signal. */
        REACTED
    }

    private record ReactionThrew(Throwable cause) implements ServiceMessage {}

    private record Threw(Throwable cause) implements ServiceMessage {}

    private RunnableActor(ActorContext<Object> context, LiveContext child) {
        this.child = child;
        this.self = context.getSelf();
        this.threads = ServiceThreads.get(context.getSystem());
    }

    static Behavior<Object> create(Action<? super ChildContext> run, Runnable neverBegun, LiveContext child) {
        return Behaviors.setup(context -> new RunnableActor(context, child).start(run, neverBegun));
    }

    private Behavior<Object> start(Action<? super ChildContext> run, Runnable neverBegun) {
        child.handle().whenAbandoned(neverBegun);
        threads.run(
                child.handle(),
                child.logContext(),
                () -> {
                    child.ready();
                    if (child.handle().isAskedToStop() || child.handle().isKilled()) {
                        // before there was a thread to interrupt
                        neverBegun.run();
                    } else {
                        run.perform(child);
                    }
                },
                () -> self.tell(Returned.INSTANCE),
                thrown -> self.tell(new Threw(thrown)));
        return Behaviors.receive(Object.class)
                .onMessageEquals(Returned.INSTANCE, this::over)
                .onMessage(Threw.class, this::threw)
                .onMessage(ServiceMessage.class, this::told)
                .onSignal(PostStop.class, signal -> {
                    interrupt();
                    // and if it does not listen
                    neverBegun.run();
                    return Behaviors.same();
                })
                .build();
    }

    private Behavior<Object> told(ServiceMessage message) {
        if (message instanceof ServiceMessage.React order) {
            signals.add(order.signal());
            reactNext();
        } else if (message == Returned.REACTED) {
            isReacting = false;
            reactNext();
        } else if (message instanceof ReactionThrew threw) {
            isReacting = false;
            boolean asTold = child.handle().isAskedToStop() && threw.cause() instanceof InterruptedException;
            if (!isOver && !asTold) {
                child.handle().endsWith(ExitReason.crash(threw.cause()));
            }
            interrupt();
        } else {
            interrupt();
        }
        return isOver && !isReacting ? Behaviors.stopped() : Behaviors.same();
    }

    private void interrupt() {
        child.handle().interrupt();
        interruptReaction();
    }

    private synchronized void interruptReaction() {
        if (reactor != null) {
            reactor.interrupt();
        }
    }

    private synchronized void reactsOn(@Nullable Thread thread) {
        reactor = thread;
    }

    private void react(Signal signal) throws Exception {
        reactsOn(Thread.currentThread());
        try {
            child.handle().react(signal);
        } finally {
            reactsOn(null);
        }
    }

    /** Nothing of it may be left when it ends. */
    private Behavior<Object> over() {
        isOver = true;
        signals.clear();
        if (isReacting) {
            interruptReaction();
            return Behaviors.same();
        }
        return Behaviors.stopped();
    }

    /** On another thread, since its own is busy. */
    private void reactNext() {
        Signal signal = isReacting || isOver ? null : signals.poll();
        if (signal == null) {
            return;
        }
        isReacting = true;
        threads.runBeside(
                child.handle(),
                child.logContext(),
                () -> react(signal),
                () -> self.tell(Returned.REACTED),
                thrown -> self.tell(new ReactionThrew(thrown)));
    }

    private Behavior<Object> threw(Threw threw) {
        LiveChild handle = child.handle();
        if (handle.isAskedToStop() && threw.cause() instanceof InterruptedException) {
            handle.endsWith(ExitReason.shutdown());
        } else {
            handle.endsWith(ExitReason.crash(threw.cause()));
        }
        return over();
    }
}
