package io.github.pekkosupervisor;

import io.github.pekkosupervisor.Supervisor.ChildState;
import io.github.pekkosupervisor.SupervisorEvent.Offender;
import io.github.pekkosupervisor.SupervisorEvent.StartCause;
import io.github.pekkosupervisor.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a supervisor does: OTP's {@code supervisor} as a state machine, without actors, clock or effects.
 *
 * <p>It is idle, or carries out one {@link Plan}, one {@link Step} at a time. An event that belongs to the step is
 * taken at once; everything else waits in the order of its arrival until the plan is done, a request to stop the
 * supervisor too. As in OTP, the end of a child that waits there is consumed by the plan that stops this child.
 *
 * <p>Times are nanoseconds of one monotonic clock, never negative.
 */
final class SupervisorRule {

    private static final Duration FOR_EVER = Duration.ofNanos(Step.NEVER);

    /** For a child that may take for ever to stop: it has not been able to start either. */
    private static final Duration LIMIT_AFTER_OVERDUE_START = Duration.ofSeconds(5);

    private final String path;
    private final DoubleSupplier random;
    private final RestartIntensity intensity;
    private final Deque<Supervisor.Command> waiting = new ArrayDeque<>();

    private final Children children;

    private List<SupervisorAction> actions = new ArrayList<>();
    private SupervisorSpec spec;
    private long now;
    private long wakeAt = Step.NEVER;
    private long incarnations;
    private int abandoned;
    private boolean ended;
    private boolean hurrying;
    private Supervisor.Hurry hurry = new Supervisor.Hurry(Map.of());

    /** Who waits for children that are down already has been told so. */
    private boolean goesDown;

    /** A restart has been cancelled, or the children are others: some may be waiting in vain. */
    private boolean someStayDown;

    private @Nullable Plan plan;
    private @Nullable Step step;
    private @Nullable ParallelStop parallel;

    /** What is being waited for: one child that starts, or one that stops. */
    private static final class Step {
        static final long NEVER = Long.MAX_VALUE;

        final Child child;
        final ChildHandle handle;
        final boolean starting;
        boolean killing;
        boolean startOverdue;
        long deadline = NEVER;

        Step(Child child, ChildHandle handle, boolean starting) {
            this.child = child;
            this.handle = handle;
            this.starting = starting;
        }
    }

    /**
     * Before the first event.
     *
     * @param path where the supervisor stands in its tree, for events
     * @param spec has been checked
     * @param random 0 inclusive to 1 exclusive, for the jitter of restart delays
     */
    SupervisorRule(String path, SupervisorSpec spec, DoubleSupplier random) {
        this.path = path;
        this.spec = spec;
        this.random = random;
        this.intensity = new RestartIntensity(spec.intensity(), nanos(spec.period()));
        limitRestarts();
        this.children = new Children(!spec.strategy().isDynamic());
    }

    // ---- the outside

    /** Starts the children that the supervisor begins with. */
    List<SupervisorAction> begin(long time) {
        now = time;
        if (!isDynamic()) {
            for (ChildSpec child : spec.givenChildren()) {
                children.addLast(new Child(this, child, List.of()));
            }
        }
        carryOut(new Plan(Plan.StartUp.INSTANCE).startingAllAfter(null));
        return takeActions();
    }

    /** Decides what follows from an event; events after {@link SupervisorAction.End} are ignored. */
    List<SupervisorAction> handle(Supervisor.Command event, long time) {
        now = time;
        if (event instanceof Supervisor.Terminated terminated) {
            terminated.handle().ended();
            actions.addAll(Awaited.formerSelf(terminated.handle()));
        }
        if (ended) {
            return takeActions();
        }
        if (event instanceof Supervisor.Terminated terminated) {
            tellOverrun(terminated.handle());
        }
        if (event == Supervisor.Kill.INSTANCE) {
            killAll();
        } else if (event instanceof Supervisor.Hurry request) {
            hurry(request);
        } else if (event == Supervisor.Wake.INSTANCE) {
            wake();
        } else if (event instanceof Supervisor.Refused refused) {
            refused(refused);
        } else if (plan == null) {
            take(event);
        } else if (!belongsToStep(event)) {
            waiting.add(event);
        }
        while (plan == null && !ended && !waiting.isEmpty()) {
            take(waiting.remove());
        }
        tellWhoWaits();
        return takeActions();
    }

