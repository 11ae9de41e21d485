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
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who of a tree is shown, what each is shown as, and who goes: what supervisors tell leads to it. What an event means
 * for a child is {@link ExportRule}'s, what it means for others is decided here. No clock, no files; not for several
 * threads at once.
 */
final class ShownGroups {

    private final Terms terms;
    private final int jvm;
    private final Consumer<ShownPlace> changed;
    private final Map<String, ShownGroup> groups = new HashMap<>();
    private final ShownLinks links;
    private final ShownPlace top;
    private boolean isOver;

    /**
     * What is shown, and what a letter may do.
     *
     * @param tree its name, where several are shown in one directory
     * @param dynamicChildren how many children of each dynamic supervisor are shown
     * @param stopsByCommand whether a command may stop the tree
     */
    record Terms(Optional<String> tree, int dynamicChildren, boolean stopsByCommand) {}

    /**
     * What is to be written of a place.
     *
     * @param supervision what it goes by, if it is a supervisor; or that it is a oneshot that is done
     * @param isForgotten whether it goes after a while
     */
    record View(Shown shown, String supervision, boolean isForgotten) {}

    /**
     * Before the first event.
     *
     * @param spec of the top supervisor
     * @param jvm the pid of this JVM
     * @param changed told of each place that is to be shown, or shown otherwise
     */
    ShownGroups(Terms terms, SupervisorSpec spec, int jvm, Instant now, Consumer<ShownPlace> changed) {
        this.terms = terms;
        this.jvm = jvm;
        this.changed = changed;
        this.links = new ShownLinks(terms.tree(), changed);
        this.top = new ShownPlace(
                ExportNames.of(terms.tree(), TreePath.TOP, OptionalLong.empty()),
                terms.stopsByCommand() ? ShownKind.TOP_THAT_STOPS : ShownKind.TOP,
                TreePath.TOP,
                TreePath.TOP,
                OptionalLong.empty(),
                ShownChild.downSince(now));
        top.supervision = SupervisionText.ofTop(SupervisionText.of(spec));
        decide(top, new ExportEvent.Starting(now, 0));
        ShownGroup group = new ShownGroup(top);
        group.strategy = spec.strategy();
        group.isAtWork = true;
        groups.put(TreePath.TOP, group);
    }

    // ---- what happens

    /** A supervisor has told something. */
    void happened(SupervisorEvent event, Instant now) {
        ShownGroup group = isOver ? null : group(event.supervisor(), now);
        if (group == null || group.supervisor == null) {
            return;
        }
        if (event instanceof SupervisorEvent.OfChild ofChild) {
            isAtWork(group, event.supervisor());
            ofChild(group, ofChild, now);
        } else if (event instanceof SupervisorEvent.SupervisorStarted started) {
            isAtWork(group, event.supervisor());
            group.isUp = true;
            goesBy(group, started.by());
            group.known().stream().filter(place -> place.isUnseen).forEach(this::forget);
            topIsUp();
        } else if (event instanceof SupervisorEvent.SupervisorChanged change) {
            goesBy(group, change.by());
            changed(group, change, now);
        } else if (event instanceof SupervisorEvent.SupervisorStopped) {
            stopped(group, event.supervisor(), now);
        }
    }

    /** A child has told of a service directory below it. */
    void happened(ServiceEntry event) {
        String path = TreePath.above(event.path());
        ShownGroup group = groups.get(TreePath.above(path));
        ShownPlace child = group == null ? null : group.find(TreePath.lastId(path));
        if (!isOver) {
            links.happened(event, child != null && isToRun(child.child.phase()));
        }
    }

    private static boolean isToRun(Phase phase) {
        return phase == Phase.STARTING || phase == Phase.RUNNING;
    }

    private void goesBy(ShownGroup group, Supervision by) {
        group.strategy = by.strategy();
        if (group.supervisor != null) {
            String text = SupervisionText.of(by);
            goesBy(group.supervisor, group.supervisor == top ? SupervisionText.ofTop(text) : text);
        }
    }

