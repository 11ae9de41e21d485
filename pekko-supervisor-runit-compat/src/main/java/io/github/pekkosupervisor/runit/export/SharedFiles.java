package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Directory.Links;
import io.github.pekkosupervisor.posix.FileLocks;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.KeptDescriptors;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.supervise.Modes;
import io.github.pekkosupervisor.runit.supervise.ReadyFiles;
import io.github.pekkosupervisor.runit.supervise.SuperviseDirectory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What all children share that are shown in one directory: the files in {@code .pekko-supervisor}. Each child's
 * {@code lock}, {@code ok}, {@code check} and {@code .ready} is one name more of one of them, so there is one lock and
 * one reader. If somebody removes them they are made again.
 */
final class SharedFiles {

    static final OsString DIRECTORY = OsString.of(".pekko-supervisor");

    private static final int EVERYBODY = 0755;
    private static final int PRIVATE = 0700;
    private static final int PRIVATE_FILE = 0600;
    private static final int READABLE = 0644;
    private static final int OK_THAT_NOBODY_READS = 0622;
    private static final OsString LOCK = name("lock");

    /** Reads whose it is and compares; nothing but what every shell has built in. */
    private static final byte[] CHECK = (ReadyFiles.CHECK_OF_CHILD + """
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
            """).getBytes(StandardCharsets.US_ASCII);

    private final Directory base;
    private final int umask;
    private final boolean executes;
    private final Map<OsString, Descriptor> oks = new HashMap<>();

    /** That nobody else gets hold of, and readers of {@code ok}s that have been removed here and not elsewhere. */
    private final List<Descriptor> kept = new ArrayList<>();

    private FileStatus.Id lockId;
    private int made;

    private SharedFiles(Directory base, Descriptor lock, FileStatus.Id lockId) throws PosixException {
        this.base = base;
        this.lockId = lockId;
        this.kept.add(lock);
        this.umask = umask(base);
        this.executes = base.mayExecute(name("check"));
    }

    /**
     * Takes the lock of a directory, and makes them anew.
     *
     * @throws ExportRefused another process has it
     */
    static SharedFiles take(Directory base) throws ExportRefused, PosixException {
        makeDirectory(base);
        Descriptor lock = lock(base);
        boolean done = false;
        try {
            clear(base);
            make(base);
            SharedFiles taken = new SharedFiles(base, lock, lock.status().id());
            done = true;
            return taken;
        } finally {
            if (!done) {
                lock.close();
            }
        }
    }

    private static void makeDirectory(Directory base) throws ExportRefused, PosixException {
        if (!base.makeDirectory(DIRECTORY, PRIVATE)) {
            Strangers.refuse(base, DIRECTORY);
        }
    }

    private static Descriptor lock(Directory base) throws ExportRefused, PosixException {
        // who has become this program has kept it
        Descriptor lock = KeptDescriptors.ofThisJvm().inPlaceOf(base.openAppend(LOCK, PRIVATE_FILE, Links.REFUSE));
        boolean done = false;
        try {
            lock.lock();
            done = true;
            return lock;
        } catch (PosixException e) {
            if (e.is("EAGAIN")) {
                OptionalInt holder = FileLocks.holder(lock.status().id());
                throw new ExportRefused(base + " is used by "
                        + (holder.isPresent() ? "process " + holder.getAsInt() : "another process")
                        + ", which has its lock");
            }
            throw e;
        } finally {
            if (!done) {
                lock.close();
            }
        }
    }

    /** All but the lock, and the readers of {@code ok}. */
    private static void make(Directory base) throws PosixException {
        base.setMode(DIRECTORY, PRIVATE);
        replace(base, "identity", identity(), READABLE);
        replace(base, "check", CHECK, EVERYBODY);
        freshFifo(base, name("ok.closed"), OK_THAT_NOBODY_READS);
    }

    /** The name of one of them, in the directory that children are shown in. */
    static OsString name(String file) {
        return DIRECTORY.plus("/" + file);
    }

    /** What a JVM was at that has been killed. */
    private static void clear(Directory base) throws PosixException {
        try (Directory hidden = base.directory(DIRECTORY)) {
            for (OsString name : hidden.list()) {
                if (name.startsWith("tmp-") && hidden.linkStatus(name).isDirectory()) {
                    ExportRemains.remove(base, DIRECTORY.plus("/").plus(name));
                } else if (name.startsWith("tmp-")) {
                    hidden.remove(name);
                }
            }
        }
    }

