package io.github.pekkosupervisor.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.OneshotAgain;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeFold;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.protocol.TreeSubscriber;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What calls do to children, and what becomes of those that wait, is seen by who follows a tree. */
final class FoldedCallsTest {

    private static final SupervisionTree.Options QUIET =
            SupervisionTree.Options.defaults().withLogging(false);

    private static final RestartDelay LONG = RestartDelay.fixed(Duration.ofHours(1));
    private static final RestartDelay SHORT = RestartDelay.fixed(Duration.ofMillis(20));

    /** Children of a supervisor at its start. */
    private static final int FIRST_ONES = 9;

    // ---- children

    private static Behavior<Object> behavior() {
        return Behaviors.receiveMessage(message -> {
            if (message.equals("finish")) {
                return Behaviors.stopped();
            }
            throw new IllegalStateException("asked to");
        });
    }

    private static ChildSpec worker(String id) {
        return ChildSpec.actor(id, behavior());
    }

    /** One in ten starts fails, and one in ten says that it need not run; but not the first. */
    private static ChildSpec fickle(String id, Random random) {
        return ChildSpec.actor(id, context -> {
            int chance = context.incarnation() <= FIRST_ONES ? FIRST_ONES : random.nextInt(10);
            if (chance == 0) {
                throw new IllegalStateException("does not start");
            }
            return chance == 1 ? context.<Object>ignore() : behavior();
        });
    }

    private static ChildSpec oneshot(String id, OneshotAgain again) {
        return ChildSpec.process(id, ProcessSpec.of("true").withOneshot(again)).withRestartDelay(SHORT);
    }

    private static SupervisorSpec flags(SupervisorSpec strategy) {
        return flags(strategy, Duration.ofHours(1));
    }

    private static SupervisorSpec flags(SupervisorSpec strategy, Duration period) {
        return strategy.withIntensity(1, period).withUnlimitedRestarts();
    }

    // ---- what is compared

    private static List<Node> nodes(TreeSnapshot snapshot) {
        List<Node> nodes = new ArrayList<>(List.of(snapshot.top()));
        for (int i = 0; i < nodes.size(); i++) {
            nodes.addAll(nodes.get(i).children());
        }
        return nodes;
    }

    /** All but times. */
    private static String facts(Node node) {
        return node.path() + " " + node.kind() + " " + node.state() + " " + node.ready() + " " + node.incarnation()
                + " after " + node.former() + " " + node.process() + " restarts " + node.restarts() + " "
                + node.lastExit().map(LastExit::reason) + " " + node.supervision() + " " + node.details();
    }

    private static List<String> facts(TreeSnapshot snapshot) {
        return nodes(snapshot).stream().map(FoldedCallsTest::facts).toList();
    }

    private static void areTheSame(Optional<Instant> folded, Optional<Instant> seen, Duration within, Node node) {
        assertThat(folded.isPresent()).as("a time of %s", node).isEqualTo(seen.isPresent());
        folded.ifPresent(
                time -> assertThat(Duration.between(time, seen.orElseThrow()).abs())
                        .as("times of %s", node)
                        .isLessThanOrEqualTo(within));
    }

    private static void areTheSame(TreeSnapshot folded, TreeSnapshot seen) {
        assertThat(facts(folded)).isEqualTo(facts(seen));
        List<Node> expected = nodes(seen);
        List<Node> all = nodes(folded);
        for (int i = 0; i < all.size(); i++) {
            Node node = all.get(i);
            Duration exact = Duration.ofMillis(2);
            areTheSame(node.since(), expected.get(i).since(), exact, node);
            areTheSame(
                    node.lastExit().map(LastExit::at),
                    expected.get(i).lastExit().map(LastExit::at),
                    exact,
                    node);
            areTheSame(node.nextRestart(), expected.get(i).nextRestart(), Bed.LONG, node);
        }
    }

    private static boolean isAtRest(TreeSnapshot snapshot) {
        return nodes(snapshot).stream()
                .allMatch(node -> node.state() != State.STARTING && node.state() != State.STOPPING);
    }

    /** A fold that hears something else than what is told. */
    private static final class Following implements TreeSubscriber {
        private final TreeFold fold = new TreeFold();
        private final UnaryOperator<Optional<TreeEvent>> hears;

        Following(UnaryOperator<Optional<TreeEvent>> hears) {
            this.hears = hears;
        }

        static Following honestly() {
            return new Following(UnaryOperator.identity());
        }

