package io.github.pekkosupervisor;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/** The addresses of one tree that stay the same while what they lead to is restarted, by path. */
final class Addresses {

    private record Address(ActorRef<Object> forwarder, AtomicReference<@Nullable ActorRef<Object>> target) {}

    private enum Close {
        INSTANCE
    }

    private final ActorSystem<?> system;

    /** Where children are that somebody may ask the address of. */
    private final Map<String, Address> byPath = new ConcurrentHashMap<>();

    Addresses(ActorSystem<?> system) {
        this.system = system;
    }

    @SuppressWarnings("unchecked")
    <T> ActorRef<T> of(String path) {
        return (ActorRef<T>)
                (ActorRef<?>) byPath.computeIfAbsent(path, this::open).forwarder();
    }

    private Address open(String path) {
        AtomicReference<@Nullable ActorRef<Object>> target = new AtomicReference<>();
        ActorRef<Object> forwarder =
                system.systemActorOf(forward(target), "pekko-supervisor-ref-" + ActorNames.unique(), Props.empty());
        return new Address(forwarder, target);
    }

    private Behavior<Object> forward(AtomicReference<@Nullable ActorRef<Object>> target) {
        return Behaviors.receiveMessage(message -> {
            if (message == Close.INSTANCE) {
                return Behaviors.stopped();
            }
            ActorRef<Object> now = target.get();
            (now == null ? system.<Object>deadLetters() : now).tell(message);
            return Behaviors.same();
        });
    }

    boolean isEmpty() {
        return byPath.isEmpty();
    }

    /** A child has an incarnation, or none any more. */
    void lead(String path, @Nullable ActorRef<Object> target) {
        Address address = byPath.get(path);
        if (address != null) {
            address.target().set(target);
        }
    }

    /** The tree has ended. */
    void close() {
        byPath.values().forEach(address -> address.forwarder().tell(Close.INSTANCE));
        byPath.clear();
    }
}
