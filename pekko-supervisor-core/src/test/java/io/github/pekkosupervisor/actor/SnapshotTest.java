package io.github.pekkosupervisor.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.TreeHealth;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.testing.NoProcessLeft;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A snapshot of a tree that runs, starts, hangs, or has ended; and what it is for a probe. */
@ExtendWith(NoProcessLeft.class)
final class SnapshotTest {

    private static final SupervisionTree.Options QUIET =
            SupervisionTree.Options.defaults().withLogging(false);

    private static final ChildSpec IDLE = ChildSpec.actor("idle", Behaviors.empty());

    private static SupervisorSpec one(ChildSpec... children) {
        return SupervisorSpec.oneForOne().withChildren(List.of(children));
    }

    private static Node node(TreeSnapshot snapshot, String path) {
        return snapshot.find(path).orElseThrow();
    }

    /** In which everybody has answered: who gets no processor for a second is shown without an answer. */
    private static TreeSnapshot answered(SupervisionTree tree) {
        AtomicReference<TreeSnapshot> last = new AtomicReference<>();
        await().atMost(Bed.LONG).until(() -> {
            TreeSnapshot now = Bed.get(tree.snapshot());
            last.set(now);
            return nobodyIsMissing(now);
        });
        return Objects.requireNonNull(last.get());
    }

    private static boolean nobodyIsMissing(TreeSnapshot snapshot) {
        Deque<Node> left = new ArrayDeque<>(List.of(snapshot.top()));
        while (!left.isEmpty()) {
            Node node = left.pop();
            if (node.details().containsKey("answer")) {
                return false;
            }
            left.addAll(node.children());
        }
        return true;
    }

    private static ChildSpec crashes(String id) {
        Behavior<Object> behavior = Behaviors.receiveMessage(any -> {
            throw new IllegalStateException("asked to");
        });
        return ChildSpec.actor(id, behavior);
    }

    @Test
    void each_place_is_seen_with_its_kind_and_process() {
        ChildSpec sleeper = ChildSpec.process("sleeper", "sleep", "100000");
        ChildSpec java = ChildSpec.closeable("java", () -> () -> {});
        try (SupervisionTree tree = SupervisionTree.start(
                one(IDLE, ChildSpec.supervisor("s", one(sleeper, java)), IDLE.withId("a/b")), QUIET)) {
            TreeSnapshot snapshot = answered(tree);

            assertThat(snapshot.toString().lines().map(line -> line.replaceAll(" since .*", "")))
                    .satisfiesExactly(
                            line -> assertThat(line).isEqualTo("/  supervisor  running "),
                            line -> assertThat(line).isEqualTo("  idle#1  actor  running "),
                            line -> assertThat(line).isEqualTo("  s#2  supervisor  running "),
                            line -> assertThat(line).matches("    sleeper#1  process  running  pid \\d+ "),
                            line -> assertThat(line).isEqualTo("    java#2  Java service  running "),
                            line -> assertThat(line).isEqualTo("  a/b#3  actor  running "));
            assertThat(snapshot.toString().lines().findFirst())
                    .hasValueSatisfying(line -> assertThat(line).endsWith("Z  one for one  0 of 1 restarts in 5 s"));
            assertThat(Bed.get(tree.process("s", "sleeper")))
                    .isPresent()
                    .isEqualTo(node(snapshot, "/s/sleeper").process());
            assertThat(Bed.get(tree.process("s", "java"))).isEmpty();
            assertThat(Bed.get(tree.process("s"))).isEmpty();
            assertThat(Bed.get(tree.process("nobody", "here"))).isEmpty();
        }
    }

