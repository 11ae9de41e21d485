package io.github.pekkosupervisor.examples.faults;

import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.Faults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SpawnProtocol;

/**
 * One actor system with what is supervised in it, beside others in the same JVM. Its threads share {@link Faults}, so
 * what is refused here is refused nowhere else.
 */
abstract class Lane implements AutoCloseable {

    /**
     * Longer than anything that is tried again needs, five seconds after a refused fork, and than a machine takes that
     * is busy with all of these lanes.
     */
    static final Duration PATIENCE = Duration.ofSeconds(Integer.getInteger("pekko-supervisor.test.patience", 60));

    private final Faults faults = new Faults();
    private final Path directory;
    private final ActorSystem<SpawnProtocol.Command> system;
    private final List<String> messages = new CopyOnWriteArrayList<>();

    Lane(Path directory, String name) {
        this.directory = directory;
        Hearing.listen(faults, this::heard);
        this.system = faults.within(() -> ActorSystem.create(guardian(), name));
    }

    private static Behavior<SpawnProtocol.Command> guardian() {
        return SpawnProtocol.create();
    }

    Faults faults() {
        return faults;
    }

    Path directory() {
        return directory;
    }

    ActorSystem<SpawnProtocol.Command> system() {
        return system;
    }

    /** Something was said. */
    void heard(String message) {
        messages.add(message);
    }

    List<String> messages() {
        return List.copyOf(messages);
    }

    /** Waits for a fact. */
    static void await_(String what, BooleanSupplier fact) {
        await(what)
                .dontCatchUncaughtExceptions()
                .atMost(PATIENCE)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(25))
                .ignoreExceptions()
                .until(fact::getAsBoolean);
    }

    /** Whether a scenario is for lanes of this kind. */
    abstract boolean plays(Scenario scenario);

    /** Who is in no scenario has noticed nothing since this was asked last; throws if he has. */
    abstract void checkBystanders() throws Exception;

    @Override
    public void close() {
        system.terminate();
        system.getWhenTerminated()
                .toCompletableFuture()
                .orTimeout(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
                .join();
    }
}