    private void goesBy(ShownPlace supervisor, String text) {
        if (!supervisor.supervision.equals(text)) {
            supervisor.supervision = text;
            changed.accept(supervisor);
        }
    }

    private void ifTop(ShownGroup group, ExportEvent event) {
        if (group.supervisor == top) {
            decide(top, event);
        }
    }

    private void ofChild(ShownGroup group, SupervisorEvent.OfChild event, Instant now) {
        ExportEvent what = ChildEvents.of(event, group.isDynamic(), now);
        if (event instanceof SupervisorEvent.ChildStopping stopping
                && stopping.cause() instanceof StopCause.SupervisorEnds) {
            ifTop(group, new ExportEvent.Stopping(false));
        }
        if (what == null) {
            return;
        }
        Optional<ChildHandle> handle = handleOf(event);
        boolean forgets = what instanceof ExportEvent.Down down && down.forgotten();
        ShownPlace place = place(group, event.supervisor(), event.child().spec(), handle, !forgets, now);
        if (place == null) {
            return;
        }
        handle.ifPresent(known -> place.handle = known);
        place.isUnseen = false;
        decide(place, what);
        if (forgets) {
            forget(place);
        }
        if (what instanceof ExportEvent.Started && !place.isOfDynamic) {
            links.isUp(place.path());
        }
        if (!place.child.phase().hasIncarnation()) {
            endedUnheard(place, now);
        }
        if (event instanceof SupervisorEvent.RestartCancelled && what instanceof ExportEvent.Down) {
            nobodyWaitsInVain(group);
        }
    }

    private void nobodyWaitsInVain(ShownGroup group) {
        group.thoseWhoWaitInVain().forEach(place -> decide(place, new ExportEvent.Down(Optional.empty(), false)));
    }

    /** The incarnation that an event is about. */
    private static Optional<ChildHandle> handleOf(SupervisorEvent.OfChild event) {
        return event instanceof SupervisorEvent.StartError error
                ? Optional.of(error.attempt())
                : event.child().handle();
    }

    // ---- places

    /** The place of a child; null if it is not shown. */
    private @Nullable ShownPlace place(
            ShownGroup group,
            String supervisor,
            ChildSpec spec,
            Optional<ChildHandle> handle,
            boolean mayBeNew,
            Instant now) {
        if (group.isDynamic() && handle.isEmpty()) {
            return null;
        }
        OptionalLong number =
                group.isDynamic() ? OptionalLong.of(group.number(handle.orElseThrow())) : OptionalLong.empty();
        ShownPlace known = group.find(number.isPresent() ? (Object) number.getAsLong() : spec.id());
        if (known != null) {
            known.isForgotten &= !mayBeNew;
            known.kind = kind(spec);
            leadsTo(known, leadsTo(spec));
            if (known.kind != ShownKind.SUPERVISOR) {
                goesBy(known, SupervisionText.NONE);
            }
            return known;
        }
        // those count that are shown for a while yet
        if (!mayBeNew || (group.isDynamic() && group.size() >= terms.dynamicChildren())) {
            return null;
        }
        ShownPlace added = add(group, supervisor, spec.id(), kind(spec), number, now);
        leadsTo(added, leadsTo(spec));
        added.supervision = SupervisionText.of(spec);
        return added;
    }

    private ShownPlace add(
            ShownGroup group, String supervisor, String id, ShownKind kind, OptionalLong number, Instant now) {
        ShownPlace place = new ShownPlace(
                ExportNames.of(terms.tree(), TreePath.below(supervisor, id), number),
                kind,
                supervisor,
                id,
                number,
                ShownChild.downSince(now));
        group.add(place);
        changed.accept(place);
        return place;
    }

    /** Where the link leads that is to be there instead of a directory; null if none is. */
    private static @Nullable OsString leadsTo(ChildSpec spec) {
        return spec.kind() instanceof LinkedService service ? ShownLink.text(service.serviceDirectory()) : null;
    }

    private void leadsTo(ShownPlace place, @Nullable OsString text) {
        if (!Objects.equals(place.leadsTo, text)) {
            place.leadsTo = text;
            changed.accept(place);
        }
    }

