package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a supervisor that does nothing now would leave to one that is made from the same specification and goes on with
 * the children that run.
 *
 * @param busy why it leaves more than that, in words; empty if it does not
 * @param down the ids of children that do not run, and are not to be started with it
 * @param done those of oneshots that have done what they were for
 * @param restarts what it knows of restarts
 */
public record AtRest(Optional<String> busy, List<String> down, List<String> done, PastRestarts restarts) {

    /**
     * What a supervisor knows of restarts that still counts.
     *
     * @param counted how long ago those were that count against its intensity, the longest ago first
     * @param delays how often in a row children have waited for a restart, by id; those that have not are left out
     */
    public record PastRestarts(List<Duration> counted, Map<String, Integer> delays) {
        /** There were none. */
        public static final PastRestarts NONE = new PastRestarts(List.of(), Map.of());

        /** Copies. */
        public PastRestarts {
            counted = List.copyOf(counted);
            delays = Map.copyOf(delays);
        }

        static PastRestarts of(RuleState state) {
            Map<String, Integer> delays = new HashMap<>();
            if (!state.isDynamic()) {
                for (Child child = state.children.first(); child != null; child = child.next) {
                    if (child.delays > 0) {
                        delays.put(child.id(), child.delays);
                    }
                }
            }
            return new PastRestarts(state.intensity.ages(state.now), delays);
        }

        void takenUpBy(RuleState state) {
            state.intensity.counted(counted, state.now);
            delays.forEach((id, number) -> {
                Child child = state.children.find(id);
                if (child != null) {
                    child.delays = number;
                }
            });
        }
    }

    /** Copies. */
    public AtRest {
        down = List.copyOf(down);
        done = List.copyOf(done);
    }

    private static AtRest busy(String why) {
        return new AtRest(Optional.of(why), List.of(), List.of(), PastRestarts.NONE);
    }

    /** @param isIdle whether nothing is under way, and nothing waits */
    static AtRest of(RuleState state, boolean isIdle) {
        if (!isIdle) {
            return busy("supervisor " + state.path + " is starting or stopping something");
        }
        if (state.abandoned > 0) {
            return busy("supervisor " + state.path + " has a child that was given up on and has not ended");
        }
        if (state.isDynamic()) {
            return state.children.size() == 0
                    ? new AtRest(Optional.empty(), List.of(), List.of(), PastRestarts.of(state))
                    : busy("supervisor " + state.path + " is a dynamic one, whose children no file knows");
        }
        List<String> down = new ArrayList<>();
        List<String> done = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (Child child = state.children.first(); child != null; child = child.next) {
            known.add(child.id());
            Optional<String> why = busy(state, child);
            if (why.isPresent()) {
                return busy(why.get());
            }
            if (child.isDone()) {
                done.add(child.id());
            } else if (child.isStopped()) {
                down.add(child.id());
            }
        }
        // a temporary one that has ended is known no more
        for (ChildSpec spec : state.spec.children()) {
            if (!known.contains(spec.id())) {
                down.add(spec.id());
            }
        }
        return new AtRest(Optional.empty(), down, done, PastRestarts.of(state));
    }

    private static Optional<String> busy(RuleState state, Child child) {
        String path = TreePath.below(state.path, child.id());
        Incarnation current = child.current;
        if (child.isStopped()) {
            return Optional.empty();
        } else if (!child.isRunning() || current == null) {
            return Optional.of("child " + path + " waits for its restart");
        } else if (current.hasEnded() || current.isKilled()) {
            return Optional.of("child " + path + " ends");
        }
        return current.isOnce()
                ? Optional.of("child " + path + " runs once, as by sv once, which another launcher would not know")
                : Optional.empty();
    }
}
