package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.runit.export.Call;
import io.github.pekkosupervisor.runit.export.ExportEvent;
import io.github.pekkosupervisor.runit.export.ExportRule;
import io.github.pekkosupervisor.runit.export.ShownChild;
import io.github.pekkosupervisor.runit.export.ShownKind;
import io.github.pekkosupervisor.spec.ExitReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What follows from an event for a service directory by OTP's rules. When {@code run} is started says the child's
 * supervisor; what a letter of {@code sv} leads to that is for the supervisor to decide says {@link ExportRule}, as for
 * children of any kind, and all else is runsv's.
 *
 * <p>One incarnation has begun at a time; one that comes before nothing is left of it waits. Each that begins is told
 * once how it came out, if this does not end before.
 */
final class KeeperRule {

    /** To an incarnation that comes when it is too late for it. */
    private static final ExitReason ENDED = ExitReason.failed("its supervision by runit's rules has ended");

    private final Instant now;
    private ShownChild child;
    private @Nullable KeeperRun run;
    private KeeperEvent.@Nullable Begins next;
    private boolean isHeldBack;
    private boolean isThere;
    private boolean isGone;
    private OptionalInt exitCode;
    private boolean reopens;
    private boolean leaves;
    private final List<KeeperAction> actions = new ArrayList<>();

    /**
     * What follows.
     *
     * @param state the state from now on
     * @param actions what is to be done, in this order
     */
    record Decision(KeeperState state, List<KeeperAction> actions) {}

    private KeeperRule(KeeperState state, Instant now) {
        this.now = now;
        this.child = state.child();
        this.run = state.run().orElse(null);
        this.next = state.next().orElse(null);
        this.isHeldBack = state.isHeldBack();
        this.isThere = state.isThere();
        this.isGone = state.isGone();
        this.exitCode = state.exitCode();
        this.reopens = state.reopens();
        this.leaves = state.leaves();
    }

    /** Decides what follows from an event. */
    static Decision decide(KeeperState state, KeeperEvent event, Instant now) {
        KeeperRule rule = new KeeperRule(state, now);
        if (event instanceof KeeperEvent.Fact fact) {
            rule.after(fact);
        } else if (!rule.afterWordOfSupervisor(event)) {
            rule.afterWordOfRunsv(event);
        }
        return new Decision(rule.freeze(), List.copyOf(rule.actions));
    }

    private KeeperState freeze() {
        return new KeeperState(
                child,
                Optional.ofNullable(run),
                Optional.ofNullable(next),
                isHeldBack,
                isThere,
                isGone,
                exitCode,
                reopens,
                leaves);
    }

    private void after(KeeperEvent.Fact fact) {
        switch (fact) {
            case DOWN_FILE -> {
                if (run != null) {
                    actions.add(KeeperAction.Deed.SAY_DOWN_FILE);
                    notNow(run);
                }
            }
            case STAYS_DOWN -> {
                child(new ExportEvent.Down(Optional.empty(), false));
                actions.add(KeeperAction.Deed.LEAVE_DOWN);
                if (!reopens) {
                    open();
                }
            }
            case LEAVES -> leave();
            case FREE -> free();
            case SUPERVISOR_GONE -> {
                isGone = true;
                actions.add(KeeperAction.Deed.AWAIT_LAST_WORDS);
                supervisionEndsIfAllIsKnown();
            }
            case SILENT -> {
                if (isGone) {
                    supervisionEnds(Optional.of(KeeperRun.ITS_SUPERVISION_WAS_STOPPED));
                }
            }
            case REOPENS -> {
                child(ExportEvent.Reopened.INSTANCE);
                open();
            }
        }
    }

    private boolean afterWordOfSupervisor(KeeperEvent event) {
        if (event instanceof KeeperEvent.Begins begins) {
            begins(begins);
        } else if (event instanceof KeeperEvent.StopAsked stop) {
            stop(stop);
        } else if (event instanceof KeeperEvent.KillAsked kill) {
            kill(kill.incarnation());
        } else if (event instanceof KeeperEvent.IncarnationEnded ended) {
            kill(ended.incarnation());
        } else if (event instanceof KeeperEvent.Answered answered) {
            answered(answered);
        } else {
            return false;
        }
        return true;
    }

