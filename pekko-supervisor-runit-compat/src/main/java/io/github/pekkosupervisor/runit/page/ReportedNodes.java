package io.github.pekkosupervisor.runit.page;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Supervision;
import io.github.pekkosupervisor.runit.look.ScanReport;
import io.github.pekkosupervisor.runit.look.ServiceReport;
import io.github.pekkosupervisor.runit.look.ServiceTree;
import io.github.pekkosupervisor.runit.look.ServiceTree.Visit;
import io.github.pekkosupervisor.runit.look.TreePlace;
import io.github.pekkosupervisor.runit.supervise.Printable;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import io.github.pekkosupervisor.runit.supervise.Tai64n;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of services from outside, as places of a tree: the directory at the top, below it the services,
 * children of a tree below their supervisors, loggers below their services. The last part of a path is the name of the
 * directory, as it is printed. For one thread.
 */
final class ReportedNodes {

    private static final String SUPERVISOR = "supervisor";
    private static final String LOGGER = "logger";
    private static final String LOG = "log";

    /** What has more digits cannot be shown. */
    private static final Instant LAST = Instant.parse("9999-12-31T00:00:00Z");

    private final Map<String, Known> known = new HashMap<>();

    /** What was made of a report, which costs a look at {@code /proc}. */
    private record Known(ServiceReport report, Node node) {}

    /**
     * All of them.
     *
     * @param places where each service is shown is put in here, by the path of its place
     * @param trouble why they could not be looked at; empty if they could
     */
    Node top(ScanReport report, Optional<String> trouble, Map<String, OsString> places) {
        List<Visit> visits = ServiceTree.inOrder(ServiceTree.of(report));
        List<String> paths = paths(visits);
        List<List<Node>> below = new ArrayList<>();
        below.add(new ArrayList<>());
        for (int i = visits.size() - 1; i >= 0; i--) {
            Visit visit = visits.get(i);
            while (below.size() <= visit.depth() + 1) {
                below.add(new ArrayList<>());
            }
            ServiceReport service = visit.node().service();
            List<Node> children = below.set(visit.depth() + 1, new ArrayList<>());
            Collections.reverse(children);
            places.put(paths.get(i), service.name());
            below.get(visit.depth()).add(node(paths.get(i), service, children));
        }
        known.keySet().retainAll(places.keySet());
        List<Node> services = below.get(0);
        Collections.reverse(services);
        Node top = Node.of(TreePath.TOP, Command.SCANNED, State.RUNNING)
                .withDetail("directory", Printable.onTerminal(report.path()))
                .withChildren(services);
        return trouble.map(why -> top.withState(State.RUNNING, false).withDetail("trouble", why))
                .orElse(top);
    }

    private static List<String> paths(List<Visit> visits) {
        List<String> paths = new ArrayList<>(visits.size());
        List<String> above = new ArrayList<>(List.of(TreePath.TOP));
        for (Visit visit : visits) {
            above.subList(visit.depth() + 1, above.size()).clear();
            String path = TreePath.below(
                    above.get(visit.depth()),
                    Printable.onTerminal(visit.node().service().name()));
            above.add(path);
            paths.add(path);
        }
        return paths;
    }

    private Node node(String path, ServiceReport service, List<Node> children) {
        Known before = known.get(path);
        Node alone = before != null && before.report.equals(service) ? before.node : alone(path, service);
        known.put(path, new Known(service, alone));
        List<Node> all = new ArrayList<>(alone.children());
        all.addAll(children);
        return alone.withChildren(all);
    }

    /** With its logger only. */
    private static Node alone(String path, ServiceReport service) {
        Node node = unit(path, service.place().isSupervisor() ? SUPERVISOR : Command.SERVICE, service);
        @Nullable ServiceReport log = service.log();
        return log == null ? node : node.withChildren(List.of(unit(TreePath.below(path, LOG), LOGGER, log)));
    }

    private static Node unit(String path, String kind, ServiceReport service) {
        Map<String, String> details = new TreeMap<>();
        if (!service.notes().isEmpty()) {
            details.put("notes", service.notes());
        }
        if (service.isHung()) {
            details.put(Node.HUNG, "its supervisor says so");
        }
        StatusBytes status = service.status();
        if (status == null) {
            return Node.of(path, kind, State.STOPPED).withDetails(details);
        }
        if (status.isPaused()) {
            details.put("paused", "yes");
        }
        boolean isReady =
                status.isRunning() && !status.isPaused() && service.ready().orElse(true);
        Node node = Node.of(path, kind, state(service, status))
                .withState(state(service, status), isReady)
                .withProcess(status.pid() == 0 ? Optional.empty() : ProcessIdentity.ofRunning(status.pid()))
                .withSince(since(status))
                .withDetails(details);
        return past(supervised(node, service.place()), service.record());
    }

    private static Node past(Node node, @Nullable UnitRecord record) {
        if (record == null) {
            return node;
        }
        return node.withRestarts(
                record.past().restarts(),
                record.past().lastEnd().map(end -> LastExit.of(end.status().toString(), end.at())),
                node.state() == State.RESTARTING ? record.pending().throttledUntil() : Optional.empty());
    }

    private static State state(ServiceReport service, StatusBytes status) {
        boolean isWanted = status.want() == 'u';
        if (status.isRunning()) {
            return status.gotTerm() ? State.STOPPING : State.RUNNING;
        } else if (!status.isDown()) {
            return isWanted ? State.RESTARTING : State.STOPPING;
        }
        return service.isDone() ? State.DONE : isWanted ? State.RESTARTING : State.STOPPED;
    }

    private static Optional<Instant> since(StatusBytes status) {
        long second = Tai64n.epochSecond(status.label());
        // whatever somebody may have written there
        return second < 0 || second > LAST.getEpochSecond()
                ? Optional.empty()
                : Optional.of(Instant.ofEpochSecond(second));
    }

    private static Node supervised(Node node, TreePlace place) {
        return place.isSupervisor()
                ? new Node(
                        node.path(),
                        node.kind(),
                        node.state(),
                        node.ready(),
                        node.incarnation(),
                        node.former(),
                        node.process(),
                        node.since(),
                        node.restarts(),
                        node.lastExit(),
                        node.nextRestart(),
                        by(place.supervision()),
                        node.details(),
                        node.children())
                : node;
    }

    /** Empty if what is said there is not to be understood. */
    private static Optional<Supervision> by(Map<String, String> said) {
        try {
            String strategy = said.getOrDefault("strategy", "");
            String intensity = said.getOrDefault("intensity", "infinite");
            return Optional.of(new Supervision(
                    Strategy.valueOf(strategy.toUpperCase(Locale.ROOT).replace('-', '_')),
                    0,
                    intensity.equals("infinite") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(intensity)),
                    ConfigFactory.parseMap(Map.of("period", said.getOrDefault("period", "")))
                            .getDuration("period")));
        } catch (IllegalArgumentException | ConfigException e) {
            return Optional.empty();
        }
    }
}