    /** What is to be told if its actor has ended before its time. */
    List<SupervisorAction.StaysDown> lost() {
        return ended ? List.of() : Awaited.atTheEnd(children, "supervisor " + path + " has failed");
    }

    /** What was still waiting when it ended, to be told that the supervisor is gone. */
    Deque<Supervisor.Command> waiting() {
        return waiting;
    }

    private List<SupervisorAction> takeActions() {
        List<SupervisorAction> taken = actions;
        actions = new ArrayList<>(4);
        return taken;
    }

    private void refused(Supervisor.Refused refused) {
        Child child = refused.child().map(handle -> handle.child).orElseGet(() -> children.find(refused.id()));
        if (child != null) {
            ChildHandle handle = refused.child().orElse(child.handle);
            tell(new SupervisorEvent.MessageRefused(path, offender(child, handle), refused.type()));
        }
    }

    // ---- events, when idle

    private void take(Supervisor.Command event) {
        if (event instanceof Supervisor.Terminated terminated) {
            terminated(terminated.handle());
        } else if (event instanceof Supervisor.Call call) {
            call(call.request(), call.reply());
        } else if (event instanceof Supervisor.Retry retry) {
            tryAgain(retry.child(), retry.attempt(), false);
        } else if (event instanceof Supervisor.DelayOver over) {
            tryAgain(over.child(), over.attempt(), true);
        } else if (event instanceof Supervisor.Stop stop) {
            goDown(new TreeEnd.Closed(stop.reason()));
        }
        // an acknowledgement outside of a start comes too late or twice, and means nothing
    }

    private void terminated(ChildHandle handle) {
        Child child = handle.child;
        if (handle.isAbandoned()) {
            abandoned--;
            tell(new SupervisorEvent.AbandonedChildEnded(path, offender(child, handle)));
        } else if (child.isRunningAs(handle)) {
            died(child, handle);
        }
    }

    private void died(Child child, ChildHandle handle) {
        ExitReason reason = reasonOf(handle);
        RestartDecision decision = RestartDecision.of(child.spec.restart(), reason);
        tell(
                decision.isReported()
                        ? new SupervisorEvent.ChildTerminated(path, offender(child, handle), reason)
                        : new SupervisorEvent.ChildFinished(path, offender(child, handle), reason));
        if (decision == RestartDecision.RESTART) {
            child.last = new Child.LastEnd(reason, handle.treeEnd());
            restart(child, handle);
            return;
        }
        staysDown(child, "it has ended with " + reason);
        if (child.spec.significant() && endsWith(child)) {
            tell(new SupervisorEvent.AutoShutdown(path, offender(child, handle)));
            goDown(new TreeEnd.AutoShutdown(path, child.id(), reason, handle.treeEnd()));
        }
    }

    /** A child that ended and is not started again: forgotten if nothing could start it again. */
    private void staysDown(Child child, String why) {
        child.isDown();
        if (child.isTemporary() || isDynamic()) {
            children.remove(child);
        }
        tellWhoWaits(child, why);
    }

    private void forget(Child child, String why) {
        children.remove(child);
        tellWhoWaits(child, why);
    }

    private void tellWhoWaits(Child child, String why) {
        actions.addAll(Awaited.child(child, why));
    }

    /** Those whose return was a matter of others too. */
    private void tellWhoWaits() {
        if (plan != null && plan.purpose instanceof Plan.Down down && !goesDown) {
            goesDown = true;
            actions.addAll(Awaited.whenGoingDown(children, whyDown(down)));
        } else if (plan == null && !ended && someStayDown) {
            someStayDown = false;
            actions.addAll(Awaited.whenIdle(
                    children, spec.strategy(), "it was stopped, and so was the restart that it waited for"));
        }
    }

    private String whyDown(Plan.Down down) {
        return "supervisor " + path + " ends: " + down.end();
    }

    private boolean endsWith(Child significant) {
        return switch (spec.autoShutdown()) {
            case NEVER -> false;
            case ANY_SIGNIFICANT -> true;
            case ALL_SIGNIFICANT -> noSignificantBut(significant);
        };
    }

    private boolean noSignificantBut(Child one) {
        for (Child child = children.first(); child != null; child = child.next) {
            if (child != one && child.spec.significant() && child.state != ChildState.STOPPED) {
                return false;
            }
        }
        return true;
    }

