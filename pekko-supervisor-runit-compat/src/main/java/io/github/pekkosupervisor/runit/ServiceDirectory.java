package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.config.Oneshots;
import io.github.pekkosupervisor.posix.Account;
import io.github.pekkosupervisor.posix.Cgroup;
import io.github.pekkosupervisor.posix.Custody;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.ListenAddress;
import io.github.pekkosupervisor.posix.OpenFiles;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.UserRights;
import io.github.pekkosupervisor.process.HeldSockets;
import io.github.pekkosupervisor.process.Liveness;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.OneshotAgain;
import io.github.pekkosupervisor.runit.rule.NeedsRule.Needs;
import io.github.pekkosupervisor.runit.rule.NeedsRule.WaitsFor;
import io.github.pekkosupervisor.runit.rule.RestartPolicy;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvState.Again;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import io.github.pekkosupervisor.runit.supervise.FatalException;
import io.github.pekkosupervisor.runit.supervise.Grants;
import io.github.pekkosupervisor.runit.supervise.ReadyFiles;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.Shortcomings;
import io.github.pekkosupervisor.runit.supervise.Shortcomings.Shortcoming;
import io.github.pekkosupervisor.runit.supervise.ShownTree;
import io.github.pekkosupervisor.runit.supervise.SuperviseDirectory;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One service directory with all that runsv holds open in it: the directory itself, the supervise directories and the
 * pipe to the logger.
 *
 * <p>Belongs to the parent of the runsv actor and outlives an actor that fails: its successor goes on with it (see
 * {@link Handover}), and no client of the FIFOs, no unread byte and no byte in the pipe notices. Used by one actor at a
 * time.
 */
final class ServiceDirectory implements AutoCloseable {

    private static final OsString DOWN = OsString.of("down");
    private static final OsString LOG = OsString.of("log");
    private static final OsString LOG_RUN = OsString.of("log/run");
    private static final OsString LOG_DOWN = OsString.of("log/down");
    private static final OsString FINISH = OsString.of("finish");

    /** Of s6. */
    private static final OsString NOTIFICATION_FD = OsString.of("notification-fd");

    private static final OsString HERE = OsString.of(".");
    private static final int LONGEST_NUMBER = 64;
    private static final int ROOT = 0;
    private static final String CONF_NOT_USED = ServiceConf.FILE + " not used";
    private static final String AS_RUNIT = "the service counts as ready when run has been started";

    private static final String GAVE_UP = "gave up";
    private static final String WAITS = "waits for ";

    /** The ok FIFOs of service and logger, and files for a moment. */
    private static final int RESERVE_TO_TELL = 4;

    /** Besides these, the pidfds of both, and a file for a moment. */
    private static final int RESERVE_TO_START = 7;

    /** Besides these, the files that tell what was left here for a moment, and then both ends of the pipe. */
    private static final int RESERVE = 9;

    private final OsString name;
    private final OsString path;
    private final Optional<Grants> usualAccess;
    private final Optional<SuperviseLinks> links;
    private Optional<Grants> access = Optional.empty();
    private Optional<Again> oneshot = Optional.empty();
    private boolean heldBack;
    private final Shortcomings shortcomings = new Shortcomings();
    private @Nullable Directory directory;
    private @Nullable SuperviseDirectory service;
    private @Nullable SuperviseDirectory log;
    private @Nullable LogPipe pipe;
    private @Nullable OwnLog ownLog;
    private @Nullable OwnLog logOfLogger;
    private Optional<Liveness> live = Optional.empty();
    private Optional<TreeConf> tree = Optional.empty();
    private EndPolicy endPolicy = EndPolicy.RUNIT;
    private RunConditions conditions = RunConditions.RUNIT;
    private Optional<RestartPolicy> restarts = Optional.empty();
    private @Nullable HeldSockets sockets;
    private Optional<Needs> needs = Optional.empty();
    private @Nullable ServiceReadiness readiness;
    private @Nullable ReadyFiles readyFiles;
    private Optional<Duration> startTimeout = Optional.empty();
    private Want serviceWant = Want.UP;
    private Want logWant = Want.UP;
    private final List<Directory> reserve = new ArrayList<>();
    private boolean locked;
    private boolean rests;
    private boolean opened;
    private boolean closed;

