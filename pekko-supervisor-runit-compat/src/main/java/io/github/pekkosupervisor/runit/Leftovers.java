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
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Of service directories that a launcher has left which is gone, and that have lost their entries meanwhile: whether
 * anything of them runs, and where they are. What is taken for theirs was written down as theirs, in a record by a
 * launcher of the same services directory, or in {@link LastRuns}; who is merely there is a stranger.
 */
final class Leftovers {

    private Leftovers() {}

    /** Where what is left is. */
    sealed interface Place {}

    /** The directory, which is there: a runsv can go on with it. */
    record There(OsString path) implements Place {}

    /** The directory has been removed, and its {@code run} is still in it. */
    record Removed(Known run) implements Place {}

    /** The directory is not found, and its {@code run} is not in it: whether somebody has it cannot be seen. */
    record Elsewhere(Known run) implements Place {}

    /**
     * Looks where it was, and then, since it may have been renamed, where its process is.
     *
     * @return empty if nothing of it runs that is ours, as far as can be known
     */
    static Optional<Place> of(ListedService listed, ServicesList.Left left) throws PosixException {
        if (Directory.exists(listed.path())) {
            try (Directory home = Directory.open(listed.path())) {
                if (home.status().id().equals(listed.id())) {
                    return runsIn(home, left) ? Optional.of(new There(listed.path())) : Optional.empty();
                }
            } catch (PosixException e) {
                if (e.mayPass()) {
                    throw e;
                }
                // somebody else has put something else there
            }
        }
        Optional<Known> run =
                left.run(listed.id()).filter(known -> known.identity().exists());
        return run.isPresent() ? withProcess(listed, run.get(), left) : Optional.empty();
    }

    private static Optional<Place> withProcess(ListedService listed, Known run, ServicesList.Left left)
            throws PosixException {
        OsString path = OsString.of("/proc/" + run.identity().pid() + "/cwd");
        try (Directory home = Directory.open(path)) {
            if (!home.status().id().equals(listed.id())) {
                return Optional.of(new Elsewhere(run));
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
            return ended ? Optional.empty() : Optional.of(new Elsewhere(run));
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
        boolean mayHaveStarted = record.start().isPresent()
                || record.script().flatMap(Script::start).isPresent();
        return mayHaveStarted
                || Stream.concat(record.process().stream(), record.script().flatMap(Script::process).stream())
                        .map(Known::identity)
                        .anyMatch(who -> !who.equals(supervisor) && who.exists());
    }
}
