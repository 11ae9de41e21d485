package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.actor.Bed.answer;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.SupervisionTree.StartFailedException;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorNotice;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Errors that Pekko ends an actor system for are no more than the end of the child that throws them. */
final class FatalErrorTest {

    private static final ActorTestKit KIT = ActorTestKit.create();

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    @AfterEach
    void the_host_goes_on() {
        assertThat(KIT.system().whenTerminated().isCompleted()).isFalse();
    }

    @SuppressWarnings("removal")
    static Stream<Error> errors() {
        return Stream.of(
                new OutOfMemoryError("x"),
                new InternalError("x"),
                new StackOverflowError("x"),
                new NoClassDefFoundError("x"),
                new LinkageError("x"),
                new ThreadDeath());
    }

    /** Throws it where it is told to. */
    private static Behavior<String> throwing(Error error) {
        return Behaviors.setup(context -> {
            ActorRef<Object> ends = context.spawn(Behaviors.receiveMessage(any -> Behaviors.stopped()), "ends");
            context.watch(ends);
            return Behaviors.receive(String.class)
                    .onMessageEquals("message", () -> {
                        throw error;
                    })
                    .onMessageEquals("signal", () -> {
                        ends.tell("now");
                        return Behaviors.same();
                    })
                    .onSignal(Terminated.class, signal -> {
                        throw error;
                    })
                    .onSignal(PostStop.class, signal -> {
                        throw error;
                    })
                    .build();
        });
    }

    @ParameterizedTest
    @MethodSource("errors")
    void in_the_setup_of_an_actor_the_start_of_a_tree_of_its_own_fails_with_it(Error error) {
        SupervisorSpec spec = spec(ChildSpec.actor("a", Behaviors.setup(context -> {
            throw error;
        })));

        assertThatThrownBy(() -> SupervisionTree.startAsync(spec, Options.defaults())
                        .toCompletableFuture()
                        .orTimeout(20, TimeUnit.SECONDS)
                        .join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StartFailedException.class)
                .hasRootCause(error);
    }

