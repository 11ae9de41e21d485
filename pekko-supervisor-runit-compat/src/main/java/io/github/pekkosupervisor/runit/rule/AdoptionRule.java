package io.github.pekkosupervisor.runit.rule;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.rule.RunsvState.Again;
import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Oneshot;
import io.github.pekkosupervisor.runit.rule.RunsvState.Unit;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Asked;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Intent;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Past;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Pending;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Retries;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Script;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Sign;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Supervisor;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Ties;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a supervisor leaves behind in its records, and from where the one that comes after it goes on: two functions,
 * the second of which undoes the first, for what may have happened while nobody was there.
 *
 * <p>Nothing is started here: what is not there any more has ended, and {@link RunsvRule} says what follows from that.
 */
public final class AdoptionRule {

    private AdoptionRule() {}

    // ---- what is recorded

    /**
     * What a record says beside the state of the rule.
     *
     * @param supervisor who writes it
     * @param process what runs, as far as is known
     * @param start the last start; it counts where nothing is known of its process
     * @param script the control script that is under way, if one is
     * @param past what became of {@code run}, or of the logger
     * @param throttledUntil when the last pause is over
     * @param pipe the FIFO to the logger
     * @param signals those that were decided upon and have not been sent
     * @param sign of readiness; empty where none is waited for
     * @param ties of the process
     * @param asked how it was asked to end, beside what the state tells
     */
    public record Facts(
            Supervisor supervisor,
            Optional<Known> process,
            Optional<Intent> start,
            Optional<Script> script,
            Past past,
            Optional<Instant> throttledUntil,
            Optional<FileStatus.Id> pipe,
            List<Signal> signals,
            Optional<Sign> sign,
            Ties ties,
            Asked asked) {

        /** Of one that needs no sign, goes with nobody, and was not asked to end. */
        public Facts(
                Supervisor supervisor,
                Optional<Known> process,
                Optional<Intent> start,
                Optional<Script> script,
                Past past,
                Optional<Instant> throttledUntil,
                Optional<FileStatus.Id> pipe,
                List<Signal> signals) {
            this(
                    supervisor,
                    process,
                    start,
                    script,
                    past,
                    throttledUntil,
                    pipe,
                    signals,
                    Optional.empty(),
                    Ties.NONE,
                    Asked.NOT);
        }
    }

    /** What is to be recorded of a unit. */
    public static UnitRecord record(RunsvState state, Role role, Facts facts) {
        Unit unit = state.unit(role);
        boolean ofAll = role == Role.SERVICE;
        boolean mayRun = unit.busy() == Busy.STARTING || unit.status().pid() != 0;
        boolean toBeLookedFor = mayRun && facts.process().isEmpty();
        Pending pending = new Pending(
                unit.once(),
                unit.throttled() ? facts.throttledUntil() : Optional.empty(),
                unit.finishing(),
                unit.heard(),
                unit.unseen().map(RunsvEvent.ProcessEnded::status),
                ofAll && state.terminating(),
                ofAll && state.draining(),
                facts.signals(),
                ofAll && state.hang() != RunsvState.Hang.NONE);
        return new UnitRecord(
                facts.supervisor(),
                unit.status(),
                pending,
                facts.process(),
                toBeLookedFor ? facts.start() : Optional.empty(),
                unit.busy() == Busy.SCRIPT ? facts.script() : Optional.empty(),
                ofAll && state.oneshot() == Oneshot.DONE ? facts.past().with(true) : facts.past(),
                facts.pipe(),
                mayRun && unit.status().state() != State.FINISH ? facts.sign() : Optional.empty(),
                mayRun ? facts.ties() : Ties.NONE,
                mayRun ? facts.asked() : Asked.NOT,
                ofAll ? state.restarting().map(Restarting::retries).orElse(Retries.NONE) : Retries.NONE);
    }

    // ---- what was found

    /** What the kernel says of a process that a record names, or that was being started. */
    public sealed interface Seen {}

    /** There is none: none is named, or none is found of a start, or none of this boot. */
    public enum Nobody implements Seen {
        /** The only one. */
        INSTANCE
    }

    /**
     * It runs, and is who it was.
     *
     * @param started when it was started, as far as the kernel tells
     */
    public record Lives(Known who, Instant started) implements Seen {}

    /**
     * It has ended.
     *
     * @param status how, as far as that can be known
     */
    public record Gone(ProcessIdentity who, Instant started, ExitStatus status) implements Seen {}

    /** Each of these may be it, and one is. */
    public record Several(List<Integer> pids) implements Seen {}

    /** Each of these may be it, and perhaps none is. */
    public record Unsure(List<Integer> pids) implements Seen {}

