package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.Orphans;
import io.github.pekkosupervisor.posix.Orphans.Candidate;
import io.github.pekkosupervisor.posix.Orphans.Sign;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OtherProcess;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Readers;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.UnrecordedRule.Listed;
import io.github.pekkosupervisor.runit.rule.UnrecordedRule.Trace;
import io.github.pekkosupervisor.runit.rule.UnrecordedRule.Traces;
import io.github.pekkosupervisor.runit.rule.UnrecordedRule.Where;
import io.github.pekkosupervisor.runit.supervise.ListedRun;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.SuperviseDirectory;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Intent;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The processes of one service directory that a supervisor has left which is gone, and that no record names: such as
 * were being started, and such as are there though no record can be believed.
 */
final class LeftProcesses {

    private static final int LONGEST_SCRIPT = 64 * 1024;

    private final ServiceDirectory directory;
    private final Processes system;

    /** Nobody of those was started later; 0 if that is not known yet. */
    private long untilTick;

    LeftProcesses(ServiceDirectory directory, Processes system) {
        this.directory = directory;
        this.system = system;
    }

    /**
     * The locks are held from now on, or have been for a while: whoever had them before is gone, and what is started
     * later is none of his.
     */
    void areOfOneGone() {
        if (untilTick == 0) {
            untilTick = Orphans.currentTick();
        }
    }

    /** When it was started, as far as the kernel tells. */
    static Instant started(ProcessIdentity process, Instant now) {
        return now.minus(Orphans.age(process));
    }

    // ---- such as were being started

    /**
     * Who may be the process of a start that was under way: those with the surest sign, and that nobody else has. An
     * earlier look may have found the one for us.
     *
     * @param owner for whom
     * @param record that says so
     * @param pipe the FIFO to the logger as the record of the service has it
     */
    List<Candidate> find(Role role, Object owner, Intent start, UnitRecord record, Optional<FileStatus.Id> pipe)
            throws PosixException {
        List<Candidate> readers = role == Role.LOG
                ? readers(owner, pipe).stream()
                        .filter(one -> one.identity().startTicks() >= start.startTick())
                        .toList()
                : List.of();
        return readers.isEmpty() ? find(role, owner, start, record) : readers;
    }

    private List<Candidate> find(Role role, Object owner, Intent start, UnitRecord record) throws PosixException {
        Optional<FileStatus.Id> output = role == Role.LOG ? Optional.empty() : record.pipe();
        FileStatus.Id place = directory.place(role);
        Orphans.Intent intent = new Orphans.Intent(
                start.startTick(), untilTick, start.group(), start.session(), output, place, start.inherited());
        List<Candidate> free = new ArrayList<>();
        for (Candidate one : Orphans.look().find(intent)) {
            if (mayBe(one, start) && isFree(one, owner, place)) {
                free.add(one);
            }
        }
        List<Candidate> sure = new ArrayList<>();
        for (Candidate one : free) {
            if (!isUnsure(one, start, record)) {
                sure.add(one);
            }
        }
        return surest(sure.isEmpty() ? free : sure);
    }

    /**
     * A minute after, that its environment says that it was there tells nothing: whatever somebody starts who has been
     * there has the same, for as long as it runs. Nor that it is there, if it has a parent who is not.
     */
    private static boolean mayBe(Candidate one, Intent start) {
        return (one.sign() != Sign.ENVIRONMENT && one.sign() != Sign.FOSTERED) || one.isSoonAfter(start.startTick());
    }

    /** Those with the surest sign that one of them has. */
    private static List<Candidate> surest(List<Candidate> candidates) {
        for (Sign sign : Sign.values()) {
            List<Candidate> those =
                    candidates.stream().filter(one -> one.sign() == sign).toList();
            if (!those.isEmpty()) {
                return those;
            }
        }
        return List.of();
    }

    /**
     * Who is known by where it was, or by what it has inherited, must not be another service's by where it is. Of the
     * latter nobody must know anything, even if nobody has it yet.
     */
    private boolean isFree(Candidate one, Object owner, FileStatus.Id place) throws PosixException {
        boolean isInherited = one.sign() == Sign.INHERITED;
        boolean isKnown =
                isInherited ? system.find(one.identity()).isPresent() : system.isAnothers(one.identity(), owner);
        boolean mayBeElsewhere = isInherited || one.sign() == Sign.ENVIRONMENT;
        return !isKnown && !(mayBeElsewhere && isInAnotherServiceDirectory(one.identity(), place));
    }

