package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Supervision;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import io.github.pekkosupervisor.spec.TreePath;
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

    /** By the number of the incarnation that they have, or had last. */
    private final Map<Long, FoldedPlace> byNumber = new HashMap<>();

    /** The last of each id; where a supervisor is dynamic there may be others. */
    private final Map<String, FoldedPlace> byId = new HashMap<>();

    Collection<FoldedPlace> places() {
        return places;
    }

    boolean isDynamic() {
        return supervision != null && supervision.strategy().isDynamic();
    }

    /** A new place at the end. */
    FoldedPlace add(Node node) {
        FoldedPlace place = new FoldedPlace(node);
        places.add(place);
        byId.put(place.id(), place);
        place.number().ifPresent(number -> byNumber.put(number, place));
        return place;
    }

    /** From now on a place is like this. */
    void is(FoldedPlace place, Node node) {
        place.number().ifPresent(byNumber::remove);
        place.node = node;
        place.number().ifPresent(number -> byNumber.put(number, place));
    }

    void forget(FoldedPlace place) {
        place.number().ifPresent(byNumber::remove);
        byId.remove(place.id(), place);
        places.remove(place);
    }

    // ---- which place it is

    /** That of the child that an event is about; null if it is not known. */
    @Nullable
    FoldedPlace of(Offender child) {
        OptionalLong number = child.handle().isPresent()
                ? OptionalLong.of(child.handle().get().incarnation())
                : OptionalLong.empty();
        return after(number, child.id());
    }

    /** That where this incarnation is, or was the last; null if it is not known. */
    @Nullable
    FoldedPlace after(OptionalLong number, String id) {
        FoldedPlace known = number.isPresent() ? byNumber.get(number.getAsLong()) : null;
        return known != null || isDynamic() ? known : byId.get(id);
    }

    /** That where an incarnation is that was seen when it was being started; null if none was. */
    @Nullable
    FoldedPlace seenStarting(long number) {
        return byNumber.get(number);
    }

    /** That where this incarnation is being started; null if it is not known. */
    @Nullable
    FoldedPlace toStart(ChildHandle handle) {
        FoldedPlace known = byNumber.get(handle.incarnation());
        if (known != null || !isDynamic()) {
            return known == null ? byId.get(handle.id()) : known;
        }
        if (handle.incarnation() != handle.first()) {
            // others may have the same id
            for (FoldedPlace place : places) {
                if (place.first == handle.first()) {
                    return place;
                }
            }
        }
        return null;
    }

    /** One of this id that has an incarnation; null if there is none. */
    @Nullable
    FoldedPlace anyRunning(String id) {
        FoldedPlace known = byId.get(id);
        if (known != null && known.node.incarnation().isPresent()) {
            return known;
        }
        for (FoldedPlace place : isDynamic() ? places : List.<FoldedPlace>of()) {
            if (place.node.incarnation().isPresent() && place.id().equals(id)) {
                return place;
            }
        }
        return null;
    }

    // ---- all of them

    /** What is there has other flags and specifications. */
    void change(SupervisorEvent.SupervisorChanged changed) {
        String path = changed.supervisor();
        supervision = changed.by();
        nobodyWaits();
        if (isDynamic()) {
            for (ChildSpec template : changed.children()) {
                String itself = TreePath.below(path, template.id());
                places.forEach(place -> place.node = place.node.withKind(itself, template.kindName()));
            }
            return;
        }
        List<FoldedPlace> order = new ArrayList<>();
        for (ChildSpec child : changed.children()) {
            String itself = TreePath.below(path, child.id());
            FoldedPlace known = byId.get(child.id());
            FoldedPlace place = known == null ? add(Node.of(itself, child.kindName(), State.STOPPED)) : known;
            place.node = place.node.withKind(itself, child.kindName());
            if (place.node.state() == State.DONE) {
                place.node = place.node.withDetails(child.kind().staysDone() ? Node.DONE_FOR_GOOD : Map.of());
            }
            order.add(place);
        }
        places.clear();
        places.addAll(order);
    }

    /** What was seen waiting for another is not started with it. */
    void nobodyWaits() {
        places.forEach(place -> place.node = place.node.waitingNoMore());
    }

    /** What was to be started again for another comes with this one, which could not be started. */
    void waitFor(FoldedPlace failed) {
        if (strategy() != Strategy.ONE_FOR_ALL) {
            return;
        }
        for (FoldedPlace place : places) {
            if (place != failed && place.node.state() == State.RESTARTING) {
                is(place, place.down(State.STOPPED));
            }
        }
    }

    /** The supervisor's node with those of its children. */
    Node whole(Node itself, Map<FoldedPlace, Node> below) {
        boolean comes = strategy() == Strategy.ONE_FOR_ALL && places.stream().anyMatch(FoldedPlace::isOnItsWay);
        List<Node> nodes = new ArrayList<>(places.size());
        for (FoldedPlace place : places) {
            Node node = below.getOrDefault(place, place.node);
            comes |= strategy() == Strategy.REST_FOR_ONE && place.isOnItsWay();
            nodes.add(comes && comesWithOthers(node) ? node.waiting() : node);
        }
        return itself.withSupervision(Optional.ofNullable(supervision)).withChildren(nodes);
    }

    /** Whether it is down and is started again with another. */
    private static boolean comesWithOthers(Node node) {
        return switch (node.state()) {
            case STOPPED, FINISHED, IGNORED -> true;
            case DONE -> !node.details().equals(Node.DONE_FOR_GOOD);
            case WAITING, STARTING, RUNNING, STOPPING, RESTARTING -> false;
        };
    }

    private @Nullable Strategy strategy() {
        return supervision == null ? null : supervision.strategy();
    }
}