    // ---- restarts

    private void restart(Child child, ChildHandle dead) {
        long attempt = child.restarts(dead);
        Optional<RestartDelay> delay = child.spec.restartDelay();
        if (delay.isEmpty()) {
            attempt(child, false, false);
            return;
        }
        if (now - child.since >= nanos(delay.get().resetAfter())) {
            child.delays = 0;
        }
        waitBeforeRestart(child, delay.get(), attempt);
    }

    /** Its siblings in a group are stopped at once, and wait with it. */
    private void waitBeforeRestart(Child child, RestartDelay delay, long attempt) {
        Duration wait = delay.before(child.delays++, random.getAsDouble());
        tellRestart(child, wait, intensity.recent(now));
        actions.add(new SupervisorAction.WaitBefore(new Supervisor.DelayOver(child, attempt), wait));
        if (spec.strategy() == Strategy.ONE_FOR_ALL || spec.strategy() == Strategy.REST_FOR_ONE) {
            carryOut(new Plan(new Plan.StopSiblings(child)).stopping(children.last(), firstAffected(child)));
        }
    }

    private void tellRestart(Child child, Duration wait, int recent) {
        OptionalInt limit = spec.hasUnlimitedRestarts() ? OptionalInt.empty() : OptionalInt.of(spec.intensity());
        tell(new SupervisorEvent.RestartScheduled(
                path, offender(child, child.handle), wait, recent, limit, spec.period()));
    }

    private void tryAgain(Child child, long attempt, boolean hasWaited) {
        if (child.awaits(attempt)) {
            attempt(child, true, hasWaited);
        }
    }

    /**
     * Counts a restart and carries it out, unless it is one too many.
     *
     * @param again whether it is not the first attempt after the death
     * @param told whether it has been told, as it is before a wait
     */
    private void attempt(Child child, boolean again, boolean told) {
        if (!intensity.allows(now)) {
            tell(new SupervisorEvent.GaveUp(
                    path,
                    new Offender(child.spec, Optional.ofNullable(child.handle), again, 1),
                    ExitReason.ReachedMaxRestartIntensity.INSTANCE));
            TreeEnd end = gaveUp(child);
            child.isDown();
            goDown(end);
            return;
        }
        if (!told) {
            tellRestart(child, Duration.ZERO, intensity.recent(now) - 1);
        }
        Plan restart = new Plan(new Plan.Restart(again));
        carryOut(
                switch (spec.strategy()) {
                    case ONE_FOR_ONE, SIMPLE_ONE_FOR_ONE, DYNAMIC -> restart.starting(child, child);
                    case ONE_FOR_ALL ->
                        restart.stopping(children.last(), children.first()).startingAllAfter(null);
                    case REST_FOR_ONE ->
                        restart.stopping(children.last(), child).startingAllAfter(child.previous);
                });
    }

    private TreeEnd gaveUp(Child child) {
        Child.LastEnd last = child.last;
        if (last == null) {
            throw new IllegalStateException("child " + child.id() + " is restarted and has not ended");
        }
        return new TreeEnd.GaveUp(path, child.id(), last.reason(), spec.intensity(), spec.period(), last.below());
    }

    private @Nullable Child firstAffected(Child child) {
        return spec.strategy() == Strategy.REST_FOR_ONE ? child : children.first();
    }

    // ---- the end

    private void goDown(TreeEnd end) {
        step = null;
        if (isDynamic()) {
            plan = new Plan(new Plan.Down(end));
            endAllAtOnce(false);
        } else {
            carryOut(new Plan(new Plan.Down(end)).stopping(children.last(), children.first()));
        }
    }

    /** The whole tree ends: nothing is started any more, and what is being started is given up first. */
    private void hurry(Supervisor.Hurry request) {
        hurry = request;
        hurrying = true;
        Plan current = plan;
        if (current == null) {
            return;
        }
        if (current.purpose instanceof Plan.Down) {
            hurryThoseThatStop();
        } else {
            giveUp(current);
        }
    }

