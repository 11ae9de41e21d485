package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.actor.Bed.answer;
import static io.github.pekkosupervisor.actor.Bed.get;
import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeFold;
import io.github.pekkosupervisor.protocol.TreeSubscription;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Gates of running trees, and what listeners are told of children on their way. */
final class StartGateTest {

    private static final ActorTestKit KIT = ActorTestKit.create();

    private final List<SupervisorEvent> events = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final SupervisionTree.Options options = SupervisionTree.Options.defaults()
            .withSystem(KIT.system())
            .withLogging(false)
            .withListener(TreeEvent.only(SupervisorEvent.class, events::add));

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private static ChildSpec actor(String id) {
        return ChildSpec.actor(id, Behaviors.empty());
    }

    private StartGate noting(String name, boolean says) {
        return StartGate.of(start -> {
            asked.add(name + " " + start.path() + " " + start.cause());
            return says;
        });
    }

    private static String state(SupervisionTree tree, String id) {
        return ((ChildInfo) answer(tree.root().child(id))).state().toString();
    }

    @Test
    void all_must_agree_and_those_below_are_asked_for_too() {
        SupervisionTree.Options both = options.withStartGate(noting("first", true))
                .withStartGate(start -> {
                    asked.add("second " + start.path());
                    return CompletableFuture.completedFuture(!start.path().equals("/u/x"));
                });
        try (SupervisionTree tree =
                SupervisionTree.start(spec(ChildSpec.supervisor("u", spec(actor("x"), actor("y")))), both)) {
            assertThat(asked)
                    .containsExactly(
                            "first /u START_UP", "second /u",
                            "first /u/x START_UP", "second /u/x",
                            "first /u/y START_UP", "second /u/y");
            var below = get(tree.supervisor("u")).orElseThrow();
            assertThat(get(below.children()))
                    .extracting(ChildInfo::state)
                    .containsExactly(ChildState.STOPPED, ChildState.RUNNING);
        }
    }

    @Test
    void after_the_first_no_nobody_is_asked() {
        SupervisionTree.Options both =
                options.withStartGate(noting("first", false)).withStartGate(noting("second", true));
        try (SupervisionTree tree = SupervisionTree.start(spec(actor("a")), both)) {
            assertThat(asked).containsExactly("first /a START_UP");
            assertThat(state(tree, "a")).isEqualTo("STOPPED");
            assertThat(answer(tree.root().restartChild("a"))).isEqualTo(SupervisorResult.Ignored.INSTANCE);
        }
    }

    @Test
    void what_takes_time_is_waited_for() {
        CompletableFuture<Boolean> says = new CompletableFuture<>();
        SupervisionTree.Options slow = options.withStartGate(start -> says).withStartGate(noting("second", true));
        CompletionStage<SupervisionTree> starts = SupervisionTree.startAsync(spec(actor("a")), slow);
        assertThat(asked).isEmpty();

        says.complete(true);

        try (SupervisionTree tree = get(starts)) {
            assertThat(state(tree, "a")).isEqualTo("RUNNING");
            assertThat(asked).containsExactly("second /a START_UP");
        }
    }

    @Test
    void a_tree_can_be_stopped_while_a_gate_does_not_answer() {
        SupervisionTree tree = SupervisionTree.start(spec(), options.withStartGate(start -> new CompletableFuture<>()));
        var starts = tree.root().startChild(actor("a"));

        tree.close();

        assertThat(answer(starts)).isEqualTo(SupervisorResult.SupervisorGone.INSTANCE);
    }

    @Test
    @SuppressWarnings("NullAway") // who writes no null checks may return null
    void what_throws_fails_or_returns_nothing_has_said_no() {
        List<StartGate> broken = List.of(
                start -> {
                    throw new IllegalStateException("broken");
                },
                start -> CompletableFuture.failedFuture(new IllegalStateException("broken")),
                start -> CompletableFuture.completedFuture(null),
                start -> null);
        for (StartGate gate : broken) {
            LoggingTestKit.error("has failed for [/a], which counts as no").expect(KIT.system(), () -> {
                try (SupervisionTree tree = SupervisionTree.start(spec(actor("a")), options.withStartGate(gate))) {
                    assertThat(state(tree, "a")).isEqualTo("STOPPED");
                }
                return null;
            });
        }
    }

    @Test
    void who_follows_the_tree_sees_one_that_was_not_let_in_again() {
        AtomicBoolean open = new AtomicBoolean(true);
        TreeFold fold = new TreeFold();
        try (SupervisionTree tree = SupervisionTree.start(
                spec(actor("a"), actor("b")), options.withStartGate(StartGate.of(start -> open.get())))) {
            TreeSubscription subscription = tree.subscribe(fold);
            await().atMost(Bed.LONG).until(() -> fold.present().top().children().size() == 2);
            open.set(false);

            get(tree.root().killChild("a"));

            await().atMost(Bed.LONG)
                    .untilAsserted(() -> assertThat(fold.present().top().children())
                            .extracting(node -> node.path() + " " + node.state())
                            .containsExactly("/a IGNORED", "/b RUNNING"));
            assertThat(get(tree.snapshot()).top().children())
                    .extracting(node -> node.path() + " " + node.state())
                    .containsExactly("/a IGNORED", "/b RUNNING");
            subscription.close();
        }
    }

    // ---- transitions

    @Test
    void a_process_is_told_to_be_starting_when_it_has_a_pid() {
        SupervisorSpec spec = spec(ChildSpec.process("p", ProcessSpec.of("sleep", A_DAY)), actor("a"));
        try (SupervisionTree tree = SupervisionTree.start(spec, options.withTransitions(true))) {
            get(tree.root().renewChild("p"));
        }
        List<SupervisorEvent> ofChildren = events.stream()
                .filter(SupervisorEvent.OfChild.class::isInstance)
                .toList();
        assertThat(ofChildren)
                .extracting(event -> event.getClass().getSimpleName() + " " + ((SupervisorEvent.OfChild) event).child())
                .containsExactly(
                        "ChildStarting p#1",
                        "ChildStarted p#1",
                        "ChildStarting a#2",
                        "ChildStarted a#2",
                        "ChildStopping p#1",
                        "ChildStopped p#1",
                        "ChildStarting p#3",
                        "ChildStarted p#3",
                        "ChildStopping a#2",
                        "ChildStopped a#2",
                        "ChildStopping p#3",
                        "ChildStopped p#3");
        assertThat(ofChildren)
                .filteredOn(SupervisorEvent.ChildStarting.class::isInstance)
                .filteredOn(
                        event -> ((SupervisorEvent.OfChild) event).child().id().equals("p"))
                .allSatisfy(event -> assertThat(((SupervisorEvent.OfChild) event)
                                .child()
                                .handle()
                                .orElseThrow()
                                .process())
                        .isPresent());
    }

    @Test
    void without_the_option_nothing_is_told_of_them() {
        try (SupervisionTree tree = SupervisionTree.start(spec(actor("a")), options)) {
            get(tree.root().renewChild("a"));
        }
        assertThat(events).isNotEmpty().noneMatch(SupervisorEvent.Transition.class::isInstance);
    }
}
