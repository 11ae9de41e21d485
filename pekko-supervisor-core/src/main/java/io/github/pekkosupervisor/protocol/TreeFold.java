package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StartCause;
import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Supervision;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a tree is at any time, from a snapshot and what happened since: what a page or a list on a terminal shows that
 * does not ask again and again. When nothing is starting or stopping it is what {@code snapshot()} would say, but for
 * restarts within the period, which grow fewer as time passes.
 *
 * <p>Events tell of what has come to be, so a child that is starting or stopping is seen as it was before. No event
 * tells what a call has deleted, that a restart that waited was given up, or what a reconfiguration has changed.
 * Children of one supervisor with the same path, as a dynamic one may have, are told apart by their incarnation;
 * supervisors with the same path are not. What is below a child of another module's kind is followed by that module's
 * events, see {@link TreeEvent#applyTo}. May be used from any thread: one is told, and others look.
 */
public final class TreeFold implements TreeSubscriber {

    private final InstantSource calendar;
    private final Map<String, FoldedGroup> groups = new HashMap<>();

    /** What is known of children of other modules' kinds that have not started yet, by path. */
    private final Map<String, Node> coming = new HashMap<>();

    private FoldedPlace top = new FoldedPlace(Node.of(TreePath.TOP, "supervisor", State.STARTING));

    /** Before the snapshot. */
    public TreeFold() {
        this(InstantSource.system());
    }

    /** The same, with a clock for what does not say itself when it was. */
    public TreeFold(InstantSource calendar) {
        this.calendar = calendar;
    }

    // ---- what comes

    @Override
    public synchronized void snapshot(TreeSnapshot present) {
        groups.clear();
        coming.clear();
        List<Node> left = new ArrayList<>(List.of(present.top()));
        while (!left.isEmpty()) {
            Node node = left.remove(left.size() - 1);
            if (node.supervision().isPresent()) {
                FoldedGroup group = group(node.path());
                group.supervision = node.supervision().get();
                node.children().forEach(child -> group.add(new FoldedPlace(withoutChildren(child))));
                left.addAll(node.children());
            }
        }
        top = new FoldedPlace(present.top().withChildren(List.of()));
    }

    /** Those of a supervisor are places of their own; what is below another is as it was in the snapshot. */
    private static Node withoutChildren(Node node) {
        return node.supervision().isPresent() ? node.withChildren(List.of()) : node;
    }

    @Override
    public synchronized void event(TreeEvent event) {
        if (event instanceof SupervisorEvent.SupervisorStarted started) {
            group(started.supervisor()).supervision = started.by();
            ifTop(started.supervisor(), State.RUNNING);
        } else if (event instanceof SupervisorEvent.SupervisorStopped stopped) {
            forget(stopped.supervisor());
            ifTop(stopped.supervisor(), State.STOPPED);
        } else if (event instanceof SupervisorEvent.ChildStarted started) {
            started(group(started.supervisor()), started);
        } else if (event instanceof SupervisorEvent.ChildEnd ended) {
            ended(group(ended.supervisor()), ended);
        } else if (event instanceof SupervisorEvent.StartError error) {
            startFailed(group(error.supervisor()), error);
        } else if (event instanceof SupervisorEvent.RestartScheduled restart) {
            restarts(group(restart.supervisor()), restart);
        } else if (event instanceof SupervisorEvent.ChildIgnored ignored) {
            ignored(group(ignored.supervisor()), ignored);
        } else if (!(event instanceof SupervisorEvent)) {
            happened(event);
        }
    }

    @Override
    public synchronized void ended(TreeEnd end) {
        groups.clear();
        coming.clear();
        Instant now = calendar.instant();
        LastExit last = LastExit.of(end.toString(), now);
        top.node = Node.of(TreePath.TOP, "supervisor", State.STOPPED)
                .withSince(Optional.of(now))
                .withRestarts(0, Optional.of(last), Optional.empty());
    }

    private FoldedGroup group(String path) {
        return groups.computeIfAbsent(path, first -> new FoldedGroup());
    }

    private void ifTop(String path, State state) {
        if (path.equals(TreePath.TOP)) {
            top.node = top.node.withState(state, state == State.RUNNING);
        }
    }

    /** To a child of another module's kind, or below it; what happens during its start is told before that. */
    private void happened(TreeEvent event) {
        String path = event.path();
        while (!path.equals(TreePath.TOP)) {
            FoldedGroup group = groups.get(TreePath.above(path));
            if (group != null) {
                FoldedPlace place = group.anyRunning(TreePath.lastId(path));
                if (place == null) {
                    Node known = coming.getOrDefault(path, Node.of(path, "", State.RUNNING));
                    coming.put(path, event.applyTo(known));
                } else {
                    place.node = event.applyTo(place.node);
                }
                return;
            }
            path = TreePath.above(path);
        }
    }

    private static String path(SupervisorEvent.OfChild event) {
        return TreePath.below(event.supervisor(), event.child().id());
    }

    /** A supervisor has gone, and all below it. */
    private void forget(String path) {
        List<String> left = new ArrayList<>(List.of(path));
        while (!left.isEmpty()) {
            FoldedGroup gone = groups.remove(left.remove(left.size() - 1));
            if (gone != null) {
                gone.places().forEach(place -> left.add(place.node.path()));
            }
        }
    }

    private void started(FoldedGroup group, SupervisorEvent.ChildStarted event) {
        Offender child = event.child();
        ChildHandle handle = child.handle().orElseThrow();
        boolean isRestart = event.cause() == StartCause.RESTART;
        FoldedPlace place = group.toStart(child, handle.incarnation(), path(event), isRestart);
        boolean wasSeenStarting = place.node.incarnation().isPresent();
        Node known = wasSeenStarting ? withoutAnswer(place.node) : bare(place.node);
        Optional<String> supervised = Optional.ofNullable(known.details().get(Node.SUPERVISED_RESTARTS));
        place.node = supervised.isPresent()
                ? known.withDetail(
                        Node.SUPERVISED_RESTARTS, String.valueOf(counted(Long.parseLong(supervised.get()), isRestart)))
                : known.withState(State.RUNNING, true)
                        .withIncarnation(OptionalLong.of(handle.incarnation()))
                        .withProcess(handle.process())
                        .withSince(Optional.of(handle.startedAt()))
                        .withRestarts(counted(known.restarts(), isRestart), known.lastExit(), Optional.empty());
        Node said = coming.remove(place.node.path());
        if (said != null) {
            place.node = place.node.saying(said);
        }
        group.runs(place, handle.incarnation());
    }

    private static long counted(long restarts, boolean isRestart) {
        return restarts + (isRestart ? 1 : 0);
    }

    /** Without what belongs to an incarnation. */
    private static Node bare(Node node) {
        return node.details().isEmpty() && node.children().isEmpty()
                ? node
                : node.withDetails(Map.of()).withChildren(List.of());
    }

    private static Node withoutAnswer(Node node) {
        Map<String, String> details = new HashMap<>(node.details());
        return details.remove("answer") == null ? node : node.withDetails(details);
    }

    private void ended(FoldedGroup group, SupervisorEvent.ChildEnd event) {
        Offender child = event.child();
        if (child.handle().isEmpty()) {
            // several at the end of a dynamic supervisor, which follows
            return;
        }
        ChildHandle handle = child.handle().get();
        FoldedPlace place = group.toEnd(child.id(), handle.incarnation());
        if (place == null) {
            return;
        }
        forget(place.node.path());
        Instant at = handle.startedAt().plus(event.ran());
        place.node = down(place.node, event.reason(), at);
        State state = event instanceof SupervisorEvent.ChildFinished
                ? State.FINISHED
                : event instanceof SupervisorEvent.ChildTerminated ? State.RESTARTING : State.STOPPED;
        group.down(place, state, isForgotten(group, event));
    }

    /** Times in a snapshot are no finer. */
    private static Instant inMillis(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS);
    }

    private Node down(Node node, ExitReason reason, Instant end) {
        Instant at = inMillis(end);
        coming.remove(node.path());
        long restarts = Optional.ofNullable(node.details().get(Node.SUPERVISED_RESTARTS))
                .map(Long::valueOf)
                .orElse(node.restarts());
        return bare(node)
                .withSince(Optional.of(at))
                .withProcess(Optional.empty())
                .withRestarts(restarts, Optional.of(LastExit.of(reason.toString(), at)), Optional.empty());
    }

    /** One that is to be started again is not. */
    private static boolean isForgotten(FoldedGroup group, SupervisorEvent.ChildEnd event) {
        boolean isTemporary = event.child().spec().restart() == RestartType.TEMPORARY;
        return isTemporary || (group.isDynamic() && !(event instanceof SupervisorEvent.ChildTerminated));
    }

    private static void ignored(FoldedGroup group, SupervisorEvent.ChildIgnored event) {
        Offender child = event.child();
        long incarnation = child.handle().orElseThrow().incarnation();
        FoldedPlace place = group.toStart(child, incarnation, path(event), true);
        boolean isForgotten = group.isDynamic() || child.spec().restart() == RestartType.TEMPORARY;
        group.down(place, State.IGNORED, isForgotten);
    }

    private void startFailed(FoldedGroup group, SupervisorEvent.StartError event) {
        FoldedPlace place = group.toStart(event.child(), event.attempt().incarnation(), path(event), true);
        Instant at = event.attempt().startedAt().plus(event.took());
        place.node = down(place.node, event.reason(), at);
        group.down(place, State.RESTARTING, false);
    }

    private void restarts(FoldedGroup group, SupervisorEvent.RestartScheduled event) {
        FoldedPlace place = group.anyIdle(event.child().id());
        if (place == null) {
            return;
        }
        Duration delay = event.delay();
        Optional<Instant> next = delay.isZero()
                ? Optional.empty()
                : Optional.of(calendar.instant().plus(delay));
        place.node = place.node.withRestarts(place.node.restarts(), place.node.lastExit(), next);
        Supervision by = group.supervision;
        Strategy strategy = by == null ? Strategy.ONE_FOR_ONE : by.strategy();
        group.supervision = new Supervision(strategy, event.recent() + 1, event.limit(), event.period());
    }

    // ---- what comes out

    /** How the tree is now; before the snapshot has come no more than a top supervisor that is starting. */
    public synchronized TreeSnapshot present() {
        // from below, without recursion, since trees may be deep
        List<FoldedPlace> supervisors = new ArrayList<>(List.of(top));
        for (int i = 0; i < supervisors.size(); i++) {
            FoldedGroup group = groups.get(supervisors.get(i).node.path());
            if (group != null) {
                group.places().stream()
                        .filter(place -> groups.containsKey(place.node.path()))
                        .forEach(supervisors::add);
            }
        }
        Map<FoldedPlace, Node> whole = new HashMap<>();
        for (int i = supervisors.size() - 1; i >= 0; i--) {
            FoldedPlace place = supervisors.get(i);
            FoldedGroup group = groups.get(place.node.path());
            whole.put(place, group == null ? place.node : group.whole(place.node, whole));
        }
        return new TreeSnapshot(calendar.instant(), whole.getOrDefault(top, top.node));
    }
}