    private void afterWordOfRunsv(KeeperEvent event) {
        if (event instanceof KeeperEvent.Letter letter) {
            child(new ExportEvent.Letter(letter.letter()));
        } else if (event instanceof KeeperEvent.SupervisionOver over) {
            exitCode = OptionalInt.of(over.exitCode());
            supervisionEndsIfAllIsKnown();
        } else if (event instanceof KeeperEvent.SupervisionFailed failed) {
            supervisionEnds(Optional.of(ExitReason.crash(failed.cause())));
        } else if (run != null) {
            ofRun(run, event);
        }
    }

    private void ofRun(KeeperRun of, KeeperEvent event) {
        if (event instanceof KeeperEvent.RunIs is) {
            run = of.withPid(is.pid());
        } else if (event instanceof KeeperEvent.RunEnded ended) {
            run = of.withEnd(ended.status());
        } else if (event instanceof KeeperEvent.RunHangs hangs && of.ready()) {
            actions.add(new KeeperAction.TellHung(of.incarnation(), hangs.why(), hangs.isToBeStopped()));
        } else if (event instanceof KeeperEvent.RunWorks && of.ready()) {
            actions.add(new KeeperAction.TellRecovered(of.incarnation()));
        } else if (event instanceof KeeperEvent.StartFailed failed) {
            run = of.withFailure(failed.why());
        } else if (event instanceof KeeperEvent.Up up) {
            up(of, up.once());
        } else if (event instanceof KeeperEvent.Over over) {
            over(of, of.reason(), over.comesBack());
        }
    }

    // ---- incarnations

    private void begins(KeeperEvent.Begins begins) {
        if (leaves) {
            actions.add(new KeeperAction.TellOver(begins.incarnation(), Optional.of(ENDED)));
        } else if (run != null || isEnding()) {
            giveUpNext();
            next = begins;
        } else {
            begin(begins);
        }
    }

    /** What is ordered now comes too late. */
    private boolean isEnding() {
        return isGone || exitCode.isPresent();
    }

    private void begin(KeeperEvent.Begins begins) {
        KeeperRun begun = KeeperRun.begun(begins);
        run = begun;
        if (begins.cause() == StartGate.Cause.START_UP) {
            // another supervisor begins anew
            child(new ExportEvent.SupervisorEnded(now, true));
        }
        child(new ExportEvent.Asked(begins.cause()));
        if (!ExportRule.mayStart(child, begins.cause(), false)) {
            notNow(begun);
            return;
        }
        child(new ExportEvent.Starting(now, 0));
        start(begun);
    }

    private void start(KeeperRun begun) {
        if (isHeldBack) {
            actions.add(new KeeperAction.HoldBack(begun.incarnation()));
            return;
        }
        open();
        boolean obeysFile = !ExportRule.mayStart(ShownChild.downSince(Instant.EPOCH), begun.cause(), true);
        actions.add(new KeeperAction.Start(begun.incarnation(), obeysFile));
    }

    private void stop(KeeperEvent.StopAsked stop) {
        KeeperRun begun = run;
        if (begun == null || begun.incarnation() != stop.incarnation()) {
            giveUpNext(stop.incarnation());
            return;
        }
        boolean scriptHasRun = child.call() == Call.RENEW;
        KeeperRun stopped = begun.isStopped(stop.again());
        run = stopped;
        child(new ExportEvent.Stopping(stop.again()));
        if (isThere) {
            actions.add(new KeeperAction.Stop(stop.again(), scriptHasRun));
        } else {
            over(stopped, Optional.empty(), stop.again());
        }
    }

    /** Its processes must not outlive it, whatever has become of its actor. */
    private void kill(long incarnation) {
        KeeperRun begun = run;
        if (begun == null || begun.incarnation() != incarnation) {
            giveUpNext(incarnation);
            return;
        }
        KeeperRun killed = begun.isAsked();
        run = killed;
        if (isThere) {
            actions.add(KeeperAction.Deed.KILL);
        } else {
            over(killed, Optional.empty(), false);
        }
    }

    /** One that has not begun yet ends at once. */
    private void giveUpNext(long incarnation) {
        if (next != null && next.incarnation() == incarnation) {
            giveUpNext();
        }
    }

