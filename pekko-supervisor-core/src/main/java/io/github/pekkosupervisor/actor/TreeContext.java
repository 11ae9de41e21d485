package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.rule.SupervisorRule;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * What a supervisor gets from the tree it stands in.
 *
 * @param path where it stands, see {@link TreePath}
 * @param listener told of every event, by the actor of the place concerned
 * @param random 0 inclusive to 1 exclusive
 * @param addresses the stable references of the tree
 * @param kept the processes that outlive its JVM; empty if there is no directory for that
 * @param terms of its starts, and what is told of them
 */
public record TreeContext(
        String path,
        Consumer<? super TreeEvent> listener,
        DoubleSupplier random,
        Addresses addresses,
        Optional<KeptChildren> kept,
        Terms terms) {

    /**
     * What is different where somebody asks for it.
     *
     * @param gates asked before each start; each must agree
     * @param tellsTransitions whether listeners are told that a child is starting or stopping
     */
    public record Terms(List<StartGate> gates, boolean tellsTransitions) {
        /** Nothing. */
        public static final Terms NONE = new Terms(List.of(), false);

        /** Copies. */
        public Terms {
            gates = List.copyOf(gates);
        }

        /** What the rule has to know of them. */
        SupervisorRule.Extras extras() {
            return new SupervisorRule.Extras(!gates.isEmpty(), tellsTransitions);
        }
    }

    /** Without a state directory. */
    public TreeContext(String path, Consumer<? super TreeEvent> listener, DoubleSupplier random, Addresses addresses) {
        this(path, listener, random, addresses, Optional.empty(), Terms.NONE);
    }

    /** For the top of a tree. */
    public static TreeContext top(ActorSystem<?> system, Consumer<? super TreeEvent> listener) {
        return top(new Addresses(system), listener);
    }

    /** The same, with addresses that others know. */
    public static TreeContext top(Addresses addresses, Consumer<? super TreeEvent> listener) {
        return new TreeContext(
                TreePath.TOP, listener, () -> ThreadLocalRandom.current().nextDouble(), addresses);
    }

    /** The time of the tree. */
    TreeClock clock() {
        return addresses.tree().clock();
    }

    TreeContext below(String id) {
        return new TreeContext(pathOf(id), listener, random, addresses, kept, terms);
    }

    /** The same, with a state directory where there is one. */
    public TreeContext withKept(Optional<KeptChildren> inDirectory) {
        return new TreeContext(path, listener, random, addresses, inDirectory, terms);
    }

    /** The same, on other terms. */
    public TreeContext withTerms(Terms other) {
        return new TreeContext(path, listener, random, addresses, kept, other);
    }

    String pathOf(String id) {
        return TreePath.below(path, id);
    }
}
