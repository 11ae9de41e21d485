package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.actor.Bed.answer;
import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static io.github.pekkosupervisor.testing.Programs.sh;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.actor.Bed.Kind;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A tree that is stopped gives up what it is starting; a stop inside a tree does not. Starts here take an hour. */
final class GivenUpStartTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final SupervisionTree.Options HOST =
            SupervisionTree.Options.defaults().withSystem(KIT.system()).withLogging(false);
    private static final Duration HOUR = Duration.ofHours(1);

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private static ChildSpec patient(ChildSpec child) {
        return child.withoutStartTimeout();
    }

    /** So many supervisors around it, each with a neighbour on both sides. */
    private static ChildSpec below(int depth, SupervisorSpec spec, Bed bed) {
        ChildSpec inner = ChildSpec.supervisor("s" + depth, spec);
        return depth <= 1
                ? inner
                : below(depth - 1, spec(bed.worker("before" + depth), inner, bed.worker("after" + depth)), bed);
    }

    private static SupervisorSpec around(int depth, SupervisorSpec spec, Bed bed) {
        return depth == 0 ? spec : spec(bed.worker("first"), below(depth, spec, bed));
    }

    private static SupervisorSpec of(Strategy strategy, ChildSpec... children) {
        return SupervisorSpec.of(strategy).withIntensity(2, HOUR).withChildren(List.of(children));
    }

    @ParameterizedTest
    @CsvSource({"ACTOR, 0", "ACTOR, 1", "ACTOR, 3", "SERVICE, 0", "SERVICE, 1", "SERVICE, 3"})
    void at_start_up(Kind kind, int depth) {
        try (Bed bed = new Bed(KIT, kind)) {
            bed.script("b").startTakes = HOUR;
            SupervisorSpec spec = of(Strategy.ONE_FOR_ONE, bed.worker("a"), patient(bed.worker("b")), bed.worker("c"));
            ActorRef<SupervisorCommand> top = bed.spawn(() -> around(depth, spec, bed));
            await().atMost(Bed.LONG).until(() -> bed.log.contains("init b"));

            top.tell(new SupervisorCommand.Stop(ExitReason.shutdown()));

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.reports()).isEmpty();
            assertThat(bed.log).doesNotContain("ack b", "init c");
            assertThat(bed.log("end")).contains("end a");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ACTOR, ONE_FOR_ONE, 0", "ACTOR, ONE_FOR_ALL, 1", "ACTOR, REST_FOR_ONE, 3",
        "SERVICE, ONE_FOR_ONE, 3", "SERVICE, ONE_FOR_ALL, 0", "SERVICE, REST_FOR_ONE, 1"
    })
    void in_a_restart(Kind kind, Strategy strategy, int depth) {
        try (Bed bed = new Bed(KIT, kind)) {
            SupervisorSpec spec = of(strategy, bed.worker("a"), patient(bed.worker("b")), bed.worker("c"));
            bed.start(around(depth, spec, bed));
            bed.script("b").startTakes = HOUR;
            bed.exit("b", ExitReason.failed("once"));
            await().atMost(Bed.LONG).until(() -> bed.script("b").starts.get() == 2);
            bed.log.clear();

            assertThat(bed.stop()).isEqualTo(ExitReason.shutdown());

            assertThat(bed.log).doesNotContain("ack b", "init c");
            assertThat(bed.log("end")).contains("end a");
            assertThat(bed.reports()).containsExactly("child_terminated b failed(once)");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ACTOR, ONE_FOR_ONE, 0",
        "ACTOR, DYNAMIC, 1",
        "SERVICE, DYNAMIC, 0",
        "SERVICE, REST_FOR_ONE, 1",
        "SERVICE, DYNAMIC, 3"
    })
    void in_a_call(Kind kind, Strategy strategy, int depth) {
        try (Bed bed = new Bed(KIT, kind)) {
            bed.start(around(depth, of(strategy), bed));
            SupervisorRef inner = innermost(bed.sup(), depth);
            answer(inner.startChild(bed.worker("a")));
            bed.script("b").startTakes = HOUR;
            CompletionStage<?> start = inner.startChild(patient(bed.worker("b")));
            await().atMost(Bed.LONG).until(() -> bed.log.contains("init b"));
            CompletionStage<?> next = inner.startChild(bed.worker("c"));

            assertThat(bed.stop()).isEqualTo(ExitReason.shutdown());

            assertThat(answer(start)).isEqualTo(SupervisorResult.SupervisorGone.INSTANCE);
            assertThat(answer(next)).isEqualTo(SupervisorResult.SupervisorGone.INSTANCE);
            assertThat(bed.log).doesNotContain("ack b", "init c").contains("end a");
            assertThat(bed.reports()).isEmpty();
        }
    }

    private static SupervisorRef innermost(SupervisorRef top, int depth) {
        SupervisorRef at = top;
        for (int level = 1; level <= depth; level++) {
            Object info = answer(at.child("s" + level));
            at = ((SupervisorResult.ChildInfo) info)
                    .handle()
                    .flatMap(ChildHandle::supervisor)
                    .orElseThrow();
        }
        return at;
    }

    @Test
    void what_was_starting_is_stopped_first_and_then_the_rest_in_reverse() {
        try (Bed bed = new Bed(KIT, Kind.SERVICE)) {
            bed.start(spec(bed.worker("a"), bed.worker("b"), bed.worker("c")));
            bed.script("b").startTakes = HOUR;
            answer(bed.sup().terminateChild("b"));
            CompletionStage<?> restart = bed.sup().restartChild("b");
            await().atMost(Bed.LONG).until(() -> bed.script("b").starts.get() == 2);
            bed.events.clear();

            bed.stop();

            assertThat(answer(restart)).isEqualTo(SupervisorResult.SupervisorGone.INSTANCE);
            assertThat(bed.events)
                    .filteredOn(SupervisorEvent.ChildStopped.class::isInstance)
                    .extracting(event ->
                            ((SupervisorEvent.ChildStopped) event).child().id())
                    .containsExactly("b", "c", "a");
        }
    }

    @Test
    void a_group_that_is_being_stopped_for_a_restart_is_not_started_again() {
        try (Bed bed = new Bed(KIT)) {
            bed.script("c").neverStops = true;
            ChildSpec slow = bed.worker("c").withShutdown(Shutdown.infinity());
            bed.start(of(Strategy.ONE_FOR_ALL, bed.worker("a"), bed.worker("b"), slow));
            bed.exit("a", ExitReason.failed("once"));
            await().atMost(Bed.LONG).until(() -> bed.log.contains("stop c"));

            bed.sup().actor().tell(new SupervisorCommand.Stop(ExitReason.shutdown()));
            bed.exit("c", ExitReason.normal());

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.log("stop")).containsExactly("stop c", "stop b");
            assertThat(bed.script("a").starts).hasValue(1);
            assertThat(bed.reports()).containsExactly("child_terminated a failed(once)");
        }
    }

    @Test
    void a_supervisor_that_is_being_stopped_already_gives_up_its_start_then() {
        try (Bed bed = new Bed(KIT)) {
            bed.start(spec(bed.worker("a"), ChildSpec.supervisor("s1", spec())));
            bed.script("b").startTakes = HOUR;
            CompletionStage<?> start = innermost(bed.sup(), 1).startChild(patient(bed.worker("b")));
            await().atMost(Bed.LONG).until(() -> bed.log.contains("init b"));
            CompletionStage<?> inside = bed.sup().terminateChild("s1");
            await().during(Duration.ofMillis(100))
                    .until(() -> !start.toCompletableFuture().isDone());

            assertThat(bed.stop()).isEqualTo(ExitReason.shutdown());

            assertThat(answer(start)).isEqualTo(SupervisorResult.SupervisorGone.INSTANCE);
            assertThat(answer(inside)).isEqualTo(SupervisorResult.SupervisorGone.INSTANCE);
        }
    }

    @Test
    void a_stop_inside_the_tree_waits_for_the_start_as_in_otp() {
        CountDownLatch goesOn = new CountDownLatch(1);
        List<String> log = new CopyOnWriteArrayList<>();
        ChildSpec slow = ChildSpec.service(
                "slow",
                () -> {
                    goesOn.await();
                    return log.add("started");
                },
                any -> log.add("stopped"));
        try (Bed bed = new Bed(KIT)) {
            bed.start(spec(ChildSpec.supervisor("s1", spec())));
            CompletionStage<?> start = innermost(bed.sup(), 1).startChild(slow);
            CompletionStage<?> stop = bed.sup().terminateChild("s1");
            await().during(Duration.ofMillis(200))
                    .until(() -> !stop.toCompletableFuture().isDone());

            goesOn.countDown();

            assertThat(answer(stop)).isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(answer(start)).isInstanceOf(SupervisorResult.Started.class);
            assertThat(log).containsExactly("started", "stopped");
        }
    }

    @Test
    void an_open_that_ignores_the_interrupt_has_its_shutdown_time() {
        CountDownLatch opens = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        ChildSpec deaf = ChildSpec.service(
                        "deaf",
                        () -> {
                            opens.countDown();
                            Bed.awaitLatch(release);
                            return "";
                        },
                        any -> {})
                .withShutdown(Shutdown.timeout(Duration.ofMillis(300)));
        try (Bed bed = new Bed(KIT)) {
            bed.start(spec(bed.worker("a")));
            CompletionStage<?> start = bed.sup().startChild(deaf);
            Bed.awaitLatch(opens);

            assertThat(bed.stop()).isEqualTo(ExitReason.shutdown());

            assertThat(answer(start)).isEqualTo(SupervisorResult.SupervisorGone.INSTANCE);
            assertThat(bed.reports()).containsExactly("abandoned deaf", "shutdown_error deaf abandoned");
            assertThat(bed.log("end")).containsExactly("end a");
            release.countDown();
        }
    }

    @Test
    void an_open_that_returns_late_is_closed() {
        CountDownLatch opens = new CountDownLatch(1);
        List<String> log = new CopyOnWriteArrayList<>();
        ChildSpec late = ChildSpec.service(
                        "late",
                        () -> {
                            opens.countDown();
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException e) {
                                log.add("interrupted");
                            }
                            return "";
                        },
                        any -> log.add("closed"))
                .withShutdown(Shutdown.timeout(Bed.LONG));
        try (Bed bed = new Bed(KIT)) {
            ActorRef<SupervisorCommand> top = bed.spawn(() -> spec(patient(late)));
            Bed.awaitLatch(opens);

            top.tell(new SupervisorCommand.Stop(ExitReason.shutdown()));

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(log).containsExactly("interrupted", "closed");
        }
    }

    @RepeatedTest(50)
    void a_service_that_is_stopped_before_it_has_a_thread_does_not_open() {
        ChildSpec endless = ChildSpec.service(
                        "b",
                        () -> {
                            new CountDownLatch(1).await();
                            return "";
                        },
                        any -> {})
                .withShutdown(Shutdown.infinity());
        try (Bed bed = new Bed(KIT)) {
            ActorRef<SupervisorCommand> top = bed.spawn(() -> spec(patient(endless)));

            top.tell(new SupervisorCommand.Stop(ExitReason.shutdown()));

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
        }
    }

    // ---- processes

    /** Never gets ready; says in a file that it was asked to end. */
    private static ChildSpec neverReady(Path scratch, Readiness readiness) {
        String script = "trap 'echo TERM >\"$1\"; exit 0' TERM; echo up >\"$2\"; sleep " + A_DAY + " & wait";
        return ChildSpec.process(
                "p",
                ProcessSpec.of(sh(
                                script,
                                scratch.resolve("asked").toString(),
                                scratch.resolve("up").toString()))
                        .withOutput(Stdio.logged())
                        .withReady(readiness)
                        .withStartTimeout(HOUR));
    }

    static Stream<Arguments> signsOfReadiness() {
        return Stream.of(
                Arguments.of("line", Readiness.line("never said")),
                Arguments.of("socket", Readiness.unixSocket(Path.of("nowhere", "socket"))),
                Arguments.of("command", Readiness.command("false")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("signsOfReadiness")
    void a_process_that_is_not_ready_gets_its_stop_sequence(String name, Readiness readiness, @TempDir Path scratch)
            throws IOException {
        List<String> log = new CopyOnWriteArrayList<>();
        ActorTestKit own = ActorTestKit.create();
        CompletionStage<SupervisionTree> starting = SupervisionTree.startAsync(
                spec(
                        ChildSpec.service("a", () -> "", any -> log.add("stopped a")),
                        ChildSpec.supervisor("s1", spec(neverReady(scratch, readiness)))),
                HOST.withSystem(own.system()));
        await().atMost(Bed.LONG).until(() -> Files.exists(scratch.resolve("up")));

        own.system().terminate();

        Bed.get(own.system().getWhenTerminated());
        assertThat(Files.readString(scratch.resolve("asked"))).isEqualTo("TERM\n");
        assertThat(log).containsExactly("stopped a");
        assertThatThrownBy(() -> Bed.get(starting))
                .hasCauseInstanceOf(SupervisionTree.StartFailedException.class)
                .hasMessageContaining("the tree was stopped before it was up");
    }

    static Stream<Arguments> waysToEndATree() {
        return Stream.of(
                way("close", (tree, owner) -> tree.close()),
                way("a stop of the top", (tree, owner) -> tree.root().stop()),
                way(
                        "the end of the actor system",
                        (tree, owner) -> tree.system().terminate()),
                way("the end of its owner", (tree, owner) -> owner.tell("end")));
    }

    private static Arguments way(String name, BiConsumer<SupervisionTree, ActorRef<String>> way) {
        return Arguments.of(name, way);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waysToEndATree")
    void every_way_to_end_the_tree(
            String name, BiConsumer<SupervisionTree, ActorRef<String>> way, @TempDir Path scratch) {
        ActorTestKit own = ActorTestKit.create();
        ActorRef<String> owner = own.spawn(Behaviors.receiveMessage(any -> Behaviors.stopped()));
        SupervisionTree tree = SupervisionTree.start(
                spec(ChildSpec.supervisor("s1", spec())),
                HOST.withSystem(own.system()).withOwner(owner));
        SupervisorRef s1 = Bed.get(tree.supervisor("s1")).orElseThrow();
        CompletionStage<?> start = s1.startChild(neverReady(scratch, Readiness.line("never said")));
        await().atMost(Bed.LONG).until(() -> Files.exists(scratch.resolve("up")));

        way.accept(tree, owner);

        Bed.get(tree.whenEnded());
        assertThat(answer(start)).isEqualTo(SupervisorResult.SupervisorGone.INSTANCE);
        own.shutdownTestKit();
    }
}
