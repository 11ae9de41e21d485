package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ExitReason;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How a supervisor comes to its end: by itself, killed, or in the midst of something else; and what is then told. */
final class GoingDown {

    private final SupervisorRule rule;
    private final RuleState state;

    GoingDown(SupervisorRule rule) {
        this.rule = rule;
        this.state = rule.state;
    }

    /** Stops all children, then ends. */
    void goDown(TreeEnd end) {
        goDown(end, null);
    }

    /**
     * The same.
     *
     * @param unanswered whose call is given up for it
     */
    void goDown(TreeEnd end, @Nullable Consumer<Object> unanswered) {
        goDown(new Plan.Down(end, unanswered));
    }

    private void goDown(Plan.Down down) {
        if (state.isDynamic()) {
            stopAllAtOnce(down, false);
        } else {
            rule.carryOut(new Plan(down).stopping(state.children.last(), state.children.first()));
        }
    }

    private void stopAllAtOnce(Plan.Down down, boolean byKill) {
        StoppingAll all = new StoppingAll(rule, down, byKill);
        rule.does(all);
        all.begin();
    }

    /** Killed: so are its children, whatever it was doing with them, and it has ended when they have. */
    void killed() {
        stopAllAtOnce(new Plan.Down(TreeEnd.Killed.INSTANCE), true);
    }

    /**
     * A child had to be abandoned of which there must not be two.
     *
     * @param unanswered whose call is given up for it
     */
    void escalate(Child child, @Nullable Consumer<Object> unanswered) {
        state.tellGaveUp(state.offender(child, null), ExitReason.Abandoned.INSTANCE);
        goDown(new TreeEnd.Failed(ExitReason.failed("child \"" + child.id() + "\" was abandoned")), unanswered);
    }

    /** The whole tree ends: goes down at once, with nobody who is starting or being stopped. */
    void giveUp(Plan current) {
        goDown(asked(current));
    }

    /** The whole tree ends: goes down at once; a child that is starting, or being stopped, comes first. */
    void giveUp(Plan current, Incarnation interrupted) {
        Plan.Down down = asked(current);
        if (state.isDynamic()) {
            stopAllAtOnce(down, false);
            return;
        }
        Plan plan = new Plan(down).stopping(state.children.last(), state.children.first());
        Child child = interrupted.child();
        if (interrupted.isBeingStopped()) {
            Stopping stopping = new Stopping(rule, plan, interrupted, child.deadline);
            rule.does(stopping);
            stopping.hurry();
        } else if (!rule.stop(plan, child)) {
            rule.carryOut(plan);
        }
    }

    private Plan.Down asked(Plan current) {
        return new Plan.Down(new TreeEnd.Closed(rule.reasonToStop()), current.caller());
    }

    /** Nothing is left. */
    void end(Plan.Down down) {
        rule.does(Doing.Ended.INSTANCE);
        state.replyGone(down.unanswered());
        String why = state.whyDown(down);
        for (Child child = state.children.first(); child != null; child = child.next) {
            state.tellWhoWaits(child, () -> why);
        }
        state.tell(new SupervisorEvent.SupervisorStopped(state.path, down.end()));
        state.act(new SupervisorAction.End(down.end()));
    }
}