    /** What is in one, or was since it was in that place, is that one's. */
    private static boolean isInAnotherServiceDirectory(ProcessIdentity who, FileStatus.Id place) throws PosixException {
        try {
            return isServiceDirectory(OsString.of("/proc/" + who.pid() + "/cwd"))
                    || new OtherProcess(who)
                            .directoriesAfter(place).stream().anyMatch(LeftProcesses::isServiceDirectory);
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            // hidden, or it has ended
            return false;
        }
    }

    private static boolean isServiceDirectory(OsString path) {
        return Directory.exists(path.plus("/supervise/lock"));
    }

    /** Whether another service may yet adopt it. */
    static boolean mayBeOfOthers(Candidate one) {
        return one.sign() == Sign.ENVIRONMENT || one.sign() == Sign.INHERITED || one.sign() == Sign.SESSION;
    }

    /**
     * Whether it may be somebody else's who has come by, as {@code sv} does, which goes to each service directory that
     * it is asked for: what was started by the same script as this supervisor looks like what one has left whose
     * orphans are taken by who is above us.
     */
    static boolean mayPassBy(Candidate one) throws PosixException {
        try {
            return one.sign() == Sign.DIRECTORY && new OtherProcess(one.identity()).hasParent();
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            // hidden
            return false;
        }
    }

    /**
     * Whether even one alone may be somebody else's: who has a parent may have been started by that; what it has
     * inherited others have who were started by the same supervisor, as they have its session; any daemon has a session
     * of its own; and after a minute anybody may have come to the service directory, or got what the service has. What
     * {@code run} starts has all of that at once, so a control script is known by its name alone.
     *
     * @param record that says of the start
     */
    static boolean isUnsure(Candidate one, Intent start, UnitRecord record) throws PosixException {
        return one.sign() != Sign.INPUT
                && (one.sign() == Sign.FOSTERED
                        || one.sign() == Sign.INHERITED
                        || one.sign() == Sign.SESSION
                        || !one.isSoonAfter(start.startTick())
                        || (start.program() == Program.SCRIPT && !isScript(one.identity(), record)));
    }

    private static boolean isScript(ProcessIdentity who, UnitRecord record) throws PosixException {
        try {
            return record.script().isPresent()
                    && new OtherProcess(who)
                            .hasArgument(OsString.of(
                                    "control/" + record.script().get().letter()));
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            // hidden, or it has ended
            return false;
        }
    }

    // ---- loggers

    /**
     * Those that read what the service writes, and that nobody else has: nobody but its logger is given that, so they
     * are known by it wherever they are, and whatever has become of their directory.
     *
     * @param recorded the FIFO as a record of the service has it
     */
    List<Candidate> readers(Object owner, Optional<FileStatus.Id> recorded) throws PosixException {
        Optional<FileStatus.Id> left = LogPipe.left(directory.directory());
        Optional<FileStatus.Id> pipe = recorded.or(() -> left);
        // nobody reads from it after a boot, for one, and then there is nothing to look for
        if (pipe.isEmpty() || (pipe.equals(left) && !LogPipe.isRead(directory.directory()))) {
            return List.of();
        }
        return Readers.of(pipe.get()).stream()
                .filter(one -> !system.isAnothers(one.identity(), owner))
                .toList();
    }

    /** What that tells where no record names the logger; empty if nobody reads. */
    Optional<Traces> ofReaders(Object owner, Optional<FileStatus.Id> recorded, Optional<String> unread, Instant now)
            throws PosixException {
        List<Trace> readers =
                readers(owner, recorded).stream().map(one -> trace(one, now)).toList();
        return readers.isEmpty() ? Optional.empty() : Optional.of(Traces.ofReaders(unread, readers));
    }

    // ---- such as no record names

