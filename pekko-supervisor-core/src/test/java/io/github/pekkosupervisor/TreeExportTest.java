package io.github.pekkosupervisor;

import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.actor.Addresses;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Who shows a tree is there before it and after it, hears all, and harms nobody. */
final class TreeExportTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final SupervisionTree.Options OPTIONS =
            SupervisionTree.Options.defaults().withSystem(KIT.system()).withLogging(false);
    private static final SupervisorSpec NESTED = spec(actor("a"), ChildSpec.supervisor("u", spec(actor("x"))));

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private static ChildSpec actor(String id) {
        return ChildSpec.actor(id, Behaviors.empty());
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    /** Notes what it is told. */
    private static class Noting implements TreeExport, TreeExport.Exporting {
        final List<String> heard = new CopyOnWriteArrayList<>();

        @Nullable
        Exported tree;

        @Override
        public Exporting begin(Exported shown) throws Exception {
            tree = shown;
            heard.add("begin " + shown.supervisor("/").isPresent());
            return this;
        }

        @Override
        public void event(TreeEvent event) {
            heard.add(event.getClass().getSimpleName()
                    + (event instanceof SupervisorEvent.OfChild about ? " " + about.child() : " " + event.path()));
        }

        @Override
        public CompletionStage<Void> ended(TreeEnd end) {
            heard.add("ended " + end);
            return CompletableFuture.completedFuture(null);
        }
    }

    @Test
    void it_hears_all_from_before_the_first_start_to_the_end() {
        Noting export = new Noting();

        SupervisionTree.start(NESTED, OPTIONS.withExport(export)).close();

        assertThat(export.heard)
                .startsWith("begin false", "ChildStarting a#1", "ChildStarted a#1")
                // two supervisors tell this, and only what is of one place is told in its order
                .containsSubsequence("ChildStarted a#1", "ChildStarting u#2", "ChildStarted u#2")
                .containsSubsequence(
                        "ChildStarting x#1", "ChildStarted x#1", "SupervisorStarted /u", "ChildStarted u#2")
                .containsSubsequence(
                        "ChildStopping u#2", "ChildStopping x#1", "SupervisorStopped /u", "ChildStopped u#2")
                .endsWith("SupervisorStopped /", "ended closed");
    }

    @Test
    void other_listeners_hear_of_transitions_only_if_asked_for() {
        for (boolean wanted : new boolean[] {false, true}) {
            Noting export = new Noting();
            List<TreeEvent> heard = new CopyOnWriteArrayList<>();

            SupervisionTree.start(
                            NESTED,
                            OPTIONS.withExport(export).withListener(heard::add).withTransitions(wanted))
                    .close();

            assertThat(export.heard).contains("ChildStarting a#1");
            assertThat(heard.stream().anyMatch(SupervisorEvent.Transition.class::isInstance))
                    .isEqualTo(wanted);
        }
    }

    /** A linker's error, for one, when an artifact is missing: all that had begun ends. */
    @Test
    void an_error_at_the_beginning_fails_the_start() {
        Noting before = new Noting();
        TreeExport broken = shown -> {
            throw new NoClassDefFoundError("missing");
        };

        assertThatThrownBy(() ->
                        SupervisionTree.start(NESTED, OPTIONS.withExport(before).withExport(broken)))
                .isInstanceOf(SupervisionTree.StartFailedException.class)
                .hasMessageContaining("missing");
        assertThat(before.heard.get(before.heard.size() - 1)).startsWith("ended failed");
    }

    @Test
    void it_finds_supervisors_by_their_paths() {
        Noting export = new Noting();
        try (SupervisionTree tree = SupervisionTree.start(NESTED, OPTIONS.withExport(export))) {
            TreeExport.Exported shown = java.util.Objects.requireNonNull(export.tree);
            assertThat(shown.supervisor("/")).map(SupervisorRef::path).contains("/");
            SupervisorRef below = shown.supervisor("/u").orElseThrow();
            assertThat((Object) get(below.renewChild("x"))).isInstanceOf(SupervisorResult.Started.class);
            assertThat(shown.supervisor("/a")).isEmpty();
            assertThat(shown.spec()).isSameAs(NESTED);
            assertThat(shown.system()).isSameAs(KIT.system());

            get(tree.root().terminateChild("u"));
            assertThat(shown.supervisor("/u")).isEmpty();
        }
    }

    /** All threads that tell the application of answers are held up by it. */
    @Test
    void it_is_answered_also_when_the_application_is_not() throws Exception {
        Noting export = new Noting();
        CountDownLatch goesOn = new CountDownLatch(1);
        CountDownLatch held =
                new CountDownLatch(Math.max(2, Runtime.getRuntime().availableProcessors()));
        try (SupervisionTree tree = SupervisionTree.start(NESTED, OPTIONS.withExport(export))) {
            TreeExport.Exported shown = java.util.Objects.requireNonNull(export.tree);
            Executor answers = new Addresses(KIT.system()).answers();
            for (long i = held.getCount(); i > 0; i--) {
                answers.execute(() -> {
                    held.countDown();
                    awaitUninterrupted(goesOn);
                });
            }
            assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();

            assertThat((Object) get(shown.ask("/u", new Request.RenewChild("x"))))
                    .isInstanceOf(SupervisorResult.Started.class);
            assertThat((Object) get(shown.ask("/", new Request.TerminateChild("u"))))
                    .isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat((Object) get(shown.ask("/u", new Request.RenewChild("x"))))
                    .isEqualTo(SupervisorResult.SupervisorGone.INSTANCE);
            goesOn.countDown();
            assertThat(get(tree.root().child("a"))).isNotNull();
        } finally {
            goesOn.countDown();
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void its_gate_is_asked_too() {
        Noting export = new Noting() {
            @Override
            public Optional<StartGate> startGate() {
                return Optional.of(StartGate.of(start -> !start.path().equals("/u/x")));
            }
        };
        SupervisionTree.start(NESTED, OPTIONS.withExport(export)).close();

        assertThat(export.heard).contains("ChildIgnored x").doesNotContain("ChildStarting x#1");
    }

    @Test
    void one_that_cannot_begin_keeps_the_tree_from_starting_and_those_before_it_end() {
        Noting first = new Noting();
        TreeExport broken = tree -> {
            throw new IOException("no such directory");
        };

        assertThatThrownBy(() ->
                        SupervisionTree.start(NESTED, OPTIONS.withExport(first).withExport(broken)))
                .isInstanceOf(SupervisionTree.StartFailedException.class)
                .hasMessageContaining("no such directory");

        assertThat(first.heard)
                .hasSize(2)
                .last()
                .asString()
                .startsWith("ended failed")
                .contains("no such directory");
    }

    @Test
    void it_ends_with_a_tree_that_could_not_be_started() {
        Noting export = new Noting();
        SupervisorSpec fails = spec(actor("a"), ChildSpec.actor("b", child -> child.exit(ExitReason.failed("no"))));

        assertThatThrownBy(() -> SupervisionTree.start(fails, OPTIONS.withExport(export)))
                .isInstanceOf(SupervisionTree.StartFailedException.class);

        assertThat(export.heard).last().asString().startsWith("ended failed: shutdown(failed_to_start_child(b");
    }

    @Test
    void what_it_throws_is_logged_and_the_tree_goes_on() {
        Noting export = new Noting() {
            @Override
            public void event(TreeEvent event) {
                throw new IllegalStateException("full");
            }

            @Override
            public CompletionStage<Void> ended(TreeEnd end) {
                throw new IllegalStateException("gone");
            }
        };
        Noting other = new Noting();
        LoggingTestKit.error("failed at [ChildStarted")
                .expect(
                        KIT.system(),
                        () -> LoggingTestKit.error("could not end in order").expect(KIT.system(), () -> {
                            SupervisionTree.start(
                                            spec(actor("a")),
                                            OPTIONS.withExport(export).withExport(other))
                                    .close();
                            return null;
                        }));
        assertThat(other.heard).contains("ChildStarted a#1").last().isEqualTo("ended closed");
    }

    @Test
    void the_end_of_the_tree_waits_for_its_end() {
        CompletableFuture<Void> over = new CompletableFuture<>();
        Noting export = new Noting() {
            @Override
            public CompletionStage<Void> ended(TreeEnd end) {
                super.ended(end);
                return over;
            }
        };
        SupervisionTree tree = SupervisionTree.start(spec(actor("a")), OPTIONS.withExport(export));
        CompletionStage<TreeEnd> ends = tree.stop();
        org.awaitility.Awaitility.await().until(() -> export.heard.contains("ended closed"));
        assertThat(ends.toCompletableFuture()).isNotDone();

        over.complete(null);

        assertThat(get(ends)).hasToString("closed");
    }
}
