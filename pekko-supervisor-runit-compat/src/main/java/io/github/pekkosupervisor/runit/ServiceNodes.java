package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A service directory as a place in the snapshot of a tree, its logger below it. */
final class ServiceNodes {

    static final String SERVICE_DIRECTORY = "service directory";
    static final String SERVICE_DIRECTORIES = "service directories";
    static final String LOGGER = "logger";

    private ServiceNodes() {}

    /** A directory of service directories that is a child. */
    static Node of(String path, List<ServiceSnapshot> services) {
        return Node.of(path, SERVICE_DIRECTORIES, State.RUNNING)
                .withChildren(services.stream().map(ServiceNodes::of).toList());
    }

    /**
     * A service directory that is a child itself: since when it runs and how often it was started is its supervisor's
     * to say, so what its runsv knows of that is among the details.
     */
    static Node ofChild(ServiceSnapshot snapshot) {
        Node node = of(snapshot);
        Map<String, String> details = new TreeMap<>(node.details());
        snapshot.service().ifPresent(service -> {
            details.put("run-restarts", String.valueOf(service.restarts()));
            details.put("run-since", service.status().stamp().toString());
        });
        return node.withDetails(details);
    }

    /** Looks up in {@code /proc} when the processes were started, so it is for threads that may read files. */
    static Node of(ServiceSnapshot snapshot) {
        if (snapshot.service().isEmpty()) {
            return Node.of(snapshot.path(), SERVICE_DIRECTORY, unsupervised(snapshot))
                    .withRestarts(0, Optional.empty(), snapshot.supervisedAgain());
        }
        ServiceSnapshot.Unit service = snapshot.service().get();
        Node node = unit(snapshot.path(), SERVICE_DIRECTORY, service);
        if (snapshot.supervision() == ServiceSnapshot.Supervision.ENDED) {
            node = node.withState(unsupervised(snapshot), false)
                    .withRestarts(service.restarts(), node.lastExit(), snapshot.supervisedAgain());
        }
        return node.withChildren(snapshot.log()
                .map(log -> List.of(unit(TreePath.below(snapshot.path(), "log"), LOGGER, log)))
                .orElse(List.of()));
    }

    private static State unsupervised(ServiceSnapshot snapshot) {
        if (snapshot.supervision() == ServiceSnapshot.Supervision.BEGINNING) {
            return State.STARTING;
        }
        return snapshot.supervisedAgain().isPresent() ? State.RESTARTING : State.STOPPED;
    }

    private static Node unit(String path, String kind, ServiceSnapshot.Unit unit) {
        ServiceStatus status = unit.status();
        State state = state(unit);
        return Node.of(path, kind, state)
                .withState(state, !status.paused() && (kind.equals(LOGGER) ? state == State.RUNNING : unit.ready()))
                .withProcess(status.pid() == 0 ? Optional.empty() : ProcessIdentity.ofRunning(status.pid()))
                .withSince(Optional.of(status.stamp()))
                .withRestarts(
                        unit.restarts(),
                        unit.lastEnd().map(end -> LastExit.of(end.status().toString(), end.at())),
                        unit.nextStart())
                .withDetails(details(unit));
    }

    private static State state(ServiceSnapshot.Unit unit) {
        ServiceStatus status = unit.status();
        boolean wanted = status.want() == Want.UP;
        return switch (status.state()) {
            case RUN -> status.gotTerm() ? State.STOPPING : State.RUNNING;
            case FINISH -> wanted ? State.RESTARTING : State.STOPPING;
            case DOWN -> !wanted ? State.STOPPED : unit.lastEnd().isPresent() ? State.RESTARTING : State.STARTING;
        };
    }

    /** What runit has and a tree has not. */
    private static Map<String, String> details(ServiceSnapshot.Unit unit) {
        ServiceStatus status = unit.status();
        Map<String, String> details = new TreeMap<>();
        details.put("runit", status.state().name().toLowerCase(Locale.ROOT));
        details.put("want", status.want().name().toLowerCase(Locale.ROOT));
        details.put("normally", unit.normallyUp() ? "up" : "down");
        if (status.paused()) {
            details.put("paused", "yes");
        }
        return details;
    }
}