        @Override
        public void snapshot(TreeSnapshot present) {
            fold.snapshot(present);
        }

        @Override
        public void event(TreeEvent event) {
            hears.apply(Optional.of(event)).ifPresent(fold::event);
        }

        @Override
        public void ended(TreeEnd end) {
            fold.ended(end);
        }
    }

    private static void endsWithWhatASnapshotSays(Following follower, SupervisionTree tree) {
        await().atMost(Bed.LONG).untilAsserted(() -> {
            TreeSnapshot seen = Bed.get(tree.snapshot());
            assertThat(isAtRest(seen)).isTrue();
            areTheSame(follower.fold.present(), seen);
        });
    }

    // ---- a storm

    /** Calls and crashes, as they come. */
    private static final class Storm {
        private static final List<String> STATIC = List.of("", "all", "rest", "quick");
        private static final List<String> IDS = List.of("a", "b", "c", "d", "e", "f", "g");

        private final SupervisionTree tree;
        private final Random random;
        private final Random fickle;

        Storm(SupervisionTree tree, long seed) {
            this.tree = tree;
            this.random = new Random(seed);
            this.fickle = new Random(seed + 1);
        }

        static SupervisorSpec tree(long seed) {
            Random fickle = new Random(seed);
            List<ChildSpec> five = List.of(
                    worker("a").withRestartDelay(RestartDelay.fixed(Duration.ofMillis(1))),
                    worker("b").withRestartDelay(LONG),
                    fickle("c", fickle).withRestartDelay(SHORT),
                    worker("d").withRestart(RestartType.TRANSIENT).withRestartDelay(SHORT),
                    worker("e").withRestart(RestartType.TEMPORARY));
            List<ChildSpec> seven = new ArrayList<>(five);
            seven.add(oneshot("f", OneshotAgain.GROUP));
            seven.add(oneshot("g", OneshotAgain.ONCE));
            List<ChildSpec> all = new ArrayList<>(five);
            all.add(ChildSpec.supervisor(
                    "all", flags(SupervisorSpec.oneForAll()).withChildren(seven)));
            all.add(ChildSpec.supervisor(
                    "rest", flags(SupervisorSpec.restForOne()).withChildren(seven)));
            all.add(ChildSpec.supervisor(
                    "quick",
                    quick(SupervisorSpec.oneForAll())
                            .withChildren(List.of(worker("a"), fickle("b", fickle), worker("c")))));
            all.add(ChildSpec.supervisor(
                    "pool",
                    flags(SupervisorSpec.simpleOneForOne(worker("w")
                            .withRestartDelay(
                                    RestartDelay.exponential(Duration.ofMillis(1), Duration.ofMillis(50)))))));
            all.add(ChildSpec.supervisor("dynamic", flags(SupervisorSpec.dynamic())));
            return flags(SupervisorSpec.oneForOne())
                    .withChildren(all.stream()
                            .map(child -> child.restartDelay().isPresent() ? child : child.withRestartDelay(SHORT))
                            .toList());
        }

        /** With a limit, and restarts that do not wait. */
        private static SupervisorSpec quick(SupervisorSpec strategy) {
            return strategy.withIntensity(100_000, Duration.ofHours(1));
        }

        private ChildSpec waiting(ChildSpec child, String at) {
            return at.equals("quick") ? child : child.withRestartDelay(any(List.of(LONG, SHORT)));
        }

        private <T> T any(List<T> all) {
            return all.get(random.nextInt(all.size()));
        }

        private Optional<SupervisorRef> supervisor(String id) {
            return id.isEmpty() ? Optional.of(tree.root()) : Bed.get(tree.supervisor(id));
        }

        /** One call, or one crash; sometimes its answer is waited for. */
        void blow(int times) {
            for (int i = 0; i < times; i++) {
                CompletionStage<?> answer = random.nextInt(3) == 0 ? dynamic() : ofStatic();
                if (random.nextInt(4) == 0) {
                    Bed.get(answer.handle((value, failure) -> "answered"));
                }
            }
        }

        private CompletionStage<?> ofStatic() {
            String at = any(STATIC);
            String id = any(IDS);
            SupervisorRef supervisor = supervisor(at).orElseThrow();
            return switch (random.nextInt(13)) {
                case 0 -> supervisor.terminateChild(id);
                case 1, 2 -> supervisor.restartChild(id);
                case 3 -> supervisor.deleteChild(id);
                case 4 -> supervisor.startChild(waiting(fickle(id, fickle), at));
                case 5 -> at.isEmpty() ? supervisor.count() : change(supervisor, at);
                case 6 -> supervisor.renewChild(id);
                case 7 -> at.isEmpty() ? supervisor.count() : supervisor.renewAll();
                case 8 -> supervisor.killChild(id);
                case 9 -> supervisor.startOnce(id);
                case 10 -> supervisor.startNow(id);
                default -> {
                    supervisor.ref(Object.class, id).tell(any(List.of("crash", "crash", "finish")));
                    yield supervisor.count();
                }
            };
        }