    private static ShownKind kind(ChildSpec spec) {
        if (spec.isSupervisor()) {
            return ShownKind.SUPERVISOR;
        }
        if (spec.kind() instanceof ProcessKind process) {
            return process.oneshot().isPresent() ? ShownKind.ONESHOT : ShownKind.PROCESS;
        }
        return ShownKind.OTHER;
    }

    private void forget(ShownPlace forgotten) {
        Deque<ShownPlace> left = new ArrayDeque<>(List.of(forgotten));
        while (!left.isEmpty()) {
            ShownPlace place = left.pop();
            place.isForgotten = true;
            changed.accept(place);
            ShownGroup below = below(place);
            if (below != null) {
                below.places().forEach(left::push);
            }
            if (!place.isOfDynamic) {
                links.forgets(place.path());
            }
        }
    }

    /** The group that a place is the supervisor of; null if there is none, or it is not shown. */
    private @Nullable ShownGroup below(ShownPlace place) {
        ShownGroup below = place.isOfDynamic ? null : groups.get(place.path());
        return below != null && below.supervisor == place ? below : null;
    }

    /** Whether a place that was forgotten has not come back; then it is not known any more. */
    boolean vanishes(ShownPlace place) {
        if (!place.isForgotten || place.hasVanished) {
            return false;
        }
        place.hasVanished = true;
        links.remove(place);
        ShownGroup group = groups.get(place.supervisor);
        if (group != null) {
            group.remove(place);
        }
        if (below(place) != null) {
            groups.remove(place.path());
        }
        return true;
    }

    /** All that there are. */
    List<ShownPlace> all() {
        List<ShownPlace> all = new ArrayList<>(List.of(top));
        groups.values().forEach(group -> all.addAll(group.places()));
        all.addAll(links.all());
        return all;
    }

    // ---- supervisors

