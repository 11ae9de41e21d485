package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Supervision;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The children of one supervisor, as a {@link TreeFold} knows them. */
final class FoldedGroup {

    /** What the supervisor goes by; null until it has said so. */
    @Nullable
    Supervision supervision;

    private final Set<FoldedPlace> places = new LinkedHashSet<>();
    private final Map<Long, FoldedPlace> running = new HashMap<>();

    /** By id, those that do not run. */
    private final Map<String, Set<FoldedPlace>> idle = new HashMap<>();

    Collection<FoldedPlace> places() {
        return places;
    }

    boolean isDynamic() {
        return supervision != null && supervision.strategy().isDynamic();
    }

    void add(FoldedPlace place) {
        places.add(place);
        if (place.node.incarnation().isPresent()) {
            running.put(place.node.incarnation().getAsLong(), place);
        } else {
            idle(place);
        }
    }

    private void idle(FoldedPlace place) {
        idle.computeIfAbsent(place.id(), first -> new LinkedHashSet<>()).add(place);
    }

    /**
     * Where this incarnation was: one that had ended before its supervisor had time for that is not seen as running.
     *
     * @return null if the place is known no more
     */
    @Nullable
    FoldedPlace toEnd(String id, long number) {
        FoldedPlace place = running.get(number);
        return place == null ? anyIdle(id) : place;
    }

    /**
     * Where an incarnation of this child was started: that where it was seen starting, that of one that is down, or a
     * new place at the end.
     */
    FoldedPlace toStart(Offender child, long incarnation, String path, boolean isRestart) {
        FoldedPlace starting = running.get(incarnation);
        if (starting != null) {
            return starting;
        }
        FoldedPlace known = isDynamic() && !isRestart ? null : anyIdle(child.id());
        if (known != null) {
            return known;
        }
        FoldedPlace added = new FoldedPlace(Node.of(path, child.spec().kindName(), State.STOPPED));
        places.add(added);
        return added;
    }

    /** One that is down, those first that are to be started again; null if there is none. */
    @Nullable
    FoldedPlace anyIdle(String id) {
        Set<FoldedPlace> all = idle.getOrDefault(id, Set.of());
        for (FoldedPlace place : all) {
            if (place.node.state() == State.RESTARTING) {
                return place;
            }
        }
        return all.isEmpty() ? null : all.iterator().next();
    }

    /** One of this id that has an incarnation; null if there is none. */
    @Nullable
    FoldedPlace anyRunning(String id) {
        for (FoldedPlace place : places) {
            if (place.node.incarnation().isPresent() && place.id().equals(id)) {
                return place;
            }
        }
        return null;
    }

    void runs(FoldedPlace place, long incarnation) {
        Set<FoldedPlace> same = idle.get(place.id());
        if (same != null) {
            same.remove(place);
        }
        running.put(incarnation, place);
    }

    void down(FoldedPlace place, State state, boolean isForgotten) {
        place.node.incarnation().ifPresent(running::remove);
        place.node = place.node.withState(state, false).withIncarnation(OptionalLong.empty());
        if (isForgotten) {
            places.remove(place);
            Set<FoldedPlace> same = idle.get(place.id());
            if (same != null) {
                same.remove(place);
            }
        } else {
            idle(place);
        }
    }

    /** The supervisor's node with those of its children. */
    Node whole(Node itself, Map<FoldedPlace, Node> below) {
        boolean comes = strategy() == Strategy.ONE_FOR_ALL
                && places.stream().anyMatch(place -> place.node.state() == State.RESTARTING);
        List<Node> nodes = new ArrayList<>(places.size());
        for (FoldedPlace place : places) {
            Node node = below.getOrDefault(place, place.node);
            comes |= strategy() == Strategy.REST_FOR_ONE && node.state() == State.RESTARTING;
            boolean isDown = node.state() == State.STOPPED
                    || node.state() == State.WAITING
                    || node.state() == State.FINISHED
                    || node.state() == State.IGNORED;
            nodes.add(comes && isDown ? node.withState(State.WAITING, false) : node);
        }
        return itself.withSupervision(Optional.ofNullable(supervision)).withChildren(nodes);
    }

    private @Nullable Strategy strategy() {
        return supervision == null ? null : supervision.strategy();
    }
}