    /**
     * A record, and what the kernel says.
     *
     * @param process of {@link UnitRecord#process()}, or of {@link UnitRecord#start()}
     * @param script of {@link UnitRecord#script()}
     */
    public record Found(UnitRecord record, Seen process, Seen script) {}

    /**
     * A unit that is there now.
     *
     * @param firstWant what is wanted of it where nobody has said anything
     * @param found what a supervisor has left; empty if none has been here
     * @param traces what there is to see of one of which no record names what runs; empty if nothing else speaks for
     *     that it runs
     * @param beside what there is to see beside one that a record names, and that runs
     */
    public record Left(
            Want firstWant,
            Optional<Found> found,
            Optional<UnrecordedRule.Traces> traces,
            Optional<UnrecordedRule.Traces> beside) {

        /** One beside which nothing is to be seen. */
        public Left(Want firstWant, Optional<Found> found, Optional<UnrecordedRule.Traces> traces) {
            this(firstWant, found, traces, Optional.empty());
        }

        /** One of which nothing is to be seen but its record. */
        public Left(Want firstWant, Optional<Found> found) {
            this(firstWant, found, Optional.empty());
        }

        private Optional<String> besideInWords() {
            return found.map(Found::process)
                    .filter(Lives.class::isInstance)
                    .map(Lives.class::cast)
                    .flatMap(lives -> beside.flatMap(
                            traces -> UnrecordedRule.beside(traces, lives.who().identity())));
        }
    }

    /**
     * All that is decided upon.
     *
     * @param boot id of the machine's present boot; empty where it cannot be seen, so that records of any may count
     * @param finishPresent whether {@code finish} can be read
     * @param log empty if there is no logger now
     * @param oneshot if {@code run} is over when it has ended well, whether it is run again at the next start
     */
    public record Situation(
            String boot,
            Instant now,
            boolean finishPresent,
            Left service,
            Optional<Left> log,
            Optional<Again> oneshot) {

        /** Of one whose {@code run} is to go on. */
        public Situation(String boot, Instant now, boolean finishPresent, Left service, Optional<Left> log) {
            this(boot, now, finishPresent, service, log, Optional.empty());
        }
    }

    // ---- what follows

    /** What follows. */
    public sealed interface Verdict {}

    /**
     * Nothing is started, signalled or taken up; to be looked at again.
     *
     * @param why in words
     * @param goesOn what surely runs and is not supervised meanwhile, in words; empty if nothing is
     */
    public record LeaveAlone(String why, Optional<String> goesOn) implements Verdict {}

    /**
     * Supervision begins with this.
     *
     * @param state to go on from
     * @param service what its supervisor has left
     * @param log what its supervisor has left; empty if there is no logger now
     * @param lines to be said
     */
    public record GoOn(RunsvState state, TakeUp service, Optional<TakeUp> log, List<String> lines) implements Verdict {

        /** Whether anything of a supervisor that is gone counts. */
        public boolean isAdoption() {
            return service.counts() || log.filter(TakeUp::counts).isPresent();
        }
    }

    /**
     * What is to be taken up of a unit.
     *
     * @param counts whether what was recorded counts; else it begins anew
     * @param process what runs or has ended meanwhile
     * @param past what became of it until now
     * @param throttledUntil when the pause that it is in is over; empty if it is in none
     * @param pipe the FIFO to the logger that it had
     * @param script the letter of the control script that was under way
     * @param scriptProcess what runs or has ended of that; nobody if it is to be run
     * @param signals what the process was to be sent and may not have got, as the supervisor died at that moment
     * @param sign of readiness of {@code run}, which runs; empty where none was waited for
     * @param ties of the process
     * @param asked how it was asked to end, beside what the state tells
     * @param retries how it stood with restarts of which {@code service.conf} says something
     */
    public record TakeUp(
            boolean counts,
            Seen process,
            Past past,
            Optional<Instant> throttledUntil,
            Optional<FileStatus.Id> pipe,
            Optional<Character> script,
            Seen scriptProcess,
            List<Signal> signals,
            Optional<Sign> sign,
            Ties ties,
            Asked asked,
            Retries retries) {

        /** Whether nothing is waited for before it counts as ready. */
        public boolean isReady() {
            return sign.map(Sign::isGiven).orElse(true);
        }

        private static final TakeUp NOTHING = new TakeUp(
                false,
                Nobody.INSTANCE,
                Past.NOTHING,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Nobody.INSTANCE,
                List.of(),
                Optional.empty(),
                Ties.NONE,
                Asked.NOT,
                Retries.NONE);
    }

    private record Restored(Unit unit, TakeUp takeUp) {}

    /**
     * A unit as its record has it, or what else there is to see.
     *
     * @param doubt why nothing may be started, if that is so
     * @param line to be said, if there is something
     */
    private record Clear(Left left, Optional<String> doubt, Optional<String> line) {}