    /**
     * What there is to see of one that no record names; empty if nothing speaks for that there is one. Where a record
     * can be believed, or there is none, only who is named by {@code status} is looked at.
     *
     * @param owner for whom
     * @param unread why the record cannot be believed; empty if it can, or if there is none
     * @param isGone whether there is no record
     * @param record of whatever boot; whom it names has been looked at, and is not it
     * @param listed whom the list of services names, if he runs: then nobody else is looked at
     * @param isUntold whether there is no list that tells anything
     */
    Optional<Traces> traces(
            Role role,
            Object owner,
            Optional<String> unread,
            boolean isGone,
            Optional<UnitRecord> record,
            Optional<Listed> listed,
            boolean isUntold,
            Instant now)
            throws PosixException {
        SuperviseDirectory supervise = directory.supervise(role);
        boolean isGarbage = unread.isPresent();
        if (supervise.isNew() && !isGarbage) {
            return listed.isPresent() || !isGone
                    ? listed.map(run -> Traces.ofListed(role, unread, run))
                    : seemingly(role, owner, isUntold, now);
        }
        Optional<ServiceStatus> told = supervise.readStatus();
        Instant toldAt = supervise.statusWritten().orElse(now);
        if (listed.isPresent()) {
            return Optional.of(new Traces(role, unread, told, toldAt, Optional.empty(), List.of(), listed));
        }
        int pid = told.map(ServiceStatus::pid).orElse(0);
        boolean isOther = pid > 0 && pid != OwnProcess.pid() && !isRecorded(told.get(), record);
        // who is something else here is known
        Optional<ProcessIdentity> named =
                isOther ? Orphans.process(pid).filter(who -> !system.isAnothers(who, owner)) : Optional.empty();
        if (named.isEmpty() && !isGarbage) {
            return isGone && told.isEmpty() ? seemingly(role, owner, isUntold, now) : Optional.empty();
        }
        // an operator's word that it is none of them
        List<Trace> there = supervise.isDenied()
                ? List.of()
                : there(role, owner, isGarbage ? Orphans.look() : Orphans.look(pid)).stream()
                        .map(one -> trace(one, now))
                        .toList();
        Optional<Trace> which = named.map(who -> there.stream()
                .filter(one -> one.who().identity().equals(who))
                .findFirst()
                .orElseGet(() -> new Trace(new Known(who, 0, false), started(who, now))));
        return Optional.of(new Traces(role, unread, told, toldAt, which, there));
    }

    /** What there is to see of another one that {@code status} names, beside the one that a record names. */
    Optional<Traces> beside(Role role, Object owner, ProcessIdentity recorded, Instant now) throws PosixException {
        SuperviseDirectory supervise = directory.supervise(role);
        Optional<ServiceStatus> told = supervise.readStatus();
        int pid = told.map(ServiceStatus::pid).orElse(0);
        boolean isOther = pid > 0 && pid != recorded.pid() && pid != OwnProcess.pid();
        Optional<ProcessIdentity> named = isOther ? Orphans.process(pid) : Optional.empty();
        if (named.isEmpty()) {
            return Optional.empty();
        }
        List<Trace> there = there(role, owner, Orphans.look(pid)).stream()
                .map(one -> trace(one, now))
                .toList();
        Optional<Trace> which = there.stream()
                .filter(one -> one.who().identity().equals(named.get()))
                .findFirst();
        Instant toldAt = supervise.statusWritten().orElse(now);
        return Optional.of(new Traces(role, Optional.empty(), told, toldAt, which, there));
    }

    private static Trace trace(Candidate one, Instant now) {
        return new Trace(new Known(one.identity(), 0, one.leadsGroup()), started(one.identity(), now));
    }

    /**
     * Where there is neither a record nor a {@code status}: those that a supervisor has left, as it seems, unless an
     * operator has said that it is none of them.
     */
    private Optional<Traces> seemingly(Role role, Object owner, boolean isUntold, Instant now) throws PosixException {
        List<Trace> there = others(leftIn(role), owner, now);
        if (!there.isEmpty()) {
            return directory.supervise(role).isDenied()
                    ? Optional.empty()
                    : Optional.of(new Traces(role, Optional.empty(), Optional.empty(), now, Optional.empty(), there));
        }
        List<Trace> hidden = isUntold ? others(hidden(role), owner, now) : List.of();
        return hidden.isEmpty() || directory.supervise(role).isDenied()
                ? Optional.empty()
                : Optional.of(Traces.ofHidden(role, hidden));
    }

    /** Of those into whom we may not look: who has the name of what {@code run} may have become. */
    private List<Candidate> hidden(Role role) throws PosixException {
        List<Orphans.Hidden> all = Orphans.hidden();
        if (all.isEmpty()) {
            return List.of();
        }
        Set<String> programs = programs(role);
        return all.stream()
                .filter(one -> programs.contains(one.program()))
                .map(Orphans.Hidden::who)
                .toList();
    }

