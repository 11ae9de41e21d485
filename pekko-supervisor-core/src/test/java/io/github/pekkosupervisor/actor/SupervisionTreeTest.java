package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.actor.Bed.answer;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.ApplicationType;
import io.github.pekkosupervisor.PartitionSupervisor;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.TaskSupervisor;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The facade, plain Java services, restart delays, partitions and tasks. */
final class SupervisionTreeTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final SupervisionTree.Options HOST =
            SupervisionTree.Options.defaults().withSystem(KIT.system()).withLogging(false);

    private static final TreeEnd CLOSED = new TreeEnd.Closed(ExitReason.shutdown());

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private static SupervisionTree start(ChildSpec... children) {
        return SupervisionTree.start(spec(children), HOST);
    }

    @Test
    void its_own_actor_system_ends_with_it() {
        List<String> log = new CopyOnWriteArrayList<>();
        SupervisionTree tree = SupervisionTree.start(
                spec(ChildSpec.service("a", () -> "a", log::add)),
                SupervisionTree.Options.defaults().withLogging(false).withJvmShutdownHook(false));

        tree.close();

        assertThat(log).containsExactly("a");
        assertThat(tree.system().getWhenTerminated().toCompletableFuture()).isDone();
    }

    @Test
    void its_own_actor_system_ends_with_a_tree_that_ends_by_itself() {
        SupervisionTree tree = SupervisionTree.start(
                spec(ChildSpec.actor("a", Behaviors.empty())),
                SupervisionTree.Options.defaults().withLogging(false).withJvmShutdownHook(false));

        Bed.get(tree.root().stop());

        Bed.get(tree.system().getWhenTerminated());
    }

    @Test
    void the_hosts_actor_system_stays() {
        SupervisionTree tree = start(ChildSpec.actor("a", Behaviors.empty()));

        tree.close();

        assertThat(KIT.system().getWhenTerminated().toCompletableFuture()).isNotDone();
        assertThat(tree.whenEnded().toCompletableFuture()).isCompletedWithValue(CLOSED);
    }

    @Test
    void a_system_that_terminates_during_the_start_waits_for_the_tree() {
        List<String> log = new CopyOnWriteArrayList<>();
        CountDownLatch starts = new CountDownLatch(1);
        CountDownLatch givenUp = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        ActorTestKit own = ActorTestKit.create();
        ChildSpec last = ChildSpec.service(
                "last",
                () -> {
                    starts.countDown();
                    awaitWhateverInterrupts(goesOn, givenUp);
                    return "";
                },
                any -> log.add("stop last"));
        CompletionStage<SupervisionTree> starting = SupervisionTree.startAsync(
                spec(
                        ChildSpec.service("a", () -> "", any -> log.add("stop a")),
                        ChildSpec.service("b", () -> "", any -> log.add("stop b")),
                        last),
                HOST.withSystem(own.system()));
        Bed.awaitLatch(starts);

        own.system().terminate();
        Bed.awaitLatch(givenUp);
        goesOn.countDown();
        Bed.get(own.system().getWhenTerminated());

        assertThat(log).containsExactly("stop last", "stop b", "stop a");
        assertThatThrownBy(() -> Bed.get(starting))
                .hasCauseInstanceOf(SupervisionTree.StartFailedException.class)
                .hasMessageContaining("the tree was stopped before it was up");
    }

    private static void awaitWhateverInterrupts(CountDownLatch latch, CountDownLatch interrupted) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                // not this one
                interrupted.countDown();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TEMPORARY, shutdown, false",
        "TRANSIENT, normal, false",
        "TRANSIENT, shutdown, true",
        "PERMANENT, normal, true",
        "PERMANENT, shutdown, true"
    })
    void the_end_of_a_tree_by_itself_may_end_the_system(ApplicationType type, String reason, boolean ends) {
        ActorTestKit own = ActorTestKit.create();
        SupervisionTree tree = SupervisionTree.start(
                spec(ChildSpec.actor("a", Behaviors.empty())),
                HOST.withSystem(own.system()).withApplicationType(type));

        Bed.get(tree.root().stop(reason.equals("normal") ? ExitReason.normal() : ExitReason.shutdown()));

        CompletableFuture<?> terminated = own.system().getWhenTerminated().toCompletableFuture();
        if (ends) {
            Bed.get(terminated);
        } else {
            await().during(Duration.ofMillis(100)).until(() -> !terminated.isDone());
            own.shutdownTestKit();
        }
    }

    @Test
    void a_tree_that_is_closed_leaves_the_system_alone_whatever_its_type() {
        SupervisionTree tree = SupervisionTree.start(
                spec(ChildSpec.actor("a", Behaviors.empty())), HOST.withApplicationType(ApplicationType.PERMANENT));

        tree.close();

        await().during(Duration.ofMillis(100))
                .until(() ->
                        !KIT.system().getWhenTerminated().toCompletableFuture().isDone());
    }

    @Test
    void close_can_give_up_waiting() {
        CountDownLatch release = new CountDownLatch(1);
        SupervisionTree tree = start(
                ChildSpec.service("slow", () -> "", any -> release.await()).withShutdown(Shutdown.infinity()));

        assertThatThrownBy(() -> tree.close(Duration.ofMillis(100))).isInstanceOf(TimeoutException.class);

        release.countDown();
        assertThat(Bed.get(tree.whenEnded())).isEqualTo(CLOSED);
    }

    @Test
    void a_listener_that_throws_does_no_harm() {
        try (SupervisionTree tree =
                SupervisionTree.start(spec(ChildSpec.actor("a", Behaviors.empty())), HOST.withListener(event -> {
                    throw new IllegalStateException("listener");
                }))) {
            assertThat(Bed.get(tree.root().count()).active()).isEqualTo(1);
        }
    }

    @Test
    void a_listener_that_throws_does_not_keep_events_from_the_others() {
        List<SupervisorEvent> before = new CopyOnWriteArrayList<>();
        List<SupervisorEvent> after = new CopyOnWriteArrayList<>();
        SupervisionTree tree = SupervisionTree.start(
                spec(ChildSpec.actor("a", Behaviors.empty())),
                HOST.withListener(TreeEvent.only(SupervisorEvent.class, before::add))
                        .withListener(event -> {
                            throw new IllegalStateException("listener");
                        })
                        .withListener(TreeEvent.only(SupervisorEvent.class, after::add)));

        tree.close();

        assertThat(after)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("ChildStarted", "SupervisorStarted", "ChildStopped", "SupervisorStopped");
        assertThat(before).isEqualTo(after);
    }

    static Stream<Arguments> waysToWait() {
        return Stream.of(
                way("whenEnded of the tree", SupervisionTree::whenEnded),
                way("whenEnded of its top supervisor", tree -> tree.root().whenEnded()),
                way("stop of the tree", SupervisionTree::stop),
                way("stop of its top supervisor", tree -> tree.root().stop(ExitReason.shutdown())));
    }

    private static Arguments way(String name, Function<SupervisionTree, CompletionStage<TreeEnd>> way) {
        return Arguments.of(Named.of(name, way));
    }

    @ParameterizedTest
    @MethodSource("waysToWait")
    void what_somebody_does_to_a_future_of_the_end_is_nothing_to_others(
            Function<SupervisionTree, CompletionStage<TreeEnd>> way) {
        CountDownLatch release = new CountDownLatch(1);
        SupervisionTree tree = start(
                ChildSpec.service("slow", () -> "", any -> release.await()).withShutdown(Shutdown.infinity()));
        CompletableFuture<TreeEnd> another = way.apply(tree).toCompletableFuture();

        assertThat(way.apply(tree).toCompletableFuture().complete(TreeEnd.Killed.INSTANCE))
                .isTrue();
        assertThat(way.apply(tree).toCompletableFuture().cancel(true)).isTrue();
        assertThatThrownBy(way.apply(tree).toCompletableFuture().orTimeout(1, TimeUnit.NANOSECONDS)::join)
                .hasCauseInstanceOf(TimeoutException.class);

        assertThat(another).isNotDone();
        assertThat(tree.whenEnded().toCompletableFuture()).isNotDone();
        assertThat(tree.root().whenEnded().toCompletableFuture()).isNotDone();
        release.countDown();
        tree.close();
        assertThat(Bed.get(another)).isEqualTo(CLOSED);
        assertThat(Bed.get(tree.whenEnded())).isEqualTo(CLOSED);
        assertThat(Bed.get(tree.root().whenEnded())).isEqualTo(CLOSED);
    }

    private static ChildSpec says(String id, String name, List<String> seen) {
        return ChildSpec.actor(id, Behaviors.<String>receiveMessage(text -> {
            seen.add(name + " " + text);
            return Behaviors.same();
        }));
    }

    private static void startLookalikes(SupervisionTree tree, List<String> seen) {
        start(tree, says("s/w", "one", seen));
        start(tree, ChildSpec.supervisor("s", spec(says("w", "two", seen))));
        start(tree, says("s~1w", "three", seen));
        start(tree, ChildSpec.supervisor("~/", spec(says("/~", "four", seen))));
    }

    private static void leadRight(List<ActorRef<String>> addresses, List<String> seen) {
        addresses.forEach(address -> address.tell("got " + addresses.indexOf(address)));

        await().untilAsserted(() ->
                assertThat(seen).containsExactlyInAnyOrder("one got 0", "two got 1", "three got 2", "four got 3"));
    }

    @Test
    void ids_that_look_like_paths_lead_to_the_right_children() {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (SupervisionTree tree = start()) {
            startLookalikes(tree, seen);

            List<ActorRef<String>> addresses = addresses(tree);

            leadRight(addresses, seen);
            SupervisorRef s = Bed.get(tree.supervisor("s")).orElseThrow();
            assertThat(tree.root().ref(String.class, "s/w")).isEqualTo(addresses.get(0));
            assertThat(s.ref(String.class, "w")).isEqualTo(addresses.get(1));
            assertThat(tree.root().ref(String.class, "s~1w")).isEqualTo(addresses.get(2));
        }
    }

    @Test
    void so_they_do_if_they_were_asked_for_before_the_children_existed() {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (SupervisionTree tree = start()) {
            List<ActorRef<String>> addresses = addresses(tree);

            startLookalikes(tree, seen);

            leadRight(addresses, seen);
        }
    }

    private static List<ActorRef<String>> addresses(SupervisionTree tree) {
        return List.of(
                tree.ref(String.class, "s/w"),
                tree.ref(String.class, "s", "w"),
                tree.ref(String.class, "s~1w"),
                tree.ref(String.class, "~/", "/~"));
    }

    private static void start(SupervisionTree tree, ChildSpec child) {
        assertThat(answer(tree.root().startChild(child))).isInstanceOf(SupervisorResult.Started.class);
    }

    @Test
    void an_address_may_be_asked_for_before_its_child_exists() {
        try (SupervisionTree tree = start()) {
            var probe = KIT.<String>createTestProbe();
            ActorRef<String> ref = tree.ref(String.class, "later");

            Bed.answer(tree.root().startChild(ChildSpec.actor("later", Behaviors.<String>receiveMessage(text -> {
                probe.getRef().tell(text);
                return Behaviors.same();
            }))));
            ref.tell("hello");

            probe.expectMessage("hello");
        }
    }

    @Nested
    class Services {
        @Test
        void a_runnable_that_returns_has_ended_normally() {
            AtomicInteger runs = new AtomicInteger();
            try (SupervisionTree tree = start(
                    ChildSpec.runnable("r", child -> runs.incrementAndGet()).withRestart(RestartType.TRANSIENT))) {
                await().untilAsserted(() ->
                        assertThat(Bed.get(tree.root().count()).active()).isZero());
                assertThat(runs).hasValue(1);
            }
        }

        @Test
        void a_runnable_is_stopped_by_interrupting_it() {
            CountDownLatch interrupted = new CountDownLatch(1);
            SupervisionTree tree = start(ChildSpec.runnable("r", child -> {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                }
            }));

            tree.close();

            assertThat(interrupted.getCount()).isZero();
        }

        @Test
        void the_failure_of_a_completion_is_a_crash_and_its_next_incarnation_another_one() {
            List<CompletableFuture<String>> made = new CopyOnWriteArrayList<>();
            try (SupervisionTree tree = start(ChildSpec.completion("c", () -> {
                CompletableFuture<String> future = new CompletableFuture<>();
                made.add(future);
                return future;
            }))) {
                made.get(0).completeExceptionally(new IllegalStateException("failed"));

                await().until(() -> made.size() == 2);
                assertThat(answer(tree.root().terminateChild("c"))).isEqualTo(SupervisorResult.Ok.INSTANCE);
                assertThat(made.get(1)).isCancelled();
            }
        }

        @Test
        void a_closeable_is_closed() {
            CountDownLatch closed = new CountDownLatch(1);
            start(ChildSpec.closeable("c", () -> closed::countDown)).close();

            assertThat(closed.getCount()).isZero();
        }

        @Test
        @SuppressWarnings("NullAway") // that is what is tried
        void nothing_to_close_is_a_failed_start() {
            assertThatThrownBy(() -> start(ChildSpec.closeable("c", () -> null)))
                    .isInstanceOf(SupervisionTree.StartFailedException.class)
                    .hasMessageStartingWith("the tree could not be started: [/c] ")
                    .hasMessageContaining("child \"c\": its function returned nothing to close but null");
        }
    }

    @Nested
    class Delays {
        /** So late that a busy machine comes to look before. */
        private static final Duration LATE = Duration.ofSeconds(6);

        @Test
        void siblings_are_stopped_at_once_and_start_when_the_wait_is_over() {
            try (Bed bed = new Bed(KIT)) {
                ChildSpec patient = bed.worker("b").withRestartDelay(RestartDelay.fixed(LATE));
                bed.start(SupervisorSpec.oneForAll()
                        .withIntensity(5, Duration.ofHours(1))
                        .withChildren(List.of(bed.worker("a"), patient, bed.worker("c"))));

                bed.exitAndSettle("b", Bed.boom());

                assertThat(bed.states()).containsExactly("a stopped", "b restarting", "c stopped");
                await().untilAsserted(
                                () -> assertThat(bed.states()).containsExactly("a running", "b running", "c running"));
                assertThat(bed.log("init").subList(3, 6)).containsExactly("init a", "init b", "init c");
                bed.ignoreReports();
            }
        }

        @Test
        void siblings_wait_too_when_an_attempt_has_failed() {
            try (Bed bed = new Bed(KIT)) {
                Duration hour = Duration.ofHours(1);
                ChildSpec patient = bed.worker("b")
                        .withRestartDelay(new RestartDelay(Duration.ofMillis(1), hour, 3_600_000, 0, hour));
                bed.start(SupervisorSpec.oneForAll()
                        .withUnlimitedRestarts()
                        .withChildren(List.of(
                                bed.worker("a").withRestartDelay(RestartDelay.fixed(hour)),
                                patient,
                                bed.worker("c").withRestartDelay(RestartDelay.fixed(hour)))));
                bed.script("b").failsToStart("not yet");

                bed.exit("b", Bed.boom());
                await().until(() -> bed.log("init").equals(List.of("init a", "init b", "init c", "init a", "init b")));

                await().untilAsserted(() ->
                        assertThat(bed.states()).containsExactly("a stopped", "b restarting", "c stopped"));
                bed.script("b").startsAgain();
                assertThat(answer(bed.sup().startNow("b"))).isInstanceOf(SupervisorResult.Started.class);
                await().untilAsserted(
                                () -> assertThat(bed.states()).containsExactly("a running", "b running", "c running"));
                bed.ignoreReports();
            }
        }

        @Test
        void it_grows_and_is_reset_by_a_healthy_stretch() {
            try (Bed bed = new Bed(KIT)) {
                bed.holdClock();
                bed.start(spec(bed.worker("a")
                                .withRestartDelay(new RestartDelay(
                                        Duration.ofMillis(10), Duration.ofMillis(35), 2, 0, Duration.ofMinutes(1))))
                        .withIntensity(20, Duration.ofHours(1)));
                for (int i = 0; i < 4; i++) {
                    bed.crashAndAwaitRestart("a");
                }
                bed.advance(Duration.ofMinutes(1));
                bed.crashAndAwaitRestart("a");

                assertThat(bed.events.stream()
                                .filter(SupervisorEvent.RestartScheduled.class::isInstance)
                                .map(event -> ((SupervisorEvent.RestartScheduled) event)
                                        .delay()
                                        .toMillis()))
                        .containsExactly(10L, 20L, 35L, 35L, 10L);
                bed.ignoreReports();
            }
        }

        @Test
        void who_asks_meanwhile_is_told_that_it_is_restarting() {
            try (Bed bed = new Bed(KIT)) {
                ChildSpec patient = bed.worker("a").withRestartDelay(RestartDelay.fixed(Duration.ofMinutes(1)));
                bed.start(spec(patient));
                bed.exitAndSettle("a", Bed.boom());

                assertThat(answer(bed.sup().startChild(patient))).isEqualTo(SupervisorResult.AlreadyPresent.INSTANCE);
                assertThat(answer(bed.sup().restartChild("a"))).isEqualTo(SupervisorResult.Restarting.INSTANCE);
                assertThat(answer(bed.sup().deleteChild("a"))).isEqualTo(SupervisorResult.Restarting.INSTANCE);
                assertThat(bed.states()).containsExactly("a restarting");
                assertThat(bed.counts()).containsExactly(1, 0, 0, 1);
                assertThat(answer(bed.sup().terminateChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);
                assertThat(bed.states()).containsExactly("a stopped");
                bed.ignoreReports();
            }
        }

        @Test
        void a_crash_during_the_wait_joins_it() {
            try (Bed bed = new Bed(KIT)) {
                bed.holdClock();
                ChildSpec patient = bed.worker("b").withRestartDelay(RestartDelay.fixed(Duration.ofMinutes(1)));
                bed.start(SupervisorSpec.restForOne()
                        .withIntensity(1, Duration.ofHours(1))
                        .withChildren(List.of(bed.worker("a"), patient)));
                bed.exitAndSettle("b", Bed.boom());

                bed.crashAndAwaitRestart("a");

                await().untilAsserted(() -> assertThat(bed.states()).containsExactly("a running", "b running"));
                bed.ignoreReports();
            }
        }
    }

    @Nested
    class Partitions {
        @Test
        void keys_lead_to_partitions_and_their_number_can_change() {
            List<String> seen = new CopyOnWriteArrayList<>();
            SupervisorSpec three = PartitionSupervisor.spec(
                    3,
                    partition -> ChildSpec.actor("any", Behaviors.<String>receiveMessage(text -> {
                        seen.add(partition + " " + text);
                        return Behaviors.same();
                    })));
            try (SupervisionTree tree = SupervisionTree.start(three, HOST)) {
                PartitionSupervisor partitions = PartitionSupervisor.of(tree.root(), 3);
                partitions.ref(String.class, 4).tell("four");
                partitions.ref(String.class, -5).tell("minus five");
                await().until(() -> seen.size() == 2);
                assertThat(seen).containsExactlyInAnyOrder("1 four", "2 minus five");

                assertThat(Bed.get(partitions.resize(1))).isEqualTo(1);
                assertThat(partitions.partitionOf("anything")).isZero();
                assertThat(Bed.get(tree.root().count()).active()).isEqualTo(1);
                assertThat(Bed.get(partitions.resize(3))).isEqualTo(3);
                assertThat(Bed.get(tree.root().count()).active()).isEqualTo(3);
                assertThatThrownBy(() -> partitions.resize(4)).hasMessageContaining("from 0 to 3");
            }
        }

        private static final ChildSpec ANY = ChildSpec.actor("any", Behaviors.empty());

        @Test
        void their_number_can_change_after_their_supervisor_was_restarted() {
            try (SupervisionTree tree = start(ChildSpec.supervisor("pool", PartitionSupervisor.spec(3, any -> ANY)))) {
                PartitionSupervisor partitions = PartitionSupervisor.of(tree, 3, "pool");
                assertThat(Bed.get(partitions.resize(2))).isEqualTo(2);
                SupervisorRef before = Bed.get(tree.supervisor("pool")).orElseThrow();
                Bed.get(before.stop(ExitReason.failed("for the test")));
                await().until(() -> Bed.get(tree.supervisor("pool"))
                        .filter(pool -> pool != before)
                        .isPresent());
                SupervisorRef pool = Bed.get(tree.supervisor("pool")).orElseThrow();
                assertThat(Bed.get(pool.count()).active()).isEqualTo(3);

                assertThat(Bed.get(partitions.resize(2))).isEqualTo(2);
                assertThat(Bed.get(pool.count()).active()).isEqualTo(2);
                assertThat(Bed.get(partitions.resize(3))).isEqualTo(3);
                assertThat(Bed.get(pool.count()).active()).isEqualTo(3);
            }
        }

        @Test
        void a_partition_that_cannot_be_stopped_or_started_is_told() {
            AtomicBoolean fails = new AtomicBoolean();
            ChildSpec unsure = ChildSpec.actor("any", child -> {
                if (fails.get()) {
                    return child.exit(ExitReason.failed("not again"));
                }
                return Behaviors.empty();
            });
            try (SupervisionTree tree = SupervisionTree.start(PartitionSupervisor.spec(3, any -> unsure), HOST)) {
                PartitionSupervisor partitions = PartitionSupervisor.of(tree.root(), 3);
                assertThat(Bed.get(partitions.resize(2))).isEqualTo(2);

                fails.set(true);
                assertThatThrownBy(() -> Bed.get(partitions.resize(3)))
                        .hasMessageContainingAll("could not be started again", "not again");
                assertThat(partitions.partitions()).isEqualTo(2);
                answer(tree.root().deleteChild("2"));
                assertThatThrownBy(() -> Bed.get(partitions.resize(1)))
                        .hasMessageContainingAll("could not be stopped", "not_found");
            }
        }

        @Test
        void without_a_supervisor_there_is_nothing_to_resize() {
            try (SupervisionTree tree = start(ChildSpec.supervisor("pool", PartitionSupervisor.spec(3, any -> ANY)))) {
                PartitionSupervisor ofOne =
                        PartitionSupervisor.of(Bed.get(tree.supervisor("pool")).orElseThrow(), 3);
                PartitionSupervisor ofAny = PartitionSupervisor.of(tree, 3, "pool");
                answer(tree.root().terminateChild("pool"));

                assertThatThrownBy(() -> Bed.get(ofOne.resize(1))).hasMessageContaining("could not be stopped");
                assertThatThrownBy(() -> Bed.get(ofAny.resize(1)))
                        .hasMessageContaining("there is no supervisor at pool");
            }
        }
    }

    @Nested
    class Tasks {
        @Test
        void a_task_has_a_result_or_a_failure_and_can_be_cancelled() {
            try (SupervisionTree tree =
                    SupervisionTree.start(TaskSupervisor.spec().withMaxChildren(1), HOST)) {
                TaskSupervisor tasks = TaskSupervisor.of(tree.root());

                assertThat(Bed.get(tasks.async("good", () -> 42))).isEqualTo(42);
                awaitIdle(tree);
                assertThatThrownBy(() -> Bed.get(tasks.async("bad", () -> {
                            throw new IllegalStateException("bad");
                        })))
                        .hasCauseInstanceOf(IllegalStateException.class);
                awaitIdle(tree);
                CountDownLatch runs = new CountDownLatch(1);
                CompletableFuture<Object> endless = tasks.async("endless", () -> {
                    runs.countDown();
                    new CountDownLatch(1).await();
                    return "never";
                });
                await().until(() -> runs.getCount() == 0);
                assertThatThrownBy(() -> Bed.get(tasks.async("too many", () -> 1)))
                        .hasCauseInstanceOf(TaskSupervisor.RejectedException.class);
                endless.cancel(true);
                awaitIdle(tree);
            }
        }

        private void awaitIdle(SupervisionTree tree) {
            await().untilAsserted(() ->
                    assertThat(Bed.get(tree.root().count()).active()).isZero());
        }

        @Test
        void stopping_the_supervisor_interrupts_its_tasks() {
            SupervisionTree tree = SupervisionTree.start(TaskSupervisor.spec(), HOST);
            CompletionStage<Object> endless = TaskSupervisor.of(tree.root()).async("endless", () -> {
                new CountDownLatch(1).await();
                return "never";
            });
            await().until(() -> Bed.get(tree.root().count()).active() == 1);

            tree.close();

            assertThatThrownBy(() -> Bed.get(endless)).isInstanceOf(CancellationException.class);
        }

        static Stream<Arguments> waysToGiveUp() {
            return Stream.of(
                    way("cancel", future -> future.cancel(false)),
                    way("complete", future -> future.complete("enough")),
                    way("orTimeout", future -> future.orTimeout(1, TimeUnit.MILLISECONDS)));
        }

        private static Arguments way(String name, Consumer<CompletableFuture<Object>> way) {
            return Arguments.of(Named.of(name, way));
        }

        @ParameterizedTest
        @MethodSource("waysToGiveUp")
        void whoever_waits_no_longer_stops_the_task(Consumer<CompletableFuture<Object>> givesUp) {
            CountDownLatch runs = new CountDownLatch(1);
            CountDownLatch interrupted = new CountDownLatch(1);
            try (SupervisionTree tree = SupervisionTree.start(TaskSupervisor.spec(), HOST)) {
                CompletableFuture<Object> endless = TaskSupervisor.of(tree.root())
                        .async("endless", () -> {
                            runs.countDown();
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException e) {
                                interrupted.countDown();
                                throw e;
                            }
                            return "never";
                        });
                Bed.awaitLatch(runs);

                givesUp.accept(endless);

                Bed.awaitLatch(interrupted);
                awaitIdle(tree);
            }
        }

        /** The test stands in for the supervisor, which can hardly be so quick. */
        @Test
        void a_task_that_is_stopped_before_it_runs_was_cancelled() {
            TestProbe<SupervisorCommand> supervisor = KIT.createTestProbe();
            Addresses addresses = new Addresses(KIT.system());
            AtomicBoolean ran = new AtomicBoolean();
            TaskSupervisor tasks = TaskSupervisor.of(new PendingCalls(TreePath.TOP, supervisor.getRef(), addresses));
            CompletableFuture<Object> future = tasks.async("late", () -> {
                ran.set(true);
                return "never";
            });
            SupervisorMessage.Asked call = supervisor.expectMessageClass(SupervisorMessage.Asked.class);
            ChildSpec task = ((Request.StartChild) call.request()).child();
            LiveChild handle = new LiveChild("late", 1);

            handle.askedToStop(null);
            KIT.spawn(ChildRunners.INSTANCE
                    .of(task.kind())
                    .incarnation(new LiveContext(
                            handle,
                            List.of(),
                            supervisor.getRef(),
                            TreeContext.top(addresses, event -> {}),
                            task.shutdown())));

            assertThatThrownBy(() -> Bed.get(future)).isInstanceOf(CancellationException.class);
            assertThat(ran).isFalse();
        }
    }
}