    private void hurryThoseThatStop() {
        Step current = step;
        ParallelStop all = parallel;
        if (all != null) {
            for (Child child = children.first(); child != null; child = child.next) {
                ChildHandle handle = child.handle;
                if (child.isRunning() && handle != null && isLost(child, handle)) {
                    all.left--;
                } else if (child.isRunning() && handle != null) {
                    actions.add(new SupervisorAction.Hurry(handle, hurry));
                }
            }
            finishParallel(all);
        } else if (current != null && plan != null && isLost(current.child, current.handle)) {
            proceed(plan);
        } else if (current != null) {
            actions.add(new SupervisorAction.Hurry(current.handle, hurry));
        }
    }

    /** Whether it will never end, so that it is given up on at once; it is down then. */
    private boolean isLost(Child child, ChildHandle handle) {
        String stack = hurry.lost().get(handle);
        if (stack != null) {
            abandoned++;
            handle.abandoned();
            tell(new SupervisorEvent.ChildAbandoned(path, offender(child, handle), stack));
            child.isDown();
        }
        return stack != null;
    }

    /** Goes down at once; a child that is starting, or being stopped, comes first. */
    private void giveUp(Plan current) {
        Step interrupted = step;
        step = null;
        Plan down = new Plan(new Plan.Down(new TreeEnd.Closed(takeStop()), current.caller()));
        plan = down;
        if (interrupted == null) {
            throw new IllegalStateException("supervisor " + path + " carries out a plan without a step");
        }
        Child child = interrupted.child;
        if (interrupted.starting) {
            child.runsAs(interrupted.handle, now);
        }
        child.deadline = interrupted.deadline;
        if (isDynamic()) {
            endAllAtOnce(false);
            return;
        }
        down.stopping(children.last(), children.first());
        if (isBeingStopped(interrupted.handle)) {
            Step stop = new Step(child, interrupted.handle, false);
            stop.deadline = interrupted.deadline;
            stop.killing = interrupted.killing;
            step = stop;
            hurryThoseThatStop();
        } else if (!stop(down, child)) {
            proceed(down);
        }
    }

    private static boolean isBeingStopped(ChildHandle handle) {
        return !handle.hasEnded() && (handle.isAskedToStop() || handle.isKilled());
    }

    /** The reason of the stop that waits. */
    private ExitReason takeStop() {
        for (Iterator<Supervisor.Command> all = waiting.iterator(); all.hasNext(); ) {
            if (all.next() instanceof Supervisor.Stop stop) {
                all.remove();
                return stop.reason();
            }
        }
        return ExitReason.shutdown();
    }

    private void end(Plan.Down down) {
        TreeEnd end = down.end();
        ended = true;
        if (down.unanswered() != null) {
            reply(down.unanswered(), Supervisor.SupervisorGone.INSTANCE);
        }
        actions.addAll(Awaited.atTheEnd(children, whyDown(down)));
        tell(new SupervisorEvent.SupervisorStopped(path, end));
        actions.add(new SupervisorAction.End(end));
    }

    /** Itself killed: so are its children, whatever it was doing with them, and it has ended when they have. */
    private void killAll() {
        Step current = step;
        if (current != null && current.starting) {
            current.child.runsAs(current.handle, now);
        }
        Plan interrupted = plan;
        if (interrupted != null && interrupted.purpose instanceof Plan.CallToStart call) {
            reply(call.replyTo(), Supervisor.SupervisorGone.INSTANCE);
        } else if (interrupted != null && interrupted.purpose instanceof Plan.CallToStop call) {
            reply(call.replyTo(), Supervisor.SupervisorGone.INSTANCE);
        }
        step = null;
        plan = new Plan(new Plan.Down(TreeEnd.Killed.INSTANCE));
        endAllAtOnce(true);
    }

    private void endAllAtOnce(boolean byKill) {
        ParallelStop all = new ParallelStop(byKill);
        parallel = all;
        for (Child child : children.list()) {
            ChildHandle handle = child.handle;
            if (!child.isRunning() || handle == null) {
                cancelRestart(child);
            } else if (handle.hasEnded()) {
                all.left++;
                endedInParallel(all, child, reasonOf(handle));
            } else if (!isLost(child, handle)) {
                all.left++;
                endAtOnce(child, handle, byKill);
            }
        }
        wakeForParallel(all);
        finishParallel(all);
    }

