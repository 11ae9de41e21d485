package io.github.pekkosupervisor.process;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.PosixSettings;
import io.github.pekkosupervisor.posix.SpawnRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ExtensionSetup;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** A program for {@link HostGuardTest}: never gets beyond starting. */
final class StartingHost {

    private StartingHost() {}

    private static final int MANY = 100;

    public static void main(String[] arguments) throws PosixException {
        Path place = Path.of(arguments[0]);
        String day = arguments[1];
        if (arguments.length > 2) {
            stopInTheMiddleOfAStart(place, day, PosixSettings.Backend.valueOf(arguments[2]));
        } else {
            ActorSystem.create(startForEver(place, day), "host");
        }
    }

    private static void stopInTheMiddleOfAStart(Path place, String day, PosixSettings.Backend backend)
            throws PosixException {
        Posix real = Posix.open(new PosixSettings(backend, OptionalLong.empty(), false));
        ExtensionSetup<Processes> processes = new ExtensionSetup<>(
                Processes.id(), system -> new Processes(system, new ForgetfulPosix(real, place.toString()))) {};
        String script = "sleep $2 & echo $! >$1/member; echo $$ >$1/leader.half; mv $1/leader.half $1/leader;"
                + " exec sleep $2";
        Behavior<Void> guardian = Behaviors.setup(context -> {
            context.spawn(
                    ProcessActor.create(ProcessSpec.of("sh", "-c", script, "sh", place.toString(), day), event -> {}),
                    "starting",
                    Processes.dispatcher());
            return Behaviors.empty();
        });
        Config settings = ConfigFactory.parseString("pekko-supervisor.process.without-groups = alone")
                .withFallback(ConfigFactory.load());
        ActorSystem.create(guardian, "host", ActorSystemSetup.create(BootstrapSetup.create(settings), processes));
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

    /**
     * Never comes back from the start of a certain program.
     *
     * @param real does all the work
     * @param argument of the program
     */
    private record ForgetfulPosix(Posix real, String argument) implements Posix {
        @Override
        public ChildProcess spawn(SpawnRequest request) throws PosixException {
            ChildProcess process = real.spawn(request);
            while (request.command().stream().anyMatch(word -> word.toString().equals(argument))) {
                LockSupport.park(this);
            }
            return process;
        }

        @Override
        public EventLoop loop() {
            return real.loop();
        }

        @Override
        public boolean hasGroups() {
            return real.hasGroups();
        }

        @Override
        public List<String> limitations() {
            return real.limitations();
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
