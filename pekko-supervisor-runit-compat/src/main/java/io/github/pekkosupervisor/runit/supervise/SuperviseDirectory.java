package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Directory.Links;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.HeldLock;
import io.github.pekkosupervisor.posix.KeptDescriptors;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Supervisor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One {@code supervise} directory: the lock, the two FIFOs, and the files that tell the world about a process.
 *
 * <p>Outlives the actor that uses it, so that a successor finds the FIFO's unread bytes, the lock still held and the
 * last status told.
 */
public final class SuperviseDirectory implements AutoCloseable {

    private static final int DIRECTORY_MODE = 0700;
    private static final int PRIVATE_MODE = 0600;
    private static final int LINK_LIMIT = 256;

    private static final String HERE = "supervise/";

    private final Directory home;
    private final String parent;
    private final String path;
    private final HeldLock lock;
    private final boolean isNew;
    private final boolean isInPlace;
    private final OkFifo ok;
    private @Nullable Descriptor control;
    private @Nullable ServiceStatus told;
    private @Nullable Supervisor supervisor;
    private boolean denied;
    private final Complaints complaints = new Complaints();
    private final StatusFiles files;
    private final StateStore state;

    private SuperviseDirectory(Directory home, String parent, HeldLock lock, Made made, int toldPid) {
        this.home = home;
        this.parent = parent;
        this.path = parent.isEmpty() ? HERE : parent + HERE;
        this.lock = lock;
        this.isNew = made == Made.NOW;
        this.isInPlace = made != Made.ELSEWHERE;
        this.ok = new OkFifo(home, path, isNew);
        this.files = new StatusFiles(home, path, toldPid, complaints);
        this.state = new StateStore(home, path);
    }

    /**
     * Creates the directory where needed and opens its lock, without taking it.
     *
     * @param home the service directory
     * @param parent empty, or {@code log/}
     */
    public static SuperviseDirectory create(Directory home, String parent) throws FatalException {
        Made made = makeDirectory(home, parent);
        OsString name = OsString.of(parent + "supervise/lock");
        try {
            // the first pid file of a logger appears with its first start
            int neverTold = parent.isEmpty() ? -1 : 0;
            Descriptor opened = KeptDescriptors.ofThisJvm().inPlaceOf(openLock(home, name));
            HeldLock lock = new HeldLock(opened, () -> openLockAgain(home, name));
            return new SuperviseDirectory(home, parent, lock, made, neverTold);
        } catch (PosixException e) {
            throw new FatalException("unable to open " + name, e);
        }
    }

    private static Descriptor openLock(Directory home, OsString name) throws PosixException {
        try {
            return home.openReadWrite(name, PRIVATE_MODE, Links.REFUSE);
        } catch (PosixException e) {
            if (!e.is("EACCES")) {
                throw e;
            }
            // it need not be readable, and then it keeps a descriptor
            return home.openAppend(name, PRIVATE_MODE, Links.REFUSE);
        }
    }

    private static Descriptor openLockAgain(Directory home, OsString name) throws PosixException {
        return home.openReadWrite(name, Links.REFUSE);
    }

    /** Whether there was a directory. */
    private enum Made {
        NOW,
        BEFORE,
        /** There is something else in its place, a link to it as a rule. */
        ELSEWHERE
    }

    /** A link whose target is missing gets its target made, as runsv does. */
    private static Made makeDirectory(Directory home, String parent) throws FatalException {
        OsString name = OsString.of(parent + "supervise");
        OsString target;
        try {
            if (home.makeDirectory(name, DIRECTORY_MODE)) {
                return Made.NOW;
            }
            FileStatus there = home.linkStatus(name);
            if (!there.isLink()) {
                return there.isDirectory() ? Made.BEFORE : Made.ELSEWHERE;
            }
            target = home.readLink(name);
        } catch (PosixException e) {
            if (e.call().equals("readlinkat")) {
                throw new FatalException("unable to readlink ./" + name, e);
            }
            // the trouble shows again, in runsv's words, when the lock is opened
            return Made.ELSEWHERE;
        }
        if (target.length() >= LINK_LIMIT) {
            throw new FatalException("unable to readlink ./" + name + ": name too long");
        }
        try {
            home.makeDirectory(
                    target.startsWith("/") ? target : OsString.of(parent).plus(target), DIRECTORY_MODE);
        } catch (PosixException e) {
            // opening the lock will tell what is wrong
        }
        return Made.ELSEWHERE;
    }