    private void endAtOnce(Child child, ChildHandle handle, boolean byKill) {
        if (byKill) {
            child.deadline = kill(handle);
        } else if (isBeingStopped(handle)) {
            // its deadline stays
            actions.add(new SupervisorAction.Hurry(handle, hurry));
        } else {
            child.deadline = askToStop(child, handle);
        }
    }

    private void endedInParallel(ParallelStop all, Child child, ExitReason reason) {
        all.left--;
        if (!all.byKill) {
            judge(child, child.handle, reason, all);
        }
        child.isDown();
        if (plan != null && plan.purpose instanceof Plan.Down down) {
            tellWhoWaits(child, whyDown(down));
        }
    }

    private void finishParallel(ParallelStop all) {
        if (all.left == 0 && plan != null && plan.purpose instanceof Plan.Down down) {
            all.errors()
                    .forEach(error -> tell(new SupervisorEvent.ShutdownError(
                            path, new Offender(error.spec(), Optional.empty(), false, error.count()), error.reason())));
            plan = null;
            end(down);
        }
    }

    private void wakeForParallel(ParallelStop all) {
        long earliest = Step.NEVER;
        for (Child child = children.first(); child != null; child = child.next) {
            if (child.isRunning()) {
                earliest = Math.min(earliest, child.deadline);
            }
        }
        all.deadline = earliest;
        wakeUpAt(earliest);
    }

    private void overdueInParallel(ParallelStop all) {
        for (Child child = children.first(); child != null; child = child.next) {
            ChildHandle handle = child.handle;
            if (child.isRunning() && handle != null && child.deadline <= now) {
                if (handle.isKilled()) {
                    abandon(child, handle);
                    endedInParallel(all, child, ExitReason.Abandoned.INSTANCE);
                } else {
                    child.deadline = kill(handle);
                }
            }
        }
        wakeForParallel(all);
        finishParallel(all);
    }

    // ---- carrying out a plan

    private void carryOut(Plan newPlan) {
        plan = newPlan;
        proceed(newPlan);
    }

    /** Goes on to the next step, or finishes. */
    private void proceed(Plan current) {
        step = null;
        for (Child child = current.takeToStop(); child != null; child = current.takeToStop()) {
            if (stop(current, child)) {
                return;
            }
        }
        Child child = current.takeToStart(children);
        if (child == null) {
            plan = null;
            finished(current.purpose);
        } else {
            start(child);
        }
    }

    private void finished(Plan.Purpose purpose) {
        if (purpose == Plan.StartUp.INSTANCE) {
            tell(new SupervisorEvent.SupervisorStarted(path));
            actions.add(SupervisorAction.Up.INSTANCE);
        } else if (purpose instanceof Plan.CallToStop call) {
            reply(call.replyTo(), Supervisor.Ok.INSTANCE);
        } else if (purpose instanceof Plan.Down down) {
            end(down);
        }
        // a call to start was answered when the start was; nobody waits for a restart
    }

    // ---- steps: start

    private void start(Child child) {
        ChildHandle handle = new ChildHandle(child, ++incarnations);
        step = new Step(child, handle, true);
        child.isTold = false;
        actions.add(new SupervisorAction.Start(handle, child.spec, arguments(child)));
        Optional<Duration> limit = child.spec.startTimeout();
        if (limit.isPresent()) {
            setDeadline(step, limit.get());
        }
    }

    private List<Object> arguments(Child child) {
        if (spec.extraArguments().isEmpty()) {
            return child.arguments;
        }
        List<Object> all = new ArrayList<>(spec.extraArguments());
        all.addAll(child.arguments);
        return all;
    }

    private void acknowledged(Plan current, Step start, Object info) {
        Child child = start.child;
        child.runsAs(start.handle, now);
        tell(new SupervisorEvent.ChildStarted(path, offender(child, start.handle), cause(current.purpose)));
        if (current.purpose instanceof Plan.CallToStart call) {
            reply(
                    call.replyTo(),
                    new Supervisor.Started(
                            start.handle, info == Supervisor.NO_INFO ? Optional.empty() : Optional.of(info)));
        }
        proceed(current);
    }

    private void startEnded(Plan current, Step start) {
        Child child = start.child;
        if (start.startOverdue) {
            startFailed(current, child, ExitReason.StartTimeout.INSTANCE);
        } else if (start.handle.isIgnored()) {
            ignored(current, child);
        } else {
            startFailed(current, child, reasonOf(start.handle));
        }
    }

