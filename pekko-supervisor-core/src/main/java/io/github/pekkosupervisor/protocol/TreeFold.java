package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.protocol.SupervisorEvent.StartCause;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
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
 * does not ask again and again. When nothing is starting or stopping it is what {@code snapshot()} would say, calls and
 * reconfigurations included; but for restarts within the period, which grow fewer as time passes, and for some
 * milliseconds in times.
 *
 * <p>A child that is starting or stopping is seen so if the tree tells {@link SupervisorEvent.Transition}s, which is an
 * option of it; else as it was before, since all other events tell of what has come to be. Children of one supervisor
 * with the same path, as a dynamic one may have, are told apart by their incarnation; supervisors with the same path
 * are not. What is below a child of another module's kind is followed by that module's events, see
 * {@link TreeEvent#applyTo}. May be used from any thread: one is told, and others look.
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
                node.children().forEach(child -> group.add(withoutChildren(child)));
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
        if (event instanceof SupervisorEvent.OfChild ofChild) {
            happened(ofChild);
        } else if (event instanceof SupervisorEvent.SupervisorStarted started) {
            group(started.supervisor()).supervision = started.by();
            ifTop(started.supervisor(), State.RUNNING);
        } else if (event instanceof SupervisorEvent.SupervisorChanged changed) {
            group(changed.supervisor()).change(changed);
        } else if (event instanceof SupervisorEvent.SupervisorStopped stopped) {
            forget(stopped.supervisor());
            ifTop(stopped.supervisor(), State.STOPPED);
        } else if (!(event instanceof SupervisorEvent)) {
            happened(event);
        }
    }

    private void happened(SupervisorEvent.OfChild event) {
        if (event instanceof SupervisorEvent.ChildStarted started) {
            started(group(event.supervisor()), started);
        } else if (event instanceof SupervisorEvent.StartError error) {
            startFailed(group(event.supervisor()), error);
        } else if (event instanceof SupervisorEvent.ChildIgnored ignored) {
            ignored(group(event.supervisor()), ignored);
        } else if (event instanceof SupervisorEvent.ChildDone done) {
            done(group(event.supervisor()), done);
        } else if (event instanceof SupervisorEvent.ChildNotStarted failed) {
            notStarted(group(event.supervisor()), failed);
        } else if (event instanceof SupervisorEvent.ChildStarting starting) {
            starting(group(event.supervisor()), starting);
        } else {
            FoldedGroup group = groups.get(event.supervisor());
            FoldedPlace place = group == null ? null : group.of(event.child());
            if (group != null && place != null) {
                happened(group, place, event);
            }
        }
    }

    private void happened(FoldedGroup group, FoldedPlace place, SupervisorEvent.OfChild event) {
        if (event instanceof SupervisorEvent.ChildEnd ended) {
            ended(group, place, ended);
        } else if (event instanceof SupervisorEvent.RestartScheduled restart) {
            scheduled(group, place, restart);
        } else if (event instanceof SupervisorEvent.RestartBegun begun) {
            place.node = place.node.withRestarts(place.node.restarts(), place.node.lastExit(), Optional.empty());
            if (group.supervision != null) {
                group.supervision = group.supervision.withRecent(begun.recent());
            }
        } else if (event instanceof SupervisorEvent.RestartCancelled) {
            staysDown(group, place, State.STOPPED, isForgotten(group, event));
            group.nobodyWaits();
        } else if (event instanceof SupervisorEvent.GaveUp) {
            staysDown(group, place, State.STOPPED, false);
        } else if (event instanceof SupervisorEvent.ChildDeleted) {
            group.forget(place);
        } else if (event instanceof SupervisorEvent.ChildHung hung && place.hasIncarnation(event.child())) {
            place.node = place.node.withState(place.node.state(), false).withDetail(Node.HUNG, hung.why());
        } else if (event instanceof SupervisorEvent.ChildRecovered && place.hasIncarnation(event.child())) {
            place.node = place.node.withState(place.node.state(), true).withoutDetail(Node.HUNG);
        } else if (event instanceof SupervisorEvent.ChildStopping && place.hasIncarnation(event.child())) {
            place.node = place.node.withState(State.STOPPING, false);
        } else if (event instanceof SupervisorEvent.ChildGone gone && place.hasIncarnation(event.child())) {
            gone(group, place, gone);
        }
    }

    /** It has ended, which its supervisor takes up when it has done what it is doing; so a snapshot has it too. */
    private void gone(FoldedGroup group, FoldedPlace place, SupervisorEvent.ChildGone event) {
        forget(place.node.path());
        coming.remove(place.node.path());
        OptionalLong former = place.node.incarnation();
        group.is(place, place.node.withRestarts(restarts(place.node), place.node.lastExit(), Optional.empty()));
        State state = event.again() ? State.RESTARTING : State.FINISHED;
        group.is(place, place.down(state).withIncarnation(OptionalLong.empty(), former));
    }

    /** It has an incarnation, which has not said that it is ready. */
    private static void starting(FoldedGroup group, SupervisorEvent.ChildStarting event) {
        ChildHandle handle = event.child().handle().orElseThrow();
        FoldedPlace place = group.toStart(handle);
        if (place == null) {
            if (group.isDynamic() && handle.incarnation() != handle.first()) {
                // one of several, which is seen when it has started
                return;
            }
            place = group.add(Node.of(path(event), event.child().spec().kindName(), State.STOPPED));
        }
        place.first = handle.first();
        place.startsAgain = place.node.state() == State.RESTARTING;
        place.isToldOf = true;
        group.is(
                place,
                FoldedPlace.withoutIncarnation(place.node)
                        .withState(State.STARTING, false)
                        .withIncarnation(OptionalLong.of(handle.incarnation()), OptionalLong.empty())
                        .withProcess(handle.process())
                        .withSince(Optional.of(handle.startedAt()))
                        .withRestarts(place.node.restarts(), place.node.lastExit(), Optional.empty()));
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

    /** Whether what is there is a child of a supervisor, which tells of its starts and its ends. */
    synchronized boolean isChildOfSupervisor(String path) {
        return !path.equals(TreePath.TOP) && groups.containsKey(TreePath.above(path));
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
                if (place == null || place.isToldOf) {
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
        ChildHandle handle = event.child().handle().orElseThrow();
        boolean isRestart = event.cause() == StartCause.RESTART;
        FoldedPlace place = toStart(group, event, handle.incarnation(), event.succeeds());
        place.first = handle.first();
        boolean wasSeenStarting = place.node.incarnation().isPresent() && !place.isToldOf;
        place.isToldOf = false;
        Node known = wasSeenStarting ? withoutAnswer(place.node) : FoldedPlace.withoutIncarnation(place.node);
        Optional<String> supervised = Optional.ofNullable(known.details().get(Node.SUPERVISED_RESTARTS));
        Node runs = supervised.isPresent()
                ? known.withDetail(
                        Node.SUPERVISED_RESTARTS, String.valueOf(counted(Long.parseLong(supervised.get()), isRestart)))
                : known.withState(State.RUNNING, true)
                        .withIncarnation(OptionalLong.of(handle.incarnation()), OptionalLong.empty())
                        .withProcess(handle.process())
                        .withSince(Optional.of(handle.startedAt()))
                        .withRestarts(counted(known.restarts(), isRestart), known.lastExit(), Optional.empty());
        Node said = coming.remove(runs.path());
        group.is(place, said == null ? runs : runs.saying(said));
    }

    /** Where an incarnation is started: a new place at the end if the child is not known. */
    private static FoldedPlace toStart(
            FoldedGroup group, SupervisorEvent.OfChild event, long incarnation, OptionalLong succeeds) {
        FoldedPlace starting = group.seenStarting(incarnation);
        FoldedPlace known =
                starting == null ? group.after(succeeds, event.child().id()) : starting;
        return known == null
                ? group.add(Node.of(path(event), event.child().spec().kindName(), State.STOPPED))
                : known;
    }

    private static long counted(long restarts, boolean isRestart) {
        return restarts + (isRestart ? 1 : 0);
    }

    private static Node withoutAnswer(Node node) {
        Map<String, String> details = new HashMap<>(node.details());
        return details.remove("answer") == null ? node : node.withDetails(details);
    }

    private void ended(FoldedGroup group, FoldedPlace place, SupervisorEvent.ChildEnd event) {
        if (event.child().handle().isEmpty()) {
            // several at the end of a dynamic supervisor, which follows
            return;
        }
        forget(place.node.path());
        ChildHandle handle = event.child().handle().get();
        ended(group, place, event.reason(), handle.startedAt().plus(event.ran()));
        OptionalLong former = OptionalLong.of(handle.incarnation());
        if (isRestarted(event)) {
            willBeStarted(group, place, former);
        } else if (isRenewed(event)) {
            group.is(place, place.down(State.STOPPED).withIncarnation(OptionalLong.empty(), former));
        } else {
            staysDown(group, place, stateAfter(event), isForgotten(group, event));
        }
    }

    /** Without a restart it has run once, or its supervisor gives up, of which is told next. */
    private static State stateAfter(SupervisorEvent.ChildEnd event) {
        boolean byItself =
                event instanceof SupervisorEvent.ChildFinished || event instanceof SupervisorEvent.ChildTerminated;
        return byItself ? State.FINISHED : State.STOPPED;
    }

    private static boolean isRestarted(SupervisorEvent.OfChild event) {
        return event instanceof SupervisorEvent.ChildTerminated terminated
                && terminated.restart().isPresent();
    }

    /** Another incarnation follows, whatever its restart type. */
    private static boolean isRenewed(SupervisorEvent.ChildEnd event) {
        if (event instanceof SupervisorEvent.ChildStopped stopped) {
            return stopped.cause() == StopCause.Renewal.INSTANCE;
        }
        return event instanceof SupervisorEvent.ShutdownError error && error.cause() == StopCause.Renewal.INSTANCE;
    }

    /** Times in a snapshot are no finer. */
    private static Instant inMillis(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS);
    }

    /** An incarnation has ended there, or could not be started. */
    private void ended(FoldedGroup group, FoldedPlace place, ExitReason reason, Instant end) {
        Node node = place.node;
        coming.remove(node.path());
        LastExit last = LastExit.of(reason.toString(), inMillis(end));
        group.is(place, node.withRestarts(restarts(node), Optional.of(last), Optional.empty()));
    }

    private static long restarts(Node node) {
        return Optional.ofNullable(node.details().get(Node.SUPERVISED_RESTARTS))
                .map(Long::valueOf)
                .orElse(node.restarts());
    }

    private static void willBeStarted(FoldedGroup group, FoldedPlace place, OptionalLong former) {
        group.is(place, place.down(State.RESTARTING).withIncarnation(OptionalLong.empty(), former));
    }

    private static void staysDown(FoldedGroup group, FoldedPlace place, State state, boolean isForgotten) {
        if (isForgotten) {
            group.forget(place);
        } else {
            group.is(place, place.down(state));
        }
    }

    /** One that is to be started again is not. */
    private static boolean isForgotten(FoldedGroup group, SupervisorEvent.OfChild event) {
        boolean isTemporary = event.child().spec().restart() == RestartType.TEMPORARY;
        return isTemporary || (group.isDynamic() && !isRestarted(event));
    }

    private void ignored(FoldedGroup group, SupervisorEvent.ChildIgnored event) {
        // where it was a start gate there is none
        long incarnation = event.child().handle().map(ChildHandle::incarnation).orElse(0L);
        FoldedPlace place = toStart(group, event, incarnation, event.succeeds());
        coming.remove(place.node.path());
        staysDown(group, place, State.IGNORED, isForgotten(group, event));
    }

    private void done(FoldedGroup group, SupervisorEvent.ChildDone event) {
        ChildHandle handle = event.child().handle().orElseThrow();
        FoldedPlace place = toStart(group, event, handle.incarnation(), event.succeeds());
        place.first = handle.first();
        place.isToldOf = false;
        ended(group, place, event.reason(), handle.startedAt().plus(event.ran()));
        Node node = place.node;
        long restarts = counted(node.restarts(), event.cause() == StartCause.RESTART);
        group.is(place, node.withRestarts(restarts, node.lastExit(), Optional.empty()));
        staysDown(group, place, State.DONE, isForgotten(group, event));
        if (event.child().spec().kind().staysDone()) {
            place.node = place.node.withDetails(Node.DONE_FOR_GOOD);
        }
    }

    private void notStarted(FoldedGroup group, SupervisorEvent.ChildNotStarted event) {
        coming.remove(path(event));
        FoldedPlace place =
                group.seenStarting(event.child().handle().orElseThrow().incarnation());
        if (place != null) {
            staysDown(
                    group,
                    place,
                    event.stays().orElse(State.STOPPED),
                    event.stays().isEmpty());
        }
    }

    private void startFailed(FoldedGroup group, SupervisorEvent.StartError event) {
        ChildHandle attempt = event.attempt();
        OptionalLong former = event.child().handle().isPresent()
                ? OptionalLong.of(event.child().handle().get().incarnation())
                : OptionalLong.empty();
        FoldedPlace place = toStart(group, event, attempt.incarnation(), former);
        ended(group, place, event.reason(), attempt.startedAt().plus(event.took()));
        willBeStarted(group, place, former);
        group.waitFor(place);
    }

    private void scheduled(FoldedGroup group, FoldedPlace place, SupervisorEvent.RestartScheduled event) {
        Duration delay = event.delay();
        Optional<Instant> next = delay.isZero()
                ? Optional.empty()
                : Optional.of(inMillis(calendar.instant().plus(delay)));
        place.node = place.node.withRestarts(place.node.restarts(), place.node.lastExit(), next);
        Supervision by = group.supervision;
        Strategy strategy = by == null ? Strategy.ONE_FOR_ONE : by.strategy();
        // one that waits is counted when its wait is over
        int counted = event.recent() + (delay.isZero() ? 1 : 0);
        group.supervision = new Supervision(strategy, counted, event.limit(), event.period()).withRecent(counted);
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
