package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import java.nio.file.Path;

/** What somebody else could have put in a directory, or could put there some time, is not used. */
final class Strangers {

    private Strangers() {}

    /** Whether what is in a directory may be somebody else's. */
    static boolean mayWriteTo(FileStatus directory) {
        return directory.isWritableByOthers() || own(directory);
    }

    /** Whether a file belongs to somebody else, who is not root. */
    static boolean own(FileStatus file) {
        return file.owner() != OwnProcess.user() && file.owner() != 0;
    }

    /** Refuses what is there of a name unless it is a directory that only we, or root, could have made or write to. */
    static void refuse(Directory base, OsString name) throws ExportRefused, PosixException {
        FileStatus there = base.linkStatus(name);
        if (!there.isDirectory() || own(there)) {
            throw new ExportRefused(base + "/" + name + " is "
                    + (there.isDirectory() ? "a directory of user " + there.owner() : "no directory")
                    + "; remove it, for nothing can be shown there");
        }
        if (there.isWritableByOthers()) {
            throw new ExportRefused(base + "/" + name + " can be written to by others than its owner (mode "
                    + Integer.toOctalString(there.mode() & 07777) + "); chmod go-w it, for nothing is shown there");
        }
    }

    /** Who may write to a directory could have us write, or sv talk, elsewhere. */
    static void refuse(Path path, FileStatus status) throws ExportRefused {
        if (own(status)) {
            throw new ExportRefused(path + " belongs to user " + status.owner()
                    + ", and not to the user of this process or root; nothing is shown there");
        }
        if (status.isWritableByOthers()) {
            throw new ExportRefused(path + " can be written to by others than its owner (mode "
                    + Integer.toOctalString(status.mode() & 07777) + "); nothing is shown there, chmod go-w it");
        }
    }
}