    /** Decides what follows. */
    public static Verdict decide(Situation situation) {
        Clear service = clear(Role.SERVICE, situation.service(), situation.boot());
        Optional<Clear> log = situation.log().map(left -> clear(Role.LOG, left, situation.boot()));
        Optional<String> doubt = service.doubt().or(() -> log.flatMap(Clear::doubt));
        if (doubt.isPresent()) {
            Optional<String> goesOn = DoubtWords.goesOn(Stream.concat(
                            lives("run", service).stream(), log.flatMap(unit -> lives("log/run", unit)).stream())
                    .toList());
            return new LeaveAlone(
                    doubt.get() + goesOn.map(who -> "; meanwhile " + who).orElse(""), goesOn);
        }
        Situation cleared = new Situation(
                situation.boot(),
                situation.now(),
                situation.finishPresent(),
                service.left(),
                log.map(Clear::left),
                situation.oneshot());
        List<String> lines = Stream.concat(service.line().stream(), log.flatMap(Clear::line).stream())
                .toList();
        return goOn(cleared, lines);
    }

    private static Optional<String> lives(String run, Clear unit) {
        if (unit.left().found().isEmpty()) {
            return Optional.empty();
        }
        Found found = unit.left().found().get();
        boolean finishes = found.record().status().state() == State.FINISH;
        return found.process() instanceof Lives lives
                ? Optional.of((finishes ? "finish" : run) + " (pid "
                        + lives.who().identity().pid() + ")")
                : Optional.empty();
    }

    private static Clear clear(Role role, Left left, String boot) {
        if (left.traces().isPresent()) {
            UnrecordedRule.Verdict verdict = UnrecordedRule.decide(left.traces().get(), boot);
            if (verdict instanceof UnrecordedRule.Doubt traced) {
                return new Clear(left, Optional.of(traced.why()), Optional.empty());
            } else if (verdict instanceof UnrecordedRule.Adopt adopt) {
                Seen lives = new Lives(adopt.who().who(), adopt.who().started());
                Found found = new Found(adopt.record(), lives, Nobody.INSTANCE);
                return new Clear(
                        new Left(left.firstWant(), Optional.of(found)), Optional.empty(), Optional.of(adopt.line()));
            }
            return new Clear(left, doubt(role, left), ((UnrecordedRule.Nobody) verdict).line());
        }
        return new Clear(left, doubt(role, left), left.besideInWords());
    }

    private static GoOn goOn(Situation situation, List<String> lines) {
        Optional<Found> service = ofThisBoot(situation.service(), situation);
        Optional<Found> log = situation.log().flatMap(left -> ofThisBoot(left, situation));
        boolean done = situation.oneshot().isPresent()
                && service.isPresent()
                && service.get().record().past().done();
        if (service.isPresent()
                && isOver(service.get().record())
                && log.filter(left -> !isDown(left.record())).isEmpty()) {
            service = Optional.empty();
            log = Optional.empty();
            // what has come to its end in order is run again with the next start, unless once is enough
            done &= situation.oneshot().filter(again -> again == Again.ONCE).isPresent();
        }
        boolean draining = service.isPresent()
                && service.get().record().pending().draining()
                && situation.log().isPresent();
        Want first = done ? Want.DOWN : situation.service().firstWant();
        Restored restored = restore(Role.SERVICE, first, service, situation);
        Optional<Found> leftOfLog = log;
        Optional<Restored> restoredLog =
                situation.log().map(left -> restore(Role.LOG, left.firstWant(), leftOfLog, situation));
        boolean terminating =
                service.isPresent() && service.get().record().pending().terminating();
        Optional<Unit> logger = restoredLog.map(Restored::unit).map(unit -> draining ? unit : wantedAgain(unit));
        RunsvState begun = new RunsvState(restored.unit(), logger, terminating, draining, false)
                .as(oneshot(situation, done, restored.unit().status().state()));
        boolean stoppedAsHung = service.isPresent()
                && service.get().record().pending().stoppedAsHung()
                && restored.unit().status().state() == State.RUN;
        RunsvState state = stoppedAsHung ? begun.stoppedAsHung() : begun;
        return new GoOn(state, restored.takeUp(), restoredLog.map(Restored::takeUp), lines);
    }

    /** One that was recorded as done, and runs all the same, was started again in the moment of the death. */
    private static Oneshot oneshot(Situation situation, boolean done, State state) {
        if (situation.oneshot().isEmpty()) {
            return Oneshot.NONE;
        }
        return done && state != State.RUN ? Oneshot.DONE : Oneshot.DUE;
    }