        /** Other flags, another order, others; those that are not named stay. */
        private CompletionStage<?> change(SupervisorRef supervisor, String at) {
            List<String> ids = new ArrayList<>(IDS);
            Collections.shuffle(ids, random);
            List<ChildSpec> some = ids.subList(0, 1 + random.nextInt(ids.size())).stream()
                    .map(id -> waiting(random.nextBoolean() ? worker(id) : ChildSpec.closeable(id, () -> () -> {}), at))
                    .toList();
            SupervisorSpec strategy = any(List.of(
                    SupervisorSpec.oneForOne(),
                    at.equals("rest") ? SupervisorSpec.restForOne() : SupervisorSpec.oneForAll()));
            return supervisor.reconfigure((at.equals("quick") ? quick(strategy) : flags(strategy)).withChildren(some));
        }

        private CompletionStage<?> dynamic() {
            boolean isPool = random.nextBoolean();
            SupervisorRef supervisor = supervisor(isPool ? "pool" : "dynamic").orElseThrow();
            List<ChildHandle> known = Bed.get(supervisor.children()).stream()
                    .flatMap(info -> info.handle().stream())
                    .toList();
            int chance = random.nextInt(10);
            if (known.isEmpty() || chance == 0) {
                return isPool
                        ? supervisor.startFromTemplate()
                        : supervisor.startChild(fickle(any(IDS), fickle).withRestartDelay(any(List.of(LONG, SHORT))));
            }
            ChildHandle one = any(known);
            return switch (chance) {
                case 1 -> supervisor.terminateChild(one);
                case 2 -> supervisor.renewChild(one);
                case 3 -> supervisor.killChild(one);
                case 4 -> supervisor.startOnce(one);
                case 5 -> supervisor.startNow(one);
                default -> {
                    one.<Object>ref().tell("crash");
                    yield supervisor.count();
                }
            };
        }
    }