    /** What {@code identity} and {@code .ready} say, for a copy. */
    static byte[] identity() {
        ProcessIdentity ours = SuperviseDirectory.identityOfOurs();
        return (ours.pid() + " " + ours.startTicks() + " " + ours.bootId() + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** What {@code check} is, for a copy. */
    static byte[] check() {
        return CHECK.clone();
    }

    private static void replace(Directory base, String file, byte[] content, int mode) throws PosixException {
        OsString next = name(file + ".new");
        try (Descriptor opened = base.openNew(next, mode)) {
            opened.write(content);
            opened.setMode(mode);
        }
        base.rename(next, name(file));
    }

    /** A new one, so that who has a name of the one before finds nobody there. */
    private static void freshFifo(Directory base, OsString name, int mode) throws PosixException {
        OsString next = name.plus(".new");
        base.remove(next);
        base.makeFifo(next, mode);
        base.setMode(next, mode);
        base.rename(next, name);
    }

    /** The rights that new files do not get. */
    private static int umask(Directory base) throws PosixException {
        final int all = 0777;
        OsString probe = name("tmp-probe");
        base.makeDirectory(probe, all);
        try {
            return all & ~base.linkStatus(probe).mode();
        } finally {
            base.removeDirectory(probe);
        }
    }

    // ---- for children

    /** Whether a mode is to be set once more, since the umask has taken something away. */
    boolean masks(int mode) {
        return (mode & umask) != 0;
    }

    /** Whether {@code check} can be executed here. */
    boolean executes() {
        return executes;
    }

    /** Which file the lock is. */
    synchronized FileStatus.Id lockId() {
        return lockId;
    }

    /** The name of the FIFO that all with such an {@code ok} share, which is given to one group. */
    private static OsString okOf(Modes modes, OptionalInt group) {
        String name = modes.ok() == Modes.OF_OWNER.ok() ? "ok" : "ok-" + Integer.toOctalString(modes.ok());
        return name(group.isPresent() ? name + "-" + group.getAsInt() : name);
    }

    /**
     * The FIFO that children of these modes share as their {@code ok}; there is somebody who reads it.
     *
     * @param group that it is given to
     */
    synchronized OsString ok(Modes modes, OptionalInt group) throws PosixException {
        OsString name = okOf(modes, group);
        if (!oks.containsKey(name)) {
            freshFifo(base, name, modes.ok());
            if (group.isPresent()) {
                base.setGroup(name, group.getAsInt());
            }
            oks.put(name, base.openRead(name, Links.REFUSE));
        }
        return name;
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

    /** A name in the directory of these files that nobody has. */
    synchronized OsString temporary() {
        return name("tmp-" + ++made);
    }

    // ---- when somebody has removed them

    /**
     * Makes again what is not there any more.
     *
     * @param children the names of directories that may have a name of the lock yet
     * @return false if all is there
     * @throws ExportRefused another process has taken a new lock meanwhile
     */
    synchronized boolean restore(Collection<OsString> children) throws ExportRefused, PosixException {
        if (isThere()) {
            return false;
        }
        makeDirectory(base);
        restoreLock(children);
        make(base);
        for (OsString name : List.copyOf(oks.keySet())) {
            // children have names of it, and it is made anew for those that come
            Descriptor ok = oks.remove(name);
            if (ok != null) {
                kept.add(ok);
            }
        }
        return true;
    }

    private boolean isThere() throws PosixException {
        boolean isThere = idOf(LOCK).equals(Optional.of(lockId));
        for (String file : List.of("identity", "check", "ok.closed")) {
            isThere &= idOf(name(file)).isPresent();
        }
        for (Map.Entry<OsString, Descriptor> ok : oks.entrySet()) {
            isThere &=
                    idOf(ok.getKey()).equals(Optional.of(ok.getValue().status().id()));
        }
        return isThere;
    }

    private Optional<FileStatus.Id> idOf(OsString name) throws PosixException {
        try {
            return base.linkStatusIfPresent(name).map(FileStatus::id);
        } catch (PosixException e) {
            if (e.is("ENOTDIR")) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The one that children have a name of, so that they need not be made anew; else another. */
    private void restoreLock(Collection<OsString> children) throws ExportRefused, PosixException {
        if (idOf(LOCK).equals(Optional.of(lockId))) {
            return;
        }
        Descriptor another = lock(base);
        for (OsString child : children) {
            OsString name = child.plus("/supervise/lock");
            if (idOf(name).equals(Optional.of(lockId))) {
                OsString next = LOCK.plus(".new");
                base.remove(next);
                base.makeHardLink(name, next);
                base.rename(next, LOCK);
                another.close();
                return;
            }
        }
        kept.add(another);
        lockId = another.status().id();
    }

    /** What is to stay open while this process becomes another program. */
    synchronized List<Descriptor> lasting() {
        List<Descriptor> all = new ArrayList<>(kept);
        all.addAll(oks.values());
        return all;
    }

    /** Nobody reads any {@code ok} any more, and others may take the lock. */
    synchronized void close() {
        oks.values().forEach(Descriptor::close);
        oks.clear();
        kept.forEach(Descriptor::close);
        kept.clear();
    }
}
