package io.github.pekkosupervisor.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the page on strategies says of who is restarted, and when it is enough. */
class StrategiesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static ChildSpec sleeper(String id) {
        return ChildSpec.runnable(id, child -> new CountDownLatch(1).await());
    }

    private static Map<String, Long> incarnations(SupervisionTree tree) {
        return get(tree.snapshot()).top().children().stream()
                .filter(node -> node.state() == State.RUNNING)
                .collect(Collectors.toMap(
                        StrategiesTest::id, node -> node.incarnation().orElse(0)));
    }

    private static String id(Node node) {
        return node.path().substring(node.path().lastIndexOf('/') + 1);
    }

    static Stream<Arguments> strategies() {
        return Stream.of(
                Arguments.of(SupervisorSpec.oneForOne(), List.of("b")),
                Arguments.of(SupervisorSpec.oneForAll(), List.of("a", "b", "c")),
                Arguments.of(SupervisorSpec.restForOne(), List.of("b", "c")));
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void the_strategy_says_who_is_restarted(SupervisorSpec strategy, List<String> restarted) {
        try (SupervisionTree tree =
                SupervisionTree.start(strategy.withChildren(List.of(sleeper("a"), sleeper("b"), sleeper("c"))))) {
            Map<String, Long> before = incarnations(tree);

            get(tree.root().killChild("b"));

            await().atMost(PATIENCE)
                    .until(() -> incarnations(tree).size() == 3
                            && !Objects.equals(incarnations(tree).get("b"), before.get("b")));
            Map<String, Long> after = incarnations(tree);
            assertThat(Stream.of("a", "b", "c").filter(id -> !Objects.equals(before.get(id), after.get(id))))
                    .containsExactlyElementsOf(restarted);
        }
    }

    @Test
    void a_tree_has_branches() {
        ChildSpec cache = sleeper("cache");
        ChildSpec web = sleeper("web");
        ChildSpec mailer = sleeper("mailer");
        ChildSpec reports = sleeper("reports");
        // guide: branches
        SupervisorSpec shop = SupervisorSpec.restForOne().withChild(cache).withChild(web);
        SupervisorSpec jobs = SupervisorSpec.oneForOne().withChild(mailer).withChild(reports);
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withChild(ChildSpec.supervisor("shop", shop))
                .withChild(ChildSpec.supervisor("jobs", jobs));
        // guide: end

        try (SupervisionTree tree = SupervisionTree.start(spec)) {
            SupervisorRef below = get(tree.supervisor("shop")).orElseThrow();
            get(below.killChild("cache"));

            await().atMost(PATIENCE)
                    .until(() ->
                            get(tree.snapshot()).find("/shop/web").orElseThrow().restarts() == 1);
            assertThat(get(tree.snapshot()).find("/jobs/mailer").orElseThrow().restarts())
                    .isZero();
        }
    }

    static Stream<Arguments> types() {
        return Stream.of(
                Arguments.of(RestartType.PERMANENT, true, true),
                Arguments.of(RestartType.TRANSIENT, false, true),
                Arguments.of(RestartType.TEMPORARY, false, false));
    }

    @ParameterizedTest
    @MethodSource("types")
    void the_type_says_whether_it_is_restarted(RestartType type, boolean afterNormal, boolean afterFailure) {
        assertThat(runsAgain(type, ExitReason.normal())).isEqualTo(afterNormal);
        assertThat(runsAgain(type, ExitReason.failed("broken"))).isEqualTo(afterFailure);
    }

    /** The first incarnation ends so; a second one stays. A sibling that is started later shows that it is decided. */
    private static boolean runsAgain(RestartType type, ExitReason reason) {
        CompletableFuture<Void> go = new CompletableFuture<>();
        ChildSpec child = ChildSpec.runnable("a", context -> {
                    if (context.incarnation() == 1) {
                        go.join();
                        context.exit(reason);
                    } else {
                        new CountDownLatch(1).await();
                    }
                })
                .withRestart(type);
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        SupervisionTree.Options options = SupervisionTree.Options.defaults().withListener(event -> {
            if (event instanceof io.github.pekkosupervisor.protocol.SupervisorEvent.ChildEnd end
                    && end.child().id().equals("a")) {
                ended.complete(true);
            }
        });
        try (SupervisionTree tree =
                SupervisionTree.start(SupervisorSpec.oneForOne().withChild(child), options)) {
            go.complete(null);
            ended.orTimeout(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
                    .join();
            get(tree.root().startChild(sleeper("later")));
            return incarnations(tree).containsKey("a");
        }
    }

    // guide: enough
    private static final String ENOUGH = """
            gave up: supervisor / allows 1 restart in 5 s, and child broken ended with failed(no licence)
            """;
    // guide: end

    @Test
    void at_some_point_it_is_enough() {
        ChildSpec broken = ChildSpec.runnable("broken", child -> child.exit(ExitReason.failed("no licence")));
        SupervisionTree tree = SupervisionTree.start(SupervisorSpec.oneForOne().withChild(broken));

        TreeEnd end = get(tree.whenEnded());

        assertThat(end).hasToString(ENOUGH.strip());
        assertThat(end.isFailure()).isTrue();
    }

    @Test
    void who_comes_again_and_again_waits_in_between() {
        CountDownLatch third = new CountDownLatch(3);
        ChildSpec.Action<? super io.github.pekkosupervisor.spec.ChildContext> connect = child -> {
            third.countDown();
            if (third.getCount() > 0) {
                throw new IllegalStateException("nobody there");
            }
            new CountDownLatch(1).await();
        };
        // guide: forever
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withUnlimitedRestarts() // allowed only since the child waits before each
                .withChild(ChildSpec.runnable("uplink", connect)
                        .withRestartDelay(RestartDelay.exponential(Duration.ofMillis(100), Duration.ofSeconds(30))));
        // guide: end

        try (SupervisionTree tree = SupervisionTree.start(spec)) {
            await().atMost(PATIENCE)
                    .until(() ->
                            get(tree.snapshot()).find("/uplink").orElseThrow().restarts() == 2);
        }
    }

    @Test
    void children_come_and_go() {
        Function<String, ChildSpec> session = StrategiesTest::sleeper;
        // guide: dynamic
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withChild(ChildSpec.supervisor(
                        "sessions", SupervisorSpec.dynamic().withMaxChildren(1000)));
        try (SupervisionTree tree = SupervisionTree.start(spec)) {
            SupervisorRef sessions =
                    tree.supervisor("sessions").toCompletableFuture().join().orElseThrow();
            sessions.startChild(session.apply("alice").withRestart(RestartType.TEMPORARY));
            sessions.startChild(session.apply("bob").withRestart(RestartType.TEMPORARY));
            // guide: end
            assertThat(get(sessions.children())).hasSize(2);
        }
    }

    @Test
    void the_end_of_one_may_be_the_end_of_all() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        ChildSpec helper = sleeper("helper");
        // guide: significant
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withAutoShutdown(AutoShutdown.ANY_SIGNIFICANT)
                .withChild(helper)
                .withChild(ChildSpec.completion("import", () -> done)
                        .withRestart(RestartType.TRANSIENT)
                        .withSignificant(true));
        // guide: end
        SupervisionTree tree = SupervisionTree.start(spec);

        done.complete(null);

        assertThat(get(tree.whenEnded()).isFailure()).isFalse();
    }
}