    private void giveUpNext() {
        if (next != null) {
            actions.add(new KeeperAction.TellOver(next.incarnation(), Optional.empty()));
            next = null;
        }
    }

    private void up(KeeperRun begun, boolean once) {
        if (!begun.ready() && !begun.asked()) {
            run = begun.isReady();
            child(new ExportEvent.Started(now, 0, once));
            actions.add(new KeeperAction.TellUp(begun.incarnation(), begun.pid()));
        }
    }

    /** Nothing of an incarnation is left; whether another follows is not known yet, if it was not asked to end. */
    private void over(KeeperRun ended, Optional<ExitReason> reason, boolean comesBack) {
        run = null;
        child(whatFollows(ended, comesBack));
        actions.add(new KeeperAction.TellOver(ended.incarnation(), reason));
        beginNext();
    }

    /** As for children of any kind: who was stopped for others waits for them, and is not restarting itself. */
    private ExportEvent whatFollows(KeeperRun ended, boolean comesBack) {
        Optional<Instant> at = Optional.of(now);
        if (!ended.stopped()) {
            return new ExportEvent.Restarting(at);
        }
        return comesBack ? new ExportEvent.Waiting(at) : new ExportEvent.Down(at, false);
    }

    private void notNow(KeeperRun not) {
        run = null;
        child(new ExportEvent.Down(Optional.empty(), false));
        actions.add(new KeeperAction.TellNotNow(not.incarnation()));
        open();
        beginNext();
    }

    private void beginNext() {
        KeeperEvent.Begins waiting = next;
        if (waiting != null && !isEnding()) {
            next = null;
            begins(waiting);
        }
    }

    // ---- the actor below

    private void open() {
        if (!isThere && !isHeldBack && !leaves) {
            isThere = true;
            reopens = false;
            actions.add(KeeperAction.Deed.OPEN);
        }
    }

    /** It is to be seen that it is there, whether anything runs or not. */
    private void free() {
        isHeldBack = false;
        if (run != null && !leaves) {
            start(run);
        } else {
            open();
        }
    }

    private void supervisionEndsIfAllIsKnown() {
        if (isGone && exitCode.isPresent()) {
            supervisionEnds(
                    exitCode.getAsInt() == 0 ? Optional.empty() : Optional.of(KeeperRun.ITS_SUPERVISION_WAS_STOPPED));
        }
    }

    private void supervisionEnds(Optional<ExitReason> failure) {
        isThere = false;
        isGone = false;
        exitCode = OptionalInt.empty();
        if (leaves) {
            actions.add(KeeperAction.Deed.END);
            return;
        }
        KeeperRun begun = run;
        if (begun == null) {
            beginNext();
        } else if (failure.isEmpty() && !begun.ready() && !begun.asked()) {
            // it has been told to exit before it was to start
            run = begun.withoutFailure();
            start(begun);
        } else if (begun.asked()) {
            over(begun, Optional.empty(), begun.comesBack());
        } else {
            Optional<ExitReason> told = begun.failure().map(ExitReason::failed);
            over(begun, told.or(() -> failure).or(() -> Optional.of(KeeperRun.ITS_SUPERVISION_WAS_STOPPED)), false);
        }
        if (!isThere) {
            reopens = true;
            actions.add(KeeperAction.Deed.AWAIT_REOPENING);
        }
    }

    private void leave() {
        leaves = true;
        actions.add(isThere ? KeeperAction.Deed.END_SUPERVISION : KeeperAction.Deed.END);
    }

    // ---- letters

    private void child(ExportEvent event) {
        if (leaves) {
            return;
        }
        ExportRule.Decision decision = ExportRule.decide(ShownKind.OTHER, child, event);
        child = decision.child();
        decision.calls().forEach(call -> actions.add(new KeeperAction.Ask(call)));
    }

    private void answered(KeeperEvent.Answered answer) {
        if (answer.call() == Call.ONCE && answer.done() && run != null && run.ready()) {
            actions.add(KeeperAction.Deed.LEAVE_DOWN);
        }
        child(new ExportEvent.Answered(answer.call(), answer.done()));
    }
}
