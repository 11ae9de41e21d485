package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static io.github.pekkosupervisor.testing.Programs.sh;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.process.NormalExits.Outcome;
import io.github.pekkosupervisor.process.ProcessActor.Event;
import io.github.pekkosupervisor.process.ProcessActor.Exited;
import io.github.pekkosupervisor.process.ProcessActor.Ready;
import io.github.pekkosupervisor.process.ProcessActor.Started;
import io.github.pekkosupervisor.process.ProcessActor.Stop;
import java.time.Duration;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** An application's processes where the backend is the JDK's, which has no groups. */
final class WithoutGroupsTest {

    private static final ActorTestKit KIT = ActorTestKit.create(
            ConfigFactory.parseString("pekko-supervisor.process.backend = jdk").withFallback(ConfigFactory.load()));
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final TestProbe<Event> owner = KIT.createTestProbe();

    @AfterAll
    static void shut_down() {
        KIT.shutdownTestKit();
    }

    @Test
    void a_process_is_alone_but_can_be_stopped() {
        var actor = KIT.spawn(ProcessActor.create(ProcessSpec.of("sleep", A_DAY), owner.getRef()));
        owner.expectMessageClass(Started.class, PATIENCE);

        actor.tell(new Stop(Duration.ofHours(1)));

        assertThat(owner.expectMessageClass(Exited.class, PATIENCE).outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void its_output_is_read_and_its_readiness_seen() {
        KIT.spawn(ProcessActor.create(
                ProcessSpec.of(sh("echo ready; echo last >&2; sleep 0.3; exit 4"))
                        .withOutput(Stdio.logged())
                        .withReadiness(Readiness.line("ready")),
                owner.getRef()));

        owner.expectMessageClass(Started.class, PATIENCE);
        owner.expectMessage(PATIENCE, Ready.INSTANCE);
        Exited exited = owner.expectMessageClass(Exited.class, PATIENCE);
        assertThat(exited.status()).isEqualTo(ExitStatus.ofCode(4));
        assertThat(exited.lastLines()).containsExactlyInAnyOrder("ready", "last");
    }

    @Test
    void a_process_to_talk_to_answers() {
        ProcessConnection connection = ProcessConnection.create();
        var actor = KIT.spawn(ProcessActor.create(ProcessSpec.of("cat").withConnection(connection), owner.getRef()));

        assertThat(connection.request("hello").toCompletableFuture())
                .succeedsWithin(PATIENCE)
                .isEqualTo("hello");
        actor.tell(new Stop(Duration.ZERO));
        owner.expectMessageClass(Started.class, PATIENCE);
        owner.expectMessageClass(Exited.class, PATIENCE);
    }
}
