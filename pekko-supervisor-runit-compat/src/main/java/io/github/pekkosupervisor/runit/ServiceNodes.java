package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.ProcessNotice;
import io.github.pekkosupervisor.protocol.ProcessNotified;
import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.SuperviseDirectory;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Instant;
import java.util.Collections;
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

    // details
    static final String SUPERVISION = "supervision";
    static final String ENDED = "ended";
    static final String FAILED = "failed";
    static final String NORMALLY = "normally";
    static final String DOES = "runit";
    static final String TROUBLE = "trouble";
    static final String AWAITS = "awaits";
    private static final String WANT = "want";
    private static final String THROTTLED = "throttled-until";
    private static final String PAUSED = "paused";
    private static final String IN_PROCESS = "in-process";

    private ServiceNodes() {}

    /** A directory of service directories that is a child. */
    static Node of(String path, List<ServiceSnapshot> services) {
        return Node.of(path, SERVICE_DIRECTORIES, State.RUNNING)
                .withChildren(services.stream().map(ServiceNodes::of).toList());
    }

    /** Looks up in {@code /proc} when the processes were started, so it is for threads that may read files. */
    static Node of(ServiceSnapshot snapshot) {
        return troubled(untroubled(snapshot), snapshot.trouble());
    }

    /** The same of one that is a child itself: how it ended last says its supervisor. */
    static Node ofOne(ServiceSnapshot snapshot) {
        Node node = of(snapshot);
        return node.withRestarts(node.restarts(), Optional.empty(), node.nextRestart());
    }

    /** The same of one that is about to be started, unless it runs: that start is counted here. */
    static Node ofOneToStart(ServiceSnapshot snapshot) {
        Node node = ofOne(snapshot);
        boolean isOneMore = snapshot.service()
                .filter(unit -> unit.status().state() != ServiceStatus.State.RUN)
                .flatMap(ServiceSnapshot.Unit::lastEnd)
                .isPresent();
        return isOneMore ? node.withRestarts(node.restarts() + 1, node.lastExit(), node.nextRestart()) : node;
    }

    /** With what is wrong. */
    static Node troubled(Node node, Optional<String> trouble) {
        return trouble.isPresent() ? node.withDetail(TROUBLE, trouble.get()) : node.withoutDetail(TROUBLE);
    }

    private static Node untroubled(ServiceSnapshot snapshot) {
        if (snapshot.service().isEmpty()) {
            return supervised(
                            Node.of(snapshot.path(), SERVICE_DIRECTORY, unsupervised(snapshot)), snapshot.supervision())
                    .withRestarts(0, Optional.empty(), snapshot.supervisedAgain());
        }
        ServiceSnapshot.Unit service = snapshot.service().get();
        Node node = supervised(unit(snapshot.path(), SERVICE_DIRECTORY, service), snapshot.supervision());
        if (snapshot.supervision() == ServiceSnapshot.Supervision.ENDED) {
            node = node.withState(unsupervised(snapshot), false)
                    .withRestarts(service.restarts(), node.lastExit(), snapshot.supervisedAgain());
        }
        return node.withChildren(snapshot.log()
                .map(log -> List.of(unit(TreePath.below(snapshot.path(), "log"), LOGGER, log)))
                .orElse(List.of()));
    }

    private static Node supervised(Node node, ServiceSnapshot.Supervision supervision) {
        return switch (supervision) {
            case BEGINNING, ACTIVE -> node;
            case FAILED -> node.withDetail(SUPERVISION, FAILED);
            case ENDED -> node.withDetail(SUPERVISION, ENDED);
        };
    }

    private static State unsupervised(ServiceSnapshot snapshot) {
        if (snapshot.supervision() == ServiceSnapshot.Supervision.BEGINNING) {
            return State.STARTING;
        }
        return snapshot.supervisedAgain().isPresent() ? State.RESTARTING : State.STOPPED;
    }

    private static Node unit(String path, String kind, ServiceSnapshot.Unit unit) {
        Node node = Node.of(path, kind, State.STOPPED)
                .withRestarts(
                        unit.restarts(),
                        unit.lastEnd().map(end -> LastExit.of(end.reason(), end.at())),
                        unit.throttledUntil())
                .withDetail(NORMALLY, unit.normallyUp() ? "up" : "down");
        Node looked = hung(node, unit.hung());
        Node awaiting =
                unit.awaits().map(sign -> looked.withDetail(AWAITS, sign)).orElse(looked);
        Node as = as(awaiting, unit.status());
        Node said =
                unit.notice().map(notice -> ProcessNotified.seen(as, notice)).orElse(as);
        return kind.equals(LOGGER) || unit.ready() ? said : said.withState(said.state(), false);
    }

    /** With why it counts as hung. */
    static Node hung(Node node, Optional<String> why) {
        return why.isPresent() ? node.withDetail(Node.HUNG, why.get()) : node.withoutDetail(Node.HUNG);
    }

    /** When it may be started next, if it has to wait, whatever is wanted. */
    private static Optional<Instant> throttledUntil(Node node) {
        return node.nextRestart()
                .or(() -> Optional.ofNullable(node.details().get(THROTTLED)).map(Instant::parse));
    }

    /** The same place with another status. */
    static Node as(Node node, ServiceStatus status) {
        State state = state(status, node.lastExit().isPresent());
        Map<String, String> details = new TreeMap<>(node.details());
        List.of(PAUSED, IN_PROCESS).forEach(details::remove);
        details.putAll(details(status));
        boolean runs = node.kind().equals(LOGGER) ? state == State.RUNNING : status.state() == ServiceStatus.State.RUN;
        boolean works = !details.containsKey(Node.HUNG);
        boolean awaits = runs && details.containsKey(AWAITS);
        Node as = node.withState(
                        awaits && state == State.RUNNING ? State.STARTING : state,
                        runs && works && !awaits && !status.paused())
                .withProcess(process(node, status.pid()))
                .withSince(Optional.of(status.stamp()))
                .withDetails(details);
        return throttled(as, throttledUntil(node));
    }

    /** What runs there has given its sign of readiness. */
    static Node ready(Node node) {
        boolean awaits = node.details().containsKey(AWAITS);
        return awaits
                ? node.withoutDetail(AWAITS)
                        .withState(readyState(node), !node.details().containsKey(PAUSED))
                : node;
    }

    private static State readyState(Node node) {
        return node.state() == State.STARTING ? State.RUNNING : node.state();
    }

    /** What runs there is not ready before it has given this sign. */
    static Node awaiting(Node node, String sign) {
        State state = node.state() == State.RUNNING ? State.STARTING : node.state();
        return node.withDetail(AWAITS, sign).withState(state, false);
    }

    /** Nothing of what was said by or waited for from what ran there counts any more. */
    static Node silent(Node node) {
        if (!node.details().containsKey(AWAITS)
                && Collections.disjoint(node.details().keySet(), ProcessNotice.DETAILS)) {
            return node;
        }
        Map<String, String> details = new TreeMap<>(node.details());
        details.remove(AWAITS);
        details.keySet().removeAll(ProcessNotice.DETAILS);
        return node.withDetails(details);
    }

    /** The same place with what is known of it from a supervisor that is gone. */
    static Node adopted(Node node, ServiceEvent.Adopted left) {
        Optional<LastExit> lastExit = left.lastEnd().map(end -> LastExit.of(end.reason(), end.at()));
        boolean waits = node.state() == State.STARTING && lastExit.isPresent();
        Node known = node.withState(waits ? State.RESTARTING : node.state(), node.ready())
                .withRestarts(left.restarts(), lastExit, node.nextRestart());
        return throttled(known, left.throttledUntil());
    }

    /** What it waits for is its next start only if it is down and wanted up. */
    static Node throttled(Node node, Optional<Instant> until) {
        boolean waits = "down".equals(node.details().get(DOES))
                && "up".equals(node.details().get(WANT));
        Node shown = node.withRestarts(node.restarts(), node.lastExit(), waits ? until : Optional.empty());
        return waits || until.isEmpty()
                ? shown.withoutDetail(THROTTLED)
                : shown.withDetail(THROTTLED, until.get().toString());
    }

    /** A log that we write ourselves has none: whoever signals what is named here is to meet the logger alone. */
    private static Optional<ProcessIdentity> process(Node known, int pid) {
        if (SuperviseDirectory.isOurselves(pid)) {
            return Optional.empty();
        }
        if (known.process().isPresent() && known.process().get().pid() == pid) {
            return known.process();
        }
        return processOf(pid);
    }

    /** Which process has this number now. */
    static Optional<ProcessIdentity> processOf(int pid) {
        return pid == 0 ? Optional.empty() : ProcessIdentity.ofRunning(pid);
    }

    private static State state(ServiceStatus status, boolean hasEnded) {
        boolean wanted = status.want() == Want.UP;
        return switch (status.state()) {
            case RUN -> status.gotTerm() ? State.STOPPING : State.RUNNING;
            case FINISH -> wanted ? State.RESTARTING : State.STOPPING;
            case DOWN -> !wanted ? State.STOPPED : hasEnded ? State.RESTARTING : State.STARTING;
        };
    }

    /** What runit has and a tree has not. */
    private static Map<String, String> details(ServiceStatus status) {
        Map<String, String> details = new TreeMap<>();
        details.put(DOES, status.state().name().toLowerCase(Locale.ROOT));
        details.put(WANT, status.want().name().toLowerCase(Locale.ROOT));
        if (status.paused()) {
            details.put(PAUSED, "yes");
        }
        if (SuperviseDirectory.isOurselves(status.pid())) {
            details.put(IN_PROCESS, "yes");
        }
        return details;
    }
}
