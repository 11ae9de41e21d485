package io.github.pekkosupervisor.micrometer;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeFold;
import io.github.pekkosupervisor.protocol.TreeHappenings;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSubscriber;
import io.github.pekkosupervisor.protocol.TreeSubscription;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A tree in Micrometer: {@code new TreeMetrics(tree).bindTo(registry)}. Each place of the tree is a {@code path}, never
 * a pid, so a restart makes no new time series; places of a dynamic supervisor that have the same path are one.
 *
 * <table>
 * <caption>Meters, each with the tag {@code path}</caption>
 * <tr><th>name</th><th>further tags</th><th>what it says</th></tr>
 * <tr><td>{@code pekko.supervisor.up}</td><td></td><td>how many run there: 1 or 0; more under a dynamic supervisor</td></tr>
 * <tr><td>{@code pekko.supervisor.ready}</td><td></td><td>how many of them are ready, and not hung</td></tr>
 * <tr><td>{@code pekko.supervisor.uptime}</td><td></td><td>for how long; 0 if it is down</td></tr>
 * <tr><td>{@code pekko.supervisor.starts}</td><td></td><td>how often it has started, whoever wanted it</td></tr>
 * <tr><td>{@code pekko.supervisor.restarts}</td><td>{@code reason}</td><td>how often of these by its supervisor after an
 * end, and what kind of end that was: {@code exit}, {@code signal}, {@code crash}, {@code hung}, {@code start_error},
 * {@code sibling} and so on</td></tr>
 * <tr><td>{@code pekko.supervisor.exits}</td><td>{@code reason}, {@code code}, {@code signal}</td><td>how often it has ended,
 * and how; {@code none} where there is no code or signal</td></tr>
 * <tr><td>{@code pekko.supervisor.start.time}</td><td></td><td>a timer: from the beginning of a start until it was
 * ready</td></tr>
 * <tr><td>{@code pekko.supervisor.stop.time}</td><td></td><td>a timer: from when it was asked to stop until it was gone; of
 * trees that tell {@linkplain SupervisionTree.Options#withTransitions transitions}</td></tr>
 * <tr><td>{@code pekko.supervisor.intensity.left}</td><td></td><td>of a supervisor that gives up: how many restarts more it
 * allows within its period</td></tr>
 * <tr><td>{@code pekko.supervisor.abandoned}</td><td></td><td>how many could not be ended, not even by a kill</td></tr>
 * </table>
 *
 * <p>Meters of a place that is gone are removed. Gauges are a tenth of a second late, and in a large tree as much later
 * as looking at it takes, so that it costs a twentieth of a processor at most. May be bound to several registries; each
 * counts from when it was bound.
 */
public final class TreeMetrics implements MeterBinder, AutoCloseable {

    private final SupervisionTree tree;
    private final Tags tags;
    private final List<TreeSubscription> subscriptions = new CopyOnWriteArrayList<>();
    private final List<TreeMeters> bound = new CopyOnWriteArrayList<>();

    /** Of a tree, without tags of its own. */
    public TreeMetrics(SupervisionTree tree) {
        this(tree, Tags.empty());
    }

    /**
     * Of a tree, with tags of its own.
     *
     * @param tags that each meter has too, such as the name of the tree where an application has several
     */
    public TreeMetrics(SupervisionTree tree, Iterable<Tag> tags) {
        this.tree = tree;
        this.tags = Tags.of(tags);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        TreeMeters meters = new TreeMeters(registry, tags);
        bound.add(meters);
        subscriptions.add(tree.subscribe(new TreeSubscriber() {
            private final TreeFold fold = new TreeFold();
            private final TreeHappenings happenings = new TreeHappenings(fold);

            @Override
            public void snapshot(TreeSnapshot present) {
                fold.snapshot(present);
                meters.show(fold::present);
            }

            @Override
            public void event(TreeEvent event) {
                fold.event(event);
                happenings.of(event).ifPresent(meters::count);
                meters.show(fold::present);
            }

            @Override
            public void ended(TreeEnd end) {
                fold.ended(end);
                meters.show(fold::present);
            }
        }));
    }

    /** Follows the tree no more, and removes the meters. What registries have sent stays there. */
    @Override
    public void close() {
        subscriptions.forEach(TreeSubscription::close);
        bound.forEach(TreeMeters::close);
    }
}
