package io.github.pekkosupervisor.springboot;

import io.github.pekkosupervisor.protocol.TreeHealth;
import io.github.pekkosupervisor.protocol.TreeHealth.NotReady;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;

/**
 * The tree in the application's health. {@code UP}: all that must be ready is. {@code OUT_OF_SERVICE}: some is not, and
 * the tree is at work on that. {@code DOWN}: the tree has ended, or does not answer.
 */
final class SupervisorHealthIndicator extends AbstractHealthIndicator {

    /** A tree that does not answer says so by then. */
    private static final long SECONDS = 10;

    /** How many places are named at most. */
    static final int MOST_NAMED = 20;

    private final ApplicationTree tree;

    SupervisorHealthIndicator(ApplicationTree tree) {
        super("the tree could not be asked how it is");
        this.tree = tree;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) throws Exception {
        if (tree.present().isEmpty()) {
            builder.outOfService().withDetail("tree", "not started, or stopped");
            return;
        }
        TreeHealth health = tree.health(SECONDS);
        if (!health.live()) {
            builder.down();
        } else if (tree.essential().isReady(health)) {
            builder.up();
        } else {
            builder.outOfService();
        }
        tree.end().ifPresent(end -> builder.withDetail("end", end.toString()));
        if (!health.notReady().isEmpty()) {
            builder.withDetail("notReady", named(health.notReady()));
            if (health.notReady().size() > MOST_NAMED) {
                builder.withDetail("notNamed", health.notReady().size() - MOST_NAMED);
            }
        }
    }

    private static Map<String, String> named(List<NotReady> places) {
        Map<String, String> named = new LinkedHashMap<>();
        places.stream().limit(MOST_NAMED).forEach(place -> named.merge(place.path(), place.reason(), (a, b) -> a));
        return named;
    }
}
