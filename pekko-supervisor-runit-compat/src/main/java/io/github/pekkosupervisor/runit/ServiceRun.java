package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.actor.IncarnationContext;
import io.github.pekkosupervisor.actor.SnapshotPlace;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.spec.ExitReason;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * One incarnation of a child that is a service directory: a run of its {@code run}, with the {@code finish} that
 * follows it. It is the {@link ServiceKeeper} that runs it; here it is told what the supervisor wants, and says how it
 * ended.
 */
final class ServiceRun {

    private final ActorContext<Object> context;
    private final IncarnationContext child;

    /** What the incarnation takes. */
    sealed interface Command extends ServiceKeeper.ToRun {}

    /** What its supervisor asks for. */
    enum Order implements Command {
        STOP,
        KILL
    }

    /** Run is sent a signal, when {@code control/} has had its say. */
    record Signalled(Wish wish) implements Command {}

    /** Say how you are. */
    record Asked(SnapshotPlace place) implements Command {}

    private record Seen(SnapshotPlace place, Node node) implements Command {}

    private enum KeeperHasEnded implements Command {
        INSTANCE
    }

    private ServiceRun(ActorContext<Object> context, IncarnationContext child) {
        this.context = context;
        this.child = child;
        context.watchWith(child.keeper(), KeeperHasEnded.INSTANCE);
        child.keeper().tell(new ServiceKeeper.Begin(child, context.getSelf()));
    }

    static Behavior<Object> create(IncarnationContext child) {
        return Behaviors.setup(context -> new ServiceRun(context, child).running());
    }

    private Behavior<Object> running() {
        return Behaviors.receive(Object.class)
                .onMessage(Order.class, this::pass)
                .onMessage(Signalled.class, signalled -> {
                    child.keeper().tell(new ServiceKeeper.Signalled(signalled.wish()));
                    return Behaviors.same();
                })
                .onMessage(Asked.class, asked -> {
                    child.keeper().tell(new ServiceKeeper.LookAt(asked.place(), answer(asked.place())));
                    return Behaviors.same();
                })
                .onMessage(Seen.class, seen -> {
                    seen.place().is(seen.node());
                    return Behaviors.same();
                })
                .onMessage(
                        ServiceKeeper.Over.class,
                        over -> over.reason().isPresent()
                                ? child.exit(over.reason().get())
                                : Behaviors.stopped())
                .onMessage(ServiceKeeper.NotNow.class, notNow -> child.ignore())
                .onMessage(
                        KeeperHasEnded.class,
                        ended -> child.exit(ExitReason.failed("its supervision by runit's rules has ended")))
                .build();
    }

    private Behavior<Object> pass(Order order) {
        long number = child.handle().incarnation();
        child.keeper()
                .tell(
                        switch (order) {
                            case STOP -> new ServiceKeeper.Told(new KeeperEvent.StopAsked(number, child.comesBack()));
                            case KILL -> new ServiceKeeper.Told(new KeeperEvent.KillAsked(number));
                        });
        return Behaviors.same();
    }

    /** For one answer, which may read files. */
    private ActorRef<ServiceSnapshot> answer(SnapshotPlace place) {
        ActorRef<Object> self = context.getSelf();
        Behavior<ServiceSnapshot> once = Behaviors.receiveMessage(snapshot -> {
            self.tell(new Seen(place, ServiceNodes.ofOne(snapshot)));
            return Behaviors.stopped();
        });
        return context.spawnAnonymous(once, Processes.dispatcher());
    }
}