    /** Those that nobody else has here. */
    private List<Trace> others(List<Candidate> those, Object owner, Instant now) {
        return those.stream()
                .filter(one -> !system.isAnothers(one.identity(), owner))
                .map(one -> trace(one, now))
                .toList();
    }

    /** What {@code run} may have become; of a program no more than that is known. */
    private Set<String> programs(Role role) throws PosixException {
        try {
            byte[] script = directory
                    .directory()
                    .readFile(OsString.of(role.parent() + "run"), LONGEST_SCRIPT, Directory.Links.FOLLOW);
            return ProgramNames.in(new String(script, StandardCharsets.ISO_8859_1));
        } catch (PosixException e) {
            if (e.mayPass() && !e.is("EIO")) {
                throw e;
            }
            return ProgramNames.in("");
        }
    }

    private List<Candidate> leftIn(Role role) throws PosixException {
        Directory home = directory.directory();
        if (role == Role.SERVICE) {
            return Orphans.leftIn(home);
        }
        try (Directory log = home.directory(OsString.of("log"))) {
            return Orphans.leftIn(log);
        }
    }

    /**
     * Whether both are of one time: the same number may have come again with another boot. A status tells microseconds.
     */
    private static boolean isRecorded(ServiceStatus told, Optional<UnitRecord> record) {
        Instant stamp = told.stamp().truncatedTo(ChronoUnit.MICROS);
        return record.filter(
                        of -> of.status().stamp().truncatedTo(ChronoUnit.MICROS).equals(stamp))
                .flatMap(UnitRecord::process)
                .filter(known -> known.identity().pid() == told.pid())
                .isPresent();
    }

    /**
     * Whom the list of services names as {@code run} of the directory with this number; empty if he has ended, or is
     * somebody else's.
     *
     * @param owner for whom
     */
    Optional<Listed> listed(Role role, Object owner, Remembered remembered, Instant now) throws PosixException {
        if (remembered.runs().isEmpty()) {
            return Optional.empty();
        }
        FileStatus place = directory.statusOf(role);
        ListedRun listed = remembered.runs().get(place.id());
        if (listed == null) {
            return Optional.empty();
        }
        Known run = listed.run();
        if (!run.identity().runs(run.pidfdInode()) || system.isAnothers(run.identity(), owner)) {
            return Optional.empty();
        }
        Trace process = new Trace(run, started(run.identity(), now));
        Optional<Where> where = listed.isSurelyOf(place) ? Optional.of(Where.OURS) : where(run, place.id());
        // of another one with this number, which is gone, it cannot be in here: then the time is wrong, as it is of a
        // copy that an overlay makes when something in a directory changes
        return where.filter(known -> known == Where.OURS || !listed.isOfAnother(place))
                .map(known -> new Listed(process, known));
    }

    /** Whom the list names, whatever has become of him. */
    Optional<Known> remembered(Role role, Remembered remembered) throws PosixException {
        return remembered.runs().isEmpty()
                ? Optional.empty()
                : remembered.run(directory.statusOf(role)).map(ListedRun::run);
    }

    /** Empty if it has ended. */
    private static Optional<Where> where(Known run, FileStatus.Id place) throws PosixException {
        try {
            boolean isHere =
                    new OtherProcess(run.identity()).workingDirectory().id().equals(place);
            return Optional.of(isHere ? Where.OURS : Where.ELSEWHERE);
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            // /proc may hide all of it
            boolean hasEnded =
                    (e.is("ENOENT") || e.is("ESRCH")) && !run.identity().runs(run.pidfdInode());
            return hasEnded ? Optional.empty() : Optional.of(Where.HIDDEN);
        }
    }

    private List<Candidate> there(Role role, Object owner, Orphans orphans) throws PosixException {
        Optional<FileStatus.Id> output = role == Role.LOG ? Optional.empty() : LogPipe.left(directory.directory());
        return orphans.find(Orphans.Intent.ofAnyTime(untilTick, output, directory.place(role))).stream()
                .filter(one -> !isVisitor(one) && !system.isAnothers(one.identity(), owner))
                .toList();
    }

    /** Where nothing says that something was being started, an operator and what he has started there have a parent. */
    private static boolean isVisitor(Candidate one) {
        return one.sign() == Sign.SESSION || one.sign() == Sign.FOSTERED;
    }
}