    /**
     * @param name as it shows in messages
     * @param path where it is, from the JVM's working directory
     */
    ServiceDirectory(OsString name, OsString path) {
        this(name, path, Optional.empty(), Optional.empty());
    }

    /**
     * @param name as it shows in messages
     * @param path where it is, from the JVM's working directory
     * @param usualAccess who may use it, unless it says so itself; empty for modes as runit has them
     * @param links where it gets its {@code supervise}, if it has none; empty for in itself
     */
    ServiceDirectory(OsString name, OsString path, Optional<Grants> usualAccess, Optional<SuperviseLinks> links) {
        this.name = name;
        this.path = path;
        this.usualAccess = usualAccess;
        this.links = links;
    }

    OsString name() {
        return name;
    }

    /** Whether it has been closed; a closed one is of no further use. */
    boolean isClosed() {
        return closed;
    }

    /** How far {@link #open} got. */
    enum Opening {
        /** Everything is open but the ok FIFOs, which open with the first status that is told. */
        DONE,
        /** Another process holds the lock of the service; ask again soon, it may be on its way out. */
        SERVICE_IS_LOCKED,
        /** Another process holds the lock of the log; ask again later. */
        LOG_IS_LOCKED
    }

    /**
     * Opens everything but the pipe, in runsv's order. May be called again if a lock is another's; does nothing once it
     * is done.
     */
    Opening open(Reporter reporter) throws FatalException {
        if (opened) {
            return Opening.DONE;
        }
        if (service == null) {
            openUpToLocks(reporter);
        }
        if (!locked && !service().lock()) {
            return Opening.SERVICE_IS_LOCKED;
        }
        locked = true;
        if (pipe != null && log == null) {
            openLog(reporter);
        }
        if (log != null && !log.lock()) {
            return Opening.LOG_IS_LOCKED;
        }
        if (log != null && ownLog == null) {
            OwnLog.nameUnused(directory(), reporter);
        }
        Optional<Grants> grants = access.or(() -> usualAccess);
        service().openControl(grants.isPresent(), reporter);
        if (log != null) {
            log.openControl(grants.isPresent(), reporter);
        }
        if (grants.isPresent()) {
            grantAccess(grants.get(), reporter);
        }
        showReadiness(reporter);
        showNoTree();
        reserve();
        opened = true;
        return Opening.DONE;
    }

    private void showReadiness(Reporter reporter) {
        // one that is only looked at is ready from its start, and not while it hangs
        if (readiness != null || live.isPresent()) {
            readyFiles = ReadyFiles.make(directory(), reporter);
        } else if (!service().isNew()) {
            ReadyFiles.remove(directory());
        }
    }

    private void grantAccess(Grants grants, Reporter reporter) throws FatalException {
        service().grant(grants, reporter);
        if (log != null) {
            log.grant(grants, reporter);
        }
    }

    /**
     * Where descriptors are scarce some are held for what follows: without them a service that can be opened but
     * neither started nor told of would keep its own from those that could be. One without a logger needs none but for
     * a moment, and there are some left for that. Before that the directory has its descriptor no longer than needed:
     * thousands may have been opened, and none started yet.
     */
    private void reserve() throws FatalException {
        try {
            if (OpenFiles.arePlentiful()) {
                return;
            }
            letDirectoryRest();
            while (pipe != null && OpenFiles.areScarce() && reserve.size() < RESERVE) {
                reserve.add(directory().directory(HERE));
            }
        } catch (PosixException e) {
            throw new FatalException("unable to open supervise/ok", e);
        }
    }

    /** A log of ours has files in it, which are found from its descriptor. */
    private void letDirectoryRest() {
        if (ownLog == null && !rests) {
            rests = true;
            service().letHomeRest();
        }
    }

    /** To be called before it is looked at what was left here. */
    void useReserveToAdopt() {
        useReserve(RESERVE_TO_START);
    }

    /** To be called before a process is started. */
    void useReserveToStart() {
        useReserve(RESERVE_TO_TELL);
    }

