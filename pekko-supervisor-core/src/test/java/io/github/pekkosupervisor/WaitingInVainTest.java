package io.github.pekkosupervisor;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static io.github.pekkosupervisor.testing.Programs.sh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.SupervisionTree.StartFailedException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessActor;
import io.github.pekkosupervisor.process.ProcessConnection;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessStreams.ProcessEndedException;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever somebody waits for ends when it cannot come any more, and says why; and not before. */
final class WaitingInVainTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final RestartDelay LONG = RestartDelay.fixed(Duration.ofHours(1));

    private final Path scratch;
    private final ProcessConnection connection = ProcessConnection.create();
    private final ChildSpec echo =
            ChildSpec.process("echo", ProcessSpec.of(sh("cat")).withConnection(connection));
    private final CountDownLatch end = new CountDownLatch(1);

    WaitingInVainTest(@TempDir Path scratch) {
        this.scratch = scratch;
    }

    @AfterEach
    void let_all_go() {
        end.countDown();
    }

    // ---- what the tests are made of

    private static SupervisorSpec often(SupervisorSpec spec) {
        return spec.withUnlimitedRestarts();
    }

    private static SupervisionTree start(SupervisorSpec spec) {
        return SupervisionTree.start(spec, Options.defaults().withLogging(false));
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private CompletableFuture<String> request() {
        return connection.request("hello").toCompletableFuture();
    }

    private static void assertToldInVain(CompletableFuture<String> request, String why) {
        assertThat(request)
                .failsWithin(PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ProcessEndedException.class)
                .withMessageContaining(why);
    }

    private static void kill(SupervisionTree tree, String id) {
        SupervisorResult.ChildInfo child =
                (SupervisorResult.ChildInfo) get(tree.root().child(id));
        child.handle().orElseThrow().ref().tell(new ProcessActor.SendSignal(Signal.KILL));
    }

    private static void awaitState(SupervisionTree tree, String id, ChildState state) {
        await().atMost(PATIENCE)
                .until(() -> ((SupervisorResult.ChildInfo) get(tree.root().child(id))).state() == state);
    }

    /** Stops only when told to. */
    private ChildSpec slow(String id) {
        return ChildSpec.service(id, () -> "started", started -> end.await()).withShutdown(Shutdown.infinity());
    }

    // ---- processes

    @Test
    void a_process_that_cannot_be_started_when_asked_for() throws IOException {
        Path directory = Files.createDirectory(scratch.resolve("here"));
        ChildSpec child = ChildSpec.process(
                "echo", ProcessSpec.of(sh("cat")).withDirectory(directory).withConnection(connection));
        try (SupervisionTree tree = start(SupervisorSpec.oneForOne().withChild(child))) {
            Files.delete(directory);
            get(tree.root().terminateChild("echo"));
            assertThat(get(tree.root().restartChild("echo"))).isInstanceOf(SupervisorResult.StartFailed.class);

            assertToldInVain(request(), "it could not be started");

            Files.createDirectory(directory);
            assertThat(get(tree.root().restartChild("echo"))).isInstanceOf(SupervisorResult.Started.class);
            assertThat(get(request())).isEqualTo("hello");
        }
    }

    @Test
    void a_new_process_that_cannot_be_started() {
        ChildSpec child = ChildSpec.process(
                "echo", ProcessSpec.of(sh("exit 1")).withConnection(connection).withReady(Readiness.line("never")));
        CompletableFuture<String> early = request();
        try (SupervisionTree tree = start(SupervisorSpec.oneForOne())) {
            assertThat(get(tree.root().startChild(child))).isInstanceOf(SupervisorResult.StartFailed.class);

            assertToldInVain(early, "it could not be started");
            assertToldInVain(request(), "it could not be started");
        }
    }

    @Test
    void who_asks_between_two_lives_is_served_by_the_next() {
        try (SupervisionTree tree = start(often(SupervisorSpec.oneForOne()).withChild(echo.withRestartDelay(LONG)))) {
            kill(tree, "echo");
            awaitState(tree, "echo", ChildState.RESTARTING);

            CompletableFuture<String> between = request();

            assertThat(between.isDone()).isFalse();
            assertThat(get(tree.root().startNow("echo"))).isInstanceOf(SupervisorResult.Started.class);
            assertThat(get(between)).isEqualTo("hello");
        }
    }

    @Test
    void a_restart_that_is_called_off() {
        try (SupervisionTree tree = start(often(SupervisorSpec.oneForOne()).withChild(echo.withRestartDelay(LONG)))) {
            kill(tree, "echo");
            awaitState(tree, "echo", ChildState.RESTARTING);
            CompletableFuture<String> between = request();

            get(tree.root().terminateChild("echo"));

            assertToldInVain(between, "child \"echo\" is down");
        }
    }

    @Test
    void a_restart_that_is_called_off_with_the_sibling_that_it_waited_for() {
        ChildSpec sibling =
                ChildSpec.process("sibling", ProcessSpec.of("sleep", A_DAY)).withRestartDelay(LONG);
        for (SupervisorSpec strategy : List.of(SupervisorSpec.oneForAll(), SupervisorSpec.restForOne())) {
            try (SupervisionTree tree =
                    start(often(strategy).withChild(sibling).withChild(echo.withRestartDelay(LONG)))) {
                kill(tree, "sibling");
                awaitState(tree, "echo", ChildState.STOPPED);
                CompletableFuture<String> between = request();
                assertThat(between.isDone()).isFalse();

                get(tree.root().terminateChild("sibling"));

                assertToldInVain(between, "child \"echo\" is down");
            }
        }
    }

    @Test
    void a_process_that_is_deleted_while_it_waits_for_a_sibling() {
        ChildSpec sibling =
                ChildSpec.process("sibling", ProcessSpec.of("sleep", A_DAY)).withRestartDelay(LONG);
        try (SupervisionTree tree =
                start(often(SupervisorSpec.oneForAll()).withChild(sibling).withChild(echo.withRestartDelay(LONG)))) {
            kill(tree, "sibling");
            awaitState(tree, "echo", ChildState.STOPPED);
            CompletableFuture<String> between = request();

            get(tree.root().deleteChild("echo"));

            assertToldInVain(between, "it was deleted");
        }
    }

    @Test
    void a_process_that_is_stopped_and_deleted() {
        try (SupervisionTree tree = start(SupervisorSpec.oneForOne().withChild(echo))) {
            get(tree.root().terminateChild("echo"));
            get(tree.root().deleteChild("echo"));

            assertToldInVain(request(), "it was stopped");
        }
    }

    @Test
    void a_temporary_process_that_has_ended_and_is_forgotten() {
        try (SupervisionTree tree =
                start(SupervisorSpec.oneForOne().withChild(echo.withRestart(RestartType.TEMPORARY)))) {
            kill(tree, "echo");
            await().atMost(PATIENCE).until(() -> get(tree.root().child("echo")) == SupervisorResult.NotFound.INSTANCE);

            assertToldInVain(request(), "it has ended with killed");
        }
    }

    @Test
    void a_process_behind_one_that_cannot_start_with_its_tree() {
        CompletableFuture<String> early = request();
        ChildSpec cannot = ChildSpec.process(
                "cannot",
                ProcessSpec.of(sh("exit 3"))
                        .withConnection(ProcessConnection.create())
                        .withReady(Readiness.line("never")));
        SupervisorSpec nested = SupervisorSpec.oneForOne()
                .withChild(
                        ChildSpec.supervisor("below", SupervisorSpec.oneForOne().withChild(echo)));

        assertThat(SupervisionTree.startAsync(
                                SupervisorSpec.oneForOne()
                                        .withChild(cannot)
                                        .withChild(ChildSpec.supervisor("nested", nested)),
                                Options.defaults().withLogging(false))
                        .toCompletableFuture())
                .failsWithin(PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(StartFailedException.class);

        assertToldInVain(early, "failed_to_start_child");
    }

    @Test
    void a_process_whose_supervisor_gives_up_though_a_sibling_takes_its_time_to_stop() {
        SupervisionTree tree = start(SupervisorSpec.oneForOne()
                .withIntensity(0, Duration.ofSeconds(1))
                .withChild(slow("slow"))
                .withChild(echo)
                .withChild(slow("slower")));
        try {
            kill(tree, "echo");

            await().atMost(PATIENCE).untilAsserted(() -> assertToldInVain(request(), "gave up"));
            assertThat(tree.whenEnded().toCompletableFuture().isDone()).isFalse();
        } finally {
            end.countDown();
            tree.close();
        }
    }

    @Test
    void a_process_whose_supervisor_is_being_stopped() {
        SupervisionTree tree =
                start(SupervisorSpec.oneForOne().withChild(slow("slow")).withChild(echo));
        try {
            var stopping = tree.stop().toCompletableFuture();

            await().atMost(PATIENCE).untilAsserted(() -> assertToldInVain(request(), "closed"));
            assertThat(stopping.isDone()).isFalse();
        } finally {
            end.countDown();
            tree.close();
        }
        assertToldInVain(request(), "closed");
    }

    @Test
    void a_process_whose_supervisor_is_killed() {
        ChildSpec below = ChildSpec.supervisor(
                        "below", SupervisorSpec.oneForOne().withChild(echo))
                .withShutdown(Shutdown.brutalKill());
        try (SupervisionTree tree = start(SupervisorSpec.oneForOne().withChild(below))) {
            get(tree.root().terminateChild("below"));

            assertToldInVain(request(), "killed");
        }
    }

    @Test
    void a_process_whose_supervisors_actor_is_stopped_from_outside() {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "host");
        try {
            ActorRef<SupervisorCommand> supervisor = system.systemActorOf(
                    Supervisor.create(SupervisorSpec.oneForOne().withChild(echo)), "supervisor", Props.empty());
            assertThat(get(request())).isEqualTo("hello");

            Adapter.toClassic(supervisor).tell(PoisonPill.getInstance(), null);

            await().atMost(PATIENCE).untilAsserted(() -> assertToldInVain(request(), "has failed"));
        } finally {
            system.terminate();
            get(system.getWhenTerminated());
        }
    }

    @Test
    void a_process_that_has_become_another_one() {
        ProcessConnection other = ProcessConnection.create();
        ChildSpec changed = ChildSpec.process("echo", ProcessSpec.of(sh("cat")).withConnection(other));
        ProcessConnection added = ProcessConnection.create();
        ChildSpec more = ChildSpec.process("more", ProcessSpec.of(sh("cat")).withConnection(added));
        SupervisorSpec spec = SupervisorSpec.oneForOne().withIntensity(1000, Duration.ofSeconds(1));
        try (SupervisionTree tree = start(spec.withChild(echo))) {
            get(tree.root().reconfigure(spec.withChild(changed).withChild(more)));
            assertThat(get(request())).isEqualTo("hello");

            kill(tree, "echo");

            assertThat(get(other.request("hello"))).isEqualTo("hello");
            assertToldInVain(request(), "its specification has been replaced");
            assertToldInVain(added.request("hello").toCompletableFuture(), "child \"more\" is down");
        }
    }

    @Test
    void the_exit_of_a_process_that_is_lost_with_its_actor() {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "host");
        try {
            ActorRef<ProcessActor.Command> process = system.systemActorOf(
                    ProcessActor.create(
                            ProcessSpec.of(sh("cat")).withConnection(connection).withStderr(Stdio.discard()),
                            event -> {}),
                    "process",
                    Processes.dispatcher());
            var streams = get(connection.streams());
            var line = streams.readLine().toCompletableFuture();

            Adapter.toClassic(process).tell(PoisonPill.getInstance(), null);

            assertThat(get(streams.exit()).status().signal()).isEqualTo(Signal.KILL.number());
            assertThat(get(line)).isEmpty();
        } finally {
            system.terminate();
            get(system.getWhenTerminated());
        }
    }

    // ---- tasks

    /** Does not listen to an interrupt. */
    private String deaf() {
        while (end.getCount() > 0) {
            LockSupport.parkNanos(1_000_000);
            // else the next one would not park
            Thread.interrupted();
        }
        return "too late";
    }

    @Test
    void a_task_that_does_not_end_when_its_supervisor_does() {
        SupervisionTree tree = start(TaskSupervisor.spec());
        CompletableFuture<String> result = TaskSupervisor.of(tree.root()).async("deaf", this::deaf);

        tree.close();

        assertThat(result).failsWithin(PATIENCE).withThrowableOfType(CancellationException.class);
    }

    @Test
    void a_task_that_is_stopped_by_a_call_and_does_not_end() {
        try (SupervisionTree tree = start(TaskSupervisor.spec())) {
            CompletableFuture<String> result = TaskSupervisor.of(tree.root()).async("deaf", this::deaf);
            await().atMost(PATIENCE).until(() -> get(tree.root().children()).size() == 1);

            get(tree.root()
                    .terminateChild(get(tree.root().children()).get(0).handle().orElseThrow()));

            assertThat(result).failsWithin(PATIENCE).withThrowableOfType(CancellationException.class);
            end.countDown();
        }
    }

    // ---- trees

    @Test
    void a_tree_in_a_system_that_has_terminated() {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "host");
        system.terminate();
        get(system.getWhenTerminated());

        CompletableFuture<SupervisionTree> started = CompletableFuture.supplyAsync(() -> SupervisionTree.start(
                SupervisorSpec.oneForOne().withChild(echo), Options.defaults().withSystem(system)));

        assertThat(started)
                .failsWithin(PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("terminated");
    }

    @Test
    void calls_to_a_tree_that_has_been_closed() {
        SupervisionTree tree = start(SupervisorSpec.oneForOne().withChild(echo));
        tree.close();

        assertThat(get(tree.root().startChild(echo))).isEqualTo(SupervisorResult.SupervisorGone.INSTANCE);
        assertThat(get(tree.supervisor("echo"))).isEmpty();
        assertThat(get(tree.whenEnded()).reason()).isEqualTo(ExitReason.shutdown());
        assertThat(tree.root().count().toCompletableFuture()).failsWithin(PATIENCE);
        assertThat(PartitionSupervisor.of(tree.root(), 1).resize(0).toCompletableFuture())
                .failsWithin(PATIENCE);
        assertThat(TaskSupervisor.of(tree.root()).async("late", () -> "late")).failsWithin(PATIENCE);
    }
}
