package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Directory.Links;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One {@code supervise} directory: the lock, the two FIFOs, and the files that tell the world about a process.
 *
 * <p>Outlives the actor that uses it, so that a successor finds the FIFO's unread bytes, the lock still held and the
 * last status told.
 */
public final class SuperviseDirectory implements AutoCloseable {

    /**
     * Names the process more surely than {@code pid} does; hidden from a plain listing, which runit's users compare.
     */
    private static final String IDENTITY = ".identity";

    /** Tells what runit's files do not, and is hidden as the other one is. */
    private static final String HISTORY = ".history";

    private static final int OURSELVES = (int) ProcessHandle.current().pid();

    private static final int DIRECTORY_MODE = 0700;
    private static final int PRIVATE_MODE = 0600;
    private static final int PUBLIC_MODE = 0644;
    private static final int LINK_LIMIT = 256;

    private final Directory home;
    private final String parent;
    private final String path;
    private final Descriptor lock;
    private @Nullable Descriptor control;
    private @Nullable Descriptor ok;
    private @Nullable ServiceStatus told;
    private int toldPid;
    private RunHistory history = RunHistory.beginning(identityOf(OURSELVES));
    private boolean historyTold;
    private @Nullable String historyTrouble;
    private @Nullable ProcessIdentity identityUntold;
    private final Set<String> complaints = new HashSet<>();

    private SuperviseDirectory(Directory home, String parent, Descriptor lock, int toldPid) {
        this.home = home;
        this.parent = parent;
        this.path = parent + "supervise/";
        this.lock = lock;
        this.toldPid = toldPid;
    }

    /** As far as it can be known now: it is read from a file, for which there may be no descriptor. */
    private static ProcessIdentity identityOf(int pid) {
        return ProcessIdentity.ofRunning(pid).orElseGet(() -> new ProcessIdentity(pid, 0, ""));
    }

    /**
     * Creates the directory where needed and opens its lock, without taking it.
     *
     * @param home the service directory
     * @param parent empty, or {@code log/}
     */
    public static SuperviseDirectory create(Directory home, String parent) throws FatalException {
        makeDirectory(home, parent);
        String name = parent + "supervise/lock";
        try {
            // the first pid file of a logger appears with its first start
            int neverTold = parent.isEmpty() ? -1 : 0;
            return new SuperviseDirectory(
                    home, parent, home.openAppend(OsString.of(name), PRIVATE_MODE, Links.REFUSE), neverTold);
        } catch (PosixException e) {
            throw new FatalException("unable to open " + name, e);
        }
    }

    /** A link whose target is missing gets its target made, as runsv does. */
    private static void makeDirectory(Directory home, String parent) throws FatalException {
        OsString name = OsString.of(parent + "supervise");
        OsString target;
        try {
            if (home.makeDirectory(name, DIRECTORY_MODE)
                    || !home.linkStatus(name).isLink()) {
                return;
            }
            target = home.readLink(name);
        } catch (PosixException e) {
            if (e.call().equals("readlinkat")) {
                throw new FatalException("unable to readlink ./" + name, e);
            }
            // the trouble shows again, in runsv's words, when the lock is opened
            return;
        }
        if (target.length() >= LINK_LIMIT) {
            throw new FatalException("unable to readlink ./" + name + ": name too long");
        }
        try {
            home.makeDirectory(
                    target.startsWith("/") ? target : OsString.of(parent).plus(target), DIRECTORY_MODE);
        } catch (PosixException e) {
            // it is there already, or opening the lock will tell what is wrong
        }
    }

