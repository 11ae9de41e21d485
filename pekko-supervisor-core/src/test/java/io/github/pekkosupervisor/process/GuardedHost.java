package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.SpawnRequest.Grouping;
import io.github.pekkosupervisor.process.ProcessSpec.WhenSupervisorDies;
import io.github.pekkosupervisor.testing.ProcessView;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** A program for {@link HostGuardTest}: starts processes of every kind and says, in files of a directory, which. */
final class GuardedHost {

    private GuardedHost() {}

    /** What the files are called that say which process is which. */
    static final String[] ALL = {"alone", "group", "leader", "deaf", "kept", "member", "orphan", "asked", "late"};

    private static final int MANY = 350;

    /** In the test: those that must not outlive it, and are there at once. */
    static List<ProcessView> doomed(HostJvm host) {
        return Stream.of("alone", "group", "member", "deaf").map(host::process).toList();
    }

    public static void main(String[] arguments) {
        Path place = Path.of(arguments[0]);
        String day = arguments[1];
        ActorSystem.create(host(place, day), "host");
    }

    private static Behavior<ProcessEvent> host(Path place, String day) {
        return Behaviors.setup(context -> {
            start(context, place, "alone", ProcessSpec.of("sleep", day).withGrouping(Grouping.INHERIT));
            start(context, place, "group", sh(place, "sleep $2 & echo $! >$1.tmp; mv $1.tmp $1; wait", "member", day));
            start(
                    context,
                    place,
                    "leader",
                    sh(
                            place,
                            "(trap '' TERM; exec sleep $2) & echo $! >$1.tmp; mv $1.tmp $1;"
                                    + " until [ -e ${1%/*}/leave ]; do sleep 0.05; done; exit 0",
                            "orphan",
                            day));
            start(context, place, "deaf", sh(place, "trap '' TERM HUP INT; touch $1; sleep $2; sleep $2", "x", day));
            start(context, place, "kept", ProcessSpec.of("sleep", day).withWhenSupervisorDies(WhenSupervisorDies.KEEP));
            startOneMore(context, place, day);
            startMany(context, place);
            return Behaviors.receiveMessage(end -> {
                start(context, place, "late", ProcessSpec.of("sleep", day));
                return Behaviors.same();
            });
        });
    }

    /** When the test makes a file. */
    private static void startOneMore(ActorContext<ProcessEvent> context, Path place, String day) {
        ProcessSpec asked = sh(place, "until [ -e $1 ]; do sleep 0.05; done", "again", day);
        context.spawn(
                ProcessActor.create(asked, event -> {
                    if (event instanceof ProcessEvent.Started started) {
                        HostJvm.write(place, "asked", started.identity().pid());
                    } else if (event instanceof ProcessEvent.Exited) {
                        context.getSelf().tell(event);
                    }
                }),
                "asked",
                Processes.dispatcher());
    }

    /** Writes down when all have come and gone: more than the guard is told at a time. */
    private static void startMany(ActorContext<ProcessEvent> context, Path place) {
        AtomicInteger left = new AtomicInteger(MANY);
        for (int i = 0; i < MANY; i++) {
            context.spawn(
                    ProcessActor.create(ProcessSpec.of("true"), event -> {
                        if (event instanceof ProcessEvent.Exited && left.decrementAndGet() == 0) {
                            HostJvm.write(place, "many", MANY);
                        }
                    }),
                    "short-" + i,
                    Processes.dispatcher());
        }
    }

    private static ProcessSpec sh(Path place, String script, String file, String day) {
        return ProcessSpec.of("sh", "-c", script, "sh", place.resolve(file).toString(), day);
    }

    private static void start(ActorContext<ProcessEvent> context, Path place, String name, ProcessSpec spec) {
        context.spawn(
                ProcessActor.create(spec, event -> {
                    if (event instanceof ProcessEvent.Started started) {
                        HostJvm.write(place, name, started.identity().pid());
                    }
                }),
                name,
                Processes.dispatcher());
    }
}