    /** To be called before a status is told. */
    void useReserveToTell() {
        useReserve(0);
    }

    /** What follows from a start, or from whatever there was at first, has been done. */
    void isAtWork() {
        letDirectoryRest();
    }

    private void useReserve(int kept) {
        while (reserve.size() > kept) {
            reserve.remove(reserve.size() - 1).close();
        }
    }

    private void openUpToLocks(Reporter reporter) throws FatalException {
        Directory home;
        try {
            home = openIfThereIsRoom();
        } catch (PosixException e) {
            throw new FatalException("unable to change to directory", e);
        }
        directory = home;
        serviceWant = exists(DOWN) ? Want.DOWN : Want.UP;
        readConf(reporter);
        readNotificationFd(reporter);
        if (startTimeout.isPresent() && readiness == null && oneshot.isEmpty()) {
            reporter.warnOfOurs(ServiceConf.FILE + ": start-timeout is not used, since run counts as ready when it has"
                    + " been started; name a sign by ready { }, or leave it out");
        }
        if (hasLog(reporter)) {
            logWant = exists(LOG_DOWN) ? Want.DOWN : Want.UP;
            pipe = new LogPipe(reporter);
        }
        links.ifPresent(elsewhere -> elsewhere.make(home, path, name, "", reporter));
        service = SuperviseDirectory.create(home, "");
    }

    /** Those that are at work are to go on: the last descriptors are for them. */
    private Directory openIfThereIsRoom() throws PosixException {
        if (!OpenFiles.leaveRoom()) {
            Directory.letAllRest();
            if (!OpenFiles.leaveRoom()) {
                EventLoop.letPidfdsGo();
            }
            if (!OpenFiles.leaveRoom()) {
                throw new PosixException("openat", path.toString(), "EMFILE", "the rest is for those at work");
            }
        }
        return Directory.open(path);
    }

    private void openLog(Reporter reporter) throws FatalException {
        try {
            directory().directory(LOG).close();
        } catch (PosixException e) {
            throw new FatalException("unable to change directory to ./log", e);
        }
        links.ifPresent(elsewhere -> elsewhere.make(directory(), path, name, "log/", reporter));
        log = SuperviseDirectory.create(directory(), "log/");
    }

    /** What runsv says where the service's lock stays another's. */
    FatalException lockedOut() {
        return new FatalException(service().lockRefused() + ": temporary failure");
    }

    private boolean hasLog(Reporter reporter) {
        try {
            Optional<FileStatus> status = lookTwice(LOG);
            if (status.isPresent() && !status.get().isDirectory()) {
                reporter.warn("./log: not a directory.");
            }
            return status.filter(FileStatus::isDirectory).isPresent();
        } catch (PosixException e) {
            reporter.warn("unable to stat() ./log: ", e);
            return false;
        }
    }

    private boolean exists(OsString file) {
        try {
            return lookTwice(file).isPresent();
        } catch (PosixException e) {
            // what cannot be seen does not count, as for runsv
            return false;
        }
    }

    /** For what is asked once and counts for good, one refusal is none. */
    private Optional<FileStatus> lookTwice(OsString file) throws PosixException {
        try {
            return directory().statusIfPresent(file);
        } catch (PosixException e) {
            return directory().statusIfPresent(file);
        }
    }

    /**
     * What is to stay open while this process becomes another program: nobody is to get the locks meanwhile, and what
     * is in the FIFOs is not to be lost. To be followed by {@link #letGo} if it does not.
     *
     * @throws PosixException if there are not so many descriptors
     */
    List<Descriptor> lasting() throws PosixException {
        List<Descriptor> all = new ArrayList<>();
        if (service != null && !closed) {
            all.addAll(service.lasting());
        }
        if (log != null && !closed) {
            all.addAll(log.lasting());
        }
        pipe().ifPresent(open -> {
            open.readEnd().ifPresent(all::add);
            open.writeEnd().ifPresent(all::add);
        });
        return all;
    }

    /** What needs no descriptor has none again. */
    void letGo() {
        if (service != null && !closed) {
            service.letGo();
        }
        if (log != null && !closed) {
            log.letGo();
        }
    }

