package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.runit.export.ShownChild.Phase;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The children of one supervisor, so far as they are shown, in their start order; {@link ShownGroups} has them. */
final class ShownGroup {

    /** The supervisor as it is shown itself; null if it is not, and then nothing below it is. */
    final @Nullable ShownPlace supervisor;

    /** One for one until the supervisor has said what it goes by: then there is nobody whom it would take along. */
    Strategy strategy = Strategy.ONE_FOR_ONE;

    /** Whether the supervisor is at work. */
    boolean isAtWork;

    /** Whether it has started all its children. */
    boolean isUp;

    /** By id, or by their number if the supervisor is dynamic. */
    private Map<Object, ShownPlace> places = new LinkedHashMap<>();

    /** The highest number of an incarnation, those of supervisors before included that have been here. */
    private long highest;

    /** How many of these were used up before the present supervisor, which begins with 1 again. */
    private long before;

    ShownGroup(@Nullable ShownPlace supervisor) {
        this.supervisor = supervisor;
    }

    boolean isDynamic() {
        return strategy.isDynamic();
    }

    /**
     * The number of a child of a dynamic supervisor: that of its first incarnation, on top of all that there have been
     * under supervisors before, so that no other child ever has it.
     */
    long number(ChildHandle child) {
        highest = Math.max(highest, before + child.incarnation());
        return before + child.first();
    }

    /** The supervisor is over, and the next one counts anew. */
    void isOver() {
        isAtWork = false;
        isUp = false;
        before = highest;
    }

    @Nullable
    ShownPlace find(Object key) {
        return places.get(key);
    }

    void add(ShownPlace place) {
        places.put(place.key, place);
    }

    void remove(ShownPlace place) {
        places.remove(place.key, place);
    }

    /** How many there are, those included that will go. */
    int size() {
        return places.size();
    }

    Collection<ShownPlace> places() {
        return new ArrayList<>(places.values());
    }

    /** Those that their supervisor knows. */
    List<ShownPlace> known() {
        return places.values().stream().filter(place -> !place.isForgotten).toList();
    }

    /** These come first, in this order. */
    void order(Collection<String> ids) {
        Map<Object, ShownPlace> ordered = new LinkedHashMap<>();
        for (String id : ids) {
            ShownPlace place = places.get(id);
            if (place != null) {
                ordered.put(id, place);
            }
        }
        places.forEach(ordered::putIfAbsent);
        places = ordered;
    }

    /**
     * Those that were to be started with a sibling which is not started any more. A supervisor that carries nothing out
     * starts who is down only with one that waits for its own restart: with any in one for all, with one before it in
     * rest for one.
     */
    List<ShownPlace> thoseWhoWaitInVain() {
        boolean comes =
                strategy == Strategy.ONE_FOR_ALL && places.values().stream().anyMatch(ShownGroup::isRestarting);
        List<ShownPlace> inVain = new ArrayList<>();
        for (ShownPlace place : places.values()) {
            comes |= strategy == Strategy.REST_FOR_ONE && isRestarting(place);
            if (place.child.phase() == Phase.WAITING && !comes) {
                inVain.add(place);
            }
        }
        return inVain;
    }

    private static boolean isRestarting(ShownPlace place) {
        return place.child.phase() == Phase.RESTARTING;
    }
}
