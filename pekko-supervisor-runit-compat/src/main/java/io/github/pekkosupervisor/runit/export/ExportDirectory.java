package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A directory that trees of this JVM are shown in: who shows something there, who has which name, and what all children
 * share. Several trees of one JVM may be shown in one; the last that goes frees it.
 */
final class ExportDirectory {

    private static final Map<FileStatus.Id, ExportDirectory> OF_THIS_JVM = new ConcurrentHashMap<>();

    /** One for each directory that is being opened or closed, so that one that hangs holds up no other. */
    private static final Map<FileStatus.Id, Object> TURNS = new ConcurrentHashMap<>();

    private final Directory base;
    private final FileStatus.Id id;
    private final SharedFiles shared;
    private final Map<OsString, Object> owners = new HashMap<>();
    private final Set<OsString> halfRemoved = ConcurrentHashMap.newKeySet();
    private int users = 1;
    private int looks;

    private ExportDirectory(Directory base, FileStatus.Id id, SharedFiles shared) {
        this.base = base;
        this.id = id;
        this.shared = shared;
    }

    /**
     * Opens one, makes it where it is not there, and takes its lock.
     *
     * @throws ExportRefused another process has it, or others could write to it
     */
    static ExportDirectory open(ExportPlace place) throws ExportRefused, PosixException {
        Path path = place.directory();
        Directory base = ExportOpening.open(place);
        boolean done = false;
        try {
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

    private static ExportDirectory takeUnlessScanned(Path path, Directory base, FileStatus.Id id)
            throws ExportRefused, PosixException {
        ShownOrScanned all = ShownOrScanned.ofThisJvm();
        ShownOrScanned.refuse(path, all.shows(id, ShownOrScanned.place(OsString.of(path.toString()), base)));
        boolean done = false;
        try {
            ExportDirectory opened = new ExportDirectory(base, id, SharedFiles.take(base));
            done = true;
            return opened;
        } finally {
            if (!done) {
                all.showsNoMore(id);
            }
        }
    }

    private synchronized ExportDirectory withOneMore() {
        users++;
        return this;
    }

    // ---- what is there

    Directory base() {
        return base;
    }

    /** What all children share. */
    SharedFiles shared() {
        return shared;
    }

    // ---- what an earlier JVM has left

    /** What is left of it is ours, though it may not show that any more. */
    void beginRemoval(OsString name) {
        halfRemoved.add(name);
    }

    /** All of it is gone. */
    void endRemoval(OsString name) {
        halfRemoved.remove(name);
    }

    /** Whether its removal has begun, and something was refused. */
    boolean isHalfRemoved(OsString name) {
        return halfRemoved.contains(name);
    }

    /** Whether it has been removed; one of the same name is another. */
    boolean isRemoved() throws PosixException {
        return base.isRemoved();
    }

    /** Makes again what all children share, if somebody has removed it; false if it is there. */
    boolean restore() throws ExportRefused, PosixException {
        return shared.restore(claimed());
    }

    private synchronized Set<OsString> claimed() {
        return Set.copyOf(owners.keySet());
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

    /** The names of all who have such a file; empty if the directory cannot be listed. */
    Optional<Set<OsString>> withDownFile() {
        if (!beginLook()) {
            return Optional.empty();
        }
        try {
            Set<OsString> down = new HashSet<>();
            for (OsString name : base.list()) {
                if (hasDownFile(name)) {
                    down.add(name);
                }
            }
            return Optional.of(down);
        } catch (PosixException e) {
            return Optional.empty();
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

    // ---- who has what

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

    /**
     * The last word of one of those who show something here; frees the names that these have claimed.
     *
     * @param whileShared what is to be done before, if others go on, so that the readers of {@code ok} do too
     */
    void close(Collection<?> claimants, Runnable whileShared) {
        synchronized (turn(id)) {
            // nobody comes meanwhile
            if (isShared()) {
                whileShared.run();
            }
            synchronized (this) {
                owners.values().removeIf(claimants::contains);
                if (--users > 0) {
                    return;
                }
                OF_THIS_JVM.remove(id);
                ShownOrScanned.ofThisJvm().showsNoMore(id);
                shared.close();
                closeBaseIfUnused();
            }
        }
    }

    /** The same of one who has shown nothing. */
    void close() {
        close(Set.of(), () -> {});
    }

    @Override
    public String toString() {
        return base.toString();
    }
}