    /** The service directory itself, wherever it has been moved to. */
    Directory directory() {
        if (directory == null) {
            throw new IllegalStateException("service directory " + path + " is not open");
        }
        return directory;
    }

    SuperviseDirectory supervise(Role role) {
        return switch (role) {
            case SERVICE -> service();
            case LOG -> {
                if (log == null) {
                    throw new IllegalStateException("service directory " + path + " has no logger");
                }
                yield log;
            }
        };
    }

    private SuperviseDirectory service() {
        if (service == null) {
            throw new IllegalStateException("service directory " + path + " is not open");
        }
        return service;
    }

    /** The directory in which {@code run} of a unit is. */
    FileStatus.Id place(Role role) throws PosixException {
        return statusOf(role).id();
    }

    /** What there is to know of that directory. */
    FileStatus statusOf(Role role) throws PosixException {
        return directory().status(role == Role.LOG ? LOG : HERE);
    }

    /** Whether {@code finish} is there to be read; it need not be executable. */
    boolean finishPresent() {
        if (!exists(FINISH)) {
            return false;
        }
        try (Descriptor readable = directory().openRead(FINISH)) {
            return readable.number() >= 0;
        } catch (PosixException e) {
            // it is there: where it cannot be tried now it counts; otherwise it cannot be read, and does not
            return e.mayPass();
        }
    }

    /** What a file stands for; empty if there is none. */
    Optional<FileStatus> status(OsString file) throws PosixException {
        return directory().statusIfPresent(file);
    }

    /** Where the service writes to its logger; empty without a logger, or when the pipe has been closed. */
    Optional<Descriptor> pipeIn() {
        return pipe().flatMap(LogPipe::writeEnd);
    }

    /** Where the logger reads. */
    Optional<Descriptor> pipeOut() {
        return pipe().flatMap(LogPipe::readEnd);
    }

    /** The pipe to the logger; empty without a logger. */
    Optional<LogPipe> pipe() {
        return Optional.ofNullable(pipe);
    }

    void closePipe() {
        pipe().ifPresent(LogPipe::close);
    }

    /** A new pipe, of which the logger that reads from the one before knows nothing. */
    void renewPipe(Posix posix) throws PosixException {
        if (pipe != null) {
            pipe.renew(directory(), posix);
        }
    }

    /** To be called before a process is started: a pipe that could not be renewed is so now. */
    void openPipeIfMissing(Posix posix) throws PosixException {
        if (pipe != null && !pipe.isOpen()) {
            pipe.renew(directory(), posix);
        }
    }

    /** How it is known whether {@code run} still works; empty if nobody looks. */
    Optional<Liveness> live() {
        return live;
    }

    /** By which the control group of {@code run} is found again; empty if that cannot be told now. */
    Optional<String> cgroupName() {
        try {
            FileStatus.Id id = directory().status().id();
            String shown = path.toString();
            return Optional.of(Cgroup.nameOf(
                    shown.substring(shown.lastIndexOf('/') + 1),
                    "service directory " + id.device() + " " + id.inode()));
        } catch (PosixException e) {
            return Optional.empty();
        }
    }

    /** How {@code run} ends, and who with it. */
    EndPolicy endPolicy() {
        return endPolicy;
    }

    /** As whom {@code run} runs, with which variables, and how it is held. */
    RunConditions conditions() {
        return conditions;
    }

    /** When {@code run} is started again; empty for runit's way. */
    Optional<RestartPolicy> restarts() {
        return restarts;
    }

    /** Which others are to be ready before it; empty for none. */
    Optional<Needs> needs() {
        return needs;
    }

    /** It waits for another one, or no more: that is to be seen for as long as it is so. */
    void showWaiting(Optional<WaitsFor> whom, Reporter reporter) {
        Optional<Shortcoming> wrong =
                whom.map(other -> new Shortcoming(WAITS + other.name(), "run waits for " + other.inWords()));
        if (shortcomings.only(WAITS, wrong)) {
            shortcomings.write(directory(), false, reporter);
        }
    }

