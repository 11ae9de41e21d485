package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.process.ProcessEvent;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** A JVM that writes the log of one service directory from its FIFO {@code lines}, until that ends or it is killed. */
final class LogHost {

    private LogHost() {}

    /** Runs until the log has ended; the argument is the service directory. */
    public static void main(String[] arguments) throws Exception {
        Directory home = Directory.open(OsString.of(arguments[0]));
        Descriptor pipe = home.openRead(OsString.of("lines"));
        ServiceConf.Log conf = ServiceConf.parse("log { directory = main }".getBytes(StandardCharsets.US_ASCII))
                .log()
                .orElseThrow();
        ActorSystem.create(behavior(OwnLog.create(conf, home), pipe), "log-host");
    }

    private static Behavior<ProcessEvent> behavior(OwnLog log, Descriptor pipe) throws PosixException {
        Reporter reporter = new Reporter("runsv", OsString.of("web"), line -> System.err.writeBytes(line.bytes()));
        return Behaviors.setup(context -> {
            context.spawn(
                    LogActor.create(log, pipe, false, reporter, Clock.systemUTC(), context.getSelf(), event -> event),
                    "log",
                    LogActor.dispatcher());
            return Behaviors.receive(ProcessEvent.class)
                    .onMessage(ProcessEvent.Exited.class, exited -> Behaviors.stopped())
                    .onAnyMessage(event -> Behaviors.same())
                    .build();
        });
    }
}
