package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static io.github.pekkosupervisor.testing.Programs.sh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.process.NormalExits.Outcome;
import io.github.pekkosupervisor.process.ProcessActor.Stop;
import io.github.pekkosupervisor.process.ProcessEvent.Exited;
import io.github.pekkosupervisor.process.ProcessEvent.Ready;
import io.github.pekkosupervisor.process.ProcessEvent.StartFailed;
import io.github.pekkosupervisor.process.ProcessEvent.Started;
import io.github.pekkosupervisor.testing.ProcessView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application's processes where they are started by the portable backend. */
final class PortableBackendTest {

    private static final ActorTestKit KIT =
            ActorTestKit.create(ConfigFactory.parseString("pekko-supervisor.process.backend = portable")
                    .withFallback(ActorTestKit.applicationTestConfig()));
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final TestProbe<ProcessEvent> owner = KIT.createTestProbe();

    @AfterAll
    static void shut_down() {
        KIT.shutdownTestKit();
    }

    @Test
    void what_cannot_be_promised_is_said_once() {
        ActorTestKit first = ActorTestKit.create(KIT.system().settings().config());
        try {
            TestProbe<ProcessEvent> told = first.createTestProbe();

            LoggingTestKit.warn(
                            "processes are started by the portable backend, not by the native one, which means: names,")
                    .withOccurrences(1)
                    .expect(first.system(), () -> {
                        for (int i = 0; i < 2; i++) {
                            first.spawn(ProcessActor.create(ProcessSpec.of("true"), told.getRef()));
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
    void all_of_its_group_is_stopped_with_it(@TempDir Path scratch) {
        Path member = scratch.resolve("member");
        var actor = KIT.spawn(ProcessActor.create(
                ProcessSpec.of(sh("sleep " + A_DAY + " & echo $! >" + member + ".half; mv " + member + ".half " + member
                        + "; wait")),
                owner.getRef()));
        owner.expectMessageClass(Started.class, PATIENCE);
        await().atMost(PATIENCE).until(() -> Files.exists(member));
        ProcessView left = view(member);

        actor.tell(new Stop(Duration.ofHours(1)));

        assertThat(owner.expectMessageClass(Exited.class, PATIENCE).outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(left.runs()).isFalse();
    }

    private static ProcessView view(Path file) {
        try {
            return new ProcessView(Long.parseLong(Files.readString(file).strip()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void it_begins_in_its_directory_and_what_it_is_told_reaches_it(@TempDir Path scratch) throws IOException {
        Path place = Files.createDirectory(scratch.resolve("a place; with $words"));
        KIT.spawn(ProcessActor.create(
                ProcessSpec.of("sh", "-c", "pwd -P >out; echo \"$1\" >>out; exit 5", "sh", "it's; $that *")
                        .withDirectory(place),
                owner.getRef()));

        owner.expectMessageClass(Started.class, PATIENCE);
        assertThat(owner.expectMessageClass(Exited.class, PATIENCE).status()).isEqualTo(ExitStatus.ofCode(5));
        assertThat(place.resolve("out")).hasContent(place.toRealPath() + "\nit's; $that *\n");
    }

    @Test
    void who_has_another_directory_is_refused_as_ever_where_there_is_no_such_program(@TempDir Path scratch) {
        KIT.spawn(ProcessActor.create(ProcessSpec.of("./none").withDirectory(scratch), owner.getRef()));

        assertThat(owner.expectMessageClass(StartFailed.class, PATIENCE).cause())
                .hasMessageContaining("is not there; install it or correct its path (ENOENT)");
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