    /** It has failed too often, or has not: that is to be seen for as long as it is so. */
    void showGivenUp(Optional<String> inWords, Reporter reporter) {
        boolean isNews = inWords.isPresent() ? shortcomings.put(GAVE_UP, inWords.get()) : shortcomings.remove(GAVE_UP);
        if (isNews) {
            shortcomings.write(directory(), false, reporter);
        }
    }

    /** With the sockets that are kept open for {@code run}. */
    ProcessSpec withSockets(ProcessSpec run) {
        return sockets == null ? run : run.withHeldSockets(sockets);
    }

    /** {@code run} has been taken over from another launcher: its sockets are to stay open after its end. */
    void takeSockets(int pid, Reporter reporter) {
        if (sockets == null) {
            return;
        }
        try {
            List<ListenAddress> missing = sockets.takeFrom(pid, conditions.sockets());
            if (!missing.isEmpty()) {
                reporter.warnOfOurs("run, which has been taken over, does not wait at " + missing
                        + "; it is opened at the next start");
            }
        } catch (PosixException e) {
            reporter.warnOfOurs(
                    "sockets of run, which has been taken over, cannot be kept open over its next restart, and who connects"
                            + " in that moment is refused: " + e.getMessage());
        }
    }

    /** That is begun: who looks from outside sees what is in it. */
    void showTree(TreeConf begun, Reporter reporter) {
        Optional<Account> user;
        try {
            user = begun.user().isPresent()
                    ? Optional.of(Account.of(begun.user().get()))
                    : Optional.empty();
        } catch (PosixException e) {
            // nobody is known by that name, which its start tells
            return;
        }
        try {
            new ShownTree(begun.directory(), user).write(directory());
        } catch (PosixException e) {
            reporter.warnOfOurs(
                    "unable to write supervise/.tree, by which pekko-supervisor status shows what is in the tree", e);
        }
    }

    /** A predecessor had one. */
    private void showNoTree() {
        if (tree.isEmpty() && !service().isNew()) {
            try {
                ShownTree.remove(directory());
            } catch (PosixException e) {
                // it is shown as it was, for as long as something else runs
            }
        }
    }

    /** What is supervised here in the place of {@code run}; empty if {@code run} is a program. */
    Optional<TreeConf> tree() {
        return tree;
    }

    /** The log that we write ourselves; empty if there is none, or a logger process. */
    Optional<OwnLog> ownLog() {
        return Optional.ofNullable(ownLog);
    }

    /** We write the log of a logger process from now on; it is kept here for who comes after an actor that fails. */
    void writesLogOfLogger(OwnLog written) {
        logOfLogger = written;
    }

    /**
     * Lets go of that log, on which nobody works any more.
     *
     * @return whether there was one
     */
    boolean leaveLogOfLogger() {
        if (logOfLogger == null) {
            return false;
        }
        logOfLogger.abandon();
        logOfLogger = null;
        return true;
    }

