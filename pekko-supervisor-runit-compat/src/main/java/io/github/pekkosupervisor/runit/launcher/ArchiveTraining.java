package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.Runsvdir;
import io.github.pekkosupervisor.runit.RunsvdirSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Plays a short life of a tree, so that a JVM that archives its classes at exit ({@code -XX:ArchiveClassesAtExit})
 * meets all that a launch needs. The script in {@code bin} calls it once, where no archive fits.
 */
final class ArchiveTraining {

    private static final Duration BOUND = Duration.ofSeconds(20);

    private ArchiveTraining() {}

    /** @param words of {@link TrainingGround} */
    static void run(List<OsString> words) {
        try {
            TrainingGround ground = TrainingGround.prepare(words);
            Path services = ground.scratch();
            try {
                makeService(services.resolve("one"), "exec sleep 2");
                makeService(services.resolve("two"), "exit 0");
                makeService(services.resolve("two/log"), "exec cat");
                makeService(services.resolve("three"), "echo line; exec sleep 2");
                Files.writeString(services.resolve("three/service.conf"), "log { directory = main, timestamps = utc }");
                play(services);
            } finally {
                ground.clear();
            }
            System.exit(0);
        } catch (IOException | RuntimeException | InterruptedException | java.util.concurrent.ExecutionException e) {
            Exit.usage("pekko-supervisor: no class archive was made, starts stay slow: " + e + "\n", 111);
        }
    }

    private static void play(Path services) throws InterruptedException, java.util.concurrent.ExecutionException {
        ActorSystem<Runsvdir.Stop> system = LaunchedSystem.start(
                Behaviors.setup(context -> stoppable(context, services)), "archive", EarlySignals.open());
        CompletionStage<Done> stopped = AskPattern.ask(system, Runsvdir.Stop::new, BOUND, system.scheduler());
        stopped.toCompletableFuture().get();
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get();
    }

    /**
     * Stops as soon as both services have been started, which the order of messages does not tell but the pause does.
     */
    private static Behavior<Runsvdir.Stop> stoppable(ActorContext<Runsvdir.Stop> context, Path services) {
        ActorRef<Runsvdir.Command> runsvdir = context.spawn(
                Runsvdir.create(RunsvdirSettings.of(services).withMessages(message -> {})),
                "services",
                Runsvdir.dispatcher());
        final Duration enoughForAStart = Duration.ofMillis(800);
        return Behaviors.receiveMessage(stop -> {
            context.scheduleOnce(enoughForAStart, runsvdir, stop);
            return Behaviors.same();
        });
    }

    private static void makeService(Path directory, String command) throws IOException {
        Files.createDirectories(directory);
        Path run = directory.resolve("run");
        Files.writeString(run, "#!/bin/sh\n" + command + "\n");
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
