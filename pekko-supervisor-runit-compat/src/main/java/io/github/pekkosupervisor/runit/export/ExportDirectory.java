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
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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
            if read -r stat </proc/"$pid"/stat; then
                set -f
                set -- ${stat##*) }
                [ "$1" != Z ] && [ "${20}" = "$start" ]
                exit
            fi
            # who may not look at the processes of others can still be told whether there is one
            LC_ALL=C
            case $(kill -0 "$pid" 2>&1) in
            '' | *ermitted*) exit 0 ;;
            esac
            exit 1
            """.getBytes(StandardCharsets.US_ASCII);

    private static final Map<FileStatus.Id, ExportDirectory> OF_THIS_JVM = new ConcurrentHashMap<>();

    /** One for each directory that is being opened or closed, so that one that hangs holds up no other. */
    private static final Map<FileStatus.Id, Object> TURNS = new ConcurrentHashMap<>();

    private final Directory base;
    private final FileStatus.Id id;
    private final Descriptor lock;
    private final FileStatus.Id lockId;
    private final int umask;
    private final boolean executes;
    private final Map<OsString, Descriptor> oks = new HashMap<>();
    private final Map<OsString, Object> owners = new HashMap<>();
    private int users = 1;
    private int looks;
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
        makeAbove(place);
        Found found = openOrMake(path);
        Directory base = found.directory();
        boolean done = false;
        try {
            giveMode(base, found);
            FileStatus status = base.status();
            synchronized (turn(status.id())) {
                ExportDirectory known = OF_THIS_JVM.get(status.id());
                if (known != null) {
                    return known.withOneMore();
                }
                Strangers.refuse(path, status);
                ExportDirectory opened = takeUnlessScanned(path, base, status.id());
                OF_THIS_JVM.put(status.id(), opened);
                done = true;
                return opened;
            }
        } finally {
            if (!done) {
                base.close();
            }
        }
    }

    private static Object turn(FileStatus.Id id) {
        return TURNS.computeIfAbsent(id, first -> new Object());
    }

    /**
     * One that is open.
     *
     * @param made what was there of this name when it had been made; empty if it was there before
     */
    private record Found(Directory directory, Optional<FileStatus> made) {}

    /** The directory between is made too where it is that of an application. */
    private static void makeAbove(ExportPlace place) throws ExportRefused, PosixException {
        Path above = place.directory().toAbsolutePath().getParent();
        if (place.isOfApplication() && above != null) {
            Found found = openOrMake(above);
            try (Directory between = found.directory()) {
                giveMode(between, found);
            }
        }
    }

    /** In a directory that is there. */
    private static Found openOrMake(Path path) throws ExportRefused, PosixException {
        OsString whole = OsString.of(path.toString());
        Path above = path.toAbsolutePath().getParent();
        Path name = path.getFileName();
        if (above == null || name == null) {
            throw new ExportRefused(path + " is the root of all files; nothing is shown there");
        }
        try (Directory parent = Directory.open(OsString.of(above.toString()))) {
            refuseScanned(path, ShownOrScanned.ofThisJvm().scannedAbove(ShownOrScanned.place(whole, parent)));
            OsString last = OsString.of(name.toString());
            boolean isNew = parent.linkStatusIfPresent(last).isEmpty() && parent.makeDirectory(last, EVERYBODY);
            FileStatus there = parent.linkStatus(last);
            if (Strangers.mayWriteTo(parent.status()) && !there.isDirectory()) {
                throw new ExportRefused(path + " is a link in a directory that others may write to; nothing is shown"
                        + " there, name the directory itself");
            }
            return new Found(Directory.open(whole), isNew ? Optional.of(there) : Optional.empty());
        }
    }

    /**
     * Whatever the umask. Who may write above it could have put another directory there since, which stays as it is.
     */
    private static void giveMode(Directory open, Found found) throws PosixException {
        if (found.made().isEmpty()) {
            return;
        }
        FileStatus made = found.made().get();
        boolean isOurs = made.isDirectory()
                && made.id().equals(open.status().id())
                && made.owner() == OwnProcess.user()
                && open.list().isEmpty();
        if (isOurs) {
            open.setMode(OsString.of("."), EVERYBODY);
        }
    }

    /** What is shown there would be taken for service directories. */
    private static void refuseScanned(Path path, Optional<OsString> scanned) throws ExportRefused {
        if (scanned.isPresent()) {
            throw new ExportRefused(path + " is, or lies in, " + scanned.get() + ", where this JVM supervises service"
                    + " directories; nothing is shown there, name another directory");
        }
    }

    private static ExportDirectory takeUnlessScanned(Path path, Directory base, FileStatus.Id id)
            throws ExportRefused, PosixException {
        ShownOrScanned all = ShownOrScanned.ofThisJvm();
        refuseScanned(path, all.shows(id, ShownOrScanned.place(OsString.of(path.toString()), base)));
        boolean done = false;
        try {
            ExportDirectory opened = take(path, base, id);
            done = true;
            return opened;
        } finally {
            if (!done) {
                all.showsNoMore(id);
            }
        }
    }

    private static ExportDirectory take(Path path, Directory base, FileStatus.Id id)
            throws ExportRefused, PosixException {
        if (!base.makeDirectory(HIDDEN, PRIVATE)) {
            Strangers.refuse(base, HIDDEN);
        }
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

    /** The name of the FIFO that all with such an {@code ok} share, which is given to one group. */
    private static OsString sharedOk(Modes modes, OptionalInt group) {
        String name = modes.ok() == Modes.OF_OWNER.ok() ? "ok" : "ok-" + Integer.toOctalString(modes.ok());
        return OsString.of(group.isPresent() ? name + "-" + group.getAsInt() : name);
    }

    /**
     * The FIFO that children of these modes share as their {@code ok}; there is somebody who reads it.
     *
     * @param group that it is given to
     */
    synchronized OsString ok(Modes modes, OptionalInt group) throws PosixException {
        OsString name = sharedOk(modes, group);
        if (!oks.containsKey(name)) {
            freshFifo(base, name.toString(), modes.ok());
            if (group.isPresent()) {
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

    /**
     * Whether somebody wants a child not to be started by itself; what cannot be seen does not count. Takes as long as
     * the file system does, and holds up nobody else here.
     */
    boolean hasDownFile(OsString name) {
        if (!beginLook()) {
            return false;
        }
        try {
            return base.statusIfPresent(name.plus("/down")).isPresent();
        } catch (PosixException e) {
            return false;
        } finally {
            endLook();
        }
    }

    /** The names of all who have such a file. */
    Set<OsString> withDownFile() {
        if (!beginLook()) {
            return Set.of();
        }
        try {
            Set<OsString> down = new HashSet<>();
            for (OsString name : base.list()) {
                if (hasDownFile(name)) {
                    down.add(name);
                }
            }
            return down;
        } catch (PosixException e) {
            return Set.of();
        } finally {
            endLook();
        }
    }

    private synchronized boolean beginLook() {
        looks += users > 0 ? 1 : 0;
        return users > 0;
    }

    private synchronized void endLook() {
        looks--;
        closeBaseIfUnused();
    }

    private void closeBaseIfUnused() {
        if (users == 0 && looks == 0) {
            base.close();
        }
    }

    /** Takes a name for somebody; false if another tree has it. */
    synchronized boolean claim(OsString name, Object owner) {
        return owners.computeIfAbsent(name, free -> owner) == owner;
    }

    /** Whether one of these has a name. */
    synchronized boolean isOfOneOf(Collection<?> claimants, OsString name) {
        Object owner = owners.get(name);
        return owner != null && claimants.contains(owner);
    }

    synchronized void giveUp(OsString name, Object owner) {
        owners.remove(name, owner);
    }

    /** Whether other trees are shown here. */
    synchronized boolean isShared() {
        return users > 1;
    }

    /** The last word of one of those who show something here; frees the names that these have claimed. */
    void close(Collection<?> claimants) {
        synchronized (turn(id)) {
            synchronized (this) {
                owners.values().removeIf(claimants::contains);
                if (--users > 0) {
                    return;
                }
                OF_THIS_JVM.remove(id);
                ShownOrScanned.ofThisJvm().showsNoMore(id);
                oks.values().forEach(Descriptor::close);
                lock.close();
                closeBaseIfUnused();
            }
        }
    }

    @Override
    public String toString() {
        return base.toString();
    }
}
