package io.github.pekkosupervisor.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What stays of a child while its incarnations come and go: how long, and what it hears. */
class KeepersTest {

    private static final CompletableFuture<Void> NOW = CompletableFuture.completedFuture(null);

    private enum Released {
        INSTANCE
    }

    private final List<String> notes = new CopyOnWriteArrayList<>();
    private final List<TreeEvent> told = new CopyOnWriteArrayList<>();
    private Optional<SupervisionTree> tree = Optional.empty();

    @AfterEach
    void end() {
        tree.ifPresent(SupervisionTree::close);
    }

    /** Ends as the word says that it is sent, and its keeper notes all that it hears. */
    private record Kept(List<String> notes, CompletableFuture<Void> release) implements ChildKind, ChildRunner {
        @Override
        public String name() {
            return "kept";
        }

        @Override
        public Optional<Duration> defaultStartTimeout() {
            return Optional.of(Duration.ofSeconds(10));
        }

        @Override
        public boolean isAwaited() {
            return true;
        }

        @Override
        public boolean isAwaitedAs(ChildKind other) {
            return equals(other);
        }

        @Override
        public boolean hasKeeper() {
            return true;
        }

        @Override
        public Behavior<?> keeper(KeeperContext child) {
            notes.add("keeper of " + child.path() + (child.isOfDynamic() ? ", dynamic" : "")
                    + (child.leaving().isEmpty()
                            ? ""
                            : ", after " + child.leaving().size()));
            return Behaviors.setup(this::keeping);
        }

        private Behavior<Object> keeping(ActorContext<Object> context) {
            return Behaviors.receive(Object.class)
                    .onMessage(KeeperNotice.StaysDown.class, down -> {
                        notes.add("stays down");
                        return Behaviors.same();
                    })
                    .onMessage(KeeperNotice.Leave.class, leave -> {
                        notes.add("leaves");
                        context.pipeToSelf(release, (done, failure) -> Released.INSTANCE);
                        return Behaviors.same();
                    })
                    .onMessage(Released.class, released -> Behaviors.stopped())
                    .onMessage(String.class, word -> {
                        notes.add(word);
                        if (word.equals("crash")) {
                            throw new IllegalStateException(word);
                        }
                        return Behaviors.same();
                    })
                    .onSignal(PostStop.class, stop -> {
                        notes.add("gone");
                        return Behaviors.same();
                    })
                    .build();
        }

        @Override
        public Behavior<?> incarnation(IncarnationContext child) {
            child.keeper().tell(child.startCause() + (child.isOnce() ? " once" : ""));
            child.ready();
            return Behaviors.receive(Object.class)
                    .onMessageEquals("stop", () -> {
                        child.keeper().tell(child.comesBack() ? "stops, comes back" : "stops");
                        return Behaviors.stopped();
                    })
                    .onMessageEquals("crash", () -> {
                        child.keeper().tell("crash");
                        return Behaviors.same();
                    })
                    .onMessageEquals("normal", () -> child.exit(ExitReason.normal()))
                    .onMessageEquals("fail", () -> child.exit(ExitReason.failed("told to")))
                    .build();
        }

        @Override
        public Optional<Object> stopRequest(Duration within) {
            return Optional.of("stop");
        }
    }

    private ChildSpec kept(String id) {
        return ChildSpec.of(id, new Kept(notes, NOW));
    }

    private SupervisionTree start(SupervisorSpec spec) {
        SupervisionTree started = SupervisionTree.start(
                spec, Options.defaults().withLogging(false).withListener(told::add));
        tree = Optional.of(started);
        return started;
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(40, TimeUnit.SECONDS);
    }

    private void awaitNotes(String... all) {
        await().untilAsserted(() -> assertThat(notes).containsExactly(all));
    }

    @Test
    void one_is_there_over_restarts_and_calls_and_leaves_before_its_supervisor_tells_its_end() throws Exception {
        SupervisionTree running =
                start(SupervisorSpec.oneForOne().withChild(kept("a").withRestart(RestartType.TRANSIENT)));
        running.ref(Object.class, "a").tell("fail");
        awaitNotes("keeper of /a", "START_UP", "RESTART");
        get(running.root().renewChild("a"));
        get(running.root().terminateChild("a"));
        awaitNotes("keeper of /a", "START_UP", "RESTART", "stops, comes back", "CALL", "stops", "stays down");
        get(running.root().startOnce("a"));
        running.ref(Object.class, "a").tell("normal");
        await().until(() -> notes.size() == 9);
        running.close();

        assertThat(notes.subList(7, notes.size()))
                .startsWith("CALL once", "stays down")
                .endsWith("leaves", "gone");
        assertThat(told.get(told.size() - 1)).isInstanceOf(SupervisorEvent.SupervisorStopped.class);
    }

    @Test
    void one_whose_child_is_deleted_leaves() throws Exception {
        SupervisionTree running = start(SupervisorSpec.oneForOne().withChild(kept("a")));
        get(running.root().terminateChild("a"));

        get(running.root().deleteChild("a"));

        awaitNotes("keeper of /a", "START_UP", "stops", "stays down", "leaves", "gone");
    }

