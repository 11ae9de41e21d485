package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.protocol.ProcessNotified;
import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.runit.ServiceEvent.Program;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What an event makes of a service directory as a place of a tree: events added to a place that {@link ServiceNodes}
 * has made come to what that makes of the snapshot with those events. Looks up when a process was started, so it is for
 * threads that may read files.
 */
final class ServiceNodeChanges {

    private ServiceNodeChanges() {}

    /**
     * A child after an event.
     *
     * @param child a service directory, or what others lie in
     */
    static Node after(Node child, ServiceEvent event) {
        if (child.path().equals(event.path())) {
            return isOfMany(child, event) ? child : service(child, event);
        }
        List<Node> all = new ArrayList<>(child.children());
        int at = 0;
        while (at < all.size() && !all.get(at).path().equals(event.path())) {
            at++;
        }
        if (event instanceof ServiceEvent.Forgotten) {
            if (at == all.size()) {
                return child;
            }
            all.remove(at);
        } else if (at < all.size()) {
            all.set(at, service(all.get(at), event));
        } else {
            Node found = Node.of(event.path(), ServiceNodes.SERVICE_DIRECTORY, State.STARTING);
            all.add(service(found, event));
            all.sort(Comparator.comparing(Node::path));
        }
        return child.withChildren(all);
    }

    /**
     * Whether it is about what others lie in, of which no more is shown. While it starts its kind is not known: one by
     * itself says next that its supervision begins, and nothing of before is left then.
     */
    private static boolean isOfMany(Node child, ServiceEvent event) {
        return child.kind().equals(ServiceNodes.SERVICE_DIRECTORIES)
                || (child.kind().isEmpty() && event instanceof ServiceEvent.Warned);
    }

    private static Node service(Node node, ServiceEvent event) {
        Optional<String> trouble = Optional.ofNullable(node.details().get(ServiceNodes.TROUBLE));
        Optional<String> wrong = Trouble.after(trouble, event);
        Node next = changed(node, event);
        return wrong.isEmpty() && trouble.isEmpty() ? next : ServiceNodes.troubled(next, wrong);
    }

    private static Node changed(Node node, ServiceEvent event) {
        if (event instanceof ServiceEvent.OfProgram ofProgram) {
            return with(node, ofProgram.program().unit(), unit -> program(unit, ofProgram));
        } else if (event instanceof ServiceEvent.StateChanged changed) {
            return with(node, changed.unit(), unit -> ServiceNodes.as(unit, changed.status()));
        } else if (event instanceof ServiceEvent.Hung hung) {
            return ServiceNodes.hung(node.withState(node.state(), false), Optional.of(hung.why()));
        } else if (event instanceof ServiceEvent.Recovered) {
            return works(node);
        } else if (event instanceof ServiceEvent.Throttled throttled) {
            return with(node, throttled.unit(), unit -> ServiceNodes.throttled(unit, Optional.of(throttled.until())));
        } else if (event instanceof ServiceEvent.AwaitsReady awaits) {
            return ServiceNodes.awaiting(node, awaits.sign());
        } else if (event instanceof ServiceEvent.Ready) {
            return ServiceNodes.ready(node);
        } else if (event instanceof ServiceEvent.Notified notified) {
            return ProcessNotified.seen(node, notified.notice());
        }
        return supervision(node, event);
    }

    /** Ready again, unless it is paused. */
    private static Node works(Node node) {
        boolean isHung = node.details().containsKey(Node.HUNG);
        return isHung ? ServiceNodes.hung(node.withState(node.state(), true), Optional.empty()) : node;
    }

    private static Node with(Node node, ServiceEvent.Unit which, UnaryOperator<Node> change) {
        return switch (which) {
            case SERVICE -> change.apply(node);
            case LOG -> node.withChildren(node.children().stream().map(change).toList());
        };
    }

    // ---- what runs

