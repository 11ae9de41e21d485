package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.StartGate;
import java.time.Duration;

/**
 * A child is to be started, and the start gates have been asked whether it may: their answer is waited for, and whoever
 * says nothing for too long has said no. A child that may not has been ignored, as if it had said so itself.
 */
final class AtGate implements Doing {

    /** Longer than anybody needs who is well: what is asked is local. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SupervisorRule rule;
    private final RuleState state;
    private final Plan plan;
    private final Child child;
    private final long question;
    private final long deadline;

    AtGate(SupervisorRule rule, Plan plan, Child child, long question) {
        this.rule = rule;
        this.state = rule.state;
        this.plan = plan;
        this.child = child;
        this.question = question;
        this.deadline = Time.after(state.now, PATIENCE);
    }

    /** Asks. */
    void begin() {
        StartGate.Start start = new StartGate.Start(state.path, child.spec, plan.causeOfStart(child));
        state.act(new SupervisorAction.AskGates(question, start));
        state.wakeUpAt(deadline);
    }

    @Override
    public boolean awaits(RuleEvent event) {
        return event instanceof RuleEvent.GateAnswered answer && answer.question() == question;
    }

    @Override
    public void proceed(RuleEvent event) {
        if (event instanceof RuleEvent.GateAnswered answer && answer.isOpen()) {
            rule.start(plan, child);
        } else {
            Starting.ignored(rule, plan, child, null);
        }
    }

    @Override
    public Plan plan() {
        return plan;
    }

    @Override
    public void wake() {
        if (deadline > state.now) {
            state.wakeUpAt(deadline);
        } else {
            Starting.ignored(rule, plan, child, null);
        }
    }

    @Override
    public void hurry() {
        rule.ends.giveUp(plan);
    }

    @Override
    public void interrupted() {
        state.replyGone(plan.caller());
    }
}