    /**
     * The group of a supervisor. One may be heard of before its own supervisor has told of it: then its place is made,
     * since it must be there.
     */
    private ShownGroup group(String path, Instant now) {
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
            if (group.isDynamic() || group.supervisor == null) {
                return new ShownGroup(null);
            }
            group = groupOf(group, at, next, now);
            at = next;
        }
        return group;
    }

    private ShownGroup groupOf(ShownGroup above, String supervisor, String path, Instant now) {
        String id = TreePath.lastId(path);
        ShownPlace place = above.find(id);
        if (place == null) {
            place = add(above, supervisor, id, ShownKind.SUPERVISOR, OptionalLong.empty(), now);
            decide(place, new ExportEvent.Starting(now, 0));
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

    private void changed(ShownGroup group, SupervisorEvent.SupervisorChanged change, Instant now) {
        if (group.isDynamic()) {
            return;
        }
        Set<String> ids = new LinkedHashSet<>();
        for (ChildSpec spec : change.children()) {
            ids.add(spec.id());
            place(group, change.supervisor(), spec, Optional.empty(), true, now);
        }
        group.order(ids);
        group.known().stream()
                .filter(place -> !ids.contains(place.id) && !place.child.phase().hasIncarnation())
                .forEach(this::forget);
        nobodyWaitsInVain(group);
    }

    private void stopped(ShownGroup group, String path, Instant now) {
        boolean wasUp = group.isUp;
        group.isOver();
        for (ShownPlace place : group.known()) {
            decide(place, new ExportEvent.SupervisorEnded(now, wasUp));
            place.isUnseen = true;
            if (group.isDynamic()) {
                forget(place);
            }
        }
        ifTop(group, new ExportEvent.Down(Optional.of(now), false));
        markBelow(path);
    }

    /** A supervisor that was lost, or let go of, has told nothing of its end; nor have those below it. */
    private void endedUnheard(ShownPlace supervisor, Instant now) {
        Deque<ShownPlace> left = new ArrayDeque<>(List.of(supervisor));
        while (!left.isEmpty()) {
            ShownPlace place = left.pop();
            ShownGroup below = below(place);
            if (below != null && below.isAtWork) {
                left.addAll(below.places());
                stopped(below, place.path(), now);
            }
        }
    }

    /** All that is below a supervisor is shown as that is. A loop, for trees may be deep. */
    private void markBelow(String path) {
        Deque<String> left = new ArrayDeque<>(List.of(path));
        while (!left.isEmpty()) {
            ShownGroup group = groups.get(left.pop());
            for (ShownPlace place : group == null ? List.<ShownPlace>of() : group.places()) {
                changed.accept(place);
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
            if (supervisor == top) {
                return Shown.Above.GONE;
            }
            if (comes(supervisor.child)) {
                return Shown.Above.COMING;
            }
            path = supervisor.supervisor;
        }
    }

    /** Whether a supervisor that is not at work will be. */
    private static boolean comes(ShownChild supervisor) {
        return switch (supervisor.phase()) {
            case RESTARTING, WAITING, STARTING, RUNNING -> true;
            case STOPPING -> supervisor.again();
            case DOWN -> false;
        };
    }

    // ---- one place

    /** What is to be written of a place now. */
    View view(ShownPlace place) {
        String supervision = place.child.done() ? SupervisionText.DONE : place.supervision;
        return new View(Shown.of(place.child, above(place), jvm), supervision, place.isForgotten);
    }

    /** Whether a child may be started. */
    boolean mayStart(StartGate.Start start, boolean hasDownFile) {
        if (isShownBelow(start.supervisor())) {
            links.begins(start.path(), start.child().kind());
        }
        ShownGroup group = groups.get(start.supervisor());
        ShownPlace place = group == null || group.isDynamic()
                ? null
                : group.find(start.child().id());
        if (place == null) {
            return ExportRule.mayStart(ShownChild.downSince(Instant.EPOCH), start.cause(), hasDownFile);
        }
        decide(place, new ExportEvent.Asked(start.cause()));
        return ExportRule.mayStart(place.child, start.cause(), hasDownFile);
    }

    /** Whether the children of a supervisor are shown by their ids, and those below them. */
    private boolean isShownBelow(String supervisor) {
        String at = supervisor;
        ShownGroup nearest = groups.get(at);
        while (nearest == null) {
            at = TreePath.above(at);
            nearest = groups.get(at);
        }
        return !nearest.isDynamic() && nearest.supervisor != null;
    }

    /** A command has come, or a call has been answered. */
    ExportRule.Decision decided(ShownPlace place, ExportEvent event, Instant now) {
        ExportRule.Decision decision = decide(place, event);
        if (place == top && decision.calls().contains(Call.RENEW)) {
            // it has no other incarnation, and is up again when all its children are
            decide(top, new ExportEvent.Starting(now, 0));
        } else if (place == top && event instanceof ExportEvent.Answered) {
            topIsUp();
        }
        return decision;
    }

    /** Unless it has not started all its children, or they are being renewed. */
    private void topIsUp() {
        ShownGroup group = groups.get(TreePath.TOP);
        boolean isUp = group != null && group.isUp && top.child.call() != Call.RENEW;
        if (isUp && top.child.phase() == Phase.STARTING) {
            decide(top, new ExportEvent.Started(top.child.since(), 0, false));
        }
    }

    /** Something has happened to a place, or a command has come. */
    ExportRule.Decision decide(ShownPlace place, ExportEvent event) {
        ShownChild before = place.child;
        ExportRule.Decision decision = ExportRule.decide(place.kind, before, event);
        ShownChild after = decision.child();
        place.child = after;
        if (!isShownTheSame(before, after)) {
            changed.accept(place);
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
                && one.hung() == other.hung()
                && one.done() == other.done()
                && one.again() == other.again()
                && one.exits() == other.exits()
                && one.closed() == other.closed()
                && one.held() == other.held();
    }

    /** Nothing of the tree is left: all are down, and nobody is to be seen behind them. */
    void over(Instant now) {
        for (ShownPlace place : all()) {
            if (place.child.phase() != Phase.DOWN) {
                decide(place, new ExportEvent.SupervisorEnded(now, true));
            }
        }
        isOver = true;
        all().forEach(changed);
    }
}