    /**
     * Takes the lock.
     *
     * @return false if another process holds it
     */
    public boolean lock() throws FatalException {
        try {
            lock.take();
            return true;
        } catch (PosixException e) {
            if (e.is("EAGAIN")) {
                return false;
            }
            throw new FatalException(lockRefused(), e);
        }
    }

    /** The words for a lock that was not given. */
    public String lockRefused() {
        return "unable to lock " + path + "lock";
    }

    /**
     * Makes the control FIFO and opens it at both ends, so that neither a reader nor a writer ever misses the other;
     * and sees that there can be an ok FIFO.
     *
     * @param isForOthers whether others are to be let in by {@link #grant}
     */
    public void openControl(boolean isForOthers, Reporter reporter) throws FatalException {
        OsString name = OsString.of(path + "control");
        makeFifo(name);
        FileStatus made;
        try {
            made = home.linkStatus(name);
        } catch (PosixException e) {
            throw new FatalException("unable to stat " + name, e);
        }
        if (!made.isFifo()) {
            throw new FatalException(name + " exists but is not a fifo");
        }
        ok.prepare(made, isForOthers, reporter);
        try {
            control = home.openReadWrite(name, Links.REFUSE);
            KeptDescriptors.ofThisJvm().isOpen(control);
        } catch (PosixException e) {
            throw new FatalException("unable to open " + name, e);
        }
    }

    private void makeFifo(OsString name) {
        try {
            home.makeFifo(name, PRIVATE_MODE);
        } catch (PosixException e) {
            // the trouble shows again, in runsv's words, when it is opened
        }
    }

    /**
     * Lets others use it, whatever the umask is and the modes were: to be called when the FIFOs are there. A group that
     * nothing can be given to is told of, and then nobody is let in but whom the modes let in without one.
     */
    public void grant(Grants grants, Reporter reporter) throws FatalException {
        files.haveExactModes();
        new SuperviseAccess(home, path).grant(grants, reporter);
    }

    /** Whether clients see that somebody supervises. */
    public boolean isOpen() {
        return ok.isOpen();
    }

    /**
     * What is to stay open while this process becomes another program; to be followed by {@link #letGo} if it does not.
     *
     * @throws PosixException if there is no descriptor for the lock
     */
    public List<Descriptor> lasting() throws PosixException {
        List<Descriptor> all = new ArrayList<>();
        lock.keep().ifPresent(all::add);
        if (control != null) {
            all.add(control);
        }
        ok.descriptor().ifPresent(all::add);
        return all;
    }

    /** What needs no descriptor has none again. */
    public void letGo() {
        lock.letGo();
    }

    /**
     * From now on the service directory has a descriptor only while it is used; to be called when {@link #control} is
     * open, by which it is found again. Not where what is in this directory is elsewhere, since that would not tell.
     */
    public void letHomeRest() {
        if (isInPlace && control != null) {
            home.mayRest(control, OsString.of(path + "control"));
        }
    }

    /** Where commands come in. */
    public Descriptor control() {
        if (control == null) {
            throw new IllegalStateException(path + "control is not open");
        }
        return control;
    }

    /** The last status that was told, or was to be told. */
    public Optional<ServiceStatus> told() {
        return Optional.ofNullable(told);
    }

    /**
     * Rewrites pid, stat and status, so far as they change, each at once. With the first status clients are let in,
     * since it is what they read next.
     *
     * @return false if one of them could not be written; the reporter has been told, once for each cause, and what
     *     follows it was left
     */
    public boolean publish(ServiceStatus status, Reporter reporter) {
        told = status;
        boolean written = files.write(status, isOurselves(status.pid()), reporter);
        boolean published = openOk(reporter) && written;
        if (published) {
            complaints.clear();
        }
        return published;
    }

    /** From now on clients see that somebody supervises. */
    private boolean openOk(Reporter reporter) {
        try {
            ok.open();
            return true;
        } catch (PosixException e) {
            complaints.tell("unable to read " + path + "ok", e, reporter);
            return false;
        }
    }

    /** A command has come in: whoever has been let in to look may give them too, if both FIFOs are one. */
    public void wasCommanded(Reporter reporter) {
        ok.lookAtRights(reporter);
    }

    // ---- what is left behind for the supervisor after this one

