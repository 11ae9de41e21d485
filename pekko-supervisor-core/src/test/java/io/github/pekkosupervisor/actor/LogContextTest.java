package io.github.pekkosupervisor.actor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.LogContext;
import io.github.pekkosupervisor.process.ProcessConnection;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.spec.ChildContext;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** What the code of a child finds in the MDC, and leaves in it. */
final class LogContextTest {

    private static final Map<String, String> OF_A = Map.of("supervisor", "/group", "child", "a");

    @AfterEach
    void leave_nothing_to_others() {
        MDC.clear();
    }

    private static Map<String, String> now() {
        return new TreeMap<>(Objects.requireNonNullElse(MDC.getCopyOfContextMap(), Map.of()));
    }

    private static SupervisionTree tree(ChildSpec child) {
        return SupervisionTree.start(SupervisorSpec.oneForOne()
                .withChild(
                        ChildSpec.supervisor("group", SupervisorSpec.oneForOne().withChild(child))));
    }

    private static <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Test
    void a_runnable_finds_its_place() {
        CompletableFuture<Map<String, String>> seen = new CompletableFuture<>();

        try (SupervisionTree tree = tree(ChildSpec.runnable("a", child -> {
            seen.complete(now());
            new CountDownLatch(1).await();
        }))) {
            assertThat(tree.root().path()).isEqualTo("/");
            assertThat(get(seen)).isEqualTo(OF_A);
        }
    }

    @Test
    void a_service_finds_its_place_when_it_starts_stops_and_hears_a_signal() {
        CompletableFuture<Map<String, String>> starting = new CompletableFuture<>();
        CompletableFuture<Map<String, String>> stopping = new CompletableFuture<>();
        CompletableFuture<Map<String, String>> reacting = new CompletableFuture<>();
        ChildSpec.Service service = new ChildSpec.Service() {
            @Override
            public void start(ChildContext child) {
                child.onSignal(Signal.HUP, () -> reacting.complete(now()));
                starting.complete(now());
            }

            @Override
            public void stop() {
                stopping.complete(now());
            }
        };

        try (SupervisionTree tree = tree(ChildSpec.service("a", () -> service))) {
            var sent = get(tree.supervisor("group").toCompletableFuture())
                    .orElseThrow()
                    .signalChild("a", Signal.HUP);
            assertThat(sent).isNotNull();
            assertThat(get(reacting)).isEqualTo(OF_A);
        }
        assertThat(get(starting)).isEqualTo(OF_A);
        assertThat(get(stopping)).isEqualTo(OF_A);
    }

    /** They share threads. */
    @Test
    void what_one_leaves_in_it_no_other_finds() {
        CompletableFuture<Map<String, String>> seen = new CompletableFuture<>();

        try (SupervisionTree tree = SupervisionTree.start(SupervisorSpec.oneForOne()
                .withChild(ChildSpec.service("first", () -> 1, one -> MDC.put("mine", "first")))
                .withChild(ChildSpec.closeable("a", () -> {
                    MDC.put("mine", "a");
                    return () -> seen.complete(now());
                })))) {
            assertThat(tree.root().path()).isEqualTo("/");
        }
        assertThat(get(seen)).isEqualTo(Map.of("supervisor", "/", "child", "a"));
    }

    @Test
    void who_is_told_that_a_process_has_started_finds_its_place() {
        CompletableFuture<Map<String, String>> seen = new CompletableFuture<>();
        ProcessConnection connection = ProcessConnection.create(streams -> seen.complete(now()));

        try (SupervisionTree tree =
                tree(ChildSpec.process("a", ProcessSpec.of("cat").withConnection(connection)))) {
            assertThat(tree.root().path()).isEqualTo("/");
            // Pekko's own are there too
            assertThat(get(seen)).containsAllEntriesOf(OF_A);
        }
    }

    /** By Pekko's own means, and only who asks for it pays for it. */
    @Test
    void an_actor_asks_pekko_for_it() {
        CompletableFuture<Map<String, String>> seen = new CompletableFuture<>();
        ChildSpec actor = ChildSpec.actor("a", child -> {
            Behavior<String> behavior = Behaviors.receiveMessage(message -> {
                seen.complete(now());
                return Behaviors.same();
            });
            return Behaviors.withMdc(String.class, child.logContext(), behavior);
        });

        try (SupervisionTree tree = tree(actor)) {
            var group = get(tree.supervisor("group").toCompletableFuture()).orElseThrow();
            get(group.children().toCompletableFuture())
                    .get(0)
                    .handle()
                    .orElseThrow()
                    .<String>ref()
                    .tell("look");
            assertThat(get(seen)).containsAllEntriesOf(OF_A);
        }
    }

    @Test
    void it_is_as_it_was_afterwards() {
        MDC.put("child", "mine");
        MDC.put("other", "too");

        LogContext keys = LogContext.with(OF_A);
        Map<String, String> meanwhile = now();
        MDC.put("left", "behind");
        keys.close();

        assertThat(meanwhile).containsAllEntriesOf(OF_A).containsEntry("other", "too");
        assertThat(now()).isEqualTo(Map.of("child", "mine", "other", "too"));
    }
}
