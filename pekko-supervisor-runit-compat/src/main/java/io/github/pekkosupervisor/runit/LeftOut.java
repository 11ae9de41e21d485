package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.OsString;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The service directories for which there is no descriptor: each is tried again by itself, and all of them are told of
 * once, for as long as there are some.
 */
final class LeftOut {

    /** How long after the first one all of them are named: others follow, and each is tried once more until then. */
    static final Duration COLLECTED_WITHIN = Duration.ofSeconds(2);

    /** When to see whether there are some still. */
    static final Duration LOOK = Duration.ofSeconds(10);

    private final Set<String> names = new TreeSet<>();
    private boolean isTold;

    /**
     * There is no room for this one.
     *
     * @return when to {@link #look}; empty if that is known
     */
    Optional<Duration> add(OsString name) {
        boolean first = names.isEmpty();
        names.add(name.toString());
        return first ? Optional.of(COLLECTED_WITHIN) : Optional.empty();
    }

    /**
     * Forgets those that have found room, or have gone.
     *
     * @param isLeftOut whether one has not
     * @return when to look again; empty if there is none
     */
    Optional<Duration> look(Predicate<String> isLeftOut) {
        names.removeIf(isLeftOut.negate());
        isTold &= !names.isEmpty();
        return names.isEmpty() ? Optional.empty() : Optional.of(LOOK);
    }

    /**
     * What is to be said of them now; empty if it has been.
     *
     * @param limit how many descriptors this process may have, or this tree of it; -1 if that is not known
     * @param isShare whether that is a tree of another user than the launcher's
     */
    Optional<String> tell(long limit, boolean isShare) {
        if (isTold || names.isEmpty()) {
            return Optional.empty();
        }
        isTold = true;
        int count = names.size();
        String bound = isShare
                ? "this tree may have " + limit
                        + " of the launcher's open files, and all trees of other users half of them, and"
                        + " these are used up: "
                : "this process may have " + (limit < 0 ? "no more" : limit) + " open files, and they are used up: ";
        String mend = isShare
                ? "; what runs goes on, and these are taken on when there is room; have open-files of tree { } raised, or have"
                        + " fewer"
                : "; what runs goes on, and these are taken on when there is room; raise the limit (LimitNOFILE=,"
                        + " ulimit -n, prlimit --nofile), or have fewer in one launcher";
        return Optional.of(bound + count
                + (count == 1 ? " service directory is" : " service directories are") + " not supervised, "
                + Names.few(List.copyOf(names)) + mend);
    }
}
