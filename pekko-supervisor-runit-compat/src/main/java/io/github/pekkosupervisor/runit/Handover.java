package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.Liveness;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.runit.rule.AdoptionRule;
import io.github.pekkosupervisor.runit.rule.Awaited;
import io.github.pekkosupervisor.runit.rule.RestartPolicy;
import io.github.pekkosupervisor.runit.rule.Restarting;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvAction;
import io.github.pekkosupervisor.runit.rule.RunsvEvent;
import io.github.pekkosupervisor.runit.rule.RunsvRule;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Oneshot;
import io.github.pekkosupervisor.runit.rule.RunsvState.Unit;
import io.github.pekkosupervisor.runit.supervise.ListedRun;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Sign;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one runsv actor hands over to the next if it fails: what it had decided, and what its processes have told since.
 * The {@link ServiceDirectory} that it had opened goes with it.
 *
 * <p>Belongs to the parent of the runsv actor. Used by one actor at a time.
 */
final class Handover {

    private final ServiceDirectory directory;
    private ProcessRecord service = new ProcessRecord();
    private ProcessRecord log = new ProcessRecord();
    private @Nullable RunsvState state;
    private @Nullable Script script;
    private final Queue<ServiceEvent> untold = new ArrayDeque<>(1);
    private boolean begun;
    private volatile boolean decided;

    /** Seen by others while the actor is at work. */
    private volatile Oneshot oneshot = Oneshot.NONE;

    private boolean restored;
    private @Nullable Want wantBefore;
    private boolean done;
    private boolean endIsToBeTold;
    private List<ServiceEvent> adopted = List.of();
    private BiConsumer<Role, Known> list = (role, run) -> {};
    private boolean isListed;
    private final PerRole<Known> listed = new PerRole<>();
    private final PerRole<FileStatus> places = new PerRole<>();
    private Remembered remembered = Remembered.NOTHING;
    private Wishes wishes = new Wishes();

    /** Seen by others while the actor is at work. */
    private final Standing standing;

    /** @param standing of the service directory, before it is told of any {@link ServiceEvent} from here */
    Handover(ServiceDirectory directory, Standing standing) {
        this.directory = directory;
        this.standing = standing;
    }

    /** The same of one of which nothing has been told. */
    Handover(ServiceDirectory directory, ServiceSnapshot known) {
        this(directory, new Standing(known));
    }

    /** All that is open. */
    ServiceDirectory directory() {
        return directory;
    }

    /** The state from which a first runsv actor begins, or that from which a successor goes on. */
    RunsvState beginning(Instant now) {
        if (state != null && !restored) {
            return state.takenOver();
        }
        // after the death of a supervisor pauses go on, and no actor waits for a command
        RunsvState found = state != null ? state : first(now);
        RunsvState left = directory.isHeldBack() ? found.heldBack() : found;
        Want before = found.service().status().want();
        wantBefore = before == left.service().status().want() ? null : before;
        restored = false;
        boolean loggerLives = log.process().isPresent() && log.end().isEmpty();
        return remembered.isUnwanted() ? left.ending(loggerLives) : left;
    }

    /**
     * What was wanted of {@code run} before it was held back, as long as nobody has said what is wanted now: whoever
     * comes after us, and finds that it need not be held back, starts it.
     */
    Optional<Want> wantBefore() {
        return Optional.ofNullable(wantBefore);
    }

    private RunsvState first(Instant now) {
        Unit service = Unit.down(done ? Want.DOWN : directory.firstWant(Role.SERVICE), now);
        Optional<Unit> log =
                directory.hasLog() ? Optional.of(Unit.down(directory.firstWant(Role.LOG), now)) : Optional.empty();
        Oneshot oneshot = done ? Oneshot.DONE : Oneshot.DUE;
        return RunsvState.beginning(service, log)
                .as(directory.oneshot().isPresent() ? oneshot : Oneshot.NONE)
                .restarted(directory.restarts().map(Restarting::beginning));
    }

    /** A oneshot that is not run again now, since it was done when its supervision came to an end in order. */
    void isDone() {
        done = true;
    }

    /** What is to be told of what a supervisor that is gone has left; once. */
    List<ServiceEvent> adopted() {
        List<ServiceEvent> events = adopted;
        adopted = List.of();
        return events;
    }

    /**
     * How long a pause still lasts in which a supervisor has left a unit that is gone; no more than any pause lasts.
     */
    Duration restOfPause(Role role, Instant now) {
        Duration usual = RunsvAction.Pause.REFUSED.duration();
        Duration longest = directory
                .restarts()
                .filter(policy -> role == Role.SERVICE)
                .map(RestartPolicy::longestPause)
                .filter(said -> said.compareTo(usual) > 0)
                .orElse(usual);
        Instant until = known().unit(ServiceEvents.unit(role))
                .flatMap(ServiceSnapshot.Unit::throttledUntil)
                .orElse(now);
        Duration rest = Duration.between(now, until);
        return rest.isNegative() ? Duration.ZERO : rest.compareTo(longest) > 0 ? longest : rest;
    }

