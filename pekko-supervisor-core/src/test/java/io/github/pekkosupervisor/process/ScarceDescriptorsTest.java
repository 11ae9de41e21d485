package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.process.LoneProcesses.sh;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.Pipe;
import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.PosixSettings;
import io.github.pekkosupervisor.posix.SpawnRequest;
import io.github.pekkosupervisor.process.ProcessEvent.Exited;
import io.github.pekkosupervisor.process.ProcessEvent.Ready;
import io.github.pekkosupervisor.process.ProcessEvent.StartFailed;
import io.github.pekkosupervisor.process.ProcessEvent.Started;
import io.github.pekkosupervisor.process.ProcessSpec.HostLost;
import io.github.pekkosupervisor.testing.ProcessView;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ExtensionSetup;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A start that is refused a descriptor in its middle. */
final class ScarceDescriptorsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Whatever is not the real one's refuses the pipe of this number, or the process after the last. */
    private static final class Scarce implements Posix {
        private final Posix real;
        private final int refused;
        private final AtomicInteger asked = new AtomicInteger();

        Scarce(Posix real, int refused) {
            this.real = real;
            this.refused = refused;
        }

        @Override
        public Pipe pipe() throws PosixException {
            refuse("pipe2");
            return real.pipe();
        }

        @Override
        public ChildProcess spawn(SpawnRequest request) throws PosixException {
            refuse("spawn");
            return real.spawn(request);
        }

        private void refuse(String call) throws PosixException {
            if (asked.incrementAndGet() == refused) {
                throw new PosixException(call, "", "EMFILE", "refused by the test");
            }
        }

        @Override
        public EventLoop loop() {
            return real.loop();
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

    /** Standard input, output and error, the notification, the process. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void nothing_stays_open_and_the_next_start_has_all_it_needs(int refused) throws PosixException {
        ProcessConnection connection = ProcessConnection.create();
        ProcessSpec spec = ProcessSpec.of(sh("echo >&5; read line; echo $line"))
                .withConnection(connection)
                .withReadiness(Readiness.notification(5))
                .withHostLost(HostLost.KEEP);
        ActorTestKit kit = ActorTestKit.create(systemWith(new Scarce(Posix.open(PosixSettings.defaults()), refused)));
        try {
            TestProbe<ProcessEvent> owner = kit.createTestProbe();
            int before = ProcessView.ofThisJvm().descriptors().size();

            ActorRef<?> first = kit.spawn(ProcessActor.create(spec, owner.getRef()), Processes.dispatcher());
            StartFailed failed = owner.expectMessageClass(StartFailed.class, PATIENCE);
            owner.expectTerminated(first, PATIENCE);
            int after = ProcessView.ofThisJvm().descriptors().size();
            kit.spawn(ProcessActor.create(spec, owner.getRef()), Processes.dispatcher());
            owner.expectMessageClass(Started.class, PATIENCE);
            owner.expectMessage(PATIENCE, Ready.INSTANCE);
            String answer = connection.request("hello").toCompletableFuture().join();

            assertThat(failed.cause().errno()).isEqualTo("EMFILE");
            assertThat(after).isLessThanOrEqualTo(before);
            assertThat(answer).isEqualTo("hello");
            owner.expectMessageClass(Exited.class, PATIENCE);
        } finally {
            kit.shutdownTestKit();
        }
    }

    private static ActorSystem<Void> systemWith(Posix posix) {
        ExtensionSetup<Processes> processes =
                new ExtensionSetup<>(Processes.id(), system -> new Processes(system, posix)) {};
        Behavior<Void> guardian = Behaviors.empty();
        return ActorSystem.create(guardian, "scarce", ActorSystemSetup.create(BootstrapSetup.create(), processes));
    }
}
