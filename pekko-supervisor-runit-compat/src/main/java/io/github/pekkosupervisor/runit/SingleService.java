package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/** One service directory by itself, without a directory of them around it: the program {@code runsv(8)}. */
public final class SingleService {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final ActorContext<Object> context;
    private final TimerScheduler<Object> timers;
    private final Handover handover;
    private final RunsvSettings settings;
    private final IntConsumer ended;
    private ActorRef<Runsv.Command> runsv;
    private boolean terminating;

    /** What can be asked. */
    public enum Command {
        /** End the service, then supervision; as TERM does to runsv. */
        TERMINATE
    }

    private enum StartAgain {
        INSTANCE
    }

    private SingleService(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            OsString path,
            Consumer<OsString> messages,
            IntConsumer ended) {
        this.context = context;
        this.timers = timers;
        this.handover = new Handover(new ServiceDirectory(path, path));
        this.settings = new RunsvSettings(false, messages, Clock.systemUTC());
        this.ended = ended;
        this.runsv = start();
    }

    /**
     * Supervises a service directory.
     *
     * @param path the directory, as it is to show in messages
     * @param messages gets each message in runit's form, a line with its newline
     * @param ended told runsv's exit code when supervision is over: 0, or 111 if it could not begin
     */
    public static Behavior<Command> create(OsString path, Consumer<OsString> messages, IntConsumer ended) {
        return Behaviors.<Object>setup(context -> Behaviors.withTimers(
                        timers -> new SingleService(context, timers, path, messages, ended).supervising()))
                .narrow();
    }

    private ActorRef<Runsv.Command> start() {
        ActorRef<Runsv.Command> started = context.spawnAnonymous(
                Runsv.create(handover, settings, context.getSelf(), end -> end), Processes.dispatcher());
        context.watch(started);
        return started;
    }

    private Behavior<Object> supervising() {
        return Behaviors.receive(Object.class)
                .onMessage(Command.class, terminate -> {
                    terminating = true;
                    runsv.tell(Runsv.Terminate.INSTANCE);
                    return Behaviors.same();
                })
                .onMessage(Runsv.Ended.class, end -> {
                    handover.directory().close();
                    ended.accept(end.exitCode());
                    return Behaviors.stopped();
                })
                .onMessage(StartAgain.class, again -> {
                    runsv = start();
                    if (terminating) {
                        runsv.tell(Runsv.Terminate.INSTANCE);
                    }
                    return Behaviors.same();
                })
                .onSignal(ChildFailed.class, failed -> {
                    new Reporter("runsv", handover.directory().name(), settings.messages())
                            .warn("supervision failed and is taken up again, please report this: " + failed.cause());
                    timers.startSingleTimer(StartAgain.INSTANCE, StartAgain.INSTANCE, PAUSE);
                    return Behaviors.same();
                })
                .onSignal(Terminated.class, stopped -> Behaviors.same())
                .build();
    }
}
