package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Directory.Links;
import io.github.pekkosupervisor.posix.FileLocks;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.supervise.Modes;
import io.github.pekkosupervisor.runit.supervise.SuperviseDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A directory that trees of this JVM are shown in: its lock, and what all children in it share. Each child's
 * {@code lock}, {@code ok} and {@code .ready} is one name more of a file in {@code .pekko-supervisor}, so one lock and
 * one reader do for all, and a child costs one descriptor.
 *
 * <p>Several trees of one JVM may be shown in one; the last that goes frees it.
 */
final class ExportDirectory {

    static final OsString HIDDEN = OsString.of(".pekko-supervisor");

    private static final int EVERYBODY = 0755;
    private static final int PRIVATE = 0700;
    private static final int PRIVATE_FILE = 0600;
    private static final int READABLE = 0644;
    private static final int OK_THAT_NOBODY_READS = 0622;

    /** Reads whose it is and compares; nothing but what every shell has built in. */
    private static final byte[] CHECK = """
            #!/bin/sh
            # Made by pekko-supervisor: exits with 0 if the child that this directory shows is ready.
            exec 2>/dev/null
            CDPATH=
            case $0 in
            */*) cd -- "${0%/*}/" || exit 1 ;;
            esac
            read -r pid start rest <supervise/.ready || exit 1
            read -r stat </proc/"$pid"/stat || exit 1
            set -f
            set -- ${stat##*) }
            [ "${20}" = "$start" ]
            """.getBytes(StandardCharsets.US_ASCII);

    private static final Map<FileStatus.Id, ExportDirectory> OF_THIS_JVM = new HashMap<>();

    private final Directory base;
    private final FileStatus.Id id;
    private final Descriptor lock;
    private final FileStatus.Id lockId;
    private final int umask;
    private final boolean executes;
    private final Map<OsString, Descriptor> oks = new HashMap<>();
    private final Map<OsString, Object> owners = new HashMap<>();
    private int users = 1;
    private int made;

    private ExportDirectory(
            Directory base, FileStatus.Id id, Descriptor lock, FileStatus.Id lockId, int umask, boolean executes) {
        this.base = base;
        this.id = id;
        this.lock = lock;
        this.lockId = lockId;
        this.umask = umask;
        this.executes = executes;
    }

    /**
     * Opens one, makes it where it is not there, and takes its lock.
     *
     * @throws ExportRefused another process has it, or others could write to it
     */
    static ExportDirectory open(ExportPlace place) throws ExportRefused, PosixException {
        Path path = place.directory();
        synchronized (OF_THIS_JVM) {
            Directory base = openOrMake(place);
            boolean done = false;
            try {
                FileStatus status = base.status();
                ExportDirectory known = OF_THIS_JVM.get(status.id());
                if (known != null) {
                    return known.withOneMore();
                }
                refuseStrangers(path, status);
                ExportDirectory opened = take(path, base, status.id());
                OF_THIS_JVM.put(status.id(), opened);
                done = true;
                return opened;
            } finally {
                if (!done) {
                    base.close();
                }
            }
        }
    }

    private static Directory openOrMake(ExportPlace place) throws PosixException {
        Path path = place.directory();
        OsString whole = OsString.of(path.toString());
        try {
            return Directory.open(whole);
        } catch (PosixException e) {
            if (!e.is("ENOENT")) {
                throw e;
            }
        }
        Path above = path.toAbsolutePath().getParent();
        if (place.isOfApplication() && above != null) {
            make(above);
        }
        make(path);
        return Directory.open(whole);
    }

    /** In a directory that is there. */
    private static void make(Path path) throws PosixException {
        Path above = path.toAbsolutePath().getParent();
        Path name = path.getFileName();
        if (above != null && name != null) {
            try (Directory parent = Directory.open(OsString.of(above.toString()))) {
                OsString last = OsString.of(name.toString());
                if (parent.makeDirectory(last, EVERYBODY)) {
                    parent.setMode(last, EVERYBODY);
                }
            }
        }
    }

    /** Who may write there could have us write, or sv talk, elsewhere. */
    private static void refuseStrangers(Path path, FileStatus status) throws ExportRefused {
        if (status.owner() != OwnProcess.user() && status.owner() != 0) {
            throw new ExportRefused(path + " belongs to user " + status.owner()
                    + ", and not to the user of this process" + " or root; nothing is shown there");
        }
        if (status.isWritableByOthers()) {
            throw new ExportRefused(path + " can be written to by others than its owner (mode "
                    + Integer.toOctalString(status.mode() & 07777) + "); nothing is shown there, chmod go-w it");
        }
    }

    private static ExportDirectory take(Path path, Directory base, FileStatus.Id id)
            throws ExportRefused, PosixException {
        base.makeDirectory(HIDDEN, PRIVATE);
        Descriptor lock = base.openAppend(hidden("lock"), PRIVATE_FILE, Links.REFUSE);
        boolean done = false;
        try {
            try {
                lock.lock();
            } catch (PosixException e) {
                if (e.is("EAGAIN")) {
                    OptionalInt holder = FileLocks.holder(lock.status().id());
                    throw new ExportRefused(path + " is used by "
                            + (holder.isPresent() ? "process " + holder.getAsInt() : "another process")
                            + ", which has its lock");
                }
                throw e;
            }
            clear(base);
            base.setMode(HIDDEN, PRIVATE);
            replace(base, "identity", identity(), READABLE);
            replace(base, "check", CHECK, EVERYBODY);
            freshFifo(base, "ok.closed", OK_THAT_NOBODY_READS);
            ExportDirectory opened = new ExportDirectory(
                    base, id, lock, lock.status().id(), umask(base), base.mayExecute(hidden("check")));
            done = true;
            return opened;
        } finally {
            if (!done) {
                lock.close();
            }
        }
    }