    static List<Long> seeds() {
        return IntStream.range(0, 12).mapToObj(i -> 0xca11L + i * 7919L).toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void who_comes_in_a_storm_of_calls_ends_with_what_a_snapshot_says(long seed) {
        List<Following> followers =
                IntStream.range(0, 4).mapToObj(i -> Following.honestly()).toList();
        boolean tellsTransitions = seed % 2 == 0;
        try (SupervisionTree tree = SupervisionTree.start(Storm.tree(seed), QUIET.withTransitions(tellsTransitions))) {
            Storm storm = new Storm(tree, seed);
            for (Following follower : followers) {
                storm.blow(60);
                assertThat(tree.subscribe(follower)).isNotNull();
            }
            storm.blow(60);

            followers.forEach(follower -> endsWithWhatASnapshotSays(follower, tree));
        }
    }

    // ---- a gap is reported

    private static UnaryOperator<Optional<TreeEvent>> without(Class<? extends TreeEvent> type) {
        return event -> event.filter(told -> !type.isInstance(told));
    }

    private static Optional<TreeEvent> withoutPredecessor(Optional<TreeEvent> event) {
        return event.map(told -> told instanceof SupervisorEvent.ChildStarted started
                ? new SupervisorEvent.ChildStarted(
                        started.supervisor(), started.child(), started.cause(), OptionalLong.empty())
                : told);
    }

    static Stream<Arguments> gaps() {
        return Stream.of(
                Arguments.of("deleted", without(SupervisorEvent.ChildDeleted.class)),
                Arguments.of("cancelled", without(SupervisorEvent.RestartCancelled.class)),
                Arguments.of("begun", without(SupervisorEvent.RestartBegun.class)),
                Arguments.of("changed", without(SupervisorEvent.SupervisorChanged.class)),
                Arguments.of(
                        "whom it succeeds", (UnaryOperator<Optional<TreeEvent>>) FoldedCallsTest::withoutPredecessor));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("gaps")
    void a_planted_gap_is_reported(String what, UnaryOperator<Optional<TreeEvent>> hears) {
        Following honest = Following.honestly();
        Following deceived = new Following(hears);
        SupervisorSpec pool = flags(SupervisorSpec.simpleOneForOne(worker("w").withRestartDelay(SHORT)));
        List<ChildSpec> children = List.of(
                worker("deleted").withRestartDelay(SHORT),
                worker("slow").withRestartDelay(LONG),
                worker("soon").withRestartDelay(SHORT),
                ChildSpec.supervisor("pool", pool).withRestartDelay(SHORT));
        List<ChildSpec> reversed = new ArrayList<>(children);
        Collections.reverse(reversed);
        try (SupervisionTree tree =
                SupervisionTree.start(flags(SupervisorSpec.oneForOne()).withChildren(children), QUIET)) {
            SupervisorRef root = tree.root();
            assertThat(tree.subscribe(honest)).isNotNull();
            assertThat(tree.subscribe(deceived)).isNotNull();
            endsWithWhatASnapshotSays(deceived, tree);

            Bed.get(root.reconfigure(
                    flags(SupervisorSpec.oneForOne(), Duration.ofHours(2)).withChildren(reversed)));
            Bed.get(root.terminateChild("deleted"));
            Bed.get(root.deleteChild("deleted"));
            crash(root, "slow", ChildState.RESTARTING);
            endsWithWhatASnapshotSays(honest, tree);
            Bed.get(root.terminateChild("slow"));
            crash(root, "soon", ChildState.RUNNING);
            SupervisorRef workers = Bed.get(tree.supervisor("pool")).orElseThrow();
            Bed.get(workers.startFromTemplate());
            Bed.get(workers.startFromTemplate());
            ChildHandle first = handles(workers).get(0);
            first.<Object>ref().tell("crash");
            await().atMost(Bed.LONG)
                    .until(() -> handles(workers).size() == 2
                            && !handles(workers).get(0).equals(first)
                            && Bed.get(workers.children()).stream()
                                    .allMatch(info -> info.state() == ChildState.RUNNING));

            endsWithWhatASnapshotSays(honest, tree);
            TreeSnapshot seen = Bed.get(tree.snapshot());
            await().atMost(Bed.LONG)
                    .until(() ->
                            deceived.fold.present().find("/soon").orElseThrow().restarts() == 1);
            assertThat(facts(deceived.fold.present())).isNotEqualTo(facts(seen));
        }
    }

    private static List<ChildHandle> handles(SupervisorRef supervisor) {
        return Bed.get(supervisor.children()).stream()
                .flatMap(info -> info.handle().stream())
                .toList();
    }

    private static void crash(SupervisorRef supervisor, String id, ChildState then) {
        ChildHandle before = info(supervisor, id).handle().orElseThrow();
        before.<Object>ref().tell("crash");
        await().atMost(Bed.LONG).until(() -> {
            ChildInfo now = info(supervisor, id);
            boolean isAnother = !now.handle().equals(Optional.of(before));
            return now.state() == then && (then != ChildState.RUNNING || isAnother);
        });
    }

    private static ChildInfo info(SupervisorRef supervisor, String id) {
        SupervisorResult.WhichResult found = Bed.get(supervisor.child(id));
        return (ChildInfo) found;
    }

    // ---- a start that a call asked for

    @Test
    void one_that_a_call_adds_and_that_does_not_start_is_not_there() {
        CountDownLatch release = new CountDownLatch(1);
        ChildSpec hangs = ChildSpec.closeable("x", () -> {
            Bed.awaitLatch(release);
            throw new IllegalStateException("does not start");
        });
        Following follower = Following.honestly();
        try (SupervisionTree tree = SupervisionTree.start(flags(SupervisorSpec.oneForOne()), QUIET)) {
            var started = tree.root().startChild(hangs.withRestartDelay(SHORT));
            await().atMost(Bed.LONG)
                    .until(() ->
                            Bed.get(tree.snapshot()).find("/x").map(Node::state).equals(Optional.of(State.STARTING)));
            assertThat(tree.subscribe(follower)).isNotNull();
            await().atMost(Bed.LONG)
                    .until(() -> follower.fold.present().find("/x").isPresent());

            release.countDown();

            assertThat(Bed.get(started))
                    .isInstanceOfSatisfying(
                            SupervisorResult.StartFailed.class,
                            failed -> assertThat(failed.reason()).isInstanceOf(ExitReason.Crash.class));
            endsWithWhatASnapshotSays(follower, tree);
            assertThat(follower.fold.present().find("/x")).isEmpty();
        }
    }
}
