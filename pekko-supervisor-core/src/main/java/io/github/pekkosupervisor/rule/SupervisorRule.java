package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.RestartScheduled;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a supervisor does: OTP's {@code supervisor} as a state machine. What follows from an event depends on the state,
 * the event and the time alone, and leaves as a list of actions; there is no actor, clock, thread or file in it.
 *
 * <p>It is idle, or carries out one {@link Plan}, one step at a time ({@link Doing}). An event that the step waits for
 * is taken at once; everything else waits in the order of its arrival until the plan is done, a request to stop the
 * supervisor too. As in OTP, the end of a child that waits there is consumed by the plan that stops this child.
 *
 * <p>Which children are restarted, and when, is {@link RestartRule}; what calls lead to is {@link CallRule}. Times are
 * nanoseconds of one monotonic clock, never negative.
 */
public final class SupervisorRule {

    final RuleState state;

    private final DoubleSupplier random;
    private final Handles handles;
    private final WaitingEvents waiting = new WaitingEvents();
    private Doing doing = Doing.Idle.INSTANCE;
    private long incarnations;

    /** Makes what others know a new incarnation by. */
    public interface Handles {
        /**
         * A new one.
         *
         * @param id the child's
         * @param number of the incarnation, unique in its supervisor
         */
        ChildHandle of(String id, long number);
    }

    /**
     * Before the first event.
     *
     * @param path where the supervisor stands in its tree, for events
     * @param spec has been checked
     * @param random 0 inclusive to 1 exclusive, for the jitter of restart delays
     * @param handles for new incarnations
     */
    public SupervisorRule(String path, SupervisorSpec spec, DoubleSupplier random, Handles handles) {
        this.state = new RuleState(path, spec);
        this.random = random;
        this.handles = handles;
    }

    // ---- the outside

    /** Starts the children that the supervisor begins with. */
    public List<SupervisorAction> begin(long time) {
        state.now = time;
        state.begunAt = time;
        if (!state.isDynamic()) {
            for (ChildSpec child : state.spec.children()) {
                state.children.addLast(state.newChild(child, List.of()));
            }
        }
        carryOut(new Plan(Plan.StartUp.INSTANCE).startingAllAfter(null));
        return state.takeActions();
    }

    /** Decides what follows from an event; events after {@link SupervisorAction.End} are ignored. */
    public List<SupervisorAction> handle(RuleEvent event, long time) {
        state.now = time;
        if (event instanceof RuleEvent.Terminated terminated) {
            terminated.incarnation().ended(terminated.end(), time);
            state.tellWhoWaitedFor(terminated.incarnation());
        }
        if (doing != Doing.Ended.INSTANCE) {
            decide(event);
        }
        return state.takeActions();
    }

    private void decide(RuleEvent event) {
        if (event instanceof RuleEvent.Terminated terminated) {
            state.tellOverrun(terminated);
        }
        if (doing.awaits(event)) {
            doing.proceed(event);
        } else if (event == RuleEvent.Kill.INSTANCE) {
            killed();
        } else if (event instanceof RuleEvent.Hurry request) {
            state.hurry = request;
            doing.hurry();
        } else if (event instanceof RuleEvent.Refused refused) {
            state.tellRefused(refused);
        } else if (event == RuleEvent.Wake.INSTANCE) {
            state.awake();
            doing.wake();
        } else if (!(event instanceof RuleEvent.Acknowledged)) {
            // an acknowledgement that nobody waits for comes too late or twice, and means nothing
            waiting.add(event);
        }
        while (doing == Doing.Idle.INSTANCE && !waiting.isEmpty()) {
            take(waiting.next());
        }
        tellWhoWaits();
    }

    /** How it and its children are, which changes nothing: it is looked at whatever it is doing. */
    public Sight look(Scope scope, LongFunction<Instant> calendar, long time) {
        return new SnapshotRule(state, doing.seenAs(), doing.plan(), doing.starting(), calendar, time).look(scope);
    }

    /** What is to be told if its actor has ended before its time. */
    public List<SupervisorAction.StaysDown> lost() {
        return doing == Doing.Ended.INSTANCE
                ? List.of()
                : Awaited.atTheEnd(state.children, "supervisor " + state.path + " has failed");
    }

    /** The calls that it had not got to, or was asking for, when it ended. */
    public List<RuleEvent.Call> unanswered() {
        List<RuleEvent.Call> calls = new ArrayList<>();
        if (doing instanceof Asking asking) {
            calls.add(asking.call());
        }
        calls.addAll(waiting.calls());
        return calls;
    }

    private void tellWhoWaits() {
        Plan.Down down = doing.goingDown();
        if (down != null) {
            state.tellWhoWaitsWhenGoingDown(down);
        } else if (doing == Doing.Idle.INSTANCE) {
            state.tellWhoWaitsWhenIdle();
        }
    }