    private void ignored(Plan current, Child child) {
        staysDown(child, "it need not run");
        if (current.purpose instanceof Plan.CallToStart call) {
            reply(call.replyTo(), Supervisor.Ignored.INSTANCE);
        }
        proceed(current);
    }

    private void startFailed(Plan current, Child child, ExitReason reason) {
        Optional<TreeEnd> below = step == null ? Optional.empty() : step.handle.treeEnd();
        tellStartFailed(current, child, reason);
        if (current.purpose == Plan.StartUp.INSTANCE) {
            child.isDown();
            goDown(new TreeEnd.Failed(ExitReason.shutdown(new ExitReason.FailedToStartChild(child.id(), reason))));
        } else if (current.purpose instanceof Plan.Restart) {
            child.last = new Child.LastEnd(reason, below);
            retryLater(child);
        }
    }

    private void tellStartFailed(Plan current, Child child, ExitReason reason) {
        step = null;
        plan = null;
        if (current.purpose instanceof Plan.CallToStart call) {
            callFailed(call, reason);
            return;
        }
        // in a group the last one was forgotten when its siblings were stopped, as in OTP
        boolean again = current.purpose instanceof Plan.Restart restart && restart.again() && child.handle != null;
        tell(new SupervisorEvent.StartError(
                path, new Offender(child.spec, Optional.ofNullable(child.handle), again, 1), reason));
    }

    private void callFailed(Plan.CallToStart call, ExitReason reason) {
        Child child = call.child();
        child.isDown();
        if (call.isNew()) {
            children.remove(child);
        }
        tellWhoWaits(child, "it could not be started: " + reason);
        if (reason instanceof ExitReason.Failed failed
                && failed.detail() instanceof Supervisor.AlreadyStarted elsewhere
                && call.isNew()) {
            reply(call.replyTo(), elsewhere);
        } else {
            reply(call.replyTo(), new Supervisor.StartFailed(reason, child.spec));
        }
    }

    private void retryLater(Child child) {
        long attempt = child.restarts(child.handle);
        Optional<RestartDelay> delay = child.spec.restartDelay();
        if (delay.isPresent()) {
            waitBeforeRestart(child, delay.get(), attempt);
        } else {
            actions.add(new SupervisorAction.TryAgain(new Supervisor.Retry(child, attempt)));
        }
    }

    private static StartCause cause(Plan.Purpose purpose) {
        if (purpose == Plan.StartUp.INSTANCE) {
            return StartCause.START_UP;
        }
        return purpose instanceof Plan.Restart ? StartCause.RESTART : StartCause.CALL;
    }

    // ---- steps: stop

    /** Begins to stop a child; false if there is nothing to wait for. */
    private boolean stop(Plan current, Child child) {
        ChildHandle handle = child.handle;
        if (!child.isRunning() || handle == null) {
            if (!(current.purpose instanceof Plan.StopSiblings waiting && waiting.origin() == child)) {
                cancelRestart(child);
            }
            return false;
        }
        if (handle.hasEnded()) {
            stopped(current, child, handle, reasonOf(handle));
            return false;
        }
        if (isLost(child, handle)) {
            return false;
        }
        Step stop = new Step(child, handle, false);
        step = stop;
        stop.deadline = askToStop(child, handle);
        stop.killing = handle.isKilled();
        wakeUpAt(stop.deadline);
        return true;
    }

    /** A child that is not running is not tried again either. */
    private void cancelRestart(Child child) {
        if (child.state == ChildState.RESTARTING) {
            child.isDown();
            someStayDown = true;
            if (child.spec.restartDelay().isPresent()) {
                actions.add(new SupervisorAction.StopWaiting(child));
            }
            if (child.isTemporary() || isDynamic()) {
                forget(child, "its restart was given up");
            }
        }
    }

    /** Returns when it must have ended. */
    private long askToStop(Child child, ChildHandle handle) {
        return askToStop(child, handle, FOR_EVER);
    }

    private long askToStop(Child child, ChildHandle handle, Duration instead) {
        Shutdown shutdown = child.spec.shutdown();
        if (shutdown == Shutdown.BrutalKill.INSTANCE) {
            return kill(handle);
        }
        Duration within = shutdown instanceof Shutdown.Timeout timeout ? timeout.within() : instead;
        handle.askedToStop();
        actions.add(new SupervisorAction.AskToStop(handle, within));
        if (hurrying) {
            actions.add(new SupervisorAction.Hurry(handle, hurry));
        }
        return after(within);
    }

