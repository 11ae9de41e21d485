package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * In which directories this JVM shows trees, and in which it looks for service directories. None of the former is one
 * of the latter or lies in one: what is shown of a child would be taken for a service directory, and supervised. Who
 * comes second is refused. May be used from any thread.
 */
public final class ShownOrScanned {

    private static final ShownOrScanned OF_THIS_JVM = new ShownOrScanned();
    private static final OsString ITSELF = OsString.of(".");

    private final Map<Object, Place> shown = new HashMap<>();
    private final Map<Object, Place> scanned = new HashMap<>();

    /**
     * A directory.
     *
     * @param path by which it was named
     * @param ids of it and, where it is one that is shown in, of all above it
     */
    record Place(OsString path, List<FileStatus.Id> ids) {}

    ShownOrScanned() {}

    /** What this JVM shows and scans. */
    public static ShownOrScanned ofThisJvm() {
        return OF_THIS_JVM;
    }

    // ---- who scans

    /**
     * Somebody looks for service directories here, and not where he did before.
     *
     * @return the directory in it, or itself, that a tree is shown in; then he must not
     */
    public synchronized Optional<OsString> scans(Object who, OsString path, FileStatus.Id directory) {
        Optional<OsString> there = shownIn(directory);
        if (there.isEmpty()) {
            scanned.put(who, new Place(path, List.of(directory)));
        }
        return there;
    }

    /** The directory in this one, or itself, that a tree is shown in. */
    public synchronized Optional<OsString> shownIn(FileStatus.Id directory) {
        // a loop, since a launcher that starts asks for this
        for (Place place : shown.values()) {
            if (place.ids().contains(directory)) {
                return Optional.of(place.path());
            }
        }
        return Optional.empty();
    }

    /** He does no more. */
    public synchronized void scansNoMore(Object who) {
        scanned.remove(who);
    }

    /**
     * Whether what an entry of a directory leads to is shown of a tree, or is a directory that trees are shown in, of
     * this JVM or another one, or was when that ended: nobody is to supervise it as a service directory. What has a
     * {@code run} is none.
     */
    public static boolean isOfTree(Directory directory, OsString entry) {
        try {
            if (directory.statusIfPresent(entry.plus("/run")).isPresent()) {
                return false;
            }
            if (directory
                    .statusIfPresent(entry.plus("/").plus(SharedFiles.name("identity")))
                    .isPresent()) {
                return true;
            }
            Optional<FileStatus> lock =
                    directory.statusIfPresent(entry.plus("/../").plus(SharedFiles.name("lock")));
            return lock.isPresent()
                    && (FoundDirectory.isMadeByUs(directory, entry.plus("/check"))
                            || hasLock(directory, entry, lock.get()));
        } catch (PosixException e) {
            return false;
        }
    }

    private static boolean hasLock(Directory directory, OsString entry, FileStatus shared) throws PosixException {
        return directory
                .statusIfPresent(entry.plus("/supervise/lock"))
                .filter(own -> own.id().equals(shared.id()))
                .isPresent();
    }

    // ---- who shows

    /**
     * Somebody shows trees in a directory.
     *
     * @return the directory that is scanned, and is this or holds it; then he must not
     */
    synchronized Optional<OsString> shows(Object who, Place place) {
        Optional<OsString> there = scannedAbove(place);
        if (there.isEmpty()) {
            shown.put(who, place);
        }
        return there;
    }

    /** The directory that is scanned, and is this or holds it. */
    synchronized Optional<OsString> scannedAbove(Place place) {
        return scanned.values().stream()
                .filter(one -> place.ids().containsAll(one.ids()))
                .map(Place::path)
                .findFirst();
    }

    /** What is shown there would be taken for service directories. */
    static void refuse(Path path, Optional<OsString> scanned) throws ExportRefused {
        if (scanned.isPresent()) {
            throw new ExportRefused(path + " is, or lies in, " + scanned.get() + ", where this JVM supervises service"
                    + " directories; nothing is shown there, name another directory");
        }
    }

    /** He does no more. */
    synchronized void showsNoMore(Object who) {
        shown.remove(who);
    }

    /** A directory with all above it. */
    static Place place(OsString path, Directory directory) throws PosixException {
        List<FileStatus.Id> ids = new ArrayList<>();
        OsString at = ITSELF;
        FileStatus.Id id = directory.status(at).id();
        while (ids.isEmpty() || !ids.get(ids.size() - 1).equals(id)) {
            ids.add(id);
            at = at.plus("/..");
            id = directory.status(at).id();
        }
        return new Place(path, ids);
    }
}
