package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** How a supervisor and its children are to be seen, whatever it is doing. Looks, and changes nothing. */
final class SnapshotRule {

    private final RuleState state;
    private final State seenAs;
    private final @Nullable Plan plan;
    private final @Nullable Incarnation starting;
    private final LongFunction<Instant> calendar;
    private final long now;

    /**
     * For one look.
     *
     * @param seenAs how the supervisor is
     * @param plan that it is carrying out, if it is
     * @param starting who is being started, if anybody is
     * @param calendar when a time was, for those who read it
     */
    SnapshotRule(
            RuleState state,
            State seenAs,
            @Nullable Plan plan,
            @Nullable Incarnation starting,
            LongFunction<Instant> calendar,
            long now) {
        this.state = state;
        this.seenAs = seenAs;
        this.plan = plan;
        this.starting = starting;
        this.calendar = calendar;
        this.now = now;
    }

    Sight look(Scope scope) {
        List<Sight.Seen> seen = new ArrayList<>(scope.equals(Scope.ALL) ? state.children.size() : 4);
        Comeback comeback = new Comeback();
        for (Child child = state.children.first(); child != null; child = child.next) {
            boolean comes = comeback.next(child);
            if (scope.takes(child.id())) {
                Incarnation incarnation = starting != null && starting.child() == child ? starting : child.current;
                Sight.Seen one = child(child, incarnation, comes);
                if (scope.takes(
                        one.node(),
                        child.isTemporary(),
                        one.incarnation() != null && child.spec.kind().isSeenByItself())) {
                    seen.add(one);
                }
            }
        }
        return new Sight(itself(), seen);
    }

    // ---- the supervisor

    private Node itself() {
        return new Node(
                state.path,
                "supervisor",
                seenAs,
                seenAs == State.RUNNING,
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.of(calendar.apply(state.begunAt)),
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.of(state.supervision(now)),
                Map.of(),
                List.of());
    }

    // ---- a child

    private Sight.Seen child(Child child, @Nullable Incarnation incarnation, boolean comes) {
        State is = stateOf(child, incarnation);
        Incarnation live = isUp(is) ? incarnation : null;
        History past = child.past();
        OptionalLong number = incarnation == null
                ? OptionalLong.empty()
                : OptionalLong.of(incarnation.handle().incarnation());
        Hanging hanging = live == null ? null : child.hanging(live);
        Optional<LastExit> lastExit = past == null ? Optional.empty() : past.lastExit(calendar);
        Node node = new Node(
                TreePath.below(state.path, child.id()),
                child.spec.kindName(),
                is,
                is == State.RUNNING && hanging == null,
                live == null ? OptionalLong.empty() : number,
                live == null ? number : OptionalLong.empty(),
                Optional.empty(),
                live == null ? lastExit.map(LastExit::at) : Optional.of(calendar.apply(live.startedAt())),
                past == null ? 0 : past.restarts(),
                lastExit,
                past != null && is == State.RESTARTING ? past.nextRestart(calendar, now) : Optional.empty(),
                Optional.empty(),
                details(child, is, hanging),
                List.of());
        boolean waits = comes && incarnation == null && child.state != ChildState.RESTARTING;
        return new Sight.Seen(waits ? node.waiting() : node, live);
    }

    private static Map<String, String> details(Child child, State is, @Nullable Hanging hanging) {
        if (hanging != null) {
            return Map.of(Node.HUNG, hanging.reason().why());
        }
        return is == State.DONE && child.staysDone() ? Node.DONE_FOR_GOOD : Map.of();
    }

    private static boolean isUp(State is) {
        return is == State.STARTING || is == State.RUNNING || is == State.STOPPING;
    }

    private State stateOf(Child child, @Nullable Incarnation incarnation) {
        if (incarnation != null && incarnation == starting) {
            return incarnation.isBeingStopped() ? State.STOPPING : State.STARTING;
        }
        if (child.state == ChildState.RESTARTING) {
            return State.RESTARTING;
        }
        if (child.isRunning() && incarnation != null) {
            if (incarnation.hasEnded()) {
                // which the supervisor takes up when it has done what it is doing
                return RestartRule.afterEnd(incarnation.restartType(), incarnation.reason())
                                == RestartRule.Verdict.RESTART
                        ? State.RESTARTING
                        : State.FINISHED;
            }
            return incarnation.isBeingStopped() ? State.STOPPING : State.RUNNING;
        }
        return down(child.past());
    }

    static State down(@Nullable History past) {
        return switch (past == null ? History.Down.STOPPED : past.down()) {
            case STOPPED -> State.STOPPED;
            case FINISHED -> State.FINISHED;
            case IGNORED -> State.IGNORED;
            case DONE -> State.DONE;
        };
    }

    // ---- which of those that are down come back with another

    /** Asked of each child, in start order: whether it is started with another if it is down. */
    private final class Comeback {
        private final @Nullable Child first;
        private final @Nullable Child last;
        private boolean inPlan;
        private boolean comes;

        Comeback() {
            first = plan == null ? null : plan.firstToStart(state.children);
            last = plan == null ? null : plan.lastToStart();
            comes = state.spec.strategy() == Strategy.ONE_FOR_ALL && Awaited.isAnyRestarting(state.children);
        }

        boolean next(Child child) {
            if (seenAs == State.STOPPING || seenAs == State.STOPPED) {
                return false;
            }
            inPlan |= child == first;
            boolean starts = inPlan && plan != null && plan.starts(child);
            inPlan &= child != last;
            comes |= state.spec.strategy() == Strategy.REST_FOR_ONE && child.state == ChildState.RESTARTING;
            return starts || (comes && !child.staysDone());
        }
    }
}
