package io.github.pekkosupervisor.operator;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.testing.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** A crash loop of each kind of child, until its supervisor gives up: run it to see what an operator sees. */
final class CrashLoops {

    /** Long enough that a busy machine restarts a process so often in it. */
    private static final Duration PERIOD = Duration.ofMinutes(1);

    private static final String FAILS = "sleep 0.05; exit 1";

    private CrashLoops() {}

    static Map<String, SupervisorSpec> all() {
        Map<String, SupervisorSpec> loops = new LinkedHashMap<>();
        loops.put("an actor", twice(ChildSpec.actor("worker", CrashLoops.worker())));
        loops.put("a Java service", twice(ChildSpec.completion("feed", CrashLoops::feed)));
        loops.put("a runnable", twice(ChildSpec.runnable("poller", child -> poll())));
        loops.put("a process that fails", twice(ChildSpec.process("web", "sh", "-c", FAILS)));
        loops.put("a process that is killed", twice(ChildSpec.process("native", "sh", "-c", "kill -SEGV $$")));
        loops.put("a process that cannot be started", twice(ChildSpec.process("gone", "/no/such/program")));
        loops.put(
                "restarts that wait",
                twice(ChildSpec.process("web", "sh", "-c", FAILS)
                        .withRestartDelay(RestartDelay.fixed(Duration.ofMillis(20)))));
        loops.put("a supervisor below another", once(ChildSpec.supervisor("storage", once(failing("db")))));
        loops.put(
                "one for all",
                SupervisorSpec.oneForAll()
                        .withIntensity(1, PERIOD)
                        .withChildren(List.of(
                                ChildSpec.process("cache", "sleep", Programs.A_DAY),
                                failing("web"),
                                ChildSpec.process("cron", "sleep", Programs.A_DAY))));
        loops.put(
                "a flood",
                SupervisorSpec.oneForOne()
                        .withIntensity(50, Duration.ofHours(1))
                        .withChild(ChildSpec.runnable("poller", child -> poll())));
        return loops;
    }

    private static SupervisorSpec once(ChildSpec child) {
        return SupervisorSpec.oneForOne().withIntensity(1, PERIOD).withChild(child);
    }

    private static SupervisorSpec twice(ChildSpec child) {
        return SupervisorSpec.oneForOne().withIntensity(2, PERIOD).withChild(child);
    }

    private static ChildSpec failing(String id) {
        return ChildSpec.process(id, "sh", "-c", FAILS);
    }

    private static Behavior<String> worker() {
        return Behaviors.setup(context -> {
            context.getSelf().tell("a job");
            return Behaviors.receiveMessage(CrashLoops::work);
        });
    }

    private static Behavior<String> work(String job) {
        throw new IllegalStateException("cannot do " + job);
    }

    private static CompletionStage<Void> feed() {
        return CompletableFuture.runAsync(
                () -> {
                    throw new IllegalStateException("the feed has closed");
                },
                CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS));
    }

    private static void poll() {
        try {
            read();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot poll", e);
        }
    }

    private static void read() throws IOException {
        throw new IOException("the disk is gone");
    }

    /** One after another; what happens is in the log. */
    static void run(SupervisorSpec loop) {
        try (SupervisionTree tree = SupervisionTree.start(loop)) {
            tree.whenEnded().toCompletableFuture().join();
        } catch (SupervisionTree.StartFailedException inTheLog) {
            // that is one of them
        }
    }

    public static void main(String[] arguments) {
        all().forEach((name, loop) -> {
            System.out.println("\n---- " + name);
            run(loop);
        });
    }
}
