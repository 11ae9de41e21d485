package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Found;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.runit.rule.AdoptionRule;
import io.github.pekkosupervisor.runit.rule.Awaited;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * What is left of a service directory that was removed while nobody was there: its {@code run}, which a launcher has
 * written down as such. It is asked to end in the place of a runsv, which would have no files to work with, and its end
 * is the end of supervision. What happens is told as by a runsv that has adopted it.
 */
final class Remains {

    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Handover handover;
    private final Known run;
    private final ServiceStream stream;
    private final Reporter reporter;
    private final Clock clock;
    private final Consumer<Runsv.Ended> owner;
    private final Processes system;
    private String said = "";
    private boolean asked;
    private boolean gotTerm;

    private enum Look {
        AGAIN
    }

    private record Gone(ExitStatus status) {}

    /** It has been asked to end so long ago. */
    private record NotOver(Duration soFar) {}

    private Remains(
            Handover handover, Known run, RunsvSettings settings, Consumer<Runsv.Ended> owner, Processes system) {
        this.handover = handover;
        this.run = run;
        this.stream = new ServiceStream(handover, settings);
        this.reporter = stream.reporter();
        this.clock = settings.clock();
        this.owner = owner;
        this.system = system;
    }

    /** Takes the place of a runsv. */
    static Behavior<RunsvCommand> create(
            Handover handover, Known run, RunsvSettings settings, Consumer<Runsv.Ended> owner) {
        return Behaviors.<Object>setup(context -> Behaviors.withTimers(
                        timers -> new Remains(handover, run, settings, owner, Processes.get(context.getSystem()))
                                .look(context, timers, new ArrayList<>())))
                .narrow();
    }

    /** @param early what came before it was known who is there */
    private Behavior<Object> look(ActorContext<Object> context, TimerScheduler<Object> timers, List<Object> early) {
        try {
            String us = stream.path();
            if (system.isAnothers(run.identity(), us)) {
                // somebody in this JVM has it
                return over();
            }
            Found found = system.adopt(run.identity(), run.pidfdInode(), run.leadsGroup(), us);
            if (!(found instanceof Found.Running running)) {
                return over();
            }
            running.process().exit().thenAccept(status -> context.getSelf().tell(new Gone(status)));
            early.forEach(context.getSelf()::tell);
            return adopted(running.process(), timers);
        } catch (PosixException e) {
            say("it cannot be told now whether run of the service directory runs, which is gone", e);
            timers.startSingleTimer(Look.AGAIN, Look.AGAIN, AGAIN);
            return Behaviors.receive(Object.class)
                    .onMessage(Look.class, again -> look(context, timers, early))
                    .onMessage(RunsvCommand.Snapshot.class, this::answer)
                    .onMessage(RunsvCommand.Settle.class, Remains::settle)
                    .onMessageEquals(RunsvCommand.GoOn.INSTANCE, Behaviors::same)
                    .onMessage(NotOver.class, waited -> giveUp(waited.soFar()))
                    .onAnyMessage(command -> {
                        if (!timers.isTimerActive(NotOver.class)) {
                            await(Duration.ZERO, timers);
                        }
                        early.add(command);
                        return Behaviors.same();
                    })
                    .build();
        }
    }

    private Behavior<Object> giveUp(Duration soFar) {
        reporter.warnOfOurs(Awaited.unknown(soFar));
        return over();
    }

    private Behavior<Object> adopted(ChildProcess process, TimerScheduler<Object> timers) {
        Instant started = LeftProcesses.started(run.identity(), clock.instant());
        handover.isOnly(new AdoptionRule.Lives(run, started));
        handover.isDecided();
        ServiceStatus runs = new ServiceStatus(started, process.pid(), false, false, Want.UP, State.RUN);
        stream.tell(new ServiceEvent.SupervisionBegan(stream.path(), runs, Optional.empty(), Set.of()));
        stream.tell(new ServiceEvent.Adopted(
                stream.path(),
                ServiceEvent.Program.RUN,
                process.pid(),
                true,
                Optional.of(started),
                0,
                Optional.empty(),
                Optional.empty()));
        stream.tell(new ServiceEvent.Ready(stream.path(), process.pid()));
        return waiting(process, started, timers);
    }

