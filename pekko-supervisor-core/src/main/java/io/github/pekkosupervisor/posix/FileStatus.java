package io.github.pekkosupervisor.posix;

import java.time.Instant;

/**
 * What {@code statx(2)} tells of a file.
 *
 * @param id the file's identity
 * @param owner number of the user who owns it
 * @param group number of the group that it belongs to
 * @param mode type and permission bits
 * @param links how many names it has; 0 of one that has been removed and is still open somewhere
 * @param size length in bytes
 * @param modified time of the last change of its content
 * @param birth when it was made, in nanoseconds since 1970, by which it is told from what had its number before; 0
 *     where the file system does not say
 */
public record FileStatus(Id id, int owner, int group, int mode, int links, long size, Instant modified, long birth) {

    private static final int TYPE = 0170000;

    /**
     * The identity of a file: it stays the same when the file is renamed.
     *
     * @param device number of the device
     * @param inode number of the file on it
     */
    public record Id(long device, long inode) {
        // written out: a record's own go through invokedynamic, which a launcher's start would pay for

        @Override
        public boolean equals(Object other) {
            return other instanceof Id that && device == that.device && inode == that.inode;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(inode) * 31 + Long.hashCode(device);
        }
    }

    /** Whether this is a directory. */
    public boolean isDirectory() {
        return (mode & TYPE) == 0040000;
    }

    /** Whether this is a symbolic link. */
    public boolean isLink() {
        return (mode & TYPE) == 0120000;
    }

    /** Whether this is a FIFO. */
    public boolean isFifo() {
        return (mode & TYPE) == 0010000;
    }

    /** Whether this is a device for characters, such as a terminal or {@code /dev/null}. */
    public boolean isCharacterDevice() {
        return (mode & TYPE) == 0020000;
    }

    /** Whether this is the file of a Unix socket. */
    public boolean isSocket() {
        return (mode & TYPE) == 0140000;
    }

    /** Whether this is a regular file. */
    public boolean isRegularFile() {
        return (mode & TYPE) == 0100000;
    }

    /** Whether more than its owner may write to it: its group, others, or somebody in an access control list. */
    public boolean isWritableByOthers() {
        return (mode & 022) != 0;
    }

    /** Whether of what is in this directory everybody may remove and rename his own only. */
    public boolean isSticky() {
        return (mode & 01000) != 0;
    }

    /** Whether the owner may execute it. */
    public boolean isOwnerExecutable() {
        return (mode & 0100) != 0;
    }
}
