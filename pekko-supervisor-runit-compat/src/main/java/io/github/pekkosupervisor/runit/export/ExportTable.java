package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Supervision;
import io.github.pekkosupervisor.runit.export.ShownChild.Phase;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ProcessKind;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * All that is shown of one tree: what happens changes it, and marks what is to be written; who writes takes what is
 * marked, in its newest state. May be used from any thread; nothing in it waits for anything.
 */
final class ExportTable {

    private final Terms terms;
    private final InstantSource calendar;
    private final int jvm;
    private final Runnable wakeUp;
    private final Map<String, ShownGroup> groups = new HashMap<>();
    private final ShownPlace top;
    private final Deque<Mark> marks = new ArrayDeque<>();

    /** Somebody is at work on what is marked; at first it is he who will be, and looks by himself. */
    private boolean isAwake = true;

    private boolean isOver;

    /**
     * What is shown, and what a letter may do.
     *
     * @param tree its name, where several are shown in one directory
     * @param dynamicChildren how many children of each dynamic supervisor are shown
     * @param stopsByCommand whether a command may stop the tree
     */
    record Terms(Optional<String> tree, int dynamicChildren, boolean stopsByCommand) {}

    /** Something that is to be written, or somebody who waits for all before it. */
    record Mark(@Nullable ShownPlace place, @Nullable CompletableFuture<Void> reached) {}

    /**
     * What is to be written of a place.
     *
     * @param supervision what it goes by, if it is a supervisor
     * @param isForgotten whether it goes after a while
     */
    record View(Shown shown, String supervision, boolean isForgotten) {}

    /**
     * Before the first event.
     *
     * @param spec of the top supervisor
     * @param jvm the pid of this JVM
     * @param wakeUp to be called when something has been marked, and nobody is at work for that
     */
    ExportTable(Terms terms, SupervisorSpec spec, InstantSource calendar, int jvm, Runnable wakeUp) {
        this.terms = terms;
        this.calendar = calendar;
        this.jvm = jvm;
        this.wakeUp = wakeUp;
        this.top = new ShownPlace(
                ExportNames.of(terms.tree(), TreePath.TOP, OptionalLong.empty()),
                terms.stopsByCommand() ? ShownKind.TOP_THAT_STOPS : ShownKind.TOP,
                TreePath.TOP,
                TreePath.TOP,
                false,
                ShownChild.downSince(calendar.instant()));
        top.supervision = SupervisionText.ofTop(SupervisionText.of(spec));
        decide(top, new ExportEvent.Starting(calendar.instant(), 0));
        ShownGroup group = new ShownGroup(top);
        group.isDynamic = spec.strategy().isDynamic();
        group.isAtWork = true;
        groups.put(TreePath.TOP, group);
    }

    // ---- what happens

    /** A supervisor has told something. */
    void happened(SupervisorEvent event) {
        boolean wakes;
        synchronized (this) {
            if (isOver) {
                return;
            }
            ShownGroup group = group(event.supervisor());
            if (group.supervisor == null) {
                return;
            }
            take(group, event);
            wakes = wakes();
        }
        wakeUp(wakes);
    }

    private void take(ShownGroup group, SupervisorEvent event) {
        if (event instanceof SupervisorEvent.OfChild ofChild) {
            isAtWork(group, event.supervisor());
            ofChild(group, ofChild);
        } else if (event instanceof SupervisorEvent.SupervisorStarted started) {
            isAtWork(group, event.supervisor());
            goesBy(group, started.by());
            group.known().stream().filter(place -> place.isUnseen).forEach(this::forget);
            ifTop(group, new ExportEvent.Started(top.child.since(), 0, false));
        } else if (event instanceof SupervisorEvent.SupervisorChanged changed) {
            goesBy(group, changed.by());
            changed(group, changed);
        } else if (event instanceof SupervisorEvent.SupervisorStopped) {
            stopped(group, event.supervisor());
        }
    }

    private void ifTop(ShownGroup group, ExportEvent event) {
        if (group.supervisor == top) {
            decide(top, event);
        }
    }

    private void goesBy(ShownGroup group, Supervision by) {
        group.isDynamic = by.strategy().isDynamic();
        if (group.supervisor != null) {
            String text = SupervisionText.of(by);
            goesBy(group.supervisor, group.supervisor == top ? SupervisionText.ofTop(text) : text);
        }
    }

    private void goesBy(ShownPlace supervisor, String text) {
        if (!supervisor.supervision.equals(text)) {
            supervisor.supervision = text;
            mark(supervisor);
        }
    }

