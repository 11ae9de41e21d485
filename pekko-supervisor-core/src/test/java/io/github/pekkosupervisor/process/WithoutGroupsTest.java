package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static io.github.pekkosupervisor.testing.Programs.sh;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.SpawnRequest.Grouping;
import io.github.pekkosupervisor.process.NormalExits.Outcome;
import io.github.pekkosupervisor.process.ProcessActor.Stop;
import io.github.pekkosupervisor.process.ProcessEvent.Exited;
import io.github.pekkosupervisor.process.ProcessEvent.Ready;
import io.github.pekkosupervisor.process.ProcessEvent.StartFailed;
import io.github.pekkosupervisor.process.ProcessEvent.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An application's processes where the backend is the JDK's, which has no groups. */
final class WithoutGroupsTest {

    private static final ActorTestKit KIT = ActorTestKit.create(
            ConfigFactory.parseString("pekko-supervisor.process { backend = jdk, without-groups = alone }")
                    .withFallback(ActorTestKit.applicationTestConfig()));
    private static final ActorTestKit STRICT =
            ActorTestKit.create(ConfigFactory.parseString("pekko-supervisor.process.backend = jdk")
                    .withFallback(ActorTestKit.applicationTestConfig()));
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final TestProbe<ProcessEvent> owner = KIT.createTestProbe();

    @AfterAll
    static void shut_down() {
        KIT.shutdownTestKit();
        STRICT.shutdownTestKit();
    }

    // ---- what it cannot promise

    static Stream<ProcessSpec> asking_for_what_is_not_to_be_had() {
        ProcessSpec plain = ProcessSpec.of("sleep", A_DAY);
        return Stream.of(
                plain,
                plain.withProcessGroup(ProcessSpec.ProcessGroup.LEADER),
                plain.withGrouping(Grouping.OWN_GROUP),
                plain.withWhenSupervisorDies(ProcessSpec.WhenSupervisorDies.KEEP));
    }

    @ParameterizedTest
    @MethodSource("asking_for_what_is_not_to_be_had")
    void who_asks_for_a_group_or_session_is_refused_with_the_reason(ProcessSpec process) {
        TestProbe<ProcessEvent> told = STRICT.createTestProbe();

        STRICT.spawn(ProcessActor.create(process, told.getRef()));

        assertThat(told.expectMessageClass(StartFailed.class, PATIENCE).cause())
                .hasMessageContainingAll(
                        "spawn sleep: ",
                        "cannot give one a group or session of its own",
                        "process-group = none",
                        "pekko-supervisor.process.without-groups = alone");
    }

    @Test
    void who_does_without_is_started_and_what_is_not_to_be_had_is_said_once() {
        ActorTestKit first = ActorTestKit.create(STRICT.system().settings().config());
        try {
            TestProbe<ProcessEvent> told = first.createTestProbe();
            ProcessSpec alone = ProcessSpec.of("true").withGrouping(Grouping.INHERIT);

            LoggingTestKit.warn("no session or process group of its own for a process")
                    .withOccurrences(1)
                    .expect(first.system(), () -> {
                        for (int i = 0; i < 2; i++) {
                            first.spawn(ProcessActor.create(alone, told.getRef()));
                            told.expectMessageClass(Started.class, PATIENCE);
                            assertThat(told.expectMessageClass(Exited.class, PATIENCE)
                                            .status())
                                    .isEqualTo(ExitStatus.ofCode(0));
                        }
                        return null;
                    });
        } finally {
            first.shutdownTestKit();
        }
    }

    @Test
    void command_for_readiness_does_without_as_well() {
        TestProbe<ProcessEvent> told = STRICT.createTestProbe();

        var actor = STRICT.spawn(ProcessActor.create(
                ProcessSpec.of("sleep", A_DAY).withGrouping(Grouping.INHERIT).withReady(Readiness.command("true")),
                told.getRef()));

        told.expectMessageClass(Started.class, PATIENCE);
        told.expectMessage(PATIENCE, Ready.INSTANCE);
        actor.tell(new Stop(Duration.ZERO));
        told.expectMessageClass(Exited.class, PATIENCE);
    }

    @Test
    void a_process_is_alone_but_can_be_stopped() {
        var actor = KIT.spawn(ProcessActor.create(ProcessSpec.of("sleep", A_DAY), owner.getRef()));
        owner.expectMessageClass(Started.class, PATIENCE);

        actor.tell(new Stop(Duration.ofHours(1)));

        assertThat(owner.expectMessageClass(Exited.class, PATIENCE).outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void its_output_is_read_and_its_readiness_seen(@TempDir Path scratch) throws IOException {
        Path go = scratch.resolve("go");
        KIT.spawn(ProcessActor.create(
                ProcessSpec.of(sh("echo ready; echo last >&2; while ! [ -e " + go + " ]; do sleep 0.05; done; exit 4"))
                        .withOutput(Stdio.logged())
                        .withReady(Readiness.line("ready")),
                owner.getRef()));

        owner.expectMessageClass(Started.class, PATIENCE);
        owner.expectMessage(PATIENCE, Ready.INSTANCE);
        Files.createFile(go);
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