    @Test
    void one_whose_child_is_forgotten_leaves() {
        SupervisionTree running =
                start(SupervisorSpec.oneForOne().withChild(kept("a").withRestart(RestartType.TEMPORARY)));

        running.ref(Object.class, "a").tell("normal");

        awaitNotes("keeper of /a", "START_UP", "leaves", "gone");
    }

    @Test
    void children_of_a_dynamic_supervisor_have_each_their_own() throws Exception {
        SupervisionTree running = start(SupervisorSpec.dynamic());
        get(running.root().startChild(kept("a")));
        awaitNotes("keeper of /a, dynamic", "CALL");
        get(running.root().startChild(kept("a")));
        awaitNotes("keeper of /a, dynamic", "CALL", "keeper of /a, dynamic", "CALL");

        running.close();

        assertThat(notes.subList(4, notes.size()))
                .contains("stops", "stays down")
                .filteredOn(note -> note.equals("leaves") || note.equals("gone"))
                .hasSize(4);
    }

    @Test
    void one_stands_by_for_a_child_that_has_not_been_started() throws Exception {
        SupervisionTree running = start(SupervisorSpec.oneForOne().withChild(kept("a")));
        awaitNotes("keeper of /a", "START_UP");
        get(running.root()
                .reconfigure(SupervisorSpec.oneForOne().withChild(kept("a")).withChild(kept("b"))));
        await().untilAsserted(
                        () -> assertThat(notes).startsWith("keeper of /a", "START_UP", "keeper of /b", "stays down"));

        get(running.root().restartChild("b"));
        await().untilAsserted(() -> assertThat(notes).endsWith("CALL"));
        get(running.root().terminateChild("b"));
        get(running.root().deleteChild("b"));

        await().untilAsserted(() -> assertThat(notes).endsWith("CALL", "stops", "stays down", "leaves", "gone"));
        assertThat(notes).containsOnlyOnce("keeper of /b");
    }

    @Test
    void one_that_stands_by_leaves_with_its_child_or_its_supervisor() throws Exception {
        SupervisionTree running = start(SupervisorSpec.oneForOne().withChild(kept("a")));
        awaitNotes("keeper of /a", "START_UP");
        get(running.root()
                .reconfigure(SupervisorSpec.oneForOne()
                        .withChild(kept("a"))
                        .withChild(kept("b"))
                        .withChild(kept("c"))));
        await().untilAsserted(
                        () -> assertThat(notes).filteredOn("stays down"::equals).hasSize(4));
        get(running.root().deleteChild("b"));
        await().untilAsserted(() -> assertThat(notes).endsWith("leaves", "gone"));
        running.close();

        assertThat(notes).filteredOn("gone"::equals).hasSize(3);
    }

    @Test
    void one_stands_by_for_a_child_that_a_gate_keeps_down() {
        SupervisionTree running = SupervisionTree.start(
                SupervisorSpec.oneForOne().withChild(kept("a")),
                Options.defaults()
                        .withLogging(false)
                        .withStartGate(
                                start -> CompletableFuture.completedFuture(start.cause() != StartGate.Cause.START_UP)));
        tree = Optional.of(running);

        await().untilAsserted(() -> assertThat(notes).startsWith("keeper of /a", "stays down"));
    }

    @Test
    void one_is_told_of_those_that_have_not_ended_yet() throws Exception {
        CompletableFuture<Void> release = new CompletableFuture<>();
        ChildSpec lingers = ChildSpec.of("a", new Kept(notes, release));
        SupervisionTree running = start(SupervisorSpec.oneForOne().withChild(lingers));
        get(running.root().terminateChild("a"));
        get(running.root().deleteChild("a"));
        awaitNotes("keeper of /a", "START_UP", "stops", "stays down", "leaves");

        get(running.root().startChild(kept("b")));
        awaitNotes("keeper of /a", "START_UP", "stops", "stays down", "leaves", "keeper of /b, after 1", "CALL");
        release.complete(null);
        await().untilAsserted(() -> assertThat(notes).endsWith("CALL", "gone"));
    }

    /**
     * Its supervisor hears of its end a moment after it; an incarnation that begins before that has the one of before.
     */
    @Test
    void one_that_fails_is_made_anew_for_the_next_incarnation() {
        SupervisionTree running = start(SupervisorSpec.oneForAll()
                .withIntensity(1_000, Duration.ofSeconds(5))
                .withChild(kept("a")));
        running.ref(Object.class, "a").tell("crash");
        awaitNotes("keeper of /a", "START_UP", "crash", "gone");

        await().untilAsserted(() -> {
            running.ref(Object.class, "a").tell("fail");
            assertThat(notes).hasSizeGreaterThan(4);
        });

        await().untilAsserted(() -> assertThat(notes)
                .startsWith("keeper of /a", "START_UP", "crash", "gone", "keeper of /a", "RESTART")
                .containsOnly("keeper of /a", "START_UP", "crash", "gone", "RESTART"));
    }
}
