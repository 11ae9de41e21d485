package io.github.pekkosupervisor.runit;

import static java.util.stream.Collectors.joining;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.Found;
import io.github.pekkosupervisor.posix.Orphans.Candidate;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * What is left of a service directory that is gone while nobody was there: a process that is in it. It is asked to end
 * in the place of a runsv, which would have no files to work with, and its end is the end of supervision.
 *
 * <p>Of several nobody can say which was started by a launcher: they are named, and left alone until they have ended.
 */
final class Remains {

    private final Handover handover;
    private final Reporter reporter;
    private final Consumer<Runsv.Ended> owner;
    private final List<ChildProcess> running = new ArrayList<>();

    private record Gone(ChildProcess process) {}

    private Remains(Handover handover, Reporter reporter, Consumer<Runsv.Ended> owner) {
        this.handover = handover;
        this.reporter = reporter;
        this.owner = owner;
    }

    /** Takes the place of a runsv. */
    static Behavior<Runsv.Command> create(
            Handover handover, List<Candidate> processes, Reporter reporter, Consumer<Runsv.Ended> owner) {
        return Behaviors.<Object>setup(context -> new Remains(handover, reporter, owner).begin(context, processes))
                .narrow();
    }

    private Behavior<Object> begin(ActorContext<Object> context, List<Candidate> processes) throws PosixException {
        ActorRef<Object> self = context.getSelf();
        Processes system = Processes.get(context.getSystem());
        for (Candidate process : processes) {
            Found found = system.adopt(process.identity(), 0, process.leadsGroup());
            if (found instanceof Found.Running here) {
                running.add(here.process());
                here.process().exit().thenAccept(status -> self.tell(new Gone(here.process())));
            }
        }
        return running.isEmpty() ? over() : waiting();
    }

    private Behavior<Object> waiting() {
        return Behaviors.receive(Object.class)
                .onMessage(Runsv.Terminate.class, terminate -> end(Signal.TERM))
                .onMessage(Runsv.Kill.class, kill -> end(Signal.KILL))
                .onMessage(Runsv.Snapshot.class, asked -> {
                    if (asked.turn().take()) {
                        ServiceSnapshot known =
                                handover.standing().see(asked.turn().seen()).known();
                        asked.replyTo().tell(new Runsv.Answer(asked.number(), known));
                    }
                    return Behaviors.same();
                })
                .onMessage(Gone.class, gone -> {
                    running.remove(gone.process());
                    return running.isEmpty() ? over() : Behaviors.same();
                })
                .build();
    }

    private Behavior<Object> end(Signal signal) {
        if (running.size() > 1) {
            reporter.warnOfOurs("the service directory that was here is gone, and several processes are still in it: "
                    + running.stream()
                            .map(process -> String.valueOf(process.pid()))
                            .collect(joining(", "))
                    + "; end those that are the service's");
            return Behaviors.same();
        }
        try {
            for (ChildProcess process : running) {
                process.signal(signal);
                process.signal(Signal.CONT);
            }
        } catch (PosixException e) {
            reporter.warnOfOurs("the service directory that was here is gone, and its process cannot be ended", e);
        }
        return Behaviors.same();
    }

    private Behavior<Object> over() {
        owner.accept(new Runsv.Ended(0));
        return Behaviors.stopped();
    }
}
