package io.github.pekkosupervisor.runit.top;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.look.ScanReport;
import io.github.pekkosupervisor.runit.look.ServiceReport;
import io.github.pekkosupervisor.runit.look.ServiceTree;
import io.github.pekkosupervisor.runit.look.ServiceTree.Node;
import io.github.pekkosupervisor.runit.look.ServiceTree.Visit;
import io.github.pekkosupervisor.runit.supervise.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which services are in the list, in which order, and how they stand below one another. */
final class Rows {

    private Rows() {}

    /**
     * All that are to be seen.
     *
     * @param folded names of those whose children are not shown; while there is a filter, nothing is folded
     * @param filter what has to be in a name, a state or a note, in whatever case; above each that has it stand those
     *     that it is below
     */
    static List<Row> of(ScanReport report, Set<OsString> folded, String filter, Sorting sorting) {
        List<Node> roots = ServiceTree.of(report);
        Set<OsString> closed = filter.isEmpty() ? folded : Set.of();
        List<Visit> visits = ServiceTree.inOrder(
                roots, sorting.order(), node -> !closed.contains(node.service().name()));
        return drawn(filter.isEmpty() ? visits : filtered(visits, filter.toLowerCase(Locale.ROOT)), closed);
    }

    private static List<Visit> filtered(List<Visit> visits, String filter) {
        List<Visit> kept = new ArrayList<>();
        Set<Node> above = new HashSet<>();
        // from below, so that each is met after what is below it
        for (int i = visits.size() - 1; i >= 0; i--) {
            Visit visit = visits.get(i);
            boolean isAbove = visit.node().children().stream().anyMatch(above::contains);
            if (isAbove || fits(visit.node().service(), filter)) {
                above.add(visit.node());
                kept.add(visit);
            }
        }
        Collections.reverse(kept);
        return kept;
    }

    private static boolean fits(ServiceReport service, String filter) {
        String all = Printable.onTerminal(service.name()) + " " + service.state() + " " + service.notes() + " "
                + service.logState();
        return all.toLowerCase(Locale.ROOT).contains(filter);
    }

    private static List<Row> drawn(List<Visit> visits, Set<OsString> closed) {
        List<Row> rows = new ArrayList<>(visits.size());
        // from below: whether another one follows at each depth
        boolean[] follows =
                new boolean[visits.stream().mapToInt(Visit::depth).max().orElse(0) + 2];
        String[] before = new String[visits.size()];
        for (int i = visits.size() - 1; i >= 0; i--) {
            int depth = visits.get(i).depth();
            StringBuilder drawn = new StringBuilder();
            for (int d = 1; d < depth; d++) {
                drawn.append(follows[d] ? "│  " : "   ");
            }
            if (depth > 0) {
                drawn.append(follows[depth] ? "├─ " : "└─ ");
            }
            before[i] = drawn.toString();
            follows[depth] = true;
            Arrays.fill(follows, depth + 1, follows.length, false);
        }
        for (int i = 0; i < before.length; i++) {
            Node node = visits.get(i).node();
            boolean isFolded =
                    closed.contains(node.service().name()) && !node.children().isEmpty();
            rows.add(new Row(node.service(), before[i], !node.children().isEmpty(), isFolded));
        }
        return rows;
    }
}
