package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.spec.ChildContext;
import io.github.pekkosupervisor.spec.ChildSpec.Action;
import io.github.pekkosupervisor.spec.ExitReason;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * One incarnation of something that runs on a thread of its own: ends when that returns, is stopped by interrupting.
 */
final class RunnableActor {

    private final LiveContext child;
    private final ActorRef<Object> self;
    private final ServiceThreads threads;

    private enum Returned implements ServiceMessage {
        INSTANCE
    }

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
                .onMessageEquals(Returned.INSTANCE, Behaviors::stopped)
                .onMessage(Threw.class, this::threw)
                .onMessage(ServiceMessage.Order.class, order -> {
                    child.handle().interrupt();
                    return Behaviors.same();
                })
                .onSignal(PostStop.class, signal -> {
                    child.handle().interrupt();
                    // and if it does not listen
                    neverBegun.run();
                    return Behaviors.same();
                })
                .build();
    }

    private Behavior<Object> threw(Threw threw) {
        LiveChild handle = child.handle();
        if (handle.isAskedToStop() && threw.cause() instanceof InterruptedException) {
            handle.endsWith(ExitReason.shutdown());
        } else {
            handle.endsWith(ExitReason.crash(threw.cause()));
        }
        return Behaviors.stopped();
    }
}
