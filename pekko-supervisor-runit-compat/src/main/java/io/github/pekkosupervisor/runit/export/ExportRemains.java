package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Directory.Links;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.List;

/** Removes what is ours in the directory of a child, and only that. */
final class ExportRemains {

    private static final List<String> OURS_IN_SUPERVISE = List.of(
            "ok",
            "ok.new",
            "control",
            "control.new",
            "pid",
            "pid.new",
            "stat",
            "stat.new",
            "status",
            "status.new",
            ".ready",
            ".ready.new",
            "lock",
            "lock.new");
    private static final List<String> OURS =
            List.of("check.new", ".path", SupervisionText.FILE, SupervisionText.FILE + ".new");

    private ExportRemains() {}

    private static OsString in(OsString directory, String name) {
        return directory.plus("/" + name);
    }

    /** Removes it all, and the directory too if nothing else is in it. */
    static void remove(Directory base, OsString directory) throws PosixException {
        removeSupervise(base, in(directory, "supervise"));
        for (String name : OURS) {
            base.remove(in(directory, name));
        }
        // somebody may have put another into its place
        if (FoundDirectory.hasOurCheck(base, directory)) {
            base.remove(in(directory, "check"));
        }
        removeIfEmpty(base, directory);
    }

    /** Where others may write there could be a link to what is not ours, now or in a moment. */
    private static void removeSupervise(Directory base, OsString name) throws PosixException {
        if (base.linkStatusIfPresent(name).filter(FileStatus::isDirectory).isEmpty()) {
            return;
        }
        try (Directory supervise = base.directory(name, Links.REFUSE)) {
            if (Strangers.own(supervise.status())) {
                return;
            }
            for (String file : OURS_IN_SUPERVISE) {
                supervise.remove(OsString.of(file));
            }
        }
        removeIfEmpty(base, name);
    }

    private static void removeIfEmpty(Directory base, OsString directory) throws PosixException {
        try {
            base.removeDirectory(directory);
        } catch (PosixException e) {
            if (!e.is("ENOTEMPTY") && !e.is("EEXIST")) {
                throw e;
            }
        }
    }
}