    @ParameterizedTest
    @MethodSource("errors")
    void in_a_message_a_signal_and_post_stop_it_is_a_crash_of_that_child(Error error) {
        List<SupervisorEvent> events = new CopyOnWriteArrayList<>();
        SupervisorSpec spec = spec(ChildSpec.actor("a", throwing(error)), ChildSpec.actor("sibling", Behaviors.empty()))
                .withIntensity(5, Duration.ofHours(1));
        try (SupervisionTree tree = SupervisionTree.start(
                spec,
                Options.defaults()
                        .withSystem(KIT.system())
                        .withLogging(false)
                        .withListener(TreeEvent.only(SupervisorEvent.class, events::add)))) {
            ChildHandle sibling = handle(tree, "sibling");
            for (String where : List.of("message", "signal")) {
                ChildHandle a = handle(tree, "a");
                a.<String>ref().tell(where);
                await().until(() -> handle(tree, "a") != a);
            }
            assertThat(answer(tree.root().terminateChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);

            assertThat(handle(tree, "sibling")).isSameAs(sibling);
        }

        // who listens has heard all when the tree is closed
        assertThat(events)
                .filteredOn(SupervisorEvent.ChildTerminated.class::isInstance)
                .hasSize(2)
                .allSatisfy(event -> assertThat(((SupervisorEvent.ChildTerminated) event).reason())
                        .isEqualTo(ExitReason.crash(error)));
        assertThat(events)
                .filteredOn(SupervisorEvent.ShutdownError.class::isInstance)
                .singleElement()
                .satisfies(event -> assertThat(((SupervisorEvent.ShutdownError) event).reason())
                        .isEqualTo(ExitReason.crash(error)));
    }

    private static ChildHandle handle(SupervisionTree tree, String id) {
        SupervisorResult.ChildInfo info =
                (SupervisorResult.ChildInfo) answer(tree.root().child(id));
        return info.handle().orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("errors")
    void so_it_is_in_plain_java(Error error) {
        ChildSpec runs = ChildSpec.runnable("runs", child -> {
            throw error;
        });
        ChildSpec completes = ChildSpec.completion("completes", () -> CompletableFuture.failedFuture(error));
        ChildSpec stops = ChildSpec.service("stops", () -> "x", x -> {
            throw error;
        });
        try (Bed bed = new Bed(KIT).start(spec(stops))) {
            for (ChildSpec child : List.of(runs, completes)) {
                bed.start(child.withRestart(RestartType.TEMPORARY));
            }
            assertThat(answer(bed.sup().terminateChild("stops"))).isEqualTo(SupervisorResult.Ok.INSTANCE);

            await().untilAsserted(() -> assertThat(bed.reports())
                    .containsExactlyInAnyOrder(
                            "child_terminated runs crash(" + error + ")",
                            "child_terminated completes crash(" + error + ")",
                            "shutdown_error stops crash(" + error + ")"));
        }
    }

    @ParameterizedTest
    @MethodSource("errors")
    void so_it_is_in_an_init_and_in_a_change(Error error) {
        ChildSpec inner = ChildSpec.supervisor("inner", () -> {
            throw error;
        });
        try (Bed bed = new Bed(KIT).start(spec())) {
            assertThat(answer(bed.sup().startChild(inner)))
                    .isInstanceOfSatisfying(
                            SupervisorResult.StartFailed.class,
                            failed -> assertThat(failed.reason()).isEqualTo(ExitReason.crash(error)));
            TestReply reply = new TestReply();
            bed.sup()
                    .actor()
                    .tell(new SupervisorCommand.Call<>(
                            new Request.Reconfigure(() -> {
                                throw error;
                            }),
                            reply.probe.getRef()));
            assertThat(reply.probe.receiveMessage(Bed.LONG))
                    .isEqualTo(new SupervisorResult.BadInit(ExitReason.crash(error)));
        }
    }

    private static final class TestReply {
        final org.apache.pekko.actor.testkit.typed.javadsl.TestProbe<Object> probe = KIT.createTestProbe();
    }

    @ParameterizedTest
    @MethodSource("errors")
    void a_listener_that_throws_one_harms_nobody(Error error) {
        List<SupervisorEvent> others = new CopyOnWriteArrayList<>();
        Options options = Options.defaults()
                .withSystem(KIT.system())
                .withLogging(false)
                .withListener(event -> {
                    throw error;
                })
                .withListener(TreeEvent.only(SupervisorEvent.class, others::add));

        SupervisionTree.start(spec(ChildSpec.actor("a", Behaviors.empty())), options)
                .close();

        assertThat(others).extracting(event -> event.getClass().getSimpleName()).contains("SupervisorStopped");
    }

    /** What the supervisor itself cannot go on after is its own end, and not that of the host. */
    @Test
    void a_supervisor_that_fails_itself_ends_with_the_cause() {
        OutOfMemoryError error = new OutOfMemoryError("of the supervisor");
        try (Bed bed = new Bed(KIT)) {
            TreeContext around = new TreeContext(
                    "/",
                    TreeEvent.only(SupervisorEvent.class, bed.events::add),
                    () -> {
                        throw error;
                    },
                    new Addresses(KIT.system()));
            SupervisorSpec spec = spec(bed.worker("a").withRestartDelay(RestartDelay.fixed(Duration.ofSeconds(1))));
            KIT.spawn(SupervisorActor.top(() -> spec, system -> around, ChildRunners.INSTANCE, bed.owner.getRef()));
            assertThat(bed.owner.receiveMessage(Bed.LONG)).isInstanceOf(SupervisorNotice.Up.class);

            bed.crash("a");

            assertThat(bed.ended()).isEqualTo(ExitReason.crash(error));
            bed.ignoreReports();
        }
    }

    /** What an application's object says of itself is its own code too. */
    @Test
    void a_reason_that_cannot_be_shown_harms_nobody() {
        RuntimeException silent = new RuntimeException() {
            @Override
            public String getMessage() {
                throw new StackOverflowError("in getMessage");
            }

            @Override
            public synchronized Throwable fillInStackTrace() {
                return this;
            }
        };
        assertThat(ExitReason.crash(silent))
                .asString()
                .contains("cannot be shown")
                .contains("StackOverflowError");
        List<SupervisorEvent> events = new CopyOnWriteArrayList<>();
        try (SupervisionTree tree = SupervisionTree.start(
                SupervisorSpec.dynamic(),
                Options.defaults()
                        .withSystem(KIT.system())
                        .withListener(TreeEvent.only(SupervisorEvent.class, events::add)))) {
            Object started = answer(tree.root()
                    .startChild(ChildSpec.runnable("a", child -> {
                                throw silent;
                            })
                            .withRestart(RestartType.TEMPORARY)));

            assertThat(started).isInstanceOf(SupervisorResult.Started.class);
            await().untilAsserted(() -> assertThat(events).anyMatch(SupervisorEvent.ChildTerminated.class::isInstance));
        }
    }

    @Test
    void a_pattern_that_nests_too_deeply_for_a_line_harms_nobody() {
        ProcessSpec process = ProcessSpec.of(
                        "sh", "-c", "head -c 60000 /dev/zero | tr '\\0' a; echo; echo ready; exec sleep 1000000")
                .withReady(Readiness.line("^(a|b)*$|ready"));

        try (SupervisionTree tree = SupervisionTree.start(
                spec(ChildSpec.process("p", process)), Options.defaults().withSystem(KIT.system()))) {
            assertThat(handle(tree, "p").process()).isPresent();
        }
    }
}
