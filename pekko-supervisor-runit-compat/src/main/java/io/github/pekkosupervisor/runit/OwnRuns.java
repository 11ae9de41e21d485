package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Custody;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.ListPlace;
import io.github.pekkosupervisor.runit.supervise.ListedRun;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which processes {@code run} and the logger are of a service directory by itself, which is in no {@link ServicesList}:
 * the lines of {@link LastRuns} in a file of the service directory, so that they are not lost with {@code supervise}.
 *
 * <p>Used where nobody else could write it. Where it cannot be written, nothing is said: what is in {@code supervise}
 * does, as long as that is there.
 */
final class OwnRuns {

    private static final OsString RUNS = OsString.of("runs");
    private static final int DIRECTORY_MODE = 0700;
    private static final int MODE = 0600;

    /** Service and logger, and loggers whose directory has been replaced. */
    private static final int LONGEST = 64 * ListedRun.LENGTH;

    private final Directory home;
    private final Map<FileStatus.Id, ListedRun> lines = new LinkedHashMap<>();

    private OwnRuns(Directory home) {
        this.home = home;
    }

    /**
     * Has it tell what was left, and writes down what runs from now on. To be called when the locks are held.
     *
     * @throws PosixException if that cannot be told now
     */
    static void use(Handover handover) throws PosixException {
        Directory home = handover.directory().directory();
        OwnRuns runs = new OwnRuns(home);
        try {
            if (Custody.breach(home).isEmpty() && runs.read()) {
                handover.runsAreListedBy(home.status().id(), runs::write);
                handover.remembers(new Remembered(Map.copyOf(runs.lines), List.of(), false));
            }
        } catch (PosixException e) {
            // a bad block does not pass
            if (e.mayPass() && !e.is("EIO")) {
                throw e;
            }
        }
    }

    /** Whether nobody else can have written what is there. */
    private boolean read() throws PosixException {
        if (home.linkStatusIfPresent(ListPlace.HERE).isEmpty()) {
            return true;
        }
        try (Directory place = home.directory(ListPlace.HERE)) {
            if (Custody.breach(place).isPresent() || Custody.breach(place, RUNS).isPresent()) {
                return false;
            }
            if (place.linkStatusIfPresent(RUNS).isPresent()) {
                ListedRun.parse(place.readFile(RUNS, LONGEST, Directory.Links.REFUSE)).stream()
                        .filter(one -> LastRuns.mayRun(one.run()))
                        .forEach(one -> lines.put(one.id(), one));
            }
            return true;
        }
    }

    private void write(ListedRun run) {
        lines.put(run.id(), run);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        lines.values().forEach(one -> all.writeBytes(one.toLine()));
        try {
            home.makeDirectory(ListPlace.HERE, DIRECTORY_MODE);
            try (Directory place = home.directory(ListPlace.HERE);
                    Descriptor file = place.openOwn(RUNS, MODE)) {
                file.writeAt(all.toByteArray(), 0);
                file.truncate(all.size());
            }
        } catch (PosixException e) {
            // as on a read-only disk: it is known by what is in supervise
        }
    }
}
