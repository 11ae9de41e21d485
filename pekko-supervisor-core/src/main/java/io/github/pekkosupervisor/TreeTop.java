package io.github.pekkosupervisor;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/** The actor that stands for the application: the parent of the top supervisor, which tells it how it fares. */
final class TreeTop extends AbstractBehavior<Object> {

    private final ActorRef<Supervisor.Command> supervisor;
    private final ApplicationType type;
    private final CompletableFuture<SupervisorRef> up;
    private final CompletableFuture<TreeEnd> ended;
    private boolean asked;

    private TreeTop(
            ActorContext<Object> context,
            ActorRef<Supervisor.Command> supervisor,
            ApplicationType type,
            CompletableFuture<SupervisorRef> up,
            CompletableFuture<TreeEnd> ended) {
        super(context);
        this.supervisor = supervisor;
        this.type = type;
        this.up = up;
        this.ended = ended;
    }

    /**
     * Starts the tree; {@link Supervisor.Stop} stops it.
     *
     * @param up completes when it is
     * @param ended completes when nothing of it is left
     */
    static Behavior<Object> create(
            SupervisorSpec spec,
            Consumer<? super SupervisorEvent> listener,
            Optional<ActorRef<?>> owner,
            ApplicationType type,
            CompletableFuture<SupervisorRef> up,
            CompletableFuture<TreeEnd> ended) {
        return Behaviors.setup(context -> {
            ActorRef<Supervisor.Command> supervisor = context.spawn(
                    Supervisor.create(() -> spec, listener, context.getSelf()), "top", SupervisorKind.propsFor(spec));
            owner.ifPresent(actor -> context.spawnAnonymous(watching(actor, context.getSelf())));
            return new TreeTop(context, supervisor, type, up, ended);
        });
    }

    private static Behavior<Supervisor.Stop> watching(ActorRef<?> owner, ActorRef<Object> top) {
        return Behaviors.setup(context -> {
            context.watchWith(
                    owner, new Supervisor.Stop(ExitReason.failed("its owner " + owner.path() + " has ended")));
            return Behaviors.receiveMessage(stop -> {
                top.tell(stop);
                return Behaviors.stopped();
            });
        });
    }

    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder()
                .onMessage(Supervisor.Stop.class, this::stop)
                .onMessage(Supervisor.Up.class, this::up)
                .onMessage(Supervisor.Ended.class, this::ended)
                .onMessage(Supervisor.Ignored.class, notice -> Behaviors.stopped())
                .onSignal(PostStop.class, signal -> {
                    ended.complete(TreeEnd.Killed.INSTANCE);
                    return this;
                })
                .build();
    }

    private Behavior<Object> stop(Supervisor.Stop stop) {
        asked = true;
        supervisor.tell(stop);
        return this;
    }

    private Behavior<Object> up(Supervisor.Up notice) {
        up.complete(notice.supervisor());
        return this;
    }

    private Behavior<Object> ended(Supervisor.Ended notice) {
        boolean byItself = up.isDone() && !asked;
        if (byItself && type.endsSystem(notice.reason())) {
            getContext().getSystem().terminate();
        }
        ended.complete(notice.end());
        return Behaviors.stopped();
    }
}
