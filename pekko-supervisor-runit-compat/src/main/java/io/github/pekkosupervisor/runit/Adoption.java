package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.Found;
import io.github.pekkosupervisor.posix.LeftGroup;
import io.github.pekkosupervisor.posix.Orphans.Candidate;
import io.github.pekkosupervisor.posix.Orphans.Sign;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.runit.rule.AdoptionRule;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Left;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Seen;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Situation;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvState.Oneshot;
import io.github.pekkosupervisor.runit.rule.UnrecordedRule.Listed;
import io.github.pekkosupervisor.runit.rule.UnrecordedRule.Trace;
import io.github.pekkosupervisor.runit.rule.UnrecordedRule.Traces;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import io.github.pekkosupervisor.runit.supervise.FatalException;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.StateFile;
import io.github.pekkosupervisor.runit.supervise.Stranger;
import io.github.pekkosupervisor.runit.supervise.SuperviseDirectory;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Intent;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Script;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * What a supervisor that is gone has left in a service directory: read from its records, and asked of the kernel.
 * {@link AdoptionRule} decides what follows; then the pipe to the logger is opened, and a {@link Handover} holds what
 * is to be taken up, as if a runsv actor of this JVM had failed.
 *
 * <p>Where it is not certain that no process of the service runs, nothing is started, and it is to be looked at again.
 */
final class Adoption {

    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Duration NEWER_AGAIN = Duration.ofSeconds(5);

    /** Within which those of other services that look the same have been adopted there. */
    private static final Duration OTHERS_FIRST = Duration.ofSeconds(3);

    private static final String CONTROL = "control";
    private static final String COPIED = "it was written for another service directory and copied from there";
    private static final OsString OWN_STAT = OsString.of("/proc/self/stat");

    private final Handover handover;
    private final ServiceDirectory directory;
    private final Processes system;
    private final LeftProcesses processes;
    private final Reporter reporter;
    private String boot = "";
    private Optional<FileStatus.Id> pipe = Optional.empty();
    private final Set<String> said = new HashSet<>();
    private final Patience othersFirst;

    /** They may have come by, unless they are met again. */
    private final Set<ProcessIdentity> metOnce = new HashSet<>();

    /** Whether {@code run} has ended, and others of its group have not. */
    private boolean isOverButForGroup;

    /**
     * It has to be looked at again.
     *
     * @param pause when
     * @param passes whether the cause passes by itself, so that whoever is to end this does well to wait; else it stays
     *     until somebody sees to it
     * @param goesOn what surely runs meanwhile, in words
     */
    record Again(Duration pause, boolean passes, Optional<String> goesOn) {
        Again(Duration pause, boolean passes) {
            this(pause, passes, Optional.empty());
        }
    }

    /** For whom a process is taken over: this part of this service directory, whoever looks at it. */
    private record Owner(FileStatus.Id directory, String part) {}

    /** It has to be looked at again, and perhaps this is to be said. */
    private static final class NotYetException extends Exception {
        private static final long serialVersionUID = 1;

        private final transient Again again;

        NotYetException(String why, Again again) {
            super(why);
            this.again = again;
        }
    }

    /** @param nanos never go back, see {@link System#nanoTime()} */
    Adoption(Handover handover, Processes system, Reporter reporter, LongSupplier nanos) {
        this.handover = handover;
        this.directory = handover.directory();
        this.system = system;
        this.processes = new LeftProcesses(directory, system);
        this.reporter = reporter;
        this.othersFirst = new Patience(OTHERS_FIRST, nanos);
    }