    /** As of a dynamic child that is named after what a client has sent. */
    @Test
    void what_an_id_has_in_it_makes_no_line_of_its_own_and_does_nothing_to_a_terminal() {
        String forged = "eve\nERROR supervisor [/] ends \u001b[31m";
        try (SupervisionTree tree = SupervisionTree.start(one(), QUIET)) {
            String started =
                    Bed.get(tree.root().startChild(IDLE.withId(forged))).toString();
            Bed.get(tree.root().terminateChild(forged));
            TreeSnapshot snapshot = answered(tree);
            TreeHealth.NotReady place = new TreeHealth.NotReady("/" + forged, "it has said " + forged);

            assertThat(started).contains("eve\\nERROR supervisor [/] ends \\x1b[31m#1");
            assertThat(snapshot.toString().lines()).hasSize(2);
            assertThat(List.of(started, snapshot.toString(), place.toString()))
                    .noneMatch(text -> text.contains("\nERROR") || text.contains("\u001b"));
        }
    }

    @Test
    void json_says_the_same_to_programs() {
        try (SupervisionTree tree =
                SupervisionTree.start(one(ChildSpec.supervisor("s", one(crashes("\"x\\\u00e9"))), IDLE), QUIET)) {
            tree.ref(Object.class, "s", "\"x\\\u00e9").tell("now");
            await().atMost(Bed.LONG)
                    .until(() -> node(answered(tree), "/s/\"x\\\u00e9").restarts() == 1);

            TreeSnapshot snapshot = answered(tree);
            Config json = ConfigFactory.parseString(snapshot.toJson());

            assertThat(json.getString("at")).isEqualTo(snapshot.at().toString());
            assertThat(json.getString("top.supervision.strategy")).isEqualTo("one for one");
            List<? extends Config> below = json.getConfigList("top.children");
            assertThat(below).extracting(child -> child.getString("path")).containsExactly("/s", "/idle");
            Config crashed = below.get(0).getConfigList("children").get(0);
            assertThat(crashed.getString("path")).isEqualTo("/s/\"x\\\u00e9");
            assertThat(crashed.getInt("restarts")).isEqualTo(1);
            assertThat(crashed.getBoolean("ready")).isTrue();
            assertThat(crashed.getString("lastExit.reason")).contains("IllegalStateException", "asked to");
        }
    }

    @Test
    void a_start_that_hangs_is_seen_and_keeps_nobody_from_looking() {
        CountDownLatch release = new CountDownLatch(1);
        ChildSpec hangs = ChildSpec.service(
                "hangs",
                () -> {
                    release.await();
                    return "up";
                },
                any -> {});
        try (SupervisionTree tree = SupervisionTree.start(one(IDLE), QUIET)) {
            var started = tree.root().startChild(hangs).toCompletableFuture();
            await().atMost(Bed.LONG)
                    .until(() -> Bed.get(tree.snapshot()).find("/hangs").isPresent());

            assertThat(node(Bed.get(tree.snapshot()), "/hangs").state()).isEqualTo(State.STARTING);
            assertThat(Bed.get(tree.health()))
                    .isEqualTo(new TreeHealth(true, false, List.of(new TreeHealth.NotReady("/hangs", "starting"))));

            release.countDown();
            Bed.get(started);
            assertThat(Bed.get(tree.health())).isEqualTo(new TreeHealth(true, true, List.of()));
        }
    }

    @Test
    void a_supervisor_whose_init_hangs_is_seen_as_the_one_above_knows_it() {
        CountDownLatch release = new CountDownLatch(1);
        ChildSpec hangs = ChildSpec.supervisor("hangs", () -> {
            release.await();
            return one(IDLE);
        });
        try (SupervisionTree tree = SupervisionTree.start(one(IDLE), QUIET)) {
            var started = tree.root().startChild(hangs).toCompletableFuture();
            await().atMost(Bed.LONG)
                    .until(() -> Bed.get(tree.snapshot()).find("/hangs").isPresent());

            Node seen = node(Bed.get(tree.snapshot()), "/hangs");

            assertThat(seen.state()).isEqualTo(State.STARTING);
            assertThat(seen.children()).isEmpty();
            assertThat(seen.details()).containsKey("answer");
            release.countDown();
            Bed.get(started);
        }
    }

