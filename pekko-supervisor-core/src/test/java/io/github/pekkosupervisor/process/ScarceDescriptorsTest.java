package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.process.LoneProcesses.sh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.process.ProcessEvent.Exited;
import io.github.pekkosupervisor.process.ProcessEvent.Ready;
import io.github.pekkosupervisor.process.ProcessEvent.StartFailed;
import io.github.pekkosupervisor.process.ProcessEvent.Started;
import io.github.pekkosupervisor.process.ProcessSpec.WhenSupervisorDies;
import io.github.pekkosupervisor.testing.ProcessView;
import io.github.pekkosupervisor.testing.PuppetPosix;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A start that is refused a descriptor in its middle. */
final class ScarceDescriptorsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** One that refuses the pipe of this number, or the process after the last. */
    private static PuppetPosix scarce(int refused) {
        AtomicInteger asked = new AtomicInteger();
        return PuppetPosix.create()
                .onPipe(real -> {
                    refuseOne("pipe2", asked, refused);
                    return real.pipe();
                })
                .onSpawn((real, request) -> {
                    refuseOne("spawn", asked, refused);
                    return real.spawn(request);
                });
    }

    private static void refuseOne(String call, AtomicInteger asked, int refused) throws PosixException {
        if (asked.incrementAndGet() == refused) {
            throw new PosixException(call, "", "EMFILE", "refused by the test");
        }
    }

    /** Standard input, output and error, the notification, the process. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void nothing_stays_open_and_the_next_start_has_all_it_needs(int refused) {
        ProcessConnection connection = ProcessConnection.create();
        ProcessSpec spec = ProcessSpec.of(sh("echo >&5; read line; echo $line"))
                .withConnection(connection)
                .withReady(Readiness.notification(5))
                .withWhenSupervisorDies(WhenSupervisorDies.KEEP);
        ActorTestKit kit = ActorTestKit.create(scarce(refused).system("scarce"));
        try {
            TestProbe<ProcessEvent> owner = kit.createTestProbe();
            int before = ProcessView.ofThisJvm().descriptors().size();

            ActorRef<?> first = kit.spawn(ProcessActor.create(spec, owner.getRef()), Processes.dispatcher());
            StartFailed failed = owner.expectMessageClass(StartFailed.class, PATIENCE);
            owner.expectTerminated(first, PATIENCE);
            await().untilAsserted(() ->
                    assertThat(ProcessView.ofThisJvm().descriptors()).hasSizeLessThanOrEqualTo(before));
            kit.spawn(ProcessActor.create(spec, owner.getRef()), Processes.dispatcher());
            owner.expectMessageClass(Started.class, PATIENCE);
            owner.expectMessage(PATIENCE, Ready.INSTANCE);
            String answer = connection.request("hello").toCompletableFuture().join();

            assertThat(failed.cause().errno()).isEqualTo("EMFILE");
            assertThat(failed.cause()).hasMessageContaining("this JVM has as many open files as it may, ");
            assertThat(answer).isEqualTo("hello");
            owner.expectMessageClass(Exited.class, PATIENCE);
        } finally {
            kit.shutdownTestKit();
        }
    }
}