    /**
     * Looks; to be called when the locks are held.
     *
     * @return empty when supervision may begin; else when to look again, and it has been said why
     */
    Optional<Again> look(Instant now) throws FatalException {
        othersFirst.begin();
        processes.areOfOneGone();
        directory.useReserveToAdopt();
        try {
            if (!handover.isListed()) {
                OwnRuns.use(handover);
            }
            boot = boot(now);
            StateFile.Read service = read(Role.SERVICE);
            StateFile.Read log = directory.hasLog() ? read(Role.LOG) : new StateFile.Absent();
            pipe = record(service).flatMap(UnitRecord::pipe);
            Seen ofService = process(Role.SERVICE, service, now);
            Seen ofLog = process(Role.LOG, log, now);
            Seen ofScript = script(service, now);
            Left left = left(Role.SERVICE, service, started(Role.SERVICE, service, ofService, now), ofScript, now);
            Optional<Left> leftOfLog = directory.hasLog()
                    ? Optional.of(
                            left(Role.LOG, log, started(Role.LOG, log, ofLog, now), AdoptionRule.Nobody.INSTANCE, now))
                    : Optional.empty();
            nameCopies(service, left, log, leftOfLog);
            AdoptionRule.Verdict verdict = AdoptionRule.decide(
                    new Situation(boot, now, directory.finishPresent(), left, leftOfLog, directory.oneshot()));
            awaitThoseBefore(verdict);
            take(verdict);
            return Optional.empty();
        } catch (NotYetException e) {
            say(String.valueOf(e.getMessage()));
            return Optional.of(e.again);
        } catch (PosixException e) {
            say("it cannot be told now whether processes run here that were started before; nothing is started until it"
                    + " can: " + e.call() + " " + e.argument() + ": " + ErrorText.of(e));
            return Optional.of(new Again(AGAIN, e.mayPass()));
        }
    }

    /** Once, however often it is looked at. */
    private void say(String why) {
        if (!why.isEmpty() && said.add(why)) {
            reporter.warnOfOurs(why);
        }
    }

    // ---- records

    private StateFile.Read read(Role role) throws PosixException, NotYetException {
        SuperviseDirectory supervise = directory.supervise(role);
        StateFile.Read read = supervise.readState();
        if (read instanceof StateFile.Newer newer) {
            throw new NotYetException(
                    supervise.stateFile() + " is of version " + newer.version()
                            + ", which a later pekko-supervisor has written: nothing is started; use that one, or end the"
                            + " service's processes and remove the file",
                    new Again(NEWER_AGAIN, false));
        }
        return read;
    }

    private void nameCopies(StateFile.Read service, Left left, StateFile.Read log, Optional<Left> leftOfLog) {
        boolean whole = isBegunAnew(service, Optional.of(left));
        if (whole || isBegunAnew(log, leftOfLog)) {
            SuperviseDirectory copy = directory.supervise(whole ? Role.SERVICE : Role.LOG);
            say(copy.stateFile() + " is not used, since it was written for another service directory and copied from"
                    + " there: what runs there is left alone, and here it is begun anew");
        }
    }

    /** One that was copied from elsewhere, and of which nothing runs here. */
    private static boolean isBegunAnew(StateFile.Read read, Optional<Left> left) {
        return read instanceof StateFile.Elsewhere
                && left.filter(unit -> unit.traces().isEmpty()).isPresent();
    }

    private Left left(Role role, StateFile.Read read, Seen process, Seen script, Instant now)
            throws PosixException, NotYetException {
        return new Left(
                directory.firstWant(role),
                record(read).map(record -> new AdoptionRule.Found(record, process, script)),
                traces(role, read, process, now),
                process instanceof AdoptionRule.Lives lives && !(role == Role.SERVICE && isOverButForGroup)
                        ? processes.beside(role, owner(role), lives.who().identity(), now)
                        : Optional.empty());
    }

    /** Empty where a record says what runs; what was copied says nothing of this directory. */
    private Optional<Traces> traces(Role role, StateFile.Read read, Seen process, Instant now)
            throws PosixException, NotYetException {
        boolean isNamed = !(process instanceof AdoptionRule.Nobody || process instanceof AdoptionRule.Gone);
        if (isNamed) {
            return Optional.empty();
        }
        Optional<Traces> traces = tracesBesideRecord(role, read, now);
        boolean isUnknownLogger = role == Role.LOG
                && record(read).isEmpty()
                && traces.filter(Traces::isSure).isEmpty();
        Optional<Traces> readers =
                isUnknownLogger ? processes.ofReaders(owner(role), pipe, unread(read), now) : Optional.empty();
        Optional<Trace> reader = readers.flatMap(Traces::surelyListed);
        if (reader.isPresent()) {
            mustReadOurs(reader.get().who());
        }
        if (readers.isEmpty() && traces.filter(Traces::areHidden).isPresent() && othersFirst.lasts()) {
            throw new NotYetException("", new Again(AGAIN, true));
        }
        return watched(role, readers.isPresent() ? readers : traces);
    }

