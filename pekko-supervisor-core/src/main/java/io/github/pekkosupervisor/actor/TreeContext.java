package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * What a supervisor gets from the tree it stands in.
 *
 * @param path where it stands, see {@link TreePath}
 * @param listener told of every event, by the actor of the supervisor concerned
 * @param clock nanoseconds that never go back, see {@link System#nanoTime()}
 * @param random 0 inclusive to 1 exclusive
 * @param addresses the stable references of the tree
 */
public record TreeContext(
        String path,
        Consumer<? super SupervisorEvent> listener,
        LongSupplier clock,
        DoubleSupplier random,
        Addresses addresses) {

    /** For the top of a tree. */
    public static TreeContext top(ActorSystem<?> system, Consumer<? super SupervisorEvent> listener) {
        return top(new Addresses(system), listener);
    }

    /** The same, with addresses that others know. */
    public static TreeContext top(Addresses addresses, Consumer<? super SupervisorEvent> listener) {
        return new TreeContext(
                TreePath.TOP,
                listener,
                System::nanoTime,
                () -> ThreadLocalRandom.current().nextDouble(),
                addresses);
    }

    TreeContext below(String id) {
        return new TreeContext(pathOf(id), listener, clock, random, addresses);
    }

    String pathOf(String id) {
        return TreePath.below(path, id);
    }
}
