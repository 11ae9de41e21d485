package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.Orphans;
import io.github.pekkosupervisor.posix.Orphans.Candidate;
import io.github.pekkosupervisor.posix.Orphans.Sign;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
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
import java.util.stream.Stream;

/**
 * Of service directories that a launcher has left which is gone, and that have lost their entries meanwhile: whether
 * anything of them runs, and where they are.
 */
final class Leftovers {

    private Leftovers() {}

    /** Where what is left can be taken up. */
    sealed interface Place {}

    /** The directory, which is there: a runsv can go on with it. */
    record There(OsString path) implements Place {}

    /** The directory is gone; these processes are in it. */
    record Nowhere(List<Candidate> processes) implements Place {}

    /**
     * Looks where it was, and then, since it may have been renamed, where its process is.
     *
     * @return empty if nothing of it runs, as far as can be known
     */
    static Optional<Place> of(ListedService listed) throws PosixException {
        if (Directory.exists(listed.path())) {
            try (Directory home = Directory.open(listed.path())) {
                if (home.status().id().equals(listed.id())) {
                    return runsIn(home) ? Optional.of(new There(listed.path())) : Optional.empty();
                }
            } catch (PosixException e) {
                if (e.mayPass()) {
                    throw e;
                }
                // somebody else has put something else there
            }
        }
        List<Candidate> processes = in(listed.id());
        for (Candidate process : processes) {
            OsString path = OsString.of("/proc/" + process.identity().pid() + "/cwd");
            try (Directory home = Directory.open(path)) {
                if (home.status().id().equals(listed.id()) && runsIn(home)) {
                    return Optional.of(new There(path));
                }
            } catch (PosixException e) {
                if (e.mayPass()) {
                    throw e;
                }
                // it has ended meanwhile
            }
        }
        return processes.isEmpty() ? Optional.empty() : Optional.of(new Nowhere(processes));
    }

    private static List<Candidate> in(FileStatus.Id directory) throws PosixException {
        Orphans.Intent anyStart = new Orphans.Intent(
                0, Orphans.currentTick(), OwnProcess.group(), OwnProcess.session(), Optional.empty(), directory);
        return Orphans.look().find(anyStart).stream()
                .filter(process -> process.sign() == Sign.DIRECTORY)
                .toList();
    }

    private static boolean runsIn(Directory home) throws PosixException {
        return runsIn(home, "") || runsIn(home, "log/");
    }

    private static boolean runsIn(Directory home, String parent) throws PosixException {
        StateFile.Read read = SuperviseDirectory.readState(home, parent);
        if (!(read instanceof StateFile.Valid valid)) {
            return false;
        }
        UnitRecord record = valid.state();
        ProcessIdentity supervisor = record.supervisor().identity();
        boolean mayHaveStarted = record.start().isPresent()
                || record.script().flatMap(Script::start).isPresent();
        return mayHaveStarted
                || Stream.concat(record.process().stream(), record.script().flatMap(Script::process).stream())
                        .map(Known::identity)
                        .anyMatch(who -> !who.equals(supervisor) && who.exists());
    }
}