    private Behavior<Object> waiting(ChildProcess process, Instant started, TimerScheduler<Object> timers) {
        return Behaviors.receive(Object.class)
                .onMessage(RunsvCommand.Terminate.class, terminate -> {
                    await(Duration.ZERO, timers);
                    return end(process, started, Signal.TERM);
                })
                .onMessage(NotOver.class, waited -> {
                    reporter.warnOfOurs("not over " + waited.soFar().toSeconds()
                            + " seconds after it was asked to end: ./run (pid " + process.pid() + ") goes on, "
                            + (gotTerm ? "though it got TERM" : "since it could not be sent TERM, which is tried again")
                            + ", and its service directory is gone; kill -KILL ends it");
                    await(waited.soFar(), timers);
                    return gotTerm ? Behaviors.same() : end(process, started, Signal.TERM);
                })
                .onMessage(RunsvCommand.Kill.class, kill -> end(process, started, Signal.KILL))
                .onMessage(RunsvCommand.Snapshot.class, this::answer)
                .onMessage(RunsvCommand.Settle.class, Remains::settle)
                .onMessage(Gone.class, gone -> ended(process, started, gone.status()))
                .build();
    }

    private static void await(Duration soFar, TimerScheduler<Object> timers) {
        Duration next = Awaited.next(soFar);
        timers.startSingleTimer(NotOver.class, new NotOver(next), next.minus(soFar));
    }

    /** It has no record, and who comes after us finds the process by the list of services as we did. */
    private static Behavior<Object> settle(RunsvCommand.Settle asked) {
        asked.settled().accept(Optional.empty());
        return Behaviors.same();
    }

    private Behavior<Object> answer(RunsvCommand.Snapshot asked) {
        if (asked.turn().take()) {
            ServiceSnapshot known = handover.standing().see(asked.turn().seen()).known();
            asked.replyTo().tell(new RunsvCommand.Answer(asked.number(), known));
        }
        return Behaviors.same();
    }

    private Behavior<Object> end(ChildProcess process, Instant started, Signal signal) {
        if (!asked) {
            stream.tell(new ServiceEvent.EndRequested(stream.path()));
            asked = true;
        }
        try {
            process.signal(signal);
            gotTerm |= signal == Signal.TERM;
            sent(signal);
            process.signal(Signal.CONT);
            sent(Signal.CONT);
        } catch (PosixException e) {
            say("run of the service directory, which is gone, cannot be ended", e);
        }
        shows(new ServiceStatus(started, process.pid(), false, gotTerm, Want.EXIT, State.RUN));
        return Behaviors.same();
    }

    private void sent(Signal signal) {
        stream.tell(new ServiceEvent.SignalSent(stream.path(), ServiceEvent.Unit.SERVICE, signal));
    }

    private void shows(ServiceStatus status) {
        stream.tell(new ServiceEvent.StateChanged(stream.path(), ServiceEvent.Unit.SERVICE, status));
    }

    private Behavior<Object> ended(ChildProcess process, Instant started, ExitStatus status) {
        system.remove(process);
        Instant now = clock.instant();
        Duration ran = now.isBefore(started) ? Duration.ZERO : Duration.between(started, now);
        stream.tell(new ServiceEvent.Ended(
                stream.path(), ServiceEvent.Program.RUN, process.pid(), status, ran, now, asked));
        shows(new ServiceStatus(now, 0, false, false, asked ? Want.EXIT : Want.UP, State.DOWN));
        stream.tell(new ServiceEvent.SupervisionEnded(stream.path(), 0));
        return over();
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