    /** From now on it is as if the supervisor that is gone had been a runsv actor here, and had failed. */
    void restore(AdoptionRule.GoOn left) {
        AdoptionRule.TakeUp run = left.service();
        state = left.state()
                .restarted(directory
                        .restarts()
                        .map(policy -> Restarting.left(policy, run.retries(), run.asked(), run.isReady())));
        restored = true;
        // what has been started to give another sign counts as ready
        Optional<Sign> sign = left.service().sign().flatMap(this::wanted);
        adopted = AdoptionEvents.of(
                known().path(),
                left,
                sign.isPresent() ? directory.readiness().map(ServiceReadiness::sign) : Optional.empty());
        service = ProcessRecord.of(
                left.service().process(),
                left.service().signals(),
                sign,
                left.service().ties());
        if (left.service().asked().byScript()) {
            service.endIsAsked();
        }
        log = left.log()
                .map(unit -> ProcessRecord.of(unit.process(), unit.signals(), Optional.empty()))
                .orElseGet(ProcessRecord::new);
        script = left.service()
                .script()
                .map(letter -> new Script(
                        letter, ProcessRecord.of(left.service().scriptProcess(), List.of(), Optional.empty())))
                .orElse(null);
    }

    /** What is to be seen still of a sign that was recorded: without one that is awaited, whether it works. */
    private Optional<Sign> wanted(Sign recorded) {
        if (directory.readiness().isPresent()) {
            return Optional.of(recorded).filter(directory.readiness().get()::canBe);
        }
        boolean isHeard = directory.live().filter(Liveness::isWatchdog).isPresent() && recorded.socket() != 0;
        return isHeard ? Optional.of(recorded.given()) : Optional.empty();
    }

    /**
     * Keeps what has been decided for a successor; to be called before anything that follows from it is done.
     *
     * @param happened what is to be told of it
     */
    void keep(RunsvEvent event, RunsvRule.Decision decided, List<ServiceEvent> happened) {
        state = decided.state();
        isOneshot(decided.state().oneshot());
        untold.addAll(happened);
        if (wantBefore != null && saysWhatIsWanted(event, decided.state())) {
            wantBefore = null;
        }
        forgetIfGone(Role.SERVICE, decided.state().service());
        decided.state().log().ifPresent(unit -> forgetIfGone(Role.LOG, unit));
        if (event instanceof RunsvEvent.ScriptEnded over) {
            script = null;
            if (over.letter() == 't' && over.vetoed()) {
                service.endIsAsked();
            }
        }
        for (RunsvAction action : decided.actions()) {
            if (action instanceof RunsvAction.StartRun start) {
                forgetProcess(start.role());
            } else if (action instanceof RunsvAction.StartFinish) {
                forgetProcess(Role.SERVICE);
            } else if (action instanceof RunsvAction.RunScript run) {
                script = new Script(run.letter(), new ProcessRecord());
            } else if (action instanceof RunsvAction.SendSignal send) {
                process(send.role()).isDue(send.signal());
            } else if (action == RunsvAction.Over.INSTANCE) {
                endIsToBeTold = true;
            }
        }
    }

    private static boolean saysWhatIsWanted(RunsvEvent event, RunsvState decided) {
        return decided.service().status().want() != Want.DOWN
                || (event instanceof RunsvEvent.CommandRead read
                        && read.role() == Role.SERVICE
                        && "do".indexOf(read.letter()) >= 0);
    }

    /** Whether {@code run} is over when it has ended well, and has; to be told before anything of it is. */
    void isOneshot(Oneshot how) {
        if (oneshot != how) {
            oneshot = how;
        }
    }

    /** The same, to be asked by anybody. */
    Oneshot oneshot() {
        return oneshot;
    }

    /** Whether who orders starts is to be told still that one is over; what has begun since is not that. */
    boolean isEndToBeTold() {
        return endIsToBeTold;
    }

    /** That has been told. */
    void endIsTold() {
        endIsToBeTold = false;
    }

    private void forgetIfGone(Role role, Unit unit) {
        if (unit.status().pid() == 0
                && unit.busy() != Busy.STARTING
                && unit.unseen().isEmpty()) {
            forgetProcess(role);
        }
    }

    /** The next event that is to be told; it is not offered again, whatever becomes of who tells it. */
    Optional<ServiceEvent> nextUntold() {
        return Optional.ofNullable(untold.poll());
    }