    /**
     * Reads {@code service.conf}. What is wrong with it is told, and the service goes on without; what the system
     * cannot give now is no reason to go without a log for good.
     */
    private void readConf(Reporter reporter) throws FatalException {
        live = Optional.empty();
        tree = Optional.empty();
        byte[] file = {};
        boolean isKnown = false;
        endPolicy = EndPolicy.RUNIT;
        conditions = RunConditions.RUNIT;
        restarts = Optional.empty();
        needs = Optional.empty();
        try {
            if (directory().linkStatusIfPresent(ServiceConf.FILE).isEmpty()) {
                return;
            }
            file = directory().readFile(ServiceConf.FILE, ForeignHocon.LONGEST, Directory.Links.REFUSE);
            ServiceConf conf = ServiceConf.parse(file, UserRights.areBorrowed());
            if (conf.oneshot().isPresent()) {
                heldBack = !isInCustody("oneshot", ServiceConf.MEND, reporter);
                oneshot = conf.oneshot().map(again -> again == OneshotAgain.ONCE ? Again.ONCE : Again.GROUP);
            }
            if (conf.access().isPresent() && isInCustody("access", ServiceConf.MEND, reporter)) {
                access = conf.access();
            }
            if (conf.live().isPresent() && isInCustody("live", ServiceConf.MEND, reporter)) {
                live = conf.live();
            }
            if (conf.ready().isPresent() && isInCustody("ready", ServiceConf.MEND, reporter)) {
                readiness = new ServiceReadiness(
                        conf.ready().get(), conf.startTimeout().orElse(ServiceReadiness.NO_LIMIT));
            }
            if (conf.startTimeout().isPresent() && isInCustody("start-timeout", ServiceConf.MEND, reporter)) {
                startTimeout = conf.startTimeout();
            }
            endPolicy = inCustody(conf.end().keys(), reporter) ? conf.end() : EndPolicy.RUNIT;
            takeUp(conf.conditions(), reporter);
            restarts = inCustody(conf.restarts().keys(), reporter)
                    ? conf.restarts().policy()
                    : Optional.empty();
            needs = inCustody(conf.needs().keys(), reporter) ? conf.needs().needs() : Optional.empty();
            takeUp(conf.tree(), reporter);
            isKnown = true;
            if (conf.log().isEmpty()) {
                return;
            }
            if (exists(LOG_RUN)) {
                isNotUsed(
                        "log of " + ServiceConf.FILE + " not used",
                        ServiceConf.FILE + ": log is not used, since there is log/run; remove one of them",
                        reporter);
                return;
            }
            if (isInCustody("log", OwnLog.MEND, reporter)) {
                ownLog = OwnLog.create(conf.log().get(), directory());
            }
        } catch (ServiceConf.MistakenException e) {
            e.lines().forEach(line -> isNotUsed(CONF_NOT_USED, line, reporter));
            if (Oneshots.areMeant(new String(file, StandardCharsets.UTF_8))) {
                heldBack = true;
                oneshot = Optional.of(Again.GROUP);
            }
            if (Oneshots.isUserMeant(new String(file, StandardCharsets.UTF_8))) {
                conditions = RunConditions.UNKNOWN;
            }
        } catch (PosixException e) {
            // one that is replaced may have gone for a moment
            if (e.mayPass() || (e.is("ENOENT") && !exists(ServiceConf.FILE))) {
                boolean making = e.call().equals("mkdirat");
                throw new FatalException("unable to " + (making ? "make log" : "read " + ServiceConf.FILE), e);
            }
            if (e.call().equals("mkdirat")) {
                reporter.warnOfOurs("unable to make log", e);
            } else {
                isNotUsed(CONF_NOT_USED, "unable to read " + ServiceConf.FILE + ": " + whyUnread(e), reporter);
                if (!isKnown) {
                    conditions = unread(e.is("ELOOP"));
                }
            }
        }
    }

    /**
     * What follows for {@code run} where {@code service.conf} cannot be read: better it does not run at all than with
     * more rights. A launcher that is not root's has none to lose, nor has one that has borrowed another's. A link is
     * followed to see whether it leads to one that seems to name a user, and for nothing else.
     */
    private RunConditions unread(boolean isLink) {
        if (UserRights.areBorrowed()) {
            return RunConditions.RUNIT;
        }
        if (isLink) {
            try {
                byte[] linked = directory().readFile(ServiceConf.FILE, ForeignHocon.LONGEST, Directory.Links.FOLLOW);
                return Oneshots.isUserMeant(new String(linked, StandardCharsets.UTF_8))
                        ? RunConditions.UNKNOWN
                        : RunConditions.RUNIT;
            } catch (PosixException e) {
                // then it is as unknown as any
                return ofUnread();
            }
        }
        return ofUnread();
    }

    private static RunConditions ofUnread() {
        return OwnProcess.user() == ROOT ? RunConditions.UNREAD : RunConditions.RUNIT;
    }

    private void takeUp(Optional<TreeConf> said, Reporter reporter) throws PosixException {
        if (said.isPresent() && isInCustody("tree", ServiceConf.MEND, reporter)) {
            tree = said;
        } else if (said.isPresent()) {
            // there may be a run, and it would be started with more rights
            conditions = RunConditions.UNKNOWN;
        }
    }

