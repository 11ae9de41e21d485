package io.github.pekkosupervisor;

import io.github.pekkosupervisor.actor.SupervisorLog;
import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorKind;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long the stop of a tree may take by the shutdown times of its children: one after another, those of a dynamic
 * supervisor all at once. What is not known before the start, as children that are started by calls, is not counted.
 */
final class StopTime {

    /** Nothing that is longer is told apart from no limit. */
    static final Duration FOR_EVER = Duration.ofDays(365_000);

    private static final Logger LOG = LoggerFactory.getLogger(SupervisorLog.NAME);
    private static final String PHASE = CoordinatedShutdown.PhaseBeforeActorSystemTerminate();

    private StopTime() {}

    /** Of a tree. Those below come first, and a tree may be deeper than a stack. */
    static Duration of(SupervisorSpec spec) {
        List<SupervisorSpec> all = supervisors(spec);
        Map<SupervisorSpec, Duration> times = new HashMap<>();
        for (int i = all.size() - 1; i >= 0; i--) {
            times.put(all.get(i), of(all.get(i), times));
        }
        return Objects.requireNonNull(times.get(spec));
    }

    /** All that are known in a tree, each before those below it. */
    private static List<SupervisorSpec> supervisors(SupervisorSpec spec) {
        List<SupervisorSpec> all = new ArrayList<>(List.of(spec));
        for (int i = 0; i < all.size(); i++) {
            for (ChildSpec child : all.get(i).children()) {
                below(child).ifPresent(all::add);
            }
        }
        return all;
    }

    private static Optional<SupervisorSpec> below(ChildSpec child) {
        return child.kind() instanceof SupervisorKind supervisor
                ? Optional.ofNullable(supervisor.known())
                : Optional.empty();
    }

    private static Duration of(SupervisorSpec spec, Map<SupervisorSpec, Duration> below) {
        boolean atOnce = spec.strategy().isDynamic();
        Duration all = Duration.ZERO;
        for (ChildSpec child : spec.children()) {
            Duration one = of(child, below);
            all = atOnce ? longer(all, one) : sum(all, one);
        }
        return all;
    }

    private static Duration of(ChildSpec child, Map<SupervisorSpec, Duration> below) {
        Shutdown shutdown = child.shutdown();
        if (shutdown == Shutdown.BrutalKill.INSTANCE) {
            return Duration.ZERO;
        }
        Duration limit = shutdown instanceof Shutdown.Timeout timeout ? timeout.within() : FOR_EVER;
        if (child.kind() instanceof SupervisorKind) {
            return shorter(limit, below(child).map(below::get).orElse(Duration.ZERO));
        }
        return shorter(limit, FOR_EVER);
    }

    /** The longest that a single child in a tree may take; a supervisor takes no time of its own. */
    static Duration longest(SupervisorSpec spec) {
        Duration longest = Duration.ZERO;
        for (SupervisorSpec supervisor : supervisors(spec)) {
            for (ChildSpec child : supervisor.children()) {
                longest = longer(longest, ofOne(child));
            }
        }
        return longest;
    }

    /** What a child may take that is no supervisor; after a kill only what it has been given beyond its kind's. */
    static Duration ofOne(ChildSpec child) {
        if (child.isSupervisor()) {
            return Duration.ZERO;
        }
        Duration beyond = child.killGrace().minus(child.kind().defaultKillGrace());
        return sum(of(child, Map.of()), longer(shorter(beyond, FOR_EVER), Duration.ZERO));
    }

    private static Duration sum(Duration one, Duration other) {
        return shorter(one.plus(other), FOR_EVER);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    /** How long an actor system that terminates waits for a tree. */
    static Duration allowedBy(ActorSystem<?> system) {
        return Duration.ofNanos(CoordinatedShutdown.get(system).timeout(PHASE).toNanos());
    }

    /** Says so if the actor system would not wait for the end of a tree that it runs. */
    static void compareWith(ActorSystem<?> system, SupervisorSpec spec) {
        Duration phase = allowedBy(system);
        Duration tree = of(spec);
        if (tree.compareTo(phase) > 0) {
            boolean endless = tree.equals(FOR_EVER);
            LOG.warn(
                    "the tree may take [{}] to stop, but when actor system [{}] terminates it waits for it no longer than"
                            + " [{}], and then stops the children that are left all at once; set"
                            + " pekko.coordinated-shutdown.phases.{}.timeout to {}",
                    endless ? "as long as a child with an infinite shutdown likes" : DurationText.of(tree),
                    system.name(),
                    DurationText.of(phase),
                    PHASE,
                    endless ? "what you are ready to wait" : (tree.toMillis() + 999) / 1000 + "s or more");
        }
    }
}