    private Optional<Traces> tracesBesideRecord(Role role, StateFile.Read read, Instant now) throws PosixException {
        Optional<Listed> listed = processes.listed(role, owner(role), handover.remembered(), now);
        if (read instanceof StateFile.Elsewhere) {
            return listed.map(run -> Traces.ofListed(role, Optional.of(COPIED), run));
        }
        Optional<UnitRecord> record =
                read instanceof StateFile.Valid valid ? Optional.of(valid.state()) : Optional.empty();
        boolean isGone = read instanceof StateFile.Absent;
        boolean isUntold = handover.remembered().runs().isEmpty();
        return processes.traces(role, owner(role), unread(read), isGone, record, listed, isUntold, now);
    }

    /** Why it cannot be believed, in words; empty if it can, or if there is none. */
    private static Optional<String> unread(StateFile.Read read) {
        if (read instanceof StateFile.Garbage garbage) {
            return Optional.of(garbage.why());
        }
        return read instanceof StateFile.Elsewhere ? Optional.of(COPIED) : Optional.empty();
    }

    /** Who is to be adopted is watched before anything is decided about him. */
    private Optional<Traces> watched(Role role, Optional<Traces> traces) throws PosixException, NotYetException {
        if (traces.isEmpty()) {
            return traces;
        }
        Traces those = traces.get();
        Optional<Trace> listed = those.surelyListed();
        if (listed.isPresent()) {
            // if it has just ended, there is another look at what else there is
            return Optional.of(those.listed(
                    watched(role, listed.get()).orElseThrow(() -> new NotYetException("", new Again(SOON, true)))));
        }
        if (!those.namedIsThere()) {
            return traces;
        }
        Trace named = those.named().orElseThrow();
        mustBeSurelyOurs(role, named.who(), directory.supervise(role).statusFile());
        return Optional.of(those.named(watched(role, named)));
    }

    /** Empty if it has ended. */
    private Optional<Trace> watched(Role role, Trace trace) throws PosixException, NotYetException {
        return ask(role, owner(role), trace.who(), trace.started()) instanceof AdoptionRule.Lives lives
                ? Optional.of(new Trace(lives.who(), lives.started()))
                : Optional.empty();
    }

    /** Beside one that runs on and had the name of this directory nothing is started; what runs here is taken up. */
    private void awaitThoseBefore(AdoptionRule.Verdict verdict) throws PosixException, NotYetException {
        if (!(verdict instanceof AdoptionRule.GoOn goOn)
                || goOn.service().process() instanceof AdoptionRule.Lives
                || goOn.service().scriptProcess() instanceof AdoptionRule.Lives) {
            return;
        }
        for (Known before : handover.remembered().before()) {
            // this process where it was a tree that this launcher supervised itself
            boolean isOurs = before.identity().pid() == ProcessHandle.current().pid();
            if (!isOurs && before.identity().runs(before.pidfdInode())) {
                throw new NotYetException(
                        "run of the service directory that had this name before, process "
                                + before.identity().pid()
                                + ", goes on: nothing is started while it runs; end it if it is not to go on",
                        new Again(AGAIN, false));
            }
        }
    }

    private Optional<UnitRecord> record(StateFile.Read read) {
        return read instanceof StateFile.Valid valid
                        && ProcessIdentity.maySameBoot(
                                valid.state().supervisor().identity().bootId(), boot)
                        && !valid.state().isFromBefore(ProcessIdentity.firstTick())
                ? Optional.of(valid.state())
                : Optional.empty();
    }

    /** Of the machine as it runs now; empty on a platform that does not tell. */
    private String boot(Instant now) throws PosixException {
        ProcessIdentity ourselves =
                directory.supervise(Role.SERVICE).supervisor(now).identity();
        if (ourselves.startTicks() == 0 && Directory.exists(OWN_STAT)) {
            throw new PosixException("open", OWN_STAT.toString(), "EMFILE", "it cannot be read now");
        }
        return ourselves.bootId();
    }

    // ---- processes that are known

    private Owner owner(Role role) throws PosixException {
        return owner(role == Role.LOG ? "log/run" : "run");
    }

    private Owner owner(String part) throws PosixException {
        return new Owner(directory.directory().status().id(), part);
    }