    private void takeUp(RunConditions said, Reporter reporter) throws PosixException {
        if (inCustody(said.keys(), reporter)) {
            conditions = said;
            if (!said.sockets().isEmpty()) {
                FileStatus.Id id = directory().status().id();
                sockets = new HeldSockets("service directory " + id.device() + " " + id.inode());
                sockets.resume(said.sockets());
            }
        } else if (said.nameUser()) {
            // better not at all than with more rights
            conditions = RunConditions.UNKNOWN;
        }
    }

    /** This is said, and to be seen later by who looks at the service. */
    private void isNotUsed(String what, String why, Reporter reporter) {
        reporter.warnOfOurs(why);
        shortcomings.add(what, why);
    }

    /**
     * Says if {@code run} is not started by itself since it may be a oneshot, which must not run again and again; and
     * leaves behind what is wrong. To be called when it is known who says when it is started.
     *
     * @param isByOrders whether a supervisor does, for whom there are no oneshots here
     */
    void showShortcomings(boolean isByOrders, Reporter reporter) {
        if (!conditions.areKnown()) {
            isNotUsed(
                    "run not started",
                    "run is not started, since " + ServiceConf.FILE + " " + conditions.whyUnknown()
                            + "; correct that and have it read again, by sv exit",
                    reporter);
        } else if (heldBack && !isByOrders) {
            isNotUsed(
                    "run not started",
                    "run is not started by itself, since it seems to be a oneshot and " + ServiceConf.FILE
                            + " cannot be used; correct that and have it read again, by sv exit, or start run by sv once",
                    reporter);
        }
        shortcomings.write(directory(), service().isNew(), reporter);
    }

    /** A program could not be run: that is to be seen for as long as it is so. */
    void cannotRun(ServiceEvent.NotRun notRun, Reporter reporter) {
        if (shortcomings.put(cannotBeStarted(notRun.program()), Trouble.unableToStart(notRun))) {
            shortcomings.write(directory(), false, reporter);
        }
    }

    /** It was. */
    void isRun(ServiceEvent.Program program, Reporter reporter) {
        if (shortcomings.remove(cannotBeStarted(program))) {
            shortcomings.write(directory(), false, reporter);
        }
    }

    private static String cannotBeStarted(ServiceEvent.Program program) {
        return program.name().toLowerCase(Locale.ROOT) + " cannot be started";
    }

    /**
     * Whether {@code run} is not started by itself: it may be a oneshot, or another user's, of which no more is known.
     */
    boolean isHeldBack() {
        return heldBack || !conditions.areKnown();
    }

    /** Whether {@code run} is over when it has ended well; and then whether it is run again at the next start. */
    Optional<Again> oneshot() {
        return oneshot;
    }

    /** How long {@code run} may take until it is over, if it is a oneshot; empty for as long as it takes. */
    Optional<Duration> oneshotLimit() {
        return oneshot.flatMap(again -> startTimeout);
    }

    /** As s6 has it; what {@code service.conf} says has precedence. */
    private void readNotificationFd(Reporter reporter) {
        if (readiness != null || !exists(NOTIFICATION_FD)) {
            return;
        }
        if (oneshot.isPresent()) {
            reporter.warnOfOurs(
                    NOTIFICATION_FD + " is not used, since a oneshot is ready when it is done; remove it, or"
                            + " leave out oneshot in " + ServiceConf.FILE);
            return;
        }
        try {
            byte[] file = directory().readFile(NOTIFICATION_FD, LONGEST_NUMBER, Directory.Links.FOLLOW);
            readiness = new ServiceReadiness(
                    ServiceReadiness.ofNotificationFile(file), startTimeout.orElse(ServiceReadiness.NO_LIMIT));
        } catch (PosixException e) {
            isNotUsed(
                    NOTIFICATION_FD + " not used",
                    "unable to read " + NOTIFICATION_FD + ", " + AS_RUNIT + ": " + ErrorText.of(e),
                    reporter);
        } catch (IllegalArgumentException e) {
            isNotUsed(
                    NOTIFICATION_FD + " not used",
                    NOTIFICATION_FD + " is not used: " + e.getMessage() + "; " + AS_RUNIT,
                    reporter);
        }
    }

