package io.github.pekkosupervisor.posix;

import java.util.Optional;

/**
 * Whether only root and the user of this process can change a directory or a file in it, which is what sshd asks of a
 * home directory and its files: whoever could change them could make this process read, write or run what that user may
 * not.
 *
 * <p>Owner and mode of the thing itself and of each directory above it count. Where everybody may write, but remove
 * only what is his own (as in {@code /tmp}), what is below may still be ours. A right that an access control list gives
 * shows in the mode.
 */
public final class Custody {

    private static final int ROOT = 0;

    private Custody() {}

    /**
     * Why somebody else could change this directory or what it holds.
     *
     * @return one sentence without a full stop; empty if nobody could
     */
    public static Optional<String> breach(Directory directory) throws PosixException {
        OsString path = directory.realPath();
        for (int end = 0; end >= 0; end = path.indexOf('/', end + 1)) {
            OsString above = path.slice(0, Math.max(1, end));
            FileStatus status = FileCalls.stat(FileCalls.AT_FDCWD, above, FileCalls.AT_SYMLINK_NOFOLLOW);
            Optional<String> breach = breach(above, status, true);
            if (breach.isPresent()) {
                return breach;
            }
        }
        return breach(path, directory.status(), false);
    }

    /**
     * Why somebody else could change this file, or has put something else in its place.
     *
     * @param directory where it is, and which nobody else can change
     * @return one sentence without a full stop; empty if there is no such file, or it is regular and nobody could
     */
    public static Optional<String> breach(Directory directory, OsString name) throws PosixException {
        Optional<FileStatus> found = directory.linkStatusIfPresent(name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        if (!found.get().isRegularFile()) {
            return Optional.of(name + (found.get().isLink() ? " is a link" : " is not a regular file"));
        }
        return breach(name, found.get(), false);
    }

    private static Optional<String> breach(OsString name, FileStatus status, boolean stickyWillDo) {
        if (status.owner() != ROOT && status.owner() != OwnProcess.user()) {
            return Optional.of(name + " belongs to user " + Integer.toUnsignedString(status.owner()));
        }
        if (status.isWritableByOthers() && !(stickyWillDo && status.isSticky())) {
            return Optional.of(name + " can be written to by others than its owner (mode "
                    + Integer.toOctalString(status.mode() & 07777) + ")");
        }
        return Optional.empty();
    }
}
