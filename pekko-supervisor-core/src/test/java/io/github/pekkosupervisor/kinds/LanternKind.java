package io.github.pekkosupervisor.kinds;

import io.github.pekkosupervisor.actor.ChildRunner;
import io.github.pekkosupervisor.actor.IncarnationContext;
import io.github.pekkosupervisor.actor.SnapshotPlace;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.ExitReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * A lantern: it is ready when it has been lit, tells when it changes its colour, and goes out when asked to, unless it
 * is stuck.
 */
final class LanternKind implements ChildKind, ChildRunner {

    /** What a lantern takes. */
    enum Order {
        LIGHT,
        BREAK,
        OFF,
        SMASH
    }

    /** Another colour. */
    record Turn(String colour) {}

    /** What lanterns tell. */
    record Turned(String path, String colour) implements TreeEvent {}

    final List<String> log = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable ActorRef<Object>> newest = new AtomicReference<>();
    private final Map<Long, String> colours = new ConcurrentHashMap<>();
    private final boolean stuck;

    LanternKind(boolean stuck) {
        this.stuck = stuck;
    }

    // ---- what is said of it

    @Override
    public String name() {
        return "lantern";
    }

    @Override
    public Optional<Duration> defaultStartTimeout() {
        return Optional.of(Duration.ofSeconds(30));
    }

    @Override
    public boolean isSeenByItself() {
        return true;
    }

    // ---- how it is run

    private record Asked(SnapshotPlace place) {}

    @Override
    public Optional<Object> snapshotRequest(SnapshotPlace place) {
        return Optional.of(new Asked(place));
    }

    @Override
    public Behavior<?> incarnation(IncarnationContext child) {
        return Behaviors.setup(context -> {
            newest.set(context.getSelf());
            log.add("made " + child.handle());
            return burning(child);
        });
    }

    /** Lights the newest one. */
    void light() {
        Objects.requireNonNull(newest.get()).tell(Order.LIGHT);
    }

    private Behavior<Object> burning(IncarnationContext child) {
        return Behaviors.receive(Object.class)
                .onMessageEquals(Order.LIGHT, () -> {
                    child.ready("lit");
                    return Behaviors.same();
                })
                .onMessage(Turn.class, turn -> {
                    colours.put(child.incarnation(), turn.colour());
                    child.tell(new Turned(child.path(), turn.colour()));
                    return Behaviors.same();
                })
                .onMessage(Asked.class, asked -> {
                    if (!stuck) {
                        String colour = colours.getOrDefault(child.incarnation(), "white");
                        asked.place()
                                .is(Node.of(asked.place().path(), name(), State.RUNNING)
                                        .withDetails(Map.of("colour", colour)));
                    }
                    return Behaviors.same();
                })
                .onMessageEquals(Order.BREAK, () -> {
                    throw new IllegalStateException("broken glass");
                })
                .onMessageEquals(Order.OFF, () -> {
                    log.add("off " + child.handle());
                    return stuck ? Behaviors.same() : Behaviors.stopped();
                })
                .onMessageEquals(Order.SMASH, () -> {
                    log.add("smash " + child.handle());
                    return child.exit(ExitReason.killed());
                })
                .build();
    }

    @Override
    public Optional<Object> stopRequest(Duration within) {
        return Optional.of(Order.OFF);
    }

    @Override
    public Optional<Object> killRequest() {
        return Optional.of(Order.SMASH);
    }
}
