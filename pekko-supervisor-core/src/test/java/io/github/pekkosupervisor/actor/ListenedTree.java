package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.actor.Bed.answer;
import static io.github.pekkosupervisor.actor.Bed.get;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.testing.Specs;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;

/** One tree after another in a system of the test's, with all that was told of the present one. */
final class ListenedTree implements AutoCloseable {

    private final List<SupervisorEvent> events = new CopyOnWriteArrayList<>();
    private final SupervisionTree.Options options;
    private SupervisionTree tree;

    /** With no children yet. */
    ListenedTree(ActorTestKit kit) {
        options = SupervisionTree.Options.defaults()
                .withSystem(kit.system())
                .withLogging(false)
                .withListener(TreeEvent.only(SupervisorEvent.class, events::add));
        tree = SupervisionTree.start(Specs.spec(), options);
    }

    SupervisorRef start(SupervisorSpec spec) {
        tree.close();
        events.clear();
        tree = SupervisionTree.start(spec, options);
        return tree.root();
    }

    SupervisorRef start(ChildSpec... children) {
        return start(Specs.spec(children));
    }

    SupervisionTree tree() {
        return tree;
    }

    List<SupervisorEvent> events() {
        return events;
    }

    ChildInfo info(String id) {
        return (ChildInfo) answer(tree.root().child(id));
    }

    ChildHandle handle(String id) {
        return info(id).handle().orElseThrow();
    }

    <E extends SupervisorEvent> List<E> told(Class<E> type) {
        // a call that is answered later has been told of later
        get(tree.root().count());
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** Waits for it, since a listener may hear of it a little later. */
    <E extends SupervisorEvent> List<E> awaitTold(Class<E> type, int number) {
        await().atMost(Bed.LONG).until(() -> told(type).size() >= number);
        return told(type);
    }

    /** Fails where it does not end: a call that only waits is not ended by the time limit of a test. */
    @Override
    public void close() {
        boolean isOver = get(CompletableFuture.runAsync(tree::close).thenApply(done -> true));
        assert isOver;
    }
}