    /** By which sign it is ready; empty if it is as soon as {@code run} has been started. */
    Optional<ServiceReadiness> readiness() {
        return Optional.ofNullable(readiness);
    }

    /** What tells that it is ready; empty if that is so for as long as {@code run} runs. */
    Optional<ReadyFiles> readyFiles() {
        return Optional.ofNullable(readyFiles);
    }

    private boolean inCustody(List<String> keys, Reporter reporter) throws PosixException {
        boolean inCustody = true;
        for (String key : keys) {
            inCustody = isInCustody(key, ServiceConf.MEND, reporter) && inCustody;
        }
        return inCustody;
    }

    /** Whether nobody else can have said that; if somebody can, this is told, and what to do. */
    private boolean isInCustody(String key, String mend, Reporter reporter) throws PosixException {
        Optional<String> breach = Custody.breach(directory());
        if (breach.isEmpty()) {
            breach = Custody.breach(directory(), ServiceConf.FILE);
        }
        breach.ifPresent(why -> isNotUsed(
                key + " of " + CONF_NOT_USED,
                ServiceConf.FILE + ": " + key + " is not used: " + why + "; " + mend,
                reporter));
        return breach.isEmpty();
    }

    static String whyUnread(PosixException e) {
        return switch (e.errno()) {
            case "EFBIG" -> "it is longer than " + ForeignHocon.LONGEST + " bytes";
            case "ELOOP" -> "it is a link, which is not followed; it must be a regular file";
            case "EISDIR", "EINVAL" -> "it is not a regular file";
            default -> ErrorText.of(e);
        };
    }

    /**
     * What is wanted of a process at the beginning: up, unless there is a file {@code down}; also if it is held back.
     */
    Want firstWant(Role role) {
        return role == Role.LOG ? logWant : serviceWant;
    }

    /** Which has had a file {@code down} at the beginning. */
    Set<ServiceEvent.Unit> normallyDown() {
        Set<ServiceEvent.Unit> down = EnumSet.noneOf(ServiceEvent.Unit.class);
        if (serviceWant == Want.DOWN) {
            down.add(ServiceEvent.Unit.SERVICE);
        }
        if (logWant == Want.DOWN) {
            down.add(ServiceEvent.Unit.LOG);
        }
        return down;
    }

    /** Whether there is a file {@code down} now. */
    boolean isToBeDown() {
        return exists(DOWN);
    }

    /** The same with what the files {@code down} say now. */
    ServiceSnapshot withNormallyUp(ServiceSnapshot known) {
        return known.service().isEmpty() ? known : known.withNormallyUp(!exists(DOWN), !exists(LOG_DOWN));
    }

    /** Whether there is a logger, be it a process or our own. */
    boolean hasLog() {
        return log != null;
    }

    /**
     * Leaves behind that supervision is over, and nothing of it runs.
     *
     * @param isDone whether it is a oneshot that has ended well
     */
    void recordEnd(Instant now, boolean isDone) {
        if (!opened) {
            return;
        }
        Reporter silent = new Reporter("runsv", name, line -> {});
        recordEnd(service(), now, isDone, silent);
        if (log != null) {
            recordEnd(log, now, false, silent);
        }
    }

    private static void recordEnd(SuperviseDirectory supervise, Instant now, boolean isDone, Reporter silent) {
        ServiceStatus down = new ServiceStatus(now, 0, false, false, Want.EXIT, ServiceStatus.State.DOWN);
        UnitRecord end = UnitRecord.beginning(supervise.supervisor(now), down);
        supervise.writeState(isDone ? end.asDone() : end, silent);
    }

    @Override
    public void close() {
        closed = true;
        useReserveToTell();
        closePipe();
        if (ownLog != null) {
            ownLog.close();
        }
        leaveLogOfLogger();
        if (sockets != null) {
            sockets.close();
        }
        if (log != null) {
            log.close();
        }
        if (service != null) {
            service.close();
        }
        if (directory != null) {
            directory.close();
        }
    }
}
