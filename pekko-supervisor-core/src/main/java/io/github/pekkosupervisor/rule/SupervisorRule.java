package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.LongFunction;

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
    final GoingDown ends;

    private final Restarts restarts;
    private final Handles handles;
    private final Extras extras;
    private final UrgentRule urgent;
    private final HangRule hangs;
    private final WaitingEvents waiting = new WaitingEvents();
    private Doing doing = Doing.Idle.INSTANCE;
    private long incarnations;
    private long questions;

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
     * What it does beyond the usual, for who asks for that.
     *
     * @param isGated whether somebody is to be asked before each start
     * @param tellsTransitions whether it is told that a child is starting or stopping
     */
    public record Extras(boolean isGated, boolean tellsTransitions) {
        /** Nothing of it. */
        public static final Extras NONE = new Extras(false, false);
    }

    /** The same, with no more than the usual. */
    public SupervisorRule(String path, SupervisorSpec spec, DoubleSupplier random, Handles handles) {
        this(path, spec, random, handles, Extras.NONE);
    }

    /**
     * Before the first event.
     *
     * @param path where the supervisor stands in its tree, for events
     * @param spec has been checked
     * @param random 0 inclusive to 1 exclusive, for the jitter of restart delays
     * @param handles for new incarnations
     */
    public SupervisorRule(String path, SupervisorSpec spec, DoubleSupplier random, Handles handles, Extras extras) {
        this.state = new RuleState(path, spec);
        this.handles = handles;
        this.extras = extras;
        this.ends = new GoingDown(this);
        this.restarts = new Restarts(this, random);
        this.urgent = new UrgentRule(state, extras.tellsTransitions());
        this.hangs = new HangRule(this, urgent);
    }

    // ---- the outside

    /** Starts the children that the supervisor begins with. */
    public List<SupervisorAction> begin(long time) {
        return begin(time, AtRest.PastRestarts.NONE);
    }

    /** The same, in the place of a supervisor that knew this of restarts. */
    public List<SupervisorAction> begin(long time, AtRest.PastRestarts before) {
        state.now = time;
        state.begunAt = time;
        if (!state.isDynamic()) {
            for (ChildSpec child : state.spec.children()) {
                state.children.addLast(state.newChild(child, List.of()));
            }
        }
        before.takenUpBy(state);
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
            doing.interrupted();
            ends.killed();
        } else if (event instanceof RuleEvent.Hurry request) {
            state.hurry = request;
            doing.hurry();
        } else if (event instanceof RuleEvent.Refused refused) {
            state.tellRefused(refused);
        } else if (event == RuleEvent.Wake.INSTANCE) {
            state.awake();
            doing.wake();
            urgent.overdue().forEach(late -> waiting.add(new RuleEvent.KillOverdue(late)));
        } else if (!isDoneAtOnce(event)) {
            tellGone(event);
            waiting.add(event);
            doing.holdsUp(event);
        }
        while (doing == Doing.Idle.INSTANCE && !waiting.isEmpty()) {
            take(waiting.next());
        }
        tellWhoWaits();
    }

    /** Whether it is none that waits its turn. */
    private boolean isDoneAtOnce(RuleEvent event) {
        if (event instanceof RuleEvent.Call call) {
            return urgent.takes(call, doing);
        } else if (event instanceof RuleEvent.SignalSent sent) {
            urgent.sent(sent, doing);
        } else if (event instanceof RuleEvent.HasBegun begun) {
            tellStarting(begun.incarnation());
        } else {
            // one that nobody waits for comes too late or twice, and means nothing
            return hangs.takes(event)
                    || event instanceof RuleEvent.Acknowledged
                    || event instanceof RuleEvent.GateAnswered;
        }
        return true;
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

    /** What it would leave now to one that is made from the same specification; changes nothing else. */
    public AtRest atRest(long time) {
        state.now = time;
        return AtRest.of(state, doing == Doing.Idle.INSTANCE && waiting.isEmpty());
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
            restarts.tryAgain(retry.child(), retry.attempt(), false);
        } else if (event instanceof RuleEvent.DelayOver over) {
            restarts.tryAgain(over.child(), over.attempt(), true);
        } else if (event instanceof RuleEvent.KillOverdue overdue) {
            doesNotEnd(overdue.incarnation());
        } else if (event instanceof RuleEvent.Stop stop) {
            ends.goDown(new TreeEnd.Closed(stop.reason()));
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

    /** It was killed by a call, and it is given up on, as in a stop. */
    private void doesNotEnd(Incarnation incarnation) {
        Child child = incarnation.child();
        if (!child.isRunningAs(incarnation) || incarnation.hasEnded()) {
            return;
        }
        state.abandon(incarnation, null);
        if (child.escalates()) {
            child.isDown();
            ends.escalate(child, null);
        } else {
            died(child, incarnation);
        }
    }

    private void died(Child child, Incarnation dead) {
        ExitReason reason = dead.reason();
        RestartRule.Verdict verdict = RestartRule.afterEnd(dead.restartType(), reason);
        if (verdict == RestartRule.Verdict.RESTART) {
            restarts.died(child, dead);
            return;
        }
        state.tellEnd(child, dead, verdict, null);
        if (!state.forgets(child)) {
            child.ended(reason, dead, state.now);
        }
        state.staysDown(child, History.Down.FINISHED, () -> "it has ended with " + reason);
        if (RestartRule.endsSupervisor(state.spec.autoShutdown(), child, state.children)) {
            state.tell(new SupervisorEvent.AutoShutdown(state.path, state.offender(child, dead)));
            ends.goDown(new TreeEnd.AutoShutdown(state.path, child.id(), reason, dead.treeEnd()));
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

    void decided(RuleEvent.Call call, Outcome outcome) {
        isIdle();
        if (outcome instanceof Outcome.Planned planned) {
            carryOut(planned.plan());
        } else if (outcome instanceof Outcome.Answered answered) {
            state.reply(call.reply(), answered.answer());
        } else if (outcome instanceof Outcome.Attempted attempted) {
            restarts.attemptNow(attempted.child(), attempted.asker());
        }
    }

    /** A start in a restart or a renewal has failed: tells of it, and tries again. */
    void restartFailed(Child child, Incarnation failed, ExitReason reason, Offender offender) {
        restarts.failed(child, failed, reason, offender);
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
            finished(plan);
            return;
        }
        if (extras.isGated()) {
            AtGate gate = new AtGate(this, plan, child, ++questions);
            doing = gate;
            gate.begin();
        } else {
            start(plan, child);
        }
    }

    /** Starts a child. */
    void start(Plan plan, Child child) {
        boolean isOneshot = child.spec.kind().oneshot().isPresent();
        if (isOneshot && waiting.hasStop()) {
            // which would wait for it as long as it takes
            ends.giveUp(plan);
            return;
        }
        Incarnation incarnation = new Incarnation(child, handles.of(child.id(), ++incarnations), state.now);
        if (child.first == 0) {
            child.first = incarnations;
        }
        if (plan.startsOnce(child)) {
            incarnation.runsOnce();
        }
        incarnation.startsFor(plan.causeOfStart(child));
        child.isTold = false;
        state.act(new SupervisorAction.Start(incarnation, child.spec, state.arguments(child)));
        doing = new Starting(this, plan, incarnation);
        if (!child.spec.kind().tellsOfItsBeginning()) {
            tellStarting(incarnation);
        }
        if (isOneshot) {
            waiting.calls().forEach(doing::holdsUp);
        }
    }

    private void tellStarting(Incarnation incarnation) {
        if (extras.tellsTransitions() && doing.starting() == incarnation) {
            Offender offender = state.offender(incarnation.child(), incarnation, false);
            state.tell(new SupervisorEvent.ChildStarting(state.path, offender));
        }
    }

    /** No step is in hand. */
    void isIdle() {
        doing = Doing.Idle.INSTANCE;
    }

    /** It is doing this from now on. */
    void does(Doing now) {
        doing = now;
    }

    /** Why it was asked to stop: that is no longer to be taken up. */
    ExitReason reasonToStop() {
        return waiting.takeStop();
    }

    /** Begins to stop a child; false if there is nothing to wait for. */
    boolean stop(Plan plan, Child child) {
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
        StopCause cause = plan.causeOfStop(child);
        incarnation.stopsFor(cause);
        tellStopping(incarnation, cause);
        boolean isEnding = leavesHanging(incarnation) || incarnation.isKilled();
        long deadline = isEnding ? child.deadline : state.askToStop(incarnation);
        doing = new Stopping(this, plan, incarnation, deadline);
        return true;
    }

    /** Whether it has been asked to stop since it was hung; it is stopped for something else now. */
    boolean leavesHanging(Incarnation incarnation) {
        return hangs.leaves(incarnation);
    }

    /** It is going to be asked to stop. */
    void tellStopping(Incarnation incarnation, StopCause cause) {
        if (extras.tellsTransitions()) {
            Child child = incarnation.child();
            state.tell(new SupervisorEvent.ChildStopping(
                    state.path, state.offender(child, incarnation), state.timeToStop(incarnation), cause));
        }
    }

    /** An end that is taken up later is not to look as if there had been none till then. */
    private void tellGone(RuleEvent event) {
        boolean isTold = extras.tellsTransitions() && doing != Doing.Idle.INSTANCE;
        if (isTold && event instanceof RuleEvent.Terminated terminated) {
            Incarnation incarnation = terminated.incarnation();
            Child child = incarnation.child();
            if (child.isRunningAs(incarnation) && !incarnation.isAbandoned()) {
                RestartRule.Verdict verdict = RestartRule.afterEnd(incarnation.restartType(), incarnation.reason());
                state.tell(new SupervisorEvent.ChildGone(
                        state.path,
                        state.offender(child, incarnation),
                        incarnation.reason(),
                        state.lasted(incarnation),
                        verdict == RestartRule.Verdict.RESTART && doing.goingDown() == null));
            }
        }
    }

    private void finished(Plan plan) {
        Plan.Purpose purpose = plan.purpose;
        Asker asker = plan.asker();
        if (asker != null) {
            state.reply(asker.replyTo, asker.answer());
        }
        if (purpose == Plan.StartUp.INSTANCE) {
            state.tell(new SupervisorEvent.SupervisorStarted(state.path, state.supervision(state.now)));
            state.act(SupervisorAction.Up.INSTANCE);
        } else if (purpose instanceof Plan.CallToStop call) {
            state.reply(call.replyTo(), SupervisorResult.Ok.INSTANCE);
        } else if (purpose instanceof Plan.Down down) {
            ends.end(down);
        }
        // a call to start was answered when the start was; nobody waits for a restart
    }
}