    /** Returns when it must have ended. */
    private long kill(ChildHandle handle) {
        handle.killed(handle.kind().knowsItsEnd());
        actions.add(new SupervisorAction.Kill(handle));
        return after(handle.kind().killGrace());
    }

    private void stopped(Plan current, Child child, ChildHandle handle, ExitReason reason) {
        judge(child, handle, reason, null);
        child.isDown();
        boolean forgotten = child.isTemporary() || (isDynamic() && current.purpose instanceof Plan.CallToStop);
        if (forgotten) {
            children.remove(child);
        }
        if (current.purpose instanceof Plan.Down down) {
            tellWhoWaits(child, whyDown(down));
        } else if (forgotten || current.purpose instanceof Plan.CallToStop) {
            tellWhoWaits(child, "it was stopped");
        }
    }

    private void judge(Child child, @Nullable ChildHandle handle, ExitReason reason, @Nullable ParallelStop grouped) {
        boolean fine = ShutdownVerdict.isFine(child.spec, reason, spec.strategy() == Strategy.DYNAMIC);
        if (fine) {
            tell(new SupervisorEvent.ChildStopped(path, offender(child, handle), reason));
        } else if (grouped == null) {
            tell(new SupervisorEvent.ShutdownError(path, offender(child, handle), reason));
        } else {
            grouped.add(child.spec, reason);
        }
    }

    private void tellOverrun(ChildHandle handle) {
        if (!handle.overrun().isEmpty()) {
            tell(new SupervisorEvent.Overrun(path, offender(handle.child, handle), handle.overrun()));
        }
    }

    private void abandon(Child child, ChildHandle handle) {
        abandoned++;
        handle.abandoned();
        tell(new SupervisorEvent.ChildAbandoned(path, offender(child, handle), handle.stack()));
    }

    // ---- events, during a step

    private boolean belongsToStep(Supervisor.Command event) {
        if (event instanceof Supervisor.Acknowledged acknowledged) {
            Step current = step;
            Plan running = plan;
            if (running != null
                    && current != null
                    && current.starting
                    && !current.startOverdue
                    && current.handle == acknowledged.handle()) {
                acknowledged(running, current, acknowledged.info());
            }
            return true;
        }
        return event instanceof Supervisor.Terminated terminated && endsStep(terminated.handle());
    }

    private boolean endsStep(ChildHandle handle) {
        Plan running = plan;
        if (running == null) {
            return false;
        }
        ParallelStop all = parallel;
        if (all != null) {
            if (handle.child.isRunningAs(handle)) {
                endedInParallel(all, handle.child, reasonOf(handle));
                finishParallel(all);
                return true;
            }
            return false;
        }
        Step current = step;
        if (current == null || current.handle != handle) {
            return false;
        }
        if (current.starting) {
            startEnded(running, current);
        } else {
            stopped(running, current.child, handle, reasonOf(handle));
            proceed(running);
        }
        return true;
    }

    private void wake() {
        wakeAt = Step.NEVER;
        ParallelStop all = parallel;
        Step current = step;
        Plan running = plan;
        if (all != null) {
            if (all.deadline <= now) {
                overdueInParallel(all);
            } else {
                wakeUpAt(all.deadline);
            }
        } else if (current != null && running != null) {
            if (current.deadline <= now) {
                overdue(running, current);
            } else {
                wakeUpAt(current.deadline);
            }
        }
    }

    private void overdue(Plan running, Step current) {
        if (current.starting && !current.startOverdue) {
            current.startOverdue = true;
            current.deadline = askToStop(current.child, current.handle, LIMIT_AFTER_OVERDUE_START);
            current.killing = current.handle.isKilled();
        } else if (!current.killing) {
            current.killing = true;
            current.deadline = kill(current.handle);
        } else {
            givenUpOn(running, current);
            return;
        }
        wakeUpAt(current.deadline);
    }

