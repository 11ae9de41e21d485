package io.github.pekkosupervisor.examples.soak;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds what is wrong for longer than it may be, and tells it once. */
final class Lasting {

    private final long nanosAllowed;
    private final Map<String, Long> since = new HashMap<>();
    private final Set<String> told = new HashSet<>();

    Lasting(long nanosAllowed) {
        this.nanosAllowed = nanosAllowed;
    }

    long nanosAllowed() {
        return nanosAllowed;
    }

    /**
     * Takes all that is wrong at one time.
     *
     * @param wrongs what is wrong, each in the same words as before if it is the same
     * @param now nanoseconds
     * @return what of it has lasted too long, and was not told before
     */
    List<String> tooLong(Collection<String> wrongs, long now) {
        since.keySet().retainAll(wrongs);
        told.retainAll(wrongs);
        List<String> found = new ArrayList<>();
        for (String wrong : wrongs) {
            long begun = since.computeIfAbsent(wrong, first -> now);
            if (now - begun >= nanosAllowed && told.add(wrong)) {
                found.add(wrong);
            }
        }
        return found;
    }

    /** Whatever is wrong now is wrong from now on: somebody has disturbed it. */
    void restart() {
        since.clear();
        told.clear();
    }
}
