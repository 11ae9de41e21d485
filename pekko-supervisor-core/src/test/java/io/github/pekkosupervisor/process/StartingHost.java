package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.PosixSettings;
import io.github.pekkosupervisor.testing.PuppetPosix;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** A program for {@link HostGuardTest}: never gets beyond starting. */
final class StartingHost {

    private StartingHost() {}

    private static final int MANY = 100;

    public static void main(String[] arguments) throws PosixException {
        Path place = Path.of(arguments[0]);
        String day = arguments[1];
        if (arguments.length > 3) {
            stopInTheMiddleOfAStart(
                    PosixSettings.Backend.valueOf(arguments[2]), "./run", withoutMark(Path.of(arguments[3])));
        } else if (arguments.length > 2) {
            stopInTheMiddleOfAStart(
                    PosixSettings.Backend.valueOf(arguments[2]), place.toString(), withMark(place, day));
        } else {
            ActorSystem.create(startForEver(place, day), "host");
        }
    }

    private static ProcessSpec withMark(Path place, String day) {
        String script = "sleep $2 & echo $! >$1/member; echo $$ >$1/leader.half; mv $1/leader.half $1/leader;"
                + " exec sleep $2";
        return ProcessSpec.of("sh", "-c", script, "sh", place.toString(), day);
    }

    /** As a service directory's. */
    private static ProcessSpec withoutMark(Path directory) throws PosixException {
        return ProcessSpec.bare(List.of(OsString.of("./run")))
                .withDirectory(Directory.open(OsString.of(directory.toString())))
                .withProcessGroup(ProcessSpec.ProcessGroup.LEADER)
                .withWhenSupervisorDies(ProcessSpec.WhenSupervisorDies.KILL);
    }

    /** @param argument of the program that is never known to have been started */
    private static void stopInTheMiddleOfAStart(PosixSettings.Backend backend, String argument, ProcessSpec spec)
            throws PosixException {
        Posix real = Posix.open(new PosixSettings(backend, OptionalLong.empty(), false));
        PuppetPosix forgetful = new PuppetPosix(real).onSpawn(neverComingBackFrom(argument));
        Behavior<Void> guardian = Behaviors.setup(context -> {
            context.spawn(ProcessActor.create(spec, event -> {}), "starting", Processes.dispatcher());
            return Behaviors.empty();
        });
        ActorSystem.create(guardian, "host", ActorSystemSetup.create(forgetful.processes()));
    }

    /** One after another, several at a time; says when it is well under way. */
    private static Behavior<Void> startForEver(Path place, String day) {
        AtomicInteger started = new AtomicInteger();
        return Behaviors.setup(context -> {
            for (int i = 0; i < 4; i++) {
                context.spawn(starter(started, place, day), "starter-" + i);
            }
            return Behaviors.empty();
        });
    }

    private static Behavior<ProcessEvent> starter(AtomicInteger started, Path place, String day) {
        return Behaviors.setup(context -> {
            Runnable start = () -> context.spawnAnonymous(
                    ProcessActor.create(ProcessSpec.of("sleep", day), context.getSelf()), Processes.dispatcher());
            start.run();
            return Behaviors.receive(ProcessEvent.class)
                    .onMessage(ProcessEvent.Started.class, event -> {
                        if (started.incrementAndGet() == MANY) {
                            HostJvm.write(place, "many", MANY);
                        }
                        start.run();
                        return Behaviors.same();
                    })
                    .build();
        });
    }

    /** From the start of a program with this argument. */
    private static PuppetPosix.Spawn neverComingBackFrom(String argument) {
        return (real, request) -> {
            ChildProcess process = real.spawn(request);
            while (request.command().stream().anyMatch(word -> word.toString().equals(argument))) {
                LockSupport.park();
            }
            return process;
        };
    }
}