    private void givenUpOn(Plan running, Step current) {
        Child child = current.child;
        abandon(child, current.handle);
        boolean goesDownAnyway = running.purpose instanceof Plan.Down || running.purpose == Plan.StartUp.INSTANCE;
        boolean escalates = child.spec.onAbandon() == ChildSpec.OnAbandon.ESCALATE && !goesDownAnyway;
        if (current.starting && escalates) {
            tellStartFailed(running, child, ExitReason.StartTimeout.INSTANCE);
        } else if (current.starting) {
            startFailed(running, child, ExitReason.StartTimeout.INSTANCE);
        } else {
            stopped(running, child, current.handle, ExitReason.Abandoned.INSTANCE);
        }
        if (escalates) {
            escalate(running, child);
        } else if (!current.starting) {
            proceed(running);
        }
    }

    private void escalate(Plan running, Child child) {
        step = null;
        if (running.purpose instanceof Plan.CallToStop call) {
            reply(call.replyTo(), Supervisor.Ok.INSTANCE);
        }
        tell(new SupervisorEvent.GaveUp(path, offender(child, null), ExitReason.Abandoned.INSTANCE));
        goDown(new TreeEnd.Failed(ExitReason.failed("child \"" + child.id() + "\" was abandoned")));
    }

    private void setDeadline(Step current, Duration limit) {
        current.deadline = after(limit);
        wakeUpAt(current.deadline);
    }

    private long after(Duration time) {
        long nanos = nanos(time);
        return nanos >= Step.NEVER - now ? Step.NEVER : now + nanos;
    }

    /** One timer is enough: it is set only for a time before the one it is set for, and looked at when it fires. */
    private void wakeUpAt(long time) {
        if (time < wakeAt) {
            wakeAt = time;
            actions.add(new SupervisorAction.WakeAt(time));
        }
    }

    // ---- calls

    private void call(Request request, Consumer<Object> replyTo) {
        if (request instanceof Request.Reconfigure change) {
            reply(replyTo, reconfigure(change.init()));
            return;
        }
        ChildrenView view = new ChildrenView(this, spec, children, abandoned);
        CallRule.Outcome outcome = new CallRule(this, path, spec, children, view).decide(request, replyTo);
        if (outcome instanceof CallRule.Planned planned) {
            carryOut(planned.plan());
        } else if (outcome instanceof CallRule.Answered answered) {
            reply(replyTo, answered.answer());
        } else if (outcome instanceof CallRule.Deleted deleted) {
            tellWhoWaits(deleted.child(), "it was deleted");
            reply(replyTo, Supervisor.Ok.INSTANCE);
        }
    }

    private Object reconfigure(Callable<SupervisorSpec> init) {
        Reconfiguration.Outcome outcome = Reconfiguration.of(init, spec, children, path);
        if (outcome instanceof Reconfiguration.Answered answered) {
            return answered.answer();
        }
        if (outcome instanceof Reconfiguration.Accepted accepted) {
            spec = accepted.spec();
            limitRestarts();
            Map<Child, ChildKind> awaited = Awaited.thoseDown(children);
            Reconfiguration.apply(spec, children, this);
            awaited.forEach((child, kind) -> actions.addAll(Awaited.formerSelf(child, kind)));
            someStayDown = true;
        }
        return Supervisor.Ok.INSTANCE;
    }

    private void limitRestarts() {
        if (spec.hasUnlimitedRestarts()) {
            intensity.unlimited(nanos(spec.period()));
        } else {
            intensity.reconfigure(spec.intensity(), nanos(spec.period()));
        }
    }

    // ---- words

    private boolean isDynamic() {
        return spec.strategy().isDynamic();
    }

    private static ExitReason reasonOf(ChildHandle handle) {
        ExitReason said = handle.reason();
        if (said != null) {
            return said;
        }
        return handle.isAskedToStop() && !handle.isKilled() ? ExitReason.shutdown() : ExitReason.killed();
    }

    private Offender offender(Child child, @Nullable ChildHandle handle) {
        return new Offender(child.spec, Optional.ofNullable(handle), child.state == ChildState.RESTARTING, 1);
    }

    private void tell(SupervisorEvent event) {
        actions.add(new SupervisorAction.Tell(event));
    }

    private void reply(Consumer<Object> to, Object answer) {
        actions.add(new SupervisorAction.Reply(to, answer));
    }

    private static long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException tooLong) {
            // 292 years are for ever
            return Long.MAX_VALUE;
        }
    }
}