    /** What the events of the service directory add up to, those that were told. */
    ServiceSnapshot known() {
        return standing.known();
    }

    /** The same for who looks from elsewhere. */
    Standing standing() {
        return standing;
    }

    /** This is told now; from any thread. */
    void tell(ServiceEvent event, Consumer<? super ServiceEvent> listener) {
        standing.tell(event, listener);
    }

    /** From now on it is known what becomes of what was found here: it is supervised, or left alone. */
    void isDecided() {
        decided = true;
    }

    /** Whether that is known; to be asked by anybody. */
    boolean whetherDecided() {
        return decided;
    }

    /** Whether supervision begins, which is so once. */
    boolean begins() {
        boolean first = !begun;
        begun = true;
        return first;
    }

    /** Whether a runsv has been at work here and has failed. */
    boolean isFromPredecessor() {
        return state != null;
    }

    /** What is known of the process that is being started, runs, or has ended without anything following from it. */
    ProcessRecord process(Role role) {
        return role == Role.SERVICE ? service : log;
    }

    /** Another process is due, or none is left. */
    private void forgetProcess(Role role) {
        switch (role) {
            case SERVICE -> service = new ProcessRecord();
            case LOG -> log = new ProcessRecord();
        }
    }

    /**
     * A control script that is due or runs.
     *
     * @param letter which
     * @param record of its process
     */
    record Script(char letter, ProcessRecord record) {

        /** Its process; empty if there is none yet. */
        Optional<ProcessIdentity> process() {
            return record.process();
        }

        /** How it ended; empty if it has not, as far as was told. */
        Optional<ExitStatus> end() {
            return record.end();
        }
    }

    /** All that is left of the service directory is this process. */
    void isOnly(AdoptionRule.Lives run) {
        service = ProcessRecord.of(run, List.of(), Optional.empty());
    }

    /**
     * Kills what runs; for when nobody will take it up, nor a launcher after this one. As long as it is in doubt what a
     * supervisor that is gone has left, its record stays as it is.
     */
    void killAll(Processes processes, Instant now) {
        boolean inDoubt = state == null && service.process().isEmpty();
        service.process().ifPresent(processes::killLeft);
        log.process().ifPresent(processes::killLeft);
        script().flatMap(Script::process).ifPresent(processes::killLeft);
        if (!inDoubt && !directory.isClosed()) {
            directory.recordEnd(now, done || (state != null && state.oneshot() == Oneshot.DONE));
        }
    }

    /**
     * Who writes down outside of the directory which processes run here; by default nobody does.
     *
     * @param id of the directory
     * @param who is told which process {@code run} is, and where that is
     */
    void runsAreListedBy(FileStatus.Id id, Consumer<ListedRun> who) {
        isListed = true;
        list = (role, run) -> {
            Optional<FileStatus> place = place(role);
            if (role == Role.SERVICE) {
                long birth = place.filter(status -> status.id().equals(id))
                        .map(FileStatus::birth)
                        .orElse(0L);
                who.accept(new ListedRun(id, birth, run));
            } else if (place.isPresent()) {
                who.accept(new ListedRun(place.get().id(), place.get().birth(), run));
            } else {
                // it is tried again with the next record
                return;
            }
            listed.put(role, run);
        };
    }

    /** Whether somebody writes that down. */
    boolean isListed() {
        return isListed;
    }

    /** Asked once of each. */
    private Optional<FileStatus> place(Role role) {
        if (places.get(role) == null) {
            try {
                places.put(role, directory.directory().status(OsString.of(role == Role.LOG ? "log" : ".")));
            } catch (PosixException e) {
                return Optional.empty();
            }
        }
        return Optional.ofNullable(places.get(role));
    }

    /** What has been wished for of it. */
    Wishes wishes() {
        return wishes;
    }

    /** It is wished for of what another one was for before; to be said before a runsv begins. */
    void goesOnWith(Wishes unheard) {
        wishes = unheard;
    }

    /** What is known of it from outside of the directory; to be told before a runsv begins. */
    void remembers(Remembered what) {
        remembered = what;
    }

    /** What is known of it from outside of the directory. */
    Remembered remembered() {
        return remembered;
    }

    /** {@code run} of this unit is this process; said once of each. */
    void listRun(Role role, Known run) {
        Known last = listed.get(role);
        if (last == null || !last.identity().equals(run.identity()) || last.pidfdInode() != run.pidfdInode()) {
            list.accept(role, run);
        }
    }

    /** The control script that is due or runs. */
    Optional<Script> script() {
        return Optional.ofNullable(script);
    }

    /** The same for those who tell of it. */
    Optional<Awaited.Script> scriptDue() {
        return script().map(
                        due -> new Awaited.Script(due.letter(), due.process().map(ProcessIdentity::pid)));
    }
}
