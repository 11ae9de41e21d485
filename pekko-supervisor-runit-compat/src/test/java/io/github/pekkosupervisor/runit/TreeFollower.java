package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeFold;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSubscriber;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Has a tree by its events, each heard once, unless it lies about one. */
final class TreeFollower implements TreeSubscriber {

    private final TreeFold fold = new TreeFold();
    private final List<TreeEvent> heard = new CopyOnWriteArrayList<>();
    private final Predicate<TreeEvent> isTheLie;
    private final int times;
    private final AtomicInteger lies = new AtomicInteger();
    private final AtomicInteger snapshots = new AtomicInteger();

    TreeFollower() {
        this(event -> false, 1);
    }

    /**
     * One that lies.
     *
     * @param times how often it hears the first such event
     */
    TreeFollower(Predicate<TreeEvent> isTheLie, int times) {
        this.isTheLie = isTheLie;
        this.times = times;
    }

    /** Follows from now on. */
    TreeFollower follow(SupervisionTree tree) {
        assertThat(tree.subscribe(this)).isNotNull();
        patiently().until(() -> snapshots.get() > 0);
        return this;
    }

    @Override
    public void snapshot(TreeSnapshot present) {
        fold.snapshot(present);
        snapshots.incrementAndGet();
    }

    @Override
    public void event(TreeEvent event) {
        heard.add(event);
        boolean liesNow = isTheLie.test(event) && lies.getAndIncrement() == 0;
        IntStream.range(0, liesNow ? times : 1).forEach(i -> fold.event(event));
    }

    boolean hasLied() {
        return lies.get() > 0;
    }

    Node node(String path) {
        return fold.present().find(path).orElseThrow();
    }

    <E extends ServiceEvent> List<E> heard(Class<E> type, String path) {
        return heard.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .filter(event -> event.path().equals(path))
                .toList();
    }

    List<String> lines() {
        return lines(fold.present());
    }

    /** All but restarts within a period, which grow fewer by themselves. */
    static List<String> lines(TreeSnapshot snapshot) {
        List<String> lines = new ArrayList<>();
        List<Node> left = new ArrayList<>(List.of(snapshot.top()));
        while (!left.isEmpty()) {
            Node node = left.remove(0);
            lines.add(node.path() + " " + node.kind() + " " + node.state() + " ready " + node.ready() + " "
                    + node.incarnation() + " " + node.process() + " since "
                    + node.since().map(since -> "then").orElse("never") + " restarts "
                    + node.restarts() + " " + node.lastExit().map(LastExit::reason) + " next "
                    + node.nextRestart() + " " + node.details());
            left.addAll(node.children());
        }
        return lines;
    }

    /** Of the end of a child it is told by one clock and seen by another, and whoever looks at both may be held up. */
    private static final long MILLIS_OF_AN_END = 3000;

    /** Waits until it has what a snapshot says, and when things have become so is nearly the same. */
    void awaitAgreement(SupervisionTree tree, long millis) {
        patiently().untilAsserted(() -> {
            TreeSnapshot present = Grove.get(tree.snapshot());
            assertThat(lines()).isEqualTo(lines(present));
            agree(fold.present().top(), present.top(), millis);
        });
    }

    private static void agree(Node followed, Node present, long millis) {
        boolean runs = present.incarnation().isPresent() || present.process().isPresent();
        present.since()
                .ifPresent(since -> assertThat(followed.since().orElseThrow())
                        .as(present.path())
                        .isCloseTo(since, within(runs ? millis : MILLIS_OF_AN_END, ChronoUnit.MILLIS)));
        for (int i = 0; i < present.children().size(); i++) {
            agree(followed.children().get(i), present.children().get(i), millis);
        }
    }
}
