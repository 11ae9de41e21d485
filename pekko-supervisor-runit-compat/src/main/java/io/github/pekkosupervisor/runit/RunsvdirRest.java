package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.process.Standstill;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/** How a directory of service directories in a tree comes to rest before its JVM becomes another program. */
final class RunsvdirRest implements Standstill.Part {

    /** More than it gives itself. */
    private static final Duration PATIENCE = Duration.ofSeconds(6);

    /** It is asked once, and who it was left by waits no longer than that. */
    private static final Duration UNTIL_DECIDED = Duration.ofHours(1);

    private final ActorRef<Runsvdir.Command> runsvdir;
    private final ActorSystem<?> system;
    private volatile List<Descriptor> lasting = List.of();
    private @Nullable CompletableFuture<Done> decided;

    private RunsvdirRest(ActorRef<Runsvdir.Command> runsvdir, ActorSystem<?> system) {
        this.runsvdir = runsvdir;
        this.system = system;
    }

    /** Has one rest with all others, until it or this ends. */
    static Behavior<Void> of(ActorRef<Runsvdir.Command> runsvdir) {
        return Behaviors.setup(context -> {
            Standstill all = Standstill.get(context.getSystem());
            RunsvdirRest rest = new RunsvdirRest(runsvdir, context.getSystem());
            all.add(Standstill.Stage.PROCESSES, rest);
            context.watch(runsvdir);
            return Behaviors.receive(Void.class)
                    .onSignal(Terminated.class, ended -> Behaviors.stopped())
                    .onSignal(PostStop.class, stopped -> {
                        all.remove(Standstill.Stage.PROCESSES, rest);
                        return Behaviors.same();
                    })
                    .build();
        });
    }

    @Override
    public CompletionStage<Optional<String>> rest() {
        CompletionStage<Runsvdir.Rest> answer =
                AskPattern.ask(runsvdir, Runsvdir.Settle::new, PATIENCE, system.scheduler());
        return answer.handle((rest, failure) -> {
            if (rest instanceof Runsvdir.Settled settled) {
                lasting = settled.lasting();
                return Optional.empty();
            }
            return Optional.of(
                    rest instanceof Runsvdir.NotSettled not ? not.why() : "a services directory is busy: " + failure);
        });
    }

    @Override
    public List<Descriptor> lasting() {
        return lasting;
    }

    @Override
    public void goOn() {
        lasting = List.of();
        runsvdir.tell(Runsvdir.GoOn.INSTANCE);
    }

    @Override
    public synchronized boolean hasTakenUp() {
        CompletableFuture<Done> asked = decided;
        if (asked == null) {
            CompletionStage<Done> answer =
                    AskPattern.ask(runsvdir, Runsvdir.AwaitDecided::new, UNTIL_DECIDED, system.scheduler());
            asked = answer.toCompletableFuture();
            decided = asked;
        }
        return asked.isDone();
    }
}