    /**
     * What the last supervisor has left; to be asked when the lock is held, and before anything is written.
     *
     * @throws PosixException if that cannot be known now
     */
    public StateFile.Read readState() throws PosixException {
        return state.read();
    }

    /** Whether there was none before, so that nobody has left anything in it. */
    public boolean isNew() {
        return isNew;
    }

    /**
     * What {@code status} says, whoever has written it; empty if there is none, or what nobody writes.
     *
     * @throws PosixException if that cannot be known now
     */
    public Optional<ServiceStatus> readStatus() throws PosixException {
        try {
            return StatusBytes.parse(home.readFile(OsString.of(path + "status"), StatusBytes.LENGTH, Links.REFUSE));
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /**
     * Whether {@code status} is empty, as no supervisor ever leaves it: an operator's word that none of the processes
     * that may be the unit's, and of which that is not certain, is it.
     *
     * @throws PosixException if that cannot be known now
     */
    public boolean isDenied() throws PosixException {
        denied = home.linkStatusIfPresent(OsString.of(path + "status"))
                .filter(status -> status.isRegularFile() && status.size() == 0)
                .isPresent();
        return denied;
    }

    /** If that was said, it has been heeded: of whom is started next nobody has said it. */
    public void endDenial() throws PosixException {
        if (denied) {
            home.remove(OsString.of(path + "status"));
            denied = false;
        }
    }

    /**
     * When that was written; empty if there is none by now.
     *
     * @throws PosixException if that cannot be known now
     */
    public Optional<Instant> statusWritten() throws PosixException {
        return home.linkStatusIfPresent(OsString.of(path + "status")).map(FileStatus::modified);
    }

    /**
     * The same of a service directory that is looked at from outside.
     *
     * @param parent empty, or {@code log/}
     */
    public static StateFile.Read readState(Directory home, String parent) throws PosixException {
        return StateStore.read(home, StateStore.name(parent + "supervise/"));
    }

    /**
     * Who else could have written what the last supervisor has left; empty if nobody could.
     *
     * @param file {@link #stateFile} or {@link #statusFile}
     */
    public Optional<Stranger> stranger(String file) throws PosixException {
        return Stranger.of(home, parent, file.substring(path.length()));
    }

    /** The name, from the service directory, of the file that tells clients. */
    public String statusFile() {
        return path + "status";
    }

    /** The name, from the service directory, of the file for that. */
    public String stateFile() {
        return StateStore.name(path).toString();
    }

    /**
     * Leaves a record in place of the last one, unless it says the same.
     *
     * @return false if it could not be written, which has been told, once for each cause; it is to be tried again with
     *     {@link #catchUp}
     */
    public boolean writeState(UnitRecord record, Reporter reporter) {
        return state.write(record, reporter);
    }

    /** The next record is written even if it says the same as the last one, so that it is seen whether it can be. */
    public void stateMustBeWritten() {
        state.mustBeWritten();
    }

    /** Why the last record could not be written; empty if it could. */
    public Optional<PosixException> stateRefusal() {
        return state.refusal();
    }

    /** Writes the last record, if it could not be written when it was due. */
    public void catchUp(Reporter reporter) {
        state.catchUp(reporter);
    }

    /**
     * Who supervises: this process, as far as it can be known now, since when this was first asked.
     *
     * @param now the time
     */
    public Supervisor supervisor(Instant now) {
        if (supervisor == null) {
            supervisor = new Supervisor(identityOfOurs(), now, id());
        } else if (supervisor.identity().startTicks() == 0) {
            // there was no descriptor for the file that tells
            supervisor = new Supervisor(identityOfOurs(), supervisor.since(), supervisor.home());
        }
        return supervisor;
    }

    /** It is open, and its number stays the same wherever it is moved. */
    private Optional<FileStatus.Id> id() {
        try {
            return Optional.of(home.status().id());
        } catch (PosixException e) {
            // the next supervisor believes the record all the same
            return Optional.empty();
        }
    }

    /** Whether a pid is that of this JVM, which writes a log itself: nobody is to signal it for the logger. */
    public static boolean isOurselves(int pid) {
        return pid == Ourselves.PID;
    }

    /** Who supervises here: this process. */
    public static ProcessIdentity identityOfOurs() {
        return Ourselves.identity();
    }

    /** Empty, or {@code log/}. */
    String parent() {
        return parent;
    }

    @Override
    public void close() {
        ok.close();
        if (control != null) {
            control.close();
        }
        lock.close();
    }
}
