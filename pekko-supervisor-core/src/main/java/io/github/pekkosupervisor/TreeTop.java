package io.github.pekkosupervisor;

import io.github.pekkosupervisor.actor.Audience;
import io.github.pekkosupervisor.actor.ChildRunners;
import io.github.pekkosupervisor.actor.SupervisorActor;
import io.github.pekkosupervisor.actor.SupervisorRunner;
import io.github.pekkosupervisor.actor.TreeContext;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.protocol.SupervisorNotice;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;

/** The actor that stands for the application: the parent of the top supervisor, which tells it how it fares. */
final class TreeTop extends AbstractBehavior<Object> {

    private final ActorRef<SupervisorCommand> supervisor;
    private final ApplicationType type;
    private final CompletableFuture<SupervisorRef> up;
    private final CompletableFuture<TreeEnd> ended;
    private final Audience audience;
    private final Executor threads;

    /** Completes when the application has been told what is known until now, one thing after another. */
    private CompletableFuture<Void> told = CompletableFuture.completedFuture(null);

    private @Nullable SupervisorRef root;
    private boolean over;
    private boolean asked;

    private TreeTop(
            ActorContext<Object> context,
            ActorRef<SupervisorCommand> supervisor,
            ApplicationType type,
            CompletableFuture<SupervisorRef> up,
            CompletableFuture<TreeEnd> ended,
            Audience audience,
            Executor threads) {
        super(context);
        this.supervisor = supervisor;
        this.type = type;
        this.up = up;
        this.ended = ended;
        this.audience = audience;
        this.threads = threads;
    }

    /**
     * Starts the tree; {@link SupervisorCommand.Stop} stops it.
     *
     * @param audience told of all events
     * @param up completes when it is, and the audience knows
     * @param ended completes when nothing of it is left, and the audience knows
     */
    static Behavior<Object> create(
            SupervisorSpec spec,
            TreeContext around,
            Audience audience,
            Optional<ActorRef<?>> owner,
            ApplicationType type,
            CompletableFuture<SupervisorRef> up,
            CompletableFuture<TreeEnd> ended) {
        return Behaviors.setup(context -> {
            ActorRef<SupervisorCommand> supervisor = context.spawn(
                    SupervisorActor.top(() -> spec, system -> around, ChildRunners.INSTANCE, context.getSelf()),
                    "top",
                    SupervisorRunner.propsFor(spec));
            owner.ifPresent(actor -> context.spawnAnonymous(watching(actor, context.getSelf())));
            return new TreeTop(
                    context,
                    supervisor,
                    type,
                    up,
                    ended,
                    audience,
                    around.addresses().answers());
        });
    }

    private static Behavior<SupervisorCommand.Stop> watching(ActorRef<?> owner, ActorRef<Object> top) {
        return Behaviors.setup(context -> {
            context.watchWith(
                    owner, new SupervisorCommand.Stop(ExitReason.failed("its owner " + owner.path() + " has ended")));
            return Behaviors.receiveMessage(stop -> {
                top.tell(stop);
                return Behaviors.stopped();
            });
        });
    }

    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder()
                .onMessage(SupervisorCommand.Stop.class, this::stop)
                .onMessage(SupervisorNotice.Up.class, this::up)
                .onMessage(SupervisorNotice.Ended.class, this::ended)
                .onMessage(SupervisorNotice.Ignored.class, notice -> Behaviors.stopped())
                .onSignal(PostStop.class, signal -> {
                    if (!over) {
                        tellTheEnd(TreeEnd.Killed.INSTANCE);
                    }
                    return this;
                })
                .build();
    }

    private Behavior<Object> stop(SupervisorCommand.Stop stop) {
        asked = true;
        supervisor.tell(stop);
        return this;
    }

    private Behavior<Object> up(SupervisorNotice.Up notice) {
        root = notice.supervisor();
        tell(() -> up.complete(notice.supervisor()));
        return this;
    }

    private Behavior<Object> ended(SupervisorNotice.Ended notice) {
        boolean byItself = root != null && !asked;
        if (byItself && type.endsSystem(notice.reason())) {
            getContext().getSystem().terminate();
        }
        over = true;
        tellTheEnd(notice.end());
        return Behaviors.stopped();
    }

    private void tellTheEnd(TreeEnd end) {
        SupervisorRef wasUp = root;
        tell(() -> {
            if (wasUp != null) {
                // what follows from that may still be going on, and wait for this
                up.complete(wasUp);
            }
            ended.complete(end);
        });
    }

    /** Not in a thread of the tree, since what the application does then might wait for the tree. */
    private void tell(Runnable news) {
        told = CompletableFuture.allOf(told, audience.heard().toCompletableFuture());
        var said = told.thenRunAsync(news, threads);
        assert said != null;
    }
}
