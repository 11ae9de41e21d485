package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.CountedRestart;
import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.RestartScheduled;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Supervision;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a supervisor has and what it can do about a child; {@link SupervisorRule} and its steps say when. */
final class RuleState {

    final String path;
    final Children children;
    final RestartIntensity intensity;

    /** When it began. */
    long begunAt;

    private final RestartHistory history = new RestartHistory();
    SupervisorSpec spec;
    long now;
    int abandoned;

    /** The whole tree ends: nothing is to be started any more. */
    RuleEvent.@Nullable Hurry hurry;

    /** A restart has been cancelled, or the children are others: some may be waiting in vain. */
    private boolean someStayDown;

    /** Who waits for children that are down already has been told that the supervisor goes down. */
    private boolean goesDown;

    /** How many restarts it allows within the period; empty if it never gives up. */
    private OptionalInt limit = OptionalInt.empty();

    private List<SupervisorAction> actions = new ArrayList<>();
    private long wakeAt = Time.NEVER;

    RuleState(String path, SupervisorSpec spec) {
        this.path = path;
        this.spec = spec;
        this.intensity = new RestartIntensity(spec.intensity(), Time.nanos(spec.period()));
        limitRestarts();
        this.children = new Children(!spec.strategy().isDynamic());
    }

    boolean isDynamic() {
        return spec.strategy().isDynamic();
    }

    Child newChild(ChildSpec child, List<Object> arguments) {
        return new Child(this, child, arguments);
    }

    // ---- what is to be done

    void act(SupervisorAction action) {
        actions.add(action);
    }

    void tell(SupervisorEvent event) {
        actions.add(new SupervisorAction.Tell(event));
    }

    void reply(Consumer<Object> to, Object answer) {
        actions.add(new SupervisorAction.Reply(to, answer));
    }

    /** A call will not be carried out to its end. */
    void replyGone(@Nullable Consumer<Object> to) {
        if (to != null) {
            reply(to, SupervisorResult.SupervisorGone.INSTANCE);
        }
    }

    List<SupervisorAction> takeActions() {
        List<SupervisorAction> taken = actions;
        actions = new ArrayList<>(4);
        return taken;
    }

    /** One timer is enough: it is set only for a time before the one it is set for, and looked at when it fires. */
    void wakeUpAt(long time) {
        if (time < wakeAt) {
            wakeAt = time;
            act(new SupervisorAction.WakeAt(time));
        }
    }

    void awake() {
        wakeAt = Time.NEVER;
    }

    Offender offender(Child child, @Nullable Incarnation incarnation) {
        return offender(child, incarnation, child.state == ChildState.RESTARTING);
    }

    Offender offender(Child child, @Nullable Incarnation incarnation, boolean restarting) {
        return new Offender(child.spec, Incarnation.handleOf(incarnation), restarting, 1);
    }

    /** What it goes by, and how far that is used up at a time. */
    Supervision supervision(long time) {
        OptionalInt limit = spec.hasUnlimitedRestarts() ? OptionalInt.empty() : OptionalInt.of(spec.intensity());
        return new Supervision(spec.strategy(), intensity.recent(time), limit, spec.period());
    }

    /** How long it has lasted, till its end if it has ended. */
    Duration lasted(Incarnation incarnation) {
        return Duration.ofNanos(incarnation.lasted(now));
    }

    /**
     * The restart of a child that follows now; null if it would be one too many, which counts when it is attempted.
     *
     * @param dead its last incarnation, if it is known
     * @param delay null if it does not wait
     * @param again whether its last start failed
     */
    @Nullable
    RestartScheduled nextRestart(Child child, @Nullable Incarnation dead, @Nullable Duration delay, boolean again) {
        int recent = intensity.recent(now);
        if (delay == null && !spec.hasUnlimitedRestarts() && recent >= spec.intensity()) {
            return null;
        }
        Duration wait = delay == null ? Duration.ZERO : delay;
        return new RestartScheduled(path, offender(child, dead, true), wait, recent, limit, spec.period(), again);
    }

    /** What is told when its wait is over and it has been counted. */
    SupervisorEvent.RestartBegun restartBegun(Child child) {
        return new SupervisorEvent.RestartBegun(path, offender(child, child.current), intensity.recent(now));
    }

    /** Counts the restart of a child, unless it is one too many. */
    boolean allowsRestart(Child child) {
        if (!intensity.allows(now)) {
            return false;
        }
        if (child.last != null) {
            history.counted(child.last, now);
        }
        return true;
    }