    private Seen process(Role role, StateFile.Read read, Instant now) throws PosixException, NotYetException {
        Optional<UnitRecord> record = record(read);
        Optional<Known> process = record.flatMap(UnitRecord::process);
        if (process.isEmpty()
                || process.get().identity().equals(record.get().supervisor().identity())) {
            // none, or a log that the supervisor has written itself
            return AdoptionRule.Nobody.INSTANCE;
        }
        boolean isWhole = role == Role.SERVICE
                && record.get().ties().whole()
                && process.get().leadsGroup();
        return ask(role, owner(role), process.get(), started(record.get(), process.get(), now), isWhole);
    }

    /** What is told of the past may be of the one before, where nobody has decided yet that this one runs. */
    private static Instant started(UnitRecord record, Known process, Instant now) {
        return record.status().pid() == 0
                ? LeftProcesses.started(process.identity(), now)
                : record.past().started().orElse(record.status().stamp());
    }

    private Seen ask(Role role, Owner owner, Known process, Instant started) throws PosixException, NotYetException {
        return ask(role, owner, process, started, false);
    }

    /** @param isWhole whether it is over only when nobody of its group is left */
    private Seen ask(Role role, Owner owner, Known process, Instant started, boolean isWhole)
            throws PosixException, NotYetException {
        if (system.isAnothers(process.identity(), owner)) {
            throw new NotYetException(
                    directory.supervise(role).stateFile() + " names process "
                            + process.identity().pid()
                            + ", which is supervised here as something else: nothing is started; the file is a copy, or"
                            + " wrong, remove it",
                    new Again(AGAIN, false));
        }
        mustBeSurelyOurs(role, process, directory.supervise(role).stateFile());
        Found found = system.adopt(process.identity(), process.pidfdInode(), process.leadsGroup(), owner);
        if (found instanceof Found.Running here) {
            Known known = new Known(process.identity(), here.process().pidfdInode(), process.leadsGroup());
            return new AdoptionRule.Lives(known, started);
        } else if (found == Found.Gone.ANOTHER_BOOT) {
            return AdoptionRule.Nobody.INSTANCE;
        }
        boolean hasJustEnded = found instanceof Found.Ended;
        ExitStatus status = found instanceof Found.Ended ended ? ended.status() : ExitStatus.UNKNOWN;
        if (isWhole && found != Found.Gone.ANOTHER_PROCESS && othersGoOn(process.identity(), status, hasJustEnded)) {
            // it is over when they are: its end comes at once, and then they are ended
            return new AdoptionRule.Lives(process, started);
        }
        return new AdoptionRule.Gone(process.identity(), started, status);
    }

    /** Of its group, of whom nobody has seen to it that they end with it. */
    private boolean othersGoOn(ProcessIdentity leader, ExitStatus status, boolean hasJustEnded) throws PosixException {
        SuperviseDirectory supervise = directory.supervise(Role.SERVICE);
        if (supervise.stranger(supervise.stateFile()).isPresent()) {
            // he could have us signal whomever he likes
            return false;
        }
        Owner owner = owner(Role.SERVICE);
        LeftGroup.Sight sight = LeftGroup.look(leader, status, hasJustEnded, owner.directory(), pipe);
        if (sight instanceof LeftGroup.Perhaps perhaps) {
            say("run, process " + leader.pid() + ", has ended while no supervisor was there, and others may have been"
                    + " left of its group: "
                    + perhaps.members().stream().map(String::valueOf).collect(Collectors.joining(", "))
                    + "; they are left alone, since it cannot be told whether they are of it: end them if they are not"
                    + " to go on");
        } else if (sight instanceof LeftGroup.Ours ours) {
            system.adopt(ours.group(), owner);
            isOverButForGroup = true;
        }
        return sight instanceof LeftGroup.Ours;
    }

    /** Else whoever has got a {@code supervise} of his own could have us signal any process. */
    private void mustBeSurelyOurs(Role role, Known known, String file) throws PosixException, NotYetException {
        Optional<Stranger> stranger = directory.supervise(role).stranger(file);
        ProcessIdentity process = known.identity();
        if (stranger.isPresent()
                && !stranger.get().mayName(process)
                && process.runs(known.pidfdInode())
                && !isListed(role, process)) {
            String status = directory.supervise(role).statusFile();
            throw new NotYetException(
                    file + " names process " + process.pid()
                            + ", and somebody else may have written that, since "
                            + stranger.get().why()
                            + ": nothing is started or signalled; if that is the service's process, give supervise and "
                            + file.substring(file.lastIndexOf('/') + 1)
                            + " back to the user of this supervisor, or end it; else "
                            + (file.equals(status) ? "" : "remove " + file + " and ") + "make an empty " + status,
                    new Again(AGAIN, false));
        }
    }

