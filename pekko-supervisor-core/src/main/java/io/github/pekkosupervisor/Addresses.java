package io.github.pekkosupervisor;

import io.github.pekkosupervisor.Supervisor.ChildInfo;
import io.github.pekkosupervisor.Supervisor.ChildState;
import io.github.pekkosupervisor.Supervisor.SupervisorGone;
import io.github.pekkosupervisor.Supervisor.WhichResult;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of one tree that stay the same while what they lead to is restarted, by path. Each is a small actor
 * that passes on what it gets to the present incarnation, or to the dead letters. May be used from any thread.
 */
final class Addresses {

    private record Address(ActorRef<Object> forwarder, AtomicReference<@Nullable ActorRef<Object>> target) {}

    /** What the forwarding actor itself is told. */
    private enum Order {
        /** It is known now whether there is an incarnation. */
        RESOLVED,
        CLOSE
    }

    private final ActorSystem<?> system;
    private final Map<String, Address> byPath = new ConcurrentHashMap<>();
    private final Map<String, Desk> supervisors = new ConcurrentHashMap<>();

    Addresses(ActorSystem<?> system) {
        this.system = system;
    }

    // ---- for whoever wants one

    @SuppressWarnings("unchecked")
    <T> ActorRef<T> of(String path) {
        return (ActorRef<T>)
                (ActorRef<?>) byPath.computeIfAbsent(path, this::open).forwarder();
    }

    private Address open(String path) {
        AtomicReference<@Nullable ActorRef<Object>> target = new AtomicReference<>();
        ActorRef<Object> forwarder =
                system.systemActorOf(keep(target), "pekko-supervisor-ref-" + ActorNames.unique(), Props.empty());
        Address address = new Address(forwarder, target);
        Optional<Map.Entry<String, Desk>> nearest = supervisors.entrySet().stream()
                .filter(entry -> path.startsWith(TreePath.prefix(entry.getKey())))
                .max((one, other) ->
                        Integer.compare(one.getKey().length(), other.getKey().length()));
        String part = path.substring(
                nearest.map(entry -> TreePath.prefix(entry.getKey())).orElse("").length());
        if (nearest.isEmpty() || part.contains("/")) {
            // the supervisor that it would be a child of does not run
            forwarder.tell(Order.RESOLVED);
        } else {
            resolve(nearest.get().getValue(), TreePath.id(part), address);
        }
        return address;
    }

    /** The answer arrives in the supervisor's own turn, so it cannot be older than what the supervisor says later. */
    private static void resolve(Desk desk, String id, Address address) {
        var asked = desk.ask(new Request.WhichChild(id), WhichResult.class, SupervisorGone.INSTANCE)
                .thenAccept(result -> {
                    if (result instanceof ChildInfo info && info.state() == ChildState.RUNNING) {
                        info.handle().ifPresent(handle -> address.target().compareAndSet(null, handle.ref()));
                    }
                    address.forwarder().tell(Order.RESOLVED);
                });
        assert asked != null;
    }

    private Behavior<Object> keep(AtomicReference<@Nullable ActorRef<Object>> target) {
        Deque<Object> kept = new ArrayDeque<>();
        return Behaviors.receiveMessage(message -> {
            if (message == Order.RESOLVED) {
                kept.forEach(early -> pass(early, target));
                return forward(target);
            }
            if (message == Order.CLOSE) {
                return Behaviors.stopped();
            }
            kept.add(message);
            return Behaviors.same();
        });
    }

    private Behavior<Object> forward(AtomicReference<@Nullable ActorRef<Object>> target) {
        return Behaviors.receiveMessage(message -> {
            if (message == Order.CLOSE) {
                return Behaviors.stopped();
            }
            pass(message, target);
            return Behaviors.same();
        });
    }

    private void pass(Object message, AtomicReference<@Nullable ActorRef<Object>> target) {
        ActorRef<Object> now = target.get();
        (now == null ? system.<Object>deadLetters() : now).tell(message);
    }

    // ---- for supervisors

    /** A supervisor is at work. */
    void add(Desk supervisor) {
        supervisors.put(supervisor.path(), supervisor);
    }

    /** A supervisor has ended; there may be a newer one. */
    void remove(Desk supervisor) {
        supervisors.remove(supervisor.path(), supervisor);
    }

    /** Whether nobody has asked for any. */
    boolean isEmpty() {
        return byPath.isEmpty();
    }

    /** A child has a new incarnation. */
    void lead(String path, ActorRef<Object> target) {
        Address address = byPath.get(path);
        if (address != null) {
            address.target().set(target);
        }
    }

    /** An incarnation has ended; there may be a newer one. */
    void leave(String path, ActorRef<Object> target) {
        Address address = byPath.get(path);
        if (address != null) {
            address.target().compareAndSet(target, null);
        }
    }

    /** The tree has ended. */
    void close() {
        byPath.values().forEach(address -> address.forwarder().tell(Order.CLOSE));
        byPath.clear();
    }
}