    /** It has ended by itself, and this follows. */
    void tellEnd(Child child, Incarnation dead, RestartRule.Verdict verdict, @Nullable RestartScheduled next) {
        Offender offender = offender(child, dead);
        ExitReason reason = dead.reason();
        Duration ran = lasted(dead);
        tell(
                verdict.isReported()
                        ? new SupervisorEvent.ChildTerminated(path, offender, reason, ran, Optional.ofNullable(next))
                        : new SupervisorEvent.ChildFinished(path, offender, reason, ran));
    }

    void tellStartError(Offender child, Incarnation attempt, ExitReason reason, @Nullable RestartScheduled next) {
        tell(new SupervisorEvent.StartError(
                path, child, reason, attempt.handle(), lasted(attempt), Optional.ofNullable(next)));
    }

    void tellGaveUp(Offender child, ExitReason reason) {
        boolean tooMany = reason == ExitReason.ReachedMaxRestartIntensity.INSTANCE;
        int recent = tooMany ? intensity.recent(now) : 0;
        List<CountedRestart> counted = history.last(recent, now);
        tell(new SupervisorEvent.GaveUp(
                path, child, reason, spec.intensity(), spec.period(), counted, recent - counted.size()));
    }

    /** Who of its process group was left when an incarnation had ended. */
    void tellOverrun(RuleEvent.Terminated terminated) {
        if (!terminated.end().overrun().isEmpty()) {
            Incarnation incarnation = terminated.incarnation();
            tell(new SupervisorEvent.Overrun(
                    path,
                    offender(incarnation.child(), incarnation),
                    terminated.end().overrun()));
        }
    }

    /** A message that a child does not take. */
    void tellRefused(RuleEvent.Refused refused) {
        Incarnation named = refused.incarnation();
        Child child = named == null ? children.find(refused.id()) : named.child();
        if (child != null) {
            Incarnation incarnation = named == null ? child.current : named;
            tell(new SupervisorEvent.MessageRefused(path, offender(child, incarnation), refused.type()));
        }
    }

    /** How the supervisor ends when a child has been restarted too often. */
    TreeEnd gaveUp(Child child) {
        Child.LastEnd last = child.last;
        if (last == null) {
            throw new IllegalStateException("child " + child.id() + " is restarted and has not ended");
        }
        return new TreeEnd.GaveUp(path, child.id(), last.reason(), spec.intensity(), spec.period(), last.below());
    }

    /** What an incarnation of it is started with. */
    List<Object> arguments(Child child) {
        if (spec.extraArguments().isEmpty()) {
            return child.arguments;
        }
        List<Object> all = new ArrayList<>(spec.extraArguments());
        all.addAll(child.arguments);
        return all;
    }

    // ---- the end of an incarnation

    /** Asks it to stop in its own way; returns when it must have ended. */
    long askToStop(Incarnation incarnation) {
        return askToStop(incarnation, Duration.ofNanos(Time.NEVER));
    }

    /**
     * The same.
     *
     * @param instead how long it has where its specification says for ever
     */
    long askToStop(Incarnation incarnation, Duration instead) {
        Shutdown shutdown = incarnation.child().spec.shutdown();
        if (shutdown == Shutdown.BrutalKill.INSTANCE) {
            return kill(incarnation);
        }
        Duration within = shutdown instanceof Shutdown.Timeout timeout ? timeout.within() : instead;
        incarnation.askedToStop();
        act(new SupervisorAction.AskToStop(incarnation, within));
        hurryUp(incarnation);
        return Time.after(now, within);
    }

    /** How long it has to stop when it is asked to: not at all if it is killed, empty for as long as it takes. */
    Optional<Duration> timeToStop(Incarnation incarnation) {
        Shutdown shutdown = incarnation.child().spec.shutdown();
        if (shutdown == Shutdown.BrutalKill.INSTANCE || incarnation.isKilled()) {
            return Optional.of(Duration.ZERO);
        }
        return shutdown instanceof Shutdown.Timeout timeout ? Optional.of(timeout.within()) : Optional.empty();
    }

    /** It is being stopped; if the whole tree ends it is to know that. */
    void hurryUp(Incarnation incarnation) {
        if (hurry != null) {
            act(new SupervisorAction.Hurry(incarnation, hurry));
        }
    }

    /** Returns when it must have ended. */
    long kill(Incarnation incarnation) {
        incarnation.killed();
        act(new SupervisorAction.Kill(incarnation));
        return Time.after(now, incarnation.child().spec.killGrace());
    }

    /** It does not end, so it counts no longer. */
    void abandon(Incarnation incarnation, @Nullable String stack) {
        abandoned++;
        incarnation.abandoned();
        act(new SupervisorAction.Abandon(incarnation, offender(incarnation.child(), incarnation), stack));
    }

