package io.github.pekkosupervisor.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.protocol.SupervisorEvent.ChildTerminated;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildContext;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.SpecCheck;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the page on tests shows. */
class TestingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static SupervisorSpec application() {
        return SupervisorSpec.restForOne()
                .withChild(ChildSpec.process("cache", "sleep", "1d"))
                .withChild(ChildSpec.closeable("web", () -> () -> {}));
    }

    // guide: whole
    @Test
    void the_application_survives_the_death_of_its_cache() {
        try (SupervisionTree tree = SupervisionTree.start(application())) {
            tree.root().killChild("cache");

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> tree.snapshot()
                                    .toCompletableFuture()
                                    .join()
                                    .find("/web")
                                    .orElseThrow()
                                    .restarts()
                            == 1);
            assertThat(tree.health().toCompletableFuture().join().ready()).isTrue();
        } // no process is left
    }
    // guide: end

    // guide: check
    @Test
    void the_specification_is_right() {
        assertThat(SpecCheck.problems(application())).isEmpty(); // starts nothing
    }
    // guide: end

    @Test
    void a_wrong_one_is_refused() {
        SupervisorSpec wrong = application().withIntensity(-1, Duration.ofSeconds(5));

        assertThat(SpecCheck.problems(wrong)).hasSize(1);
        assertThatThrownBy(() -> SpecCheck.check(wrong)).isInstanceOf(InvalidSpecException.class);
    }

    // guide: events
    @Test
    void each_death_is_told() {
        List<TreeEvent> events = new CopyOnWriteArrayList<>();
        Options options =
                Options.defaults().withLogging(false).withListener(TreeEvent.only(ChildTerminated.class, events::add));
        try (SupervisionTree tree = SupervisionTree.start(application(), options)) {
            tree.root().killChild("web");

            await().atMost(Duration.ofSeconds(30)).until(() -> events.size() == 1);
            assertThat(events).first().asString().contains("web");
        }
    }
    // guide: end

    private static Behavior<String> greeter(ChildContext child, List<String> heard) {
        return Behaviors.receiveMessage(word -> {
            heard.add(word);
            return word.equals("bye") ? child.exit(ExitReason.normal()) : Behaviors.same();
        });
    }

    // guide: context
    /** In the place of the supervisor: what the child has told it. */
    static final class Told implements ChildContext {
        final List<ExitReason> exits = new ArrayList<>();

        @Override
        public String id() {
            return "greeter";
        }

        @Override
        public long incarnation() {
            return 1;
        }

        @Override
        public List<Object> arguments() {
            return List.of();
        }

        @Override
        public void ready(@Nullable Object info) {}

        @Override
        public <T> Behavior<T> ignore() {
            return Behaviors.stopped();
        }

        @Override
        public <T> Behavior<T> exit(ExitReason reason) {
            exits.add(reason);
            return Behaviors.stopped();
        }
    }
    // guide: end

    @Test
    void a_child_is_tested_without_a_tree() {
        Told told = new Told();
        List<String> heard = new CopyOnWriteArrayList<>();
        ChildSpec child = ChildSpec.actor("greeter", context -> greeter(told, heard));
        try (SupervisionTree tree =
                SupervisionTree.start(SupervisorSpec.oneForOne().withChild(child))) {
            tree.ref(String.class, "greeter").tell("hello");
            tree.ref(String.class, "greeter").tell("bye");

            await().atMost(PATIENCE).until(() -> !told.exits.isEmpty());
        }

        assertThat(heard).containsExactly("hello", "bye");
        assertThat(told.exits).containsExactly(ExitReason.normal());
    }

    @Test
    void a_start_can_be_seen_while_it_hangs() {
        // guide: begin
        CompletableFuture<AutoCloseable> slow = new CompletableFuture<>(); // the test says when it is there
        SupervisorSpec spec = SupervisorSpec.oneForOne().withChild(ChildSpec.closeable("slow", slow::get));
        SupervisionTree tree = SupervisionTree.begin(spec, Options.defaults());
        assertThat(tree.health().toCompletableFuture().join().ready()).isFalse();
        slow.complete(() -> {});
        tree.whenUp().toCompletableFuture().join();
        tree.close();
        // guide: end
    }

    @Test
    void there_is_a_port_for_each() {
        // guide: port
        int port = FreePort.next(); // nobody else gets it within the next minute
        // guide: end
        assertThat(port).isPositive();
    }
}
