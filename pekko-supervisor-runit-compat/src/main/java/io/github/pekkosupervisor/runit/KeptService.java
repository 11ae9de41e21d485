package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.actor.KeeperContext;
import io.github.pekkosupervisor.process.Processes;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.jspecify.annotations.Nullable;

/** The actor below a {@link ServiceKeeper} that supervises by runit's rules; one after another. */
final class KeptService {

    private final ActorContext<Object> context;
    private final RunsvdirSettings settings;
    private final KeeperContext child;
    private final Heard heard;
    private @Nullable ActorRef<SingleService.Command> present;

    /** How many there have been: what one before this one has still to tell means nothing. */
    private int opened;

    /** Who hears what it has to say; called by it. */
    interface Heard extends RunsvSettings.Orders {
        /** It has told this. */
        void happened(ServiceEvent event);

        /** It has come to its end, as the so manieth, with this exit code of runsv. */
        void ended(int number, int exitCode);
    }

    /** In the actor of the keeper. */
    KeptService(ActorContext<Object> context, RunsvdirSettings settings, KeeperContext child, Heard heard) {
        this.context = context;
        this.settings = settings;
        this.child = child;
        this.heard = heard;
    }

    /** There is one from now on, whose end is watched. */
    void open() {
        int number = ++opened;
        StreamPlace place = new StreamPlace(child.path(), event -> {
            child.tell(event);
            heard.happened(event);
        });
        ActorRef<SingleService.Command> below = context.spawn(
                SingleService.create(settings, place, Optional.of(heard), code -> heard.ended(number, code)),
                ServicesChild.BELOW,
                Processes.dispatcher());
        context.watch(below);
        present = below;
    }

    /** There is none any more. */
    void isGone() {
        present = null;
    }

    /** Whether there is one, and it is the one that was opened as the so manieth. */
    boolean isPresent(int number) {
        return present != null && number == opened;
    }

    /** Tells it this, if it is there. */
    void tell(SingleService.Command what) {
        ActorRef<SingleService.Command> told = present;
        if (told != null) {
            told.tell(what);
        }
    }

    /** Orders this of {@code run}. */
    void order(RunsvCommand.Order order) {
        tell(new SingleService.Ordered(order));
    }

    /** What it has told of its {@code run}, as the rule takes it. */
    static Optional<KeeperEvent> ofRun(ServiceEvent event) {
        if (event instanceof ServiceEvent.Ended ended && ended.program() == ServiceEvent.Program.RUN) {
            return Optional.of(new KeeperEvent.RunEnded(ended.status()));
        } else if (event instanceof ServiceEvent.Started started && started.program() == ServiceEvent.Program.RUN) {
            return Optional.of(new KeeperEvent.RunIs(started.pid()));
        } else if (event instanceof ServiceEvent.Hung hung) {
            return Optional.of(new KeeperEvent.RunHangs(hung.why(), hung.isStopped()));
        } else if (event instanceof ServiceEvent.Recovered) {
            return Optional.of(new KeeperEvent.RunWorks());
        } else if (event instanceof ServiceEvent.RunOrdered ordered) {
            int pid = ordered.standing()
                    .service()
                    .map(unit -> unit.status().pid())
                    .orElse(0);
            return Optional.of(new KeeperEvent.RunIs(pid));
        }
        return Optional.empty();
    }
}