    private void ofChild(ShownGroup group, SupervisorEvent.OfChild event) {
        ExportEvent what = ChildEvents.of(event, group.isDynamic, calendar.instant());
        if (event instanceof SupervisorEvent.ChildStopping stopping
                && stopping.cause() instanceof StopCause.SupervisorEnds) {
            ifTop(group, new ExportEvent.Stopping(false));
        }
        if (what == null) {
            return;
        }
        Optional<ChildHandle> handle = handleOf(event);
        boolean forgets = what instanceof ExportEvent.Down down && down.forgotten();
        ShownPlace place = place(group, event.supervisor(), event.child().spec(), handle, !forgets);
        if (place == null) {
            return;
        }
        handle.ifPresent(known -> place.handle = known);
        place.isUnseen = false;
        String sibling = ChildEvents.siblingOf(event);
        decide(place, unlessInVain(group, sibling, what));
        if (event instanceof SupervisorEvent.RestartCancelled) {
            waitFor(sibling, place, group);
        }
        place.waitsFor = sibling;
        if (forgets) {
            forget(place);
        }
    }

    /** Who is to come back with a sibling stays down if the restart of that has been cancelled meanwhile. */
    private static ExportEvent unlessInVain(ShownGroup group, @Nullable String sibling, ExportEvent event) {
        ShownPlace other = sibling == null || group.isDynamic ? null : group.find(sibling);
        boolean isInVain = other != null && other.child.phase() == Phase.DOWN;
        return isInVain && event instanceof ExportEvent.Restarting restarting
                ? new ExportEvent.Down(restarting.at(), false)
                : event;
    }

    /** A restart was cancelled: who waits for it waits for another sibling now, or stays down. */
    private void waitFor(@Nullable String sibling, ShownPlace cancelled, ShownGroup group) {
        for (ShownPlace other : group.known()) {
            if (cancelled.id.equals(other.waitsFor)) {
                other.waitsFor = sibling;
                if (sibling == null && other.child.phase() == Phase.RESTARTING) {
                    decide(other, new ExportEvent.Down(Optional.empty(), false));
                } else if (sibling == null && other.child.phase() == Phase.STOPPING) {
                    decide(other, new ExportEvent.Stopping(false));
                }
            }
        }
    }

    /** The incarnation that an event is about. */
    private static Optional<ChildHandle> handleOf(SupervisorEvent.OfChild event) {
        return event instanceof SupervisorEvent.StartError error
                ? Optional.of(error.attempt())
                : event.child().handle();
    }

    /** The place of a child; null if it is not shown. */
    private @Nullable ShownPlace place(
            ShownGroup group, String supervisor, ChildSpec spec, Optional<ChildHandle> handle, boolean mayBeNew) {
        if (group.isDynamic && handle.isEmpty()) {
            return null;
        }
        Object key = group.isDynamic ? (Object) handle.orElseThrow().first() : spec.id();
        ShownPlace known = group.find(key);
        if (known != null) {
            known.isForgotten &= !mayBeNew;
            known.kind = kind(spec);
            if (known.kind != ShownKind.SUPERVISOR) {
                goesBy(known, SupervisionText.NONE);
            }
            return known;
        }
        if (!mayBeNew || (group.isDynamic && group.known().size() >= terms.dynamicChildren())) {
            return null;
        }
        OptionalLong first =
                group.isDynamic ? OptionalLong.of(handle.orElseThrow().first()) : OptionalLong.empty();
        ShownPlace added = add(group, supervisor, spec.id(), kind(spec), first);
        added.supervision = SupervisionText.of(spec);
        return added;
    }

    /** @param first the number of its first incarnation, in a dynamic supervisor */
    private ShownPlace add(ShownGroup group, String supervisor, String id, ShownKind kind, OptionalLong first) {
        ShownPlace place = new ShownPlace(
                ExportNames.of(terms.tree(), TreePath.below(supervisor, id), first),
                kind,
                supervisor,
                id,
                first.isPresent(),
                ShownChild.downSince(calendar.instant()));
        group.add(first.isPresent() ? (Object) first.getAsLong() : id, place);
        mark(place);
        return place;
    }

    private static ShownKind kind(ChildSpec spec) {
        if (spec.isSupervisor()) {
            return ShownKind.SUPERVISOR;
        }
        return spec.kind() instanceof ProcessKind ? ShownKind.PROCESS : ShownKind.OTHER;
    }

    private void forget(ShownPlace forgotten) {
        Deque<ShownPlace> left = new ArrayDeque<>(List.of(forgotten));
        while (!left.isEmpty()) {
            ShownPlace place = left.pop();
            place.isForgotten = true;
            mark(place);
            ShownGroup below = place.isOfDynamic ? null : groups.get(place.path());
            if (below != null && below.supervisor == place) {
                below.places().forEach(left::push);
            }
        }
    }

    // ---- supervisors

