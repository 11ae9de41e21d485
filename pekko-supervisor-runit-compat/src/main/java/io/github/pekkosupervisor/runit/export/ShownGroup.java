package io.github.pekkosupervisor.runit.export;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The children of one supervisor, so far as they are shown; {@link ExportTable} guards it. */
final class ShownGroup {

    /** The supervisor as it is shown itself; null if it is not, and then nothing below it is. */
    final @Nullable ShownPlace supervisor;

    boolean isDynamic;

    /** Whether the supervisor is at work. */
    boolean isAtWork;

    /** By id, or by the number of their first incarnation if the supervisor is dynamic. */
    private final Map<Object, ShownPlace> places = new LinkedHashMap<>();

    ShownGroup(@Nullable ShownPlace supervisor) {
        this.supervisor = supervisor;
    }

    @Nullable
    ShownPlace find(Object key) {
        return places.get(key);
    }

    void add(Object key, ShownPlace place) {
        places.put(key, place);
    }

    boolean remove(ShownPlace place) {
        return places.values().remove(place);
    }

    Collection<ShownPlace> places() {
        return new ArrayList<>(places.values());
    }

    /** Those that their supervisor knows. */
    List<ShownPlace> known() {
        return places.values().stream().filter(place -> !place.isForgotten).toList();
    }
}
