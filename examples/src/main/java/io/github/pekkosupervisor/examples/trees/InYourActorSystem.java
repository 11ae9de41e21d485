package io.github.pekkosupervisor.examples.trees;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * An application that has an actor system already: the tree lives in it, and is stopped in order before it terminates.
 */
public final class InYourActorSystem {

    private InYourActorSystem() {}

    static SupervisionTree start(ActorSystem<?> yours, Consumer<TreeEvent> listener) {
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withChild(ChildSpec.process("sidecar", "sleep", "100000"))
                .withChild(ChildSpec.actor("cache", Behaviors.empty()));
        return SupervisionTree.start(spec, Options.defaults().withSystem(yours).withListener(listener));
    }

    public static void main(String[] arguments) {
        ActorSystem<Void> yours = ActorSystem.create(Behaviors.empty(), "yours");
        SupervisionTree tree = start(yours, event -> System.out.println(event));
        System.out.println(tree.root().count().toCompletableFuture().join());
        yours.terminate();
        yours.getWhenTerminated().toCompletableFuture().join();
    }
}