    /**
     * The group of a supervisor. One may be heard of before its own supervisor has told of it: then its place is made,
     * since it must be there.
     */
    private ShownGroup group(String path) {
        ShownGroup known = groups.get(path);
        if (known != null) {
            return known;
        }
        Deque<String> below = new ArrayDeque<>();
        String at = path;
        ShownGroup above = null;
        while (above == null) {
            below.push(at);
            at = TreePath.above(at);
            above = groups.get(at);
        }
        ShownGroup group = above;
        for (String next : below) {
            if (group.isDynamic || group.supervisor == null) {
                return new ShownGroup(null);
            }
            group = groupOf(group, at, next);
            at = next;
        }
        return group;
    }

    private ShownGroup groupOf(ShownGroup above, String supervisor, String path) {
        String id = TreePath.lastId(path);
        ShownPlace known = above.find(id);
        ShownPlace place =
                known == null ? add(above, supervisor, id, ShownKind.SUPERVISOR, OptionalLong.empty()) : known;
        if (known == null) {
            decide(place, new ExportEvent.Starting(calendar.instant(), 0));
        }
        ShownGroup group = new ShownGroup(place);
        groups.put(path, group);
        return group;
    }

    private void isAtWork(ShownGroup group, String path) {
        if (!group.isAtWork) {
            group.isAtWork = true;
            markBelow(path);
        }
    }

    private void changed(ShownGroup group, SupervisorEvent.SupervisorChanged changed) {
        if (group.isDynamic) {
            return;
        }
        Set<String> ids = new HashSet<>();
        for (ChildSpec spec : changed.children()) {
            ids.add(spec.id());
            place(group, changed.supervisor(), spec, Optional.empty(), true);
        }
        group.known().stream()
                .filter(place -> !ids.contains(place.id) && !place.child.phase().hasIncarnation())
                .forEach(this::forget);
    }

    private void stopped(ShownGroup group, String path) {
        group.isAtWork = false;
        for (ShownPlace place : group.known()) {
            if (place.child.phase().hasIncarnation()) {
                // killed with its supervisor, which tells no more of it
                decide(place, new ExportEvent.Down(Optional.of(calendar.instant()), false));
            }
            place.isUnseen = true;
            if (group.isDynamic) {
                forget(place);
            }
        }
        ifTop(group, new ExportEvent.Down(Optional.of(calendar.instant()), false));
        markBelow(path);
    }

    /** All that is below a supervisor is shown as that is. A loop, for trees may be deep. */
    private void markBelow(String path) {
        Deque<String> left = new ArrayDeque<>(List.of(path));
        while (!left.isEmpty()) {
            ShownGroup group = groups.get(left.pop());
            for (ShownPlace place : group == null ? List.<ShownPlace>of() : group.places()) {
                mark(place);
                ShownGroup below = place.isOfDynamic ? null : groups.get(place.path());
                if (below != null && !below.isAtWork) {
                    left.push(place.path());
                }
            }
        }
    }

    private Shown.Above above(ShownPlace place) {
        if (isOver) {
            return Shown.Above.GONE;
        }
        if (place == top) {
            return place.child.phase().hasIncarnation() ? Shown.Above.UP : Shown.Above.GONE;
        }
        String path = place.supervisor;
        while (true) {
            ShownGroup group = groups.get(path);
            ShownPlace supervisor = group == null ? null : group.supervisor;
            if (group == null || supervisor == null) {
                return Shown.Above.GONE;
            }
            if (group.isAtWork) {
                // of the place's own supervisor it is known; one further up is to start what is between
                return path.equals(place.supervisor) ? Shown.Above.UP : Shown.Above.GONE;
            }
            ShownChild known = supervisor.child;
            boolean comes = known.phase() == Phase.RESTARTING
                    || known.phase() == Phase.STARTING
                    || known.phase() == Phase.RUNNING
                    || known.again();
            if (comes && supervisor != top) {
                return Shown.Above.COMING;
            }
            if (supervisor == top) {
                return Shown.Above.GONE;
            }
            path = supervisor.supervisor;
        }
    }

    // ---- commands and their answers

    /** A letter, or the answer of a call; what follows is for the caller to do. */
    List<Call> decided(ShownPlace place, ExportEvent event, Runnable ifIgnored) {
        ExportRule.Decision decision;
        boolean wakes;
        synchronized (this) {
            decision = decide(place, event);
            wakes = wakes();
        }
        wakeUp(wakes);
        if (decision.ignored()) {
            ifIgnored.run();
        }
        return decision.calls();
    }

    /** What is known of a place, and by which incarnation it is addressed. */
    synchronized ShownChild known(ShownPlace place) {
        return place.child;
    }

    /** The same of its incarnation. */
    synchronized Optional<ChildHandle> handle(ShownPlace place) {
        return place.handle();
    }