    static OsString hidden(String name) {
        return HIDDEN.plus("/" + name);
    }

    /** What a JVM was at that has been killed. */
    private static void clear(Directory base) throws PosixException {
        try (Directory hidden = base.directory(HIDDEN)) {
            for (OsString name : hidden.list()) {
                if (name.startsWith("tmp-") && hidden.linkStatus(name).isDirectory()) {
                    ExportRemains.remove(base, HIDDEN.plus("/").plus(name));
                } else if (name.startsWith("tmp-")) {
                    hidden.remove(name);
                }
            }
        }
    }

    static byte[] identity() {
        ProcessIdentity ours = SuperviseDirectory.identityOfOurs();
        return (ours.pid() + " " + ours.startTicks() + " " + ours.bootId() + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static void replace(Directory base, String name, byte[] content, int mode) throws PosixException {
        OsString next = hidden(name + ".new");
        try (Descriptor file = base.openNew(next, mode)) {
            file.write(content);
            file.setMode(mode);
        }
        base.rename(next, hidden(name));
    }

    /** A new one, so that who has a name of the one before finds nobody there. */
    private static void freshFifo(Directory base, String name, int mode) throws PosixException {
        OsString next = hidden(name + ".new");
        base.remove(next);
        base.makeFifo(next, mode);
        base.setMode(next, mode);
        base.rename(next, hidden(name));
    }

    /** The rights that new files do not get. */
    private static int umask(Directory base) throws PosixException {
        final int all = 0777;
        OsString probe = hidden("tmp-probe");
        base.makeDirectory(probe, all);
        try {
            return all & ~base.linkStatus(probe).mode();
        } finally {
            base.removeDirectory(probe);
        }
    }

    private synchronized ExportDirectory withOneMore() {
        users++;
        return this;
    }

    // ---- what children share

    Directory base() {
        return base;
    }

    /** Whether a mode is to be set once more, since the umask has taken something away. */
    boolean masks(int mode) {
        return (mode & umask) != 0;
    }

    /** Whether {@code check} can be executed here. */
    boolean executes() {
        return executes;
    }

    /** What {@code check} is, for a copy. */
    static byte[] check() {
        return CHECK.clone();
    }

    FileStatus.Id lockId() {
        return lockId;
    }

    /** The name of the FIFO that all with such an {@code ok} share. */
    private static OsString sharedOk(Modes modes) {
        boolean isOfOwner = modes.ok() == Modes.OF_OWNER.ok();
        return OsString.of(isOfOwner ? "ok" : "ok-" + Integer.toOctalString(modes.ok()));
    }

    /** The FIFO that children of this modes share as their {@code ok}; there is somebody who reads it. */
    synchronized OsString ok(Modes modes, OptionalInt group) throws PosixException {
        OsString name = sharedOk(modes);
        if (!oks.containsKey(name)) {
            freshFifo(base, name.toString(), modes.ok());
            if (group.isPresent() && modes.concernsGroup()) {
                base.setGroup(hidden(name.toString()), group.getAsInt());
            }
            oks.put(name, base.openRead(hidden(name.toString()), Links.REFUSE));
        }
        return hidden(name.toString());
    }

    /**
     * Tries whether a group can be given files.
     *
     * @throws PosixException it cannot, or not now
     */
    void giveSomethingTo(int group) throws PosixException {
        OsString probe = temporary();
        base.openNew(probe, PRIVATE_FILE).close();
        try {
            base.setGroup(probe, group);
        } finally {
            base.remove(probe);
        }
    }

    /** A name below the hidden directory that nobody has. */
    synchronized OsString temporary() {
        return hidden("tmp-" + ++made);
    }

    /** Whether somebody wants a child not to be started by itself; what cannot be seen does not count. */
    synchronized boolean hasDownFile(OsString name) {
        try {
            return users > 0 && base.statusIfPresent(name.plus("/down")).isPresent();
        } catch (PosixException e) {
            return false;
        }
    }

    /** Takes a name for somebody; false if another tree has it. */
    synchronized boolean claim(OsString name, Object owner) {
        return owners.computeIfAbsent(name, free -> owner) == owner;
    }

    synchronized void giveUp(OsString name, Object owner) {
        owners.remove(name, owner);
    }

    synchronized boolean isClaimed(OsString name) {
        return owners.containsKey(name);
    }

    /** Whether other trees are shown here. */
    synchronized boolean isShared() {
        return users > 1;
    }

    /** The owner's last word; frees all of his names. */
    void close(Object owner) {
        synchronized (OF_THIS_JVM) {
            synchronized (this) {
                owners.values().removeIf(one -> one == owner);
                if (--users > 0) {
                    return;
                }
                OF_THIS_JVM.remove(id);
                oks.values().forEach(Descriptor::close);
                lock.close();
                base.close();
            }
        }
    }

    @Override
    public String toString() {
        return base.toString();
    }
}