    private static Node program(Node unit, ServiceEvent.OfProgram event) {
        if (event instanceof ServiceEvent.Started started) {
            Node counted = started.program() == Program.FINISH ? unit : oneMore(unit);
            Node silent = ServiceNodes.silent(ServiceNodes.hung(counted, Optional.empty()));
            return ServiceNodes.throttled(silent, Optional.empty());
        }
        if (event instanceof ServiceEvent.Adopted left) {
            return ServiceNodes.adopted(ServiceNodes.silent(unit), left);
        }
        if (event instanceof ServiceEvent.Ended ended && ended.program() != Program.FINISH) {
            // what could not be run was started and has ended at once
            Node counted = ended.pid() == 0 ? oneMore(unit) : unit;
            LastExit last = LastExit.of(
                    new ServiceSnapshot.End(ended.status(), ended.ran(), ended.at(), ended.hung(), ended.outOfMemory())
                            .reason(),
                    ended.at());
            return ServiceNodes.silent(ServiceNodes.hung(counted, Optional.empty()))
                    .withState(unit.state(), false)
                    .withRestarts(counted.restarts(), Optional.of(last), counted.nextRestart());
        }
        return unit;
    }

    /** Each start but the first follows an end. */
    private static Node oneMore(Node unit) {
        return unit.withRestarts(
                unit.restarts() + (unit.lastExit().isPresent() ? 1 : 0), unit.lastExit(), unit.nextRestart());
    }

    // ---- supervision

    private static Node supervision(Node node, ServiceEvent event) {
        if (event instanceof ServiceEvent.RunOrdered ordered) {
            return ServiceNodes.ofOneToStart(ordered.standing());
        } else if (event instanceof ServiceEvent.Found) {
            return node.withState(State.STARTING, false);
        } else if (event instanceof ServiceEvent.SupervisionBegan began) {
            return began(node, began);
        } else if (event instanceof ServiceEvent.SupervisionEnded) {
            return node.withState(State.STOPPED, false)
                    .withRestarts(node.restarts(), node.lastExit(), Optional.empty())
                    .withDetail(ServiceNodes.SUPERVISION, ServiceNodes.ENDED);
        } else if (event instanceof ServiceEvent.SupervisionFailed) {
            return node.withDetail(ServiceNodes.SUPERVISION, ServiceNodes.FAILED);
        } else if (event instanceof ServiceEvent.SupervisionDelayed delayed) {
            return delayed(node, delayed.until());
        } else if (event instanceof ServiceEvent.SupervisionResumed) {
            Node resumed =
                    ServiceNodes.throttled(works(node), Optional.empty()).withoutDetail(ServiceNodes.SUPERVISION);
            return with(resumed, ServiceEvent.Unit.LOG, log -> ServiceNodes.throttled(log, Optional.empty()));
        }
        return node;
    }

    private static Node began(Node node, ServiceEvent.SupervisionBegan event) {
        Node service = beginning(
                Node.of(node.path(), ServiceNodes.SERVICE_DIRECTORY, State.STARTING),
                event.service(),
                !event.normallyDown().contains(ServiceEvent.Unit.SERVICE));
        return service.withChildren(event.log()
                .map(log -> List.of(beginning(
                        Node.of(TreePath.below(node.path(), "log"), ServiceNodes.LOGGER, State.STARTING),
                        log,
                        !event.normallyDown().contains(ServiceEvent.Unit.LOG))))
                .orElse(List.of()));
    }

    private static Node beginning(Node unit, ServiceStatus status, boolean normallyUp) {
        return ServiceNodes.as(unit.withDetail(ServiceNodes.NORMALLY, normallyUp ? "up" : "down"), status);
    }

    /** What has failed is shown as it was left, since its processes go on. */
    private static Node delayed(Node node, Instant until) {
        String supervision = node.details().getOrDefault(ServiceNodes.SUPERVISION, "");
        boolean goesOn =
                supervision.equals(ServiceNodes.FAILED) && node.details().containsKey(ServiceNodes.DOES);
        if (goesOn) {
            return node;
        }
        State state = supervision.isEmpty() ? node.state() : State.RESTARTING;
        return node.withState(state, false).withRestarts(node.restarts(), node.lastExit(), Optional.of(until));
    }
}