    /** Whether it will never end, so that it is given up on at once; it is down then. */
    boolean isLost(Incarnation incarnation) {
        String stack = hurry == null ? null : hurry.lost().get(incarnation.handle());
        if (stack != null) {
            abandon(incarnation, stack);
            incarnation.child().isDown();
        }
        return stack != null;
    }

    /** It was being stopped and has ended; whether that is to be reported. */
    boolean hasStoppedWell(Child child, ExitReason reason) {
        return RestartRule.hasStoppedWell(child.spec, reason, spec.strategy() == Strategy.DYNAMIC);
    }

    // ---- a child that does not run

    /** A child that ended and is not started again: forgotten if nothing could start it again. */
    void staysDown(Child child, History.Down down, Supplier<String> why) {
        child.isDown(down);
        if (forgets(child)) {
            children.remove(child);
        }
        tellWhoWaits(child, why);
    }

    /** Whether nothing could start it again once it is down. */
    boolean forgets(Child child) {
        return child.isTemporary() || isDynamic();
    }

    void forget(Child child, Supplier<String> why) {
        children.remove(child);
        tellWhoWaits(child, why);
    }

    /** A child that is not running is not tried again either, unless that is what is carried out. */
    void cancelRestart(Child child, Plan plan) {
        if (!(plan.purpose instanceof Plan.StopSiblings siblings && siblings.origin() == child)) {
            cancelRestart(child, plan.isFor(child) ? null : plan.causeOfStop(child));
        }
    }

    /** The same, whatever is carried out; without a cause it is not told, and one that is renewed not forgotten. */
    void cancelRestart(Child child, @Nullable StopCause cause) {
        if (child.state == ChildState.RESTARTING) {
            if (cause != null) {
                tell(new SupervisorEvent.RestartCancelled(path, offender(child, child.current), cause));
            }
            child.isDown();
            someStayDown = true;
            if (child.spec.restartDelay().isPresent()) {
                act(new SupervisorAction.StopWaiting(child));
            }
            if (forgets(child) && !(cause == null && child.isRenewed)) {
                forget(child, () -> "its restart was given up");
            }
        }
    }

    // ---- who waits in vain

    void tellWhoWaits(Child child, Supplier<String> why) {
        if (Awaited.isAwaited(child)) {
            actions.addAll(Awaited.child(child, why.get()));
        }
    }

    /** It was one thing and its child is another now. */
    void tellWhoWaitedFor(Incarnation incarnation) {
        if (incarnation.kind().isAwaited()) {
            actions.addAll(Awaited.formerSelf(incarnation));
        }
    }

    String whyDown(Plan.Down down) {
        return "supervisor " + path + " ends: " + down.end();
    }

    /** The supervisor is going down. */
    void tellWhoWaitsWhenGoingDown(Plan.Down down) {
        if (!goesDown) {
            goesDown = true;
            actions.addAll(Awaited.whenGoingDown(children, whyDown(down)));
        }
    }

    /** The supervisor is idle: those whose return was a matter of others stay down too. */
    void tellWhoWaitsWhenIdle() {
        if (someStayDown) {
            someStayDown = false;
            actions.addAll(Awaited.whenIdle(
                    children, spec.strategy(), "it was stopped, and so was the restart that it waited for"));
        }
    }

    // ---- its specification

    /** OTP's {@code code_change}: flags and specifications count from now on; nobody is started or stopped. */
    void reconfigure(SupervisorSpec changed) {
        spec = changed;
        limitRestarts();
        Map<Child, ChildKind> awaited = Awaited.thoseDown(children);
        if (!isDynamic()) {
            children.reorder(changed.children(), this::newChild);
        } else if (changed.strategy() == Strategy.SIMPLE_ONE_FOR_ONE) {
            ChildSpec template = changed.children().get(0);
            for (Child child = children.first(); child != null; child = child.next) {
                child.spec = child.isTemporary() ? template.spent() : template;
            }
        }
        awaited.forEach((child, kind) -> actions.addAll(Awaited.formerSelf(child, kind)));
        someStayDown = true;
        List<ChildSpec> all = isDynamic() ? spec.children() : children.specs();
        tell(new SupervisorEvent.SupervisorChanged(path, supervision(now), all));
    }

    private void limitRestarts() {
        limit = spec.hasUnlimitedRestarts() ? OptionalInt.empty() : OptionalInt.of(spec.intensity());
        if (spec.hasUnlimitedRestarts()) {
            intensity.unlimited(Time.nanos(spec.period()));
        } else {
            intensity.reconfigure(spec.intensity(), Time.nanos(spec.period()));
        }
    }
}
