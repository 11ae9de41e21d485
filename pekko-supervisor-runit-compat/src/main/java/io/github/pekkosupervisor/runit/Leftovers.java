package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.rule.UnrecordedRule.Where;
import io.github.pekkosupervisor.runit.supervise.ListedRun;
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

    private static final String GONE = "is gone";
    private static final String NO_ENTRY = "has no entry any more";

    private Leftovers() {}

    /** Where what is left is. */
    sealed interface Place {}

    /** The directory, which is there: a runsv can go on with it. */
    record There(OsString path) implements Place {}

    /** The directory has been removed, and its {@code run} is still in it. */
    record Removed(Known run) implements Place {}

    /**
     * Its {@code run} goes on, and whether somebody has it is not known.
     *
     * @param what has become of the directory, in words that follow its path
     * @param where it goes on, in words that follow that it does
     */
    record Uncertain(Known run, String what, String where) implements Place {

        /** Its directory is gone, and it is not in that. */
        static Uncertain elsewhere(Known run) {
            return new Uncertain(run, GONE, " " + Where.ELSEWHERE.words());
        }
    }

    /**
     * Looks where it was, and then, since it may have been renamed, where its process is.
     *
     * @return empty if nothing of it runs that is ours, as far as can be known
     */
    static Optional<Place> of(ListedService listed, ServicesList.Left left) throws PosixException {
        Optional<ListedRun> named = left.run(listed.id());
        boolean isWhereItWas = false;
        try (Directory home = Directory.open(listed.path())) {
            FileStatus status = home.status();
            isWhereItWas = status.id().equals(listed.id())
                    && named.filter(run -> run.isOfAnother(status)).isEmpty();
            if (isWhereItWas && runsIn(home, left)) {
                return Optional.of(new There(listed.path()));
            }
            if (isWhereItWas
                    && named.isPresent()
                    && isOfAnother(home, named.get().run(), left)) {
                return Optional.empty();
            }
            Optional<Known> its = named.filter(run -> run.isSurelyOf(status)).map(ListedRun::run);
            if (isWhereItWas && its.isPresent() && runs(its.get())) {
                return inItsDirectory(home, listed.path(), new Uncertain(its.get(), NO_ENTRY, ""), left);
            }
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            // it is gone, or somebody has put something else there
        }
        Optional<Known> run = named.map(ListedRun::run);
        return run.isPresent() && runs(run.get())
                ? withProcess(listed, isWhereItWas, run.get(), left)
                : Optional.empty();
    }

    /**
     * The same of one of which nothing can be read, and never will be, as on a bad block: all that is known of it is
     * the process that the list names.
     */
    static Optional<Place> unreadable(ListedService listed, ServicesList.Left left) throws PosixException {
        Optional<Known> run = left.run(listed.id()).map(ListedRun::run);
        return run.isPresent() && runs(run.get())
                ? Optional.of(new Uncertain(run.get(), NO_ENTRY, ", and its directory or record cannot be read"))
                : Optional.empty();
    }

    private static boolean runs(Known run) throws PosixException {
        return run.identity().runs(run.pidfdInode());
    }

    private static Optional<Place> withProcess(
            ListedService listed, boolean isWhereItWas, Known run, ServicesList.Left left) throws PosixException {
        OsString cwd = OsString.of("/proc/" + run.identity().pid() + "/cwd");
        String what = isWhereItWas ? NO_ENTRY : GONE;
        try (Directory home = Directory.open(cwd)) {
            if (!home.status().id().equals(listed.id())) {
                return Optional.of(new Uncertain(run, what, " " + Where.ELSEWHERE.words()));
            }
            return home.isRemoved()
                    ? Optional.of(new Removed(run))
                    : inItsDirectory(home, isWhereItWas ? listed.path() : cwd, new Uncertain(run, what, ""), left);
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            // /proc may hide all of it
            boolean ended = (e.is("ENOENT") || e.is("ESRCH")) && !runs(run);
            return ended ? Optional.empty() : Optional.of(new Uncertain(run, what, " " + Where.HIDDEN.words()));
        }
    }

    /** By now it may be supervised from somewhere else; whatever else its record says, it is ours. */
    private static Optional<Place> inItsDirectory(
            Directory home, OsString path, Uncertain uncertain, ServicesList.Left left) throws PosixException {
        StateFile.Read read = SuperviseDirectory.readState(home, "");
        String record = "";
        if (read instanceof StateFile.Newer) {
            record = ", with a record of a later version";
        } else if (read instanceof StateFile.Valid valid
                && !left.isOurs(valid.state().supervisor().identity())) {
            if (names(valid.state(), uncertain.run())) {
                return Optional.empty();
            }
            record = ", with a record of another supervisor";
        }
        return Optional.of(
                record.isEmpty() ? new There(path) : new Uncertain(uncertain.run(), uncertain.what(), record));
    }

    /** Whether another supervisor has it by now, wherever its {@code run} is. */
    private static boolean isOfAnother(Directory home, Known run, ServicesList.Left left) throws PosixException {
        return SuperviseDirectory.readState(home, "") instanceof StateFile.Valid valid
                && !left.isOurs(valid.state().supervisor().identity())
                && names(valid.state(), run);
    }

    private static boolean names(UnitRecord record, Known run) {
        return record.process()
                .map(Known::identity)
                .filter(run.identity()::equals)
                .isPresent();
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
                    && process.get().identity().isThere(process.get().pidfdInode())) {
                return true;
            }
        }
        return false;
    }
}
