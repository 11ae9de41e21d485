package io.github.pekkosupervisor.runit.look;

import io.github.pekkosupervisor.posix.OsString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is in one directory, side by side, put below one another again: {@code workers.w1} is a child of
 * {@code workers}, and what has no dot one of {@code @tree}. Where no tree is shown all stay side by side, whatever
 * dots their names have. What is in the tree of a service directory is below that.
 */
public final class ServiceTree {

    private static final OsString USUAL_TOP = OsString.of("@tree");

    /** None comes before another. */
    private static final Comparator<ServiceReport> AS_THEY_ARE = Comparator.comparing(Objects::isNull);

    private ServiceTree() {}

    /** One and all below it. */
    public static final class Node {
        private final ServiceReport service;
        private final ScanReport report;
        private final List<Node> children = new ArrayList<>();

        Node(ServiceReport service, ScanReport report) {
            this.service = service;
            this.report = report;
        }

        /** What it is in. */
        public ScanReport report() {
            return report;
        }

        /** How it is. */
        public ServiceReport service() {
            return service;
        }

        /** In the order of their names. */
        public List<Node> children() {
            return children;
        }
    }

    /** A node while a tree is gone through. */
    public record Visit(Node node, int depth, boolean isLast) {}

    /** Those that are below no other, in the order of their names. */
    public static List<Node> of(ScanReport report) {
        boolean isTree = report.services().stream().anyMatch(one -> one.place().isSupervisor());
        Map<OsString, Node> byPath = new HashMap<>();
        List<Node> nodes = new ArrayList<>();
        for (ServiceReport service : report.services()) {
            Node node = new Node(service, report);
            nodes.add(node);
            byPath.put(service.place().path(), node);
        }
        List<Node> roots = new ArrayList<>();
        for (Node node : nodes) {
            Node above = isTree ? above(node, byPath) : null;
            if (above == null) {
                roots.add(node);
            } else {
                above.children.add(node);
            }
        }
        for (Node node : nodes) {
            report.insideOf(node.service).ifPresent(tree -> node.children.addAll(of(tree)));
        }
        return roots;
    }

    private static @Nullable Node above(Node node, Map<OsString, Node> byPath) {
        OsString path = node.service.place().path();
        if (node.service.place().isTop()) {
            return null;
        }
        for (int dot = lastDot(path, path.length()); dot > 0; dot = lastDot(path, dot)) {
            Node above = byPath.get(path.slice(0, dot));
            if (above != null && above != node) {
                return above;
            }
        }
        Node top = byPath.get(USUAL_TOP);
        return top != null && top.service.place().isTop() ? top : null;
    }

    private static int lastDot(OsString path, int before) {
        byte[] bytes = path.bytes();
        for (int i = before - 1; i >= 0; i--) {
            if (bytes[i] == '.') {
                return i;
            }
        }
        return -1;
    }

    /** All of them, each before what is below it. */
    public static List<Visit> inOrder(List<Node> roots) {
        return inOrder(roots, AS_THEY_ARE, node -> true);
    }

    /**
     * The same in another order, or not all of them. A loop, for trees may be deep.
     *
     * @param order of those side by side; what it takes for the same stays in the order of the names
     * @param isOpen whether what is below a node belongs to it
     */
    public static List<Visit> inOrder(List<Node> roots, Comparator<ServiceReport> order, Predicate<Node> isOpen) {
        List<Visit> all = new ArrayList<>();
        Deque<Visit> left = new ArrayDeque<>();
        push(left, sorted(roots, order), 0);
        while (!left.isEmpty()) {
            Visit visit = left.pop();
            all.add(visit);
            if (isOpen.test(visit.node())) {
                push(left, sorted(visit.node().children(), order), visit.depth() + 1);
            }
        }
        return all;
    }

    private static List<Node> sorted(List<Node> nodes, Comparator<ServiceReport> order) {
        List<Node> sorted = new ArrayList<>(nodes);
        sorted.sort((one, other) -> order.compare(one.service(), other.service()));
        return sorted;
    }

    private static void push(Deque<Visit> left, List<Node> nodes, int depth) {
        for (int i = nodes.size() - 1; i >= 0; i--) {
            left.push(new Visit(nodes.get(i), depth, i == nodes.size() - 1));
        }
    }
}