    /**
     * Takes the lock.
     *
     * @return false if another process holds it
     */
    public boolean lock() throws FatalException {
        try {
            lock.lock();
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
     * Makes the control FIFO and opens it at both ends, so that neither a reader nor a writer ever misses the other.
     */
    public void openControl() throws FatalException {
        OsString name = OsString.of(path + "control");
        makeFifo(name);
        try {
            if (!home.linkStatus(name).isFifo()) {
                throw new FatalException(name + " exists but is not a fifo");
            }
        } catch (PosixException e) {
            throw new FatalException("unable to stat " + name, e);
        }
        try {
            control = home.openReadWrite(name, Links.REFUSE);
        } catch (PosixException e) {
            throw new FatalException("unable to open " + name, e);
        }
    }

    /** Makes the ok FIFO and sees that it can be opened. */
    public void prepareOk() throws FatalException {
        OsString name = OsString.of(path + "ok");
        makeFifo(name);
        try {
            home.openRead(name, Links.REFUSE).close();
        } catch (PosixException e) {
            throw new FatalException("unable to read " + name, e);
        }
    }

    /** From now on clients see that somebody supervises. */
    private boolean openOk(Reporter reporter) {
        if (ok != null) {
            return true;
        }
        try {
            ok = home.openRead(OsString.of(path + "ok"), Links.REFUSE);
            return true;
        } catch (PosixException e) {
            complain("unable to read " + path + "ok", e, reporter);
            return false;
        }
    }

    /** Whether clients see that somebody supervises. */
    public boolean isOpen() {
        return ok != null;
    }

    private void makeFifo(OsString name) {
        try {
            home.makeFifo(name, PRIVATE_MODE);
        } catch (PosixException e) {
            // the trouble shows again, in runsv's words, when it is opened
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
     * Rewrites pid (if it changed), stat and status, each by renaming a new file over the old one. With the first
     * status clients are let in, since it is what they read next. What has become of run is written last.
     *
     * @return false if one of them could not be written; the reporter has been told, once for each cause, and what
     *     follows it was left
     */
    public boolean publish(ServiceStatus status, Reporter reporter) {
        told = status;
        boolean written = write(status, reporter);
        boolean published = openOk(reporter) && written;
        if (published) {
            complaints.clear();
            tellHistory(reporter);
        }
        return published;
    }

    /** What has become of run, as it is told or is to be told. */
    public RunHistory history() {
        return history;
    }

    /** Keeps, to be told with the next status, what has become of run. */
    public void note(RunHistory next) {
        historyTold &= next.equals(history);
        history = next;
    }

    /** The identity of the process that runs could not be written; it is to be made good by {@link #catchUp}. */
    public void owesIdentity(ProcessIdentity process) {
        identityUntold = process;
    }

    /** Whether one of the two hidden files is not what it should be. */
    public boolean isBehind() {
        return (ok != null && !historyTold) || identityUntold != null;
    }

    /** Writes of the two hidden files what could not be written when it was due. */
    public void catchUp(Reporter reporter) {
        tellHistory(reporter);
        if (identityUntold == null) {
            return;
        }
        // without a descriptor its start time could not be read either
        ProcessIdentity identity = identityOf(identityUntold.pid());
        try (Descriptor file = home.openOwn(identityFile(), PUBLIC_MODE)) {
            file.write(identity.toLine());
            identityUntold = null;
        } catch (PosixException e) {
            // it has been said
        }
    }

    private void tellHistory(Reporter reporter) {
        if (historyTold || ok == null) {
            return;
        }
        String name = path + HISTORY;
        if (history.supervisor().startTicks() == 0) {
            history = history.withSupervisor(identityOf(OURSELVES));
        }
        try (Descriptor file = home.openOwn(OsString.of(name), PUBLIC_MODE)) {
            file.write(history.toLine());
            historyTold = true;
            historyTrouble = null;
        } catch (PosixException e) {
            if (!e.errno().equals(historyTrouble)) {
                historyTrouble = e.errno();
                reporter.warn("unable to write " + name, e);
            }
        }
    }

    private boolean write(ServiceStatus status, Reporter reporter) {
        if (status.pid() != toldPid) {
            // who signals by this file is to hit a process of the service's own, never the one that runs them all
            boolean isOurs = status.pid() == OURSELVES;
            if (!replace("pid", isOurs ? new byte[0] : status.toPid(), reporter)) {
                return false;
            }
            toldPid = status.pid();
        }
        return replace("stat", status.toStat(), reporter) && replace("status", StatusBytes.of(status), reporter);
    }

    private boolean replace(String name, byte[] content, Reporter reporter) {
        String next = path + name + ".new";
        OsString nextName = OsString.of(next);
        try (Descriptor file = home.openNew(nextName, PUBLIC_MODE)) {
            file.write(content);
        } catch (PosixException e) {
            complain("unable to " + (e.call().equals("write") ? "write " : "open ") + next, e, reporter);
            return false;
        }
        try {
            home.rename(nextName, OsString.of(path + name));
            return true;
        } catch (PosixException e) {
            complain("unable to rename " + name + ".new to " + path + name, e, reporter);
            return false;
        }
    }

    /** Once, however often it is tried again: a full disk must not fill up with complaints about it. */
    private void complain(String what, PosixException e, Reporter reporter) {
        if (complaints.add(what + ": " + e.errno())) {
            reporter.warn(what, e);
        }
    }

    /** The name, from the service directory, of the file for the identity of the process. */
    public OsString identityFile() {
        return OsString.of(path + IDENTITY);
    }

    /** Another process is due, or none is left: who the last one was need not be made good any more. */
    public void forgetIdentity() {
        identityUntold = null;
    }

    /** Empty, or {@code log/}. */
    String parent() {
        return parent;
    }

    @Override
    public void close() {
        if (ok != null) {
            ok.close();
        }
        if (control != null) {
            control.close();
        }
        lock.close();
    }
}
