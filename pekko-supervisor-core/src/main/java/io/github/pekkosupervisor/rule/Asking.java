package io.github.pekkosupervisor.rule;

/** It has asked for a check, or for a new specification, to decide a call; the answer follows at once. */
record Asking(SupervisorRule rule, RuleEvent.Call call) implements Doing {

    @Override
    public boolean awaits(RuleEvent event) {
        return event instanceof RuleEvent.Checked
                || event instanceof RuleEvent.InitReturned
                || event instanceof RuleEvent.InitFailed;
    }

    @Override
    public void proceed(RuleEvent answer) {
        rule.decided(call, CallRule.decide(rule.state, call, answer));
    }

    @Override
    public void interrupted() {
        rule.state.replyGone(call.reply());
    }
}
