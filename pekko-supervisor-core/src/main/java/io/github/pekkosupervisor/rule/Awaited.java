package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.rule.SupervisorAction.StaysDown;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * For which children somebody may be waiting who waits in vain. A stopped child comes back by itself only with another
 * that is restarting: any other where all are restarted with one, an earlier one where the rest is. All others, and
 * everybody when the supervisor goes down, stay away until somebody asks for them.
 */
final class Awaited {

    private Awaited() {}

    /** Whether somebody may be waiting for it who has not been told. */
    static boolean isAwaited(Child child) {
        ChildKind kind = child.spec.kind();
        // a supervisor that has run has told those who wait for its children itself
        return kind.isAwaited() && !child.isTold && !(kind.isSupervisor() && child.hasRun);
    }

    /** What is to be told of one child, once; nothing if nobody can wait for it. */
    static List<StaysDown> child(Child child, String why) {
        if (!isAwaited(child)) {
            return List.of();
        }
        child.isTold = true;
        return List.of(new StaysDown(child.id(), child.first, child.spec.kind(), why, child.isGone));
    }

    /** Of all children that do not run and will not by themselves. */
    static List<StaysDown> whenIdle(Children children, Strategy strategy, String why) {
        List<StaysDown> all = new ArrayList<>();
        boolean comes = strategy == Strategy.ONE_FOR_ALL && isAnyRestarting(children);
        for (Child child = children.first(); child != null; child = child.next) {
            comes |= strategy == Strategy.REST_FOR_ONE && child.state == ChildState.RESTARTING;
            if (child.state == ChildState.STOPPED && !comes) {
                all.addAll(child(child, why));
            }
        }
        return all;
    }

    static boolean isAnyRestarting(Children children) {
        for (Child child = children.first(); child != null; child = child.next) {
            if (child.state == ChildState.RESTARTING) {
                return true;
            }
        }
        return false;
    }

    /** Of all children that do not run, when the supervisor goes down. */
    static List<StaysDown> whenGoingDown(Children children, String why) {
        List<StaysDown> all = new ArrayList<>();
        for (Child child = children.first(); child != null; child = child.next) {
            if (!child.isRunning()) {
                all.addAll(child(child, why));
            }
        }
        return all;
    }

    /** Of all, when the supervisor is no more. */
    static List<StaysDown> atTheEnd(Children children, String why) {
        List<StaysDown> all = new ArrayList<>();
        for (Child child = children.first(); child != null; child = child.next) {
            all.addAll(child(child, why));
        }
        return all;
    }

    /** What the children that do not run are now, before they may be made something else: to be told anew then. */
    static Map<Child, ChildKind> thoseDown(Children children) {
        Map<Child, ChildKind> kinds = new HashMap<>();
        for (Child child = children.first(); child != null; child = child.next) {
            if (!child.isRunning()) {
                child.isTold = false;
                kinds.put(child, child.spec.kind());
            }
        }
        return kinds;
    }

    /** Of an incarnation that is over, if its child has become something else meanwhile. */
    static List<StaysDown> formerSelf(Incarnation incarnation) {
        return formerSelf(incarnation.child(), incarnation.kind());
    }

    /** Of what a child was before its specification was replaced. */
    static List<StaysDown> formerSelf(Child child, ChildKind kind) {
        return kind.isAwaited() && !kind.isAwaitedAs(child.spec.kind())
                ? List.of(new StaysDown(child.id(), child.first, kind, "its specification has been replaced", true))
                : List.of();
    }
}