    /** Which pipe it reads from is told by the directory of the service. */
    private void mustReadOurs(Known logger) throws PosixException, NotYetException {
        mustBeSurelyOurs(Role.SERVICE, logger, directory.supervise(Role.SERVICE).stateFile());
    }

    private boolean isListed(Role role, ProcessIdentity process) throws PosixException {
        return processes
                .remembered(role, handover.remembered())
                .filter(known -> known.identity().equals(process))
                .isPresent();
    }

    // ---- and such as were being started

    private Seen started(Role role, StateFile.Read read, Seen process, Instant now)
            throws PosixException, NotYetException {
        Optional<Intent> start = record(read).flatMap(UnitRecord::start);
        return start.isPresent()
                ? find(role, owner(role), start.get(), record(read).orElseThrow(), now)
                : process;
    }

    private Seen script(StateFile.Read read, Instant now) throws PosixException, NotYetException {
        Optional<Script> script = record(read).flatMap(UnitRecord::script);
        if (script.isPresent() && script.get().process().isPresent()) {
            return ask(Role.SERVICE, owner(CONTROL), script.get().process().get(), now);
        }
        Optional<Intent> start = script.flatMap(Script::start);
        return start.isPresent()
                ? find(Role.SERVICE, owner(CONTROL), start.get(), record(read).orElseThrow(), now)
                : AdoptionRule.Nobody.INSTANCE;
    }

    private Seen find(Role role, Owner owner, Intent start, UnitRecord record, Instant now)
            throws PosixException, NotYetException {
        List<Candidate> candidates = processes.find(role, owner, start, record, pipe);
        if (candidates.isEmpty()) {
            return AdoptionRule.Nobody.INSTANCE;
        }
        Candidate found = candidates.get(0);
        if (LeftProcesses.mayBeOfOthers(found) && othersFirst.lasts()) {
            // of some service whose processes we may not look at, and perhaps of another one, which then adopts it
            throw new NotYetException("", new Again(AGAIN, true));
        }
        if (LeftProcesses.mayPassBy(found) && metOnce.add(found.identity())) {
            // who has only come by is gone by then
            throw new NotYetException("", new Again(AGAIN, true));
        }
        List<Integer> pids =
                candidates.stream().map(one -> one.identity().pid()).toList();
        if (LeftProcesses.isUnsure(found, start, record)) {
            return directory.supervise(role).isDenied() ? AdoptionRule.Nobody.INSTANCE : new AdoptionRule.Unsure(pids);
        } else if (candidates.size() > 1) {
            return new AdoptionRule.Several(pids);
        }
        Known known = new Known(found.identity(), 0, found.leadsGroup());
        if (found.sign() == Sign.INPUT) {
            mustReadOurs(known);
        }
        Seen seen = ask(role, owner, known, LeftProcesses.started(found.identity(), now));
        if (seen instanceof AdoptionRule.Gone) {
            // it was not the one perhaps, and then there is another one
            throw new NotYetException("", new Again(SOON, true));
        }
        return seen;
    }

    // ---- what follows

    private void take(AdoptionRule.Verdict verdict) throws PosixException, NotYetException, FatalException {
        if (verdict instanceof AdoptionRule.LeaveAlone alone) {
            throw new NotYetException(alone.why(), new Again(AGAIN, false, alone.goesOn()));
        }
        AdoptionRule.GoOn goOn = (AdoptionRule.GoOn) verdict;
        try {
            new LeftPipe(directory, system.posix(), reporter).open(goOn);
        } catch (PosixException e) {
            throw new FatalException("unable to create log pipe", e);
        }
        directory.supervise(Role.SERVICE).endDenial();
        if (directory.hasLog()) {
            directory.supervise(Role.LOG).endDenial();
        }
        if (goOn.isAdoption()) {
            handover.restore(goOn);
        } else if (goOn.state().oneshot() == Oneshot.DONE) {
            handover.isDone();
        }
        goOn.lines().forEach(this::say);
    }
}
