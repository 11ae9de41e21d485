package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.Optional;
import java.util.function.Predicate;

/** Removes what an earlier JVM has left in a directory and nobody has a claim on. */
final class ExportSweep {

    private ExportSweep() {}

    /**
     * Removes all that can be removed; what cannot be looked at is not ours.
     *
     * @param mayBeOurs whether a directory of this name may be one that a tree of this name has made
     * @return what could not be removed now, the first of it
     */
    static Optional<PosixException> sweep(ExportDirectory directory, Predicate<OsString> mayBeOurs)
            throws PosixException {
        PosixException first = null;
        for (OsString name : directory.base().list()) {
            if (!name.equals(SharedFiles.DIRECTORY) && mayBeOurs.test(name)) {
                try {
                    remove(directory, name);
                } catch (PosixException e) {
                    first = first == null ? e : first;
                }
            }
        }
        return Optional.ofNullable(first);
    }

    /** Nobody can come to have the name meanwhile. */
    private static void remove(ExportDirectory directory, OsString name) throws PosixException {
        Object claim = new Object();
        if (!(directory.isHalfRemoved(name) || isOurs(directory, name)) || !directory.claim(name, claim)) {
            return;
        }
        try {
            if (!ShownLink.removeIfOurs(directory.base(), name)) {
                // the first to go is what shows that it is ours
                directory.beginRemoval(name);
                ExportRemains.remove(directory.base(), name);
                directory.endRemoval(name);
            }
        } finally {
            directory.giveUp(name, claim);
        }
    }

    /** A directory that one of us has made gives way to a link; by whoever has a claim on the name. */
    static void makeWay(ExportDirectory directory, OsString name) throws PosixException {
        if (directory.base().linkStatusIfPresent(name).isPresent() && ShownDirectory.isOurs(directory, name)) {
            ExportRemains.remove(directory.base(), name);
        }
    }

    private static boolean isOurs(ExportDirectory directory, OsString name) throws PosixException {
        try {
            return ShownLink.isOurs(directory.base(), name) || ShownDirectory.isOurs(directory, name);
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            return false;
        }
    }
}
