package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Directory.Links;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.Modes;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The names that the {@link SharedFiles} have in the directory of one child, and files of its own where the file system
 * knows no such names or a file has as many as it may have. Not for several threads at once.
 */
final class SharedNames {

    private static final int LOCK_MODE = 0600;
    private static final int READY_MODE = 0644;
    private static final int CHECK_MODE = 0755;
    private static final OsString CLOSED = SharedFiles.name("ok.closed");

    private static final Set<String> LINKS_REFUSED = Set.of("EMLINK", "EPERM", "EOPNOTSUPP", "ENOSYS", "EXDEV");

    private final Directory base;
    private final SharedFiles shared;
    private final Modes modes;
    private final OptionalInt group;

    /** Those that it shares with nobody, if it does not share them. */
    private @Nullable Descriptor lock;

    private @Nullable Descriptor ok;

    /** @param group that an {@code ok} is given to */
    SharedNames(Directory base, SharedFiles shared, Modes modes, OptionalInt group) {
        this.base = base;
        this.shared = shared;
        this.modes = modes;
        this.group = group;
    }

    /** From now on nobody else gets this lock. */
    void lock(OsString name) throws PosixException {
        if (!link(SharedFiles.name("lock"), name)) {
            // costs one descriptor more
            base.remove(name);
            Descriptor opened = base.openAppend(name, LOCK_MODE, Links.REFUSE);
            lock = opened;
            opened.lock();
        }
    }

    /** This says whose the child is that is ready. */
    void ready(OsString name) throws PosixException {
        if (!link(SharedFiles.name("identity"), name)) {
            copy(SharedFiles.identity(), name, READY_MODE);
        }
    }

    /** This tells whether it is ready. */
    void check(OsString name) throws PosixException {
        if (!link(SharedFiles.name("check"), name)) {
            copy(SharedFiles.check(), name, CHECK_MODE);
        }
    }

    /** From now on somebody is to be seen behind it, or nobody. */
    void ok(OsString name, boolean open) throws PosixException {
        if (!link(open ? shared.ok(modes, group) : CLOSED, name)) {
            ownOk(name, open);
        } else {
            ok = close(ok);
        }
    }

    /** The FIFO that somebody reads as long as this is open; costs one descriptor more. */
    private void ownOk(OsString name, boolean open) throws PosixException {
        ok = close(ok);
        OsString next = name.plus(".new");
        base.remove(next);
        base.makeFifo(next, modes.ok());
        if (shared.masks(modes.ok())) {
            base.setMode(next, modes.ok());
        }
        if (group.isPresent()) {
            base.setGroup(next, group.getAsInt());
        }
        if (open) {
            ok = base.openRead(next, Links.REFUSE);
        }
        base.rename(next, name);
    }

    /**
     * Makes a name lead to a shared file, whatever it has led to.
     *
     * @return false if the file system refuses that
     */
    private boolean link(OsString file, OsString name) throws PosixException {
        Optional<FileStatus> present = base.linkStatusIfPresent(name);
        if (present.isPresent()
                && present.get().id().equals(base.linkStatus(file).id())) {
            return true;
        }
        try {
            if (present.isEmpty() && base.makeHardLink(file, name)) {
                return true;
            }
            OsString next = name.plus(".new");
            base.remove(next);
            base.makeHardLink(file, next);
            base.rename(next, name);
            return true;
        } catch (PosixException e) {
            if (e.call().equals("linkat") && LINKS_REFUSED.contains(e.errno())) {
                return false;
            }
            throw e;
        }
    }

    private void copy(byte[] content, OsString name, int mode) throws PosixException {
        OsString next = name.plus(".new");
        try (Descriptor file = base.openNew(next, mode)) {
            file.write(content);
            file.setMode(mode);
        }
        base.rename(next, name);
    }

    /** What is to stay open while this process becomes another program. */
    List<Descriptor> lasting() {
        return Stream.of(lock, ok).filter(Objects::nonNull).toList();
    }

    /** Those of its own are read, and locked, no more. */
    void close() {
        lock = close(lock);
        ok = close(ok);
    }

    private static @Nullable Descriptor close(@Nullable Descriptor open) {
        if (open != null) {
            open.close();
        }
        return null;
    }
}