    // ---- events, when idle

    private void take(RuleEvent event) {
        if (event instanceof RuleEvent.Terminated terminated) {
            terminated(terminated.incarnation());
        } else if (event instanceof RuleEvent.Call call) {
            call(call);
        } else if (event instanceof RuleEvent.Retry retry) {
            tryAgain(retry.child(), retry.attempt(), false);
        } else if (event instanceof RuleEvent.DelayOver over) {
            tryAgain(over.child(), over.attempt(), true);
        } else if (event instanceof RuleEvent.Stop stop) {
            goDown(new TreeEnd.Closed(stop.reason()));
        } else {
            throw new IllegalStateException("supervisor " + state.path + " has nothing to do with " + event);
        }
    }

    private void terminated(Incarnation incarnation) {
        Child child = incarnation.child();
        if (incarnation.isAbandoned()) {
            state.abandoned--;
            state.tell(new SupervisorEvent.AbandonedChildEnded(state.path, state.offender(child, incarnation)));
        } else if (child.isRunningAs(incarnation)) {
            died(child, incarnation);
        }
    }

    private void died(Child child, Incarnation dead) {
        ExitReason reason = dead.reason();
        RestartRule.Verdict verdict = RestartRule.afterEnd(child.spec.restart(), reason);
        boolean restarts = verdict == RestartRule.Verdict.RESTART;
        Duration delay = restarts ? RestartRule.delay(child, state.now, random) : null;
        RestartScheduled next = restarts ? state.nextRestart(child, dead, delay, false) : null;
        state.tellEnd(child, dead, verdict, next);
        if (restarts) {
            long attempt = child.restarts(dead, new Child.LastEnd(reason, dead), state.now);
            if (delay == null) {
                attempt(child, false, next);
            } else {
                waitBeforeRestart(child, delay, attempt, next);
            }
            return;
        }
        if (!state.forgets(child)) {
            child.ended(reason, dead, state.now);
        }
        state.staysDown(child, History.Down.FINISHED, () -> "it has ended with " + reason);
        if (RestartRule.endsSupervisor(state.spec.autoShutdown(), child, state.children)) {
            state.tell(new SupervisorEvent.AutoShutdown(state.path, state.offender(child, dead)));
            goDown(new TreeEnd.AutoShutdown(state.path, child.id(), reason, dead.treeEnd()));
        }
    }

    private void call(RuleEvent.Call call) {
        SupervisorAction question = CallRule.question(state, call.request());
        if (question == null) {
            decided(call, CallRule.decide(state, call));
        } else {
            doing = new Asking(this, call);
            state.act(question);
        }
    }

    void decided(RuleEvent.Call call, CallRule.Outcome outcome) {
        isIdle();
        if (outcome instanceof CallRule.Planned planned) {
            carryOut(planned.plan());
        } else if (outcome instanceof CallRule.Answered answered) {
            state.reply(call.reply(), answered.answer());
        }
    }

    // ---- restarts

    /**
     * A restart has failed: tells of it, and tries again when all that has arrived has been taken, or after a delay.
     */
    void restartFailed(Child child, Incarnation failed, ExitReason reason, Offender offender) {
        Incarnation dead = child.current;
        Duration delay = RestartRule.delay(child, state.now, random);
        RestartScheduled next = delay == null ? null : state.nextRestart(child, dead, delay, true);
        state.tellStartError(offender, failed, reason, next);
        long attempt = child.restarts(dead, new Child.LastEnd(reason, failed), state.now);
        if (delay == null) {
            state.act(new SupervisorAction.TryAgain(new RuleEvent.Retry(child, attempt)));
        } else {
            waitBeforeRestart(child, delay, attempt, next);
        }
    }

    /** Its siblings in a group are stopped at once, and wait with it. */
    private void waitBeforeRestart(Child child, Duration wait, long attempt, @Nullable RestartScheduled told) {
        if (told != null) {
            state.tell(told);
        }
        child.history().waitsUntil(Time.after(state.now, wait));
        state.act(new SupervisorAction.WaitBefore(new RuleEvent.DelayOver(child, attempt), wait));
        Plan siblings = RestartRule.stopSiblings(state.spec.strategy(), child, state.children);
        if (siblings != null) {
            carryOut(siblings.becauseOf(child, child.current));
        }
    }

    private void tryAgain(Child child, long attempt, boolean hasWaited) {
        if (child.awaits(attempt)) {
            attempt(child, true, hasWaited ? null : state.nextRestart(child, child.current, null, true));
        }
    }

