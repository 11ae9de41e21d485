package io.github.pekkosupervisor.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.TreeExport;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;

/** What an incarnation tells that its supervisor goes on without. */
final class LetGoTest {

    private static SupervisorSpec patient(ChildSpec child) {
        return SupervisorSpec.oneForOne()
                .withIntensity(100, Duration.ofSeconds(5))
                .withChildren(List.of(child));
    }

    private static boolean isRestarted(List<TreeEvent> told) {
        return told.stream()
                .anyMatch(event -> event instanceof SupervisorEvent.ChildStarted started
                        && started.cause() == SupervisorEvent.StartCause.RESTART);
    }

    private static LiveChild child(SupervisorRef supervisor, String id) {
        return (LiveChild) handle(supervisor, id);
    }

    private static ChildHandle handle(SupervisorRef supervisor, String id) {
        return supervisor.children().toCompletableFuture().join().stream()
                .filter(child -> child.id().equals(id))
                .flatMap(child -> child.handle().stream())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void is_not_shown_as_if_it_were_about_what_is_in_its_place_now_and_is_heard_by_listeners() {
        List<TreeEvent> shown = new CopyOnWriteArrayList<>();
        List<TreeEvent> heard = new CopyOnWriteArrayList<>();
        TreeExport export = tree -> new TreeExport.Exporting() {
            @Override
            public void event(TreeEvent event) {
                shown.add(event);
            }

            @Override
            public CompletionStage<Void> ended(TreeEnd end) {
                return CompletableFuture.completedFuture(null);
            }
        };
        ChildSpec worker = ChildSpec.actor("w", Behaviors.<String>receiveMessage(message -> {
            throw new IllegalStateException("as it was told");
        }));
        SupervisorSpec spec = patient(ChildSpec.supervisor("u", patient(ChildSpec.supervisor("v", patient(worker)))));
        try (SupervisionTree tree = SupervisionTree.start(
                spec,
                SupervisionTree.Options.defaults()
                        .withJvmShutdownHook(false)
                        .withLogging(false)
                        .withListener(heard::add)
                        .withExport(export))) {
            LiveChild u = child(tree.root(), "u");
            SupervisorRef v =
                    tree.supervisor("u", "v").toCompletableFuture().join().orElseThrow();
            handle(v, "w").<String>ref().tell("crash");
            // each is told in its own time, and the start that follows the crash is the last of it
            await().until(() -> isRestarted(shown) && isRestarted(heard));
            shown.clear();
            heard.clear();

            u.letGo();
            handle(v, "w").<String>ref().tell("crash");

            await().until(() -> heard.stream().anyMatch(SupervisorEvent.ChildStarted.class::isInstance));
            assertThat(heard).anyMatch(SupervisorEvent.ChildTerminated.class::isInstance);
            assertThat(shown).isEmpty();
        }
    }
}
