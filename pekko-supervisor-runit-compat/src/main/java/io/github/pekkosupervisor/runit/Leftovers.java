package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.supervise.ListedService;
import io.github.pekkosupervisor.runit.supervise.StateFile;
import io.github.pekkosupervisor.runit.supervise.SuperviseDirectory;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Script;
import java.util.List;
import java.util.Optional;

/**
 * Of service directories that a launcher has left which is gone, and that have lost their entries meanwhile: whether
 * anything of them runs, and where they are. What is taken for theirs was written down as theirs, in a record by a
 * launcher of the same services directory, or in {@link LastRuns}; who is merely there is a stranger.
 */
final class Leftovers {

    private static final OsString SUPERVISE = OsString.of("supervise");

    private Leftovers() {}

    /** Where what is left is. */
    sealed interface Place {}

    /** The directory, which is there: a runsv can go on with it. */
    record There(OsString path) implements Place {}

    /** The directory has been removed, and its {@code run} is still in it. */
    record Removed(Known run) implements Place {}

    /**
     * The directory is not found, and its {@code run} is not in it, as far as that may be seen: whether somebody has it
     * is not known.
     *
     * @param isSeen whether it can be seen where it is
     */
    record Elsewhere(Known run, boolean isSeen) implements Place {}

    /**
     * Looks where it was, and then, since it may have been renamed, where its process is.
     *
     * @return empty if nothing of it runs that is ours, as far as can be known
     */
    static Optional<Place> of(ListedService listed, ServicesList.Left left) throws PosixException {
        try (Directory home = Directory.open(listed.path())) {
            if (home.status().id().equals(listed.id()) && runsIn(home, left)) {
                return Optional.of(new There(listed.path()));
            }
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            // it is gone, or somebody has put something else there
        }
        Optional<Known> run = running(listed, left);
        return run.isPresent() ? withProcess(listed, run.get(), left) : Optional.empty();
    }

    /**
     * Looks whether a directory with an entry is the one that was listed: the system gives the inode of a directory
     * that is gone to the next one that is made. While a process is in the old one its inode is not free, so this looks
     * only for one that has gone elsewhere; one that is in the seen directory is a runsv's business.
     *
     * @param seen the directory with the listed inode
     * @return the process of the directory that is gone; empty if there is none, or this is the same directory
     */
    static Optional<Known> outlived(ListedService listed, Directory seen, ServicesList.Left left)
            throws PosixException {
        Optional<Known> run = running(listed, left);
        return run.isPresent() && isNew(seen, run.get(), left) && isElsewhere(listed, run.get())
                ? run
                : Optional.empty();
    }

    private static Optional<Known> running(ListedService listed, ServicesList.Left left) throws PosixException {
        Optional<Known> run = left.run(listed.id());
        return run.isPresent() && run.get().identity().isThere() ? run : Optional.empty();
    }

    /** Whether no launcher of this services directory has supervised there, nor anybody whose process this is. */
    private static boolean isNew(Directory seen, Known run, ServicesList.Left left) throws PosixException {
        StateFile.Read read = SuperviseDirectory.readState(seen, "");
        if (read instanceof StateFile.Absent) {
            // without a record the status speaks, if there is one
            return seen.linkStatusIfPresent(SUPERVISE).isEmpty();
        }
        return read instanceof StateFile.Elsewhere
                || (read instanceof StateFile.Valid valid
                        && !left.isOurs(valid.state().supervisor().identity())
                        && !names(valid.state(), run));
    }

    private static boolean names(UnitRecord record, Known run) {
        return record.process()
                .map(Known::identity)
                .filter(run.identity()::equals)
                .isPresent();
    }

    private static boolean isElsewhere(ListedService listed, Known run) throws PosixException {
        try (Directory home = Directory.open(cwd(run))) {
            return !home.status().id().equals(listed.id());
        } catch (PosixException e) {
            if (e.is("EACCES") || e.is("EPERM")) {
                // it is not to be seen where, and by what is in the directory it was not there
                return true;
            } else if (e.is("ENOENT") || e.is("ESRCH")) {
                return false;
            }
            throw e;
        }
    }

    private static OsString cwd(Known run) {
        return OsString.of("/proc/" + run.identity().pid() + "/cwd");
    }

    private static Optional<Place> withProcess(ListedService listed, Known run, ServicesList.Left left)
            throws PosixException {
        OsString path = cwd(run);
        try (Directory home = Directory.open(path)) {
            if (!home.status().id().equals(listed.id())) {
                return Optional.of(new Elsewhere(run, true));
            }
            if (home.isRemoved()) {
                return Optional.of(new Removed(run));
            }
            // renamed; by now it may be supervised from somewhere else
            return runsIn(home, left) ? Optional.of(new There(path)) : Optional.empty();
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            boolean ended = e.is("ENOENT") || e.is("ESRCH");
            return ended ? Optional.empty() : Optional.of(new Elsewhere(run, false));
        }
    }

    private static boolean runsIn(Directory home, ServicesList.Left left) throws PosixException {
        return runsIn(home, "", left) || runsIn(home, "log/", left);
    }

    private static boolean runsIn(Directory home, String parent, ServicesList.Left left) throws PosixException {
        StateFile.Read read = SuperviseDirectory.readState(home, parent);
        if (!(read instanceof StateFile.Valid valid)) {
            return false;
        }
        UnitRecord record = valid.state();
        ProcessIdentity supervisor = record.supervisor().identity();
        if (!left.isOurs(supervisor)) {
            return false;
        }
        if (record.start().isPresent() || record.script().flatMap(Script::start).isPresent()) {
            // perhaps nothing was
            return true;
        }
        for (Optional<Known> process : List.of(record.process(), record.script().flatMap(Script::process))) {
            if (process.isPresent()
                    && !process.get().identity().equals(supervisor)
                    && process.get().identity().isThere()) {
                return true;
            }
        }
        return false;
    }
}