    /** Whether a child may be started. */
    boolean mayStart(StartGate.Start start, boolean hasDownFile) {
        boolean may;
        boolean wakes;
        synchronized (this) {
            ShownGroup group = groups.get(start.supervisor());
            ShownPlace place = group == null || group.isDynamic
                    ? null
                    : group.find(start.child().id());
            if (place == null) {
                return ExportRule.mayStart(ShownChild.downSince(calendar.instant()), start.cause(), hasDownFile);
            }
            decide(place, new ExportEvent.Asked(start.cause()));
            may = ExportRule.mayStart(place.child, start.cause(), hasDownFile);
            wakes = wakes();
        }
        wakeUp(wakes);
        return may;
    }

    private ExportRule.Decision decide(ShownPlace place, ExportEvent event) {
        ShownChild before = place.child;
        ExportRule.Decision decision = ExportRule.decide(place.kind, before, event);
        ShownChild after = decision.child();
        place.child = after;
        if (!isShownTheSame(before, after)) {
            mark(place);
            boolean mayHaveOthersBelow = place.kind == ShownKind.SUPERVISOR && !place.isOfDynamic;
            ShownGroup below = mayHaveOthersBelow ? groups.get(place.path()) : null;
            if (below != null && !below.isAtWork) {
                markBelow(place.path());
            }
        }
        return decision;
    }

    private static boolean isShownTheSame(ShownChild one, ShownChild other) {
        return one.phase() == other.phase()
                && one.since().equals(other.since())
                && one.pid() == other.pid()
                && one.once() == other.once()
                && one.paused() == other.paused()
                && one.again() == other.again()
                && one.exits() == other.exits()
                && one.closed() == other.closed();
    }

    // ---- what is to be written

    private void mark(ShownPlace place) {
        if (!place.isMarked) {
            place.isMarked = true;
            marks.add(new Mark(place, null));
        }
    }

    /** These could not be written. */
    void markAgain(Iterable<ShownPlace> places) {
        boolean wakes;
        synchronized (this) {
            places.forEach(this::mark);
            wakes = wakes();
        }
        wakeUp(wakes);
    }

    /** Marks all that there is. */
    void markAll() {
        List<ShownPlace> all = new ArrayList<>();
        synchronized (this) {
            all.add(top);
            groups.values().forEach(group -> all.addAll(group.places()));
        }
        markAgain(all);
    }

    /** Completes when all has been written that is marked now. */
    CompletableFuture<Void> whenWritten() {
        CompletableFuture<Void> reached = new CompletableFuture<>();
        boolean wakes;
        synchronized (this) {
            marks.add(new Mark(null, reached));
            wakes = wakes();
        }
        wakeUp(wakes);
        return reached;
    }

    private boolean wakes() {
        boolean wakes = !isAwake && !marks.isEmpty();
        isAwake |= wakes;
        return wakes;
    }

    private void wakeUp(boolean wakes) {
        if (wakes) {
            wakeUp.run();
        }
    }

    /** The first of those that are marked, which are not any more; if there are none whoever asks may sleep. */
    synchronized List<Mark> take(int most) {
        List<Mark> taken = new ArrayList<>();
        while (taken.size() < most && !marks.isEmpty()) {
            Mark mark = marks.remove();
            if (mark.place() != null) {
                mark.place().isMarked = false;
            }
            taken.add(mark);
        }
        isAwake = !taken.isEmpty();
        return taken;
    }

    /** What is to be written of a place now. */
    synchronized View view(ShownPlace place) {
        return new View(Shown.of(place.child, above(place), jvm), place.supervision, place.isForgotten);
    }

    /** Whether a place that was forgotten has not come back; then it is not known any more. */
    synchronized boolean vanishes(ShownPlace place) {
        if (!place.isForgotten) {
            return false;
        }
        ShownGroup group = groups.get(place.supervisor);
        if (group != null) {
            group.remove(place);
        }
        ShownGroup below = place.isOfDynamic ? null : groups.get(place.path());
        if (below != null && below.supervisor == place) {
            groups.remove(place.path());
        }
        return true;
    }

    /** The names of all that are shown. */
    synchronized Set<OsString> names() {
        Set<OsString> names = new HashSet<>();
        names.add(top.name);
        groups.values().forEach(group -> group.places().forEach(place -> names.add(place.name)));
        return names;
    }

    /** Nothing of the tree is left: all are down, and nobody is to be seen behind them. */
    void over() {
        synchronized (this) {
            groups.values()
                    .forEach(group -> group.places().forEach(place -> {
                        if (place.child.phase().hasIncarnation()) {
                            decide(place, new ExportEvent.Down(Optional.of(calendar.instant()), false));
                        }
                    }));
            if (top.child.phase().hasIncarnation()) {
                decide(top, new ExportEvent.Down(Optional.of(calendar.instant()), false));
            }
            isOver = true;
        }
        markAll();
    }
}
