package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.ProcessActor.Command;
import io.github.pekkosupervisor.process.ProcessActor.Stop;
import io.github.pekkosupervisor.process.ProcessEvent.Exited;
import io.github.pekkosupervisor.process.ProcessEvent.Started;
import io.github.pekkosupervisor.testing.ProcessView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** An actor system for process actors that nobody supervises; after each test all of them are ended. */
final class LoneProcesses implements AfterEachCallback, AfterAllCallback {

    /** Tells a hang from an answer; a hundred megabytes of output take a third of it on a busy machine. */
    static final Duration PATIENCE = Duration.ofSeconds(50);

    private final ActorTestKit kit = ActorTestKit.create();
    private final List<ActorRef<Command>> actors = new ArrayList<>();
    private TestProbe<ProcessEvent> owner = kit.createTestProbe();

    /** What this one tells is told to {@link #next}. */
    ActorRef<Command> spawn(ProcessSpec spec) {
        ActorRef<Command> actor = kit.spawn(ProcessActor.create(spec, owner.getRef()), Processes.dispatcher());
        actors.add(actor);
        return actor;
    }

    /** Its actor is lost, and another one takes it up, which knows no more than one of another JVM. */
    ActorRef<Command> handOn(ActorRef<Command> actor, ProcessView process, ProcessSpec spec, ProcessActor.Left left) {
        kit.stop(actor, PATIENCE);
        actors.remove(actor);
        Processes processes = Processes.get(kit.system());
        ChildProcess child = processes
                .find(ProcessIdentity.ofRunning((int) process.pid()).orElseThrow())
                .orElseThrow();
        processes.takeListener(child).ifPresent(NotifyListener::close);
        ActorRef<Command> next = kit.spawn(
                ProcessActor.adopt(spec, child, left, owner.getRef(), event -> event), Processes.dispatcher());
        actors.add(next);
        return next;
    }

    /** Has it come to rest. */
    static void settle(ActorRef<Command> actor) throws Exception {
        CompletableFuture<Boolean> settled = new CompletableFuture<>();
        actor.tell(new ProcessActor.Settle(() -> settled.complete(true)));
        settled.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    <E extends ProcessEvent> E next(Class<E> type) {
        return owner.expectMessageClass(type, PATIENCE);
    }

    Exited exited() {
        return next(Exited.class);
    }

    ProcessView started() {
        return new ProcessView(next(Started.class).identity().pid());
    }

    void nothingMore() {
        nothingMore(Duration.ofMillis(100));
    }

    void nothingMore(Duration within) {
        owner.expectNoMessage(within);
    }

    ActorTestKit kit() {
        return kit;
    }

    static List<OsString> sh(String script, String... arguments) {
        return io.github.pekkosupervisor.testing.Programs.sh(script, arguments);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        TestProbe<Object> terminations = kit.createTestProbe();
        actors.forEach(actor -> actor.tell(new Stop(Duration.ZERO)));
        actors.forEach(actor -> terminations.expectTerminated(actor, PATIENCE));
        actors.clear();
        owner = kit.createTestProbe();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        kit.shutdownTestKit();
    }
}
