package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.protocol.Happening.Exit;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What happens in one tree, for somebody who counts: as {@link Happenings#of} says it, but each start and each end
 * once. A service directory that is a child of a supervisor is told of by both, and then by the supervisor alone, which
 * knows why; of any other one it is remembered whether its last end was one that nobody had asked for, so that
 * {@link Happening.Started#again} is true of restarts and of nothing else.
 *
 * <p>To be used by one thread at a time, as events come.
 */
public final class TreeHappenings {

    /** Of these that have ended and not come again; the one that ended first is forgotten for more. */
    private static final int MOST = 10_000;

    private final TreeFold tree;
    private final Set<String> ended = new LinkedHashSet<>();

    /**
     * Of a tree of which nothing has been told yet.
     *
     * @param tree is told of each event before this is asked for it
     */
    public TreeHappenings(TreeFold tree) {
        this.tree = tree;
    }

    /** What an event is; empty if nothing starts or ends by it, or another event tells of that. */
    public Optional<Happening> of(TreeEvent event) {
        if (event instanceof SupervisorEvent) {
            return Happenings.of(event);
        }
        return tree.isChildOfSupervisor(event.path())
                ? Optional.empty()
                : Happenings.of(event).map(this::known);
    }

    private Happening known(Happening happening) {
        String path = happening.path();
        if (happening instanceof Happening.Started started) {
            return new Happening.Started(path, started.at(), ended.remove(path) && started.again());
        }
        if (happening instanceof Happening.Ended end) {
            ended.remove(path);
            if (!end.cause().equals(Exit.NONE)) {
                keep(path);
            }
        }
        return happening;
    }

    private void keep(String path) {
        if (ended.size() == MOST) {
            ended.remove(ended.iterator().next());
        }
        ended.add(path);
    }
}
