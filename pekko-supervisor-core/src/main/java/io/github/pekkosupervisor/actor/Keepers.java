package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.rule.Incarnation;
import io.github.pekkosupervisor.rule.SupervisorAction;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.Shutdown;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.jspecify.annotations.Nullable;

/** The keepers of a supervisor's children, see {@link ChildRunner#keeper}. Most supervisors have none. */
final class Keepers {

    private final ActorContext<Object> context;
    private final TreeContext around;
    private final SupervisorRef supervisor;
    private final boolean isDynamic;

    /** By the number of the child's first incarnation. */
    private final Map<Long, Keeper> present = new HashMap<>();

    /** Of children that have had no incarnation yet, by id. */
    private final Map<String, Keeper> unstarted = new HashMap<>();

    /** Those that have been told to leave, and have not ended. */
    private final List<KeeperContext.Leaving> leaving = new ArrayList<>();

    /** What is to be done when all have ended; null as long as the supervisor has not come to its end. */
    private @Nullable List<SupervisorAction> last;

    /** What those are named by that no incarnation gives a number. */
    private long unnumbered;

    private record Keeper(String id, ChildKind kind, ActorRef<Object> ref) {}

    private record Place(
            String id,
            String path,
            Shutdown shutdown,
            SupervisorRef supervisor,
            boolean isOfDynamic,
            List<Leaving> leaving,
            TreeContext around)
            implements KeeperContext {
        @Override
        public void tell(TreeEvent event) {
            SupervisorLog.tell(around.listener(), event);
        }
    }

    Keepers(ActorContext<Object> context, TreeContext around, SupervisorRef supervisor, boolean isDynamic) {
        this.context = context;
        this.around = around;
        this.supervisor = supervisor;
        this.isDynamic = isDynamic;
    }

    /** The one for an incarnation that is to be started, made if it is not there; null if its kind has none. */
    @Nullable
    ActorRef<Object> of(Incarnation incarnation, ChildSpec spec, ChildRunner runner) {
        if (!runner.hasKeeper()) {
            return null;
        }
        Keeper stood = isDynamic ? null : unstarted.remove(spec.id());
        if (stood != null) {
            present.put(incarnation.first(), stood);
        }
        Keeper known = present.get(incarnation.first());
        if (known != null && known.kind().equals(spec.kind())) {
            return known.ref();
        }
        leaves(present.remove(incarnation.first()));
        Keeper made = make(spec, runner, incarnation.handle().incarnation());
        present.put(incarnation.first(), made);
        return made.ref();
    }

    private Keeper make(ChildSpec spec, ChildRunner runner, long number) {
        Place place = new Place(
                spec.id(),
                around.pathOf(spec.id()),
                spec.shutdown(),
                supervisor,
                isDynamic,
                List.copyOf(leaving),
                around);
        Behavior<Object> behavior = runner.keeper(place).unsafeCast();
        ActorRef<Object> ref = context.spawn(behavior, "keeper-" + ActorNames.of(spec.id(), number), runner.props());
        context.watchWith(ref, new SupervisorMessage.KeeperEnded(ref));
        return new Keeper(spec.id(), spec.kind(), ref);
    }

    /**
     * A child of an ordered supervisor is known and has not been started: what its keeper has is to be had all the
     * same.
     */
    void standsBy(ChildSpec spec, ChildRunner runner) {
        if (!isDynamic && runner.hasKeeper() && hasNone(spec.id())) {
            Keeper made = make(spec, runner, --unnumbered);
            unstarted.put(spec.id(), made);
            made.ref().tell(new KeeperNotice.StaysDown("it has not been started"));
        }
    }

    private boolean hasNone(String id) {
        return !unstarted.containsKey(id)
                && present.values().stream().noneMatch(known -> known.id().equals(id));
    }

    /** No incarnation will come. */
    void staysDown(SupervisorAction.StaysDown down) {
        boolean hasStarted = present.containsKey(down.first());
        Keeper known = hasStarted ? present.get(down.first()) : unstarted.get(down.id());
        if (known == null || !known.kind().equals(down.kind())) {
            return;
        }
        if (!down.isGone()) {
            known.ref().tell(new KeeperNotice.StaysDown(down.why()));
        } else if (hasStarted) {
            leaves(present.remove(down.first()));
        } else {
            leaves(unstarted.remove(down.id()));
        }
    }

    /** A child that was down has been deleted. */
    void deleted(String id) {
        leaves(unstarted.remove(id));
        present.entrySet().stream()
                .filter(entry -> entry.getValue().id().equals(id))
                .map(Map.Entry::getKey)
                .toList()
                .forEach(first -> leaves(present.remove(first)));
    }

    private void leaves(@Nullable Keeper known) {
        if (known != null) {
            leaving.add(new KeeperContext.Leaving(known.kind(), known.ref()));
            known.ref().tell(KeeperNotice.Leave.INSTANCE);
        }
    }

    /**
     * The supervisor is at its end, if that is the last of what is to be done; then all leave first.
     *
     * @return whether it has to wait for that, and does the rest when {@link #ended} says so
     */
    boolean holdUp(List<SupervisorAction> actions) {
        boolean isEnd = actions.get(actions.size() - 1) instanceof SupervisorAction.End;
        if (!isEnd || last == actions || (present.isEmpty() && unstarted.isEmpty() && leaving.isEmpty())) {
            return false;
        }
        last = actions;
        present.values().forEach(this::leaves);
        present.clear();
        unstarted.values().forEach(this::leaves);
        unstarted.clear();
        return true;
    }

    /** Whether the supervisor only waits for them. */
    boolean areAwaited() {
        return last != null;
    }

    /** One has ended; what is to be done now, if it was the last that was waited for. */
    List<SupervisorAction> ended(ActorRef<Object> keeper) {
        present.values().removeIf(known -> known.ref().equals(keeper));
        unstarted.values().removeIf(known -> known.ref().equals(keeper));
        leaving.removeIf(one -> one.keeper().equals(keeper));
        List<SupervisorAction> rest = last;
        return rest != null && leaving.isEmpty() ? rest : List.of();
    }

    /** Those that have not left by now do. */
    void stop() {
        leaving.forEach(one -> context.stop(one.keeper()));
    }
}