    /** In words, if it is not certain which process was being started. */
    private static Optional<String> doubt(Role role, Left left) {
        if (left.found().isEmpty()) {
            return Optional.empty();
        }
        Found found = left.found().get();
        Program program = found.record().start().map(Intent::program).orElse(Program.RUN);
        return doubt(role, found.process(), program == Program.FINISH ? "finish" : role.parent() + "run")
                .or(() -> found.record()
                        .script()
                        .flatMap(script -> doubt(role, found.script(), "control/" + script.letter())));
    }

    private static Optional<String> doubt(Role role, Seen seen, String program) {
        if (seen instanceof Several several) {
            return Optional.of(DoubtWords.several(program, several.pids()));
        } else if (seen instanceof Unsure unsure) {
            return Optional.of(DoubtWords.unsure(program, unsure.pids(), role.parent()));
        }
        return Optional.empty();
    }

    private static Optional<Found> ofThisBoot(Left left, Situation situation) {
        return left.found()
                .filter(found -> ProcessIdentity.maySameBoot(
                        found.record().supervisor().identity().bootId(), situation.boot()));
    }

    /** Whether supervision has come to its end with this, if the logger is down too. */
    private static boolean isOver(UnitRecord service) {
        return isDown(service) && service.status().want() == Want.EXIT;
    }

    /** Whether nothing of it runs, nor was to. */
    private static boolean isDown(UnitRecord record) {
        return record.status().state() == State.DOWN
                && record.process().isEmpty()
                && record.start().isEmpty()
                && record.script().isEmpty();
    }

    private static Restored restore(Role role, Want firstWant, Optional<Found> found, Situation situation) {
        return found.isEmpty()
                ? new Restored(Unit.down(firstWant, situation.now()), TakeUp.NOTHING)
                : restore(role, found.get(), situation);
    }

    private static Restored restore(Role role, Found found, Situation situation) {
        UnitRecord record = found.record();
        Pending pending = record.pending();
        Optional<Instant> throttledUntil = pending.throttledUntil().filter(until -> until.isAfter(situation.now()));
        ServiceStatus status = status(found, situation);
        Past past = record.past();
        boolean begun = record.status().pid() == 0 && status.pid() != 0;
        boolean once = pending.once();
        if (begun && status.state() == State.RUN) {
            once = false;
            past = begun(past, status.stamp());
        }
        Unit unit = new Unit(
                status,
                record.script().isPresent() ? Busy.SCRIPT : Busy.NO,
                once,
                throttledUntil.isPresent(),
                false,
                pending.finishing(),
                pending.heard(),
                pending.unseen().map(end -> new RunsvEvent.ProcessEnded(role, end, situation.finishPresent())));
        return new Restored(
                unit,
                new TakeUp(
                        true,
                        found.process(),
                        past,
                        throttledUntil,
                        record.pipe(),
                        record.script().map(Script::letter),
                        found.script(),
                        found.process() instanceof Lives ? pending.signals() : List.of(),
                        found.process() instanceof Lives ? record.sign() : Optional.empty(),
                        record.ties(),
                        record.asked(),
                        record.retries()));
    }

    /** As it was recorded, or as a start has made it that was under way and has come to something. */
    private static ServiceStatus status(Found found, Situation situation) {
        ServiceStatus recorded = found.record().status();
        if (found.process() instanceof Nobody) {
            return recorded.pid() == 0 ? recorded : gone(recorded, situation.now());
        }
        if (recorded.pid() != 0) {
            return recorded;
        }
        ProcessIdentity who;
        Instant started;
        if (found.process() instanceof Lives lives) {
            who = lives.who().identity();
            started = lives.started();
        } else {
            who = ((Gone) found.process()).who();
            started = ((Gone) found.process()).started();
        }
        boolean finish = recorded.state() == State.FINISH;
        return new ServiceStatus(
                finish ? recorded.stamp() : started,
                who.pid(),
                false,
                false,
                recorded.want(),
                finish ? State.FINISH : State.RUN);
    }

    /** A log that the supervisor has written itself: it has gone with it, and nothing follows from that. */
    private static ServiceStatus gone(ServiceStatus recorded, Instant now) {
        return new ServiceStatus(now, 0, recorded.paused(), false, recorded.want(), State.DOWN);
    }

    /**
     * A logger is to go only as long as it drains, of which the service's record tells. That is written first, so its
     * own may be older.
     */
    private static Unit wantedAgain(Unit logger) {
        ServiceStatus status = logger.status();
        return status.want() != Want.EXIT
                ? logger
                : logger.with(new ServiceStatus(
                        status.stamp(), status.pid(), status.paused(), status.gotTerm(), Want.UP, status.state()));
    }

    private static Past begun(Past past, Instant started) {
        int restarts = past.lastEnd().isPresent() ? past.restarts() + 1 : past.restarts();
        return new Past(restarts, Optional.of(started), past.lastEnd());
    }
}
