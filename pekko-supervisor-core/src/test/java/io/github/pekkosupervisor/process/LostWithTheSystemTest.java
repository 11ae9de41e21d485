package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.process.LoneProcesses.sh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.testing.Gauges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Processes of an actor system that ends without stopping them first. */
final class LostWithTheSystemTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int PROCESSES = 20;

    /** The first system of a JVM leaves open what is the same for all, jars for one. */
    @BeforeAll
    static void open_what_stays_open() {
        ActorSystem<Void> first = ActorSystem.create(
                Behaviors.setup(context -> {
                    context.spawnAnonymous(
                            ProcessActor.create(
                                    ProcessSpec.of("true"),
                                    event -> context.getSystem().terminate()),
                            Processes.dispatcher());
                    return Behaviors.empty();
                }),
                "first");
        first.getWhenTerminated().toCompletableFuture().join();
    }

    @RepeatedTest(3)
    void who_waits_for_them_is_told_and_nothing_of_them_is_left() {
        Gauges before = Gauges.read();
        List<ProcessConnection> connections = IntStream.range(0, PROCESSES)
                .mapToObj(i -> ProcessConnection.create())
                .toList();
        ActorSystem<Void> system = ActorSystem.create(
                Behaviors.setup(context -> {
                    connections.forEach(connection -> context.spawnAnonymous(
                            ProcessActor.create(ProcessSpec.of(sh("cat")).withConnection(connection), event -> {}),
                            Processes.dispatcher()));
                    return Behaviors.empty();
                }),
                "host");
        List<ProcessStreams> streams = connections.stream()
                .map(connection -> connection
                        .streams()
                        .toCompletableFuture()
                        .orTimeout(20, TimeUnit.SECONDS)
                        .join())
                .toList();
        List<CompletableFuture<String>> requests = streams.stream()
                .map(stream -> stream.readLine()
                        .thenApply(line -> line.orElse("its end"))
                        .toCompletableFuture())
                .toList();

        system.terminate();

        assertThat(streams)
                .allSatisfy(stream -> assertThat(stream.exit().toCompletableFuture())
                        .succeedsWithin(PATIENCE)
                        .satisfies(exit -> assertThat(exit.status().signal()).isEqualTo(Signal.KILL.number())));
        assertThat(requests)
                .allSatisfy(
                        request -> assertThat(request).succeedsWithin(PATIENCE).isEqualTo("its end"));
        await().atMost(PATIENCE).untilAsserted(() -> {
            Gauges after = Gauges.read();
            assertThat(after.descriptors()).isLessThanOrEqualTo(before.descriptors());
            assertThat(after.watches()).isLessThanOrEqualTo(before.watches());
        });
        await().atMost(PATIENCE)
                .until(() -> ProcessHandle.current().children().findAny().isEmpty());
    }

    @Test
    void where_one_spoke_that_nobody_has_taken_up_somebody_else_can_listen() throws IOException {
        CompletableFuture<ProcessIdentity> started = new CompletableFuture<>();
        CompletableFuture<Boolean> left = new CompletableFuture<>();
        String socket = ProcessSigns.socketName(ProcessSigns.newSocketNumber());
        ProcessSpec spec = ProcessSpec.of(sh("exec sleep 1000"))
                .withReady(Readiness.sdNotify())
                .withSigns(new ProcessSigns(Optional.of(socket), Optional.empty()))
                .withOwnerLost(ProcessSpec.OwnerLost.KEEP)
                .withWhenSupervisorDies(ProcessSpec.WhenSupervisorDies.KEEP);
        ActorSystem<String> system = ActorSystem.create(
                Behaviors.setup(context -> {
                    ActorRef<ProcessActor.Command> process = context.spawnAnonymous(
                            ProcessActor.create(spec, event -> {
                                if (event instanceof ProcessEvent.Started first) {
                                    started.complete(first.identity());
                                }
                            }),
                            Processes.dispatcher());
                    context.watch(process);
                    return Behaviors.receive(String.class)
                            .onMessageEquals("leave it", () -> {
                                context.stop(process);
                                return Behaviors.same();
                            })
                            .onSignal(Terminated.class, gone -> {
                                left.complete(true);
                                return Behaviors.same();
                            })
                            .build();
                }),
                "host");
        ProcessIdentity process = started.orTimeout(20, TimeUnit.SECONDS).join();
        system.tell("leave it");
        left.orTimeout(20, TimeUnit.SECONDS).join();
        assertThat(listeners()).contains(socket);
        ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
        await().atMost(PATIENCE).until(() -> !process.exists());

        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(listeners()).doesNotContain(socket));
    }

    private static String listeners() throws IOException {
        return Files.readString(Path.of("/proc/net/unix"));
    }
}