    @Test
    void one_supervisor_shows_what_is_below_it_and_when_it_has_ended_says_so() {
        try (SupervisionTree tree =
                SupervisionTree.start(one(IDLE, ChildSpec.supervisor("s", one(IDLE.withId("below")))), QUIET)) {
            SupervisorRef s = Bed.get(tree.supervisor("s")).orElseThrow();

            assertThat(Bed.get(s.snapshot()).top().children())
                    .extracting(Node::path)
                    .containsExactly("/s/below");

            Bed.get(tree.root().terminateChild("s"));
            assertThatThrownBy(() -> Bed.get(s.snapshot())).hasMessageContaining("supervisor /s has ended");
            assertThat(node(Bed.get(tree.snapshot()), "/s").state()).isEqualTo(State.STOPPED);
            assertThat(Bed.get(tree.health()).ready()).isTrue();
        }
    }

    @Test
    void a_tree_that_has_ended_says_how_and_is_not_live() {
        SupervisionTree tree = SupervisionTree.start(one(IDLE), QUIET);
        tree.close();

        Node top = Bed.get(tree.snapshot()).top();

        assertThat(top.state()).isEqualTo(State.STOPPED);
        assertThat(top.lastExit().orElseThrow().reason()).isEqualTo("closed");
        assertThat(Bed.get(tree.health()))
                .isEqualTo(new TreeHealth(
                        false, false, List.of(new TreeHealth.NotReady("/", "stopped, last exit: closed"))));
        assertThat(Bed.get(tree.process("idle"))).isEmpty();
    }

    @Test
    void who_looks_while_the_tree_ends_is_answered() {
        SupervisionTree tree = SupervisionTree.start(one(IDLE, ChildSpec.supervisor("s", one(IDLE))), QUIET);

        var looks = IntStream.range(0, 200)
                .mapToObj(i -> {
                    if (i == 100) {
                        var stopping = tree.stop();
                        assertThat(stopping).isNotNull();
                    }
                    return tree.snapshot();
                })
                .toList();

        assertThat(looks)
                .allSatisfy(look -> assertThat(Bed.get(look).top().path()).isEqualTo("/"));
        Bed.get(tree.whenEnded());
    }

    /** As deep as a stack is not. */
    @Test
    void a_deep_tree_is_seen_to_its_bottom() {
        ChildSpec at = IDLE;
        for (int i = 0; i < 2_000; i++) {
            at = ChildSpec.supervisor("s", one(at));
        }
        try (SupervisionTree tree = SupervisionTree.start(one(at), QUIET)) {
            String bottom = "/s".repeat(2_000) + "/idle";

            TreeSnapshot snapshot = answered(tree);

            assertThat(node(snapshot, bottom).ready()).isTrue();
            assertThat(snapshot.toString().lines().count()).isEqualTo(2_002);
            assertThat(snapshot.toJson()).endsWith("]}".repeat(2_002) + "}");
        }
    }

    /** Prints what 100,000 children cost; asserts no more than that all are there. */
    @Test
    void a_hundred_thousand_children_are_seen() {
        int many = 100_000;
        ChildSpec template = ChildSpec.actor("w", Behaviors.empty());
        try (SupervisionTree tree = SupervisionTree.start(SupervisorSpec.simpleOneForOne(template), QUIET)) {
            IntStream.range(0, many).forEach(i -> tree.root().startFromTemplate());
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> Bed.get(tree.root().count()).active() == many);
            AtomicReference<TreeSnapshot> last = new AtomicReference<>();

            IntStream.range(0, 5).forEach(round -> {
                long allocated = allocated();
                long before = System.nanoTime();
                last.set(Bed.get(tree.snapshot()));
                long whole = System.nanoTime();
                long snapped = allocated();
                boolean ready = Bed.get(tree.health()).ready();
                long probed = System.nanoTime();
                System.out.println("snapshot of 100,000 children: " + (whole - before) / 1_000_000 + " ms, "
                        + (snapped - allocated) / many + " bytes each; health: "
                        + (probed - whole) / 1_000_000 + " ms, ready: " + ready);
            });

            assertThat(Objects.requireNonNull(last.get()).top().children()).hasSize(many);
        }
    }

    private static long allocated() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }
}
