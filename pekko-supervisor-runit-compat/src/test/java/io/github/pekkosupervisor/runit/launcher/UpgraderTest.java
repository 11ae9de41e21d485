package io.github.pekkosupervisor.runit.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.ProcessRun;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Succession;
import io.github.pekkosupervisor.runit.Runsvdir;
import io.github.pekkosupervisor.runit.Scripts;
import io.github.pekkosupervisor.runit.adoption.OurPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The launcher becomes another one, up to the last step, which would end this JVM; the rest of it is a puppet. */
@Execution(ExecutionMode.CONCURRENT)
class UpgraderTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path temp;

    private ActorTestKit kit;
    private TestProbe<Runsvdir.Command> runsvdir;
    private final AtomicInteger takenUp = new AtomicInteger();
    private Path dist;

    @BeforeEach
    void make() throws IOException {
        kit = ActorTestKit.create();
        runsvdir = kit.createTestProbe();
        Files.createDirectories(beside());
        dist = Files.createDirectories(temp.resolve("dist"));
        String command = HexFormat.of().formatHex("/bin/false".getBytes(UTF_8));
        Files.createDirectories(dist.resolve("bin"));
        Scripts.write(
                dist.resolve("bin/pekko-supervisor"),
                "#!/bin/sh\n[ \"$1\" = archive ] || echo '" + SelfCheck.COMMAND + command + "'\n");
    }

    @AfterEach
    void shut_down() {
        kit.shutdownTestKit();
    }

    private Path services() {
        return temp.resolve("services");
    }

    private Path beside() {
        return services().resolve(".pekko-supervisor");
    }

    private ActorRef<?> start(Optional<Succession> left, Map<String, Descriptor> descriptors) {
        return kit.spawn(
                Upgrader.create(
                        Upgrader.Supervision.of(runsvdir.getRef()),
                        new Upgrader.Launched(
                                OsString.of(services().toString()), Optional.empty(), List::of, descriptors, () -> {}),
                        new Upgrader.Arrival(left, system -> takenUp.incrementAndGet()),
                        System::nanoTime),
                Runsvdir.dispatcher());
    }

    private <T extends Runsvdir.Command> T next(Class<T> type) {
        return runsvdir.expectMessageClass(type, PATIENCE);
    }

    /** Asks for another one; exit code and output. */
    private CompletableFuture<String> upgrade() {
        CompletableFuture<String> answer = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        await().atMost(PATIENCE).until(() -> Files.exists(beside().resolve("upgrade")));
                        answer.complete(new OurPrograms()
                                .run(
                                        "upgrade",
                                        "--dist",
                                        dist.toString(),
                                        services().toString()));
                    } catch (Exception | Error e) {
                        answer.completeExceptionally(e);
                    }
                },
                "upgrade");
        thread.setDaemon(true);
        thread.start();
        return answer;
    }

    private static String get(CompletableFuture<String> answer) throws Exception {
        return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** The end of a process is seen again. */
    private void everythingGoesOn() throws Exception {
        assertThat(next(Runsvdir.GoOn.class)).isEqualTo(Runsvdir.GoOn.INSTANCE);
        assertThat(ProcessRun.of("true")
                        .withSystem(kit.system())
                        .start()
                        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .isNormal())
                .isTrue();
    }

    @Test
    void who_is_stopped_while_all_rests_has_all_go_on() throws Exception {
        ActorRef<?> upgrader = start(Optional.empty(), Map.of());
        CompletableFuture<String> answer = upgrade();
        next(Runsvdir.Settle.class);

        kit.stop(upgrader, PATIENCE);

        everythingGoesOn();
        assertThat(get(answer)).contains("all is being stopped");
    }

    @Test
    void failure_of_ours_in_the_last_step_is_told_and_all_goes_on() throws Exception {
        start(Optional.empty(), new AbstractMap<>() {
            @Override
            public Set<Entry<String, Descriptor>> entrySet() {
                throw new IllegalStateException("broken");
            }
        });
        CompletableFuture<String> answer = upgrade();

        next(Runsvdir.Settle.class).replyTo().tell(new Runsvdir.Settled(List.of()));

        everythingGoesOn();
        assertThat(get(answer)).contains("an internal failure", "broken");
        // and somebody may ask again
        CompletableFuture<String> again = upgrade();
        next(Runsvdir.Settle.class).replyTo().tell(new Runsvdir.Settled(List.of()));
        assertThat(get(again)).contains("an internal failure");
    }

    // ---- the one that has become this one

    /** What a launcher leaves that has become this one; both are closed by who takes it over. */
    private Succession left(Descriptor answers, Descriptor requests) {
        return new Succession(
                List.of(),
                0,
                0,
                -1,
                List.of(),
                List.of(),
                Map.of(),
                Map.of("answers", answers.number(), "requests", requests.number()),
                Map.of());
    }

    private static String read(Descriptor answers) {
        StringBuilder said = new StringBuilder();
        await().atMost(PATIENCE).until(() -> {
            if (Descriptor.awaitReadable(100, answers)[0]) {
                said.append(new String(answers.read(1000), UTF_8));
            }
            return said.toString().endsWith("\n");
        });
        return said.toString();
    }

    /** Locks and ends of those that are not taken up yet are kept, and nobody is told that there is no launcher. */
    @Test
    void what_was_kept_stays_so_until_all_are_taken_up_however_long_that_takes() throws Exception {
        try (Directory beside = Directory.open(OsString.of(beside().toString()))) {
            OsString name = OsString.of("answers");
            OsString fifo = OsString.of("upgrade");
            beside.makeFifo(name, 0600);
            beside.makeFifo(fifo, 0600);
            try (Descriptor answers = beside.openFifoToRead(name)) {
                kit.shutdownTestKit();
                kit = ActorTestKit.create(ManualTime.config());
                runsvdir = kit.createTestProbe();
                start(Optional.of(left(beside.openWrite(name), beside.openReadWrite(fifo))), Map.of());
                Runsvdir.AwaitDecided awaited = next(Runsvdir.AwaitDecided.class);

                ManualTime.get(kit.system()).timePasses(Duration.ofSeconds(30));

                assertThat(read(answers)).startsWith("done, but after 30 seconds some services");
                assertThat(get(upgrade())).contains("are not taken up yet");
                assertThat(takenUp).hasValue(0);
                awaited.replyTo().tell(Done.getInstance());
                await().atMost(PATIENCE).until(() -> takenUp.get() == 1);
            }
        }
    }

    @Test
    void who_asks_while_one_becomes_the_other_is_heard_by_that_one() throws Exception {
        try (Directory beside = Directory.open(OsString.of(beside().toString()))) {
            OsString name = OsString.of("answers");
            OsString fifo = OsString.of("upgrade");
            beside.makeFifo(name, 0600);
            beside.makeFifo(fifo, 0600);
            try (Descriptor answers = beside.openFifoToRead(name)) {
                Descriptor kept = beside.openReadWrite(fifo);
                CompletableFuture<String> early = upgrade();
                await().atMost(PATIENCE).until(() -> Descriptor.awaitReadable(100, kept)[0]);
                start(Optional.of(left(beside.openWrite(name), kept)), Map.of());

                next(Runsvdir.AwaitDecided.class).replyTo().tell(Done.getInstance());

                assertThat(read(answers)).isEqualTo("done, with Java " + Runtime.version() + "\n");
                assertThat(takenUp).hasValue(1);
                next(Runsvdir.Settle.class);
                assertThat(early).isNotDone();
            }
        }
    }
}
