package io.github.pekkosupervisor.examples.trees;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.config.ConfiguredTree;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** A tree that {@code mixed-tree.conf} describes; what is written in Java has its place in it by name. */
public final class MixedTree {

    private MixedTree() {}

    static SupervisorSpec tree() {
        ChildSpec orders = ChildSpec.actor("orders", Behaviors.<CompletableFuture<String>>receiveMessage(order -> {
            order.complete("taken");
            return Behaviors.same();
        }));
        return ConfiguredTree.read(
                ConfigFactory.parseResources("mixed-tree.conf").getConfig("shop"), Map.of("orders", orders));
    }

    @SuppressWarnings("unchecked")
    static String order(SupervisionTree tree) {
        CompletableFuture<String> order = new CompletableFuture<>();
        tree.ref((Class<CompletableFuture<String>>) (Class<?>) CompletableFuture.class, "orders")
                .tell(order);
        return order.join();
    }

    public static void main(String[] arguments) {
        try (SupervisionTree tree = SupervisionTree.start(tree())) {
            System.out.println("an order was " + order(tree));
            tree.root().children().toCompletableFuture().join().forEach(System.out::println);
        }
    }
}
