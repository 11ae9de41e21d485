package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.Found;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.runit.rule.Awaited;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * What is left of a service directory that was removed while nobody was there: its {@code run}, which a launcher has
 * written down as such. It is asked to end in the place of a runsv, which would have no files to work with, and its end
 * is the end of supervision.
 */
final class Remains {

    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Handover handover;
    private final Known run;
    private final Reporter reporter;
    private final Consumer<Runsv.Ended> owner;
    private final Processes system;
    private String said = "";

    private enum Look {
        AGAIN
    }

    private enum Gone {
        INSTANCE
    }

    /** It has been asked to end so long ago. */
    private record NotOver(Duration soFar) {}

    private Remains(Handover handover, Known run, Reporter reporter, Consumer<Runsv.Ended> owner, Processes system) {
        this.handover = handover;
        this.run = run;
        this.reporter = reporter;
        this.owner = owner;
        this.system = system;
    }

    /** Takes the place of a runsv. */
    static Behavior<Runsv.Command> create(
            Handover handover, Known run, Reporter reporter, Consumer<Runsv.Ended> owner) {
        return Behaviors.<Object>setup(context -> Behaviors.withTimers(
                        timers -> new Remains(handover, run, reporter, owner, Processes.get(context.getSystem()))
                                .look(context, timers, new ArrayList<>())))
                .narrow();
    }

    /** @param asked what came before it was known who is there */
    private Behavior<Object> look(ActorContext<Object> context, TimerScheduler<Object> timers, List<Object> asked) {
        try {
            String us = handover.known().path();
            if (system.isAnothers(run.identity(), us)) {
                // somebody in this JVM has it
                return over();
            }
            Found found = system.adopt(run.identity(), run.pidfdInode(), run.leadsGroup(), us);
            if (!(found instanceof Found.Running running)) {
                return over();
            }
            running.process().exit().thenAccept(status -> context.getSelf().tell(Gone.INSTANCE));
            asked.forEach(context.getSelf()::tell);
            return waiting(running.process(), timers);
        } catch (PosixException e) {
            say("it cannot be told now whether run of the service directory runs, which is gone", e);
            timers.startSingleTimer(Look.AGAIN, Look.AGAIN, AGAIN);
            return Behaviors.receive(Object.class)
                    .onMessage(Look.class, again -> look(context, timers, asked))
                    .onMessage(Runsv.Snapshot.class, this::answer)
                    .onAnyMessage(command -> {
                        asked.add(command);
                        return Behaviors.same();
                    })
                    .build();
        }
    }

    private Behavior<Object> waiting(ChildProcess process, TimerScheduler<Object> timers) {
        return Behaviors.receive(Object.class)
                .onMessage(Runsv.Terminate.class, terminate -> {
                    await(Duration.ZERO, timers);
                    return end(process, Signal.TERM);
                })
                .onMessage(NotOver.class, waited -> {
                    reporter.warnOfOurs("not over " + waited.soFar().toSeconds()
                            + " seconds after it was asked to end: ./run (pid " + process.pid()
                            + ") goes on, though it got TERM, and its service directory is gone; kill -KILL ends it");
                    await(waited.soFar(), timers);
                    return Behaviors.same();
                })
                .onMessage(Runsv.Kill.class, kill -> end(process, Signal.KILL))
                .onMessage(Runsv.Snapshot.class, this::answer)
                .onMessage(Gone.class, gone -> over())
                .build();
    }

    private static void await(Duration soFar, TimerScheduler<Object> timers) {
        Duration next = Awaited.next(soFar);
        timers.startSingleTimer(NotOver.class, new NotOver(next), next.minus(soFar));
    }

    private Behavior<Object> answer(Runsv.Snapshot asked) {
        if (asked.turn().take()) {
            ServiceSnapshot known = handover.standing().see(asked.turn().seen()).known();
            asked.replyTo().tell(new Runsv.Answer(asked.number(), known));
        }
        return Behaviors.same();
    }

    private Behavior<Object> end(ChildProcess process, Signal signal) {
        try {
            process.signal(signal);
            process.signal(Signal.CONT);
        } catch (PosixException e) {
            say("run of the service directory, which is gone, cannot be ended", e);
        }
        return Behaviors.same();
    }

    /** Once, however often it is tried. */
    private void say(String what, PosixException e) {
        if (!said.equals(what)) {
            said = what;
            reporter.warnOfOurs(what, e);
        }
    }

    private Behavior<Object> over() {
        owner.accept(new Runsv.Ended(0));
        return Behaviors.stopped();
    }
}