    /**
     * Counts a restart and carries it out, unless it is one too many.
     *
     * @param again whether it is not the first attempt after the death
     * @param untold what is to be told of it; null if it has been told, as it is before a wait, or is one too many
     */
    private void attempt(Child child, boolean again, @Nullable RestartScheduled untold) {
        if (!state.allowsRestart(child)) {
            state.tellGaveUp(
                    state.offender(child, child.current, again), ExitReason.ReachedMaxRestartIntensity.INSTANCE);
            TreeEnd end = state.gaveUp(child);
            child.isDown();
            goDown(end);
            return;
        }
        state.tell(untold == null ? state.restartBegun(child) : untold);
        carryOut(RestartRule.restart(state.spec.strategy(), child, state.children, again)
                .becauseOf(child, child.current));
    }

    // ---- carrying out a plan

    /** Goes on to the next step, or finishes. */
    void carryOut(Plan plan) {
        isIdle();
        for (Child child = plan.takeToStop(); child != null; child = plan.takeToStop()) {
            if (stop(plan, child)) {
                return;
            }
        }
        Child child = plan.takeToStart(state.children);
        if (child == null) {
            finished(plan.purpose);
            return;
        }
        Incarnation incarnation = new Incarnation(child, handles.of(child.id(), ++incarnations), state.now);
        child.isTold = false;
        state.act(new SupervisorAction.Start(incarnation, child.spec, state.arguments(child)));
        doing = new Starting(this, plan, incarnation);
    }

    /** No step is in hand. */
    void isIdle() {
        doing = Doing.Idle.INSTANCE;
    }

    /** Begins to stop a child; false if there is nothing to wait for. */
    private boolean stop(Plan plan, Child child) {
        Incarnation incarnation = child.current;
        if (!child.isRunning() || incarnation == null) {
            state.cancelRestart(child, plan);
            return false;
        }
        if (incarnation.hasEnded()) {
            Stopping.stopped(state, plan, incarnation, incarnation.reason());
            return false;
        }
        if (state.isLost(incarnation)) {
            return false;
        }
        doing = new Stopping(this, plan, incarnation, state.askToStop(incarnation));
        return true;
    }

    private void finished(Plan.Purpose purpose) {
        if (purpose == Plan.StartUp.INSTANCE) {
            state.tell(new SupervisorEvent.SupervisorStarted(state.path, state.supervision(state.now)));
            state.act(SupervisorAction.Up.INSTANCE);
        } else if (purpose instanceof Plan.CallToStop call) {
            state.reply(call.replyTo(), SupervisorResult.Ok.INSTANCE);
        } else if (purpose instanceof Plan.Down down) {
            end(down);
        }
        // a call to start was answered when the start was; nobody waits for a restart
    }

    // ---- the end

    /** Stops all children, then ends. */
    void goDown(TreeEnd end) {
        Plan.Down down = new Plan.Down(end);
        if (state.isDynamic()) {
            stopAllAtOnce(down, false);
        } else {
            carryOut(new Plan(down).stopping(state.children.last(), state.children.first()));
        }
    }

    private void stopAllAtOnce(Plan.Down down, boolean byKill) {
        StoppingAll all = new StoppingAll(this, down, byKill);
        doing = all;
        all.begin();
    }

    /** Killed: so are its children, whatever it was doing with them, and it has ended when they have. */
    private void killed() {
        doing.interrupted();
        stopAllAtOnce(new Plan.Down(TreeEnd.Killed.INSTANCE), true);
    }

    /** A child had to be abandoned of which there must not be two. */
    void escalate(Child child) {
        state.tellGaveUp(state.offender(child, null), ExitReason.Abandoned.INSTANCE);
        goDown(new TreeEnd.Failed(ExitReason.failed("child \"" + child.id() + "\" was abandoned")));
    }

    /** The whole tree ends: goes down at once; a child that is starting, or being stopped, comes first. */
    void giveUp(Plan current, Incarnation interrupted) {
        Plan.Down down = new Plan.Down(new TreeEnd.Closed(waiting.takeStop()), current.caller());
        if (state.isDynamic()) {
            stopAllAtOnce(down, false);
            return;
        }
        Plan plan = new Plan(down).stopping(state.children.last(), state.children.first());
        Child child = interrupted.child();
        if (interrupted.isBeingStopped()) {
            doing = new Stopping(this, plan, interrupted, child.deadline);
            doing.hurry();
        } else if (!stop(plan, child)) {
            carryOut(plan);
        }
    }

    /** Nothing is left. */
    void end(Plan.Down down) {
        doing = Doing.Ended.INSTANCE;
        state.replyGone(down.unanswered());
        String why = state.whyDown(down);
        for (Child child = state.children.first(); child != null; child = child.next) {
            state.tellWhoWaits(child, () -> why);
        }
        state.tell(new SupervisorEvent.SupervisorStopped(state.path, down.end()));
        state.act(new SupervisorAction.End(down.end()));
    }
}
